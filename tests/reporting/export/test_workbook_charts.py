import io
import re
import zipfile
from dataclasses import replace

import pytest

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.export import Document, xlsx
from tests.reporting.some_reports import NOTHING, a_document, a_report, results


def charts(document: Document) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(xlsx(document))) as file:
        names = sorted(name for name in file.namelist() if "charts/chart" in name)
        return [file.read(name).decode() for name in names]


def titles(some: list[str]) -> list[str]:
    return [re.findall(r"<a:t>(.*?)</a:t>", one)[0] for one in some]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            Language.de,
            [
                *("Ergebnisse", "Versuche und Kontaktquote nach Stunde", "Verlauf der Tage"),
                *("Was noch zu wählen ist", "Kampagnen im Vergleich"),
            ],
        ),
        (
            Language.en,
            [
                *("Results", "Attempts and contact rate by hour", "Course of the days"),
                *("What is left to dial", "Campaigns side by side"),
            ],
        ),
    ],
)
def test_each_section_that_is_a_picture_has_its_chart(language: Language, words: list[str]):
    assert titles(charts(a_document(a_report(["A", "B"]), language))) == words
    assert len(charts(a_document())) == 4


def test_where_there_is_nothing_there_is_no_chart():
    assert charts(a_document(NOTHING)) == []


def test_a_chart_draws_the_figures_of_its_sheet():
    _, hours, days, _ = charts(a_document())
    assert "'By hour'!$B$5:$B$7" in hours
    assert "'By hour'!$D$5:$D$7" in hours  # the contact rate, on an axis of its own
    assert "<c:lineChart>" in hours
    assert "'By day'!$A$5:$A$6" in days
    assert "<c:dateAx>" in days


def test_bars_with_names_have_the_first_on_top_and_not_too_many():
    document = a_document(replace(a_report(), results=results([f"R{number}" for number in range(50)])))
    first = charts(document)[0]
    assert "Results!$B$5:$B$24" in first
    assert re.search(r"<c:catAx>.*?maxMin.*?</c:catAx>", first)


@pytest.mark.parametrize("language", Language)
def test_no_chart_covers_another_or_a_table(language: Language):
    with zipfile.ZipFile(io.BytesIO(xlsx(a_document(a_report(["A", "B"]), language)))) as file:
        drawing = file.read("xl/drawings/drawing1.xml").decode()
    numbers = [int(number) for number in re.findall(r"<xdr:(?:col|colOff|row|rowOff)>(\d+)<", drawing)]
    places = [numbers[start : start + 8] for start in range(0, len(numbers), 8)]
    boxes = [((left, x, top, y), (right, to_x, low, to_y)) for left, x, top, y, right, to_x, low, to_y in places]
    assert len(boxes) == 5
    for first, second in zip(boxes[::2], boxes[1::2], strict=False):
        assert first[1][:2] < second[0][:2]  # the end of the left one, the beginning of the right one
    for above, below in zip(boxes, boxes[2:], strict=False):
        assert above[1][2:] < below[0][2:]
    assert boxes[0][0][2] >= 13  # under the heading and the main figures
