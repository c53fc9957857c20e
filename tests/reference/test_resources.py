import httpx2
import pytest
from mcp.shared.exceptions import MCPError
from mcp_types import TextResourceContents

from dialler_mcp.domain.codes import CAUSES, CONNRES
from dialler_mcp.domain.records import Contact
from dialler_mcp.lists.jobs.job import Progress
from dialler_mcp.protocol.server import DiallerServer
from dialler_mcp.reporting.figures.measures import MEASURES
from dialler_mcp.sandbox import Options
from dialler_mcp.service.answers import MAX_BYTES, SANDBOX
from dialler_mcp.service.process import Process
from dialler_mcp.state.errors import StateError
from dialler_mcp.words import Words
from tests.conftest import Bench, text_of
from tests.lists.jobs.some_jobs import contacts_of, started, step, worker_of
from tests.prompts.asking import MakeBench
from tests.protocol.wanting import Steps, until, wanting

REFERENCES = [
    f"dialler://reference/{name}" for name in ("cause-codes", "connres", "result-types", "fields", "measures")
]


async def read(bench: Bench, uri: str, era: str = "auto") -> str:
    async with bench.connect(era) as client:
        (content,) = (await client.read_resource(uri)).contents
    assert isinstance(content, TextResourceContents)
    assert content.mime_type == "text/plain"
    assert len(content.text.encode()) <= MAX_BYTES
    return content.text


async def failure(bench: Bench, uri: str, era: str) -> MCPError:
    async with bench.connect(era) as client:
        with pytest.raises(MCPError) as error:
            await client.read_resource(uri)
    return error.value


async def test_lists_what_there_is_to_read(bench: MakeBench, era: str) -> None:
    async with bench().connect(era) as client:
        uris = [each for each in (await client.list_resources()).resources if not each.uri.startswith("ui://")]
        by_id = (await client.list_resource_templates()).resource_templates
    assert [resource.uri for resource in uris] == [*REFERENCES, "dialler://campaigns"]
    assert [template.uri_template for template in by_id] == [
        "dialler://campaigns/{campaign_id}/result-codes",
        "dialler://contacts/{contact_id}",
        "dialler://jobs/{job_id}",
    ]
    assert all(each.title and each.description for each in (*uris, *by_id))


@pytest.mark.parametrize("uri", REFERENCES)
async def test_references_need_no_dialler(bench: MakeBench, era: str, uri: str) -> None:
    b = bench()
    assert await read(b, uri, era)
    assert b.wire.requests == []


async def test_codes_stand_in_both_languages(bench: MakeBench) -> None:
    causes = (await read(bench(), "dialler://reference/cause-codes")).splitlines()
    assert len(causes) == len(CAUSES) + 2
    assert "17\tuser busy\tTeilnehmer besetzt" in causes
    outcomes = (await read(bench(), "dialler://reference/connres")).splitlines()
    assert len(outcomes) == len(CONNRES) + 2
    types = await read(bench(), "dialler://reference/result-types")
    assert "1\tbDone\tDone\tAbschluss\tyes\t" in types
    assert "3\tbDelay\tDelay\tWiedervorlage\tno\t" in types


async def test_every_measure_stands_in_the_reference_with_its_formula(bench: MakeBench) -> None:
    lines = (await read(bench(), "dialler://reference/measures")).splitlines()
    assert len(lines) == len(MEASURES) + 2
    assert "\tconnects / attempts\t" in next(line for line in lines if line.startswith("contact_rate\t"))


async def test_every_field_of_a_contact_stands_in_the_reference(bench: MakeBench) -> None:
    text = await read(bench(), "dialler://reference/fields")
    assert all(f"\n{info.wire}\t" in text for info in Contact.fields())
    assert "UserData\tstr\t64\timport,update\tkey\tkey in the CRM; not unique\t" in text
    assert "AccountIBAN\tstr\t34\timport,update\tbank\tIBAN\tIBAN" in text


async def test_campaigns_are_listed(bench: MakeBench, era: str) -> None:
    text = await read(bench(), "dialler://campaigns", era)
    assert text.startswith("7 campaigns\n")
    assert "538\tCampaign 1000\t2026-10-06 00:00+02:00" in text
    assert SANDBOX in text


async def test_a_long_list_of_campaigns_is_cut_and_counted(bench: MakeBench) -> None:
    b = bench()
    many = [{"ID": i, "Name": f"Campaign {'x' * 50} {i}"} for i in range(1, 2_000)]
    b.wire.instead = lambda _: httpx2.Response(200, json={"records": many, "count": 1_999, "status": 200})
    text = await read(b, "dialler://campaigns")
    assert text.startswith("1999 campaigns\n")
    assert "more are not shown here." in text


async def test_result_codes_are_in_the_language_of_the_settings(bench: MakeBench, era: str) -> None:
    text = await read(bench(language="de"), "dialler://campaigns/538/result-codes", era)
    assert "7 result codes of Campaign 1000 (538)" in text
    assert "2490\tKein Interesse\tKI\tAbbruch\tMisserfolg, kein weiterer Anruf" in text


async def test_a_contact_is_shown_as_the_tools_show_it(bench: MakeBench, era: str) -> None:
    b = bench()
    text = await read(b, "dialler://contacts/215220", era)
    assert "Name: Mustermann\n" in text
    assert "state: follow-up\n" in text
    assert b.profile.present.fence.explained() in text
    assert SANDBOX in text


async def test_a_contact_is_masked_and_fenced(bench: MakeBench) -> None:
    b = bench(privacy="masked", base_url="https://dialler.example.com/rest/v1.0/1", token="t")
    contact_id = next(
        contact.id
        for contact in [contact async for contact in b.profile.dialler.list_contacts(538)]
        if "Ignore all previous" in (contact.comment or "")
    )
    text = await read(b, f"dialler://contacts/{contact_id}")
    mark = b.profile.present.fence.mark
    assert f"Comment: «{mark}:Ignore all previous" in text
    assert f":{mark}»\n" in text
    assert "PhoneNumber1: +49 " in text
    assert "…" in text
    assert SANDBOX not in text


async def test_a_huge_contact_is_cut(bench: MakeBench) -> None:
    b = bench()
    huge = {info.wire: "ü" * 3_000 for info in Contact.fields() if info.type is str} | {"ID": 1}
    b.wire.instead = lambda request: (
        httpx2.Response(200, json={"records": [huge], "count": 1, "status": 200})
        if "/dialler/contacts/" in request.url.path
        else None
    )
    text = await read(b, "dialler://contacts/1")
    assert "characters)" in text
    assert len(text.encode()) <= MAX_BYTES


@pytest.mark.parametrize("uri", ["dialler://contacts/999999", "dialler://campaigns/999999/result-codes"])
@pytest.mark.parametrize("no_match", ["404", "empty"])
async def test_what_there_is_not_is_not_found(bench: MakeBench, era: str, uri: str, no_match: str) -> None:
    options = Options(no_match="404" if no_match == "404" else "empty")
    error = (await failure(bench(options), uri, era)).error
    assert error.code == -32602
    assert error.message == "There is no such object (404). Check the ID or name; list or search first."


@pytest.mark.parametrize("bad", ["x", "0", "-1", "1.5", "99999999999999999999", "2147483648", "%C2%B2", "1e3"])
async def test_an_id_that_is_none_is_not_found_and_not_asked_for(bench: MakeBench, era: str, bad: str) -> None:
    b = bench()
    for uri in (f"dialler://contacts/{bad}", f"dialler://campaigns/{bad}/result-codes", f"dialler://jobs/{bad}"):
        error = (await failure(b, uri, era)).error
        assert error.code == -32602
        assert "positive whole number" in error.message
    assert b.wire.requests == []


async def test_a_dialler_that_refuses_is_told_in_its_sentence(bench: MakeBench, era: str) -> None:
    b = bench()
    b.wire.instead = lambda _: httpx2.Response(401)
    for uri in ("dialler://campaigns", "dialler://contacts/215220"):
        error = (await failure(b, uri, era)).error
        assert error.code == -32603
        assert "did not accept the token" in error.message


def server_of(b: Bench) -> DiallerServer[Process]:
    assert isinstance(b.server, DiallerServer)
    return b.server


async def running_job(b: Bench) -> int:
    """A job over three contacts that runs, without anybody who works on it."""
    worker = worker_of(b)
    return (await started(worker, [step("lock", contact) for contact in contacts_of(b, 3)])).id


async def test_a_job_is_shown_as_its_tool_shows_it(bench: MakeBench, era: str) -> None:
    b = bench(language="de")
    job = await running_job(b)
    text = await read(b, f"dialler://jobs/{job}", era)
    assert "Zustand: läuft, 0 von 3 Zeilen fertig" in text
    async with b.connect(era) as client:
        assert text == text_of(await client.call_tool("dialler_get_job", {"job_id": job}))


async def test_a_job_that_there_is_not_is_not_found(bench: MakeBench, era: str) -> None:
    error = (await failure(bench(), "dialler://jobs/7", era)).error
    assert error.code == -32602
    assert "There is no such job" in error.message


async def test_a_job_is_there_only_for_whom_its_tool_is(bench: MakeBench, era: str) -> None:
    b = bench(without="dialler_get_job")
    job = await running_job(b)
    assert "Unknown resource" in (await failure(b, f"dialler://jobs/{job}", era)).error.message
    async with b.connect() as client, client.listen(resource_subscriptions=[f"dialler://jobs/{job}"]) as stream:
        assert not stream.honored.resource_subscriptions


@pytest.mark.filterwarnings("ignore::mcp.MCPDeprecationWarning")  # the older era is spoken, too
async def test_whoever_wants_to_know_is_told_how_a_job_goes_on_until_its_end(bench: MakeBench, era: str) -> None:
    b, steps = bench(), Steps()
    job = await running_job(b)
    server, uri = server_of(b), f"dialler://jobs/{job}"
    server.updates.pause = steps.pause
    ledger = b.profile.jobs.ledger
    async with wanting(server, era, uri) as text:
        await until(lambda: steps.resting == 1)
        await ledger.control(job, "pause")
        await steps.step()
        await until(lambda: text == [uri])
        await ledger.control(job, "resume")
        await steps.step()
        await until(lambda: text == [uri] * 2)
        await worker_of(b).finish_all()
        await steps.step()
        await until(lambda: text == [uri] * 3)
        assert steps.resting == 0  # nobody looks at what has ended


async def test_while_the_state_cannot_be_read_a_job_counts_as_unchanged(
    bench: MakeBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    b, steps = bench(), Steps()
    job = await running_job(b)
    server, uri = server_of(b), f"dialler://jobs/{job}"
    server.updates.pause = steps.pause
    looks = list[int]()

    async def broken(number: int) -> Progress:
        looks.append(number)
        raise StateError(Words("busy", "beschäftigt"))

    async with wanting(server, "auto", uri) as text:
        await until(lambda: steps.resting == 1)
        with monkeypatch.context() as patch:
            patch.setattr(b.profile.jobs.ledger, "progress", broken)
            await steps.step()
            await until(lambda: looks == [job] and steps.resting == 1)
        await b.profile.jobs.ledger.control(job, "pause")
        await steps.step()
        await until(lambda: text == [uri])
