"""The report of campaigns in conversation: what it says, what it costs, and what it does when things go wrong."""

import errno
import json
import os
import re
from collections.abc import Callable
from functools import partial

import httpx2
import pytest
from mcp_types import CallToolResult

from dialler_mcp.api import Address, Dialler
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.privacy import Privacy
from dialler_mcp.domain.records import Contact
from dialler_mcp.protocol.pages import VIEW_META
from dialler_mcp.reporting.figures.report import report_of
from dialler_mcp.reporting.figures.scope import Scope
from dialler_mcp.reporting.snapshot.snapshots import Snapshots
from dialler_mcp.sandbox import Options
from dialler_mcp.service.answers import SANDBOX_WORDS
from dialler_mcp.service.breakdowns import MAX_ROWS, Grouping, breakdown_of
from dialler_mcp.service.report_words import CampaignReport, in_words
from dialler_mcp.settings import Settings
from tests.conftest import BERLIN, NOON, URL, Bench, structure_of, text_of
from tests.reporting.house import is_batch, is_list
from tests.reporting.some_reports import a_report, breakdowns, rows
from tests.shared_snapshots import SharedSnapshots
from tests.tokens import tokens
from tests.tools.asking import (
    CAMPAIGN_1000,
    CANCELLERS,
    CONTACT10,
    HALF_PRICE,
    NPS,
    RENEWAL,
    WINBACK,
    Make,
    ask,
    refused,
    told,
)

pytestmark = pytest.mark.everyone

REPORT = "campaign_report"


def asked_of(b: Bench) -> list[str]:
    """What the dialler was asked since the last look."""
    values = [f"{r.method} {r.url.path.partition('/dialler/')[2]}" for r in b.wire.requests]
    b.wire.requests.clear()
    return values


def failing(
    which: Callable[[httpx2.Request], bool], status: int = 503
) -> Callable[[httpx2.Request], httpx2.Response | None]:
    """An answer instead of the dialler's for some requests."""
    return lambda request: httpx2.Response(status) if which(request) else None


@pytest.fixture
def bench(bench: Make) -> Make:
    """The campaign that most reports are about was read before, so that its list alone is asked for."""
    return partial(bench, read=[WINBACK])


@pytest.fixture(scope="module")
def as_it_was(shared_snapshots: SharedSnapshots, tmp_path_factory: pytest.TempPathFactory) -> CampaignReport:
    """What a report says of that campaign, worked out from the copy that was read before."""
    place = tmp_path_factory.mktemp("as-it-was") / "snapshots"
    shared_snapshots.lend([WINBACK], Privacy.bank, place)
    now, wrong_party = NOON.replace(tzinfo=BERLIN), str(Settings.model_fields["wrong_party"].default).split(",")
    snapshots = Snapshots(Dialler(Address(URL, "token")), place, zone=BERLIN, clock=now.timestamp)
    with snapshots.open([WINBACK]) as snapshot:
        return in_words(report_of(snapshot, Scope(), now, wrong_party), Language.en)


@pytest.mark.parametrize("era", ["auto", pytest.param("legacy", marks=pytest.mark.thorough)])
async def test_how_did_winback_go_is_answered_in_words(bench: Make, era: str):
    b = bench()
    result = await ask(b, REPORT, {"name": "winback"}, era)
    assert asked_of(b) == ["GET campaigns", "GET contacts"]  # the histories were read before
    answer = structure_of(result)
    assert answer["summary"].startswith(f"Winback Herbst/2020 ({WINBACK}); all calls (Europe/Berlin): ")
    calls = "; ".join(answer["calls"])
    for words in ("contact rate", "right-party contacts", "conversion per contact", "talk time, median", "90% within"):
        assert words in calls
    assert any("left to dial" in line for line in answer["contacts"])
    assert any("Reconciled" in note for note in answer["notes"])
    assert "Data as of 2026-11-20 14:00+01:00" in answer["notes"]
    text = text_of(result)
    for line in (*answer["calls"], *answer["results"], *answer["contacts"], *answer["not_dialled"], *answer["notes"]):
        assert line in text
    assert VIEW_META not in (result.meta or {})  # no page for a client without pages
    assert short(result)


def short(result: CallToolResult) -> bool:
    """Whether little is read of a report, be it the text or the structure."""
    structure = json.dumps(result.structured_content, ensure_ascii=False, separators=(",", ":"))
    forms = (text_of(result), structure)
    for note in SANDBOX_WORDS:  # which a real one does not say
        forms = tuple(form.replace(note, "") for form in forms)
    return all(tokens(form) <= 500 for form in forms)


async def test_in_german_everything_is_german_and_short(bench: Make):
    result = await ask(bench(), REPORT, {"campaign_ids": [WINBACK], "language": "de"})
    text = text_of(result)
    for words in (
        "Anrufe: Versuche",
        "Kontaktquote",
        "Ergebnisse: Wiedervorlage: Nicht erreicht",
        "endgültiges Ergebnis",
    ):
        assert words in text
    assert "Calls" not in text
    assert SANDBOX_WORDS.de in text
    assert re.search(r"\d,\d %", text)
    assert short(result)


@pytest.mark.thorough
async def test_several_campaigns_are_compared_and_a_name_in_common_means_them_all(bench: Make):
    b = bench(read=[CAMPAIGN_1000, CANCELLERS])
    text = await told(b, REPORT, name="campaign 1000 t")
    assert text["summary"].startswith("Campaign 1000 Test")
    assert "compared" not in text
    two = await told(b, REPORT, campaign_ids=[CAMPAIGN_1000, CANCELLERS, CAMPAIGN_1000], by="campaign")
    assert [row[0] for row in two["compared"]["rows"]] == ["Campaign 1000 (538)", "Kündiger-Rückgewinnung (551)"]
    assert "breakdown" not in two, "one table"
    assert {"contact rate", "connects", "95% interval"} <= set(two["compared"]["columns"])
    by_name = await told(b, REPORT, names=["Campaign 1000", "Kündiger"], by="campaign")
    assert by_name["compared"] == two["compared"]


@pytest.mark.thorough
async def test_without_a_name_all_are_compared_and_progress_only_grows(bench: Make):
    b, shares = bench(read=()), list[float]()
    for campaign_id in (CAMPAIGN_1000, HALF_PRICE, CANCELLERS, NPS):
        b.store.delete_campaign(campaign_id)
    campaign_ids = [campaign.id for campaign in b.store.campaigns()]

    async def note(progress: float, total: float | None, message: str | None) -> None:
        shares.append(progress)

    async with b.connect() as client:
        result = await client.call_tool("dialler_campaign_report", {}, progress_callback=note)
    assert len(structure_of(result)["compared"]["rows"]) == len(campaign_ids) == 3
    assert shares == sorted(shares)
    # The lists count, and the histories behind them.
    assert shares[-1] > sum(len(list(b.store.contacts(campaign_id))) for campaign_id in campaign_ids)


WITH_RATE = [by.value for by in Grouping if by not in (Grouping.agent, Grouping.outcome, Grouping.cause)]


@pytest.mark.parametrize(
    "by",
    ["hour", *(pytest.param(by.value, marks=pytest.mark.thorough) for by in list(Grouping)[1:])],
)
async def test_attempts_can_be_broken_down(bench: Make, by: str):
    text = await told(bench(read=[CAMPAIGN_1000]), REPORT, campaign_ids=[CAMPAIGN_1000], by=by)
    table = text["breakdown"]
    assert {len(row) for row in table["rows"]} == {len(table["columns"])}
    attempts = re.search(r"attempts (\S+) \(", text["calls"][0])
    assert attempts
    assert sum(row[1] for row in table["rows"]) == int(attempts[1].replace(",", ""))
    assert ("contact rate" in table["columns"]) == (by in WITH_RATE)


async def test_the_rows_of_each_breakdown_add_up(bench: Make):
    b = bench(read=[CAMPAIGN_1000])
    with b.profile.snapshots.open([CAMPAIGN_1000]) as snapshot:
        report = report_of(snapshot, Scope(), b.profile.time())
    for by in Grouping:
        table = breakdown_of(report, by, Language.en)
        assert {len(row) for row in table.rows} == {len(table.columns)}, by
        assert sum(row[1] for row in table.rows) == report.figures["attempts"].n, by
        assert ("contact rate" in table.columns) == (by in WITH_RATE), by
    assert "\nMo\t" in breakdown_of(report, Grouping.weekday, Language.de).text()


def test_a_long_breakdown_is_cut_and_says_so():
    table = breakdown_of(a_report(breakdowns=breakdowns(cause=rows(range(MAX_ROWS + 7)))), Grouping.cause, Language.en)
    assert len(table.rows) == MAX_ROWS == 40
    assert table.more == "7 more rows; narrow since and until"
    assert table.more in table.text()


@pytest.mark.thorough
async def test_a_period_narrows_the_calls_and_not_the_list(bench: Make, as_it_was: CampaignReport):
    b = bench()
    week = await told(b, REPORT, campaign_ids=[WINBACK], since="2026-11-09", until="2026-11-15")
    text = "Winback Herbst/2020 (542); 2026-11-09 to 2026-11-15 (Europe/Berlin): Calls 2026-11-09–2026-11-13"
    assert week["summary"] == text
    assert week["calls"]
    assert week["calls"] != as_it_was.calls
    assert week["contacts"] == as_it_was.contacts
    before = await told(b, REPORT, campaign_ids=[WINBACK], until="2020-01-01")
    assert before["calls"] == []
    assert "There are no calls in this period." in before["notes"]


async def test_wrong_periods_and_campaigns_are_explained(bench: Make):
    b = bench()
    assert "until lies before since" in await refused(b, REPORT, since="2026-11-02", until="2026-11-01")
    assert "since lies in the future" in await refused(b, REPORT, since="2027-01-01")
    assert "since must be a time" in await refused(b, REPORT, since="last week")
    assert "Near matches: Winback" in await refused(b, REPORT, name="Winbak Herbst/2020")
    assert "no such object (404)" in await refused(b, REPORT, names=["Winback"], campaign_ids=[1])
    assert "No campaign has name number 2" in await refused(b, REPORT, names=["Winback", "Winbak Herbst/2020"])
    assert "no such object (404)" in await refused(b, REPORT, campaign_ids=[99])
    assert "by: " in await refused(b, REPORT, by="month")


@pytest.mark.thorough
async def test_a_campaign_without_calls_or_without_contacts(bench: Make):
    b = bench()
    text = await told(b, REPORT, campaign_ids=[RENEWAL])
    assert text["calls"] == []
    assert text["not_dialled"] == ["locked 1", "campaign has not begun 89"]
    await told(b, "clone_campaign", source="Campaign 1000", destination="Empty one")
    empty = await told(b, REPORT, name="Empty one")
    assert empty["contacts"] == []
    assert "There are no contacts." in empty["notes"]


async def test_a_campaign_that_is_deleted_still_has_its_last_figures(bench: Make, as_it_was: CampaignReport):
    b = bench()
    b.wire.instead = lambda request: (
        httpx2.Response(404, json={"status": 404, "error": "Dialler campaign not found"})
        if request.url.path.endswith(f"/campaigns/{WINBACK}")
        else httpx2.Response(200, json={"records": [], "count": 0, "status": 200})
        if is_list(request)
        else None
    )
    after = await told(b, REPORT, campaign_ids=[WINBACK])
    assert after["calls"] == as_it_was.calls
    assert any("could not be read anew" in note for note in after["notes"])


@pytest.mark.thorough
async def test_a_dialler_that_fails_is_told_and_what_was_read_stays(bench: Make):
    b = bench(read=())
    b.wire.instead = failing(is_list)
    assert "The dialler failed internally." in await refused(b, REPORT, campaign_ids=[WINBACK])
    b.wire.instead = None
    fresh = await told(b, REPORT, campaign_ids=[WINBACK])
    b.wire.instead = failing(is_list)
    older = await told(b, REPORT, campaign_ids=[WINBACK, HALF_PRICE])
    assert any("could not be read: " in note for note in older["notes"])
    assert any("could not be read anew" in note for note in older["notes"])
    assert older["calls"] == fresh["calls"]


@pytest.mark.thorough
async def test_histories_that_fail_leave_a_report_that_says_what_is_missing(bench: Make):
    b = bench(read=())
    b.wire.instead = failing(is_batch, 500)
    text = await told(b, REPORT, campaign_ids=[WINBACK])
    assert any(re.search(r"history known of \d+ of 260 contacts", note) for note in text["notes"])
    assert not any("econciled" in note for note in text["notes"])
    b.wire.instead = None
    whole = await told(b, REPORT, campaign_ids=[WINBACK])
    assert any("Reconciled" in note for note in whole["notes"])


@pytest.mark.thorough
async def test_an_old_release_gives_the_same_figures(bench: Make, as_it_was: CampaignReport):
    old = await told(bench(Options(release="no-batch")), REPORT, campaign_ids=[WINBACK])
    assert old["calls"] == as_it_was.calls


@pytest.mark.thorough
async def test_a_release_without_history_says_so(bench: Make):
    b = bench(read=())
    b.wire.instead = failing(lambda request: is_batch(request) or request.url.path.endswith("/history"), 404)
    text = await told(b, REPORT, campaign_ids=[WINBACK])
    assert "this release shows no history" in text["notes"]
    assert text["contacts"]
    assert text["calls"] == ["not known"]
    assert "There are no calls in this period." not in text["notes"]


async def test_a_full_disk_is_named_and_nothing_is_lost(
    bench: Make, as_it_was: CampaignReport, monkeypatch: pytest.MonkeyPatch
):
    b = bench()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        answer = await told(b, REPORT, campaign_ids=[WINBACK, HALF_PRICE])
    assert answer["calls"] == as_it_was.calls
    assert any("No space left" in note for note in answer["notes"])


@pytest.mark.parametrize(
    "content",
    [b"not a database", *(pytest.param(content, marks=pytest.mark.thorough) for content in (b"", b"\0" * 20_000))],
)
async def test_a_damaged_file_is_read_anew(bench: Make, as_it_was: CampaignReport, content: bytes):
    b = bench()
    (file,) = (b.settings.directory / "snapshots").rglob(f"{WINBACK}.*.duckdb")
    file.unlink()  # else others that the same file was lent to have the damage, too
    file.write_bytes(content)
    assert (await told(b, REPORT, campaign_ids=[WINBACK]))["calls"] == as_it_was.calls


async def test_names_of_others_are_inert(bench: Make):
    b = bench()
    (campaign,) = [one for one in b.store.campaigns() if one.id == WINBACK]
    campaign.name = "<img src=x onerror=1> `rm`\u202e"
    b.store.save_campaign(campaign)
    text = text_of(await ask(b, REPORT, {"campaign_ids": [WINBACK]}))
    assert "<img" not in text
    assert "\u202e" not in text


async def test_what_was_read_can_be_forgotten(bench: Make):
    b = bench(read=[WINBACK, CAMPAIGN_1000])
    place = b.settings.directory / "snapshots"
    assert len(list(place.rglob("*.duckdb"))) == 2
    one = structure_of(await ask(b, "forget_snapshot", {"campaign_ids": [WINBACK]}, "legacy"))
    assert one["record"] == {"forgotten": "1 local copy", "campaigns": [WINBACK]}
    assert len(list(place.rglob("*.duckdb"))) == 1
    await ask(b, "forget_snapshot")
    assert list(place.rglob("*.duckdb")) == []
    assert structure_of(await ask(b, "forget_snapshot"))["record"]["campaigns"] == "none"
    assert b.wire.changes == []


async def test_wrong_parties_are_a_setting(bench: Make, as_it_was: CampaignReport):
    loose = await told(bench(wrong_party=""), REPORT, campaign_ids=[WINBACK])

    def right(calls: list[str]) -> int:
        match = re.search(r"right-party contacts (\d+)", "; ".join(calls))
        assert match
        return int(match[1])

    assert right(loose["calls"]) > right(as_it_was.calls)


async def test_who_was_deleted_does_not_live_on_in_a_copy(bench: Make):
    b = bench(read=[CAMPAIGN_1000, WINBACK])
    place = b.settings.snapshots_dir
    preview = await told(b, "delete_contact", contact_id=CONTACT10)
    assert len(list(place.rglob("*.duckdb"))) == 2
    await told(b, "delete_contact", contact_id=CONTACT10, confirm=preview["confirm"])
    assert [path.name.partition(".")[0] for path in place.rglob("*.duckdb")] == [str(WINBACK)]
    preview = await told(b, "delete_campaign", campaign_id=WINBACK)
    await told(b, "delete_campaign", campaign_id=WINBACK, confirm=preview["confirm"])
    assert list(place.rglob("*.duckdb")) == []


@pytest.mark.thorough
async def test_calls_that_a_reset_hides_are_found_by_a_full_report(bench: Make, as_it_was: CampaignReport):
    b = bench(read=())
    for contact in b.store.contacts(WINBACK):  # as if all had been reset before the first report
        b.store.save_contact(Contact(id=contact.id, dialler_campaigns_id=WINBACK, name=contact.name))
    assert (await told(b, REPORT, campaign_ids=[WINBACK]))["calls"] == []
    full = await told(b, REPORT, campaign_ids=[WINBACK], full=True)
    assert full["calls"] == as_it_was.calls
    assert any("Not reconciled" in note for note in full["notes"])
