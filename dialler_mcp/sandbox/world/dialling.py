"""A small simulation of how the dialler works through its campaigns: 30 days of calls up to now.

It keeps to what the documentation says about a contact's life: busy series, waiting times, the next number when one is
invalid, results recorded by agents, follow-ups, and the automatic end when the tries are used up.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum, auto
from heapq import heappop, heappush
from random import Random
from typing import NamedTuple

from dialler_mcp.domain.records import PHONE_SLOTS, Contact, HistoryEntry
from dialler_mcp.sandbox.world import results
from dialler_mcp.sandbox.world.phones import COUNTRY_CODES_ID, area_codes_id, service_number
from dialler_mcp.sandbox.world.plans import DIALLED_DAYS, Plan
from dialler_mcp.sandbox.world.results import CampaignCode

_FIRST_CALL_ID = 201_000
_MAX_CALL = timedelta(minutes=20)
"""No call begins later than this before now, so that every call of the history has ended."""


class Outcome(StrEnum):
    """The outcome of one attempt, as the network sees it."""

    BUSY = auto()
    NO_ANSWER = auto()
    MAILBOX = auto()
    INVALID = auto()
    REJECTED = auto()
    WHISPER_HANG_UP = auto()
    ANSWERED = auto()


class Manner(NamedTuple):
    """The values of an outcome in the call's row: CONNRES, Q.850 causes, seconds of ringing and of talking."""

    connres: int
    causes: tuple[int, ...]
    rings: tuple[int, int] | None
    talks: tuple[int, int] | None


MANNERS = {
    Outcome.BUSY: Manner(3, (17,), None, None),
    Outcome.NO_ANSWER: Manner(2, (19, 19, 19, 18), (25, 40), None),
    Outcome.MAILBOX: Manner(1, (16, 31), (15, 25), (6, 25)),
    Outcome.INVALID: Manner(5, (1,), None, None),
    Outcome.REJECTED: Manner(5, (21,), (3, 12), None),
    Outcome.WHISPER_HANG_UP: Manner(6, (16,), (4, 20), (1, 4)),
    Outcome.ANSWERED: Manner(1, (16, 31), (4, 22), (18, 480)),
}
_BOTHERS = {
    Outcome.BUSY: 12,
    Outcome.NO_ANSWER: 44,
    Outcome.MAILBOX: 27,
    Outcome.INVALID: 3,
    Outcome.REJECTED: 9,
    Outcome.WHISPER_HANG_UP: 5,
}
"""The outcomes of an unanswered attempt, by weight."""


class Agent(NamedTuple):
    """An agent. `success` scales how often a conversation ends in a Done."""

    users_id: int
    uid: str
    success: float


AGENTS = (
    Agent(3, "berger", 1.5),
    Agent(7, "aydin", 1.3),
    Agent(8, "kowalczyk", 1.1),
    Agent(12, "lehmann", 1.0),
    Agent(15, "nguyen", 0.9),
    Agent(21, "roth", 0.7),
    Agent(22, "schaefer", 0.45),
)


@dataclass
class Progress:
    """Where a contact stands while it is being dialled."""

    contact: Contact
    plan: Plan
    codes: dict[str, CampaignCode]
    until: datetime | None = None
    slot: int = 1
    busy_in_row: int = 0
    has_appointment: bool = False
    """An appointment is due: the contact waits for the call."""

    @property
    def tries(self) -> int:
        return sum(getattr(self.contact, f"n_tries_phone_number{slot}") for slot in PHONE_SLOTS)

    @property
    def number(self) -> str:
        return getattr(self.contact, f"phone_number{self.slot}")

    def move_on(self) -> bool:
        """Go on to the next valid number, in a circle. False when there is none."""
        order = [(self.slot + step - 1) % len(PHONE_SLOTS) + 1 for step in range(1, len(PHONE_SLOTS) + 1)]
        for slot in order:
            number = getattr(self.contact, f"phone_number{slot}")
            if number and not getattr(self.contact, f"b_phone_number{slot}_invalid"):
                self.slot = slot
                return True
        return False


def calling_hours(day: datetime) -> tuple[time, time] | None:
    """The working hours of a day: 9 to 20 h, every second Saturday 10 to 13 h, never on a Sunday."""
    if day.weekday() == 6:
        return None
    if day.weekday() == 5:
        return (time(10), time(13)) if day.isocalendar().week % 2 == 0 else None
    return time(9), time(20)


def next_calling_time(moment: datetime) -> datetime:
    """`moment`, or the next opening if that is outside working hours."""
    while (hours := calling_hours(moment)) is None or moment.time() >= hours[1]:
        moment = datetime.combine(moment.date() + timedelta(days=1), time.min)
    return max(moment, datetime.combine(moment.date(), hours[0]))


def last_calling_time(moment: datetime) -> datetime:
    """`moment`, or a quarter of an hour before the last closing if that is outside working hours."""
    while (hours := calling_hours(moment)) is None or moment.time() < hours[0]:
        moment = datetime.combine(moment.date() - timedelta(days=1), time.max)
    closing = datetime.combine(moment.date(), hours[1]) - timedelta(minutes=15)
    return min(moment, closing)


def answer_chance(moment: datetime) -> float:
    """The probability that someone is at home: evenings and Saturdays are best."""
    if moment.weekday() == 5:
        return 0.36
    return 0.32 if moment.hour >= 17 else 0.2 if moment.hour >= 11 else 0.16


@dataclass
class Floor:
    """The dialling floor: agents, a queue of due contacts, and the history so far."""

    rng: Random
    now: datetime
    clients_id: int = 1
    history: list[HistoryEntry] = field(default_factory=list[HistoryEntry])
    _due: list[tuple[datetime, int, Progress]] = field(default_factory=list[tuple[datetime, int, Progress]])
    _free_at: dict[Agent, datetime] = field(default_factory=dict[Agent, datetime])
    _turn: int = 0
    _last_call_id: int = _FIRST_CALL_ID

    def dial(self, plan: Plan, contacts: Sequence[Contact]) -> None:
        """Queue the contacts of a campaign: they come up one after the other, some not before tomorrow or later."""
        campaign = plan.campaign(self.now)
        begin = max(campaign.dt_from or self.now, self.now - timedelta(days=DIALLED_DAYS))
        codes = {code.export_key: code for code in plan.result_codes()}
        span = (min(campaign.dt_to or self.now, self.now) - begin) * 1.15  # some are never reached in time
        for contact in contacts:
            first = begin + span * self.rng.random()
            while next_calling_time(first) != first:
                first = begin + span * self.rng.random()
            self._queue(Progress(contact, plan, codes, campaign.dt_to), first)

    def run(self) -> None:
        """Make all calls that are due by now."""
        while self._due and self._due[0][0] <= self.now - _MAX_CALL:
            at, _, progress = heappop(self._due)
            if progress.until is not None and at >= progress.until:
                continue
            agent = self._free_agent(at)
            if agent is None:
                self._queue(progress, min(self._free_at.values()) + timedelta(seconds=self.rng.randrange(2, 200)))
            else:
                self.attempt(progress, at, agent, self._chance_outcome(progress, at))

    def attempt(
        self, progress: Progress, at: datetime, agent: Agent, outcome: Outcome, result: str | None = None
    ) -> None:
        """One call and its consequences. `result` is an ExportKey; without one the conversation decides."""
        contact = progress.contact
        self._begin_attempt(contact, progress.slot)
        call = self._call(progress, at, outcome)
        end = call.dt_call_end or at
        if outcome in (Outcome.ANSWERED, Outcome.MAILBOX):
            if outcome is Outcome.MAILBOX:
                result = results.NOT_REACHED
            code = progress.codes[result or self._result_of_talk(agent)]
            moment = end + timedelta(milliseconds=self.rng.randrange(3_000, 70_000))
            self._record(call, moment, agent, code)
            self._free_at[agent] = moment
            contact.b_last_result_mailbox = outcome is Outcome.MAILBOX
            self._follow(progress, moment, agent, code)
        else:
            self._record(call, end + timedelta(milliseconds=self.rng.randrange(20, 900)), None, None)
            self._retry(progress, end, outcome)

    def close(self, progress: Progress, at: datetime, export_key: str) -> None:
        """A final result that the dialler sets by itself, without a call."""
        code = progress.codes[export_key]
        self._record(self._row(progress.contact), at + timedelta(seconds=1), None, code)
        self._finish(progress.contact, code)

    def _queue(self, progress: Progress, due: datetime) -> None:
        jitter = timedelta(milliseconds=self.rng.randrange(1_000, 600_000))
        at = next_calling_time(due)
        if at != due:
            at += jitter  # not everybody at the stroke of nine
        self._turn += 1
        heappush(self._due, (at, self._turn, progress))

    def _later(self, progress: Progress, due: datetime) -> None:
        progress.contact.dt_next_try = due.replace(microsecond=0)
        self._queue(progress, due)

    def _free_agent(self, at: datetime) -> Agent | None:
        free = [agent for agent in AGENTS if self._free_at.get(agent, at) <= at]
        return self.rng.choice(free) if free else None

    def _chance_outcome(self, progress: Progress, at: datetime) -> Outcome:
        chance = 0.75 if progress.has_appointment else answer_chance(at)
        if self.rng.random() < chance:
            return Outcome.ANSWERED
        if progress.busy_in_row and self.rng.random() < 0.4:
            return Outcome.BUSY
        outcome = self.rng.choices(list(_BOTHERS), list(_BOTHERS.values()))[0]
        reached_before = getattr(progress.contact, f"n_tries_phone_number{progress.slot}") > 0
        return Outcome.NO_ANSWER if outcome is Outcome.INVALID and reached_before else outcome

    def _result_of_talk(self, agent: Agent) -> str:
        weights = {
            results.COMPLETED: 0.24 * agent.success,
            results.NO_INTEREST: 0.27,
            results.HANG_UP: 0.08,
            results.WRONG_NUMBER: 0.04,
            results.NOT_REACHED: 0.2,
            results.MEETING: 0.17,
        }
        return self.rng.choices(list(weights), list(weights.values()))[0]

    @staticmethod
    def _begin_attempt(contact: Contact, slot: int) -> None:
        for number in PHONE_SLOTS:
            if getattr(contact, f"b_phone_number{number}_invalid") is None:
                setattr(contact, f"b_phone_number{number}_invalid", False)
        tries = f"n_tries_phone_number{slot}"
        setattr(contact, tries, getattr(contact, tries) + 1)
        contact.b_last_result_mailbox = False
        contact.follow_up_date_time = contact.follow_up_users_uid = None

    def _follow(self, progress: Progress, at: datetime, agent: Agent, code: CampaignCode) -> None:
        """Apply a recorded result to the contact."""
        contact = progress.contact
        progress.busy_in_row, progress.has_appointment = 0, False
        if code.type_id in (results.DONE, results.ABORT):
            self._finish(contact, code)
            return
        contact.dialler_campaigns_result_codes_id = code.id
        if self._used_up(progress, at):
            return
        if code.type_id == results.APPOINTMENT:
            self._make_appointment(progress, at, agent)
        else:
            if contact.b_last_result_mailbox:
                progress.move_on()
            elif self.rng.random() < 0.2:
                contact.follow_up_users_uid = agent.uid
            self._later(progress, at + timedelta(minutes=code.time_offset or 120))

    def _make_appointment(self, progress: Progress, at: datetime, agent: Agent) -> None:
        contact = progress.contact
        moment = at + timedelta(days=self.rng.choice((0, 1, 1, 2, 2, 3, 4, 6, 8)), hours=self.rng.randrange(1, 6))
        due = next_calling_time(moment.replace(minute=self.rng.choice((0, 15, 30, 45)), second=0, microsecond=0))
        contact.follow_up_date_time = contact.dt_next_try = due
        progress.has_appointment = True
        if self.rng.random() < 0.6:
            contact.follow_up_users_uid = agent.uid
        if self.rng.random() > 0.04:  # the rest is forgotten, and stands there overdue
            self._queue(progress, due)

    def _retry(self, progress: Progress, end: datetime, outcome: Outcome) -> None:
        """The time of the next attempt after an unanswered one."""
        contact = progress.contact
        if outcome is Outcome.INVALID:
            setattr(contact, f"b_phone_number{progress.slot}_invalid", True)
            if not progress.move_on():
                self.close(progress, end, results.WRONG_NUMBER)
                return
            wait = timedelta(minutes=1)
        elif outcome is Outcome.BUSY and progress.busy_in_row < 3:
            progress.busy_in_row += 1
            wait = timedelta(minutes=5)
        else:
            progress.busy_in_row = 0
            progress.move_on()
            wait = timedelta(minutes=self.rng.randrange(180, 2_000))
        if not self._used_up(progress, end):
            if self.rng.random() < 0.006:
                self._incoming(progress, end + timedelta(minutes=self.rng.randrange(1, 5)))
            else:
                self._later(progress, end + wait)

    def _used_up(self, progress: Progress, at: datetime) -> bool:
        if progress.tries < progress.plan.max_tries:
            return False
        self.close(progress, at, results.MAX_TRIES)
        return True

    def _incoming(self, progress: Progress, at: datetime) -> None:
        """The person calls back unasked, which closes the contact (`IncomingCallResultCodesID`)."""
        row = self._call(progress, at, Outcome.ANSWERED, outbound=False)
        code = progress.codes[results.COMPLETED]
        self._record(row, (row.dt_call_end or at) + timedelta(seconds=1), None, code)
        self._finish(progress.contact, code)

    @staticmethod
    def _finish(contact: Contact, code: CampaignCode) -> None:
        contact.dialler_campaigns_result_codes_id = code.id
        contact.dt_next_try = contact.follow_up_date_time = contact.follow_up_users_uid = None

    def _row(self, contact: Contact) -> HistoryEntry:
        return HistoryEntry(
            dialler_contacts_id=contact.id,
            dialler_campaigns_id=contact.dialler_campaigns_id,
            user_data=contact.user_data,
            clients_id=self.clients_id,
        )

    def _call(self, progress: Progress, at: datetime, outcome: Outcome, *, outbound: bool = True) -> HistoryEntry:
        manner = MANNERS[outcome]
        row = self._row(progress.contact)
        self._last_call_id += self.rng.randrange(1, 4)
        line = service_number(progress.plan.service_line)
        row.phone_number, row.phone_number_offset = progress.number, progress.slot
        row.statistics_part_a_id = self._last_call_id
        row.b_outbound, row.b_test_call = outbound, progress.plan.tests
        row.connres, row.cause_codes_id = manner.connres, self.rng.choice(manner.causes)
        # The documented example of an outbound call has the contact as A and the service number as B.
        row.a_number, row.b_number = progress.number, line
        row.a_number_country_codes_id = row.b_number_country_codes_id = COUNTRY_CODES_ID
        row.a_number_area_codes_id, row.b_number_area_codes_id = area_codes_id(progress.number), area_codes_id(line)
        row.service_numbers_id = 90 + progress.plan.service_line
        row.b_caller_hangup = outcome is Outcome.WHISPER_HANG_UP or self.rng.random() < 0.5
        self._clock(row, at, manner)
        if outbound:
            setattr(progress.contact, f"n_phone_number{progress.slot}_last_cause", row.cause_codes_id)
        return row

    def _clock(self, row: HistoryEntry, at: datetime, manner: Manner) -> None:
        moment = at.replace(microsecond=self.rng.randrange(1000) * 1000)
        row.dt_call_start = moment
        moment += self._while(1, 3)
        if manner.rings and row.cause_codes_id != 18:  # 18: not even alerted
            row.dt_call_alert = moment
        if manner.rings:
            moment += self._while(*manner.rings)
        if manner.talks:
            row.dt_call_connect = moment
            moment += self._while(*manner.talks)
        row.dt_call_end = moment

    def _while(self, least: int, most: int) -> timedelta:
        return timedelta(milliseconds=self.rng.randrange(least * 1000, most * 1000))

    def _record(self, row: HistoryEntry, at: datetime, agent: Agent | None, code: CampaignCode | None) -> None:
        row.dt_created_dialler_contacts_history = at
        row.users_id = agent.users_id if agent else None
        if code is not None:
            row.dialler_campaigns_result_codes_id = code.id
            row.dialler_result_codes_types_id = code.type_id
        self.history.append(row)
