"""Mappings of columns that a caller keeps under a name: taken by it, and for the next list with the same columns."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from dialler_mcp.domain.spelling import folded_key
from dialler_mcp.domain.text import clean
from dialler_mcp.problem import Problem
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.state import mappings
from dialler_mcp.state.errors import StateError
from dialler_mcp.words import NOTHING, Words

if TYPE_CHECKING:
    from dialler_mcp.lists.columns.mapping import ColumnMap

MAX_NAME = 64
"""Characters of a name."""
MAX_KEPT = 100
"""Mappings of one person."""
_MAX_NAMED, _MAX_KEY = 20, 200

_TAKEN = Words(
    'The columns are those of the mapping "{name}", so it was taken; `mapping` corrects it.',
    "Die Spalten sind die der Zuordnung „{name}“, deshalb gilt sie hier; `mapping` berichtigt sie.",
)
_ALSO = Words("Other mappings for these columns: {names}.", "Andere Zuordnungen für diese Spalten: {names}.")
_KEPT = Words(
    'The mapping is kept as "{name}", and taken for the next list with these columns.',
    "Die Zuordnung ist als „{name}“ gemerkt und gilt für die nächste Liste mit diesen Spalten.",
)
_REPLACED = Words(
    'The mapping is kept as "{name}", in place of the one that had this name.',
    "Die Zuordnung ist als „{name}“ gemerkt, anstelle der bisherigen mit diesem Namen.",
)
_FORGOTTEN = Words('The mapping "{name}" is forgotten.', "Die Zuordnung „{name}“ ist vergessen.")
_UNKNOWN = Words("You keep no mapping under this name.", "Unter diesem Namen ist keine Zuordnung gemerkt.")
_THERE_ARE = Words("There are: {names}.", "Es gibt: {names}.")
_OTHER_COLUMNS = Words(
    "This mapping has columns that the list does not have. Map the columns of this one.",
    "Diese Zuordnung hat Spalten, die es in der Liste nicht gibt. Ordnen Sie die Spalten dieser Liste zu.",
)
_FULL = Words(
    "Nothing was kept: there are {most} mappings already. Forget one, or take its name.",
    "Es wurde nichts gemerkt: Es gibt schon {most} Zuordnungen. Vergessen Sie eine, oder nehmen Sie deren Namen.",
)


async def taken(invocation: Invocation, name: str, columns: Sequence[str]) -> dict[str, str]:
    """The mapping that the caller keeps under this name, for a list with these columns.

    Raises:
        Problem: there is none, or the list lacks a column of it.
    """
    from dialler_mcp.lists.columns.aliases import folded

    state, owner = invocation.profile.state, invocation.caller.owner
    row = await state.run(lambda connection: mappings.under(connection, owner, _key(name))) if state.exists else None
    if row is None:
        raise await _unknown(invocation)
    corrections = _map_of(row).told
    if not set(map(folded, columns)) >= set(map(folded, corrections)):
        raise Problem(_OTHER_COLUMNS)
    return corrections


async def offered(invocation: Invocation, columns: Sequence[str]) -> tuple[dict[str, str], Words]:
    """The newest mapping that the caller keeps for these columns, if there is one, and what is told of it. Columns that
    are only numbered are those of any list. Where the state cannot be read, a list is checked without kept mappings.
    """
    from dialler_mcp.lists.columns.mapping import are_numbered, fingerprint

    state, owner = invocation.profile.state, invocation.caller.owner
    if not state.exists or are_numbered(columns):
        return {}, NOTHING
    with suppress(StateError):
        rows = await state.run(lambda connection: mappings.for_columns(connection, owner, fingerprint(columns)))
        for place, row in enumerate(rows):
            with suppress(Problem):  # of another release
                others = ", ".join(other["name"] for other in rows[place + 1 :][:_MAX_NAMED])
                also = (_ALSO.filled(names=others),) if others else ()
                return _map_of(row).told, _TAKEN.filled(name=row["name"]).then(*also)
    return {}, NOTHING


async def keep(invocation: Invocation, name: str, columns: "ColumnMap") -> Words:
    """Keep a mapping under a name, for the caller alone; what is told of it.

    Raises:
        Problem: there are too many.
    """
    row = {
        "owner": invocation.caller.owner,
        "key": _key(name),
        "name": clean(name),
        "fingerprint": columns.fingerprint,
        "mapping": json.dumps(columns.data()),
        "kept": invocation.profile.time().timestamp(),
    }
    try:
        had_one = await invocation.profile.state.run(lambda c: mappings.keep(c, row, most=MAX_KEPT))
    except mappings.Full:
        raise Problem(_FULL.filled(most=MAX_KEPT)) from None
    return (_REPLACED if had_one else _KEPT).filled(name=row["name"])


async def forget(invocation: Invocation, name: str) -> Words:
    """Forget the mapping under this name; what is told of it.

    Raises:
        Problem: there is none.
    """
    state, owner = invocation.profile.state, invocation.caller.owner
    key = _key(name)
    if not (state.exists and await state.run(lambda connection: mappings.forget(connection, owner, key))):
        raise await _unknown(invocation)
    return _FORGOTTEN.filled(name=clean(name))


async def _unknown(invocation: Invocation) -> Problem:
    state, owner = invocation.profile.state, invocation.caller.owner
    names = await state.run(lambda connection: mappings.names(connection, owner)) if state.exists else []
    examples = ", ".join(invocation.present.nameless.text(name) for name in names[:_MAX_NAMED])
    return Problem(_UNKNOWN.then(*[_THERE_ARE.filled(names=examples)] if names else []))


def _key(name: str) -> str:
    """The name as names are compared; some characters become several."""
    return folded_key(clean(name))[:_MAX_KEY]


def _map_of(row: Mapping[str, Any]) -> "ColumnMap":
    from dialler_mcp.lists.columns.mapping import ColumnMap

    return ColumnMap.of(json.loads(row["mapping"]))
