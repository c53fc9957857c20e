from functools import partial
from pathlib import Path

import pytest

from tests.cli.running import Terminal, answer_of, furnished


@pytest.fixture(scope="module")
def data_home(sandbox_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One sandbox for all commands that change nothing in it."""
    return furnished(tmp_path_factory.mktemp("kept") / "data", sandbox_file)


@pytest.fixture
def at_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], data_home: Path, tmp_path: Path
) -> Terminal:
    """Runs commands over that sandbox, in a directory of their own: `at_terminal("report", "538")`."""
    monkeypatch.setenv("DIALLER_DATA_DIR", str(data_home))
    monkeypatch.chdir(tmp_path)
    return partial(answer_of, monkeypatch, capsys)
