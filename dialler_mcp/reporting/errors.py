"""The errors of snapshots, besides those of the dialler itself.

    SnapshotError
    ├── NoSnapshot         the campaign was not read yet, or its file was thrown away
    ├── CampaignUnknown    the dialler has no such campaign (any more)
    ├── Damaged            a file cannot be read; it is thrown away
    ├── CannotKeep         the file cannot be written: disk full, no permission
    └── CannotForget       the file is in use and cannot be removed (Windows)

None of them holds a value of a contact.
"""

from dialler_mcp.problem import Problem
from dialler_mcp.words import Words

DISK_FULL = Words("the disk is full", "die Platte ist voll")
NO_DISK = Words("the disk cannot be written", "auf die Platte lässt sich nicht schreiben")
NO_ROOM = Words(
    "there is no room on the disk for what does not fit into memory",
    "auf der Platte ist kein Platz für das, was nicht in den Speicher passt",
)
_NO_SNAPSHOT = Words(
    "There is no snapshot of campaign {campaigns} yet: refresh it first.",
    "Von Kampagne {campaigns} gibt es noch keine lokale Kopie: Lesen Sie sie zuerst.",
)
_UNKNOWN = Words(
    "The dialler has no campaign {campaign}, or it was deleted. An older snapshot of it stays.",
    "Der Dialler hat keine Kampagne {campaign}, oder sie wurde gelöscht. Eine ältere lokale Kopie bleibt.",
)
_DAMAGED = Words(
    "The snapshot is damaged and was thrown away: refresh it again.",
    "Die lokale Kopie ist beschädigt und wurde verworfen: Lesen Sie sie noch einmal.",
)
_NOT_KEPT = Words(
    "The snapshot cannot be written: {why}. The one before stays.",
    "Die lokale Kopie lässt sich nicht schreiben: {why}. Die vorige bleibt.",
)
_IN_USE = Words(
    "The snapshot of campaign {campaigns} is in use and cannot be removed now: try again later.",
    "Die lokale Kopie von Kampagne {campaigns} ist in Gebrauch und lässt sich jetzt nicht entfernen: Versuchen Sie es "
    "später noch einmal.",
)


class SnapshotError(Problem):
    """Base of the errors of snapshots."""


class NoSnapshot(SnapshotError):
    """Nothing has been read of these campaigns yet."""

    def __init__(self, campaign_ids: list[int]) -> None:
        self.campaign_ids = campaign_ids
        super().__init__(_NO_SNAPSHOT.filled(campaigns=", ".join(map(str, campaign_ids))))


class CampaignUnknown(SnapshotError):
    """The dialler does not know the campaign: it never existed or was deleted. An older snapshot stays."""

    def __init__(self, campaign_id: int) -> None:
        self.campaign_id = campaign_id
        super().__init__(_UNKNOWN.filled(campaign=campaign_id))


class Damaged(SnapshotError):
    """A file is not a DuckDB database, is damaged, or has a version that this DuckDB cannot read."""

    def __init__(self) -> None:
        super().__init__(_DAMAGED)


class CannotKeep(SnapshotError):
    """The snapshot could not be written; the previous one stays as it is."""

    def __init__(self, why: Words | str) -> None:
        self.why = why if isinstance(why, Words) else Words.alike(why)
        super().__init__(_NOT_KEPT.filled(why=why))


class CannotForget(SnapshotError):
    """Snapshots are in use and cannot be removed now; Windows keeps an open file."""

    def __init__(self, campaign_ids: list[int]) -> None:
        self.campaign_ids = campaign_ids
        numbers = ", ".join(map(str, campaign_ids))
        super().__init__(_IN_USE.filled(campaigns=numbers))
