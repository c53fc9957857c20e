"""Helpers for error messages: what is wrong with which argument, and the causes of an exception."""

import re
from collections.abc import Iterator, Sequence

from pydantic import ValidationError

from dialler_mcp.words import Words, joined
from dialler_mcp.wrong_values import mistake_of

MAX_NAMED = 5
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
NOT_SENT = Words("Nothing was sent.", "Es wurde nichts gesendet.")
CORRECT = Words("Correct the arguments: {faults}.", "Berichtigen Sie die Angaben: {faults}.")
_ALL = Words("the arguments", "die Argumente")
_NOT_KNOWN = Words(
    "{names} not known; check the spelling against the tool's schema",
    "{names} nicht bekannt; prüfen Sie die Schreibweise am Schema des Werkzeugs",
)
_ONE, _SEVERAL = Words("an argument is", "ein Argument ist"), Words("{n} arguments are", "{n} Argumente sind")
_ONE_NAMED = Words("the argument {names} is", "das Argument {names} ist")
_SEVERAL_NAMED = Words("the arguments {names} are", "die Argumente {names} sind")
_AND_MORE = Words(" and {n} more", " und {n} weitere")


def causes(error: BaseException) -> Iterator[BaseException]:
    """An exception and its causes, down to the first one."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__


def argument_errors(error: ValidationError) -> Words:
    """What is wrong with which argument, in one line, without the rejected values."""
    lines, unknown = dict[Words, None](), list[str]()
    for item in error.errors(include_url=False, include_input=False):
        if item["type"] == "extra_forbidden":
            unknown.append(str(item["loc"][0]))
            continue
        where = ".".join(str(part) for part in item["loc"] if not isinstance(part, int))
        name = Words.alike(where) if where else _ALL
        lines[name.then(_plain(mistake_of(item)), between=": ")] = None
    if unknown:
        lines[_NOT_KNOWN.filled(names=named(unknown))] = None
    return CORRECT.filled(faults=joined(list(lines)))


def named(unknown: Sequence[str]) -> Words:
    """Unknown arguments by their names, as far as these look like names: else they may be values in the wrong place."""
    names = [name for name in unknown if _NAME.fullmatch(name)][:MAX_NAMED]
    others = len(unknown) - len(names)
    if not names:
        return _ONE if others == 1 else _SEVERAL.filled(n=others)
    more = _AND_MORE.filled(n=others) if others else Words("", "")
    words = Words.alike(", ".join(names)).then(more, between="")
    return (_ONE_NAMED if len(unknown) == 1 else _SEVERAL_NAMED).filled(names=words)


def _plain(mistake: Words) -> Words:
    """Behind the name of its argument."""
    return Words(mistake.en[:1].lower() + mistake.en[1:], mistake.de)
