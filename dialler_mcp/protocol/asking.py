"""Asking a person through the client (elicitation), in both protocol eras.

A tool that changes something is rehearsed first: it reads what it needs, up to the point at which it would ask or
change. What it would ask becomes a question of the SDK's resolver, which the client shows; then the tool runs with the
answer.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from typing import Annotated, Any, Protocol, Self

from mcp.server.mcpserver import (
    AcceptedElicitation,
    CancelledElicitation,
    Context,
    DeclinedElicitation,
    Elicit,
    ElicitationResult,
    Resolve,
)
from mcp_types.version import is_version_at_least
from pydantic import BaseModel, ConfigDict, Field

from dialler_mcp.domain.text import clean
from dialler_mcp.problem import Problem

LONGEST_REASON = 500  # characters
ANSWER = "person_answer"
NOT_UNDERSTOOD = (
    "Nothing was changed: what the client sent is no answer of a person. Call again, or ask them in the chat."
)
_FIRST_WITHOUT_HANDSHAKE = "2026-07-28"


def _bare(schema: dict[str, Any]) -> None:
    """Codex 0.169.0 cancels a form that has a title or a description of its own, and asks nobody."""
    schema.pop("title", None)
    schema.pop("description", None)


class Agreed(BaseModel):
    """What the person is asked for."""

    model_config = ConfigDict(json_schema_extra=_bare)

    confirm: bool = Field(description="Yes, do it / Ja, ausführen")


class AgreedWithReason(Agreed):
    """The same, where a yes alone will not do."""

    reason: str = Field(description="Why, kept in the journal / Warum, bleibt im Journal", max_length=LONGEST_REASON)


class Unasked(BaseModel):
    """Nobody was asked: nothing needs it, or this client cannot."""


class Question(Exception):
    """Ends a rehearsal: this must be asked. `about` is a digest of everything that must not change meanwhile.

    `form` is what the person fills in; `reason` what they then gave as one.
    """

    def __init__(self, text: str, about: bytes, form: type[Agreed] = Agreed) -> None:
        super().__init__("a question")
        self.text, self.about, self.form = text, about, form
        self.reason: str | None = None


class NothingToAsk(Exception):
    """Ends a rehearsal: the tool would now send its change without asking."""


class Asking(Protocol):
    """What a call must offer so that its tool can be rehearsed."""

    def may_ask(self) -> bool:
        """Whether the policy wants the client's question at all."""
        ...

    def rehearsing(self) -> Self:
        """The call, such that it raises `Question` or `NothingToAsk` instead of changing anything."""
        ...

    def agreed_to(self, question: Question) -> Self:
        """The call, once the person said yes to this question."""
        ...


class Refused(Problem):
    """The person did not say yes."""


Answered = ElicitationResult[Agreed] | AcceptedElicitation[Unasked]

_asked: ContextVar[Question | None] = ContextVar("asked", default=None)


def can_ask(context: Context[Any]) -> bool:
    """Whether the client can be asked with a form: it declared so, and there is a way to reach it."""
    capabilities = context.client_capabilities
    elicitation = capabilities.elicitation if capabilities else None
    if elicitation is None or (elicitation.form is None and elicitation.url is not None):
        return False
    modern = is_version_at_least(context.protocol_version or "2025-11-25", _FIRST_WITHOUT_HANDSHAKE)
    return modern or context.session.can_send_request


def question_parameter(
    parameters: Sequence[inspect.Parameter],
    rehearse: Callable[[Context[Any], Mapping[str, Any]], Awaitable[None]],
) -> inspect.Parameter:
    """The hidden parameter of a tool that holds the person's answer; the SDK fills it by asking.

    `rehearse(context, arguments)` runs the tool up to its question, and raises it.
    """

    async def ask(*, context: Context[Any], **arguments: Any) -> Elicit[Agreed] | Unasked:
        _asked.set(None)
        if not can_ask(context):
            return Unasked()
        try:
            await rehearse(context, arguments)
        except Question as question:
            _asked.set(question)
            return Elicit(question.text, question.form)
        return Unasked()

    shown = inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=Context[Any])
    ask.__dict__["__signature__"] = inspect.Signature([*parameters, shown], return_annotation=Elicit[Agreed] | Unasked)
    ask.__annotations__ = {p.name: p.annotation for p in (*parameters, shown)}
    hint = Annotated[ElicitationResult[Agreed], Resolve(ask)]
    return inspect.Parameter(ANSWER, inspect.Parameter.KEYWORD_ONLY, annotation=hint)


def agreed_question(answer: Any) -> Question | None:
    """The question to which the person said yes; None when nobody was asked.

    Raises:
        Refused: the person said no, declined, closed the question, or gave no reason where one is needed; says which.
    """
    match answer:
        case AcceptedElicitation(data=Unasked()):
            return None
        case AcceptedElicitation(data=AgreedWithReason(confirm=True) as agreed) if (
            question := _asked.get()
        ) is not None:
            question.reason = clean(agreed.reason)
            if not question.reason:
                raise Refused("Nothing was changed: the person gave no reason. Ask them, and call again with `reason`.")
            return question
        case AcceptedElicitation(data=Agreed(confirm=True)) if (question := _asked.get()) is not None:
            return question
        case CancelledElicitation():
            raise Refused("Nothing was changed: the question was closed without an answer. Ask the person in the chat.")
        case DeclinedElicitation():
            raise Refused("Nothing was changed: the person declined. Do not ask again unless they want it.")
        case _:
            raise Refused("Nothing was changed: the person answered no. Do not ask again unless they want it.")
