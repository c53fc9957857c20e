"""The card that takes a file: a person drops it there, and its bytes come to us without passing through the model."""

from collections.abc import Iterable, Iterator
from typing import Annotated

from mcp.server.mcpserver.tools.base import Tool
from pydantic import Field

from dialler_mcp.domain.roles import Role
from dialler_mcp.lists.reading.pieces import MAX_PIECE
from dialler_mcp.protocol.answers import Answer
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.list_words import MAX_COLUMNS, MAX_HEAD
from dialler_mcp.service.parameters import Lang
from dialler_mcp.tools.family import family

DROP_URI = "ui://dialler-mcp/drop.html"
CHECK_TOOL = "dialler_check_list"
DROP_TOOL = "dialler_receive_list"

tools = family("drop_card")

Bytes = Annotated[int, Field(ge=0, le=1 << 53)]  # numbers of the page are exact up to here
Handle = Annotated[str | None, Field(description="of the first answer", max_length=64)]


class UploadAnswer(Answer):
    """What is there of a file: where its next piece begins; once it is whole and read, the list in it."""

    upload_id: str
    next_offset: int
    list_id: str | None = None
    name: str | None = None
    rows: int | None = None
    columns: list[str] | None = None


@tools.changes(title="Receive list", role=Role.supervisor)
async def dialler_receive_list(
    invocation: Invocation,
    name: Annotated[str, Field(description="of the file", max_length=1_000)],
    size: Annotated[Bytes, Field(description="of the file")],
    offset: Annotated[Bytes, Field(description="where the piece begins")],
    digest: Annotated[str, Field(description="SHA-256 of the piece, hexadecimal", max_length=64)],
    data: Annotated[str, Field(description="its bytes, base64", max_length=(MAX_PIECE + 2) // 3 * 4)],
    upload_id: Handle = None,
    cancel: Annotated[bool, Field(description="forget the file")] = False,
    language: Lang = None,
) -> UploadAnswer:
    """For the card only: take a piece of the file that a person has dropped on it."""
    uploads, caller = invocation.profile.uploads, invocation.caller.key
    pieces = uploads.pieces
    incoming = pieces.begin(caller, name, size) if upload_id is None else pieces.get(caller, upload_id)
    if cancel:
        uploads.forget(incoming)
        return UploadAnswer(upload_id=incoming.id, next_offset=0)
    pieces.add(incoming, offset, digest, data)
    answer = UploadAnswer(upload_id=incoming.id, next_offset=incoming.length)
    outcome = await uploads.outcome(incoming)
    if outcome is None:
        return answer
    people, present = outcome.people, invocation.present.nameless
    columns = [present.text(column)[:MAX_HEAD] for column in people.table.columns[:MAX_COLUMNS]]
    return answer.model_copy(
        update={"list_id": people.id, "name": present.text(people.name), "rows": outcome.rows, "columns": columns}
    )


def with_drop_card(others: Iterable[Tool]) -> Iterator[Tool]:
    """The tools, that of the check bound to the card, and the tool behind this card."""
    for tool in others:
        if tool.name == CHECK_TOOL:
            tool.meta = {**(tool.meta or {}), "ui": {"resourceUri": DROP_URI}}
        yield tool
    for tool in tools.tools:
        tool.meta = {"ui": {"resourceUri": DROP_URI, "visibility": ["app"]}}
        yield tool
