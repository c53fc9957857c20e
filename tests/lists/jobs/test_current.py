from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from dialler_mcp.lists.jobs.current import PART, current_contacts
from dialler_mcp.sandbox import Options
from tests.conftest import Bench
from tests.lists.jobs.some_jobs import contacts_of
from tests.tools.asking import records

Make = Callable[..., Bench]


@pytest.mark.parametrize("release", ["current", "no-batch"])
async def test_those_who_are_there_are_read_with_their_histories(bench: Make, release: Any):
    b = bench(Options(release=release))
    ids = [contact.id for contact in contacts_of(b, 5)]
    contacts = await current_contacts(b.profile.dialler, [*ids, 1])
    assert sorted(contact.id for contact, _ in contacts) == sorted(ids)
    assert all(history for _, history in contacts)


async def test_who_is_not_in_a_batch_is_gone_only_where_the_dialler_says_so(bench: Make):
    b = bench()
    first, second = (contact.id for contact in contacts_of(b, 2))
    row = {"ID": first, "Name": "Neumann", "DiallerCampaignsID": 538}

    def answer(request: httpx2.Request) -> httpx2.Response | None:
        return records([row, {**row, "ID": 215_299}]) if request.method == "POST" else None

    b.wire.instead = answer
    contacts = await current_contacts(b.profile.dialler, [first, second, 1])
    assert [contact.id for contact, _ in contacts] == [first, second]
    paths = [request.url.path.rpartition("/contacts/")[2] for request in b.wire.requests if request.method == "GET"]
    assert {str(second), "1"} <= set(paths)


async def test_many_are_read_in_batches(bench: Make):
    b = bench()
    ids = [contact.id for contact in contacts_of(b, PART + 1)]
    assert len(await current_contacts(b.profile.dialler, ids)) == PART + 1
    assert len(b.wire.requests) == 2
    assert await current_contacts(b.profile.dialler, []) == []
    assert len(b.wire.requests) == 2
