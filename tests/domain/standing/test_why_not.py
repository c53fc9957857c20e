"""Why a contact is not dialled: every reason that holds."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Campaign, Contact, ResultCode
from dialler_mcp.domain.standing.why_not import why_not_dialled

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 20, 14, 0, tzinfo=BERLIN)
BARE = NOW.replace(tzinfo=None)
SECOND = timedelta(seconds=1)
NUMBER = "493023125012"
CAMPAIGN = Campaign(id=1, name="Winback")


def contact(**values: Any) -> Contact:
    """A contact that nothing keeps from being dialled, but for `values`."""
    fields: dict[str, Any] = {"phone_number1": NUMBER, "b_locked": False, "dialler_campaigns_result_codes_id": None}
    return Contact(id=1, **(fields | values))


def reasons(
    of: Contact,
    code: ResultCode | None = None,
    campaign: Campaign | None = CAMPAIGN,
    language: Language = Language.en,
    now: datetime = NOW,
) -> list[str]:
    return why_not_dialled(of, code, campaign, now=now, zone=BERLIN, language=language).reasons


def not_shown(of: Contact, campaign: Campaign | None = CAMPAIGN, language: Language = Language.en) -> list[str]:
    return why_not_dialled(of, None, campaign, now=NOW, zone=BERLIN, language=language).not_shown


DONE = ResultCode(id=7, content="Verkauft", b_done=True)
REASONS: list[tuple[Contact, ResultCode | None, Campaign, str, str]] = [
    (contact(b_locked=True), None, CAMPAIGN, "it is locked", "der Kontakt ist gesperrt"),
    (contact(), DONE, CAMPAIGN, "its result is final: Verkauft", "das Ergebnis ist endgültig: Verkauft"),
    (
        contact(),
        ResultCode(id=7, b_aborted=True),
        CAMPAIGN,
        "its result is final: aborted",
        "das Ergebnis ist endgültig: abgebrochen",
    ),
    (
        contact(dt_next_try=BARE + SECOND * 60),
        None,
        CAMPAIGN,
        "its next attempt is not due before 2026-11-20 14:01+01:00",
        "der nächste Versuch folgt erst 2026-11-20 14:01+01:00",
    ),
    (contact(phone_number1=""), None, CAMPAIGN, "it has no phone number", "keine Rufnummer ist gespeichert"),
    (
        contact(b_phone_number1_invalid=True),
        None,
        CAMPAIGN,
        "all its numbers are marked invalid",
        "alle Rufnummern sind als ungültig markiert",
    ),
    (
        contact(),
        None,
        Campaign(dt_from=datetime(2026, 12, 1)),
        "its campaign begins 2026-12-01 00:00+01:00",
        "die Kampagne beginnt 2026-12-01 00:00+01:00",
    ),
    (
        contact(),
        None,
        Campaign(dt_to=datetime(2026, 7, 1)),
        "its campaign ended 2026-07-01 00:00+02:00",
        "die Kampagne endete 2026-07-01 00:00+02:00",
    ),
]


@pytest.mark.parametrize(("of", "code", "campaign", "english", "german"), REASONS)
def test_every_reason_is_said_in_both_languages(
    of: Contact, code: ResultCode | None, campaign: Campaign, english: str, german: str
) -> None:
    assert reasons(of, code, campaign) == [english]
    assert reasons(of, code, campaign, Language.de) == [german]


def test_a_contact_that_nothing_keeps_has_no_reason() -> None:
    assert reasons(contact()) == []


def test_all_reasons_are_named_together() -> None:
    stuck = contact(b_locked=True, phone_number1=None)
    assert len(reasons(stuck, DONE, Campaign(dt_to=BARE - SECOND))) == 4


@pytest.mark.parametrize("field", ["dt_next_try", "follow_up_date_time"])
@pytest.mark.parametrize(("after", "waits"), [(-SECOND, False), (0 * SECOND, False), (SECOND, True)])
def test_an_attempt_is_due_from_its_second_on(field: str, after: timedelta, waits: bool) -> None:
    assert bool(reasons(contact(**{field: BARE + after}))) is waits


def test_the_later_of_next_attempt_and_appointment_counts() -> None:
    early, late = BARE - SECOND, datetime(2026, 12, 24, 9)
    for times in ((early, late), (late, early)):
        (reason,) = reasons(contact(dt_next_try=times[0], follow_up_date_time=times[1]))
        assert "2026-12-24 09:00+01:00" in reason


def test_a_final_result_hides_when_the_next_attempt_was_due() -> None:
    assert reasons(contact(dt_next_try=BARE + SECOND), DONE) == ["its result is final: Verkauft"]


@pytest.mark.parametrize(
    ("edge", "after", "forbids"),
    [("dt_from", SECOND, True), ("dt_from", 0 * SECOND, False), ("dt_to", 0 * SECOND, False), ("dt_to", -SECOND, True)],
)
def test_a_campaign_runs_from_its_first_to_its_last_second(edge: str, after: timedelta, forbids: bool) -> None:
    edges: dict[str, Any] = {edge: BARE + after}
    assert bool(reasons(contact(), campaign=Campaign(**edges))) is forbids


@pytest.mark.parametrize("offset", [UTC, timezone(timedelta(hours=5)), BERLIN])
def test_a_time_with_an_offset_is_the_same_instant(offset: Any) -> None:
    assert reasons(contact(dt_next_try=NOW.astimezone(offset))) == []
    assert reasons(contact(dt_next_try=(NOW + SECOND).astimezone(offset))) != []


def test_in_the_hour_that_comes_twice_instants_are_compared_and_not_clocks() -> None:
    due = datetime(2026, 10, 25, 2, 45, tzinfo=timezone(timedelta(hours=2)))
    for minutes, waits in ((-1, True), (1, False), (45, False)):
        now = (due + timedelta(minutes=minutes)).astimezone(BERLIN)
        assert bool(reasons(contact(dt_next_try=due), now=now)) is waits


@pytest.mark.parametrize("edge", [datetime.max, datetime.max.replace(tzinfo=UTC)])
def test_a_campaign_may_run_for_ever(edge: datetime) -> None:
    assert reasons(contact(), campaign=Campaign(dt_to=edge)) == []
    assert reasons(contact(), campaign=Campaign(dt_from=datetime.min)) == []


def test_one_valid_number_is_enough() -> None:
    assert reasons(contact(b_phone_number1_invalid=True, phone_number4="491713920099")) == []


def test_what_a_result_is_called_is_cleaned() -> None:
    assert reasons(contact(), ResultCode(id=7, content="Ver\u202ekauft\n", b_done=True)) == [
        "its result is final: Verkauft"
    ]
    assert reasons(contact(), ResultCode(id=7, content="{time}", b_done=True)) == ["its result is final: {time}"]


def test_what_the_api_hides_is_said() -> None:
    (never,) = not_shown(contact())
    assert never == "calling hours, the most attempts, agents logged in"
    silent = contact(b_locked=msgspec.UNSET, dialler_campaigns_result_codes_id=msgspec.UNSET, n_tries_phone_number1=1)
    assert not_shown(silent, None) == ["whether it is locked", "its current result", "its campaign", never]
    assert not_shown(silent, None, Language.de)[:3] == [
        "ob der Kontakt gesperrt ist",
        "das aktuelle Ergebnis",
        "die Kampagne",
    ]


@pytest.mark.parametrize("locked", [None, False])
def test_a_lock_that_is_null_is_no_lock(locked: bool | None) -> None:
    assert reasons(contact(b_locked=locked)) == []
    assert len(not_shown(contact(b_locked=locked))) == 1
