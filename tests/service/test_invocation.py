from datetime import datetime

import pytest

from dialler_mcp.problem import Problem
from dialler_mcp.service.answers import SANDBOX
from dialler_mcp.service.invocation import Invocation
from tests.tools.asking import Make


def test_only_the_sandbox_is_noted(bench: Make):
    assert Invocation(bench().profile).notes() == [SANDBOX]
    assert Invocation(bench(base_url="https://x/1", token="t").profile).notes() is None


def test_times_are_local_to_the_dialler(bench: Make):
    call = Invocation(bench().profile)
    assert call.when(None, "since") is None
    assert call.when("2026-11-20", "until", end_of_day=True) == datetime(2026, 11, 20, 23, 59, 59)
    with pytest.raises(Problem, match="since must be a time of the form YYYY-MM-DD"):
        call.when("gestern", "since")
