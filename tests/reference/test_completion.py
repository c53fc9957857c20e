import asyncio
from collections.abc import AsyncGenerator
from typing import NoReturn

import httpx2
import pytest
from mcp_types import Completion, PromptReference, ResourceTemplateReference

from dialler_mcp.domain.records import Contact
from dialler_mcp.reference import completion
from dialler_mcp.state.errors import StateError
from dialler_mcp.words import Words
from tests.conftest import Bench
from tests.lists.jobs.some_jobs import contacts_of, started, step, worker_of
from tests.prompts.asking import MakeBench
from tests.tools.asking import fresh


async def complete(bench: Bench, name: str, value: str, era: str = "auto") -> Completion:
    async with bench.connect(era) as client:
        ref = PromptReference(type="ref/prompt", name="campaign_report")
        return (await client.complete(ref, {"name": name, "value": value})).completion


async def test_completes_campaigns_by_part_of_their_name(bench: MakeBench, era: str) -> None:
    proposals = await complete(bench(), "campaign", "Campaign", era)
    assert proposals.values == ["Campaign 1000", "Campaign 1000 Test"]
    assert (proposals.total, proposals.has_more) == (2, False)
    assert (await complete(bench(), "campaign", "HERBST", era)).values == ["Winback Herbst/2020"]
    assert (await complete(bench(), "campaign", "53", era)).values == ["Campaign 1000", "Campaign 1000 Test"]
    assert (await complete(bench(), "campaign", "", era)).total == 7


async def test_completes_languages(bench: MakeBench, era: str) -> None:
    assert (await complete(bench(), "language", "", era)).values == ["de", "en"]
    assert (await complete(bench(), "language", "D", era)).values == ["de"]


@pytest.mark.everyone
async def test_completes_crm_keys_by_their_beginning(bench: MakeBench, era: str) -> None:
    proposals = await complete(bench(), "user_data", "kunde-", era)
    assert sorted(proposals.values) == ["Kunde-0815", "Kunde-4711"]
    assert (proposals.total, proposals.has_more) == (2, False)
    proposals = await complete(bench(), "user_data", "Contact", era)
    assert len(proposals.values) == 20
    assert (proposals.total, proposals.has_more) == (None, True)


@pytest.mark.parametrize("name", ["user_data", "campaign", "language"])
async def test_what_is_longer_than_any_key_is_completed_to_nothing(bench: MakeBench, name: str) -> None:
    assert (await complete(bench(), name, "x" * 100_000)).values == []


async def test_completes_the_ids_of_resources(bench: MakeBench, era: str) -> None:
    async with bench().connect(era) as client:
        campaigns = ResourceTemplateReference(type="ref/resource", uri="dialler://campaigns/{campaign_id}/result-codes")
        proposals = (await client.complete(campaigns, {"name": "campaign_id", "value": "Campaign"})).completion
        assert proposals.values == ["538", "539"]
        contacts = ResourceTemplateReference(type="ref/resource", uri="dialler://contacts/{contact_id}")
        proposals = (await client.complete(contacts, {"name": "contact_id", "value": "21522"})).completion
        assert sorted(proposals.values) == [str(number) for number in range(215220, 215230)]
        proposals = (await client.complete(contacts, {"name": "contact_id", "value": "9" * 5_000})).completion
        assert proposals.values == []


async def test_completes_nothing_else(bench: MakeBench, era: str) -> None:
    assert (await complete(bench(), "anything", "x", era)).values == []


async def test_at_most_a_hundred_values_are_proposed(bench: MakeBench) -> None:
    b = bench()
    many = [{"ID": i, "Name": f"Many {i:03d}"} for i in range(1, 151)]
    b.wire.instead = lambda _: httpx2.Response(200, json={"records": many, "count": 150, "status": 200})
    proposals = await complete(b, "campaign", "many")
    assert (len(proposals.values), proposals.total, proposals.has_more) == (100, 150, True)


async def test_a_failing_dialler_proposes_nothing(bench: MakeBench, era: str) -> None:
    b = bench()
    b.wire.instead = lambda _: httpx2.Response(401)
    for name in ("campaign", "user_data"):
        assert (await complete(b, name, "C", era)).values == []


async def test_a_slow_dialler_proposes_what_was_found(bench: MakeBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completion, "SEARCH_SECONDS", 0.0)
    b = bench()

    async def few() -> AsyncGenerator[Contact]:
        yield Contact(id=1, user_data="Key-1")
        yield Contact(id=2, user_data="hidden\u200b")
        await asyncio.Event().wait()

    monkeypatch.setattr(b.profile.dialler, "list_contacts", few)
    proposals = await complete(b, "user_data", "")
    assert (proposals.values, proposals.total, proposals.has_more) == (["Key-1"], None, True)


async def test_an_exact_match_is_the_first_proposal(bench: MakeBench) -> None:
    b = bench()
    rows = [{"ID": 8, "Name": "Aktion Herbst A"}, {"ID": 7, "Name": "Herbst 2"}, {"ID": 80, "Name": "herbst"}]
    b.wire.instead = lambda request: (
        httpx2.Response(200, json={"records": rows, "count": 3, "status": 200})
        if request.url.path.endswith("/campaigns")
        else None
    )
    assert (await complete(b, "campaign", "Herbst")).values == ["herbst", "Herbst 2", "Aktion Herbst A"]
    b = bench()
    for number in range(30):
        b.store.add_contact(fresh(user_data=f"Zoo{number:02d}"))
    b.store.add_contact(fresh(user_data="Zoo"))
    assert (await complete(b, "user_data", "zoo")).values[0] == "Zoo"


@pytest.mark.parametrize("spelling", ["m\u00fcller\u2019s", "mu\u0308ller's", "M\u00dcLLER\u00b4S"])
async def test_a_key_is_completed_however_it_is_typed(bench: MakeBench, spelling: str) -> None:
    b = bench()
    b.store.add_contact(fresh(user_data="Mu\u0308ller\u2019s"))
    assert (await complete(b, "user_data", spelling)).values == ["Mu\u0308ller\u2019s"]


async def test_a_masked_key_is_not_proposed(bench: MakeBench) -> None:
    b = bench(privacy="masked")
    b.store.add_contact(fresh(user_data="4915123041299"))
    for prefix in ("49151", "4915123041299"):
        assert (await complete(b, "user_data", prefix)).values == []


async def test_completes_the_newest_jobs(bench: MakeBench, era: str, monkeypatch: pytest.MonkeyPatch) -> None:
    b = bench()
    worker = worker_of(b)
    jobs = [(await started(worker, [step("lock", contact)])).id for contact in contacts_of(b, 2)]
    template = ResourceTemplateReference(type="ref/resource", uri="dialler://jobs/{job_id}")
    async with b.connect(era) as client:
        proposals = (await client.complete(template, {"name": "job_id", "value": ""})).completion
        assert proposals.values == [str(job) for job in reversed(jobs)]
        proposals = (await client.complete(template, {"name": "job_id", "value": str(jobs[0])})).completion
        assert proposals.values == [str(jobs[0])]

        async def unreadable(_: int) -> NoReturn:
            raise StateError(Words("The state cannot be read. Try again.", "Der Zustand ist nicht lesbar."))

        monkeypatch.setattr(b.profile.jobs.ledger, "newest", unreadable)
        assert (await client.complete(template, {"name": "job_id", "value": ""})).completion.values == []
