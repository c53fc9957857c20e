"""Tools that change a contact's state: lock, unlock, reset, delete."""

from dialler_mcp.domain.roles import Role
from dialler_mcp.protocol.tools import ToolSet
from dialler_mcp.service.invocation import Invocation, open_call
from dialler_mcp.service.matching import sole_contact
from dialler_mcp.service.parameters import Confirm, ContactId, Reason, UserData
from dialler_mcp.service.plans import contacts as plans
from dialler_mcp.service.proposals import Proposal

tools = ToolSet("contact_changes", open_call)


@tools.changes(title="Lock contact", role=Role.agent)
async def dialler_lock_contact(call: Invocation, contact_id: ContactId) -> Proposal:
    """Lock (block, put on hold) one contact by numeric ID: stop calling, don't call again until unlocked.
    Without the ID use dialler_lock_contact_by_user_data.

    DE: Kontakt (ID) sperren, nicht mehr anrufen
    """
    return plans.lock(call, await call.contact(contact_id))


@tools.changes(title="Lock contact by UserData", role=Role.agent)
async def dialler_lock_contact_by_user_data(call: Invocation, user_data: UserData) -> Proposal:
    """Lock (block) the customer with this CRM key (UserData, e.g. Contact10): stop calling, don't dial until unlocked;
    refuses when several share it. With the ID use dialler_lock_contact.

    DE: Kunde (CRM-Schlüssel) sperren, sperr, nicht mehr anrufen, anwählen
    """
    return plans.lock(call, await sole_contact(call, user_data, "dialler_lock_contact"))


@tools.changes(title="Unlock contact", role=Role.agent)
async def dialler_unlock_contact(
    call: Invocation, contact_id: ContactId, reason: Reason = None, confirm: Confirm = None
) -> Proposal:
    """Unlock (unblock) one contact by numeric ID: lift the lock, called again; asks first if its result is final.
    Without the ID use dialler_unlock_contact_by_user_data.

    DE: Kontakt (ID) entsperren, entsperr, entsperre, Sperre aufheben, wieder freigeben
    """
    return await plans.unlock(call, await call.contact(contact_id))


@tools.changes(title="Unlock contact by UserData", role=Role.agent)
async def dialler_unlock_contact_by_user_data(
    call: Invocation, user_data: UserData, reason: Reason = None, confirm: Confirm = None
) -> Proposal:
    """Unlock the customer with this CRM key (UserData, e.g. Contact10): can be dialled again; asks first if its result
    is final, refuses when several share it. With the ID use dialler_unlock_contact.

    DE: Kunden (CRM-Schlüssel) entsperren, wieder frei, freigeben
    """
    return await plans.unlock(call, await sole_contact(call, user_data, "dialler_unlock_contact"))


@tools.destroys(title="Reset contact", role=Role.agent)
async def dialler_reset_contact(
    call: Invocation, contact_id: ContactId, reason: Reason = None, confirm: Confirm = None
) -> Proposal:
    """Reset one contact by numeric ID: its call counters (attempts) set back to zero, dialled as if new; asks first
    if its result is final. Without the ID use dialler_reset_contact_by_user_data.

    DE: Kontakt (ID) zurücksetzen, zurück; Zähler, Versuche null; nochmal wie neu
    """
    return await plans.reset(call, await call.contact(contact_id))


@tools.destroys(title="Reset contact by UserData", role=Role.agent)
async def dialler_reset_contact_by_user_data(
    call: Invocation, user_data: UserData, reason: Reason = None, confirm: Confirm = None
) -> Proposal:
    """Reset the customer with this CRM key (UserData, e.g. Contact10): call counters set to 0; refuses when several
    share it. With the ID use dialler_reset_contact.

    DE: Kunde (CRM-Schlüssel) zurücksetzen; Zähler, Versuche null; nochmal wie neu
    """
    return await plans.reset(call, await sole_contact(call, user_data, "dialler_reset_contact"))


@tools.destroys(title="Delete contact", role=Role.admin)
async def dialler_delete_contact(call: Invocation, contact_id: ContactId, confirm: Confirm = None) -> Proposal:
    """Delete (erase, remove) one contact (record) by numeric ID, all data and history, for good. Previews first.
    Without the ID use dialler_delete_contact_by_user_data.

    DE: Kontakt (ID) löschen, lösch, entfernen, komplett, raus
    """
    return await plans.delete(call, await call.contact(contact_id))


@tools.destroys(title="Delete contact by UserData", role=Role.admin)
async def dialler_delete_contact_by_user_data(
    call: Invocation, user_data: UserData, confirm: Confirm = None
) -> Proposal:
    """Delete (erase, get rid of) the customer with this CRM key (UserData, e.g. Contact10), all history, for good;
    refuses when several share it. Previews first. With the ID use dialler_delete_contact.

    DE: Kunde (CRM-Schlüssel) löschen, lösch, lösche, raus, komplett
    """
    return await plans.delete(call, await sole_contact(call, user_data, "dialler_delete_contact"))
