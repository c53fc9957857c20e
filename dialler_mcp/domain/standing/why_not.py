"""Why a contact is not dialled now, in words, as far as the API shows it."""

from datetime import datetime, tzinfo
from typing import NamedTuple

from dialler_mcp.domain.contact_state import state_of
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Campaign, Contact, ResultCode
from dialler_mcp.domain.standing.rules import RULES, Situation
from dialler_mcp.words import Words

_NEVER_SHOWN = Words(
    "calling hours, the most attempts, agents logged in", "Anrufzeiten, Höchstzahl der Versuche, angemeldete Agenten"
)


class WhyNot(NamedTuple):
    """`reasons` that keep a contact from being dialled now; `not_shown` is what the API does not tell."""

    reasons: list[str]
    not_shown: list[str]


def why_not_dialled(
    contact: Contact,
    code: ResultCode | None,
    campaign: Campaign | None,
    *,
    now: datetime,
    zone: tzinfo,
    language: Language,
) -> WhyNot:
    """Why the dialler does not call a contact now: every rule that holds, not only the first. No reason means: nothing
    that the API shows forbids it.
    """
    situation = Situation(contact, state_of(contact, code), campaign, now, zone, code)
    reasons = [rule.said(rule.reason, situation, language) for rule in RULES if rule.reason and rule.holds(situation)]
    not_shown = [rule.not_shown.text(language) for rule in RULES if rule.not_shown and rule.untold(situation)]
    return WhyNot(reasons, [*not_shown, _NEVER_SHOWN.text(language)])
