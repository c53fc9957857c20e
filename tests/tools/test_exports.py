"""Rows as a file, as a host sees it: each format is read back."""

import csv
import errno
import io
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import duckdb
import httpx2
import pytest
from mcp_types import ResourceLink
from python_calamine import CalamineWorkbook

from dialler_mcp.reporting.export import extracts
from dialler_mcp.reporting.export.extract import Extract
from dialler_mcp.service import export_files, exports
from dialler_mcp.state import places
from tests.conftest import URL, structure_of
from tests.tools.asking import CAMPAIGN_1000, CAMPAIGN_TEST, Make, ask, instead, refused, told

pytestmark = pytest.mark.usefixtures("quick_questions")

FORMULA = "=cmd|'/C calc'!A0"
NASTY = """SELECT '=cmd|''/C calc''!A0' AS "=1+1", 7 AS n, TIMESTAMP '2026-11-20 14:00' AS t, DATE '2026-11-20' AS d"""
CAMPAIGN = {"campaign_ids": [CAMPAIGN_1000]}


@pytest.fixture
def bench(bench: Make, tmp_path: Path) -> Make:
    """The campaign was read before, and files may be written to one folder."""
    return partial(bench, read=[CAMPAIGN_1000], files=str(tmp_path))


def rows_of(path: str, delimiter: str = ",") -> list[dict[str, str]]:
    """The rows of a CSV without the lines on what it is."""
    lines = Path(path).read_text("utf-8-sig").splitlines(keepends=True)
    text = "".join(line for line in lines if not line.startswith(("# ", '"# ')))
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def sheet_of(path: str) -> list[list[Any]]:
    return cells_of(path, 0)


def cells_of(path: str, sheet: int) -> list[list[Any]]:
    cells: list[list[Any]] = opened(path).get_sheet_by_index(sheet).to_python()
    return cells


def opened(path: str) -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(io.BytesIO(Path(path).read_bytes()))


@pytest.mark.parametrize("era", ["auto", pytest.param("legacy", marks=pytest.mark.thorough)])
async def test_contacts_are_written_to_a_new_file_that_says_what_it_is(bench: Make, tmp_path: Path, era: str):
    b = bench()
    result = await ask(b, "export", {**CAMPAIGN, "file_type": "csv"}, era)
    answer = structure_of(result)
    path = tmp_path / "SANDBOX-contacts-campaign-1000-2026-11-20.csv"
    assert answer["file"] == str(path)
    assert answer["rows"] == 420
    rows = rows_of(answer["file"])
    assert {int(row["contact_id"]) for row in rows} == {one.id for one in b.store.contacts(CAMPAIGN_1000)}
    assert rows[9]["campaign"] == "Campaign 1000 (538)"
    head = path.read_text("utf-8").splitlines()[:4]
    assert head[0].startswith('"# note: This is the embedded sandbox dialler')
    assert head[1:3] == ["# dialler: embedded sandbox", "# campaigns: Campaign 1000 (538)"]
    (link,) = (block for block in result.content if isinstance(block, ResourceLink))
    assert (unquote(urlsplit(link.uri).path), link.mime_type) == (str(path), "text/csv")
    assert link.size == path.stat().st_size == answer["bytes"]
    assert b.wire.changes == []


async def test_the_deals_of_a_period_are_those_that_the_question_counts(bench: Make):
    b = bench()
    period = {"since": "2026-11-09", "until": "2026-11-15"}
    answer = await told(b, "export", what="calls", result="done", file_type="csv", **period, **CAMPAIGN)
    sql = (
        "SELECT count(*) AS n FROM calls WHERE result_type = 'Done' AND test_call IS DISTINCT FROM true"
        " AND day BETWEEN DATE '2026-11-09' AND DATE '2026-11-15'"
    )
    count_answer = await told(b, "query", sql=sql, **CAMPAIGN)
    assert answer["rows"] == count_answer["rows"][0][0] > 0
    assert {row["result"] for row in rows_of(answer["file"])} == {"Sale"}
    assert "# period: 2026-11-09 to 2026-11-15" in Path(answer["file"]).read_text("utf-8")


async def test_who_names_a_period_means_calls(bench: Make):
    answer = await told(bench(), "export", since="2026-11-16", **CAMPAIGN)
    assert "calls" in answer["file"]


async def test_an_unknown_result_is_refused_with_those_that_there_are(bench: Make):
    why = await refused(bench(), "export", result="Bought", **CAMPAIGN)
    assert "Use one of these: Appointment," in why
    assert "Done, Abort" in why


def _csv(path: str) -> list[Any]:
    (row,) = rows_of(path)
    return [*row, *row.values()]


def _xlsx(path: str) -> list[Any]:
    _, head, row = sheet_of(path)
    return [*head, *row]


def _parquet(path: str) -> list[Any]:
    (row,) = parquet(f"FROM '{path}'").fetchall()
    return [*parquet(f"FROM '{path}'").columns, *row]


def parquet(sql: str) -> duckdb.DuckDBPyRelation:
    relation = duckdb.sql(sql)
    assert relation is not None
    return relation


@pytest.mark.parametrize(
    ("file_type", "read", "formula", "others"),
    [
        ("csv", _csv, f"'{FORMULA}", ["7", "2026-11-20 14:00:00", "2026-11-20"]),
        ("xlsx", _xlsx, FORMULA, [7, "2026-11-20 14:00:00", "2026-11-20"]),
        ("parquet", _parquet, FORMULA, [7, "2026-11-20 14:00:00", "2026-11-20"]),
    ],
)
async def test_the_rows_of_a_question_are_what_they_were_and_a_formula_is_text(
    bench: Make, file_type: str, read: Callable[[str], list[Any]], formula: str, others: list[Any]
):
    answer = await told(bench(), "export", sql=NASTY, file_type=file_type, **CAMPAIGN)
    first, *names, cell, number, time, day = read(answer["file"])
    assert first.removeprefix("'") == "=1+1"
    assert names == ["n", "t", "d"]
    assert cell == formula
    assert [number, str(time), str(day)] == others


async def test_a_workbook_holds_no_formula_and_says_what_it_is_on_a_sheet(bench: Make):
    answer = await told(bench(), "export", sql=NASTY, **CAMPAIGN)
    book = opened(answer["file"])
    assert book.sheet_names == ["Rows", "About"]
    assert sheet_of(answer["file"])[0][0].startswith("This is the embedded sandbox dialler")
    assert sheet_of(answer["file"])[2][0] == FORMULA
    about = {str(name): text for name, text in cells_of(answer["file"], 1)}
    assert about["dialler"] == "embedded sandbox"
    assert about["contents"] == "answer to a question in SQL"
    assert about["data as of"] == "2026-11-20 14:00"


async def test_programs_find_in_parquet_all_columns_and_what_the_file_is_of(bench: Make):
    answer = await told(bench(), "export", what="calls", file_type="parquet", language="de", **CAMPAIGN)
    path = answer["file"]
    assert {"began", "hour", "connected", "result_code_id"} <= set(parquet(f"FROM '{path}'").columns)
    about = dict(parquet(f"SELECT decode(key), decode(value) FROM parquet_kv_metadata('{path}')").fetchall())
    assert about["dialler"] == "eingebauter Übungs-Dialler"
    assert about["campaigns"] == "Campaign 1000 (538)"


async def test_jtels_csv_has_the_fields_of_an_import_and_nothing_else(bench: Make):
    b = bench(privacy="full")
    answer = await told(b, "export", file_type="jtel", **CAMPAIGN)
    assert Path(answer["file"]).name == "SANDBOX-contacts-campaign-1000-jtel-localhost-2026-11-20.csv"
    head, first, *_ = Path(answer["file"]).read_text("utf-8").splitlines()
    assert head.startswith('"DiallerCampaignsID";"UserData";')
    assert head.endswith(';"ResultCodesExportKey"')
    assert first.startswith('538;"Contact1";')
    rows = {row["UserData"]: row for row in rows_of(answer["file"], ";")}
    assert len(rows) == 420
    for contact in b.store.contacts(CAMPAIGN_1000):
        row = rows[contact.user_data or ""]
        assert row["PhoneNumber1"] == (contact.phone_number1 or "")
        assert row["AccountIBAN"] == (contact.account_iban or "")
    assert not any("bank" in note.casefold() for note in answer["notes"])


async def test_jtels_csv_says_that_it_lacks_bank_data(bench: Make):
    answer = await told(bench(), "export", file_type="jtel", **CAMPAIGN)
    assert answer["notes"][0].startswith("Without bank data")
    assert "IBAN" not in Path(answer["file"]).read_text("utf-8")


async def test_what_is_masked_in_answers_is_masked_in_files(bench: Make):
    b = bench(privacy="masked")
    numbers = {number for one in b.store.contacts(CAMPAIGN_1000) if (number := one.phone_number1)}
    values = {row[0] for row in (await told(b, "query", sql="SELECT phone_number1 FROM contacts", **CAMPAIGN))["rows"]}
    for file_type in ("csv", "xlsx", "parquet"):
        answer = await told(b, "export", file_type=file_type, path=f"masked.{file_type}", **CAMPAIGN)
        content = Path(answer["file"]).read_bytes()
        assert not any(number.encode() in content for number in numbers)
    masked_numbers = {
        row["phone_number1"].removeprefix("'") for row in rows_of(str(Path(answer["file"]).with_suffix(".csv")))
    }
    assert values - {None} <= masked_numbers
    assert "Nothing was written" in await refused(b, "export", file_type="jtel", **CAMPAIGN)


@pytest.mark.thorough
async def test_who_may_not_see_figures_by_agent_finds_none_in_files(bench: Make):
    b = bench(agent_figures=False)
    for what in ("contacts", "calls"):
        answer = await told(b, "export", what=what, file_type="csv", **CAMPAIGN)
        assert not any("agent" in heading for heading in rows_of(answer["file"])[0])


@pytest.mark.thorough
async def test_a_german_file_is_german(bench: Make):
    answer = await told(bench(language="de"), "export", what="calls", file_type="csv", **CAMPAIGN)
    assert answer["summary"] == f"1658 Zeilen geschrieben: {answer['file']} ({answer['bytes']} Bytes)"
    assert Path(answer["file"]).name == "SANDBOX-anrufe-campaign-1000-2026-11-20.csv"
    content = Path(answer["file"]).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf# Hinweis: Das ist der eingebaute")
    row = rows_of(answer["file"], ";")[0]
    assert (row["Ausgang"], row["Ergebnis"], row["Ergebnistyp"]) == ("angenommen", "Verkauf", "Abschluss")
    contacts = await told(bench(language="de"), "export", path="kontakte.xlsx", **CAMPAIGN)
    _, head, *rows = sheet_of(contacts["file"])
    assert head[:7] == ["Kontakt-ID", "Kampagne", "CRM-Schlüssel", "Vorname", "Nachname", "Firma", "Zustand"]
    assert "Rufnummer 1" in head
    assert {"neu", "abgeschlossen"} <= {row[6] for row in rows}


@pytest.mark.thorough
async def test_the_file_can_be_given_back_as_a_list(bench: Make):
    b = bench()
    for language, file_type in (("de", "csv"), ("de", "xlsx"), ("en", "csv")):
        answer = await told(b, "export", file_type=file_type, language=language, **CAMPAIGN)
        check_answer = await told(b, "check_list", path=answer["file"], campaign_id=CAMPAIGN_1000)
        assert check_answer["summary"].startswith(f"{Path(answer['file']).name}: 420 rows: ")
        columns = {column: field for column, field, _ in check_answer["columns"]}
        assert "PhoneNumber1" in columns.values(), columns
        assert "UserData" in columns.values()


@pytest.mark.parametrize("path", ["/etc/deals.xlsx", "../deals.xlsx", "~/deals.xlsx", "a\0b.xlsx"])
async def test_a_file_is_written_in_an_allowed_folder_only(bench: Make, tmp_path: Path, path: str):
    assert str(tmp_path) in await refused(bench(), "export", path=path, **CAMPAIGN)
    assert list(tmp_path.iterdir()) == []


async def test_a_link_that_leads_out_of_the_folder_is_not_followed(bench: Make, tmp_path: Path):
    folder, elsewhere = tmp_path / "allowed", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    (folder / "out").symlink_to(elsewhere)
    b = bench(files=str(folder))
    assert "allowed folder" in await refused(b, "export", path="out/deals.xlsx", **CAMPAIGN)
    assert list(elsewhere.iterdir()) == []


async def test_without_an_allowed_folder_nothing_is_written(bench: Make):
    assert "DIALLER_FILES" in await refused(bench(files=""), "export", **CAMPAIGN)


async def test_a_file_that_is_there_is_never_overwritten(bench: Make, tmp_path: Path):
    (tmp_path / "deals.xlsx").write_text("ours")
    b = bench()
    assert "there is a file of this name" in await refused(b, "export", path="deals.xlsx", **CAMPAIGN)
    assert (tmp_path / "deals.xlsx").read_text() == "ours"
    names = [Path((await told(b, "export", sql="SELECT 1", **CAMPAIGN))["file"]).name for _ in range(2)]
    assert names == ["SANDBOX-query-campaign-1000-2026-11-20.xlsx", "SANDBOX-query-campaign-1000-2026-11-20-2.xlsx"]


async def test_the_name_of_the_file_says_its_format(bench: Make, tmp_path: Path):
    b = bench()
    answer = await told(b, "export", sql="SELECT 1 AS one", path="deals.CSV", **CAMPAIGN)
    assert rows_of(answer["file"]) == [{"one": "1"}]
    assert (await told(b, "export", sql="SELECT 1", path="deals", file_type="parquet", **CAMPAIGN))["file"] == str(
        tmp_path / "deals.parquet"
    )
    why = await refused(b, "export", sql="SELECT 1", path="deals.docx", **CAMPAIGN)
    assert "ends in .xlsx" in why
    assert "no such folder" in await refused(b, "export", sql="SELECT 1", path="no/deals.xlsx", **CAMPAIGN)


@pytest.mark.parametrize("file_type", ["csv", "xlsx", "parquet"])
async def test_a_full_disk_leaves_nothing_behind(
    bench: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file_type: str
):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    b = bench()
    monkeypatch.setattr(places.shutil, "copyfileobj", full)
    why = await refused(b, "export", sql="SELECT 1", file_type=file_type, **CAMPAIGN)
    assert "Nothing was written" in why
    assert "No space left on device" in why
    assert list(tmp_path.iterdir()) == []
    assert list(b.profile.exports.directory.iterdir()) == []


async def test_an_export_that_takes_longer_goes_on_and_the_same_call_brings_its_answer(
    bench: Make, monkeypatch: pytest.MonkeyPatch
):
    goes_on = threading.Event()

    def slow(extract: Extract, path: Path) -> int:
        assert goes_on.wait(30)
        return extracts.write_csv(extract, path)

    monkeypatch.setitem(extracts.WRITERS, "csv", slow)  # pyright: ignore[reportArgumentType]
    monkeypatch.setattr(export_files, "WAITED", 0)
    b, arguments = bench(), {"sql": "SELECT 1 AS one", "file_type": "csv", **CAMPAIGN}
    async with b.connect() as client:
        first = structure_of(await client.call_tool("dialler_export", arguments))
        assert "still being written" in first["summary"]
        assert "file" not in first
        goes_on.set()
        monkeypatch.setattr(export_files, "WAITED", 30)
        second = structure_of(await client.call_tool("dialler_export", arguments))
    assert rows_of(second["file"]) == [{"one": "1"}]
    assert not second["file"].endswith("-2.csv")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({"sql": "SELECT 1", "what": "calls"}, "chooses its rows itself"),
        ({"what": "contacts", "since": "2026-11-01"}, "since and until choose calls"),
        ({"what": "calls", "file_type": "jtel"}, "holds contacts"),
        ({"sql": "DELETE FROM contacts"}, "Nothing can be written"),
    ],
)
async def test_what_contradicts_itself_is_refused(bench: Make, tmp_path: Path, arguments: dict[str, Any], why: str):
    assert why in await refused(bench(), "export", **arguments, **CAMPAIGN)
    assert list(tmp_path.iterdir()) == []


async def test_an_answer_with_too_many_rows_is_not_cut(bench: Make, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(exports, "MAX_OF_QUESTION", 3)
    why = await refused(bench(), "export", sql="SELECT contact_id FROM contacts", **CAMPAIGN)
    assert "more than 3 rows" in why


async def test_in_read_only_mode_files_are_still_written(bench: Make):
    b = bench(read_only=True)
    answer = await told(b, "export", sql="SELECT 1", **CAMPAIGN)
    assert Path(answer["file"]).exists()
    async with b.connect() as client:
        assert "Nothing can be changed here." in (client.instructions or "")


async def test_a_long_text_is_whole_in_a_file(bench: Make):
    sql = "SELECT string_agg('word', ' ') AS text FROM range(500)"
    answer = await told(bench(), "export", sql=sql, file_type="csv", **CAMPAIGN)
    assert len(rows_of(answer["file"])[0]["text"]) == 2_499


@pytest.mark.parametrize(
    ("without", "arguments"),
    [
        ("dialler_list_contacts", {}),
        ("dialler_get_contact_history", {"what": "calls"}),
        ("dialler_query", {"sql": "SELECT 1"}),
    ],
)
async def test_who_may_not_see_the_rows_may_not_export_them(
    bench: Make, tmp_path: Path, without: str, arguments: dict[str, Any]
):
    assert "not allowed here" in await refused(bench(without=without), "export", **arguments, **CAMPAIGN)
    assert list(tmp_path.iterdir()) == []


async def test_a_file_of_a_real_dialler_names_its_address_and_has_no_notice(bench: Make):
    b = bench(base_url=URL, token="sandbox-token")
    answer = await told(b, "export", file_type="csv", **CAMPAIGN)
    assert Path(answer["file"]).name == "contacts-campaign-1000-2026-11-20.csv"
    assert Path(answer["file"]).read_text("utf-8").startswith(f"# dialler: {URL}\n# campaigns: ")
    jtel = await told(b, "export", file_type="jtel", **CAMPAIGN)
    assert "-jtel-localhost-" in jtel["file"]


async def test_what_could_not_be_read_is_said_in_the_answer_and_in_the_file(bench: Make):
    b = bench()
    instead(b, "GET", "/dialler/contacts", lambda: httpx2.Response(500))
    answer = await told(b, "export", campaign_ids=[CAMPAIGN_1000, CAMPAIGN_TEST], file_type="csv")
    assert any("539 could not be read" in note for note in answer["notes"])
    assert "# not known: campaign 539 could not be read" in Path(answer["file"]).read_text("utf-8").replace('"#', "#")
