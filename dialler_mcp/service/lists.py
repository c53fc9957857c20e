"""What callers say about their lists of people, and the check of one: what is ready becomes a job."""

import asyncio
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from dialler_mcp.api.contacts import WHOLE_LIST
from dialler_mcp.domain.flat import digits_at_most
from dialler_mcp.domain.privacy import hides
from dialler_mcp.domain.private_data import PHONE_DIGITS
from dialler_mcp.domain.records import NUMBER_FIELDS
from dialler_mcp.problem import Problem, reason_of
from dialler_mcp.service import kept_mappings, people_lists
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.listing import names_of, read_list
from dialler_mcp.service.people_lists import BUSY, NOT_CHECKED, PeopleList, remove
from dialler_mcp.state.places import own_directory
from dialler_mcp.words import NOTHING, Words

if TYPE_CHECKING:
    from dialler_mcp.lists.checking.check import Check, CheckCounts, Writer
    from dialler_mcp.lists.checking.people import People
    from dialler_mcp.lists.columns.mapping import Proposal
    from dialler_mcp.lists.kinds import Kind, Verdict

_GONE = "gone"
_NOT_WRITTEN = Words(
    "The file with the rows cannot be written ({why}). Check the list without a file, or mend the folder.",
    "Die Datei mit den Zeilen lässt sich nicht schreiben ({why}). Prüfen Sie die Liste ohne Datei, oder bringen Sie "
    "den Ordner in Ordnung.",
)
_EXPORT = Words(
    "No file was written: this list is made of contacts. Export these instead.",
    "Es wurde keine Datei geschrieben: Diese Liste besteht aus Kontakten. Exportieren Sie stattdessen diese.",
)
_MASKED = Words(
    "{column} is masked here, so it becomes no field that would show it. Leave it, or leave it out with '-'.",
    "{column} ist hier maskiert und wird daher kein Feld, das es zeigen würde. Lassen Sie es, wie es ist, oder lassen "
    "Sie es mit '-' weg.",
)
_DECISIONS = Words(
    "Correct the arguments: decisions are ready or left_out, for one of: {kinds}.",
    "Berichtigen Sie die Angaben: decisions sind ready oder left_out, zu einer Art von diesen: {kinds}.",
)


@dataclass(frozen=True)
class ListWish:
    """What a caller says about a list: its campaign, what columns are, what was decided, where twins are looked for,
    which rows a file shall hold. `kept_name` is the name of a mapping to begin with, `keep` one under which to keep
    what the columns then are, `forget` one to forget. What is None stays as it was.
    """

    campaign_id: int | None = None
    mapping: Mapping[str, Any] | None = None
    decisions: Mapping[str, Any] | None = None
    twins: str | None = None
    file: str | None = None
    kept_name: str | None = None
    keep: str | None = None
    forget: str | None = None


async def checked_in_time(
    invocation: Invocation, people: PeopleList, wishes: ListWish, seconds: float | None = None
) -> "CheckCounts | None":
    """What a check finds; None where it takes longer than so many seconds (an answer's time), and goes on.

    Raises:
        Problem: something that was said makes no sense, or cannot be taken while a check goes on; or the list was
            forgotten meanwhile.
    """
    if people.checking is None:
        people.checking = asyncio.create_task(_begun(invocation, people, wishes))
    elif wishes != ListWish():
        raise Problem(BUSY)
    task = people.checking
    ready_tasks, _ = await asyncio.wait([task], timeout=people_lists.WAITED if seconds is None else seconds)
    if not ready_tasks:
        return None
    if people.checking is task:  # whoever else waited for it is not the first
        people.checking = None
    if task.cancelled():  # the list made room for others meanwhile
        raise Problem(people_lists.GONE)
    return task.result()


async def _begun(invocation: Invocation, people: PeopleList, wishes: ListWish) -> "CheckCounts":
    """Take what is said, and check the list by it: one task, so that nobody says something else in between."""
    await _take(invocation, people, wishes)
    return await _checked(invocation, people, wishes.file)


async def _take(invocation: Invocation, people: PeopleList, wishes: ListWish) -> None:
    from dialler_mcp.lists.checking.options import Options, Scope

    people.remarks = NOTHING
    if wishes.forget:
        people.kept_targets, people.remarks = {}, await kept_mappings.forget(invocation, wishes.forget)
    if wishes.mapping is not None or wishes.kept_name or wishes.forget or people.columns is None:
        await _map(invocation, people, wishes)
    if wishes.keep and people.columns is not None:
        people.remarks = await kept_mappings.keep(invocation, wishes.keep, people.columns)
    before = people.options or Options(scope=Scope.everywhere if people.contact_ids is None else Scope.campaign)
    if people.options is None and people.file is None:  # typed in, perhaps to learn whose numbers these are
        await invocation.admit_lookup(sum(_guesses(row.cells) for row in people.table.rows()))
    campaigns = await invocation.profile.directory.campaigns()
    people.options = Options(
        campaign_id=wishes.campaign_id or before.campaign_id,
        campaigns={campaign.name or "": campaign.id for campaign in campaigns},
        scope=Scope(wishes.twins) if wishes.twins else before.scope,
        decisions={**before.decisions, **_decisions(wishes.decisions or {})},
    )


def _guesses(cells: Sequence[str]) -> int:
    """How many look-ups a row is: one, or more where it holds more numbers than a contact has, which could be tried one
    after the other by saying that other columns are the numbers.
    """
    numbers = sum(digits_at_most(cell) // PHONE_DIGITS for cell in cells)
    return max(1, ceil(numbers / len(NUMBER_FIELDS)))


async def _map(invocation: Invocation, people: PeopleList, wishes: ListWish) -> None:
    """Say what the columns are: as the caller does, else as a kept mapping does, else by their heads."""
    from dialler_mcp.lists.columns.aliases import LEFT_OUT
    from dialler_mcp.lists.columns.mapping import map_of, proposed

    columns = people.table.columns
    if wishes.kept_name:
        people.kept_targets = await kept_mappings.taken(invocation, wishes.kept_name, columns)
    elif wishes.mapping is None and not wishes.forget:
        people.kept_targets, people.remarks = await kept_mappings.offered(invocation, columns)
    corrections = {str(column): str(target) for column, target in (wishes.mapping or {}).items()}
    targets = set(corrections.values()) - {LEFT_OUT}  # the field of another column now
    kept_ones = {column: target for column, target in people.kept_targets.items() if target not in targets}
    proposals = await asyncio.to_thread(proposed, people.table, {**kept_ones, **corrections})
    if people.contact_ids is not None:
        _keep_masked(invocation, proposals)
    people.proposals, people.columns = proposals, map_of(proposals)


def _keep_masked(invocation: Invocation, proposals: "Sequence[Proposal]") -> None:
    """See to it that what is masked in contacts does not become a field that shows it."""
    from dialler_mcp.lists.columns.aliases import FIELDS, LEFT_OUT

    for one in proposals:
        own, other = FIELDS.get(one.column), FIELDS.get(one.target or "")
        if own is None or one.target in (None, LEFT_OUT) or not hides(invocation.profile.privacy, own.about.kind):
            continue
        if other is None or other.about.kind is not own.about.kind:
            raise Problem(_MASKED.filled(column=one.column))


def _decisions(wishes: Mapping[str, Any]) -> "dict[Kind, Verdict]":
    from dialler_mcp.lists.kinds import Kind, Verdict

    try:
        return {Kind(str(kind)): Verdict(str(verdict)) for kind, verdict in wishes.items()}
    except ValueError:
        kinds = ", ".join(kind for kind in Kind if kind.verdict is Verdict.asked)
        raise Problem(_DECISIONS.filled(kinds=kinds)) from None


async def _checked(invocation: Invocation, people: PeopleList, file: str | None) -> "CheckCounts":
    """What a check finds; the rows and their reasons go to a file beside, where one is wanted."""
    from dialler_mcp.lists.checking.verdict_files import Include, VerdictFile, placed
    from dialler_mcp.lists.reading.pieces import plain_name

    people.rejects = None
    if file is None:
        return await check_list(invocation, people)
    if people.contact_ids is not None:  # a file of contacts is masked, and this one would not be
        raise Problem(_EXPORT)
    profile = invocation.profile
    name = f"{Path(plain_name(people.name)).stem}-checked-{people.id}.xlsx"
    draft = profile.lists.directory / f"{uuid4().hex}.xlsx"
    try:
        own_directory(profile.lists.directory)
        with VerdictFile(draft, people.table.columns, profile.language(None), Include(file)) as verdicts:
            outcome = await check_list(invocation, people, verdicts)
        folder = next(iter(profile.folders), profile.lists.directory).resolve()
        people.rejects = await asyncio.to_thread(placed, draft, folder, name)
    except OSError as error:
        raise Problem(_NOT_WRITTEN.filled(why=reason_of(error))) from None
    finally:
        remove(draft)
    return outcome


async def check_list(
    invocation: Invocation,
    people: PeopleList,
    writer: "Writer | None" = None,
    rules: Mapping[str, Any] | None = None,
) -> "CheckCounts":
    """A verdict for every row of a list whose columns and options are known; only the dialler's lists are read. What is
    said of the list while these are read is for the next check; `rules` are for this one alone.

    Raises:
        Problem: nobody knows its columns yet, or there is no such rule.
    """
    from dialler_mcp.lists.checking.check import CheckCounts, check
    from dialler_mcp.lists.checking.people import People

    table, columns, options = people.table, people.columns, people.options
    if columns is None or options is None:
        raise Problem(NOT_CHECKED)
    options = options.with_rules(rules) if rules is not None else options
    existing, people.counts, hidden_fields = People(), CheckCounts(), set[str]()
    checks = dict[str, "Check"]()
    there = await _add_existing(invocation, existing, hidden_fields, frozenset(people.contact_ids or ()))
    people.hides_locks = "b_locked" in hidden_fields
    if people.contact_ids is not None:  # who was deleted since must not come back
        checks, options = {_GONE: _gone(people.contact_ids, there)}, replace(options, checks=(_GONE,))
    return await asyncio.to_thread(check, table, columns, existing, options, writer, checks, people.counts)


def _gone(contact_ids: Sequence[int], there: Set[int]) -> "Check":
    """A check of a list made of these contacts, a line each: who is not there any more is left out."""
    from dialler_mcp.lists.checking.candidates import Candidate, Finding
    from dialler_mcp.lists.kinds import Kind

    def look(candidate: Candidate) -> list[Finding]:
        return [] if contact_ids[candidate.line - 1] in there else [Finding(Kind.gone)]

    return look


async def _add_existing(
    invocation: Invocation, people: "People", hidden_fields: set[str], wanted: Set[int]
) -> set[int]:
    """Who is there already, in all campaigns whatever the scope: who is closed or locked in one must not come back in
    another. Taken one by one, as they come: these may be millions. What this release does not show of them is added to
    `hidden_fields`; returns those of the wanted IDs that are there.
    """
    from dialler_mcp.lists.checking.people import add_record, record_of

    names = await names_of(invocation, None, fresh=True)
    there = set[int]()
    async for contact in read_list(invocation, None, hidden_fields, WHOLE_LIST):
        add_record(people, record_of(contact, names.code(contact)))
        if contact.id in wanted:
            there.add(contact.id)
    return there
