"""Parts of another system, put into this process for one test."""

import os

import pytest

from tests.platforms.windows import files_that_stay_while_open
from tests.reporting.conftest import build, house

__all__ = ["build", "house"]


@pytest.fixture
def open_files_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows, a file that is open can be neither removed nor replaced."""
    for name, function in files_that_stay_while_open().items():
        monkeypatch.setattr(os, name, function)
