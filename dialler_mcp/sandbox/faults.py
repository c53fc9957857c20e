"""Faults on demand: failures between a client and a dialler, simulated before they happen.

A fault is asked for by the request header `X-Sandbox-Fault` or by `Options.faults`, in the same words:
`latency=1.5`, `status=503`, `cut`. Several are separated by commas. `after=2` lets the first two requests pass,
`every=3` troubles each third request only; both count the requests of the application.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, cast

import msgspec
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dialler_mcp.sandbox.wire import Options, error_page, error_response, failure_response

HEADER = "X-Sandbox-Fault"

KNOWN = {
    "latency": "wait so many seconds, then answer",
    "status": "answer with this HTTP status instead; 502, 503 and 504 with the page of a proxy",
    "html": "answer 200 with a page, as a portal in between does",
    "redirect": "redirect to https",
    "cut": "process the request, and cut the connection in the middle of the answer",
    "invalid-json": "process the request, and answer with half of the JSON",
    "no-list": "process the request, and answer with an object in place of the list of records",
    "revoke-after": "refuse the token after so many requests",
    "after": "let so many requests pass first",
    "every": "trouble only every n-th request",
}
"""The faults and selectors, by name."""

_WITH_NUMBER = ("latency", "status", "revoke-after", "after", "every")
_PROXY_PAGES = {502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Time-out"}


class ConnectionCut(ConnectionError):
    """The connection ended in the middle of an answer."""


@dataclass(frozen=True)
class Faults:
    """The faults to simulate, and for which requests."""

    latency: float = 0.0
    status: int | None = None
    damage: str | None = None  # html, redirect, cut, invalid-json or no-list
    revoke_after: int | None = None
    after: int = 0
    every: int = 1

    def concern(self, number: int) -> bool:
        """Whether the `number`-th request (from 1) gets the faults."""
        return number > self.after and (number - self.after) % self.every == 0


def parse_faults(text: str) -> Faults:
    """Read `latency=1.5, status=500, every=2`.

    Raises:
        ValueError: a fault is unknown, or its value is not a number.
    """
    values: dict[str, Any] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, number = part.partition("=")
        if name not in KNOWN or (name in _WITH_NUMBER) != bool(number):
            raise ValueError(f"Unknown fault. Known are: {', '.join(map(_usage, KNOWN))}.")
        if name not in _WITH_NUMBER:
            values["damage"] = name
            continue
        try:
            values[name.replace("-", "_")] = float(number) if name == "latency" else int(number)
        except ValueError as error:
            raise ValueError(f"The fault {name} needs a number.") from error
    if values.get("every", 1) < 1 or not 100 <= values.get("status", 500) <= 599 or values.get("latency", 0) < 0:
        raise ValueError("The number of this fault is out of range.")
    return Faults(**values)


def _usage(name: str) -> str:
    return f"{name}=n" if name in _WITH_NUMBER else name


class FaultMiddleware:
    """Simulates faults in requests, in front of everything else, as the network is."""

    def __init__(self, app: ASGIApp, options: Options, always: Faults) -> None:
        self.app = app
        self.options = options
        self.always = always
        self.requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        self.requests += 1
        header = Headers(scope=scope).get(HEADER)
        try:
            faults = [self.always, parse_faults(header or "")]
        except ValueError as error:
            await error_response(400, str(error))(scope, receive, send)
            return
        due = [fault for fault in faults if fault.concern(self.requests)]
        await asyncio.sleep(sum(fault.latency for fault in due))
        instead = self._instead(due, scope)
        if instead is not None:
            await instead(scope, receive, send)
            return
        spoiler = next((_SPOILERS[fault.damage] for fault in due if fault.damage), None)
        await self.app(scope, receive, spoiler(send) if spoiler else send)

    def _instead(self, due: Iterable[Faults], scope: Scope) -> Response | None:
        """An answer that does not come from the dialler."""
        for fault in due:
            if fault.revoke_after is not None and self.requests > fault.revoke_after:
                return failure_response(self.options, 401, "Unauthorized")
            if fault.status is not None:
                return self._with_status(fault.status)
            if fault.damage == "html":
                return error_page(200, "Welcome")
            if fault.damage == "redirect":
                host = Headers(scope=scope).get("host", "localhost")
                return RedirectResponse(f"https://{host}{scope['path']}", 301)
        return None

    def _with_status(self, status: int) -> Response:
        if status in _PROXY_PAGES:
            return error_page(status, _PROXY_PAGES[status])
        if status in (401, 500):
            return failure_response(self.options, status, "Unauthorized" if status == 401 else "Internal Server Error")
        return error_response(status, "Simulated by the sandbox")


def _cut(send: Send) -> Send:
    async def send_half(message: Message) -> None:
        if message["type"] == "http.response.body":
            content: bytes = message.get("body", b"")
            await send({**message, "body": content[: len(content) // 2], "more_body": True})
            raise ConnectionCut("The sandbox cut the connection, as the fault demands.")
        await send(message)

    return send_half


def _rewriting(rewrite: Callable[[bytes], bytes]) -> Callable[[Send], Send]:
    """Hold the start of the answer back until its body is known; the sandbox sends each body in one piece."""

    def spoil(send: Send) -> Send:
        messages: list[Message] = []

        async def send_rewritten(message: Message) -> None:
            if message["type"] == "http.response.start":
                messages.append(message)
                return
            content = rewrite(message.get("body", b""))
            start = messages.pop()
            headers = [(name, value) for name, value in start["headers"] if name != b"content-length"]
            await send({**start, "headers": [*headers, (b"content-length", str(len(content)).encode())]})
            await send({**message, "body": content})

        return send_rewritten

    return spoil


def _half_json(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _no_list(content: bytes) -> bytes:
    answer: object = msgspec.json.decode(content) if content else {}
    fields = cast(dict[str, Any], answer)
    return msgspec.json.encode({**fields, "records": {"count": fields.get("count")}})


_SPOILERS = {"cut": _cut, "invalid-json": _rewriting(_half_json), "no-list": _rewriting(_no_list)}
