"""The measures: what each figure is, how it is computed, in which unit, and what the field means by it.

This is the one place. A measure is a function; its docstring is the definition (docs/measures.md is made from it), what
it returns is SQL over one of the views of a snapshot. Every figure is `n` of `of`: a share is their quotient, a count
says of how many it is, a median says for how many it is known. What is not known is not 0 (`Figure.known`).
docs/measures.md names the sources of the terms.
"""

# ruff: noqa: S608 - the SQL is put together from our own names

from dialler_mcp.domain.codes import INVALID_NUMBER_CAUSES
from dialler_mcp.domain.standing.callbacks import Due
from dialler_mcp.domain.standing.rules import MARKED_INVALID_SQL, Standing
from dialler_mcp.reporting.figures.measure import Measures, Sql, Unit, View

MEASURES = Measures()
measure = MEASURES.declare

# The conditions that measures share. Test calls are left out by the scope.
CONNECT = "attempt AND connected"
RESULT = "result_code_id IS NOT NULL"
WON = "result_type = 'Done'"
WON_BY_CALL = f"attempt AND {WON}"
RIGHT_PARTY = f"{CONNECT} AND result_code_id IN (SELECT result_code_id FROM right_party)"
"""`right_party` holds the result codes of talks with the right person; see `report.py`."""


def counted(condition: str) -> str:
    return f"count(*) FILTER (WHERE {condition})"


ATTEMPTS, CONNECTS = counted("attempt"), counted(CONNECT)
PEOPLE = {
    "attempts": ATTEMPTS,
    "connects": CONNECTS,
    "talks": counted(RIGHT_PARTY),
    "wins": counted(WON),
    "wins_by_call": counted(WON_BY_CALL),
}
"""The counts of each contact with calls in the period, from which the measures with `people` are computed."""
CALLED = counted("attempts > 0")


# --- calls in the period ---


@measure(View.calls, Unit.count, "attempts", "Versuche", "outbound calls that are no tests")
def attempts() -> Sql:
    """Calls that the dialler started to reach somebody, answered or not. Of: all entries of the history."""
    return Sql(ATTEMPTS, "count(*)")


@measure(View.calls, Unit.count, "connects", "Verbindungen", "answered attempts (CONNRES 1)")
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
    """Different contacts with an attempt that was answered and reached an agent. Of: contacts called."""
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


@measure(View.calls, Unit.count, "won", "Abschlüsse", "contacts with a result of type Done")
def won() -> Sql:
    """Contacts with a final success recorded in the period, in whatever way: by an attempt, by a call that came in, or
    without a call. Of: contacts with an entry in it.
    """
    return Sql(counted("wins > 0"), "count(*)", people=True)


@measure(
    View.calls,
    Unit.count,
    "won by our calls",
    "Abschlüsse durch unsere Anrufe",
    "contacts called with an attempt of result type Done",
)
def won_by_calls() -> Sql:
    """Those of them whose success an attempt of the period brought. Of: contacts called."""
    return Sql(counted("wins_by_call > 0"), CALLED, people=True)


@measure(View.calls, Unit.count, "attempts that won", "Versuche mit Abschluss", "attempts with a result of type Done")
def winning_attempts() -> Sql:
    """Attempts that ended in a final success. A contact that was reset can be won twice. Of: attempts."""
    return Sql(counted(WON_BY_CALL), ATTEMPTS)


@measure(
    View.calls,
    Unit.share,
    "conversion per contact",
    "Abschlussquote je Kontakt",
    "won by our calls / contacts called",
)
def conversion_per_contact() -> Sql:
    """Share of the contacts called that ended one of these attempts with a final success."""
    return Sql(counted("wins_by_call > 0"), CALLED, people=True)


@measure(
    View.calls,
    Unit.share,
    "conversion per attempt",
    "Abschlussquote je Versuch",
    "attempts that won / attempts",
)
def conversion_per_attempt() -> Sql:
    """Share of the attempts that ended in a final success."""
    return Sql(counted(WON_BY_CALL), ATTEMPTS)


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
    "mean number of the attempt that won",
)
def attempts_to_success() -> Sql:
    """At which attempt of a contact, counted since its history began, the success came. Of: attempts that won."""
    n = counted(f"{WON_BY_CALL} AND attempt_number IS NOT NULL")
    return Sql(n, counted(WON_BY_CALL), f"avg(attempt_number) FILTER ({WON_BY_CALL})")


@measure(View.calls, Unit.share, "no answer", "keine Antwort", "unanswered attempts (CONNRES 2) / attempts")
def no_answer_share() -> Sql:
    """Share of attempts that rang out."""
    return Sql(counted("attempt AND connres = 2"), ATTEMPTS)


@measure(View.calls, Unit.share, "busy", "besetzt", "engaged attempts (CONNRES 3) / attempts")
def busy_share() -> Sql:
    """Share of attempts that met an engaged line."""
    return Sql(counted("attempt AND connres = 3"), ATTEMPTS)


@measure(View.calls, Unit.share, "abandoned", "vor Agent aufgelegt", "hang-ups (CONNRES 6) / (these + connects)")
def abandoned_share() -> Sql:
    """Share of the answered calls in which the person hung up before an agent was connected: the abandonment rate
    that predictive diallers are judged by.
    """
    hang_up = "attempt AND connres = 6"
    return Sql(counted(hang_up), counted(f"({hang_up}) OR ({CONNECT})"))


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
    condition = f"attempt AND {column} IS NOT NULL"
    return Sql(counted(condition), CONNECTS, f"quantile_cont({column}, {share}) FILTER ({condition})")


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

TEST_CALL = "test_call AND outbound IS DISTINCT FROM false AND (connres IS NOT NULL OR call_start IS NOT NULL)"
"""What would be an attempt if it were no test: the dialler's counters count it, the measures do not."""
_TRIED = "(calls_made > 0 OR attempts > test_calls)"
"""By the history or by the counters: a reset sets the counters back, not the history, and they count test calls."""


@measure(View.contacts, Unit.count, "contacts", "Kontakte", "contacts in the list")
def contacts() -> Sql:
    """The contacts of the campaigns, whatever their state."""
    return Sql("count(*)", "count(*)")


@measure(View.contacts, Unit.share, "penetration", "Durchdringung", "contacts ever tried / contacts")
def penetration() -> Sql:
    """Share of the list with at least one attempt, ever (list penetration). Test calls are none."""
    return Sql(counted(_TRIED), "count(*)")


@measure(View.contacts, Unit.count, "left to dial", "noch wählbar", "contacts that nothing keeps from being dialled")
def left_to_dial() -> Sql:
    """Contacts that can be dialled now, as far as the API shows; "What is left to dial" says why the rest cannot."""
    return Sql(counted(f"standing = '{Standing.free}'"), "count(*)")


@measure(
    View.contacts,
    Unit.share,
    "marked as mailbox",
    "als Anrufbeantworter markiert",
    "marked (bLastResultMailbox) / ever tried, where the mark is shown",
)
def mailbox_share() -> Sql:
    """Share of the contacts ever tried whose last attempt the dialler marked as a mailbox (`bLastResultMailbox`). It
    marks the last attempt only, so this has no period; how often a result that means a mailbox was recorded is among
    the results. Not known where the mark is not shown.
    """
    mailboxes, contacts = f"last_result_mailbox AND {_TRIED}", counted(_TRIED)
    marks = counted(f"last_result_mailbox IS NOT NULL AND {_TRIED}")
    return Sql(counted(mailboxes), marks, known_where=f"{marks} > 0 OR {contacts} = 0")


@measure(
    View.contacts,
    Unit.share,
    "with an invalid number",
    "mit ungültiger Nummer",
    "contacts with a marked number / contacts",
)
def marked_invalid_share() -> Sql:
    """Share of the contacts that have at least one number which the dialler marked as invalid."""
    return Sql(counted(MARKED_INVALID_SQL), "count(*)")


def _callbacks(*dues: Due) -> Sql:
    """Agreed callbacks that are due so, of all of them."""
    due_so = " OR ".join(f"callback = '{due}'" for due in dues)
    return Sql(counted(due_so), counted("callback IS NOT NULL"))


@measure(
    View.contacts,
    Unit.count,
    "agreed callbacks",
    "vereinbarte Rückrufe",
    "not closed, with an agreed time or an appointment",
)
def callbacks() -> Sql:
    """Contacts that are not closed and have an agreed time (FollowUpDateTime) or a result of type Appointment, whose
    time is then the next attempt. Of: contacts.
    """
    return Sql(counted("callback IS NOT NULL"), "count(*)")


@measure(
    View.contacts,
    Unit.count,
    "agreed callbacks overdue",
    "vereinbarte Rückrufe überfällig",
    "agreed callbacks whose time has passed",
)
def callbacks_overdue() -> Sql:
    """Of: agreed callbacks."""
    return _callbacks(Due.overdue)


@measure(
    View.contacts,
    Unit.count,
    "agreed callbacks due today",
    "vereinbarte Rückrufe heute fällig",
    "agreed callbacks whose time is still to come today",
)
def callbacks_today() -> Sql:
    """Of: agreed callbacks."""
    return _callbacks(Due.today)


@measure(
    View.contacts,
    Unit.count,
    "agreed callbacks after today",
    "vereinbarte Rückrufe nach heute",
    "agreed callbacks whose time is after today",
)
def callbacks_coming() -> Sql:
    """Of: agreed callbacks."""
    return _callbacks(Due.week, Due.later)


@measure(
    View.contacts,
    Unit.count,
    "agreed callbacks without a time",
    "vereinbarte Rückrufe ohne Zeitpunkt",
    "agreed callbacks of which no time is set",
)
def callbacks_untimed() -> Sql:
    """Of: agreed callbacks."""
    return _callbacks(Due.none)


@measure(
    View.contacts,
    Unit.count,
    "automatic redials",
    "Wahlwiederholungen",
    "result of type Delay, nothing agreed",
)
def redials() -> Sql:
    """Contacts that the dialler calls again after an interval, without an agreed time. They are no callbacks. Of:
    contacts.
    """
    return Sql(counted("redial IS NOT NULL"), "count(*)")


@measure(
    View.contacts,
    Unit.count,
    "automatic redials due now",
    "Wahlwiederholungen jetzt fällig",
    "automatic redials whose next attempt is due",
)
def redials_due() -> Sql:
    """Automatic redials whose interval is over. Of: automatic redials."""
    return Sql(counted(f"redial = '{Due.overdue}'"), counted("redial IS NOT NULL"))


DOCUMENTED = ("name", "en", "de", "unit", "over", "formula", "definition")


def documented() -> list[tuple[str, ...]]:
    """The measures as a table with the columns `DOCUMENTED`."""
    return [one.documented() for one in MEASURES.values()]
