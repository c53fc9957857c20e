"""Makes the tables of a new state, and migrates those of an older one, before anything else is done with it.

A migration only adds: tables, and columns that have a default or may be empty. So a process of an older version can go
on working with a state that a newer one has migrated. A state has two numbers:

* `version`: a program must know at least this version to work on the state. It rises only when a migration does more
  than add.
* `revision`: the last migration that was run. Each is a file in `migrations/versions/`, run by Alembic, which is
  imported only where there is something to migrate.
"""

import sys
import threading
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from dialler_mcp.state.errors import StateError
from dialler_mcp.state.keys import make_sealing_key
from dialler_mcp.state.turns import take_the_whole
from dialler_mcp.words import Words

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

MIGRATIONS = Path(__file__).parent / "migrations"
_alone = threading.Lock()  # Alembic's scripts work with globals of the process


_NO_VERSION = Words(
    "Its version is not noted in it, so it is no state of dialler-mcp, or a damaged one",
    "Seine Version steht nicht darin; es gehört nicht zu dialler-mcp, oder ist beschädigt",
)
_OTHER_VERSION = Words(
    "It is of version {version}, this dialler-mcp knows version {known}",
    "Es hat Version {version}, dieses dialler-mcp kennt Version {known}",
)
_FOREIGN = Words(
    "It is the database of another program, or what is left of ours",
    "Es ist die Datenbank eines anderen Programms, oder ein Rest von unserer",
)
_NOT_UPDATED = Words("It cannot be brought up to date", "Es lässt sich nicht auf den neuen Stand bringen")


def prepare(engine: "Engine", patience: float) -> None:
    """Make or migrate the tables, and make the key, once, however many processes open the state at the same time.

    A migration waits up to `patience` seconds for the transactions under way; new ones wait for the migration.

    Raises:
        StateError: the database belongs to another program, or needs a newer version.
    """
    from dialler_mcp.state.schema import REVISION

    with engine.begin() as connection:
        take_the_whole(connection)
        if (_revision(connection) or _make(connection)) >= REVISION:
            make_sealing_key(connection)
            return
    import_module("alembic.command")  # slow, so it is imported while no lock is held
    with engine.begin() as connection:
        take_the_whole(connection)
        revision = _revision(connection)
        if revision is not None and revision < REVISION:  # no other process has migrated meanwhile
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(patience * 1000)}")
            _migrate(connection, revision)
        make_sealing_key(connection)


def _revision(connection: "Connection") -> str | None:
    """The last migration that was run on the state; None where there is no state yet.

    A state from before there were migrations has only a version; versions and revisions count in the same way.
    """
    from sqlalchemy import inspect, select

    from dialler_mcp.state import schema as tables

    inspector = inspect(connection)
    if not inspector.has_table(tables.version.name):
        return None
    version = connection.scalar(select(tables.version.c.version))
    if version is None:
        raise StateError(_NO_VERSION)
    if version > tables.VERSION:
        raise StateError(_OTHER_VERSION.filled(version=version, known=tables.VERSION))
    has_revision = inspector.has_table(tables.revision.name)
    revision = connection.scalar(select(tables.revision.c.version_num)) if has_revision else None
    return revision or f"{version:04}"


def _make(connection: "Connection") -> str:
    """Make the tables of a new state, and return its revision."""
    from sqlalchemy import insert, inspect

    from dialler_mcp.state import schema as tables

    present = set(inspect(connection).get_table_names())
    # A file must be ours alone; a database may have tables of other programs, as long as their names differ.
    if present if connection.dialect.name == "sqlite" else present & set(tables.metadata.tables):
        raise StateError(_FOREIGN)
    tables.metadata.create_all(connection, checkfirst=False)  # none of them is there, as was just seen
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
            stamp(config, revision)  # a state from before there were migrations has no revision yet
            upgrade(config, REVISION)
    except CommandError as error:
        raise StateError(_NOT_UPDATED) from error
