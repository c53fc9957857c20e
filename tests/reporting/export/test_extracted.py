"""What an extract is made from."""

import pytest

from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.privacy import Privacy
from dialler_mcp.problem import Problem
from dialler_mcp.reporting.export.extracted import RowFilter, for_import, selected
from dialler_mcp.reporting.figures.scope import Scope
from dialler_mcp.reporting.snapshot.views import view_columns
from tests.reporting.house import CAMPAIGN, OTHER, House

CALLS, CONTACTS = RowFilter("calls"), RowFilter("contacts")


def test_columns_that_are_empty_in_every_row_are_left_out_but_for_programs(read_house: House):
    with read_house.snapshots.open([CAMPAIGN]) as snapshot:
        for_people = selected(snapshot, CONTACTS, Language.en, Privacy.bank)
        rows = list(for_people.rows)
        for place, column in enumerate(for_people.columns):
            assert place < 3 or any(row[place] not in (None, "", 0, False) for row in rows), column
        whole = selected(snapshot, CONTACTS, Language.de, Privacy.bank, whole=True)
        names = {column.heading for column in whole.columns}
    assert names == {"campaign", "result", *(column.name for column in view_columns("contacts", Privacy.bank))}


def test_each_row_names_its_own_campaign_and_result(read_house: House):
    with read_house.snapshots.open([CAMPAIGN, OTHER]) as snapshot:
        columns, rows = selected(snapshot, CALLS, Language.en, Privacy.bank)
        heads = [column.heading for column in columns]
        pairs = {(row[heads.index("campaign")], row[heads.index("contact_id")]) for row in rows}
        expected = set(
            snapshot.rows(
                "SELECT k.name || ' (' || campaign_id || ')', contact_id FROM calls"
                " JOIN campaigns k USING (campaign_id) WHERE test_call IS DISTINCT FROM true"
            )
        )
    assert pairs == expected


@pytest.mark.parametrize("result", ["Sale", "verkauf", "ABG", "Done", " abschluss "])
def test_a_result_goes_by_either_name_by_its_export_key_and_by_its_type(read_house: House, result: str):
    with read_house.snapshots.open([CAMPAIGN]) as snapshot:
        rows = list(selected(snapshot, RowFilter("calls", Scope(), result), Language.en, Privacy.bank).rows)
        assert len(rows) == len(
            list(snapshot.rows("SELECT 1 FROM calls WHERE result_type = 'Done' AND test_call IS DISTINCT FROM true"))
        )


def test_a_masked_list_is_no_list_to_import(read_house: House):
    with read_house.snapshots.open([CAMPAIGN]) as snapshot:
        assert len(list(for_import(snapshot, CONTACTS, Privacy.bank).rows)) > 0
        with pytest.raises(Problem, match="made to be imported again"):
            for_import(snapshot, CONTACTS, Privacy.masked)
