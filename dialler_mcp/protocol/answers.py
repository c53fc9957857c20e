"""What a tool returns, in the two forms that hosts show."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict


class Link(NamedTuple):
    """A file that goes with an answer, by its address; `size` in bytes."""

    uri: str
    name: str
    mime_type: str
    size: int


class Answer(BaseModel):
    """What a tool returns: `text()` for hosts that show the text, the fields for those that show the structure.

    Each form is complete by itself.
    """

    model_config = ConfigDict(extra="forbid")

    def text(self) -> str:
        return json.dumps(self.structure(), ensure_ascii=False, separators=(",", ":"))

    def structure(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_none=True)

    def meta(self) -> dict[str, Any] | None:
        """Data for the client alone, which the model never sees."""
        return None

    def add_notes(self, notes: Sequence[str]) -> None:
        """Say more about it, where it has notes."""
        if "notes" in type(self).model_fields:
            setattr(self, "notes", [*(getattr(self, "notes", None) or []), *notes])  # noqa: B010 - some have none

    def pictures(self) -> Sequence[bytes]:
        """PNG images that go with it."""
        return ()

    def links(self) -> Sequence[Link]:
        """Files that go with it."""
        return ()
