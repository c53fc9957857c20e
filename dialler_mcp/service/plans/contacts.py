"""Plans that change a contact's state: lock, unlock, reset, delete. Each goes out by the contact's ID."""

from typing import Any

import msgspec

from dialler_mcp.api.errors import DiallerError
from dialler_mcp.changes.effects import denies
from dialler_mcp.changes.plan import Plan, Request, Step, Verb
from dialler_mcp.changes.runner import Run
from dialler_mcp.domain import consequences
from dialler_mcp.domain.actions import in_words
from dialler_mcp.domain.consequences import HistorySummary
from dialler_mcp.domain.contact_state import attempts, state_of
from dialler_mcp.domain.records import Contact
from dialler_mcp.domain.standing.callbacks import agreed_time
from dialler_mcp.domain.times import shown
from dialler_mcp.service.answers import Change
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.present import ContactView
from dialler_mcp.service.proposals import Proposal, Values
from dialler_mcp.words import Words

NONE = "–"  # where a value was, and is no more
UNSEEN = Words(
    "The dialler accepted it; this release cannot show it: no lock or no result is visible.",
    "Der Dialler hat es angenommen; dieses Release kann es nicht zeigen: Sperre oder Ergebnis sind nicht zu sehen.",
)
_SAME = Words("The state is the same as before.", "Der Zustand ist derselbe wie vorher.")
_NOT_READ_BACK = Words(
    "The dialler reported success, but the contact could not be read back: {why}",
    "Der Dialler meldete Erfolg, aber der Kontakt ließ sich danach nicht lesen: {why}",
)
_IS = Words("Contact {who} is {done}.", "Kontakt {who} ist {done}.")
_IS_NOT = Words(
    "The dialler reported success, but contact {who} does not show as {done}.",
    "Der Dialler meldete Erfolg, aber Kontakt {who} ist nach seiner Auskunft nicht {done}.",
)
_DELETED = Words("Contact {who} and its history are deleted.", "Kontakt {who} und sein Verlauf sind gelöscht.")
_PAST: dict[Verb, Words] = {
    "lock": Words("locked", "gesperrt"),
    "unlock": Words("unlocked", "entsperrt"),
    "reset": Words("reset", "zurückgesetzt"),
}


def lock(invocation: Invocation, view: ContactView) -> Proposal:
    """Keep a contact from being called. It loses nothing, so nothing about the contact forbids it."""
    means = consequences.of_lock(state_of(view.contact, view.code), view.language)

    async def tell(run: Run) -> Change:
        answer = await _told(invocation, view, run)
        answer.add_notes(means)
        return answer

    return Proposal(invocation, plan_of(invocation, _step("lock", view, bound_fields=())), tell)


async def unlock(invocation: Invocation, view: ContactView) -> Proposal:
    """Let a contact be called again. Asked where that reopens a closed one, or where nobody can tell."""
    state = state_of(view.contact, view.code)
    may_be_locked = view.contact.b_locked or view.contact.b_locked is msgspec.UNSET
    reopens = bool(may_be_locked and state.may_be_final)
    plan = plan_of(
        invocation,
        _step("unlock", view),
        action=in_words("unlock", view.label(), invocation.profile.language(None)),
        state=view.contact,
        consequences=tuple(
            consequences.of_unlock(state, view.result(), view.language, await _past(invocation, view))
            if reopens or invocation.confirms
            else ()
        ),
        asks=reopens,
        reopens=reopens,
    )
    return Proposal(invocation, plan, lambda run: _told(invocation, view, run), lambda _: Values(before=view.status()))


async def reset(invocation: Invocation, view: ContactView) -> Proposal:
    """Set the counters of a contact back. Asked where that drops an agreed time, where it reopens a closed contact, or
    where nobody can tell.
    """
    state = state_of(view.contact, view.code)
    asks = state.may_be_final or agreed_time(view.contact, state) is not None
    plan = plan_of(
        invocation,
        _step("reset", view),
        action=in_words("reset", view.label(), invocation.profile.language(None)),
        state=view.contact,
        consequences=tuple(await _reset_means(invocation, view)) if asks or invocation.confirms else (),
        asks=asks,
        reopens=state.may_be_final,
    )
    return Proposal(invocation, plan, lambda run: _told(invocation, view, run), lambda _: Values(before=view.status()))


async def delete(invocation: Invocation, view: ContactView) -> Proposal:
    """Delete a contact with its history, for good."""
    past = await _past(invocation, view)
    calls = past.entries if past else None
    state = state_of(view.contact, view.code)
    plan = plan_of(
        invocation,
        _step("delete", view, calls=calls),
        action=in_words("delete", view.label(), invocation.profile.language(None)),
        state=[view.contact, calls],
        consequences=tuple(
            consequences.of_deletion(state, view.result(), attempts(view.contact), calls, view.language)
        ),
        asks=True,
    )

    async def tell(_: Run) -> Change:
        what = _DELETED.filled(who=f"{view.contact.id} ({view.label()})").text(view.language)
        return Change(status="done", what=what, before=view.status(), notes=invocation.notes())

    before = {"ID": view.contact.id, "name": view.name(), **view.status()}
    return Proposal(invocation, plan, tell, lambda _: Values(before=before))


def plan_of(invocation: Invocation, *steps: Step, sealed: dict[str, Any] | None = None, **parts: Any) -> Plan:
    """The plan of this invocation; a confirmation is bound to `sealed`, or else to its arguments as they were given.
    The reason is not part of it: it comes with the confirmation, and is kept with what it confirmed.
    """
    arguments = dict(invocation.arguments)
    of_change = {name: value for name, value in arguments.items() if name not in ("confirm", "reason")}
    return Plan(
        tool=invocation.tool,
        steps=steps,
        arguments=arguments,
        sealed=of_change if sealed is None else sealed,
        **parts,
    )


def _step(verb: Verb, view: ContactView, **parts: Any) -> Step:
    request = Request(f"{verb}_contact", {"contact_id": view.contact.id})
    return Step(verb=verb, kind="contact", label=view.label(), request=request, contact=view.contact, **parts)


async def _reset_means(invocation: Invocation, view: ContactView) -> list[str]:
    return consequences.of_reset(
        state_of(view.contact, view.code),
        view.result(),
        attempts(view.contact),
        _agreed(view),
        bool(view.contact.b_locked),
        view.language,
        await _past(invocation, view),
    )


def _agreed(view: ContactView) -> str | None:
    """The time that was agreed with a contact, as it is shown; a reset wipes that of a closed one, too."""
    time = view.contact.follow_up_date_time or agreed_time(view.contact, state_of(view.contact, view.code))
    return shown(time, view.present.zone) if time else None


async def _past(invocation: Invocation, view: ContactView) -> HistorySummary | None:
    """What the contact's history says to a preview, which goes on without it where it cannot be read."""
    try:
        return HistorySummary.of(await invocation.dialler.get_contact_history(view.contact.id), invocation.profile.zone)
    except DiallerError:
        return None


def _all_of(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What a contact is now, also what it has no more: attempts 0, not locked, no result."""
    none = {"attempts": 0, "locked": False}
    losses = {name: none.get(name, NONE) for name in before if name not in after}
    return {name: (losses | after)[name] for name in dict.fromkeys([*before, *after])}


async def _told(invocation: Invocation, view: ContactView, run: Run) -> Change:
    """What a change did; one that cannot be read back is still told as made."""
    outcome, notes, after, before = run.first, invocation.notes() or [], None, view.status()
    language = view.language
    if isinstance(outcome.after, Contact):
        after = _all_of(before, (await invocation.profile.view(outcome.after, view.language)).status())
    elif outcome.unread is not None:
        notes.append(_NOT_READ_BACK.filled(why=outcome.unread.summary).text(language))
    is_hidden = msgspec.UNSET in (view.contact.b_locked, view.contact.dialler_campaigns_result_codes_id)
    if after == before:
        notes.append((UNSEEN if is_hidden else _SAME).text(language))
    who, verb = f"{view.contact.id} ({view.label()})", _PAST[outcome.step.verb]
    is_denied = isinstance(outcome.after, Contact) and denies(
        outcome.step.verb, view.contact, outcome.after, invocation.profile.zone
    )
    return Change(
        status="unchanged" if is_denied or (after == before and not is_hidden) else "done",
        what=(_IS_NOT if is_denied else _IS).filled(who=who, done=verb).text(language),
        before=before,
        after=after,
        notes=notes or None,
    )
