"""Lists that several invocations are about at once, and where their files go."""

import asyncio
from pathlib import Path

import pytest

from tests.conftest import structure_of, text_of
from tests.lists.jobs.some_jobs import EVERY
from tests.tools.asking import CAMPAIGN_1000, CAMPAIGN_TEST, Make
from tests.tools.test_lists import LIST

NAMED = {"name": "Campaign 1000"}

CHECK, IMPORT = "dialler_check_list", "dialler_import_list"


async def test_rules_of_one_import_are_not_those_of_another_at_the_same_time(bench: Make):
    async with bench().connect() as client:
        checked = structure_of(await client.call_tool(CHECK, {"rows": LIST, **NAMED}))
        usual = {"list_id": checked["list_id"], "existing": "update"}
        never, always = await asyncio.gather(
            client.call_tool(IMPORT, {**usual, "rules": {"*": "never"}}),
            client.call_tool(IMPORT, {**usual, "rules": {"*": "always"}}),
        )
    assert "Fields that change" not in text_of(never)
    assert "Fields that change" in text_of(always)


async def test_what_is_said_of_a_list_while_it_is_being_imported_is_for_the_next_time(bench: Make):
    b = bench()
    async with b.connect() as client:
        checked = structure_of(await client.call_tool(CHECK, {"rows": LIST, **NAMED}))
        own = {"list_id": checked["list_id"]}
        preview, _ = await asyncio.gather(
            client.call_tool(IMPORT, own), client.call_tool(CHECK, {**own, "campaign_id": CAMPAIGN_TEST})
        )
    assert structure_of(preview)["consequences"][0] == f"Into Campaign 1000 ({CAMPAIGN_1000})."
    rows = await b.profile.jobs.ledger.rows(1, EVERY, 10)
    assert {row.step.request.arguments["values"]["DiallerCampaignsID"] for row in rows} == {CAMPAIGN_1000}


async def test_a_list_that_is_being_checked_is_not_imported(bench: Make, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("dialler_mcp.service.people_lists.WAITED", 0.0)
    async with bench().connect() as client:
        checked = structure_of(await client.call_tool(CHECK, {"rows": LIST, **NAMED}))
        result = await client.call_tool(IMPORT, {"list_id": checked["list_id"]})
    assert "being checked still" in text_of(result)


async def test_two_who_say_something_at_once_do_not_mix_and_two_who_wait_get_the_same(
    bench: Make, monkeypatch: pytest.MonkeyPatch
):
    async with bench().connect() as client:
        own = {"list_id": structure_of(await client.call_tool(CHECK, {"rows": LIST, **NAMED}))["list_id"]}
        first, second = await asyncio.gather(
            client.call_tool(CHECK, {**own, "twins": "file"}), client.call_tool(CHECK, {**own, "twins": "everywhere"})
        )
        assert sorted((first.is_error or False, second.is_error or False)) == [False, True]
        monkeypatch.setattr("dialler_mcp.service.people_lists.WAITED", 0.0)
        await client.call_tool(CHECK, own)
        monkeypatch.setattr("dialler_mcp.service.people_lists.WAITED", 30.0)
        third, fourth = await asyncio.gather(client.call_tool(CHECK, own), client.call_tool(CHECK, own))
    assert structure_of(third)["kinds"] == structure_of(fourth)["kinds"]


async def test_a_list_whose_check_has_failed_is_not_imported(bench: Make):
    b = bench()
    async with b.connect() as client:
        wrong = await client.call_tool(CHECK, {"rows": LIST, "mapping_name": "nobody keeps it"})
        assert wrong.is_error
        (list_id,) = b.profile.lists._by_id  # pyright: ignore[reportPrivateUsage] - an upload tells it, too
        result = await client.call_tool(IMPORT, {"list_id": list_id})
    assert "Check the list first" in text_of(result)


@pytest.mark.parametrize("name", ["x" * 240, "ü" * 120, "a\nb", "a\u202eb", "-"])
async def test_the_file_of_the_rejects_has_a_name_that_any_system_takes(bench: Make, tmp_path: Path, name: str):
    (tmp_path / f"{name}.csv").write_text(LIST, "utf-8")
    async with bench(files=str(tmp_path)).connect() as client:
        given = {"path": str(tmp_path / f"{name}.csv"), "file": "all", **NAMED}
        answer = structure_of(await client.call_tool(CHECK, given))
    path = Path(answer["file"])
    assert path.exists()
    assert path.name.isprintable()
    assert len(path.name) < 100


async def test_where_the_file_of_the_rejects_cannot_be_written_it_is_said_and_nothing_is_left_behind(
    bench: Make, tmp_path: Path
):
    (tmp_path / "leads.csv").write_text(LIST, "utf-8")
    b = bench(files=str(tmp_path))
    async with b.connect() as client:
        checked = structure_of(await client.call_tool(CHECK, {"path": "leads.csv", **NAMED}))
        place = tmp_path / f"leads-checked-{checked['list_id']}.xlsx"
        place.mkdir()
        result = await client.call_tool(CHECK, {"list_id": checked["list_id"], "file": "all"})
        assert "The file with the rows cannot be written (Is a directory)" in text_of(result)
        place.rmdir()
        (secret := tmp_path / "secret").write_text("of somebody else")
        place.symlink_to(secret)
        again = structure_of(await client.call_tool(CHECK, {"list_id": checked["list_id"], "file": "all"}))
    assert Path(again["file"]) == place
    assert not place.is_symlink()
    assert secret.read_text() == "of somebody else"
    assert len(list(b.profile.lists.directory.iterdir())) == 1
