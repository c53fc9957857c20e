import asyncio
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, select, text

from dialler_mcp.safety import tables
from dialler_mcp.safety.state import FILE, StateError, StateStore

LATER = time.time() + 600


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StateStore]:
    store = StateStore(tmp_path / "below", patience=0.1)
    yield store
    store.close()


def version(connection: Connection) -> int | None:
    return connection.scalar(select(tables.version.c.version))


async def test_nothing_is_made_before_the_first_use(store: StateStore):
    assert not store.directory.exists()
    assert await store.run(version) == tables.VERSION


async def test_only_its_owner_may_read_it(store: StateStore):
    await store.run(version)
    for file in store.directory.iterdir():
        assert file.stat().st_mode & 0o777 == 0o600, file.name
    assert store.directory.stat().st_mode & 0o777 == 0o700


async def test_a_file_that_others_could_read_is_closed_to_them(store: StateStore):
    await store.run(version)
    store.close()
    (store.directory / FILE).chmod(0o644)
    await store.run(version)
    assert (store.directory / FILE).stat().st_mode & 0o777 == 0o600


async def test_a_commit_is_on_the_disk(store: StateStore):
    def pragmas(connection: Connection) -> list[Any]:
        return [connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous")]

    assert await store.run(pragmas) == ["wal", 2]


async def test_a_code_is_used_once_by_whomever(store: StateStore):
    other = StateStore(store.directory)
    assert await store.use_once("a", LATER)
    assert not await other.use_once("a", LATER)
    assert await other.use_once("b", LATER)
    other.close()
    assert not await store.use_once("b", LATER)


async def test_of_many_at_once_one_uses_a_code(store: StateStore):
    assert sum(await asyncio.gather(*(store.use_once("a", LATER) for _ in range(20)))) == 1


async def test_an_expired_code_is_forgotten(store: StateStore):
    assert await store.use_once("a", time.time() - 1)
    assert await store.use_once("a", LATER)
    assert not await store.use_once("a", LATER)


async def fails(store: StateStore) -> str:
    with pytest.raises(StateError) as error:
        await store.use_once("a", LATER)
    said = str(error.value)
    assert str(store.directory) not in said
    assert "was not sent" in said
    return said


async def test_a_damaged_file(store: StateStore):
    store.directory.mkdir()
    (store.directory / FILE).write_text("no database at all " * 99, encoding="utf-8")
    assert "damaged, or no state file" in await fails(store)


async def test_a_file_damaged_while_it_is_used(store: StateStore):
    await store.run(version)
    store.close()
    path = store.directory / FILE
    path.write_bytes(path.read_bytes()[:100] + b"\xff" * 8000)
    assert "damaged" in await fails(store)


async def test_the_database_of_another_program(store: StateStore):
    store.directory.mkdir()
    with sqlite3.connect(store.directory / FILE) as database:
        database.execute("CREATE TABLE people (name TEXT)")
    database.close()
    assert "another program" in await fails(store)


async def test_a_file_of_another_version(store: StateStore):
    await store.run(lambda connection: connection.execute(tables.version.update().values(version=99)))
    store.close()
    assert "of version 99, this dialler-mcp knows version 1" in await fails(store)


async def test_a_file_that_another_process_holds(store: StateStore):
    await store.run(version)
    holder = sqlite3.connect(store.directory / FILE, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    assert "holds it locked" in await fails(store)
    holder.execute("ROLLBACK")
    holder.close()
    assert await store.use_once("a", LATER)


async def test_a_new_file_that_another_process_holds(store: StateStore):
    store.directory.mkdir()
    holder = sqlite3.connect(store.directory / FILE, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    assert "holds it locked" in await fails(store)
    holder.close()


async def test_a_full_disk(store: StateStore):
    await store.run(version)
    store.close()

    def limited(connection: Any, _: object) -> None:
        connection.execute("PRAGMA max_page_count=1")

    event.listen(Engine, "connect", limited)

    async def fill() -> None:
        for number in range(2000):
            await store.use_once(f"{number} {'x' * 150}", LATER)

    try:
        with pytest.raises(StateError, match="The disk is full"):
            await fill()
    finally:
        event.remove(Engine, "connect", limited)


async def test_a_directory_that_cannot_be_made(tmp_path: Path):
    (tmp_path / "file").touch()
    assert "cannot be written (Not a directory)" in await fails(StateStore(tmp_path / "file" / "below"))


@pytest.mark.parametrize("url", ["nonsense", "nonsense://", "postgresql+nodriver://host/name"])
async def test_a_url_that_is_none(tmp_path: Path, url: str):
    with pytest.raises(StateError, match="DIALLER_STATE_URL is no URL") as error:
        await StateStore(tmp_path, url).use_once("a", LATER)
    assert url not in str(error.value)


async def test_a_database_that_cannot_be_reached(tmp_path: Path):
    store = StateStore(tmp_path, "postgresql+psycopg://somebody:secret@127.0.0.1:1/name")
    said = await fails(store)
    assert "cannot be reached" in said
    assert "secret" not in said


async def test_two_processes_make_and_use_one_file(tmp_path: Path):
    """Each takes 100 codes of the same 100: every code is taken exactly once."""
    child = (
        "import asyncio, pathlib, sys, time\n"
        "from dialler_mcp.safety.state import StateStore\n"
        "async def main():\n"
        "    store = StateStore(pathlib.Path(sys.argv[1]))\n"
        "    print(sum([await store.use_once(str(n), time.time() + 600) for n in range(100)]))\n"
        "    store.close()\n"
        "asyncio.run(main())\n"
    )
    command = (sys.executable, "-c", child, str(tmp_path / "new"))
    started = [await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE) for _ in range(3)]
    taken = [int((await process.communicate())[0]) for process in started]
    assert sum(taken) == 100


async def test_an_in_memory_state_lasts_as_long_as_its_store(tmp_path: Path):
    store = StateStore(tmp_path / "unused", "sqlite://")
    assert await store.use_once("a", LATER)
    assert not await store.use_once("a", LATER)
    assert not store.directory.exists()
    store.close()
    assert await store.use_once("a", LATER)
    store.close()


async def test_half_a_state_is_that_of_another_program(tmp_path: Path):
    store = StateStore(tmp_path)
    await store.run(version)
    await store.run(lambda connection: connection.execute(text(f"DROP TABLE {tables.version.name}")))
    store.close()
    assert "another program" in await fails(store)
