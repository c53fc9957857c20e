import asyncio
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, select, text
from sqlalchemy.exc import TimeoutError as PoolTimeout

from dialler_mcp.state import schema as tables
from dialler_mcp.state.codes import UsedAlready, use_once
from dialler_mcp.state.keys import sealing_key
from dialler_mcp.state.store import FILE, StateError, StateStore
from tests.places import Place

NOW, LATER = 1000.0, 1600.0


async def used(store: StateStore, code: str, *, now: float = NOW, expires: float = LATER) -> bool:
    """Whether this call was the one that used it."""
    try:
        await store.run(lambda connection: use_once(connection, code, now=now, expires=expires))
    except UsedAlready:
        return False
    return True


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


@pytest.mark.parametrize("is_replaced", [True, False])
async def test_a_file_that_is_taken_away_while_it_is_used_is_an_error(store: StateStore, is_replaced: bool):
    """SQLite would go on as if nothing had happened, and the entries would be gone with the process."""
    await store.run(version)
    file = store.directory / FILE
    other_place = file.rename(file.with_name("kept"))
    if is_replaced:
        file.write_bytes(other_place.read_bytes())
    with pytest.raises(StateError, match="removed or replaced"):
        await store.run(version)
    store.close()
    assert await store.run(version) == tables.VERSION


async def test_a_commit_is_on_the_disk(store: StateStore):
    def pragmas(connection: Connection) -> list[Any]:
        return [connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous")]

    assert await store.run(pragmas) == ["wal", 2]


async def test_a_code_is_used_once_by_whomever(place: Place):
    store, other = place.store(), place.store()
    assert await used(store, "a")
    assert not await used(other, "a")
    assert await used(other, "b")
    other.close()
    assert not await used(store, "b")


async def test_of_many_at_once_one_uses_a_code(place: Place):
    stores = [place.store() for _ in range(4)]
    assert sum(await asyncio.gather(*(used(store, "a") for store in stores * 5))) == 1


async def test_an_expired_code_is_forgotten(place: Place):
    store = place.store()
    assert await used(store, "a", expires=NOW)
    assert await used(store, "a")
    assert not await used(store, "a")


async def test_what_fails_leaves_nothing(place: Place):
    store = place.store()

    def half(connection: Connection) -> None:
        use_once(connection, "a", now=NOW, expires=LATER)
        raise LookupError

    with pytest.raises(LookupError):
        await store.run(half)
    assert await used(store, "a")


async def test_the_key_is_made_once(place: Place):
    keys = await asyncio.gather(*(place.store().run(sealing_key) for _ in range(4)))
    assert len(set(keys)) == 1
    assert len(keys[0]) == 32


async def fails(store: StateStore) -> str:
    with pytest.raises(StateError) as error:
        await used(store, "a")
    message = str(error.value)
    assert str(store.directory) not in message
    assert "was not sent" in message
    return message


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


async def test_a_file_that_cannot_be_switched_at_once_is_waited_for(store: StateStore, monkeypatch: pytest.MonkeyPatch):
    """SQLite says "busy" without waiting when it is to change the mode of a file in which somebody writes."""
    await store.run(version)
    store.close()
    holder = sqlite3.connect(store.directory / FILE, isolation_level=None, check_same_thread=False)
    holder.execute("PRAGMA journal_mode=DELETE")
    holder.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr("dialler_mcp.state.store.time.sleep", lambda _: holder.execute("ROLLBACK"))  # pyright: ignore
    assert await store.run(version) == tables.VERSION
    holder.close()


async def test_a_database_without_a_free_connection(store: StateStore):
    def busy(_: Connection) -> None:
        raise PoolTimeout

    with pytest.raises(StateError, match="too busy"):
        await store.run(busy)


async def test_a_file_of_another_version(store: StateStore):
    await store.run(lambda connection: connection.execute(tables.version.update().values(version=99)))
    store.close()
    assert f"of version 99, this dialler-mcp knows version {tables.VERSION}" in await fails(store)


async def test_a_state_that_names_no_version_is_refused(place: Place):
    store = place.store()
    await store.run(lambda connection: connection.execute(tables.version.delete()))
    store.close()
    assert "Its version is not noted in it" in await fails(store)


async def test_a_file_that_another_process_holds(store: StateStore):
    await store.run(version)
    holder = sqlite3.connect(store.directory / FILE, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    assert "holds it locked" in await fails(store)
    holder.execute("ROLLBACK")
    holder.close()
    assert await used(store, "a")


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
            await used(store, f"{number} {'x' * 150}")

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
        await used(StateStore(tmp_path, url), "a")
    assert url not in str(error.value)


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg"])
async def test_a_missing_driver_is_called_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    message = await fails(StateStore(tmp_path, f"{scheme}://somebody:secret@127.0.0.1:1/name"))
    assert "The driver of PostgreSQL is missing" in message
    assert "pip install 'dialler-mcp[postgres]'" in message
    assert "secret" not in message


async def test_a_database_of_another_kind_is_refused(tmp_path: Path):
    with pytest.raises(StateError, match="DIALLER_STATE_URL is no URL"):
        await used(StateStore(tmp_path, "mysql://127.0.0.1:1/name"), "a")


async def test_a_database_that_cannot_be_reached(tmp_path: Path):
    store = StateStore(tmp_path, "postgresql+psycopg://somebody:secret@127.0.0.1:1/name")
    message = await fails(store)
    assert "cannot be reached" in message
    assert "secret" not in message


async def make_and_use(place: Place) -> tuple[int, bytes]:
    """Take codes; how many were taken, and which key there is."""
    store = place.store()
    numbers = [await used(store, str(n)) for n in range(30)]
    return sum(numbers), await store.run(sealing_key)


async def test_several_at_once_make_and_use_one_state(place: Place):
    """Each takes codes of the same 30: every code is taken exactly once, and all see the same key."""
    numbers = await asyncio.gather(*(make_and_use(place) for _ in range(3)))
    assert sum(number for number, _ in numbers) == 30
    assert len({key for _, key in numbers}) == 1


@pytest.mark.thorough  # the one above is quicker
async def test_processes_make_and_use_one_state(place: Place):
    """Each takes 100 codes of the same 100: every code is taken exactly once, and all see the same key."""
    child = (
        "import pathlib, sys\n"
        "from dialler_mcp.state.codes import UsedAlready, use_once\n"
        "from dialler_mcp.state.keys import sealing_key\n"
        "from dialler_mcp.state.store import StateStore\n"
        "store = StateStore(pathlib.Path(sys.argv[1]), sys.argv[2])\n"
        "taken = 0\n"
        "for n in range(100):\n"
        "    try:\n"
        "        store.work(lambda connection: use_once(connection, str(n), now=1000.0, expires=1600.0))\n"
        "        taken += 1\n"
        "    except UsedAlready:\n"
        "        pass\n"
        "print(taken, store.work(sealing_key).hex())\n"
        "store.close()\n"
    )
    command = (sys.executable, "-c", child, str(place.directory), place.url)
    processes = [await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE) for _ in range(3)]
    output = [(await process.communicate())[0].split() for process in processes]
    assert sum(int(numbers) for numbers, _ in output) == 100
    assert len({key for _, key in output}) == 1


async def test_an_in_memory_state_lasts_as_long_as_its_store(tmp_path: Path):
    store = StateStore(tmp_path / "unused", "sqlite://")
    assert await used(store, "a")
    assert not await used(store, "a")
    assert not store.directory.exists()
    store.close()
    assert await used(store, "a")
    store.close()


async def test_half_a_state_is_that_of_another_program(place: Place):
    store = place.store()
    await store.run(version)
    await store.run(lambda connection: connection.execute(text(f"DROP TABLE {tables.version.name}")))
    store.close()
    assert "another program" in await fails(store)
