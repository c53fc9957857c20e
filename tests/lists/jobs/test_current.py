from collections.abc import Callable
from typing import Any

import pytest

from dialler_mcp.lists.jobs.current import PART, current_contacts
from dialler_mcp.sandbox import Options
from tests.conftest import Bench
from tests.lists.jobs.some_jobs import contacts_of

Make = Callable[..., Bench]


@pytest.mark.parametrize("release", ["current", "no-batch"])
async def test_those_who_are_there_are_read_with_their_histories(bench: Make, release: Any):
    b = bench(Options(release=release))
    ids = [contact.id for contact in contacts_of(b, 5)]
    found = await current_contacts(b.profile.dialler, [*ids, 1])
    assert sorted(contact.id for contact, _ in found) == sorted(ids)
    assert all(history for _, history in found)


async def test_many_are_read_in_batches(bench: Make):
    b = bench()
    ids = [contact.id for contact in contacts_of(b, PART + 1)]
    assert len(await current_contacts(b.profile.dialler, ids)) == PART + 1
    assert len(b.wire.requests) == 2
    assert await current_contacts(b.profile.dialler, []) == []
    assert len(b.wire.requests) == 2
