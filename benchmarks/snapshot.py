"""A snapshot of a large campaign: time, CPU, peak memory and requests, beside the naive way and the bare bytes; then
what questions about it take.

python benchmarks/snapshot.py --contacts 10000 --calls 5 --latency 0.02 [--old]
python benchmarks/snapshot.py --contacts 1000000 --calls 0

`--old` is a release without the batch function; without calls the contacts are those of a list just imported.
"""

import argparse
import asyncio
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

import httpx2
from backend import BASE, CAMPAIGN, TOKEN, bodies

from dialler_mcp.api import Address, Dialler
from dialler_mcp.reporting.figures.report import report_of
from dialler_mcp.reporting.figures.scope import Scope
from dialler_mcp.reporting.snapshot.reading import MAX_BATCH
from dialler_mcp.reporting.snapshot.snapshots import Snapshots
from dialler_mcp.sandbox.wire import CONTACT_FIELDS, ROW_FIELDS

FIRST_ID = 200_000
MARK = "@ID@"
NOT_THERE = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"
CONNECTIONS = 8
NAIVE_AT_MOST = 20_000  # contacts: it takes one request for each
ROUNDS = 7  # of each question; the first is not counted
# Typical measures, by what they group.
QUESTIONS = {
    "by result": "SELECT result_code_id, count(*) FROM calls GROUP BY ALL",
    "by hour": "SELECT hour, count(*) FILTER (attempt), count(*) FILTER (connected) FROM calls GROUP BY ALL",
    "by weekday and hour": "SELECT weekday, hour, count(*), count(*) FILTER (connected) FROM calls GROUP BY ALL",
    "by day of a period": "SELECT day, count(*) FILTER (connected) FROM calls WHERE began >= '2026-11-01' GROUP BY ALL",
    "by agent": "SELECT agent_id, count(*), sum(talk_seconds) FROM calls GROUP BY ALL",
    "talk, median and 90th": "SELECT quantile_cont(talk_seconds, [0.5, 0.9]) FROM calls",
    "by attempt number": "SELECT attempt_number, avg(connected::INTEGER) FROM calls WHERE attempt GROUP BY ALL",
    "contacts with a call": "SELECT count(DISTINCT contact_id) FROM calls WHERE attempt",
    "penetration": "SELECT count(*) FILTER (calls_made > 0) / count(*) FROM contacts",
    "contacts by state": "SELECT state, count(*) FROM contacts GROUP BY ALL",
}
_LISTED = f"/dialler/contacts?diallerCampaignsID={CAMPAIGN}"


class Bodies:
    """What the backend answers: contacts that differ in their IDs, each with the same calls."""

    def __init__(self, answers: dict[str, bytes], calls: int, old: bool) -> None:
        self.old = old
        self.fixed = {path: body for path, body in answers.items() if "/campaigns" in path}
        contacts = json.loads(answers[BASE + _LISTED])["records"]
        if not calls:
            contacts = [_fresh(one) for one in contacts]
        rows = next(json.loads(body)["records"] for path, body in answers.items() if path.endswith("/history"))[:calls]
        for number, row in enumerate(rows):
            row |= {"DiallerContactsHistoryID": f"{MARK}{number:02}", "DiallerContactsID": MARK}
        nested = [_nested(row) for row in rows]
        self.contacts = [_template({**one, "ID": MARK, "UserData": f"Contact{MARK}"}) for one in contacts]
        self.details = [
            _template({**one, "ID": MARK, "DiallerCampaignsResultCodes": None, "DiallerContactsHistory": nested})
            for one in contacts
        ]
        self.history = _template(rows)

    def of(self, templates: list[bytes], contact_id: int) -> bytes:
        return templates[contact_id % len(templates)].replace(MARK.encode(), b"%d" % contact_id)

    def listed(self, count: int) -> Iterator[bytes]:
        yield b'{"filter":"","records":['
        for number in range(count):
            yield (b"," if number else b"") + self.of(self.contacts, FIRST_ID + number)
        yield b'],"count":%d,"status":200}' % count


def _fresh(contact: dict[str, Any]) -> dict[str, Any]:
    """The same contact before anybody called it."""
    moved = ("nTries", "LastCause", "dtNextTry", "FollowUp", "DiallerCampaignsResultCodesID", "Invalid", "Mailbox")
    return {name: None if any(part in name for part in moved) else value for name, value in contact.items()}


def _nested(row: dict[str, Any]) -> dict[str, Any]:
    """A call as the batch function sends it."""
    call = {name: value for name, value in row.items() if name not in ROW_FIELDS and name not in CONTACT_FIELDS}
    own = {nested: row[name] for name, nested in ROW_FIELDS.items()}
    return own | {"StatisticsPartA": {"ID": row["StatisticsPartAID"], **call}}


def _template(value: object) -> bytes:
    """Compact JSON in which a marked ID is a number."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for number in range(100):
        text = text.replace(f'"{MARK}{number:02}"', f"{MARK}{number:02}")
    return text.replace(f'"{MARK}"', MARK).encode()


class Answering(asyncio.Protocol):
    """One connection: a request, its answer, the next request."""

    def __init__(self, made: Bodies, listed: IO[bytes], latency: float) -> None:
        self._made, self._listed, self._latency, self._received = made, listed, latency, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, rest = self._received.partition(b"\r\n\r\n")
            length_text = head.lower().partition(b"content-length:")[2]
            size = int(length_text.split(b"\r\n")[0]) if length_text else 0
            if len(rest) < size:
                return
            self._received = rest[size:]
            target = head.split(b" ", 2)[1].decode()
            asyncio.get_running_loop().call_later(self._latency, self._answer, target, rest[:size])

    def _answer(self, target: str, sent: bytes) -> None:
        if self._transport.is_closing():
            return
        if target == BASE + _LISTED:
            self._sending = asyncio.ensure_future(asyncio.get_running_loop().sendfile(self._transport, self._listed))
            return
        known = not (sent and self._made.old)
        self._transport.write(_response(self._body(target, sent)) if known else NOT_THERE)

    def _body(self, target: str, sent: bytes) -> bytes:
        if sent:
            details = (self._made.of(self._made.details, number) for number in json.loads(sent)["IDList"])
            return b'{"count":1,"status":200,"records":[' + b",".join(details) + b"]}"
        if target.endswith("/history"):
            number = int(target.split("/")[-2])
            return b'{"status":200,"records":' + self._made.of([self._made.history], number) + b"}"
        return self._made.fixed[target]


def _response(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body) + body


async def serve(contacts: int, calls: int, latency: float, old: bool) -> None:
    """Answer on a free port of loopback until stdin is closed."""
    answers = Bodies(await bodies(147), calls, old)
    with tempfile.TemporaryFile() as listed:
        size = sum(map(len, answers.listed(contacts)))
        listed.write(_response(b"").replace(b"length: 0", b"length: %d" % size))
        listed.writelines(answers.listed(contacts))
        listed.flush()
        server = await asyncio.get_running_loop().create_server(
            partial(Answering, answers, listed, latency), "127.0.0.1", 0
        )
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.to_thread(sys.stdin.read)
        server.close()


class Counting(httpx2.AsyncHTTPTransport):
    """Counts the requests that leave."""

    requests = 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.requests += 1
        return await super().handle_async_request(request)


class Gaps:
    """How long the event loop was not free: the 99th percentile of what a timer of 1 ms comes late, by the clock and in
    CPU time of the loop's own thread, which is what is left where others are at work on the machine.
    """

    def __init__(self) -> None:
        self._late, self._busy = list[float](), list[float]()
        self._task = asyncio.ensure_future(self._watch())

    async def _watch(self) -> None:
        while True:
            began, before = time.perf_counter(), time.thread_time()
            await asyncio.sleep(0.001)
            self._late.append(time.perf_counter() - began - 0.001)
            self._busy.append(time.thread_time() - before)

    def p99(self) -> dict[str, float]:
        self._task.cancel()
        late, busy = (sorted(gaps)[int(len(gaps) * 0.99)] * 1000 for gaps in (self._late, self._busy))
        return {"gap p99 ms": round(late, 1), "CPU of it": round(busy, 1)}


async def ours(url: str, directory: str, **_: Any) -> dict[str, Any]:
    transport = Counting(limits=httpx2.Limits(max_connections=CONNECTIONS))
    async with Dialler(Address(url, TOKEN, connections=CONNECTIONS), transport=transport) as dialler:
        snapshots = Snapshots(dialler, Path(directory), zone=ZoneInfo("Europe/Berlin"), connections=CONNECTIONS)
        gaps = Gaps()
        coverage = await snapshots.refresh([CAMPAIGN], budget_seconds=36_000)
        late = gaps.p99()
        await snapshots.aclose()
    assert coverage.complete
    size = sum(file.stat().st_size for file in files_of(directory))
    figures = {"contacts": coverage.contacts, "calls": coverage.calls, "file MB": round(size / 2**20, 1)}
    return {"requests": transport.requests, **late, **figures}


def files_of(directory: str) -> list[Path]:
    return [*Path(directory).rglob("*.duckdb")]


async def naive(url: str, contacts: int, **_: Any) -> dict[str, Any]:
    """The list as a whole, then the history of each contact, everything in memory."""
    limits = httpx2.Limits(max_connections=CONNECTIONS)
    async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {TOKEN}"}, limits=limits, timeout=600) as http:
        listed = (await http.get(url + _LISTED)).json()["records"]
        gate, kept = asyncio.Semaphore(CONNECTIONS), list[Any]()

        async def history(number: int) -> None:
            async with gate:
                kept.append((await http.get(f"{url}/dialler/contacts/contact/{number}/history")).json()["records"])

        await asyncio.gather(*(history(contact["ID"]) for contact in listed))
    return {"requests": len(listed) + 1, "contacts": len(listed), "calls": sum(map(len, kept))}


async def bare(url: str, contacts: int, calls: int, old: bool, **_: Any) -> dict[str, Any]:
    """Only the bytes: the list and the histories, in batches as large as ours, read and thrown away."""
    limits = httpx2.Limits(max_connections=CONNECTIONS)
    histories, size = (contacts if calls else 0), 1 if old else MAX_BATCH
    async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {TOKEN}"}, limits=limits, timeout=600) as http:
        async with http.stream("GET", url + _LISTED) as response:
            async for _block in response.aiter_raw():
                pass
        waiting = iter(range(FIRST_ID, FIRST_ID + histories, size))

        async def read() -> None:
            for first in waiting:
                if old:
                    await http.get(f"{url}/dialler/contacts/contact/{first}/history")
                else:
                    numbers = list(range(first, min(first + size, FIRST_ID + contacts)))
                    await http.post(f"{url}/dialler/contacts?languagesID=1", json={"IDList": numbers})

        await asyncio.gather(*(read() for _ in range(CONNECTIONS)))
    return {"requests": 1 + -(-histories // size), "contacts": contacts}


async def questions(url: str, directory: str, **_: Any) -> dict[str, Any]:
    """How long it takes to open the snapshot and, warm, to answer: median, ms."""
    async with Dialler(Address(url, TOKEN)) as dialler:
        snapshots = Snapshots(dialler, Path(directory), zone=ZoneInfo("Europe/Berlin"))
        began = time.perf_counter()
        with snapshots.open([CAMPAIGN]) as snapshot:
            took = {"opening, first": 1000 * (time.perf_counter() - began)}
            for name, sql in QUESTIONS.items():
                took[name] = _warm(lambda asked=sql: list(snapshot.rows(asked)))
            now = datetime.now(ZoneInfo("Europe/Berlin"))
            took["a whole report"] = _warm(lambda: report_of(snapshot, Scope(), now))
            week = Scope(now.replace(tzinfo=None) - timedelta(days=7))
            took["a whole report on a week"] = _warm(lambda: report_of(snapshot, week, now))
        took["opening"] = _warm(lambda: snapshots.open([CAMPAIGN]).close())
    return {name: round(milliseconds, 1) for name, milliseconds in took.items()}


def _warm(ask: Callable[[], object]) -> float:
    durations = list[float]()
    for _ in range(ROUNDS):
        began = time.perf_counter()
        ask()
        durations.append(1000 * (time.perf_counter() - began))
    return statistics.median(durations[1:])


CONTENDERS: dict[str, Callable[..., Awaitable[dict[str, Any]]]] = {
    "bare bytes": bare,
    "snapshot": ours,
    "snapshot, nothing moved": ours,
    "questions": questions,
    "naive": naive,
}


def contend(asked: argparse.Namespace) -> None:
    """Run one contender in this process and print what it took."""
    began, before = time.perf_counter(), time.process_time()
    figures = asyncio.run(_run(CONTENDERS[asked.contender], **vars(asked)))
    took = {
        "s": round(time.perf_counter() - began, 2),
        "CPU s": round(time.process_time() - before, 2),
        "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    print(json.dumps(took | figures))


async def _run(contender: Callable[..., Awaitable[dict[str, Any]]], /, **asked: Any) -> dict[str, Any]:
    return await contender(**asked)


def measure(asked: argparse.Namespace) -> None:
    """Each contender in a fresh process against one backend."""
    here = [sys.executable, *sys.argv]
    with (
        tempfile.TemporaryDirectory() as directory,
        subprocess.Popen([*here, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as backend,
    ):
        assert backend.stdin
        assert backend.stdout
        url = f"http://127.0.0.1:{backend.stdout.readline().strip()}{BASE}"
        bound = asked.contacts * asked.latency / CONNECTIONS / (1 if asked.old else MAX_BATCH)
        print(
            f"{asked.contacts:,} contacts, {asked.calls} calls each, {asked.latency * 1000:.0f} ms, {CONNECTIONS}"
            f" connections, {'one history' if asked.old else f'{MAX_BATCH} histories'} a request:"
            f" at least {bound:.2f} s"
        )
        for name in CONTENDERS:
            if name == "naive" and asked.contacts > NAIVE_AT_MOST:
                continue
            process = subprocess.run(
                [*here, "--contender", name, "--url", url, "--directory", directory],
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            print(f"{name:24}", process.stdout.strip(), flush=True)
        backend.stdin.close()


def main() -> None:
    parser = argparse.ArgumentParser(description="A snapshot of a large campaign.")
    parser.add_argument("--contacts", type=int, default=10_000)
    parser.add_argument("--calls", type=int, default=5)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--old", action="store_true", help="a release without the batch function")
    for name in ("contender", "url", "directory"):
        parser.add_argument(f"--{name}", help=argparse.SUPPRESS)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        asyncio.run(serve(asked.contacts, asked.calls, asked.latency, asked.old))
    elif asked.contender:
        contend(asked)
    else:
        measure(asked)


if __name__ == "__main__":
    main()
