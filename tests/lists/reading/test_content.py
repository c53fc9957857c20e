"""What a file is, whatever it is called."""

import io
import zipfile
from pathlib import Path

import pytest

from dialler_mcp.lists.reading.content import Content, content_of, looks_like_json, misnamed
from dialler_mcp.lists.reading.errors import Unreadable
from tests.lists.reading.made import a_file
from tests.lists.reading.test_table import SAMPLES

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def zipped(**parts: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return file.getvalue()


ODS = "application/vnd.oasis.opendocument.spreadsheet"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"Name;Telefon", Content.text),
        (b"[Name];[Telefon]", Content.text),
        (b'\xef\xbb\xbf\r\n {"Name": 1}', Content.json),
        ('[\n {"Name": 1}]'.encode("utf-16"), Content.json),
        (b"[]", Content.json),
        (zipped(xl__workbook_xml=""), Content.xlsx),
        (zipped(mimetype=ODS, content_xml=""), Content.ods),
        (OLE + b"\0" * 600 + "Workbook\0".encode("utf-16-le"), Content.xls),
        ((SAMPLES / "05-old-excel.xls").read_bytes(), Content.xls),
    ],
)
def test_a_file_is_what_is_in_it(tmp_path: Path, content: bytes, kind: Content):
    assert content_of(a_file(tmp_path, content)) == kind


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"%PDF-1.7", "is a PDF"),
        (b"\x89PNG\r\n", "a picture"),
        (b"\x1f\x8b\x08", "a packed file"),
        (b"SQLite format 3\0", "a database"),
        (b"  <!DOCTYPE html><html>", "a web page"),
        ("<table><tr>".encode("utf-16"), "a web page"),
        (b"<!-- x --><TABLE>", "a web page"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook>', "an XML file"),
        (b"MIME-Version: 1.0", "a saved web page"),
        (OLE + b"\0" * 600 + "EncryptionInfo\0".encode("utf-16-le"), "protected with a password"),
        (OLE + b"\0" * 600, "no spreadsheet"),
        (zipped(word__document_xml=""), "a text document"),
        (zipped(**{"xl__workbook.bin": ""}), "XLSB"),
        (zipped(readme=""), "without a spreadsheet"),
        (zipped(), "without a spreadsheet"),
        (zipped(mimetype="application/vnd.oasis.opendocument.text", content_xml=""), "no spreadsheet"),
        (
            zipped(mimetype=ODS, content_xml="", **{"META-INF__manifest_xml": "<manifest:encryption-data>"}),
            "protected with a password",
        ),
        (zipped(xl__workbook_xml="x" * 99)[:-30], "damaged"),
    ],
)
def test_what_is_no_list_is_refused_by_its_name(tmp_path: Path, content: bytes, sentence: str):
    with pytest.raises(Unreadable, match=sentence):
        content_of(a_file(tmp_path, content))


def test_what_is_inside_is_found_across_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("dialler_mcp.lists.reading.content._BLOCK", 200)
    for place in range(160, 220):
        content = OLE + b"\0" * place + "EncryptedPackage\0".encode("utf-16-le") + b"\0" * 99
        with pytest.raises(Unreadable, match="password"):
            content_of(a_file(tmp_path, content))


@pytest.mark.parametrize("text", ['{"a": 1}', "[{", "[[1]]", " [ ]", "{}"])
def test_json_is_seen(text: str):
    assert looks_like_json(text)


@pytest.mark.parametrize("text", ["Name", "[Name]", "{Name}", "", "[1, 2]"])
def test_what_is_no_json_is_seen(text: str):
    assert not looks_like_json(text)


@pytest.mark.parametrize(
    ("name", "format_", "sentence"),
    [
        ("list.csv", "csv", ""),
        ("LIST.TXT", "csv", ""),
        ("list", "xlsx", ""),
        ("list.json", "jsonl", "Read as JSON Lines, which it is, although its name ends in .json."),
        ("list.XLS", "csv", "Read as text, which it is, although its name ends in .xls."),
        ("list.xls", "xlsx", "Read as XLSX, which it is, although its name ends in .xls."),
    ],
)
def test_a_name_that_lies_is_said(name: str, format_: str, sentence: str):
    assert misnamed(name, format_).en == sentence
