"""One filled sandbox for all tests; each test works on its own copy of it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from random import Random

import httpx2
import pytest

from dialler_mcp.sandbox import Options, Store, build_app
from dialler_mcp.sandbox.world.world import World, invent

NOW = datetime(2026, 11, 20, 14, 0)  # a Friday

Connect = Callable[..., httpx2.AsyncClient]


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def world() -> World:
    return invent(1000, NOW)


@pytest.fixture(scope="session")
def template() -> Iterator[Store]:
    store = Store.open(now=NOW)
    yield store
    store.close()


@pytest.fixture
def store(template: Store) -> Iterator[Store]:
    copy = template.copy()
    yield copy
    copy.close()


@pytest.fixture
def connect(store: Store) -> Connect:
    """A client of an application over the test's store; `raises=False` for what a server would turn into a 500."""

    def client(
        options: Options | None = None, *, token: str = "sandbox-token", raises: bool = True, path: str = "/rest/v1.0/1"
    ) -> httpx2.AsyncClient:
        app = build_app(store, options, clock=lambda: NOW, rng=Random(1))
        return httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=app, raise_app_exceptions=raises),
            base_url=f"http://sandbox{path}",
            headers={"Authorization": f"Bearer {token}"},
        )

    return client
