"""A proposed job at a terminal: agreed to by whoever sits there, carried out with a bar, told with an exit code."""

import asyncio
import json
import shlex
import sys
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

import typer

from dialler_mcp.cli.terminal import INCOMPLETE, UNCONFIRMED, end, new_bars, while_somebody_reads
from dialler_mcp.words import NOTHING, Words

if TYPE_CHECKING:
    from dialler_mcp.lists.jobs.job import Progress
    from dialler_mcp.service.answers import Change
    from dialler_mcp.service.invocation import Invocation
    from dialler_mcp.service.plans.jobs import JobProposal
    from dialler_mcp.service.profile import Profile

LOOK = 0.3
"""Seconds between two looks at a job for its bar."""
BY_FLAG, BY_PERSON = "--yes", "terminal"
"""How a job was confirmed, in the journal's words."""

_GO_ON = Words("Go on?", "Ausführen?")
_WHY = Words("The reason, which is kept", "Der Grund, der im Journal bleibt")
_RATE = Words("{seconds:.1f} s, {rate:.0f} rows a second.", "{seconds:.1f} s, {rate:.0f} Zeilen je Sekunde.")
_BY_PHRASE = Words(
    "Once a person agreed: {command} --confirm {phrase}{reason}",
    "Sobald eine Person zugestimmt hat: {command} --confirm {phrase}{reason}",
)
_WITH_REASON = Words(" --reason '<why>'", " --reason '<Grund>'")
_NO_YES = Words("nobody has said yes, so nothing was sent.", "Niemand hat zugestimmt, deshalb wurde nichts gesendet.")
STOPPED_WORDS = Words(
    "stopped. What was sent stays; `dialler-mcp jobs list` shows a job that is left.",
    "Angehalten. Was gesendet ist, bleibt; `dialler-mcp jobs list` zeigt einen Auftrag, der übrig ist.",
)


@dataclass(frozen=True)
class Manner:
    """How a command carries out its job. `command` is the one that confirms a preview, with `{job}` for its number;
    `doing` names the bar. With `agreed` nobody is asked.
    """

    command: str
    doing: Words
    as_json: bool
    agreed: bool = False


async def carry_out(
    invocation: "Invocation", proposal: "JobProposal", manner: Manner, findings: Mapping[str, Any] | None = None
) -> int:
    """Carry the job out to its end, with a bar, once it is agreed to; else say how it can be. `findings` are what a
    program reads beside that. The exit code.
    """
    from dialler_mcp.service.plans.jobs import counted_rows, sentence

    profile, job, began = invocation.profile, proposal.frozen, perf_counter()
    change = await _with_bar(profile, job.id, await _work(invocation, proposal, manner), manner.doing)
    progress = await profile.jobs.ledger.progress(job.id)
    took, language = max(perf_counter() - began, 1e-3), profile.language(None)
    record: dict[str, Any] = {**(findings or {}), "status": change.status, "job": job.id, "rows": progress.job.total}
    if change.status in ("confirmation_required", "dry_run"):
        lines = [change.what, *(f"- {one}" for one in change.consequences or ())]
        if change.confirm:
            record["confirm"] = change.confirm
            command, phrase = manner.command.format(job=job.id), shlex.quote(change.confirm)
            reason = _WITH_REASON if proposal.lacks_reason else NOTHING
            lines.append(_BY_PHRASE.filled(command=command, phrase=phrase, reason=reason).text(language))
        return tell(manner, record, UNCONFIRMED if change.confirm else 0, *lines, *(change.notes or ()))
    record |= {**counted_rows(progress), "seconds": round(took, 1)}
    rate = _RATE.text(language).format(seconds=took, rate=progress.finished / took)
    return tell(manner, record, code_of(progress), sentence(progress, language), rate, *(change.notes or ()))


async def _work(invocation: "Invocation", proposal: "JobProposal", manner: Manner) -> "Awaitable[Change]":
    """What carries the job out, once it is agreed to; else what previews it."""
    if manner.agreed:
        return proposal.agreed(BY_FLAG)
    if invocation.confirms or manner.as_json or sys.stdin is None or not sys.stdin.isatty():
        return proposal.answer(None)
    language = invocation.profile.language(None)
    title = proposal.plan.action
    print(f"\n{title[:1].upper()}{title[1:]}?", *(f"- {one}" for one in proposal.plan.consequences), sep="\n")
    for note in invocation.notes() or ():
        print(note)
    if not await asyncio.to_thread(typer.confirm, _GO_ON.text(language), default=False):
        end(_NO_YES.text(language), UNCONFIRMED)
    reason = await asyncio.to_thread(typer.prompt, _WHY.text(language)) if proposal.lacks_reason else None
    return proposal.agreed(BY_PERSON, reason)


async def _with_bar(profile: "Profile", number: int, work: "Awaitable[Change]", doing: Words) -> "Change":
    """Wait for the job, also when it takes longer than an answer to a host may."""
    from dialler_mcp.lists.jobs.job import JobState

    ledger = profile.jobs.ledger
    carried_out = asyncio.ensure_future(work)
    with new_bars() as bars:
        bar = bars.add_task(doing.text(profile.language(None)), total=None)
        while True:
            progress = await ledger.progress(number)
            bars.update(bar, completed=progress.finished, total=progress.job.total)
            if carried_out.done() and progress.job.state is not JobState.running:
                return await carried_out
            await asyncio.sleep(LOOK)


def code_of(progress: "Progress") -> int:
    """The exit code: a script must look again at a job that is not done, or of which rows failed or are unknown."""
    from dialler_mcp.lists.jobs.job import JobState, RowState

    counts = progress.counts
    odd = counts.get(RowState.failed, 0) + counts.get(RowState.unknown, 0)
    return INCOMPLETE if odd or progress.job.state is not JobState.done else 0


def tell(manner: Manner, record: Mapping[str, Any], code: int, *lines: str) -> int:
    """Say what came of it, and with which exit code it ends."""
    with while_somebody_reads():
        if manner.as_json:
            print(json.dumps(record))
        else:
            for line in lines:
                print(line)
    return code
