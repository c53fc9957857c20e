"""Tools that show what was changed, and take it back."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import Field

from dialler_mcp.api.errors import DiallerError, NotFound
from dialler_mcp.changes.confirmation import Action
from dialler_mcp.changes.intent import Intent
from dialler_mcp.changes.journal import Entry, Wanted
from dialler_mcp.changes.undo import Undo, differing, how_to_find_out, plan
from dialler_mcp.domain import consequences
from dialler_mcp.domain.actions import in_words
from dialler_mcp.domain.contact_state import state_of
from dialler_mcp.domain.fields import Field as About
from dialler_mcp.domain.fields import FieldInfo, Kind
from dialler_mcp.domain.records import AcdEvent, Contact
from dialler_mcp.domain.roles import Role
from dialler_mcp.domain.text import clean
from dialler_mcp.domain.times import local, shown
from dialler_mcp.problem import Problem
from dialler_mcp.protocol.tools import ToolSet
from dialler_mcp.service.answers import Change, Details, Table, bounded, counted, table
from dialler_mcp.service.history import call_lines
from dialler_mcp.service.invocation import Invocation, open_call
from dialler_mcp.service.paging import cursor_at, cursor_position, fit
from dialler_mcp.service.parameters import CampaignId, Confirm, ContactId, Cursor, Id, Limit, Name, Reason
from dialler_mcp.service.present import ContactView

tools = ToolSet("changes", open_call)

T = TypeVar("T")

COLUMNS = ["change", "time", "tool", "record", "status", "caller", "reason", "undone", "to_find_out"]
MOST_CALLS = 10  # of a deleted contact's history that are shown
LONGEST_LABEL = 80
_RECORDED = {info.wire: info for record in (Contact, AcdEvent) for info in record.fields()}
_NO_FIELD = FieldInfo("", "", str, About("", ""))
_REASON = FieldInfo("", "reason", str, About("", "", kind=Kind.FREE))

ChangeId = Annotated[Id, Field(description="change ID from dialler_list_changes")]
Moment = Annotated[str | None, Field(description="YYYY-MM-DD[THH:MM], local", max_length=40)]


@tools.reads(title="List changes")
async def dialler_list_changes(
    call: Invocation,
    contact_id: ContactId | None = None,
    campaign_id: CampaignId | None = None,
    caller: Annotated[Name | None, Field(description="client that made it")] = None,
    tool: Annotated[Name | None, Field(description="name of a tool")] = None,
    since: Moment = None,
    until: Annotated[Moment, Field(description="same form")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Table:
    """Show the log of the latest changes made through this server, newest first: who changed or deleted what, and how
    to find out an unknown outcome.
    """
    wanted = Wanted(
        contact_id,
        campaign_id,
        caller,
        tool,
        _moment(call, since, "since"),
        _moment(call, until, "until", end_of_day=True),
    )
    below = cursor_position(cursor, wanted)
    entries, total = await call.profile.journal.page(wanted, below, limit + 1)
    following = cursor_at(entries[limit - 1].id, wanted) if len(entries) > limit else None
    entries = entries[:limit]
    undone = await call.profile.journal.undone([entry.id for entry in entries])
    rows = [_row(call, entry, entry.id in undone) for entry in entries]
    rows, following = fit(rows, [cursor_at(entry.id, wanted) for entry in entries], following)
    days = call.profile.journal_days
    notes = [f"The journal keeps {counted(days, 'day')}."] if not rows else []
    answer = table(f"{counted(total, 'change')}, {len(rows)} shown", COLUMNS, rows, total=total, notes=notes)
    answer.next_cursor = following
    return answer


def _moment(call: Invocation, text: str | None, name: str, *, end_of_day: bool = False) -> datetime | None:
    found = call.when(text, name, end_of_day=end_of_day)
    return local(found, call.profile.zone) if found else None


def _row(call: Invocation, entry: Entry, undone: bool) -> list[Any]:
    return [
        entry.id,
        shown(entry.began, call.profile.zone),
        entry.tool,
        _label(entry),
        _status(entry),
        clean(entry.caller)[:LONGEST_LABEL],
        call.profile.present.value(_REASON, entry.reason, LONGEST_LABEL) if entry.reason else None,
        True if undone else None,
        how_to_find_out(entry) if entry.uncertain else None,
    ]


def _label(entry: Entry) -> str:
    number = entry.campaign_id if entry.kind == "campaign" else entry.contact_id
    named = clean(entry.label)[:LONGEST_LABEL]
    return f"{named} ({number})" if number else named


def _status(entry: Entry) -> str:
    return "unknown" if entry.uncertain else entry.status


@tools.reads(title="Get change")
async def dialler_get_change(call: Invocation, change_id: ChangeId) -> Details:
    """Show the details of one change: who made and approved it, why, its outcome, and each field before and after."""
    entry = await _entry(call, change_id)
    undo = await call.profile.journal.undone_by(change_id)
    about: dict[str, Any] = {
        "change": entry.id,
        "time": shown(entry.began, call.profile.zone),
        "tool": entry.tool,
        "record": _label(entry),
        "status": _status(entry),
        "outcome": entry.result,
        "to_find_out": how_to_find_out(entry) if entry.uncertain else None,
        "caller": clean(entry.caller)[:LONGEST_LABEL],
        "confirmed_by": entry.confirmed_by,
        "reason": call.profile.present.value(_REASON, entry.reason) if entry.reason else None,
        "arguments": _arguments(call, entry),
        "undoes": entry.undoes,
        "undone_by": undo.id if undo else None,
        "archive": f"journal/{entry.archive}" if entry.archive else None,
    }
    if entry.status == "begun":
        about["outcome"] = (
            "No end was noted: it is still under way, or the process ended when it was sent or about to be."
        )
    about = {name: value for name, value in about.items() if value not in (None, "")}
    return Details(record=about | await _images(call, entry))


def _arguments(call: Invocation, entry: Entry) -> str:
    """What was given beside the fields of the record, which are shown before and after."""
    shown_below = {info.wire for info in Contact.fields()} if entry.kind == "contact" else set[str]()
    given = {name: value for name, value in entry.arguments.items() if name not in shown_below}

    def said(longest: int) -> str:
        present = call.profile.present
        pairs = ((name, present.value(_RECORDED.get(name, _NO_FIELD), value, longest)) for name, value in given.items())
        return "; ".join(f"{name}: {value}" for name, value in pairs)

    return bounded(said, 4_000)


async def _images(call: Invocation, entry: Entry) -> dict[str, Any]:
    """A record as it was; where both are known, only what differs."""
    campaign = entry.campaign_before() or entry.campaign_after()
    if campaign is not None:
        return {f"{name}": value for name, value in call.profile.present.record(campaign).items()}
    before, after = entry.contact_before(), entry.contact_after()
    if before is None or after is None or before.id != after.id:
        alone = after or before
        if alone is None:
            return {}
        view = await call.profile.view(alone)
        calls = call_lines(call, alone.dialler_contacts_history, view.codes, view.language)
        history = {"history": calls[:MOST_CALLS], "calls_remembered": len(calls)} if calls else {}
        return view.full() | history
    first, second = await call.profile.views([before, after])
    return _both(call, first, second)


def _both(call: Invocation, first: ContactView, second: ContactView) -> dict[str, Any]:
    old, new = first.status(), second.status()
    zone, present = call.profile.zone, call.profile.present
    odd = [info for info in differing(first.contact, second.contact, zone) if info.about.kind is not Kind.CONTROL]

    def pairs(longest: int) -> dict[str, Any]:
        def held(view: ContactView, info: FieldInfo) -> Any:
            value = getattr(view.contact, info.attribute)
            return "" if value in (None, "") else present.value(info, value, longest)

        fields = {info.wire: f"{held(first, info)} → {held(second, info)}" for info in odd}
        status = {
            name: f"{old.get(name, '')} → {new.get(name, '')}" for name in old | new if old.get(name) != new.get(name)
        }
        return {name: value for name, value in fields.items() if name not in _SAID_IN_WORDS} | status

    return bounded(pairs)


_SAID_IN_WORDS = ("bLocked", "DiallerCampaignsResultCodesID", "dtNextTry", "FollowUpDateTime")


@tools.destroys(title="Undo change", role=Role.supervisor, idempotent=False)
async def dialler_undo_change(
    call: Invocation, change_id: ChangeId, reason: Reason = None, confirm: Confirm = None
) -> Change:
    """Undo (revert) one change of a contact that was wrong: put old values or the lock back, or restore a deleted
    contact. Previews first. Refuses when the record differs now, and says what cannot be undone.
    """
    entry = await _undoable(call, change_id)
    live = await _live(call, entry)
    undo = plan(entry, live, call.profile.zone)
    if undo.verb == "import":
        await _still_missing(call, entry)
    await _confirm(call, entry, undo, live, confirm, reason)
    return await _taken_back(call, entry, undo, live)


async def _undoable(call: Invocation, change_id: int) -> Entry:
    entry = await _entry(call, change_id)
    if entry.uncertain:
        raise Problem(f"It is unknown whether this change happened. Find out first: {how_to_find_out(entry)}.")
    if entry.status == "failed":
        raise Problem("This change did not happen, so there is nothing to undo. List the changes to see the others.")
    if undone := await call.profile.journal.undone_by(change_id):
        state = f"Find out whether that happened: {how_to_find_out(undone)}." if undone.uncertain else ""
        raise Problem(f"This change was undone already, by change {undone.id}; see dialler_get_change. {state}".strip())
    return entry


async def _live(call: Invocation, entry: Entry) -> Contact | None:
    """The contact as it is now."""
    if entry.kind != "contact" or entry.contact_id is None:
        return None
    try:
        return await call.dialler.get_contact(entry.contact_id)
    except NotFound:
        return None


async def _still_missing(call: Invocation, entry: Entry) -> None:
    """A person who was imported again by somebody else must not be called twice; the campaign must be there."""
    before = entry.contact_before()
    key = before.user_data if before else None
    if key and (found := await call.dialler.find_contacts_by_user_data(key)):
        raise Problem(
            f"Nothing was sent: a contact with this UserData is there (ID {found[0].id}). Importing the deleted one "
            "again would call this person twice."
        )
    try:
        await call.dialler.get_campaign(entry.campaign_id or 0)
    except NotFound:
        raise Problem(
            "Nothing was sent: the contact's campaign is gone. Import it into another with dialler_import_contact; "
            "dialler_get_change shows its values."
        ) from None


async def _confirm(
    call: Invocation, entry: Entry, undo: Undo, live: Contact | None, phrase: str | None, reason: str | None
) -> None:
    words = in_words("undo", entry.label, call.profile.language(None), number=entry.id, verb=entry.verb)
    action = Action("dialler_undo_change", words, {"change_id": entry.id, "reason": reason}, [live, entry.status])
    said, reopens = await _consequences(call, entry, undo, live)
    preview: dict[str, Any] = {}
    if undo.verb == "update" and live is not None:
        preview = {
            "before": _values(call, live, undo.values),
            "after": _values(call, entry.contact_before(), undo.values),
        }
    await call.confirm(action, phrase, said, reopens=reopens, **preview)


def _values(call: Invocation, contact: Contact | None, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The named fields of a contact, empty ones as empty text."""

    def held(longest: int) -> dict[str, Any]:
        infos = (info for info in Contact.fields() if info.wire in wanted)
        values = ((info, getattr(contact, info.attribute)) for info in infos)
        present = call.present
        return {info.wire: "" if value in (None, "") else present.value(info, value, longest) for info, value in values}

    return bounded(held, 6_000)


async def _consequences(call: Invocation, entry: Entry, undo: Undo, live: Contact | None) -> tuple[list[str], bool]:
    """What an undo means, and whether it makes a contact diallable again whose result is, or was, final."""
    language = call.profile.language(None)
    said, reopens = list[str](), False
    before = entry.contact_before()
    if undo.verb == "unlock" and live is not None:
        view = await call.profile.view(live)
        state = state_of(live, view.code)
        said, reopens = consequences.of_unlock(state, view.result(), language), state.may_be_final
    elif undo.verb == "lock":
        said = consequences.of_undone_unlock(language)
    elif undo.verb == "update":
        said = consequences.of_undone_update(undo.lost, language)
    elif before is not None:
        view = await call.profile.view(before)
        state, calls = state_of(before, view.code), len(before.dialler_contacts_history)
        said = consequences.of_undone_deletion(before, state, view.result(), calls, language, locked=undo.lock)
        reopens = state.may_be_final
    return [*said, *(consequences.of_hidden_lock(language) if undo.hidden else [])], reopens


async def _taken_back(call: Invocation, entry: Entry, undo: Undo, live: Contact | None) -> Change:
    dialler = call.dialler
    if undo.verb == "import":
        return await _brought_back(call, entry, undo)
    assert live is not None  # else there is no plan
    intent = Intent(undo.verb, entry.label, live, entry.id)
    if undo.verb == "update":
        changed = await call.change(intent, lambda: dialler.update_contact({**undo.values, "ID": live.id}))
        before, after = _values(call, live, undo.values), _values(call, changed, undo.values)
        return _undone(call, entry, before, after)
    send = dialler.lock_contact if undo.verb == "lock" else dialler.unlock_contact
    await call.change(intent, lambda: send(live.id))
    try:
        changed = await dialler.get_contact(live.id)
        await call.read_back(changed)
        after = (await call.profile.view(changed)).status()
    except DiallerError:
        after = None
    return _undone(call, entry, (await call.profile.view(live)).status(), after)


async def _brought_back(call: Invocation, entry: Entry, undo: Undo) -> Change:
    dialler = call.dialler
    values = {**undo.values, "DiallerCampaignsID": entry.campaign_id}
    contact = await call.change(
        Intent("import", entry.label, None, entry.id),
        lambda: dialler.import_contact(values, overwrite_duplicates=False),
    )
    notes: list[str] = []
    if undo.lock:
        await _and_then(call, Intent("lock", entry.label, contact), lambda: dialler.lock_contact(contact.id), notes)
    if undo.update:
        later = {**undo.update, "ID": contact.id}
        await _and_then(call, Intent("update", entry.label, contact), lambda: dialler.update_contact(later), notes)
    answer = _undone(call, entry, None, {"ID": contact.id, **(await call.profile.view(contact)).status()})
    answer.notes = [*(answer.notes or []), *notes] or None
    return answer


async def _and_then(call: Invocation, intent: Intent, send: Callable[[], Awaitable[T]], notes: list[str]) -> None:
    """What the import cannot carry. The contact is back already, so a failure here is a note, no error."""
    try:
        await call.change(intent, send)
    except (DiallerError, Problem) as error:
        notes.append(f"The contact is back, but the {intent.verb} of what it was failed: {error}")


def _undone(call: Invocation, entry: Entry, before: dict[str, Any] | None, after: dict[str, Any] | None) -> Change:
    what = f"Change {entry.id} ({entry.verb} of {entry.label}) is undone."
    return Change(status="done", what=what, before=before, after=after, notes=call.notes())


async def _entry(call: Invocation, change_id: int) -> Entry:
    entry = await call.profile.journal.get(change_id)
    if entry is None:
        raise Problem("The journal has no such change (any more). List the changes to see which there are.")
    return entry
