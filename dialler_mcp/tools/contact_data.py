"""Tools that write a contact's data: import and update. Their parameters follow from the declared fields."""

import inspect
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field

from dialler_mcp.domain.fields import FieldInfo, Kind, Write
from dialler_mcp.domain.phones import stored
from dialler_mcp.domain.records import NUMBER_FIELDS, Contact
from dialler_mcp.domain.roles import Role
from dialler_mcp.domain.times import parse
from dialler_mcp.problem import Problem
from dialler_mcp.protocol.arguments import KeepsEmpty
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.matching import sole_contact
from dialler_mcp.service.parameters import (
    Confirm,
    Id,
    Reason,
    UserData,
    Visible,
    plain_number,
    printable,
    printable_lines,
    shorter,
)
from dialler_mcp.service.plans.data import update
from dialler_mcp.service.plans.imports import import_contact
from dialler_mcp.service.proposals import Proposal
from dialler_mcp.tools.family import family

tools = family("contact_changes")

H = TypeVar("H", bound=Callable[..., Awaitable[Proposal]])

MAX_TEXT = 10_000  # characters of a text without a documented limit
VALID = "phone number, any notation, with area code"
_EXPLAINED_ONCE = dict.fromkeys(NUMBER_FIELDS[1:], f"see {NUMBER_FIELDS[0]}")


def _with_fields(write: Write) -> Callable[[H], H]:
    """Give a tool one parameter for each field that this function may write, in place of `**values`."""

    def declare(handler: H) -> H:
        signature = inspect.signature(handler, eval_str=True)
        own = [p for p in signature.parameters.values() if p.kind is not inspect.Parameter.VAR_KEYWORD]
        fields = [info for info in Contact.fields() if write in info.about.write]
        added = [
            inspect.Parameter(info.wire, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=_parameter(info))
            for info in fields
            if info.wire not in signature.parameters
        ]
        handler.__dict__["__signature__"] = signature.replace(parameters=[*own, *added])
        return handler

    return declare


def _parameter(info: FieldInfo) -> Any:
    """The type of a field as a parameter: its meaning, its limits in words, and their check; "" empties the field."""
    return Annotated[_checked(info), KeepsEmpty()]


def _checked(info: FieldInfo) -> Any:
    about = info.about
    meaning = _EXPLAINED_ONCE.get(info.wire, VALID if info.wire == NUMBER_FIELDS[0] else about.en)
    if info.type is datetime:
        return Annotated[str | None, AfterValidator(_time), Field(description=f"{meaning}; YYYY-MM-DD[THH:MM]")]
    if info.type in (int, float):
        return Annotated[
            info.type | None, BeforeValidator(plain_number), AfterValidator(_finite), Field(description=meaning)
        ]
    if about.kind is Kind.PHONE:
        return Annotated[str | None, shorter(40), AfterValidator(_phone), Field(description=meaning)]
    limit = f", ≤{about.length}" if about.length else ""
    check = printable_lines if about.kind is Kind.FREE else printable
    return Annotated[
        str | None, shorter(about.length or MAX_TEXT), AfterValidator(check), Field(description=meaning + limit)
    ]


def _time(text: str | None) -> str | None:
    if text:
        parse(text, UTC)
    return text


def _phone(text: str | None) -> str | None:
    return stored(text) if text else text


def _finite(value: float | None) -> float | None:
    if value is not None and not abs(value) < 1e12:  # neither is what is not a number
        raise ValueError("must be a number below 1,000,000,000,000")
    return value


@tools.destroys(
    title="Import contact",
    german="Legt einen Kontakt in einer Kampagne an; fragt nach, wenn es den CRM-Schlüssel schon gibt.",
    role=Role.supervisor,
    idempotent=False,
)
@_with_fields(Write.IMPORT)
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
    values = _written(invocation, {"Name": Name, "DiallerCampaignsID": DiallerCampaignsID, **others})
    if DiallerCampaignsID is None and DiallerCampaignsName:
        values["DiallerCampaignsName"] = DiallerCampaignsName
    if (DiallerCampaignsID is None) == (DiallerCampaignsName is None):
        raise Problem("Nothing was sent. Give either DiallerCampaignsID or DiallerCampaignsName.")
    if not any(values.get(number) for number in NUMBER_FIELDS):
        raise Problem("Nothing was sent. Give at least one of PhoneNumber1 to PhoneNumber6.")
    if key := values.get("UserData"):  # a blank around it would make another person of one who declined
        values["UserData"] = key.strip()
    return await import_contact(invocation, values, overwrite=overwrite_duplicates)


@tools.destroys(
    title="Update contact",
    german="Ändert die genannten Felder eines Kontakts und keine anderen; nennt vorher und nachher.",
    role=Role.agent,
)
@_with_fields(Write.UPDATE)
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
        raise Problem("Nothing was sent. Give either contact_id or user_data.")
    fields = _written(invocation, values)
    if not fields:
        raise Problem("Nothing was sent. Give at least one field to change.")
    if user_data is None:
        return await update(invocation, await invocation.contact(contact_id or 0), fields)
    if "UserData" in fields:
        raise Problem("Nothing was sent. To change UserData itself, give contact_id.")
    return await update(invocation, await sole_contact(invocation, user_data, "dialler_update_contact"), fields)


def _written(invocation: Invocation, values: dict[str, Any]) -> dict[str, Any]:
    """The given values as the dialler wants them."""
    times = {info.wire for info in Contact.fields() if info.type is datetime}
    fields: dict[str, Any] = {}
    for name, value in values.items():
        if value is not None:
            fields[name] = invocation.when(value, name) if name in times and value else value
    return fields
