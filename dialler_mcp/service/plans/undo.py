"""The plan that takes a change back."""

from collections.abc import Mapping
from typing import Any

from dialler_mcp.api.errors import NotFound
from dialler_mcp.changes.journal import Entry
from dialler_mcp.changes.plan import Request, SharedKey, Step
from dialler_mcp.changes.runner import Run
from dialler_mcp.changes.undo import Undo, restores
from dialler_mcp.changes.undo import plan as undo_of
from dialler_mcp.domain import consequences, phones
from dialler_mcp.domain.actions import VERBS, in_words
from dialler_mcp.domain.contact_state import state_of
from dialler_mcp.domain.records import Contact
from dialler_mcp.problem import Problem
from dialler_mcp.service.answers import Change, bounded
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.matching import described
from dialler_mcp.service.plans.contacts import plan_of
from dialler_mcp.service.plans.data import MAX_LISTED
from dialler_mcp.service.present import Presenter, label_shown
from dialler_mcp.service.proposals import LongProposal, Values
from dialler_mcp.service.same_person import SamePerson, same_person
from dialler_mcp.words import Words

_THERE = Words(
    "Nothing was sent: a contact with this UserData is there (ID {id}). Importing the deleted one again would call "
    "this person twice.",
    "Es wurde nichts gesendet: Ein Kontakt mit diesem UserData ist da (ID {id}). Würde der gelöschte neu importiert, "
    "würde diese Person doppelt angerufen.",
)
_CAMPAIGN_GONE = Words(
    "Nothing was sent: the contact's campaign is gone.",
    "Es wurde nichts gesendet: Die Kampagne des Kontakts gibt es nicht mehr.",
)
_UNDONE = Words(
    "Change {number} ({verb} of {what}) is undone.", "Änderung {number} ({what} {verb}) ist zurückgenommen."
)
_ONLY_PARTLY: Mapping[str, Words] = {
    "lock": Words(
        "The contact is back, but could not be locked again: {why}",
        "Der Kontakt ist wieder da, ließ sich aber nicht wieder sperren: {why}",
    ),
    "update": Words(
        "The contact is back, but its other values could not be written: {why}",
        "Der Kontakt ist wieder da, aber seine übrigen Werte ließen sich nicht schreiben: {why}",
    ),
}
MAX_VALUES = 6_000  # bytes of the fields that are written back


async def undo(invocation: Invocation, entry: Entry) -> LongProposal:
    """Take a finished change back.

    Raises:
        CannotUndo: it cannot be, or the record has moved on since.
        Problem: somebody else has brought the deleted contact back, or its campaign is gone.
    """
    live = await _live(invocation, entry)
    how = undo_of(entry, live, invocation.profile.zone)
    if how.verb == "import":
        await _still_missing(invocation, entry)
    same, language = await same_person_as(invocation, how), invocation.profile.language(None)
    means, reopens = await _means(invocation, entry, how, live)
    if same.views:
        means += consequences.of_same_person(language, second=True)
        means += [described(view) for view in same.views[:MAX_LISTED]]
    label = label_shown(entry.label, invocation.present)
    action = in_words("undo", label, language, number=entry.id, verb=VERBS[entry.verb])
    plan = plan_of(
        invocation,
        *_steps(entry, how, live),
        action=action,
        state=[live, entry.status, *(view.contact for view in same.views)],
        consequences=(*means, *(remark.text(language) for remark in same.remarks)),
        asks=True,
        reopens=reopens or bool(same.views),
        undoes=entry.id,
    )

    def values(present: Presenter) -> Values:
        if how.verb != "update" or live is None:
            return Values()
        before = entry.contact_before()
        return Values(_values(present, live, how.values), _values(present, before, how.values))

    return LongProposal(invocation, plan, lambda run: _told(invocation, entry, how, live, run), values)


async def _live(invocation: Invocation, entry: Entry) -> Contact | None:
    """The contact as it is now."""
    if entry.kind != "contact" or entry.contact_id is None:
        return None
    try:
        return await invocation.dialler.get_contact(entry.contact_id)
    except NotFound:
        return None


async def same_person_as(invocation: Invocation, how: Undo) -> SamePerson:
    """Whether the person of a deleted contact has been closed or locked elsewhere."""
    if how.verb != "import":
        return SamePerson()
    numbers = {name: phones.normal(str(value)) for name, value in how.values.items() if name.startswith("PhoneNumber")}
    return await same_person(invocation, {**numbers, "UserData": how.values.get("UserData")})


async def _still_missing(invocation: Invocation, entry: Entry) -> None:
    """A person who was imported again by somebody else must not be called twice; the campaign must be there."""
    before = entry.contact_before()
    key = before.user_data if before else None
    if key and (contacts := await invocation.dialler.find_contacts_by_user_data(key)):
        raise Problem(_THERE.filled(id=contacts[0].id))
    try:
        await invocation.dialler.get_campaign(entry.campaign_id or 0)
    except NotFound:
        raise Problem(_CAMPAIGN_GONE, advice="import_elsewhere") from None


def _steps(entry: Entry, how: Undo, live: Contact | None) -> list[Step]:
    """One request, or for a deleted contact the import and what it cannot carry."""
    if how.verb == "import":
        return _steps_back(entry, how)
    assert live is not None  # else there is no plan
    if how.verb == "update":
        request = Request("update_contact", {"values": {**how.values, "ID": live.id}})
        return [_step(entry, how.verb, request, contact=live, bound_fields=tuple(how.values))]
    return [_step(entry, how.verb, Request(f"{how.verb}_contact", {"contact_id": live.id}), contact=live)]


def _steps_back(entry: Entry, how: Undo) -> list[Step]:
    before = entry.contact_before()
    key = SharedKey(before.user_data) if before and before.user_data else None
    values = {**how.values, "DiallerCampaignsID": entry.campaign_id}
    steps = [
        _step(entry, "import", Request("import_contact", {"values": values, "overwrite_duplicates": False}), key=key)
    ]
    if how.lock:
        steps.append(_step(entry, "lock", Request("lock_contact"), follows=0))
    if how.update:
        steps.append(_step(entry, "update", Request("update_contact", {"values": dict(how.update)}), follows=0))
    return steps


def _step(entry: Entry, verb: Any, request: Request, **parts: Any) -> Step:
    return Step(verb=verb, kind="contact", label=entry.label, request=request, **parts)


async def _means(invocation: Invocation, entry: Entry, how: Undo, live: Contact | None) -> tuple[list[str], bool]:
    """What an undo means, and whether it makes a contact diallable again whose result is, or was, final."""
    language = invocation.profile.language(None)
    means, reopens = list[str](), False
    before = entry.contact_before()
    if how.verb == "unlock" and live is not None:
        view = await invocation.profile.view(live, fresh=True)
        state = state_of(live, view.code)
        means = consequences.of_unlock(state, view.result(), language)
        reopens = state.may_be_final and not restores(entry, live, invocation.profile.zone)
    elif how.verb == "lock":
        means = consequences.of_undone_unlock(language)
    elif how.verb == "update":
        means = consequences.of_undone_update(how.lost_fields, language)
    elif before is not None:
        view = await invocation.profile.view(before, fresh=True)
        state, calls = state_of(before, view.code), len(before.dialler_contacts_history)
        means = consequences.of_undone_deletion(before, state, view.result(), calls, language, locked=how.lock)
        reopens = state.may_be_final
    return [*means, *(consequences.of_hidden_lock(language) if how.hidden else [])], reopens


def _values(present: Presenter, contact: Contact | None, names: Mapping[str, Any]) -> dict[str, Any]:
    """The named fields of a contact, empty ones as empty text."""

    def shown(longest: int) -> dict[str, Any]:
        infos = (info for info in Contact.fields() if info.wire in names)
        values = ((info, getattr(contact, info.attribute)) for info in infos)
        return {info.wire: "" if value in (None, "") else present.value(info, value, longest) for info, value in values}

    return bounded(shown, MAX_VALUES)


async def _told(invocation: Invocation, entry: Entry, how: Undo, live: Contact | None, run: Run) -> Change:
    after = run.first.after if isinstance(run.first.after, Contact) else None
    language, label = invocation.profile.language(None), label_shown(entry.label, invocation.present)
    what = _UNDONE.filled(number=entry.id, verb=VERBS[entry.verb], what=label)
    answer = Change(status="done", what=what.text(language), notes=invocation.notes())
    if how.verb == "import":
        assert after is not None
        answer.after = {"ID": after.id, **(await invocation.profile.view(after)).status()}
        failures = [(one.step.verb, one.problem) for one in run.outcomes if one.problem is not None]
        notes = [_ONLY_PARTLY[verb].filled(why=problem.words).text(language) for verb, problem in failures]
        answer.notes = [*(answer.notes or []), *notes] or None
    elif how.verb == "update":
        answer.before, answer.after = (
            _values(invocation.present, live, how.values),
            _values(invocation.present, after, how.values),
        )
    elif live is not None:
        answer.before = (await invocation.profile.view(live)).status()
        answer.after = (await invocation.profile.view(after)).status() if after else None
    return answer
