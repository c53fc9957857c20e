"""A marked person, walked through every tool, prompt and resource at every level: what must be hidden stays hidden."""

import logging
from collections.abc import Collection, Mapping
from itertools import cycle, islice, zip_longest
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError
from mcp_types import TextContent, TextResourceContents

from dialler_mcp.changes.journal import EntryFilter
from dialler_mcp.domain.fields import Kind
from dialler_mcp.domain.privacy import Privacy, hides
from dialler_mcp.domain.records import AcdEvent, Contact
from dialler_mcp.prompts import NAMES
from dialler_mcp.protocol.logs import DiscreetFormatter
from dialler_mcp.reporting.figures.data_check import Check
from tests.conftest import Bench, text_of
from tests.shared_snapshots import report_on_what_is_there
from tests.spellings import MARKS, SPELLINGS, letters_and_digits
from tests.test_attacks import leaves
from tests.tools.asking import CAMPAIGN_1000, CAMPAIGN_TEST, CONTACT10, Make, change, fresh, keep_only
from tests.typical import TYPICAL

IBAN, SPACED_IBAN = "DE02120300000000202051", "DE02 1203 0000 0000 2020 51"
NUMBER = "49302312555{:02d}"
ADDRESS = "markmail{:02d}@example.org"
TOLD = f"IBAN {SPACED_IBAN}, Tel. 030 2312 5551-4 oder +49 (0)30/23125515, E-Mail {ADDRESS.format(9)}, am 20.11.2026"
LINK = f"https://crm.example.org/?tel={NUMBER.format(50)}&mail={ADDRESS.format(8)}&iban={IBAN}"
SHARED, EVENT, GROUP = "Marked-shared", 5001, 201
# Field values that a tool is given; its previews and results must mask them as well.
GIVEN = {"AccountIBAN": IBAN, "AccountOwner": "BANKMARK-new", "PhoneNumber2": NUMBER.format(60), "Comment": TOLD}
NEW = {"Name": "Neu", "DiallerCampaignsID": CAMPAIGN_1000, **GIVEN}
EVERY_FIELD = [info.wire for info in Contact.fields()]
ID, KEY, SAME = {"contact_id": CONTACT10}, {"user_data": "Contact10"}, {"user_data": SHARED}
WRONG = {"confirm": "delete Contact11 #abcdefgh"}

# Each tool with arguments: answers, previews and refusals. A new tool needs a line here.
CASES: dict[str, list[dict[str, Any]]] = {
    "campaign_report": [{}, {"names": ["Campaign 1000"], "by": "agent", "language": "de"}],
    "get_campaign": [{"campaign_id": CAMPAIGN_1000}],
    "find_campaigns_by_name": [{"name": "Campaign"}],
    "get_result_codes": [{"campaign_id": CAMPAIGN_1000}],
    "list_contacts": [
        {"campaign_id": CAMPAIGN_1000, "text": "Contact10", "fields": EVERY_FIELD},
        {"campaign_id": CAMPAIGN_1000, "text": NUMBER.format(1)},
    ],
    "get_contact": [ID, {**ID, "fields": EVERY_FIELD}],
    "find_contacts_by_user_data": [KEY, {**SAME, "fields": EVERY_FIELD}],
    "find_contact": [
        {"text": "Contact10"},
        {"text": NUMBER.format(1)},
        {"text": "2312555", "campaign_id": CAMPAIGN_1000},
    ],
    "contact_overview": [ID, KEY, SAME],
    "list_callbacks": [{"campaign_id": CAMPAIGN_1000, "limit": 100}],
    "query": [
        {"sql": f"FROM contacts WHERE contact_id = {CONTACT10}", "campaign_ids": [CAMPAIGN_1000]},
        {"sql": f"FROM calls WHERE contact_id = {CONTACT10}", "campaign_ids": [CAMPAIGN_1000]},
        {"sql": "SELECT phone_number1::INT, comment::DATE FROM contacts", "campaign_ids": [CAMPAIGN_1000]},
        {"sql": "SELECT account_iban, account_owner FROM contacts", "campaign_ids": [CAMPAIGN_1000]},
    ],
    "describe_data": [{}, {"view": "contacts"}],
    "check_data": [
        {"campaign_ids": [CAMPAIGN_1000]},
        *({"campaign_ids": [CAMPAIGN_1000], "check": check.value} for check in Check),
    ],
    "get_contacts": [{"contact_ids": [CONTACT10], "user_data_list": [SHARED]}],
    "get_contact_history": [ID],
    "get_contact_history_by_user_data": [KEY],
    "list_acd_events": [{"limit": 100}],
    "get_acd_event": [{"event_id": EVENT}],
    "get_acd_group": [{"group_id": GROUP}],
    "find_acd_groups_by_name": [{"name": "a"}],
    "update_contact": [
        {**ID, **GIVEN},
        {**SAME, **GIVEN},
        {**KEY, "AccountIBAN": "", "PhoneNumber2": "", "Comment": ""},
        {**ID, **GIVEN},
        {**ID, "PhoneNumber1": f"{NUMBER.format(1)}x"},
    ],
    "import_contact": [
        {**NEW, "overwrite_duplicates": True, "UserData": "Contact10", "PhoneNumber1": NUMBER.format(61)},
        {**NEW, "overwrite_duplicates": True, "UserData": SHARED},
        {**NEW, "overwrite_duplicates": False, "UserData": "Contact10", **WRONG},
        {**NEW, "overwrite_duplicates": False, "UserData": "Marked-new"},
    ],
    "lock_contact": [ID],
    "lock_contact_by_user_data": [KEY, SAME],
    "unlock_contact": [ID, {**ID, **WRONG}],
    "unlock_contact_by_user_data": [KEY, SAME],
    "reset_contact": [ID, {**ID, **WRONG}],
    "reset_contact_by_user_data": [KEY, SAME],
    "create_acd_event": [
        {"AcdEventTypesID": 3, "Sender": NUMBER.format(1), "Subject": TOLD, "Body": TOLD, "AcdGroupsID": GROUP},
        {"AcdEventTypesID": 5, "Sender": ADDRESS.format(1), "Subject": TOLD, "CrmURL": LINK, "AcdGroupsID": GROUP},
    ],
    "clone_campaign": [{"source": "Campaign 1000", "destination": "Marked copy"}],
    "delete_campaign": [{"campaign_id": CAMPAIGN_1000}, {"campaign_id": CAMPAIGN_1000, **WRONG}],
    "delete_campaign_by_name": [{"name": "Campaign 1000"}, {"name": "Camp"}],
    "delete_contact": [ID, {**ID, **WRONG}],
    "delete_contact_by_user_data": [KEY, SAME, {"user_data": "Contact1O"}],
    "list_changes": [{}, ID],
    "get_change": [{"change_id": number} for number in range(1, 9)],
    "undo_change": [{"change_id": 1}, {"change_id": 2, **WRONG}],
}
CASES.update({name: [arguments] for name, arguments in TYPICAL.items() if name not in CASES})
ROWS = f'Kd-Nr;Nachname;Telefon;Bemerkung;Konto alt\nKd-1;Neu {IBAN};{NUMBER.format(1)};"{TOLD}";{IBAN}\n'
PROMPTS = {name: {"campaign": str(CAMPAIGN_1000)} for name in NAMES} | {
    "contact_history_summary": {"user_data": "Contact10"},
    "safe_reset": {"user_data": "Contact10"},
    "import_list": {"source": ROWS, "campaign": str(CAMPAIGN_1000)},
}
# They answer from local copies, which takes long, and none of them can change anything.
LONG = {"campaign_report", "query", "check_data", "list_cleanup"}
URIS = ("dialler://campaigns", f"dialler://campaigns/{CAMPAIGN_1000}/result-codes", f"dialler://contacts/{CONTACT10}")


def marked_contact() -> dict[str, Any]:
    """A value that can be found again for every field that may be masked, free text and links."""
    values: dict[str, Any] = {}
    for number, info in enumerate(Contact.fields()):
        match info.about.kind:
            case Kind.BANK:
                values[info.attribute] = f"BANKMARK-{number:02d}"
            case Kind.PHONE:
                values[info.attribute] = NUMBER.format(number)
            case Kind.EMAIL:
                values[info.attribute] = ADDRESS.format(number)
            case Kind.FREE:
                values[info.attribute] = TOLD
            case Kind.LINK:
                values[info.attribute] = LINK
            case _:
                pass
    return {**values, "account_iban": IBAN}


def misfiled_contact(first: int) -> dict[str, Any]:
    """The values of `marked_contact`, and in every other text something that is masked, from spelling `first` on."""
    spellings = [spelling for several in zip_longest(*SPELLINGS.values()) for spelling in several if spelling]
    fields = [
        info.attribute
        for info in Contact.fields()
        if info.type is str and info.about.kind in (Kind.PLAIN, Kind.PERSON, Kind.KEY)
    ]
    turned = islice(cycle(spellings), first, None)
    return {**marked_contact(), **dict(zip(fields, turned, strict=False))}


def mark(b: Bench, first: int = 0) -> None:
    """Put the marks into a contact, into two that share their UserData, into one whose UserData is private, and into an
    AcdEvent; in texts where they do not belong from the spelling `first` on.
    """
    keep_only(b, CAMPAIGN_1000, CAMPAIGN_TEST)  # in which they are
    change(b, CONTACT10, **{**misfiled_contact(first), "user_data": "Contact10"})
    for number in range(2):
        b.store.add_contact(fresh(**{**misfiled_contact(first + 20 * (number + 1)), "user_data": SHARED}))
    b.store.add_contact(fresh(**misfiled_contact(first + 60)))
    b.store.save_event(
        AcdEvent(
            id=EVENT, acd_event_types_id=5, sender=ADDRESS.format(2), subject=TOLD, body=TOLD, crm_url=LINK, users_id=7
        )
    )


def leaks(text: str, level: Privacy) -> list[str]:
    """The marks in a text that this level hides, however they are written."""
    compact = letters_and_digits(text)
    return [mark[0] for kind, pattern in MARKS.items() if hides(level, kind) and (mark := pattern.search(compact))]


async def prompted(client: Client, name: str, arguments: Mapping[str, str]) -> str:
    (message,) = (await client.get_prompt(name, dict(arguments))).messages
    assert isinstance(message.content, TextContent)
    return message.content.text


async def read(client: Client, uri: str) -> str:
    (content,) = (await client.read_resource(uri)).contents
    assert isinstance(content, TextResourceContents)
    return content.text


async def walk(b: Bench, without: Collection[str] = ()) -> list[tuple[str, str]]:
    """Everything that a host gets to see, `without` these tools and prompts: which way, and what."""
    text: list[tuple[str, str]] = []
    async with b.connect() as client:
        there = {tool.name for tool in (await client.list_tools()).tools}
        for name, cases in CASES.items():
            for arguments in cases if f"dialler_{name}" in there and name not in without else ():
                result = await client.call_tool(f"dialler_{name}", arguments)
                text.append((f"{name}, text", text_of(result)))
                text += [(f"{name}, structure", leaf) for leaf in leaves(result.structured_content)]
                text += [(f"{name}, meta", leaf) for leaf in leaves(result.meta)]
        text += [
            (name, await prompted(client, name, arguments))
            for name, arguments in PROMPTS.items()
            if name not in without
        ]
        text += [(uri, await read(client, uri)) for uri in URIS]
    return text


def test_every_prompt_is_in_the_walk():
    assert set(PROMPTS) == set(NAMES)


@pytest.mark.usefixtures("quick_questions")
@pytest.mark.parametrize(
    ("level", "without"),
    [
        # What a check finds is in the prompt list_cleanup, too, and a report names nobody at any level.
        pytest.param(Privacy.masked, set[str](), id="masked"),
        pytest.param(Privacy.full, set[str](), id="full, whole"),
        pytest.param(Privacy.bank, set[str](), id="bank, whole"),
    ],
)
@pytest.mark.thorough
async def test_what_a_level_hides_is_seen_nowhere_and_the_log_holds_no_value(
    bench: Make,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    level: Privacy,
    without: set[str],
):
    report_on_what_is_there(monkeypatch)
    caplog.set_level(logging.DEBUG)
    b = bench(privacy=level.value, confirmation="phrase", audit=True, lookups_per_hour=100)
    mark(b)
    message = await walk(b, without)
    assert [(way, secrets) for way, text in message if (secrets := leaks(text, level))] == []
    audit_lines = [
        line for path in (b.settings.directory / "audit").glob("*.jsonl") for line in path.read_text().split("\n")
    ]
    assert len(audit_lines) > len(CASES)
    assert [secrets for line in audit_lines if (secrets := leaks(line, Privacy.masked))] == []
    entries, _ = await b.profile.journal.page(EntryFilter(), None, 100)
    assert entries
    assert [secrets for entry in entries if (secrets := leaks(entry.label, level))] == []
    everything = "\n".join(text for _, text in message)
    for kind, pattern in MARKS.items():
        assert hides(level, kind) or pattern.search(everything)
    assert "20.11.2026" in everything
    ours = [record for record in caplog.records if record.name.startswith(("dialler_mcp", "mcp.server"))]
    assert ours
    log_text = "\n".join(DiscreetFormatter("%(message)s").format(record) for record in ours)
    assert leaks(log_text, Privacy.masked) == []


async def check_dry_run(bench: Make, level: Privacy, without: Collection[str] = ()) -> None:
    b = bench(privacy=level.value, confirmation="phrase", dry_run=True)
    mark(b)
    assert [(way, secrets) for way, text in await walk(b, without) if (secrets := leaks(text, level))] == []
    assert not b.wire.changes


@pytest.mark.parametrize("level", [level for level in Privacy if level is not Privacy.full])  # which hides nothing
@pytest.mark.thorough
async def test_a_dry_run_shows_no_more_than_the_real_one(bench: Make, level: Privacy):
    await check_dry_run(bench, level, LONG)


@pytest.mark.thorough
@pytest.mark.parametrize("level", Privacy)
async def test_no_answer_of_a_dry_run_shows_more_than_the_real_one(bench: Make, level: Privacy):
    """With what only reads, which knows of no dry run, and with a process for each question."""
    await check_dry_run(bench, level)


@pytest.mark.parametrize("level", Privacy)
@pytest.mark.parametrize("status", [400, 404, 409, 500])
async def test_the_diallers_reasons_name_nobody(bench: Make, level: Privacy, status: int):
    b = bench(privacy=level.value)
    body = {"error": f"Duplicate of row 7: {TOLD}", "status": status}
    b.wire.instead = lambda _: httpx2.Response(status, json=body)
    async with b.connect() as client:
        values = [text_of(await client.call_tool("dialler_get_contact", ID))]
        with pytest.raises(MCPError) as error:
            await client.get_prompt("campaign_report", {"campaign": "538"})
        values.append(error.value.error.message)
        with pytest.raises(MCPError) as error:
            await client.read_resource(f"dialler://contacts/{CONTACT10}")
        values.append(error.value.error.message)
    assert [leaks(text, Privacy.masked) for text in values] == [[], [], []]
    assert "Duplicate of row 7" in values[0]


async def test_masked_people_can_be_told_apart_and_recognised(bench: Make):
    b = bench(privacy="masked")
    mark(b)
    change(b, CONTACT10, phone_number1="493023125551", phone_number2="493023125552", comment="Besser: 030 23125552")
    async with b.connect() as client:
        result = await client.call_tool("dialler_get_contact", {**ID, "fields": EVERY_FIELD})
    assert result.structured_content is not None
    record = result.structured_content["record"]
    first, second = (record[f"PhoneNumber{slot}"].partition("~")[2] for slot in (1, 2))
    assert first != second
    assert f"~{second}:" in record["Comment"]


@pytest.mark.parametrize("name", ["Handy", "Telefon2", "SMSMobil", "msisdn"])
async def test_undeclared_fields_are_masked_in_german_too(bench: Make, name: str):
    b = bench(privacy="masked")
    b.wire.instead = lambda request: (
        httpx2.Response(
            200, json={"records": [{"ID": 7, name: NUMBER.format(1), "Notiz": TOLD}], "count": 1, "status": 200}
        )
        if request.url.path.endswith("/dialler/contacts/7")
        else None
    )
    async with b.connect() as client:
        text = text_of(await client.call_tool("dialler_get_contact", {"contact_id": 7}))
    assert name in text
    assert leaks(text, Privacy.masked) == []
