"""Tools that write a contact's data: import and update. Their parameters follow from the declared fields."""

import inspect
import math
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, tzinfo
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field

from dialler_mcp.domain import consequences
from dialler_mcp.domain.contact_state import state_of
from dialler_mcp.domain.fields import FieldInfo, Kind, Write
from dialler_mcp.domain.phones import stored
from dialler_mcp.domain.records import PHONE_SLOTS, Contact
from dialler_mcp.domain.times import local, parse
from dialler_mcp.protocol import Answer, Problem, ToolSet
from dialler_mcp.safety.confirmation import Action
from dialler_mcp.tools.answers import Change
from dialler_mcp.tools.app import ToolCall, open_call
from dialler_mcp.tools.matching import described, sole_contact
from dialler_mcp.tools.parameters import Confirm, Id, UserData, no_flag, printable, printable_lines, shorter
from dialler_mcp.tools.present import ContactView

tools = ToolSet(open_call)

H = TypeVar("H", bound=Callable[..., Awaitable[Answer]])

LONGEST = 10_000  # characters of a text without a documented limit
NUMBERS = [f"PhoneNumber{slot}" for slot in PHONE_SLOTS]
_EXPLAINED_ONCE = dict.fromkeys(NUMBERS[1:], f"see {NUMBERS[0]}")


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
    """The type of a field as a parameter: its meaning, its limits in words, and their check."""
    about = info.about
    meaning = _EXPLAINED_ONCE.get(info.wire, about.en)
    if info.type is datetime:
        return Annotated[str | None, AfterValidator(_time), Field(description=f"{meaning}; YYYY-MM-DD[THH:MM], local")]
    if info.type in (int, float):
        return Annotated[
            info.type | None, BeforeValidator(no_flag), AfterValidator(_finite), Field(description=meaning)
        ]
    if about.kind is Kind.PHONE:
        return Annotated[str | None, shorter(40), AfterValidator(_phone), Field(description=meaning)]
    limit = f", ≤{about.length}" if about.length else ""
    check = printable_lines if about.kind is Kind.FREE else printable
    return Annotated[
        str | None, shorter(about.length or LONGEST), AfterValidator(check), Field(description=meaning + limit)
    ]


def _time(text: str | None) -> str | None:
    if text:
        parse(text, UTC)
    return text


def _phone(text: str | None) -> str | None:
    return stored(text) if text else text


def _finite(value: float | None) -> float | None:
    if value is not None and not (math.isfinite(value) and abs(value) < 1e12):
        raise ValueError("must be a number below 1,000,000,000,000")
    return value


@tools.destroys(title="Import contact", idempotent=False)
@_with_fields(Write.IMPORT)
async def dialler_import_contact(
    call: ToolCall,
    overwrite_duplicates: Annotated[bool, Field(description="true: overwrite the contact with the same UserData")],
    Name: Annotated[str, shorter(64), AfterValidator(printable), Field(description="surname, ≤64", min_length=1)],
    DiallerCampaignsID: Annotated[Id | None, Field(description="campaign ID, or give its name")] = None,
    DiallerCampaignsName: Annotated[
        str | None, shorter(64), AfterValidator(printable), Field(description="campaign name, ≤64")
    ] = None,
    confirm: Confirm = None,
    **values: Any,
) -> Change:
    """Create one contact in a campaign. Needs Name, a campaign and at least one PhoneNumber.

    When a contact with the same UserData exists, the first call only previews and gives the phrase for confirm.
    """
    written = _written(call, {"Name": Name, "DiallerCampaignsID": DiallerCampaignsID, **values})
    if DiallerCampaignsID is None and DiallerCampaignsName:
        written["DiallerCampaignsName"] = DiallerCampaignsName
    if (DiallerCampaignsID is None) == (DiallerCampaignsName is None):
        raise Problem("Nothing was sent. Give either DiallerCampaignsID or DiallerCampaignsName.")
    if not any(written.get(number) for number in NUMBERS):
        raise Problem("Nothing was sent. Give at least one of PhoneNumber1 to PhoneNumber6.")
    existing = await _same_key(call, written.get("UserData"))
    if existing:
        _confirm_import(call, existing, written, overwrite_duplicates, confirm)
    imported = await call.dialler.import_contact(written, overwrite_duplicates=overwrite_duplicates)
    view = await call.app.view(imported)
    known = any(imported.id == other.contact.id for other in existing)
    verb = "overwritten" if known else "created"
    what = f"Contact {imported.id} ({view.label()}) is {verb}."
    notes = [*(call.notes() or []), *_differences(view, written)]
    return Change(status="done", what=what, after=_shown(view, written), notes=notes or None)


async def _same_key(call: ToolCall, user_data: str | None) -> list[ContactView]:
    """The contacts that share this UserData; the dialler's duplicate check looks at nothing else."""
    return await call.app.views(await call.dialler.find_contacts_by_user_data(user_data)) if user_data else []


def _confirm_import(
    call: ToolCall, existing: list[ContactView], written: dict[str, Any], overwrite: bool, phrase: str | None
) -> None:
    """Overwriting loses values; a second contact of the same person may call a customer twice. Both are asked."""
    first, language = existing[0], call.app.language(None)
    if overwrite and len(existing) > 1:
        listed = "; ".join(described(view) for view in existing[:10])
        raise Problem(
            f"Nothing was sent: {len(existing)} contacts share this UserData, and the dialler would overwrite any of "
            f"them: {listed}. Ask which one is meant and use dialler_update_contact with its ID."
        )
    arguments = {"overwrite_duplicates": overwrite, **written}
    state = [view.contact for view in existing]
    if overwrite:
        before, after = _changes(first, written)
        action = Action("dialler_import_contact", f"overwrite {first.label()}", arguments, state)
        call.confirm(action, phrase, consequences.of_overwriting(language), before=before, after=after)
    else:
        action = Action("dialler_import_contact", f"create a second contact like {first.label()}", arguments, state)
        said = consequences.of_second_copy(state_of(first.contact, first.code), first.result(), language)
        call.confirm(action, phrase, [*said, *(described(view) for view in existing[:10])])


@tools.destroys(title="Update contact")
@_with_fields(Write.UPDATE)
async def dialler_update_contact(
    call: ToolCall,
    contact_id: Annotated[Id | None, Field(description="contact ID; or user_data")] = None,
    user_data: Annotated[UserData | None, Field(description="CRM key, if only one contact has it")] = None,
    **values: Any,
) -> Change:
    """Change the given fields of one contact and no others; empty text clears. Returns before and after."""
    if (contact_id is None) == (user_data is None):
        raise Problem("Nothing was sent. Give either contact_id or user_data.")
    written = _written(call, values)
    if not written:
        raise Problem("Nothing was sent. Give at least one field to change.")
    if user_data is not None and "UserData" in written:
        raise Problem("Nothing was sent. To change UserData itself, give contact_id.")
    if contact_id is not None:
        view = await call.app.view(await call.dialler.get_contact(contact_id))
        key: dict[str, Any] = {"ID": contact_id}
    else:
        assert user_data is not None
        view = await sole_contact(call, user_data, "dialler_update_contact")
        key = {"UserData": user_data}
    before, _ = _changes(view, written)
    updated = await call.app.view(await call.dialler.update_contact({**written, **key}))
    after = _shown(updated, written)
    notes = [*(call.notes() or []), *_differences(updated, written)]
    return Change(
        status="done" if before else "unchanged",
        what=f"Contact {view.contact.id} ({view.label()}) is updated." if before else "It already had these values.",
        before={name: before[name] for name in before} if before else None,
        after={name: after.get(name, "") for name in before} if before else None,
        notes=notes or None,
    )


def _written(call: ToolCall, values: dict[str, Any]) -> dict[str, Any]:
    """The given values as the dialler wants them."""
    times = {info.wire for info in Contact.fields() if info.type is datetime}
    written: dict[str, Any] = {}
    for name, value in values.items():
        if value is not None:
            written[name] = call.when(value, name) if name in times and value else value
    return written


def _changes(view: ContactView, written: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of the fields that would differ: what they hold, and what they will hold."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for info in Contact.fields():
        if info.wire not in written:
            continue
        held, wanted = getattr(view.contact, info.attribute), written[info.wire]
        if _compared(held, view.present.zone) != _compared(wanted, view.present.zone):
            before[info.wire] = _cell(view, info, held)
            after[info.wire] = _cell(view, info, wanted)
    return before, after


def _compared(value: Any, zone: tzinfo) -> Any:
    """A value such that two that mean the same are equal: nothing and empty text, a time with and without offset."""
    if isinstance(value, datetime):
        return local(value, zone).replace(microsecond=0)
    return value or None


def _cell(view: ContactView, info: FieldInfo, value: Any) -> Any:
    return "" if value in (None, "") else view.present.value(info, value)


def _shown(view: ContactView, written: dict[str, Any]) -> dict[str, Any]:
    """The written fields as the dialler has them now."""
    held = {info.wire: _cell(view, info, getattr(view.contact, info.attribute)) for info in Contact.fields()}
    shown = {name: held[name] for name in written if held.get(name) not in (None, "")}
    return {"ID": view.contact.id, **shown} if "DiallerCampaignsID" in written else shown


def _differences(view: ContactView, written: dict[str, Any]) -> list[str]:
    """Fields that the dialler did not take as they were sent; it may cut or ignore without a word."""
    odd = list(_changes(view, written)[0])
    return [f"The dialler holds another value than was sent in: {', '.join(odd)}."] if odd else []
