"""The sandbox's records in SQLite: one document each, besides the few columns that are searched.

Several processes may share one file. Times are zone-less and local, as the dialler keeps them.
"""

import contextlib
import errno
import os
import sqlite3
import tempfile
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec

from dialler_mcp.domain.fields import Record
from dialler_mcp.domain.records import AcdEvent, AcdGroup, Campaign, Contact, HistoryEntry
from dialler_mcp.sandbox.world.results import CampaignCode
from dialler_mcp.sandbox.world.world import World, invent

R = TypeVar("R", bound=Record | CampaignCode)

ZONE = ZoneInfo("Europe/Berlin")
SCHEMA_VERSION = 1
_BUSY_SECONDS = 10.0
_MAX_ID = 2**63 - 1

# AUTOINCREMENT: a deleted contact's ID never comes back.
_SCHEMA = """
CREATE TABLE contacts (
    id INTEGER PRIMARY KEY AUTOINCREMENT, campaign INTEGER NOT NULL, user_data TEXT, name TEXT, document BLOB NOT NULL);
CREATE TABLE campaigns (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE NOT NULL, document BLOB NOT NULL);
CREATE TABLE codes (id INTEGER PRIMARY KEY AUTOINCREMENT, campaign INTEGER NOT NULL, document BLOB NOT NULL);
CREATE TABLE history (
    id INTEGER PRIMARY KEY AUTOINCREMENT, contact INTEGER NOT NULL, document BLOB NOT NULL);
CREATE TABLE groups (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, document BLOB NOT NULL);
CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, document BLOB NOT NULL);
"""
_INDEXES = """
CREATE INDEX contacts_by_campaign ON contacts (campaign);
CREATE INDEX contacts_by_user_data ON contacts (user_data);
CREATE INDEX codes_by_campaign ON codes (campaign);
CREATE INDEX history_by_contact ON history (contact);
"""


def local_now() -> datetime:
    """The present time on the dialler's wall clock: Europe/Berlin, without a zone."""
    return datetime.now(ZONE).replace(tzinfo=None)


def fold(text: str | None) -> str | None:
    """Ignore case, as MySQL's default collation does."""
    return None if text is None else text.casefold()


class Store:
    """The records of one dialler."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    @classmethod
    def open(cls, path: Path | None = None, *, now: datetime | None = None, seed: int = 1000) -> "Store":
        """The sandbox in the file `path`, in memory without one; filled when it is new.

        `now` (zone-less, local) and `seed` decide what a new one is filled with. The file is its owner's alone. When
        two processes create it at once, both get the one that was ready first.

        Raises:
            ValueError: the file was made by another version, or is no sandbox at all.
            OSError: the file cannot be made or opened.
        """
        if path is None:
            database = _connect(":memory:")
            _fill(database, invent(seed, now or local_now()))
            return cls(database)
        try:
            if not path.exists():
                _create(path, invent(seed, now or local_now()))
            database = _connect(str(path))
        except sqlite3.Error as error:  # e.g. no permission, or the disk is full
            raise OSError(errno.EIO, str(error)) from error
        try:
            version: int = database.execute("PRAGMA user_version").fetchone()[0]
            database.execute("PRAGMA synchronous = NORMAL")
        except sqlite3.DatabaseError as error:
            database.close()
            raise ValueError("This file is not a sandbox.") from error
        if version != SCHEMA_VERSION:
            database.close()
            raise ValueError("This sandbox was made by another version. Delete its file to get a new one.")
        return cls(database)

    def copy(self) -> "Store":
        """An independent copy in memory."""
        database = _connect(":memory:")
        self._database.backup(database)
        return Store(database)

    def restore(self, other: "Store") -> None:
        """Hold from now on what another store holds."""
        other._database.backup(self._database)

    def close(self) -> None:
        self._database.close()

    @property
    def writes(self) -> int:
        """How many rows were written through this store: as long as it stays the same, so does the store."""
        return self._database.total_changes

    @contextmanager
    def change(self) -> Generator[None]:
        """Reads and writes in this block happen as one transaction, or not at all."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    # Contacts

    def contacts(self, campaign_id: int | None = None) -> list[Contact]:
        """All contacts, or those of a campaign, by name."""
        if campaign_id is None:
            return self._all(Contact, "SELECT document FROM contacts ORDER BY name, id")
        if not _possible(campaign_id):
            return []
        query = "SELECT document FROM contacts WHERE campaign = ? ORDER BY name, id"
        return self._all(Contact, query, campaign_id)

    def contact(self, contact_id: int) -> Contact | None:
        contacts = self.contacts_by_id([contact_id])
        return contacts[0] if contacts else None

    def contacts_by_id(self, contact_ids: Iterable[int]) -> list[Contact]:
        ids = msgspec.json.encode([number for number in contact_ids if _possible(number)]).decode()
        query = "SELECT document FROM contacts WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
        return self._all(Contact, query, ids)

    def contacts_by_user_data(self, user_data: Iterable[str], campaign_id: int | None = None) -> list[Contact]:
        """The contacts with one of these keys, compared as whole texts without regard to case."""
        keys = msgspec.json.encode([fold(key) for key in user_data]).decode()
        query = (
            "SELECT document FROM contacts WHERE user_data IN (SELECT value FROM json_each(?1))"
            " AND (?2 IS NULL OR campaign = ?2) ORDER BY id"
        )
        return self._all(Contact, query, keys, campaign_id)

    def add_contact(self, contact: Contact) -> Contact:
        """Store a new contact and give it its ID."""
        cursor = self._database.execute(
            "INSERT INTO contacts (campaign, document) VALUES (?, '{}')", (contact.dialler_campaigns_id,)
        )
        contact.id = cursor.lastrowid or 0
        self.save_contact(contact)
        return contact

    def save_contact(self, contact: Contact) -> None:
        self._database.execute(
            "UPDATE contacts SET user_data = ?, name = ?, document = ? WHERE id = ?",
            (fold(contact.user_data), fold(contact.name), msgspec.json.encode(contact), contact.id),
        )

    def delete_contact(self, contact_id: int) -> None:
        """Delete a contact and its history."""
        self._database.execute("DELETE FROM history WHERE contact = ?", (contact_id,))
        self._database.execute("DELETE FROM contacts WHERE id = ?", (contact_id,))

    def history(self, contact_ids: Iterable[int]) -> list[HistoryEntry]:
        """The history of these contacts, newest last."""
        query = "SELECT document FROM history WHERE contact IN (SELECT value FROM json_each(?)) ORDER BY id"
        return self._all(HistoryEntry, query, msgspec.json.encode(list(contact_ids)).decode())

    # Campaigns

    def campaigns(self) -> list[Campaign]:
        """All campaigns, by name."""
        return self._all(Campaign, "SELECT document FROM campaigns ORDER BY name, id")

    def campaign(self, campaign_id: int) -> Campaign | None:
        if not _possible(campaign_id):
            return None
        return self._one(Campaign, "SELECT document FROM campaigns WHERE id = ?", campaign_id)

    def campaign_named(self, name: str) -> Campaign | None:
        return self._one(Campaign, "SELECT document FROM campaigns WHERE name = ?", fold(name))

    def campaigns_like(self, part: str) -> list[Campaign]:
        """The campaigns whose name contains `part`; `%` and `_` mean themselves."""
        query = "SELECT document FROM campaigns WHERE instr(name, ?) ORDER BY name, id"
        return self._all(Campaign, query, fold(part))

    def add_campaign(self, campaign: Campaign) -> Campaign:
        """Store a new campaign and give it its ID. Its result codes are added one by one."""
        cursor = self._database.execute(
            "INSERT INTO campaigns (name, document) VALUES (?, '{}')", (fold(campaign.name),)
        )
        campaign.id = cursor.lastrowid or 0
        self.save_campaign(campaign)
        return campaign

    def save_campaign(self, campaign: Campaign) -> None:
        self._database.execute(
            "UPDATE campaigns SET document = ? WHERE id = ?", (msgspec.json.encode(campaign), campaign.id)
        )

    def delete_campaign(self, campaign_id: int) -> None:
        """Delete a campaign with its contacts, their history, and its result codes."""
        self._database.execute(
            "DELETE FROM history WHERE contact IN (SELECT id FROM contacts WHERE campaign = ?)", (campaign_id,)
        )
        self._database.execute("DELETE FROM contacts WHERE campaign = ?", (campaign_id,))
        self._database.execute("DELETE FROM codes WHERE campaign = ?", (campaign_id,))
        self._database.execute("DELETE FROM campaigns WHERE id = ?", (campaign_id,))

    def result_codes(self, campaign_id: int | None = None) -> list[CampaignCode]:
        query = "SELECT document FROM codes WHERE ?1 IS NULL OR campaign = ?1 ORDER BY id"
        return self._all(CampaignCode, query, campaign_id)

    def add_result_code(self, code: CampaignCode, campaign_id: int) -> CampaignCode:
        """Store a copy of a result code for another campaign, under a new ID."""
        cursor = self._database.execute("INSERT INTO codes (campaign, document) VALUES (?, '{}')", (campaign_id,))
        twin = msgspec.structs.replace(code, id=cursor.lastrowid or 0, campaign_id=campaign_id)
        self._database.execute("UPDATE codes SET document = ? WHERE id = ?", (msgspec.json.encode(twin), twin.id))
        return twin

    # ACD

    def groups(self) -> list[AcdGroup]:
        """All groups, by name."""
        return self._all(AcdGroup, "SELECT document FROM groups ORDER BY name, id")

    def group(self, group_id: int) -> AcdGroup | None:
        return (
            self._one(AcdGroup, "SELECT document FROM groups WHERE id = ?", group_id) if _possible(group_id) else None
        )

    def groups_like(self, part: str) -> list[AcdGroup]:
        query = "SELECT document FROM groups WHERE instr(name, ?) ORDER BY name, id"
        return self._all(AcdGroup, query, fold(part))

    def events(self) -> list[AcdEvent]:
        """All events, oldest first."""
        return self._all(AcdEvent, "SELECT document FROM events ORDER BY id")

    def event(self, event_id: int) -> AcdEvent | None:
        return (
            self._one(AcdEvent, "SELECT document FROM events WHERE id = ?", event_id) if _possible(event_id) else None
        )

    def add_event(self, event: AcdEvent) -> AcdEvent:
        """Store a new event and give it its ID."""
        cursor = self._database.execute("INSERT INTO events (document) VALUES ('{}')")
        event.id = cursor.lastrowid or 0
        self.save_event(event)
        return event

    def save_event(self, event: AcdEvent) -> None:
        self._database.execute("UPDATE events SET document = ? WHERE id = ?", (msgspec.json.encode(event), event.id))

    def _all(self, kind: type[R], query: str, *values: object) -> list[R]:
        decode = _decoder(kind).decode
        return [decode(document) for (document,) in self._database.execute(query, values)]

    def _one(self, kind: type[R], query: str, *values: object) -> R | None:
        records = self._all(kind, query, *values)
        return records[0] if records else None


@cache
def _decoder(kind: type[R]) -> msgspec.json.Decoder[R]:
    return msgspec.json.Decoder(kind)


def _possible(number: int) -> bool:
    """Whether SQLite can store the number; a larger one cannot be an ID."""
    return 0 <= number <= _MAX_ID


def _connect(name: str) -> sqlite3.Connection:
    # An application answers in a single thread, but that may be another than the one that opened the store.
    return sqlite3.connect(name, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)


def _create(path: Path, world: World) -> None:
    """Build the file next to its place and move it there in one step, unless another process was faster."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600, and so is the link to it
    os.close(handle)
    draft = Path(name)
    try:
        database = _connect(name)
        try:
            _fill(database, world)
            database.execute("PRAGMA journal_mode = WAL")
        finally:
            database.close()
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()


def _fill(database: sqlite3.Connection, world: World) -> None:
    encode = msgspec.json.Encoder().encode
    database.executescript(_SCHEMA)
    database.execute("BEGIN")
    database.executemany(
        "INSERT INTO contacts (id, campaign, user_data, name, document) VALUES (?, ?, ?, ?, ?)",
        ((c.id, c.dialler_campaigns_id, fold(c.user_data), fold(c.name), encode(c)) for c in world.contacts),
    )
    database.executemany(
        "INSERT INTO history (id, contact, document) VALUES (?, ?, ?)",
        ((row.dialler_contacts_history_id, row.dialler_contacts_id, encode(row)) for row in world.history),
    )
    database.executemany(
        "INSERT INTO campaigns (id, name, document) VALUES (?, ?, ?)",
        ((campaign.id, fold(campaign.name), encode(campaign)) for campaign in world.campaigns),
    )
    database.executemany(
        "INSERT INTO codes (id, campaign, document) VALUES (?, ?, ?)",
        ((code.id, code.campaign_id, encode(code)) for code in world.codes),
    )
    database.executemany(
        "INSERT INTO groups (id, name, document) VALUES (?, ?, ?)",
        ((group.id, fold(group.name), encode(group)) for group in world.groups),
    )
    database.executemany(
        "INSERT INTO events (id, document) VALUES (?, ?)", ((event.id, encode(event)) for event in world.events)
    )
    database.execute("COMMIT")
    database.executescript(_INDEXES)
    database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
