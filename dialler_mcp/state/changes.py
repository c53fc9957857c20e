"""The entries of the journal as rows, a function for each thing that is done with them; the room `changes` says what
they mean.

A row is a mapping with a value for each column of the table `changes`; times are text that sorts (UTC, ISO 8601).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Select

Row = Mapping[Any, Any]


@dataclass(frozen=True)
class Filter:
    """The rows with exactly these values in their columns that began at `since` or later, and before `until`."""

    equal: Mapping[str, object] = field(default_factory=dict[str, object])
    since: str | None = None
    until: str | None = None


def add(connection: "Connection", row: Row) -> int:
    """Add a row, and return its ID."""
    from sqlalchemy import insert

    from dialler_mcp.state.schema import changes

    key = connection.execute(insert(changes).values(**row)).inserted_primary_key
    return key[0] if key else 0


def add_all(connection: "Connection", new: Sequence[Row]) -> list[int]:
    """Add rows, and return their IDs in the same order."""
    from sqlalchemy import insert

    from dialler_mcp.state.schema import changes

    if not new:
        return []
    statement = insert(changes).returning(changes.c.id, sort_by_parameter_order=True)
    return list(connection.scalars(statement, list(new)))


def finish_all(connection: "Connection", ends: Sequence[Row]) -> None:
    """Set `status`, `ended`, `after`, `result`, `contact_id` and `campaign_id` of the rows with these IDs; what is None
    stays as it is.
    """
    from sqlalchemy import bindparam, func, update

    from dialler_mcp.state.schema import changes

    if not ends:
        return
    columns = ("status", "ended", "after", "result", "contact_id", "campaign_id")
    sets = {
        name: func.coalesce(bindparam(f"new_{name}", type_=changes.c[name].type), changes.c[name]) for name in columns
    }
    parameters = [{"row": row["id"], **{f"new_{name}": row.get(name) for name in columns}} for row in ends]
    connection.execute(update(changes).where(changes.c.id == bindparam("row")).values(**sets), parameters)


def amend(connection: "Connection", number: int, values: Row) -> None:
    """Set columns of a row."""
    from sqlalchemy import update

    from dialler_mcp.state.schema import changes

    connection.execute(update(changes).where(changes.c.id == number).values(**values))


def newest(
    connection: "Connection", selection: Filter, *, limit: int, below: int | None = None, number: int | None = None
) -> list[Row]:
    """The `limit` rows with the highest IDs; if given, only those with IDs below `below`, or with the ID `number`."""
    from sqlalchemy import select

    from dialler_mcp.state.schema import changes

    query = select(changes).where(*_conditions(selection)).order_by(changes.c.id.desc()).limit(limit)
    if below is not None:
        query = query.where(changes.c.id < below)
    if number is not None:
        query = query.where(changes.c.id == number)
    return _rows(connection, query)


def oldest(connection: "Connection", selection: Filter, *, above: int, limit: int) -> list[Row]:
    """The `limit` rows with the lowest IDs above `above`."""
    from sqlalchemy import select

    from dialler_mcp.state.schema import changes

    query = select(changes).where(*_conditions(selection), changes.c.id > above).order_by(changes.c.id).limit(limit)
    return _rows(connection, query)


def after(connection: "Connection", last: int, limit: int) -> list[Row]:
    """The rows with IDs above `last`, the lowest first, of all diallers."""
    from sqlalchemy import select

    from dialler_mcp.state.schema import changes

    return _rows(connection, select(changes).where(changes.c.id > last).order_by(changes.c.id).limit(limit))


def count(connection: "Connection", selection: Filter) -> int:
    """How many rows there are."""
    from sqlalchemy import func, select

    from dialler_mcp.state.schema import changes

    return connection.scalar(select(func.count()).select_from(changes).where(*_conditions(selection))) or 0


def campaigns(connection: "Connection", dialler: str) -> list[Row]:
    """`campaign_id` and `label` of the newest change of each campaign itself."""
    from sqlalchemy import func, select

    from dialler_mcp.state.schema import changes

    own = (changes.c.dialler == dialler, changes.c.kind == "campaign", changes.c.campaign_id.is_not(None))
    last = select(func.max(changes.c.id)).where(*own).group_by(changes.c.campaign_id)
    return _rows(connection, select(changes.c.campaign_id, changes.c.label).where(changes.c.id.in_(last)))


def hold(connection: "Connection", number: int) -> None:
    """Lock this row until the transaction ends. SQLite, which has one writer anyway, ignores this."""
    from sqlalchemy import select

    from dialler_mcp.state.schema import changes

    connection.execute(select(changes.c.id).where(changes.c.id == number).with_for_update())


def undoing(connection: "Connection", number: int) -> Sequence[int]:
    """The IDs of the changes that undo this one and have not failed, the newest first.

    An undo is younger than what it undoes; rows of a damaged state that say otherwise are left out, so that following
    the undos cannot go round in circles.
    """
    from sqlalchemy import select

    from dialler_mcp.state.schema import changes

    later = (changes.c.undoes == number, changes.c.id > number)
    undos = select(changes.c.id).where(*later, changes.c.status != "failed")
    return connection.scalars(undos.order_by(changes.c.id.desc())).all()


def archives(connection: "Connection", until: str) -> Sequence[str]:
    """The names of the archives of the changes that began before `until`."""
    from sqlalchemy import select

    from dialler_mcp.state.schema import changes

    old = select(changes.c.archive).where(changes.c.began < until, changes.c.archive.is_not(None))
    return [str(name) for name in connection.scalars(old)]


def forget(connection: "Connection", until: str, keep: Collection[str] = ()) -> None:
    """Remove the changes that began before `until`, except those with the archives `keep`."""
    from sqlalchemy import delete, or_

    from dialler_mcp.state.schema import changes

    removable = or_(changes.c.archive.is_(None), changes.c.archive.not_in(keep))
    connection.execute(delete(changes).where(changes.c.began < until, removable))


def _rows(connection: "Connection", query: "Select[*tuple[Any, ...]]") -> list[Row]:
    return [dict(row) for row in connection.execute(query).mappings()]


def _conditions(selection: Filter) -> list["ColumnElement[bool]"]:
    from dialler_mcp.state.schema import changes

    columns = changes.c
    conditions = [columns[name] == value for name, value in selection.equal.items()]
    if selection.since is not None:
        conditions.append(columns.began >= selection.since)
    if selection.until is not None:
        conditions.append(columns.began < selection.until)
    return conditions
