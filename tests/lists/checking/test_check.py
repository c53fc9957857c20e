from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.domain.contact_state import State
from dialler_mcp.lists.checking.candidates import Candidate, ExistingContact, Finding
from dialler_mcp.lists.checking.check import BLOCK, CheckCounts, JudgedRow, check
from dialler_mcp.lists.checking.options import Options, Rule, Scope
from dialler_mcp.lists.checking.people import People, Record, existing_of
from dialler_mcp.lists.columns.listing import Listing
from dialler_mcp.lists.columns.mapping import map_of, proposed
from dialler_mcp.lists.kinds import Kind, Verdict
from dialler_mcp.lists.reading.records import CUT
from dialler_mcp.lists.reading.table import Row
from dialler_mcp.problem import Problem
from dialler_mcp.words import Words
from tests.examples import examples
from tests.lists.tables import FACTS, ListTable, listed, sample

HERE, THERE = 7, 8
HEADS = "UserData;Vorname;Name;Telefon1;Telefon2"


class RowCollector:
    """Keeps the verdicts, to look at them."""

    def __init__(self) -> None:
        self.judged: list[JudgedRow] = []

    def write(self, judgement: JudgedRow) -> None:
        self.judged.append(judgement)


def _judged(
    table: Listing,
    *records: Record,
    corrections: dict[str, str] | None = None,
    registry: dict[str, Any] | None = None,
    **options: Any,
) -> list[JudgedRow]:
    writer = RowCollector()
    options.setdefault("campaign_id", HERE)
    check(table, map_of(proposed(table, corrections)), existing_of(records), Options(**options), writer, registry)
    return writer.judged


def _record(contact_id: int, campaign_id: int = HERE, **values: Any) -> Record:
    record = Record(contact_id, campaign_id, "K1", "Lang", "Ada", ["493023125001"], State.open)
    return record._replace(**values)


ADA = listed(HEADS, "K1;Ada;Lang;030 23125001;")
ANOTHER_KEY = listed(HEADS, "K7;Ada;Lang;030 23125001;")
NO_KEY = listed(HEADS, ";Ada;Lang;;030 23125001")
HOUSEHOLD = listed(HEADS, "K7;Bob;Busch;030 23125001;")
ALIKE = listed(HEADS, "k1;Bob;Busch;030 23125002;")


@pytest.mark.parametrize(
    ("table", "record", "kind"),
    [
        (ADA, _record(1), Kind.same_key),
        (ADA, _record(1, state=State.done), Kind.same_key),
        (ADA, _record(1, THERE), Kind.elsewhere),
        (ADA, _record(1, THERE, state=State.aborted), Kind.closed),
        (ADA, _record(1, THERE, state=State.unknown), Kind.closed),
        (ADA, _record(1, THERE, locked=True), Kind.locked),
        (ANOTHER_KEY, _record(1), Kind.other_key),
        (ANOTHER_KEY, _record(1, user_data=None), Kind.same_person),
        (ANOTHER_KEY, _record(1, state=State.done), Kind.closed),
        (NO_KEY, _record(1), Kind.same_person),
        (NO_KEY, _record(1, name="LANG", first_name="ada"), Kind.same_person),
        (NO_KEY, _record(1, THERE), Kind.elsewhere),
        (HOUSEHOLD, _record(1), Kind.shared_number),
        (HOUSEHOLD, _record(1, state=State.aborted), Kind.closed),
        (ALIKE, _record(1), Kind.key_spelling),
        (ALIKE, _record(1, user_data="K2"), Kind.ready),
    ],
)
def test_what_a_contact_that_is_there_makes_of_a_row(table: ListTable, record: Record, kind: Kind) -> None:
    (verdict,) = _judged(table, record)
    assert (verdict.kind, verdict.verdict) == (kind, kind.verdict)
    if kind is not Kind.ready:
        contact = ExistingContact(1, record.campaign_id, record.state.value, record.locked)
        assert [finding.contact for finding in verdict.findings] == [contact]


def test_several_contacts_with_the_key_are_asked_about() -> None:
    (verdict,) = _judged(ADA, _record(1), _record(2))
    assert verdict.kind is Kind.several_contacts


def test_who_is_closed_elsewhere_outweighs_the_contact_of_the_campaign() -> None:
    (verdict,) = _judged(ADA, _record(1), _record(2, THERE, state=State.done, user_data="K9"))
    assert (verdict.kind, verdict.findings[0].contact) == (Kind.closed, ExistingContact(2, THERE, "done"))


@pytest.mark.parametrize(
    ("scope", "record", "kind"),
    [
        (Scope.file, _record(1), Kind.ready),
        (Scope.file, _record(1, user_data="K9", state=State.done), Kind.closed),
        (Scope.file, _record(1, THERE, locked=True), Kind.locked),
        (Scope.campaign, _record(1), Kind.same_key),
        (Scope.campaign, _record(1, THERE), Kind.ready),
        (Scope.campaign, _record(1, THERE, state=State.done), Kind.closed),
    ],
)
def test_the_scope_says_where_people_are_looked_for(scope: Scope, record: Record, kind: Kind) -> None:
    assert _judged(ADA, record, scope=scope)[0].kind is kind


def test_a_list_may_hold_one_person_for_each_of_two_campaigns() -> None:
    table = listed("Kampagne;Name;Tel", "A;Lang;030 23125001", "b ;Lang;030 23125001")
    campaigns = {"a": HERE, "B": THERE}
    assert [one.kind for one in _judged(table, campaigns=campaigns, scope=Scope.campaign)] == [Kind.ready] * 2
    assert [one.kind for one in _judged(table, campaigns=campaigns)] == [Kind.ready, Kind.twin_person]


def test_a_row_needs_a_campaign_that_exists() -> None:
    table = listed("Kampagne;Name;Tel", "A;Lang;030 23125001", "B;Lux;030 23125002", ";Busch;030 23125003")
    kinds = [one.kind for one in _judged(table, campaigns={"A": HERE}, campaign_id=None)]
    assert kinds == [Kind.ready, Kind.unknown_campaign, Kind.no_campaign]


def test_duplicates_within_a_list(tmp_path: Path) -> None:
    facts: dict[str, list[Any]] = FACTS["15-duplicates.csv"]["duplicates"]
    verdicts = _judged(sample("15-duplicates.csv", tmp_path))
    kinds = {row: one.kind for row, one in enumerate(verdicts, 1) if one.kind is not Kind.ready}
    assert kinds == {
        **{2: Kind.twin_row, 3: Kind.shared_key, 4: Kind.twin_person, 5: Kind.shared_number, 8: Kind.twin_person},
        **{9: Kind.key_spelling, 11: Kind.twin_row, 12: Kind.shared_number},
    }
    assert verdicts[4].findings[0].line == 2
    twice = int(facts["within_one_row"][0])
    assert [finding.kind for finding in verdicts[twice - 1].findings] == [Kind.number_twice]
    groups: list[list[int]] = [group for name, fact in facts.items() if name != "within_one_row" for group in fact]
    later = {row for group in groups for row in group[1:]}
    assert later == set(kinds)


def _told(name: str) -> dict[str, str]:
    return {"12-full-names.csv": {"Name": "FullName"}, "14-dates-amounts.csv": {"end": "dtEndDate"}}.get(name, {})


LISTS = [name for name, fact in FACTS.items() if fact["format"] != "html"]
TWINS = {Kind.key_spelling, Kind.shared_key, Kind.shared_number, Kind.twin_row, Kind.twin_person}


def _is_no_person(row: JudgedRow) -> bool:
    """A sum, or the units below a head."""
    return bool(row.kind is Kind.unreadable and (fault := row.findings[0].fault) and fault.en.endswith("no person."))


@pytest.mark.parametrize("name", LISTS)
def test_the_samples_are_read_as_their_facts_say(name: str, tmp_path: Path) -> None:
    facts = FACTS[FACTS[name].get("same_as", name)]
    campaigns = {"Winback": 1, "Energie": 2}
    verdicts = _judged(sample(name, tmp_path), corrections=_told(name), campaigns=campaigns)
    rows = {str(row): one for row, one in enumerate((one for one in verdicts if not _is_no_person(one)), 1)}
    assert len(rows) == facts["rows"]
    decided = {row: one for row, one in rows.items() if one.kind not in TWINS}  # in the facts these are groups
    assert {row for row, one in decided.items() if one.verdict is Verdict.asked} == set(facts.get("ask", ()))
    assert {row for row, one in decided.items() if one.verdict is Verdict.left_out} == set(facts.get("reject", ()))
    for row, numbers in facts.get("numbers", {}).items():
        values = rows[row].values
        assert [value for wire, value in values.items() if wire.startswith("PhoneNumber")] == numbers
    if name != "14-dates-amounts.csv":
        _hold_values(rows, facts.get("values", {}))


def _hold_values(rows: dict[str, JudgedRow], facts: dict[str, dict[str, Any]]) -> None:
    for row, values in facts.items():
        plain_values = {
            wire: value for wire, value in values.items() if wire != "birthday"
        }  # of no field of the dialler
        assert {wire: rows[row].values.get(wire) for wire in plain_values} == plain_values


def test_dates_and_amounts_of_a_messy_list(tmp_path: Path) -> None:
    facts = FACTS["14-dates-amounts.csv"]
    verdicts = _judged(sample("14-dates-amounts.csv", tmp_path), corrections=_told("14-dates-amounts.csv"))
    for row, values in facts["values"].items():
        one = verdicts[int(row) - 1].values
        assert {"dtEndDate": one.get("dtEndDate"), "Amount": one.get("Amount")} == {
            "dtEndDate": values.get("date", one.get("dtEndDate")),
            "Amount": values.get("amount", one.get("Amount")),
        }
        assert ("AccountIBAN" in one) == values.get("iban_valid", False)
    bad = {Kind.bad_date, Kind.bad_iban}
    rows = {str(row) for row, one in enumerate(verdicts, 1) if not bad.isdisjoint(each.kind for each in one.findings)}
    assert rows == set(facts["bad_value"])


def test_a_contact_that_exists_says_by_which_rule_each_field_is_written() -> None:
    table = listed("UserData;Name;Ort;Tel", "K1;Lang;;030 23125001")
    rules = {"City": Rule.always, "Name": Rule.never, "PhoneNumber1": Rule.if_old_empty}
    (verdict,) = _judged(table, _record(1), rules=rules)
    assert verdict.verdict is Verdict.exists
    assert verdict.writes == {"UserData": Rule.if_new, "City": Rule.always, "PhoneNumber1": Rule.if_old_empty}


def test_what_could_not_be_used_erases_nothing_nor_does_a_field_without_a_column() -> None:
    table = listed("UserData;Name;Vertragsende;Tel", "K1;Lang;31.02.2026;030 23125001")
    (verdict,) = _judged(table, _record(1), rules={"dtEndDate": Rule.always, "City": Rule.always})
    assert set(verdict.writes) == {"UserData", "Name", "PhoneNumber1"}


def test_who_is_left_out_by_decision_does_not_stand_in_the_way_either() -> None:
    table = listed("Name;Tel", "Lang;4930231250.0", "Lang;+49 30 231250")
    assert [one.kind for one in _judged(table)] == [Kind.number_unclear, Kind.twin_person]
    later_verdicts = _judged(table, decisions={Kind.number_unclear: Verdict.left_out})
    assert [one.kind for one in later_verdicts] == [Kind.number_unclear, Kind.ready]


def test_empty_cells_erase_nothing_unless_that_was_chosen() -> None:
    table = listed("UserData;Name;Ort;Tel", "K1;Lang;;030 23125001")
    assert "City" not in _judged(table, _record(1))[0].writes


def test_what_is_asked_can_be_decided() -> None:
    ready = _judged(HOUSEHOLD, _record(1), decisions={Kind.shared_number: Verdict.ready})[0]
    assert (ready.verdict, ready.kind) == (Verdict.ready, Kind.ready)
    out = _judged(HOUSEHOLD, _record(1), decisions={Kind.shared_number: Verdict.left_out})[0]
    assert (out.verdict, out.kind) == (Verdict.left_out, Kind.shared_number)


def test_nobody_is_ready_without_a_number_whatever_was_decided() -> None:
    table = listed("Name;Tel", "Lang;030 231250/251")
    assert _judged(table)[0].kind is Kind.number_unclear
    assert _judged(table, decisions={Kind.number_unclear: Verdict.ready})[0].kind is Kind.no_number


@pytest.mark.parametrize(
    "options",
    [
        {"decisions": {Kind.closed: Verdict.ready}},
        {"decisions": {Kind.firm: Verdict.exists}},
        {"rules": {"x": Rule.never}},
    ],
)
def test_only_what_is_asked_can_be_decided(options: dict[str, Any]) -> None:
    with pytest.raises(Problem):
        Options(**options)


def test_a_further_check_plugs_in_and_sees_no_row_that_is_left_out() -> None:
    numbers = list[int]()

    def suppressed(candidate: Candidate) -> Iterable[Finding]:
        numbers.append(candidate.line)
        return [Finding(Kind.locked)] if "493023125001" in candidate.numbers else []

    table, registry = listed("Name;Tel", "Lang;030 23125001", "Lux;112", "Busch;030 23125002"), {"stop": suppressed}
    verdicts = _judged(table, registry=registry, checks=("stop",))
    assert [one.kind for one in verdicts] == [Kind.locked, Kind.bad_number, Kind.ready]
    assert numbers == [2, 4]
    assert _judged(table, registry=registry)[0].kind is Kind.ready
    with pytest.raises(Problem, match=r"no check of this name\. These are: stop"):
        _judged(table, registry=registry, checks=("go",))


def test_who_is_left_out_does_not_stand_in_the_way_of_a_later_row() -> None:
    table = listed("Name;Tel", ";030 23125001", "Lang;030 23125001")
    assert [one.kind for one in _judged(table)] == [Kind.no_name, Kind.ready]


def test_a_list_that_cannot_be_mapped_is_refused() -> None:
    table = listed("Name;Ort", "Lang;Köln")
    with pytest.raises(Problem, match="No column is a phone number"):
        _judged(table)
    columns = map_of(proposed(ADA))
    with pytest.raises(Problem, match="belongs to a list with other columns"):
        check(table, columns, People(), Options())


@pytest.mark.parametrize(
    ("head", "row", "kind"),
    [("Ort;Tel", "Köln;030 23125001", Kind.no_name), ("Kd-Nr;Name", "K1;Lang", Kind.no_number)],
)
def test_who_has_only_a_number_or_a_key_is_not_imported(head: str, row: str, kind: Kind) -> None:
    (judged,) = _judged(listed(head, row))
    assert (judged.verdict, judged.kind) == (Verdict.left_out, kind)


def test_twins_are_found_within_a_block_of_rows_and_across_its_end() -> None:
    rows = [f"K{number};Ada;Lang{number};030 2312{number:04};" for number in range(BLOCK + 4)]
    rows[BLOCK - 2], rows[BLOCK + 2] = rows[3], rows[BLOCK - 1]
    judged = _judged(listed(HEADS, *rows))
    twins = {place: one.findings[0] for place, one in enumerate(judged) if one.findings}
    assert twins == {
        BLOCK - 2: Finding(Kind.twin_row, line=3 + 2),
        BLOCK + 2: Finding(Kind.twin_row, line=BLOCK - 1 + 2),
    }


def test_notes_are_counted_beside_the_verdicts() -> None:
    table = listed("Name;Tel", "Lang;30 23125001", "Lux;privat 030 23125002", "Busch;030 23125003 (Büro)", "Meier;112")
    check_counts = check(table, map_of(proposed(table)), People(), Options(campaign_id=HERE))
    assert check_counts.verdicts == {Verdict.ready: 3, Verdict.left_out: 1}
    assert check_counts.kinds == {Kind.ready: 3, Kind.bad_number: 1}
    assert check_counts.notes == {Kind.zero_restored: 1, Kind.words_dropped: 2}
    assert [(one.line, one.name, one.number) for one in check_counts.examples[Kind.words_dropped]] == [
        (3, "Lux", "493023125002"),
        (4, "Busch", "493023125003"),
    ]


CELLS = {
    0: st.sampled_from(["", "K1", "k1", "K2 "]),
    1: st.sampled_from(["", "Lang", "LANG", "Muster GmbH", "x" * 70]),
    2: st.sampled_from(["", "112", "030 23125001", "30 23125001", "0171 3920000 // 030 23125001", "4930231250.0"]),
    3: st.sampled_from(["", "31.12.2026", "03/04/2026", "46387", "x"]),
}


@given(st.lists(st.tuples(*CELLS.values(), st.sampled_from([None, None, None, CUT])), max_size=30))
@examples(60)
def test_the_counts_add_up_to_the_rows_of_the_list(rows: list[tuple[str, str, str, str, Words | None]]) -> None:
    listing = [Row(line, cells, fault) for line, (*cells, fault) in enumerate(rows, 2)]
    table, writer = ListTable(["Kd-Nr", "Name", "Tel", "Vertragsende"], listing), RowCollector()
    check_counts = check(table, map_of(proposed(table)), existing_of([_record(1)]), Options(campaign_id=HERE), writer)
    assert (
        check_counts.rows
        == check_counts.verdicts.total()
        == check_counts.kinds.total()
        == len(writer.judged)
        == len(rows)
    )
    assert [one.row for one in writer.judged] == listing
    assert all(one.kind.verdict is one.verdict for one in writer.judged)
    keys = [one.values.get("PhoneNumber1") for one in writer.judged if one.verdict is Verdict.ready]
    assert len(keys) == len(set(keys))
    assert isinstance(check_counts, CheckCounts)
