"""Whatever is done to a log, `verify` finds it and names it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.audit.check import Filter, Report, entries_of, in_words, spellings_of, verify
from dialler_mcp.audit.log import AuditLog, sealed

MOST = 12


def raws(count: int) -> list[bytes]:
    """The lines of a whole log."""
    prev, lines = "0" * 64, list[bytes]()
    for seq in range(1, count + 1):
        raw, prev = sealed({"seq": seq, "time": "2026-11-20T13:00:00.000Z", "tool": f"tool{seq % 3}", "prev": prev})
        lines.append(raw)
    return lines


def report_of(raw_lines: list[bytes], per_file: int = 5) -> Report:
    with TemporaryDirectory() as directory:
        for number, start in enumerate(range(0, len(raw_lines), per_file), 1):
            path = Path(directory) / f"audit-{number:06d}.jsonl"
            path.write_bytes(b"".join(raw_lines[start : start + per_file]))
        return verify(Path(directory))


def named(report: Report) -> set[tuple[str, int]]:
    return {(finding.fault, seq) for finding in report.findings for seq in (finding.seqs or [0])}


COUNTS = st.integers(1, MOST)
PLACES = st.tuples(st.integers(0, MOST - 1), st.integers(0, MOST - 1))


@given(COUNTS, COUNTS)
def test_a_whole_chain_is_whole(count: int, per_file: int):
    report = report_of(raws(count), per_file)
    assert report.whole
    assert (report.lines, report.last_seq) == (count, count)


@given(COUNTS, st.integers(0, MOST - 1), st.integers(0, 400), st.integers(0, 255))
def test_any_changed_byte_is_found_and_its_line_named(count: int, at: int, position: int, byte: int):
    lines = raws(count)
    at %= count
    line = bytearray(lines[at][:-1])
    position %= len(line)
    if line[position] == byte or byte == ord("\n"):
        return
    line[position] = byte
    lines[at] = bytes(line) + b"\n"
    report = report_of(lines)
    assert named(report) == {("changed", at + 1)}
    assert (report.findings[0].place.file, report.findings[0].place.line) == (
        f"audit-{at // 5 + 1:06d}.jsonl",
        at % 5 + 1,
    )


@given(st.integers(2, MOST), st.integers(0, MOST - 1))
def test_a_changed_line_with_a_new_hash_of_its_own_is_named(count: int, at: int):
    lines = raws(count)
    at %= count - 1  # nothing follows the last line: only what was noted elsewhere can show that it was written anew
    entry = json.loads(lines[at])
    del entry["hash"]
    lines[at] = sealed({**entry, "tool": "other", "prev": entry["prev"]})[0]
    assert ("changed", at + 1) in named(report_of(lines))


@given(st.integers(2, MOST), st.integers(0, MOST - 1), st.integers(1, 3))
def test_any_missing_line_but_the_last_is_named(count: int, at: int, length: int):
    lines = raws(count)
    at %= count - 1
    length = min(length, count - 1 - at)
    del lines[at : at + length]
    assert named(report_of(lines)) == {("missing", seq) for seq in range(at + 1, at + 1 + length)}


@given(st.integers(2, MOST), PLACES)
def test_any_two_swapped_lines_are_named(count: int, places: tuple[int, int]):
    lines = raws(count)
    one, other = sorted(place % count for place in places)
    if one == other:
        return
    lines[one], lines[other] = lines[other], lines[one]
    report = report_of(lines)
    assert {finding.fault for finding in report.findings} == {"reordered"}
    assert ("reordered", one + 1) in named(report)


@given(COUNTS, PLACES)
def test_any_repeated_line_is_named(count: int, places: tuple[int, int]):
    lines = raws(count)
    source, at = (place % count for place in places)
    lines.insert(at, lines[source])
    assert ("inserted", source + 1) in named(report_of(lines))


@given(COUNTS, st.integers(0, MOST - 1), st.sampled_from([b"\n", b"{}\n", b"[1]\n", b"\xff\xfe\n", b'{"seq":true}\n']))
def test_anything_inserted_is_named_where_it_stands(count: int, at: int, alien: bytes):
    lines = raws(count)
    at %= count
    lines.insert(at, alien)
    report = report_of(lines, per_file=100)
    assert [(finding.fault, finding.place.line) for finding in report.findings] == [("inserted", at + 1)]
    assert "it does not belong here" in str(report.findings[0])


def test_a_forged_line_with_a_right_hash_is_named():
    lines = raws(4)
    forgery = sealed({"seq": 3, "tool": "forged", "prev": json.loads(lines[1])["hash"]})[0]
    report = report_of([*lines[:2], forgery, *lines[2:]], per_file=100)
    assert named(report) == {("changed", 3), ("inserted", 3)}


def test_a_chain_that_begins_elsewhere_is_named():
    first = sealed({"seq": 1, "prev": "f" * 64})[0]
    assert named(report_of([first])) == {("changed", 1)}


def test_a_part_of_a_gap_that_turns_up_later_is_reordered_and_the_rest_missing():
    lines = raws(8)
    report = report_of([lines[0], lines[6], lines[3], lines[7]], per_file=100)
    assert named(report) == {("reordered", 4), *(("missing", seq) for seq in (2, 3, 5, 6))}
    assert "audit-000001.jsonl, line 2: seq 2 to 3 missing before this line" in map(str, report.findings)


def test_a_file_that_is_gone_is_missing_lines(tmp_path: Path):
    log = AuditLog(tmp_path, max_bytes=600)
    for _ in range(12):
        log.append({"tool": "t"})
    (tmp_path / "audit-000002.jsonl").unlink()
    findings = verify(tmp_path).findings
    assert [(finding.fault, finding.place.file, finding.place.line) for finding in findings] == [
        ("missing", "audit-000003.jsonl", 1)
    ]


def test_a_cut_off_end_cannot_be_seen_but_the_last_number_is_told():
    assert report_of(raws(7)[:5]).whole
    assert report_of(raws(7)[:5]).last_seq == 5
    assert report_of(raws(7)[:5]).last_hash == json.loads(raws(5)[-1])["hash"]


def test_no_log_is_no_lines(tmp_path: Path):
    assert verify(tmp_path / "none") == Report()


def call(**more: Any) -> dict[str, Any]:
    return {"caller": "claude-code", "tool": "dialler_get_contact", "arguments": {"contact_id": 5}} | more


@pytest.fixture
def filled_log(tmp_path: Path) -> Path:
    times = iter(range(10, 20))
    log = AuditLog(tmp_path, clock=lambda: datetime(2026, 11, 20, next(times), tzinfo=UTC))
    log.append(call(outcome="ok", ms=1.5))
    log.append(call(tool="dialler_delete_contact", outcome="confirmation_required", changed=False, ms=2.5))
    log.append(call(tool="dialler_delete_contact", outcome="ok", changed=True, ms=3.5, caller="other\x1b[2J\u202e"))
    return tmp_path


@pytest.mark.parametrize(
    ("log_filter", "seqs"),
    [
        (Filter(), [1, 2, 3]),
        (Filter(tool="DELETE"), [2, 3]),
        (Filter(caller="claude"), [1, 2]),
        (Filter(outcome="ok"), [1, 3]),
        (Filter(since=datetime(2026, 11, 20, 11, tzinfo=UTC)), [2, 3]),
        (Filter(until=datetime(2026, 11, 20, 11, tzinfo=UTC)), [1, 2]),
        (Filter(tool="delete", outcome="ok", since=datetime(2026, 11, 21, tzinfo=UTC)), []),
    ],
)
def test_show_filters(filled_log: Path, log_filter: Filter, seqs: list[int]):
    assert [int(line.split()[0]) for line in map(in_words, entries_of(filled_log, log_filter))] == seqs


def test_show_reads_as_a_person_reads(filled_log: Path):
    first, second, third = map(in_words, entries_of(filled_log, Filter()))
    assert first == "1 2026-11-20T10:00:00.000Z claude-code dialler_get_contact ok 1.5 ms {'contact_id': 5}"
    assert "confirmation_required unchanged" in second
    assert "ok changed" in third
    assert third.isascii()
    assert third.isprintable()


def test_show_says_what_was_torn_and_passes_over_what_is_no_line(filled_log: Path):
    path = filled_log / "audit-000001.jsonl"
    path.write_bytes(path.read_bytes() + b"{")
    AuditLog(filled_log).append({"time": "no time"})
    entries = list(map(in_words, entries_of(filled_log, Filter())))
    assert "line 4 was half written" in entries[3]
    assert len(list(entries_of(filled_log, Filter(since=datetime(2026, 1, 1, tzinfo=UTC))))) == 4


def test_a_value_is_found_by_itself_and_by_its_pseudonym(tmp_path: Path):
    log = AuditLog(tmp_path)
    who = log.pseudonyms.of("Contact10")
    log.append({"tool": "a", "arguments": {"user_data": who}})
    log.append({"tool": "b", "arguments": {"contact_ids": [17, 18], "fields": {"Name": who}}})
    log.append({"tool": "dialler://contacts/17", "arguments": None})
    log.append({"tool": "c"})

    def seqs(value: str) -> list[int]:
        spellings, with_pseudonym = spellings_of(value, tmp_path)
        assert with_pseudonym
        return [entry["seq"] for entry in entries_of(tmp_path, Filter(values=spellings))]

    assert seqs("contact10 ") == [1, 2]
    assert seqs("17") == [2, 3]
    assert seqs("Contact1") == []


def test_without_the_key_only_what_stands_there_is_found(tmp_path: Path):
    AuditLog(tmp_path, key=b"elsewhere").append({"tool": "a", "arguments": {"contact_id": 17}})
    spellings, with_pseudonym = spellings_of("17", tmp_path)
    assert not with_pseudonym
    assert len(list(entries_of(tmp_path, Filter(values=spellings)))) == 1
    assert [path.name for path in tmp_path.glob("*.key")] == []


def test_a_line_without_time_and_duration_is_shown_without_none(tmp_path: Path):
    assert in_words({"seq": 1, "tool": "t"}) == "1 - - t"
    assert in_words({"seq": 3, "repaired": 2}) == "3 - line 2 was half written when something stopped"
