"""Helpers for error messages: what is wrong with which argument, and the causes of an exception."""

import re
from collections.abc import Iterator

from pydantic import ValidationError

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")


def causes(error: BaseException) -> Iterator[BaseException]:
    """An exception and its causes, down to the first one."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__


def argument_errors(error: ValidationError) -> str:
    """What is wrong with which argument, in one line, without the rejected values."""
    lines: dict[str, None] = {}
    for item in error.errors(include_url=False, include_input=False, include_context=False):
        if item["type"] == "extra_forbidden":
            lines[f"{_named(item['loc'][0])} is not known; check the spelling against the tool's schema"] = None
            continue
        where = ".".join(str(part) for part in item["loc"] if not isinstance(part, int))
        lines[f"{where or 'the arguments'}: {_plain(item['msg'])}"] = None
    return "Correct the arguments: " + "; ".join(lines) + "."


def _named(name: object) -> str:
    """An unknown argument by its name, if that looks like one: else it may be a value in the wrong place."""
    return f"the argument {name}" if _NAME.fullmatch(str(name)) else "an argument"


def _plain(message: str) -> str:
    message = message.removeprefix("Value error, ")
    return message[:1].lower() + message[1:]
