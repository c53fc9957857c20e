"""A file in pieces: whatever they are, the same file comes of them, or a sentence."""

import base64
import hashlib
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.lists.reading.errors import Unreadable
from dialler_mcp.lists.reading.limits import Limits
from dialler_mcp.lists.reading.pieces import MAX_NAME, MAX_OF_ALL, MAX_OPEN, IncomingFile, Pieces, plain_name
from dialler_mcp.problem import Problem
from tests.examples import examples
from tests.tools.asking import Clock

SECONDS = 60.0
CONTENT = bytes(range(256)) * 4


def add(pieces: Pieces, incoming: IncomingFile, offset: int, piece: bytes) -> None:
    content = base64.b64encode(piece).decode()
    pieces.add(incoming, offset, hashlib.sha256(piece).hexdigest(), content)


def begun(tmp_path: Path, content: bytes = CONTENT, clock: Clock | None = None) -> tuple[Pieces, IncomingFile]:
    pieces = Pieces(tmp_path / "lists", SECONDS, clock or Clock())
    return pieces, pieces.begin("mcp", "leads.csv", len(content))


@given(st.binary(max_size=300), st.lists(st.tuples(st.integers(0, 299), st.integers(0, 120)), max_size=8))
@examples(30)
def test_any_cut_with_repeats_gives_the_same_file(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, cuts: Sequence[tuple[int, int]]
):
    """Pieces from anywhere, overlapping, twice, beyond what is there; then whatever is missing."""
    pieces, incoming = begun(tmp_path_factory.mktemp("pieces"), content)
    for offset, length in cuts:
        start = min(offset, len(content))
        before = incoming.length
        add(pieces, incoming, start, content[start : start + length])
        assert incoming.length >= before
    while not incoming.is_whole:
        add(pieces, incoming, incoming.length, content[incoming.length :][:64])
    assert pieces.hand_over(incoming).read_bytes() == content


def test_a_piece_beyond_what_is_there_is_left_out_and_the_place_of_the_next_stays(tmp_path: Path):
    pieces, incoming = begun(tmp_path)
    add(pieces, incoming, 0, CONTENT[:100])
    add(pieces, incoming, 200, CONTENT[200:300])
    assert incoming.length == 100
    assert incoming.path.read_bytes() == CONTENT[:100]


@pytest.mark.parametrize(("content", "digest"), [("AAAA", "00" * 32), ("A?==", "00" * 32), ("AAAA", "")])
def test_a_damaged_piece_is_refused_and_may_come_again(tmp_path: Path, content: str, digest: str):
    pieces, incoming = begun(tmp_path)
    with pytest.raises(Problem, match="arrived damaged: send it again"):
        pieces.add(incoming, 0, digest, content)
    assert incoming.length == 0
    add(pieces, incoming, 0, CONTENT)
    assert incoming.is_whole


@pytest.mark.parametrize(("offset", "piece"), [(0, b"another"), (5, b"x"), (len(CONTENT) - 1, b"ab"), (10, CONTENT)])
def test_bytes_of_another_file_are_refused(tmp_path: Path, offset: int, piece: bytes):
    pieces, incoming = begun(tmp_path)
    add(pieces, incoming, 0, CONTENT[:-1])
    with pytest.raises(Problem, match="no longer the one"):
        add(pieces, incoming, offset, piece)
    assert incoming.length == len(CONTENT) - 1


def test_what_a_full_disk_took_of_a_piece_is_not_there_twice(tmp_path: Path):
    pieces, incoming = begun(tmp_path)
    add(pieces, incoming, 0, CONTENT[:100])
    incoming.path.write_bytes(CONTENT[:130])
    add(pieces, incoming, 100, CONTENT[100:])
    assert incoming.path.read_bytes() == CONTENT


def test_a_file_is_as_large_as_a_list_may_be_and_no_larger(tmp_path: Path):
    pieces = Pieces(tmp_path, SECONDS, limits=Limits(file_bytes=1 << 20))
    assert pieces.begin("mcp", "leads.csv", 1 << 20)
    with pytest.raises(Unreadable, match="larger than 1 MB: split it"):
        pieces.begin("mcp", "leads.csv", (1 << 20) + 1)


@pytest.mark.skipif(sys.platform == "win32", reason="modes say nothing there")
def test_only_we_can_read_it(tmp_path: Path):
    _, incoming = begun(tmp_path)
    assert stat.S_IMODE(incoming.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(incoming.path.parent.stat().st_mode) == 0o700


def test_it_is_its_callers_alone(tmp_path: Path):
    pieces, incoming = begun(tmp_path)
    assert pieces.get("mcp", incoming.id) is incoming
    for caller, identifier in (("somebody else", incoming.id), ("mcp", "x")):
        with pytest.raises(Problem, match="choose it again"):
            pieces.get(caller, identifier)


def test_a_caller_sends_few_files_at_once_and_the_oldest_makes_room(tmp_path: Path):
    clock = Clock()
    pieces = Pieces(tmp_path, SECONDS, clock)
    other = pieces.begin("somebody else", "theirs.csv", 1)
    mine: list[IncomingFile] = []
    for number in range(MAX_OPEN + 1):
        clock.seconds += 1
        mine.append(pieces.begin("mcp", f"{number}.csv", 1))
    with pytest.raises(Problem, match="choose it again"):
        pieces.get("mcp", mine[0].id)
    assert not mine[0].path.exists()
    assert all(pieces.get("mcp", one.id) is one for one in mine[1:])
    assert pieces.get("somebody else", other.id) is other


def test_it_is_forgotten_some_time_after_its_last_piece(tmp_path: Path):
    clock = Clock()
    pieces, incoming = begun(tmp_path, clock=clock)
    clock.seconds += SECONDS
    assert pieces.get("mcp", incoming.id) is incoming
    clock.seconds += SECONDS + 1
    with pytest.raises(Problem, match="choose it again"):
        pieces.get("mcp", incoming.id)
    assert list((tmp_path / "lists").iterdir()) == []


def test_what_was_handed_over_is_no_longer_ours_to_remove(tmp_path: Path):
    pieces, incoming = begun(tmp_path)
    add(pieces, incoming, 0, CONTENT)
    path = pieces.hand_over(incoming)
    add(pieces, incoming, 0, CONTENT)  # once more, since its answer was lost
    pieces.close()
    assert path.exists()


def test_where_nothing_can_be_kept_the_reason_is_said(tmp_path: Path):
    (tmp_path / "lists").write_bytes(b"")
    with pytest.raises(Problem, match="cannot be kept here"):
        begun(tmp_path)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("leads.xlsx", "leads.xlsx"),
        ("Kunden [Nord] 2026.csv", "Kunden [Nord] 2026.csv"),
        ("../../etc/passwd", "passwd"),
        (r"C:\Users\me\leads.csv", "leads.csv"),
        ("leads\0\u202e.csv", "leads.csv"),
        ('a:b"c*?.csv', "a_b_c__.csv"),
        ("<b>x</b>.csv", "b_.csv"),
        ("..", "list"),
        ("", "list"),
    ],
)
def test_a_name_is_one_that_any_system_takes(name: str, plain: str):
    assert plain_name(name) == plain


def test_a_long_name_keeps_its_end():
    plain = plain_name("x" * 300 + ".xlsx")
    assert len(plain) == MAX_NAME
    assert plain.endswith(".xlsx")


def test_all_callers_together_send_few_files_at_once_whatever_they_are_called(tmp_path: Path):
    clock = Clock()
    pieces = Pieces(tmp_path, SECONDS, clock)
    for number in range(3 * MAX_OF_ALL):
        clock.seconds += 1
        pieces.begin(f"program {number}", "leads.csv", 1)
    assert len(list(tmp_path.iterdir())) == MAX_OF_ALL
