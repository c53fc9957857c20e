"""What the prompts are about: the function that gathers the data of a prompt has the prompt's name.

The fields of what it returns are the variables of the prompt's template. Everything is decoded, cleaned and bounded.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from dialler_mcp.api.errors import FunctionMissing
from dialler_mcp.api.strangers import Strangers, watch_for_strangers
from dialler_mcp.domain import consequences
from dialler_mcp.domain.callers import Caller
from dialler_mcp.domain.contact_state import attempts, state_of
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Contact
from dialler_mcp.domain.standing.callbacks import agreed_time
from dialler_mcp.domain.standing.why_not import why_not_dialled
from dialler_mcp.domain.text import clean
from dialler_mcp.domain.times import shown
from dialler_mcp.problem import Problem
from dialler_mcp.protocol.errors import CORRECT
from dialler_mcp.service.answers import fitting, lines_of, table
from dialler_mcp.service.history import history_table
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.matching import with_user_data
from dialler_mcp.service.parameters import TOO_LONG, visible
from dialler_mcp.service.present import MAX_CELL, ContactView
from dialler_mcp.service.profile import Profile
from dialler_mcp.words import Words, WrongValue

ROOM = 9_000  # bytes of all tables of a prompt, about 4,000 tokens
MAX_CONTACTS = 3  # with the same UserData
MAX_CALLS = 50
MAX_ROWS = 50
MAX_COMMENT = 400  # characters
MAX_REASON = 200  # characters
MAX_ARGUMENT = 64  # characters, as the dialler's own keys and names

_SHOWN = Words("{total}, {shown} of them shown", "{total}, davon {shown} gezeigt")


@dataclass(frozen=True)
class Inquiry:
    """Who asks: the state of the process, the language of the answer, and the client."""

    profile: Profile
    language: Language
    caller: Caller = field(default_factory=Caller)
    strangers: Strangers = field(default_factory=watch_for_strangers)

    @property
    def zone(self) -> tzinfo:
        return self.profile.zone

    def now(self) -> datetime:
        return self.profile.time()

    def time(self, value: datetime | None) -> str:
        return shown(value, self.zone) if value else ""


@dataclass(frozen=True)
class Section:
    """A table that is cut where it grows too long. `count` says how many there are and how many of them are shown."""

    total: int
    count: str
    table: str


def section(
    language: Language, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, total: int, room: int
) -> Section:
    """The first rows that fit into `room` bytes; `total` counts also those that are not among `rows`."""
    page = rows[:MAX_ROWS][: fitting(rows[:MAX_ROWS], room)]
    count = str(total) if len(page) == total else _SHOWN.text(language).format(total=total, shown=len(page))
    return Section(total, count, table("", columns, page, total=total, language=language).text().strip())


def checked(text: str, name: str) -> str:
    """An argument as a person meant it, without blanks around it.

    Raises:
        Problem: it is too long, or holds characters that no person types.
    """
    try:
        text = visible(text)
    except WrongValue as error:
        raise Problem(CORRECT.filled(faults=Words.alike(name).then(error.words))) from None
    if len(text.strip()) > MAX_ARGUMENT:
        too_long = TOO_LONG.filled(most=MAX_ARGUMENT)
        raise Problem(CORRECT.filled(faults=Words.alike(name).then(too_long)))
    return text.strip()


_NOBODY = Words(
    "No contact has this UserData (CRM key). Check the spelling, or search with dialler_list_contacts and text.",
    "Kein Kontakt hat dieses UserData (CRM-Schlüssel). Prüfen Sie die Schreibweise, oder suchen Sie mit "
    "dialler_list_contacts und text.",
)


@dataclass(frozen=True)
class Sheet:
    """One contact: `facts` a line each, why it is not dialled, what the API does not show.

    `history` is None where it was not asked for, or this release does not show it.
    """

    id: int
    label: str
    facts: str
    reasons: list[str]
    not_shown: str
    state: str
    final: bool
    history: Section | None = None
    consequences: Sequence[str] = ()


@dataclass(frozen=True)
class Contacts:
    """The contacts with one UserData; `left_out` of `total` are not shown."""

    contacts: list[Sheet]
    total: int
    left_out: int


_FACTS = (
    *("ID", "UserData", "name", "Company", "City", "campaign", "state", "result", "attempts", "next_try"),
    *("follow_up", "FollowUpUsersUID", "locked"),
)


async def contact_history_summary(inquiry: Inquiry, user_data: str) -> Contacts:
    """The contacts with this UserData and the calls of each, newest first."""
    views, total = await _contacts(inquiry, user_data)
    sheets = [_sheet(inquiry, view, await _history(inquiry, view, len(views))) for view in views]
    return Contacts(sheets, total, total - len(sheets))


async def safe_reset(inquiry: Inquiry, user_data: str) -> Contacts:
    """The contacts with this UserData and what a reset would mean for each."""
    views, total = await _contacts(inquiry, user_data)
    sheets = [_sheet(inquiry, view, None, _of_reset(view)) for view in views]
    return Contacts(sheets, total, total - len(sheets))


async def _contacts(inquiry: Inquiry, user_data: str) -> tuple[list[ContactView], int]:
    """The first contacts with this UserData, and how many there are.

    Raises:
        Problem: it is no UserData, or no contact has it.
    """
    key = checked(user_data, "user_data")
    await Invocation(inquiry.profile, caller=inquiry.caller).admit_lookups(key)
    contacts = await with_user_data(inquiry.profile.dialler, key)
    if not contacts:
        raise Problem(_NOBODY)
    return await inquiry.profile.views(contacts[:MAX_CONTACTS], inquiry.language), len(contacts)


def _sheet(inquiry: Inquiry, view: ContactView, history: Section | None = None, remarks: Sequence[str] = ()) -> Sheet:
    contact = view.contact
    why = why_not_dialled(
        contact, view.code, view.campaign, now=inquiry.now(), zone=inquiry.zone, language=inquiry.language
    )
    state = state_of(contact, view.code)
    return Sheet(
        contact.id,
        view.label(),
        "\n".join(lines_of(_facts(view), view.language)),
        [clean(reason)[:MAX_REASON] for reason in why.reasons],
        "; ".join(why.not_shown),
        state.text(inquiry.language),
        state.final,
        history,
        remarks,
    )


def _facts(view: ContactView) -> dict[str, Any]:
    cells = dict(zip(_FACTS, view.row(list(_FACTS)), strict=True))
    full = view.full()
    numbers = {name: str(full[name])[:MAX_CELL] for name in full if name.startswith("PhoneNumber")}
    facts = {name: value for name, value in (cells | numbers).items() if value not in (None, "", 0)}
    comment = next(info for info in Contact.fields() if info.attribute == "comment")
    if view.contact.comment:
        facts[comment.wire] = view.present.value(comment, view.contact.comment, MAX_COMMENT)
    return facts


async def _history(inquiry: Inquiry, view: ContactView, contacts: int) -> Section | None:
    """A share of the calls; None when this release does not show them."""
    try:
        entries = await inquiry.profile.dialler.get_contact_history(view.contact.id)
    except FunctionMissing:
        return None
    most = MAX_CALLS // contacts
    page = await history_table(Invocation(inquiry.profile), entries, inquiry.language, most, None, "prompt")
    rows = page.rows[: fitting(page.rows, ROOM // contacts)]
    short_page = page.model_copy(update={"summary": "", "rows": rows, "next_cursor": None})
    count = _SHOWN.text(inquiry.language).format(total=len(entries), shown=len(rows))
    return Section(len(entries), str(len(entries)) if len(rows) == len(entries) else count, short_page.text().strip())


def _of_reset(view: ContactView) -> list[str]:
    values, state = view.computed(), state_of(view.contact, view.code)
    callback = agreed_time(view.contact, state)
    return consequences.of_reset(
        state,
        (view.result() or "")[:MAX_CELL] or None,
        attempts(view.contact),
        shown(callback, view.present.zone) if callback else None,
        bool(values["locked"]),
        view.language,
    )
