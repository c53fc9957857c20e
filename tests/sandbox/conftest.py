"""One filled sandbox for all tests; each test works on its own copy of it."""

from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from datetime import datetime
from random import Random
from typing import Any

import httpx2
import pytest

from dialler_mcp.sandbox import Options, Store, build_app
from dialler_mcp.sandbox.world.world import World, invent
from tests.conftest import NOON

NOW = NOON  # a Friday

Connect = Callable[..., httpx2.AsyncClient]
Anew = Callable[..., AbstractAsyncContextManager[httpx2.AsyncClient]]

IMPORT = "/dialler/contacts/import"
UPDATE = "/dialler/contacts/update"
PERSON: dict[str, Any] = {"DiallerCampaignsID": 538, "Name": "Neu", "PhoneNumber1": "493023125001"}


async def records(answer: httpx2.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    content = answer.json()
    assert content["count"] == len(content["records"])
    return content["records"]


async def record(answer: httpx2.Response) -> dict[str, Any]:
    (one,) = await records(answer)
    return one


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def world() -> World:
    return invent(1000, NOW)


@pytest.fixture
def store(full_store: Store) -> Iterator[Store]:
    copy = full_store.copy()
    yield copy
    copy.close()


@pytest.fixture
def connect(store: Store) -> Connect:
    """A client of an application over the test's store; `raises=False` for what a server would turn into a 500."""

    def client(
        options: Options | None = None, *, token: str = "sandbox-token", raises: bool = True, path: str = "/rest/v1.0/1"
    ) -> httpx2.AsyncClient:
        return client_of(store, options, token=token, raises=raises, path=path)

    return client


@pytest.fixture
def anew(full_store: Store) -> Anew:
    """As `connect`, but each client over a copy of its own: for requests that must not meet what others changed."""

    @asynccontextmanager
    async def client(options: Options | None = None) -> AsyncGenerator[httpx2.AsyncClient]:
        with closing(full_store.copy()) as copy:
            async with client_of(copy, options) as http:
                yield http

    return client


def client_of(
    store: Store,
    options: Options | None = None,
    *,
    token: str = "sandbox-token",
    raises: bool = True,
    path: str = "/rest/v1.0/1",
) -> httpx2.AsyncClient:
    app = build_app(store, options, clock=lambda: NOW, rng=Random(1))
    return httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=app, raise_app_exceptions=raises),
        base_url=f"http://sandbox{path}",
        headers={"Authorization": f"Bearer {token}"},
    )
