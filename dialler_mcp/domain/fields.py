"""The declaration of a field of a dialler record: made once, with everything that is known about the field.

A record (`domain/records.py`) is a struct whose fields carry a `Field`. The wire name, the checks of an import, the
masks, the columns of an answer and the field reference are all read from there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Flag, StrEnum, auto
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec

from dialler_mcp.words import Language

MAX_ID = 2**31 - 1  # of a record; more digits are a telephone number


def id_of(text: str) -> int | None:
    """The ID that a text is, as people and programs write one."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(MAX_ID))
    return int(text) if is_number and 0 < int(text) <= MAX_ID else None


class Write(Flag):
    """The functions that may write a field."""

    NO = 0
    IMPORT = auto()
    UPDATE = auto()
    BOTH = IMPORT | UPDATE


class Kind(StrEnum):
    """The kind of value that a field holds, for privacy and display."""

    PLAIN = auto()
    PERSON = auto()  # identifies a person by name or place
    PHONE = auto()
    EMAIL = auto()
    LINK = auto()  # people open it, so it is shown only if it leads where it seems to lead
    BANK = auto()
    KEY = auto()  # a record's key in another system, which is of no use unless it is whole
    FREE = auto()  # free text that somebody else wrote
    TIME = auto()
    CONTROL = auto()  # the dialler's own bookkeeping


@dataclass(frozen=True, slots=True)
class Field:
    """What is known about a field besides its name and type.

    `length` is the documented maximum in characters; None where nothing is documented.
    """

    en: str
    de: str
    length: int | None = None
    write: Write = Write.NO
    kind: Kind = Kind.PLAIN

    def text(self, language: Language) -> str:
        return self.de if language is Language.de else self.en


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """A declared field of a record: its Python name, its wire name, its type without None, its meaning."""

    attribute: str
    wire: str
    type: type
    about: Field


# Wire names that do not follow from the Python name by the rule in `wire_name`.
_IRREGULAR = {
    "connres": "CONNRES",
    "crm_url": "CrmURL",
    "a_number": "ANumber",
    "a_number_country_codes_id": "ANumber_CountryCodesID",
    "a_number_area_codes_id": "ANumber_AreaCodesID",
    "b_number": "BNumber",
    "b_number_country_codes_id": "BNumber_CountryCodesID",
    "b_number_area_codes_id": "BNumber_AreaCodesID",
    "result_": "Result_",
    "other": "*other",  # not on the wire: it holds the undeclared fields that the dialler sent
}
_UPPER = {"id": "ID", "uid": "UID", "bic": "BIC", "iban": "IBAN"}


def wire_name(attribute: str) -> str:
    """The dialler's own name of a field: `dt_next_try` is `dtNextTry`, `n_tries_phone_number1` `nTriesPhoneNumber1`."""
    if attribute in _IRREGULAR:
        return _IRREGULAR[attribute]
    first, *rest = attribute.split("_")
    prefix = first if first in ("dt", "b", "n") else _capital(first)
    return prefix + "".join(map(_capital, rest))


def _capital(word: str) -> str:
    return _UPPER.get(word) or word[:1].upper() + word[1:]


class Record(msgspec.Struct, kw_only=True, rename=wire_name, omit_defaults=True, gc=False):
    """A record of the dialler. Every field is optional: releases differ in what they send.

    Flags are `bool | None`; null and false mean the same, so test them for truth only.
    """

    other: dict[str, Any] = {}
    """The undeclared fields that the dialler sent, by wire name. Empty in records read from a stream."""

    @classmethod
    def fields(cls) -> tuple[FieldInfo, ...]:
        """The declared fields, in order of declaration."""
        return _fields_of(cls)

    @classmethod
    def by_wire_name(cls) -> Mapping[str, FieldInfo]:
        """The declared fields by their names on the wire."""
        return _by_wire_name(cls)

    def present(self) -> Iterator[tuple[FieldInfo, Any]]:
        """The fields that have a value: not null, not an empty text, not False; zero is a value."""
        for info in self.fields():
            value = getattr(self, info.attribute)
            if value is None or value is msgspec.UNSET or value is False or value == "":
                continue
            yield info, value


@cache
def _fields_of(record: type[Record]) -> tuple[FieldInfo, ...]:
    infos: list[FieldInfo] = []
    for name, hint in get_type_hints(record, include_extras=True).items():
        if get_origin(hint) is not Annotated:
            continue
        kind, *extras = get_args(hint)
        about = next((extra for extra in extras if isinstance(extra, Field)), None)
        if about is not None:
            infos.append(FieldInfo(name, wire_name(name), _plain_type(kind), about))
    return tuple(infos)


@cache
def _by_wire_name(record: type[Record]) -> Mapping[str, FieldInfo]:
    return {info.wire: info for info in _fields_of(record)}


def _plain_type(hint: Any) -> type:
    """The type of a field without `None` and without the marker for "not sent"."""
    options = [option for option in get_args(hint) if option not in (type(None), msgspec.UnsetType)]
    return options[0] if options else hint
