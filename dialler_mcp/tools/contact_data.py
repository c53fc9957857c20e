"""Tools that write a contact's data: import and update. Their parameters follow from the declared fields."""

import inspect
import math
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import msgspec
from pydantic import AfterValidator, BeforeValidator, Field

from dialler_mcp.changes.confirmation import Action
from dialler_mcp.changes.intent import Intent
from dialler_mcp.domain import consequences
from dialler_mcp.domain.codes import Words
from dialler_mcp.domain.comparing import compared
from dialler_mcp.domain.contact_state import state_of
from dialler_mcp.domain.fields import FieldInfo, Kind, Write
from dialler_mcp.domain.phones import stored
from dialler_mcp.domain.records import PHONE_SLOTS, Contact
from dialler_mcp.domain.times import parse
from dialler_mcp.problem import Problem
from dialler_mcp.protocol.tools import Answer, ToolSet
from dialler_mcp.service.answers import Change, bounded
from dialler_mcp.service.app import ToolCall, open_call
from dialler_mcp.service.matching import described, sole_contact
from dialler_mcp.service.parameters import (
    Confirm,
    Id,
    Reason,
    UserData,
    Visible,
    no_flag,
    printable,
    printable_lines,
    shorter,
)
from dialler_mcp.service.present import ContactView, label_of

tools = ToolSet(open_call)

H = TypeVar("H", bound=Callable[..., Awaitable[Answer]])

_ELSEWHERE = Words(
    "It is in another campaign: {other}. The dialler may create a second contact, which may be called twice.",
    "Er ist in einer anderen Kampagne: {other}. Vielleicht entsteht ein zweiter Kontakt, der doppelt angerufen wird.",
)
LONGEST = 10_000  # characters of a text without a documented limit
LARGEST_CHANGE = 12_000  # bytes of what was and what will be, together
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
    Name: Annotated[str, Field(description="surname, ≤64", min_length=1), shorter(64), Visible],
    DiallerCampaignsID: Annotated[Id | None, Field(description="campaign ID, or give its name")] = None,
    DiallerCampaignsName: Annotated[
        str | None, shorter(64), AfterValidator(printable), Field(description="campaign name, ≤64")
    ] = None,
    reason: Reason = None,
    confirm: Confirm = None,
    **values: Any,
) -> Change:
    """Create (add) one new contact in a campaign. Needs Name, a campaign and at least one PhoneNumber.
    Previews first when a contact with the same UserData exists.

    DE: Kontakt, Kunden neu anlegen, leg an, importieren, hinzufügen; nicht überschreiben
    """
    written = _written(call, {"Name": Name, "DiallerCampaignsID": DiallerCampaignsID, **values})
    if DiallerCampaignsID is None and DiallerCampaignsName:
        written["DiallerCampaignsName"] = DiallerCampaignsName
    if (DiallerCampaignsID is None) == (DiallerCampaignsName is None):
        raise Problem("Nothing was sent. Give either DiallerCampaignsID or DiallerCampaignsName.")
    if not any(written.get(number) for number in NUMBERS):
        raise Problem("Nothing was sent. Give at least one of PhoneNumber1 to PhoneNumber6.")
    if key := written.get("UserData"):  # a blank around it would make a refused person another one
        written["UserData"] = key.strip()
    existing = await _same_key(call, written.get("UserData"))
    if existing:
        await _confirm_import(call, existing, written, overwrite_duplicates, confirm, reason)
    elif confirm is not None:
        raise Problem("Nothing was sent: no contact has this UserData (any more). Call without `confirm`.")
    target = existing[0] if existing and overwrite_duplicates else None
    imported = await call.change(
        Intent("import", target.label() if target else _new_label(written), target.contact if target else None),
        lambda: call.dialler.import_contact(written, overwrite_duplicates=overwrite_duplicates),
    )
    view = await call.app.view(imported)
    known = any(imported.id == other.contact.id for other in existing)
    verb = "overwritten" if known else "created"
    what = f"Contact {imported.id} ({view.label()}) is {verb}."
    notes = [*(call.notes() or []), *_differences(view, written)]
    return Change(status="done", what=what, after=_shown(view, written), notes=notes or None)


def _new_label(written: dict[str, Any]) -> str:
    """How a person would point at a contact that is not there yet."""
    campaign = written.get("DiallerCampaignsName") or f"campaign {written['DiallerCampaignsID']}"
    return label_of(written.get("UserData"), written["Name"], campaign)


async def _same_key(call: ToolCall, user_data: str | None) -> list[ContactView]:
    """The contacts that share this UserData; the dialler's duplicate check looks at nothing else."""
    return await call.app.views(await call.dialler.find_contacts_by_user_data(user_data)) if user_data else []


async def _confirm_import(
    call: ToolCall,
    existing: list[ContactView],
    written: dict[str, Any],
    overwrite: bool,
    phrase: str | None,
    reason: str | None,
) -> None:
    """Overwriting loses values; a second contact of the same person may call a customer twice. Both are asked."""
    first, language = existing[0], call.app.language(None)
    if overwrite and len(existing) > 1:
        listed = "; ".join(described(view) for view in existing[:10])
        raise Problem(
            f"Nothing was sent: {len(existing)} contacts share this UserData, and the dialler would overwrite any of "
            f"them: {listed}. Ask which one is meant and use dialler_update_contact with its ID."
        )
    arguments = {"overwrite_duplicates": overwrite, "reason": reason, **written}
    state = [view.contact for view in existing]
    if overwrite:
        before, after = _changes(replace(first, present=call.present), written)
        action = Action("dialler_import_contact", call.in_words("overwrite", first), arguments, state)
        elsewhere = not _in_campaign(first, written)
        said = consequences.of_overwriting(language)
        if elsewhere:
            said.append(_ELSEWHERE.text(language).format(other=described(first)))
        # The dialler keeps the result of what is overwritten. Only a second contact, or a new time to call, reopens.
        reopens = _may_be_final(first) and (elsewhere or bool(written.get("FollowUpDateTime")))
        if reopens:
            said += consequences.of_reopening(state_of(first.contact, first.code), first.result(), language)
        await call.confirm(action, phrase, said, reopens=reopens, before=before, after=after)
    else:
        action = Action("dialler_import_contact", call.in_words("import again", first), arguments, state)
        closed = next(filter(_may_be_final, existing), first)
        said = consequences.of_second_copy(state_of(closed.contact, closed.code), closed.result(), language)
        said += [described(view) for view in existing[:10]]
        await call.confirm(action, phrase, said, reopens=_may_be_final(closed))


def _may_be_final(view: ContactView) -> bool:
    return state_of(view.contact, view.code).may_be_final


def _in_campaign(view: ContactView, written: dict[str, Any]) -> bool:
    """Whether a contact is in the campaign of an import."""
    if wanted := written.get("DiallerCampaignsID"):
        return wanted == view.contact.dialler_campaigns_id
    name = (view.campaign.name if view.campaign else None) or ""
    return name.casefold() == written.get("DiallerCampaignsName", "").casefold()


@tools.destroys(title="Update contact")
@_with_fields(Write.UPDATE)
async def dialler_update_contact(
    call: ToolCall,
    contact_id: Annotated[Id | None, Field(description="contact ID; or user_data")] = None,
    user_data: Annotated[UserData | None, Field(description="CRM key, if only one contact has it")] = None,
    **values: Any,
) -> Change:
    """Change (set, update, edit, correct what is wrong) fields of one contact, e.g. phone, email, address, city,
    company, spelling of a name, comment; no others. Empty text clears. Returns before and after.

    DE: Kontakt ändern, aktualisieren, korrigieren, eintragen; neue Nummer, Adresse, Postleitzahl, Namen, Kommentar
    """
    if (contact_id is None) == (user_data is None):
        raise Problem("Nothing was sent. Give either contact_id or user_data.")
    written = _written(call, values)
    if not written:
        raise Problem("Nothing was sent. Give at least one field to change.")
    if user_data is not None and "UserData" in written:
        raise Problem("Nothing was sent. To change UserData itself, give contact_id.")
    if user_data is not None:
        view = await sole_contact(call, user_data, "dialler_update_contact")
    else:
        view = await call.app.view(await call.dialler.get_contact(contact_id or 0))
    before, _ = _changes(view, written)
    # By its ID, even when it was found by UserData: another contact may have got the same UserData meanwhile.
    send = {**written, "ID": view.contact.id}
    intent = Intent("update", view.label(), view.contact)
    updated = await call.app.view(await call.change(intent, lambda: call.dialler.update_contact(send)))
    after = _shown(updated, written)
    notes = [*(call.notes() or []), *_differences(updated, written)]
    return Change(
        status="done" if before else "unchanged",
        what=f"Contact {view.contact.id} ({view.label()}) is updated." if before else "It already had these values.",
        before=before or None,
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
    zone = view.present.zone
    pairs = [
        (info, getattr(view.contact, info.attribute), written[info.wire])
        for info in Contact.fields()
        if info.wire in written
    ]
    odd = [(info, held, wanted) for info, held, wanted in pairs if compared(held, zone) != compared(wanted, zone)]
    return bounded(
        lambda longest: (
            {info.wire: _cell(view, info, held, longest) for info, held, _ in odd},
            {info.wire: _cell(view, info, wanted, longest) for info, _, wanted in odd},
        ),
        LARGEST_CHANGE,
    )


def _cell(view: ContactView, info: FieldInfo, value: Any, longest: int) -> Any:
    return "" if value in (None, "", msgspec.UNSET) else view.present.value(info, value, longest)


def _shown(view: ContactView, written: dict[str, Any]) -> dict[str, Any]:
    """The written fields as the dialler has them now."""
    fields = [info for info in Contact.fields() if info.wire in written]

    def held(longest: int) -> dict[str, Any]:
        cells = {info.wire: _cell(view, info, getattr(view.contact, info.attribute), longest) for info in fields}
        return {name: cells[name] for name in written if cells.get(name, "") != ""}

    shown = bounded(held, LARGEST_CHANGE // 2)
    return {"ID": view.contact.id, **shown} if "DiallerCampaignsID" in written else shown


def _differences(view: ContactView, written: dict[str, Any]) -> list[str]:
    """Fields that the dialler did not take as they were sent; it may cut or ignore without a word."""
    odd = list(_changes(view, written)[0])
    return [f"The dialler holds another value than was sent in: {', '.join(odd)}."] if odd else []
