"""A scripted dialler for the tests of the client: it gives its answers in turn and keeps what it was asked."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx2

from dialler_mcp.api import Address, Dialler

URL = "https://dialler.example/rest/v1.0/1"
MISSING = {"status": 404, "error": "Dialler contact not found"}

Answer = httpx2.Response | Exception | Callable[[httpx2.Request], Awaitable[httpx2.Response]]


class Wire:
    """One request too many fails the test: there is no answer for it."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.requests: list[httpx2.Request] = []
        self.pauses: list[float] = []

    def dialler(
        self, base_url: str = URL, *, deadline: float = 10.0, pause: Callable[[float], Awaitable[Any]] | None = None
    ) -> Dialler:
        address = Address(base_url, "secret-token", deadline=deadline, allow_http=True)
        return Dialler(address, transport=httpx2.MockTransport(self._answer), pause=pause or self._pause)

    @property
    def request(self) -> httpx2.Request:
        """The only request."""
        (request,) = self.requests
        return request

    async def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx2.Response) else await answer(request)

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)


class Body(httpx2.AsyncByteStream):
    """A body that comes in pieces; an exception among them is raised, a function is awaited."""

    def __init__(self, *pieces: bytes | Exception | Callable[[], Awaitable[object]]) -> None:
        self.pieces = pieces
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            if isinstance(piece, Exception):
                raise piece
            if isinstance(piece, bytes):
                yield piece
            else:
                await piece()

    async def aclose(self) -> None:
        self.closed = True


def records(*rows: object) -> httpx2.Response:
    return httpx2.Response(200, json={"records": list(rows), "count": len(rows), "status": 200})


def list_of(*rows: object) -> dict[str, Any]:
    """The envelope of the functions that retrieve all."""
    return {
        "filter": "",
        "limitStart": 0,
        "limitPageSize": -1,
        "records": list(rows),
        "count": len(rows),
        "orderBy": "Name",
        "ascending": True,
        "status": 200,
    }


def done() -> httpx2.Response:
    return httpx2.Response(200, json={"status": 200})


def refusal(status: int, reason: str) -> httpx2.Response:
    return httpx2.Response(status, json={"status": status, "error": reason})


def html(status: int) -> httpx2.Response:
    page = "<html><body><h1>503 Service Unavailable</h1>No server is available.</body></html>"
    return httpx2.Response(status, html=page)


def sent(request: httpx2.Request) -> Any:
    """The JSON body of a request; None when it has none."""
    return json.loads(request.content) if request.content else None
