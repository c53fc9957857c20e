from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import HistoryEntry
from dialler_mcp.sandbox import Options
from dialler_mcp.service.history import newest_first, outcome, recorded, talk_seconds
from tests.conftest import structure_of, text_of
from tests.tokens import tokens
from tests.tools.asking import CONTACT10, FRESH, Make, ask, compact, instead, records, refused, told

PATH = f"/dialler/contacts/contact/{CONTACT10}/history"
BEGAN = datetime(2026, 11, 19, 16, 0)
BERLIN = ZoneInfo("Europe/Berlin")


def rows(count: int, **values: Any) -> list[dict[str, Any]]:
    """Calls as the dialler sends them, oldest first."""
    results = [(1, 31, 2493), (2, 19, None), (3, 17, None), (5, 21, None), (1, 16, 2490)]
    calls: list[dict[str, Any]] = []
    for number in range(count):
        connres, cause, code = results[number % 5]
        at = BEGAN - timedelta(hours=7 * (count - number))
        calls.append(
            {
                "DiallerContactsHistoryID": 1000 + number,
                "DiallerContactsID": CONTACT10,
                "DiallerCampaignsID": 538,
                "DiallerCampaignsResultCodesID": code,
                "UsersID": 3 + number % 4 if connres == 1 else None,
                "PhoneNumber": "492214710858",
                "PhoneNumberOffset": 1 + number % 2,
                "bOutbound": True,
                "CONNRES": connres,
                "CauseCodesID": cause,
                "dtCallStart": at.isoformat(),
                "dtCallConnect": at.isoformat() if connres == 1 else None,
                "dtCallEnd": (at + timedelta(seconds=40 + number)).isoformat(),
                "dtCreatedDiallerContactsHistory": (at + timedelta(seconds=60)).isoformat(),
                **values,
            }
        )
    return calls


async def test_20_calls_with_whole_dates_cost_at_most_540_tokens(bench: Make):
    b = bench()
    instead(b, "GET", PATH, lambda: records(rows(20)))
    result = await ask(b, "get_contact_history", {"contact_id": CONTACT10})
    assert len(structure_of(result)["rows"]) == 20
    assert tokens(text_of(result)) <= 540
    assert tokens(compact(structure_of(result))) <= 540


async def test_a_history_is_told_in_words_newest_first(bench: Make):
    answer = await told(bench(), "get_contact_history", contact_id=CONTACT10, language="de")
    assert answer["columns"] == [
        "Beginn +01:00",
        "Ausgang",
        "Ergebnis",
        "Gespräch (s)",
        "Agent (Benutzer-ID)",
        "Rufnummer",
    ]
    assert answer["rows"][0] == ["2026-11-19 14:00", "angenommen", "Nicht erreicht / Anrufbeantworter", 455, 3, 2]
    assert [row[0] for row in answer["rows"]] == ["2026-11-19 14:00", "2026-11-16 14:00", "2026-11-14 12:45"]
    assert answer["same"] == {"Kontakt": CONTACT10, "Kampagne": "Campaign 1000 (538)"}


async def test_times_over_a_clock_change_show_their_offsets(bench: Make):
    b = bench()
    both = rows(2)
    both[0]["dtCallStart"] = "2026-10-20T10:00:00"
    instead(b, "GET", PATH, lambda: records(both))
    answer = await told(b, "get_contact_history", contact_id=CONTACT10)
    assert answer["columns"][0] == "start"
    assert answer["rows"][1][0] == "2026-10-20 10:00+02:00"


@pytest.mark.parametrize("dates", ["local", "offset", "utc"])
async def test_all_date_formats_give_the_same_history(bench: Make, dates: Any):
    keys = {"contact_id": CONTACT10}
    assert await told(bench(Options(dates=dates)), "get_contact_history", **keys) == await told(
        bench(), "get_contact_history", **keys
    )


@pytest.mark.parametrize("limit", [1, 7, 45, 100])
async def test_every_call_is_on_one_page(bench: Make, limit: int):
    b = bench()
    instead(b, "GET", PATH, lambda: records(rows(45)))
    ids: list[str] = []
    cursor: str | None = None
    while True:
        more = {"cursor": cursor} if cursor else {}
        answer = await told(b, "get_contact_history", contact_id=CONTACT10, limit=limit, **more)
        ids += [row[0] for row in answer["rows"]]
        if (cursor := answer.get("next_cursor")) is None:
            break
    assert len(set(ids)) == 45
    assert len(ids) == 45


@pytest.mark.everyone
async def test_no_calls_and_no_contact_are_told_apart(bench: Make):
    b = bench()
    assert (await told(b, "get_contact_history", contact_id=FRESH))["summary"] == "0 history entries"
    assert "There is no such object" in await refused(b, "get_contact_history", contact_id=999)
    assert "No contact has this UserData" in await refused(b, "get_contact_history_by_user_data", user_data="nobody")
    key = (await told(b, "get_contact", contact_id=FRESH))["record"]["UserData"]
    assert (await told(b, "get_contact_history_by_user_data", user_data=key))["total"] == 0


@pytest.mark.everyone
async def test_the_history_of_a_shared_key_names_the_contacts(bench: Make):
    answer = await told(bench(), "get_contact_history_by_user_data", user_data="Kunde-4711")
    assert [row[-1] for row in answer["rows"]] == [217001, 217000, 217000]


async def test_an_inbound_call_and_a_result_without_call(bench: Make):
    b = bench()
    call, result = rows(1, bOutbound=False)[0], {"DiallerContactsHistoryID": 5, "DiallerCampaignsResultCodesID": 2490}
    instead(b, "GET", PATH, lambda: records([call, result]))
    answer = await told(b, "get_contact_history", contact_id=CONTACT10)
    assert "inbound" in answer["rows"][0]
    assert answer["rows"][1][0] is None
    assert "2490" in answer["rows"][1]
    one = rows(1)
    instead(b, "GET", PATH, lambda: records(one))
    assert (await told(b, "get_contact_history", contact_id=CONTACT10))["summary"].startswith(
        "1 history entry, 1 shown"
    )


async def test_a_release_without_history_says_so(bench: Make):
    text = await refused(bench(Options(release="oldest")), "get_contact_history", contact_id=CONTACT10)
    assert "does not have this function" in text


@pytest.mark.parametrize(
    ("connres", "cause", "words"),
    [
        (None, None, None),
        (1, 31, "answered"),
        (2, 19, "no answer"),
        (5, 21, "network refused the call: call rejected (21)"),
        (5, 16, "network refused the call"),
        (7, 41, "error: temporary failure (41)"),
        (42, 21, "42: call rejected (21)"),
        (42, 999, "42"),
    ],
)
def test_an_outcome_names_its_cause_where_that_says_more(connres: int | None, cause: int | None, words: str | None):
    assert outcome(HistoryEntry(connres=connres, cause_codes_id=cause), Language.en) == words


def test_talking_is_from_the_answer_to_the_end():
    answered = HistoryEntry(connres=1, dt_call_connect=BEGAN, dt_call_end=BEGAN + timedelta(seconds=12.6))
    assert talk_seconds(answered, BERLIN) == 13
    assert talk_seconds(HistoryEntry(connres=1), BERLIN) is None
    assert talk_seconds(HistoryEntry(connres=2, dt_call_connect=BEGAN, dt_call_end=BEGAN), BERLIN) is None


def test_a_result_of_an_unknown_code_has_at_least_its_type():
    entry = HistoryEntry(dialler_campaigns_result_codes_id=7, dialler_result_codes_types_id=2)
    assert recorded(entry, {}, Language.de) == "Abbruch (7)"
    assert recorded(HistoryEntry(dialler_campaigns_result_codes_id=7), {}, Language.de) == "7"
    assert recorded(HistoryEntry(), {}, Language.de) is None


def test_the_order_holds_for_every_kind_of_time():
    times = [datetime(1, 1, 1), BEGAN.replace(tzinfo=BERLIN), None, datetime(9999, 12, 31, 23, 59, 59), BEGAN]
    entries = [HistoryEntry(dialler_contacts_history_id=n, dt_call_start=at) for n, at in enumerate(times)]
    assert [entry.dialler_contacts_history_id for entry in newest_first(entries, BERLIN)] == [3, 4, 1, 0, 2]


def test_a_call_of_which_only_one_time_has_an_offset_has_its_length():
    connect, end = datetime(2026, 11, 20, 14, 0), datetime(2026, 11, 20, 13, 1, tzinfo=UTC)
    assert talk_seconds(HistoryEntry(connres=1, dt_call_connect=connect, dt_call_end=end), BERLIN) == 60
