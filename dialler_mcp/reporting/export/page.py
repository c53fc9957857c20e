"""A report as one self-contained page, for the morning mail, a browser, a printer."""

from base64 import b64encode
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.charts.charts import CHARTS, WIDTH, chart
from dialler_mcp.reporting.charts.drawing import CannotDraw, png
from dialler_mcp.reporting.export.comparing import change_in_words
from dialler_mcp.reporting.export.document import Document, about
from dialler_mcp.reporting.export.sections import BEFORE, CHANGE, Cell
from dialler_mcp.reporting.export.summary import summary
from dialler_mcp.reporting.figures.measure import Unit
from dialler_mcp.reporting.figures.report import Report
from dialler_mcp.reporting.figures.words import NOT_KNOWN, duration, percent
from dialler_mcp.words import Words, number

TEMPLATE = Path(__file__).with_name("page.html")
NARROW = 400  # points, for the page on a phone
SCALE = 1.5  # small enough for a page that is mailed
PICTURED = "week"  # up to 168 lines, which are a chart here

_TITLE = Words("Campaign report", "Kampagnenbericht")
_N_OF = Words("n of N", "n von N")
_THAN_BEFORE = Words("on the period before", "zum Zeitraum davor")
_NO_PICTURES = Words("Without charts: {why}", "Ohne Diagramme: {why}")
_FOOT = Words(
    "Times are local to the dialler. A share is n of N; nothing is claimed about a rate from under 30 attempts.",
    "Zeiten in der Zeitzone des Diallers. Ein Anteil ist n von N; unter 30 Versuchen sagt eine Quote nichts.",
)


class Picture(NamedTuple):
    """A chart as an image on light and on dark paper, and for a narrow page, with its subtitle. A narrow one on dark
    paper is left out, so that the page stays small enough for a mail.
    """

    light: str
    dark: str
    narrow: str
    description: str


def html(document: Document) -> str:
    """The page: the main thing, pictures, then every figure. No script, nothing from elsewhere; text from records is
    escaped. Where pictures cannot be drawn, the page says why and has all figures.
    """
    from jinja2 import Environment, StrictUndefined

    report, language = document.report, document.language
    template = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).from_string(TEMPLATE.read_text("utf-8"))
    try:
        pictures, missing = _pictures(report, language), ""
    except CannotDraw as error:
        pictures, missing = [], _NO_PICTURES.text(language).format(why=error.words.text(language))

    words: dict[str, Any] = {
        name: each.text(language)
        for name, each in {
            "title": _TITLE,
            "n_of": _N_OF,
            "foot": _FOOT,
            "before": BEFORE,
            "change": CHANGE,
            "than_before": _THAN_BEFORE,
        }.items()
    }
    return template.render(
        language=language.value,
        words=words,
        document=document,
        summary=summary(report, language),
        about=[fact for fact in about(document) if fact.name != "notice"],
        pictures=pictures,
        missing=missing,
        headline=document.headline.lines,
        sections=[section for section in document.sections if section.name != PICTURED],
        shown=partial(_shown, language=language),
        said=partial(_said, language=language),
        of=partial(_of, language=language),
        changed=partial(_changed, language=language),
    )


def _pictures(report: Report, language: Language) -> list[Picture]:
    pictures = list[Picture]()
    for name in CHARTS:
        if name != "comparison" or report.figures_by_campaign:
            specs = [
                chart(name, report, language, width=width, dark=dark)
                for width, dark in ((WIDTH, False), (WIDTH, True), (NARROW, False))
            ]
            addresses = (_address(png(spec, scale=SCALE)) for spec in specs)
            pictures.append(Picture(*addresses, description=specs[0]["description"]))
    return pictures


def _address(picture: bytes) -> str:
    """A PNG, since the width of the letters in an SVG depends on the reader's fonts."""
    return f"data:image/png;base64,{b64encode(picture).decode()}"


def _shown(cell: Cell, language: Language) -> str:
    return _said(cell.value, cell.unit, language) if cell.known else NOT_KNOWN.text(language)


def _said(value: float | None, unit: Unit, language: Language) -> str:
    if value is None:
        return "–"
    match unit:
        case Unit.share:
            return percent(value, language)
        case Unit.seconds:
            return duration(value, language)
        case Unit.average:
            return number(value, language, 1)
        case Unit.count:
            return number(value, language)


def _changed(cell: Cell, language: Language) -> str:
    return change_in_words(cell.change, cell.unit, language)


def _of(cell: Cell, language: Language) -> str:
    return "" if cell.n is None or cell.of is None else f"{number(cell.n, language)} / {number(cell.of, language)}"
