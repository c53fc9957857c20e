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


class SnapshotError(Problem):
    """Base of the errors of snapshots."""


class NoSnapshot(SnapshotError):
    """Nothing has been read of these campaigns yet."""

    def __init__(self, campaign_ids: list[int]) -> None:
        self.campaign_ids = campaign_ids
        super().__init__(f"There is no snapshot of campaign {', '.join(map(str, campaign_ids))} yet: refresh it first.")


class CampaignUnknown(SnapshotError):
    """The dialler does not know the campaign: it never existed or was deleted. An older snapshot stays."""

    def __init__(self, campaign_id: int) -> None:
        self.campaign_id = campaign_id
        super().__init__(
            f"The dialler has no campaign {campaign_id}, or it was deleted. An older snapshot of it stays."
        )


class Damaged(SnapshotError):
    """A file is not a DuckDB database, is damaged, or has a version that this DuckDB cannot read."""

    def __init__(self) -> None:
        super().__init__("The snapshot is damaged and was thrown away: refresh it again.")


class CannotKeep(SnapshotError):
    """The snapshot could not be written; the previous one stays as it is."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"The snapshot cannot be written: {why}. The one before stays.")


class CannotForget(SnapshotError):
    """Snapshots are in use and cannot be removed now; Windows keeps an open file."""

    def __init__(self, campaign_ids: list[int]) -> None:
        self.campaign_ids = campaign_ids
        numbers = ", ".join(map(str, campaign_ids))
        super().__init__(f"The snapshot of campaign {numbers} is in use and cannot be removed now: try again later.")
