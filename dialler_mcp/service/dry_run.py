"""What a dry run answers: the request that it did not send."""

from typing import Any

import msgspec

from dialler_mcp.api.requests import Request
from dialler_mcp.changes.runner import Run
from dialler_mcp.domain.text import clean
from dialler_mcp.service.answers import SANDBOX, Change
from dialler_mcp.service.invocation import Invocation

DRY_RUN = "DRY RUN: nothing was sent and nothing is changed. To change things, a person unsets DIALLER_DRY_RUN."
MORE = "This is the first request; an undo may need others after it."


def held(invocation: Invocation, run: Run) -> Change:
    """The request that was held back; of several, the first."""
    step, request = run.first.step, run.first.request
    assert request is not None
    return Change(
        status="dry_run",
        what=f"{DRY_RUN} It would {step.verb} {clean(step.label)}.",
        request=_request(invocation, request),
        notes=[*([SANDBOX] if invocation.profile.is_sandbox else []), *([MORE] if run.plan.undoes else [])] or None,
    )


def _request(invocation: Invocation, request: Request) -> dict[str, Any]:
    """Method, path, query and body, with what privacy hides masked as in a record; without pseudonyms, as the caller
    gave it.
    """
    present = invocation.present.nameless
    parts: dict[str, Any] = {"method": request.method, "path": request.path}
    if request.query:
        parts["query"] = present.sent(request.query)
    if request.content is not None:
        parts["body"] = present.sent(msgspec.json.decode(request.content, type=dict[str, Any]))
    return parts
