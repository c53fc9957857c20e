"""Writes docs/openapi.json: what the sandbox serves at /openapi.json. `scripts/reference --write` calls it."""

from contextlib import closing
from pathlib import Path

import httpx2

from dialler_mcp.sandbox import Store, build_app
from dialler_mcp.sandbox.app import DOCUMENT_PATH

PLACE = Path(__file__).parents[2] / "docs" / "openapi.json"


async def openapi() -> bytes:
    """The document."""
    with closing(Store.open()) as store:
        transport = httpx2.ASGITransport(build_app(store))
        async with httpx2.AsyncClient(transport=transport, base_url="http://sandbox") as client:
            return (await client.get(DOCUMENT_PATH)).raise_for_status().content
