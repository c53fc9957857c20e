"""How a figure changed against the period before: numbers in percent, shares in points, the rest by difference."""

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.figures.measure import Unit
from dialler_mcp.reporting.figures.words import percent
from dialler_mcp.words import Words, number

_POINTS = Words("points", "Prozentpunkte")
MINUS = "\u2212"


def change(value: float | None, before: float | None, unit: Unit) -> float | None:
    """The change: of a number as a share of what was before, of a share in percentage points, else the difference. None
    where one of the two is not known, or a number was 0 before.
    """
    if value is None or before is None:
        return None
    if unit is Unit.count:
        return value / before - 1 if before else None
    return 100 * (value - before) if unit is Unit.share else value - before


def change_in_words(difference: float | None, unit: Unit, language: Language) -> str:
    """`+9.4%`, `−2.1 points`, `+12 s`; a dash where it is not known."""
    if difference is None:
        return "–"
    amount = abs(difference)
    match unit:
        case Unit.count:
            text = percent(amount, language)
        case Unit.share:
            text = f"{number(amount, language, 1)} {_POINTS.text(language)}"
        case Unit.average:
            text = number(amount, language, 1)
        case Unit.seconds:
            text = f"{number(amount, language)} s"
    if not any(digit in text for digit in "123456789"):
        return f"±{text}"
    return f"{MINUS if difference < 0 else '+'}{text}"


def change_format(unit: Unit, language: Language) -> str:
    """The same as the format of a spreadsheet's number."""
    form = {
        Unit.count: "0.0%",
        Unit.share: f'0.0" {_POINTS.text(language)}"',
        Unit.average: "0.0",
        Unit.seconds: '0" s"',
    }[unit]
    return f"+{form};-{form};{form}"
