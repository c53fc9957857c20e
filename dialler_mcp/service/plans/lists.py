"""The job that imports a checked list: new contacts are created, and of those that exist fields are filled."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from dialler_mcp.changes.gate import READ_ONLY
from dialler_mcp.changes.plan import Request, SharedKey, Step
from dialler_mcp.changes.runner import Mode
from dialler_mcp.domain.comparing import compared
from dialler_mcp.domain.fields import Write
from dialler_mcp.domain.records import Contact
from dialler_mcp.domain.text import part
from dialler_mcp.lists.jobs.current import current_contacts
from dialler_mcp.lists.jobs.job import Draft, JobMeaning
from dialler_mcp.lists.kinds import Verdict
from dialler_mcp.problem import Problem
from dialler_mcp.service.answers import ROWS
from dialler_mcp.service.field_parameters import written
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.lists import check_list
from dialler_mcp.service.people_lists import BUSY, NO_LOCKS, PeopleList
from dialler_mcp.service.plans.imports import new_label
from dialler_mcp.service.plans.jobs import JobProposal, proposed
from dialler_mcp.service.present import campaign_name
from dialler_mcp.service.ready_rows import ReadyRow, ReadyRows
from dialler_mcp.state.places import own_directory
from dialler_mcp.words import Words

if TYPE_CHECKING:
    from dialler_mcp.lists.checking.check import CheckCounts

PART = 100
MAX_NAMED = 10
_NOBODY = Words(
    "Nothing was sent: of {rows}, none is ready to be imported. The check says why, row by row.",
    "Es wurde nichts gesendet: Von {rows} ist keine zum Import bereit. Die Prüfung sagt Zeile für Zeile, warum.",
)
_TITLE = Words("import {what} from {name}", "{what} aus „{name}“ importieren")
_TITLE_BOTH = Words("import {what} from {name} and update {old}", "{what} aus „{name}“ importieren und {old} ändern")
_NEW, _ONE_NEW = Words("{count} new contacts", "{count} neue Kontakte"), Words("1 new contact", "1 neuen Kontakt")
_NOT_IMPORTED = Words("Of {rows}, not imported: {out}.", "Von {rows} nicht importiert: {out}.")
_OUT = {
    Verdict.asked: Words("{count} until somebody decides", "{count} bis zu einer Entscheidung"),
    Verdict.left_out: Words("{count} left out", "{count} ausgelassen"),
    Verdict.exists: Words("{count} there already", "{count} schon da"),
}
_INTO = Words("Into {campaigns}.", "Ziel: {campaigns}.")
_FILLED = Words("Fields that change: {fields}.", "Felder, die sich ändern: {fields}.")
_EMPTIED = Words(
    "Fields that are emptied, as the cells are: {fields}.",
    "Felder, die geleert werden, wie die Zellen es sind: {fields}.",
)
_LEFT = Words(
    "Fields that stay, though the list has something else: {fields}.",
    "Felder, die bleiben, obwohl die Liste etwas anderes hat: {fields}.",
)
_RULES_OF_UPDATE = Words(
    "Nothing was sent. `rules` belong to the update of contacts that are there (existing: update).",
    "Es wurde nichts gesendet. `rules` gehören zum Ändern von Kontakten, die es schon gibt (existing: update).",
)
_NOBODY_TWICE = Words(
    "Whoever comes into the campaign before the import is left out and named: under the same key, or where one has "
    "none, the same name and number.",
    "Wer vor dem Import in die Kampagne kommt, bleibt draußen und wird genannt: unter demselben Schlüssel oder, wo "
    "einer keinen hat, mit gleichem Namen und gleicher Nummer.",
)
_UNDO = Words(
    "The job can be taken back: what it created would be deleted.",
    "Der Auftrag lässt sich zurücknehmen: Was er angelegt hat, würde gelöscht.",
)


class _Count:
    """What an import writes: contacts, and of those that exist how often each field is filled, emptied or left."""

    def __init__(self) -> None:
        self.new = self.old = 0
        self.campaigns = Counter[str]()
        """How many new contacts come into each campaign, by its name."""
        self.filled, self.emptied, self.left = Counter[str](), Counter[str](), Counter[str]()


async def import_people(
    invocation: Invocation, people: PeopleList, *, update: bool, rules: Mapping[str, Any] | None = None
) -> JobProposal:
    """Check the list anew, freeze what is ready as a job, which waits for its confirmation. With `update`, fields of
    contacts that exist are written by these rules.

    Raises:
        Problem: nothing is ready, or the rules make no sense.
    """
    profile = invocation.profile
    if profile.mode is Mode.read_only:
        raise Problem(READ_ONLY)
    if rules and not update:
        raise Problem(_RULES_OF_UPDATE)
    if people.checking is not None:
        raise Problem(BUSY)
    count, language = _Count(), profile.language(None)
    ready = ReadyRows(own_directory(profile.lists.directory) / f"{uuid4().hex}.ready")
    try:
        outcome = await check_list(invocation, people, ready, rules or {})

        def drafted() -> Draft:
            words = _TITLE_BOTH if count.old else _TITLE
            what = (_ONE_NEW if count.new == 1 else _NEW).text(language).format(count=count.new)
            name = part(invocation.present.nameless.text(people.name))
            title = words.text(language).format(what=what, old=count.old, name=name)
            means = JobMeaning(tuple(_means(outcome, count, invocation, people)))
            return Draft("import", title, invocation.tool, invocation.caller, means)

        if not any(True for row in ready.rows() if row.contact_id is None or update):
            raise Problem(_NOBODY.filled(rows=ROWS.of(outcome.rows)))
        steps = _steps(invocation, ready, count, update=update)
        job = await profile.jobs.ledger.freeze(drafted, steps)
    finally:
        ready.close()
    return proposed(invocation, job)


def _means(outcome: "CheckCounts", count: _Count, invocation: Invocation, people: PeopleList) -> list[str]:
    language = invocation.profile.language(None)
    numbers = {verdict: outcome.verdicts[verdict] for verdict in _OUT}
    numbers[Verdict.exists] -= count.old
    out = [_OUT[verdict].text(language).format(count=number) for verdict, number in numbers.items() if number]
    sentences = (
        [_NOT_IMPORTED.text(language).format(rows=ROWS.counted(outcome.rows, language), out=", ".join(out))]
        if out
        else []
    )
    for words, fields in ((_LEFT, count.left), (_EMPTIED, count.emptied), (_FILLED, count.filled)):
        if fields:
            fields_named = ", ".join(f"{name} {number}" for name, number in fields.most_common())
            sentences.insert(0, words.filled(fields=fields_named).text(language))
    if count.campaigns:
        sentences.insert(0, _INTO.filled(campaigns=_counted(count.campaigns)).text(language))
    if people.hides_locks:
        sentences.append(NO_LOCKS.text(language))
    return [*sentences, _NOBODY_TWICE.text(language), _UNDO.text(language)]


def _counted(campaigns: Counter[str]) -> str:
    """`Campaign 1000 (538)`, or where there are several: `Campaign 1000 (538) 40, Winback (542) 2`."""
    if len(campaigns) == 1:
        return next(iter(campaigns))
    more = f" (+{len(campaigns) - MAX_NAMED})" if len(campaigns) > MAX_NAMED else ""
    return ", ".join(f"{name} {number}" for name, number in campaigns.most_common(MAX_NAMED)) + more


async def _steps(invocation: Invocation, ready: ReadyRows, count: _Count, *, update: bool) -> AsyncIterator[Step]:
    """A step for each row; the contacts that exist are read in batches, as they are now."""
    waiting, names = list[ReadyRow](), dict[int, str]()
    for row in ready.rows():
        if row.contact_id is None:
            count.new += 1
            campaign_id = int(row.values.get("DiallerCampaignsID") or 0)
            if campaign_id not in names:
                campaign = await invocation.profile.directory.campaign(campaign_id)
                names[campaign_id] = campaign_name(campaign, campaign_id) or ""
            count.campaigns[names[campaign_id]] += 1
            yield _creation(invocation, row)
        elif update:
            waiting.append(row)
            if len(waiting) >= PART:
                for step in await _updates(invocation, waiting, count):
                    count.old += 1
                    yield step
                waiting.clear()
    for step in await _updates(invocation, waiting, count):
        count.old += 1
        yield step


def _creation(invocation: Invocation, row: ReadyRow) -> Step:
    values = written(invocation, dict(row.values))
    label = new_label(invocation, values)
    request = Request("import_contact", {"values": values, "overwrite_duplicates": False})
    key = SharedKey(str(values.get("UserData") or ""))
    return Step(verb="import", kind="contact", label=label, request=request, key=key)


async def _updates(invocation: Invocation, rows: list[ReadyRow], count: _Count) -> list[Step]:
    """The updates of contacts that exist, as far as something differs."""
    ids = [row.contact_id for row in rows if row.contact_id is not None]
    current = {contact.id: contact for contact, _ in await current_contacts(invocation.dialler, ids)}
    steps = list[Step]()
    for row in rows:
        contact = current.get(row.contact_id or 0)
        if contact is not None and (values := _changed(invocation, row, contact, count)):
            plain = contact.alone()
            request = Request("update_contact", {"values": {**values, "ID": contact.id}})
            view = await invocation.profile.view(plain)
            steps.append(
                Step(
                    verb="update",
                    kind="contact",
                    label=view.label(),
                    request=request,
                    contact=plain,
                    bound_fields=tuple(values),
                )
            )
    return steps


def _changed(invocation: Invocation, row: ReadyRow, contact: Contact, count: _Count) -> dict[str, Any]:
    """The fields to be written, by the rule of each: always, only a new value, only where there is none."""
    from dialler_mcp.lists.checking.options import Rule

    zone, values = invocation.profile.zone, written(invocation, dict(row.values))
    changes = dict[str, Any]()
    for info in Contact.fields():
        rule = row.writes.get(info.wire)
        if rule is None and (info.wire not in values or info.wire == "DiallerCampaignsID"):
            continue
        old, new = getattr(contact, info.attribute), values.get(info.wire, "")
        if str(compared(old, zone) or "") == str(compared(new, zone) or ""):
            continue
        is_left = rule is None or (rule == Rule.if_old_empty and old not in (None, ""))
        if is_left or Write.UPDATE not in info.about.write:
            count.left[info.wire] += 1
            continue
        changes[info.wire] = new
        (count.filled if new != "" else count.emptied)[info.wire] += 1
    return changes
