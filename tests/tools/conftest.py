"""The tools are built once for all tests of them: that is what takes longest in making a server."""

import pytest

from dialler_mcp import server

TOOLS = tuple(server.all_tools())


@pytest.fixture(autouse=True)
def _built_once(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.setattr(server, "all_tools", lambda: iter(TOOLS))
