"""Who calls."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from mcp_types import Implementation

from dialler_mcp.domain.callers import MAX_CLIENT
from dialler_mcp.domain.roles import Role
from dialler_mcp.service.process import caller_of


@pytest.mark.parametrize(
    ("name", "client"),
    [("claude-ai", "claude-ai"), ("a\u200b<b>", "a‹b›"), ("x" * 10_000_000, "x" * MAX_CLIENT), ("", "")],
)
def test_a_client_is_called_what_it_says_but_no_longer(name: str, client: str):
    told = SimpleNamespace(client_info=Implementation(name=name, version="1"))
    context = cast(Any, SimpleNamespace(session=SimpleNamespace(client_params=told)))
    assert caller_of(context, Role.agent).client == client


def test_a_client_that_says_nothing_has_no_name():
    context = cast(Any, SimpleNamespace(session=SimpleNamespace(client_params=None)))
    assert caller_of(context, Role.agent).client == ""
