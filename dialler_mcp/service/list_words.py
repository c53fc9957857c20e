"""What is told of a list of people: what its columns become, and what is right and wrong with its rows."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dialler_mcp.domain.fields import Field as About
from dialler_mcp.domain.fields import FieldInfo, Kind
from dialler_mcp.domain.records import Contact
from dialler_mcp.domain.text import clean
from dialler_mcp.protocol.pages import LANGUAGE_META
from dialler_mcp.service.answers import ROWS, WordedAnswer, cell
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.people_lists import NO_LOCKS, PeopleList
from dialler_mcp.service.present import undeclared
from dialler_mcp.words import NOTHING, Language, Words

if TYPE_CHECKING:
    from dialler_mcp.lists.checking.answer import ExampleRow, KindCount
    from dialler_mcp.lists.checking.check import CheckCounts
    from dialler_mcp.lists.columns.mapping import Proposal

MAX_COLUMNS, MAX_HEAD, MAX_CELL = 30, 40, 24
_FIELDS = {info.wire: info for info in Contact.fields()}
_CARD = Words(
    "The person can drop the file on the card, or choose it there.",
    "Die Person kann die Datei auf die Karte ziehen oder dort auswählen.",
)
_DROP = Words(
    "Do not ask to attach it to the chat. The card tells you the list_id; then go on with it here.",
    "Bitten Sie nicht, sie an das Gespräch anzuhängen. Die Karte nennt Ihnen die list_id; machen Sie dann damit hier "
    "weiter.",
)
_RUNNING = Words(
    "It goes on: ask again with list_id {list_id} alone.",
    "Die Prüfung läuft weiter: Fragen Sie noch einmal, nur mit list_id {list_id}.",
)
_READY = Words(
    "Tell the person what is wrong with it. Then list_id {list_id} can be imported: what is ready goes in.",
    "Sagen Sie der Person, was daran falsch ist. Dann lässt sich list_id {list_id} importieren: was bereit ist.",
)
_DECIDE = Words(
    "Rows that ask for a decision stay out, unless `decisions` say of a kind: ready or left_out.",
    "Zeilen, über die ein Mensch entscheiden muss, bleiben draußen, außer `decisions` sagen zu einer Art: ready oder "
    "left_out.",
)
_NOTHING_READY = Words(
    "Nothing is ready to be imported. Mend the file, correct the mapping, or decide what is asked.",
    "Zum Import ist nichts bereit. Bessern Sie die Datei aus, berichtigen Sie die Zuordnung, oder entscheiden Sie, was "
    "offen ist.",
)
_NAMED = Words(
    "Nobody can be imported without it; but who of the list is there already can be locked, unlocked, reset or updated "
    "by list_id {list_id}.",
    "Ohne sie lässt sich niemand importieren; wer von der Liste schon da ist, lässt sich aber mit list_id {list_id} "
    "sperren, entsperren, zurücksetzen oder ändern.",
)
_BEING_CHECKED = Words(
    "{name} is being checked: {rows} so far.",
    "{name} wird geprüft: bisher {rows}.",
)
_FOUND = Words.alike("{name}: {rows}: {verdicts}.")
_COLUMNS = tuple(map(Words, ("column", "field", "examples"), ("Spalte", "Feld", "Beispiele")))
_KINDS = tuple(map(Words, ("verdict", "kind", "rows", "examples"), ("Urteil", "Art", "Zeilen", "Beispiele")))
_FILE = Words("Rows with their reasons: {path}", "Zeilen mit ihren Gründen: {path}")
_NOTE = Words("note", "Hinweis")
_OR = Words("{field} (or {other}?)", "{field} (oder {other}?)")
_LINE = Words("line {line}:", "Zeile {line}:")


class ListCheck(WordedAnswer):
    """What is right and wrong with a list; without `list_id`, how a person hands one in. `kinds` add up to its rows,
    but those that are notes.
    """

    summary: str
    list_id: str | None = None
    columns: list[list[Any]] | None = None
    kinds: list[list[Any]] | None = None
    file: str | None = None
    next_step: str
    notes: list[str] | None = None

    def meta(self) -> dict[str, Any] | None:
        return {LANGUAGE_META: self.language.value}

    def text(self) -> str:
        lines = [self.summary]
        if self.list_id:
            lines.append(f"list_id: {self.list_id}")
        if self.columns is not None:
            lines += [self._head(_COLUMNS), *("\t".join(map(cell, row)) for row in self.columns)]
        if self.kinds:
            lines += [self._head(_KINDS), *("\t".join(map(cell, row)) for row in self.kinds)]
        if self.file:
            lines.append(_FILE.filled(path=self.file).text(self.language))
        return "\n".join([*lines, self.next_step, *(self.notes or [])])

    def _head(self, columns: Sequence[Words]) -> str:
        return "\t".join(words.text(self.language) for words in columns)


def asked_for(invocation: Invocation) -> ListCheck:
    """That the card, which comes with the answer, takes a list."""
    language = invocation.language
    answer = ListCheck(summary=_CARD.text(language), next_step=_DROP.text(language), notes=invocation.notes(language))
    return answer.in_language(language)


def still_checked(invocation: Invocation, people: PeopleList) -> ListCheck:
    """That a check goes on."""
    return _answer(invocation, people, _how_far(people), None, _RUNNING.filled(list_id=people.id))


def checks_going_on(invocation: Invocation) -> list[str]:
    """The checks of the caller's lists that go on, how far they are, and how to ask for them: a sentence each."""
    language, present = invocation.language, invocation.present.nameless
    people = invocation.profile.lists.being_checked(invocation.caller.key)
    sentences = [_how_far(one).then(_RUNNING.filled(list_id=one.id)) for one in people]
    return [clean(present.text(sentence.text(language))) for sentence in sentences]


def _how_far(people: PeopleList) -> Words:
    rows = ROWS.of(people.counts.rows if people.counts is not None else 0)
    return _BEING_CHECKED.filled(name=people.name, rows=rows)


def told(invocation: Invocation, people: PeopleList, outcome: "CheckCounts") -> ListCheck:
    """What a check has found."""
    from dialler_mcp.lists.checking.check import missing
    from dialler_mcp.lists.kinds import Verdict

    verdicts, language = outcome.verdicts, invocation.language
    parts = ", ".join(f"{verdicts[one]} {one.text(language)}" for one in Verdict if verdicts[one])
    summary = _FOUND.filled(name=people.name, rows=ROWS.of(outcome.rows), verdicts=parts)
    ready = verdicts[Verdict.ready] + verdicts[Verdict.exists]
    next_step = (_READY if ready else _NOTHING_READY).filled(list_id=people.id)
    next_step = next_step.then(*[_DECIDE] if verdicts[Verdict.asked] else [])
    if people.columns is not None and (lack := missing(people.columns)):
        next_step = lack.then(_NAMED.filled(list_id=people.id))
    return _answer(invocation, people, summary, outcome, next_step)


def _answer(
    invocation: Invocation, people: PeopleList, summary: Words, outcome: "CheckCounts | None", next_step: Words
) -> ListCheck:
    from dialler_mcp.lists.checking.answer import counts

    language = invocation.language
    kinds = counts(outcome, language, lambda text, kind: _masked(invocation, text, kind)) if outcome else []
    locks = NO_LOCKS if people.hides_locks and outcome else NOTHING
    remarks = (
        invocation.present.nameless.text(note.text(language)) for note in (people.remarks, locks, *people.table.notes)
    )
    notes = [*(invocation.notes(language) or []), *people.about, *filter(None, remarks)]
    return ListCheck(
        summary=clean(invocation.present.nameless.text(summary.text(language))),
        list_id=people.id,
        columns=[_column(invocation, one) for one in people.proposals[:MAX_COLUMNS]],
        kinds=[_kind(one, language) for one in kinds] or None,
        file=str(people.rejects) if people.rejects and outcome else None,
        next_step=next_step.text(language),
        notes=notes or None,
    ).in_language(language)


def _column(invocation: Invocation, one: "Proposal") -> list[Any]:
    """A column with its field and three examples; what a person should say is marked."""
    target = one.target or "?"
    if one.instead:
        target = _OR.filled(field=target, other=one.instead).text(invocation.language)
    present = invocation.present.nameless
    info = _FIELDS.get(one.target or "") or undeclared(one.column, "")
    examples = [present.value(info, str(example), MAX_CELL) for example in one.examples]  # masked first, then cut
    return [present.text(one.column)[:MAX_HEAD], target, "; ".join(map(str, examples))]


def _masked(invocation: Invocation, text: str, kind: Kind) -> str:
    info = FieldInfo("", "", str, About("", "", kind=Kind.PLAIN if kind is Kind.FREE else kind))
    return str(invocation.present.nameless.value(info, text, MAX_HEAD)) if text else ""


def _kind(one: "KindCount", language: Language) -> list[Any]:
    """A kind keeps its name, by which it is decided."""
    verdict = (_NOTE if one.verdict is None else one.verdict.name_in_words).text(language)
    examples = "; ".join(_example(example, language) for example in one.examples)
    return [verdict, f"{one.kind.value}: {one.words}", one.rows, examples]


def _example(example: "ExampleRow", language: Language) -> str:
    """`line 6: Falsch Nummer (emergency number)`."""
    line, more = _LINE.filled(line=example.line).text(language), example.detail or example.other
    return " ".join(filter(None, (line, example.name, example.number, f"({more})" if more else "")))
