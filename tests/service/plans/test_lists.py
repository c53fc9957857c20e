"""Rules say what an import does to each field of a contact that is there; its preview says what changes and stays."""

from typing import Any

import msgspec
import pytest

from dialler_mcp.words import Language
from tests.conftest import Bench, structure_of
from tests.tools.asking import CONTACT10, Make, ask, contact, refused
from tests.tools.test_lists import checked, imported

HEAD = "Kd-Nr;Vorname;Nachname;Telefon;Ort;Bemerkung;Website\n"
ROWS = f"{HEAD}Contact10;Max;Mustermann;030 23125010;Xanten;;www.example.org\n"


async def preview(b: Bench, mode: str = "auto", *, rows: str = ROWS, **arguments: Any) -> list[str]:
    """What the preview of an update from these rows says that it means."""
    list_id = (await checked(b, rows=rows))["list_id"]
    values = {"list_id": list_id, "existing": "update", **arguments}
    return structure_of(await ask(b, "import_list", values, mode))["consequences"]


def before(b: Bench, **fields: str) -> None:
    """The contact has these fields by now."""
    b.store.save_contact(msgspec.structs.replace(contact(b, CONTACT10), **fields))


async def after(b: Bench, **rules: str) -> tuple[str | None, str | None]:
    """City and comment of the contact after an update by these rules."""
    await imported(b, (await checked(b, rows=ROWS))["list_id"], existing="update", rules=rules)
    record = contact(b, CONTACT10)
    return record.city or "", record.comment or ""


@pytest.mark.parametrize(
    ("rules", "outcome"),
    [
        ({}, ("Xanten", "ruft an")),
        ({"City": "never"}, ("Bonn", "ruft an")),
        ({"Ort": "if_old_empty"}, ("Bonn", "ruft an")),
        ({"*": "always", "City": "if_new"}, ("Xanten", "")),
        ({"Comment": "always", "City": "never"}, ("Bonn", "")),
    ],
)
async def test_a_field_is_written_by_its_rule(bench: Make, rules: dict[str, str], outcome: tuple[str, str]):
    b = bench()
    before(b, city="Bonn", comment="ruft an", website="www.example.com")
    assert await after(b, **rules) == outcome


async def test_what_was_empty_is_filled_where_only_that_is_wanted(bench: Make):
    b = bench()
    before(b, city="", comment="ruft an")
    assert await after(b, City="if_old_empty") == ("Xanten", "ruft an")


async def test_the_preview_says_how_many_fields_change_and_which_stay(bench: Make, era: str):
    b = bench()
    before(b, city="Bonn", comment="ruft an", website="", phone_number1="493023125010")
    text = await preview(b, era)
    assert text[0] == "Fields that change: City 1, Website 1."
    assert not any("stay" in line or "emptied" in line for line in text)
    rules = {"City": "never", "Comment": "always", "Website": "if_old_empty"}
    assert (await preview(b, era, rules=rules))[:3] == [
        "Fields that change: Website 1.",
        "Fields that are emptied, as the cells are: Comment 1.",
        "Fields that stay, though the list has something else: City 1.",
    ]
    assert b.wire.changes == []


async def test_rules_without_an_update_or_of_another_kind_are_refused(bench: Make):
    b = bench()
    list_id = (await checked(b, rows=ROWS))["list_id"]
    assert "belong to the update" in await refused(b, "import_list", list_id=list_id, rules={"City": "never"})
    update: dict[str, Any] = {"list_id": list_id, "existing": "update"}
    assert "one of: always, if_new" in await refused(b, "import_list", **update, rules={"City": "perhaps"})
    assert "does not take" in await refused(b, "import_list", **update, rules={"Schuhgröße": "never"})


async def test_rules_of_one_call_do_not_go_for_the_next(bench: Make):
    b = bench()
    before(b, city="Bonn")
    update: dict[str, Any] = {"list_id": (await checked(b, rows=ROWS))["list_id"], "existing": "update"}
    await ask(b, "import_list", {**update, "rules": {"City": "never"}})
    answer = structure_of(await ask(b, "import_list", update))["consequences"]
    assert "City 1" in answer[0]


async def test_a_field_that_an_update_does_not_take_stays(bench: Make):
    b = bench()
    rows = f"{HEAD.strip()};FollowUpDateTime\n{ROWS.splitlines()[1]};2026-12-01 10:00\n"
    text = await preview(b, rows=rows)
    assert "Fields that stay, though the list has something else: FollowUpDateTime 1." in text


async def test_german_is_spoken_where_it_is_usual(bench: Make):
    b = bench(language=Language.de)
    before(b, city="Bonn")
    text = await preview(b, rules={"City": "never"})
    assert "Felder, die bleiben, obwohl die Liste etwas anderes hat: City 1." in text
