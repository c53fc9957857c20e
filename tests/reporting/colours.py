"""How far colours are apart for eyes of every kind."""

from itertools import combinations
from math import dist

Vector = tuple[float, float, float]
Matrix = tuple[Vector, Vector, Vector]

EYES: dict[str, Matrix] = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
"""What an eye makes of linear RGB. Source: Machado, Oliveira, Fernandes, A Physiologically-based Model for Simulation
of Color Vision Deficiency, IEEE TVCG 15 (2009), severity 1.
"""
_XYZ: Matrix = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
_WHITE: Vector = (0.9505, 1.0, 1.089)


def linear(colour: str) -> Vector:
    """The light of `#rrggbb`, each part 0 to 1 (IEC 61966-2-1)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return red, green, blue


def _times(matrix: Matrix, vector: Vector) -> Vector:
    first, second, third = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return first, second, third


def lab(colour: str, eyes: str) -> Vector:
    """CIE L*a*b* of a colour as these eyes see it."""
    light = _times(EYES[eyes], linear(colour))
    x, y, z = (
        max(part, 0) / white
        for part, white in zip(
            _times(_XYZ, (max(light[0], 0), max(light[1], 0), max(light[2], 0))), _WHITE, strict=True
        )
    )
    f, g, h = (part ** (1 / 3) if part > 216 / 24389 else (24389 / 27 * part + 16) / 116 for part in (x, y, z))
    return 116 * g - 16, 500 * (f - g), 200 * (g - h)


def nearest(colours: list[str], eyes: str) -> float:
    """The distance (CIE76) of the two colours that are hardest to tell apart."""
    return min(dist(lab(one, eyes), lab(other, eyes)) for one, other in combinations(colours, 2))


def contrast(one: str, other: str) -> float:
    """The contrast of WCAG 2, 1 to 21."""
    light, dark = sorted((_times(_XYZ, linear(colour))[1] for colour in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
