import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from dialler_mcp.domain.records import Contact
from dialler_mcp.sandbox import Options
from dialler_mcp.service import listing
from dialler_mcp.service.answers import MAX_BYTES, size
from dialler_mcp.service.headings import GERMAN
from tests.conftest import structure_of
from tests.tools.asking import (
    CAMPAIGN_1000,
    CLOSED_MUELLER,
    CONTACT10,
    LOCKED_MUELLER,
    NPS,
    Make,
    ask,
    change,
    contact,
    fresh,
    ids,
    instead,
    never_answered,
    refused,
    told,
)


def why(answer: dict[str, Any]) -> str:
    """Why the first fits."""
    (place,) = [place for place, name in enumerate(answer["columns"]) if name in ("match", GERMAN["match"])]
    return answer["rows"][0][place]


async def test_a_name_is_found_in_any_spelling(bench: Make, era: str, subtests: pytest.Subtests):
    b = bench()
    for text in ("Müller", "frau mueller", "MULLER", "Sabine Muller", "Müller, Sabine", "Herr Müler"):
        with subtests.test(text):
            answer = structure_of(await ask(b, "find_contact", {"text": text, "campaign_id": CAMPAIGN_1000}, era))
            assert LOCKED_MUELLER in ids(answer)
            assert (CLOSED_MUELLER in ids(answer)) is ("Sabine" not in text)


@pytest.mark.parametrize("slot", [1, 6])
async def test_a_number_is_found_in_any_notation(bench: Make, subtests: pytest.Subtests, slot: int):
    b = bench()
    change(b, CONTACT10, **{f"phone_number{slot}": "4915123041299"})
    for spelling in ("0151 230 412 99", "+49 (0)151 / 23041299", "0049 151-23041299", "23041299"):
        with subtests.test(spelling):
            answer = await told(b, "find_contact", text=spelling)
            assert ids(answer) == [CONTACT10]
            assert why(answer).startswith("number")
            assert "4915123041299" in answer["rows"][0]


async def test_a_masked_number_is_found_and_not_shown(bench: Make):
    b = bench(privacy="masked")
    change(b, CONTACT10, phone_number1="4915123041299")
    answer = await told(b, "find_contact", text="0151 23041299")
    assert ids(answer) == [CONTACT10]
    assert "23041299" not in str(answer)
    assert "…299~" in answer["rows"][0][-1]


async def test_an_exact_key_is_found_without_reading_the_list(bench: Make):
    b = bench()
    answer = await told(b, "find_contact", text="contact10")
    assert (ids(answer), why(answer)) == ([CONTACT10], "UserData")
    assert not [one for one in b.wire.requests if one.url.path.endswith("/dialler/contacts")]


async def test_a_key_is_found_in_another_spelling(bench: Make):
    b = bench()
    for text in ("Contact 10", "CONTACT-10"):
        answer = await told(b, "find_contact", text=text)
        assert (ids(answer)[0], why(answer)) == (CONTACT10, "UserData, other spelling"), text


@pytest.mark.everyone
async def test_a_key_of_several_names_them_all(bench: Make):
    answer = await told(bench(), "find_contact", text="Kunde 4711")
    assert ids(answer) == [217000, 217001]


async def test_further_keys_and_the_reference_are_found_and_shown(bench: Make):
    b = bench()
    change(b, CONTACT10, user_data3="SAP 77-12", reference_number="Vertrag/5")
    for text, because in (("sap7712", "UserData, other spelling"), ("vertrag 5", "reference, other spelling")):
        answer = await told(b, "find_contact", text=text)
        assert (ids(answer), why(answer)) == ([CONTACT10], because)
        assert answer["rows"][0][-1] in ("SAP 77-12", "Vertrag/5")


async def test_an_id_is_found_once(bench: Make):
    b = bench()
    answer = await told(b, "find_contact", text=f"ID {CONTACT10}")
    assert (ids(answer), why(answer), answer["total"]) == ([CONTACT10], "ID", 1)
    change(b, CONTACT10, user_data=str(CONTACT10))
    assert (await told(b, "find_contact", text=str(CONTACT10)))["total"] == 1


async def test_the_best_come_first_and_the_rest_is_counted(bench: Make):
    b = bench()
    for name in ["Qwertz"] * 7 + ["Qwärtz"] * 3 + ["Qwertzmann"] * 2 + ["Qwertzz"]:
        b.store.add_contact(fresh(name=name))
    answer = await told(b, "find_contact", text="Qwertz")
    assert answer["total"] == 13
    assert len(answer["rows"]) == 10
    place = answer["columns"].index("name")
    assert [row[place] for row in answer["rows"]] == ["Qwertz"] * 7 + ["Qwertzz", "Qwertzmann", "Qwertzmann"]
    assert answer["notes"][0].startswith("3 more fit: 3 name sounds alike. Add the first name or the city")
    assert answer["summary"] == "13 of 445 contacts fit; 10 shown, best first"


async def test_every_contact_that_fits_is_on_one_page(bench: Make, subtests: pytest.Subtests):
    b = bench()
    for name in ["Qwertz"] * 12 + ["Qwärtz"] * 8 + ["Qwertzmann"] * 3:
        b.store.add_contact(fresh(name=name))
    for number in range(12):
        b.store.add_contact(fresh(phone_number1=f"49{number:02d}77665544"))
    for text, total in (("Qwertz", 23), ("77665544", 12)):
        with subtests.test(text):
            values, more = list[int](), dict[str, str]()
            while True:
                answer = await told(b, "find_contact", text=text, **more)
                values += ids(answer)
                assert answer["total"] == total
                assert f"{total - len(values)} more fit" in str(answer.get("notes")) or len(values) == total
                if (cursor := answer.get("next_cursor")) is None:
                    break
                more = {"cursor": cursor}
            assert (len(values), len(set(values))) == (total, total)


async def test_a_cursor_of_another_search_is_refused(bench: Make):
    b = bench()
    for _ in range(12):
        b.store.add_contact(fresh(name="Qwertz"))
    cursor = (await told(b, "find_contact", text="Qwertz"))["next_cursor"]
    assert "another question" in await refused(b, "find_contact", text="Qwertzz", cursor=cursor)


async def test_more_digits_narrow_a_number(bench: Make):
    b = bench()
    for number in range(12):
        b.store.add_contact(fresh(phone_number1=f"49{number:02d}77665544"))
    answer = await told(b, "find_contact", text="77665544")
    assert answer["notes"][0] == "2 more fit: 2 number ends like this. Give more digits, or campaign_id."


async def test_only_the_campaign_that_is_asked_for_is_searched(bench: Make):
    b = bench()
    b.store.add_contact(fresh(name="Qwertz", dialler_campaigns_id=NPS, user_data="Q1"))
    assert (await told(b, "find_contact", text="Qwertz", name="nps"))[
        "summary"
    ] == "1 of 1 contact in Service NPS (556) fits; 1 shown"
    for text in ("Qwertz", "Q1"):
        assert (await told(b, "find_contact", text=text, campaign_id=CAMPAIGN_1000))["total"] == 0
    assert "Several campaigns could be meant" in await refused(b, "find_contact", text="x1", name="Campaign")
    assert "no such object" in await refused(b, "find_contact", text="x1", campaign_id=999)


async def test_it_says_why_in_german(bench: Make):
    answer = await told(bench(), "find_contact", text="Mueller", campaign_id=CAMPAIGN_1000, language="de")
    assert why(answer) == "Name, andere Schreibweise"
    assert "Wiedervorlage" in str(answer["rows"])


async def test_nobody_is_told_with_a_way_on(bench: Make):
    answer = await told(bench(), "find_contact", text="qqqqq")
    assert (answer["summary"], answer["rows"]) == ("0 of 432 contacts fit", [])
    assert "dialler_list_contacts" in answer["notes"][0]


async def test_a_text_of_nothing_is_refused_before_anything_is_sent(bench: Make):
    b = bench()
    assert "text must hold letters or digits" in await refused(b, "find_contact", text="§ +/")
    assert not b.wire.requests


async def test_what_this_release_does_not_show_is_said(bench: Make):
    b = bench(Options(lists="bare"))
    for text in ("Mustermann", "Contact10"):
        answer = await told(b, "find_contact", text=text)
        assert CONTACT10 in ids(answer)
        assert "does not show locks" in answer["notes"][-1]


async def test_a_list_that_takes_too_long_gives_what_was_found(bench: Make, monkeypatch: pytest.MonkeyPatch):
    b = bench()
    monkeypatch.setattr(listing, "READING_SECONDS", 0.0)

    async def few(_: int | None, deadline: float | None = None) -> AsyncGenerator[Contact]:
        for number in (LOCKED_MUELLER, CONTACT10):
            yield contact(b, number)
        await asyncio.Event().wait()

    monkeypatch.setattr(b.profile.dialler, "list_contacts", few)
    answer = await told(b, "find_contact", text="Müller")
    assert ids(answer) == [LOCKED_MUELLER]
    assert answer["notes"][0].startswith("Only the first 2 contacts were read, then the time was up")


async def test_a_list_that_does_not_come_is_an_error(bench: Make):
    b = bench()
    instead(b, "GET", "/dialler/contacts", never_answered)
    assert "did not answer in time" in await refused(b, "find_contact", text="Müller")


@pytest.mark.everyone
async def test_a_client_that_asks_hears_how_far_it_is(bench: Make, era: str):
    messages: list[str | None] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        messages.append(message)

    async with bench().connect(era) as client:
        await client.call_tool("dialler_find_contact", {"text": "Müller"}, progress_callback=hear)
    assert messages == ["1000 records read"]


async def test_an_answer_stays_small_whatever_the_records_hold(bench: Make):
    b = bench()
    for _ in range(12):
        b.store.add_contact(fresh(name="Qwertz " + "ä😀" * 2_000, user_data="x" * 3_000, city="y" * 3_000))
    answer = await told(b, "find_contact", text="Qwertz")
    assert size(answer) <= MAX_BYTES
    assert answer["total"] == 12
