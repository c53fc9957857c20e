"""Everything about a contact that a conversation needs, in one answer."""

from typing import Any

from dialler_mcp.api.errors import FunctionMissing
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import HistoryEntry
from dialler_mcp.domain.standing.next_step import next_step
from dialler_mcp.domain.standing.why_not import WhyNot, why_not_dialled
from dialler_mcp.service.answers import WordedAnswer, lines_of
from dialler_mcp.service.history import call_lines
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.present import ContactView
from dialler_mcp.words import Words

MAX_CALLS = 10
_FACTS = ["ID", "UserData", "name", "Company", "City", "campaign", "state", "result", "attempts", "locked", "Comment"]
_NO_HISTORY = Words("This release does not show the calls.", "Dieses Release zeigt die Anrufe nicht.")
_NEWEST_FIRST = Words(", newest first:", ", die neuesten zuerst:")
_NOT_VISIBLE = Words("Not visible in the API: {what}", "Die API zeigt nicht: {what}")


class Overview(WordedAnswer):
    """A contact by field, how many calls it has, and the last of them, newest first."""

    record: dict[str, Any]
    calls: int | None = None
    last_calls: list[str] | None = None
    notes: list[str] | None = None

    def text(self) -> str:
        lines = lines_of(self.record, self.language)
        if self.calls is not None:
            order = _NEWEST_FIRST.text(self.language) if self.last_calls else ""
            lines += [line + order for line in lines_of({"calls": self.calls}, self.language)]
        return "\n".join([*lines, *(self.last_calls or []), *(self.notes or [])])


async def overview_of(invocation: Invocation, view: ContactView) -> Overview:
    """Who a contact is, how it stands, what comes next, and its last calls."""
    calls = await _calls(invocation, view.contact.id)
    lines = call_lines(invocation, calls or [], view.codes, view.language)
    about = (view.contact, view.code, view.campaign)
    now, zone = invocation.profile.time(), invocation.profile.zone
    why = why_not_dialled(*about, now=now, zone=zone, language=view.language)
    following = next_step(*about, now=now, zone=zone, language=view.language, say=view.present.text)
    record = _who(view) | {"next_step": following}
    if why.reasons:
        record["why_not_dialled"] = why.reasons
    notes = [*([_NO_HISTORY.text(view.language)] if calls is None else []), not_visible(why, view.language)]
    return Overview(
        record=record,
        calls=None if calls is None else len(calls),
        last_calls=lines[:MAX_CALLS] or None,
        notes=notes,
    ).in_language(view.language)


def not_visible(why: WhyNot, language: Language) -> str:
    """What the API does not tell of why a contact is not dialled."""
    return _NOT_VISIBLE.text(language).format(what="; ".join(why.not_shown))


async def _calls(invocation: Invocation, contact_id: int) -> list[HistoryEntry] | None:
    """None where this release does not show them."""
    try:
        return await invocation.dialler.get_contact_history(contact_id)
    except FunctionMissing:
        return None


def _who(view: ContactView) -> dict[str, Any]:
    cells = zip(_FACTS, view.row(_FACTS), strict=True)
    return {name: value for name, value in cells if value not in (None, "", 0)} | view.numbers()
