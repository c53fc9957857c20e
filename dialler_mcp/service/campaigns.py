"""Campaigns in words."""

from typing import Any

from dialler_mcp.domain.codes import LANGUAGE_IDS, decode
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Campaign
from dialler_mcp.domain.standing.campaigns import Phase, phase
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.present import result_name
from dialler_mcp.words import Words

WITHIN_DATES = "within dates"
NOT_VISIBLE = Words(
    "Whether a campaign runs is not visible in the API, only its dates are.",
    "Ob eine Kampagne läuft, ist in der API nicht zu sehen, nur ihre Laufzeit.",
)
MORE_OF_NAME = Words(
    "Only the first {rows} are shown; give more of the name.",
    "Nur die ersten {rows} sind gezeigt; mehr vom Namen nennen.",
)
_LANGUAGES = {
    LANGUAGE_IDS[Language.en]: Words("English", "Englisch"),
    LANGUAGE_IDS[Language.de]: Words("German", "Deutsch"),
}


def within_dates(invocation: Invocation, campaign: Campaign) -> bool:
    """Whether the dates allow dialling; hours and the portal's switches are not shown by the API."""
    return phase(campaign, invocation.profile.time(), invocation.profile.zone) is Phase.within


async def campaign_settings(invocation: Invocation, campaign: Campaign, preference: Language | None) -> dict[str, Any]:
    """A campaign's fields, with names for its IDs."""
    language = invocation.profile.language(preference)
    codes = await invocation.profile.directory.result_codes(campaign.id, language)
    record = invocation.present.record(campaign)
    for name in ("AbortOnNoTelNumberResultCodesID", "IncomingCallResultCodesID"):
        if (code := codes.get(record.get(name) or 0)) is not None:
            record[name] = f"{result_name(code, code.id)} ({code.id})"
    if campaign.languages_id:
        record["LanguagesID"] = decode(_LANGUAGES, campaign.languages_id, language)
    return record
