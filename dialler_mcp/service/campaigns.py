"""Campaigns in words."""

from typing import Any

from dialler_mcp.domain.codes import LANGUAGE_IDS, Words, decode
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Campaign
from dialler_mcp.domain.times import local
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.present import result_name

ACTIVE = "by date"
_LANGUAGES = {
    LANGUAGE_IDS[Language.en]: Words("English", "Englisch"),
    LANGUAGE_IDS[Language.de]: Words("German", "Deutsch"),
}


def activity(call: Invocation, campaign: Campaign) -> str:
    """Whether the dates allow dialling; hours and the portal's switches are not shown by the API."""
    zone, now = call.profile.zone, call.profile.time()
    if campaign.dt_from and local(campaign.dt_from, zone) > now:
        return "not begun"
    return "over" if campaign.dt_to and local(campaign.dt_to, zone) < now else ACTIVE


async def campaign_settings(call: Invocation, campaign: Campaign, asked: Language | None) -> dict[str, Any]:
    """A campaign's fields, with names for its IDs."""
    language = call.profile.language(asked)
    codes = await call.profile.directory.result_codes(campaign.id, language)
    record = call.present.record(campaign)
    for name in ("AbortOnNoTelNumberResultCodesID", "IncomingCallResultCodesID"):
        if (code := codes.get(record.get(name) or 0)) is not None:
            record[name] = f"{result_name(code, code.id)} ({code.id})"
    if campaign.languages_id:
        record["LanguagesID"] = decode(_LANGUAGES, campaign.languages_id, language)
    return record
