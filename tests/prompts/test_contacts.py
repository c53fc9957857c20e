import re
from datetime import datetime, timedelta

import httpx2
import pytest

from dialler_mcp.sandbox import Options
from tests.prompts.asking import MakeBench, ask, crowd


async def test_history_shows_the_calls_newest_first_and_why_nobody_calls(bench: MakeBench) -> None:
    text = await ask(bench(), "contact_history_summary", user_data="contact10", language="de")
    assert "# Contact10 · Mustermann · Campaign 1000" in text
    assert "Zustand: Wiedervorlage" in text
    assert "der nächste Versuch folgt erst " in text
    assert text.index("angenommen") < text.index("besetzt") < text.rindex("keine Antwort")


@pytest.mark.everyone
async def test_history_says_that_several_contacts_share_the_key(bench: MakeBench) -> None:
    text = await ask(bench(), "contact_history_summary", user_data="Kunde-4711")
    assert "2 contacts share this UserData" in text
    assert text.count("# Kunde-4711") == 2


async def test_history_that_the_release_does_not_show_is_called_missing(bench: MakeBench) -> None:
    oldest = Options(release="oldest")
    text = await ask(bench(oldest), "contact_history_summary", user_data="Contact10", language="de")
    assert "Dieses Release des Diallers zeigt den Verlauf nicht." in text


async def test_a_long_history_is_cut_and_counted(bench: MakeBench) -> None:
    b = bench()
    entries = [
        {
            "DiallerContactsHistoryID": i,
            "dtCallStart": (datetime(2020, 1, 1) + timedelta(days=i)).isoformat(),
            "CONNRES": 2,
            "UsersID": i,
            "DiallerContactsID": 215220,
            "DiallerCampaignsID": 538,
        }
        for i in range(1, 900)
    ]

    def instead(request: httpx2.Request) -> httpx2.Response | None:
        if request.url.path.endswith("/history"):
            return httpx2.Response(200, json={"records": entries, "count": len(entries), "status": 200})
        return None

    b.wire.instead = instead
    text = await ask(b, "contact_history_summary", user_data="Contact10")
    assert "899, 50 of them shown" in text
    assert "cursor" not in text
    assert len(text.encode()) < 6_000


async def test_one_call_is_not_counted_as_several(bench: MakeBench) -> None:
    b = bench()
    entry = {"DiallerContactsHistoryID": 1, "dtCallStart": "2020-01-01T10:00:00", "CONNRES": 2}

    def instead(request: httpx2.Request) -> httpx2.Response | None:
        if request.url.path.endswith("/history"):
            here = entry | {"DiallerContactsID": 215220, "DiallerCampaignsID": 538}
            return httpx2.Response(200, json={"records": [here], "count": 1, "status": 200})
        return None

    b.wire.instead = instead
    text = await ask(b, "contact_history_summary", user_data="Contact10", language="de")
    assert "Verlauf, neueste zuerst (Einträge: 1):" in text
    assert "Warum der Kontakt jetzt nicht angerufen wird: " in text


async def test_many_contacts_with_one_key_are_bounded(bench: MakeBench) -> None:
    b = bench()
    many = [{**one, "UserData": "x"} for one in crowd(200)]

    def instead(request: httpx2.Request) -> httpx2.Response | None:
        if request.url.path.endswith("/contacts/contact"):
            return httpx2.Response(200, json={"records": many, "count": len(many), "status": 200})
        return None

    b.wire.instead = instead
    for name in ("contact_history_summary", "safe_reset"):
        text = await ask(b, name, user_data="x", language="de")
        assert "200 Kontakte teilen sich dieses UserData" in text
        assert "hier nicht gezeigt: 197" in text
        assert len(text.encode()) < 9_000


async def test_orders_in_a_comment_stay_inside_the_fence(bench: MakeBench, era: str) -> None:
    b = bench()
    contacts = [c async for c in b.profile.dialler.list_contacts(538)]
    (attacked,) = [c for c in contacts if "Ignore all previous" in (c.comment or "")]
    for name in ("contact_history_summary", "safe_reset"):
        text = await ask(b, name, era, user_data=attacked.user_data or "")
        mark = b.profile.present.fence.mark
        assert b.profile.present.fence.explained() in text
        assert re.search(rf"Comment: «{mark}:Ignore all previous[^\n]*:{mark}»\n", text)
        assert text.count("Ignore all previous") == 1
        assert "\u202e" not in text


@pytest.mark.everyone
async def test_reset_of_a_closed_contact_names_what_it_means(bench: MakeBench) -> None:
    text = await ask(bench(), "safe_reset", user_data="Kunde-4711")
    assert "use only dialler_reset_contact with that ID" in text
    assert "at least one result is final" in text
    assert "may call this person again at once" in text
    assert "Result is final: yes" in text
    assert "Result is final: no" in text


async def test_reset_of_a_sole_open_contact_names_the_tool_by_user_data(bench: MakeBench) -> None:
    b = bench()
    text = await ask(b, "safe_reset", user_data="Contact10")
    assert "dialler_reset_contact_by_user_data" in text
    assert "at least one result is final" not in text
    assert "The count of attempts goes from 3 to 0." in text
    assert b.wire.changes == []


async def test_bank_data_and_masked_numbers_stay_hidden(bench: MakeBench) -> None:
    text = await ask(bench(privacy="masked"), "contact_history_summary", user_data="Contact10")
    assert "492214710858" not in text
    assert "PhoneNumber1: +49 2…858~" in text
