"""The job that takes another job back, row by row as each single change would be."""

from collections import Counter
from collections.abc import AsyncIterator

from dialler_mcp.changes.journal import Entry
from dialler_mcp.changes.plan import Request, SharedKey, Step
from dialler_mcp.changes.undo import CannotUndo, Undo, restores
from dialler_mcp.changes.undo import plan as undo_of
from dialler_mcp.domain.contact_state import state_of
from dialler_mcp.domain.records import Contact
from dialler_mcp.lists.jobs.current import current_contacts
from dialler_mcp.lists.jobs.job import STATES, Draft, Job, JobMeaning, JobState
from dialler_mcp.problem import Problem
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.plans.jobs import JobProposal, proposed
from dialler_mcp.service.plans.undo import same_person_as
from dialler_mcp.words import Words

PAGE = 200
_TITLE = Words("undo job {job}: {title}", "Auftrag {job} zurücknehmen: {title}")
_BACK = Words("{count} of {total} changes are taken back.", "Zurückgenommen werden: {count} von {total} Änderungen.")
_NOT = Words("{count} cannot be: {why}", "Nicht möglich bei {count}: {why}")
_DELETED = Words(
    "Contacts that the job created are deleted for good, with whatever happened to them since: {count}.",
    "Kontakte, die der Auftrag angelegt hat, werden endgültig gelöscht, mit allem, was seither geschah: {count}.",
)
_REOPENED = Words(
    "{count} are (or may be) closed: the dialler may call these people again at once.",
    "Abgeschlossen (oder vielleicht abgeschlossen): {count}. Der Dialler darf diese Personen sofort wieder anrufen.",
)
_LOST = Words(
    "What comes back gets a new ID, without history, counters and result; these fields stay empty: {fields}.",
    "Was zurückkommt, hat eine neue ID, keinen Verlauf, keine Zähler, kein Ergebnis; leer bleiben: {fields}.",
)
_NOTHING = Words(
    "Nothing of this job can be taken back. {why} Read the job to see what it did.",
    "Von diesem Auftrag lässt sich nichts zurücknehmen. {why} Der Auftrag zeigt, was er getan hat.",
)
_ONE_BY_ONE = Words(
    "They were locked, which an import cannot carry: take back their changes one by one.",
    "Sie waren gesperrt, was ein Import nicht mitbringt: Nehmen Sie diese Änderungen einzeln zurück.",
)
_THERE = Words(
    "Somebody has the key or a number of the deleted contact: this person would be called twice.",
    "Jemand hat den Schlüssel oder eine Rufnummer des gelöschten Kontakts: Diese Person würde doppelt angerufen.",
)
_RUNNING = Words(
    "Nothing was changed: job {job} is {state}. Cancel it first, or wait until it is done.",
    "Es wurde nichts geändert: Auftrag {job} ({state}) ist nicht zu Ende. Brechen Sie ihn vorher ab, oder warten Sie, "
    "bis er fertig ist.",
)
_ALREADY = Words("They were taken back already.", "Sie sind schon zurückgenommen.")
_UNKNOWN = Words(
    "Whether the job changed them is unknown: read these contacts.",
    "Ob der Auftrag sie geändert hat, ist nicht bekannt: Lesen Sie diese Kontakte.",
)
_PERHAPS = Words(
    "Whether an undo before took them back is unknown: read these contacts.",
    "Ob eine frühere Zurücknahme gewirkt hat, ist nicht bekannt: Lesen Sie diese Kontakte.",
)
_GONE = Words("The contacts are gone already.", "Die Kontakte gibt es schon nicht mehr.")
_MAY_NOT_DELETE = Words(
    "They were created, and deleting is not allowed here.", "Sie wurden angelegt, und Löschen ist hier nicht erlaubt."
)


class _Count:
    """What an undo of a job takes back, and what not."""

    def __init__(self) -> None:
        self.total = self.back = self.deleted = self.reopened = 0
        self.cannot = Counter[Words]()
        self.lost = set[str]()
        """Fields that an import cannot carry."""


async def undo_job(invocation: Invocation, job_id: int) -> JobProposal:
    """Take a whole job back, as far as each of its changes can be. The number of a job that was previewed as such an
    undo, and waits for its confirmation, stands for the same.

    Raises:
        Problem: there is no such job, it runs still, or nothing of it can be taken back.
    """
    job = await invocation.profile.jobs.ledger.job(job_id)
    if job.verb == "undo" and job.state is JobState.frozen:
        return proposed(invocation, job)
    if not job.state.ended:
        raise Problem(_RUNNING.filled(job=job.id, state=STATES[job.state]))
    count, language = _Count(), invocation.profile.language(None)

    def drafted() -> Draft:
        means = [_BACK.text(language).format(count=count.back, total=count.total)]
        if count.reopened:
            means.insert(0, _REOPENED.text(language).format(count=count.reopened))
        if count.lost:
            means.append(_LOST.text(language).format(fields=", ".join(sorted(count.lost))))
        if count.deleted:
            means.insert(0, _DELETED.text(language).format(count=count.deleted))
        means += [_NOT.filled(count=n, why=why).text(language) for why, n in count.cannot.most_common(5)]
        title = _TITLE.text(language).format(job=job.id, title=job.title)
        about = JobMeaning(tuple(means), reopens=count.reopened > 0, destroys=count.deleted > 0)
        return Draft("undo", title, invocation.tool, invocation.caller, about, undoes=job.id)

    steps = _steps(invocation, job, count)
    try:
        frozen = await invocation.profile.jobs.ledger.freeze(drafted, steps)
    except Problem as problem:
        why = next((why for why, _ in count.cannot.most_common(1)), None)
        raise (Problem(_NOTHING.filled(why=why)) if why else problem) from problem
    return proposed(invocation, frozen)


async def _steps(invocation: Invocation, job: Job, count: _Count) -> AsyncIterator[Step]:
    journal, after = invocation.profile.journal, 0
    while entries := await journal.of_job(job.id, after=after, limit=PAGE):
        after = entries[-1].id
        done_entries = [entry for entry in entries if entry.status == "done"]
        undone = await journal.undone([entry.id for entry in done_entries])
        perhaps_undone = await journal.perhaps_undone(sorted(undone))
        unknown_count = sum(entry.uncertain for entry in entries)
        count.total += len(done_entries) + unknown_count
        count.cannot[_ALREADY] += len(undone) - len(perhaps_undone)
        count.cannot[_PERHAPS] += len(perhaps_undone)
        count.cannot[_UNKNOWN] += unknown_count
        live = await _live(invocation, [entry for entry in done_entries if entry.id not in undone])
        for entry in done_entries:
            if entry.id not in undone and (step := await _step(invocation, entry, live, count)) is not None:
                count.back += 1
                yield step
    count.cannot = +count.cannot


async def _live(invocation: Invocation, entries: list[Entry]) -> dict[int, Contact]:
    ids = list({entry.contact_id for entry in entries if entry.contact_id is not None})
    return {contact.id: contact.alone() for contact, _ in await current_contacts(invocation.dialler, ids)}


async def _step(invocation: Invocation, entry: Entry, live: dict[int, Contact], count: _Count) -> Step | None:
    contact = live.get(entry.contact_id or 0)
    if entry.verb == "import" and entry.contact_before() is None:
        return _deletion(invocation, entry, contact, count)
    try:
        how = undo_of(entry, contact, invocation.profile.zone)
    except CannotUndo as cannot:
        count.cannot[cannot.words] += 1
        return None
    if how.verb == "import" and (why := await _cannot_come_back(invocation, entry, how)):
        count.cannot[why] += 1
        return None
    if how.verb == "import":
        count.lost |= set(how.update)
    count.reopened += await _reopens(invocation, entry, how, contact)
    return _back(entry, how, contact)


async def _cannot_come_back(invocation: Invocation, entry: Entry, how: Undo) -> Words | None:
    """Why a deleted contact is not imported anew by a job: nobody must be called twice, nor in spite of a lock."""
    if how.lock:
        return _ONE_BY_ONE
    same = await same_person_as(invocation, how)
    before = entry.contact_before()
    key = before.user_data if before else None
    there = bool(key and await invocation.dialler.find_contacts_by_user_data(key))
    return _THERE if there or same.views else None


async def _reopens(invocation: Invocation, entry: Entry, how: Undo, contact: Contact | None) -> bool:
    """Whether it makes a contact diallable again whose result is, or was, final; exactly what was needs no reason."""
    if how.verb == "unlock" and contact is not None:
        view = await invocation.profile.view(contact)
        return state_of(contact, view.code).may_be_final and not restores(entry, contact, invocation.profile.zone)
    before = entry.contact_before()
    if how.verb == "import" and before is not None:
        view = await invocation.profile.view(before)
        return state_of(before, view.code).may_be_final
    return False


def _deletion(invocation: Invocation, entry: Entry, contact: Contact | None, count: _Count) -> Step | None:
    """A created contact is deleted, where its caller may delete one, and where it is there still."""
    if contact is None:
        count.cannot[_GONE] += 1
        return None
    if not invocation.permits("delete_contact"):
        count.cannot[_MAY_NOT_DELETE] += 1
        return None
    count.deleted += 1
    request = Request("delete_contact", {"contact_id": contact.id})
    return Step(verb="delete", kind="contact", label=entry.label, request=request, contact=contact, undoes=entry.id)


def _back(entry: Entry, how: Undo, contact: Contact | None) -> Step:
    """The one request that takes the change back."""
    values, key = dict(how.values), None
    if how.verb == "import":
        key = SharedKey(str(values.get("UserData") or ""))
        request = Request(
            "import_contact",
            {"values": {**values, "DiallerCampaignsID": entry.campaign_id}, "overwrite_duplicates": False},
        )
    elif how.verb == "update":
        request = Request("update_contact", {"values": {**values, "ID": entry.contact_id}})
    else:
        request = Request(f"{how.verb}_contact", {"contact_id": entry.contact_id})
    bound = tuple(values) if how.verb == "update" else None
    return Step(
        verb=how.verb,
        kind="contact",
        label=entry.label,
        request=request,
        contact=contact,
        bound_fields=bound,
        key=key,
        undoes=entry.id,
    )
