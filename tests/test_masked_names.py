"""What the privacy level hides is hidden in the names of campaigns, result codes and groups, too."""

import gzip
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
from mcp_types import TextContent, TextResourceContents

from dialler_mcp.domain.records import Campaign
from dialler_mcp.prompts import NAMES
from tests.conftest import Bench, text_of
from tests.prompts.asking import LEADS
from tests.spellings import letters_and_digits
from tests.tools.asking import CAMPAIGN_1000, CAMPAIGN_TEST, Make, fresh, records, told

IBAN, NUMBER, MAIL = "DE02120300000000202051", "+49 30 23125001", "kim@example.org"
NAME = f"Sommer {IBAN} {NUMBER} {MAIL}"
GROUP, KEY = 201, "Marked"
REFUSED = {"delete_campaign_by_name", "clone_campaign"}  # of which "Sommer" is a part
OF_CONTACTS = {"contact_history_summary", "safe_reset"}


@pytest.fixture
def masked_bench(bench: Make):
    """A bench with such a campaign, a contact in it with such a result, and a group of such a name."""

    def make(**settings: Any) -> Bench:
        b = bench(**settings)
        campaign = b.store.add_campaign(Campaign(name=NAME))
        code = msgspec.structs.replace(b.store.result_codes(CAMPAIGN_TEST)[0], en=NAME, de=NAME)
        result = b.store.add_result_code(code, campaign.id)
        b.store.add_contact(
            fresh(user_data=KEY, dialler_campaigns_id=campaign.id, dialler_campaigns_result_codes_id=result.id)
        )
        b.wire.instead = group
        return b

    return make


def group(request: httpx2.Request) -> httpx2.Response | None:
    """The sandbox has groups that nobody renames, so it answers with another."""
    return records([{"ID": GROUP, "Name": NAME}]) if "/acd/groups" in request.url.path else None


def of(b: Bench) -> int:
    return next(campaign.id for campaign in b.store.campaigns() if campaign.name == NAME)


def calls(campaign_id: int) -> list[tuple[str, dict[str, Any]]]:
    """Tools that name a campaign, a result or a group, with arguments."""
    return [
        ("find_contacts_by_user_data", {"user_data": KEY}),
        ("get_contacts", {"user_data_list": [KEY]}),
        ("get_contact_history_by_user_data", {"user_data": KEY}),
        ("contact_overview", {"user_data": KEY}),
        ("find_contact", {"text": KEY}),
        ("lock_contact_by_user_data", {"user_data": KEY}),
        ("list_changes", {}),
        ("list_campaigns", {}),
        ("get_campaign", {"campaign_id": campaign_id}),
        ("find_campaigns_by_name", {"name": "Sommer"}),
        ("get_result_codes", {"campaign_id": campaign_id}),
        ("list_contacts", {"campaign_id": campaign_id}),
        ("list_callbacks", {}),
        ("list_acd_groups", {}),
        ("get_acd_group", {"group_id": GROUP}),
        ("find_acd_groups_by_name", {"name": "Sommer"}),
        ("list_acd_events", {}),
        ("campaign_report", {"campaign_ids": [campaign_id, CAMPAIGN_1000], "by": "campaign"}),
        ("check_data", {"campaign_ids": [campaign_id]}),
        ("query", {"sql": "FROM result_codes", "campaign_ids": [campaign_id]}),
        ("query", {"sql": "FROM campaigns", "campaign_ids": [campaign_id]}),
        ("delete_campaign", {"campaign_id": campaign_id}),
        ("delete_campaign_by_name", {"name": "Sommer"}),
        ("clone_campaign", {"source": "Sommer", "destination": "Campaign 1000"}),
    ]


@pytest.mark.usefixtures("quick_questions")
@pytest.mark.parametrize(("privacy", "values"), [("bank", [IBAN]), ("masked", [IBAN, NUMBER, MAIL])])
@pytest.mark.thorough
async def test_no_answer_says_what_is_hidden_in_a_name(masked_bench: Make, privacy: str, values: list[str]):
    b = masked_bench(privacy=privacy)
    number, texts = of(b), dict[str, str]()
    contact_id = b.store.contacts(number)[0].id
    async with b.connect() as client:
        for tool, arguments in calls(number):
            result = await client.call_tool(f"dialler_{tool}", arguments)
            assert bool(result.is_error) == (tool in REFUSED), text_of(result)
            texts[f"{tool} {arguments}"] = f"{text_of(result)} {result.structured_content}"
        for prompt in NAMES:
            subject = {"user_data": KEY} if prompt in OF_CONTACTS else {"campaign": str(number)}
            subject |= {"source": LEADS} if prompt == "import_list" else {}
            prompt_answer = await client.get_prompt(prompt, subject)
            texts[prompt] = " ".join(
                m.content.text for m in prompt_answer.messages if isinstance(m.content, TextContent)
            )
        for place in ("campaigns", f"campaigns/{number}/result-codes", f"contacts/{contact_id}"):
            resource = await client.read_resource(f"dialler://{place}")
            texts[place] = " ".join(one.text for one in resource.contents if isinstance(one, TextResourceContents))
    assert {
        name: value
        for name, text in texts.items()
        for value in values
        if letters_and_digits(value) in letters_and_digits(text)
    } == {}
    assert sum("Sommer" in text for text in texts.values()) > 25


async def test_the_dialler_is_told_the_whole_name(masked_bench: Make):
    b = masked_bench()
    await told(b, "clone_campaign", source=f"Sommer {IBAN} {NUMBER} {MAIL}", destination="Winter")
    assert b.store.campaign_named("Winter") is not None


async def test_the_archive_of_its_owner_holds_the_whole_name(masked_bench: Make, tmp_path: Path):
    b = masked_bench(data_dir=tmp_path)
    preview = await told(b, "delete_campaign", campaign_id=of(b))
    answer = await told(b, "delete_campaign", campaign_id=of(b), confirm=preview["confirm"])
    assert answer["status"] == "done"
    (archive,) = tmp_path.rglob("*.gz")
    assert IBAN in gzip.decompress(archive.read_bytes()).decode()


async def test_with_full_privacy_a_name_is_what_it_is(masked_bench: Make):
    b = masked_bench(privacy="full")
    assert NAME in (await told(b, "get_campaign", campaign_id=of(b)))["record"]["Name"]
