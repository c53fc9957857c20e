"""What an extract is made from: the contacts or the calls of an open snapshot, under headings that people know."""

# ruff: noqa: S608 - the SQL is put together from our own names, values are parameters

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from dialler_mcp.domain.codes import CONNRES, RESULT_TYPES
from dialler_mcp.domain.contact_state import STATES
from dialler_mcp.domain.fields import FieldInfo, Kind, Language, Write
from dialler_mcp.domain.privacy import Privacy, hides
from dialler_mcp.domain.records import Contact
from dialler_mcp.domain.spelling import plain
from dialler_mcp.domain.text import clean, without_marks
from dialler_mcp.problem import Problem
from dialler_mcp.reporting.export.extract import Cell, Column, cells
from dialler_mcp.reporting.figures.scope import Scope
from dialler_mcp.reporting.questions.process import unique
from dialler_mcp.reporting.snapshot.columns import columns_of
from dialler_mcp.reporting.snapshot.opening import Snapshot
from dialler_mcp.reporting.snapshot.views import view_columns
from dialler_mcp.words import Words

FIRST = {
    "contacts": ("contact_id", "campaign", "user_data", "first_name", "name", "company", "state", "result", "attempts"),
    "calls": (
        *("began", "campaign", "contact_id", "user_data", "first_name", "name", "company", "phone_number"),
        *("outcome", "result", "result_type", "talk_seconds", "wrap_up_seconds"),
    ),
}
"""The columns that most people look for, and so come first; the others follow in the order of the views."""
_OF_CONTACT = ("user_data", "first_name", "name", "company")
_LEFT_OUT = frozenset(
    (
        *("campaign_id", "result_code_id", "result_type_id", "connres"),  # a word stands for it
        *("day", "hour", "weekday", "attempt", "connected"),  # other columns say it
        *("result_shown", "history_known", "random_sort_order"),  # it tells nothing of the contact
    )
)
"""What people do not look for; programs, for which an extract is whole, get it."""
_ALWAYS = 3
"""So many of the first columns stay where no row fills them; of the others, those that are empty are left out."""
_HEADINGS = {
    "campaign": Words("campaign", "Kampagne"),
    "result": Words("result", "Ergebnis"),
    "state": Words("state", "Zustand"),
    "result_type": Words("result_type", "Ergebnistyp"),
    "outcome": Words("outcome", "Ausgang"),
    "attempts": Words("attempts", "Versuche mit Tests"),
    "began": Words("began", "Beginn"),
    "user_data": Words("user_data", "CRM-Schlüssel"),
    "talk_seconds": Words("talk_seconds", "Gespräch (s)"),
    "wrap_up_seconds": Words("wrap_up_seconds", "Nachbearbeitung (s)"),
    "agent_id": Words("agent_id", "Agent (Benutzer-ID)"),
    "number_slot": Words("number_slot", "Rufnummer Nr."),
    "attempt_number": Words("attempt_number", "Versuch Nr."),
    "calls_made": Words("calls_made", "Versuche im Verlauf"),
    "contract_begin": Words("contract_begin", "Vertragsbeginn"),
    "contract_end": Words("contract_end", "Vertragsende"),
}
_WORDS: Mapping[str, Mapping[str, Words]] = {
    "state": {state.value: words for state, words in STATES.items()},
    "result_type": {kind.en: Words(kind.en, kind.de) for kind in RESULT_TYPES.values()},
    "outcome": {words.en: words for words in CONNRES.values()},
}
"""What the views say in English, by column."""
_EXPORT_KEY = "ResultCodesExportKey"
MASKED_LIST = Words(
    "Nothing was written: jtel's CSV is made to be imported again, and what is masked here (DIALLER_PRIVACY) would be "
    "imported as if it were a number or an address. Export csv or xlsx, or ask whoever administers this server.",
    "Nichts geschrieben: Das CSV von jtel ist zum Importieren da, und was hier maskiert ist (DIALLER_PRIVACY), würde "
    "als Nummer oder Adresse importiert. Exportieren Sie csv oder xlsx, oder fragen Sie, wer diesen Server verwaltet.",
)
_NO_RESULT = Words(
    "No result of these campaigns has this name. Use one of these: {names}; or, by their types: {types}.",
    "Kein Ergebnis dieser Kampagnen heißt so. Nehmen Sie eines von diesen: {names}; oder, nach ihrer Art: {types}.",
)


class RowFilter(NamedTuple):
    """Which rows: those of `view`, contacts or calls; calls of a period; with a result by name, export key or type."""

    view: str
    scope: Scope = Scope()
    result: str | None = None


class Selection(NamedTuple):
    """Columns, and the rows as they are fetched."""

    columns: list[Column]
    rows: Iterator[Sequence[Cell]]


def selected(
    snapshot: Snapshot, wish: RowFilter, language: Language, privacy: Privacy, *, whole: bool = False
) -> Selection:
    """The contacts or calls of a snapshot. `whole`: for programs, with all columns, named and filled as the views have
    them. Blocks.

    Raises:
        Problem: no result has this name.
    """
    source, values = _source(snapshot, wish, language)
    types = dict(snapshot.database.columns(f"SELECT * FROM {wish.view}"))
    names = _names(wish.view, privacy)
    if not whole:
        names = _filled(snapshot, source, values, [name for name in names if name not in _LEFT_OUT], types)
    headings = names if whole else unique([_heading(wish.view, name, language, privacy) for name in names])
    columns = [Column(head, types.get(name, "VARCHAR")) for head, name in zip(headings, names, strict=True)]
    order = "contact_id" if wish.view == "contacts" else "began, call_id"
    rows = snapshot.rows(f"SELECT {', '.join(names)} FROM ({source}) ORDER BY {order}", values)
    in_words = _worded([] if whole else names, language)
    return Selection(columns, (cells(columns, in_words(row)) for row in rows))


def _source(snapshot: Snapshot, wish: RowFilter, language: Language) -> tuple[str, list[object]]:
    """The rows with the names that belong to their IDs."""
    where = wish.scope.calls() if wish.view == "calls" else wish.scope.contacts()
    sql, values = where.sql, list(where.values)
    if wish.result is not None:
        codes = _codes(snapshot, wish.result)
        sql = f"{sql} AND result_code_id IN ({', '.join('?' * len(codes))})"
        values += codes
    name = "name_de" if language is Language.de else "name_en"
    other = "name_en" if language is Language.de else "name_de"
    person = ", ".join(f"p.{one}" for one in _OF_CONTACT)
    who = "" if wish.view == "contacts" else f", {person}"
    people = "" if wish.view == "contacts" else " LEFT JOIN contacts p ON p.contact_id = v.contact_id"
    return (
        f"SELECT v.*{who}, coalesce(r.{name}, r.{other}, r.export_key) AS result,"
        f" coalesce(k.name, '') || ' (' || v.campaign_id || ')' AS campaign"
        f" FROM (SELECT * FROM {wish.view} WHERE {sql}) v{people}"
        " LEFT JOIN result_codes r ON r.result_code_id = v.result_code_id AND r.campaign_id = v.campaign_id"
        " LEFT JOIN campaigns k ON k.campaign_id = v.campaign_id",
        values,
    )


def _codes(snapshot: Snapshot, result: str) -> list[int]:
    """The result codes of this name, export key or type."""
    rows = list(snapshot.rows("SELECT result_code_id, name_en, name_de, export_key, result_type FROM result_codes"))
    german = {kind.en: kind.de for kind in RESULT_TYPES.values()}
    spelling = plain(clean(result))
    codes = [
        number
        for number, *names, kind in rows
        if spelling in {plain(clean(str(one))) for one in (*names, kind, german.get(kind)) if one}
    ]
    if not codes:
        names = ", ".join(sorted({clean(name) for _, name, *_ in rows if name}))
        types = ", ".join(german)
        raise Problem(_NO_RESULT.filled(names=names, types=types))
    return codes


def _names(view: str, privacy: Privacy) -> list[str]:
    return list(dict.fromkeys((*FIRST[view], *(column.name for column in view_columns(view, privacy)))))


def _filled(
    snapshot: Snapshot, source: str, values: Sequence[object], names: Sequence[str], types: Mapping[str, str]
) -> list[str]:
    """The columns in which some row says more than nothing, no or 0; the first ones in any case."""
    nothing = {"BOOLEAN": "false", "BIGINT": "0", "VARCHAR": "''"}
    counts = ", ".join(f"count(nullif({name}, {nothing.get(types.get(name, 'VARCHAR'), 'NULL')}))" for name in names)
    numbers = next(iter(list(snapshot.rows(f"SELECT {counts} FROM ({source})", values))))
    return [name for place, name in enumerate(names) if numbers[place] or place < _ALWAYS]


def _heading(view: str, name: str, language: Language, privacy: Privacy) -> str:
    """`phone_number1`, `Rufnummer 1`: the name of the column, or the beginning of what it means."""
    if words := _HEADINGS.get(name):
        return words.text(language)
    if language is Language.en:
        return name
    views = (view, "contacts") if name in _OF_CONTACT else (view,)
    meaning = next(one.meaning.de for other in views for one in view_columns(other, privacy) if one.name == name)
    short = meaning.split(",")[0].split(";")[0].split(" (")[0]
    slot = next((digit for digit in name if digit.isdigit()), "") if "number" in name else ""
    return f"{short} {slot}".rstrip()


def _worded(names: Sequence[str], language: Language) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """A function that says the words of the views in a language."""
    tables = [(place, _WORDS[name]) for place, name in enumerate(names) if name in _WORDS]
    if language is Language.en or not tables:
        return lambda row: row

    def said(row: Sequence[Any]) -> list[Any]:
        values = list(row)
        for place, words in tables:
            if meaning := words.get(values[place]):
                values[place] = meaning.text(language)
        return values

    return said


def for_import(snapshot: Snapshot, wish: RowFilter, privacy: Privacy) -> Selection:
    """The contacts in the columns of jtel's CSV: those that an import takes, and the export key of the result. Texts
    are as the dialler has them, each in one line. Blocks.

    Raises:
        Problem: values are masked, or no result has this name.
    """
    if hides(privacy, Kind.PHONE):
        raise Problem(MASKED_LIST)
    source, values = _source(snapshot, wish, Language.en)
    importable = [column for column in columns_of(Contact, privacy) if _is_imported(column.field)]
    key = (
        "(SELECT any_value(export_key) FROM result_codes r"
        " WHERE r.result_code_id = s.result_code_id AND r.campaign_id = s.campaign_id)"
    )
    names = ", ".join(f"s.{column.name}" for column in importable)
    rows = snapshot.rows(f"SELECT {names}, {key} FROM ({source}) s ORDER BY s.contact_id", values)
    columns = [*(Column(column.wire, column.type) for column in importable), Column(_EXPORT_KEY, "VARCHAR")]
    return Selection(columns, ([_in_one_line(value) for value in row] for row in rows))


def _is_imported(field: FieldInfo) -> bool:
    return Write.IMPORT in field.about.write or field.wire in ("UserData2", "UserData3", "Region")


def _in_one_line(value: Any) -> Any:
    return " ".join(without_marks(value).splitlines()) if isinstance(value, str) else value
