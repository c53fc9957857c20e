"""Tools that write a contact's data: import and update. Their parameters follow from the declared fields."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from dialler_mcp.domain.fields import Write
from dialler_mcp.domain.records import NUMBER_FIELDS
from dialler_mcp.domain.roles import Role
from dialler_mcp.problem import Problem
from dialler_mcp.service.field_parameters import with_fields, written
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.matching import sole_contact
from dialler_mcp.service.parameters import Confirm, Id, Reason, UserData, Visible, printable, shorter
from dialler_mcp.service.plans.data import update
from dialler_mcp.service.plans.imports import import_contact
from dialler_mcp.service.proposals import Proposal
from dialler_mcp.tools.family import family
from dialler_mcp.words import Words

tools = family("contact_changes")

_ONE_CAMPAIGN = Words(
    "Nothing was sent. Give either DiallerCampaignsID or DiallerCampaignsName.",
    "Es wurde nichts gesendet. Geben Sie entweder DiallerCampaignsID oder DiallerCampaignsName an.",
)
_NO_NUMBER = Words(
    "Nothing was sent. Give at least one of PhoneNumber1 to PhoneNumber6.",
    "Es wurde nichts gesendet. Geben Sie mindestens eine Rufnummer an, PhoneNumber1 bis PhoneNumber6.",
)
_ONE_OF = Words(
    "Nothing was sent. Give either contact_id or user_data.",
    "Es wurde nichts gesendet. Geben Sie entweder contact_id oder user_data an.",
)
_NO_FIELD = Words(
    "Nothing was sent. Give at least one field to change.",
    "Es wurde nichts gesendet. Geben Sie mindestens ein Feld an, das sich ändern soll.",
)
_BY_ID = Words(
    "Nothing was sent. To change UserData itself, give contact_id.",
    "Es wurde nichts gesendet. Um UserData selbst zu ändern, geben Sie contact_id an.",
)


@tools.destroys(
    title="Import contact",
    german="Legt einen Kontakt in einer Kampagne an; fragt nach, wenn es den CRM-Schlüssel schon gibt.",
    role=Role.supervisor,
    idempotent=False,
)
@with_fields(Write.IMPORT)
async def dialler_import_contact(
    invocation: Invocation,
    Name: Annotated[str, Field(description="surname, ≤64", min_length=1), shorter(64), Visible],
    DiallerCampaignsID: Annotated[Id | None, Field(description="or the campaign's name")] = None,
    DiallerCampaignsName: Annotated[
        str | None, shorter(64), AfterValidator(printable), Field(description="campaign name, ≤64")
    ] = None,
    overwrite_duplicates: Annotated[bool, Field(description="overwrite the contact with the same UserData")] = False,
    reason: Reason = None,
    confirm: Confirm = None,
    **others: Any,
) -> Proposal:
    """Create a new contact in a campaign: add one person or lead. Needs Name, a campaign and at least one PhoneNumber.
    Previews first when a contact with the same UserData exists.
    """
    values = written(invocation, {"Name": Name, "DiallerCampaignsID": DiallerCampaignsID, **others})
    if DiallerCampaignsID is None and DiallerCampaignsName:
        values["DiallerCampaignsName"] = DiallerCampaignsName
    if (DiallerCampaignsID is None) == (DiallerCampaignsName is None):
        raise Problem(_ONE_CAMPAIGN)
    if not any(values.get(number) for number in NUMBER_FIELDS):
        raise Problem(_NO_NUMBER)
    if key := values.get("UserData"):  # a blank around it would make another person of one who declined
        values["UserData"] = key.strip()
    return await import_contact(invocation, values, overwrite=overwrite_duplicates)


@tools.destroys(
    title="Update contact",
    german="Ändert die genannten Felder eines Kontakts und keine anderen; nennt vorher und nachher.",
    role=Role.agent,
)
@with_fields(Write.UPDATE)
async def dialler_update_contact(
    invocation: Invocation,
    contact_id: Annotated[Id | None, Field(description="contact ID; or user_data")] = None,
    user_data: Annotated[UserData | None, Field(description="CRM key, if only one contact has it")] = None,
    confirm: Confirm = None,
    **values: Any,
) -> Proposal:
    """Change, set or correct fields of one contact and no others, e.g. phone, email, address, city, company, spelling
    of a name or comment. Empty text clears a field.
    """
    if (contact_id is None) == (user_data is None):
        raise Problem(_ONE_OF)
    fields = written(invocation, values)
    if not fields:
        raise Problem(_NO_FIELD)
    if user_data is None:
        return await update(invocation, await invocation.contact(contact_id or 0), fields)
    if "UserData" in fields:
        raise Problem(_BY_ID)
    return await update(invocation, await sole_contact(invocation, user_data, "dialler_update_contact"), fields)
