import base64
import re
import sys
from html.parser import HTMLParser

import pytest
from hypothesis import given

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.export import html
from dialler_mcp.reporting.export.formulas import formula_of
from dialler_mcp.reporting.export.sections import sections
from dialler_mcp.reporting.figures.report import Report
from tests.examples import examples, rest_thorough
from tests.reporting.some_reports import BEFORE, NOTHING, ODD_NAMES, UNREAD, a_document, a_report, reports, results

ALONE = {"meta", "source", "img"}


class Page(HTMLParser):
    """The tags, attributes and text of a page; raises where a tag is not closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags, self.open, self.said = list[tuple[str, dict[str, str]]](), list[str](), list[str]()
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in ALONE:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.said.append(data)


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures take time, and are tested elsewhere."""
    monkeypatch.setattr("dialler_mcp.reporting.export.page.png", lambda *_, **__: b"picture")  # pyright: ignore


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("language", rest_thorough(Language))
@examples(5)
@given(report=reports())
def test_a_page_of_any_report_needs_nothing_from_elsewhere(language: Language, report: Report):
    page = Page(html(a_document(report, language)))
    assert {tag for tag, _ in page.tags} <= {
        *("html", "head", "meta", "title", "style", "body", "h1", "h2", "dl", "dt", "dd", "div", "picture", "source"),
        *("img", "ul", "li", "b", "span", "small", "table", "thead", "tbody", "tr", "th", "td", "footer", "p"),
    }
    for tag, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "href"]
        addresses = [attributes[name] for name in ("src", "srcset") if name in attributes]
        assert all(address.startswith("data:image/png;base64,") for address in addresses), tag
    assert page.tags[0] == ("html", {"lang": language.value})


@pytest.mark.usefixtures("undrawn")
def test_names_are_escaped():
    names = ['A & B " onerror="alert(1)', *ODD_NAMES]
    page = html(a_document(a_report(names, results=results(names)), Language.en))
    assert not [one for _, attributes in Page(page).tags for one in attributes if one == "onerror"]
    assert "A &amp; B &#34; onerror=" in page
    assert "{{ 7*7 }}" in page
    assert "<script" not in page


@pytest.mark.usefixtures("undrawn")
def test_a_page_has_every_figure_with_its_n_of_n_and_formula():
    report = a_report(["A", "B"])
    text = " ".join(Page(html(a_document(report, Language.de))).said)
    for section in sections(report, Language.de):
        assert (section.title in text) == (section.name != "week")
    for figure in report.figures.values():
        assert figure.measure.words.de in text
        assert formula_of(figure.measure, Language.de) in text
    assert "25,0 %" in text
    assert "25 / 100" in text
    assert "12,5" in text
    assert "Stand der Daten" in text


@pytest.mark.thorough
def test_pictures_are_for_light_and_dark_paper_and_described_and_small_enough_for_a_mail():
    text = html(a_document(a_report(["A"] * 15), Language.en))
    page = Page(text)
    light = [attributes for tag, attributes in page.tags if tag == "img"]
    dark = [attributes for tag, attributes in page.tags if tag == "source" and "dark" in attributes["media"]]
    assert len(light) == len(dark) == 7
    assert light[0]["alt"].startswith("Results. ")
    pictures = [base64.b64decode(one.partition(",")[2]) for one in (light[0]["src"], dark[0]["srcset"])]
    assert pictures[0] != pictures[1]
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)
    assert len(text) < 1_500_000


@pytest.mark.usefixtures("undrawn")
def test_one_campaign_has_no_picture_that_compares():
    assert len([tag for tag, _ in Page(html(a_document())).tags if tag == "img"]) == 6


def test_without_the_drawing_library_the_figures_are_there(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    page = Page(html(a_document()))
    text = " ".join(page.said)
    assert "img" not in {tag for tag, _ in page.tags}
    assert "Without charts: Pictures need the package vl-convert-python" in text
    assert "contact rate" in text


@pytest.mark.usefixtures("undrawn")
def test_a_report_without_calls_is_a_page():
    assert "–" in html(a_document(NOTHING, Language.en))


@pytest.mark.usefixtures("undrawn")
def test_what_is_not_known_is_no_zero():
    page = html(a_document(UNREAD, Language.de))
    assert re.search(r"<td>Versuche<small[^>]*>[^<]*</small></td><td>nicht bekannt</td>", page)
    assert "<li>Versuche<b>nicht bekannt</b><span></span>" in page
    assert "Wer angerufen wurde, ist nicht bekannt." in page
    assert "0 / 0" not in page


@pytest.mark.usefixtures("undrawn")
def test_a_page_is_called_by_its_campaigns_and_begins_with_the_main_thing():
    page = html(a_document(a_report(["A", "B", "C", "D"])))
    assert "<title>A (538), B (539), C (540) + 1 · Campaign report</title>" in page
    assert "<h1>A (538), B (539), C (540) + 1</h1>" in page
    text = Page(page).said
    sentence = (
        "25 contacts called in 25 attempts, 25 spoken to themselves, 25 won by our calls."
        " 25 of 25 contacts can be dialled now."
    )
    assert text.index(sentence) < text.index("dialler") < text.index("contact rate")
    assert "https://dialler.example/rest/v1.0/1" in text
    assert "2026-11-20 14:00" in text


@pytest.mark.usefixtures("undrawn")
def test_a_notice_stands_before_all_else_and_only_where_there_is_one():
    page = html(a_document(notice="Invented people."))
    assert page.index('<p class="notice">Invented people.</p>') < page.index("<h1>")
    assert '<p class="notice">' not in html(a_document())


@pytest.mark.usefixtures("undrawn")
def test_figures_stand_beside_those_of_the_period_before():
    page = html(a_document(language=Language.de, before=BEFORE))
    assert '<span class="change">+25,0 % zum Zeitraum davor</span>' in page
    assert '<td class="faint">20</td><td>+25,0 %</td>' in page
    assert "Zeitraum davor" not in html(a_document(language=Language.de))


@pytest.mark.usefixtures("undrawn")
def test_every_length_of_time_has_its_unit():
    text = " ".join(Page(html(a_document())).said)
    assert "6 min 40 s" in text
    assert "1 min 0 s" in text


@pytest.mark.usefixtures("undrawn")
def test_a_page_has_pictures_for_a_phone_and_a_form_for_the_printer():
    page = html(a_document())
    narrow = [one for tag, one in Page(page).tags if tag == "source" and "max-width" in one["media"]]
    assert len(narrow) == len([tag for tag, _ in Page(page).tags if tag == "img"])
    assert "size: A4 landscape" in page
