"""Which columns of an answer may hold text that somebody else wrote, by where it comes from, not by what it is called.

A question that reads no such text has no such column. In one that reads some, a column is known to be another only
where it is, by its name, a column of a view that no part of the question gives to anything else.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, cast

from dialler_mcp.reporting.questions.rules import walk

_MIXED = frozenset(("SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "PIVOT"))
"""Parts that put values under the name of another column."""
_PLAIN = (
    *("BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL"),
    *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT", "DATE", "TIME", "TIMESTAMP", "INTERVAL"),
)
"""How the types begin in which nobody can write."""


def foreign(
    tree: Mapping[str, Any],
    names: Sequence[str],
    types: Sequence[str],
    views: Mapping[str, Sequence[str]],
    free: Collection[str],
) -> list[bool]:
    """For each column of the answer, whether it may hold the text of a column in `free`.

    `tree` is the question as DuckDB's json_serialize_sql gives it; `views` are the columns of each view.
    """
    nodes = [part.node for part in walk(tree["statements"])]
    if not _reads(nodes, views, free):
        return [False] * len(names)
    own = {column for columns in views.values() for column in columns} - set(free) - set(_given(nodes))
    if any(map(_mixes, nodes)):
        own = set[str]()
    return [name.casefold() not in own and not _is_plain(kind) for name, kind in zip(names, types, strict=True)]


def _is_plain(kind: str) -> bool:
    return kind.startswith(_PLAIN) and not kind.endswith("]")


def _reads(nodes: Sequence[dict[str, Any]], views: Mapping[str, Sequence[str]], free: Collection[str]) -> bool:
    """Whether the question reads text that somebody else wrote: by name, among all columns, by its place, in a row."""
    holding = {view for view, columns in views.items() if set(columns) & set(free)}
    tables = [node for node in nodes if node.get("type") == "BASE_TABLE"]
    if not any(node["qualified_name"]["path"][-1].casefold() in holding for node in tables):
        return False
    rows = {name for node in nodes for name in _called(node)}
    return any(
        node.get("class") in ("STAR", "POSITIONAL_REFERENCE")
        or (node.get("type") == "BASE_TABLE" and node.get("column_name_alias"))
        or _refers(node, free, rows)
        for node in nodes
    )


def _called(node: Mapping[str, Any]) -> Iterator[str]:
    """What a table is called in the question: a column of this name would be its whole row."""
    if node.get("type") == "BASE_TABLE":
        yield node["qualified_name"]["path"][-1].casefold()
    if "class" not in node and isinstance(node.get("type"), str):
        yield node.get("alias", "").casefold()


def _refers(node: Mapping[str, Any], free: Collection[str], rows: Collection[str]) -> bool:
    if node.get("class") != "COLUMN_REF":
        return False
    path = [name.casefold() for name in node["column_names"]]
    return path[-1] in rows or any(name in free for name in path)


def _given(nodes: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The names that the question gives to columns itself, unless it is to the column of this name."""
    for node in nodes:
        for name in (*node.get("column_name_alias", ()), *node.get("aliases", ())):
            yield name.casefold()
        alias = (node.get("alias") or "").casefold()
        if alias and not (node.get("class") == "COLUMN_REF" and node["column_names"][-1].casefold() == alias):
            yield alias


def _mixes(node: Mapping[str, Any]) -> bool:
    """Whether a part gives names to columns in a way that is not looked into."""
    renames = node.get("class") == "STAR" and (node.get("replace_list") or node.get("rename_list") or node.get("alias"))
    return node.get("type") in _MIXED or bool(renames) or "\\" in cast(str, node.get("alias") or "")
