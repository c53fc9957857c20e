"""What the tools work with: one `App` a process, one `ToolCall` a call."""

import asyncio
import difflib
import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from mcp.server.mcpserver import Context

from dialler_mcp.api.client import Dialler
from dialler_mcp.api.directory import Directory
from dialler_mcp.domain import times
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Contact
from dialler_mcp.protocol import AnswerNow, Problem
from dialler_mcp.safety.changes import Intent
from dialler_mcp.safety.confirmation import Action, Confirmation, Refusal
from dialler_mcp.settings import Settings
from dialler_mcp.tools.answers import Change, fitting
from dialler_mcp.tools.present import ContactView, Presenter

T = TypeVar("T")

TO_CONFIRM = "NOTHING WAS CHANGED YET. Tell the person the consequences; if they agree, call again with `confirm`."
SANDBOX = "This is the embedded sandbox dialler: invented people, no real calls."


@dataclass
class App:
    """Everything that lives as long as the process."""

    settings: Settings
    dialler: Dialler
    directory: Directory = field(init=False)
    confirmation: Confirmation = field(default_factory=Confirmation)
    present: Presenter = field(init=False)
    now: Callable[[], datetime] | None = None

    def __post_init__(self) -> None:
        self.directory = Directory(self.dialler)
        self.present = Presenter(self.settings.zone, self.settings.privacy)

    def time(self) -> datetime:
        """Now, in the dialler's zone."""
        return self.now() if self.now else times.now(self.settings.zone)

    def language(self, asked: Language | None) -> Language:
        return asked or self.settings.language

    async def view(self, contact: Contact, asked: Language | None = None) -> ContactView:
        """A contact with its names."""
        language = self.language(asked)
        campaign, codes = await asyncio.gather(
            self.directory.campaign(contact.dialler_campaigns_id),
            self.directory.result_codes(contact.dialler_campaigns_id, language),
        )
        return ContactView(contact, campaign, codes, language, self.present)

    async def views(self, contacts: Iterable[Contact], asked: Language | None = None) -> list[ContactView]:
        """Contacts with their names; each campaign is looked up once."""
        language, first = self.language(asked), dict[int | None, ContactView]()
        contacts = list(contacts)
        for contact in contacts:
            if contact.dialler_campaigns_id not in first:
                first[contact.dialler_campaigns_id] = await self.view(contact, language)
        names = ((contact, first[contact.dialler_campaigns_id]) for contact in contacts)
        return [ContactView(contact, known.campaign, known.codes, language, self.present) for contact, known in names]


@dataclass(frozen=True)
class ToolCall:
    """One call of a tool: its name, its arguments as they were given, and who called."""

    app: App
    tool: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])
    caller: str = ""

    @property
    def dialler(self) -> Dialler:
        return self.app.dialler

    def notes(self) -> list[str] | None:
        """What every change says about where it happened."""
        return [SANDBOX] if self.app.settings.is_sandbox else None

    def confirm(self, action: Action, phrase: str | None, consequences: Sequence[str], **shown: Any) -> None:
        """Go on only when the phrase confirms this action; else the call ends with a preview, or a refusal."""
        if phrase is None:
            preview = Change(
                status="confirmation_required",
                what=f"Would {action.words}.",
                consequences=list(consequences),
                confirm=self.app.confirmation.phrase(action),
                next_step=TO_CONFIRM,
                notes=self.notes(),
                **shown,
            )
            raise AnswerNow(preview)
        try:
            self.app.confirmation.check(action, phrase)
        except Refusal as refusal:
            raise Problem(str(refusal)) from None

    async def change(self, intent: Intent, send: Callable[[], Awaitable[T]]) -> T:
        """Send a change. Every change of every tool goes through here, and through nothing else."""
        return await send()

    def when(self, text: str | None, name: str, *, end_of_day: bool = False) -> datetime | None:
        """A time that was given as an argument, local to the dialler."""
        if text is None:
            return None
        try:
            return times.parse(text, self.app.settings.zone, end_of_day=end_of_day)
        except ValueError:
            raise Problem(f"Correct the arguments: {name} must be a time of the form {times.TIME_FORMAT}.") from None


def open_call(context: Context[Any], tool: str, arguments: Mapping[str, Any]) -> ToolCall:
    """The first argument of every tool."""
    client = context.session.client_params
    caller = client.client_info.name if client else ""
    return ToolCall(context.request_context.lifespan_context, tool, arguments, caller)


def page(
    items: Sequence[T], key: Callable[[T], int], limit: int, cursor: str | None, question: object
) -> tuple[Sequence[T], str | None]:
    """The items behind the cursor, at most `limit`, and the next cursor. `key` is an item's ID."""
    after = cursor_position(cursor, question)
    start = next((i + 1 for i, item in enumerate(items) if key(item) == after), 0) if after is not None else 0
    if after is not None and start == 0:
        raise Problem("The record at which this cursor stood is gone. Repeat the call without cursor.")
    shown = items[start : start + limit]
    more = start + limit < len(items)
    return shown, cursor_at(key(shown[-1]), question) if more and shown else None


def cursor_at(position: int, question: object) -> str:
    """A cursor behind the item with this ID, good for the same question only."""
    return f"{position}-{_digest(question)}"


def cursor_position(cursor: str | None, question: object) -> int | None:
    """The ID behind which a cursor stands.

    Raises:
        Problem: it is no cursor, or that of another question.
    """
    if cursor is None:
        return None
    position, _, mark = cursor.strip().partition("-")
    if not (position.isascii() and position.isdigit() and len(position) < 20) or mark != _digest(question):
        raise Problem("The cursor belongs to another question. Repeat the call without cursor.")
    return int(position)


def _digest(question: object) -> str:
    return hashlib.sha256(repr(question).encode("utf-8", "surrogatepass")).hexdigest()[:6]


def fit(rows: list[list[Any]], cursors: Sequence[str], following: str | None) -> tuple[list[list[Any]], str | None]:
    """As many rows as an answer may hold; when some are cut, the cursor behind the last one that is shown."""
    count = fitting(rows)
    return (rows, following) if count == len(rows) else (rows[:count], cursors[count - 1])


def known_fields(asked: Sequence[str], known: Sequence[str]) -> list[str]:
    """The asked fields, spelled as they are declared.

    Raises:
        Problem: one is not known; names the nearest.
    """
    by_spelling = {name.casefold(): name for name in known} | {name: name for name in known}
    found: list[str] = []
    for number, name in enumerate(asked, 1):
        declared = by_spelling.get(name.strip()) or by_spelling.get(name.strip().casefold())
        if declared is None:
            near = difflib.get_close_matches(name.strip().casefold(), [name.casefold() for name in known], 3, 0.5)
            nearest = ", ".join(dict.fromkeys(by_spelling[match] for match in near))
            hint = f" Use {nearest}?" if near else " The resource dialler://reference/fields lists them."
            raise Problem(f"fields: number {number} is not a field.{hint}")
        if declared not in found:
            found.append(declared)
    return found
