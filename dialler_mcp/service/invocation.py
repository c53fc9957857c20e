"""One invocation: what a tool was given, by whom, on which dialler."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from mcp.server.apps import client_supports_apps
from mcp.server.mcpserver import Context

from dialler_mcp.api.client import Dialler
from dialler_mcp.api.strangers import Strangers, watch_for_strangers
from dialler_mcp.changes.limits import LimitReached
from dialler_mcp.domain import times
from dialler_mcp.domain.callers import Caller
from dialler_mcp.domain.fields import Kind, Language
from dialler_mcp.domain.privacy import hides
from dialler_mcp.problem import Problem
from dialler_mcp.protocol.answers import Answer
from dialler_mcp.service.answers import SANDBOX_WORDS
from dialler_mcp.service.present import ContactView, Presenter
from dialler_mcp.service.process import Process, caller_of
from dialler_mcp.service.profile import Profile
from dialler_mcp.words import Words

if TYPE_CHECKING:
    from dialler_mcp.state.store import Connection

TOO_MANY_LOOKUPS = Words(
    "Telephone numbers and e-mail are masked here (DIALLER_PRIVACY), and {most} were looked up within an hour, which "
    "is the limit ({setting}). Search by name or another key, or tell the person.",
    "Rufnummern und E-Mail-Adressen sind hier maskiert (DIALLER_PRIVACY), und {most} wurden in einer Stunde "
    "nachgesehen; mehr geht nicht ({setting}). Suchen Sie nach Namen oder einem anderen Schlüssel, oder sagen Sie es "
    "der Person.",
)
_NOT_ALLOWED = Words(
    "Nothing was sent: that is not allowed here (DIALLER_ROLE, DIALLER_TOOLS, DIALLER_WITHOUT). Ask whoever "
    "administers them.",
    "Es wurde nichts gesendet: Das ist hier nicht erlaubt (DIALLER_ROLE, DIALLER_TOOLS, DIALLER_WITHOUT). Fragen Sie, "
    "wer das verwaltet.",
)
_NO_TIME = Words(
    "Correct the arguments: {name} must be a time of the form {form}.",
    "Berichtigen Sie die Angaben: {name} muss eine Zeit dieser Form sein: {form}.",
)
_READ = Words("{count} records read", "{count} Datensätze gelesen")


@dataclass
class Invocation:
    """What a tool works with. `shows_cards`: the client shows MCP Apps; `report` tells it how far the work is."""

    profile: Profile
    tool: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])
    caller: Caller = field(default_factory=Caller)
    shows_cards: bool = False
    report: Callable[[float, None, str], Awaitable[None]] | None = None
    strangers: Strangers = field(default_factory=Strangers)
    """Records of others that the dialler sent along, and that were left out."""
    permits: Callable[[str], bool] = lambda _: True
    """Whether its caller may use the tool of this function, too."""

    @property
    def dialler(self) -> Dialler:
        """The client of the dialler."""
        return self.profile.dialler

    @property
    def present(self) -> Presenter:
        """How values are shown."""
        return self.profile.present.speaking(self.language)

    @property
    def language(self) -> Language:
        """The language that was asked for, else the usual one."""
        code = self.arguments.get("language")
        return self.profile.language(Language(code) if code else None)

    @property
    def confirms(self) -> bool:
        """Whether a phrase came with it."""
        return self.arguments.get("confirm") is not None

    def require(self, *functions: str) -> None:
        """Whoever may not use the tool of a function may not have it by another entrance either.

        Raises:
            Problem: one of them is not allowed.
        """
        if not all(map(self.permits, functions)):
            raise Problem(_NOT_ALLOWED)

    async def contact(self, contact_id: int) -> ContactView:
        """The contact with this ID, with its names, for a decision about it.

        Raises:
            NotFound: no contact has this ID.
        """
        return await self.profile.view(await self.dialler.get_contact(contact_id), fresh=True)

    async def admit_lookup(self, count: int = 1) -> None:
        """Count the look-up of a number or an address, or of `count` of them, where these are masked: many guesses
        would find one out.

        Raises:
            Problem: it would be one too many; none of them is counted.
        """
        profile = self.profile
        if not hides(profile.privacy, Kind.PHONE):
            return
        who = f"numbers {self.caller.key}"

        def admit(connection: "Connection") -> None:
            for _ in range(count):
                profile.lookups.admit(connection, who, destroys=False)

        try:
            await profile.state.run(admit)
        except LimitReached as reached:
            raise Problem(TOO_MANY_LOOKUPS.filled(most=reached.limit.most, setting=reached.limit.setting)) from None

    async def admit_lookups(self, *keys: str | None) -> None:
        """Count those keys that are telephone numbers or e-mail addresses: who asks for one and finds it knows it.

        Raises:
            Problem: it would be one too many.
        """
        for key in keys:
            if key and self.present.is_masked_key(key):
                await self.admit_lookup()

    def notes(self, preference: Language | None = None) -> list[str] | None:
        """What every change says about where it happened; in the language of the answer."""
        language = self.profile.language(preference)
        sandbox = [SANDBOX_WORDS.text(language)] if self.profile.is_sandbox else []
        return [*sandbox, *left_out(self.strangers, language)] or None

    async def progress(self, contacts: int) -> None:
        """Tell a client that wants to know how many records were read so far; the total is unknown."""
        if self.report is not None:
            await self.report(contacts, None, _READ.filled(count=contacts).text(self.language))

    def when(self, text: str | None, name: str, *, end_of_day: bool = False) -> datetime | None:
        """A time that was given as an argument, local to the dialler."""
        if text is None:
            return None
        try:
            return times.parse(text, self.profile.zone, end_of_day=end_of_day)
        except ValueError:
            raise Problem(_NO_TIME.filled(name=name, form=times.IN_FORM)) from None


_LEFT_OUT = Words(
    "Records of others came along with the dialler's answer and were left out: {count}.",
    "Fremde Datensätze in der Antwort des Diallers wurden weggelassen: {count}.",
)


def left_out(strangers: Strangers, language: Language) -> list[str]:
    """That records of others were left out, where they were."""
    return [_LEFT_OUT.text(language).format(count=strangers.count)] if strangers.count else []


def finished(invocation: Invocation, answer: Answer) -> None:
    """Add what the answer of a reading tool does not say itself: that values are masked, or records were left out."""
    add_legend(invocation, answer)
    if notes := left_out(invocation.strangers, invocation.language):
        answer.add_notes(notes)


def add_legend(invocation: Invocation, answer: Answer) -> None:
    """Say once in an answer that values in it are masked."""
    if legend := invocation.profile.legend(answer.text(), invocation.language):
        answer.add_notes(legend)


def open_invocation(context: Context[Any], tool: str, arguments: Mapping[str, Any]) -> Invocation:
    """The first argument of every tool."""
    process: Process = context.request_context.lifespan_context
    caller = caller_of(context, process.role, process.person)
    cards = client_supports_apps(context)
    profile = process.profile_of(caller)
    return Invocation(
        profile,
        tool,
        arguments,
        caller,
        cards,
        context.report_progress,
        watch_for_strangers(),
        partial(process.permits, caller),
    )
