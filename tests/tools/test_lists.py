"""A list of people is checked, imported and taken back, as a host sees it."""

import io
import os
import re
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp_types import CallToolResult
from python_calamine import CalamineWorkbook

from dialler_mcp.problem import Problem
from dialler_mcp.service.people_lists import MAX_LISTS
from dialler_mcp.words import Language
from tests.conftest import Bench, structure_of, text_of
from tests.tokens import tokens
from tests.tools.asking import CAMPAIGN_1000, CLOSED_MUELLER, CONTACT10, Make, ask, contact, fresh, refused

SAMPLES = Path(__file__).parents[1] / "lists" / "samples"
LIST = """\
Kd-Nr;Vorname;Nachname;Tel. mobil;Telefon;PLZ;Ort;Bemerkung
A1;Paula;Neumann;0152 28817301;030 23125901;10115;Berlin;möchte Angebot
A2;Jörg;Weiß;030 23125905;;01067;Dresden;
A2;Jörg;Weiß;030 23125905;;01067;Dresden;
A3;Ohne;Nummer;;;50667;Köln;
A4;Falsch;Nummer;110;;50667;Köln;
Contact10;Max;Mustermann;030 23125010;;1;Xanten;
"""


async def checked(b: Bench, **arguments: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {"name": "Campaign 1000"}
    return structure_of(await ask(b, "check_list", {**usual, **arguments}))


async def imported(b: Bench, list_id: str, **arguments: Any) -> dict[str, Any]:
    """What became of the job that imports a list."""
    preview = structure_of(await ask(b, "import_list", {"list_id": list_id, **arguments}))
    assert preview["status"] == "confirmation_required"
    job = int(re.findall(r"job_id (\d+)", preview["next_step"])[0])
    return structure_of(await ask(b, "import_list", {"job_id": job, "confirm": preview["confirm"]}))


def kinds(answer: dict[str, Any]) -> dict[str, int]:
    """How many rows are of each kind."""
    return {kind.partition(":")[0]: rows for verdict, kind, rows, _ in answer["kinds"] if verdict != "note"}


def people(b: Bench, *keys: str) -> list[str | None]:
    return [one.first_name for one in b.store.contacts(CAMPAIGN_1000) if one.user_data in keys]


async def test_a_list_is_checked_before_anything_is_written(bench: Make):
    b = bench()
    result = await ask(b, "check_list", {"rows": LIST, "name": "Campaign 1000"})
    answer = structure_of(result)
    assert answer["summary"] == "pasted rows: 6 rows: 2 ready, 1 exists, 3 left out."
    assert kinds(answer) == {"ready": 2, "same_key": 1, "twin_row": 1, "no_number": 1, "bad_number": 1}
    assert sum(kinds(answer).values()) == 6
    assert ["Tel. mobil", "PhoneNumber1", "0152 28817301; 030 23125905; 110"] in answer["columns"]
    assert b.wire.changes == []
    assert tokens(text_of(result)) <= 700


async def test_what_is_ready_is_imported_once(bench: Make):
    b = bench()
    answer = await checked(b, rows=LIST)
    outcome = await imported(b, answer["list_id"])
    assert outcome["after"] == {"job_id": 1, "rows": 2, "done": 2}
    assert people(b, "A1", "A2") == ["Paula", "Jörg"]
    queries = [request.url.query for request in b.wire.requests if request.url.path.endswith("/import")]
    assert queries == [b"overwriteDuplicates=false"] * 2
    assert "of 6 rows, none is ready" in await refused(b, "import_list", list_id=answer["list_id"])
    again = await checked(b, rows=LIST)
    assert kinds(again) == {"same_key": 3, "twin_row": 1, "no_number": 1, "bad_number": 1}


async def test_one_row_is_not_several(bench: Make):
    b = bench()
    answer = await checked(b, rows="Name;Telefon\nNeumann;unbekannt")
    assert answer["summary"] == "pasted rows: 1 row: 1 left out."
    assert "of 1 row, none is ready" in await refused(b, "import_list", list_id=answer["list_id"])


async def test_an_import_is_taken_back_as_a_whole(bench: Make):
    b = bench()
    before = len(b.store.contacts())
    answer = await imported(b, (await checked(b, rows=LIST))["list_id"])
    preview = structure_of(await ask(b, "undo_change", {"job_id": answer["after"]["job_id"]}))
    assert preview["consequences"][0].endswith("with whatever happened to them since: 2.")
    job = int(re.findall(r"job_id (\d+)", preview["next_step"])[0])
    await ask(b, "undo_change", {"job_id": job, "confirm": preview["confirm"]})
    assert len(b.store.contacts()) == before


async def test_new_values_of_those_who_are_there_are_written_where_that_is_asked_for(bench: Make):
    b = bench()
    answer = await checked(b, rows=LIST)
    outcome = await imported(b, answer["list_id"], existing="update")
    assert outcome["after"]["done"] == 3
    contact = b.store.contact(CONTACT10)
    assert contact is not None
    assert contact.city == "Xanten"


async def test_a_file_is_read_from_an_allowed_folder_and_its_rejects_are_written_beside_it(bench: Make, tmp_path: Path):
    (tmp_path / "leads.csv").write_text(LIST, "cp1252")
    b = bench(files=str(tmp_path))
    answer = await checked(b, path="leads.csv", file="rejects")
    assert any("Windows-1252" in note for note in answer["notes"])
    rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(Path(answer["file"]).read_bytes())).get_sheet_by_index(0).to_python()
    )
    assert rows[0][-2:] == ["Check: result", "Check: reason"]
    assert len(rows) == 1 + 3
    correction = await checked(b, path=answer["file"])
    assert kinds(correction)["no_number"] == 1


async def test_nothing_outside_the_allowed_folders_is_read(bench: Make, tmp_path: Path):
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "leads.csv").write_text(LIST, "utf-8")
    text = await refused(bench(files=str(inside)), "check_list", path=str(tmp_path / "leads.csv"))
    assert str(inside) in text
    assert "No folder is allowed" in await refused(bench(), "check_list", path=str(tmp_path / "leads.csv"))


@pytest.mark.parametrize("sample", ["01-excel-german.csv", "03-floats-merged-head.xlsx", "06-crm.jsonl"])
async def test_messy_files_of_people_are_checked(bench: Make, sample: str):
    b = bench(files=str(SAMPLES))
    answer = await checked(b, path=sample)
    assert sum(rows for verdict, _, rows, _ in answer["kinds"] if verdict != "note") >= 4


async def test_a_column_that_is_wrong_is_corrected_by_the_person(bench: Make):
    b = bench()
    answer = await checked(b, rows="Name;Rufnummer\nPaula Neumann;0152 28817301\nJörg Weiß;030 23125905\n")
    assert any(target.endswith("(or FullName?)") for _, target, _ in answer["columns"])
    correction = await checked(b, list_id=answer["list_id"], mapping={"Name": "FullName"})
    outcome = await imported(b, correction["list_id"])
    assert outcome["after"]["done"] == 2
    assert {one.first_name for one in b.store.contacts(CAMPAIGN_1000) if one.name == "Neumann"} >= {"Paula"}


async def test_what_is_asked_is_decided_by_the_person(bench: Make):
    rows = "Vorname;Name;Telefon\nPaula;Neumann;0123456789\n"
    b = bench()
    answer = await checked(b, rows=rows)
    (kind,) = [kind for kind, count in kinds(answer).items() if count]
    assert "ask for a decision" in answer["next_step"]
    later_answer = await checked(b, list_id=answer["list_id"], decisions={kind: "left_out"})
    assert later_answer["summary"].endswith("1 left out.")
    text = await refused(b, "check_list", list_id=answer["list_id"], decisions={"no_name": "maybe"})
    assert "decisions are ready or left_out" in text


async def test_a_list_is_its_callers_alone(bench: Make):
    b = bench()
    answer = await checked(b, rows=LIST)
    lists = b.profile.lists
    assert lists.get("mcp", answer["list_id"]).name == "pasted rows"
    assert "no such list" in await refused(b, "check_list", list_id="12345678")
    with pytest.raises(Problem, match="no such list"):
        lists.get("somebody else", answer["list_id"])


@pytest.mark.parametrize(
    ("tool", "arguments", "why"),
    [
        ("check_list", {}, "Nothing was read"),
        ("check_list", {"rows": LIST, "list_id": "x"}, "Nothing was read"),
        ("check_list", {"rows": "nur ein Wort"}, "there is nobody to read"),
        ("check_list", {"rows": LIST, "mapping": {"Schuhgröße": "Name"}}, "does not have"),
        ("import_list", {}, "Check the list first"),
        ("import_list", {"list_id": "12345678"}, "no such list"),
    ],
)
async def test_what_cannot_be_checked_or_imported_says_why(bench: Make, tool: str, arguments: dict[str, Any], why: str):
    assert why in await refused(bench(), tool, **arguments)


async def test_an_import_needs_the_permission_of_the_single_import(bench: Make):
    b = bench(without="dialler_import_contact")
    answer = await checked(b, rows=LIST)
    assert "not allowed here" in await refused(b, "import_list", list_id=answer["list_id"])


async def test_numbers_are_masked_where_the_profile_says_so(bench: Make):
    b = bench(privacy="masked")
    result: CallToolResult = await ask(b, "check_list", {"rows": LIST, "name": "Campaign 1000"})
    assert "28817301" not in text_of(result)
    assert "23125905" not in text_of(result)


IBAN, LONG = "DE02 1203 0000 0000 2020 51", "Maximiliana-Konstantina von der Heide"


@pytest.mark.parametrize("privacy", ["bank", "masked"])
async def test_what_is_masked_is_masked_before_it_is_cut(bench: Make, privacy: str):
    rows = f"""\
Kd-Nr;Vorname;Nachname;Telefon;Notizen intern;Kto alt
B1;Max;"Maximilian, Konto {IBAN}";030 23125001;Bitte das Konto {IBAN} nehmen;532013000
B2;Konstantin;"Maximilian-Emanuel, {IBAN}";110;{LONG} {IBAN};532013001
B3;Ottilie;{LONG} 0152 28817386;110;Anruf unter 0152 28817386 oder kim.xylo@example.org;532013002
"""
    b = bench(privacy=privacy)
    result = await ask(b, "check_list", {"rows": rows, "name": "Campaign 1000"})
    list_id = structure_of(result)["list_id"]  # of random digits
    preview = await ask(b, "import_list", {"list_id": list_id})
    for text in (text_of(result), str(structure_of(result)), text_of(preview)):
        digits = re.sub(r"[^0-9A-Z]", "", text.replace(list_id, ""))
        assert "DE0" not in digits
        assert "1203" not in digits
        assert "53201300" not in digits
        if privacy == "masked":
            assert "0152" not in digits
            assert "kim.x" not in text


@pytest.mark.parametrize("twins", ["file", "campaign", "everywhere"])
async def test_a_refused_person_is_left_out_wherever_twins_are_looked_for(bench: Make, twins: str):
    b = bench()
    refused_before = contact(b, CLOSED_MUELLER)
    rows = f"Kd-Nr;Nachname;Telefon\nN1;Anders;030 23125901\nN2;Neumann;{refused_before.phone_number1}\n"
    answer = await checked(b, rows=rows, name="Campaign 1000 Test", twins=twins)
    assert kinds(answer) == {"ready": 1, "closed": 1}


async def test_a_damaged_key_or_name_is_written_by_no_decision(bench: Make):
    rows = "Kd-Nr;Nachname;Telefon\nN\ufffd1;Anders;030 23125901\nN2;And\ufffdrs;030 23125902\nN3;Neu;030 23125903\n"
    answer = await checked(bench(), rows=rows, decisions={"damaged": "ready"})
    assert kinds(answer) == {"ready": 1, "damaged_name": 2}
    assert "U+FFFD REPLACEMENT CHARACTER" in str(answer["kinds"])


async def test_each_row_that_is_typed_in_counts_as_a_lookup_where_numbers_are_masked(bench: Make, tmp_path: Path):
    (tmp_path / "leads.csv").write_text(LIST, "utf-8")
    b = bench(privacy="masked", lookups_per_hour=7, files=str(tmp_path))
    answer = await checked(b, rows=LIST)
    await checked(b, list_id=answer["list_id"], decisions={"shared_number": "left_out"})
    assert "DIALLER_LOOKUPS_PER_HOUR" in await refused(b, "check_list", rows=LIST, name="Campaign 1000")
    assert (await checked(b, path="leads.csv"))["kinds"]
    one = "Nachname;Telefon\nAnders;030 23125901\n"
    assert (await checked(b, rows=one))["kinds"]
    assert "DIALLER_LOOKUPS_PER_HOUR" in await refused(b, "check_list", rows=one, name="Campaign 1000")
    assert (await checked(bench(lookups_per_hour=0), rows=LIST))["kinds"]


async def test_a_row_of_more_numbers_than_a_contact_has_is_more_lookups(bench: Make):
    b = bench(privacy="masked", lookups_per_hour=3)
    columns = [f"Spalte {number}" for number in range(19)]
    row = [f"030 231250{number:02d}" for number in range(19)]
    text = f"Nachname;{';'.join(columns)}\nNeu;{';'.join(row)}\n"
    assert "DIALLER_LOOKUPS_PER_HOUR" in await refused(b, "check_list", rows=text, mapping={"Spalte 0": "PhoneNumber1"})
    usual = "Nachname;Telefon;Handy;Mail\nNeu;030 23125001;0171 3920001;neu@example.org\n"
    assert (await checked(bench(privacy="masked", lookups_per_hour=1), rows=usual))["kinds"]


async def test_the_oldest_list_makes_room_for_a_new_one(bench: Make):
    b = bench()
    answers = [await checked(b, rows=LIST) for _ in range(2)]
    lists = b.profile.lists
    for number in range(MAX_LISTS - 1):
        await lists.open_rows("somebody else", f"Name;Telefon\nNeumann{number};030 23125901\n", Language.en)
    with pytest.raises(Problem, match="no such list"):
        lists.get("mcp", answers[0]["list_id"])
    assert lists.get("mcp", answers[1]["list_id"])


class Crowded(httpx2.AsyncBaseTransport):
    """While contacts are read, others bring so many lists that the oldest makes room."""

    def __init__(self, b: Bench) -> None:
        self._inner, self._lists = b.wire.inner, b.profile.lists

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/contacts"):
            for number in range(MAX_LISTS):
                rows = f"Name;Telefon\nNeumann{number};030 23125901\n"
                await self._lists.open_rows("somebody else", rows, Language.en)
        return await self._inner.handle_async_request(request)


async def test_whose_list_makes_room_while_it_is_checked_is_told(bench: Make):
    b = bench()
    b.wire.inner = Crowded(b)
    assert "no such list" in await refused(b, "check_list", rows=LIST, campaign_id=CAMPAIGN_1000)


async def test_what_a_dead_process_has_left_is_removed(bench: Make):
    b = bench()
    directory = b.profile.state.directory / "lists"
    directory.mkdir(parents=True)
    old, young = directory / "old.list", directory / "young.list"
    for path in (old, young):
        path.write_text(LIST, "utf-8")
    os.utime(old, (0, 0))
    assert b.profile.lists.directory == directory
    assert list(directory.iterdir()) == [young]


async def test_a_check_that_takes_long_goes_on_and_takes_no_more_instructions(
    bench: Make, monkeypatch: pytest.MonkeyPatch
):
    b = bench()
    monkeypatch.setattr("dialler_mcp.service.people_lists.WAITED", 0.0)
    answer = await checked(b, rows=LIST)
    assert answer["summary"] == "pasted rows is being checked: 0 rows so far."
    (note,) = structure_of(await ask(b, "list_jobs"))["notes"]
    assert re.match(r"pasted rows is being checked: \d rows so far\. It goes on: ask again with list_id", note)
    text = await refused(b, "check_list", list_id=answer["list_id"], decisions={"no_number": "left_out"})
    assert "being checked still" in text
    b.profile.lists.get("mcp", answer["list_id"]).file = Path("leads.csv")  # another sheet would be another list
    assert "being checked still" in await refused(b, "check_list", list_id=answer["list_id"], sheet="2")
    b.profile.lists.get("mcp", answer["list_id"]).file = None
    monkeypatch.setattr("dialler_mcp.service.people_lists.WAITED", 30.0)
    assert kinds(structure_of(await ask(b, "check_list", {"list_id": answer["list_id"]})))["ready"] == 2
    assert structure_of(await ask(b, "list_jobs")).get("notes") is None


async def test_who_shares_a_number_and_is_decided_to_be_ready_is_imported(bench: Make):
    b = bench()
    b.store.add_contact(fresh(phone_number1="493023125077", user_data="X8", dialler_campaigns_id=CAMPAIGN_1000))
    rows = "Kd-Nr;Nachname;Telefon\nX9;Anders;030 23125077"
    decided = {"rows": rows, "campaign_id": CAMPAIGN_1000, "decisions": {"shared_number": "ready"}}
    check = structure_of(await ask(b, "check_list", decided))
    assert check["kinds"][0][1].startswith("ready:")
    preview = structure_of(await ask(b, "import_list", {"list_id": check["list_id"]}))
    assert preview["what"] == "Would import 1 new contact from pasted rows."
