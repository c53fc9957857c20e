"""What is told of a list of people: what its columns become, and what is right and wrong with its rows."""

from typing import TYPE_CHECKING, Any

from dialler_mcp.domain.fields import Field as About
from dialler_mcp.domain.fields import FieldInfo, Kind
from dialler_mcp.domain.records import Contact
from dialler_mcp.domain.text import clean
from dialler_mcp.protocol.answers import Answer
from dialler_mcp.service.answers import cell
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.present import undeclared

if TYPE_CHECKING:
    from dialler_mcp.lists.checking.answer import KindCount, Shown
    from dialler_mcp.lists.checking.check import Checked
    from dialler_mcp.lists.columns.mapping import Proposal
    from dialler_mcp.service.lists import PeopleList

MAX_COLUMNS, MAX_HEAD, MAX_CELL = 30, 40, 24
_FIELDS = {info.wire: info for info in Contact.fields()}
_RUNNING = "It goes on: ask again with list_id {list_id} alone."
_READY = "Tell the person what is wrong with it. Then list_id {list_id} can be imported: what is ready goes in."
_DECIDE = "Rows that ask for a decision stay out, unless `decisions` say of a kind: ready or left_out."
_NOTHING_READY = "Nothing is ready to be imported. Mend the file, correct the mapping, or decide what is asked."


class ListCheck(Answer):
    """What is right and wrong with a list. `kinds` add up to its rows, but those that are notes."""

    summary: str
    list_id: str
    columns: list[list[Any]]
    kinds: list[list[Any]] | None = None
    file: str | None = None
    next_step: str
    notes: list[str] | None = None

    def text(self) -> str:
        lines = [self.summary, f"list_id: {self.list_id}", "column\tfield\texamples"]
        lines += ["\t".join(map(cell, row)) for row in self.columns]
        if self.kinds:
            lines += ["verdict\tkind\trows\texamples", *("\t".join(map(cell, row)) for row in self.kinds)]
        if self.file:
            lines.append(f"Rows with their reasons: {self.file}")
        return "\n".join([*lines, self.next_step, *(self.notes or [])])


def still_checked(invocation: Invocation, people: "PeopleList") -> ListCheck:
    """That a check goes on."""
    next_step = _RUNNING.format(list_id=people.id)
    return _answer(invocation, people, f"{people.name} is being checked.", None, next_step)


def told(invocation: Invocation, people: "PeopleList", checked: "Checked") -> ListCheck:
    """What a check has found."""
    from dialler_mcp.lists.kinds import Verdict

    verdicts, language = checked.verdicts, invocation.profile.language(None)
    words = [f"{verdicts[one]} {one.text(language)}" for one in Verdict if verdicts[one]]
    summary = f"{people.name}: {checked.rows} rows: {', '.join(words)}."
    ready = verdicts[Verdict.ready] + verdicts[Verdict.exists]
    next_step = _READY.format(list_id=people.id) if ready else _NOTHING_READY
    if verdicts[Verdict.asked]:
        next_step += f" {_DECIDE}"
    return _answer(invocation, people, summary, checked, next_step)


def _answer(
    invocation: Invocation, people: "PeopleList", summary: str, checked: "Checked | None", next_step: str
) -> ListCheck:
    from dialler_mcp.lists.checking.answer import counts

    language = invocation.profile.language(None)
    found = counts(checked, language, lambda text, kind: _masked(invocation, text, kind)) if checked else []
    notes = [*(invocation.notes() or []), *map(invocation.present.nameless.text, people.table.notes)]
    return ListCheck(
        summary=clean(invocation.present.nameless.text(summary)),
        list_id=people.id,
        columns=[_column(invocation, one) for one in people.proposals[:MAX_COLUMNS]],
        kinds=[_kind(one) for one in found] or None,
        file=str(people.rejects) if people.rejects and checked else None,
        next_step=next_step,
        notes=notes or None,
    )


def _column(invocation: Invocation, one: "Proposal") -> list[Any]:
    """A column with its field and three examples; what a person should say is marked."""
    target = one.target or "?"
    if one.instead:
        target += f" (or {one.instead}?)"
    present = invocation.present.nameless
    info = _FIELDS.get(one.target or "") or undeclared(one.column, "")
    examples = [present.value(info, str(example), MAX_CELL) for example in one.examples]  # masked first, then cut
    return [present.text(one.column)[:MAX_HEAD], target, "; ".join(map(str, examples))]


def _masked(invocation: Invocation, text: str, kind: Kind) -> str:
    info = FieldInfo("", "", str, About("", "", kind=Kind.PLAIN if kind is Kind.FREE else kind))
    return str(invocation.present.nameless.value(info, text, MAX_HEAD)) if text else ""


def _kind(one: "KindCount") -> list[Any]:
    verdict = one.verdict.value if one.verdict else "note"
    return [verdict, f"{one.kind.value}: {one.words}", one.rows, "; ".join(map(_example, one.examples))]


def _example(shown: "Shown") -> str:
    """`line 6: Falsch Nummer (emergency number)`."""
    more = shown.detail or shown.other
    return " ".join(filter(None, (f"line {shown.line}:", shown.name, shown.number, f"({more})" if more else "")))
