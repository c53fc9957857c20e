"""R1: no code at all. FastMCP makes each function of the OpenAPI document a tool.

python r1.py              over stdio
python r1.py http 8000    over Streamable HTTP, stateless, with JSON answers
"""

import json
import logging
import sys
from os import environ
from pathlib import Path

import httpx2
from fastmcp import FastMCP

DOCUMENT = Path(__file__).parents[2] / "docs" / "openapi.json"

http = httpx2.AsyncClient(
    base_url=environ["DIALLER_BASE_URL"], headers={"Authorization": f"Bearer {environ['DIALLER_TOKEN']}"}, timeout=40
)
server = FastMCP.from_openapi(json.loads(DOCUMENT.read_text(encoding="utf-8")), client=http, name="jtel dialler")


def main() -> None:
    logging.disable(logging.INFO)
    if sys.argv[1:2] == ["http"]:
        server.run(
            "http", port=int(sys.argv[2]), stateless_http=True, json_response=True, show_banner=False, log_level="error"
        )
    else:
        server.run(show_banner=False, log_level="error")


if __name__ == "__main__":
    main()
