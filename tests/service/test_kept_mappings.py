"""A mapping of columns is kept under a name, taken for the next list with the same columns, and forgotten."""

from pathlib import Path
from typing import Any

import pytest

from dialler_mcp.domain.callers import Caller
from dialler_mcp.lists.columns.mapping import ColumnMap
from dialler_mcp.problem import Problem
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.kept_mappings import MAX_KEPT, forget, keep, offered, taken
from dialler_mcp.state.errors import StateError
from dialler_mcp.words import NOTHING, Language, Words
from tests.conftest import Bench, structure_of, text_of
from tests.tools.asking import Make, ask, refused

ROWS = "Kunde;Wer;Tel A;Tel B\nA1;Paula Neumann;030 23125901;0152 28817301\n"
OTHER = "WER;tel a;Kunde;Tel B\nJörg Weiß;030 23125905;A2;\n"
MAPPING = {"Kunde": "UserData", "Wer": "FullName", "Tel A": "PhoneNumber1", "Tel B": "-"}
MAP = ColumnMap(("Kd", "Wer", "Tel"), ("UserData", None, "PhoneNumber1"))


async def checked(b: Bench, mode: str = "auto", **arguments: Any) -> dict[str, Any]:
    return structure_of(await ask(b, "check_list", {"name": "Campaign 1000", **arguments}, mode))


def fields(answer: dict[str, Any]) -> dict[str, str]:
    """The field of each column."""
    return {column: target for column, target, _ in answer["columns"]}


def remark(answer: dict[str, Any]) -> str:
    return " ".join(answer["notes"])


async def test_a_mapping_is_taken_for_the_next_list_with_the_same_columns(bench: Make, era: str):
    b = bench()
    first = await checked(b, era, rows=ROWS, mapping=MAPPING, mapping_name="CRM export")
    assert 'The mapping is kept as "CRM export", and taken for the next list' in remark(first)
    second = await checked(b, era, rows=OTHER)
    assert fields(second) == {"Kunde": "UserData", "WER": "FullName", "tel a": "PhoneNumber1", "Tel B": "-"}
    assert 'those of the mapping "CRM export", so it was taken' in remark(second)
    assert "CRM export" not in remark(await checked(b, era, list_id=second["list_id"], twins="file"))


async def test_what_a_kept_mapping_says_is_corrected_column_by_column(bench: Make):
    b = bench()
    await checked(b, rows=ROWS, mapping=MAPPING, mapping_name="CRM export")
    answer = await checked(b, rows=ROWS)
    correction = await checked(b, list_id=answer["list_id"], mapping={"Tel B": "PhoneNumber1", "Tel A": "PhoneNumber2"})
    assert fields(correction) == {**MAPPING, "Tel B": "PhoneNumber1", "Tel A": "PhoneNumber2"}
    later_answer = await checked(b, list_id=answer["list_id"], mapping={"Tel B": "UserData"})
    assert fields(later_answer)["Tel B"] == "UserData"
    assert fields(later_answer)["Wer"] == "FullName"
    fewer = await checked(b, list_id=answer["list_id"], mapping={"Kunde": "-"})
    assert fields(fewer) == {**MAPPING, "Kunde": "-"}


async def test_the_same_name_keeps_another_mapping(bench: Make):
    b = bench()
    await checked(b, rows=ROWS, mapping=MAPPING, mapping_name="CRM export")
    again = await checked(b, rows=ROWS, mapping={**MAPPING, "Tel B": "PhoneNumber2"}, mapping_name="crm EXPORT")
    assert "in place of the one that had this name" in remark(again)
    assert fields(await checked(b, rows=ROWS))["Tel B"] == "PhoneNumber2"


async def test_a_mapping_is_taken_by_its_name_for_a_list_that_has_its_columns(bench: Make):
    b = bench()
    await checked(b, rows=ROWS, mapping=MAPPING, mapping_name="old")
    await checked(b, rows=ROWS, mapping={**MAPPING, "Tel B": "PhoneNumber2"}, mapping_name="new")
    newest = await checked(b, rows=ROWS)
    assert fields(newest)["Tel B"] == "PhoneNumber2"
    assert "Other mappings for these columns: old." in remark(newest)
    answer = await checked(b, list_id=newest["list_id"], mapping_name="old")
    assert fields(answer)["Tel B"] == "-"
    wider = "Kunde;Wer;Tel A;Tel B;Ort\nA1;Paula Neumann;030 23125901;;Bonn\n"
    assert fields(await checked(b, rows=wider, mapping_name="old"))["Ort"] == "City"
    narrow = "Kunde;Wer;Tel A\nA1;Paula Neumann;030 23125901\n"
    assert "has columns that the list does not have" in await refused(b, "check_list", rows=narrow, mapping_name="old")


async def test_a_name_that_is_unknown_says_which_there_are(bench: Make):
    b = bench()
    assert "no mapping under this name." in await refused(b, "check_list", rows=ROWS, mapping_name="CRM")
    await checked(b, rows=ROWS, mapping=MAPPING, mapping_name="CRM export")
    assert "There are: CRM export." in await refused(b, "check_list", rows=ROWS, mapping_name="CRM")


async def test_a_mapping_is_forgotten(bench: Make, era: str):
    b = bench()
    await checked(b, era, rows=ROWS, mapping=MAPPING, mapping_name="CRM export")
    answer = await checked(b, era, rows=ROWS, mapping={}, mapping_name="crm export")
    assert 'The mapping "crm export" is forgotten.' in remark(answer)
    assert fields(answer)["Kunde"] == fields(await checked(b, era, rows=ROWS))["Kunde"] == "FullName"  # by its content
    assert "no mapping under" in await refused(b, "check_list", rows=ROWS, mapping={}, mapping_name="CRM export")


async def test_it_is_there_for_the_same_person_in_another_program_and_for_nobody_else(bench: Make):
    profile = bench().profile
    anna = Invocation(profile, caller=Caller("claude-code", "anna"))
    await keep(anna, "CRM", MAP)
    assert (await offered(Invocation(profile, caller=Caller("terminal", "anna")), MAP.columns))[0] == MAP.told
    assert await offered(Invocation(profile, caller=Caller("claude-code", "berta")), MAP.columns) == ({}, NOTHING)
    with pytest.raises(Problem, match="no mapping under this name"):
        await taken(Invocation(profile, caller=Caller("claude-code")), "CRM", MAP.columns)


async def test_a_column_that_no_field_took_stays_out(bench: Make):
    invocation = Invocation(bench().profile)
    await keep(invocation, "CRM", MAP)
    assert (await taken(invocation, "CRM", MAP.columns))["Wer"] == "-"


async def test_columns_without_heads_are_those_of_any_list(bench: Make):
    invocation = Invocation(bench().profile)
    mapping = ColumnMap(("column 1", "column 2"), ("Name", "PhoneNumber1"))
    await keep(invocation, "no heads", mapping)
    assert await offered(invocation, mapping.columns) == ({}, NOTHING)
    assert await taken(invocation, "no heads", mapping.columns) == mapping.told


async def test_there_are_only_so_many(bench: Make):
    invocation = Invocation(bench().profile)
    for number in range(MAX_KEPT):
        await keep(invocation, f"list {number}", MAP)
    with pytest.raises(Problem, match="Forget one"):
        await keep(invocation, "one more", MAP)
    await forget(invocation, "LIST 7")
    await keep(invocation, "one more", MAP)


async def test_a_list_is_checked_without_where_the_state_cannot_be_read(bench: Make, monkeypatch: pytest.MonkeyPatch):
    invocation = Invocation(bench().profile)

    async def broken(*_: object) -> None:
        raise StateError(Words.alike("broken"))

    monkeypatch.setattr(invocation.profile.state, "run", broken)
    assert await offered(invocation, MAP.columns) == ({}, NOTHING)


async def test_no_state_is_made_to_look_for_a_mapping(bench: Make, tmp_path: Path):
    b = bench(state_url=None, data_dir=tmp_path / "data")
    await checked(b, rows="Name;Telefon\nNeumann;030 23125901\n")
    assert not b.profile.state.exists


async def test_names_with_masked_values_are_masked(bench: Make):
    b = bench(privacy="masked")
    result = await ask(b, "check_list", {"rows": ROWS, "mapping": MAPPING, "mapping_name": "leads 0152 28817386"})
    assert "28817386" not in text_of(result).replace(" ", "")
    assert "28817386" not in await refused(b, "check_list", rows=ROWS, mapping_name="CRM")


async def test_german_is_spoken_where_it_is_usual(bench: Make):
    b = bench(language=Language.de)
    answer = await checked(b, rows=ROWS, mapping=MAPPING, mapping_name="CRM")
    assert "Die Zuordnung ist als „CRM“ gemerkt" in remark(answer)
