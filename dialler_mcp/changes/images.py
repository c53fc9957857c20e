"""What a record was before a change: a contact with counters, result and history; a campaign with all it holds."""

import asyncio
import gzip
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

import msgspec

from dialler_mcp.api.client import Dialler
from dialler_mcp.api.errors import DiallerError, FunctionMissing
from dialler_mcp.domain.fields import Record
from dialler_mcp.domain.records import Campaign, Contact, ContactDetails
from dialler_mcp.state.store import StateError

READING_SECONDS = 10.0  # for a contact's history; what was read before is remembered in any case
_BLOCK = 500  # contacts written at a time
_UNFINISHED = ".part"
_ABANDONED = 24 * 3600  # seconds after which an unfinished file is one of a process that died


async def of_contact(dialler: Dialler, contact: Contact) -> ContactDetails:
    """The contact as it is now, with its history; as it was read a moment ago, where more cannot be had in time."""
    try:
        async with asyncio.timeout(READING_SECONDS):
            return await _read(dialler, contact.id)
    except (DiallerError, TimeoutError):
        return _with_history(contact)


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


async def archive_campaign(dialler: Dialler, campaign: Campaign, directory: Path) -> Path:
    """A compressed file with the campaign, its result codes and its contacts, a line of JSON each; on the disk when
    this returns.

    Raises:
        StateError: the file cannot be written.
        DiallerError: the campaign cannot be read as a whole.
    """
    part = directory / f"{uuid4().hex}{_UNFINISHED}"
    try:
        await asyncio.to_thread(_clear, directory)
        try:
            await _write(dialler, campaign, part)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StateError(f"The campaign's archive cannot be written ({os.strerror(error.errno or 0)})") from error
    return part


async def _write(dialler: Dialler, campaign: Campaign, part: Path) -> None:
    with _created(part) as raw:
        with gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as packed:
            lines = [_line("campaign", campaign)]
            lines += [_line("result_code", code) for code in await dialler.get_result_codes(campaign.id)]
            async for contact in dialler.list_contacts(campaign.id):
                if contact.dialler_campaigns_id in (campaign.id, None):
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
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    for part in directory.glob(f"*{_UNFINISHED}"):
        if part.stat().st_mtime < time.time() - _ABANDONED:
            with suppress(PermissionError):  # somebody has it open, on Windows
                part.unlink(missing_ok=True)


def _created(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
