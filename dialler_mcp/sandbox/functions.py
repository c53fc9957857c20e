"""The details of the functions that their routes do not contain, for the OpenAPI document."""

from typing import Any, NamedTuple

from dialler_mcp.domain.fields import Record
from dialler_mcp.domain.records import (
    AcdEvent,
    AcdGroup,
    AcdLookup,
    Campaign,
    Contact,
    ContactDetails,
    HistoryEntry,
    ResultCode,
)

Schema = dict[str, Any]

ID: Schema = {"type": "integer"}
TEXT: Schema = {"type": "string", "minLength": 1}


class Query(NamedTuple):
    """A parameter in the query."""

    name: str
    schema: Schema
    about: str
    required: bool = True


class Function(NamedTuple):
    """What is known about a function besides its route.

    `answers`: the records of its answer; None: a status only. `order`: the field by which a function that retrieves
    everything orders them. `refuses`: the statuses that it has beside 200, 401 and 500.
    """

    title: str
    answers: type[Record] | None = None
    refuses: tuple[int, ...] = ()
    order: str | None = None
    query: tuple[Query, ...] = ()
    body: str | None = None
    note: str = ""


USER_DATA = Query("userData", TEXT, "Key in the CRM, percent-encoded UTF-8; not unique (de: CRM-Schlüssel)")
LANGUAGE = Query("languagesID", {"type": "integer"}, "Language of the texts: 1 English, 2 German", required=False)
PART_OF_NAME = Query("name", TEXT, "Part of the name (de: Teil des Namens)")
ANY_OF_THEM = "Where several contacts share the key, nobody can foretell which one it is."

FUNCTIONS = {
    "list_contacts": Function(
        "Retrieve Dialler Contacts",
        Contact,
        (400,),
        "Name",
        (Query("diallerCampaignsID", ID, "Only the contacts of this campaign (de: Kampagnen-ID)", required=False),),
        note="Without a campaign: all contacts of the client, which can be many.",
    ),
    "get_contact": Function("Retrieve a specific Dialler Contact by ID", Contact, (404,)),
    "find_contacts_by_user_data": Function(
        "Retrieve Dialler Contacts by User Data", Contact, (400, 404), query=(USER_DATA,)
    ),
    "get_contacts": Function(
        "Retrieve Dialler Contacts (Batch)", ContactDetails, (400,), query=(LANGUAGE,), body="BatchKeys"
    ),
    "import_contact": Function(
        "Import a Dialler Contact",
        Contact,
        (400, 404),
        query=(Query("overwriteDuplicates", {"type": "boolean"}, "Overwrite one with this UserData", required=False),),
        body="ContactImport",
    ),
    "update_contact": Function(
        "Update a Dialler Contact",
        Contact,
        (400, 404),
        body="ContactUpdate",
        note="Only the fields in the body are changed. Without an ID, UserData is the search key. " + ANY_OF_THEM,
    ),
    "delete_contact": Function("Delete a Dialler Contact by ID", None, (404,), note="Its history goes with it."),
    "delete_contact_by_user_data": Function(
        "Delete a Dialler Contact by UserData", None, (400, 404), query=(USER_DATA,), note=ANY_OF_THEM
    ),
    "lock_contact": Function("Lock a Dialler Contact by ID", None, (404,)),
    "lock_contact_by_user_data": Function(
        "Lock a Dialler Contact by UserData", None, (400, 404), query=(USER_DATA,), note=ANY_OF_THEM
    ),
    "unlock_contact": Function("Unlock a Dialler Contact by ID", None, (404,)),
    "unlock_contact_by_user_data": Function(
        "Unlock a Dialler Contact by UserData", None, (400, 404), query=(USER_DATA,), note=ANY_OF_THEM
    ),
    "reset_contact": Function(
        "Reset a Dialler Contact by ID", None, (404,), note="All counters of its attempts become 0, as after an import."
    ),
    "reset_contact_by_user_data": Function(
        "Reset a Dialler Contact by UserData", None, (400, 404), query=(USER_DATA,), note=ANY_OF_THEM
    ),
    "get_contact_history": Function("Retrieve Dialler Contact History by ID", HistoryEntry, (404,)),
    "get_contact_history_by_user_data": Function(
        "Retrieve Dialler Contact History by UserData",
        HistoryEntry,
        (400, 404),
        query=(USER_DATA,),
        note="Of all contacts with this key.",
    ),
    "list_campaigns": Function("Retrieve all Dialler Campaigns", Campaign, order="Name"),
    "get_campaign": Function("Retrieve a specific Dialler Campaign by ID", Campaign, (404,)),
    "find_campaigns_by_name": Function(
        "Retrieve Dialler Campaigns by Name", Campaign, (400, 404), query=(PART_OF_NAME,)
    ),
    "get_result_codes": Function(
        "Retrieve the Result Codes from a Dialler Campaign", ResultCode, (400, 404), query=(LANGUAGE,)
    ),
    "clone_campaign": Function(
        "Clone a Dialler Campaign",
        Campaign,
        (400, 404, 409),
        body="CampaignClone",
        note="Copies everything but the contacts.",
    ),
    "delete_campaign": Function(
        "Delete a Dialler Campaign by ID", None, (404,), note="Its contacts and their history go with it."
    ),
    "delete_campaign_by_name": Function(
        "Delete a Dialler Campaign by Name",
        None,
        (400, 404),
        query=(Query("name", TEXT, "The whole name (de: der ganze Name)"),),
        note="Its contacts and their history go with it.",
    ),
    "list_acd_events": Function("Retrieve all AcdEvents", AcdEvent, order="dtCreated"),
    "get_acd_event": Function("Retrieve an AcdEvent by ID", AcdEvent, (404,)),
    "create_acd_event": Function("Create an AcdEvent", AcdEvent, (400, 404), body="AcdEventCreate"),
    "list_acd_event_types": Function("Retrieve all AcdEventTypes", AcdLookup, order="ID"),
    "list_acd_event_statuses": Function(
        "Retrieve all AcdEventStatus", AcdLookup, order="ID", note="The path is inferred: no document shows it."
    ),
    "list_acd_groups": Function("Retrieve all ACD Groups", AcdGroup, order="Name"),
    "get_acd_group": Function("Retrieve a specific ACD Group by ID", AcdGroup, (404,)),
    "find_acd_groups_by_name": Function("Retrieve ACD Group by Name", AcdGroup, (400, 404), query=(PART_OF_NAME,)),
}

EXAMPLES: dict[str, Any] = {
    "diallerContactsID": 215220,
    "diallerCampaignsID": 538,
    "DiallerCampaignsID": 538,
    "AcdEventsID": 5001,
    "AcdGroupsID": 201,
    "userData": "Contact10",
    "name": "1000",
    "languagesID": 2,
    "ContactImport": {"DiallerCampaignsID": 538, "Name": "Beispiel", "PhoneNumber1": "493023125001"},
    "ContactUpdate": {"ID": 215220, "City": "Kiel", "dtBeginDate": "2027-01-01T00:00:00"},
    "BatchKeys": {"UserDataList": ["Kunde-4711"], "IDList": [215220]},
    "CampaignClone": {"source": "Campaign 1000", "destination": "Campaign 2000"},
    "AcdEventCreate": {"AcdEventTypesID": 3, "AcdGroupsID": 201, "Sender": "493023125001", "Subject": "Rückruf"},
}
TO_DELETE: dict[str, Any] = {
    "diallerContactsID": 215382,
    "DiallerCampaignsID": 539,
    "userData": "Contact61",
    "name": "50% & Co.",
}
"""Values that exist in the sandbox, as examples, by the name of a parameter or of a body."""
