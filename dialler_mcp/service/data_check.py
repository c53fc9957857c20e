"""The check of contact lists, for whoever shows it: which campaigns, what was found, in words and in detail."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.phone_flaws import FLAWS
from dialler_mcp.domain.privacy import Privacy
from dialler_mcp.domain.records import Campaign
from dialler_mcp.domain.text import clean, part
from dialler_mcp.problem import Problem
from dialler_mcp.reporting.figures import data_check
from dialler_mcp.reporting.figures.data_check import (
    CHECKS,
    GROUPED,
    MAX_MEMBERS,
    Check,
    Finding,
    Group,
    Person,
    SingleContact,
)
from dialler_mcp.reporting.figures.words import campaign_in_words
from dialler_mcp.service.answers import ROWS, Table, table
from dialler_mcp.service.fresh import BUDGET_SECONDS, Copies, copies_of
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.paging import cursor_at, cursor_position
from dialler_mcp.words import Words

if TYPE_CHECKING:
    from dialler_mcp.reporting.snapshot.opening import Snapshot

FRESH_ENOUGH = 300.0  # seconds
PAGE = 20
MAX_VALUE = 60

_CHECKED = Words(
    "{contacts} contacts of {campaigns} checked: {found} of {checks} checks found something.",
    "{contacts} Kontakte aus {campaigns} geprüft: {found} von {checks} Prüfungen mit Befund.",
)
_NO_TIME = Words("Not checked, since the time was up: {checks}.", "Nicht geprüft, da die Zeit um war: {checks}.")
_NOTHING = Words("Nothing found: {checks}.", "Ohne Befund: {checks}.")
_UNCHECKED = Words(
    "Not checked, since numbers are masked here: {checks}. Equal numbers are known by pseudonym; check these findings "
    "by hand.",
    "Nicht geprüft, da Nummern hier maskiert sind: {checks}. Gleiche Nummern nach Pseudonym; Funde von Hand prüfen.",
)
_MORE = Words(
    "Details: check={checks}.",
    "Einzelheiten: check={checks}.",
)
_NONE = Words("These campaigns hold no contact.", "Diese Kampagnen haben keinen Kontakt.")
_SHOULD_BE = Words("; right: {number}", "; richtig: {number}")
_CAMPAIGN, _CAMPAIGNS = Words("1 campaign", "1 Kampagne"), Words("{count} campaigns", "{count} Kampagnen")


_MASKED = Words(
    "Numbers are masked here (DIALLER_PRIVACY), so their form cannot be checked.",
    "Rufnummern sind hier maskiert (DIALLER_PRIVACY); ihre Form lässt sich nicht prüfen.",
)


async def lists_of(
    invocation: Invocation, campaigns: Sequence[Campaign], language: Language, *, budget_seconds: float = BUDGET_SECONDS
) -> Copies:
    """The lists of these campaigns, fresh enough for a check; their histories are not looked at.

    Raises:
        Problem: nothing could be read.
    """
    return await copies_of(
        invocation, campaigns, language, within=FRESH_ENOUGH, histories=False, budget_seconds=budget_seconds
    )


@dataclass(frozen=True)
class CheckFindings:
    """What the checks found among the `contacts` of so many `campaigns`; `left_out` are those for which there was no
    time.
    """

    findings: Sequence[Finding]
    contacts: int
    campaigns: int
    privacy: Privacy
    left_out: Sequence[Check] = ()

    @property
    def hits(self) -> list[Finding]:
        """The checks that found something."""
        return [one for one in self.findings if one.contacts]

    def summary(self, language: Language) -> str:
        """`424 contacts of 1 campaign checked: 5 of 10 checks found something.`"""
        return _CHECKED.text(language).format(
            contacts=self.contacts,
            campaigns=(_CAMPAIGN if self.campaigns == 1 else _CAMPAIGNS).text(language).format(count=self.campaigns),
            found=len(self.hits),
            checks=len(self.findings),
        )

    def notes(self, language: Language) -> list[str]:
        """Which checks found nothing, and which could not be made."""
        clear = [CHECKS[one.check].text(language) for one in self.findings if not one.contacts]
        hidden_checks = [CHECKS[one].text(language) for one in data_check.unchecked(self.privacy)]
        late = [CHECKS[one].text(language) for one in self.left_out]
        return [
            *([_NONE.text(language)] if not self.contacts else []),
            *([_NOTHING.text(language).format(checks="; ".join(clear))] if clear and self.contacts else []),
            *([_UNCHECKED.text(language).format(checks="; ".join(hidden_checks))] if hidden_checks else []),
            *([_NO_TIME.text(language).format(checks="; ".join(late))] if late else []),
        ]


def check_all(
    invocation: Invocation, copies: Copies, snapshot: "Snapshot", in_time: Callable[[], bool] = lambda: True
) -> CheckFindings:
    """Make every check that is possible, as long as there is time for another one. Blocks."""
    privacy = invocation.profile.privacy
    findings = data_check.findings(snapshot, privacy, in_time)
    left_out = data_check.possible(privacy)[len(findings) :]
    return CheckFindings(findings, copies.coverage.contacts, len(copies.campaign_ids), privacy, left_out)


async def overall(invocation: Invocation, copies: Copies, language: Language, notes: Sequence[str]) -> Table:
    """All checks that found something, a row each."""

    def made() -> CheckFindings:
        with invocation.profile.snapshots.open(copies.campaign_ids) as snapshot:
            return check_all(invocation, copies, snapshot)

    result = await asyncio.to_thread(made)
    hits = result.hits
    rows = [
        [
            one.check.value,
            CHECKS[one.check].text(language),
            f"{one.contacts}/{result.contacts}",
            one.groups,
            one.across or None,
            list(one.examples),
        ]
        for one in hits
    ]
    more = [_MORE.text(language).format(checks=hits[0].check.value)] if hits else []
    columns = ["check", "found", "contacts", "groups", "across_campaigns", "examples"]
    remarks = [*result.notes(language), *more, *notes]
    return table(result.summary(language), columns, rows, total=len(rows), notes=remarks, language=language)


async def detail(
    invocation: Invocation, copies: Copies, check: Check, cursor: str | None, language: Language, notes: Sequence[str]
) -> Table:
    """One page of what one check found.

    Raises:
        Problem: it cannot be checked at this privacy level.
    """
    privacy, question = invocation.profile.privacy, ("check_data", sorted(copies.campaign_ids), check.value)
    if check in data_check.unchecked(privacy):
        raise Problem(_MASKED)
    after = cursor_position(cursor, question) or 0

    def made() -> tuple[int, list[str], list[list[Any]]]:
        with invocation.profile.snapshots.open(copies.campaign_ids) as snapshot:
            count = data_check.rows_of(snapshot, check, privacy)
            columns, rows = _page(snapshot, check, privacy, after, language)
            return count, columns, rows

    count, columns, rows = await asyncio.to_thread(made)
    summary = f"{CHECKS[check].text(language)}: {ROWS.counted(count, language)}."
    answer = table(summary, columns, rows, total=count, notes=notes, language=language)
    if (last := after + len(answer.rows)) < count:
        answer.next_cursor = cursor_at(last, question)
    return answer


def _page(
    snapshot: "Snapshot", check: Check, privacy: Privacy, after: int, language: Language
) -> tuple[list[str], list[list[Any]]]:
    """Columns and rows of what a check found, without the first `after`. Blocks."""
    campaigns = snapshot.coverage.names
    if check in GROUPED:
        groups = data_check.groups(snapshot, check, PAGE, after)
        people = data_check.people(snapshot, [member for group in groups for member in group.members])
        return ["shared", "contacts", "who"], [_group_row(group, people, campaigns) for group in groups]
    columns = ["contact_id", "UserData", "name", "campaign", "where", "why", "value"]
    singles = data_check.singles(snapshot, check, privacy, PAGE, after)
    people = data_check.people(snapshot, [one.contact_id for one in singles])
    return columns, [_single_row(one, people[one.contact_id], campaigns, language) for one in singles]


def _group_row(group: Group, people: Mapping[int, Person], campaigns: Mapping[int, str]) -> list[Any]:
    more = group.contacts - len(group.members)
    who = [_label(people[member], campaigns) for member in group.members[:MAX_MEMBERS]]
    return [clean(group.text)[:MAX_VALUE], group.contacts, [*who, *([f"+{more}"] if more else [])]]


def _label(person: Person, campaigns: Mapping[int, str]) -> str:
    """`217000 Kunde-4711 Kim Beispiel · Winback (542)`."""
    name = " ".join(text for text in (part(person.user_data)[:MAX_VALUE], part(person.name)[:MAX_VALUE]) if text)
    return f"{person.contact_id} {name} · {_campaign(person, campaigns)}"


def _campaign(person: Person, campaigns: Mapping[int, str]) -> str:
    return campaign_in_words(person.campaign_id, campaigns.get(person.campaign_id, ""))


def _single_row(one: SingleContact, person: Person, campaigns: Mapping[int, str], language: Language) -> list[Any]:
    value = clean(one.value)[:MAX_VALUE] if one.value else None
    key, name = (clean(text)[:MAX_VALUE] or None for text in (person.user_data, person.name))
    return [one.contact_id, key, name, _campaign(person, campaigns), one.place or None, why(one, language), value]


def why(one: SingleContact, language: Language) -> str | None:
    """What is wrong with a number, and how it should be stored where that can be said."""
    if one.flaw is None:
        return None
    right = _SHOULD_BE.text(language).format(number=one.right) if one.right else ""
    return FLAWS[one.flaw].text(language) + right
