"""The plan that updates a contact's data, and how written values are shown."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from dialler_mcp.changes.effects import OTHER_VALUES
from dialler_mcp.changes.plan import Plan, Request, Step
from dialler_mcp.changes.runner import Run
from dialler_mcp.domain import consequences
from dialler_mcp.domain.actions import in_words
from dialler_mcp.domain.comparing import compared
from dialler_mcp.domain.fields import FieldInfo
from dialler_mcp.domain.records import NUMBER_FIELDS, Contact
from dialler_mcp.service.answers import Change, bounded
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.matching import described
from dialler_mcp.service.plans.contacts import plan_of
from dialler_mcp.service.present import ContactView, Presenter
from dialler_mcp.service.proposals import Proposal, Values
from dialler_mcp.service.same_person import admit_guesses, newly_same, same_key
from dialler_mcp.words import Words

MAX_CHANGE = 12_000  # bytes of what was and what will be, together
MAX_LISTED = 10
UNCHANGED = Words("It already had these values.", "Der Kontakt hatte diese Werte schon.")
_UPDATED = Words("Contact {who} is updated.", "Kontakt {who} ist geändert.")


async def update(invocation: Invocation, view: ContactView, values: dict[str, Any]) -> Proposal:
    """Write these fields of a contact. Asked where that empties several of them, or one of the important, and where it
    gives the contact the key of another, or the number of a person who is closed or locked.
    """
    before, _ = changes(view, values)
    language, loses = invocation.profile.language(None), consequences.loses(view.contact, values)
    others, remarks = await _others(invocation, view, values, asks=loses)

    async def tell(run: Run) -> Change:
        assert isinstance(run.first.after, Contact)
        view_after = await invocation.profile.view(run.first.after)
        after = held(view_after, values)
        notes = [
            *(invocation.notes() or []),
            *differences(view_after, values),
            *(remark.text(language) for remark in remarks),
        ]
        return Change(
            status="done" if before else "unchanged",
            what=(_UPDATED.filled(who=f"{view.contact.id} ({view.label()})") if before else UNCHANGED).text(language),
            before=before or None,
            after={name: after.get(name, "") for name in before} if before else None,
            notes=notes or None,
        )

    def shown(present: Presenter) -> Values:
        return Values(*previewed_changes(replace(view, present=present), values))

    return Proposal(invocation, _update_plan(invocation, view, values, others), tell, shown)


def _update_plan(invocation: Invocation, view: ContactView, values: dict[str, Any], others: list[str]) -> Plan:
    """The request, what it means, and whether it is asked about. `others` say what other contacts mean for it."""
    request = Request("update_contact", {"values": {**values, "ID": view.contact.id}})
    step = Step(
        verb="update",
        kind="contact",
        label=view.label(),
        request=request,
        contact=view.contact,
        bound_fields=_decided_on(values),
    )
    loses, language = consequences.loses(view.contact, values), invocation.profile.language(None)
    fields = {info.wire: getattr(view.contact, info.attribute) for info in Contact.fields() if info.wire in values}
    return plan_of(
        invocation,
        step,
        action=in_words("empty" if loses else "update", view.label(), language),
        state=[fields, others] if others else fields,
        consequences=(*(consequences.of_emptying(view.contact, values, language) if loses else ()), *others),
        asks=loses or bool(others),
    )


async def _others(
    invocation: Invocation, view: ContactView, values: dict[str, Any], *, asks: bool
) -> tuple[list[str], list[Words]]:
    """What it means that others have the key or a number that a contact gets, and what could not be looked up. `asks`:
    a preview comes whoever they are.
    """
    language, key = invocation.profile.language(None), values.get("UserData")
    twins = [other for other in await same_key(invocation, key) if other.contact.id != view.contact.id]
    twins = twins if key != view.contact.user_data else []
    if asks or twins:
        await admit_guesses(invocation, values)
    same = await newly_same(invocation, view, values, twins)
    means = consequences.of_shared_key(language) if twins else []
    means += [described(other) for other in twins[:MAX_LISTED]]
    means += consequences.of_same_person(language, second=False) if same.views else []
    return [*means, *(described(other) for other in same.views[:MAX_LISTED])], list(same.remarks)


def _decided_on(values: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields that an update depends on: whether a number is the last one follows from all the others."""
    empties_number = any(values.get(name) == "" for name in NUMBER_FIELDS)
    return tuple(dict.fromkeys([*values, *(NUMBER_FIELDS if empties_number else ())]))


def changes(view: ContactView, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of the fields that would differ: what they hold, and what they will hold. The latter was given by the caller, so
    it is shown without pseudonyms: those would tell which record holds the same.
    """
    zone = view.present.zone
    return _old_and_new(view, values, lambda info, old, new: compared(old, zone) != compared(new, zone))


def previewed_changes(view: ContactView, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The same before anything is sent. A value that is masked is shown even where it is no other one: a preview costs
    nothing, so many of them would tell by guesses what a field holds.
    """
    zone, present = view.present.zone, view.present
    return _old_and_new(
        view,
        values,
        lambda info, old, new: compared(old, zone) != compared(new, zone) or present.is_masked(info, new),
    )


def _old_and_new(
    view: ContactView, values: Mapping[str, Any], shows: Callable[[FieldInfo, Any, Any], bool]
) -> tuple[dict[str, Any], dict[str, Any]]:
    raw_view = replace(view, present=view.present.nameless)
    pairs = [
        (info, getattr(view.contact, info.attribute), values[info.wire])
        for info in Contact.fields()
        if info.wire in values
    ]
    odd = [(info, old, new) for info, old, new in pairs if shows(info, old, new)]
    return bounded(
        lambda longest: (
            {info.wire: _cell(view, info, old, longest) for info, old, _ in odd},
            {info.wire: _cell(raw_view, info, new, longest) for info, _, new in odd},
        ),
        MAX_CHANGE,
    )


def _cell(view: ContactView, info: FieldInfo, value: Any, longest: int) -> Any:
    return "" if value in (None, "", msgspec.UNSET) else view.present.value(info, value, longest)


def held(view: ContactView, values: Mapping[str, Any]) -> dict[str, Any]:
    """The written fields as the dialler has them now, which the caller gave: without pseudonyms."""
    view = replace(view, present=view.present.nameless)
    fields = [info for info in Contact.fields() if info.wire in values]

    def cells_of(longest: int) -> dict[str, Any]:
        cells = {info.wire: _cell(view, info, getattr(view.contact, info.attribute), longest) for info in fields}
        return {name: cells[name] for name in values if cells.get(name, "") != ""}

    answer = bounded(cells_of, MAX_CHANGE // 2)
    return {"ID": view.contact.id, **answer} if "DiallerCampaignsID" in values else answer


def differences(view: ContactView, values: Mapping[str, Any]) -> list[str]:
    """Fields that the dialler did not take as they were sent; it may cut or ignore without a word."""
    odd = list(changes(view, values)[0])
    return [OTHER_VALUES.filled(fields=", ".join(odd)).text(view.language)] if odd else []
