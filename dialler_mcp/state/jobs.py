"""Jobs and their rows, a function for each thing that is done with them; the room `lists/jobs` says what they mean.

A job is a mapping with a value for each column of the table `jobs`, a row with one for each of `job_rows`. Times are
seconds since 1970. Whoever works on a job holds a lease with a number, its fence, and writes through `hold` alone: who
lost the lease writes nothing.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, FromClause

Row = Mapping[str, Any]


class Lost(Exception):
    """The lease is another's by now, or the job does not run any more; nothing was written."""


def add(connection: "Connection", values: Row) -> int:
    """Add a job, and return its ID."""
    from sqlalchemy import insert

    from dialler_mcp.state.schema import jobs

    key = connection.execute(insert(jobs).values(**values)).inserted_primary_key
    return key[0] if key else 0


def add_rows(connection: "Connection", rows: Sequence[Row]) -> None:
    """Add rows, each with `job`, `number`, `state`, `step` and `contact_id`."""
    from sqlalchemy import insert

    from dialler_mcp.state.schema import job_rows

    if rows:
        connection.execute(insert(job_rows), rows)


def amend(connection: "Connection", number: int, values: Row, *, states: Collection[str] = ()) -> bool:
    """Set columns of a job, if given only where it is in one of these states; whether that was so."""
    from sqlalchemy import update

    from dialler_mcp.state.schema import jobs

    conditions = [jobs.c.id == number, *([jobs.c.state.in_(states)] if states else [])]
    return connection.execute(update(jobs).where(*conditions).values(**values)).rowcount > 0


def get(connection: "Connection", number: int) -> Row | None:
    """A job, with the time `now` of the clock that its lease goes by."""
    from sqlalchemy import select

    from dialler_mcp.state.schema import jobs

    row = connection.execute(select(jobs).where(jobs.c.id == number)).mappings().first()
    return None if row is None else {**row, "now": now(connection)}


def newest(connection: "Connection", dialler: str, limit: int, *, below: int | None = None) -> list[Row]:
    """The newest jobs on a dialler, at most `limit`; if given, only those with IDs below `below`. Drafts are none."""
    from sqlalchemy import select

    from dialler_mcp.state.schema import jobs

    query = select(jobs).where(jobs.c.dialler == dialler, jobs.c.state != "draft").order_by(jobs.c.id.desc())
    if below is not None:
        query = query.where(jobs.c.id < below)
    clock = now(connection)
    return [{**row, "now": clock} for row in connection.execute(query.limit(limit)).mappings()]


def like(connection: "Connection", dialler: str, values: Row, since: float) -> Row | None:
    """A job on a dialler that was made after `since`, with these values."""
    from sqlalchemy import select

    from dialler_mcp.state.schema import jobs

    equal = [jobs.c[name] == value for name, value in values.items()]
    query = select(jobs).where(jobs.c.dialler == dialler, jobs.c.created > since, *equal)
    row = connection.execute(query.limit(1)).mappings().first()
    return None if row is None else {**row, "now": now(connection)}


def older(connection: "Connection", dialler: str, values: Row, newest: int) -> list[int]:
    """The IDs of the jobs on a dialler with these values, without so many of the newest."""
    from sqlalchemy import select

    from dialler_mcp.state.schema import jobs

    equal = [jobs.c[name] == value for name, value in values.items()]
    query = select(jobs.c.id).where(jobs.c.dialler == dialler, *equal).order_by(jobs.c.id.desc())
    return list(connection.execute(query.offset(newest)).scalars())


def remove(connection: "Connection", number: int) -> None:
    """Remove a job with its rows."""
    from sqlalchemy import delete

    from dialler_mcp.state.schema import job_rows, jobs

    connection.execute(delete(job_rows).where(job_rows.c.job == number))
    connection.execute(delete(jobs).where(jobs.c.id == number))


def take(connection: "Connection", dialler: str, owner: str, seconds: float) -> Row | None:
    """Take a running job that nobody holds (any more), with a fence of its own, for so many seconds; None: there is
    none. Imports go one after the other: two at a time would not see whom the other has just brought in.
    """
    from sqlalchemy import exists, or_, select, update

    from dialler_mcp.state.schema import jobs

    clock, other = now(connection), jobs.alias()
    free = (jobs.c.dialler == dialler, jobs.c.state == "running", or_(jobs.c.owner.is_(None), jobs.c.until < clock))
    waits = exists().where(*_goes_before(other, dialler, jobs.c.id, clock))
    next_one = select(jobs).where(*free, or_(jobs.c.verb != "import", ~waits)).order_by(jobs.c.id).limit(1)
    row = connection.execute(next_one.with_for_update(skip_locked=True)).mappings()
    if (job := row.first()) is None:
        return None
    lease = {"owner": owner, "until": clock + seconds, "fence": job["fence"] + 1}
    connection.execute(update(jobs).where(jobs.c.id == job["id"]).values(**lease))
    return {**job, **lease, "was_held": job["owner"] is not None}


def import_before(connection: "Connection", dialler: str, number: int) -> int | None:
    """The import that goes before this one; None: there is none."""
    from sqlalchemy import select

    from dialler_mcp.state.schema import jobs

    query = select(jobs.c.id).where(*_goes_before(jobs, dialler, number, now(connection)))
    return connection.scalar(query.order_by(jobs.c.id).limit(1))


def _goes_before(
    other: "FromClause", dialler: str, number: "ColumnElement[int] | int", clock: float
) -> "Sequence[ColumnElement[bool]]":
    """Whether another job is an import that goes before the one with this number."""
    from sqlalchemy import and_, or_

    is_held = and_(other.c.id != number, other.c.owner.is_not(None), other.c.until >= clock)
    is_import = (other.c.dialler == dialler, other.c.state == "running", other.c.verb == "import")
    return (*is_import, or_(other.c.id < number, is_held))


def hold(connection: "Connection", number: int, fence: int, seconds: float) -> str | None:
    """Keep the lease for so many seconds more; the first thing in every transaction that works on the job. Returns what
    a person has asked for meanwhile.

    Raises:
        Lost: it cannot be kept.
    """
    from sqlalchemy import select

    from dialler_mcp.state.schema import jobs

    until = now(connection) + seconds
    if not _amend_held(connection, number, fence, {"until": until}):
        raise Lost
    return connection.scalar(select(jobs.c.wish).where(jobs.c.id == number))


def let_go(connection: "Connection", number: int, fence: int, values: Row | None = None) -> bool:
    """Give the lease back, with these columns set in the same moment; whether it was still held."""
    return _amend_held(connection, number, fence, {"owner": None, "until": 0.0, **(values or {})})


def _amend_held(connection: "Connection", number: int, fence: int, values: Row) -> bool:
    from sqlalchemy import update

    from dialler_mcp.state.schema import jobs

    conditions = (jobs.c.id == number, jobs.c.fence == fence, jobs.c.state == "running")
    return connection.execute(update(jobs).where(*conditions).values(**values)).rowcount > 0


def open_rows(connection: "Connection", number: int, limit: int) -> list[Row]:
    """The next rows that are not finished, those that were begun first: these may have been sent."""
    from sqlalchemy import select

    from dialler_mcp.state.schema import job_rows as rows

    next_rows = list[Row]()
    for state in ("begun", "new"):
        query = select(rows).where(rows.c.job == number, rows.c.state == state).order_by(rows.c.number)
        next_rows += [dict(row) for row in connection.execute(query.limit(limit - len(next_rows))).mappings()]
        if len(next_rows) >= limit:
            break
    return next_rows


def set_rows(connection: "Connection", number: int, values: Sequence[Row]) -> None:
    """Set `state`, `fence`, `tries`, `contact_id`, `change` and `why` of the rows with these numbers."""
    from sqlalchemy import bindparam, update

    from dialler_mcp.state.schema import job_rows as rows

    if not values:
        return
    columns = ("state", "fence", "tries", "contact_id", "change", "why")
    statement = update(rows).where(rows.c.job == number, rows.c.number == bindparam("row"))
    sets: dict[str, Any] = {name: bindparam(f"new_{name}") for name in columns}
    parameters = [{"row": row["number"], **{f"new_{name}": row[name] for name in columns}} for row in values]
    connection.execute(statement.values(**sets), parameters)


def take_back_unsent(connection: "Connection", number: int) -> list[int]:
    """Part the rows that are new from their entries in the journal, which were made when they were about to be sent;
    the IDs of these entries.
    """
    from sqlalchemy import select, update

    from dialler_mcp.state.schema import job_rows as rows

    unsent = (rows.c.job == number, rows.c.state == "new", rows.c.change.is_not(None))
    changes = list(connection.scalars(select(rows.c.change).where(*unsent)))
    if changes:
        connection.execute(update(rows).where(*unsent).values(change=None))
    return changes


def note_late(connection: "Connection", number: int, values: Sequence[Row]) -> None:
    """Set `why` of those rows that are done and whose `contact_id` is another than here; without a lease, since whoever
    notes this has lost it.
    """
    from sqlalchemy import bindparam, update

    from dialler_mcp.state.schema import job_rows as rows

    if not values:
        return
    row = (rows.c.job == number, rows.c.number == bindparam("row"), rows.c.state == "done")
    statement = update(rows).where(*row, rows.c.contact_id != bindparam("late")).values(why=bindparam("remark"))
    parameters = [{"row": row["number"], "late": row["contact_id"], "remark": row["why"]} for row in values]
    connection.execute(statement, parameters)


def counts(connection: "Connection", number: int) -> dict[str, int]:
    """How many rows of a job are in each state."""
    from sqlalchemy import func, select

    from dialler_mcp.state.schema import job_rows as rows

    query = select(rows.c.state, func.count()).where(rows.c.job == number).group_by(rows.c.state)
    return {str(state): int(count) for state, count in connection.execute(query)}


def rows_in(
    connection: "Connection", number: int, states: Collection[str], limit: int, *, after: int = -1
) -> list[Row]:
    """Rows in one of these states with numbers above `after`, the lowest first."""
    from sqlalchemy import select

    from dialler_mcp.state.schema import job_rows as rows

    query = select(rows).where(rows.c.job == number, rows.c.state.in_(states), rows.c.number > after)
    return [dict(row) for row in connection.execute(query.order_by(rows.c.number).limit(limit)).mappings()]


def remarkable(connection: "Connection", number: int, limit: int) -> list[Row]:
    """Finished rows of which something is to be said, the lowest numbers first."""
    from sqlalchemy import select

    from dialler_mcp.state.schema import job_rows as rows

    query = select(rows).where(rows.c.job == number, rows.c.why.is_not(None), rows.c.state.not_in(("new", "begun")))
    return [dict(row) for row in connection.execute(query.order_by(rows.c.number).limit(limit)).mappings()]


def count(connection: "Connection", dialler: str) -> int:
    """How many jobs there are on a dialler. Drafts are none."""
    from sqlalchemy import func, select

    from dialler_mcp.state.schema import jobs

    query = select(func.count()).select_from(jobs).where(jobs.c.dialler == dialler, jobs.c.state != "draft")
    return connection.scalar(query) or 0


def running(connection: "Connection", dialler: str) -> bool:
    """Whether a job runs on a dialler, whoever works on it."""
    from sqlalchemy import select

    from dialler_mcp.state.schema import jobs

    query = select(jobs.c.id).where(jobs.c.dialler == dialler, jobs.c.state == "running").limit(1)
    return connection.scalar(query) is not None


def forget(connection: "Connection", until: float, waiting_until: float) -> None:
    """Remove jobs that were made before `until` and do not run, with their rows; those that were never confirmed if
    they were made before `waiting_until`.
    """
    from sqlalchemy import and_, delete, or_, select

    from dialler_mcp.state.schema import job_rows, jobs

    is_over = and_(jobs.c.created < until, jobs.c.state.not_in(("running", "paused")))
    never_confirmed = and_(jobs.c.created < waiting_until, jobs.c.state.in_(("draft", "frozen")))
    old = select(jobs.c.id).where(or_(is_over, never_confirmed))
    connection.execute(delete(job_rows).where(job_rows.c.job.in_(old)))
    connection.execute(delete(jobs).where(jobs.c.id.in_(old)))


def now(connection: "Connection") -> float:
    """The clock that leases go by: the database's, where replicas share one, else the machine's."""
    if connection.dialect.name == "sqlite":
        return time.time()
    from sqlalchemy import text

    return float(connection.scalar(text("select extract(epoch from clock_timestamp())")) or 0)
