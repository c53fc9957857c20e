"""Running commands at a terminal."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli.test_main import invoke

Terminal = Callable[..., "Answer"]


class Answer(NamedTuple):
    """What a command ended with, and printed."""

    code: "int | str | None"
    out: str
    err: str


def answer_of(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> Answer:
    """What this command answers."""
    capsys.readouterr()
    code = invoke(monkeypatch, *arguments)
    output = capsys.readouterr()
    return Answer(code, output.out, output.err)


def furnished(place: Path, sandbox_file: Path) -> Path:
    """A data directory with a sandbox in it."""
    place.mkdir()
    shutil.copy(sandbox_file, place / "sandbox.sqlite3")
    return place
