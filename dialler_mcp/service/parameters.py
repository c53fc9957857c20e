"""The parameters that tools share: one name, one type, one description everywhere."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from dialler_mcp.domain.fields import MAX_ID, Language
from dialler_mcp.domain.text import JOINER, clean, invisible, without_marks
from dialler_mcp.protocol.asking import MAX_REASON


def plain_number(value: Any) -> Any:
    """A number, which is no flag; as text it may have brought marks along that nobody sees."""
    if isinstance(value, bool):
        raise ValueError("must be a whole number")
    return without_marks(value) if isinstance(value, str) else value


def _small(value: int) -> int:
    if value > MAX_ID:
        raise ValueError(f"must be at most {MAX_ID}")
    return value


_REPLACED = "\ufffd"  # stands where a character was lost on the way
_NUMBER = re.compile(r"[+(\d][\d ()./\u00a0\u2010\u2011\u2013-]*")


def printable(value: str | None) -> str | None:
    """Refuse characters that no person types: they would match nothing, or something else than they seem to.

    A number goes without them: telephones and address books put marks of direction around it that nobody sees.
    """
    if not value:
        return value
    if (bare := without_marks(value)) != value and _NUMBER.fullmatch(bare.strip()):
        return bare.strip()
    if any(c == _REPLACED or (invisible(c) and c != JOINER) for c in value):
        raise ValueError("must not hold control, invisible or damaged characters")
    return value


def printable_lines(value: str | None) -> str | None:
    """The same for text of several lines."""
    if not value:
        return value
    line = value.replace("\n", " ").replace("\r", " ").replace("\t", " ")
    checked = printable(line)
    return value if checked == line else checked


def visible(value: str) -> str:
    """Printable, and not empty."""
    if not value.strip():
        raise ValueError("must not be empty")
    return printable(value) or ""


def shorter(most: int) -> AfterValidator:
    """A limit on the length that the schema does not repeat: the description says it."""

    def check(value: str | None) -> str | None:
        if value is not None and len(value) > most:
            raise ValueError(f"must be at most {most} characters long")
        return value

    return AfterValidator(check)


def _said(value: str | None) -> str | None:
    """One line without what nobody sees; None when nothing is left."""
    return clean(value or "") or None


Id = Annotated[int, BeforeValidator(plain_number), AfterValidator(_small), Field(ge=1)]
Visible = AfterValidator(visible)

ContactId = Annotated[Id, Field(description="contact ID")]
CampaignId = Annotated[Id, Field(description="campaign ID")]
EventId = Annotated[Id, Field(description="event ID")]
GroupId = Annotated[Id, Field(description="group ID")]
UserData = Annotated[str, shorter(64), Visible, Field(description="CRM key")]
Name = Annotated[str, shorter(64), Visible]
CampaignName = Annotated[Name | None, Field(description="campaign name")]
CampaignIds = Annotated[list[Id] | None, Field(description="omit for all", max_length=50)]
When = Annotated[str | None, Field(max_length=40)]
Confirm = Annotated[str | None, Field(description="preview's phrase, once agreed", max_length=400)]
Reason = Annotated[
    str | None,
    shorter(MAX_REASON),
    AfterValidator(_said),
    Field(description="why a final result is reopened"),
]
Lang = Annotated[Language | None, Field(description="of the words")]
Limit = Annotated[int, BeforeValidator(plain_number), Field(description="rows, 1 to 100", ge=1, le=100)]
Cursor = Annotated[str | None, Field(description="the last next_cursor", max_length=200)]
Fields = Annotated[
    list[Annotated[str, Field(max_length=64)]] | None,
    Field(description="only these, e.g. Name, state", max_length=100),
]
