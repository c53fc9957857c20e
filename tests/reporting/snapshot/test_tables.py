"""The tables of a reading: what is loaded into them, and what is kept of it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dialler_mcp.domain.privacy import Privacy
from dialler_mcp.domain.records import Contact
from dialler_mcp.reporting.snapshot import tables
from dialler_mcp.reporting.snapshot.columns import columns_of
from dialler_mcp.reporting.snapshot.database import Database

CAMPAIGN = 538
COLUMNS = columns_of(Contact, Privacy.bank)


@pytest.fixture
def database() -> Iterator[Database]:
    with Database(threads=1) as own_database:
        own_database.run("ATTACH ':memory:' AS kept")
        tables.create_list(own_database, Privacy.bank)
        yield own_database


def stage(database: Database, place: Path, *contacts: dict[str, Any]) -> None:
    lines = "".join(json.dumps(contact) + "\n" for contact in contacts)
    (place / "lines.json").write_text(lines, "utf-8")
    source = tables.loading(COLUMNS, place / "lines.json", len(lines))
    tables.stage_contacts(database, COLUMNS, source, CAMPAIGN)


def staged(database: Database) -> list[tuple[Any, ...]]:
    return sorted(database.rows(f"SELECT contact_id, name, attempts FROM {tables.STAGED}"))


def test_a_value_that_does_not_fit_its_type_is_null(database: Database, tmp_path: Path):
    stage(database, tmp_path, {"ID": 1, "Name": "Eva", "nTriesPhoneNumber1": 2**70})
    assert staged(database) == [(1, "Eva", 0)]


def test_contacts_of_other_campaigns_and_without_an_id_are_left_out(database: Database, tmp_path: Path):
    mine = {"ID": 1, "DiallerCampaignsID": CAMPAIGN}
    stage(database, tmp_path, mine, {"ID": 2, "DiallerCampaignsID": 551}, {"DiallerCampaignsID": CAMPAIGN}, {"ID": 3})
    assert [contact_id for contact_id, *_ in staged(database)] == [1, 3]


def test_of_two_rows_of_a_contact_the_one_with_more_attempts_stays(database: Database, tmp_path: Path):
    before, after = ({"ID": 1, "Name": name, "nTriesPhoneNumber2": tries} for name, tries in (("old", 1), ("new", 2)))
    stage(database, tmp_path, after, before, {"ID": 2})
    tables.settle_stage(database)
    assert staged(database) == [(1, "new", 2), (2, None, 0)]
