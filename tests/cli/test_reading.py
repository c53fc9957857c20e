"""What is read at a terminal: which campaigns, for which period, until all is known or Ctrl+C."""

import signal
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dialler_mcp.api import Dialler
from dialler_mcp.domain.records import Campaign
from dialler_mcp.reporting.snapshot.opening import Coverage
from dialler_mcp.reporting.snapshot.snapshots import Snapshots
from tests.cli.running import Terminal, furnished
from tests.conftest import NOON

Refresh = Callable[..., Any]


@pytest.fixture
def terminal(at_terminal: Terminal) -> Terminal:
    return partial(at_terminal, "report")


def left(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in tmp_path.iterdir())


@pytest.mark.parametrize("words", ["last week", "letzte Woche"])
@pytest.mark.thorough
def test_a_period_can_be_named_in_words(terminal: Terminal, monkeypatch: pytest.MonkeyPatch, words: str):
    monkeypatch.setattr("dialler_mcp.domain.times.now", lambda zone: NOON.replace(tzinfo=zone))  # pyright: ignore
    answer = terminal("538", "--since", words, "--to", "r.csv")
    assert answer.code == 0
    assert " · 2026-11-09 to 2026-11-15 · " in answer.out


def test_a_dialler_without_campaigns_is_said(terminal: Terminal, monkeypatch: pytest.MonkeyPatch):
    async def none(_: Dialler) -> list[Campaign]:
        return []

    monkeypatch.setattr(Dialler, "list_campaigns", none)
    assert "the dialler has no campaign yet" in terminal("538", "--to", "r.csv").err


@pytest.fixture
def heeded() -> Iterator[None]:
    """Ctrl+C is not ignored, as it is where the tests themselves run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def interrupted(monkeypatch: pytest.MonkeyPatch, heeded: None) -> Callable[[int], None]:
    """`interrupted(times)`: Ctrl+C is pressed so often while the first campaign is read."""

    def prepare(times: int) -> None:
        refresh: Refresh = Snapshots.refresh

        async def pressed(self: Snapshots, campaign_ids: list[int], **options: Any) -> Coverage:
            async def show(step: Any) -> None:
                nonlocal times
                times, now = 0, times
                for _ in range(now):
                    signal.raise_signal(signal.SIGINT)

            return await refresh(self, campaign_ids, **{**options, "progress": show})

        monkeypatch.setattr(Snapshots, "refresh", pressed)

    return prepare


@pytest.mark.thorough
def test_ctrl_c_keeps_what_was_read(
    terminal: Terminal,
    tmp_path: Path,
    interrupted: Callable[[int], None],
    sandbox_file: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("DIALLER_DATA_DIR", str(furnished(tmp_path / "data", sandbox_file)))
    interrupted(1)
    answer = terminal("538", "551", "--to", "r.csv")
    assert "stopping" in answer.err
    assert "Not read, and not in the report: campaign 551. Run it again." in answer.out
    assert answer.code == 3
    assert "r.csv" in left(tmp_path)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.thorough
def test_ctrl_c_stays_ignored_where_it_was(terminal: Terminal, tmp_path: Path, interrupted: Callable[[int], None]):
    interrupted(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answer = terminal("538", "551", "--to", "r.csv")
    assert "stopping" not in answer.err
    assert answer.code == 0
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_ctrl_c_twice_ends_at_once(terminal: Terminal, tmp_path: Path, interrupted: Callable[[int], None]):
    interrupted(2)
    answer = terminal("538", "551", "--to", "r.csv")
    assert "stopped, nothing was written" in answer.err
    assert answer.code == 130
    assert left(tmp_path) == []
