"""What a record was before a change: a contact with counters, result and history; a campaign with all it holds."""

import asyncio
import gzip
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

import msgspec

from dialler_mcp.api.client import Dialler
from dialler_mcp.api.errors import DiallerError, FunctionMissing
from dialler_mcp.changes.plan import Step
from dialler_mcp.domain.consequences import CampaignLoss
from dialler_mcp.domain.contact_state import result_code_id
from dialler_mcp.domain.fields import Record
from dialler_mcp.domain.records import Campaign, Contact, ContactDetails
from dialler_mcp.state.places import own_directory
from dialler_mcp.state.store import StateError

READING_SECONDS = 10.0  # for a contact's history; what was read before is remembered in any case
_BLOCK = 500  # contacts written at a time
_UNFINISHED = ".part"
_ABANDONED = 24 * 3600  # seconds after which an unfinished file is one of a process that died


@dataclass
class Image:
    """The record of a step as it is right before its request leaves.

    `read` says whether the contact was read again for it; else it is as it was decided on. `archive` is a finished file
    with all that a campaign holds, `counts` what was counted of it on the way.
    """

    contact: ContactDetails | None = None
    campaign: Campaign | None = None
    read: bool = False
    archive: Path | None = None
    counts: list[Any] | None = None

    @classmethod
    async def of(cls, dialler: Dialler, step: Step, archives: Path, now: datetime) -> "Image":
        """The image of this step's record; nothing where a new one is made.

        Raises:
            StateError, DiallerError: the archive of a campaign cannot be made.
        """
        if step.contact is not None:
            contact, read = await of_contact(dialler, step.contact)
            return cls(contact=contact, read=read)
        if step.campaign is not None:
            loss = CampaignLoss(now.date(), now.tzinfo or UTC)
            archive = await archive_campaign(dialler, step.campaign, archives, loss)
            return cls(campaign=step.campaign, archive=archive, counts=loss.counts())
        return cls()

    def discard(self) -> None:
        """Forget the file of an image that nothing will need."""
        if self.archive is not None:
            self.archive.unlink(missing_ok=True)


async def of_contact(dialler: Dialler, contact: Contact) -> tuple[ContactDetails, bool]:
    """The contact as it is now, with its history, and whether it was read; as it was given, where it could not be."""
    try:
        async with asyncio.timeout(READING_SECONDS):
            return await _read(dialler, contact.id), True
    except (DiallerError, TimeoutError):
        return _with_history(contact), False


async def _read(dialler: Dialler, contact_id: int) -> ContactDetails:
    try:
        found = await dialler.get_contacts([contact_id])
    except FunctionMissing:
        found = []
    if alike := [details for details in found if details.id == contact_id]:
        return alike[0]
    details = _with_history(await dialler.get_contact(contact_id))
    details.dialler_contacts_history = await dialler.get_contact_history(contact_id)
    return details


def _with_history(contact: Contact) -> ContactDetails:
    return ContactDetails(**{name: getattr(contact, name) for name in contact.__struct_fields__})


async def archive_campaign(dialler: Dialler, campaign: Campaign, directory: Path, loss: CampaignLoss) -> Path:
    """A compressed file with the campaign, its result codes and its contacts, a line of JSON each; on the disk when
    this returns. What it holds is counted in `loss`.

    Raises:
        StateError: the file cannot be written.
        DiallerError: the campaign cannot be read as a whole.
    """
    part = directory / f"{uuid4().hex}{_UNFINISHED}"
    try:
        await asyncio.to_thread(_clear, directory)
        try:
            await _write(dialler, campaign, part, loss)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StateError(f"The campaign's archive cannot be written ({os.strerror(error.errno or 0)})") from error
    return part


async def _write(dialler: Dialler, campaign: Campaign, part: Path, loss: CampaignLoss) -> None:
    with _created(part) as raw:
        with gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as packed:
            codes = {code.id: code for code in await dialler.get_result_codes(campaign.id)}
            lines = [_line("campaign", campaign), *(_line("result_code", code) for code in codes.values())]
            async for contact in dialler.list_contacts(campaign.id):
                loss.add(contact, codes.get(result_code_id(contact) or 0))
                lines.append(_line("contact", contact))
                if len(lines) >= _BLOCK:
                    await asyncio.to_thread(packed.write, b"".join(lines))
                    lines.clear()
            packed.write(b"".join(lines))
        raw.flush()
        os.fsync(raw.fileno())


def _line(kind: str, record: Record) -> bytes:
    return msgspec.json.encode({kind: record}) + b"\n"


def _clear(directory: Path) -> None:
    """Make the directory; in it, forget what processes that died left unfinished."""
    own_directory(directory)
    for part in directory.glob(f"*{_UNFINISHED}"):
        if part.stat().st_mtime < time.time() - _ABANDONED:
            with suppress(PermissionError):  # somebody has it open, on Windows
                part.unlink(missing_ok=True)


def _created(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
