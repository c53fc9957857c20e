"""The views of a snapshot: every column with its type and meaning, declared or derived; and three questions as
examples. docs/data.md and the description of the data are made from it.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from dialler_mcp.domain.codes import RESULT_TYPES
from dialler_mcp.domain.contact_state import State
from dialler_mcp.domain.fields import Kind, Record
from dialler_mcp.domain.privacy import Privacy
from dialler_mcp.domain.records import PHONE_SLOTS, Campaign, Contact, HistoryEntry, ResultCode
from dialler_mcp.reporting.snapshot.columns import columns_of
from dialler_mcp.words import Words

_STATES = ", ".join(state.value for state in State)
_TYPES = ", ".join(kind.en for kind in RESULT_TYPES.values())


class ViewColumn(NamedTuple):
    """A column; `type` as DuckDB writes it. `free`: it holds text that somebody else wrote."""

    name: str
    type: str
    meaning: Words
    free: bool = False


class Example(NamedTuple):
    """A question in words and in SQL."""

    asks: Words
    sql: str


ABOUT: Mapping[str, Words] = {
    "contacts": Words("one row a contact, as it is now", "je Kontakt eine Zeile, Stand jetzt"),
    "calls": Words(
        "one row a call or result in the history (began, attempt, connected)",
        "je Anruf oder Ergebnis des Verlaufs eine Zeile (began, attempt, connected)",
    ),
    "result_codes": Words("the result codes of each campaign", "die Ergebniscodes jeder Kampagne"),
    "campaigns": Words("the campaigns, and how fresh their data are", "die Kampagnen und wie frisch ihre Daten sind"),
}
_RECORDS: Mapping[str, type[Record]] = {
    "contacts": Contact,
    "calls": HistoryEntry,
    "result_codes": ResultCode,
    "campaigns": Campaign,
}
_RENAMED = {("result_codes", "name"): "name_en"}
_RESULT_TYPE = ViewColumn(
    "result_type",
    "VARCHAR",
    Words(f"what the result does, always English: {_TYPES}", f"Wirkung des Ergebnisses, immer englisch: {_TYPES}"),
)
_DERIVED: Mapping[str, tuple[ViewColumn, ...]] = {
    "contacts": (
        ViewColumn(
            "attempts",
            "BIGINT",
            Words(
                "attempts on all six numbers since import or reset",
                "Versuche auf allen sechs Nummern seit Import oder Zurücksetzen",
            ),
        ),
        ViewColumn("calls_made", "BIGINT", Words("attempts in its history", "Versuche in seinem Verlauf")),
        ViewColumn("state", "VARCHAR", Words(f"one of {_STATES}", f"eines von {_STATES}")),
        _RESULT_TYPE,
        ViewColumn(
            "result_shown",
            "BOOLEAN",
            Words("false: this release does not show the result", "false: das Release zeigt das Ergebnis nicht"),
        ),
        ViewColumn(
            "history_known",
            "BOOLEAN",
            Words(
                "its calls are complete; else the rest is read next time",
                "seine Anrufe sind vollständig; sonst folgt der Rest beim nächsten Mal",
            ),
        ),
    ),
    "calls": (
        ViewColumn(
            "began",
            "TIMESTAMP",
            Words("begin of the call, else when it was recorded", "Anrufbeginn, sonst Zeit der Erfassung"),
        ),
        ViewColumn("day", "DATE", Words("day of began", "Tag von began")),
        ViewColumn("hour", "BIGINT", Words("hour of began, 0 to 23", "Stunde von began, 0 bis 23")),
        ViewColumn("weekday", "BIGINT", Words("1 Monday to 7 Sunday", "1 Montag bis 7 Sonntag")),
        ViewColumn(
            "attempt",
            "BOOLEAN",
            Words("it went out and was no test call", "ausgehend und kein Testanruf"),
        ),
        ViewColumn(
            "attempt_number",
            "BIGINT",
            Words("which attempt on this contact, from 1", "der wievielte Versuch beim Kontakt, ab 1"),
        ),
        ViewColumn("connected", "BOOLEAN", Words("somebody answered (connres 1)", "angenommen (connres 1)")),
        ViewColumn(
            "outcome",
            "VARCHAR",
            Words("connres in words, always English", "connres in Worten, immer englisch"),
        ),
        ViewColumn(
            "talk_seconds",
            "INTEGER",
            Words("from answer to end; NULL if not answered", "von Annahme bis Ende; NULL ohne Annahme"),
        ),
        ViewColumn(
            "wrap_up_seconds",
            "INTEGER",
            Words("from end to recorded result", "vom Ende bis zur Erfassung des Ergebnisses"),
        ),
        _RESULT_TYPE,
    ),
    "result_codes": (ViewColumn("name_de", "VARCHAR", Words("name, German", "Name, deutsch")), _RESULT_TYPE),
    "campaigns": (
        ViewColumn("read_at", "TIMESTAMP", Words("when it was read, local", "wann gelesen, Ortszeit")),
        ViewColumn("zone", "VARCHAR", Words("time zone of all times", "Zeitzone aller Zeiten")),
        ViewColumn("privacy", "VARCHAR", Words("privacy level of the data", "Datenschutzstufe der Daten")),
        ViewColumn("contacts", "BIGINT", Words("contacts in all", "Kontakte insgesamt")),
        ViewColumn(
            "known",
            "BIGINT",
            Words("contacts whose calls are complete", "Kontakte, deren Anrufe vollständig sind"),
        ),
        ViewColumn("calls", "BIGINT", Words("calls that were read", "gelesene Anrufe")),
        ViewColumn("result_shown", "BOOLEAN", Words("results are shown by the release", "Release zeigt Ergebnisse")),
        ViewColumn("lock_shown", "BOOLEAN", Words("locks are shown by the release", "Release zeigt Sperren")),
        ViewColumn(
            "stopped",
            "VARCHAR",
            Words("why reading ended early: time, faults, no_history", "warum das Lesen früh endete"),
        ),
    ),
}
EXAMPLES = (
    Example(
        Words("Which hours reach people?", "Zu welchen Stunden erreicht man die Leute?"),
        "SELECT hour, count(*) AS attempts, round(avg(connected::INT), 3) AS contact_rate\n"
        "FROM calls WHERE attempt GROUP BY hour ORDER BY hour",
    ),
    Example(
        Words("Results now, by campaign", "Ergebnisse jetzt, je Kampagne"),
        "SELECT c.campaign_id, coalesce(r.name_en, c.state) AS result, count(*) AS n\n"
        "FROM contacts c LEFT JOIN result_codes r USING (result_code_id)\n"
        "GROUP BY ALL ORDER BY c.campaign_id, n DESC",
    ),
    Example(
        Words(
            "Who was never reached in three attempts or more?", "Wer wurde in drei oder mehr Versuchen nie erreicht?"
        ),
        "SELECT contact_id, name, city, count(*) AS tried, max(began) AS last_call\n"
        "FROM contacts JOIN calls USING (contact_id, campaign_id) WHERE attempt AND state IN ('open', 'follow-up')\n"
        "GROUP BY ALL HAVING tried >= 3 AND NOT bool_or(connected) ORDER BY tried DESC",
    ),
)


@cache
def view_columns(view: str, privacy: Privacy) -> tuple[ViewColumn, ...]:
    """The columns of a view at this privacy level, declared ones first.

    Raises:
        KeyError: there is no such view.
    """
    columns = [
        ViewColumn(
            _RENAMED.get((view, column.name), column.name),
            column.type,
            _meaning(view, column.name, Words(column.field.about.en, column.field.about.de)),
            column.field.about.kind is Kind.FREE,
        )
        for column in columns_of(_RECORDS[view], privacy)
    ]
    return (*columns, *_DERIVED[view])


def _meaning(view: str, name: str, words: Words) -> Words:
    if (view, name) == ("result_codes", "name"):
        return Words("name, English", "Name, englisch")
    return words


def _folded(name: str) -> str:
    first, last = PHONE_SLOTS[0], PHONE_SLOTS[-1]
    return re.sub(r"(?<=phone_number)[1-6]", f"{first}…{last}", name)


def folded_columns(view: str, privacy: Privacy) -> Iterator[ViewColumn]:
    """The columns of a view, with one column for all six numbers: `phone_number1…6`."""
    earlier = set[str]()
    for column in view_columns(view, privacy):
        if (name := _folded(column.name)) not in earlier:
            earlier.add(name)
            yield column._replace(name=name)


FREE_COLUMNS = frozenset(column.name for view in _RECORDS for column in view_columns(view, Privacy.full) if column.free)
"""Columns of text that somebody else wrote."""
