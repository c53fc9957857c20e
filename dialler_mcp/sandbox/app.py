"""The embedded dialler as an ASGI application: a faithful fake of the Dialler REST API.

Its base URL is `http://<anything>/rest/v1.0/{ClientsID}`. The functions are the methods that `contacts.py`,
`campaigns.py` and `acd.py` declare.
"""

import sqlite3
from collections.abc import Callable
from datetime import datetime
from random import Random

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from dialler_mcp.sandbox.acd import AcdRoutes
from dialler_mcp.sandbox.campaigns import CampaignRoutes
from dialler_mcp.sandbox.contacts import ContactRoutes
from dialler_mcp.sandbox.faults import FaultMiddleware, parse_faults
from dialler_mcp.sandbox.openapi import encoded, openapi_document
from dialler_mcp.sandbox.store import Store, local_now
from dialler_mcp.sandbox.wire import Dialler, Options, Refusal, error_response, failure_response

__all__ = ["BASE_PATH", "Options", "build_app"]

BASE_PATH = "/rest/v1.0"
DOCUMENT_PATH = "/openapi.json"
"""The path of the OpenAPI document of the current release; it needs no token."""

_NEVER: frozenset[str] = frozenset()
_NO_BATCH = _NEVER | {"get_contacts"}
_NO_UPDATE_RESET = _NO_BATCH | {"update_contact", "reset_contact", "reset_contact_by_user_data"}
_OLDEST = _NO_UPDATE_RESET | {
    f"{verb}{suffix}"
    for verb in ("delete_contact", "lock_contact", "unlock_contact", "get_contact_history")
    for suffix in ("", "_by_user_data")
}
MISSING = {"current": _NEVER, "no-batch": _NO_BATCH, "no-update-reset": _NO_UPDATE_RESET, "oldest": _OLDEST}
"""The functions that each older release lacks."""


def build_app(
    store: Store,
    options: Options | None = None,
    *,
    clock: Callable[[], datetime] = local_now,
    rng: Random | None = None,
) -> Starlette:
    """The sandbox over a store.

    `clock` gives the zone-less local time of what is imported now. `rng` decides what nobody may rely on: the order of
    JSON keys, and which of several contacts with one UserData is found first.

    Raises:
        ValueError: `options.faults` names an unknown fault.
    """
    options = options or Options()
    dialler = Dialler(store, options, clock, rng or Random())
    parts = (ContactRoutes(dialler), CampaignRoutes(dialler), AcdRoutes(dialler))
    current = [route for part in parts for route in part.routes()]
    routes = [_released(route, options) for route in current]

    async def document(request: Request) -> Response:
        return Response(encoded(openapi_document(current)), media_type="application/json")

    async def failed(request: Request, error: Exception) -> Response:
        return failure_response(options, 500, "Internal Server Error")

    return Starlette(
        routes=[
            Mount(BASE_PATH + "/{clients_id}", Router(routes, redirect_slashes=False)),
            Route(DOCUMENT_PATH, document, methods=["GET"], name="openapi"),
        ],
        middleware=[
            Middleware(FaultMiddleware, options, parse_faults(options.faults)),
            Middleware(AccessMiddleware, options),
        ],
        exception_handlers={
            Refusal: _refused,
            HTTPException: _no_such_endpoint,
            sqlite3.Error: failed,
            Exception: failed,
        },
    )


def _released(route: Route, options: Options) -> Route:
    """The route of a function, or one without an endpoint when the release lacks the function."""
    if route.name not in MISSING[options.release]:
        return route
    return Route(route.path, _not_released, methods=list(route.methods or ()), name=route.name)


async def _not_released(request: Request) -> Response:
    return Response(status_code=404)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return error_response(error.status, error.reason)


async def _no_such_endpoint(request: Request, error: Exception) -> Response:
    """Answer an unknown path or method with the status alone: the empty body tells it from an unknown object."""
    assert isinstance(error, HTTPException)
    return Response(status_code=error.status_code, headers=error.headers)


class AccessMiddleware:
    """Token and ClientsID are checked together: whichever is wrong, the answer is the same 401."""

    def __init__(self, app: ASGIApp, options: Options) -> None:
        self.app = app
        self.options = options

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(BASE_PATH + "/") and not self._known(scope):
            await failure_response(self.options, 401, "Unauthorized")(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _known(self, scope: Scope) -> bool:
        clients_id = scope["path"].removeprefix(BASE_PATH + "/").partition("/")[0]
        scheme, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
        return (scheme.lower(), token.strip(), clients_id) == (
            "bearer",
            self.options.token,
            str(self.options.clients_id),
        )
