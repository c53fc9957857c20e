"""The sandbox, each of whose answers leaves so long after its request came: its own work is part of that time.

python benchmarks/punctual.py --port 8901 --latency 0.02 --directory /tmp/dialler
"""

import argparse
import asyncio
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dialler_mcp.sandbox import Options, Store, build_app


class Punctual:
    """An application whose answers begin `latency` seconds after their requests, or later where they take longer."""

    def __init__(self, app: ASGIApp, latency: float) -> None:
        self.app = app
        self.latency = latency

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time() + self.latency

        async def send_when_due(message: Message) -> None:
            if message["type"] == "http.response.start":
                await asyncio.sleep(due - loop.time())
            await send(message)

        await self.app(scope, receive, send_when_due)


def main() -> None:
    parser = argparse.ArgumentParser(description="The sandbox, which answers in time.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--latency", type=float, default=0.02)
    parser.add_argument("--directory", type=Path, required=True, help="where it keeps its people")
    options = parser.parse_args()
    store = Store.open(options.directory / "sandbox.sqlite3")
    app = Punctual(build_app(store, Options()), options.latency)
    uvicorn.run(app, host="127.0.0.1", port=options.port, access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
