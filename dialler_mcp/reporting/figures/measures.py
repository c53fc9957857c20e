"""The measures: what each figure is, how it is computed, in which unit, and what the field means by it.

This is the one place. A measure is a function; its docstring is the definition (docs/measures.md is made from it), what
it returns is SQL over one of the views of a snapshot. Every figure is `n` of `of`: a share is their quotient, a count
says of how many it is, a median says for how many it is known. docs/measures.md names the sources of the terms.
"""

# ruff: noqa: S608 - the SQL is put together from our own names

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from inspect import cleandoc
from typing import NamedTuple

from dialler_mcp.domain.codes import INVALID_NUMBER_CAUSES, Words
from dialler_mcp.domain.records import PHONE_SLOTS
from dialler_mcp.domain.standing.callbacks import Due
from dialler_mcp.domain.standing.rules import Standing


class Unit(Enum):
    """The unit of a figure. A share is 0 to 1."""

    count = auto()
    share = auto()
    average = auto()
    seconds = auto()


class View(Enum):
    """The view that a measure is computed from: `calls` of the period, or `contacts` as they are now."""

    calls = auto()
    contacts = auto()


class Sql(NamedTuple):
    """A measure in SQL: two aggregates that count, and the value where that is not `n` or `n / of`.

    `people`: over the contacts with calls in the period (see `PEOPLE`) instead of over the calls.
    """

    n: str
    of: str
    value: str | None = None
    people: bool = False


@dataclass(frozen=True)
class Measure:
    """One figure by name, and how it is worked out."""

    name: str
    words: Words
    unit: Unit
    view: View
    formula: str
    definition: str
    sql: Sql


@dataclass(frozen=True)
class Figure:
    """A measure with its value: `n` of `of`. None where there is nothing to compute it from."""

    measure: Measure
    value: float | None
    n: int
    of: int


class Measures(Mapping[str, Measure]):
    """The measures by name, in the order of their declaration."""

    def __init__(self) -> None:
        self._measures: dict[str, Measure] = {}

    def __getitem__(self, name: str) -> Measure:
        return self._measures[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._measures)

    def __len__(self) -> int:
        return len(self._measures)

    def of(self, view: View) -> list[Measure]:
        return [measure for measure in self.values() if measure.view is view]

    def declare(
        self, view: View, unit: Unit, en: str, de: str, formula: str
    ) -> Callable[[Callable[[], Sql]], Callable[[], Sql]]:
        """A measure whose name is that of the function and whose definition is its docstring."""

        def remember(function: Callable[[], Sql]) -> Callable[[], Sql]:
            name, definition = function.__name__, cleandoc(function.__doc__ or "")
            self._measures[name] = Measure(name, Words(en, de), unit, view, formula, definition, function())
            return function

        return remember


MEASURES = Measures()
measure = MEASURES.declare

# The conditions that measures share. Test calls are left out by the scope.
CONNECT = "attempt AND connected"
RESULT = "result_code_id IS NOT NULL"
SUCCESS = "result_type = 'Done'"
RIGHT_PARTY = f"{CONNECT} AND result_code_id IN (SELECT result_code_id FROM right_party)"
"""`right_party` holds the result codes of talks with the right person; see `report.py`."""


def counted(condition: str) -> str:
    return f"count(*) FILTER (WHERE {condition})"


ATTEMPTS, CONNECTS = counted("attempt"), counted(CONNECT)
PEOPLE = {
    "attempts": ATTEMPTS,
    "connects": CONNECTS,
    "talks": counted(RIGHT_PARTY),
    "wins": counted(SUCCESS),
    "won_attempts": counted(f"attempt AND {SUCCESS}"),
}
"""The counts of each contact with calls in the period, from which the measures with `people` are computed."""
CALLED = counted("attempts > 0")


# --- calls in the period ---


@measure(View.calls, Unit.count, "attempts", "Versuche", "outbound calls that are no tests")
def attempts() -> Sql:
    """Calls that the dialler started to reach somebody, answered or not. Of: all entries of the history."""
    return Sql(ATTEMPTS, "count(*)")


@measure(View.calls, Unit.count, "connects", "Verbindungen", "attempts with CONNRES 1")
def connects() -> Sql:
    """Attempts that were answered and reached an agent. A mailbox that answers counts. Of: attempts."""
    return Sql(CONNECTS, ATTEMPTS)


@measure(View.calls, Unit.share, "contact rate", "Kontaktquote", "connects / attempts")
def contact_rate() -> Sql:
    """Share of attempts that were answered; the field also says connect rate."""
    return Sql(CONNECTS, ATTEMPTS)


@measure(
    View.calls,
    Unit.count,
    "right-party contacts",
    "richtige Person erreicht",
    "connects with a result of type Done, Appointment or Abort that no wrong party stands behind",
)
def right_party_contacts() -> Sql:
    """Connects in which the person who was meant was spoken to (RPC). The dialler does not record it, so it is taken
    from the result: Delay counts as not reached, and so do the results of DIALLER_WRONG_PARTY and those that the
    dialler sets by itself. Of: connects.
    """
    return Sql(counted(RIGHT_PARTY), CONNECTS)


@measure(View.calls, Unit.count, "contacts called", "angerufene Kontakte", "contacts with at least one attempt")
def contacts_called() -> Sql:
    """Different contacts that were tried in the period. Of: contacts with any entry in it."""
    return Sql(CALLED, "count(*)", people=True)


@measure(
    View.calls, Unit.count, "contacts connected", "verbundene Kontakte", "contacts called with at least one connect"
)
def contacts_connected() -> Sql:
    """Different contacts of whom an attempt was answered and reached an agent. Of: contacts called."""
    return Sql(counted("connects > 0"), CALLED, people=True)


@measure(
    View.calls,
    Unit.count,
    "contacts spoken to",
    "erreichte Kontakte",
    "contacts called with at least one right-party contact",
)
def contacts_spoken_to() -> Sql:
    """Different contacts who were spoken to themselves. Of: contacts called."""
    return Sql(counted("talks > 0"), CALLED, people=True)


@measure(View.calls, Unit.count, "successes", "Abschlüsse", "contacts with a result of type Done")
def successes() -> Sql:
    """Contacts with a final success recorded in the period, in whatever way. Of: contacts with an entry in it."""
    return Sql(counted("wins > 0"), "count(*)", people=True)


@measure(View.calls, Unit.share, "conversion per contact", "Abschlüsse je Kontakt", "contacts called and won / called")
def conversion_per_contact() -> Sql:
    """Share of the contacts called that ended one of these attempts with a final success."""
    return Sql(counted("won_attempts > 0"), CALLED, people=True)


@measure(
    View.calls,
    Unit.share,
    "conversion per attempt",
    "Abschlüsse je Versuch",
    "attempts with result Done / attempts",
)
def conversion_per_attempt() -> Sql:
    """Share of the attempts that ended in a final success."""
    return Sql(counted(f"attempt AND {SUCCESS}"), ATTEMPTS)


@measure(View.calls, Unit.average, "attempts per contact", "Versuche je Kontakt", "attempts / contacts called")
def attempts_per_contact() -> Sql:
    """How often a contact that was called was tried in the period, on average."""
    attempts = "coalesce(sum(attempts), 0)::BIGINT"
    return Sql(attempts, CALLED, f"{attempts} / nullif({CALLED}, 0)", people=True)


@measure(
    View.calls,
    Unit.average,
    "attempts to success",
    "Versuche bis Abschluss",
    "mean number of the attempt that brought a Done",
)
def attempts_to_success() -> Sql:
    """At which attempt of a contact, counted since its history began, the success came. Of: successes by attempts."""
    won = f"attempt AND {SUCCESS}"
    return Sql(counted(f"{won} AND attempt_number IS NOT NULL"), counted(won), f"avg(attempt_number) FILTER ({won})")


@measure(View.calls, Unit.share, "no answer", "keine Antwort", "attempts with CONNRES 2 / attempts")
def no_answer_share() -> Sql:
    """Share of attempts that rang out."""
    return Sql(counted("attempt AND connres = 2"), ATTEMPTS)


@measure(View.calls, Unit.share, "busy", "besetzt", "attempts with CONNRES 3 / attempts")
def busy_share() -> Sql:
    """Share of attempts that met an engaged line."""
    return Sql(counted("attempt AND connres = 3"), ATTEMPTS)


@measure(View.calls, Unit.share, "abandoned", "vor Agent aufgelegt", "CONNRES 6 / (CONNRES 6 + connects)")
def abandoned_share() -> Sql:
    """Share of the answered calls in which the person hung up before an agent was connected: the abandonment rate
    that predictive diallers are judged by.
    """
    abandoned = "attempt AND connres = 6"
    return Sql(counted(abandoned), counted(f"({abandoned}) OR ({CONNECT})"))


_INVALID = f"attempt AND cause IN ({', '.join(map(str, INVALID_NUMBER_CAUSES))})"


@measure(
    View.calls,
    Unit.share,
    "invalid number",
    "ungültige Nummer",
    f"attempts with cause {', '.join(map(str, INVALID_NUMBER_CAUSES))} / attempts",
)
def invalid_number_share() -> Sql:
    """Share of attempts that the network ended because there is no such number (any more), by Q.850 cause."""
    return Sql(counted(_INVALID), ATTEMPTS)


def _quantile(column: str, share: float) -> Sql:
    measured = f"attempt AND {column} IS NOT NULL"
    return Sql(counted(measured), CONNECTS, f"quantile_cont({column}, {share}) FILTER ({measured})")


@measure(View.calls, Unit.seconds, "talk time, median", "Gesprächszeit, Median", "median of end - answer")
def talk_median() -> Sql:
    """Half of the answered attempts lasted at most so long, from the answer to the end. Of: connects."""
    return _quantile("talk_seconds", 0.5)


@measure(View.calls, Unit.seconds, "talk time, 90th", "Gesprächszeit, 90 %", "90th percentile of end - answer")
def talk_p90() -> Sql:
    """Nine of ten answered attempts lasted at most so long. Of: connects."""
    return _quantile("talk_seconds", 0.9)


@measure(View.calls, Unit.seconds, "wrap-up, median", "Nachbearbeitung, Median", "median of recorded - end")
def wrap_up_median() -> Sql:
    """Half of the results were recorded at most so long after the call ended (after-call work). Of: connects."""
    return _quantile("wrap_up_seconds", 0.5)


@measure(View.calls, Unit.seconds, "wrap-up, 90th", "Nachbearbeitung, 90 %", "90th percentile of recorded - end")
def wrap_up_p90() -> Sql:
    """Nine of ten results were recorded at most so long after the call ended. Of: connects."""
    return _quantile("wrap_up_seconds", 0.9)


# --- contacts as they are now ---

_TRIED = "(attempts > 0 OR calls_made > 0)"
"""By the counters or by the history: a reset sets the counters back, not the history."""
_MARKED = " OR ".join(f"coalesce(phone_number{slot}_invalid, false)" for slot in PHONE_SLOTS)


@measure(View.contacts, Unit.count, "contacts", "Kontakte", "contacts in the list")
def contacts() -> Sql:
    """The contacts of the campaigns, whatever their state."""
    return Sql("count(*)", "count(*)")


@measure(View.contacts, Unit.share, "penetration", "Durchdringung", "contacts ever tried / contacts")
def penetration() -> Sql:
    """Share of the list that was tried at least once, ever (list penetration)."""
    return Sql(counted(_TRIED), "count(*)")


@measure(View.contacts, Unit.count, "left to dial", "noch wählbar", "contacts that nothing keeps from being dialled")
def left_to_dial() -> Sql:
    """Contacts that nothing which the API shows keeps from being dialled now; `Standing` says why the rest is not."""
    return Sql(counted(f"standing = '{Standing.free}'"), "count(*)")


@measure(View.contacts, Unit.share, "last was a mailbox", "zuletzt Anrufbeantworter", "bLastResultMailbox / ever tried")
def mailbox_share() -> Sql:
    """Share of the contacts ever tried whose last attempt reached a mailbox. The dialler notes it for the last attempt
    only, so it has no period.
    """
    return Sql(counted(f"coalesce(last_result_mailbox, false) AND {_TRIED}"), counted(_TRIED))


@measure(
    View.contacts,
    Unit.share,
    "with an invalid number",
    "mit ungültiger Nummer",
    "contacts with a marked number / contacts",
)
def marked_invalid_share() -> Sql:
    """Share of the contacts of which the dialler marked at least one number as invalid."""
    return Sql(counted(_MARKED), "count(*)")


_CALLBACK = f"callback <> '{Due.none}'"


@measure(View.contacts, Unit.count, "callbacks overdue", "Rückrufe überfällig", "agreed time has passed, not closed")
def callbacks_overdue() -> Sql:
    """Contacts that are not closed and whose agreed time (FollowUpDateTime) has passed. Of: all with such a time."""
    return Sql(counted(f"callback = '{Due.overdue}'"), counted(_CALLBACK))


@measure(View.contacts, Unit.count, "callbacks due today", "Rückrufe heute", "agreed time later today, not closed")
def callbacks_today() -> Sql:
    """Contacts that are not closed and whose agreed time is still to come today. Of: all with such a time."""
    return Sql(counted(f"callback = '{Due.today}'"), counted(_CALLBACK))


@measure(View.contacts, Unit.count, "callbacks coming", "Rückrufe später", "agreed time after today, not closed")
def callbacks_coming() -> Sql:
    """Contacts that are not closed and whose agreed time is after today. Of: all with such a time."""
    return Sql(counted(f"callback IN ('{Due.week}', '{Due.later}')"), counted(_CALLBACK))


DOCUMENTED = ("name", "en", "de", "unit", "over", "formula", "definition")


def documented() -> list[tuple[str, ...]]:
    """The measures as a table with the columns `DOCUMENTED`."""
    return [
        (
            one.name,
            one.words.en,
            one.words.de,
            one.unit.name,
            one.view.name,
            one.formula,
            " ".join(one.definition.split()),
        )
        for one in MEASURES.values()
    ]
