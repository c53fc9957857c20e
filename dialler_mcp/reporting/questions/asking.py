"""Questions in SQL over a snapshot, read-only by construction: each is answered in a process of its own that has
nothing but the views (`question_rules` says what it may hold, `question_process` how it is bound).
"""

import asyncio
import json
import subprocess
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from dialler_mcp.child_process import NO_WINDOW, command, environment
from dialler_mcp.reporting.errors import NoSnapshot, SnapshotError
from dialler_mcp.reporting.questions import refusals
from dialler_mcp.reporting.questions.process import MAX_CELL, Outcome, Task
from dialler_mcp.reporting.questions.rules import MAX_SQL
from dialler_mcp.reporting.snapshot.views import FREE_COLUMNS
from dialler_mcp.words import Words, in_words

if TYPE_CHECKING:
    from dialler_mcp.reporting.snapshot.snapshots import Snapshots

MAX_ROWS, USUAL_ROWS = 200, 50
SECONDS = 10.0
MEMORY = "512MB"
WAITING = 20.0  # seconds that a question may wait for others
GRACE = 5.0  # seconds for the process to start and to end by itself
OPENING_TRIES = 3  # a file can be replaced between finding and opening it
RULES = Words(
    f"one SELECT in DuckDB's dialect (WITH, UNION, VALUES, windows, QUALIFY, GROUP BY ALL); at most {MAX_ROWS} rows,"
    f" {SECONDS:.0f} s, {MEMORY}; functions: ask for view=functions. Join calls and result_codes on"
    " contact_id, campaign_id, result_code_id. Times are local.",
    f"ein SELECT im Dialekt von DuckDB (WITH, UNION, VALUES, Fenster, QUALIFY, GROUP BY ALL); höchstens {MAX_ROWS}"
    f" Zeilen, {SECONDS:.0f} s, {MEMORY}; Funktionen: mit view=functions. calls und result_codes über"
    " contact_id, campaign_id, result_code_id verbinden. Zeiten sind lokal.",
)
PROCESS = "dialler_mcp.reporting.questions.process"


class WrongQuestion(SnapshotError):
    """A question that cannot be answered; the text says why, where, and what to do."""


@dataclass(frozen=True)
class Rows:
    """The first rows of an answer: JSON scalars, `types` as DuckDB names them. `more`: there are more rows.

    `foreign`: of each column, whether its text may be from columns that somebody else wrote.
    """

    columns: tuple[str, ...]
    types: tuple[str, ...]
    foreign: tuple[bool, ...]
    rows: tuple[tuple[Any, ...], ...]
    more: bool


async def ask(
    snapshots: "Snapshots",
    campaign_ids: Sequence[int],
    sql: str,
    *,
    limit: int = USUAL_ROWS,
    most: int = MAX_ROWS,
    longest: int = MAX_CELL,
    seconds: float = SECONDS,
    grace: float = GRACE,
) -> Rows:
    """The answer to one SELECT over the views of these campaigns.

    `limit` rows, 1 to `most`, with texts of at most `longest` characters; ended after `seconds` and, should it not let
    itself be ended, killed `grace` later.

    Raises:
        WrongQuestion: it is no question, holds what is not allowed, or needs too much time or memory.
        NoSnapshot: these campaigns were not read yet.
    """
    if len(sql) > MAX_SQL:
        raise WrongQuestion(refusals.TOO_MUCH_TEXT.filled(most=in_words(MAX_SQL)))
    if "\0" in sql:
        raise WrongQuestion(refusals.NO_CHARACTER)
    limit, free = min(max(limit, 1), most), sorted(FREE_COLUMNS)
    for _ in range(OPENING_TRIES):
        async with _turn(snapshots):
            making, zone = await asyncio.to_thread(making_of, snapshots, campaign_ids)
            task = Task(
                making=making,
                zone=zone,
                sql=sql,
                limit=limit,
                seconds=seconds,
                memory=MEMORY,
                free=free,
                longest=longest,
            )
            outcome = await _outcome(task, seconds + grace)
        if "reason" in outcome:
            raise WrongQuestion(Words(*outcome["reason"]))
        if answer := outcome.get("found"):
            rows = tuple(map(tuple, answer["rows"]))
            return Rows(
                tuple(answer["columns"]), tuple(answer["types"]), tuple(answer["foreign"]), rows, answer["more"]
            )
    raise NoSnapshot(list(campaign_ids))


@asynccontextmanager
async def _turn(snapshots: "Snapshots") -> AsyncGenerator[None]:
    """One of the questions that are answered at the same time: each may take so much of the memory.

    Raises:
        WrongQuestion: others are answered for too long.
    """
    try:
        async with asyncio.timeout(WAITING):
            await snapshots.questions.acquire()
    except TimeoutError:
        raise WrongQuestion(refusals.TOO_MANY) from None
    try:
        yield
    finally:
        snapshots.questions.release()


def making_of(snapshots: "Snapshots", campaign_ids: Sequence[int]) -> tuple[list[str], str]:
    """The statements that make the views over what was read of these campaigns, and where their times are local."""
    with snapshots.open(campaign_ids) as snapshot:
        return snapshot.making, snapshot.coverage.zone


async def _outcome(task: Task, most: float) -> Outcome:
    """The outcome that the process reports. It is ended in any case, also when nobody waits for it any more."""
    process = await asyncio.create_subprocess_exec(
        *command(PROCESS),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(),
        creationflags=NO_WINDOW,
    )
    try:
        async with asyncio.timeout(most):
            output, _ = await process.communicate(json.dumps(task).encode("utf-8", "surrogatepass"))
    except TimeoutError:
        return {"reason": refusals.TOO_LONG}
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    try:
        return cast(Outcome, json.loads(output))
    except ValueError:  # a limit of the system ended it, or it crashed
        return {"reason": refusals.TOO_LARGE}
