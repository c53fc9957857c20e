"""The files: for their owner alone, whole or not there, gone when they should be."""

import asyncio
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from dialler_mcp.domain.privacy import Privacy
from dialler_mcp.reporting.errors import CannotKeep, Damaged, NoSnapshot
from dialler_mcp.reporting.snapshot.database import Database, literal
from tests.conftest import BERLIN
from tests.reporting.house import CAMPAIGN, OTHER, House

_EVERYTHING = "SELECT * EXCLUDE (recorded) FROM calls JOIN contacts USING (contact_id) ORDER BY call_id"
COUNT = "SELECT count(*) FROM contacts"


async def test_files_are_their_owner_s_alone(house: House) -> None:
    await house.snapshots.refresh([CAMPAIGN])
    (file,) = house.files()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert str(CAMPAIGN) in file.name


async def test_a_reader_keeps_what_it_opened_while_a_refresh_replaces_it(house: House) -> None:
    await house.snapshots.refresh([CAMPAIGN])
    with house.snapshots.open([CAMPAIGN]) as snapshot:
        ((before,),) = snapshot.rows(COUNT)
        house.store.delete_contact(next(iter(house.store.contacts(CAMPAIGN))).id)
        await house.snapshots.refresh([CAMPAIGN])
        assert list(snapshot.rows(COUNT)) == [(before,)]
    assert house.figures(COUNT) == [(before - 1,)]
    assert len(house.files()) == 1


_READER = """
import asyncio, sys
from pathlib import Path
from zoneinfo import ZoneInfo
from dialler_mcp.api import Address, Dialler
from dialler_mcp.reporting.snapshot.snapshots import Snapshots
dialler = Dialler(Address("http://localhost/rest/v1.0/1", "sandbox-token"))
snapshots = Snapshots(dialler, Path(sys.argv[1]), zone=ZoneInfo("Europe/Berlin"))
for line in sys.stdin:
    with snapshots.open([538]) as snapshot:
        print(*next(iter(snapshot.rows("SELECT count(*), sum(attempts) FROM contacts"))), flush=True)
        sys.stdin.readline()
        print(*next(iter(snapshot.rows("SELECT count(*), sum(attempts) FROM contacts"))), flush=True)
"""


async def test_another_process_reads_while_this_one_writes(house: House) -> None:
    await house.snapshots.refresh([CAMPAIGN])
    command = [sys.executable, "-c", _READER, str(house.directory)]
    with subprocess.Popen(  # noqa: ASYNC220 - two processes in turn
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdin
        assert reader.stdout

        def said() -> str:
            assert reader.stdin
            assert reader.stdout
            reader.stdin.write("\n")
            reader.stdin.flush()
            return reader.stdout.readline()

        before = said()
        house.store.delete_contact(next(iter(house.store.contacts(CAMPAIGN))).id)
        await house.snapshots.refresh([CAMPAIGN])
        assert said() == before
        assert said() != before
        reader.stdin.close()
        reader.stdout.read()
    assert reader.returncode == 0


_KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from zoneinfo import ZoneInfo
import httpx2
from datetime import datetime
from dialler_mcp.api import Address, Dialler
from dialler_mcp.reporting.snapshot.files import Shelf
from dialler_mcp.reporting.snapshot.snapshots import Snapshots
from dialler_mcp.sandbox import Store, build_app
store = Store.open(now=datetime(2026, 11, 20, 14))
there = httpx2.ASGITransport(build_app(store))
dialler = Dialler(Address("http://localhost/rest/v1.0/1", "sandbox-token"), transport=there)
Shelf.put = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(Snapshots(dialler, Path(sys.argv[1]), zone=ZoneInfo("Europe/Berlin")).refresh([538], full=True))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
async def test_a_process_killed_before_the_file_is_in_place_leaves_the_one_before(house: House) -> None:
    await house.snapshots.refresh([CAMPAIGN])
    before, files = house.figures(COUNT), house.files()
    dead = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", _KILLED, str(house.directory)])
    assert dead.returncode == -signal.SIGKILL
    assert len(house.files()) > len(files)  # its work is left behind
    assert house.figures(COUNT) == before
    house.clock.now += 3 * 3600
    house.snapshots.open([CAMPAIGN]).close()
    assert house.files() == files


async def test_forgetting_removes_the_files_of_a_campaign_or_all(house: House) -> None:
    await house.snapshots.refresh([CAMPAIGN, OTHER])
    assert await house.snapshots.forget([CAMPAIGN, 4711]) == [CAMPAIGN]
    assert house.figures("SELECT count(*) > 0 FROM contacts", (OTHER,)) == [(True,)]
    with pytest.raises(NoSnapshot) as error:
        house.snapshots.open([CAMPAIGN, OTHER])
    assert error.value.campaign_ids == [CAMPAIGN]
    assert await house.snapshots.forget() == [OTHER]
    assert [*house.directory.iterdir()] == []
    assert await house.snapshots.forget() == []


async def test_forgetting_ends_what_is_being_read(house: House) -> None:
    never = asyncio.Event()

    class Silent(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            await never.wait()
            raise AssertionError

    house.wire.inner = Silent()
    assert (await house.snapshots.refresh([CAMPAIGN], budget_seconds=0)).campaigns[0].reading
    await house.snapshots.forget([CAMPAIGN])
    assert not (await house.snapshots.coverage([CAMPAIGN])).campaigns[0].reading


async def test_files_older_than_the_retention_go_at_the_next_use(build: Callable[..., House]) -> None:
    house = build(retention_hours=2)
    await house.snapshots.refresh([CAMPAIGN])
    house.clock.now += 2 * 3600 - 60
    house.snapshots.open([CAMPAIGN]).close()
    house.clock.now += 120
    with pytest.raises(NoSnapshot):
        house.snapshots.open([CAMPAIGN])
    assert house.files() == []


def _no_database(file: Path) -> None:
    file.write_bytes(b"this is no database")


def _empty(file: Path) -> None:
    file.write_bytes(b"")


def _cut(file: Path) -> None:
    os.truncate(file, 5000)


def _zeros(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    file.write_bytes(content)


@pytest.mark.parametrize(
    "spoil",
    [_no_database, _empty, _cut, _zeros],
)
async def test_a_damaged_file_is_thrown_away_and_read_anew(house: House, spoil: Callable[[Path], object]) -> None:
    await house.snapshots.refresh([CAMPAIGN])
    before = house.figures("SELECT contact_id, state FROM contacts ORDER BY 1")
    (file,) = house.files()
    spoil(file)
    assert (await house.snapshots.refresh([CAMPAIGN])).complete
    assert house.figures("SELECT contact_id, state FROM contacts ORDER BY 1") == before
    (file,) = house.files()
    spoil(file)
    with pytest.raises(NoSnapshot):
        house.snapshots.open([CAMPAIGN])


async def test_damage_that_shows_only_in_a_question_is_mended_by_the_next_refresh(house: House) -> None:
    await house.snapshots.refresh([CAMPAIGN])
    (file,) = house.files()
    content = bytearray(file.read_bytes())
    with house.snapshots.open([CAMPAIGN]) as snapshot:
        expected = list(snapshot.rows(_EVERYTHING))
    data = 3 * 4096  # behind the three headers; the catalogue lies further back
    content[data : data + 262_144] = bytes(262_144)
    file.write_bytes(content)
    with pytest.raises((Damaged, NoSnapshot)), house.snapshots.open([CAMPAIGN]) as snapshot:
        list(snapshot.rows(_EVERYTHING))
    assert house.files() == []
    await house.snapshots.refresh([CAMPAIGN])
    assert house.figures(_EVERYTHING) == expected


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE old.about SET schema = 0",
        "DROP TABLE old.about",
        "UPDATE old.about SET dialler = 'https://other.example'",
    ],
)
async def test_a_file_of_another_version_or_dialler_is_not_used(house: House, change: str) -> None:
    await house.snapshots.refresh([CAMPAIGN])
    (file,) = house.files()
    with Database() as database:
        database.run(f"ATTACH {literal(file)} AS old")
        database.run(change)
    with pytest.raises(NoSnapshot):
        house.snapshots.open([CAMPAIGN])
    house.asked()
    assert (await house.snapshots.refresh([CAMPAIGN])).complete
    assert house.asked().count("POST contacts") > 0
    assert len(house.files()) == 1


async def test_another_privacy_level_needs_a_full_read(build: Callable[..., House]) -> None:
    open_house, careful = build(privacy=Privacy.full), build(privacy=Privacy.masked)
    await open_house.snapshots.refresh([CAMPAIGN])
    with pytest.raises(NoSnapshot):
        careful.snapshots.open([CAMPAIGN])
    await careful.snapshots.refresh([CAMPAIGN])
    assert careful.asked().count("POST contacts") > 0
    assert len([file for file in careful.files() if file.suffix == ".duckdb"]) == 1


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM c538.contacts",
        "DROP TABLE c538.calls",
        "COPY contacts TO '{}/out.csv'",
        "ATTACH '{}/new.duckdb'",
        "SELECT * FROM read_csv('/etc/hosts')",
        "INSTALL httpfs",
        "SET enable_external_access = true",
    ],
)
async def test_an_open_snapshot_reaches_nothing_outside_and_changes_no_file(house: House, sql: str) -> None:
    import duckdb

    await house.snapshots.refresh([CAMPAIGN])
    files = house.files()
    with house.snapshots.open([CAMPAIGN]) as snapshot, pytest.raises(duckdb.Error):
        list(snapshot.rows(sql.format(house.directory)))
    assert house.files() == files


async def test_diallers_do_not_share_files(build: Callable[..., House], tmp_path: Path) -> None:
    from dialler_mcp.api import Address, Dialler
    from dialler_mcp.reporting.snapshot.snapshots import Snapshots

    house = build()
    await house.snapshots.refresh([CAMPAIGN])
    other = Dialler(Address("http://localhost/rest/v1.0/2", "sandbox-token"))
    with pytest.raises(NoSnapshot):
        Snapshots(other, house.directory, zone=BERLIN).open([CAMPAIGN])


_FULL = """
import atexit, resource
limits = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limits[1]))
atexit.register(resource.setrlimit, resource.RLIMIT_FSIZE, limits)  # what measures coverage writes its file, too
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no limit on the size of files on Windows")
async def test_a_full_disk_is_said_and_the_snapshot_before_stays(house: House) -> None:
    await house.snapshots.refresh([CAMPAIGN])
    before, files = house.figures(COUNT), house.files()
    script = _FULL + _KILLED.replace("Shelf.put = ", "unused = ")
    failed = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", script, str(house.directory)], capture_output=True, text=True
    )
    assert failed.returncode == 1
    assert failed.stderr.splitlines()[-1].startswith("dialler_mcp.reporting.errors.CannotKeep")
    assert house.files() == files
    assert house.figures(COUNT) == before


async def test_a_directory_that_cannot_be_made_is_said(house: House) -> None:
    house.directory.write_text("in the way")
    with pytest.raises(CannotKeep):
        await house.snapshots.refresh([CAMPAIGN])
    house.directory.unlink()


async def test_a_cancelled_refresh_leaves_nothing_behind(house: House) -> None:
    reading = asyncio.Event()
    inner = house.wire.inner

    class Halting(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            if request.method == "POST":
                reading.set()
                await asyncio.Event().wait()
            return await inner.handle_async_request(request)

    house.wire.inner = Halting()
    task = asyncio.ensure_future(house.snapshots.refresh([CAMPAIGN]))
    await reading.wait()
    await house.snapshots.aclose()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert house.files() == []
    shutil.rmtree(house.directory)
