"""One job as its readers have it: the tool, the resource and the card say the same."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dialler_mcp.changes.gate import CONFIRMED_BY
from dialler_mcp.domain.text import clean
from dialler_mcp.domain.times import shown
from dialler_mcp.lists.jobs.job import ROW_STATES, JobRow, Progress
from dialler_mcp.service.answers import Details
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.plans.jobs import in_words
from dialler_mcp.service.present import label_shown
from dialler_mcp.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_ROWS_SHOWN = 20
_ONLY_FIRST = Words("Only the first {count} rows are shown.", "Nur die ersten {count} Zeilen werden gezeigt.")


async def job_details(invocation: Invocation, progress: Progress) -> Details:
    """A job with its progress, its author, and the first rows of which something is to be said."""
    job, language = progress.job, invocation.language
    odd = await invocation.profile.jobs.ledger.remarkable(job.id, MAX_ROWS_SHOWN + 1)
    record = {
        "job": job.id,
        "what": label_shown(job.title, invocation.present),
        "state": in_words(progress, language),
        "created": job_time(invocation, job.created),
        "began": job_time(invocation, job.began),
        "ended": job_time(invocation, job.ended),
        "caller": clean(job.caller.key),
        "confirmed_by": CONFIRMED_BY[job.confirmed_by].text(language) if job.confirmed_by else None,
        "reason": invocation.present.text(job.reason) if job.reason else None,
        "undoes_job": job.undoes,
        "rows": _in_lines(invocation, odd[:MAX_ROWS_SHOWN]),
    }
    notes = [_ONLY_FIRST.filled(count=MAX_ROWS_SHOWN).text(language)] if len(odd) > MAX_ROWS_SHOWN else None
    filled = {name: value for name, value in record.items() if value not in (None, "", [])}
    return Details(record=filled, notes=notes).in_language(language)


def job_time(invocation: Invocation, seconds: float | None) -> str | None:
    """A time of a job, local to the dialler."""
    return None if seconds is None else shown(datetime.fromtimestamp(seconds, UTC), invocation.profile.zone)


def _in_lines(invocation: Invocation, rows: "Sequence[JobRow]") -> list[str]:
    return [f"{who}: {state}, {why}" for who, state, why in (_odd(invocation, row) for row in rows)]


def _odd(invocation: Invocation, row: JobRow) -> tuple[str, str, str]:
    """Whom a row is about, what came of it, and why."""
    label = label_shown(row.step.label, invocation.present)
    who = f"{label} (ID {row.contact_id})" if row.contact_id else label
    return who, ROW_STATES[row.state].text(invocation.language), row.why or ""
