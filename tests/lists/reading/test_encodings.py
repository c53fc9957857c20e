"""In which encoding a file is."""

from pathlib import Path

import pytest

from dialler_mcp.lists.reading.encodings import DAMAGED, Encoding, encoding_of
from dialler_mcp.lists.reading.errors import Unreadable
from tests.lists.reading.made import a_file, cells_of, faults_of, table_of

LIST = "Name;Ort;Telefon\nMüller;Köln;0221 4710002\nGroß;München;089 99998003\n"


def found(folder: Path, content: bytes, encoding: str | None = None) -> Encoding:
    return encoding_of(a_file(folder, content), encoding)


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
        ("cp1252", "cp1252"),
        ("iso-8859-1", "cp1252"),
    ],
)
def test_an_encoding_is_found_and_the_list_is_read(tmp_path: Path, codec: str, name: str):
    table = table_of(tmp_path, LIST.encode(codec))
    assert table.encoding == name
    assert cells_of(table)[0] == ["Müller", "Köln", "0221 4710002"]


def test_one_letter_far_down_decides_and_its_line_is_said(tmp_path: Path):
    content = b"Name;Telefon\n" + b"Meier;030 23125001\n" * 99_999 + "Müller;030 23125002\n".encode("cp1252")
    encoding = found(tmp_path, content)
    assert encoding.name == "cp1252"
    assert encoding.note is not None
    assert "line 100001 is not UTF-8" in encoding.note.en


@pytest.mark.parametrize("codec", ["cp850", "cp437"])
@pytest.mark.parametrize("name", ["Müller", "Köhler", "Jäger", "Öztürk"])
def test_letters_of_dos_are_asked_about(tmp_path: Path, codec: str, name: str):
    content = f"Name;Ort;Telefon\nX{name};Bonn;030 23125001\n".encode(codec)
    with pytest.raises(Unreadable, match="encoding=cp850"):
        found(tmp_path, content)
    assert cells_of(table_of(tmp_path, content, encoding=codec))[0][0] == f"X{name}"


def test_quotation_marks_of_windows_are_no_letters_of_dos(tmp_path: Path):
    content = "Name;Telefon\n„Bubi“ Weiß, sagt ”ja”;030 23125001\n".encode("cp1252")
    assert found(tmp_path, content).name == "cp1252"


def test_a_mark_of_letters_across_two_blocks_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("dialler_mcp.lists.reading.encodings._BLOCK", 16)
    for before in range(16, 34):
        with pytest.raises(Unreadable, match="encoding="):
            found(tmp_path, b"x" * before + "Jäger\n".encode("cp850"))


def test_damaged_utf_8_is_no_windows_and_its_lines_say_so(tmp_path: Path):
    content = LIST.encode() + b"Sch\xfctz;Bonn;030 23125001\n"
    table = table_of(tmp_path, content)
    assert table.encoding == "utf-8"
    assert [row[0] for row in cells_of(table)] == ["Müller", "Groß"]
    assert faults_of(table) == {4: DAMAGED}
    assert "damaged from line 4 on" in table.notes[0].en


def test_damage_behind_a_mark_is_a_fault_too(tmp_path: Path):
    assert list(faults_of(table_of(tmp_path, LIST.encode("utf-8-sig") + b"Sch\xfctz;Bonn;030 23125001\n"))) == [4]


def test_a_file_that_is_cut_in_a_letter_is_utf_8(tmp_path: Path):
    assert found(tmp_path, (LIST + "Kö").encode()[:-1]).name == "utf-8"


def test_the_encoding_that_is_asked_for_must_fit(tmp_path: Path):
    assert found(tmp_path, LIST.encode("cp1250", "replace"), "windows-1250").name == "cp1250"
    assert found(tmp_path, LIST.encode("utf-8-sig"), "utf8").name == "utf-8-sig"
    with pytest.raises(Unreadable, match="Line 2 is not in the encoding utf-8"):
        found(tmp_path, LIST.encode("cp1252"), "utf-8")
    with pytest.raises(Unreadable, match="not in the encoding utf-16"):
        found(tmp_path, b"odd", "utf-16")


@pytest.mark.parametrize("name", ["klingonisch", "rot13", "hex", "unicode_escape", "idna", "undefined", "", "a\0b"])
def test_what_is_no_encoding_of_a_text_is_refused(tmp_path: Path, name: str):
    with pytest.raises(Unreadable, match="no such encoding"):
        found(tmp_path, LIST.encode(), name)


@pytest.mark.parametrize("content", [b"\xff\xfe\x41", b"a\0" * 9 + b"\0\xd8", b"\x00\x01\x02\x03" * 99])
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes):
    with pytest.raises(Unreadable):
        found(tmp_path, content)
