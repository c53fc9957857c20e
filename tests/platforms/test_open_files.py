"""Files that are open, on Windows: nothing is lost, and what is left over goes later."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from dialler_mcp.changes.journal import Journal
from dialler_mcp.reporting.errors import CannotForget, Damaged
from dialler_mcp.state.store import StateStore
from tests.changes.test_journal import BEGAN, entry
from tests.cli.test_main import invoke
from tests.reporting.house import OTHER, House
from tests.tools.asking import CAMPAIGN_TEST

COUNT = "SELECT count(*) FROM contacts"

pytestmark = [
    pytest.mark.usefixtures("open_files_stay"),
    pytest.mark.thorough,  # scripts/platforms runs them
]


def test_an_open_file_stays_and_a_closed_one_goes(tmp_path: Path):
    path, other = tmp_path / "open", tmp_path / "other"
    other.touch()
    with path.open("w"):
        for attempt in (path.unlink, lambda: path.rename(tmp_path / "new"), lambda: other.replace(path)):
            with pytest.raises(PermissionError):
                attempt()
    path.unlink()
    other.replace(path)
    assert [one.name for one in tmp_path.iterdir()] == ["open"]


async def test_a_refresh_beside_a_reader_leaves_the_older_file_until_the_next_one(house: House):
    await house.snapshots.refresh([CAMPAIGN_TEST])
    with house.snapshots.open([CAMPAIGN_TEST]) as snapshot:
        ((before,),) = snapshot.rows(COUNT)
        house.store.delete_contact(next(iter(house.store.contacts(CAMPAIGN_TEST))).id)
        await house.snapshots.refresh([CAMPAIGN_TEST])
        assert list(snapshot.rows(COUNT)) == [(before,)]
        assert house.figures(COUNT, (CAMPAIGN_TEST,)) == [(before - 1,)]
        assert len(house.files()) == 2
    await house.snapshots.refresh([CAMPAIGN_TEST])
    assert len(house.files()) == 1


async def test_what_somebody_reads_is_not_said_to_be_forgotten(house: House):
    await house.snapshots.refresh([CAMPAIGN_TEST, OTHER])
    with house.snapshots.open([CAMPAIGN_TEST]), pytest.raises(CannotForget, match="539 is in use") as error:
        await house.snapshots.forget()
    assert error.value.campaign_ids == [CAMPAIGN_TEST]
    assert await house.snapshots.forget() == [CAMPAIGN_TEST]
    assert house.files() == []


async def test_a_file_that_turns_out_damaged_in_a_question_is_closed_and_thrown_away(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    await house.snapshots.refresh([CAMPAIGN_TEST])
    with house.snapshots.open([CAMPAIGN_TEST]) as snapshot:

        def damaged(*_: object) -> None:
            raise Damaged

        monkeypatch.setattr(snapshot.database, "rows", damaged)
        with pytest.raises(Damaged):
            list(snapshot.rows(COUNT))
        assert house.files() == []


async def test_an_archive_that_somebody_looks_into_holds_no_change_up(tmp_path: Path):
    store = StateStore(tmp_path)
    journal = Journal(store, "d", 90, lambda: BEGAN)
    journal.archives.mkdir()
    part = journal.archives / "x.part"
    part.touch()
    old = await journal.begin(entry(began=BEGAN - timedelta(days=91)), part)
    with (journal.archives / f"{old}.jsonl.gz").open("rb"):
        await journal.begin(entry())
        assert await journal.get(old) is not None
    await journal.begin(entry())
    assert await journal.get(old) is None
    assert list(journal.archives.iterdir()) == []
    store.close()


def test_a_report_that_is_open_in_another_program_is_not_replaced_and_says_so(
    sandbox_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "data").mkdir()
    shutil.copy(sandbox_file, tmp_path / "data")
    monkeypatch.setenv("DIALLER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    report = tmp_path / "r.csv"
    report.write_text("yesterday's")
    with report.open():
        assert invoke(monkeypatch, "report", str(CAMPAIGN_TEST), "--to", "r.csv") == 1
    assert "r.csv cannot be written (the file is used by another process)" in capsys.readouterr().err
    assert report.read_text() == "yesterday's"
    assert {one.name for one in tmp_path.iterdir()} == {"data", "r.csv"}
