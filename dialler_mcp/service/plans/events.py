"""The plan that queues an AcdEvent for agents."""

from collections.abc import Awaitable, Callable
from typing import Any

from dialler_mcp.changes.plan import Request, Step
from dialler_mcp.changes.runner import Run
from dialler_mcp.domain.records import EVENT_UPDATED, AcdEvent
from dialler_mcp.service.answers import Change
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.plans.contacts import plan_of
from dialler_mcp.service.proposals import Proposal
from dialler_mcp.words import Words

_CREATED = Words("AcdEvent {id} is created.", "AcdEvent {id} ist angelegt.")
_COMMENTED = Words(
    "The group forbids duplicates: event {id} existed and was commented.",
    "Die Gruppe lässt nichts doppelt zu: AcdEvent {id} gab es schon; es bekam einen Kommentar.",
)


def create(
    invocation: Invocation, values: dict[str, Any], record_of: Callable[[AcdEvent], Awaitable[dict[str, Any]]]
) -> Proposal:
    """Queue an event with these values; `record_of` says how an event looks in an answer."""
    request = Request("create_acd_event", {"values": values})
    step = Step(verb="create", kind="event", label="AcdEvent", request=request)

    async def tell(run: Run) -> Change:
        event = run.first.after
        assert isinstance(event, AcdEvent)
        words = _COMMENTED if event.result_ == EVENT_UPDATED else _CREATED
        what = words.filled(id=event.id).text(invocation.profile.language(None))
        return Change(status="done", what=what, after=await record_of(event), notes=invocation.notes())

    return Proposal(invocation, plan_of(invocation, step), tell)
