"""States of other versions: an older one is migrated and keeps its rows, whoever works on it at that moment."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, Table, create_engine, func, insert, inspect, select, text

from dialler_mcp.changes.journal import Entry, EntryFilter, Journal
from dialler_mcp.state import schema as tables
from dialler_mcp.state.codes import used
from dialler_mcp.state.keys import sealing_key
from dialler_mcp.state.preparing import MIGRATIONS
from dialler_mcp.state.store import FILE, StateError, StateStore
from tests.places import Place
from tests.state import version_2

BEGAN = datetime(2026, 11, 20, 13, tzinfo=UTC)
KEY = b"k" * 32
CHANGE = {
    "dialler": "d",
    "began": "2026-11-20T13:00:00.000000+00:00",
    "status": "done",
    "tool": "dialler_lock_contact",
    "verb": "lock",
    "kind": "contact",
    "label": "Contact10",
    "contact_id": 7,
    "caller": "claude-code",
    "confirmed_by": "none needed",
    "arguments": '{"contact_id":7}',
}
VERSION_1 = ("dialler_mcp_version", "used_codes", "changes")  # the tables that it had


@contextmanager
def engine_of(place: Place) -> Generator[Engine]:
    """The database as a program of another version sees it."""
    engine = create_engine(place.url)
    yield engine
    engine.dispose()


def make_version_2(place: Place) -> None:
    """A state as version 2 left it behind."""
    with engine_of(place) as engine, engine.begin() as connection:
        version_2.metadata.create_all(connection)
        connection.execute(insert(version_2.version).values(version=version_2.VERSION))
        connection.execute(insert(version_2.keys).values(name="confirmation", value=KEY))
        connection.execute(insert(version_2.used_codes).values(code="a", expires=1600.0))
        connection.execute(insert(version_2.changes_made).values(caller="claude-code", made=1000.0, destroys=False))
        work_as_version_2(connection)


def make_version_1(place: Place) -> None:
    """A state as version 1 left it behind."""
    with engine_of(place) as engine, engine.begin() as connection:
        version_2.metadata.create_all(connection, [version_2.metadata.tables[name] for name in VERSION_1])
        connection.execute(insert(version_2.version).values(version=1))
        connection.execute(insert(version_2.used_codes).values(code="a", expires=1600.0))
        work_as_version_2(connection)


def work_as_version_2(connection: Connection) -> None:
    """What a process of version 2 writes with a change."""
    connection.execute(insert(version_2.changes).values(**CHANGE))


def journal_of(store: StateStore) -> Journal:
    return Journal(store, "d", 90, lambda: BEGAN)


def numbers(connection: Connection) -> tuple[Any, Any]:
    """Version and revision."""
    return connection.scalar(select(tables.version.c.version)), connection.scalar(select(tables.revision))


def column_names(connection: Connection, table: Table) -> set[str]:
    return {column["name"] for column in inspect(connection).get_columns(table.name)}


def test_every_migration_is_known_by_its_number_and_the_last_is_that_of_the_tables():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    revisions = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert revisions == [f"{number:04}" for number in range(len(revisions), 0, -1)]
    assert revisions[0] == tables.REVISION


@pytest.mark.parametrize("make", [make_version_1, make_version_2])
async def test_an_older_state_keeps_its_rows_and_becomes_what_a_new_one_is(place: Place, make: Any):
    make(place)
    store = place.store()
    entries, total = await journal_of(store).page(EntryFilter(), None, 10)
    assert total == 1
    assert (entries[0].label, entries[0].arguments, entries[0].caller) == (
        "Contact10",
        {"contact_id": 7},
        "claude-code",
    )
    assert (entries[0].subject, entries[0].role, entries[0].job) == ("", "", None)
    assert await store.run(lambda connection: used(connection, ["a", "b"])) == {"a"}
    assert await store.run(numbers) == (tables.VERSION, tables.REVISION)
    assert await store.run(lambda c: compare_metadata(MigrationContext.configure(c), tables.metadata)) == []


async def test_the_key_and_the_counts_of_version_2_stay(place: Place):
    make_version_2(place)
    store = place.store()
    assert await store.run(sealing_key) == KEY
    columns = tables.changes_made.c
    row = await store.run(lambda connection: connection.execute(select(columns.caller, columns.rows)).one())
    assert tuple(row) == ("claude-code", 1)


async def test_a_new_state_needs_no_migration(place: Place):
    store = place.store()
    assert await store.run(numbers) == (tables.VERSION, tables.REVISION)
    assert await store.run(lambda c: compare_metadata(MigrationContext.configure(c), tables.metadata)) == []


async def test_what_a_migration_adds_is_written_and_read(place: Place):
    make_version_2(place)
    journal = journal_of(place.store())
    entry = Entry(
        dialler="d", began=BEGAN, tool="t", verb="lock", kind="contact", label="c", subject="s", role="agent", job=3
    )
    entry_read = await journal.get(await journal.begin(entry))
    assert entry_read is not None
    assert (entry_read.subject, entry_read.role, entry_read.job) == ("s", "agent", 3)


async def test_a_process_of_version_2_goes_on_while_and_after_a_newer_one_migrates(place: Place):
    make_version_2(place)
    with engine_of(place) as engine:
        with engine.begin() as connection:
            work_as_version_2(connection)  # it holds a connection with all that it has prepared
        store = place.store()
        assert await store.run(numbers) == (version_2.VERSION, tables.REVISION)
        with engine.begin() as connection:
            work_as_version_2(connection)
            assert connection.scalar(select(func.count()).select_from(version_2.changes)) == 3
            assert len(connection.execute(select(version_2.changes)).all()) == 3
            connection.execute(insert(version_2.changes_made).values(caller="b", made=1.0, destroys=True))
    entries, _ = await journal_of(store).page(EntryFilter(), None, 10)
    assert [entry.subject for entry in entries] == ["", "", ""]


async def test_a_state_of_a_newer_version_that_only_added_is_used_as_it_is(place: Place):
    newer = place.store()

    def add(connection: Connection) -> None:
        connection.execute(text("ALTER TABLE changes ADD COLUMN mood TEXT DEFAULT 'good'"))
        connection.execute(tables.revision.update().values(version_num="0099"))

    await newer.run(add)
    newer.close()
    journal = journal_of(place.store())
    number = await journal.begin(Entry(dialler="d", began=BEGAN, tool="t", verb="lock", kind="contact", label="c"))
    assert await journal.get(number) is not None
    assert await journal.store.run(numbers) == (tables.VERSION, "0099")


async def test_a_migration_that_fails_leaves_everything_as_it_was(place: Place):
    make_version_2(place)
    with engine_of(place) as engine:
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE changes ADD COLUMN job TEXT"))  # the third that is to be added
        with pytest.raises(StateError):
            await place.store().run(numbers)
        with engine.begin() as connection:
            assert column_names(connection, tables.changes) == {*version_2.changes.columns.keys(), "job"}
            assert not inspect(connection).has_table(tables.revision.name)
            connection.execute(text("ALTER TABLE changes DROP COLUMN job"))
    assert await place.store().run(numbers) == (tables.VERSION, tables.REVISION)


async def test_a_state_whose_migrations_are_gone(place: Place):
    store = place.store()
    await store.run(lambda connection: connection.execute(tables.revision.update().values(version_num="0000")))
    store.close()
    with pytest.raises(StateError, match="cannot be brought up to date"):
        await store.run(numbers)


async def test_a_migration_does_not_wait_for_ever_for_those_who_work(place: Place):
    make_version_2(place)
    store = place.store(patience=0.1)
    with engine_of(place) as engine, engine.connect() as connection:
        work_as_version_2(connection)
        with pytest.raises(StateError, match="Another process holds it locked"):
            await store.run(numbers)
        connection.commit()
    assert await store.run(numbers) == (tables.VERSION, tables.REVISION)


CHILD = """
import pathlib, sys
from sqlalchemy import select
from dialler_mcp.state import schema as tables
from dialler_mcp.state.store import StateStore
store = StateStore(pathlib.Path(sys.argv[1]), sys.argv[2], patience=60)
sys.stdin.readline()
revision = store.work(lambda connection: connection.scalar(select(tables.revision)))
print(revision, "alembic" in sys.modules)
store.close()
"""


def started(place: Place) -> subprocess.Popen[str]:
    """A process that opens the state as soon as it is told to."""
    command = [sys.executable, "-c", CHILD, str(place.directory), place.url]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.mark.thorough
def test_processes_that_open_an_older_state_at_once_migrate_it_once(place: Place):
    make_version_2(place)
    processes = [started(place) for _ in range(2)]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    output = [process.communicate(timeout=120)[0].split() for process in processes]
    assert [revision for revision, _ in output] == [tables.REVISION] * 2
    assert "True" in {alembic for _, alembic in output}
    assert place.store().work(numbers) == (tables.VERSION, tables.REVISION)


def test_threads_that_migrate_states_at_once_do_not_mix_them_up(tmp_path: Path):
    """What Alembic's scripts work with are globals of the process."""
    places = [Place(tmp_path / str(n), f"sqlite:///{tmp_path / str(n) / FILE}") for n in range(4)]
    for one in places:
        one.directory.mkdir()
        make_version_2(one)

    async def all_at_once() -> list[tuple[Any, Any]]:
        return await asyncio.gather(*(one.store().run(numbers) for one in places))

    assert asyncio.run(all_at_once()) == [(tables.VERSION, tables.REVISION)] * 4
    for one in places:
        one.stores[0].close()


def test_a_state_that_is_up_to_date_is_opened_without_alembic(place: Place):
    place.store().work(numbers)
    assert started(place).communicate("go\n", timeout=120)[0].split() == [tables.REVISION, "False"]


def test_a_directory_with_a_percent_sign_is_no_matter(tmp_path: Path):
    """The configuration of Alembic gives it a meaning."""
    place = Place(tmp_path / "100 %(here)s", "")
    place.directory.mkdir()
    place.url = f"sqlite:///{place.directory / FILE}"
    make_version_2(place)
    store = StateStore(place.directory)
    assert store.work(numbers) == (tables.VERSION, tables.REVISION)
    store.close()
    with sqlite3.connect(place.directory / FILE) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()
