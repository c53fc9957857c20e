"""What a tool returns, in the two forms that hosts show."""

import json
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

_NOTES = "notes"  # the field of an answer that holds them


class Answer(BaseModel):
    """What a tool returns: `text()` for hosts that show the text, the fields for those that show the structure.

    Each form is complete by itself.
    """

    model_config = ConfigDict(extra="forbid")

    def text(self) -> str:
        return json.dumps(self.structure(), ensure_ascii=False, separators=(",", ":"))

    def structure(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_none=True)

    def note(self, said: Sequence[str]) -> None:
        """Add to its notes, where it has any."""
        if said and _NOTES in type(self).model_fields:
            setattr(self, _NOTES, [*(getattr(self, _NOTES) or []), *said])

    def meta(self) -> dict[str, Any] | None:
        """What is for the client alone and never for the model."""
        return None

    def pictures(self) -> Sequence[bytes]:
        """PNG images that go with it."""
        return ()
