"""Arguments as the log may keep them: IDs, numbers, flags and our own words unchanged, everything else as a pseudonym.

The rule lists what may stay, so anything unforeseen (an unknown argument, a name for an ID) becomes a pseudonym.
"""

import hashlib
import hmac
from base64 import b32encode
from collections.abc import Mapping, Sequence
from datetime import UTC, date
from typing import Any, cast

from dialler_mcp.domain import times
from dialler_mcp.domain.fields import MAX_ID, Kind
from dialler_mcp.domain.records import AcdEvent, Contact
from dialler_mcp.domain.text import clean

MAX_ITEMS = 100  # of a list, and of arguments; the rest is counted
_PERSONAL = frozenset((Kind.PERSON, Kind.PHONE, Kind.EMAIL, Kind.BANK, Kind.FREE))
_FIELDS = {info.wire: info.about.kind for record in (AcdEvent, Contact) for info in record.fields()}
_FIELD_NAMES = frozenset(name.casefold() for name in _FIELDS)
_TIMES = {"since", "until"} | {name for name, kind in _FIELDS.items() if kind is Kind.TIME}
_PATHS = frozenset(
    ("campaigns", "contacts", "reference", "cause-codes", "connres", "fields", "result-codes", "result-types")
)
_NUMBERS = frozenset(("integer", "number"))


class Pseudonyms:
    """Pseudonyms under one key: a person always has the same one; without the key nobody can tell who it is."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, value: object) -> str:
        """`p:` and 8 characters; the same for spellings that differ in case or blanks only."""
        text = value if isinstance(value, str) else _written(value)
        seal = hmac.digest(self._key, clean(text).casefold().encode("utf-8", "surrogatepass"), "sha256")
        return f"p:{b32encode(seal[:5]).decode().lower()}"

    def arguments(self, value: object, schema: Mapping[str, Any]) -> dict[str, Any] | str | None:
        """The arguments of an invocation, by the JSON schema of its tool; of a phrase only whether there was one."""
        if value is None:
            return None
        if not isinstance(value, Mapping):
            return self.of(value)
        arguments = cast(Mapping[str, Any], value)
        properties: Mapping[str, Any] = schema.get("properties", {})
        result: dict[str, Any] = {}
        for name in list(arguments)[:MAX_ITEMS]:
            if name == "confirm":
                result[name] = arguments[name] is not None
            elif name in properties:
                result[name] = self._value(name, arguments[name], properties[name])
            else:
                result[self.of(name)] = self.of(arguments[name])
        return result | _more(arguments)

    def address(self, uri: object) -> str:
        """The address of a resource; a pseudonym, unless it consists of our own words and IDs only."""
        if not isinstance(uri, str) or not uri.startswith("dialler://"):
            return self.of(uri)
        parts = uri.removeprefix("dialler://").split("/")
        return uri if all(part in _PATHS or _is_id(part) for part in parts) else self.of(uri)

    def _value(self, name: str, value: object, schema: Mapping[str, Any]) -> Any:
        if value is None or isinstance(value, bool):
            return value
        options: list[Mapping[str, Any]] = [schema, *schema.get("anyOf", ())]
        if isinstance(value, Mapping):
            fields = next((option for option in options if "properties" in option), None)
            return self.of(cast(object, value)) if fields is None else self.arguments(cast(object, value), fields)
        if isinstance(value, list):
            items: Sequence[object] = cast(list[object], value)
            inner: Mapping[str, Any] | None = next((option["items"] for option in options if "items" in option), None)
            if inner is None:  # no list is wanted here; nobody knows how deep it is
                return self.of(items)
            items_shown = [self._value(name, item, inner) for item in items[:MAX_ITEMS]]
            return items_shown + [f"+{len(items) - MAX_ITEMS}"] * (len(items) > MAX_ITEMS)
        if _FIELDS.get(name) in _PERSONAL or not any(_stays(name, value, option) for option in options):
            return self.of(value)
        return value


def _written(value: object) -> str:
    """What a value looks like. Python writes no number of more than 4,300 digits, nor what is nested without end."""
    try:
        return repr(value)
    except (ValueError, RecursionError):
        return type(value).__name__


def _more(arguments: Mapping[str, Any]) -> dict[str, Any]:
    beyond = len(arguments) - MAX_ITEMS
    return {"more": beyond} if beyond > 0 else {}


def _stays(name: str, value: object, schema: Mapping[str, Any]) -> bool:
    """Whether the value tells nothing about a person."""
    if isinstance(value, str):
        if value in schema.get("enum", ()):
            return True
        if name == "fields":
            return value.casefold() in _FIELD_NAMES
        if name in _TIMES:
            return _is_time(value)
        # some models write an ID as text
        return schema.get("type") == "integer" and _is_id(value)
    if not isinstance(value, int | float) or schema.get("type") not in _NUMBERS:
        return False
    return abs(value) <= MAX_ID  # neither infinite nor no number; what has 400 digits is no float


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text[:11]) <= MAX_ID


def _is_time(text: str) -> bool:
    try:
        times.between(text, None, date(2000, 1, 1), UTC)
    except ValueError:
        return False
    return True


def new_key() -> bytes:
    """A new random key."""
    import secrets

    return secrets.token_bytes(hashlib.sha256().digest_size)
