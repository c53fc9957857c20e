"""One job as its readers have it: the tool, the resource and the card say the same."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import PrivateAttr

from dialler_mcp.changes.gate import CONFIRMED_BY
from dialler_mcp.domain.text import clean
from dialler_mcp.domain.times import shown
from dialler_mcp.lists.jobs.job import ROW_STATES, STATES, Job, JobRow, JobState, Progress
from dialler_mcp.lists.jobs.ledger import Control, controls_of
from dialler_mcp.protocol.pages import JOB_META
from dialler_mcp.service.answers import SANDBOX_WORDS, Details
from dialler_mcp.service.headings import heading
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.plans.jobs import counted_rows, in_words
from dialler_mcp.service.plans.taking_back import can_be_taken_back, taking_back
from dialler_mcp.service.present import label_shown
from dialler_mcp.words import Words

MAX_ROWS_SHOWN = 20
MAX_ROWS_ON_CARD = 100
_ONLY_FIRST = Words("Only the first {count} rows are shown.", "Nur die ersten {count} Zeilen werden gezeigt.")
_WAITS = Words(
    "It waits for job {job}: imports go one after the other.",
    "Er wartet auf Auftrag {job}: Importe laufen nacheinander.",
)
_FACTS = ("created", "began", "ended", "caller", "confirmed_by", "reason", "undoes_job")


class JobDetails(Details):
    """A job, with what only its card needs."""

    _card: dict[str, Any] | None = PrivateAttr(default=None)

    def meta(self) -> dict[str, Any] | None:
        return None if self._card is None else {JOB_META: self._card}

    def add_notes(self, notes: Sequence[str]) -> None:
        super().add_notes(notes)
        if self._card is not None:
            self._card = {**self._card, "notes": [*self._card["notes"], *notes]}

    def on_card(self, card: dict[str, Any]) -> "JobDetails":
        """The same, for a client that shows the card."""
        self._card = card
        return self


async def job_details(invocation: Invocation, progress: Progress) -> JobDetails:
    """A job with its progress, its author, and the first rows of which something is to be said."""
    job, language = progress.job, invocation.language
    most = MAX_ROWS_ON_CARD if invocation.shows_cards else MAX_ROWS_SHOWN
    rows = await invocation.profile.jobs.ledger.remarkable(job.id, most + 1)
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
        "rows": [", ".join((f"{who}: {state}", why)) for who, state, why in _odd(invocation, rows[:MAX_ROWS_SHOWN])],
    }
    notes = [_ONLY_FIRST.filled(count=MAX_ROWS_SHOWN).text(language)] if len(rows) > MAX_ROWS_SHOWN else []
    may_wait = job.verb == "import" and job.state is JobState.running and not job.held
    if may_wait and (first := await invocation.profile.jobs.ledger.import_before(job.id)) is not None:
        notes.append(_WAITS.filled(job=first).text(language))
    values = {name: value for name, value in record.items() if value not in (None, "", [])}
    answer = JobDetails(record=values, notes=notes or None).in_language(language)
    return answer.on_card(_card(invocation, progress, values, rows)) if invocation.shows_cards else answer


def job_time(invocation: Invocation, seconds: float | None) -> str | None:
    """A time of a job, local to the dialler."""
    return None if seconds is None else shown(datetime.fromtimestamp(seconds, UTC), invocation.profile.zone)


def _odd(invocation: Invocation, rows: Sequence[JobRow]) -> list[tuple[str, str, str]]:
    """Whom rows are about, what came of them, and why."""
    labels = [(label_shown(row.step.label, invocation.present), row) for row in rows]
    return [
        (
            f"{label} (ID {row.contact_id})" if row.contact_id else label,
            ROW_STATES[row.state].text(invocation.language),
            row.why or "",
        )
        for label, row in labels
    ]


def _card(
    invocation: Invocation, progress: Progress, record: Mapping[str, Any], rows: Sequence[JobRow]
) -> dict[str, Any]:
    """What the card of a job shows; its shape is `Job` in apps/job/src/job.ts."""
    job, language = progress.job, invocation.language
    first = rows[:MAX_ROWS_ON_CARD]
    back = taking_back(job.verb)
    return {
        "job": job.id,
        "language": language.value,
        "what": record["what"],
        "state": job.state.value,
        "state_words": STATES[job.state].text(language),
        "wish": job.wish,
        "why": job.why,
        "now": invocation.profile.time().timestamp(),
        "began": job.began,
        "ended": job.ended,
        "total": job.total,
        "counts": counted_rows(progress),
        "facts": [[heading(name, language), str(record[name])] for name in _FACTS if name in record],
        "rows": [
            {"state": row.state.value, "who": who, "came_of_it": state, "why": why}
            for row, (who, state, why) in zip(first, _odd(invocation, first), strict=True)
        ],
        "more_rows": len(rows) > len(first),
        "controls": _controls(invocation, job),
        "taken_back": back.text(language) if back else None,
        "may_undo": _may_undo(invocation, progress),
        "notes": [SANDBOX_WORDS.text(language)] if invocation.profile.is_sandbox else [],
    }


def functions_of(job: Job) -> list[str]:
    """The functions that whoever controls a job must be allowed to use: who may not do it may not let it go on."""
    if job.verb != "undo":
        return [f"{job.verb}_contact"]
    return ["undo_change", *(["delete_contact"] if job.means.destroys else [])]


def _controls(invocation: Invocation, job: Job) -> list[Control]:
    """What the caller may do to a job now."""
    is_permitted = all(map(invocation.permits, functions_of(job)))
    return controls_of(job) if is_permitted and invocation.permits("control_job") else []


def _may_undo(invocation: Invocation, progress: Progress) -> bool:
    """Whether the caller may ask that a job be taken back; the preview of the undo says what of it is possible."""
    job = progress.job
    done_count = counted_rows(progress).get("done", 0) > 0
    return job.state.ended and done_count and can_be_taken_back(job.verb) and invocation.permits("undo_change")
