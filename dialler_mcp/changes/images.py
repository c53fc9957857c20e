"""Records as they were before a change: a contact with counters, result and history; a campaign with its contacts."""

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
from dialler_mcp.api.errors import DiallerError
from dialler_mcp.changes.plan import Step
from dialler_mcp.domain.consequences import CampaignLoss
from dialler_mcp.domain.contact_state import result_code_id
from dialler_mcp.domain.fields import Record
from dialler_mcp.domain.records import Campaign, Contact, ContactDetails
from dialler_mcp.state.places import own_directory
from dialler_mcp.state.store import StateError
from dialler_mcp.words import Words

READING_SECONDS = 10.0  # for a contact's history, without which a change can go on
MAX_RECOUNTED = 1_000  # contacts of a campaign that are counted again once its archive is written
_BLOCK = 500  # contacts written at a time
_UNFINISHED = ".part"
_ABANDONED = 24 * 3600  # seconds after which an unfinished file is one of a process that died


_NOT_ARCHIVED = Words(
    "The campaign's archive cannot be written ({why})", "Das Archiv der Kampagne lässt sich nicht schreiben ({why})"
)


@dataclass
class Image:
    """The record of a step as it is right before its request leaves.

    `unread` says why a contact could not be read again; then it is as it was decided on. `history` says whether its
    history could be read. `archive` is a finished file with all that a campaign holds, `counts` what was counted of it
    last.
    """

    contact: ContactDetails | None = None
    history: bool = False
    campaign: Campaign | None = None
    unread: DiallerError | None = None
    archive: Path | None = None
    counts: list[Any] | None = None

    @classmethod
    async def of(cls, dialler: Dialler, step: Step, archives: Path, now: datetime) -> "Image":
        """The image of this step's record; nothing where a new one is made.

        Raises:
            StateError, DiallerError: the archive of a campaign cannot be made.
        """
        if step.contact is not None:
            try:
                contact, history = await of_contact(dialler, step.contact.id)
                return cls(contact=contact, history=history)
            except DiallerError as error:
                return cls(contact=with_history(step.contact), unread=error)
        if step.campaign is not None:
            return await cls._of_campaign(dialler, step.campaign.id, archives, now)
        return cls()

    @classmethod
    async def _of_campaign(cls, dialler: Dialler, campaign_id: int, archives: Path, now: datetime) -> "Image":
        """Contacts that came into a small campaign while its archive was written are counted, too."""
        loss = CampaignLoss(now.date(), now.tzinfo or UTC)
        whole = dialler.whole()
        campaign = await whole.get_campaign(campaign_id)
        archive = await archive_campaign(whole, campaign, archives, loss)
        image = cls(campaign=dialler.named(campaign), archive=archive, counts=loss.counts())
        if loss.states.total() <= MAX_RECOUNTED:
            try:
                image.counts = (await _counted(dialler, campaign_id, CampaignLoss(loss.today, loss.zone))).counts()
            except BaseException:
                image.discard()
                raise
        return image

    def discard(self) -> None:
        """Remove the file of an image that is not needed any more."""
        if self.archive is not None:
            self.archive.unlink(missing_ok=True)


async def of_contact(dialler: Dialler, contact_id: int) -> tuple[ContactDetails, bool]:
    """The contact as it is now, and whether its history is there, too.

    Raises:
        DiallerError: the contact itself cannot be read.
    """
    try:
        async with asyncio.timeout(READING_SECONDS):
            matches = await dialler.get_contacts([contact_id])
    except (DiallerError, TimeoutError):
        matches = list[ContactDetails]()
    if match := next((details for details in matches if details.id == contact_id), None):
        return match, True
    details = with_history(await dialler.get_contact(contact_id))
    try:
        async with asyncio.timeout(READING_SECONDS):
            details.dialler_contacts_history = await dialler.get_contact_history(contact_id)
    except (DiallerError, TimeoutError):
        return details, False
    return details, True


def with_history(contact: Contact) -> ContactDetails:
    """The contact as an image holds it, with no history yet."""
    return ContactDetails(**{name: getattr(contact, name) for name in contact.__struct_fields__})


async def _counted(dialler: Dialler, campaign_id: int, loss: CampaignLoss) -> CampaignLoss:
    codes = {code.id: code for code in await dialler.get_result_codes(campaign_id)}
    async for contact in dialler.list_contacts(campaign_id):
        loss.add(contact, codes.get(result_code_id(contact) or 0))
    return loss


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
        raise StateError(_NOT_ARCHIVED.filled(why=os.strerror(error.errno or 0))) from error
    return part


async def _write(dialler: Dialler, campaign: Campaign, part: Path, loss: CampaignLoss) -> None:
    with _created(part) as raw:
        with gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as archive:
            codes = {code.id: code for code in await dialler.get_result_codes(campaign.id)}
            lines = [_line("campaign", campaign), *(_line("result_code", code) for code in codes.values())]
            async for contact in dialler.list_contacts(campaign.id):
                loss.add(contact, codes.get(result_code_id(contact) or 0))
                lines.append(_line("contact", contact))
                if len(lines) >= _BLOCK:
                    await asyncio.to_thread(archive.write, b"".join(lines))
                    lines.clear()
            archive.write(b"".join(lines))
        raw.flush()
        os.fsync(raw.fileno())


def _line(kind: str, record: Record) -> bytes:
    return msgspec.json.encode({kind: record}) + b"\n"


def _clear(directory: Path) -> None:
    """Make the directory, and remove unfinished files of processes that died."""
    own_directory(directory)
    for part in directory.glob(f"*{_UNFINISHED}"):
        if part.stat().st_mtime < time.time() - _ABANDONED:
            with suppress(PermissionError):  # somebody has it open, on Windows
                part.unlink(missing_ok=True)


def _created(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
