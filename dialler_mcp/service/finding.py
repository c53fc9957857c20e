"""Contacts found by whatever a person knows of them: a number, a name however spelt, a key, a reference."""

import asyncio
from collections import Counter
from typing import Any

from dialler_mcp.api.errors import NotFound
from dialler_mcp.domain.codes import CONTACT, OF_CONTACTS
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Campaign, Contact
from dialler_mcp.domain.searching import Match, Search
from dialler_mcp.problem import Problem
from dialler_mcp.service.answers import Table, fitting, table
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.listing import Smallest, hidden_in, not_shown, read_in_time
from dialler_mcp.service.matching import with_user_data
from dialler_mcp.service.paging import cursor_at, cursor_position
from dialler_mcp.service.present import ContactView, Presenter, campaign_name
from dialler_mcp.words import Words

MAX_FOUND = 10
COLUMNS = ["ID", "UserData", "name", "City", "campaign", "state", "match", "matched"]
_FIELDS = {info.attribute: info for info in Contact.fields()}
_OF_NUMBERS = Words("Give more digits, or campaign_id.", "Mehr Ziffern nennen, oder campaign_id.")
_OF_NAMES = Words(
    "Add the first name or the city, or give campaign_id.", "Vornamen oder Ort dazu nennen, oder campaign_id."
)
_NOTHING_TO_FIND = Words(
    "Correct the arguments: text must hold letters or digits of a number, a name or a key.",
    "Berichtigen Sie die Angaben: `text` muss Buchstaben oder Ziffern einer Rufnummer, eines Namens oder Schlüssels "
    "enthalten.",
)
_FITS, _FIT = Words("{what} fits", "{what} passt"), Words("{what} fit", "{what} passen")
_OF = Words("{n} of {contacts}", "{n} von {contacts}")
_MORE_FIT = Words("{n} more fit: {kinds}. {narrower}", "{n} weitere passen: {kinds}. {narrower}")
_SHOWN, _BEST_FIRST = Words("; {rows} shown", "; {rows} gezeigt"), Words(", best first", ", die besten zuerst")


def search_for(text: str, *, whole_numbers: bool = False) -> Search:
    """What is searched for; `whole_numbers` where telephone numbers are masked.

    Raises:
        Problem: the text holds nothing that one could search for.
    """
    search = Search(text, whole_numbers=whole_numbers)
    if search.is_empty:
        raise Problem(_NOTHING_TO_FIND)
    return search


async def found_by(
    invocation: Invocation,
    search: Search,
    text: str,
    campaign: Campaign | None,
    language: Language | None,
    *,
    cursor: str | None = None,
    nobody: Words,
) -> Table:
    """The contacts that fit best, of one campaign or of all. `nobody` is the hint for when none fits."""
    key = campaign and campaign.id
    question = ("find", text, key)
    direct = await _direct(invocation, search, text)
    hits = _Hits(search, invocation.present, cursor_position(cursor, question) or 0)
    for contact in direct.values():
        if key in (None, contact.dialler_campaigns_id):
            hits.offer(contact)
    answer_language = invocation.profile.language(language)
    count, notes = 0, not_shown(hidden_in(direct.values()), answer_language)
    if not (search.is_key and hits.total):
        reading = await read_in_time(invocation, key, lambda one: hits.offer(one) if one.id not in direct else None)
        count, notes = reading.read_count, reading.notes(answer_language)
    where = f" in {campaign_name(campaign, None)}" if campaign else ""
    everybody = _OF.text(answer_language).format(n=hits.total, contacts=OF_CONTACTS.counted(count, answer_language))
    what = (everybody if count else CONTACT.counted(hits.total, answer_language)) + where
    summary = (_FITS if hits.total == 1 else _FIT).text(answer_language).format(what=what)
    if not hits.total:
        notes = [*notes, nobody.text(answer_language)]
    answer, last = await hits.answer(invocation, answer_language, summary, notes)
    answer.next_cursor = None if last is None else cursor_at(last, question)
    return answer


async def _direct(invocation: Invocation, search: Search, text: str) -> dict[int, Contact]:
    """What the dialler finds without reading the list: contacts with this UserData and the one with this ID, by ID."""

    async def by_id(contact_id: int) -> list[Contact]:
        try:
            return [await invocation.dialler.get_contact(contact_id)]
        except NotFound:
            return []

    searches = [with_user_data(invocation.dialler, text.strip())] if search.is_key or search.is_number else []
    searches += [by_id(search.id)] if search.id else []
    return {contact.id: contact for contacts in await asyncio.gather(*searches) for contact in contacts}


class _Hits:
    """The contacts that fit best behind a position, and how many fit in all."""

    def __init__(self, search: Search, present: Presenter, after: int) -> None:
        self._search, self._present, self._after = search, present, after
        self._best = Smallest[tuple[Match, Contact]](MAX_FOUND)
        self._ahead = Counter[Match]()
        self.total = 0

    def offer(self, contact: Contact) -> None:
        if match := self._match(contact):
            self.total += 1
            if (position := _position(match, contact)) > self._after:
                self._ahead[_kind(match)] += 1
                self._best.offer(position, (match, contact))

    def _match(self, contact: Contact) -> Match | None:
        """How well a contact fits. A part of what is masked in it finds nothing: it could be had letter by letter."""
        match = self._search(contact)
        if match is None or match.is_whole:
            return match
        readable = self._present.searchable(contact)
        return match if readable is contact else self._search(readable)

    async def answer(
        self, invocation: Invocation, language: Language, summary: str, notes: list[str]
    ) -> tuple[Table, int | None]:
        """The table, and where it ends if more fit."""
        best, total = self._best.items(), self.total
        views = await invocation.profile.views([contact for _, contact in best], language)
        rows = [_row(view, match) for view, (match, _) in zip(views, best, strict=True)]
        page = rows[: fitting(rows)]
        rest = self._ahead - Counter(_kind(match) for match, _ in best[: len(page)])
        if rest:
            kinds = ", ".join(f"{count} {kind.why(language)}" for kind, count in sorted(rest.items()))
            narrower = self._narrower().text(language)
            notes = [_MORE_FIT.text(language).format(n=rest.total(), kinds=kinds, narrower=narrower), *notes]
        order = _BEST_FIRST.text(language) if len(page) > 1 else ""
        summary += _SHOWN.text(language).format(rows=len(page)) + order if total else ""
        last = _position(*best[len(page) - 1]) if rest and page else None
        return table(summary, COLUMNS, page, total=total, notes=notes, language=language), last

    def _narrower(self) -> Words:
        return _OF_NUMBERS if self._search.is_number else _OF_NAMES


def _position(match: Match, contact: Contact) -> int:
    """Where a contact stands in the order of all: by how well it fits, then by ID."""
    return (match.grade * 10**8 + min(int(match.off * 10**6), 10**8 - 1)) * 10**10 + contact.id


def _kind(match: Match) -> Match:
    return match._replace(off=0, field="")


def _row(view: ContactView, match: Match) -> list[Any]:
    value = None
    if match.field not in ("", "user_data"):
        value = view.present.value(_FIELDS[match.field], getattr(view.contact, match.field))
    return [*view.row(COLUMNS[:-2]), match.why(view.language), value]
