"""The state in each database: SQLite, and PostgreSQL where DIALLER_TEST_POSTGRES holds its URL (scripts/postgres)."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, make_url, text

from dialler_mcp.state.store import FILE, PATIENCE, StateStore

POSTGRES = os.environ.get("DIALLER_TEST_POSTGRES")
DATABASES = ["on-sqlite", *(["on-postgresql"] if POSTGRES else [])]


@dataclass
class Place:
    """Where a state lies. Each store stands for a process of its own."""

    directory: Path
    url: str
    stores: list[StateStore] = field(default_factory=list[StateStore])

    def store(self, patience: float = PATIENCE) -> StateStore:
        store = StateStore(self.directory, self.url, patience=patience)
        self.stores.append(store)
        return store


@contextmanager
def schema(url: str) -> Generator[str]:
    """The URL of an empty schema of its own."""
    name = f"test_{uuid4().hex}"
    engine = create_engine(url, pool_pre_ping=True)  # a test may restart the server
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
    own = make_url(url).update_query_dict({"options": f"-csearch_path={name}"})
    yield own.render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
    engine.dispose()


@contextmanager
def sqlite(directory: Path) -> Generator[str]:
    """The URL of a file that is still to be made."""
    yield f"sqlite:///{directory / FILE}"


@contextmanager
def empty_place(database: str, tmp_path: Path) -> Generator[Place]:
    """An empty place for a state in one of `DATABASES`; its stores are closed at the end."""
    directory = tmp_path / "below"
    directory.mkdir()
    with schema(POSTGRES) if POSTGRES and database == "on-postgresql" else sqlite(directory) as url:
        place = Place(directory, url)
        yield place
        for store in place.stores:
            store.close()
