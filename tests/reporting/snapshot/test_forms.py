"""Decoded at once or read field by field, an answer becomes the same rows, and nothing but what is kept."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dialler_mcp.api.decoding import Form, decoded, decoded_envelope
from dialler_mcp.api.streaming import Splitter
from dialler_mcp.domain.fields import Kind
from dialler_mcp.domain.privacy import Privacy
from dialler_mcp.domain.records import Contact, HistoryEntry
from dialler_mcp.reporting.snapshot import tables
from dialler_mcp.reporting.snapshot.columns import columns_of
from dialler_mcp.reporting.snapshot.database import Database
from dialler_mcp.reporting.snapshot.forms import call_form, contact_form, history_form
from dialler_mcp.reporting.snapshot.keeping import Keeping
from tests.conftest import BERLIN
from tests.examples import examples
from tests.reporting.house import CAMPAIGN, House, is_batch, is_list

IBAN = "DE89370400440532013000"
LEVELS = st.sampled_from([*Privacy])
ZONES = st.sampled_from(["", "Z", "+02:00", "-11:30", "+00:00"])
MOMENTS = st.datetimes(datetime(1980, 1, 1), datetime(2090, 1, 1)) | st.sampled_from(
    [datetime(2026, 3, 29, 2, 30), datetime(2026, 10, 25, 2, 30), datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59)]
)


def _written(moment: datetime, digits: int, zone: str) -> str:
    fraction = f".{moment.microsecond:06}"[: digits + 1] if digits else ""
    return moment.isoformat(timespec="seconds") + fraction + zone


DATES = st.builds(_written, MOMENTS, st.integers(0, 6), ZONES)
TEXTS = st.text(max_size=12) | st.sampled_from(
    [IBAN, f"Konto {IBAN[12:]}", "4930231250", "a\ud83d", "},{", "]}", "x" * 999]
)
GOOD: dict[type, st.SearchStrategy[Any]] = {
    int: st.integers(0, 9) | st.integers(-(2**70), 2**70) | st.sampled_from(["7", 7.0]),
    float: st.floats(-1e9, 1e9) | st.sampled_from(["9.5", 3]),
    bool: st.booleans() | st.sampled_from([0, 1, "true"]),
    str: TEXTS,
    datetime: DATES,
}
ODD: dict[type, st.SearchStrategy[Any]] = {
    int: st.sampled_from([1.5, "x", True]),
    float: st.just("viel"),
    bool: st.sampled_from([2, "maybe"]),
    str: st.integers(0, 99) | st.just({"a": 1}),
    datetime: st.sampled_from(["", "yesterday", 5]),
}
IDS = ("ID", "DiallerContactsHistoryID")  # null is odd there
UNKNOWN: dict[str, st.SearchStrategy[Any]] = {
    "Kontonummer": st.just(IBAN),
    "New": st.sampled_from([{"a": 1}, [[], "},{"]]),
    "dtQuantum": st.just("2026"),
}


_FREE = {Privacy.bank, Privacy.masked}
PERSONAL = {
    info.wire: _FREE if info.about.kind in (Kind.FREE, Kind.LINK) else {Privacy.masked}
    for info in Contact.fields()
    if info.about.kind in (Kind.FREE, Kind.LINK, Kind.PHONE, Kind.EMAIL)
}


def rows_of(record: type[Contact] | type[HistoryEntry], **more: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Objects with some of the fields; in half of them all are of their declared types."""
    good = {info.wire: GOOD[info.type] | (st.nothing() if info.wire in IDS else st.none()) for info in record.fields()}
    odd = {info.wire: good[info.wire] | ODD[info.type] for info in record.fields()}
    return st.fixed_dictionaries({}, optional={**good, **UNKNOWN, **more}) | st.fixed_dictionaries(
        {}, optional={**odd, **UNKNOWN, **more}
    )


def sent(*rows: object) -> bytes:
    return json.dumps({"records": rows}).encode()


def at_once(content: bytes, form: Form[Any]) -> list[Any] | None:
    """As `Dialler.rows` does it first; None where it would go on row by row."""
    envelope = decoded_envelope(content, form)
    return None if envelope is None else envelope.records


def one_by_one(content: bytes, form: Form[Any]) -> list[Any]:
    return [form.read(row, "F") for row in decoded(content)["records"]]


@examples(15, many=150)
@given(st.lists(rows_of(Contact), max_size=3), LEVELS)
def test_contacts_are_the_same_either_way(rows: list[object], level: Privacy) -> None:
    form, keeping = contact_form(level), Keeping(level, BERLIN, b"key")
    slow = keeping.contact_lines(one_by_one(sent(*rows), form))
    quick = at_once(sent(*rows), form)
    assert quick is None or keeping.contact_lines(quick) == slow
    for line in slow.splitlines():
        values = msgspec.json.decode(line)
        personal = [values.get(wire, "") for wire, kinds in PERSONAL.items() if level in kinds]
        assert not any(IBAN in text or "4930231250" in text for text in personal if level is Privacy.masked)
        assert not any(IBAN in text for text in personal)
        assert not values.keys() & UNKNOWN.keys()


@examples(12, many=150)
@given(st.lists(rows_of(Contact), max_size=8), st.sampled_from([1, 100, 4096]))
@pytest.mark.thorough
def test_a_list_in_pieces_is_the_same_whatever_the_order_of_its_fields(rows: list[object], block: int) -> None:
    """The first piece tells the order in which the others are decoded."""
    form, keeping = contact_form(Privacy.bank), Keeping(Privacy.bank, BERLIN, b"key")
    splitter = Splitter(form, "F", block + len(b'{"records": ['))
    contacts_in_pieces = [contact for records in splitter.feed(sent(*rows)) for contact in records] + splitter.finish()
    lines = [keeping.contact_lines(contacts) for contacts in (contacts_in_pieces, one_by_one(sent(*rows), form))]
    assert [*map(msgspec.json.decode, lines[0].splitlines())] == [*map(msgspec.json.decode, lines[1].splitlines())]


@dataclass(frozen=True)
class Loading:
    """Loads what is written as DuckDB does for a snapshot; one database for all examples."""

    database: Database
    file: Path

    def contacts(self, contacts: list[Any], level: Privacy) -> list[tuple[Any, ...]]:
        lines = Keeping(level, BERLIN, b"key").contact_lines(contacts)
        return self._loaded(lines, tables.loading(columns_of(Contact, level), self.file, len(lines)))

    def calls(self, calls: list[Any], level: Privacy) -> list[tuple[Any, ...]]:
        columns, lines = columns_of(HistoryEntry, level), Keeping(level, BERLIN, b"key").call_lines(calls)
        return self._loaded(lines, tables.loading_calls(columns, self.file, len(lines), CAMPAIGN))

    def _loaded(self, lines: bytes, question: str) -> list[tuple[Any, ...]]:
        self.file.write_bytes(lines)
        return list(self.database.rows(question)) if lines else []


@pytest.fixture(scope="module")
def loading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loading]:
    with Database(threads=1) as database:
        yield Loading(database, tmp_path_factory.mktemp("loading") / "lines.json")


@given(rows=st.lists(rows_of(Contact), max_size=3))
@pytest.mark.thorough
def test_whatever_is_sent_is_loaded(loading: Loading, rows: list[object]) -> None:
    contacts = one_by_one(sent(*rows), contact_form(Privacy.full))
    assert len(loading.contacts(contacts, Privacy.full)) == len(rows)


PARTS = st.none() | rows_of(HistoryEntry, ID=GOOD[int]) | st.sampled_from([5, []])
CALLS = rows_of(HistoryEntry, ID=GOOD[int], dtCreated=GOOD[datetime], StatisticsPartA=PARTS)


@given(rows=st.lists(CALLS, max_size=3), level=st.sampled_from([Privacy.bank, Privacy.masked]))
@example(rows=[{"dtCallStart": None, "StatisticsPartA": {"DiallerContactsID": 0}}], level=Privacy.bank)
@example(
    rows=[{"DiallerContactsHistoryID": 0, "StatisticsPartA": {"DiallerContactsID": 0}}, {"ID": 5, "UsersID": "x"}],
    level=Privacy.bank,
)
@example(rows=[{"UsersID": 1, "StatisticsPartA": {"UsersID": "x", "CONNRES": 1}}], level=Privacy.bank)
@pytest.mark.thorough
def test_calls_are_the_same_either_way(loading: Loading, rows: list[object], level: Privacy) -> None:
    content, form = sent({"ID": 7, "DiallerContactsHistory": rows}), history_form(level)
    nested_row = loading.calls(one_by_one(content, form)[0].calls, level)
    records = at_once(content, form)
    assert records is None or loading.calls(records[0].calls, level) == nested_row
    flat = loading.calls(one_by_one(sent(*rows), call_form(level)), level)
    assert flat == nested_row
    assert len(flat) == len(rows)
    quick = at_once(sent(*rows), call_form(level))
    assert quick is None or loading.calls(quick, level) == flat


def test_what_a_nested_call_says_counts_more_than_its_row(loading: Loading) -> None:
    row = {"ID": 3, "UsersID": 1, "CONNRES": 2, "dtCreated": "2026-11-20T12:00:00", "bOutbound": True}
    call = {"UsersID": 5, "CONNRES": None, "bOutbound": "x"}
    for rows in ([{**row, "StatisticsPartA": call}], [{**row, "StatisticsPartA": {**call, "bOutbound": None}}]):
        (loaded,) = loading.calls(one_by_one(sent(*rows), call_form(Privacy.bank)), Privacy.bank)
        values = dict(zip((column.name for column in columns_of(HistoryEntry, Privacy.bank)), loaded, strict=True))
        assert (values["call_id"], values["agent_id"], values["connres"], values["outbound"]) == (3, 5, 2, True)
        assert values["recorded"] == datetime(2026, 11, 20, 12)


@pytest.mark.parametrize(
    ("contact", "code"),
    [
        ({}, None),
        ({"DiallerCampaignsResultCodesID": None}, 0),
        ({"DiallerCampaignsResultCodesID": 5, "DiallerCampaignsResultCodes": {"ID": 6}}, 5),
        ({"DiallerCampaignsResultCodes": {"ID": 6, "Content": "Termin"}}, 6),
        ({"DiallerCampaignsResultCodes": {"ID": "x"}}, 0),
        ({"DiallerCampaignsResultCodes": [1], "DiallerContactsHistory": None}, None),
    ],
)
def test_the_result_of_a_contact_is_the_same_either_way(contact: dict[str, Any], code: int | None) -> None:
    form, content = history_form(Privacy.bank), sent({"ID": 1, **contact})
    for rows in (at_once(content, form), one_by_one(content, form)):
        if rows is not None:
            (history,) = rows
            is_shown = history.code is not msgspec.UNSET
            assert (history.code or 0 if is_shown else history.result and history.result.id) == code


@pytest.mark.parametrize("level", [*Privacy])
def test_a_form_has_no_place_for_what_is_not_kept(level: Privacy) -> None:
    wires = set(contact_form(level).kind.__struct_encode_fields__)
    bank = {info.wire for info in Contact.fields() if info.about.kind is Kind.BANK}
    assert bank <= wires if level is Privacy.full else not bank & wires


async def test_an_odd_value_costs_itself_and_nothing_else(house: House) -> None:
    """In the list and in a batch, beside a record without any."""
    odd = {
        "ID": 5,
        "nTriesPhoneNumber1": "viel",
        "Name": "Muster",
        "RandomSortOrder": 2**70,
        "DiallerCampaignsID": CAMPAIGN,
    }
    plain = {"ID": 6, "nTriesPhoneNumber1": 1, "Name": "Beispiel"}
    calls = [{"ID": 1, "UsersID": "Meyer", "StatisticsPartA": {"CONNRES": 1}}, {"ID": 2**64, "UsersID": 3}]

    def answer(request: httpx2.Request) -> httpx2.Response | None:
        if is_list(request):
            return httpx2.Response(200, json={"records": [odd, plain]})
        return (
            httpx2.Response(200, json={"records": [{**plain, "DiallerContactsHistory": calls}]})
            if is_batch(request)
            else None
        )

    house.wire.instead = answer
    await house.snapshots.refresh([CAMPAIGN])
    rows = house.figures("SELECT contact_id, name, attempts, random_sort_order, calls_made FROM contacts ORDER BY 1")
    assert rows == [(5, "Muster", 0, None, 0), (6, "Beispiel", 1, None, 1)]
    assert house.figures("SELECT call_id, contact_id, agent_id, connected FROM calls ORDER BY 1") == [
        (0, 6, 3, False),
        (1, 6, None, True),
    ]
