"""Request bodies: read, checked against the declared fields, and put into records."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

import msgspec
from starlette.requests import Request

from dialler_mcp.domain.fields import FieldInfo, Record, Write
from dialler_mcp.domain.records import NUMBER_FIELDS, Contact
from dialler_mcp.sandbox.store import ZONE
from dialler_mcp.sandbox.wire import bad_request

Body = Mapping[str, Any]

_WORDS = {str: "a string", int: "an integer", float: "a number", datetime: "a date and time"}


async def json_object(request: Request) -> Body:
    """The body, which must be a JSON object."""
    try:
        content: object = msgspec.json.decode(await request.body())
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise bad_request("The body is not valid JSON") from error
    if not isinstance(content, dict):
        raise bad_request("The body must be a JSON object")
    return cast(Body, content)


def write_fields(record: Record, body: Body, writable: Write) -> None:
    """Write the fields that the function may write; null and "" clear a field, unknown fields are ignored."""
    values = {
        info.attribute: checked(info, body[info.wire])
        for info in type(record).fields()
        if info.wire in body and writable & info.about.write
    }
    for attribute, value in values.items():
        setattr(record, attribute, value)


def checked(info: FieldInfo, value: object) -> object:
    """A value of the field's type and length.

    Raises:
        Refusal: 400, naming the field but not the value.
    """
    if value is None or value == "":
        return None
    if info.type is datetime:
        return local_time(info.wire, value)
    if info.type is int:
        value = _whole(value)
    types = (int, float) if info.type is float else info.type
    if isinstance(value, bool) or not isinstance(value, types):
        raise bad_request(f"{info.wire} must be {_WORDS[info.type]}")
    if isinstance(value, str) and info.about.length is not None and len(value) > info.about.length:
        raise bad_request(f"{info.wire} is longer than {info.about.length} characters")
    return value


def local_time(name: str, value: object) -> datetime | None:
    """An ISO 8601 time; without a zone it is local already."""
    if value is None or value == "":
        return None
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None:
        raise bad_request(f"{name} must be a date and time")
    return moment if moment.tzinfo is None else moment.astimezone(ZONE).replace(tzinfo=None)


def text_in(body: Body, name: str) -> str | None:
    value = body.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise bad_request(f"{name} must be a string")
    return value


def number_in(body: Body, name: str) -> int | None:
    value: object = _whole(body.get(name))
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise bad_request(f"{name} must be an integer")
    return value


def list_in(body: Body, name: str, kind: type[int] | type[str]) -> list[Any]:
    """A list of keys; absent is empty."""
    values: object = body.get(name)
    if values is None:
        return []
    if not isinstance(values, list):
        raise bad_request(f"{name} must be a list")
    keys = [_whole(key) for key in cast(list[object], values)]
    if any(isinstance(key, bool) or not isinstance(key, kind) for key in keys):
        raise bad_request(f"{name} must hold {'integers' if kind is int else 'strings'}")
    return keys


def _whole(value: object) -> object:
    """JSON has only one type of number: 7.0 is the integer 7."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def require_importable(body: Body) -> None:
    """Check the fields that the documentation calls mandatory, except the campaign."""
    if not body.get("Name"):
        raise bad_request("Name is required")
    if not any(map(body.get, NUMBER_FIELDS)):
        raise bad_request("At least one of PhoneNumber1 to PhoneNumber6 is required")


def settle_flags(contact: Contact) -> None:
    """After an update the dialler returns false for flags that are null in a new contact."""
    for info in Contact.fields():
        if info.type is bool and getattr(contact, info.attribute) in (None, msgspec.UNSET):
            setattr(contact, info.attribute, False)
