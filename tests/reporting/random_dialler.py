"""A dialler with whatever hypothesis thinks of: odd histories, unknown results, times of every form."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx2
from hypothesis import strategies as st

NUMBERS = (538, 551)
FLAGS = ("bDone", "bAborted", "bDelay", "bAppointment")
_FORMS: tuple[Callable[[datetime], str], ...] = (
    lambda at: at.isoformat(timespec="milliseconds"),
    lambda at: at.isoformat(timespec="seconds"),
    lambda at: at.isoformat(timespec="microseconds") + "Z",
    lambda at: at.isoformat(timespec="seconds") + "+01:00",
)
_NEAR = st.datetimes(datetime(2026, 11, 1), datetime(2026, 11, 30)).map(
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
)
_MAYBE = st.sampled_from((None, False, True))


def _in_form(at: datetime, form: Callable[[datetime], str]) -> str:
    return form(at)


def written(times: st.SearchStrategy[datetime]) -> st.SearchStrategy[str]:
    """A time as some release writes it."""
    return st.builds(_in_form, times, st.sampled_from(_FORMS))


@st.composite
def histories(draw: st.DrawFn, numbers: st.SearchStrategy[int], codes: list[int]) -> dict[str, Any]:
    """An entry of a history: a call, or a result alone."""
    start, form = draw(_NEAR), draw(st.sampled_from(_FORMS))
    after = st.integers(-5, 600).map(lambda seconds: form(start + timedelta(seconds=seconds)))
    call: dict[str, Any] = {
        "ID": draw(st.integers(1, 10**6)),
        "bOutbound": draw(st.sampled_from((None, True, True, True, False))),
        "bTestCall": draw(st.sampled_from((None, False, False, True))),
        "CONNRES": draw(st.sampled_from((None, 0, 1, 1, 1, 2, 3, 5, 6, 7, 42))),
        "CauseCodesID": draw(st.sampled_from((None, 0, 1, 16, 17, 22, 28, 999))),
        "dtCallStart": draw(st.none() | st.just(form(start))),
        "dtCallConnect": draw(st.none() | after),
        "dtCallEnd": draw(st.none() | after),
    }
    return {
        "ID": draw(numbers),
        "dtCreated": draw(st.none() | after),
        "DiallerCampaignsResultCodesID": draw(st.sampled_from((None, 0, *codes, 777))),
        "DiallerResultCodesTypesID": draw(st.sampled_from((None, 1, 2, 3, 4, 9))),
        "UsersID": draw(st.sampled_from((None, 3, 7))),
        "PhoneNumberOffset": draw(st.sampled_from((None, 1, 2))),
        "StatisticsPartA": draw(st.none() | st.just(call)),
    }


@st.composite
def contacts(draw: st.DrawFn, number: int, codes: dict[int, list[int]]) -> dict[str, Any]:
    """A contact with its history; `codes` are the result codes of each campaign."""
    campaign = draw(st.sampled_from(NUMBERS))
    entries = st.integers(1, 10**9)
    slots = {f"PhoneNumber{slot}": draw(st.sampled_from((None, "", "4930231250"))) for slot in range(1, 7)}
    tries = {f"nTriesPhoneNumber{slot}": draw(st.sampled_from((None, 0, 0, 1, 3))) for slot in range(1, 7)}
    invalid = {f"bPhoneNumber{slot}Invalid": draw(_MAYBE) for slot in range(1, 7)}
    return {
        "ID": number,
        "DiallerCampaignsID": campaign,
        "Name": "Muster",
        "dtNextTry": draw(st.none() | written(_NEAR)),
        "FollowUpDateTime": draw(st.none() | written(_NEAR)),
        "bLastResultMailbox": draw(_MAYBE),
        **slots,
        **tries,
        **invalid,
        "DiallerCampaignsResultCodesID": draw(st.sampled_from((None, 0, *codes[campaign], 777))),
        "bLocked": draw(_MAYBE),
        "DiallerContactsHistory": draw(st.lists(histories(entries, codes[campaign]), max_size=4)),
    }


@dataclass
class RandomDialler:
    """Answers from what was drawn."""

    campaigns: list[dict[str, Any]]
    codes: dict[int, list[dict[str, Any]]]
    contacts: list[dict[str, Any]]
    unlisted: tuple[str, ...]
    """What the list does not show, and the batch function does."""

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        """As the API does it: the campaigns, their result codes, the list, the batch function."""
        path = request.url.path.partition("/dialler/")[2]
        if path == "campaigns":
            return _records(self.campaigns)
        if path.endswith("/resultCodes"):
            return _records(self.codes[int(path.split("/")[2])])
        if path.startswith("campaigns/"):
            return _records([one for one in self.campaigns if one["ID"] == int(path.split("/")[1])])
        if request.method == "POST":
            ids = set(json.loads(request.content)["IDList"])
            return _records([one for one in self.contacts if one["ID"] in ids])
        number = request.url.params.get("diallerCampaignsID")
        own_contacts = [one for one in self.contacts if number in (None, str(one["DiallerCampaignsID"]))]
        return _records([{k: v for k, v in one.items() if k not in self.unlisted} for one in own_contacts])


def _records(rows: list[dict[str, Any]]) -> httpx2.Response:
    return httpx2.Response(200, json={"records": rows, "count": len(rows), "status": 200})


@st.composite
def diallers(draw: st.DrawFn) -> RandomDialler:
    """A dialler with two campaigns."""
    codes = {number: [number * 10 + place for place in range(5)] for number in NUMBERS}
    codes_by_campaign = {
        number: [
            {
                "ID": code,
                "DiallerCampaignsID": number,
                "Content": draw(st.sampled_from(("Sale", "Hung up", "Later", None))),
                "ExportKey": draw(st.sampled_from(("ABG", "FN", "KI", "", None))),
                **{flag: flag == draw(st.sampled_from((*FLAGS, ""))) for flag in FLAGS},
            }
            for code in numbers
        ]
        for number, numbers in codes.items()
    }
    campaigns = [
        {
            "ID": number,
            "Name": f"Campaign {number}",
            "dtFrom": draw(st.none() | written(_NEAR)),
            "dtTo": draw(st.none() | written(_NEAR)),
            "AbortOnNoTelNumberResultCodesID": draw(st.sampled_from((None, *codes[number]))),
        }
        for number in NUMBERS
    ]
    people = [draw(contacts(100 + place, codes)) for place in range(draw(st.integers(0, 6)))]
    entry = 0
    for person in people:
        for row in person["DiallerContactsHistory"]:
            entry += 1
            row["ID"] = entry  # each row of the dialler has an ID of its own
    fields = draw(st.sampled_from(((), ("DiallerCampaignsResultCodesID",))))
    return RandomDialler(campaigns, codes_by_campaign, people, ("DiallerContactsHistory", *fields))
