from typing import Any

import pytest

from dialler_mcp.sandbox import Options
from tests.conftest import text_of
from tests.tools.asking import (
    CANCELLERS,
    CONTACT10,
    Make,
    ask,
    change,
    fresh,
    refused,
    steady,
    told,
)


async def test_a_contact_that_could_be_dialled_has_no_reason_against_it(bench: Make):
    b = bench()
    change(b, CONTACT10, dt_next_try=None)
    assert "why_not_dialled" not in (await told(b, "get_contact", contact_id=CONTACT10))["record"]


async def test_chosen_fields_of_a_contact(bench: Make):
    answer = await told(bench(), "get_contact", contact_id=CONTACT10, fields=["state", "Email", "Name"])
    assert list(answer["record"].items()) == [("state", "follow-up"), ("Email", None), ("Name", "Mustermann")]


async def test_user_data_that_nobody_has(bench: Make):
    answer = await told(bench(), "find_contacts_by_user_data", user_data="nobody")
    assert (answer["summary"], answer["total"]) == ("No contact has this UserData", 0)
    assert "Check the spelling" in answer["notes"][0]


async def test_user_data_that_very_many_have(bench: Make):
    b = bench()
    for _ in range(103):
        b.store.add_contact(fresh(user_data="Oft"))
    answer = await told(b, "find_contacts_by_user_data", user_data="oft")
    assert (answer["total"], len(answer["rows"])) == (103, 100)
    assert "Only the first 100 are shown" in answer["notes"][0]


@pytest.mark.everyone
async def test_a_read_by_key_shows_the_whole_record_as_the_read_by_id_does(bench: Make):
    b = steady(bench())
    answer = await told(b, "find_contacts_by_user_data", user_data="contact10")
    whole = await told(b, "get_contact", contact_id=CONTACT10)
    (row,) = answer["rows"]
    record = {**dict(zip(answer["columns"], row, strict=True)), **answer.get("same", {})}
    record.pop("name")
    assert {name: value for name, value in record.items() if value is not None} == whole["record"]
    assert whole["notes"][0] in answer["notes"]
    text = text_of(await ask(b, "find_contacts_by_user_data", {"user_data": "contact10"}))
    assert "\nPhoneNumber1: 492214710858" in text
    assert "\nwhy_not_dialled: " in text


async def test_one_match_is_singular(bench: Make):
    assert (await told(bench(), "find_contacts_by_user_data", user_data="contact10"))["summary"].startswith(
        "1 contact has"
    )


@pytest.mark.everyone
async def test_several_contacts_come_with_their_calls_and_the_missing_are_named(bench: Make):
    b = bench()
    answer = await told(
        b, "get_contacts", contact_ids=[CONTACT10, 999, CONTACT10], user_data_list=["kunde-4711", "nix"]
    )
    assert {one["ID"] for one in answer["contacts"]} == {CONTACT10, 217000, 217001}
    assert answer["missing"] == ["999", "nix"]
    mustermann = next(one for one in answer["contacts"] if one["ID"] == CONTACT10)
    assert mustermann["calls"] == 3
    assert mustermann["last_calls"][0] == "2026-11-19 14:00+01:00 answered, Not reached / mailbox"
    assert len(b.wire.requests) <= 5


async def test_without_batch_function_contacts_are_read_one_by_one(bench: Make):
    keys: dict[str, Any] = {"contact_ids": [CONTACT10, 999], "user_data_list": ["Kunde-4711", "nix"]}
    whole = await told(bench(), "get_contacts", **keys)
    single = await told(bench(Options(release="no-batch")), "get_contacts", **keys)
    assert "no batch function; the contacts were read one by one" in single["notes"][0]
    assert single["missing"] == whole["missing"]
    for one in whole["contacts"]:
        one.pop("calls", None)
        one.pop("last_calls", None)
    by_id = {one["ID"]: one for one in whole["contacts"]}
    assert {one["ID"]: one for one in single["contacts"]} == by_id


async def test_several_contacts_need_a_key(bench: Make):
    assert "give contact_ids or user_data_list" in await refused(bench(), "get_contacts", contact_ids=[])


@pytest.mark.everyone
async def test_contacts_that_do_not_fit_can_be_asked_for_again(bench: Make):
    b = bench()
    for one in b.store.contacts(CANCELLERS)[:100]:
        change(b, one.id, name="ä" * 600, first_name="ö" * 600, city="ü" * 600, company="x")
    ids = [one.id for one in b.store.contacts(CANCELLERS)[:100]]
    answer = await told(b, "get_contacts", contact_ids=ids)
    values = {one["ID"] for one in answer["contacts"]}
    rest = {int(number) for number in answer["notes"][-1].partition("contact_ids ")[2].rstrip(".").split(", ")}
    assert values | rest == set(ids)
    assert not values & rest


async def test_hundreds_of_missing_keys_are_counted(bench: Make):
    answer = await told(bench(), "get_contacts", user_data_list=[f"{n}".ljust(60, "ß") for n in range(100)])
    assert answer["notes"] == [f"{100 - len(answer['missing'])} more are not found."]


@pytest.mark.parametrize(
    ("privacy", "texts"),
    [("full", ["DE02120300000000202051", "kunde@example.org"]), ("bank", ["kunde@example.org"]), ("masked", [])],
)
async def test_an_account_or_an_address_in_the_wrong_field_is_masked_there(bench: Make, privacy: str, texts: list[str]):
    b = bench(privacy=privacy)
    change(b, CONTACT10, reference_number="DE02120300000000202051", service="kunde@example.org")
    text = str(await told(b, "get_contact", contact_id=CONTACT10))
    assert [word for word in ("DE02120300000000202051", "kunde@example.org") if word in text] == texts


@pytest.mark.parametrize("key", ["Contact10", "10023456", "K-2026/100234567", "A1B2C3D4E5F6A7B8C9"])
async def test_a_key_into_another_system_stays_whole(bench: Make, key: str):
    b = bench(privacy="masked")
    change(b, CONTACT10, user_data=key)
    assert (await told(b, "get_contact", contact_id=CONTACT10))["record"]["UserData"] == key


@pytest.mark.parametrize("key", ["4930231250", "+49 30 231250", "030/231250-12", "kim@example.org", "Konto 53201"])
async def test_a_key_that_is_surely_private_is_masked(bench: Make, key: str):
    b = bench(privacy="masked")
    change(b, CONTACT10, user_data=key)
    assert "…" in (await told(b, "get_contact", contact_id=CONTACT10))["record"]["UserData"]
