"""The tool behind the card that takes a file, and the check that shows the card, as a host and its model see them."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp_types import CallToolResult

from dialler_mcp.lists.reading.pieces import MAX_PIECE
from dialler_mcp.protocol.pages import LANGUAGE_META, VIEW_META
from dialler_mcp.tools.drop_card import CHECK_TOOL, DROP_TOOL, DROP_URI
from tests.conftest import Bench, structure_of, text_of
from tests.protocol.test_pages import with_pages
from tests.tokens import tokens
from tests.tools.asking import Make, refused
from tests.tools.test_lists import LIST, SAMPLES, kinds

CONTENT = LIST.encode("cp1252")


async def send(client: Client, piece: bytes, offset: int = 0, **arguments: Any) -> CallToolResult:
    """One piece, as the card sends it."""
    usual = {"name": "leads.csv", "size": len(CONTENT), "offset": offset, "data": base64.b64encode(piece).decode()}
    digest = hashlib.sha256(piece).hexdigest()
    return await client.call_tool(DROP_TOOL, {**usual, "digest": digest, **arguments})


async def sent(client: Client, piece: bytes, offset: int = 0, **arguments: Any) -> dict[str, Any]:
    return structure_of(await send(client, piece, offset, **arguments))


async def handed_in(client: Client, content: bytes, name: str = "leads.csv", piece: int = 100) -> dict[str, Any]:
    """What is answered to the last piece of a file."""
    answer: dict[str, Any] = {"next_offset": 0}
    while "list_id" not in answer:
        offset, own = answer["next_offset"], {"upload_id": answer.get("upload_id")}
        answer = await sent(client, content[offset : offset + piece], offset, name=name, size=len(content), **own)
    return answer


def kept(b: Bench) -> list[Path]:
    return list((b.profile.state.directory / "lists").glob("*"))


async def test_a_check_without_a_list_shows_the_card_where_a_client_can(bench: Make, era: str):
    b = bench(language="de")
    async with b.connect(era) as plain, with_pages(b, era) as showing:
        bare = await plain.call_tool(CHECK_TOOL, {"name": "Campaign 1000"})
        card = await showing.call_tool(CHECK_TOOL, {"name": "Campaign 1000"})
        two = await showing.call_tool(CHECK_TOOL, {"rows": LIST, "path": "leads.csv"})
        tools = {tool.name: tool for tool in (await showing.list_tools()).tools}
        uris = {str(resource.uri) for resource in (await showing.list_resources()).resources}
    for refusal in (bare, two):
        assert refusal.is_error
        assert "Es wurde nichts gelesen" in text_of(refusal)
    assert "auf die Karte ziehen" in text_of(card)
    assert "nicht, sie an das Gespräch anzuhängen" in structure_of(card)["next_step"]
    assert "list_id" not in structure_of(card)
    assert (card.meta or {})[LANGUAGE_META] == "de"
    assert tokens(text_of(card)) <= 100
    assert (tools[CHECK_TOOL].meta or {})["ui"] == {"resourceUri": DROP_URI}
    assert (tools[DROP_TOOL].meta or {})["ui"] == {"resourceUri": DROP_URI, "visibility": ["app"]}
    assert DROP_URI in uris
    assert VIEW_META not in (card.meta or {})


async def test_the_card_takes_a_file_that_lies_where_nothing_may_be_read(bench: Make, tmp_path: Path):
    """Where folders are allowed, a path elsewhere is refused with their names."""
    for files, is_shown in (("", True), (str(tmp_path), False)):
        async with with_pages(bench(files=files), "auto") as client:
            result = await client.call_tool(CHECK_TOOL, {"path": "/somewhere/leads.xlsx"})
        assert result.is_error is not is_shown
        assert ("on the card" in text_of(result)) is is_shown


async def test_a_file_in_pieces_becomes_a_list_that_is_checked_like_any_other(bench: Make, era: str):
    b = bench()
    async with with_pages(b, era) as client:
        answer = await handed_in(client, CONTENT)
        assert (answer["name"], answer["rows"], answer["next_offset"]) == ("leads.csv", 6, len(CONTENT))
        assert answer["columns"][:3] == ["Kd-Nr", "Vorname", "Nachname"]
        assert "Paula" not in json.dumps(answer)
        arguments = {"list_id": answer["list_id"], "name": "Campaign 1000"}
        check_answer = structure_of(await client.call_tool(CHECK_TOOL, arguments))
    assert check_answer["summary"] == "leads.csv: 6 rows: 2 ready, 1 exists, 3 left out."
    assert check_answer["list_id"] == answer["list_id"]
    assert kinds(check_answer)["ready"] == 2
    assert b.wire.changes == []
    assert len(kept(b)) == 1


async def test_a_piece_twice_and_one_too_early_leave_the_file_as_it_is(bench: Make):
    b = bench()
    async with with_pages(b, "auto") as client:
        first = await sent(client, CONTENT[:200])
        own = {"upload_id": first["upload_id"]}
        assert await sent(client, CONTENT[:200], **own) == first
        assert await sent(client, CONTENT[300:], 300, **own) == first
        refusal = await send(client, CONTENT[200:], 200, digest="0" * 64, **own)
        assert refusal.is_error
        assert "arrived damaged: send it again" in text_of(refusal)
        last = await sent(client, CONTENT[200:], 200, **own)
        assert await sent(client, CONTENT[200:], 200, **own) == last
    assert last["rows"] == 6


async def test_a_spreadsheet_comes_whole_through_the_pieces(bench: Make):
    sample = (SAMPLES / "03-floats-merged-head.xlsx").read_bytes()
    async with with_pages(bench(), "auto") as client:
        answer = await handed_in(client, sample, "leads.xlsx", piece=4_000)
    assert answer["rows"] >= 4


async def test_a_file_that_is_no_list_says_what_it_is_each_time_and_is_not_kept(bench: Make):
    b = bench()
    pdf = b"%PDF-1.7 and so on"
    async with with_pages(b, "auto") as client:
        upload = await sent(client, pdf[:5], name="leads.csv", size=len(pdf))
        for _ in range(2):
            result = await send(client, pdf[5:], 5, size=len(pdf), language="de", upload_id=upload["upload_id"])
            assert result.is_error
            assert "Die Datei ist ein PDF, was ihr Name auch sagt" in text_of(result)
        assert "is empty" in text_of(await send(client, b"", size=0))
    assert kept(b) == []


async def test_what_was_received_is_gone_when_the_person_cancels_and_when_the_server_ends(bench: Make):
    b = bench()
    async with with_pages(b, "auto") as client:
        upload = await sent(client, CONTENT[:200])
        assert len(kept(b)) == 1
        await sent(client, b"", upload_id=upload["upload_id"], cancel=True)
        assert kept(b) == []
        again = await send(client, CONTENT[200:], 200, upload_id=upload["upload_id"])
        assert "choose it again" in text_of(again)
        await sent(client, CONTENT[:200])
        await handed_in(client, CONTENT)
        assert len(kept(b)) == 2
    await b.profile.aclose()
    assert kept(b) == []


async def test_what_a_name_and_a_head_hold_is_cleaned_and_masked(bench: Make):
    rows = b"Nachname;Telefon 0152 28817386\nNeumann;030 23125901\n"
    async with with_pages(bench(privacy="masked"), "auto") as client:
        answer = await handed_in(client, rows, "../<b>0152 28817386</b>\u202e.csv")
    assert "28817386" not in json.dumps(answer)
    assert not set("<>/\u202e") & set(answer["name"])


async def test_a_list_that_was_handed_in_is_read_again_in_another_encoding(bench: Make):
    async with with_pages(bench(), "auto") as client:
        answer = await handed_in(
            client, "Vorname;Nachname;Telefon\nLech;Kowalski-Michał;030 23125901\n".encode("cp1250")
        )
        arguments = {"list_id": answer["list_id"], "name": "Campaign 1000"}
        garbage = structure_of(await client.call_tool(CHECK_TOOL, arguments))
        correction = structure_of(await client.call_tool(CHECK_TOOL, {**arguments, "encoding": "cp1250"}))
        later = structure_of(await client.call_tool(CHECK_TOOL, arguments))
    assert "Micha³" in str(garbage["columns"])
    for answer in (correction, later):
        assert "Michał" in str(answer["columns"])


async def test_it_is_answered_again_where_reading_takes_long(bench: Make, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("dialler_mcp.service.people_lists.WAITED", 0.0)
    async with with_pages(bench(), "auto") as client:
        upload = await sent(client, CONTENT)
        assert (upload["next_offset"], upload.get("list_id")) == (len(CONTENT), None)
        monkeypatch.setattr("dialler_mcp.service.people_lists.WAITED", 30.0)
        answer = await sent(client, b"", len(CONTENT), upload_id=upload["upload_id"])
    assert answer["rows"] == 6


WRONG: list[dict[str, Any]] = [
    {"size": -1},
    {"offset": -1},
    {"size": "many"},
    {"digest": "x" * 65},
    {"name": "x" * 1_001},
    {"upload_id": "x" * 65},
    {"data": "A" * (MAX_PIECE * 4 // 3 + 8)},
    {"path": "/etc/passwd"},
]


async def test_wrong_arguments_are_refused_without_repeating_them(bench: Make):
    b = bench()
    async with with_pages(b, "auto") as client:
        for wrong in WRONG:
            result = await send(client, CONTENT, **wrong)
            assert result.is_error, wrong
            assert len(text_of(result)) < 400
            assert "/etc" not in text_of(result)
    assert kept(b) == []


@pytest.mark.parametrize(
    ("settings", "there"),
    [
        ({}, True),
        ({"role": "supervisor"}, True),
        ({"role": "agent"}, False),
        ({"read_only": True}, False),
        ({"without": CHECK_TOOL}, False),
    ],
)
async def test_whoever_may_not_check_a_list_may_not_hand_one_in(bench: Make, settings: dict[str, Any], there: bool):
    b = bench(**settings)
    async with with_pages(b, "auto") as client:
        names = {tool.name for tool in (await client.list_tools()).tools}
        uris = {str(resource.uri) for resource in (await client.list_resources()).resources}
        result = await send(client, CONTENT)
    assert (CHECK_TOOL in names, DROP_TOOL in names, DROP_URI in uris) == (there, there, there)
    assert result.is_error is not there
    assert len(kept(b)) == there


async def test_the_audit_log_notes_the_pieces_and_nothing_of_the_file(bench: Make, tmp_path: Path):
    b = bench(audit=True, audit_dir=str(tmp_path))
    async with with_pages(b, "auto") as client:
        await handed_in(client, CONTENT, "Kündiger Neumann.csv", piece=len(CONTENT))
        await send(client, CONTENT, digest="0" * 64)
    lines = [json.loads(line) for path in sorted(tmp_path.glob("*.jsonl")) for line in path.read_text().splitlines()]
    drop_lines = [line for line in lines if line.get("tool") == DROP_TOOL]
    assert [line["outcome"] for line in drop_lines] == ["ok", "tool_error"]
    assert [line["changed"] for line in drop_lines] == [False, False]
    assert drop_lines[0]["arguments"]["size"] == len(CONTENT)
    for name in ("name", "digest", "data"):
        assert str(drop_lines[0]["arguments"][name]).startswith("p:")
    assert "Neumann" not in str(lines)


async def test_a_file_is_its_callers_alone(bench: Make):
    b = bench()
    theirs = b.profile.uploads.pieces.begin("somebody else", "theirs.csv", len(CONTENT))
    async with with_pages(b, "auto") as client:
        result = await send(client, CONTENT, upload_id=theirs.id)
    assert "choose it again" in text_of(result)
    assert theirs.length == 0


async def test_a_client_without_pages_has_no_way_to_it(bench: Make):
    assert "no such tool" in await refused(bench(), "receive_list", name="x", size=0, offset=0, digest="", data="")
