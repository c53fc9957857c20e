"""Asking a person through the client (elicitation), in both protocol eras.

A tool that changes something returns a `Draft`: it has read what it needs and sent nothing. The SDK makes the draft,
puts its question to the person, and passes draft and answer to the body, which carries the draft out.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Protocol

from mcp.server.mcpserver import (
    AcceptedElicitation,
    CancelledElicitation,
    Context,
    DeclinedElicitation,
    Elicit,
    ElicitationResult,
    Resolve,
)
from mcp.server.mcpserver.exceptions import ToolError
from mcp.shared.exceptions import MCPError
from mcp_types import CONNECTION_CLOSED, INTERNAL_ERROR, INVALID_PARAMS, INVALID_REQUEST, METHOD_NOT_FOUND
from mcp_types.version import is_version_at_least
from pydantic import BaseModel, ConfigDict, Field

from dialler_mcp.domain.text import clean
from dialler_mcp.problem import Problem
from dialler_mcp.protocol.answers import Answer
from dialler_mcp.words import Words

MAX_REASON = 500  # characters
DRAFT, ANSWER = "draft", "person_answer"
NOT_UNDERSTOOD = Words(
    "Nothing was changed: what the client sent is no answer of a person. Try again, or ask them in the chat.",
    "Es wurde nichts geändert: Was das Programm schickte, ist keine Antwort einer Person. Versuchen Sie es noch "
    "einmal, oder fragen Sie im Gespräch.",
)
ANOTHER_WAY = Words(
    "If nobody was asked, since some programs decline by themselves: an administrator can have it asked in the chat, "
    "with DIALLER_CONFIRMATION=phrase.",
    "Falls niemand gefragt wurde, denn manche Programme lehnen von selbst ab: Die Verwaltung kann im Gespräch fragen "
    "lassen, mit DIALLER_CONFIRMATION=phrase.",
)
NOT_ASKED = Words(
    "Nothing was changed: the client failed to ask the person.",
    "Es wurde nichts geändert: Das Programm konnte die Person nicht fragen.",
).then(ANOTHER_WAY)
_NO_REASON = Words(
    "Nothing was changed: the person gave no reason. Ask them, and repeat it with `reason`.",
    "Es wurde nichts geändert: Die Person gab keinen Grund an. Fragen Sie danach, und wiederholen Sie es mit `reason`.",
)
_CLOSED = Words(
    "Nothing was changed: the question was closed without an answer. Ask the person in the chat.",
    "Es wurde nichts geändert: Die Frage wurde ohne Antwort geschlossen. Fragen Sie die Person im Gespräch.",
)
_DECLINED = Words(
    "Nothing was changed: the person declined. Do not ask again unless they want it.",
    "Es wurde nichts geändert: Die Person lehnte ab. Fragen Sie nicht noch einmal, außer sie möchte es.",
)
_NO = Words(
    "Nothing was changed: the person answered no. Do not ask again unless they want it.",
    "Es wurde nichts geändert: Die Person sagte Nein. Fragen Sie nicht noch einmal, außer sie möchte es.",
)
_FIRST_WITHOUT_HANDSHAKE = "2026-07-28"
_CANNOT = frozenset((METHOD_NOT_FOUND, INTERNAL_ERROR, INVALID_REQUEST, INVALID_PARAMS))
"""The errors of a client that declared that it can ask, and cannot. Any other error may be how a person refuses."""


def _bare(schema: dict[str, Any]) -> None:
    """Codex 0.169.0 cancels a form that has a title or a description of its own, and asks nobody."""
    schema.pop("title", None)
    schema.pop("description", None)


class YesForm(BaseModel):
    """The form of a question: a yes."""

    model_config = ConfigDict(json_schema_extra=_bare)

    confirm: bool = Field(description="Yes, do it / Ja, ausführen")


class YesFormWithReason(YesForm):
    """The form of a question for which a yes alone is not enough."""

    reason: str = Field(description="Why, kept in the journal / Warum, bleibt im Journal", max_length=MAX_REASON)


class NoQuestion(BaseModel):
    """Nobody was asked: there was no need to, or this client cannot ask."""


@dataclass(frozen=True)
class Question:
    """A question to a person, and the form that they fill in."""

    text: str
    form: type[YesForm] = YesForm


@dataclass(frozen=True)
class Agreement:
    """The person's yes, with the reason where one was asked for."""

    reason: str | None = None


class Draft(Protocol):
    """A change that was decided on but not sent yet."""

    async def question(self) -> Question | None:
        """The question that the client should put to a person; None when there is none."""
        ...

    async def answer(self, agreement: Agreement | None) -> Answer:
        """Carry the change out, or say what is still missing. `agreement` is None when nobody was asked."""
        ...


class NotAgreed(Problem):
    """The person did not say yes."""


def can_ask(context: Context[Any]) -> bool:
    """Whether the client can show a form to a person: it says so, and the server can send it a question."""
    capabilities = context.client_capabilities
    elicitation = capabilities.elicitation if capabilities else None
    if elicitation is None or (elicitation.form is None and elicitation.url is not None):
        return False
    return _answers_later(context) or context.session.can_send_request


def _answers_later(context: Context[Any]) -> bool:
    """Whether a question ends the invocation, which comes again with the answer (2026-07-28 on). The server never
    learns then that a client failed.
    """
    return is_version_at_least(context.protocol_version or "2025-11-25", _FIRST_WITHOUT_HANDSHAKE)


async def _put(context: Context[Any], question: Question) -> ElicitationResult[Any] | NoQuestion:
    """The answer of a client of the handshake era; `NoQuestion` where it turns out that it cannot ask.

    Raises:
        NotAgreed: what it sent is no answer, or the question failed otherwise.
    """
    try:
        return await context.elicit(question.text, question.form)
    except ValueError:  # no content, or none that fits the form
        raise NotAgreed(NOT_UNDERSTOOD) from None
    except MCPError as error:
        if error.code in _CANNOT:
            return NoQuestion()
        if error.code == CONNECTION_CLOSED:
            raise
        raise NotAgreed(NOT_ASKED) from error


def drafting(
    parameters: Sequence[inspect.Parameter],
    draft: Callable[[Context[Any], Mapping[str, Any]], Awaitable[Draft]],
    error_of: Callable[[Problem, Context[Any], Mapping[str, Any]], ToolError],
) -> list[inspect.Parameter]:
    """The two hidden parameters of a changing tool, which the SDK fills: its draft, and the person's answer."""

    async def drafted(*, context: Context[Any], **arguments: Any) -> Draft:
        return await draft(context, arguments)

    context_parameter = inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=Context[Any])
    _sign(drafted, [*parameters, context_parameter], Draft)
    resolved_draft = Annotated[Draft, Resolve(drafted)]

    async def asked(*, context: Context[Any], draft: Draft) -> Elicit[YesForm] | ElicitationResult[Any] | NoQuestion:
        try:
            question = await draft.question() if can_ask(context) else None
            if question is None:
                return NoQuestion()
            return Elicit(question.text, question.form) if _answers_later(context) else await _put(context, question)
        except Problem as problem:
            raise error_of(problem, context, {}) from problem

    draft_parameter = inspect.Parameter(DRAFT, inspect.Parameter.KEYWORD_ONLY, annotation=resolved_draft)
    _sign(asked, [context_parameter, draft_parameter.replace(name="draft")], Elicit[YesForm] | NoQuestion)
    resolved_answer = Annotated[ElicitationResult[YesForm], Resolve(asked)]
    return [draft_parameter, inspect.Parameter(ANSWER, inspect.Parameter.KEYWORD_ONLY, annotation=resolved_answer)]


def _sign(function: Callable[..., Any], parameters: Sequence[inspect.Parameter], returns: Any) -> None:
    """Give a function the signature that the SDK reads."""
    function.__dict__["__signature__"] = inspect.Signature(parameters, return_annotation=returns)
    function.__annotations__ = {**{p.name: p.annotation for p in parameters}, "return": returns}


def agreement_of(answer: Any) -> Agreement | None:
    """What the person agreed to; None when nobody was asked.

    Raises:
        NotAgreed: the person said no, declined, closed the question, or gave no reason where one is needed; says which.
    """
    match answer:
        case AcceptedElicitation(data=AcceptedElicitation() | CancelledElicitation() | DeclinedElicitation() as result):
            return agreement_of(result)
        case AcceptedElicitation(data=NoQuestion()):
            return None
        case AcceptedElicitation(data=YesFormWithReason(confirm=True) as form):
            reason = clean(form.reason)
            if not reason:
                raise NotAgreed(_NO_REASON)
            return Agreement(reason)
        case AcceptedElicitation(data=YesForm(confirm=True)):
            return Agreement()
        case CancelledElicitation():
            raise NotAgreed(_CLOSED.then(ANOTHER_WAY))
        case DeclinedElicitation():
            raise NotAgreed(_DECLINED.then(ANOTHER_WAY))
        case _:
            raise NotAgreed(_NO.then(ANOTHER_WAY))
