"""Every figure of a report, held against the same from the raw records: on the sandbox, and on random data."""

import asyncio
import tempfile
from datetime import date, datetime
from pathlib import Path

import httpx2
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from dialler_mcp.api import Address, Dialler
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import ContactDetails
from dialler_mcp.reporting.figures.measures import MEASURES
from dialler_mcp.reporting.figures.report import BREAKDOWNS, Report, figures_of, report_of
from dialler_mcp.reporting.figures.scope import Scope
from dialler_mcp.reporting.snapshot.snapshots import Snapshots
from tests.conftest import BERLIN, NOON, URL, no_pause
from tests.examples import examples
from tests.reporting import plain
from tests.reporting.house import CAMPAIGN, OTHER, House
from tests.reporting.random_dialler import NUMBERS, RandomDialler, diallers

NOW = NOON.replace(tzinfo=BERLIN)
WRONG_PARTY = ("FN", "Hung up")
SCOPES = {
    "everything": Scope(),
    "a week": Scope(datetime(2026, 11, 9), datetime(2026, 11, 15, 23, 59, 59)),
    "mornings": Scope(hours=(9, 10), weekdays=(1, 2)),
    "two days of an agent": Scope(days=(date(2026, 11, 10), date(2026, 11, 11)), agents=(7,)),
    "one campaign": Scope(campaigns=(538,)),
}


async def raw_of(dialler: Dialler) -> plain.Raw:
    """All that a dialler has, over the wire."""
    campaigns = await dialler.list_campaigns()
    codes = {
        code.id: code for campaign in campaigns for code in await dialler.get_result_codes(campaign.id, Language.en)
    }
    contacts = list[ContactDetails]()
    numbers = [contact.id async for contact in dialler.list_contacts()]
    for start in range(0, len(numbers), 200):
        contacts += await dialler.get_contacts(numbers[start : start + 200])
    return plain.Raw(campaigns, codes, contacts, frozenset(name.casefold() for name in WRONG_PARTY))


def held(report: Report, raw: plain.Raw, scope: Scope) -> None:
    """The report says what the records say."""
    calls = plain.calls_of(raw, scope)
    among = [one for one in raw.contacts if not scope.campaigns or one.dialler_campaigns_id in scope.campaigns]
    raw_of_list = plain.Raw(raw.campaigns, raw.codes, among, raw.wrong_party)
    expected = plain.figures_of_calls(calls) | plain.figures_of_contacts(raw_of_list, NOW)
    assert set(expected) == set(MEASURES)
    for name, (value, n, of) in expected.items():
        figure = report.figures[name]
        assert (figure.n, figure.of) == (n, of), name
        assert figure.value == (None if value is None else pytest.approx(value)), name
    mailbox, tried = report.figures["mailbox_share"], report.figures["penetration"].n
    assert mailbox.known is (mailbox.of > 0 or tried == 0)
    assert set(plain.KEYS) == set(BREAKDOWNS)
    for name, key in plain.KEYS.items():
        assert {row.key: tuple(row[1:5]) for row in report.breakdowns[name]} == plain.breakdown(calls, key), name
    for row in report.breakdowns["agent"]:
        talks = [c.talk for c in calls if c.attempt and c.entry.users_id == row.key and c.talk is not None]
        assert row.talk_total == (sum(talks) if talks else None)
        appointments = [c for c in calls if c.attempt and c.entry.users_id == row.key and c.type == "Appointment"]
        assert row.appointments == len(appointments)
        assert row.talk_p90 == (None if not talks else pytest.approx(plain.quantile(talks, 0.9)))
    assert {one.export_key: one.times for one in report.results} == plain.results(calls)
    assert report.standings == {one: count for one, count in plain.standings(raw_of_list, NOW).items() if count}
    assert sum(report.standings.values()) == len(among)
    assert report.first == min((call.began for call in calls if call.began), default=None)


@pytest.mark.parametrize(
    "campaign_ids",
    [(560,), pytest.param((538, 539, 542, 547, 551, 556, 560), marks=pytest.mark.thorough)],
    ids=["one", "all"],
)
async def test_the_report_says_what_the_sandbox_holds(read_house: House, campaign_ids: tuple[int, ...]):
    house = read_house
    for campaign in house.store.campaigns():
        if campaign.id not in campaign_ids:
            house.store.delete_campaign(campaign.id)
    raw = await raw_of(house.dialler)
    assert tuple(sorted(campaign.id for campaign in raw.campaigns)) == campaign_ids
    await house.snapshots.refresh([number for number in campaign_ids if number not in (CAMPAIGN, OTHER)])
    with house.snapshots.open(campaign_ids) as snapshot:
        for scope in SCOPES.values():
            held(report_of(snapshot, scope, NOW, WRONG_PARTY), raw, scope)


async def test_the_figures_alone_are_those_of_the_report(read_house: House):
    with read_house.snapshots.open([CAMPAIGN, OTHER]) as snapshot:
        scope = SCOPES["a week"]
        assert figures_of(snapshot, scope, NOW, WRONG_PARTY) == report_of(snapshot, scope, NOW, WRONG_PARTY).figures


@pytest.mark.thorough
async def test_where_agents_are_not_told_apart_there_is_no_breakdown_by_them(read_house: House):
    with read_house.made(agents=False).open([CAMPAIGN]) as snapshot:
        without_agents = report_of(snapshot, Scope(), NOW, WRONG_PARTY)
    with read_house.snapshots.open([CAMPAIGN]) as snapshot:
        with_agents = report_of(snapshot, Scope(), NOW, WRONG_PARTY)
    assert without_agents.breakdowns["agent"] == []
    assert len(with_agents.breakdowns["agent"]) > 1
    assert without_agents.figures == with_agents.figures
    assert {**without_agents.breakdowns, "agent": with_agents.breakdowns["agent"]} == with_agents.breakdowns


@pytest.mark.thorough
async def test_campaigns_compared_are_the_same_as_each_alone(read_house: House):
    with read_house.snapshots.open([538, 551]) as snapshot:
        together = report_of(snapshot, Scope(), NOW, WRONG_PARTY)
    for number in (538, 551):
        with read_house.snapshots.open([number]) as snapshot:
            alone = report_of(snapshot, Scope(), NOW, WRONG_PARTY)
        assert alone.figures_by_campaign == {}
        assert together.figures_by_campaign[number] == alone.figures


@given(dialler=diallers(), scope=st.sampled_from((Scope(), Scope(datetime(2026, 11, 10), datetime(2026, 11, 20)))))
@examples(1, HealthCheck.data_too_large, many=75)
def test_the_report_says_what_any_dialler_holds(dialler: RandomDialler, scope: Scope):
    asyncio.run(_held_over(dialler, scope))


async def _held_over(dialler: RandomDialler, scope: Scope) -> None:
    transport = httpx2.MockTransport(dialler.answer)
    with tempfile.TemporaryDirectory() as place:
        async with Dialler(Address(URL, "token"), transport=transport, pause=no_pause) as client:
            snapshots = Snapshots(client, Path(place), zone=BERLIN)
            await snapshots.refresh(NUMBERS, full=True)  # else who shows no sign of a call is not asked for
            with snapshots.open(NUMBERS) as snapshot:
                report = report_of(snapshot, scope, NOW, WRONG_PARTY)
            await snapshots.aclose()
            held(report, await raw_of(client), scope)
