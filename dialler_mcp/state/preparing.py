"""Makes the tables of a new state, and migrates those of an older one, before anything else is done with it.

A migration only adds: tables, and columns that have a default or may be empty. So a process of an older version goes on
with a state that a newer one has migrated, and need not be ended first. Two numbers tell them apart:

* `version` is what a program must at least know to work on the state. It rises only when a step does more than add.
* `revision` is the last migration that was run: one file in `migrations/versions/` each, by Alembic, which is imported
  only where there is something to migrate.
"""

import sys
import threading
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from dialler_mcp.state.errors import StateError
from dialler_mcp.state.keys import make_sealing_key
from dialler_mcp.state.turns import take_the_whole

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

MIGRATIONS = Path(__file__).parent / "migrations"
_alone = threading.Lock()  # what Alembic's scripts work with are globals of the process


def prepare(engine: "Engine", patience: float) -> None:
    """Make or migrate the tables, and make the key, once, however many processes open the state at the same time.

    For `patience` seconds a migration waits for those who work on the state; meanwhile they wait for it, too.

    Raises:
        StateError: it is another program's, or only a newer version can use it.
    """
    from dialler_mcp.state.schema import REVISION

    with engine.begin() as connection:
        take_the_whole(connection)
        if (_revision(connection) or _make(connection)) >= REVISION:
            make_sealing_key(connection)
            return
    import_module("alembic.command")  # it takes its time; here nobody waits for it
    with engine.begin() as connection:
        take_the_whole(connection)
        revision = _revision(connection)
        if revision is not None and revision < REVISION:  # no other process was quicker
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(patience * 1000)}")
            _migrate(connection, revision)
        make_sealing_key(connection)


def _revision(connection: "Connection") -> str | None:
    """The last migration that was run on the state; None where there is no state yet.

    Before there were migrations, versions counted the same way.
    """
    from sqlalchemy import inspect, select

    from dialler_mcp.state import schema as tables

    inspector = inspect(connection)
    if not inspector.has_table(tables.version.name):
        return None
    version = connection.scalar(select(tables.version.c.version))
    if version is None or version > tables.VERSION:
        raise StateError(f"It is of version {version}, this dialler-mcp knows version {tables.VERSION}")
    has_revision = inspector.has_table(tables.revision.name)
    revision = connection.scalar(select(tables.revision.c.version_num)) if has_revision else None
    return revision or f"{version:04}"


def _make(connection: "Connection") -> str:
    """Make the tables of a new state; its revision."""
    from sqlalchemy import insert, inspect

    from dialler_mcp.state import schema as tables

    present = set(inspect(connection).get_table_names())
    # A file is ours alone; in a database there may be tables of others, as long as they have other names.
    if present if connection.dialect.name == "sqlite" else present & set(tables.metadata.tables):
        raise StateError("It is the database of another program, or what is left of ours")
    tables.metadata.create_all(connection)
    connection.execute(insert(tables.version).values(version=tables.VERSION))
    connection.execute(insert(tables.revision).values(version_num=tables.REVISION))
    return tables.REVISION


def _migrate(connection: "Connection", revision: str) -> None:
    from alembic.command import stamp, upgrade
    from alembic.config import Config
    from alembic.util import CommandError

    from dialler_mcp.state.schema import REVISION

    config = Config(stdout=sys.stderr, attributes={"connection": connection})  # stdout may carry the protocol
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    try:
        with _alone:
            stamp(config, revision)  # a state made before there were migrations does not say so by itself
            upgrade(config, REVISION)
    except CommandError as error:
        raise StateError("It cannot be brought up to date") from error
