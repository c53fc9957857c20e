"""The contact functions of the sandbox, under the same names as in the client and the tools."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dialler_mcp.domain.fields import Write
from dialler_mcp.domain.records import PHONE_SLOTS, Campaign, Contact, ContactDetails, HistoryEntry, ResultCode
from dialler_mcp.sandbox.bodies import (
    Body,
    json_object,
    list_in,
    number_in,
    require_importable,
    settle_flags,
    text_in,
    write_fields,
)
from dialler_mcp.sandbox.functions import (
    ANY_OF_THEM,
    ID,
    LANGUAGE,
    USER_DATA,
    FunctionRoute,
    Functions,
    Query,
)
from dialler_mcp.sandbox.wire import (
    CODE_FIELDS,
    CONTACT_FIELDS,
    ROW_FIELDS,
    Dialler,
    bad_request,
    flag_asked,
    language_asked,
    not_found,
    number_asked,
    text_asked,
)

THING = "Dialler contact"
CONTACT = "/dialler/contacts/contact"
ONE = CONTACT + "/{diallerContactsID:id}"

functions = Functions()

_OUTLASTS_RESET = ("ID", "dtImported", "bLocked")
_FOLLOW_UP = ("FollowUpUsersUID", "FollowUpDateTime")
FORGOTTEN_BY_RESET = [
    info
    for info in Contact.fields()
    if info.wire in _FOLLOW_UP or (info.about.write is Write.NO and info.wire not in _OUTLASTS_RESET)
]
"""The dialler's own counters. The lock stays, since a person set it for a reason that a reset does not know."""

Search = Callable[[], list[Contact]]


class ContactRoutes:
    """The functions on contacts, each a method of its name."""

    def __init__(self, dialler: Dialler) -> None:
        self.dialler = dialler
        self.store = dialler.store

    def routes(self) -> list[FunctionRoute]:
        return functions.routes(self)

    # Reading

    @functions(
        "GET",
        "/dialler/contacts",
        "Retrieve Dialler Contacts",
        answers=Contact,
        order="Name",
        refuses=(400,),
        query=(
            Query("diallerCampaignsID", ID, "Only the contacts of this campaign (de: Kampagnen-ID)", required=False),
        ),
        note="Without a campaign: all contacts of the client, which can be many.",
    )
    async def list_contacts(self, request: Request) -> Response:
        campaign_id = number_asked(request, "diallerCampaignsID")
        if self.dialler.options.release == "oldest":
            campaign_id = None
        return self.dialler.list_answer(self.store.contacts(campaign_id), "Name")

    @functions(
        "GET",
        "/dialler/contacts/{diallerContactsID:id}",
        "Retrieve a specific Dialler Contact by ID",
        answers=Contact,
        refuses=(404,),
        also=ONE,
    )
    async def get_contact(self, request: Request) -> Response:
        return self.dialler.matches_answer(self._by_id(request)(), THING)

    @functions(
        "GET",
        CONTACT,
        "Retrieve Dialler Contacts by User Data",
        answers=Contact,
        refuses=(400, 404),
        query=(USER_DATA,),
    )
    async def find_contacts_by_user_data(self, request: Request) -> Response:
        return self.dialler.matches_answer(self._by_user_data(request)(), THING)

    @functions(
        "POST",
        "/dialler/contacts",
        "Retrieve Dialler Contacts (Batch)",
        answers=ContactDetails,
        refuses=(400,),
        query=(LANGUAGE,),
        body="BatchKeys",
    )
    async def get_contacts(self, request: Request) -> Response:
        body = await json_object(request)
        keys, ids = list_in(body, "UserDataList", str), list_in(body, "IDList", int)
        if not keys and not ids:
            raise bad_request("UserDataList or IDList is required")
        matches = [*self.store.contacts_by_user_data(keys), *self.store.contacts_by_id(ids)]
        contacts = {contact.id: contact for contact in matches}
        codes = {
            code.id: self._short_code(code.to_record(language_asked(request))) for code in self.store.result_codes()
        }
        history: dict[int | None, list[dict[str, Any]]] = {}
        for entry in self.store.history(contacts):
            history.setdefault(entry.dialler_contacts_id, []).append(self._nested_entry(entry))
        return self.dialler.rows_answer(
            [self._details(contact, codes, history.get(contact.id, [])) for contact in contacts.values()]
        )

    @functions("GET", ONE + "/history", "Retrieve Dialler Contact History by ID", answers=HistoryEntry, refuses=(404,))
    async def get_contact_history(self, request: Request) -> Response:
        return self._history(self._by_id(request)())

    @functions(
        "GET",
        CONTACT + "/history",
        "Retrieve Dialler Contact History by UserData",
        answers=HistoryEntry,
        refuses=(400, 404),
        query=(USER_DATA,),
        note="Of all contacts with this key.",
    )
    async def get_contact_history_by_user_data(self, request: Request) -> Response:
        return self._history(self._by_user_data(request)())

    def _history(self, contacts: list[Contact]) -> Response:
        if not contacts:
            return self.dialler.matches_answer([], THING)
        return self.dialler.records_answer(self.store.history(contact.id for contact in contacts))

    def _details(
        self, contact: Contact, codes: dict[int, dict[str, Any]], history: list[dict[str, Any]]
    ) -> dict[str, Any]:
        code_id = contact.dialler_campaigns_result_codes_id or None
        return self.dialler.row(contact) | {
            "DiallerCampaignsResultCodesID": code_id,
            "DiallerCampaignsResultCodes": codes.get(code_id) if code_id else None,
            "DiallerContactsHistory": history,
        }

    def _short_code(self, code: ResultCode) -> dict[str, Any]:
        row = self.dialler.row(code)
        return {name: row[name] for name in row if name in CODE_FIELDS}

    def _nested_entry(self, entry: HistoryEntry) -> dict[str, Any]:
        """A history row with its call as a nested object."""
        flat = self.dialler.row(entry)
        row = {row_name: flat[name] for name, row_name in ROW_FIELDS.items()}
        call = {name: value for name, value in flat.items() if name not in ROW_FIELDS and name not in CONTACT_FIELDS}
        has_call = entry.statistics_part_a_id is not None
        return row | {"StatisticsPartA": {"ID": entry.statistics_part_a_id, **call} if has_call else None}

    # Writing

    @functions(
        "POST",
        "/dialler/contacts/import",
        "Import a Dialler Contact",
        answers=Contact,
        refuses=(400, 404),
        query=(Query("overwriteDuplicates", {"type": "boolean"}, "Overwrite one with this UserData", required=False),),
        body="ContactImport",
    )
    async def import_contact(self, request: Request) -> Response:
        overwrite = flag_asked(request, "overwriteDuplicates")
        body = await json_object(request)
        require_importable(body)
        with self.store.change():
            campaign = self._campaign_of(body)
            draft = Contact(b_locked=None, dialler_campaigns_result_codes_id=None)
            write_fields(draft, body, Write.IMPORT)
            key = draft.user_data
            duplicates = self.store.contacts_by_user_data([key], campaign.id) if overwrite and key else []
            if duplicates:
                contact = self.dialler.rng.choice(duplicates)
                write_fields(contact, body, Write.IMPORT)
                contact.dialler_campaigns_id = campaign.id
                self.store.save_contact(contact)
            else:
                draft.dialler_campaigns_id = campaign.id
                contact = self._add_fresh(draft)
        return self.dialler.records_answer([contact])

    def _campaign_of(self, body: Body) -> Campaign:
        campaign_id, name = number_in(body, "DiallerCampaignsID"), text_in(body, "DiallerCampaignsName")
        if campaign_id is None and name is None:
            raise bad_request("DiallerCampaignsID or DiallerCampaignsName is required")
        by_id = self.store.campaign(campaign_id) if campaign_id is not None else None
        campaign = by_id if campaign_id is not None or name is None else self.store.campaign_named(name)
        if campaign is None:
            raise not_found("Dialler campaign")
        return campaign

    def _add_fresh(self, contact: Contact) -> Contact:
        contact.dt_imported = self.dialler.clock()
        self._zero_tries(contact)
        return self.store.add_contact(contact)

    @functions(
        "POST",
        "/dialler/contacts/update",
        "Update a Dialler Contact",
        answers=Contact,
        refuses=(400, 404),
        body="ContactUpdate",
        note="Only the fields in the body are changed. Without an ID, UserData is the search key. " + ANY_OF_THEM,
    )
    async def update_contact(self, request: Request) -> Response:
        body = await json_object(request)
        contact_id, key = number_in(body, "ID"), text_in(body, "UserData")
        with self.store.change():
            if contact_id is not None:
                contact = self.dialler.any_of(self.store.contacts_by_id([contact_id]), THING)
                changes = body
            elif key is not None:
                contact = self.dialler.any_of(self.store.contacts_by_user_data([key]), THING)
                changes = {name: value for name, value in body.items() if name != "UserData"}  # it was the search key
            else:
                raise bad_request("ID or UserData is required")
            write_fields(contact, changes, Write.UPDATE)
            settle_flags(contact)
            self.store.save_contact(contact)
        return self.dialler.records_answer([contact])

    @functions("DELETE", ONE, "Delete a Dialler Contact by ID", refuses=(404,), note="Its history goes with it.")
    async def delete_contact(self, request: Request) -> Response:
        return self._change(self._by_id(request), self._delete)

    @functions(
        "DELETE",
        CONTACT,
        "Delete a Dialler Contact by UserData",
        refuses=(400, 404),
        query=(USER_DATA,),
        note=ANY_OF_THEM,
    )
    async def delete_contact_by_user_data(self, request: Request) -> Response:
        return self._change(self._by_user_data(request), self._delete)

    @functions("PATCH", ONE + "/lock", "Lock a Dialler Contact by ID", refuses=(404,))
    async def lock_contact(self, request: Request) -> Response:
        return self._change(self._by_id(request), self._lock)

    @functions(
        "PATCH",
        CONTACT + "/lock",
        "Lock a Dialler Contact by UserData",
        refuses=(400, 404),
        query=(USER_DATA,),
        note=ANY_OF_THEM,
    )
    async def lock_contact_by_user_data(self, request: Request) -> Response:
        return self._change(self._by_user_data(request), self._lock)

    @functions("PATCH", ONE + "/unlock", "Unlock a Dialler Contact by ID", refuses=(404,))
    async def unlock_contact(self, request: Request) -> Response:
        return self._change(self._by_id(request), self._unlock)

    @functions(
        "PATCH",
        CONTACT + "/unlock",
        "Unlock a Dialler Contact by UserData",
        refuses=(400, 404),
        query=(USER_DATA,),
        note=ANY_OF_THEM,
    )
    async def unlock_contact_by_user_data(self, request: Request) -> Response:
        return self._change(self._by_user_data(request), self._unlock)

    @functions(
        "PATCH",
        ONE + "/reset",
        "Reset a Dialler Contact by ID",
        refuses=(404,),
        note="All counters of its attempts become 0, as after an import.",
    )
    async def reset_contact(self, request: Request) -> Response:
        return self._change(self._by_id(request), self._reset)

    @functions(
        "PATCH",
        CONTACT + "/reset",
        "Reset a Dialler Contact by UserData",
        refuses=(400, 404),
        query=(USER_DATA,),
        note=ANY_OF_THEM,
    )
    async def reset_contact_by_user_data(self, request: Request) -> Response:
        return self._change(self._by_user_data(request), self._reset)

    def _change(self, find: Search, act: Callable[[Contact], None]) -> Response:
        """Change the contact that the request names; any one of them when several share a key."""
        with self.store.change():
            act(self.dialler.any_of(find(), THING))
        return self.dialler.status_answer()

    def _by_id(self, request: Request) -> Search:
        contact_id: int = request.path_params["diallerContactsID"]
        return lambda: self.store.contacts_by_id([contact_id])

    def _by_user_data(self, request: Request) -> Search:
        key = text_asked(request, "userData")
        return lambda: self.store.contacts_by_user_data([key])

    def _delete(self, contact: Contact) -> None:
        self.store.delete_contact(contact.id)

    def _lock(self, contact: Contact) -> None:
        contact.b_locked = True
        self.store.save_contact(contact)

    def _unlock(self, contact: Contact) -> None:
        contact.b_locked = False
        self.store.save_contact(contact)

    def _reset(self, contact: Contact) -> None:
        for info in FORGOTTEN_BY_RESET:
            setattr(contact, info.attribute, None)
        self._zero_tries(contact)
        self.store.save_contact(contact)

    @staticmethod
    def _zero_tries(contact: Contact) -> None:
        for slot in PHONE_SLOTS:
            setattr(contact, f"n_tries_phone_number{slot}", 0)
