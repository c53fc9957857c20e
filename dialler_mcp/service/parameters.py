"""The parameters that tools share: one name, one type, one description everywhere."""

import re
from typing import Annotated, Any, cast

from pydantic import AfterValidator, BeforeValidator, Field

from dialler_mcp.domain.fields import MAX_ID, Language
from dialler_mcp.domain.text import clean, unseen, without_marks
from dialler_mcp.protocol.asking import MAX_REASON
from dialler_mcp.words import Words, WrongValue

_WHOLE = Words("must be a whole number", "muss eine ganze Zahl sein")
_SMALL = Words(f"must be at most {MAX_ID}", f"darf höchstens {MAX_ID} sein")
_EMPTY = Words("must not be empty", "darf nicht leer sein")
TOO_LONG = Words("must be at most {most} characters long", "darf höchstens {most} Zeichen lang sein")
_UNSEEN = Words(
    "holds {character}, which nobody sees or which stands for a lost one; write it without",
    "enthält {character}, das niemand sieht oder das für ein verlorenes Zeichen steht; schreiben Sie es ohne",
)


def plain_number(value: Any) -> Any:
    """A number, and no flag; as text it may come with invisible marks."""
    if isinstance(value, bool):
        raise WrongValue(_WHOLE)
    return without_marks(value) if isinstance(value, str) else value


def _small(value: int) -> int:
    if value > MAX_ID:
        raise WrongValue(_SMALL)
    return value


_NUMBER = re.compile(r"[+(\d][\d ()./\u00a0\u2010\u2011\u2013-]*")
_BREAKS = str.maketrans("\n\r\t", "   ")


def printable(value: str | None) -> str | None:
    """Refuse characters that no person types: they would match nothing, or something else than they seem to."""
    if value and (character := unseen(value)):
        raise WrongValue(_UNSEEN.filled(character=character))
    return value


def printable_lines(value: str | None) -> str | None:
    """The same for text of several lines, in which emoji are welcome."""
    if value and (character := unseen(value.translate(_BREAKS), emoji=True)):
        raise WrongValue(_UNSEEN.filled(character=character))
    return value


def visible(value: str) -> str:
    """Printable, and not empty."""
    if not value.strip():
        raise WrongValue(_EMPTY)
    printable(value)
    return value


def searchable(value: str) -> str:
    """What is looked up: visible. A number goes without the marks of direction that telephones and address books put
    around it.
    """
    bare = without_marks(value)
    return visible(bare.strip() if bare != value and _NUMBER.fullmatch(bare.strip()) else value)


def shorter(most: int) -> AfterValidator:
    """A limit on the length that the schema does not repeat: the description says it."""

    def check(value: str | None) -> str | None:
        if value is not None and len(value) > most:
            raise WrongValue(TOO_LONG.filled(most=most))
        return value

    return AfterValidator(check)


def several(value: Any) -> Any:
    """A list, also where only one was given."""
    return cast(Any, value if value is None or isinstance(value, list) else [value])


def _said(value: str | None) -> str | None:
    """One line without what nobody sees; None when nothing is left."""
    return clean(value or "") or None


Id = Annotated[int, BeforeValidator(plain_number), AfterValidator(_small), Field(ge=1)]
Visible, Searchable = AfterValidator(visible), AfterValidator(searchable)

ContactId = Annotated[Id, Field(description="contact ID")]
CampaignId = Annotated[Id, Field(description="campaign ID")]
EventId = Annotated[Id, Field(description="event ID")]
GroupId = Annotated[Id, Field(description="group ID")]
UserData = Annotated[str, shorter(64), Searchable, Field(description="CRM key")]
Name = Annotated[str, shorter(64), Visible]
CampaignName = Annotated[Name | None, Field(description="campaign name")]
CampaignNames = Annotated[list[Name] | None, BeforeValidator(several), Field(description="names", max_length=50)]
CampaignIds = Annotated[list[Id] | None, BeforeValidator(several), Field(description="omit for all", max_length=50)]
Attempts = Annotated[int | None, BeforeValidator(plain_number), Field(ge=0, le=1000)]
When = Annotated[str | None, Field(max_length=40)]
Confirm = Annotated[str | None, Field(description="preview's phrase, once agreed", max_length=400)]
Reason = Annotated[
    str | None,
    shorter(MAX_REASON),
    AfterValidator(_said),
    Field(description="why a final result is reopened"),
]
Lang = Annotated[Language | None, Field(description="of words")]
Limit = Annotated[int, BeforeValidator(plain_number), Field(description="≤100", ge=0, le=100)]
Cursor = Annotated[str | None, Field(description="next_cursor", max_length=200)]
Fields = Annotated[
    list[Annotated[str, Field(max_length=64)]] | None,
    Field(description="only these, e.g. Name, state", max_length=100),
]
