"""Fixtures that ask the client: by a resolver, which serves both eras, and by hand for the rounds of 2026-07-28."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from mcp.server import MCPServer
from mcp.server.mcpserver import Context, Elicit, ElicitationResult, Resolve
from mcp.server.mcpserver.resolve import Sample
from mcp_types import (
    CreateMessageRequest,
    CreateMessageRequestParams,
    CreateMessageResult,
    ElicitRequest,
    ElicitRequestFormParams,
    ElicitResult,
    InputRequest,
    InputRequiredResult,
    ListRootsRequest,
    SamplingMessage,
    TextContent,
)
from pydantic import BaseModel, Field

from tests.conformance.contents import text

Round = TextContent | InputRequiredResult


class Reply(BaseModel):
    username: str = Field(description="User's response")
    email: str = Field(description="User's email address")


class Defaults(BaseModel):
    name: str = "John Doe"
    age: int = 30
    score: float = 95.5
    status: Literal["active", "inactive", "pending"] = "active"
    verified: bool = True


def _titled(*names: str) -> list[dict[str, str]]:
    return [{"const": name, "title": name.title()} for name in names]


class Choices(BaseModel):
    untitledSingle: str = Field(json_schema_extra={"enum": ["option1", "option2", "option3"]})
    titledSingle: str = Field(json_schema_extra={"oneOf": _titled("value1", "value2", "value3")})  # pyright: ignore[reportArgumentType]
    legacyEnum: str = Field(
        json_schema_extra={"enum": ["opt1", "opt2", "opt3"], "enumNames": ["Option One", "Option Two", "Option Three"]}
    )
    untitledMulti: list[str] = Field(
        json_schema_extra={"items": {"type": "string", "enum": ["option1", "option2", "option3"]}}
    )
    titledMulti: list[str] = Field(json_schema_extra={"items": {"anyOf": _titled("value1", "value2", "value3")}})  # pyright: ignore[reportArgumentType]


def _ask_reply(message: str) -> Elicit[Reply]:
    return Elicit(message, Reply)


def _ask_defaults() -> Elicit[Defaults]:
    return Elicit("Please review these values", Defaults)


def _ask_choices() -> Elicit[Choices]:
    return Elicit("Please choose", Choices)


def _sample(prompt: str) -> Sample:
    return Sample([SamplingMessage(role="user", content=text(prompt))], max_tokens=100)


def _sample_anything() -> Sample:
    return _sample("anything")


def test_elicitation(message: str, reply: Annotated[ElicitationResult[Reply], Resolve(_ask_reply)]) -> TextContent:
    """Asks for a name and an address."""
    return text(f"User response: {reply.model_dump_json()}")


def test_elicitation_sep1034_defaults(
    reply: Annotated[ElicitationResult[Defaults], Resolve(_ask_defaults)],
) -> TextContent:
    """Asks with a default for each type."""
    return text(f"Elicitation completed: {reply.model_dump_json()}")


def test_elicitation_sep1330_enums(
    reply: Annotated[ElicitationResult[Choices], Resolve(_ask_choices)],
) -> TextContent:
    """Asks with each kind of choice."""
    return text(f"Elicitation completed: {reply.model_dump_json()}")


def test_sampling(prompt: str, reply: Annotated[CreateMessageResult, Resolve(_sample)]) -> TextContent:
    """Asks the client's model."""
    return text(f"LLM response: {reply.content}")


def test_missing_capability(reply: Annotated[CreateMessageResult, Resolve(_sample_anything)]) -> TextContent:
    """Needs the client's model."""
    return text(f"LLM response: {reply.content}")


def elicit(message: str, answer: str, kind: str = "string") -> ElicitRequest:
    schema = {"type": "object", "properties": {answer: {"type": kind}}, "required": [answer]}
    return ElicitRequest(params=ElicitRequestFormParams(message=message, requested_schema=schema))


def sample(prompt: str) -> CreateMessageRequest:
    messages = [SamplingMessage(role="user", content=text(prompt))]
    return CreateMessageRequest(params=CreateMessageRequestParams(messages=messages, max_tokens=100))


def said_yes(ctx: Context[Any], key: str) -> bool:
    """Whether the question with this key was answered."""
    answer = (ctx.input_responses or {}).get(key)
    return isinstance(answer, ElicitResult) and answer.action == "accept"


def once(ctx: Context[Any], questions: Mapping[str, InputRequest], state: str | None = None) -> Round:
    """Asks until each question has its answer; `state` travels along, sealed by the SDK."""
    if set(questions) <= set(ctx.input_responses or {}) and ctx.request_state == state:
        return text("state-ok" if state else "complete")
    return InputRequiredResult(input_requests=dict(questions), request_state=state)


def test_input_required_result_elicitation(ctx: Context[Any]) -> Round:
    """Asks the person."""
    if said_yes(ctx, "user_name"):
        return text("Hello!")
    return InputRequiredResult(input_requests={"user_name": elicit("What is your name?", "name")})


def test_streaming_elicitation(ctx: Context[Any]) -> Round:
    """Asks the person, and sends nothing else on the stream of the call."""
    return once(ctx, {"user_name": elicit("What is your name?", "name")})


def test_input_required_result_sampling(ctx: Context[Any]) -> Round:
    """Asks the client's model."""
    return once(ctx, {"capital_question": sample("What is the capital of France?")})


def test_input_required_result_list_roots(ctx: Context[Any]) -> Round:
    """Asks for the client's roots."""
    return once(ctx, {"client_roots": ListRootsRequest()})


def test_input_required_result_request_state(ctx: Context[Any]) -> Round:
    """Asks the person, and keeps a state with the client."""
    return once(ctx, {"confirm": elicit("Please confirm", "ok", "boolean")}, "asked")


def test_input_required_result_tampered_state(ctx: Context[Any]) -> Round:
    """Asks the person, and keeps a state with the client, which must not change it."""
    return once(ctx, {"confirm": elicit("Please confirm", "ok", "boolean")}, "asked")


def test_input_required_result_multiple_inputs(ctx: Context[Any]) -> Round:
    """Asks the person, the model and for the roots at once."""
    questions = {
        "user_name": elicit("What is your name?", "name"),
        "greeting": sample("Generate a greeting"),
        "client_roots": ListRootsRequest(),
    }
    return once(ctx, questions, "asked")


def test_input_required_result_multi_round(ctx: Context[Any]) -> Round:
    """Asks twice, one after the other."""
    if ctx.request_state == "second" and said_yes(ctx, "step2"):
        return text("complete")
    if ctx.request_state == "first" and said_yes(ctx, "step1"):
        step2 = elicit("Step 2: What is your favorite color?", "color")
        return InputRequiredResult(input_requests={"step2": step2}, request_state="second")
    step1 = elicit("Step 1: What is your name?", "name")
    return InputRequiredResult(input_requests={"step1": step1}, request_state="first")


def test_input_required_result_capabilities(ctx: Context[Any]) -> Round:
    """Asks only what the client said that it can."""
    can = ctx.client_capabilities
    questions: dict[str, InputRequest] = {}
    if can and can.sampling:
        questions["greeting"] = sample("Generate a greeting")
    if can and can.elicitation:
        questions["user_name"] = elicit("What is your name?", "name")
    return once(ctx, questions)


TOOLS = (
    test_elicitation,
    test_elicitation_sep1034_defaults,
    test_elicitation_sep1330_enums,
    test_sampling,
    test_missing_capability,
    test_input_required_result_elicitation,
    test_streaming_elicitation,
    test_input_required_result_sampling,
    test_input_required_result_list_roots,
    test_input_required_result_request_state,
    test_input_required_result_tampered_state,
    test_input_required_result_multiple_inputs,
    test_input_required_result_multi_round,
    test_input_required_result_capabilities,
)


def add_prompt(server: MCPServer[Any]) -> None:
    @server.prompt()
    def test_input_required_result_prompt(  # pyright: ignore[reportUnusedFunction]
        ctx: Context[Any],
    ) -> str | InputRequiredResult:
        """Asks the person first."""
        if said_yes(ctx, "user_context"):
            return "A prompt in context"
        question = elicit("What context should the prompt use?", "context")
        return InputRequiredResult(input_requests={"user_context": question})
