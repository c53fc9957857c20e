"""What happens next with a contact, in words."""

from collections.abc import Callable
from datetime import datetime, tzinfo

from dialler_mcp.domain.contact_state import State, state_of
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Campaign, Contact, ResultCode
from dialler_mcp.domain.standing.callbacks import Kind, agent_of, callback_of, is_redial
from dialler_mcp.domain.standing.rules import RULES, Duration, Situation
from dialler_mcp.domain.text import clean
from dialler_mcp.domain.times import ahead, shown
from dialler_mcp.words import Words

MAX_AGENT = 40  # characters; a UID has at most 32

_LOCKED = Words("nothing until it is unlocked; then: {then}", "nichts, bis der Kontakt entsperrt wird; dann: {then}")
_NOT_KNOWN = Words(
    "not known: this release does not show the result", "nicht bekannt: dieses Release zeigt das Ergebnis nicht"
)
_ATTEMPT = Words("next attempt due {time}", "nächster Versuch fällig {time}")
_REDIAL = Words("automatic redial{agent} due {time}", "Wahlwiederholung{agent} fällig {time}")
_NOW = Words("dialled next when a line is free", "wird gewählt, sobald eine Leitung frei ist")
_AHEAD = {
    Kind.appointment: Words("appointment{agent} on {time}", "Termin{agent} am {time}"),
    Kind.follow_up: Words("follow-up{agent} on {time}", "Wiedervorlage{agent} am {time}"),
}
_OVERDUE = {
    Kind.appointment: Words(
        "appointment{agent} overdue since {time}; {then}", "Termin{agent} überfällig seit {time}; {then}"
    ),
    Kind.follow_up: Words(
        "follow-up{agent} overdue since {time}; {then}", "Wiedervorlage{agent} überfällig seit {time}; {then}"
    ),
}
_AGENT = Words(" with agent {agent}", " bei Agent {agent}")
_STEPS = sorted(RULES, key=lambda rule: rule.lasts)  # what lasts longest says what comes next


def next_step(
    contact: Contact,
    code: ResultCode | None,
    campaign: Campaign | None,
    *,
    now: datetime,
    zone: tzinfo,
    language: Language,
    say: Callable[[str], str] = clean,
) -> str:
    """What the dialler does next with a contact whose current result is `code`, as far as the API shows it.

    `say` makes the name of an agent fit to be read.
    """

    situation = Situation(contact, state_of(contact, code), campaign, now, zone, code)
    rule, step = next(((rule, rule.step) for rule in _STEPS if rule.step and rule.holds(situation)), (None, None))
    then = rule.said(step, situation, language) if rule and step else _planned(situation, language, say)
    if rule and rule.lasts < Duration.for_a_time:
        return then
    return _LOCKED.text(language).format(then=then) if contact.b_locked is True else then


def _planned(situation: Situation, language: Language, say: Callable[[str], str]) -> str:
    """What is agreed or due, of a contact that nothing keeps from being dialled."""
    contact, state, now, zone = situation.contact, situation.state, situation.now, situation.zone

    def bound_to(agent: str | None) -> str:
        return _AGENT.text(language).format(agent=say(agent)[:MAX_AGENT]) if agent else ""

    due, following = contact.dt_next_try, _NOW.text(language)
    if due and ahead(due, now, zone):
        words, agent = (_REDIAL, agent_of(contact)) if is_redial(contact, state) else (_ATTEMPT, None)
        following = words.text(language).format(time=shown(due, zone), agent=bound_to(agent))
    callback = callback_of(contact, state)
    if callback and callback.due:
        words = _AHEAD if ahead(callback.due, now, zone) else _OVERDUE
        values = {"time": shown(callback.due, zone), "agent": bound_to(callback.agent), "then": following}
        return words[callback.kind].text(language).format(**values)
    return _NOT_KNOWN.text(language) if state is State.unknown else following
