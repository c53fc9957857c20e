"""Helpers for error messages: what is wrong with which argument, and the causes of an exception."""

import re
from collections.abc import Iterator, Sequence

from pydantic import ValidationError

MAX_NAMED = 5
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")


def causes(error: BaseException) -> Iterator[BaseException]:
    """An exception and its causes, down to the first one."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__


def argument_errors(error: ValidationError) -> str:
    """What is wrong with which argument, in one line, without the rejected values."""
    lines, unknown = dict[str, None](), list[str]()
    for item in error.errors(include_url=False, include_input=False, include_context=False):
        if item["type"] == "extra_forbidden":
            unknown.append(str(item["loc"][0]))
            continue
        where = ".".join(str(part) for part in item["loc"] if not isinstance(part, int))
        lines[f"{where or 'the arguments'}: {_plain(item['msg'])}"] = None
    if unknown:
        lines[f"{named(unknown)} not known; check the spelling against the tool's schema"] = None
    return "Correct the arguments: " + "; ".join(lines) + "."


def named(unknown: Sequence[str]) -> str:
    """Unknown arguments by their names, as far as these look like names: else they may be values in the wrong place."""
    names = [name for name in unknown if _NAME.fullmatch(name)][:MAX_NAMED]
    others = len(unknown) - len(names)
    if not names:
        return "an argument is" if others == 1 else f"{others} arguments are"
    more = f" and {others} more" if others else ""
    words = f"{', '.join(names)}{more}"
    return f"the argument {words} is" if len(unknown) == 1 else f"the arguments {words} are"


def _plain(message: str) -> str:
    message = message.removeprefix("Value error, ")
    return message[:1].lower() + message[1:]
