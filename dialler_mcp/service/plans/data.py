"""Plans that write a contact's data: import and update."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from dialler_mcp.changes.plan import Request, SharedKey, Step
from dialler_mcp.changes.runner import Run
from dialler_mcp.domain import consequences
from dialler_mcp.domain.actions import in_words
from dialler_mcp.domain.codes import Words
from dialler_mcp.domain.comparing import compared
from dialler_mcp.domain.contact_state import state_of
from dialler_mcp.domain.fields import FieldInfo
from dialler_mcp.domain.records import Contact
from dialler_mcp.problem import Problem
from dialler_mcp.service.answers import Change, bounded
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.matching import described, same_name
from dialler_mcp.service.plans.contacts import plan_of
from dialler_mcp.service.present import ContactView, label_of
from dialler_mcp.service.proposals import Proposal, Values

MAX_CHANGE = 12_000  # bytes of what was and what will be, together
_MAX_LISTED = 10
UNCHANGED = "It already had these values."
_ELSEWHERE = Words(
    "It is in another campaign: {other}. The dialler may create a second contact, which may be called twice.",
    "Er ist in einer anderen Kampagne: {other}. Vielleicht entsteht ein zweiter Kontakt, der doppelt angerufen wird.",
)


async def import_contact(invocation: Invocation, values: dict[str, Any], *, overwrite: bool) -> Proposal:
    """Create a contact, or overwrite the one with the same UserData. Asked where somebody has that key already."""
    existing = await _same_key(invocation, values.get("UserData"))
    sealed = {"overwrite_duplicates": overwrite, "reason": invocation.arguments.get("reason"), **values}
    state = [view.contact for view in existing]
    request = Request("import_contact", {"values": values, "overwrite_duplicates": overwrite})
    key = SharedKey(values["UserData"], tuple(state)) if existing else None
    if not existing:
        if invocation.confirms:
            raise Problem("Nothing was sent: no contact has this UserData (any more). Repeat it without `confirm`.")
        step = Step(verb="import", kind="contact", label=_new_label(invocation, values), request=request)
        plan, original = plan_of(invocation, step), None
    elif overwrite:
        first = _sole(existing)
        step = Step(verb="import", kind="contact", label=first.label(), request=request, contact=first.contact, key=key)
        means, reopens = _overwriting_means(invocation, first, values)
        action = in_words("overwrite", first.label(), invocation.profile.language(None))
        parts = {"consequences": tuple(means), "asks": True, "reopens": reopens}
        plan, original = plan_of(invocation, step, action=action, sealed=sealed, state=state, **parts), first
    else:
        step = Step(verb="import", kind="contact", label=_new_label(invocation, values), request=request, key=key)
        means, reopens = _second_copy_means(invocation, existing)
        action = in_words("import again", existing[0].label(), invocation.profile.language(None))
        parts = {"consequences": tuple(means), "asks": True, "reopens": reopens}
        plan, original = plan_of(invocation, step, action=action, sealed=sealed, state=state, **parts), None

    async def tell(run: Run) -> Change:
        imported = run.first.after
        assert isinstance(imported, Contact)
        view = await invocation.profile.view(imported)
        verb = "overwritten" if any(imported.id == other.contact.id for other in existing) else "created"
        what = f"Contact {imported.id} ({view.label()}) is {verb}."
        notes = [*(invocation.notes() or []), *_differences(view, values)]
        return Change(status="done", what=what, after=_shown(view, values), notes=notes or None)

    def shown(present: Any) -> Values:
        return Values(*changes(replace(original, present=present), values)) if original else Values()

    return Proposal(invocation, plan, tell, shown)


def update(invocation: Invocation, view: ContactView, values: dict[str, Any]) -> Proposal:
    """Write these fields of a contact."""
    before, _ = changes(view, values)
    request = Request("update_contact", {"values": {**values, "ID": view.contact.id}})
    step = Step(
        verb="update",
        kind="contact",
        label=view.label(),
        request=request,
        contact=view.contact,
        bound_fields=tuple(values),
    )

    async def tell(run: Run) -> Change:
        assert isinstance(run.first.after, Contact)
        updated = await invocation.profile.view(run.first.after)
        after = _shown(updated, values)
        notes = [*(invocation.notes() or []), *_differences(updated, values)]
        return Change(
            status="done" if before else "unchanged",
            what=f"Contact {view.contact.id} ({view.label()}) is updated." if before else UNCHANGED,
            before=before or None,
            after={name: after.get(name, "") for name in before} if before else None,
            notes=notes or None,
        )

    return Proposal(invocation, plan_of(invocation, step), tell)


def _new_label(invocation: Invocation, values: Mapping[str, Any]) -> str:
    """How a person would point at a contact that is not there yet."""
    campaign = values.get("DiallerCampaignsName") or f"campaign {values['DiallerCampaignsID']}"
    present = invocation.present.nameless
    return label_of(present.user_data(values.get("UserData")), present.text(values["Name"]), campaign)


async def _same_key(invocation: Invocation, user_data: str | None) -> list[ContactView]:
    """The contacts that share this UserData; the dialler's duplicate check looks at nothing else."""
    return (
        await invocation.profile.views(await invocation.dialler.find_contacts_by_user_data(user_data))
        if user_data
        else []
    )


def _sole(existing: Sequence[ContactView]) -> ContactView:
    """The one contact that would be overwritten."""
    if len(existing) > 1:
        names = "; ".join(described(view) for view in existing[:_MAX_LISTED])
        raise Problem(
            f"Nothing was sent: {len(existing)} contacts share this UserData, and the dialler would overwrite any of "
            f"them: {names}. Ask which one is meant.",
            advice="update_by_id",
        )
    return existing[0]


def _overwriting_means(invocation: Invocation, first: ContactView, values: Mapping[str, Any]) -> tuple[list[str], bool]:
    """What overwriting means, and whether it makes a closed contact diallable again.

    The dialler keeps the result of what is overwritten. Only a second contact, or a new time to call, reopens.
    """
    language = invocation.profile.language(None)
    elsewhere = not _in_campaign(first, values)
    means = consequences.of_overwriting(language)
    if elsewhere:
        means.append(_ELSEWHERE.text(language).format(other=described(first)))
    reopens = _may_be_final(first) and (elsewhere or bool(values.get("FollowUpDateTime")))
    if reopens:
        means += consequences.of_reopening(state_of(first.contact, first.code), first.result(), language)
    return means, reopens


def _second_copy_means(invocation: Invocation, existing: Sequence[ContactView]) -> tuple[list[str], bool]:
    """What a second contact of the same person means, and whether one of them is closed."""
    final = next(filter(_may_be_final, existing), existing[0])
    state = state_of(final.contact, final.code)
    means = consequences.of_second_copy(state, final.result(), invocation.profile.language(None))
    return [*means, *(described(view) for view in existing[:_MAX_LISTED])], _may_be_final(final)


def _may_be_final(view: ContactView) -> bool:
    return state_of(view.contact, view.code).may_be_final


def _in_campaign(view: ContactView, values: Mapping[str, Any]) -> bool:
    """Whether a contact is in the campaign of an import."""
    if campaign_id := values.get("DiallerCampaignsID"):
        return campaign_id == view.contact.dialler_campaigns_id
    return same_name(view.campaign.name if view.campaign else None, values.get("DiallerCampaignsName", ""))


def changes(view: ContactView, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of the fields that would differ: what they hold, and what they will hold. The latter was given by the caller, so
    it is shown without pseudonyms: those would tell which record holds the same.
    """
    zone, given = view.present.zone, replace(view, present=view.present.nameless)
    pairs = [
        (info, getattr(view.contact, info.attribute), values[info.wire])
        for info in Contact.fields()
        if info.wire in values
    ]
    odd = [(info, old, new) for info, old, new in pairs if compared(old, zone) != compared(new, zone)]
    return bounded(
        lambda longest: (
            {info.wire: _cell(view, info, old, longest) for info, old, _ in odd},
            {info.wire: _cell(given, info, new, longest) for info, _, new in odd},
        ),
        MAX_CHANGE,
    )


def _cell(view: ContactView, info: FieldInfo, value: Any, longest: int) -> Any:
    return "" if value in (None, "", msgspec.UNSET) else view.present.value(info, value, longest)


def _shown(view: ContactView, values: Mapping[str, Any]) -> dict[str, Any]:
    """The written fields as the dialler has them now, which the caller gave: without pseudonyms."""
    view = replace(view, present=view.present.nameless)
    fields = [info for info in Contact.fields() if info.wire in values]

    def held(longest: int) -> dict[str, Any]:
        cells = {info.wire: _cell(view, info, getattr(view.contact, info.attribute), longest) for info in fields}
        return {name: cells[name] for name in values if cells.get(name, "") != ""}

    answer = bounded(held, MAX_CHANGE // 2)
    return {"ID": view.contact.id, **answer} if "DiallerCampaignsID" in values else answer


def _differences(view: ContactView, values: Mapping[str, Any]) -> list[str]:
    """Fields that the dialler did not take as they were sent; it may cut or ignore without a word."""
    odd = list(changes(view, values)[0])
    return [f"The dialler holds another value than was sent in: {', '.join(odd)}."] if odd else []
