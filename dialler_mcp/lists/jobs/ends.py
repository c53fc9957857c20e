"""How a row ends, together with its entry in the journal."""

from dialler_mcp.changes.journal import End, Status
from dialler_mcp.domain.records import Contact
from dialler_mcp.lists.jobs.job import JobRow, RowState
from dialler_mcp.lists.jobs.ledger import RowOutcome
from dialler_mcp.words import Words


def done(row: JobRow, contact: Contact | None, result: Words | None = None) -> RowOutcome:
    """The change is made; `contact` is what its answer, or looking, has shown."""
    contact_id = contact.id if contact else row.contact_id
    end = _end(row, "done", after=contact, result=result, contact_id=contact_id)
    return RowOutcome(row, RowState.done, contact_id=contact_id, end=end)


def failed(row: JobRow, why: Words) -> RowOutcome:
    """The change surely is not made."""
    return RowOutcome(row, RowState.failed, why=why, end=_end(row, "failed", result=why))


def unknown(row: JobRow, why: Words) -> RowOutcome:
    """Nobody can tell whether the change is made."""
    return RowOutcome(row, RowState.unknown, why=why, end=_end(row, "unknown", result=why))


def left(row: JobRow, why: Words) -> RowOutcome:
    """The row is not sent; one that was begun before has an entry in the journal, which ends."""
    return RowOutcome(row, RowState.left, why=why, end=_end(row, "failed", result=why))


def _end(
    row: JobRow,
    status: Status,
    after: Contact | None = None,
    result: Words | None = None,
    contact_id: int | None = None,
) -> End | None:
    if row.change is None:
        return None
    campaign = after.dialler_campaigns_id if after else None
    return End(row.change, status, after, result, contact_id, campaign)
