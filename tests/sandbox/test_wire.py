"""How answers are written: dates, what a record shows, the order of keys, flags in a query."""

from dataclasses import replace
from datetime import datetime
from random import Random

import httpx2
import pytest

from dialler_mcp.sandbox import Options, Store, build_app
from tests.sandbox.conftest import PERSON, Connect, records


@pytest.mark.parametrize("flag", ["true", "False", ""])
async def test_a_flag_in_the_query_is_true_or_false(connect: Connect, flag: str) -> None:
    async with connect() as client:
        answer = await client.post(f"/dialler/contacts/import?overwriteDuplicates={flag}", json=PERSON)
    assert answer.status_code == (200 if flag else 400)


async def test_dates_come_in_three_formats_for_the_same_moment(connect: Connect, store: Store) -> None:
    expected = {"local": "2026-07-01T12:30:00.125", "offset": "2026-07-01T12:30:00.125+02:00"}
    expected["utc"] = "2026-07-01T10:30:00.125000Z"
    contact = store.contact(215220)
    assert contact
    contact.dt_next_try = datetime(2026, 7, 1, 12, 30, 0, 125_000)
    store.save_contact(contact)
    for dates, text in expected.items():
        async with connect(replace(Options(), dates=dates)) as client:
            contacts = await records(await client.get("/dialler/contacts/215220"))
        assert contacts[0]["dtNextTry"] == text


async def test_bare_lists_hide_lock_and_result_but_the_batch_shows_the_result(connect: Connect) -> None:
    fields = {"bLocked", "DiallerCampaignsResultCodesID"}
    async with connect(Options(lists="bare")) as client:
        plain = (await records(await client.get("/dialler/contacts/215220")))[0]
        batch = (await records(await client.post("/dialler/contacts", json={"IDList": [215220]})))[0]
    assert not fields & plain.keys()
    assert batch["DiallerCampaignsResultCodesID"] == 2493
    assert "bLocked" not in batch
    async with connect() as client:
        assert fields < (await records(await client.get("/dialler/contacts/215220")))[0].keys()


async def test_the_order_of_keys_is_nothing_to_rely_on(store: Store) -> None:
    orders: set[tuple[str, ...]] = set()
    for seed in range(3):
        app = build_app(store, rng=Random(seed))
        async with httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=app),
            base_url="http://sandbox/rest/v1.0/1",
            headers={"Authorization": "bearer sandbox-token"},
        ) as client:
            orders.add(tuple((await client.get("/dialler/contacts/215220")).json()["records"][0]))
    assert len(orders) == 3
