"""The contact functions of the Dialler REST API."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any

from dialler_mcp.api.decoding import batch_body
from dialler_mcp.api.requests import Functions, Request, is_id
from dialler_mcp.api.strangers import note_strangers, once_each, without_strangers
from dialler_mcp.domain.codes import LANGUAGE_IDS
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Contact, ContactDetails, HistoryEntry
from dialler_mcp.domain.spelling import folded_key

WHOLE_LIST = 900.0
"""Seconds that a list may take where nobody waits for an answer: enough for ten million contacts and more."""


class ContactFunctions(Functions):
    """The contact functions. Each may raise any `DiallerError`; those that a caller would handle are named."""

    async def list_contacts(
        self, campaign_id: int | None = None, *, deadline: float | None = None
    ) -> AsyncGenerator[Contact]:
        """All contacts of a campaign, or of all campaigns, as a stream.

        Old releases ignore the campaign and send every contact; those of other campaigns are left out here. A contact
        that does not say its campaign belongs to the one that was asked for.

        `deadline` is the number of seconds that it may take in all; a million contacts need more than the default.
        Source: "Retrieve Dialler Contacts".
        """
        async with aclosing(self.stream(list_request(campaign_id), Contact, deadline)) as contacts:
            async for contact in contacts:
                if not is_id(contact.id):
                    note_strangers(1)
                elif campaign_id is None or contact.dialler_campaigns_id in (campaign_id, None):
                    yield contact

    async def get_contact(self, contact_id: int) -> Contact:
        """One contact.

        Source: "Retrieve a specific Dialler Contact by ID".

        Raises:
            NotFound: no contact has this ID.
        """
        function = "Retrieve a specific Dialler Contact by ID"
        return await self.one(Request(function, "GET", f"/dialler/contacts/{contact_id:d}"), Contact, contact_id)

    async def find_contacts_by_user_data(self, user_data: str) -> list[Contact]:
        """All contacts with this UserData; it is not unique.

        Source: "Retrieve Dialler Contacts by User Data".
        """
        function = "Retrieve Dialler Contacts by User Data"
        request = Request(function, "GET", "/dialler/contacts/contact", {"userData": user_data})
        contacts = without_strangers(
            function,
            await self.matches(request, Contact),
            lambda contact: is_id(contact.id) and is_key(contact.user_data, user_data),
        )
        return once_each(function, contacts)

    async def get_contacts(
        self, contact_ids: Sequence[int] = (), user_data_list: Sequence[str] = (), language: Language = Language.en
    ) -> list[ContactDetails]:
        """Many contacts with their current result and history in one request; unknown ones are silently left out.

        Source: "Retrieve Dialler Contacts (Batch)".

        Raises:
            FunctionMissing: this release has no batch function.
        """
        request, ids = batch_request(contact_ids, user_data_list, language), set(contact_ids)
        keys = {folded_key(key) for key in user_data_list}

        def fits(contact: ContactDetails) -> bool:
            return contact.id in ids or (is_id(contact.id) and (folded_key(contact.user_data or "") or None) in keys)

        contacts = without_strangers(request.function, await self.matches(request, ContactDetails), fits)
        contacts = once_each(request.function, contacts)
        for contact in contacts:
            contact.dialler_contacts_history = _of_contact(contact.id, contact.dialler_contacts_history)
        return contacts

    async def import_contact(self, values: Mapping[str, Any], *, overwrite_duplicates: bool) -> Contact:
        """Create a contact; with `overwrite_duplicates`, a contact with the same UserData is overwritten instead.

        `values` by wire name: Name, DiallerCampaignsID or DiallerCampaignsName, at least one PhoneNumber1...6;
        times are zone-less and local to the dialler.
        Source: "Import a Dialler Contact".

        Raises:
            BadRequest: a mandatory value is missing or a value has the wrong form.
            NotFound: there is no such campaign.
        """
        query = {"overwriteDuplicates": overwrite_duplicates}
        request = Request("Import a Dialler Contact", "POST", "/dialler/contacts/import", query, values)
        return await self.one(request, Contact)

    async def update_contact(self, values: Mapping[str, Any]) -> Contact:
        """Change the given fields of a contact and no others. `values` by wire name hold ID, or UserData as the key.

        With only UserData the dialler changes the first contact that it finds.
        Source: "Update a Dialler Contact".

        Raises:
            NotFound: there is no such contact.
            FunctionMissing: this release cannot update.
        """
        request = Request("Update a Dialler Contact", "POST", "/dialler/contacts/update", values=values)
        return await self.one(request, Contact, values.get("ID"))

    async def delete_contact(self, contact_id: int) -> None:
        """Delete a contact with its history. This cannot be undone.

        Source: "Delete a Dialler Contact by ID".

        Raises:
            NotFound: no contact has this ID.
        """
        request = Request("Delete a Dialler Contact by ID", "DELETE", f"/dialler/contacts/contact/{contact_id:d}")
        await self.done(request)

    async def delete_contact_by_user_data(self, user_data: str) -> None:
        """Delete the first contact that the dialler finds with this UserData. This cannot be undone.

        Source: "Delete a Dialler Contact by UserData".

        Raises:
            NotFound: no contact has this UserData.
        """
        query = {"userData": user_data}
        await self.done(Request("Delete a Dialler Contact by UserData", "DELETE", "/dialler/contacts/contact", query))

    async def lock_contact(self, contact_id: int) -> None:
        """Take a contact out of dialling until it is unlocked.

        Source: "Lock a Dialler Contact by ID".

        Raises:
            NotFound: no contact has this ID.
        """
        await self.done(_patch("Lock a Dialler Contact by ID", contact_id, "lock"))

    async def lock_contact_by_user_data(self, user_data: str) -> None:
        """Lock the first contact that the dialler finds with this UserData.

        Source: "Lock a Dialler Contact by UserData".

        Raises:
            NotFound: no contact has this UserData.
        """
        await self.done(_patch_by_user_data("Lock a Dialler Contact by UserData", user_data, "lock"))

    async def unlock_contact(self, contact_id: int) -> None:
        """Give a locked contact back to the dialler.

        Source: "Unlock a Dialler Contact by ID".

        Raises:
            NotFound: no contact has this ID.
        """
        await self.done(_patch("Unlock a Dialler Contact by ID", contact_id, "unlock"))

    async def unlock_contact_by_user_data(self, user_data: str) -> None:
        """Unlock the first contact that the dialler finds with this UserData.

        Source: "Unlock a Dialler Contact by UserData".

        Raises:
            NotFound: no contact has this UserData.
        """
        await self.done(_patch_by_user_data("Unlock a Dialler Contact by UserData", user_data, "unlock"))

    async def reset_contact(self, contact_id: int) -> None:
        """Set every call counter of a contact to 0, as if it had just been imported.

        Source: "Reset a Dialler Contact by ID".

        Raises:
            NotFound: no contact has this ID.
            FunctionMissing: this release cannot reset.
        """
        await self.done(_patch("Reset a Dialler Contact by ID", contact_id, "reset"))

    async def reset_contact_by_user_data(self, user_data: str) -> None:
        """Reset the first contact that the dialler finds with this UserData.

        Source: "Reset a Dialler Contact by UserData".

        Raises:
            NotFound: no contact has this UserData.
            FunctionMissing: this release cannot reset.
        """
        await self.done(_patch_by_user_data("Reset a Dialler Contact by UserData", user_data, "reset"))

    async def get_contact_history(self, contact_id: int) -> list[HistoryEntry]:
        """The calls and recorded results of a contact, in the dialler's order; empty when there are none.

        Source: "Retrieve Dialler Contact History by ID".
        """
        return _of_contact(contact_id, await self.matches(history_request(contact_id), HistoryEntry))

    async def get_contact_history_by_user_data(self, user_data: str) -> list[HistoryEntry]:
        """The calls and recorded results of all contacts with this UserData.

        Source: "Retrieve Dialler Contact History by UserData".
        """
        function = "Retrieve Dialler Contact History by UserData"
        request = Request(function, "GET", "/dialler/contacts/contact/history", {"userData": user_data})
        entries = await self.matches(request, HistoryEntry)
        return without_strangers(function, entries, lambda entry: is_key(entry.user_data or user_data, user_data))


def is_key(key: str | None, other: str) -> bool:
    """Whether a key is the same as another to a dialler, which may compare without case, accents and outer blanks."""
    return key is not None and folded_key(key) == folded_key(other)


def is_of_contact(contact_id: int, entry: HistoryEntry) -> bool:
    """Whether an entry of a history belongs to the contact; one that names none does."""
    return entry.dialler_contacts_id in (None, 0, contact_id)


def _of_contact(contact_id: int, entries: Sequence[HistoryEntry]) -> list[HistoryEntry]:
    function = "Retrieve Dialler Contact History by ID"
    return without_strangers(function, entries, lambda entry: is_of_contact(contact_id, entry))


def list_request(campaign_id: int | None = None) -> Request:
    """The request of `list_contacts`, for `Dialler.blocks`."""
    query = {} if campaign_id is None else {"diallerCampaignsID": campaign_id}
    return Request("Retrieve Dialler Contacts", "GET", "/dialler/contacts", query)


def batch_request(
    contact_ids: Sequence[int] = (), user_data_list: Sequence[str] = (), language: Language = Language.en
) -> Request:
    """The request of `get_contacts`."""
    return Request(
        "Retrieve Dialler Contacts (Batch)",
        "POST",
        "/dialler/contacts",
        {"languagesID": LANGUAGE_IDS[language]},
        batch_body(user_data_list, contact_ids),
        reads=True,
    )


def history_request(contact_id: int) -> Request:
    """The request of `get_contact_history`."""
    function = "Retrieve Dialler Contact History by ID"
    return Request(function, "GET", f"/dialler/contacts/contact/{contact_id:d}/history")


def _patch(function: str, contact_id: int, action: str) -> Request:
    return Request(function, "PATCH", f"/dialler/contacts/contact/{contact_id:d}/{action}")


def _patch_by_user_data(function: str, user_data: str, action: str) -> Request:
    return Request(function, "PATCH", f"/dialler/contacts/contact/{action}", {"userData": user_data})
