"""The fields of a contact as parameters of a tool: their types, their limits in words, and their checks."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, TypeAdapter, ValidationError

from dialler_mcp.domain.fields import FieldInfo, Kind, Write
from dialler_mcp.domain.phones import stored
from dialler_mcp.domain.records import NUMBER_FIELDS, Contact
from dialler_mcp.domain.times import parse
from dialler_mcp.problem import Problem
from dialler_mcp.protocol.arguments import KeepsEmpty
from dialler_mcp.protocol.errors import CORRECT, named
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.parameters import plain_number, printable, printable_lines, shorter
from dialler_mcp.words import Words, WrongValue, joined
from dialler_mcp.wrong_values import mistake_of

H = TypeVar("H", bound=Callable[..., Awaitable[Any]])

MAX_TEXT = 10_000  # characters of a text without a documented limit
VALID = "phone number, any notation, with area code"
_EXPLAINED_ONCE = dict.fromkeys(NUMBER_FIELDS[1:], f"see {NUMBER_FIELDS[0]}")


_NO_FIELD = Words(
    "Correct the arguments: {names} no field of a contact that can be written.",
    "Berichtigen Sie die Angaben: {names} kein Feld eines Kontakts, das sich schreiben lässt.",
)
_NOT_EMPTIED = Words(
    "cannot be emptied; leave it out to keep it, or give a number",
    "lässt sich nicht leeren; lassen Sie es weg, damit es bleibt, oder geben Sie eine Zahl an",
)
_NOT_FINITE = Words("must be a number below 1,000,000,000,000", "muss eine Zahl unter 1.000.000.000.000 sein")


def with_fields(write: Write) -> Callable[[H], H]:
    """Give a tool one parameter for each field that this function may write, in place of `**values`."""

    def declare(handler: H) -> H:
        signature = inspect.signature(handler, eval_str=True)
        own = [p for p in signature.parameters.values() if p.kind is not inspect.Parameter.VAR_KEYWORD]
        fields = [info for info in Contact.fields() if write in info.about.write]
        parameters = [
            inspect.Parameter(
                info.wire, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=_parameter(info, write)
            )
            for info in fields
            if info.wire not in signature.parameters
        ]
        handler.__dict__["__signature__"] = signature.replace(parameters=[*own, *parameters])
        return handler

    return declare


def _parameter(info: FieldInfo, write: Write) -> Any:
    """The type of a field as a parameter: its meaning, its limits in words, and their check. "" empties the field; of a
    new contact there is no number or time to empty, so there it means not given, as null does.
    """
    is_text = info.type not in (int, float, datetime)
    return Annotated[_checked(info), KeepsEmpty()] if is_text or write is Write.UPDATE else _checked(info)


def _checked(info: FieldInfo) -> Any:
    about = info.about
    meaning = _EXPLAINED_ONCE.get(info.wire, VALID if info.wire == NUMBER_FIELDS[0] else about.en)
    if info.type is datetime:
        return Annotated[str | None, AfterValidator(_time), Field(description=f"{meaning}; YYYY-MM-DD[THH:MM]")]
    if info.type in (int, float):
        return Annotated[
            info.type | None, BeforeValidator(_number), AfterValidator(_finite), Field(description=meaning)
        ]
    if about.kind is Kind.PHONE:
        return Annotated[str | None, shorter(40), AfterValidator(_phone), Field(description=meaning)]
    limit = f", ≤{about.length}" if about.length else ""
    check = printable_lines if about.kind is Kind.FREE else printable
    return Annotated[
        str | None, shorter(about.length or MAX_TEXT), AfterValidator(check), Field(description=meaning + limit)
    ]


def _time(text: str | None) -> str | None:
    if text:
        parse(text, UTC)
    return text


def _phone(text: str | None) -> str | None:
    return stored(text) if text else text


def _number(value: Any) -> Any:
    number = plain_number(value)
    if isinstance(number, str) and not number.strip():
        raise WrongValue(_NOT_EMPTIED)
    return number


def _finite(value: float | None) -> float | None:
    if value is not None and not abs(value) < 1e12:  # neither is what is not a number
        raise WrongValue(_NOT_FINITE)
    return value


def written(invocation: Invocation, values: dict[str, Any]) -> dict[str, Any]:
    """The given values as the dialler wants them."""
    times = {info.wire for info in Contact.fields() if info.type is datetime}
    fields: dict[str, Any] = {}
    for name, value in values.items():
        if value is not None:
            fields[name] = invocation.when(value, name) if name in times and value else value
    return fields


def checked(values: Mapping[str, Any], write: Write) -> dict[str, Any]:
    """Values by field name, given as one argument, with the checks of single parameters.

    Raises:
        Problem: a name is none of a field that may be written, or a value does not fit its field.
    """
    fields = {info.wire: info for info in Contact.fields() if write in info.about.write}
    if wrong_names := [name for name in values if name not in fields]:
        raise Problem(_NO_FIELD.filled(names=named(wrong_names)))
    faults, fitting = list[Words](), dict[str, Any]()
    for name, value in values.items():
        try:
            fitting[name] = _adapter(name).validate_python(value)
        except ValidationError as error:
            faults.append(Words.alike(name).then(mistake_of(error.errors(include_url=False, include_input=False)[0])))
    if faults:
        raise Problem(CORRECT.filled(faults=joined(faults)))
    return fitting


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(_checked(next(info for info in Contact.fields() if info.wire == name)))
