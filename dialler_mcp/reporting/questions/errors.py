"""DuckDB's errors about a question in helpful words, without values of records or of the question."""

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from dialler_mcp.domain.privacy import Privacy
from dialler_mcp.reporting.questions.rules import VIEWS, NotAnswered

Columns = Mapping[str, Sequence[str]]
"""The columns of each view."""

MAX_NEAR = 4
TOO_LONG = (
    "The question took too long and was ended: ask for less, e.g. filter by campaign_id, day or contact, join on IDs, "
    "no cross join."
)
TOO_LARGE = (
    "The question needs too much memory and was ended: filter earlier, aggregate, select fewer columns, no large lists."
)
TOO_DEEP = "The question is nested too deeply: simplify it, e.g. IN (…) for many OR."
_QUOTED = re.compile(r"\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'")
_LONG_NUMBER = re.compile(r"\d{4,}")
# A pattern for DuckDB's message, and our message in its place.
_SAYINGS = (
    (r"No statement|empty query", "There is no question: write one SELECT."),
    (r"WHERE clause cannot contain aggregates", "Aggregates cannot stand in WHERE: use HAVING, or FILTER (WHERE …)."),
    (r"WHERE clause cannot contain window", "Window functions cannot stand in WHERE: use QUALIFY."),
    (
        r"must appear in the GROUP BY",
        "This column must stand in GROUP BY (or write GROUP BY ALL) or inside an aggregate, e.g. any_value(column).",
    ),
    (r"More than one row returned by a subquery", "A subquery used as one value gives several rows: use max() or IN."),
    (r"same number of result columns", "The parts of UNION, EXCEPT or INTERSECT must have equally many columns."),
    (r"Max expression depth", TOO_DEEP),
    (r"Type with name", "There is no such type: e.g. BIGINT, DOUBLE, VARCHAR, DATE, TIMESTAMP."),
    (r"unterminated", "A quote or bracket is not closed: check it."),
)


def explained(error: Exception, sql: str, columns: Columns, before: int | None = 0) -> NotAnswered:
    """What is wrong with a question, and what to do. `error` is DuckDB's, told as JSON (errors_as_json).

    `before`: bytes that stood before the question when DuckDB saw it; None: it saw another text, and no place is known.
    """
    about = _about(error)
    kind, message = about.get("exception_type", ""), about.get("exception_message", "")
    said_place = str(about.get("position", ""))
    place = max(int(said_place) - before, 0) if before is not None and said_place.isdigit() else None
    for pattern, words in _SAYINGS:
        if re.search(pattern, message):
            return NotAnswered(words, place)
    if kind in ("INTERRUPT", "Interrupt") or "Interrupted" in message:
        return NotAnswered(TOO_LONG)
    if kind == "Out of Memory" or "emory" in kind:
        return NotAnswered(TOO_LARGE)
    if kind in ("Parser", "Syntax Error"):
        return NotAnswered(
            "This is no valid SQL (DuckDB's dialect): there is a syntax error, correct it and ask again.", place
        )
    if kind in ("Conversion", "Out of Range", "Invalid Input", "Mismatch Type"):
        return NotAnswered("A value cannot be taken as the type that is wanted, or is too large: use TRY_CAST.", place)
    return NotAnswered(_about_names(message, about, sql, place, columns), place)


def _about(error: Exception) -> Mapping[str, Any]:
    _, brace, rest = str(error).partition("{")
    try:
        return json.loads(brace + rest)
    except ValueError:
        return {"exception_type": type(error).__name__.removesuffix("Exception"), "exception_message": str(error)}


def _about_names(message: str, about: Mapping[str, Any], sql: str, place: int | None, columns: Columns) -> str:
    """What is wrong with a name or with the types of arguments."""
    missing = re.search(r"(?:column|column named) \"([^\"]+)\"", message)
    if missing and ("not found" in message or "does not have" in message):
        return _no_column(str(about.get("name") or missing[1]), sql, place, columns)
    if "Referenced table" in message:
        return "This name stands for no view here: use the view or the alias that FROM gives it."
    if "Ambiguous reference" in message:
        return "This column is in several of the views: write the view or its alias before it, e.g. c.contact_id."
    if about.get("candidates") and "No function matches" in message:
        fitting = "; ".join(re.findall(r"\w+\"?(\([^)]*\))", str(about["candidates"]))[:MAX_NEAR])
        return f"The function does not take arguments of these types: cast them, e.g. x::DOUBLE. It takes {fitting}."
    return f"DuckDB does not accept the question: {_harmless(message, columns)}"


def _no_column(name: str, sql: str, place: int | None, columns: Columns) -> str:
    """Columns to use in place of an unknown one: similar names, else those of the views in the question."""
    spelling = name.casefold()
    if spelling in withheld_columns() and not any(spelling in names for names in columns.values()):
        return "This column is hidden at the privacy level of this server (DIALLER_PRIVACY)."
    near = [
        f"{view}.{column}"
        for view, names in columns.items()
        for column in difflib.get_close_matches(spelling, names, MAX_NEAR, 0.6)
    ]
    near.sort(key=lambda full: -difflib.SequenceMatcher(None, spelling, full.partition(".")[2]).ratio())
    if near:
        hint = f"Nearest: {', '.join(near[:MAX_NEAR])}."
    else:
        views = [view for view in columns if re.search(rf"\b{view}\b", sql, re.IGNORECASE)] or list(columns)
        hint = f"The columns of {views[0]} are: {', '.join(columns[views[0]])}."
    in_quotes = place is not None and sql.encode()[place : place + 1] == b'"'
    return f"There is no such column. {hint}" + (" A text stands between '…', not between \"…\"." if in_quotes else "")


def withheld_columns() -> set[str]:
    """The columns that some privacy level hides."""
    from dialler_mcp.reporting.snapshot.views import view_columns  # where a question fails, and not with each

    names = {level: {column.name for view in VIEWS for column in view_columns(view, level)} for level in Privacy}
    return names[Privacy.full] - names[Privacy.masked]


def _harmless(message: str, columns: Columns) -> str:
    """DuckDB's first sentence without numbers and quoted parts, except our own names."""
    names = {name for view in columns.values() for name in view} | set(columns)

    def kept(match: re.Match[str]) -> str:
        inside = match[0][1:-1]
        return inside if inside in names else "…"

    first = message.partition("\n")[0].partition(" LINE ")[0]
    return _LONG_NUMBER.sub("…", _QUOTED.sub(kept, first))[:200]


def placed(error: NotAnswered, sql: str) -> str:
    """The sentence with the place in the question: `… (line 2, column 8)`."""
    if error.place is None:
        return str(error)
    before = sql.encode()[: error.place].decode(errors="ignore")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return f"{error} (line {line}, column {column})"
