"""A plan as a tool proposes it: asked or previewed where that is due, then carried out and told."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from msgspec import UNSET

from dialler_mcp.changes.comparing import MovedOn
from dialler_mcp.changes.confirmation import DIGEST_BYTES, Action
from dialler_mcp.changes.gate import Approval
from dialler_mcp.changes.plan import Plan, Step, digest
from dialler_mcp.changes.runner import Run
from dialler_mcp.changes.undo import can_be_undone, creates
from dialler_mcp.domain.actions import previewed
from dialler_mcp.domain.consequences import of_reason
from dialler_mcp.domain.fields import FieldInfo
from dialler_mcp.domain.records import Contact
from dialler_mcp.domain.untrusted import NoFence
from dialler_mcp.problem import Problem
from dialler_mcp.protocol.asking import Agreement, Question, YesForm, YesFormWithReason
from dialler_mcp.protocol.cards import REASON_META, TOKEN_META, card_token, pressed
from dialler_mcp.protocol.pages import LANGUAGE_META
from dialler_mcp.service.answers import Change, LongChange, cell
from dialler_mcp.service.dry_run import held
from dialler_mcp.service.headings import heading
from dialler_mcp.service.invocation import Invocation, add_legend
from dialler_mcp.service.present import Presenter
from dialler_mcp.settings import Confirmation as Policy
from dialler_mcp.words import Language, Words, joined

MAX_DIFFERENCES = 5  # fields that changed meanwhile, as they are shown
MAX_ASKED = 100  # characters of a value in a question
HUMAN_ONLY = Words(
    "Nothing was changed: this needs a person's confirmation, and this client can neither ask one nor show a card. "
    "Use a host that can (Claude Code, Cursor, VS Code), or let the administrator set DIALLER_CONFIRMATION=auto.",
    "Es wurde nichts geändert: Das muss ein Mensch bestätigen, und dieses Programm kann weder fragen noch eine Karte "
    "zeigen. Verwenden Sie eines, das es kann (Claude Code, Cursor, VS Code), oder lassen Sie die Verwaltung "
    "DIALLER_CONFIRMATION=auto setzen.",
)
BY_THE_BUTTON = Words(
    "Nothing was changed: only a person confirms this, with the button of the card. Repeat it without `confirm`.",
    "Es wurde nichts geändert: Das bestätigt nur ein Mensch, mit dem Knopf der Karte. Wiederholen Sie es ohne "
    "`confirm`.",
)
TO_WAIT = Words(
    "NOTHING WAS CHANGED YET. A card with a button is shown to the person. Do not repeat it; wait for them.",
    "ES WURDE NOCH NICHTS GEÄNDERT. Die Person sieht eine Karte mit einem Knopf. Wiederholen Sie es nicht; warten Sie.",
)
TO_CONFIRM = Words(
    "NOTHING WAS CHANGED YET. Tell the person the consequences; if they agree, repeat it with `confirm`.",
    "ES WURDE NOCH NICHTS GEÄNDERT. Nennen Sie der Person die Folgen; stimmt sie zu, wiederholen Sie es mit `confirm`.",
)
TO_CONFIRM_WITH_REASON = Words(
    "NOTHING WAS CHANGED YET. Tell the person the consequences; if they agree, ask them for the reason, which is kept, "
    "and repeat it with `confirm` and `reason`. Without one, a final result is not reopened.",
    "ES WURDE NOCH NICHTS GEÄNDERT. Nennen Sie der Person die Folgen; stimmt sie zu, fragen Sie nach dem Grund, der im "
    "Journal bleibt, und wiederholen Sie es mit `confirm` und `reason`. Ohne Grund wird ein endgültiges Ergebnis nicht "
    "wieder geöffnet.",
)
_NUMBER = Words(" Change {number}.", " Das ist Änderung {number}.")
_UNDOABLE = Words(" Change {number}, which can be undone.", " Das ist Änderung {number}; sie lässt sich zurücknehmen.")
_CREATED = Words(
    " Change {number}; to take it back, delete what it created.",
    " Das ist Änderung {number}; um sie zurückzunehmen, löschen Sie, was sie angelegt hat.",
)
_FINAL = Words(" Change {number}, irreversible.", " Das ist Änderung {number}; sie lässt sich nicht zurücknehmen.")
_RESULT = Words("result: {result}", "Ergebnis: {result}")
_MEANWHILE = Words("Changed meanwhile: {fields}.", "Inzwischen geändert: {fields}.")


@dataclass(frozen=True)
class Values:
    """What a record holds and what it will hold, by field, as far as that is shown before a change."""

    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


@dataclass
class Proposal:
    """The draft of a change: a plan, how it looks beforehand (`values`), and what is told of its run (`tell`).

    The ladder: a question through the client, else the sealed phrase, which the button of a card sends back, too. What
    reopens a contact whose result is (or may be) final needs a reason beside that: the argument `reason`, or what the
    person writes into the question.
    """

    answers: ClassVar[type[Change]] = Change

    invocation: Invocation
    plan: Plan
    tell: Callable[[Run], Awaitable[Change]]
    values: Callable[[Presenter], Values] = lambda _: Values()
    _reference: bytes = field(default=b"", init=False)

    @property
    def _phrase(self) -> str | None:
        return self.invocation.arguments.get("confirm")

    @property
    def _reason(self) -> str | None:
        return self.invocation.arguments.get("reason")

    @property
    def _repeated(self) -> Mapping[str, Any]:
        """The arguments with which the button of a card sends it again."""
        return self.invocation.arguments

    @property
    def _language(self) -> Language:
        return self.invocation.profile.language(None)

    @property
    def _must_be_confirmed(self) -> bool:
        """A phrase that nobody needs is checked all the same."""
        return self.plan.asks or self._phrase is not None

    @property
    def lacks_reason(self) -> bool:
        """Whether a reason must come with the yes."""
        return self.plan.reopens and not self._reason

    async def question(self) -> Question | None:
        """What a person is asked; the same in every process, so without fences and pseudonyms."""
        profile = self.invocation.profile
        if not self._must_be_confirmed or profile.policy is Policy.phrase:
            return None
        about = digest([self.plan.digest(), self.invocation.caller.key, profile.policy])
        self._reference = await profile.confirmation.reference(about)
        present = replace(self.invocation.present.nameless, fence=NoFence())
        lines = [*self._consequences(), *_old_and_new(self.values(present), self._language)]
        form = YesFormWithReason if self.lacks_reason else YesForm
        return Question(_in_words(self.plan.action, lines, self._reference), form)

    async def answer(self, agreement: Agreement | None) -> Change:
        """Carry the plan out, where it is confirmed or need not be; else preview it.

        Raises:
            Problem: it was refused, or failed; says which, and what to do.
        """
        answer = (await self._answer(agreement)).in_language(self._language)
        add_legend(self.invocation, answer)
        return answer

    async def _answer(self, agreement: Agreement | None) -> Change:
        confirmation = Approval(reason=self._reason)
        if agreement is not None:
            reason = agreement.reason or self._reason
            confirmation = Approval("elicitation", self._reference.hex(), reason)
        elif self._must_be_confirmed:
            if self._phrase is None or self.lacks_reason:
                return await self._preview()
            confirmation = await self._by_phrase(self._phrase)
        return await self._carried_out(confirmation)

    async def _carried_out(self, confirmation: Approval) -> Change:
        try:
            run = await self.invocation.profile.runner.run(self.plan, self.invocation.caller, confirmation)
        except MovedOn as error:
            raise await self._shown(error) from error
        if run.first.status == "held":
            return held(self.invocation, run)
        answer = await self.tell(run)
        number = _taking_back(run.first.step) if answer.status == "done" else _NUMBER
        answer.what += number.filled(number=run.changes[0]).text(self._language)
        if run.remarks:
            answer.add_notes([remark.text(self._language) for remark in run.remarks])
        return answer

    async def _shown(self, error: MovedOn) -> Problem:
        """What has changed since a plan was made, with the values as a reader may see them."""
        profile = self.invocation.profile
        lines = list[Words]()
        for one in error.differences[:MAX_DIFFERENCES]:
            if one.field.wire == "DiallerCampaignsResultCodesID" and isinstance(error.record, Contact):
                lines.append(_RESULT.filled(result=(await profile.view(error.record)).result() or "–"))
            else:
                before, now = (self._shown_value(one.field, value) for value in (one.before, one.now))
                lines.append(Words.alike(f"{one.field.wire}: {before} → {now}"))
        return Problem(error.words.then(*[_MEANWHILE.filled(fields=joined(lines))] if lines else []))

    def _shown_value(self, info: FieldInfo, value: object) -> str:
        empty = value in (None, "", UNSET)
        return "–" if empty else cell(self.invocation.present.value(info, value, MAX_ASKED), self._language)

    async def _by_phrase(self, phrase: str) -> Approval:
        profile = self.invocation.profile
        if profile.policy is Policy.human and not pressed():
            raise Problem(BY_THE_BUTTON if self.invocation.shows_cards else HUMAN_ONLY)
        code = await profile.confirmation.check(self._action(card=pressed()), phrase)
        return Approval("card" if pressed() else "phrase", code, self._reason)

    def _action(self, *, card: bool) -> Action:
        """What a phrase confirms. A card has one of its own, so the model cannot press the button with the other."""
        plan, policy = self.plan, self.invocation.profile.policy
        way = f"card, {policy}" if card else policy.value
        return Action(plan.tool, plan.action, plan.sealed, plan.state, self.invocation.caller.key, way)

    def _consequences(self) -> list[str]:
        """What the change means. The reason is not fenced: it is the caller's own text."""
        if not self.plan.reopens:
            return list(self.plan.consequences)
        reason = self.invocation.present.nameless.text(self._reason) if self._reason else None
        return [*self.plan.consequences, of_reason(reason, self._language)]

    async def _preview(self) -> Change:
        """What would happen, with the phrase for the model or the button for the person, or with both. A reason that is
        not given yet goes with either: the model asks for it, or the card does.
        """
        invocation, profile = self.invocation, self.invocation.profile
        human = profile.policy is Policy.human
        if human and not invocation.shows_cards:
            raise Problem(HUMAN_ONLY)
        phrase = None if human else await profile.confirmation.phrase(self._action(card=False))
        values = self.values(invocation.present)
        preview = Change(
            status="confirmation_required",
            what=previewed(self.plan.action, self._language),
            before=values.before,
            after=values.after,
            consequences=self._consequences(),
            confirm=phrase,
            next_step=self._next_step().text(self._language),
            notes=invocation.notes(),
        )
        if invocation.shows_cards and profile.policy is not Policy.phrase:
            pressed_phrase = await profile.confirmation.phrase(self._action(card=True))
            token = card_token(invocation.tool, self._repeated, pressed_phrase)
            about = {TOKEN_META: token, REASON_META: self.lacks_reason, LANGUAGE_META: self._language.value}
            return preview.shown_as_card(about)
        return preview

    def _next_step(self) -> Words:
        if self.invocation.profile.policy is Policy.human:
            return TO_WAIT
        return TO_CONFIRM_WITH_REASON if self.lacks_reason else TO_CONFIRM


class LongProposal(Proposal):
    """The draft of a change that may take longer than an answer does."""

    answers: ClassVar[type[Change]] = LongChange


def _taking_back(step: Step) -> Words:
    """The number of a change, and whether it can be taken back."""
    if can_be_undone(step):
        return _UNDOABLE
    return _CREATED if creates(step) else _FINAL


def _old_and_new(values: Values, language: Language) -> list[str]:
    """The fields that change, for the person who is asked; where only what is now is known, the consequences say it."""
    before, after = values.before, values.after
    if before is None or after is None:
        return []

    def shown(value: object) -> str:
        text = cell(value, language)
        return f"{text[:MAX_ASKED]}…" if len(text) > MAX_ASKED else text or "–"

    return [f"{heading(name, language)}: {shown(old)} → {shown(after.get(name))}" for name, old in before.items()]


def _in_words(action: str, lines: Sequence[str], reference: bytes) -> str:
    """The question a person reads. The reference makes it another question as soon as anything about it changes."""
    times_used = int.from_bytes(reference[DIGEST_BYTES:])
    mark = f"(Ref. {reference[:4].hex()}{f'-{times_used + 1}' if times_used else ''})"
    return "\n".join([f"{action[:1].upper()}{action[1:]}?", *(f"- {line}" for line in lines), mark])
