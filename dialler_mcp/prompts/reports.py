"""What the prompts are about that draw on the report and on the check of lists, as the tools of these do.

`contacts.py` says how such a function works.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dialler_mcp.domain.contact_state import State
from dialler_mcp.domain.text import clean
from dialler_mcp.prompts.campaigns import MAX_NAME, Ground, find_campaign, ground_of
from dialler_mcp.prompts.contacts import MAX_ROWS, ROOM, Inquiry, Section, section
from dialler_mcp.prompts.imports import check_of, invocation_of
from dialler_mcp.reporting.figures import data_check
from dialler_mcp.reporting.figures.data_check import CHECKS, GROUPED, Check, Finding, Person
from dialler_mcp.reporting.figures.scope import Scope
from dialler_mcp.service.data_check import CheckFindings, check_all, lists_of, why
from dialler_mcp.service.fresh import Copies
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.reports import report_on

if TYPE_CHECKING:
    from dialler_mcp.reporting.snapshot.opening import Snapshot

REPORT_SECONDS = 25.0  # of reading for a report: histories may take 5 s more; after 30 s the host gives a prompt up
LIST_SECONDS = 15.0  # of reading for a check, which has to be made, too
CHECK_SECONDS = 28.0  # after which no further check is begun, counted from the question
MAX_IN_GROUP = 5  # contacts of a group that are named


@dataclass(frozen=True)
class Report:
    """The report of a campaign in the words of `dialler_campaign_report`: the figures by heading, and its notes.

    `locks_shown` is False where this release does not show whether a contact is locked.
    """

    ground: Ground
    summary: str
    figures: Mapping[str, str]
    notes: Sequence[str]
    locks_shown: bool


async def campaign_report(inquiry: Inquiry, campaign: str) -> Report:
    """How a campaign went and how it stands: the report on all its calls."""
    record = await find_campaign(inquiry, campaign)
    call, language = Invocation(inquiry.profile), inquiry.language
    answer = await report_on(call, [record], Scope(), language, budget_seconds=REPORT_SECONDS)
    coverage, words = answer.copies.coverage, answer.words
    return Report(
        ground=ground_of(inquiry, record, coverage.contacts, complete=coverage.complete),
        summary=words.summary,
        figures=words.sections(),
        notes=words.notes or [],
        locks_shown=not coverage.contacts or all(one.lock_shown for one in coverage.campaigns),
    )


@dataclass(frozen=True)
class Hit:
    """A check that found something: its name, what that is, in how many contacts and groups, and which they are (None
    where there was no time to look).
    """

    check: str
    words: str
    contacts: int
    groups: int | None
    which: Section | None


@dataclass(frozen=True)
class Cleanup:
    """What is wrong with the contacts of a campaign, in the words of `dialler_check_data`; or with a list of people
    that is not imported yet, in those of `dialler_check_list` (`check`, without `ground`).
    """

    ground: Ground | None
    summary: str = ""
    hits: Sequence[Hit] = ()
    notes: Sequence[str] = ()
    check: str = ""


async def list_cleanup(inquiry: Inquiry, campaign: str) -> Cleanup:
    """What the check of a campaign's contacts finds, with those that it concerns; or the check of a list of people,
    where `campaign` is its list_id.
    """
    invocation = invocation_of(inquiry)
    if people := inquiry.profile.lists.known(invocation.caller.key, campaign):
        return Cleanup(None, check=(await check_of(invocation, people)).text())
    until = time.monotonic() + CHECK_SECONDS
    record = await find_campaign(inquiry, campaign)
    language = inquiry.language
    lists = await lists_of(Invocation(inquiry.profile), [record], language, budget_seconds=LIST_SECONDS)
    checks, hits = await asyncio.to_thread(_checked, inquiry, lists, lambda: time.monotonic() < until)
    complete = lists.lists_are_new and not checks.left_out
    return Cleanup(
        ground_of(inquiry, record, checks.contacts, complete=complete),
        checks.summary(language),
        hits,
        [*checks.notes(language), *lists.remarks],
    )


def _checked(inquiry: Inquiry, lists: Copies, in_time: Callable[[], bool]) -> tuple[CheckFindings, list[Hit]]:
    """What all checks found, and the contacts of each, as long as there is time for more. Blocks."""
    with inquiry.profile.snapshots.open(lists.campaign_ids) as snapshot:
        checks = check_all(Invocation(inquiry.profile), lists, snapshot, in_time)
        room = ROOM // max(len(checks.hits), 1)
        return checks, [
            Hit(
                one.check.value,
                CHECKS[one.check].text(inquiry.language),
                one.contacts,
                one.groups,
                _which(inquiry, snapshot, one, room) if in_time() else None,
            )
            for one in checks.hits
        ]


def _which(inquiry: Inquiry, snapshot: "Snapshot", one: Finding, room: int) -> Section:
    """The contacts that a check found, as many as fit into `room` bytes. Blocks."""
    columns, rows = (_groups if one.check in GROUPED else _singles)(inquiry, snapshot, one.check)
    total = len(rows)
    if total == MAX_ROWS:
        total = one.groups or data_check.rows_of(snapshot, one.check, inquiry.profile.privacy)
    return section(inquiry.language, columns, rows, total=total, room=room)


Rows = tuple[Sequence[str], list[list[Any]]]
"""The columns and the rows of a table."""


def _groups(inquiry: Inquiry, snapshot: "Snapshot", check: Check) -> Rows:
    """The groups of contacts that share something, largest first, their first members named."""
    groups = data_check.groups(snapshot, check, MAX_ROWS)
    people = data_check.people(snapshot, [member for group in groups for member in group.members[:MAX_IN_GROUP]])
    rows = list[list[Any]]()
    for group in groups:
        labels = [_label(inquiry, people[member]) for member in group.members[:MAX_IN_GROUP]]
        more = [f"+{rest}"] if (rest := group.contacts - len(labels)) else []
        rows.append([clean(group.text)[:MAX_NAME], group.contacts, "; ".join([*labels, *more])])
    return ("shared", "contacts", "which"), rows


def _label(inquiry: Inquiry, person: Person) -> str:
    """`217000 Kim Beispiel (done)`."""
    return f"{person.contact_id} {clean(person.name)[:MAX_NAME]} ({_state(inquiry, person)})"


def _state(inquiry: Inquiry, person: Person) -> str:
    return State(person.state).text(inquiry.language)


def _singles(inquiry: Inquiry, snapshot: "Snapshot", check: Check) -> Rows:
    """Single contacts, where in them the fault is, and why it is one."""
    singles = data_check.singles(snapshot, check, inquiry.profile.privacy, MAX_ROWS)
    people = data_check.people(snapshot, [single.contact_id for single in singles])
    rows = list[list[Any]]()
    for single in singles:
        person = people[single.contact_id]
        rows.append(
            [
                person.contact_id,
                clean(person.user_data)[:MAX_NAME],
                clean(person.name)[:MAX_NAME],
                _state(inquiry, person),
                person.attempts or None,
                person.locked or None,
                single.place or None,
                why(single, inquiry.language),
                clean(single.value or "")[:MAX_NAME],
            ]
        )
    return ("ID", "UserData", "name", "state", "attempts", "locked", "where", "why", "value"), rows
