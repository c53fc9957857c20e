"""A campaign in words."""

from datetime import datetime

import pytest

from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Campaign
from dialler_mcp.service.campaigns import campaign_settings, within_dates
from dialler_mcp.service.invocation import Invocation
from tests.tools.asking import CAMPAIGN_1000, Make


@pytest.mark.parametrize(
    ("begin", "end", "within"),
    [
        (datetime(2026, 11, 1), datetime(2026, 11, 30), True),
        (None, None, True),
        (datetime(2026, 11, 21), None, False),
        (None, datetime(2026, 11, 19), False),
    ],
)
def test_dates_decide_whether_today_is_within_them(
    bench: Make, begin: datetime | None, end: datetime | None, within: bool
):
    assert within_dates(Invocation(bench().profile), Campaign(id=1, dt_from=begin, dt_to=end)) is within


@pytest.mark.parametrize(("language", "word"), [(Language.en, "German"), (Language.de, "Deutsch")])
async def test_its_language_and_its_results_have_names(bench: Make, language: Language, word: str):
    b = bench()
    code = next(one for one in b.store.result_codes() if one.campaign_id == CAMPAIGN_1000)
    campaign = Campaign(id=CAMPAIGN_1000, languages_id=2, incoming_call_result_codes_id=code.id)
    settings = await campaign_settings(Invocation(b.profile), campaign, language)
    assert settings["LanguagesID"] == f"{word} (2)"
    assert settings["IncomingCallResultCodesID"].endswith(f"({code.id})")


async def test_a_result_that_is_not_known_stays_its_id(bench: Make):
    campaign = Campaign(id=CAMPAIGN_1000, incoming_call_result_codes_id=999_999)
    assert (await campaign_settings(Invocation(bench().profile), campaign, None))[
        "IncomingCallResultCodesID"
    ] == 999_999
