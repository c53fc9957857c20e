"""What an XLSX says about itself."""

import pytest

from dialler_mcp.lists.reading.workbook import Strings, sort_format


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
    sort_format(14, code, dates, clocks)
    assert ("date" if dates else "clock" if clocks else "") == what


def test_strings_come_back_by_number():
    strings = Strings()
    texts = ["", "Köln", "", *map(str, range(20))]
    strings.add(texts[:2])
    strings.add(texts[2:])
    assert strings.texts(range(len(texts))) == texts
    assert strings[1] == "Köln"
    for wrong in (-1, len(texts)):
        with pytest.raises(IndexError):
            strings[wrong]
    strings.close()


def test_there_may_be_nothing_but_empty_strings():
    strings = Strings()
    strings.add(["", ""])
    assert strings.texts([1, 0]) == ["", ""]
    strings.close()
