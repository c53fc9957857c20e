import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from dialler_mcp.changes.journal import Entry, Journal
from dialler_mcp.state.store import StateStore
from tests.cli.test_main import invoke

BEGAN = datetime(2026, 11, 20, 13, tzinfo=UTC)


def test_an_export_holds_every_change_whole_and_unmasked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    monkeypatch.setenv("DIALLER_DATA_DIR", str(tmp_path))
    store = StateStore(tmp_path)
    journal = Journal(store, "d", 90, lambda: BEGAN)

    async def fill() -> None:
        for days in (2, 1):
            await journal.begin(
                Entry(
                    dialler="d",
                    began=BEGAN - timedelta(days=days),
                    tool="dialler_update_contact",
                    verb="update",
                    kind="contact",
                    label="Contact10",
                    before=msgspec.Raw(b'{"ID": 7, "AccountIBAN": "DE02120300000000202051"}'),
                )
            )

    asyncio.run(fill())
    store.close()
    assert invoke(monkeypatch, "changes", "export", str(tmp_path / "out")) == 0
    assert "2 changes written." in capsys.readouterr().out
    lines = [msgspec.json.decode(line) for line in (tmp_path / "out").read_bytes().splitlines()]
    assert [line["id"] for line in lines] == [1, 2]
    assert lines[0]["before"]["AccountIBAN"] == "DE02120300000000202051"
