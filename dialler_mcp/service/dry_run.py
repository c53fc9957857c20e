"""What a dry run answers: the request that it did not send."""

from typing import Any

import msgspec

from dialler_mcp.api.requests import Request
from dialler_mcp.changes.runner import Run
from dialler_mcp.domain.actions import VERBS
from dialler_mcp.domain.text import clean
from dialler_mcp.service.answers import SANDBOX_WORDS, Change
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.words import Words

DRY_RUN = Words(
    "DRY RUN: nothing was sent and nothing is changed. To change things, a person unsets DIALLER_DRY_RUN.",
    "PROBELAUF: Es wurde nichts gesendet und nichts geändert. Damit etwas geändert wird, nimmt ein Mensch "
    "DIALLER_DRY_RUN weg.",
)
MORE = Words(
    "This is the first request; an undo may need others after it.",
    "Das ist die erste Anfrage; eine Rücknahme kann danach weitere brauchen.",
)
_WOULD = Words("It would {verb} {what}.", "Vorgesehen war: {what} {verb}.")


def held(invocation: Invocation, run: Run) -> Change:
    """The request that was held back; of several, the first."""
    step, request = run.first.step, run.first.request
    assert request is not None
    language = invocation.profile.language(None)
    would = DRY_RUN.then(_WOULD.filled(verb=VERBS[step.verb], what=clean(step.label)))
    sandbox = [SANDBOX_WORDS] if invocation.profile.is_sandbox else []
    notes = [words.text(language) for words in (*sandbox, *([MORE] if run.plan.undoes else []))]
    return Change(
        status="dry_run",
        what=would.text(language),
        request=_request(invocation, request),
        notes=notes or None,
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
