import pytest

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.export.comparing import change, change_format, change_in_words
from dialler_mcp.reporting.figures.measure import Unit


@pytest.mark.parametrize(
    ("value", "before", "unit", "en", "de"),
    [
        (1200, 1000, Unit.count, "+20.0%", "+20,0 %"),
        (0.4, 0.425, Unit.share, "−2.5 points", "−2,5 Prozentpunkte"),
        (3.4, 3.1, Unit.average, "+0.3", "+0,3"),
        (30, 72, Unit.seconds, "−42 s", "−42 s"),
        (7, 7, Unit.count, "±0.0%", "±0,0 %"),
        (10_000, 9_999, Unit.count, "±0.0%", "±0,0 %"),
        (7, 0, Unit.count, "–", "–"),
        (7, None, Unit.seconds, "–", "–"),
        (None, 7, Unit.seconds, "–", "–"),
    ],
)
def test_a_change_is_said_in_its_unit(value: float | None, before: float | None, unit: Unit, en: str, de: str):
    words = change(value, before, unit)
    assert change_in_words(words, unit, Language.en) == en
    assert change_in_words(words, unit, Language.de) == de


def test_a_spreadsheet_shows_the_same():
    assert change_format(Unit.count, Language.en) == "+0.0%;-0.0%;0.0%"
    assert change_format(Unit.share, Language.de) == '+0.0" Prozentpunkte";-0.0" Prozentpunkte";0.0" Prozentpunkte"'
