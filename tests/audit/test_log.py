import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dialler_mcp.audit.check import verify
from dialler_mcp.audit.log import BEGINNING, RESERVE, AuditLog, files, lines, sealed
from dialler_mcp.state.locks import exclusive

NOON = datetime(2026, 11, 20, 13, tzinfo=UTC)

WRITER = """
import sys
from pathlib import Path
from dialler_mcp.audit.log import AuditLog
log = AuditLog(Path(sys.argv[1]), max_bytes=4000)
sys.stdin.readline()
for number in range(60):
    log.append({"tool": sys.argv[2], "number": number, "who": log.pseudonyms.of("Mustermann")})
"""


def log_in(directory: Path, **options: Any) -> AuditLog:
    return AuditLog(directory, key=b"k" * 32, clock=lambda: NOON, **options)


def entries(directory: Path) -> list[dict[str, Any]]:
    return [line.entry for _, path in files(directory) for line in lines(path) if line.entry is not None]


def test_each_line_leads_on_from_the_one_before(tmp_path: Path):
    log = log_in(tmp_path)
    assert [log.append({"tool": "t"}) for _ in range(3)] == [1, 2, 3]
    first, second, third = entries(tmp_path)
    assert first["prev"] == BEGINNING
    assert (second["prev"], third["prev"]) == (first["hash"], second["hash"])
    assert first["time"] == "2026-11-20T13:00:00.000Z"
    assert verify(tmp_path).whole


def test_nothing_is_made_before_the_first_line(tmp_path: Path):
    log_in(tmp_path / "audit")
    assert not list(tmp_path.iterdir())


def test_a_later_process_goes_on(tmp_path: Path):
    for _ in range(3):
        log_in(tmp_path).append({"tool": "t"})
    assert [entry["seq"] for entry in entries(tmp_path)] == [1, 2, 3]
    assert verify(tmp_path).whole


def test_files_change_at_their_size_and_the_chain_goes_on(tmp_path: Path):
    log = log_in(tmp_path, max_bytes=600)
    for number in range(10):
        log.append({"number": number})
    sizes = [path.stat().st_size for _, path in files(tmp_path)]
    assert len(sizes) > 3
    assert max(sizes) <= 600
    report = verify(tmp_path)
    assert report.whole
    assert (report.lines, report.files, report.last_seq) == (10, len(sizes), 10)


def test_a_line_longer_than_a_file_stands_alone(tmp_path: Path):
    log = log_in(tmp_path, max_bytes=100)
    log.append({"long": "x" * 300_000})
    log_in(tmp_path, max_bytes=100).append({"tool": "t"})
    assert len(files(tmp_path)) == 2
    assert verify(tmp_path).whole


def test_what_others_may_not_read(tmp_path: Path):
    AuditLog(tmp_path).pseudonyms.of("x")
    log_in(tmp_path).prepare()
    log_in(tmp_path).append({})
    if os.name == "posix":
        assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    assert (tmp_path / "audit.reserve").stat().st_size == RESERVE


def test_the_pseudonyms_of_one_log_stay_the_same(tmp_path: Path):
    first, second = AuditLog(tmp_path / "a"), AuditLog(tmp_path / "a")
    assert first.pseudonyms.of("Mustermann") == second.pseudonyms.of("Mustermann")
    assert AuditLog(tmp_path / "b").pseudonyms.of("Mustermann") != first.pseudonyms.of("Mustermann")


@pytest.mark.parametrize("key", ["", "no hex"])
def test_a_broken_key_is_replaced(tmp_path: Path, key: str):
    (tmp_path / "audit.key").write_text(key, "ascii")
    AuditLog(tmp_path).pseudonyms.of("x")
    assert len(bytes.fromhex((tmp_path / "audit.key").read_text("ascii"))) == 32


@pytest.mark.parametrize("count", [1, 20, -1])
@pytest.mark.parametrize("new_file", [False, True])
def test_a_line_that_a_crash_left_half_written_is_said_and_stays(tmp_path: Path, count: int, new_file: bool):
    log_in(tmp_path).append({"tool": "first"})
    half = sealed({"seq": 2, "tool": "second", "prev": entries(tmp_path)[0]["hash"]})[0][:-1][:count]
    path = tmp_path / "audit-000001.jsonl"
    path.write_bytes(path.read_bytes() + half)
    log = log_in(tmp_path, max_bytes=10 if new_file else 10_000)
    assert [log.append({"tool": "third"}), log.append({"tool": "fourth"})] == [4, 5]
    assert half in path.read_bytes()
    assert [entry.get("repaired") for entry in entries(tmp_path)] == [None, 2, None, None]
    report = verify(tmp_path)
    assert [(finding.fault, finding.seqs, finding.place.line) for finding in report.findings] == [
        ("torn", range(2, 3), 2)
    ]
    assert "no tampering" in str(report.findings[0])


def test_a_torn_end_is_named_before_anything_follows_it(tmp_path: Path):
    log_in(tmp_path).append({"tool": "first"})
    path = tmp_path / "audit-000001.jsonl"
    path.write_bytes(path.read_bytes() + b'{"seq":2,"to')
    assert [str(finding) for finding in verify(tmp_path).findings] == [
        "audit-000001.jsonl, line 2: seq 2 torn: half written when the process or machine stopped; the log says so "
        "itself, this is no tampering"
    ]


def test_a_line_without_its_end_is_whole_when_nothing_else_is_lost(tmp_path: Path):
    log_in(tmp_path).append({"tool": "first"})
    path = tmp_path / "audit-000001.jsonl"
    path.write_bytes(path.read_bytes()[:-1])
    log_in(tmp_path).append({"tool": "second"})
    assert verify(tmp_path).whole
    assert len(entries(tmp_path)) == 2


def test_the_end_is_found_behind_much_that_is_no_line(tmp_path: Path):
    log_in(tmp_path).append({"tool": "first"})
    path = tmp_path / "audit-000001.jsonl"
    path.write_bytes(path.read_bytes() + b"x" * 300_000 + b"\n")
    assert log_in(tmp_path).append({"tool": "second"}) == 2
    assert [finding.fault for finding in verify(tmp_path).findings] == ["inserted"]


def test_two_processes_keep_one_chain(tmp_path: Path):
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), name], stdin=subprocess.PIPE) for name in "ab"
    ]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write(b"go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=60)
        assert writer.returncode == 0
    report = verify(tmp_path)
    assert [str(finding) for finding in report.findings] == []
    assert report.lines == 120
    log_lines = entries(tmp_path)
    assert [entry["number"] for entry in log_lines if entry["tool"] == "a"] == list(range(60))
    assert len({entry["who"] for entry in log_lines}) == 1


Write = Callable[[int, bytes], int]


def failing_writes(monkeypatch: pytest.MonkeyPatch, number: int, of: "Callable[[bytes], int] | None" = None) -> None:
    """From the next write on the disk is full; `of` says how much of it still goes."""
    real: Write = os.write

    def write(handle: int, data: bytes) -> int:
        if of is None:
            raise OSError(number, os.strerror(number))
        return real(handle, data[: of(data)])

    monkeypatch.setattr(os, "write", write)


def test_a_full_disk_is_an_error_and_later_the_chain_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    log = log_in(tmp_path)
    log.append({"tool": "first"})
    with monkeypatch.context() as full:
        failing_writes(full, errno.ENOSPC)
        with pytest.raises(OSError, match="No space"):
            log.append({"tool": "lost"})
        with pytest.raises(OSError, match="No space"):
            log.prepare()
    assert log.append({"tool": "second"}) == 2
    assert verify(tmp_path).whole


def test_a_line_of_which_only_a_part_was_written_is_torn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    log = log_in(tmp_path)
    log.append({"tool": "first"})
    with monkeypatch.context() as full:
        failing_writes(full, errno.ENOSPC, len)
        failing_writes(full, errno.ENOSPC, lambda data: len(data) // 2)
        with pytest.raises(OSError, match="No space"):
            log.append({"tool": "lost"})
    assert log.append({"tool": "second"}) == 4
    assert [finding.fault for finding in verify(tmp_path).findings] == ["torn"]


def test_the_reserve_is_used_when_the_disk_has_become_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    log = log_in(tmp_path)
    log.prepare()
    real: Write = os.write

    def write(handle: int, data: bytes) -> int:
        if (tmp_path / "audit.reserve").exists():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(handle, data)

    monkeypatch.setattr(os, "write", write)
    assert log.append({"tool": "saved"}, durable=True) == 1
    assert not (tmp_path / "audit.reserve").exists()
    assert verify(tmp_path).whole


def test_a_directory_that_somebody_removes_is_made_anew(tmp_path: Path):
    log = log_in(tmp_path / "audit")
    log.append({"tool": "lost"})
    shutil.rmtree(tmp_path / "audit")
    assert log.append({"tool": "kept"}) == 1
    assert verify(tmp_path / "audit").whole


def test_the_lock_is_waited_for_but_not_for_ever(tmp_path: Path):
    with exclusive(tmp_path / "lock"), pytest.raises(TimeoutError, match="another process"):  # noqa: SIM117
        with exclusive(tmp_path / "lock", patience=0.01):
            pass
    with exclusive(tmp_path / "lock", patience=0):
        pass


def test_a_line_says_how_it_is_made():
    raw, seal = sealed({"seq": 1, "who": "Müller \ud83d", "prev": BEGINNING})
    assert raw.isascii()
    assert raw.endswith(b"\n")
    assert json.loads(raw)["hash"] == seal
