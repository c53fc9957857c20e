"""What an answer costs the model: o200k tokens, and bytes on the wire."""

import json
import tempfile
from typing import Any

import bpe_openai  # pyright: ignore[reportMissingTypeStubs] - it has none
from contenders import HISTORY, LIST, ONE, OURS, R1, R2, dialler
from servers import backend, over_stdio
from tables import show

CONTENDERS = (OURS, R1, R2)
_O200K = bpe_openai.get_encoding("o200k_base")


def tokens(text: str) -> int:
    return len(_O200K.encode(text))


def compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


async def measure() -> None:
    lists: list[list[object]] = []
    answers: dict[str, list[list[object]]] = {ONE: [], LIST: [], HISTORY: []}
    async with backend() as port:
        for one in CONTENDERS:
            with tempfile.TemporaryDirectory() as directory:
                async with over_stdio(one.stdio, dialler(port, directory)) as server:
                    lists.append([one.name, *_of_list(await server.ask("tools/list", {}))])
                    for what, rows in answers.items():
                        rows.append([one.name, *_of_answer(await server.ask("tools/call", one.params(what)))])
    heads = ["", "tools", "bytes on the wire", "o200k of name, description, input schema", "a tool"]
    show("The list of tools", heads, lists)
    for what, rows in answers.items():
        title = f"{what} of 147" if what == LIST else what
        show(f"The answer: {title}, o200k", ["", "as text", "as structure", "bytes on the wire"], rows)


def _of_list(line: bytes) -> list[object]:
    tools: list[dict[str, Any]] = json.loads(line)["result"]["tools"]
    parts = [{name: tool.get(name) for name in ("name", "description", "inputSchema")} for tool in tools]
    cost = sum(tokens(compact(one)) for one in parts)
    return [len(tools), f"{len(line):,}", f"{cost:,}", f"{cost / len(tools):.0f}"]


def _of_answer(line: bytes) -> list[object]:
    result = json.loads(line)["result"]
    assert not result.get("isError"), result
    text = "\n".join(block["text"] for block in result["content"])
    structure = result.get("structuredContent")
    cost = "" if structure is None else f"{tokens(compact(structure)):,}"
    return [f"{tokens(text):,}", cost, f"{len(line):,}"]
