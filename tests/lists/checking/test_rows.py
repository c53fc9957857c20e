from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.domain.phone_flaws import Flaw
from dialler_mcp.lists.checking.candidates import Candidate, Finding
from dialler_mcp.lists.checking.rows import Rows
from dialler_mcp.lists.columns.mapping import ColumnMap, map_of, proposed
from dialler_mcp.lists.columns.usage import Usage, usage_of
from dialler_mcp.lists.kinds import Kind
from dialler_mcp.lists.reading.cells import Kind as CellKind
from dialler_mcp.lists.reading.cells import TypedCell
from dialler_mcp.lists.reading.records import CUT
from dialler_mcp.lists.reading.table import Row
from dialler_mcp.words import Words
from tests.lists.tables import ListTable, figure, listed


def _candidates(table: ListTable, corrections: dict[str, str] | None = None, region: str = "DE") -> list[Candidate]:
    columns = map_of(proposed(table, corrections))
    rows = Rows(columns, usage_of(table, columns, region), region)
    return rows.candidates(list(table.rows()))


def _candidate(columns: str, row: Sequence[str], corrections: dict[str, str] | None = None) -> Candidate:
    return _candidates(listed(columns, row), corrections)[0]


def _kinds(candidate: Candidate) -> list[Kind]:
    return [finding.kind for finding in candidate.findings]


def test_further_numbers_of_a_cell_fill_the_next_free_slots() -> None:
    candidate = _candidate("Name;Tel;Mobil", "Lang;030 23125001, 030 23125002;0171 3920000")
    assert candidate.numbers == ["493023125001", "491713920000", "493023125002"]
    assert candidate.values["PhoneNumber3"] == "493023125002"


def test_a_seventh_number_has_no_slot_and_that_is_said() -> None:
    numbers = " // ".join(f"030 2312500{digit}" for digit in range(7))
    candidate = _candidate("Name;Tel", ["Lang", numbers])
    assert len(candidate.numbers) == 6
    assert _kinds(candidate) == [Kind.no_slot]


def test_one_number_twice_takes_one_slot() -> None:
    candidate = _candidate("Name;Tel;Mobil", "Lang;030 23125001;+49 30 23125001")
    assert candidate.numbers == ["493023125001"]
    assert candidate.findings == [Finding(Kind.number_twice, "PhoneNumber2")]


def test_a_bad_number_beside_a_good_one_is_dropped_and_alone_it_is_the_verdict() -> None:
    beside = _candidate("Name;Tel;Mobil", "Lang;112;0171 3920000")
    assert beside.findings == [Finding(Kind.number_dropped, "PhoneNumber1", Flaw.emergency)]
    assert beside.values["PhoneNumber2"] == "491713920000"
    alone = _candidate("Name;Tel;Mobil", "Lang;112;")
    assert alone.findings == [Finding(Kind.bad_number, "PhoneNumber1", Flaw.emergency)]


def test_a_number_that_is_unclear_is_asked_also_where_none_can_be_made_out() -> None:
    candidate = _candidate("Name;Tel;Mobil", "Lang;030 231250/251;112")
    assert _kinds(candidate) == [Kind.number_unclear, Kind.number_dropped]


def test_a_row_without_a_number_or_a_name_is_left_out() -> None:
    assert _kinds(_candidate("Name;Tel;Mobil", "Lang;;")) == [Kind.no_number]
    assert _kinds(_candidate("Name;Tel", "  ;030 23125001")) == [Kind.no_name]


def test_a_company_without_a_surname_is_asked_and_stands_in_for_it() -> None:
    candidate = _candidate("Name;Firma;Tel", ";Muster GmbH;030 23125001")
    assert candidate.findings == [Finding(Kind.firm, "Name")]
    assert candidate.values["Name"] == candidate.values["Company"] == "Muster GmbH"


def test_figures_get_their_zeros_back_and_that_is_said() -> None:
    row = ["Lang", figure("1067"), figure("2214710021"), figure("15228817386")]
    candidate = _candidate("Name;PLZ;Festnetz;Mobil", row)
    assert candidate.numbers == ["492214710021", "4915228817386"]
    assert candidate.values["PostalCode"] == "01067"
    assert _kinds(candidate) == [Kind.postal_code_restored, Kind.zero_restored, Kind.zero_restored]


def test_a_landline_that_no_plan_knows_is_noted() -> None:
    assert _kinds(_candidate("Name;Tel", "Lang;0999 9999999")) == [Kind.unlisted_number]


def test_a_short_postal_code_stays_where_the_list_has_countries_or_it_was_text() -> None:
    abroad = _candidate("Name;PLZ;Land;Tel", ["Lang", figure("1010"), "A", "+43 1 234567890"])
    assert abroad.values["PostalCode"] == "1010"
    assert _candidate("Name;PLZ;Tel", "Lang;1010;030 23125001").values["PostalCode"] == "1010"


def test_a_national_number_follows_the_country_of_its_row() -> None:
    table = listed("Name;Land;Tel", "Clark;UK;020 7946 0150", "Lang;;030 23125001", "Lux;Atlantis;030 23125002")
    clark, lang, lux = _candidates(table)
    assert clark.numbers == ["442079460150"]
    assert _kinds(lang) == _kinds(lux) == [Kind.country_unclear]


def test_a_number_with_its_country_needs_no_other() -> None:
    table = listed("Name;Land;Tel", "Clark;UK;020 7946 0150", "Lang;;+49 30 23125001")
    assert not _candidates(table)[1].findings


def test_a_text_longer_than_its_field_is_asked_and_would_be_cut() -> None:
    candidate = _candidate("Name;Tel", ["L" * 65, "030 23125001"])
    assert candidate.findings == [Finding(Kind.too_long, "Name")]
    assert candidate.values["Name"] == "L" * 64


def test_damaged_characters_are_asked_about_and_line_breaks_of_a_comment_are_none() -> None:
    candidate = _candidate("Name;Tel;Ort;Notiz", ["Lang", "030 23125001", "K\ufffdln", "a\r\nb"])
    assert candidate.findings == [Finding(Kind.damaged, "City", "U+FFFD REPLACEMENT CHARACTER")]
    assert candidate.values["Comment"] == "a\r\nb"


def test_a_line_break_or_tab_in_a_text_of_one_line_is_a_blank() -> None:
    candidate = _candidate("Name;Firma;Tel", ["Lang \t", "Muster\r\nGmbH", "030 23125001"])
    assert candidate.values["Company"] == "Muster GmbH"
    assert candidate.findings == []


@pytest.mark.parametrize("column", ["Name", "Vorname", "Firma", "Kd-Nr"])
def test_a_key_or_name_with_a_damaged_character_is_left_out(column: str) -> None:
    candidate = _candidate(f"{column};Tel", ["M\ufffdller", "030 23125001"])
    assert candidate.findings[0].kind is Kind.damaged_name
    assert candidate.findings[0].detail == "U+FFFD REPLACEMENT CHARACTER"
    assert candidate.is_out


@pytest.mark.parametrize(
    ("column", "cell", "kind"),
    [
        ("Vertragsende", "31.02.2026", Kind.bad_date),
        ("Vertragsende", "46387", Kind.serial_date),
        ("Betrag", "viel", Kind.bad_amount),
        ("IBAN", "DE02120300000000202052", Kind.bad_iban),
        ("ResetContact", "vielleicht", Kind.bad_flag),
        ("ResetContact", "true", Kind.reset),
        ("RandomSortOrder", "x", Kind.bad_cell),
        ("Fax", "kein", Kind.bad_cell),
        ("Ort", TypedCell("#N/A", CellKind.error), Kind.bad_cell),
    ],
)
def test_a_bad_value_is_left_out_and_the_row_stays(column: str, cell: str, kind: Kind) -> None:
    candidate = _candidate(f"Name;Tel;{column}", ["Lang", "030 23125001", cell])
    assert _kinds(candidate) == [kind]
    assert set(candidate.values) == {"Name", "PhoneNumber1"}


def test_street_and_house_number_become_one_address() -> None:
    candidate = _candidate("Hausnr;Straße;Name;Tel", "12 b;Lange Str.;Lang;030 23125001")
    assert candidate.values["Address"] == "Lange Str. 12 b"


def test_a_fax_number_is_stored_as_a_number() -> None:
    candidate = _candidate("Name;Tel;Fax;Zahl", "Lang;030 23125001;Fax 030 23125002;7", {"Zahl": "RandomSortOrder"})
    assert (candidate.values["FaxNumber"], candidate.values["RandomSortOrder"]) == ("493023125002", 7)
    assert not candidate.findings


def test_a_row_that_cannot_be_read_says_why() -> None:
    table = ListTable(["Name", "Tel"], [Row(2, [], CUT)])
    assert _candidates(table)[0].findings == [Finding(Kind.unreadable, fault=CUT)]


def test_a_checks_own_file_loses_its_apostrophes() -> None:
    own = _candidate("Name;Tel;Check: result", "'=1+1;030 23125001;ready")
    other = _candidate("Name;Tel;Notiz", "'=1+1;030 23125001;")
    assert (own.values["Name"], other.values["Name"]) == ("=1+1", "'=1+1")


CELLS = st.tuples(
    st.sampled_from(
        ["", "Lang", " Lüx ", "M\ufffdller", "L" * 70, "a\tb", TypedCell("#N/A", CellKind.error), figure("7")]
    ),
    st.sampled_from(["", "01067", "1067", figure("1067"), "D" * 40]),
    st.sampled_from(["", " ", "030 23125001", "+49 30 23125001", figure("3023125001"), "112", "030 23125002 privat"]),
    st.sampled_from(["", "0171 3920000", "030/23125001", "030 231250/251", "unbekannt\n"]),
    st.sampled_from(["", "gern abends", "a\r\nb", "\u200b", "31.02.2026"]),
    st.sampled_from(["", "31.12.2026", "03/04/2026", figure("46387")]),
)


@given(st.lists(st.tuples(CELLS, st.sampled_from([None, None, None, CUT])), min_size=2, max_size=20))
def test_what_is_said_of_a_row_does_not_depend_on_its_neighbours(rows: list[tuple[tuple[str, ...], Words | None]]):
    lines = [Row(line, cells, fault) for line, (cells, fault) in enumerate(rows, 2)]
    columns = ("Name", "PLZ", "Tel", "Mobil", "Notiz", "Vertragsende")
    targets = ("Name", "PostalCode", "PhoneNumber1", "PhoneNumber2", "Comment", "dtEndDate")
    converter = Rows(ColumnMap(columns, targets), Usage())
    assert converter.candidates(lines) == [one for line in lines for one in converter.candidates([line])]
