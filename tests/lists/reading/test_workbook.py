"""What an XLSX says about itself."""

import pytest

from dialler_mcp.lists.reading import workbook
from dialler_mcp.lists.reading.limits import Limits
from dialler_mcp.lists.reading.workbook import Strings


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("dd.mm.yyyy", "date"),
        ("[$-407]d. mmm yy;@", "date"),
        ("mmm", "date"),
        ("yyyy-mm-dd\\Thh:mm", "date"),
        ("TT.MM.JJJJ", "date"),
        ("hh:mm", "clock"),
        ("[h]:mm:ss", "clock"),
        ("mm:ss.0", "clock"),
        ("0.00E+00", ""),
        ("General", ""),
        ('0 "days"', ""),
        ("[Red]0", ""),
        ("#,##0.00 _€", ""),
        ("@", ""),
        ("\\d0", ""),
        ("00000;dd", ""),
    ],
)
def test_a_format_shows_a_date_or_a_time_or_neither(code: str, what: str):
    dates, clocks = {14}, {14}
    workbook._sort(14, code, dates, clocks)  # pyright: ignore[reportPrivateUsage]
    assert ("date" if dates else "clock" if clocks else "") == what


@pytest.mark.parametrize("most", [1, 7, 100])
def test_many_strings_go_to_a_file_and_come_back(most: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(workbook, "_IN_BLOCK", 3)
    strings = Strings(Limits(strings=most))
    for number in range(20):
        strings.add([f"text {number}"])
    assert strings.texts(range(19, -1, -3)) == [f"text {number}" for number in range(19, -1, -3)]
    assert [strings[number] for number in range(20)] == [f"text {number}" for number in range(20)]
    for wrong in (-1, 20):
        with pytest.raises(IndexError):
            strings[wrong]
    strings.close()


def test_long_strings_go_to_a_file_too(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(workbook, "_MOST_TEXT", 10)
    strings = Strings(Limits())
    strings.add(["a" * 20, "b"])
    assert (strings[0], strings[1]) == ("a" * 20, "b")
    strings.close()
