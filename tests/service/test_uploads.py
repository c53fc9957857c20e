"""Files that are handed in piece by piece become lists, or go without a trace."""

import asyncio
import base64
import hashlib
from pathlib import Path

import pytest

from dialler_mcp.lists.reading.errors import Unreadable
from dialler_mcp.lists.reading.pieces import IncomingFile
from dialler_mcp.problem import Problem
from dialler_mcp.service.people_lists import HOURS, PeopleLists
from dialler_mcp.service.uploads import Uploads
from tests.tools.asking import Clock

CONTENT = b"Nachname;Telefon\nNeumann;030 23125901\nAbel;030 23125902\n"


def whole(uploads: Uploads, content: bytes = CONTENT) -> IncomingFile:
    incoming = uploads.pieces.begin("mcp", "leads.csv", len(content))
    uploads.pieces.add(incoming, 0, hashlib.sha256(content).hexdigest(), base64.b64encode(content).decode())
    return incoming


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lists(tmp_path: Path, clock: Clock) -> PeopleLists:
    return PeopleLists(tmp_path / "lists", (), clock)


@pytest.fixture
def uploads(lists: PeopleLists, clock: Clock) -> Uploads:
    return Uploads(lists, clock)


async def test_a_whole_file_is_read_once_whoever_asks_how_often(uploads: Uploads, lists: PeopleLists):
    incoming = whole(uploads)
    first, second = await asyncio.gather(uploads.outcome(incoming), uploads.outcome(incoming))
    assert first is not None
    assert first is second is await uploads.outcome(incoming)
    assert first.rows == 2
    assert lists.get("mcp", first.people.id) is first.people


async def test_a_file_that_is_not_whole_has_no_outcome_yet(uploads: Uploads):
    assert await uploads.outcome(uploads.pieces.begin("mcp", "leads.csv", 1)) is None


async def test_the_list_outlives_the_file_that_it_came_in(uploads: Uploads, lists: PeopleLists):
    outcome = await uploads.outcome(incoming := whole(uploads))
    assert outcome is not None
    uploads.forget(incoming)
    assert len(list(outcome.people.table.rows())) == 2
    lists.close()
    assert list(lists.directory.iterdir()) == []


async def test_reading_ends_when_the_file_is_forgotten(
    uploads: Uploads, lists: PeopleLists, monkeypatch: pytest.MonkeyPatch
):
    async def never(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(lists, "open_copy", never)
    incoming = whole(uploads)
    outcome = asyncio.create_task(uploads.outcome(incoming))
    await asyncio.sleep(0)
    uploads.forget(incoming)
    with pytest.raises(Problem, match="choose it again"):
        await outcome


async def test_a_file_and_its_list_are_kept_for_the_same_hours(uploads: Uploads, lists: PeopleLists, clock: Clock):
    incoming = whole(uploads)
    outcome = await uploads.outcome(incoming)
    assert outcome is not None
    clock.seconds += HOURS * 3_600
    assert lists.get("mcp", outcome.people.id)
    assert uploads.pieces.get("mcp", incoming.id)
    clock.seconds += HOURS * 3_600 + 1
    for get, name in ((lists.get, outcome.people.id), (uploads.pieces.get, incoming.id)):
        with pytest.raises(Problem):
            get("mcp", name)
    assert list(lists.directory.iterdir()) == []


async def test_a_file_that_is_no_list_is_not_kept(uploads: Uploads, lists: PeopleLists):
    incoming = whole(uploads, b"%PDF-1.7")
    for _ in range(2):
        with pytest.raises(Unreadable, match="is a PDF"):
            await uploads.outcome(incoming)
    assert list(lists.directory.iterdir()) == []
