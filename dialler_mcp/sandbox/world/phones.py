"""Telephone numbers that belong to no one.

Source: Bundesnetzagentur, "Rufnummern für Medienproduktionen" (drama numbers): ranges that are never assigned.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

LANDLINES = {
    "Berlin": "493023125",
    "Frankfurt am Main": "496990009",
    "Hamburg": "494066969",
    "Köln": "492214710",
    "München": "498999998",
}
"""City to the E.164 prefix of its range; three digits, 000 to 999, follow."""

MOBILE_RANGES = ("4917139200", "49176040690")
"""Prefixes of the mobile ranges; two digits, 00 to 99, follow."""

SINGLE_MOBILES = (
    "4915228817386",
    "4915228895456",
    "4915254599371",
    "491729925904",
    "491729968532",
    "491729973185",
    "491729973186",
    "491729980752",
    "491749091317",
    "491749464308",
)

COUNTRY_CODES_ID = 49
_AREA_CODES = {prefix: 4640 + position for position, prefix in enumerate(LANDLINES.values())}
_SERVICE_LINES = 10  # the last numbers of Frankfurt belong to the campaigns themselves


def service_number(line: int) -> str:
    """The number that a campaign shows to the called party: one of the last ten of Frankfurt."""
    return f"{LANDLINES['Frankfurt am Main']}{999 - line % _SERVICE_LINES:03d}"


def area_codes_id(number: str) -> int | None:
    """The dialler's internal ID of an area; None for a mobile number."""
    return next((area for prefix, area in _AREA_CODES.items() if number.startswith(prefix)), None)


def is_invented(number: str) -> bool:
    """Whether a number lies in a range reserved for invented people."""
    ranges = [(prefix, 3) for prefix in LANDLINES.values()] + [(prefix, 2) for prefix in MOBILE_RANGES]
    return number in SINGLE_MOBILES or any(
        number.startswith(prefix) and len(number) == len(prefix) + digits and number.isdecimal()
        for prefix, digits in ranges
    )


def _numbers(prefix: str, digits: int, until: int) -> list[str]:
    return [f"{prefix}{number:0{digits}d}" for number in range(until)]


@dataclass
class Directory:
    """Gives out each number once, so that no two people share one."""

    rng: Random
    _landlines: dict[str, list[str]] = field(init=False)
    _mobiles: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self._landlines = {
            city: self._shuffled(_numbers(prefix, 3, 1000 - _SERVICE_LINES)) for city, prefix in LANDLINES.items()
        }
        ranges = [number for prefix in MOBILE_RANGES for number in _numbers(prefix, 2, 100)]
        self._mobiles = self._shuffled([*ranges, *SINGLE_MOBILES])

    def _shuffled(self, numbers: Sequence[str]) -> list[str]:
        return self.rng.sample(numbers, len(numbers))

    def landline(self, city: str) -> str:
        """A landline of the city; of another city where this one has no reserved range."""
        numbers = self._landlines.get(city) or self._landlines[self.rng.choice(list(LANDLINES))]
        return numbers.pop()

    def mobile(self, city: str) -> str:
        """A mobile number, or a landline when the few mobile ones are used up."""
        return self._mobiles.pop() if self._mobiles else self.landline(city)
