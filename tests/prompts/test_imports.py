"""The prompt that imports a list, and the one that cleans a list up: both say what the check of the tool says."""

import re
from pathlib import Path

import pytest

from tests.conftest import structure_of, text_of
from tests.prompts.asking import LEADS, MakeBench, ask, refusal
from tests.tools.asking import ask as ask_tool


async def test_the_check_is_that_of_the_tool(bench: MakeBench):
    b = bench()
    text = text_of(await ask_tool(b, "check_list", {"rows": LEADS, "name": "Campaign 1000"}))
    prompt = await ask(b, "import_list", source=LEADS, campaign="Campaign 1000", language="en")
    without_id = [line for line in text.splitlines() if "list_id" not in line]
    assert [line for line in without_id if line not in prompt] == []
    assert "Campaign: Campaign 1000 (538)" in prompt
    assert b.wire.changes == []


async def test_a_file_in_an_allowed_folder_is_taken_and_no_other(bench: MakeBench, tmp_path: Path):
    inside, outside = tmp_path / "lists", tmp_path / "elsewhere"
    for folder in (inside, outside):
        folder.mkdir()
        (folder / "leads.csv").write_text(LEADS, "utf-8")
    b = bench(files=str(inside))
    prompt = await ask(b, "import_list", source=str(inside / "leads.csv"))
    assert "leads.csv: 3 rows" in prompt
    assert "Campaign: not named yet" in prompt
    assert "Paula" not in await refusal(b, "import_list", source=str(outside / "leads.csv"))


async def test_a_list_that_was_checked_goes_on_under_its_handle(bench: MakeBench):
    b = bench()
    list_id = structure_of(await ask_tool(b, "check_list", {"rows": LEADS, "name": "Campaign 1000"}))["list_id"]
    prompt = await ask(b, "import_list", source=f" {list_id} ", language="de")
    assert f"list_id: {list_id}" in prompt
    assert "frag nach ihr" in prompt
    cleanup = await ask(b, "list_cleanup", campaign=list_id, language="en")
    assert f"list_id: {list_id}" in cleanup
    assert "no phone number that can be dialled" in cleanup
    assert "before its import" in cleanup
    assert not re.search("dialler_check_data|dialler_lock_contact", cleanup)


@pytest.mark.parametrize("wrong", [" ", "x" * 1_001])
async def test_what_is_no_list_is_refused_with_what_to_do(bench: MakeBench, wrong: str):
    assert "source" in await refusal(bench(), "import_list", source=wrong)


async def test_it_is_there_only_for_those_who_may_import(bench: MakeBench):
    async with bench(role="agent").connect() as client:
        names = {prompt.name for prompt in (await client.list_prompts()).prompts}
    assert "list_cleanup" in names
    assert "import_list" not in names
