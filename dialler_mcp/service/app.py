"""What the tools work with: one `App` a process, one `ToolCall` a call."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self, TypeVar

from mcp.server.apps import client_supports_apps
from mcp.server.mcpserver import Context

from dialler_mcp.api.client import Dialler
from dialler_mcp.api.directory import Directory
from dialler_mcp.audit.notes import note_change
from dialler_mcp.changes.confirmation import DIGEST_BYTES, Action, Confirmation, digest
from dialler_mcp.changes.intent import Intent
from dialler_mcp.changes.journal import Journal
from dialler_mcp.changes.limits import Breaker, LimitReached, destroys
from dialler_mcp.changes.recording import Recording
from dialler_mcp.domain import actions, times
from dialler_mcp.domain.consequences import of_reason
from dialler_mcp.domain.fields import Language, Record
from dialler_mcp.domain.privacy import masked_inside
from dialler_mcp.domain.records import Contact
from dialler_mcp.domain.text import clean
from dialler_mcp.problem import Problem
from dialler_mcp.protocol.asking import Agreed, AgreedWithReason, NothingToAsk, Question
from dialler_mcp.protocol.cards import TOKEN_META, card_token, pressed
from dialler_mcp.protocol.tools import AnswerNow
from dialler_mcp.service.answers import SANDBOX_WORDS, Change, cell
from dialler_mcp.service.gate import Admission, breaker_of, forget_copies, pass_mode, refusal
from dialler_mcp.service.present import ContactView, Presenter
from dialler_mcp.service.untrusted import Unfenced
from dialler_mcp.settings import Confirmation as Policy
from dialler_mcp.settings import Settings
from dialler_mcp.state.store import StateStore

if TYPE_CHECKING:
    from dialler_mcp.reporting.snapshot.snapshots import Snapshots

T = TypeVar("T")

LONGEST_ASKED = 100  # characters of a value in a question
HUMAN_ONLY = (
    "Nothing was changed: this needs a person's confirmation, and this client can neither ask one nor show a card. "
    "Use a host that can (Claude Code, Cursor, VS Code), or let the administrator set DIALLER_CONFIRMATION=auto."
)
BY_THE_BUTTON = "Nothing was changed: only a person confirms this, with the button of the card. Call without `confirm`."
TO_WAIT = "NOTHING WAS CHANGED YET. A card with a button is shown to the person. Do not call again; wait for them."
TO_CONFIRM = "NOTHING WAS CHANGED YET. Tell the person the consequences; if they agree, call again with `confirm`."
TO_REASON = (
    "NOTHING WAS CHANGED YET. Tell the person the consequences and ask them for the reason, which is kept; "
    "call again with `reason`. Without one, a contact whose result is final is not reopened."
)


def state_of_settings(settings: Settings) -> StateStore:
    """The state that the settings name; opened at its first use."""
    url = settings.state_url
    return StateStore(settings.directory, url.get_secret_value() if url else None)


@dataclass
class App:
    """Everything that lives as long as the process."""

    settings: Settings
    dialler: Dialler
    directory: Directory = field(init=False)
    confirmation: Confirmation = field(init=False)
    present: Presenter = field(init=False)
    now: Callable[[], datetime] | None = None
    breaker: Breaker = field(init=False)
    state: StateStore = field(init=False)
    journal: Journal = field(init=False)

    def __post_init__(self) -> None:
        self.state = state_of_settings(self.settings)
        where = (self.settings.base_url or "sandbox").rstrip("/").casefold()
        self.confirmation = Confirmation(self.state, where)
        self.journal = Journal(self.state, where, self.settings.journal_days, self.time)
        self.directory = Directory(self.dialler)
        self.present = Presenter(self.settings.zone, self.settings.privacy)
        self.breaker = breaker_of(self.settings, lambda: self.time().timestamp())
        if self.settings.read_only or self.settings.dry_run:
            self.dialler.hold_changes()

    @cached_property
    def snapshots(self) -> "Snapshots":
        """The local copies of campaigns that reports are made from."""
        from dialler_mcp.reporting.snapshot.snapshots import Snapshots

        return Snapshots(
            self.dialler,
            self.settings.snapshots_dir,
            zone=self.settings.zone,
            privacy=self.settings.privacy,
            retention_hours=self.settings.snapshot_hours,
            connections=self.settings.connections,
            clock=lambda: self.time().timestamp(),
        )

    async def aclose(self) -> None:
        """End what goes on in the background, and let go of files."""
        if "snapshots" in self.__dict__:
            await self.snapshots.aclose()
        self.state.close()

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


@dataclass
class ToolCall:
    """One call of a tool: its name, its arguments as they were given, and who called."""

    app: App
    tool: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])
    caller: str = ""
    shows_cards: bool = False
    confirmed_by: str = "none needed"
    rehearsal: bool = False
    agreed: bytes | None = None  # what the person said yes to
    unused: str | None = None  # the code of a confirmation, which the next change uses up
    undoing: bool = False  # an undo has begun
    recording: Recording | None = None  # what this call wrote into the journal
    report: Callable[[float, None, str], Awaitable[None]] | None = None  # tells the client how far this call is

    @property
    def dialler(self) -> Dialler:
        return self.app.dialler

    def notes(self) -> list[str] | None:
        """What every change says about where it happened, and about the journal where it could not be kept."""
        remarks = self.recording.remarks if self.recording else []
        return [
            *([SANDBOX_WORDS.text(self.app.language(None))] if self.app.settings.is_sandbox else []),
            *remarks,
        ] or None

    @property
    def present(self) -> Presenter:
        """How values are shown that a question or a preview names. A question must be the same in every process."""
        present = self.app.present
        return replace(present, fence=Unfenced(), key=b"") if self.rehearsal else present

    def in_words(self, action: actions.Action, view: ContactView) -> str:
        """What is about to be done to this contact, for a preview, a question and a phrase."""
        return actions.in_words(action, view.label(), self.app.language(None))

    def may_ask(self) -> bool:
        """Whether the policy wants the client's question; else it is always the phrase."""
        return self.app.settings.confirmation is not Policy.phrase

    def rehearsing(self) -> Self:
        """This call, such that it stops where it would ask or change something."""
        return replace(self, rehearsal=True)

    def agreed_to(self, question: Question) -> Self:
        """This call, once the person said yes."""
        given = {} if question.reason is None else {"reason": question.reason}
        return replace(self, agreed=question.about, arguments={**self.arguments, **given})

    async def confirm(
        self, action: Action, phrase: str | None, consequences: Sequence[str], *, reopens: bool = False, **shown: Any
    ) -> None:
        """Go on only when a person or the phrase confirms this action; else the call ends with a preview or a refusal.

        The ladder: a question through the client, else the sealed phrase. What `reopens` a contact whose result is (or
        may be) final needs a reason beside that: the argument `reason`, or what the person writes into the question.
        """
        lacks_reason = reopens and not self.arguments.get("reason")
        consequences = [*consequences, *([self._reason_in_words()] if reopens else [])]
        action = replace(action, caller=self.caller)
        about = digest([action.tool, action.words, sorted(action.arguments.items()), action.state, reopens])
        if self.rehearsal:
            form = AgreedWithReason if lacks_reason else Agreed
            reference = await self.app.confirmation.reference(about)
            lines = [*consequences, *_old_and_new(shown.get("before"), shown.get("after"))]
            raise Question(_asked_in_words(action, lines, reference), reference, form)
        if self.agreed is not None:
            if not self.agreed.startswith(about):
                raise Problem(
                    "Nothing was changed: the record changed while the person was asked. Call again to ask anew."
                )
            self.confirmed_by, self.unused = "elicitation", self.agreed.hex()
            return
        if phrase is None or lacks_reason:
            raise AnswerNow(await self._preview(action, consequences, shown, lacks_reason))
        if self.app.settings.confirmation is Policy.human and not pressed():
            raise Problem(BY_THE_BUTTON if self.shows_cards else HUMAN_ONLY)
        self.unused = await self.app.confirmation.check(action, phrase)
        self.confirmed_by = "card" if pressed() else "phrase"

    def _reason_in_words(self) -> str:
        """That a reason is needed, or the one that was given. It is the same in every process, as a question must be:
        so it has no fence, which the words of the caller need not have, and no pseudonyms.
        """
        reason = self.arguments.get("reason")
        shown = masked_inside(reason, self.app.settings.privacy) if reason else None
        return of_reason(shown, self.app.language(None))

    async def _preview(
        self, action: Action, consequences: Sequence[str], shown: Mapping[str, Any], lacks_reason: bool
    ) -> Change:
        """What would happen, with the phrase for the model or the button for the person, or with both; with neither
        while a reason is missing.
        """
        human = self.app.settings.confirmation is Policy.human
        if human and not self.shows_cards:
            raise Problem(HUMAN_ONLY)
        phrase = None if lacks_reason else await self.app.confirmation.phrase(action)
        preview = Change(
            status="confirmation_required",
            what=actions.previewed(action.words, self.app.language(None)),
            consequences=list(consequences),
            confirm=None if human else phrase,
            next_step=TO_REASON if lacks_reason else TO_WAIT if human else TO_CONFIRM,
            notes=self.notes(),
            **shown,
        )
        if phrase is not None and self.shows_cards and self.may_ask():
            return preview.shown_as_card({TOKEN_META: card_token(self.tool, self.arguments, phrase)})
        return preview

    async def change(self, intent: Intent, send: Callable[[], Awaitable[T]]) -> T:
        """Send a change, remembered in the journal. Every change of every tool goes through here, and nothing else.

        Raises:
            Problem: it is not admitted, or cannot be remembered; nothing was sent.
        """
        if self.rehearsal:
            raise NothingToAsk
        try:
            done = await self._change(intent, send)
        except LimitReached as reached:
            raise Problem(refusal(self.app, reached)) from None
        await forget_copies(self.app, intent)
        return done

    async def _change(self, intent: Intent, send: Callable[[], Awaitable[T]]) -> T:
        admission = Admission(self.app, self.caller, destroys(intent), self.undoing, self.unused)
        await pass_mode(self.app, intent, send, admission)
        if self.recording is None:
            self.recording = Recording(self.app.journal, self.dialler, self.tool, self.arguments, self.caller)
        self.recording.confirmed_by = self.confirmed_by

        async def leave() -> T:
            self.unused, self.undoing = None, self.undoing or intent.undoes is not None
            note_change()
            return await send()

        return await self.recording.change(intent, leave, admission)

    async def read_back(self, record: Record) -> None:
        """Tell the journal how the record looks after the change that was just made."""
        if self.recording is not None:
            await self.recording.note_after(record)

    async def progress(self, read: int) -> None:
        """Tell a client that wants to know how many records were read so far; how many there are nobody knows."""
        if self.report is not None:
            await self.report(read, None, f"{read} records read")

    def when(self, text: str | None, name: str, *, end_of_day: bool = False) -> datetime | None:
        """A time that was given as an argument, local to the dialler."""
        if text is None:
            return None
        try:
            return times.parse(text, self.app.settings.zone, end_of_day=end_of_day)
        except ValueError:
            raise Problem(f"Correct the arguments: {name} must be a time of the form {times.TIME_FORMAT}.") from None


def _old_and_new(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[str]:
    """The fields that change, for the person who is asked; where only what is now is known, the consequences say it."""
    if before is None or after is None:
        return []

    def said(value: object) -> str:
        text = cell(value)
        return f"{text[:LONGEST_ASKED]}…" if len(text) > LONGEST_ASKED else text or "–"

    return [f"{name}: {said(old)} → {said(after.get(name))}" for name, old in before.items()]


def _asked_in_words(action: Action, consequences: Sequence[str], reference: bytes) -> str:
    """The question a person reads. The reference makes it another question as soon as anything about it changes."""
    lines = [f"{action.words[:1].upper()}{action.words[1:]}?", *(f"- {line}" for line in consequences)]
    times_used = int.from_bytes(reference[DIGEST_BYTES:])
    return "\n".join([*lines, f"(Ref. {reference[:4].hex()}{f'-{times_used + 1}' if times_used else ''})"])


def open_call(context: Context[Any], tool: str, arguments: Mapping[str, Any]) -> ToolCall:
    """The first argument of every tool."""
    client = context.session.client_params
    caller = clean(client.client_info.name) if client else ""
    cards = client_supports_apps(context)
    app: App = context.request_context.lifespan_context
    return ToolCall(app, tool, arguments, caller, cards, report=context.report_progress)
