"""What the privacy level hides is hidden in the names of campaigns, result codes and groups, too."""

import gzip
from pathlib import Path
from typing import Any

import msgspec
import pytest
from mcp_types import TextContent, TextResourceContents

from dialler_mcp.domain.records import AcdGroup, Campaign
from dialler_mcp.sandbox.world.plans import CampaignCode
from tests.conftest import Bench, text_of
from tests.spellings import letters_and_digits
from tests.tools.asking import CAMPAIGN_1000, CAMPAIGN_TEST, Make, change, told

IBAN, NUMBER, MAIL = "DE02120300000000202051", "+49 30 23125001", "kim@example.org"
NAME = f"Sommer {IBAN} {NUMBER} {MAIL}"
GROUP = 201


def rename(b: Bench, table: str, number: int, kind: type[Any], **texts: str) -> None:
    database = b.store._database  # pyright: ignore[reportPrivateUsage] # the sandbox itself renames nothing
    (document,) = database.execute(f"SELECT document FROM {table} WHERE id = ?", (number,)).fetchone()
    record = msgspec.structs.replace(msgspec.json.decode(document, type=kind), **texts)
    database.execute(f"UPDATE {table} SET document = ? WHERE id = ?", (msgspec.json.encode(record), number))
    if table == "campaigns":
        database.execute("UPDATE campaigns SET name = ? WHERE id = ?", (texts["name"].casefold(), number))


@pytest.fixture
def marked(bench: Make):
    """A bench in which a campaign, a result and a group have such names."""

    def make(**settings: Any) -> Bench:
        b = bench(**settings)
        code = next(code for code in b.store.result_codes() if code.campaign_id == CAMPAIGN_TEST)
        rename(b, "campaigns", CAMPAIGN_TEST, Campaign, name=NAME)
        rename(b, "codes", code.id, CampaignCode, de=NAME, en=NAME)
        rename(b, "groups", GROUP, AcdGroup, name=NAME)
        contact = next(iter(b.store.contacts(CAMPAIGN_TEST)))
        change(b, contact.id, dialler_campaigns_result_codes_id=code.id)
        return b

    return make


CALLS: list[tuple[str, dict[str, Any]]] = [
    ("list_campaigns", {}),
    ("get_campaign", {"campaign_id": CAMPAIGN_TEST}),
    ("find_campaigns_by_name", {"name": "Sommer"}),
    ("get_result_codes", {"campaign_id": CAMPAIGN_TEST}),
    ("list_contacts", {"campaign_id": CAMPAIGN_TEST}),
    ("list_callbacks", {}),
    ("list_acd_groups", {}),
    ("get_acd_group", {"group_id": GROUP}),
    ("find_acd_groups_by_name", {"name": "Sommer"}),
    ("list_acd_events", {}),
    ("campaign_report", {"campaign_ids": [CAMPAIGN_TEST, CAMPAIGN_1000], "by": "campaign"}),
    ("check_data", {"campaign_ids": [CAMPAIGN_TEST]}),
    ("query", {"sql": "SELECT * FROM results", "campaign_ids": [CAMPAIGN_TEST]}),
    ("query", {"sql": "SELECT * FROM campaigns", "campaign_ids": [CAMPAIGN_TEST]}),
    ("delete_campaign", {"campaign_id": CAMPAIGN_TEST}),
    ("delete_campaign_by_name", {"name": "Sommer"}),
    ("clone_campaign", {"source": "Sommer", "destination": "Campaign 1000"}),
]


@pytest.mark.usefixtures("quick_questions")
@pytest.mark.parametrize(("privacy", "hidden"), [("bank", [IBAN]), ("masked", [IBAN, NUMBER, MAIL])])
@pytest.mark.thorough
async def test_no_answer_says_what_is_hidden_in_a_name(marked: Make, privacy: str, hidden: list[str]):
    b = marked(privacy=privacy)
    texts: dict[str, str] = {}
    async with b.connect() as client:
        for tool, arguments in CALLS:
            result = await client.call_tool(f"dialler_{tool}", arguments)
            texts[tool] = f"{text_of(result)} {result.structured_content}"
        for prompt in ("campaign_report", "callback_plan", "list_cleanup"):
            given = await client.get_prompt(prompt, {"campaign": str(CAMPAIGN_TEST)})
            texts[prompt] = " ".join(m.content.text for m in given.messages if isinstance(m.content, TextContent))
        for uri in ("dialler://campaigns", f"dialler://campaigns/{CAMPAIGN_TEST}/result-codes"):
            read = await client.read_resource(uri)
            texts[uri] = " ".join(one.text for one in read.contents if isinstance(one, TextResourceContents))
    assert {
        name: value
        for name, text in texts.items()
        for value in hidden
        if letters_and_digits(value) in letters_and_digits(text)
    } == {}
    assert "Sommer" in texts["list_campaigns"]
    assert "Sommer" in texts["get_result_codes"]


async def test_the_dialler_is_told_the_whole_name(marked: Make):
    b = marked()
    await told(b, "clone_campaign", source=f"Sommer {IBAN} {NUMBER} {MAIL}", destination="Winter")
    assert b.store.campaign_named("Winter") is not None


async def test_the_archive_of_its_owner_holds_the_whole_name(marked: Make, tmp_path: Path):
    b = marked(data_dir=tmp_path)
    preview = await told(b, "delete_campaign", campaign_id=CAMPAIGN_TEST)
    done = await told(b, "delete_campaign", campaign_id=CAMPAIGN_TEST, confirm=preview["confirm"])
    assert done["status"] == "done"
    (archive,) = tmp_path.rglob("*.gz")
    assert IBAN in gzip.decompress(archive.read_bytes()).decode()


async def test_with_full_privacy_a_name_is_what_it_is(marked: Make):
    assert NAME in (await told(marked(privacy="full"), "get_campaign", campaign_id=CAMPAIGN_TEST))["record"]["Name"]
