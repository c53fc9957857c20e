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
from dialler_mcp.reporting.snapshot.files import Shelf
from tests.conftest import BERLIN, URL
from tests.reporting.house import CAMPAIGN, COUNT, OTHER, House

_EVERYTHING = "SELECT * EXCLUDE (recorded) FROM calls JOIN contacts USING (contact_id) ORDER BY call_id"


async def test_files_are_their_owner_s_alone(house: House) -> None:
    await house.snapshots.refresh([CAMPAIGN])
    (file,) = house.files()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert str(CAMPAIGN) in file.name


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


@pytest.mark.thorough
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
from dialler_mcp.api import Address, Dialler
from dialler_mcp.reporting.snapshot.files import Shelf
from dialler_mcp.reporting.snapshot.snapshots import Snapshots
from dialler_mcp.sandbox import Store, build_app
store = Store.open(Path(sys.argv[2]))
there = httpx2.ASGITransport(build_app(store))
dialler = Dialler(Address("http://localhost/rest/v1.0/1", "sandbox-token"), transport=there)
Shelf.put = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(Snapshots(dialler, Path(sys.argv[1]), zone=ZoneInfo("Europe/Berlin")).refresh([538], full=True))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
@pytest.mark.thorough
async def test_a_process_killed_before_the_file_is_in_place_leaves_the_one_before(
    house: House, sandbox_file: Path
) -> None:
    await house.snapshots.refresh([CAMPAIGN])
    before, files = house.figures(COUNT), house.files()
    command = [sys.executable, "-c", _KILLED, str(house.directory), str(sandbox_file)]
    dead = await asyncio.to_thread(subprocess.run, command)
    assert dead.returncode == -signal.SIGKILL
    assert len(house.files()) > len(files)  # its work is left behind
    assert house.figures(COUNT) == before
    house.clock.now += 3 * 3600
    house.snapshots.open([CAMPAIGN]).close()
    assert house.files() == files


async def test_forgetting_removes_the_files_of_a_campaign_or_all(read_house: House) -> None:
    house = read_house
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


async def test_files_older_than_the_retention_go_at_the_next_use(read_one: House) -> None:
    house = read_one
    house.snapshots = house.made(retention_hours=2)
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


SPOILS = [_no_database, _empty, _cut, _zeros]


def _own(file: Path) -> Path:
    """The same file, which is lent to nobody else."""
    content = file.read_bytes()
    file.unlink()
    file.write_bytes(content)
    return file


@pytest.mark.thorough
async def test_a_damaged_file_is_thrown_away_when_it_is_opened(read_one: House) -> None:
    (file,) = read_one.files()
    content = file.read_bytes()
    for spoil in SPOILS:
        file.unlink(missing_ok=True)
        file.write_bytes(content)
        read_one.snapshots.open([CAMPAIGN]).close()
        spoil(file)
        with pytest.raises(NoSnapshot):
            read_one.snapshots.open([CAMPAIGN])
        assert read_one.files() == [], spoil


@pytest.mark.parametrize("spoil", [_zeros, *(pytest.param(one, marks=pytest.mark.thorough) for one in SPOILS[:-1])])
async def test_a_damaged_file_is_thrown_away_and_read_anew(read_one: House, spoil: Callable[[Path], object]) -> None:
    before = read_one.figures("SELECT contact_id, state FROM contacts ORDER BY 1")
    (file,) = read_one.files()
    spoil(_own(file))
    assert (await read_one.snapshots.refresh([CAMPAIGN])).complete
    assert read_one.figures("SELECT contact_id, state FROM contacts ORDER BY 1") == before
    assert len(read_one.files()) == 1


@pytest.mark.thorough
async def test_damage_that_shows_only_in_a_question_is_mended_by_the_next_refresh(read_one: House) -> None:
    (file,) = read_one.files()
    content = bytearray(file.read_bytes())
    with read_one.snapshots.open([CAMPAIGN]) as snapshot:
        expected = list(snapshot.rows(_EVERYTHING))
    data = 3 * 4096  # behind the three headers; the catalogue lies further back
    content[data : data + 262_144] = bytes(262_144)
    _own(file).write_bytes(content)
    with pytest.raises((Damaged, NoSnapshot)), read_one.snapshots.open([CAMPAIGN]) as snapshot:
        list(snapshot.rows(_EVERYTHING))
    assert read_one.files() == []
    await read_one.snapshots.refresh([CAMPAIGN])
    assert read_one.figures(_EVERYTHING) == expected


CHANGES = [
    "UPDATE old.about SET schema = 0",
    "DROP TABLE old.about",
    "UPDATE old.about SET dialler = 'https://other.example'",
]


def _changed(file: Path, change: str) -> None:
    with Database() as database:
        database.run(f"ATTACH {literal(_own(file))} AS old")
        database.run(change)


@pytest.mark.thorough
async def test_a_file_of_another_version_or_dialler_is_not_opened(read_one: House) -> None:
    (file,) = read_one.files()
    content = file.read_bytes()
    for change in CHANGES:
        _own(file).write_bytes(content)
        read_one.snapshots.open([CAMPAIGN]).close()
        _changed(file, change)
        with pytest.raises(NoSnapshot):
            read_one.snapshots.open([CAMPAIGN])


@pytest.mark.parametrize(
    "change", [*CHANGES[:1], *(pytest.param(one, marks=pytest.mark.thorough) for one in CHANGES[1:])]
)
async def test_a_file_of_another_version_or_dialler_is_read_anew(read_one: House, change: str) -> None:
    (file,) = read_one.files()
    _changed(file, change)
    assert (await read_one.snapshots.refresh([CAMPAIGN])).complete
    assert read_one.asked().count("POST contacts") > 0
    assert len(read_one.files()) == 1


@pytest.mark.thorough
async def test_another_privacy_level_needs_a_full_read(read_one: House, build: Callable[..., House]) -> None:
    read_one.snapshots.open([CAMPAIGN]).close()
    careful = build(privacy=Privacy.masked, clock=read_one.clock)
    assert careful.files() == []
    with pytest.raises(NoSnapshot):
        careful.snapshots.open([CAMPAIGN])
    await careful.snapshots.refresh([CAMPAIGN])
    assert careful.asked().count("POST contacts") > 0
    assert len([file for file in careful.files() if file.suffix == ".duckdb"]) == 1


async def test_diallers_do_not_share_files(read_one: House) -> None:
    from dialler_mcp.api import Address, Dialler
    from dialler_mcp.reporting.snapshot.snapshots import Snapshots

    read_one.snapshots.open([CAMPAIGN]).close()
    other = Dialler(Address("http://localhost/rest/v1.0/2", "sandbox-token"))
    with pytest.raises(NoSnapshot):
        Snapshots(other, read_one.directory, zone=BERLIN, clock=read_one.clock).open([CAMPAIGN])


_FULL = """
import atexit, resource
limits = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limits[1]))
atexit.register(resource.setrlimit, resource.RLIMIT_FSIZE, limits)  # what measures coverage writes its file, too
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no limit on the size of files on Windows")
@pytest.mark.thorough
async def test_a_full_disk_is_said_and_the_snapshot_before_stays(house: House, sandbox_file: Path) -> None:
    await house.snapshots.refresh([CAMPAIGN])
    before, files = house.figures(COUNT), house.files()
    script = _FULL + _KILLED.replace("Shelf.put = ", "unused = ")
    command = [sys.executable, "-c", script, str(house.directory), str(sandbox_file)]
    process = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True)
    assert process.returncode == 1
    assert process.stderr.splitlines()[-1].startswith("dialler_mcp.reporting.errors.CannotKeep")
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


async def test_snapshots_of_another_privacy_level_go_at_the_start(house: House) -> None:
    await house.snapshots.refresh([CAMPAIGN])
    (file,) = house.files()
    shelf = Shelf(house.directory, URL, privacy=Privacy.bank.value)
    shelf.forget_other_levels()
    assert house.files() == [file]
    Shelf(house.directory, URL, privacy=Privacy.masked.value).forget_other_levels()
    assert house.files() == []


@pytest.mark.thorough
async def test_snapshots_of_an_unknown_level_go_at_the_start(house: House) -> None:
    await house.snapshots.refresh([CAMPAIGN])
    (file,) = house.files()
    (file.parent / "privacy").unlink()
    Shelf(house.directory, URL, privacy=Privacy.bank.value).forget_other_levels()
    assert house.files() == []
