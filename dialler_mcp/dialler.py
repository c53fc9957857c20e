"""Opens the configured dialler, or the embedded sandbox when none is configured."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2

from dialler_mcp.api import Address, Dialler
from dialler_mcp.api.errors import DiallerError
from dialler_mcp.problem import reason_of
from dialler_mcp.settings import Settings
from dialler_mcp.state.places import own_directory
from dialler_mcp.words import Words

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from dialler_mcp.audit.log import AuditLog
    from dialler_mcp.sandbox import Store


SANDBOX_TOKEN = "sandbox-token"  # noqa: S105 - opens nothing but invented data
SANDBOX_URL = "http://localhost/rest/v1.0/1"


_NO_SANDBOX = Words("The embedded sandbox cannot be used.", "Der eingebaute Übungs-Dialler ist nicht verwendbar.")
_NO_FILE = Words("Its file cannot be opened ({why}).", "Seine Datei lässt sich nicht öffnen ({why}).")
_BEGIN_ANEW = Words(
    "Begin anew with `dialler-mcp sandbox --fresh`, or see DIALLER_DATA_DIR and DIALLER_SANDBOX_FAULTS.",
    "Beginnen Sie neu mit `dialler-mcp sandbox --fresh`, oder sehen Sie nach DIALLER_DATA_DIR und "
    "DIALLER_SANDBOX_FAULTS.",
)


def open_dialler(settings: Settings) -> Dialler:
    """The client of the configured dialler, or of the embedded sandbox when none is configured.

    Raises:
        BadAddress: the address cannot be used.
    """
    if settings.base_url is None or settings.token is None:  # both or none, see Settings
        address = Address(SANDBOX_URL, SANDBOX_TOKEN, deadline=settings.timeout)
        return Dialler(address, transport=SandboxTransport(settings))
    address = Address(
        settings.base_url,
        settings.token.get_secret_value(),
        ca_file=settings.ca_file,
        allow_http=settings.allow_http,
        deadline=settings.timeout,
        connections=settings.connections,
    )
    return Dialler(address)


class SandboxTransport(httpx2.AsyncBaseTransport):
    """Speaks to the embedded sandbox in this process; opens it at the first request, so that a start stays quick."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._opening = asyncio.Lock()
        self._store: Store | None = None
        self._inner: httpx2.ASGITransport | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        async with self._opening:
            if self._inner is None:
                self._inner = await asyncio.to_thread(self._open)
        try:
            return await self._inner.handle_async_request(request)
        except ConnectionError as error:  # a fault of the sandbox; over a socket the client would see just this
            raise httpx2.ReadError("connection cut") from error

    async def aclose(self) -> None:
        if self._store is not None:
            self._store.close()

    def _open(self) -> httpx2.ASGITransport:
        try:
            self._store = open_sandbox_store(self._settings)
            return httpx2.ASGITransport(sandbox_app(self._store, self._settings))
        except (ValueError, OSError) as error:
            reason = Words.alike(error) if isinstance(error, ValueError) else _NO_FILE.filled(why=reason_of(error))
            raise DiallerError(summary=_NO_SANDBOX.then(reason), hint=_BEGIN_ANEW) from error


def sandbox_path(settings: Settings) -> Path:
    """The file that keeps what was changed in the sandbox."""
    return settings.directory / "sandbox.sqlite3"


def audit_dir(settings: Settings) -> Path:
    """The directory of the audit log."""
    return settings.audit_dir or sandbox_path(settings).parent / "audit"


def audit_log(settings: Settings) -> "AuditLog":
    """The audit log, in files."""
    from dialler_mcp.audit.log import MEGABYTE, AuditLog

    return AuditLog(audit_dir(settings), max_bytes=settings.audit_megabytes * MEGABYTE)


def open_sandbox_store(settings: Settings) -> "Store":
    """The sandbox's records, made when there are none yet.

    Raises:
        ValueError: the file is none of this version.
        OSError: the file cannot be made.
    """
    from dialler_mcp.sandbox import Store

    own_directory(settings.directory)
    return Store.open(sandbox_path(settings))


def sandbox_app(store: "Store", settings: Settings) -> "Starlette":
    """The sandbox as an ASGI application, with the switches of the settings.

    Raises:
        ValueError: DIALLER_SANDBOX_FAULTS names an unknown fault.
    """
    from dialler_mcp.sandbox import Options, build_app

    options = Options(
        token=SANDBOX_TOKEN,
        release=settings.sandbox_release,
        dates=settings.sandbox_dates,
        no_match=settings.sandbox_no_match,
        error_body=settings.sandbox_error_body,
        lists=settings.sandbox_lists,
        faults=settings.sandbox_faults,
    )
    return build_app(store, options)
