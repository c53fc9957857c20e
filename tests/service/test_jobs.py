"""What the card of a job is given, beside what the model reads."""

from typing import Any

import httpx2
import msgspec
import pytest

from dialler_mcp.changes.gate import Approval
from dialler_mcp.changes.plan import Verb
from dialler_mcp.lists.jobs.job import Draft, JobMeaning
from dialler_mcp.protocol.pages import JOB_META
from dialler_mcp.service import jobs
from tests.conftest import Bench, structure_of, text_of
from tests.lists.jobs.some_jobs import CALLER, contacts_of, frozen, started, step, steps_of, worker_of
from tests.protocol.test_pages import with_pages
from tests.tools.asking import Make, ask

SHOW = "dialler_get_job"


async def card_of(b: Bench, job: int, era: str = "auto") -> dict[str, Any]:
    """What a client that shows cards gets for this one."""
    async with with_pages(b, era) as client:
        return ((await client.call_tool(SHOW, {"job_id": job})).meta or {})[JOB_META]


async def job_of(b: Bench, count: int = 3, verb: Verb = "lock") -> int:
    """A job that waits for its confirmation."""
    return (await frozen(worker_of(b), [step(verb, one) for one in contacts_of(b, count)], verb)).id


async def done_job(b: Bench, count: int = 3, verb: Verb = "lock") -> int:
    """A job that was carried out."""
    worker = worker_of(b)
    job = await started(worker, [step(verb, one) for one in contacts_of(b, count)], verb)
    await worker.finish_all()
    return job.id


async def test_only_a_client_that_shows_cards_gets_what_they_need(bench: Make, era: str):
    b = bench()
    job = await job_of(b)
    async with b.connect(era) as plain, with_pages(b, era) as showing:
        bare = await plain.call_tool(SHOW, {"job_id": job})
        full = await showing.call_tool(SHOW, {"job_id": job})
    assert JOB_META not in (bare.meta or {})
    assert (full.meta or {})[JOB_META]["job"] == job
    assert (text_of(full), full.structured_content) == (text_of(bare), bare.structured_content)


async def test_the_card_is_given_numbers_and_what_can_be_done(bench: Make):
    b = bench()
    waiting = await card_of(b, await job_of(b))
    assert (waiting["state"], waiting["total"], waiting["counts"]) == ("frozen", 3, {"to_do": 3})
    assert (waiting["controls"], waiting["may_undo"], waiting["began"]) == (["cancel"], False, None)
    card = await card_of(b, await done_job(b))
    assert (card["state_words"], card["counts"], card["controls"]) == ("done", {"done": 3}, [])
    assert card["may_undo"]
    assert card["now"] >= card["ended"] >= card["began"]
    assert ["caller", "tests"] in card["facts"]
    assert any("sandbox" in note for note in card["notes"])


async def test_the_card_speaks_the_language_of_the_answers(bench: Make):
    b = bench(language="de")
    card = await card_of(b, await job_of(b))
    assert (card["language"], card["state_words"]) == ("de", "noch nicht bestätigt")
    assert "zurücknehmen" in card["taken_back"]


@pytest.mark.parametrize(
    ("settings", "controls", "may_undo"),
    [
        ({}, ["cancel"], True),
        ({"without": "dialler_control_job"}, [], True),
        ({"without": "dialler_lock_contact"}, [], True),
        ({"without": "dialler_undo_change"}, ["cancel"], False),
    ],
)
async def test_the_card_offers_only_what_its_caller_may_do(
    bench: Make, settings: dict[str, Any], controls: list[str], may_undo: bool
):
    b = bench(**settings)
    waiting = await card_of(b, await job_of(b))
    assert waiting["controls"] == controls
    assert (await card_of(b, await done_job(b)))["may_undo"] is may_undo


@pytest.mark.parametrize(
    ("settings", "destroys", "controls"),
    [
        ({}, True, ["resume", "cancel"]),
        ({"role": "agent"}, False, []),
        ({"without": "dialler_delete_contact"}, False, ["resume", "cancel"]),
        ({"without": "dialler_delete_contact"}, True, []),
    ],
)
async def test_an_undo_goes_on_only_for_whoever_may_undo_and_delete_what_it_deletes(
    bench: Make, settings: dict[str, Any], destroys: bool, controls: list[str]
):
    b = bench(**settings)
    ledger, (contact,) = worker_of(b).ledger, contacts_of(b, 1)
    draft = Draft("undo", "undo job 1", "dialler_undo_change", CALLER, JobMeaning(destroys=destroys), undoes=1)
    steps = steps_of([step("delete" if destroys else "lock", contact)])
    job = await ledger.start(await ledger.freeze(lambda: draft, steps), Approval("phrase"), lambda _: None)
    await ledger.control(job.id, "pause")
    assert (await card_of(b, job.id))["controls"] == controls
    result = await ask(b, "control_job", {"job_id": job.id, "action": "resume"})
    assert bool(result.is_error) is not bool(controls)
    assert (b.store.contact(contact.id) is None) is (destroys and bool(controls))


async def test_whoever_only_reads_sees_a_card_without_buttons(bench: Make):
    b = bench(role="readonly")
    card = await card_of(b, await job_of(b))
    assert (card["controls"], card["may_undo"]) == ([], False)


async def test_what_cannot_be_taken_back_is_not_offered(bench: Make):
    b = bench()
    card = await card_of(b, await done_job(b, 1, "reset"))
    assert not card["may_undo"]
    assert "cannot be taken back" in card["taken_back"]


async def test_a_card_shows_more_rows_than_the_model_reads_but_not_all(bench: Make, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(jobs, "MAX_ROWS_SHOWN", 1)
    monkeypatch.setattr(jobs, "MAX_ROWS_ON_CARD", 2)
    b = bench()
    b.wire.instead = lambda request: (
        httpx2.Response(400, json={"status": 400, "error": "no"}) if request.method == "PATCH" else None
    )
    job = await done_job(b)
    card = await card_of(b, job)
    assert [row["state"] for row in card["rows"]] == ["failed", "failed"]
    assert all(row["who"].startswith("contact ") and row["why"] for row in card["rows"])
    assert card["more_rows"]
    async with with_pages(b, "auto") as client:
        text = structure_of(await client.call_tool(SHOW, {"job_id": job}))
    assert len(text["record"]["rows"]) == 1
    assert "Only the first 1 rows are shown." in text["notes"]
    assert not any("Only the first" in note for note in card["notes"])  # it has more, and says so itself
    monkeypatch.setattr(jobs, "MAX_ROWS_ON_CARD", 3)
    assert not (await card_of(b, job))["more_rows"]


async def test_the_card_is_masked_as_the_answers_are(bench: Make):
    b = bench(privacy="masked")
    worker = worker_of(b)
    contact = contacts_of(b, 1)[0]
    row_step = step("lock", contact)
    step_with_label = msgspec.structs.replace(row_step, label="kim@example.org")
    b.wire.instead = lambda request: (
        httpx2.Response(400, json={"status": 400, "error": "call 0152 28817386"}) if request.method == "PATCH" else None
    )
    job = await started(worker, [step_with_label])
    await worker.finish_all()
    card = await card_of(b, job.id)
    assert "kim@example.org" not in str(card)
    assert "28817386" not in str(card)
    assert any("DIALLER_PRIVACY" in note for note in card["notes"])
