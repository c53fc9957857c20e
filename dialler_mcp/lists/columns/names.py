"""A whole name in one cell, taken apart into the fields of a contact. What is unclear is asked, not guessed."""

import re
from typing import NamedTuple

from dialler_mcp.lists.kinds import Kind

SALUTATIONS = {
    **{"herr": "Herr", "herrn": "Herr", "hr": "Herr", "frau": "Frau", "fr": "Frau", "fräulein": "Frau"},
    **{"mr": "Mr", "mrs": "Mrs", "ms": "Ms", "miss": "Miss", "mister": "Mr"},
}
_TITLE = re.compile(
    r"(?:dr|prof|professor|dipl|ing|mag|med|phil|jur|rer|nat|pol|oec|habil|h\.?\s?c|ddr|dres|phd|msc|bsc|mba|mult)\.?"
    r"(?:-(?:ing|kfm|kffr|inf|phys|chem|math|psych|päd)\.?)?",
    re.IGNORECASE,
)
_PARTICLES = {
    *("von", "vom", "van", "de", "der", "den", "dem", "zu", "zum", "zur", "del", "della", "di", "da", "dos", "du"),
    *("la", "le", "el", "al", "bin", "ibn", "ter", "ten", "te", "af", "av"),
}
_FIRM = re.compile(
    r"\b(?:gmbh|mbh|ggmbh|ag|kg|kgaa|ohg|gbr|ug|e\.\s?[vk]|eg|se|ltd|limited|inc|llc|plc|corp|co\.|s\.?a\.?r\.?l|"
    r"b\.v|stiftung|verein|versicherung\w*|werkstatt|praxis|kanzlei|stadtwerke|verlag|söhne|partner)(?!\w)",
    re.IGNORECASE,
)
_COUPLE = re.compile(r"\s(?:und|and|u\.|\+|&)\s|\b(?:familie|eheleute|ehepaar|geschwister|fam\.)", re.IGNORECASE)
_MAX_WORDS = 3  # without a particle: first names and a surname


class Name(NamedTuple):
    """The parts of a name; `kind` says why it was not taken apart."""

    name: str = ""
    first_name: str = ""
    salutation: str = ""
    title: str = ""
    company: str = ""
    kind: Kind | None = None

    def values(self) -> dict[str, str]:
        """The fields that have a value, by wire name."""
        names = ("Name", "FirstName", "Salutation", "Title", "Company")
        return {wire: value for wire, value in zip(names, self, strict=False) if value}


def name_in(text: str) -> Name:
    """The parts of `Schulze, Hans-Peter` or `Frau Dr. Ingrid von Stein`. A word alone is a surname."""
    line = " ".join(text.split())
    if _FIRM.search(line):
        return Name(company=line, kind=Kind.firm)
    if _COUPLE.search(line):
        return Name(kind=Kind.several_people)
    before, comma, after = line.partition(",")
    if comma and "," in after:
        return Name(kind=Kind.name_unclear)
    salutation, title, words = _without_titles((f"{after} " if comma else line).split())
    if not comma:
        return _in_order(words, salutation, title)
    other_salutation, other_title, surname = _without_titles(before.split())
    salutation, title = salutation or other_salutation, " ".join(filter(None, (other_title, title)))
    if not surname:
        return Name(kind=Kind.name_unclear)
    particles = [word for word in words if word in _PARTICLES]  # Stein, Ingrid von
    first = [word for word in words if word not in _PARTICLES]
    return Name(" ".join([*particles, *surname]), " ".join(first), salutation, title)


def _in_order(words: list[str], salutation: str, title: str) -> Name:
    start = next((place for place, word in enumerate(words) if word.casefold() in _PARTICLES), len(words) - 1)
    if not words or words[-1].casefold() in _PARTICLES or (start == len(words) - 1 and len(words) > _MAX_WORDS):
        return Name(kind=Kind.name_unclear)
    return Name(" ".join(words[start:]), " ".join(words[:start]), salutation, title)


def _without_titles(words: list[str]) -> tuple[str, str, list[str]]:
    salutation, titles = "", list[str]()
    rest = list(words)
    while rest:
        word = rest[0]
        if not salutation and word.rstrip(".").casefold() in SALUTATIONS:
            salutation = SALUTATIONS[word.rstrip(".").casefold()]
        elif _TITLE.fullmatch(word):
            titles.append(word)
        else:
            break
        rest.pop(0)
    return salutation, " ".join(titles), rest
