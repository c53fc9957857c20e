"""What is masked cannot be had by asking for it, piece by piece or guess by guess."""

from typing import Any

import pytest

from dialler_mcp.service.paging import cursor_at
from tests.conftest import Bench, text_of
from tests.examples import rest_thorough
from tests.prompts.asking import ask as ask_prompt
from tests.prompts.asking import refusal
from tests.tools.asking import CAMPAIGN_1000, CONTACT10, Make, ask, change, fresh, keep_only, refused, steady, told

NUMBER, IBAN = "4915123041299", "DE02120300000000202051"
OTHERS = ("name", "company", "city", "user_data2", "reference_number")


async def listed(b: Bench, text: str) -> int:
    return (await told(b, "list_contacts", campaign_id=CAMPAIGN_1000, text=text))["total"]


async def found(b: Bench, text: str) -> int:
    return (await told(b, "find_contact", campaign_id=CAMPAIGN_1000, text=text))["total"]


async def test_a_masked_number_is_found_whole_only(bench: Make):
    b = bench(privacy="masked")
    change(b, CONTACT10, phone_number2=NUMBER)
    for whole in (NUMBER, "0151 230 41299", "+49 (0)151-23041299"):
        assert (await listed(b, whole), await found(b, whole)) == (1, 1)
    for part in ("49151230", "041299", "23041299", "1523041299", "512304"):
        assert (await listed(b, part), await found(b, part)) == (0, 0)


async def test_a_number_that_is_shown_is_found_by_its_end(bench: Make):
    b = bench()
    change(b, CONTACT10, phone_number2=NUMBER)
    assert (await listed(b, "3041299"), await found(b, "3041299")) == (1, 1)


@pytest.mark.parametrize(
    "field", [pytest.param(name, marks=[pytest.mark.thorough] * (name != "name")) for name in OTHERS]
)
@pytest.mark.parametrize(
    ("privacy", "value", "parts"),
    [
        ("bank", IBAN, ("DE0212", "DE0212030000000020205", "0300000000")),
        ("masked", NUMBER, ("4915123", "491512304129", "3041299")),
        ("masked", "xylophon.x@example.org", ("xylop", "xylophon.x", "phon.x@ex")),
    ],
)
@pytest.mark.thorough
async def test_what_is_masked_in_a_text_is_not_had_by_its_parts(
    bench: Make, field: str, privacy: str, value: str, parts: tuple[str, ...]
):
    b = bench(privacy=privacy)
    keep_only(b, CAMPAIGN_1000)
    change(b, CONTACT10, **{field: f"Beispiel {value}"})
    for part in parts:
        assert (await listed(b, part), await found(b, part)) == (0, 0), part
    assert await found(b, "Mustermann" if field != "name" else "Beispiel") >= 1


async def test_lookups_of_masked_numbers_are_counted_and_limited(bench: Make):
    b = bench(privacy="masked", lookups_per_hour=3)
    await told(b, "find_contact", text="Mustermann")
    await told(b, "list_contacts", campaign_id=CAMPAIGN_1000, text="Muster")
    for guess in ("0151 23041201", "0151 23041202"):
        await told(b, "find_contact", text=guess, campaign_id=CAMPAIGN_1000)
    await told(b, "list_contacts", campaign_id=CAMPAIGN_1000, text="0151 23041203")
    for tool in ("find_contact", "list_contacts"):
        text = await refused(b, tool, text="0151 23041204", campaign_id=CAMPAIGN_1000)
        assert "DIALLER_LOOKUPS_PER_HOUR" in text
        assert "23041204" not in text
    assert (await told(b, "find_contact", text="Mustermann"))["total"]


async def test_an_import_that_finds_somebody_by_a_masked_number_is_a_lookup(bench: Make):
    b = bench(privacy="masked", lookups_per_hour=1)
    b.store.add_contact(fresh(user_data="Kunde-98", phone_number1=NUMBER, b_locked=True))
    new = {"Name": "Neu", "DiallerCampaignsID": CAMPAIGN_1000, "PhoneNumber1": NUMBER, "overwrite_duplicates": False}
    assert (await told(b, "import_contact", **new))["status"] == "confirmation_required"
    assert "DIALLER_LOOKUPS_PER_HOUR" in await refused(b, "import_contact", **new)


async def test_numbers_that_are_shown_are_looked_up_without_a_limit(bench: Make):
    b = bench(lookups_per_hour=0)
    assert (await told(b, "find_contact", text="0151 23041299", campaign_id=CAMPAIGN_1000))["total"] == 0


KEYS = [
    ("masked", NUMBER, NUMBER[:-1]),
    ("masked", "kim.xylo@example.org", "kim.xylo@example.or"),
    ("bank", IBAN, IBAN[:-1]),
]


@pytest.mark.parametrize(("privacy", "key", "part"), KEYS)
async def test_a_masked_key_is_no_near_match(bench: Make, privacy: str, key: str, part: str):
    b = bench(privacy=privacy)
    change(b, CONTACT10, user_data=key)
    for tool in ("lock_contact_by_user_data", "contact_overview"):
        assert "Near matches" not in await refused(b, tool, user_data=part)
    change(b, CONTACT10, user_data="Vertrag-4711-1")
    assert "Near matches: Vertrag-4711-1" in await refused(b, "contact_overview", user_data="Vertrag-4711-2")


@pytest.mark.parametrize("key", rest_thorough(key for privacy, key, _ in KEYS if privacy == "masked"))
@pytest.mark.parametrize(
    ("tool", "name"),
    [
        ("find_contacts_by_user_data", "user_data"),
        ("get_contacts", "user_data_list"),
        ("contact_overview", "user_data"),
        ("get_contact_history_by_user_data", "user_data"),
        ("lock_contact_by_user_data", "user_data"),
        ("import_contact", "UserData"),
        ("find_contact", "text"),
    ],
)
async def test_lookups_of_masked_keys_are_counted_in_every_tool(bench: Make, key: str, tool: str, name: str):
    each = 2 if tool == "import_contact" else 1  # its preview counts the number as well
    b = bench(privacy="masked", lookups_per_hour=2 * each, confirmation="phrase")
    keep_only(b, CAMPAIGN_1000)
    change(b, CONTACT10, user_data=key)
    for number in range(3):
        for place, guess in enumerate((key, f"Kunde-{number}")):
            others = NEW | {"PhoneNumber1": f"49152288173{number}{place}"} if tool == "import_contact" else {}
            arguments = {**others, name: [guess] if name == "user_data_list" else guess}
            text = text_of(await ask(b, tool, arguments))
            assert ("DIALLER_LOOKUPS_PER_HOUR" in text) == (number == 2 and guess == key), (number, guess)


async def test_a_batch_counts_each_guess(bench: Make):
    b = bench(privacy="masked", lookups_per_hour=3)
    guesses = [f"{NUMBER[:-1]}{number}" for number in range(4)]
    assert "DIALLER_LOOKUPS_PER_HOUR" in await refused(b, "get_contacts", user_data_list=guesses)
    assert not b.wire.requests


async def test_pages_of_a_number_are_counted_since_a_cursor_can_be_made_up(bench: Make):
    b = bench(privacy="masked", lookups_per_hour=1)
    question = (CAMPAIGN_1000, None, None, None, None, None, None, NUMBER)
    arguments = {"campaign_id": CAMPAIGN_1000, "text": NUMBER, "cursor": cursor_at(1, question)}
    await told(b, "list_contacts", **arguments)
    assert "DIALLER_LOOKUPS_PER_HOUR" in await refused(b, "list_contacts", **arguments)


async def test_a_change_that_is_remembered_tells_no_pseudonym_of_what_was_given(bench: Make):
    b = steady(bench(privacy="masked"))
    change(b, CONTACT10, user_data=NUMBER)
    await told(b, "update_contact", user_data=NUMBER, City="Bonn")
    (entry,) = (await told(b, "list_changes"))["rows"]
    assert "~" not in (await told(b, "get_change", change_id=entry[0]))["record"]["arguments"]


NEW = {"Name": "Neu", "DiallerCampaignsID": CAMPAIGN_1000, "UserData": "Contact10", "overwrite_duplicates": True}


@pytest.mark.parametrize("dry_run", [False, True])
async def test_no_answer_tells_the_pseudonym_of_a_guess(bench: Make, dry_run: bool):
    b = steady(bench(privacy="masked", dry_run=dry_run))
    change(b, CONTACT10, phone_number1=NUMBER)
    guess: dict[str, Any] = {"PhoneNumber2": NUMBER, "Comment": f"Tel. {NUMBER}", "Email": "kim@example.org"}
    mark = str((await told(b, "get_contact", contact_id=CONTACT10))["record"]["PhoneNumber1"]).partition("~")[2][:3]
    assert mark
    for tool, arguments in (
        ("import_contact", {**NEW, **guess}),
        ("update_contact", {"contact_id": CONTACT10, **guess}),
    ):
        answer = await told(b, tool, **arguments)
        values = {name: value for name, value in answer.items() if name != "before"}
        assert f"~{mark}" not in str(values)
        assert "masked here, DIALLER_PRIVACY" in str(answer["notes"])


@pytest.mark.parametrize(
    ("privacy", "field", "attribute", "right", "wrong"),
    [
        ("masked", "PhoneNumber1", "phone_number1", NUMBER, "4915123941299"),
        ("masked", "Email", "email", "kim.xylo@example.org", "kai.xylo@example.org"),
        ("bank", "AccountIBAN", "account_iban", IBAN, "DE75512108001245126051"),
        ("bank", "Tag", "tag", f"alt {IBAN}", "alt DE75512108001245126051"),
    ],
)
async def test_no_preview_tells_whether_a_guess_is_right(
    bench: Make, privacy: str, field: str, attribute: str, right: str, wrong: str
):
    b = steady(bench(privacy=privacy))
    change(b, CONTACT10, name="Beispiel", company="Beispiel AG", **{attribute: right})
    for tool, others in (
        ("update_contact", {"contact_id": CONTACT10, "Name": ""}),
        ("import_contact", {**NEW, "PhoneNumber3": NUMBER}),
    ):
        answers = [await told(b, tool, **{**others, field: guess}) for guess in (right, wrong)]
        first, second = ({name: value for name, value in each.items() if name != "confirm"} for each in answers)
        assert first == second
        assert first["status"] == "confirmation_required"
    assert b.wire.changes == []


async def test_numbers_in_a_preview_that_costs_nothing_are_lookups(bench: Make):
    b = bench(privacy="masked", lookups_per_hour=2)
    guesses = [f"49151230413{number:02d}" for number in range(4)]
    empty = {"contact_id": CONTACT10, "Name": "", "Company": ""}
    await told(b, "update_contact", **empty, PhoneNumber2=guesses[0])
    await told(b, "import_contact", **NEW, PhoneNumber2=guesses[1])
    assert "DIALLER_LOOKUPS_PER_HOUR" in await refused(b, "update_contact", **empty, PhoneNumber2=guesses[2])
    assert "DIALLER_LOOKUPS_PER_HOUR" in await refused(b, "import_contact", **NEW, PhoneNumber2=guesses[3])
    assert b.wire.changes == []
    await told(b, "update_contact", contact_id=CONTACT10, PhoneNumber2=guesses[2])


async def test_that_somebody_of_this_key_was_refused_is_still_said(bench: Make):
    b = bench(privacy="masked")
    b.store.add_contact(fresh(user_data="Kunde-99", phone_number1=NUMBER, b_locked=True))
    answer = await told(
        b, "import_contact", **{**NEW, "UserData": "Kunde-99", "PhoneNumber1": NUMBER, "overwrite_duplicates": False}
    )
    assert answer["status"] == "confirmation_required"
    assert NUMBER not in str(answer)


async def test_a_mask_says_once_that_it_is_one(bench: Make):
    b = bench(privacy="masked")
    legend = "… is masked here, DIALLER_PRIVACY."
    answer = await told(b, "list_contacts", campaign_id=CAMPAIGN_1000, fields=["ID", "PhoneNumber1"], limit=5)
    assert answer["notes"].count(legend) == 1
    assert legend not in str(await told(b, "list_contacts", campaign_id=CAMPAIGN_1000, limit=5))
    result = await told(bench(privacy="full"), "get_contact", contact_id=CONTACT10)
    assert legend not in str(result)


async def test_a_prompt_counts_like_a_tool(bench: Make):
    b = bench(privacy="masked", lookups_per_hour=2)
    change(b, CONTACT10, user_data=NUMBER)
    for name in ("contact_history_summary", "safe_reset"):
        assert "Mustermann" in await ask_prompt(b, name, user_data=NUMBER)
    assert "DIALLER_LOOKUPS_PER_HOUR" in await refusal(b, "safe_reset", user_data=NUMBER)
