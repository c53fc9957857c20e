"""A row as the dialler would take it: the values of its fields, its numbers, and what was seen on the way."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dialler_mcp.lists.kinds import Kind, Verdict
from dialler_mcp.words import Words


class ExistingContact(NamedTuple):
    """A contact that is there already."""

    contact_id: int
    campaign_id: int
    state: str
    locked: bool = False


class Finding(NamedTuple):
    """Something that was seen in a row: in which field, more exactly (a flaw, words that were dropped), and which other
    line of the list or which contact it is about; `fault`: why the row cannot be used at all.
    """

    kind: Kind
    field: str = ""
    detail: str = ""
    line: int | None = None
    contact: ExistingContact | None = None
    fault: Words | None = None


@dataclass(slots=True)
class Candidate:
    """A row with its values by wire name. `numbers` are its telephone numbers, each once; `campaign` is what the row
    itself says.
    """

    line: int
    values: dict[str, str | float]
    findings: list[Finding]
    numbers: Sequence[str] = ()
    campaign: str = ""

    @property
    def is_out(self) -> bool:
        return any(finding.kind.verdict is Verdict.left_out for finding in self.findings)
