"""An open snapshot: the files of some campaigns behind four views, which cannot be written to."""

# ruff: noqa: S608 - the SQL is put together from our own names, values are parameters

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from dialler_mcp.reporting.errors import Damaged
from dialler_mcp.reporting.snapshot.columns import AGENT_COLUMNS
from dialler_mcp.reporting.snapshot.database import Database, literal
from dialler_mcp.reporting.snapshot.files import remove
from dialler_mcp.reporting.snapshot.reading import StopReason
from dialler_mcp.reporting.snapshot.tables import ABOUT_FIELDS

READER_MEMORY = "512MB"


@dataclass(frozen=True)
class CampaignCoverage:
    """What a snapshot knows of one campaign.

    `histories`: so many of the `contacts` have a complete history as of `read_at` (local to the dialler); the calls of
    the others are missing or out of date. `reading`: the list is being read just now; these are the figures of the
    earlier file.
    """

    campaign_id: int
    name: str | None
    read_at: datetime | None
    contacts: int = 0
    histories: int = 0
    calls: int = 0
    result_shown: bool = False
    lock_shown: bool = False
    stop_reason: StopReason | None = None
    reading: bool = False

    @property
    def complete(self) -> bool:
        return self.histories == self.contacts and not self.reading

    @property
    def calls_known(self) -> bool:
        """Whether any of its calls are known, or it is known that there are none."""
        return self.calls > 0 or self.histories == self.contacts


@dataclass(frozen=True)
class Coverage:
    """What a snapshot knows. `failures`: the campaigns that could not be read, with the error. `agents`: whether it
    tells agents apart.
    """

    campaigns: tuple[CampaignCoverage, ...]
    zone: str
    privacy: str
    failures: tuple[tuple[int, Exception], ...] = ()
    agents: bool = True

    @property
    def names(self) -> dict[int, str]:
        """The names of the campaigns, by ID."""
        return {one.campaign_id: one.name or "" for one in self.campaigns}

    @property
    def contacts(self) -> int:
        return sum(one.contacts for one in self.campaigns)

    @property
    def histories(self) -> int:
        return sum(one.histories for one in self.campaigns)

    @property
    def calls(self) -> int:
        return sum(one.calls for one in self.campaigns)

    @property
    def calls_known(self) -> bool:
        return any(one.calls for one in self.campaigns) or all(one.calls_known for one in self.campaigns)

    @property
    def complete(self) -> bool:
        return not self.failures and all(one.complete for one in self.campaigns)

    @property
    def oldest(self) -> datetime | None:
        """When the oldest part was read."""
        return min((one.read_at for one in self.campaigns if one.read_at), default=None)


def coverage_of(database: Database, schema: str, campaign_id: int) -> CampaignCoverage:
    """What the attached file `schema` holds."""
    fields = ", ".join(field for field in ABOUT_FIELDS if field != "names_read")
    read_at, contacts, histories, calls, result_shown, lock_shown, stop_reason = database.row(
        f"SELECT {fields} FROM {schema}.about"
    )
    (name,) = database.row(f"SELECT max(name) FROM {schema}.campaign")
    return CampaignCoverage(
        campaign_id,
        name,
        read_at,
        contacts,
        histories,
        calls,
        result_shown,
        lock_shown,
        StopReason(stop_reason) if stop_reason else None,
    )


_VIEWS = {
    "contacts": "SELECT * EXCLUDE (mark, known_mark){replacement} FROM {schema}.contacts",
    "calls": "SELECT *{replacement} FROM {schema}.calls",
    "result_codes": "SELECT * FROM {schema}.result_codes",
    "campaigns": "SELECT c.*, a.* EXCLUDE (campaign_id, schema, dialler, names_read, listed)"
    " FROM {schema}.campaign c, {schema}.about a",
}


def _making(files: Sequence[tuple[int, Path]], agents: bool) -> Iterator[str]:
    """The statements that attach the files of some campaigns and make the views; without `agents`, the columns that
    tell agents apart are empty.
    """
    for number, path in files:
        yield f"ATTACH {literal(path)} AS c{number} (READ_ONLY)"
    for view, sql in _VIEWS.items():
        empty = ", ".join(f"CASE WHEN false THEN {column} END AS {column}" for column in AGENT_COLUMNS.get(view, ()))
        replacement = "" if agents or not empty else f" REPLACE ({empty})"
        parts = " UNION ALL BY NAME ".join(
            sql.format(schema=f"c{number}", replacement=replacement) for number, _ in files
        )
        yield f"CREATE VIEW {view} AS {parts}"


class Snapshot:
    """An open snapshot: views `contacts`, `calls`, `result_codes` and `campaigns` over the files of some campaigns.

    A context manager. It keeps showing the data as they were when it was opened, even after a refresh. Its functions
    block.
    """

    def __init__(
        self,
        files: Sequence[tuple[int, Path]],
        zone: str,
        privacy: str,
        memory: str = READER_MEMORY,
        *,
        agents: bool = True,
    ) -> None:
        self._files = [path for _, path in files]
        self.database = Database(memory=memory)
        self.making = list(_making(files, agents))
        """The statements that make the same views elsewhere, as in another process."""
        try:
            for statement in self.making:
                self.database.run(statement)
            self.coverage = Coverage(
                tuple(coverage_of(self.database, f"c{number}", number) for number, _ in files),
                zone,
                privacy,
                agents=agents,
            )
            self.database.run("SET enable_external_access = false")
            self.database.run("SET lock_configuration = true")
        except BaseException:
            self.database.close()
            raise

    def rows(self, sql: str, values: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of a question over the views.

        Raises:
            Damaged: a file cannot be read. It is unknown which one, so all of them are thrown away.
        """
        try:
            yield from self.database.rows(sql, values)
        except Damaged:
            self.close()  # else Windows keeps the files
            for path in self._files:
                remove(path)
            raise

    def close(self) -> None:
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
