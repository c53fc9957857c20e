"""What the journal holds after a change, by how the change ended."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
import pytest

from dialler_mcp.api.errors import (
    BadRequest,
    DiallerError,
    Forbidden,
    NotDialler,
    NotFound,
    ServerFault,
    TooMany,
    TooSlow,
    Unauthorized,
    UnexpectedStatus,
    Unreachable,
)
from dialler_mcp.changes.gate import Approval
from dialler_mcp.changes.images import Image
from dialler_mcp.changes.journal import Entry, Journal
from dialler_mcp.changes.plan import Plan, Request, Step
from dialler_mcp.changes.recording import CANCELLED, DEFECT, NOT_SENT, UNFINISHED, Recording
from dialler_mcp.domain.callers import Caller
from dialler_mcp.domain.records import Contact
from dialler_mcp.state.store import StateError, StateStore
from dialler_mcp.words import Words

LOCK = Step(verb="lock", kind="contact", label="Contact10", request=Request("lock_contact", {"contact_id": 7}))


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    state = StateStore(tmp_path)
    yield Journal(state, "d", 90, lambda: datetime(2026, 11, 20, tzinfo=UTC))
    state.close()


@pytest.fixture
def recording(journal: Journal) -> Recording:
    arguments = {"contact_id": 7, "confirm": "phrase", "reason": "asked for it", "language": None}
    plan = Plan(tool="dialler_lock_contact", arguments=arguments, steps=(LOCK,))
    return Recording(journal, plan, Caller("desk"), Approval("phrase", reason="asked for it"))


async def entry_of(recording: Recording) -> Entry:
    (number,) = recording.numbers
    entry = await recording.journal.get(number)
    assert entry is not None
    return entry


async def test_the_entry_is_there_before_the_request_leaves_and_done_afterwards(recording: Recording):
    steps: list[str] = []

    async def send() -> Contact:
        steps.append((await entry_of(recording)).status)
        return Contact(id=7, dialler_campaigns_id=538)

    await recording.change(LOCK, Image(), send)
    entry = await entry_of(recording)
    assert steps == ["begun"]
    assert (entry.status, entry.contact_id, entry.campaign_id, entry.caller) == ("done", 7, 538, "desk")
    assert (entry.reason, entry.confirmed_by, entry.arguments) == ("asked for it", "phrase", {"contact_id": 7})


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound(), "failed"),
        (BadRequest(), "failed"),
        (Unauthorized(), "failed"),
        (Forbidden(), "failed"),
        (TooMany(), "failed"),
        (NotDialler(), "failed"),
        (Unreachable(), "failed"),
        (UnexpectedStatus(status=408), "unknown"),
        (TooSlow(), "unknown"),
        (ServerFault(status=500), "unknown"),
    ],
)
async def test_only_what_surely_did_not_happen_has_failed(recording: Recording, error: DiallerError, status: str):
    async def send() -> None:
        raise error

    with pytest.raises(type(error)):
        await recording.change(LOCK, Image(), send)
    assert (await entry_of(recording)).status == status


async def test_a_defect_under_way_leaves_it_unknown(recording: Recording):
    async def send() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await recording.change(LOCK, Image(), send)
    entry = await entry_of(recording)
    assert (entry.status, entry.result) == ("unknown", DEFECT.en)


async def test_a_cancelled_call_says_whether_its_request_had_left(recording: Recording):
    under_way = asyncio.Event()

    async def send() -> None:
        under_way.set()
        await asyncio.Event().wait()

    call = asyncio.create_task(recording.change(LOCK, Image(), send))
    await under_way.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    entry = await entry_of(recording)
    assert (entry.status, entry.result) == ("unknown", CANCELLED.en)


async def test_a_call_cancelled_while_its_entry_is_written_sends_nothing(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
):
    begin = recording.journal.begin

    async def cancelled_meanwhile(*arguments: Any) -> int:
        call.cancel()
        return await begin(*arguments)

    async def send() -> None:
        raise AssertionError

    monkeypatch.setattr(recording.journal, "begin", cancelled_meanwhile)
    with anyio.CancelScope() as call:
        await recording.change(LOCK, Image(), send)
    assert call.cancelled_caught
    entry = await entry_of(recording)
    assert (entry.status, entry.result) == ("failed", NOT_SENT.en)


async def test_what_forbids_the_entry_forbids_the_change(recording: Recording):
    def refuse(_: object) -> None:
        raise LookupError

    async def send() -> None:
        raise AssertionError

    with pytest.raises(LookupError):
        await recording.change(LOCK, Image(), send, refuse)
    assert recording.numbers == []


async def test_a_journal_that_fails_at_the_end_is_told_and_the_change_stands(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
):
    async def full(*_: object, **__: object) -> None:
        raise StateError(Words.alike("The disk is full"))

    async def send() -> str:
        return "locked"

    monkeypatch.setattr(recording.journal, "finish", full)
    assert await recording.change(LOCK, Image(), send) == "locked"
    assert recording.remarks == [UNFINISHED.filled(why="The disk is full")]
    assert (await entry_of(recording)).status == "begun"
