"""Every figure of a report once more, from the records as the dialler sends them, in plain Python: slow and obvious."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from math import floor
from typing import Any

from dialler_mcp.domain.contact_state import State, attempts, phone_slots, result_code_id, result_type, state_of
from dialler_mcp.domain.records import Campaign, ContactDetails, HistoryEntry, ResultCode
from dialler_mcp.domain.standing import Standing, standing
from dialler_mcp.domain.times import local
from dialler_mcp.reporting.figures.scope import Scope
from tests.conftest import BERLIN

Counts = tuple[int, int]
Known = tuple[float | None, int, int]
"""Value, n and N of a figure."""


@dataclass
class Raw:
    """All that a dialler has."""

    campaigns: list[Campaign]
    codes: dict[int, ResultCode]
    contacts: list[ContactDetails]
    wrong_party: frozenset[str] = frozenset()


@dataclass
class Call:
    """A history entry with what follows from it."""

    raw: Raw
    contact: ContactDetails
    entry: HistoryEntry
    number: int | None = None

    @property
    def began(self) -> datetime | None:
        at = self.entry.dt_call_start or self.entry.dt_created_dialler_contacts_history
        return local(at, BERLIN).replace(tzinfo=None) if at else None

    @property
    def test(self) -> bool:
        return self.entry.b_test_call is True

    @property
    def went_out(self) -> bool:
        return self.entry.b_outbound is not False and bool(self.entry.connres is not None or self.entry.dt_call_start)

    @property
    def attempt(self) -> bool:
        return self.went_out and not self.test

    @property
    def connect(self) -> bool:
        return self.attempt and self.entry.connres == 1

    @property
    def code_id(self) -> int | None:
        return self.entry.dialler_campaigns_result_codes_id or None

    @property
    def type(self) -> str | None:
        code = self.raw.codes.get(self.code_id or 0)
        kind = result_type(code) if code else None
        types = {1: "Done", 2: "Abort", 3: "Delay", 4: "Appointment"}
        return kind.en if kind else types.get(self.entry.dialler_result_codes_types_id or 0)

    @property
    def success(self) -> bool:
        return self.type == "Done"

    @property
    def right_party(self) -> bool:
        code = self.raw.codes.get(self.code_id or 0)
        kind = result_type(code) if code else None
        if code is None or kind is None or kind.en == "Delay":
            return False
        if code.id in {campaign.abort_on_no_tel_number_result_codes_id for campaign in self.raw.campaigns}:
            return False
        names = {(name or "").casefold().strip() for name in (code.content, code.short_text, code.export_key)}
        return self.connect and not names & self.raw.wrong_party

    @property
    def talk(self) -> int | None:
        return _seconds(self.entry.dt_call_connect, self.entry.dt_call_end) if self.entry.connres == 1 else None

    @property
    def wrap_up(self) -> int | None:
        if self.entry.connres != 1 or self.code_id is None:
            return None
        return _seconds(self.entry.dt_call_end, self.entry.dt_created_dialler_contacts_history)


def _seconds(begin: datetime | None, end: datetime | None) -> int | None:
    """Whole seconds by the clock on the wall, the half upwards; none where the end lies before the beginning."""
    if begin is None or end is None:
        return None
    first, last = (local(at, BERLIN).replace(tzinfo=None) for at in (begin, end))
    if last < first:
        return None
    milliseconds = (last - last.min) // _MILLISECOND - (first - first.min) // _MILLISECOND
    return floor(Fraction(milliseconds, 1000) + Fraction(1, 2))


_MILLISECOND = datetime.resolution * 1000


def calls_of(raw: Raw, scope: Scope) -> list[Call]:
    """The entries that count, each attempt with its number in the life of its contact."""
    history = list[Call]()
    for contact in raw.contacts:
        calls = [Call(raw, contact, entry) for entry in contact.dialler_contacts_history]
        in_order = sorted(
            (call for call in calls if call.attempt),
            key=lambda call: (call.began is None, call.began or datetime.min, call.entry.dialler_contacts_history_id),
        )
        for number, call in enumerate(in_order, 1):
            call.number = number
        history += [call for call in calls if not call.test and _counts(call, scope)]
    return history


def _counts(call: Call, scope: Scope) -> bool:
    began = call.began
    if scope.since and (began is None or began < scope.since):
        return False
    if scope.until and (began is None or began > scope.until):
        return False
    chosen: tuple[tuple[Sequence[Any], Any], ...] = (
        (scope.days, began and began.date()),
        (scope.hours, began and began.hour),
        (scope.weekdays, began and began.isoweekday()),
        (scope.results, call.code_id),
        (scope.agents, call.entry.users_id),
        (scope.campaigns, call.contact.dialler_campaigns_id),
    )
    return all(not wanted or value in wanted for wanted, value in chosen)


def _people(calls: Iterable[Call]) -> int:
    return len({call.contact.id for call in calls})


def quantile(values: Iterable[int], share: float) -> float | None:
    """Linear between the two nearest."""
    in_order = sorted(values)
    if not in_order:
        return None
    at = share * (len(in_order) - 1)
    below = floor(at)
    above = min(below + 1, len(in_order) - 1)
    return in_order[below] + (in_order[above] - in_order[below]) * (at - below)


def figures_of_calls(calls: list[Call]) -> dict[str, Known]:
    """The measures over calls."""
    tries = [call for call in calls if call.attempt]
    return _figures_of_people(calls, tries) | _figures_of_attempts(calls, tries) | _figures_of_times(tries)


def _share(n: int, of: int) -> Known:
    return (n / of if of else None), n, of


def _figures_of_people(calls: list[Call], tries: list[Call]) -> dict[str, Known]:
    everybody, people = _people(calls), _people(tries)
    connected = _people(call for call in tries if call.connect)
    right = _people(call for call in tries if call.right_party)
    winners = _people(call for call in calls if call.success)
    winners_by_call = _people(call for call in tries if call.success)
    return {
        "contacts_called": (people, people, everybody),
        "contacts_connected": (connected, connected, people),
        "contacts_spoken_to": (right, right, people),
        "won": (winners, winners, everybody),
        "won_by_calls": (winners_by_call, winners_by_call, people),
        "conversion_per_contact": _share(winners_by_call, people),
        "attempts_per_contact": (len(tries) / people if people else None, len(tries), people),
    }


def _figures_of_attempts(calls: list[Call], tries: list[Call]) -> dict[str, Known]:
    connects = sum(call.connect for call in tries)
    right = sum(call.right_party for call in tries)
    deals = [call for call in tries if call.success]
    numbers = [call.number for call in deals if call.number is not None]
    invalid = [call for call in tries if call.entry.cause_codes_id in (1, 22, 28)]
    no_answer, busy, abandoned = (sum(call.entry.connres == connres for call in tries) for connres in (2, 3, 6))
    return {
        "attempts": (len(tries), len(tries), len(calls)),
        "connects": (connects, connects, len(tries)),
        "contact_rate": _share(connects, len(tries)),
        "right_party_contacts": (right, right, connects),
        "winning_attempts": (len(deals), len(deals), len(tries)),
        "conversion_per_attempt": _share(len(deals), len(tries)),
        "attempts_to_success": (sum(numbers) / len(numbers) if numbers else None, len(numbers), len(deals)),
        "no_answer_share": _share(no_answer, len(tries)),
        "busy_share": _share(busy, len(tries)),
        "abandoned_share": _share(abandoned, abandoned + connects),
        "invalid_number_share": _share(len(invalid), len(tries)),
    }


def _figures_of_times(tries: list[Call]) -> dict[str, Known]:
    connects = sum(call.connect for call in tries)

    def times(of: Callable[[Call], int | None], quota: float) -> Known:
        durations = [seconds for call in tries if (seconds := of(call)) is not None]
        return quantile(durations, quota), len(durations), connects

    return {
        "talk_median": times(lambda call: call.talk, 0.5),
        "talk_p90": times(lambda call: call.talk, 0.9),
        "wrap_up_median": times(lambda call: call.wrap_up, 0.5),
        "wrap_up_p90": times(lambda call: call.wrap_up, 0.9),
    }


def breakdown(calls: list[Call], key: Callable[[Call], Any]) -> dict[Any, tuple[int, int, int, int]]:
    """Attempts, connects, right-party contacts and attempts that won, by key."""
    counts = dict[Any, tuple[int, int, int, int]]()
    for call in calls:
        if call.attempt:
            before = counts.get(key(call), (0, 0, 0, 0))
            more = (1, call.connect, call.right_party, call.success)
            counts[key(call)] = tuple(a + b for a, b in zip(before, more, strict=True))  # pyright: ignore[reportArgumentType]
    return counts


KEYS: dict[str, Callable[[Call], Any]] = {
    "hour": lambda call: call.began and call.began.hour,
    "weekday": lambda call: call.began and call.began.isoweekday(),
    "week": lambda call: call.began and call.began.isoweekday() * 100 + call.began.hour,
    "day": lambda call: call.began and call.began.date(),
    "agent": lambda call: call.entry.users_id,
    "number": lambda call: call.entry.phone_number_offset,
    "attempt": lambda call: call.number,
    "campaign": lambda call: call.contact.dialler_campaigns_id,
    "outcome": lambda call: call.entry.connres,
    "cause": lambda call: call.entry.cause_codes_id,
}


def results(calls: list[Call]) -> Counter[str]:
    """How often each result was recorded, by export key, else by its ID."""
    counts = Counter[str]()
    for call in calls:
        if call.code_id:
            code = call.raw.codes.get(call.code_id)
            counts[(code.export_key if code else None) or str(call.code_id)] += 1
    return counts


def standings(raw: Raw, now: datetime) -> Counter[Standing]:
    campaigns = {campaign.id: campaign for campaign in raw.campaigns}
    return Counter(
        standing(contact, _state(raw, contact), campaigns.get(contact.dialler_campaigns_id or 0), now, BERLIN)
        for contact in raw.contacts
    )


def _state(raw: Raw, contact: ContactDetails) -> State:
    return state_of(contact, raw.codes.get(result_code_id(contact) or 0))


def figures_of_contacts(raw: Raw, now: datetime) -> dict[str, Known]:
    """The measures over contacts."""
    everybody = len(raw.contacts)
    ever = [contact for contact in raw.contacts if _ever_tried(raw, contact)]
    marks = [contact.b_last_result_mailbox for contact in ever if contact.b_last_result_mailbox is not None]
    free = standings(raw, now)[Standing.free]
    marked = sum(any(slot.invalid for slot in phone_slots(contact)) for contact in raw.contacts)
    agreed, redials = Counter[str](), Counter[str]()
    for contact in raw.contacts:
        state = _state(raw, contact)
        if not state.final and (contact.follow_up_date_time or state is State.appointment):
            agreed[_when(contact.follow_up_date_time or contact.dt_next_try, now)] += 1
        elif state is State.follow_up:
            redials[_when(contact.dt_next_try, now)] += 1

    def share(n: int, of: int) -> Known:
        return (n / of if of else None), n, of

    def count(n: int, of: int) -> Known:
        return n, n, of

    return {
        "contacts": count(everybody, everybody),
        "penetration": share(len(ever), everybody),
        "left_to_dial": count(free, everybody),
        "mailbox_share": share(sum(marks), len(marks)),
        "marked_invalid_share": share(marked, everybody),
        "callbacks": count(agreed.total(), everybody),
        **{f"callbacks_{when}": count(agreed[when], agreed.total()) for when in _WHEN},
        "redials": count(redials.total(), everybody),
        "redials_due": count(redials["overdue"], redials.total()),
    }


_WHEN = ("overdue", "today", "coming", "untimed")


def _ever_tried(raw: Raw, contact: ContactDetails) -> bool:
    calls = [Call(raw, contact, entry) for entry in contact.dialler_contacts_history]
    tests = sum(call.went_out and call.test for call in calls)
    return any(call.attempt for call in calls) or attempts(contact) > tests


def _when(due: datetime | None, now: datetime) -> str:
    if due is None:
        return "untimed"
    at, moment = local(due, BERLIN).replace(tzinfo=None), now.replace(tzinfo=None)
    return "overdue" if at <= moment else "today" if at.date() == moment.date() else "coming"
