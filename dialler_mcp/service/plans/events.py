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


def create(
    invocation: Invocation, values: dict[str, Any], shown: Callable[[AcdEvent], Awaitable[dict[str, Any]]]
) -> Proposal:
    """Queue an event with these values; `shown` says how an event looks in an answer."""
    request = Request("create_acd_event", {"values": values})
    step = Step(verb="create", kind="event", label="AcdEvent", request=request)

    async def tell(run: Run) -> Change:
        event = run.first.after
        assert isinstance(event, AcdEvent)
        what = f"AcdEvent {event.id} is created."
        if event.result_ == EVENT_UPDATED:
            what = f"The group forbids duplicates: event {event.id} existed and was commented."
        return Change(status="done", what=what, after=await shown(event), notes=invocation.notes())

    return Proposal(invocation, plan_of(invocation, step), tell)
