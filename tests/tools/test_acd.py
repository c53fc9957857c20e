from typing import Any

import httpx2
import msgspec
import pytest

from dialler_mcp.sandbox import Options
from dialler_mcp.service.answers import MAX_BYTES, size
from tests.conftest import structure_of
from tests.tools.asking import Make, ask, instead, records, refused, steady, told

EVENT: dict[str, Any] = {"AcdEventTypesID": 3, "Sender": "+49 30 231250", "Subject": "Rückruf", "AcdGroupsID": 201}


async def test_events_come_newest_first_with_the_names_of_their_groups(bench: Make, era: str):
    answer = structure_of(await ask(steady(bench()), "list_acd_events", {"limit": 3}, era))
    assert [row[0] for row in answer["rows"]] == [5025, 5024, 5023]
    assert answer["rows"][0][3] == "Rückruf Service (202)"
    assert answer["rows"][0][5] == "«mark:Callback requested:mark»"
    assert answer["summary"] == "25 AcdEvents, 3 shown"


async def test_groups_that_cannot_be_had_stay_numbers(bench: Make):
    b = bench()
    instead(b, "GET", "/acd/groups", lambda: httpx2.Response(500, json={"error": "no"}))
    assert (await told(b, "list_acd_events", limit=1))["rows"][0][3] == "202"
    assert (await told(b, "get_acd_event", event_id=5001))["record"]["AcdGroupsID"] == "203"


async def test_every_event_is_on_one_page(bench: Make, subtests: pytest.Subtests):
    b = bench()
    for limit in (4, 25, 100):
        with subtests.test(limit=limit):
            ids: list[int] = []
            cursor: str | None = None
            while True:
                answer = await told(b, "list_acd_events", limit=limit, **({"cursor": cursor} if cursor else {}))
                ids += [row[0] for row in answer["rows"]]
                if (cursor := answer.get("next_cursor")) is None:
                    break
            assert ids == list(range(5025, 5000, -1))


@pytest.mark.thorough
async def test_long_events_stay_within_an_answer_and_inside_the_fence(bench: Make):
    b = steady(bench())
    row = {
        "Subject": "😀ä" * 4_000,
        "Body": "😀" * 9_000,
        "Sender": "a" * 900,
        "UserData": "ü" * 9_000,
        "CrmURL": "ö" * 9_000,
    }
    instead(
        b,
        "GET",
        "/acd/events",
        lambda: records([{**row, "ID": n, "Subject": f"{n}" + "😀ä" * 4_000} for n in range(1, 200)]),
    )
    answer = await told(b, "list_acd_events", limit=100)
    assert size(answer) <= MAX_BYTES
    assert all(str(line[-1]).endswith(":mark»") for line in answer["rows"])
    instead(b, "GET", "/acd/events/event/1", lambda: records([{"ID": 1, **row}]))
    one = await told(b, "get_acd_event", event_id=1)
    assert size(one) <= MAX_BYTES
    assert one["record"]["Body"].endswith(":mark»")


async def test_an_event_is_decoded(bench: Make):
    record = (await told(bench(), "get_acd_event", event_id=5001, language="de"))["record"]
    assert record["AcdEventTypesID"] == "E-Mail (5)"
    assert record["AcdEventStatusID"] == "Wiedervorlage (40)"
    assert record["AcdGroupsID"] == "Hotline Strom & Gas (203)"


@pytest.mark.parametrize(("event_id", "sender"), [(5025, "+49 8…182~"), (5022, "k…@example.org")])
async def test_senders_are_masked(bench: Make, event_id: int, sender: str):
    b = bench(privacy="masked")
    assert (await told(b, "get_acd_event", event_id=event_id))["record"]["Sender"].startswith(sender)
    row = next(row for row in (await told(b, "list_acd_events"))["rows"] if row[0] == event_id)
    assert row[4].startswith(sender)


async def test_an_event_is_created(bench: Make, era: str):
    b = bench()
    answer = structure_of(
        await ask(b, "create_acd_event", {**EVENT, "nPriority": 70, "dtAppointmentTime": "16:00"}, era)
    )
    assert answer["what"] == "AcdEvent 5026 is created. Change 1, irreversible."
    assert answer["after"]["AcdGroupsID"] == "Outbound 1000 (201)"
    assert b.wire.changes == ["POST /acd/events/create"]
    body = msgspec.json.decode(next(r for r in b.wire.requests if r.method == "POST").content)
    assert body == {**EVENT, "Sender": "4930231250", "nPriority": 70, "dtAppointmentTime": "16:00"}


async def test_a_group_that_forbids_duplicates_comments_the_existing_event(bench: Make):
    b = bench()
    first = await told(b, "create_acd_event", **{**EVENT, "AcdGroupsID": 202})
    again = await told(b, "create_acd_event", **{**EVENT, "AcdGroupsID": 202, "Sender": "004930231250"})
    existing = f"event {first['after']['ID']} existed and was commented"
    assert again["what"] == f"The group forbids duplicates: {existing}. Change 2, irreversible."


async def test_an_e_mail_keeps_its_sender(bench: Make):
    b = bench()
    answer = await told(b, "create_acd_event", **{**EVENT, "AcdEventTypesID": 5, "Sender": "a@example.org"})
    assert answer["after"]["Sender"] == "a@example.org"


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"AcdGroupsID": None}, "Give AcdGroupsID, or both"),
    ({"AcdConfigurationGroupsID": 1}, "Give AcdGroupsID, or both"),
    ({"AcdGroupsID": None, "AcdAgentGroupsID": 1}, "Give AcdGroupsID, or both"),
    ({"Sender": "30 231250"}, "Sender needs its country code"),
    ({"Subject": " "}, "Subject: must not be empty"),
    ({"CrmURL": "javascript:alert(1)"}, "CrmURL: string should match pattern"),
    ({"dtAppointmentDate": "1.12.2026"}, "dtAppointmentDate: must be a date"),
    ({"dtAppointmentTime": "٢٣:٠٠"}, "dtAppointmentTime: must be a time"),
    ({"nPriority": 101}, "nPriority: input should be less than or equal to 100"),
    ({"nPriority": True}, "nPriority: must be a whole number"),
]


async def test_a_wrong_event_sends_nothing(bench: Make, subtests: pytest.Subtests):
    b = bench()
    for values, why in WRONG:
        with subtests.test(str(values)):
            arguments = {name: value for name, value in {**EVENT, **values}.items() if value is not None}
            assert why in await refused(b, "create_acd_event", **arguments)
            assert b.wire.requests == []


async def test_an_event_for_two_groups_needs_no_acd_group(bench: Make):
    values = {**EVENT, "AcdConfigurationGroupsID": 1, "AcdAgentGroupsID": 2, "dtAppointmentDate": "2026-12-01"}
    values.pop("AcdGroupsID")
    assert (await told(bench(), "create_acd_event", **values))["status"] == "done"


async def test_an_unknown_group_or_event_is_no_such_object(bench: Make):
    b = bench(Options(no_match="empty"))
    assert "There is no such object" in await refused(b, "create_acd_event", **{**EVENT, "AcdGroupsID": 999})
    assert "There is no such object" in await refused(b, "get_acd_group", group_id=999)
    assert "There is no such object" in await refused(b, "get_acd_event", event_id=999)


async def test_groups_are_found_by_a_part_of_their_name(bench: Make, subtests: pytest.Subtests):
    b = bench()
    for name, text in (("rück", "1 ACD group contains"), ("e", "5 ACD groups contain"), ("§", "0 ACD")):
        with subtests.test(name):
            answer = await told(b, "find_acd_groups_by_name", name=name)
            assert answer["summary"].startswith(text)
            assert bool(answer.get("notes")) is (name == "§")


async def test_very_many_groups_are_cut_with_a_word(bench: Make):
    b = bench()
    instead(b, "GET", "/acd/groups/group", lambda: records([{"ID": n, "Name": f"G{n}"} for n in range(1, 120)]))
    answer = await told(b, "find_acd_groups_by_name", name="G")
    assert (answer["total"], len(answer["rows"])) == (119, 100)
    assert "Only the first 100" in answer["notes"][0]


async def test_groups_come_in_pages(bench: Make):
    b = bench()
    first = await told(b, "list_acd_groups", limit=4)
    rest = await told(b, "list_acd_groups", cursor=first["next_cursor"])
    assert len({row[0] for row in first["rows"] + rest["rows"]}) == 6


async def test_an_unknown_type_has_its_internal_name(bench: Make):
    b = bench()
    instead(b, "GET", "/acd/events/types", lambda: records([{"ID": 77, "ShortText": "AcdEventTypes.Chat"}]))
    assert (await told(b, "list_acd_event_types"))["rows"] == [[77, "AcdEventTypes.Chat"]]
