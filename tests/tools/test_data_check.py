"""The check of lists, as a client sees it."""

from typing import Any

import httpx2
import pytest

from dialler_mcp.reporting.figures.data_check import Check
from dialler_mcp.sandbox import Options
from dialler_mcp.service import fresh as snapshots
from dialler_mcp.service.invocation import Invocation
from tests.conftest import Bench, text_of
from tests.tokens import tokens
from tests.tools.asking import CAMPAIGN_1000, Make, ask, fresh, instead, refused, told


def spoiled(b: Bench, count: int = 1) -> list[int]:
    """Pairs of contacts of campaign 1000 that share a number; and one of no number, one of a wrong one."""
    ids = list[int]()
    for number in range(count):
        for slot in (1, 2):
            values: dict[str, Any] = {"dialler_campaigns_id": CAMPAIGN_1000, "phone_number1": None}
            values |= {
                f"phone_number{slot}": f"4969{number:07d}",
                "name": f"Doppel{number}",
                "user_data": f"D{number}{slot}",
            }
            ids.append(b.store.add_contact(fresh(**values)).id)
    b.store.add_contact(fresh(dialler_campaigns_id=CAMPAIGN_1000, phone_number1="0123", user_data="W1"))
    b.store.add_contact(fresh(dialler_campaigns_id=CAMPAIGN_1000, phone_number1=None, user_data="N1"))
    return ids


@pytest.mark.parametrize("era", ["auto", pytest.param("legacy", marks=pytest.mark.thorough)])
async def test_all_checks_in_one_short_table(bench: Make, era: str):
    b = bench()
    one, _ = spoiled(b)
    result = await ask(b, "check_data", {"campaign_ids": [CAMPAIGN_1000]}, era)
    text = text_of(result)
    assert text.startswith("424 contacts of 1 campaign checked: 5 of 10 checks found something.")
    assert f"same_number\tsame number in several contacts\t2/424\t1\t{one}" in text
    assert "Nothing found: same UserData" in text
    assert "history" not in text
    assert tokens(text) <= 600
    assert result.structured_content is not None
    assert result.structured_content["rows"][0][0] == "same_number"


@pytest.mark.parametrize(
    ("privacy", "campaign_ids"),
    [
        ("bank", [CAMPAIGN_1000]),
        ("masked", [CAMPAIGN_1000]),
        *((privacy, None) for privacy in ("full", "bank", "masked")),
    ],
)
@pytest.mark.thorough
async def test_many_findings_stay_short(bench: Make, privacy: str, campaign_ids: list[int] | None):
    b = bench(privacy=privacy)
    spoiled(b, 30)
    text = text_of(await ask(b, "check_data", {"language": "de", "campaign_ids": campaign_ids}))
    assert tokens(text) <= 600
    assert "same_number" in text
    assert ("maskiert" in text) is (privacy == "masked")


@pytest.mark.thorough
async def test_groups_come_in_pages(bench: Make):
    b = bench()
    ids = spoiled(b, 25)
    arguments: dict[str, Any] = {"campaign_ids": [CAMPAIGN_1000], "check": "same_number"}
    first = await told(b, "check_data", **arguments)
    assert (len(first["rows"]), first["total"]) == (20, 25)
    second = await told(b, "check_data", **arguments, cursor=first["next_cursor"])
    assert "next_cursor" not in second
    place = first["columns"].index("who")
    people = [who for page in (first, second) for row in page["rows"] for who in row[place]]
    assert [int(who.partition(" ")[0]) for who in people] == ids
    assert all(who.endswith(" · Campaign 1000 (538)") for who in people), people
    text = await refused(b, "check_data", campaign_ids=[CAMPAIGN_1000], check="no_number", cursor=first["next_cursor"])
    assert "another question" in text


@pytest.mark.thorough
async def test_a_large_group_shows_its_first_members(bench: Make):
    b = bench()
    for number in range(15):
        b.store.add_contact(
            fresh(dialler_campaigns_id=CAMPAIGN_1000, phone_number1="4969111111", user_data=f"G{number}")
        )
    answer = await told(b, "check_data", campaign_ids=[CAMPAIGN_1000], check="same_number")
    ((_, count, members),) = answer["rows"]
    assert members[0].endswith(" G0 Neu · Campaign 1000 (538)")
    assert (count, len(members), members[-1]) == (15, 11, "+5")


@pytest.mark.thorough
async def test_each_check_can_be_asked_for_single_contacts_with_place_and_reason(bench: Make):
    b = bench()
    spoiled(b)
    for check in Check:
        text = await told(b, "check_data", campaign_ids=[CAMPAIGN_1000], check=check.value)
        assert "rows" in text, check
    answer = await told(b, "check_data", campaign_ids=[CAMPAIGN_1000], check="malformed_number", language="de")
    assert dict(zip(answer["columns"], answer["rows"][0], strict=True)) | {"Kontakt-ID": 0} == {
        "Kontakt-ID": 0,
        "UserData": "W1",
        "Name": "Neu",
        "Kampagne": "Campaign 1000 (538)",
        "wo": "1",
        "warum": "zu kurz",
        "Wert": "0123",
    }


@pytest.mark.thorough
async def test_what_masked_numbers_do_not_show_is_said(bench: Make):
    b = bench(privacy="masked")
    spoiled(b)
    text = await refused(b, "check_data", campaign_ids=[CAMPAIGN_1000], check="malformed_number")
    assert "cannot be checked" in text
    (row,) = (await told(b, "check_data", campaign_ids=[CAMPAIGN_1000], check="same_number"))["rows"]
    assert "…" in row[0]
    assert "0000000" not in row[0]


async def test_an_empty_campaign_is_told(bench: Make):
    b = bench()
    for contact in b.store.contacts(CAMPAIGN_1000):
        b.store.delete_contact(contact.id)
    assert "hold no contact" in text_of(await ask(b, "check_data", {"campaign_ids": [CAMPAIGN_1000]}))


async def test_old_histories_do_not_matter(bench: Make):
    b = bench(read=[CAMPAIGN_1000])
    await told(b, "check_data", campaign_ids=[CAMPAIGN_1000], check="no_name")
    assert [request.url.path.rpartition("/")[2] for request in b.wire.requests] == ["campaigns"]


@pytest.mark.thorough
async def test_a_list_whose_histories_are_not_complete_is_not_read_again(bench: Make):
    b = bench(Options(release="oldest", error_body="empty"))
    await told(b, "check_data", campaign_ids=[CAMPAIGN_1000])
    coverage = await b.profile.snapshots.coverage([CAMPAIGN_1000])
    b.wire.requests.clear()
    answer = await told(b, "check_data", campaign_ids=[CAMPAIGN_1000])
    assert not coverage.complete
    assert [request.url.path.rpartition("/")[2] for request in b.wire.requests] == ["campaigns"]
    assert "history" not in str(answer["notes"])


async def test_nothing_read_and_a_copy_that_is_gone_are_told(bench: Make, monkeypatch: pytest.MonkeyPatch):
    b = bench()

    async def unread(invocation: Invocation, ids: list[int], **_: Any) -> Any:
        return await invocation.profile.snapshots.coverage(ids)

    with monkeypatch.context() as patch:
        patch.setattr(snapshots, "read", unread)
        assert "Nothing could be read yet" in await refused(b, "check_data", campaign_ids=[CAMPAIGN_1000])

    async def lost(invocation: Invocation, ids: list[int], **limits: Any) -> Any:
        coverage = await original(invocation, ids, **limits)
        await invocation.profile.snapshots.forget(ids)
        return coverage

    original = snapshots.read
    monkeypatch.setattr(snapshots, "read", lost)
    assert "no snapshot" in await refused(b, "check_data", campaign_ids=[CAMPAIGN_1000])


async def test_a_dialler_that_fails_is_told(bench: Make):
    b = bench()
    instead(b, "GET", "/dialler/contacts", lambda: httpx2.Response(500, json={"error": "no"}))
    assert await refused(b, "check_data", campaign_ids=[CAMPAIGN_1000])
