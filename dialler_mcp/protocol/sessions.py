"""Sessions of the handshake era over HTTP: a limited number of them, without keeping anybody out."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SESSION = "mcp-session-id"


class RoomForSessions:
    """Ends the session that was idle longest when one more than `most` has begun: hosts often leave without ending
    theirs, and would keep others out until these have timed out.
    """

    def __init__(self, app: ASGIApp, path: str, most: int) -> None:
        self._app, self._path, self._most = app, path, most
        self._running: dict[str, int] = {}
        """How many requests run in each session; the one that was used last is the last."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != self._path:
            await self._app(scope, receive, send)
            return
        session, new_session = Headers(scope=scope).get(SESSION), None

        async def noticed(message: Message) -> None:
            nonlocal new_session
            if message["type"] == "http.response.start" and session is None:
                new_session = Headers(raw=message["headers"]).get(SESSION)
            await send(message)

        if session in self._running:
            self._use(session, 1)
        try:
            await self._app(scope, receive, noticed)
        finally:
            if session in self._running:
                self._use(session, -1)
        if session and scope["method"] == "DELETE":
            self._running.pop(session, None)
        if new_session:
            self._use(new_session, 0)
            await self._make_room(new_session, scope)

    def _use(self, session: str, more: int) -> None:
        self._running[session] = self._running.pop(session, 0) + more

    async def _make_room(self, newest: str, scope: Scope) -> None:
        """End a session that is one too many, as its client would, in the name of the request that began another."""
        idle = [session for session, running in self._running.items() if not running and session != newest]
        if len(self._running) <= self._most or not idle:
            return
        del self._running[idle[0]]
        headers = MutableHeaders(scope={"headers": [*scope["headers"]]})
        headers[SESSION] = idle[0]

        async def nothing_more() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def unheard(_: Message) -> None:
            pass

        await self._app({**scope, "method": "DELETE", "headers": headers.raw}, nothing_more, unheard)
