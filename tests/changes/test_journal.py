import asyncio
import gzip
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import anyio
import msgspec
import pytest

from dialler_mcp.api.errors import (
    BadRequest,
    DiallerError,
    NotFound,
    OutcomeUnknown,
    ServerFault,
    UnexpectedStatus,
    Unreachable,
)
from dialler_mcp.changes.gate import Approval
from dialler_mcp.changes.images import Image, archive_campaign, of_contact
from dialler_mcp.changes.journal import Entry, EntryFilter, Journal
from dialler_mcp.changes.plan import Plan, Request, Step
from dialler_mcp.changes.recording import Recording
from dialler_mcp.domain.callers import Caller
from dialler_mcp.domain.consequences import CampaignLoss
from dialler_mcp.domain.records import Campaign, Contact
from dialler_mcp.sandbox import Options
from dialler_mcp.state.store import StateError
from dialler_mcp.words import Words
from tests.conftest import Bench
from tests.places import Place
from tests.tools.asking import CONTACT10, NPS, Make, instead, never_answered

BEGAN = datetime(2026, 11, 20, 13, tzinfo=UTC)


def entry(**values: Any) -> Entry:
    usual: dict[str, Any] = {
        "dialler": "d",
        "began": BEGAN,
        "tool": "dialler_lock_contact",
        "verb": "lock",
        "kind": "contact",
        "label": "Contact10",
    }
    return Entry(**{**usual, **values})


@pytest.fixture
def journal(place: Place) -> Journal:
    return Journal(place.store(), "d", 90, lambda: BEGAN)


async def found(journal: Journal, number: int) -> Entry:
    entry = await journal.get(number)
    assert entry is not None
    return entry


async def test_an_entry_comes_back_as_it_was_written(journal: Journal):
    contact = Contact(id=7, name="Müller", account_iban="DE02", dt_next_try=datetime(2026, 1, 2, 3))
    before = msgspec.Raw(msgspec.json.encode(contact))
    number = await journal.begin(entry(before=before, arguments={"contact_id": 7}, reason="bat darum", contact_id=7))
    open_entry = await found(journal, number)
    assert (open_entry.status, open_entry.uncertain, open_entry.ended) == ("begun", True, None)
    assert open_entry.arguments == {"contact_id": 7}
    image = open_entry.contact_before()
    assert image is not None
    assert (image.name, image.account_iban, image.dt_next_try) == ("Müller", "DE02", datetime(2026, 1, 2, 3))
    await journal.finish(number, "done", after=contact, contact_id=8)
    closed_entry = await found(journal, number)
    assert (closed_entry.status, closed_entry.uncertain, closed_entry.ended, closed_entry.contact_id) == (
        "done",
        False,
        BEGAN,
        8,
    )
    assert closed_entry.contact_after() is not None
    assert (closed_entry.campaign_before(), closed_entry.campaign_after()) == (None, None)


async def test_an_id_is_never_given_again(journal: Journal):
    first = await journal.begin(entry(began=BEGAN - timedelta(days=91)))
    assert (await journal.page(EntryFilter(), None, 5))[1] == 0
    assert await journal.begin(entry()) > first


async def test_what_is_older_than_the_retention_is_forgotten_with_its_archive(journal: Journal):
    journal.archives.mkdir()
    part = journal.archives / "x.part"
    part.touch()
    old = await journal.begin(entry(began=BEGAN - timedelta(days=90, seconds=1)), part)
    assert (journal.archives / f"{old}.jsonl.gz").exists()
    young_id = await journal.begin(entry(began=BEGAN - timedelta(days=90)))
    assert await journal.get(old) is None
    assert (await found(journal, young_id)).id == young_id
    assert list(journal.archives.iterdir()) == []


async def test_an_archive_that_is_gone_leaves_no_entry(journal: Journal):
    with pytest.raises(StateError, match="No such file"):
        await journal.begin(entry(), journal.archives / "nowhere.part")
    assert await journal.page(EntryFilter(), None, 5) == ([], 0)


async def test_of_two_undos_at_once_one_is_begun(journal: Journal):
    number = await journal.begin(entry())
    undo = await journal.begin(entry(verb="unlock", undoes=number))
    with pytest.raises(StateError, match="being undone already"):
        await journal.begin(entry(verb="unlock", undoes=number))
    await journal.finish(undo, "failed")
    assert await journal.undone_by(number) is None
    await journal.begin(entry(verb="unlock", undoes=number))
    assert await journal.undone([number]) == {number}


async def test_no_change_undoes_itself_or_an_older_one(journal: Journal):
    """Such entries come from a damaged state only; reading them must end all the same."""
    await journal.begin(entry(undoes=1))
    number = await journal.begin(entry(undoes=3))
    await journal.begin(entry(undoes=number))
    assert await journal.undone([1, 2, 3]) == {2}


async def test_what_is_not_admitted_is_not_remembered(journal: Journal):
    def refuse(_: object) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await journal.begin(entry(), None, refuse)
    assert await journal.page(EntryFilter(), None, 5) == ([], 0)


async def test_the_export_holds_every_entry_of_every_dialler(journal: Journal, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("dialler_mcp.changes.journal._PAGE", 20)  # of which there are some, and a half
    for number in range(45):
        await journal.begin(entry(dialler="other" if number % 2 else "d", arguments={"contact_id": number}))
    lines = [msgspec.json.decode(line) async for line in journal.export()]
    assert [line["arguments"]["contact_id"] for line in lines] == list(range(45))


async def test_two_write_one_journal_side_by_side(place: Place):
    async def write() -> None:
        journal = Journal(place.store(), "d", 90, lambda: BEGAN)
        for _ in range(10):
            await journal.finish(await journal.begin(entry()), "done")

    await asyncio.gather(write(), write())
    entries, total = await Journal(place.store(), "d", 90, lambda: BEGAN).page(EntryFilter(), None, 100)
    assert total == 20
    assert {one.status for one in entries} == {"done"}
    assert [one.id for one in entries] == list(range(20, 0, -1))


@pytest.mark.thorough  # the one above is quicker
async def test_two_processes_write_one_journal_side_by_side(journal: Journal, place: Place):
    child = (
        "import asyncio, pathlib, sys\n"
        "from datetime import UTC, datetime\n"
        "from dialler_mcp.changes.journal import Entry, Journal\n"
        "from dialler_mcp.state.store import StateStore\n"
        "async def main():\n"
        "    journal = Journal(StateStore(pathlib.Path(sys.argv[1]), sys.argv[2]), 'd', 90)\n"
        "    for n in range(30):\n"
        "        now = datetime.now(UTC)\n"
        "        entry = Entry(dialler='d', began=now, tool='t', verb='lock', kind='contact', label='c')\n"
        "        await journal.finish(await journal.begin(entry), 'done')\n"
        "    journal.store.close()\n"
        "asyncio.run(main())\n"
    )
    command = (sys.executable, "-c", child, str(place.directory), place.url)
    processes = [await asyncio.create_subprocess_exec(*command) for _ in range(2)]
    assert [await process.wait() for process in processes] == [0, 0]
    entries, total = await journal.page(EntryFilter(), None, 100)
    assert total == 60
    assert {one.status for one in entries} == {"done"}
    assert [one.id for one in entries] == list(range(60, 0, -1))


def failing(error: BaseException) -> Callable[[], Awaitable[None]]:
    async def send() -> None:
        raise error

    return send


LOSS = CampaignLoss(date(2026, 11, 20), UTC)

OUTCOMES: list[tuple[BaseException, str]] = [
    (BadRequest(status=400), "failed"),
    (NotFound(status=404), "failed"),
    (Unreachable(), "failed"),
    (UnexpectedStatus(status=418), "failed"),
    (UnexpectedStatus(status=408), "unknown"),
    (ServerFault(status=500), "unknown"),
    (OutcomeUnknown(), "unknown"),
    (DiallerError(), "unknown"),
    (RuntimeError("secret"), "unknown"),
    (asyncio.CancelledError(), "unknown"),
]


@pytest.mark.parametrize(
    ("error", "status"), OUTCOMES, ids=[f"{type(e).__name__}{n}" for n, (e, _) in enumerate(OUTCOMES)]
)
async def test_what_an_error_says_about_the_change(bench: Make, error: BaseException, status: str):
    recording = recording_of(bench())
    with pytest.raises(type(error)):
        await recording.change(EVENT, Image(), failing(error))
    journal_entry = await found(recording.journal, 1)
    assert (journal_entry.status, journal_entry.kind) == (status, "event")
    assert journal_entry.result
    assert "secret" not in journal_entry.result


LOCK = Step(verb="lock", kind="contact", label="c", request=Request("lock_contact", {"contact_id": 1}))
EVENT = Step(verb="create", kind="event", label="AcdEvent", request=Request("create_acd_event", {"values": {}}))


def recording_of(b: Bench) -> Recording:
    plan = Plan(tool="dialler_lock_contact", arguments={"contact_id": 1, "confirm": "x"}, steps=(LOCK,))
    return Recording(b.profile.journal, plan, Caller("me"), Approval())


async def deleted(b: Bench, campaign: Campaign) -> None:
    """Delete a campaign as the runner does."""
    request = Request("delete_campaign", {"campaign_id": campaign.id})
    step = Step(verb="delete", kind="campaign", label="c", request=request, campaign=campaign)
    plan = Plan(tool="dialler_delete_campaign", steps=(step,))
    await b.profile.runner.run(plan, Caller("me"), Approval())


async def test_a_call_that_is_cancelled_under_way_is_unknown(bench: Make):
    recording = recording_of(bench())
    with anyio.CancelScope() as scope:

        async def send() -> None:
            scope.cancel()
            await anyio.sleep_forever()

        await recording.change(LOCK, Image(), send)
    journal_entry = await found(recording.journal, 1)
    assert journal_entry.status == "unknown"
    assert journal_entry.arguments == {"contact_id": 1}
    assert "cancelled while its request was under way" in (journal_entry.result or "")


async def test_a_call_that_is_cancelled_before_is_failed(bench: Make):
    recording = recording_of(bench())
    with anyio.CancelScope() as scope:
        scope.cancel()
        await recording.change(LOCK, Image(), failing(AssertionError("it was sent")))
    assert (await found(recording.journal, 1)).status == "failed"


async def test_a_change_that_cannot_be_noted_as_done_says_so(bench: Make, monkeypatch: pytest.MonkeyPatch):
    recording = recording_of(bench())

    async def full(*_: Any, **__: Any) -> None:
        raise StateError(Words.alike("The disk is full"))

    async def send() -> int:
        return 5

    monkeypatch.setattr(Journal, "finish", full)
    monkeypatch.setattr(Journal, "note_after", full)
    assert await recording.change(LOCK, Image(), send) == 5
    await recording.note_after(Contact(id=1))
    assert "there it reads as unknown. The disk is full." in recording.remarks[0].en
    assert (await found(recording.journal, 1)).uncertain


async def test_note_after_without_a_change_does_nothing(bench: Make):
    recording = recording_of(bench())
    await recording.note_after(Contact(id=1))
    assert recording.numbers == []


@pytest.mark.parametrize("release", ["current", "no-batch"])
async def test_the_image_of_a_contact_holds_its_history(bench: Make, release: Any):
    b = bench(Options(release=release))
    image, history = await of_contact(b.profile.dialler, CONTACT10)
    assert history
    assert image.name == "Mustermann"
    assert len(image.dialler_contacts_history) == 3


async def test_the_archive_of_a_campaign_holds_all_of_it(bench: Make, tmp_path: Path):
    b = bench()
    campaign = await b.profile.dialler.get_campaign(NPS)
    (tmp_path / "old.part").touch()
    os.utime(tmp_path / "old.part", (0, 0))
    (tmp_path / "new.part").touch()
    part = await archive_campaign(b.profile.dialler, campaign, tmp_path, LOSS)
    assert part.stat().st_mode & 0o777 == 0o600
    with gzip.open(part) as archive:
        lines = [msgspec.json.decode(line) for line in archive]
    kinds = [next(iter(line)) for line in lines]
    assert kinds[0] == "campaign"
    assert kinds.count("contact") == len(b.store.contacts(NPS))
    assert kinds.count("result_code") > 3
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([part.name, "new.part"])


async def test_an_archive_that_cannot_be_written(bench: Make, tmp_path: Path):
    b = bench()
    (tmp_path / "file").touch()
    campaign = await b.profile.dialler.get_campaign(NPS)
    with pytest.raises(StateError, match="archive cannot be written"):
        await archive_campaign(b.profile.dialler, campaign, tmp_path / "file" / "below", LOSS)


async def test_a_campaign_that_cannot_be_read_is_not_deleted(bench: Make, tmp_path: Path):
    b = bench()
    campaign = await b.profile.dialler.get_campaign(NPS)
    instead(b, "GET", f"/dialler/campaigns/campaign/{NPS}/resultCodes", never_answered)
    with pytest.raises(DiallerError):
        await deleted(b, campaign)
    assert await b.profile.journal.page(EntryFilter(), None, 5) == ([], 0)
    assert list(b.profile.journal.archives.iterdir()) == []


async def test_a_campaign_whose_entry_cannot_be_begun_leaves_no_archive(bench: Make, monkeypatch: pytest.MonkeyPatch):
    b = bench()
    campaign = await b.profile.dialler.get_campaign(NPS)

    async def full(*_: Any) -> int:
        raise StateError(Words.alike("The disk is full"))

    monkeypatch.setattr(Journal, "begin", full)
    with pytest.raises(StateError):
        await deleted(b, campaign)
    assert list(b.profile.journal.archives.iterdir()) == []


async def test_a_campaign_that_there_cannot_be_is_not_kept_and_stops_no_change(journal: Journal):
    number = await journal.begin(entry(contact_id=7, campaign_id=10**30))
    await journal.finish(number, "done", contact_id=7, campaign_id=-1)
    kept = await found(journal, number)
    assert (kept.status, kept.contact_id, kept.campaign_id) == ("done", 7, None)
