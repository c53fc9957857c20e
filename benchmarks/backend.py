"""A dialler that costs next to nothing: bodies of the sandbox, made beforehand, over plain asyncio on loopback.

python benchmarks/backend.py --contacts 147 --latency 0.02     prints its port
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import cycle, islice
from random import Random
from typing import IO, Any

import httpx2

from dialler_mcp.sandbox import Options, Store, build_app

BASE = "/rest/v1.0/1"
TOKEN = "sandbox-token"
CAMPAIGN = 538
CONTACT = 215220
CALLS = 20
MAX_IN_MEMORY = 1 << 20

NOW = datetime(2026, 11, 20, 14)
_LISTED = f"/dialler/contacts?diallerCampaignsID={CAMPAIGN}"
_ONE = f"/dialler/contacts/{CONTACT}"
_HISTORY = f"/dialler/contacts/contact/{CONTACT}/history"
_OTHERS = (
    "/dialler/campaigns",
    f"/dialler/campaigns/{CAMPAIGN}",
    f"/dialler/campaigns/campaign/{CAMPAIGN}/resultCodes?languagesID=1",
    f"/dialler/campaigns/campaign/{CAMPAIGN}/resultCodes?languagesID=2",
)


async def bodies(contacts: int) -> dict[str, bytes]:
    """What the sandbox answers, by path and query; its list made as long as asked for."""
    store = Store.open(now=NOW)
    transport = httpx2.ASGITransport(build_app(store, Options(), clock=lambda: NOW, rng=Random(1)))
    key = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx2.AsyncClient(transport=transport, base_url=f"http://sandbox{BASE}", headers=key) as http:
        answers = {path: (await http.get(path)).raise_for_status().content for path in (_LISTED, _ONE, *_OTHERS)}
        calls = await _calls(http, store)
    store.close()
    answers[_HISTORY] = _like(answers[_ONE], calls)
    known = json.loads(answers[_LISTED])["records"]
    answers[_LISTED] = _like(answers[_LISTED], list(islice(cycle(known), contacts)), numbered=True)
    return {f"{BASE}{path}": body for path, body in answers.items()}


async def _calls(http: httpx2.AsyncClient, store: Store) -> list[dict[str, Any]]:
    """As many calls as the history is to hold, of several contacts, as if they were of one, some hours apart."""
    rows: list[dict[str, Any]] = []
    for contact in store.contacts(CAMPAIGN):
        answer = await http.get(f"/dialler/contacts/contact/{contact.id}/history")
        entries: list[dict[str, Any]] = json.loads(answer.content)["records"] if answer.is_success else []
        rows += [entry for entry in entries if entry["dtCallStart"]]
        if len(rows) >= CALLS:
            break
    rows = rows[:CALLS]
    for number, row in enumerate(rows):
        row["DiallerContactsID"] = CONTACT
        moved = NOW - timedelta(hours=7 * (CALLS - number)) - datetime.fromisoformat(row["dtCallStart"])
        for name, value in row.items():
            if name.startswith("dt") and value:
                row[name] = (datetime.fromisoformat(value) + moved).isoformat(timespec="milliseconds")
    return rows


def _like(body: bytes, records: Sequence[Mapping[str, Any]], *, numbered: bool = False) -> bytes:
    """The envelope of a body around other records; `numbered` with an ID and a UserData of their own."""
    envelope = json.loads(body)
    envelope["records"] = []
    if "count" in envelope:
        envelope["count"] = len(records)
    around = json.dumps(envelope, ensure_ascii=False, separators=(",", ":"))
    own = ({**one, "ID": 200_000 + n, "UserData": f"Contact{n}"} for n, one in enumerate(records))
    inside = ",".join(
        json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in (own if numbered else records)
    )
    return around.replace('"records":[]', f'"records":[{inside}]').encode()


class Answering(asyncio.Protocol):
    """One connection: a request, its body from the table, the next request."""

    def __init__(self, answers: Mapping[bytes, bytes], large: Mapping[bytes, IO[bytes]], latency: float) -> None:
        self._answers, self._large, self._latency = answers, large, latency
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            target = head.split(b" ", 2)[1]
            if self._latency:
                asyncio.get_running_loop().call_later(self._latency, self._answer, target)
            else:
                self._answer(target)

    def _answer(self, target: bytes) -> None:
        if self._transport.is_closing():
            return
        if file := self._large.get(target):
            sending = asyncio.get_running_loop().sendfile(self._transport, file)
            self._sending = asyncio.ensure_future(sending)
        else:
            self._transport.write(self._answers.get(target) or _response(b'{"error":"Not Found"}', "404 Not Found"))


def _response(body: bytes, status: str = "200 OK") -> bytes:
    head = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _spooled(response: bytes) -> IO[bytes]:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process lives
    file.write(response)
    file.flush()
    return file


async def serve(contacts: int, latency: float) -> None:
    """Answer on a free port of loopback until stdin is closed."""
    answers = {path.encode(): _response(body) for path, body in (await bodies(contacts)).items()}
    large = {path: _spooled(answers.pop(path)) for path, body in [*answers.items()] if len(body) > MAX_IN_MEMORY}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(partial(Answering, answers, large, latency), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


def main() -> None:
    parser = argparse.ArgumentParser(description="A dialler that costs next to nothing.")
    parser.add_argument("--contacts", type=int, default=147)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    options = parser.parse_args()
    asyncio.run(serve(options.contacts, options.latency))


if __name__ == "__main__":
    main()
