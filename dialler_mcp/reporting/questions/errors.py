"""DuckDB's errors about a question in helpful words, without values of records or of the question."""

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from dialler_mcp.domain.privacy import Privacy
from dialler_mcp.reporting.questions import refusals
from dialler_mcp.reporting.questions.rules import VIEWS, NotAnswered
from dialler_mcp.words import Words

Columns = Mapping[str, Sequence[str]]
"""The columns of each view."""

MAX_NEAR = 4
_QUOTED = re.compile(r"\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'")
_LONG_NUMBER = re.compile(r"\d{4,}")
# A pattern for DuckDB's message, and our words in its place.
_SAYINGS = (
    (r"No statement|empty query", refusals.NO_QUESTION),
    (r"WHERE clause cannot contain aggregates", refusals.NO_AGGREGATES),
    (r"WHERE clause cannot contain window", refusals.NO_WINDOWS),
    (r"must appear in the GROUP BY", refusals.NOT_GROUPED),
    (r"More than one row returned by a subquery", refusals.SEVERAL_ROWS),
    (r"same number of result columns", refusals.UNEQUAL_PARTS),
    (r"Max expression depth", refusals.TOO_DEEP),
    (r"Type with name", refusals.NO_TYPE),
    (r"unterminated", refusals.NOT_CLOSED),
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
        return NotAnswered(refusals.TOO_LONG)
    if kind == "Out of Memory" or "emory" in kind:
        return NotAnswered(refusals.TOO_LARGE)
    if kind in ("Parser", "Syntax Error"):
        return NotAnswered(refusals.SYNTAX, place)
    if kind in ("Conversion", "Out of Range", "Invalid Input", "Mismatch Type"):
        return NotAnswered(refusals.WRONG_TYPE, place)
    return NotAnswered(_about_names(message, about, sql, place, columns), place)


def _about(error: Exception) -> Mapping[str, Any]:
    _, brace, rest = str(error).partition("{")
    try:
        return json.loads(brace + rest)
    except ValueError:
        return {"exception_type": type(error).__name__.removesuffix("Exception"), "exception_message": str(error)}


def _about_names(message: str, about: Mapping[str, Any], sql: str, place: int | None, columns: Columns) -> Words:
    """What is wrong with a name or with the types of arguments."""
    missing = re.search(r"(?:column|column named) \"([^\"]+)\"", message)
    if missing and ("not found" in message or "does not have" in message):
        return _no_column(str(about.get("name") or missing[1]), sql, place, columns)
    if "Referenced table" in message:
        return refusals.NO_SUCH_NAME
    if "Ambiguous reference" in message:
        return refusals.AMBIGUOUS
    if about.get("candidates") and "No function matches" in message:
        fitting = "; ".join(re.findall(r"\w+\"?(\([^)]*\))", str(about["candidates"]))[:MAX_NEAR])
        return refusals.WRONG_ARGUMENTS.filled(fitting=fitting)
    return refusals.NOT_ACCEPTED.filled(message=_harmless(message, columns))


def _no_column(name: str, sql: str, place: int | None, columns: Columns) -> Words:
    """Columns to use in place of an unknown one: similar names, else those of the views in the question."""
    spelling = name.casefold()
    if spelling in withheld_columns() and not any(spelling in names for names in columns.values()):
        return refusals.HIDDEN
    near = [
        f"{view}.{column}"
        for view, names in columns.items()
        for column in difflib.get_close_matches(spelling, names, MAX_NEAR, 0.6)
    ]
    near.sort(key=lambda full: -difflib.SequenceMatcher(None, spelling, full.partition(".")[2]).ratio())
    if near:
        hint = refusals.NEAREST.filled(names=", ".join(near[:MAX_NEAR]))
    else:
        views = [view for view in columns if re.search(rf"\b{view}\b", sql, re.IGNORECASE)] or list(columns)
        hint = refusals.COLUMNS.filled(view=views[0], names=", ".join(columns[views[0]]))
    in_quotes = place is not None and sql.encode()[place : place + 1] == b'"'
    words = refusals.NO_COLUMN.filled(hint=hint)
    return words.then(refusals.TEXTS, between="") if in_quotes else words


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


def placed(error: NotAnswered, sql: str) -> Words:
    """The sentence with the place in the question: `… (line 2, column 8)`."""
    if error.place is None:
        return error.words
    before = sql.encode()[: error.place].decode(errors="ignore")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return error.words.then(refusals.WHERE.filled(line=line, column=column), between="")
