"""Who is on a list is locked, reset or updated; who was selected becomes a list. As a host sees it."""

import re
from datetime import datetime
from typing import Any

import pytest

from dialler_mcp.sandbox import Options
from tests.conftest import Bench, structure_of
from tests.tools.asking import CAMPAIGN_1000, CAMPAIGN_TEST, CONTACT10, WINBACK, Make, ask, fresh, keep_only, refused
from tests.tools.test_jobs import carried_out, previewed

WINBACK_NAME = "Winback Herbst/2020"
BOUGHT = "Kd-Nr;Vorname;Nachname;Telefon\n{rows}\n"


def named(b: Bench, *keys: str) -> list[str]:
    """Rows with key, names and number of contacts that are there."""
    people = [one for one in b.store.contacts(CAMPAIGN_1000) if one.user_data in keys]
    return [f"{one.user_data};{one.first_name};{one.name};{one.phone_number1}" for one in people]


def locked(b: Bench) -> set[int]:
    return {one.id for one in b.store.contacts() if one.b_locked}


async def list_of(b: Bench, rows: str, **arguments: Any) -> str:
    return structure_of(await ask(b, "check_list", {"rows": rows, **arguments}))["list_id"]


async def kept(b: Bench, **arguments: Any) -> tuple[str, list[str]]:
    """The list that selected contacts are kept as, and all that is said beside the answer."""
    notes = structure_of(await ask(b, "list_contacts", {**arguments, "as_list": True}))["notes"]
    match = next(filter(None, (re.search(r"list_id (\w{8})", note) for note in notes)))
    return match[1], notes


async def test_who_is_on_a_list_is_locked_and_nobody_else(bench: Make):
    b = bench()
    before = locked(b)
    stranger = "Z9;Nie;Gesehen;030 23125999"
    rows = BOUGHT.format(rows="\n".join([*named(b, "Contact10", "Contact11"), stranger]))
    list_id = await list_of(b, rows, name="Campaign 1000")
    preview, _ = await previewed(b, verb="lock", list_id=list_id)
    assert preview["what"] == "Would lock 2 contacts on the list pasted rows."
    assert "Of 3 rows, those that name nobody who is there: 1." in preview["consequences"]
    answer = await carried_out(b, verb="lock", list_id=list_id)
    assert answer["after"]["done"] == 2
    keys = {one.user_data for one in b.store.contacts() if one.id in locked(b) - before}
    assert keys == {"Contact10", "Contact11"}


async def test_a_list_of_numbers_alone_names_whoever_has_them(bench: Make):
    b = bench()
    numbers = [
        one.phone_number1 for one in b.store.contacts(CAMPAIGN_1000) if one.user_data in ("Contact10", "Contact12")
    ]
    answer = structure_of(await ask(b, "check_list", {"rows": "Telefon\n" + "\n".join(f"+{one}" for one in numbers)}))
    assert answer["next_step"].startswith("No column is a name.")
    assert f"by list_id {answer['list_id']}" in answer["next_step"]
    assert "none is ready" in await refused(b, "import_list", list_id=answer["list_id"])
    preview, _ = await previewed(b, verb="lock", list_id=answer["list_id"])
    having = [one for one in b.store.contacts() if {one.phone_number1, one.phone_number2} & set(numbers)]
    assert preview["what"].startswith(f"Would lock {len(having)} contacts on the list")


async def test_a_list_of_keys_alone_names_whoever_has_them(bench: Make):
    b = bench()
    list_id = await list_of(b, "Kd-Nr\nContact10\ncontact11\nContact12")
    preview, _ = await previewed(b, verb="lock", list_id=list_id, name="Campaign 1000")
    assert preview["what"] == "Would lock 2 contacts on the list pasted rows in Campaign 1000 (538)."


async def test_a_row_that_names_a_campaign_means_nobody_in_another(bench: Make):
    b = bench()
    for campaign_id in (CAMPAIGN_1000, CAMPAIGN_TEST):
        b.store.add_contact(fresh(user_data="D1", dialler_campaigns_id=campaign_id))
    for head, cell in (("Kampagne", "campaign 1000 "), ("Kampagnen-ID", str(CAMPAIGN_1000))):
        list_id = await list_of(b, f"Kd-Nr;{head}\nD1;{cell}")
        preview, _ = await previewed(b, verb="lock", list_id=list_id)
        assert preview["what"] == "Would lock 1 contact on the list pasted rows."
        why = await refused(b, "change_contacts", verb="lock", list_id=list_id, campaign_id=CAMPAIGN_TEST)
        assert "nobody is in this selection" in why
    list_id = await list_of(b, "Kd-Nr;Kampagne\nD1;\nD1;Unknown")
    preview, _ = await previewed(b, verb="lock", list_id=list_id)
    assert preview["what"].startswith("Would lock 2 contacts")
    assert "Of 2 rows, those that name nobody who is there: 1." in preview["consequences"]


async def test_who_is_in_another_campaign_is_not_said_to_be_nowhere(bench: Make):
    b = bench()
    b.store.add_contact(fresh(user_data="D1"))
    list_id = await list_of(b, "Kd-Nr\nD1\nContact10")
    preview, _ = await previewed(b, verb="lock", list_id=list_id, campaign_id=CAMPAIGN_TEST)
    assert "Of 2 rows, those that name nobody in this campaign: 1." in preview["consequences"]


async def test_a_shared_number_alone_names_nobody(bench: Make):
    b = bench()
    (row,) = named(b, "Contact10")
    number = row.rpartition(";")[2]
    list_id = await list_of(
        b, f"Vorname;Nachname;Telefon\nJemand;Anders;{number}\n" + "\n".join(named(b, "Contact11")).partition(";")[2]
    )
    preview, _ = await previewed(b, verb="lock", list_id=list_id)
    assert preview["what"].startswith("Would lock 1 contact")
    assert (
        "Of 2 rows, those that name nobody who is there: 1. "
        "Of these, 1 share a number with somebody who is not the same person for sure, and is left alone."
        in preview["consequences"]
    )


async def test_who_names_nobody_is_told_why(bench: Make):
    b = bench()
    (row,) = named(b, "Contact10")
    list_id = await list_of(b, f"Vorname;Nachname;Telefon\nJemand;Anders;{row.rpartition(';')[2]}")
    why = await refused(b, "change_contacts", verb="lock", list_id=list_id)
    assert "nobody is in this selection" in why
    assert "Of these, 1 share a number with somebody who is not the same person for sure" in why


async def test_the_filters_of_a_list_of_contacts_narrow_a_list_of_people(bench: Make):
    b = bench()
    list_id, _ = await kept(b, name="Campaign 1000")
    preview, _ = await previewed(b, verb="lock", list_id=list_id, name="Campaign 1000", state="open")
    which = "on the list contacts in Campaign 1000 (538) in Campaign 1000 (538): state open"
    assert preview["what"] == f"Would lock 17 contacts {which}."


async def test_nobody_is_missed_whose_state_is_not_known_among_so_many_campaigns(
    bench: Make, monkeypatch: pytest.MonkeyPatch
):
    b = bench()
    list_id = await list_of(b, "Kd-Nr\nContact10")
    monkeypatch.setattr("dialler_mcp.service.listing.MAX_CAMPAIGNS", 1)
    monkeypatch.setattr("dialler_mcp.service.selection.MAX_CAMPAIGNS", 1)
    arguments: dict[str, Any] = {"verb": "lock", "list_id": list_id}
    assert "Give a campaign" in await refused(b, "change_contacts", **arguments, state="open")
    assert (await previewed(b, **arguments))[0]["what"].startswith("Would lock 1 contact")


async def test_who_was_selected_is_imported_into_another_campaign_and_nobody_twice(bench: Make):
    b = bench()
    selected = {"name": "Campaign 1000", "state": "open"}
    list_id, notes = await kept(b, **selected)
    assert any(note.startswith("17 contacts kept for 6 hours as list_id") for note in notes)
    check = structure_of(await ask(b, "check_list", {"list_id": list_id, "name": WINBACK_NAME}))
    assert check["summary"].startswith("contacts in Campaign 1000 (538): state open: 17 rows: ")
    preview = structure_of(await ask(b, "import_list", {"list_id": list_id}))
    job = int(re.findall(r"job_id (\d+)", preview["next_step"])[0])
    done = structure_of(await ask(b, "import_list", {"job_id": job, "confirm": preview["confirm"]}))["after"]["done"]
    assert done > 0
    again = structure_of(await ask(b, "check_list", {"list_id": list_id, "name": WINBACK_NAME}))
    assert not any(kind.startswith("ready:") for _, kind, *_ in again["kinds"])
    source = {(one.name, one.user_data, one.phone_number1) for one in b.store.contacts(CAMPAIGN_1000)}
    copies = [one for one in b.store.contacts(WINBACK) if (one.name, one.user_data, one.phone_number1) in source]
    assert len(copies) == done


async def test_a_contact_comes_into_another_campaign_as_it_was(bench: Make):
    b = bench()
    keep_only(b, CAMPAIGN_TEST, WINBACK)
    for one in b.store.contacts(CAMPAIGN_TEST):
        b.store.delete_contact(one.id)
    numbers = ("493023125001", "4312345678", "390612345678", "12125550123", "34912345678")
    values: dict[str, Any] = {
        "amount": 1.234,
        "dt_begin_date": datetime(2026, 3, 4),
        "dt_end_date": datetime(2026, 11, 12, 23, 30),
        "comment": 'Zeile 1\nZeile 2 "x"',
        "company": "=1+1",
        "city": "'Bonn",
        "postal_code": "01067",
        "account_iban": "DE89370400440532013000",
        "account_number": "0012345",
        "reference_number": "1E5",
    }
    for place, (number, country) in enumerate(zip(numbers, ("", "Österreich", "IT", "US", ""), strict=True)):
        b.store.add_contact(
            fresh(user_data=f"00{place}", name=f"Müller {place}", phone_number1=number, country=country, **values)
        )
    list_id, _ = await kept(b, campaign_id=CAMPAIGN_TEST)
    await ask(b, "check_list", {"list_id": list_id, "name": WINBACK_NAME})
    preview = structure_of(await ask(b, "import_list", {"list_id": list_id}))
    assert preview["what"].startswith("Would import 5 new contacts")
    job = int(re.findall(r"job_id (\d+)", preview["next_step"])[0])
    await ask(b, "import_list", {"job_id": job, "confirm": preview["confirm"]})
    copies = {one.user_data: one for one in b.store.contacts(WINBACK)}
    for place, number in enumerate(numbers):
        copy = copies[f"00{place}"]
        assert copy.phone_number1 == number
        assert {name: getattr(copy, name) for name in values} == values


@pytest.mark.parametrize("lists", ["full", "bare"])
async def test_that_nobody_can_see_who_is_locked_is_said_before_an_import(bench: Make, lists: Any):
    b = bench(Options(lists=lists))
    b.store.add_contact(fresh(name="Gesperrt", user_data="L1", b_locked=True))
    list_id, _ = await kept(b, campaign_id=CAMPAIGN_TEST, state="new")
    check = structure_of(await ask(b, "check_list", {"list_id": list_id, "name": WINBACK_NAME}))
    is_left_out = any(kind.startswith("locked:") for _, kind, *_ in check["kinds"])
    assert is_left_out is (lists == "full")
    is_said = any("does not show locks" in note for note in check["notes"])
    assert is_said is (lists == "bare")
    if is_said:
        preview = structure_of(await ask(b, "import_list", {"list_id": list_id}))
        assert any("does not show locks" in line for line in preview["consequences"])


@pytest.mark.parametrize("privacy", ["bank", "masked"])
async def test_what_is_masked_becomes_no_field_that_shows_it(bench: Make, privacy: str):
    b = bench(privacy=privacy)
    list_id, _ = await kept(b, campaign_id=CAMPAIGN_TEST)
    for mapping in ({"AccountNumber": "City"}, {"AccountOwner": "FullName", "Name": "-"}):
        why = await refused(b, "check_list", list_id=list_id, name=WINBACK_NAME, mapping=mapping)
        assert "is masked here" in why
    moved = {"list_id": list_id, "name": WINBACK_NAME, "mapping": {"PhoneNumber1": "UserData", "UserData": "-"}}
    assert (await ask(b, "check_list", moved)).is_error is (privacy == "masked")
    moved["mapping"] = {"AccountNumber": "-", "PhoneNumber1": "PhoneNumber2", "PhoneNumber2": "PhoneNumber1"}
    assert not (await ask(b, "check_list", moved)).is_error


async def test_contacts_are_read_in_no_other_encoding(bench: Make):
    b = bench()
    list_id, _ = await kept(b, campaign_id=CAMPAIGN_TEST)
    arguments: dict[str, Any] = {"list_id": list_id, "name": WINBACK_NAME}
    check = structure_of(await ask(b, "check_list", {**arguments, "encoding": "windows-1252"}))
    assert "Ã" not in str(check["columns"])


async def test_the_rows_of_a_question_become_a_list(bench: Make):
    b = bench()
    sql = "SELECT contact_id FROM contacts WHERE user_data IN ('Contact10', 'Contact11') UNION SELECT 7"
    check = structure_of(await ask(b, "check_list", {"sql": sql, "name": WINBACK_NAME}))
    assert check["summary"].startswith("contacts whom a question in SQL names: 2 rows:")
    assert "Left out, since these campaigns have no contact with ID: 7." in check["notes"]
    preview, _ = await previewed(b, verb="lock", list_id=check["list_id"])
    assert preview["what"].startswith("Would lock 2 contacts on the list contacts whom a question in SQL names")
    why = await refused(b, "change_contacts", verb="lock", list_id=check["list_id"], name=WINBACK_NAME)
    assert "nobody is in this selection" in why


async def test_who_was_deleted_since_does_not_come_back(bench: Make):
    b = bench()
    for name in ("Bleibt", "Weg"):
        b.store.add_contact(fresh(name=name, user_data=name, phone_number1=f"4930231250{len(name)}"))
    list_id, _ = await kept(b, campaign_id=CAMPAIGN_TEST, state="new")
    b.store.delete_contact(next(one.id for one in b.store.contacts() if one.name == "Weg"))
    check = structure_of(await ask(b, "check_list", {"list_id": list_id, "name": WINBACK_NAME}))
    (gone,) = [row for row in check["kinds"] if row[1].startswith("gone:")]
    assert gone[0] == "left_out"
    assert "Weg" in gone[3]
    ready = next(row for row in check["kinds"] if row[1].startswith("ready:"))
    assert ready[2] >= 1


async def test_nobody_is_no_list(bench: Make):
    b = bench()
    why = await refused(b, "list_contacts", campaign_id=CAMPAIGN_1000, text="Nobodyhere", as_list=True)
    assert "nobody to make a list of" in why
    assert "no column contact_id" in await refused(b, "check_list", sql="SELECT 1 AS one", name=WINBACK_NAME)


async def test_a_list_of_contacts_is_written_to_no_file(bench: Make):
    b = bench()
    list_id, _ = await kept(b, campaign_id=CAMPAIGN_1000, state="open")
    why = await refused(b, "check_list", list_id=list_id, name=WINBACK_NAME, file="all")
    assert "Export these instead" in why


async def test_a_list_that_was_not_checked_or_is_gone_changes_nobody(bench: Make):
    b = bench()
    assert "no such list" in await refused(b, "change_contacts", verb="lock", list_id="00000000")
    assert "Give either contact_ids or" in await refused(
        b, "change_contacts", verb="lock", list_id="00000000", contact_ids=[CONTACT10]
    )
    people = await b.profile.lists.open_rows("mcp", "Kd-Nr\nContact10", b.profile.usual_language)
    why = await refused(b, "change_contacts", verb="lock", list_id=people.id)
    assert "Check the list first" in why


async def test_numbers_that_were_one_look_up_too_many_name_nobody(bench: Make):
    b = bench(privacy="masked", lookups_per_hour=2)
    rows = "Telefon\n" + "\n".join(f"030 2312500{digit}" for digit in range(3))
    people = await b.profile.lists.open_rows("mcp", rows, b.profile.usual_language)
    assert "looked up within an hour" in await refused(b, "check_list", list_id=people.id)
    assert "Check the list first" in await refused(b, "change_contacts", verb="lock", list_id=people.id)


@pytest.mark.parametrize("options", [Options(), Options(release="no-batch")], ids=["batch", "single"])
async def test_who_is_gone_by_then_is_named(bench: Make, options: Options):
    b = bench(options)
    list_id, _ = await kept(b, campaign_id=CAMPAIGN_1000, state="open")
    gone = next(one.id for one in b.store.contacts(CAMPAIGN_1000) if one.user_data and not one.b_locked)
    ids = b.profile.lists.get("mcp", list_id).contact_ids
    assert ids is not None
    b.store.delete_contact(ids[0])
    preview, _ = await previewed(b, verb="lock", list_id=list_id)
    assert preview["what"].startswith("Would lock 16 contacts")
    assert f"Left out, since they are gone by now: {ids[0]}." in preview["consequences"]
    assert gone
