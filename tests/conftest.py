"""The server over a sandbox of its own, with every request to the dialler recorded."""

import asyncio
import gc
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Self
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx2
import pytest
from jsonschema import Draft202012Validator
from mcp import Client
from mcp.server import MCPServer
from mcp_types import CallToolResult, TextContent
from sqlalchemy import Engine

from dialler_mcp.api import Address, Dialler
from dialler_mcp.reporting.snapshot import database
from dialler_mcp.sandbox import Options, Store, build_app
from dialler_mcp.server import all_tools, build_server
from dialler_mcp.service.process import Process
from dialler_mcp.service.profile import Profile, profile_of
from dialler_mcp.settings import Settings
from dialler_mcp.state.locks import exclusive
from dialler_mcp.state.preparing import prepare
from dialler_mcp.state.store import FILE, StateStore
from dialler_mcp.tools import drop_card, report_view
from tests import examples
from tests.places import DATABASES, Place, empty_place
from tests.shared_snapshots import SharedSnapshots

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 20, 14, 0)  # a Friday; zone-less and local, as the sandbox keeps its times
URL = "http://localhost/rest/v1.0/1"
FEW = (538, 539)
"""Campaign 1000 and its test campaign."""

examples.load()


@dataclass
class RecordingTransport(httpx2.AsyncBaseTransport):
    """Passes requests on and keeps them; `instead` answers some of them itself."""

    inner: httpx2.AsyncBaseTransport
    requests: list[httpx2.Request] = field(default_factory=list[httpx2.Request])
    instead: Callable[[httpx2.Request], httpx2.Response | None] | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        if self.instead and (response := self.instead(request)):
            return response
        try:
            return await self.inner.handle_async_request(request)
        except ConnectionError as error:
            raise httpx2.ReadError("connection cut") from error

    @property
    def changes(self) -> list[str]:
        """Method and path of the requests that could change something."""
        return [
            f"{request.method} {request.url.path.removeprefix('/rest/v1.0/1')}"
            for request in self.requests
            if request.method != "GET" and not request.url.path.endswith("/dialler/contacts")
        ]


@cache
def _answers() -> dict[str, Any]:
    """What each tool may answer, by the schema that it declares."""
    tools = (*all_tools(), *report_view.tools.tools, *drop_card.tools.tools)
    schemas = {tool.name: tool.output_schema for tool in tools}
    return {name: Draft202012Validator(schema) for name, schema in schemas.items() if schema}


async def _validated(name: str, result: CallToolResult) -> None:
    if name in _answers() and not result.is_error:
        _answers()[name].validate(result.structured_content)


class QuickClient(Client):
    """A client checks each answer by the schema of its tool, for which it lists the tools once. Here it takes those
    that the tools declare, which are the same in each era, whatever the settings (tests/protocol/test_schemas.py).
    """

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        setattr(self.session, "validate_tool_result", _validated)  # noqa: B010 - the type checker knows it as a method
        return self


@dataclass
class Bench:
    """A server, its sandbox and what it asked of it."""

    server: MCPServer[Process]
    store: Store
    wire: RecordingTransport
    profile: Profile
    settings: Settings

    def connect(self, mode: Any = "auto") -> Client:
        return QuickClient(self.server, mode=mode)


async def no_pause(_: float) -> None:
    """Retries wait for nothing in tests."""


def text_of(result: CallToolResult) -> str:
    """What a host that shows the text gives to the model."""
    return "\n".join(block.text for block in result.content if isinstance(block, TextContent))


def structure_of(result: CallToolResult) -> dict[str, Any]:
    """What a host that shows the structure gives to the model."""
    assert not result.is_error, text_of(result)
    assert result.structured_content is not None
    return result.structured_content


Golden = Callable[[Path, str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden", action="store_true", help="write the golden files instead of comparing with them")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """How the handshake is spoken is a matter of the protocol: its own tests try both eras in the fast run, too."""
    for item in items:
        if item.get_closest_marker("other_era") and "protocol" not in item.path.parts:
            item.add_marker(pytest.mark.thorough)


def pytest_collection_finish() -> None:
    """What is imported and collected stays: the collector of garbage need not look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_unconfigure() -> None:
    gc.unfreeze()  # else what is written in C complains that its objects were never freed


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compares a text with its golden file."""

    def compare(path: Path, text: str) -> None:
        if request.config.getoption("--golden"):
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"{path.name} is missing: write it with --golden, and read it as a model would"
        assert path.read_text(encoding="utf-8") == text, path.name

    return compare


def shared_sandbox(factory: pytest.TempPathFactory, name: str, now: datetime | None = None) -> Path:
    """A filled sandbox that all workers of a run have in common: inventing its people takes long."""
    workers = "PYTEST_XDIST_WORKER" in os.environ
    place = factory.getbasetemp().parent if workers else factory.getbasetemp()
    path = place / f"{name}.sqlite3"
    with exclusive(place / f"{name}.lock", patience=300):
        Store.open(path, now=now).close()
    return path


@pytest.fixture(scope="session")
def full_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One filled sandbox for all tests."""
    with closing(Store.open(shared_sandbox(tmp_path_factory, "filled", NOON))) as shared_store:
        store = shared_store.copy()
    yield store
    store.close()


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The filled sandbox with the contacts of two campaigns only: to copy it or to read all of them is less work."""
    path = tmp_path_factory.mktemp("few") / "sandbox.sqlite3"
    shutil.copy(shared_sandbox(tmp_path_factory, "filled", NOON), path)
    with closing(Store.open(path)) as whole:
        for contact in whole.contacts():
            if contact.dialler_campaigns_id not in FEW:
                whole.delete_contact(contact.id)
    with closing(sqlite3.connect(path)) as database:
        database.execute("VACUUM")  # else a copy is as large as before
    with closing(Store.open(path)) as shared_store:
        store = shared_store.copy()
    yield store
    store.close()


@pytest.fixture(scope="session")
def sandbox_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sandbox as a process with nothing configured makes it, to be copied."""
    return shared_sandbox(tmp_path_factory, "sandbox")


@pytest.fixture(scope="session")
def shared_snapshots(full_store: Store, tmp_path_factory: pytest.TempPathFactory) -> SharedSnapshots:
    """The snapshots of the filled sandbox at noon."""
    return SharedSnapshots(full_store, tmp_path_factory.mktemp("kept"), URL, NOON.replace(tzinfo=BERLIN))


@pytest.fixture(scope="session")
def prepared_state(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A state with its tables and key, as SQLite writes it: to make each anew would be a tenth of the whole run."""
    store = StateStore(tmp_path_factory.mktemp("state"))
    store.work(lambda _: None)
    store.close()
    with closing(sqlite3.connect(store.directory / FILE)) as database:
        database.execute("PRAGMA journal_mode=DELETE")  # memory has no other
        return database.serialize()


@pytest.fixture
def lent_states(prepared_state: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """States in memory begin with the tables and the key that were made before."""

    def lent(engine: Engine, patience: float) -> None:
        if engine.url.database in (None, "", ":memory:"):
            with closing(engine.raw_connection()) as connection:
                connection.driver_connection.deserialize(prepared_state)  # pyright: ignore
        prepare(engine, patience)

    monkeypatch.setattr("dialler_mcp.state.store.prepare", lent)


@cache
def checked_settings(environment: tuple[tuple[str, str], ...], **values: Any) -> Settings:
    """The settings that are given, and those of the environment, checked once: each time takes 2 ms."""
    return Settings(**values)


@pytest.fixture
def bench(
    request: pytest.FixtureRequest,
    shared_snapshots: SharedSnapshots,
    lent_states: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[..., Bench]]:
    """Makes a server over a copy of the sandbox with few contacts, or with all for a test marked `everyone`:
    `bench(Options(...), privacy="full")`. The snapshots of the campaigns `read` are there already.
    """
    sandbox: Store = request.getfixturevalue("full_store" if request.node.get_closest_marker("everyone") else "few")
    copies: list[Store] = []
    profiles: list[Profile] = []

    def make(options: Options | None = None, *, seed: int = 1, read: Sequence[int] = (), **settings: Any) -> Bench:
        store = sandbox.copy()
        copies.append(store)
        app = build_app(store, options or Options(), clock=lambda: NOON, rng=Random(seed))
        wire = RecordingTransport(httpx2.ASGITransport(app))
        dialler = Dialler(Address(URL, "sandbox-token"), transport=wire, pause=no_pause)
        environment = tuple((name, value) for name, value in os.environ.items() if name.startswith("DIALLER_"))
        base_settings = checked_settings(environment, **{"audit": False, "state_url": "sqlite://", **settings})
        place = {} if "data_dir" in settings else {"data_dir": tmp_path_factory.getbasetemp() / uuid4().hex}
        bench_settings = base_settings.model_copy(update=place)
        if read:
            shared_snapshots.lend(read, bench_settings.privacy, bench_settings.snapshots_dir)
        profile = profile_of(bench_settings, dialler, now=lambda: NOON.replace(tzinfo=BERLIN))
        profiles.append(profile)
        return Bench(build_server(bench_settings, profile=profile), store, wire, profile, bench_settings)

    yield make
    for profile in profiles:
        profile.state.close()
    for store in copies:
        store.close()


@pytest.fixture
def quick_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers questions in SQL in the process of the test: a process for each takes long, and is tested elsewhere."""
    from dialler_mcp.reporting.questions import asking, process

    async def outcome(task: process.Task, _: float) -> process.Outcome:
        return await asyncio.to_thread(process.answer, task)

    monkeypatch.setattr(asking, "_outcome", outcome)


@pytest.fixture(params=DATABASES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """An empty place for a state, in each database."""
    with empty_place(request.param, tmp_path) as empty:
        yield empty


@pytest.fixture(params=["auto", pytest.param("legacy", marks=pytest.mark.other_era)])
def era(request: pytest.FixtureRequest) -> str:
    """Both protocol eras: 2026-07-28 and the handshake."""
    return request.param


@pytest.fixture(autouse=True)
def _ahead(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    """Snapshots are read behind all other work of a machine; a test would wait for the others that run beside it."""
    monkeypatch.setattr(database, "BEHIND", 0)


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    """No test reads the settings or the keychain of whoever runs it."""
    for name in os.environ:
        if name.startswith("DIALLER_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
