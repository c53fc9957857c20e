"""Tools that change a contact's state: lock, unlock, reset, delete."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from dialler_mcp.api.errors import DiallerError
from dialler_mcp.changes.confirmation import Action
from dialler_mcp.changes.intent import Intent, Verb
from dialler_mcp.domain import consequences
from dialler_mcp.domain.consequences import Past
from dialler_mcp.domain.contact_state import attempts, state_of
from dialler_mcp.domain.roles import Role
from dialler_mcp.protocol.tools import ToolSet
from dialler_mcp.service.answers import Change
from dialler_mcp.service.invocation import Invocation, open_call
from dialler_mcp.service.matching import sole_contact
from dialler_mcp.service.parameters import Confirm, ContactId, Reason, UserData
from dialler_mcp.service.present import ContactView

tools = ToolSet("contact_changes", open_call)

_PAST: dict[Verb, str] = {"lock": "locked", "unlock": "unlocked", "reset": "reset"}


@tools.changes(title="Lock contact", role=Role.agent)
async def dialler_lock_contact(call: Invocation, contact_id: ContactId) -> Change:
    """Lock (block) one contact by numeric ID: put it on hold and stop calling it until it is unlocked. Without the ID
    use dialler_lock_contact_by_user_data.
    """
    view = await _by_id(call, contact_id)
    return await _done(call, view, "lock", lambda: call.dialler.lock_contact(contact_id))


@tools.changes(title="Lock contact by UserData", role=Role.agent)
async def dialler_lock_contact_by_user_data(call: Invocation, user_data: UserData) -> Change:
    """Lock (block) the customer with this CRM key (UserData, e.g. Contact10): don't dial until unlocked. Refuses when
    several share the key. With the ID use dialler_lock_contact.
    """
    view = await sole_contact(call, user_data, "dialler_lock_contact")
    return await _done(call, view, "lock", lambda: call.dialler.lock_contact_by_user_data(user_data))


@tools.changes(title="Unlock contact", role=Role.agent)
async def dialler_unlock_contact(
    call: Invocation, contact_id: ContactId, reason: Reason = None, confirm: Confirm = None
) -> Change:
    """Unlock (unblock) one contact by numeric ID, so that it may be called again. Asks first if its result is final.
    Without the ID use dialler_unlock_contact_by_user_data.
    """
    view = await _by_id(call, contact_id)
    arguments = {"contact_id": contact_id, "reason": reason}
    await _confirm_unlock(call, "dialler_unlock_contact", view, arguments, confirm)
    return await _done(call, view, "unlock", lambda: call.dialler.unlock_contact(contact_id))


@tools.changes(title="Unlock contact by UserData", role=Role.agent)
async def dialler_unlock_contact_by_user_data(
    call: Invocation, user_data: UserData, reason: Reason = None, confirm: Confirm = None
) -> Change:
    """Unlock the customer with this CRM key (UserData, e.g. Contact10), to be dialled again. Asks first if the result
    is final; refuses when several share the key. With the ID use dialler_unlock_contact.
    """
    view = await sole_contact(call, user_data, "dialler_unlock_contact")
    arguments = {"user_data": user_data, "reason": reason}
    await _confirm_unlock(call, "dialler_unlock_contact_by_user_data", view, arguments, confirm)
    return await _done(call, view, "unlock", lambda: call.dialler.unlock_contact_by_user_data(user_data))


@tools.destroys(title="Reset contact", role=Role.agent)
async def dialler_reset_contact(
    call: Invocation, contact_id: ContactId, reason: Reason = None, confirm: Confirm = None
) -> Change:
    """Reset one contact by numeric ID: set its counters (attempts) back to zero, to be called as if new. Asks first if
    its result is final. Without the ID use dialler_reset_contact_by_user_data.
    """
    view = await _by_id(call, contact_id)
    arguments = {"contact_id": contact_id, "reason": reason}
    await _confirm_reset(call, "dialler_reset_contact", view, arguments, confirm)
    return await _done(call, view, "reset", lambda: call.dialler.reset_contact(contact_id))


@tools.destroys(title="Reset contact by UserData", role=Role.agent)
async def dialler_reset_contact_by_user_data(
    call: Invocation, user_data: UserData, reason: Reason = None, confirm: Confirm = None
) -> Change:
    """Reset the customer with this CRM key (UserData, e.g. Contact10): call counters go back to 0. Asks first if the
    result is final; refuses when several share the key. With the ID use dialler_reset_contact.
    """
    view = await sole_contact(call, user_data, "dialler_reset_contact")
    arguments = {"user_data": user_data, "reason": reason}
    await _confirm_reset(call, "dialler_reset_contact_by_user_data", view, arguments, confirm)
    return await _done(call, view, "reset", lambda: call.dialler.reset_contact_by_user_data(user_data))


@tools.destroys(title="Delete contact", role=Role.admin)
async def dialler_delete_contact(call: Invocation, contact_id: ContactId, confirm: Confirm = None) -> Change:
    """Delete (erase) one contact by numeric ID for good and remove all its data and history. Previews first. Without
    the ID use dialler_delete_contact_by_user_data.
    """
    view = await _by_id(call, contact_id)
    await _confirm_deletion(call, "dialler_delete_contact", view, {"contact_id": contact_id}, confirm)
    await call.change(_intent("delete", view), lambda: call.dialler.delete_contact(contact_id))
    return _deleted(call, view)


@tools.destroys(title="Delete contact by UserData", role=Role.admin)
async def dialler_delete_contact_by_user_data(call: Invocation, user_data: UserData, confirm: Confirm = None) -> Change:
    """Delete (erase) the customer with this CRM key (UserData, e.g. Contact10), with all data and history, for good.
    Previews first; refuses when several share the key. With the ID use dialler_delete_contact.
    """
    view = await sole_contact(call, user_data, "dialler_delete_contact")
    await _confirm_deletion(call, "dialler_delete_contact_by_user_data", view, {"user_data": user_data}, confirm)
    await call.change(_intent("delete", view), lambda: call.dialler.delete_contact_by_user_data(user_data))
    return _deleted(call, view)


def _intent(verb: Verb, view: ContactView) -> Intent:
    return Intent(verb, view.label(), view.contact)


async def _by_id(call: Invocation, contact_id: int) -> ContactView:
    return await call.profile.view(await call.dialler.get_contact(contact_id))


async def _confirm_unlock(
    call: Invocation, tool: str, view: ContactView, arguments: dict[str, Any], phrase: str | None
) -> None:
    """Ask only when unlocking would make a closed contact diallable again, or when that cannot be seen."""
    state = state_of(view.contact, view.code)
    locked = view.contact.b_locked or view.contact.b_locked is msgspec.UNSET
    reopens = bool(locked and state.may_be_final)
    if phrase is not None or reopens:
        said = consequences.of_unlock(state, view.result(), view.language, await _past(call, view))
        action = Action(tool, call.in_words("unlock", view), arguments, view.contact)
        await call.confirm(action, phrase, said, reopens=reopens, before=view.status())


async def _confirm_reset(
    call: Invocation, tool: str, view: ContactView, arguments: dict[str, Any], phrase: str | None
) -> None:
    """Ask only when a reset would make a closed contact diallable again, or when that cannot be seen."""
    state = state_of(view.contact, view.code)
    if phrase is not None or state.may_be_final:
        computed = view.computed()
        said = consequences.of_reset(
            state,
            view.result(),
            attempts(view.contact),
            computed["follow_up"],
            bool(computed["locked"]),
            view.language,
            await _past(call, view),
        )
        action = Action(tool, call.in_words("reset", view), arguments, view.contact)
        await call.confirm(action, phrase, said, reopens=state.may_be_final, before=view.status())


async def _confirm_deletion(
    call: Invocation, tool: str, view: ContactView, arguments: dict[str, Any], phrase: str | None
) -> None:
    past = await _past(call, view)
    calls = past.entries if past else None
    said = consequences.of_deletion(
        state_of(view.contact, view.code), view.result(), attempts(view.contact), calls, view.language
    )
    action = Action(tool, call.in_words("delete", view), arguments, [view.contact, calls])
    await call.confirm(action, phrase, said, before={"ID": view.contact.id, "name": view.name(), **view.status()})


async def _past(call: Invocation, view: ContactView) -> Past | None:
    """What the contact's history says to a preview, which goes on without it where it cannot be read."""
    try:
        return Past.of(await call.dialler.get_contact_history(view.contact.id), call.profile.zone)
    except DiallerError:
        return None


def _deleted(call: Invocation, view: ContactView) -> Change:
    what = f"Contact {view.contact.id} ({view.label()}) and its history are deleted."
    return Change(status="done", what=what, before=view.status(), notes=call.notes())


async def _done(call: Invocation, view: ContactView, verb: Verb, send: Callable[[], Awaitable[None]]) -> Change:
    """Make a change and show what it did; a change that cannot be read back is still told as made."""
    await call.change(_intent(verb, view), send)
    notes = call.notes() or []
    after = None
    try:
        changed = await call.dialler.get_contact(view.contact.id)
        await call.read_back(changed)
        after = (await call.profile.view(changed, view.language)).status()
    except DiallerError as error:
        notes.append(f"The dialler reported success, but the contact could not be read back: {error.summary}")
    before = view.status()
    what = f"Contact {view.contact.id} ({view.label()}) is {_PAST[verb]}."
    hidden = msgspec.UNSET in (view.contact.b_locked, view.contact.dialler_campaigns_result_codes_id)
    if after == before:
        unseen = " This release shows no lock or no result, so it may have changed." if hidden else ""
        notes.append(f"The visible state is the same as before.{unseen}")
    status = "unchanged" if after == before and not hidden else "done"
    return Change(status=status, what=what, before=before, after=after, notes=notes or None)
