"""The plan that imports a contact: a new one, one over an existing one, or a second one of the same person."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dialler_mcp.changes.plan import Plan, Request, SharedKey, Step
from dialler_mcp.changes.runner import Run
from dialler_mcp.domain import consequences
from dialler_mcp.domain.actions import in_words
from dialler_mcp.domain.contact_state import state_of
from dialler_mcp.domain.records import Contact
from dialler_mcp.problem import Problem
from dialler_mcp.service.answers import Change
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.matching import described, same_name
from dialler_mcp.service.plans.contacts import plan_of
from dialler_mcp.service.plans.data import MAX_LISTED, differences, held, previewed_changes
from dialler_mcp.service.present import ContactView, Presenter, label_of
from dialler_mcp.service.proposals import Proposal, Values
from dialler_mcp.service.same_person import SamePerson, admit_guesses, newly_same, same_key, same_person
from dialler_mcp.words import Words

_ELSEWHERE = Words(
    "It is in another campaign: {other}. The dialler may create a second contact, which may be called twice.",
    "Der Kontakt ist in einer anderen Kampagne: {other}. Vielleicht entsteht ein zweiter, der doppelt angerufen wird.",
)
NOT_OVERWRITTEN = Words(
    "The dialler created this contact beside {other}, which was not overwritten: this person may be called twice. Look "
    "at both, and delete or lock one.",
    "Der Dialler hat diesen Kontakt neben {other} angelegt, der nicht überschrieben wurde: Diese Person kann doppelt "
    "angerufen werden. Sehen Sie sich beide an, und löschen oder sperren Sie einen.",
)
_CREATED = Words("Contact {who} is created.", "Kontakt {who} ist angelegt.")
_IS_OVERWRITTEN = Words("Contact {who} is overwritten.", "Kontakt {who} ist überschrieben.")
_CAMPAIGN = Words("campaign {id}", "Kampagne {id}")
_NOBODY = Words(
    "Nothing was sent: no contact has this UserData (any more). Repeat it without `confirm`.",
    "Es wurde nichts gesendet: Kein Kontakt hat (noch) dieses UserData. Wiederholen Sie es ohne `confirm`.",
)
_SEVERAL = Words(
    "Nothing was sent: {count} contacts share this UserData, and the dialler would overwrite any of them: {names}. Ask "
    "which one is meant.",
    "Es wurde nichts gesendet: {count} Kontakte haben dieses UserData, und der Dialler würde irgendeinen davon "
    "überschreiben: {names}. Fragen Sie, welcher gemeint ist.",
)


async def import_contact(invocation: Invocation, values: dict[str, Any], *, overwrite: bool) -> Proposal:
    """Create a contact, or overwrite the one with the same UserData. Asked where somebody has that key already, and
    where the person is closed or locked under another one.

    Only what was shown is overwritten: where nobody has the key, the dialler is told to create a new contact.
    """
    existing = await same_key(invocation, values.get("UserData"))
    overwritten = _sole(existing) if existing and overwrite else None
    if existing:
        await admit_guesses(invocation, values)
    same = await (
        newly_same(invocation, overwritten, values) if overwritten else same_person(invocation, values, existing)
    )
    label = overwritten.label() if overwritten else new_label(invocation, values)
    step = _step(values, existing, overwritten, label)
    if overwritten is not None:
        plan = _overwriting(invocation, step, overwritten, values, same)
    elif existing or same.views:
        plan = _second(invocation, step, values, existing, same)
    elif invocation.confirms:
        raise Problem(_NOBODY)
    else:
        plan = plan_of(invocation, step)

    async def tell(run: Run) -> Change:
        contact = run.first.after
        assert isinstance(contact, Contact)
        view = await invocation.profile.view(contact)
        is_there = overwritten is not None and contact.id == overwritten.contact.id
        words, language = _IS_OVERWRITTEN if is_there else _CREATED, view.language
        what = words.filled(who=f"{contact.id} ({view.label()})").text(language)
        remarks = [remark.text(language) for remark in same.remarks]
        notes = [*(invocation.notes() or []), *differences(view, values), *remarks]
        if overwritten is not None and not is_there:
            notes.append(NOT_OVERWRITTEN.filled(other=described(overwritten)).text(language))
        elif overwritten is not None and _may_be_final(overwritten) and not _may_be_final(view):
            notes += consequences.of_lost_result(language)
        return Change(status="done", what=what, after=held(view, values), notes=notes or None)

    def shown(present: Presenter) -> Values:
        return Values(*previewed_changes(replace(overwritten, present=present), values)) if overwritten else Values()

    return Proposal(invocation, plan, tell, shown)


def _step(values: dict[str, Any], existing: Sequence[ContactView], overwritten: ContactView | None, label: str) -> Step:
    """The request, which leaves only while the same contacts have the key as now."""
    key = values.get("UserData")
    return Step(
        verb="import",
        kind="contact",
        label=label,
        request=Request("import_contact", {"values": values, "overwrite_duplicates": overwritten is not None}),
        contact=overwritten.contact if overwritten else None,
        key=SharedKey(key, tuple(view.contact for view in existing)) if key else None,
    )


def _overwriting(
    invocation: Invocation, step: Step, overwritten: ContactView, values: dict[str, Any], same: SamePerson
) -> Plan:
    """The dialler keeps the result of what is overwritten. Only a second contact, or a new time to call, reopens."""
    language = invocation.profile.language(None)
    elsewhere = not _in_campaign(overwritten, values)
    means = consequences.of_overwriting(language)
    if elsewhere:
        means.append(_ELSEWHERE.text(language).format(other=described(overwritten)))
    reopens = _may_be_final(overwritten) and (elsewhere or bool(values.get("FollowUpDateTime")))
    if reopens:
        state = state_of(overwritten.contact, overwritten.code)
        means += consequences.of_reopening(state, overwritten.result(), language)
    if same.views:
        means += consequences.of_same_person(language, second=False)
        means += [described(view) for view in same.views[:MAX_LISTED]]
    return plan_of(
        invocation,
        step,
        action=in_words("overwrite", overwritten.label(), language),
        sealed=_sealed(invocation, values),
        state=[overwritten.contact, *(view.contact for view in same.views)],
        consequences=tuple(means),
        asks=True,
        reopens=reopens or bool(same.views),
    )


def _second(
    invocation: Invocation, step: Step, values: dict[str, Any], existing: Sequence[ContactView], same: SamePerson
) -> Plan:
    """A second contact of somebody who is there: with the same key, or closed or locked under another one."""
    language, views = invocation.profile.language(None), [*existing, *same.views]
    final = next(filter(_may_be_final, views), views[0])
    means = list[str]()
    if existing:
        means += consequences.of_second_copy(state_of(final.contact, final.code), final.result(), language)
    if same.views:
        means += consequences.of_same_person(language, second=True)
    return plan_of(
        invocation,
        step,
        action=in_words("import again", views[0].label(), language),
        sealed=_sealed(invocation, values),
        state=[view.contact for view in views],
        consequences=(*means, *(described(view) for view in views[:MAX_LISTED])),
        asks=True,
        reopens=bool(same.views) or _may_be_final(final),
    )


def _sealed(invocation: Invocation, values: dict[str, Any]) -> dict[str, Any]:
    return {"overwrite_duplicates": bool(invocation.arguments.get("overwrite_duplicates")), **values}


def new_label(invocation: Invocation, values: Mapping[str, Any]) -> str:
    """How a person would point at a contact that is not there yet. It is kept, so it holds nothing that is masked."""
    by_id = _CAMPAIGN.filled(id=values.get("DiallerCampaignsID")).text(invocation.profile.language(None))
    campaign = values.get("DiallerCampaignsName") or by_id
    present = invocation.present.nameless
    return label_of(present.user_data(values.get("UserData")), present.text(values["Name"]), campaign)


def _sole(existing: Sequence[ContactView]) -> ContactView:
    """The one contact that would be overwritten."""
    if len(existing) > 1:
        names = "; ".join(described(view) for view in existing[:MAX_LISTED])
        raise Problem(_SEVERAL.filled(count=len(existing), names=names), advice="update_by_id")
    return existing[0]


def _may_be_final(view: ContactView) -> bool:
    return state_of(view.contact, view.code).may_be_final


def _in_campaign(view: ContactView, values: Mapping[str, Any]) -> bool:
    """Whether a contact is in the campaign of an import."""
    if campaign_id := values.get("DiallerCampaignsID"):
        return campaign_id == view.contact.dialler_campaigns_id
    return same_name(view.campaign.name if view.campaign else None, values.get("DiallerCampaignsName", ""))
