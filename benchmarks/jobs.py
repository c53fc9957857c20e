"""A job beside a plain loop of the same requests, and what its ledger alone costs.

python benchmarks/jobs.py [--rows 1000] [--latency 0.02] [--rounds 3] [--state postgresql://…]

The dialler is the sandbox in a process of its own; each answer leaves so long after its request came. The loop sends
the requests of the rows and nothing else, over as many connections; the bare sockets send the same without any HTTP
library, which shows what machine and dialler allow. The bound is requests x latency / connections: of an import one
request a row, of a reset all requests of the job.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
from pydantic import SecretStr
from servers import free_port
from tables import Rounds

from dialler_mcp.api import Address, Dialler
from dialler_mcp.changes.gate import Approval
from dialler_mcp.changes.images import Image
from dialler_mcp.changes.plan import Request, SharedKey, Step, Verb
from dialler_mcp.changes.recording import entry_of
from dialler_mcp.domain.callers import Caller
from dialler_mcp.domain.records import Contact
from dialler_mcp.lists.jobs import ends
from dialler_mcp.lists.jobs.job import Draft, Job, JobState
from dialler_mcp.lists.jobs.ledger import RowOutcome
from dialler_mcp.service.profile import Profile, profile_of
from dialler_mcp.settings import Settings

CAMPAIGN = 538
CONNECTIONS = 8
BATCH = 200
TOKEN = "sandbox-token"


@contextmanager
def sandbox(latency: float, directory: str) -> Generator[str]:
    """The sandbox in a process of its own; its address."""
    port = free_port()
    command = [sys.executable, str(Path(__file__).with_name("punctual.py")), "--port", str(port)]
    command += ["--latency", str(latency), "--directory", directory]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            url = f"http://127.0.0.1:{port}/rest/v1.0/1"
            _until_it_answers(url)
            yield url
        finally:
            process.terminate()


def _until_it_answers(url: str) -> None:
    while True:
        try:
            httpx2.get(f"{url}/dialler/campaigns", headers={"Authorization": f"Bearer {TOKEN}"}).raise_for_status()
            return
        except httpx2.HTTPError:
            time.sleep(0.1)


def person(mark: str, number: int) -> dict[str, Any]:
    return {
        "Name": f"Person {mark}{number}",
        "PhoneNumber1": f"493023125{number:05}",
        "UserData": f"{mark}-{number}",
        "DiallerCampaignsID": CAMPAIGN,
    }


def importing(mark: str, number: int) -> Step:
    values = person(mark, number)
    request = Request("import_contact", {"values": values, "overwrite_duplicates": False})
    return Step(
        verb="import", kind="contact", label=f"row {number}", request=request, key=SharedKey(values["UserData"])
    )


def resetting(contact: Contact) -> Step:
    request = Request("reset_contact", {"contact_id": contact.id})
    return Step(verb="reset", kind="contact", label=f"contact {contact.id}", request=request, contact=contact)


async def one_by_one(steps: Iterable[Step]) -> AsyncIterator[Step]:
    for step in steps:
        yield step


class Counting(httpx2.AsyncHTTPTransport):
    """The usual transport, which counts the requests."""

    def __init__(self) -> None:
        super().__init__(limits=httpx2.Limits(max_connections=CONNECTIONS))
        self.requests = 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.requests += 1
        return await super().handle_async_request(request)


def profile_on(url: str, directory: str, state: str | None, transport: Counting) -> Profile:
    """What a server has on this dialler; its jobs go as fast as the connections allow."""
    own: dict[str, Any] = {"data_dir": directory, "job_rate": 10_000, "connections": CONNECTIONS}
    if state:
        own["state_url"] = SecretStr(state)
    settings = Settings(base_url=url, token=SecretStr(TOKEN), audit=False, **own)
    return profile_of(settings, Dialler(Address(url, TOKEN), transport=transport))


async def frozen(profile: Profile, verb: Verb, steps: Iterable[Step]) -> Job:
    draft = Draft(verb, f"{verb} some", "benchmark", Caller("benchmark"))
    job = await profile.jobs.ledger.freeze(lambda: draft, one_by_one(steps))
    return await profile.jobs.ledger.start(job, Approval("phrase"), lambda _: None)


async def as_job(profile: Profile, verb: Verb, steps: Iterable[Step]) -> None:
    job = await frozen(profile, verb, steps)
    await profile.jobs.finish_all()
    progress = await profile.jobs.ledger.progress(job.id)
    assert {state.value: count for state, count in progress.counts.items()} == {"done": job.total}, progress


async def as_loop(url: str, requests: Iterable[tuple[str, str, Any]]) -> None:
    """The bare requests, as many at a time as there are connections."""
    waiting = iter(requests)
    key = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx2.AsyncClient(headers=key, limits=httpx2.Limits(max_connections=CONNECTIONS)) as http:

        async def worker() -> None:
            for method, path, body in waiting:
                (await http.request(method, url + path, json=body)).raise_for_status()

        await asyncio.gather(*(worker() for _ in range(CONNECTIONS)))


async def as_bytes(url: str, requests: Iterable[tuple[str, str, Any]]) -> None:
    """The same over bare sockets."""
    address, waiting = urlsplit(url), iter(requests)

    async def worker() -> None:
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        for method, path, value in waiting:
            body = json.dumps(value).encode()
            head = (
                f"{method} {address.path}{path} HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {TOKEN}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            writer.write(head.encode() + body)
            answer = (await reader.readuntil(b"\r\n\r\n")).lower()
            assert answer.startswith(b"http/1.1 200 "), answer
            await reader.readexactly(int(answer.partition(b"content-length:")[2].partition(b"\r")[0]))
        writer.close()

    await asyncio.gather(*(worker() for _ in range(CONNECTIONS)))


async def ledger_alone(profile: Profile, rows: int, *, journalled: bool) -> None:
    """A job whose requests take no time: frozen, begun, noted in the ledger, and in the journal if wanted."""
    job = await frozen(profile, "import", (importing("L", number) for number in range(rows)))
    ledger, journal = profile.jobs.ledger, profile.journal
    lease = await ledger.take("benchmark")
    assert lease is not None
    outcomes: list[RowOutcome] = []
    while True:
        open_rows, _ = await ledger.exchange(lease, outcomes, BATCH)
        if not open_rows:
            await ledger.leave(lease, JobState.done)
            return
        approval = Approval("phrase")
        entries = [
            entry_of(journal, job.tool, row.step, Image(), job.caller, approval, {}) if journalled else None
            for row in open_rows
        ]
        ready_rows = await ledger.begin(lease, list(zip(open_rows, entries, strict=True)))
        outcomes = [ends.done(row, Contact(id=300_000 + row.number)) for row in ready_rows]


async def timed(work: Callable[[], Awaitable[None]]) -> tuple[float, float]:
    """Seconds by the clock, and of CPU in this process."""
    began, used = time.perf_counter(), time.process_time()
    await work()
    return time.perf_counter() - began, time.process_time() - used


async def measure(rows: int, latency: float, rounds: int, state: str | None) -> None:
    table = Rounds()

    async def note(name: str, work: Callable[[], Awaitable[None]], requests: Callable[[], int] = lambda: rows) -> None:
        before = requests()
        seconds, used = await timed(work)
        bound = (requests() - before or rows) * latency / CONNECTIONS
        table.note(name, {"s": seconds, "of the bound": seconds / bound, "CPU ms a row": used / rows * 1000})

    with tempfile.TemporaryDirectory() as dialler, sandbox(latency, dialler) as url:
        for one in range(rounds):
            with tempfile.TemporaryDirectory() as directory:
                transport = Counting()
                profile = profile_on(url, directory, state, transport)
                profile.state.work(lambda _: None)
                for name, send in (("bare sockets", as_bytes), ("plain loop of requests", as_loop)):
                    posts = [
                        ("POST", "/dialler/contacts/import?overwriteDuplicates=false", person(f"{name}{one}-", number))
                        for number in range(rows)
                    ]
                    await note(f"import, {name}", lambda send=send, posts=posts: send(url, posts))
                steps = [importing(f"J{one}-", number) for number in range(rows)]
                await note("import, job", lambda p=profile, steps=steps: as_job(p, "import", steps))
                everybody = [contact async for contact in profile.dialler.list_contacts(CAMPAIGN)]
                there = [contact for contact in everybody if (contact.user_data or "").startswith(f"J{one}-")]
                await note(
                    "reset, job",
                    lambda p=profile, there=there: as_job(p, "reset", map(resetting, there)),
                    lambda counted=transport: counted.requests,
                )
                for name, journalled in (("ledger alone", False), ("ledger and journal alone", True)):
                    await note(name, lambda p=profile, both=journalled: ledger_alone(p, rows, journalled=both))
                await profile.dialler.aclose()
                profile.state.close()
    title = f"{rows:,} rows, {CONNECTIONS} connections, dialler answers after {latency * 1000:.0f} ms"
    table.show(title, "import, plain loop of requests", ("s",), digits=2)


def main() -> None:
    parser = argparse.ArgumentParser(description="A job beside a plain loop of its requests.")
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--latency", type=float, default=0.02)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--state", help="the URL of a PostgreSQL; without it, SQLite")
    options = parser.parse_args()
    asyncio.run(measure(options.rows, options.latency, options.rounds, options.state))


if __name__ == "__main__":
    main()
