"""Places: postal code and town in one cell, and countries as lists name them."""

import re
from functools import cache
from typing import NamedTuple

from dialler_mcp.domain.spelling import loose, parts_of

GERMAN_POSTAL_CODE = 5  # digits
_PLACE = re.compile(r"(?:(?P<country>[A-Z]{1,3})\s?[-–]\s?)?(?P<code>\d{4,6})(?:[\s,]+(?P<city>.+))?")
# Names and signs that lists use beside the two letters of ISO 3166.
_COUNTRIES = {
    "DE": "D, Deutschland, Germany, BRD, GER, DEU, Allemagne",
    "AT": "A, Österreich, Austria, AUT",
    "CH": "Schweiz, Switzerland, Suisse, CHE",
    "LI": "FL, Liechtenstein",
    "LU": "L, Luxemburg, Luxembourg",
    "NL": "Niederlande, Holland, Netherlands, NLD",
    "BE": "B, Belgien, Belgium, BEL",
    "FR": "F, Frankreich, France, FRA",
    "IT": "I, Italien, Italy, Italia, ITA",
    "ES": "E, Spanien, Spain, España, ESP",
    "PT": "P, Portugal",
    "PL": "Polen, Poland, Polska, POL",
    "CZ": "Tschechien, Czechia, Czech Republic, Tschechische Republik, CZE",
    "DK": "Dänemark, Denmark, DNK",
    "SE": "S, Schweden, Sweden, SWE",
    "NO": "N, Norwegen, Norway, NOR",
    "FI": "Finnland, Finland, FIN",
    "GB": "UK, England, Großbritannien, Great Britain, United Kingdom, Vereinigtes Königreich, GBR",
    "IE": "IRL, Irland, Ireland",
    "US": "USA, Vereinigte Staaten, United States",
    "CA": "CDN, Kanada, Canada",
    "AU": "AUS, Australien, Australia",
    "TR": "Türkei, Turkey, Türkiye, TUR",
    "HU": "H, Ungarn, Hungary, HUN",
    "SK": "Slowakei, Slovakia",
    "SI": "SLO, Slowenien, Slovenia",
    "HR": "Kroatien, Croatia",
    "RO": "Rumänien, Romania",
    "BG": "Bulgarien, Bulgaria",
    "GR": "Griechenland, Greece",
    "UA": "Ukraine",
}


class Place(NamedTuple):
    postal_code: str = ""
    city: str = ""
    country: str = ""

    def values(self) -> dict[str, str]:
        """The fields that have a value, by wire name."""
        return {wire: one for wire, one in zip(("PostalCode", "City", "Country"), self, strict=True) if one}


def place_in(text: str) -> Place:
    """The parts of `D-20095 Hamburg`; a text without a postal code is a town."""
    line = " ".join(text.split())
    match = _PLACE.fullmatch(line)
    return Place(match["code"], match["city"] or "", match["country"] or "") if match else Place(city=line)


@cache
def region_of(country: str) -> str | None:
    """The two letters of a country, however a list names it; None for an unknown one."""
    if len(country) == 2 and country.isalpha() and country.isupper():
        return country if country in _regions() else _by_name().get(_folded(country))
    return _by_name().get(_folded(country)) or (country.upper() if country.upper() in _regions() else None)


def _folded(text: str) -> str:
    return loose("".join(parts_of(text)))


@cache
def _by_name() -> dict[str, str]:
    return {_folded(name): region for region, names in _COUNTRIES.items() for name in names.split(",")}


@cache
def _regions() -> frozenset[str]:
    from phonenumbers import SUPPORTED_REGIONS

    return frozenset(SUPPORTED_REGIONS)
