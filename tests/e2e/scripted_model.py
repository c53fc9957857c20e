"""A model that says what a script tells it, for hosts: it speaks Anthropic's Messages and OpenAI's Responses.

It listens on loopback only and keeps every request, which is exactly what a model would have seen.
"""

import json
import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """The model calls a tool. `namespace` is Codex's: the server's name stands apart from the tool's."""

    tool: str
    arguments: Mapping[str, Any]
    namespace: str | None = None


@dataclass
class ScriptedModel:
    """Answers the n-th turn of a conversation with the n-th call of the script, and after the last with a word."""

    script: Sequence[Call]
    requests: list[Json] = field(default_factory=list[Json])
    address: str = ""

    @property
    def conversation(self) -> Json:
        """The longest request: everything that the model saw in the end."""
        return max((request for request in self.requests if request.get("tools")), key=lambda r: len(json.dumps(r)))

    def next_call(self, answer_count: int) -> Call | None:
        return self.script[answer_count] if answer_count < len(self.script) else None


@contextmanager
def listening(script: Sequence[Call]) -> Generator[ScriptedModel]:
    """The model on a free port of loopback."""
    model = ScriptedModel(script)
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(model)) as server:
        model.address = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield model
        finally:
            server.shutdown()


def _handler_for(model: ScriptedModel) -> type[BaseHTTPRequestHandler]:
    """What answers the requests of hosts with the turns of this model."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self._answer(b"")

        def do_GET(self) -> None:
            self._answer(b'{"data": [], "models": []}')

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))) or b"{}")
            model.requests.append(request)
            if "count_tokens" in self.path:
                self._answer(b'{"input_tokens": 1000}')
            elif "/messages" in self.path:
                self._events(_anthropic(model, request))
            elif "/responses" in self.path:
                self._events(_openai(model, request))
            else:
                self._answer(b"{}")

        def log_request(self, code: object = "", size: object = "") -> None:
            """Keeps quiet."""

        def _events(self, events: Sequence[Json]) -> None:
            lines = (f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)
            self._answer("".join(lines).encode(), "text/event-stream")

        def _answer(self, body: bytes, kind: str = "application/json") -> None:
            self.send_response(200)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler


def _anthropic(model: ScriptedModel, request: Json) -> list[Json]:
    """A turn as a stream of the Messages API. Requests without tools are a host's own errands, e.g. for a title."""
    turns = sum(message["role"] == "assistant" for message in request["messages"])
    call = model.next_call(turns) if request.get("tools") else None
    if call:
        block: Json = {"type": "tool_use", "id": f"toolu_{len(model.requests):06}", "name": call.tool, "input": {}}
        delta: Json = {"type": "input_json_delta", "partial_json": json.dumps(dict(call.arguments))}
    else:
        block, delta = {"type": "text", "text": ""}, {"type": "text_delta", "text": "Done."}
    usage = {"input_tokens": 10, "output_tokens": 5}
    message: Json = {"id": f"msg_{len(model.requests)}", "type": "message", "role": "assistant", "content": []}
    message |= {"model": request.get("model"), "stop_reason": None, "stop_sequence": None, "usage": usage}
    ending = {"stop_reason": "tool_use" if call else "end_turn", "stop_sequence": None}
    return [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": block},
        {"type": "content_block_delta", "index": 0, "delta": delta},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": ending, "usage": {"output_tokens": 5}},
        {"type": "message_stop"},
    ]


def _openai(model: ScriptedModel, request: Json) -> list[Json]:
    """A turn as a stream of the Responses API."""
    turns = sum(item.get("type") == "function_call_output" for item in request["input"])
    call, number = model.next_call(turns), len(model.requests)
    if call:
        item: Json = {"type": "function_call", "id": f"fc_{number}", "call_id": f"call_{number}", "name": call.tool}
        item |= {"arguments": json.dumps(dict(call.arguments)), "status": "completed"}
        item |= {"namespace": call.namespace} if call.namespace else {}
    else:
        text: Json = {"type": "output_text", "text": "Done.", "annotations": []}
        item = {"type": "message", "id": f"m_{number}", "role": "assistant", "status": "completed", "content": [text]}
    response: Json = {"id": f"resp_{number}", "object": "response", "status": "in_progress", "output": []}
    usage: Json = {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}
    usage |= {"input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0}}
    return [
        {"type": "response.created", "response": response},
        {"type": "response.output_item.added", "output_index": 0, "item": item},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {
            "type": "response.completed",
            "response": {**response, "status": "completed", "output": [item], "usage": usage},
        },
    ]
