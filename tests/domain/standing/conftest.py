from collections.abc import Iterator

import pytest

from dialler_mcp.reporting.snapshot.database import Database


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with Database(threads=1) as database:
        yield database
