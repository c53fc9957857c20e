"""The rows of a checked list that can be written: what lies between a check and its job."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import msgspec

if TYPE_CHECKING:
    from dialler_mcp.lists.checking.check import JudgedRow


class ReadyRows:
    """The rows of a check that can be written, in a file of ours: a list may be longer than memory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: BinaryIO = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")

    def write(self, judgement: "JudgedRow") -> None:
        """Keep a row, if it is ready, or of a contact that exists."""
        from dialler_mcp.lists.kinds import Verdict

        if judgement.verdict in (Verdict.ready, Verdict.exists):
            # What was decided to be ready may share something with a contact, and is another person all the same.
            exists = judgement.verdict is Verdict.exists
            contacts = (finding.contact for finding in judgement.findings if exists and finding.kind is judgement.kind)
            contact = next(filter(None, contacts), None)
            row = ReadyRow(dict(judgement.values), contact.contact_id if contact else None, dict(judgement.writes))
            self._file.write(msgspec.json.encode(row) + b"\n")

    def rows(self) -> Iterator["ReadyRow"]:
        """The rows, in order."""
        self._file.close()
        with self.path.open("rb") as lines:
            for line in lines:
                yield msgspec.json.decode(line, type=ReadyRow)

    def close(self) -> None:
        """Remove the file."""
        self._file.close()
        self.path.unlink(missing_ok=True)


class ReadyRow(msgspec.Struct, frozen=True):
    """A row to be written: `contact_id` is the contact that exists, `writes` by which rule each of its fields is."""

    values: dict[str, str | float | int]
    contact_id: int | None
    writes: dict[str, str]
