"""Tools that change a contact's state: lock, unlock, reset, delete."""

from dialler_mcp.domain.roles import Role
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.matching import sole_contact
from dialler_mcp.service.parameters import Confirm, ContactId, Reason, UserData
from dialler_mcp.service.plans import contacts as plans
from dialler_mcp.service.proposals import Proposal
from dialler_mcp.tools.family import family

tools = family("contact_changes")


@tools.changes(
    title="Lock contact",
    german="Sperrt einen Kontakt, nach ID: Er wird nicht mehr angerufen, bis er entsperrt wird.",
    role=Role.agent,
)
async def dialler_lock_contact(invocation: Invocation, contact_id: ContactId) -> Proposal:
    """Lock (block) one contact by numeric ID: put it on hold and stop calling it until it is unlocked. Without the ID
    use dialler_lock_contact_by_user_data.
    """
    return plans.lock(invocation, await invocation.contact(contact_id))


@tools.changes(
    title="Lock contact by UserData",
    german="Sperrt den Kontakt mit diesem CRM-Schlüssel; lehnt ab, wenn mehrere ihn haben.",
    role=Role.agent,
)
async def dialler_lock_contact_by_user_data(invocation: Invocation, user_data: UserData) -> Proposal:
    """Lock (block) the customer with this CRM key (UserData, e.g. Contact10): don't dial until unlocked. Refuses when
    several share the key. With the ID use dialler_lock_contact.
    """
    return plans.lock(invocation, await sole_contact(invocation, user_data, "dialler_lock_contact"))


@tools.changes(
    title="Unlock contact",
    german="Entsperrt einen Kontakt, nach ID; fragt nach, wenn sein Ergebnis endgültig ist.",
    role=Role.agent,
)
async def dialler_unlock_contact(
    invocation: Invocation, contact_id: ContactId, reason: Reason = None, confirm: Confirm = None
) -> Proposal:
    """Unlock (unblock) one contact by numeric ID, so that it may be called again. Asks first if its result is final.
    Without the ID use dialler_unlock_contact_by_user_data.
    """
    return await plans.unlock(invocation, await invocation.contact(contact_id))


@tools.changes(
    title="Unlock contact by UserData",
    german="Entsperrt den Kontakt mit diesem CRM-Schlüssel; lehnt ab, wenn mehrere ihn haben.",
    role=Role.agent,
)
async def dialler_unlock_contact_by_user_data(
    invocation: Invocation, user_data: UserData, reason: Reason = None, confirm: Confirm = None
) -> Proposal:
    """Unlock the customer with this CRM key (UserData, e.g. Contact10), to be dialled again. Asks first if the result
    is final; refuses when several share the key. With the ID use dialler_unlock_contact.
    """
    return await plans.unlock(invocation, await sole_contact(invocation, user_data, "dialler_unlock_contact"))


@tools.destroys(
    title="Reset contact",
    german=(
        "Löscht Anrufzähler, Ergebnis, nächsten Versuch und vereinbarte Zeit eines Kontakts, nach ID: "
        "Er wird wie neu importiert angerufen."
    ),
    role=Role.agent,
)
async def dialler_reset_contact(
    invocation: Invocation, contact_id: ContactId, reason: Reason = None, confirm: Confirm = None
) -> Proposal:
    """Reset one contact by numeric ID: wipe attempts, result, due time and agreed time, to be called as if new.
    Asks first if the result is final. Without the ID use dialler_reset_contact_by_user_data.
    """
    return await plans.reset(invocation, await invocation.contact(contact_id))


@tools.destroys(
    title="Reset contact by UserData",
    german=(
        "Löscht Anrufzähler, Ergebnis, nächsten Versuch und vereinbarte Zeit des Kontakts mit diesem "
        "CRM-Schlüssel; lehnt ab, wenn mehrere ihn haben."
    ),
    role=Role.agent,
)
async def dialler_reset_contact_by_user_data(
    invocation: Invocation, user_data: UserData, reason: Reason = None, confirm: Confirm = None
) -> Proposal:
    """Reset the customer with this CRM key (UserData, e.g. Contact10): wipe attempts, result, due time, agreed
    time. Asks first if the result is final; refuses when several share the key. With the ID use dialler_reset_contact.
    """
    return await plans.reset(invocation, await sole_contact(invocation, user_data, "dialler_reset_contact"))


@tools.destroys(
    title="Delete contact",
    german="Löscht einen Kontakt samt Verlauf endgültig, nach ID; zeigt vorher, was verloren geht.",
    role=Role.admin,
)
async def dialler_delete_contact(invocation: Invocation, contact_id: ContactId, confirm: Confirm = None) -> Proposal:
    """Delete (erase) one contact by numeric ID for good and remove all its data and history. Previews first. Without
    the ID use dialler_delete_contact_by_user_data.
    """
    return await plans.delete(invocation, await invocation.contact(contact_id))


@tools.destroys(
    title="Delete contact by UserData",
    german="Löscht den Kontakt mit diesem CRM-Schlüssel samt Verlauf endgültig; lehnt ab, wenn mehrere ihn haben.",
    role=Role.admin,
)
async def dialler_delete_contact_by_user_data(
    invocation: Invocation, user_data: UserData, confirm: Confirm = None
) -> Proposal:
    """Delete (erase) the customer with this CRM key (UserData, e.g. Contact10), with all data and history, for good.
    Previews first; refuses when several share the key. With the ID use dialler_delete_contact.
    """
    return await plans.delete(invocation, await sole_contact(invocation, user_data, "dialler_delete_contact"))
