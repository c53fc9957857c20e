"""Reading a list that may be very long: which contacts are wanted, the first of them, and their names."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any, Generic, Literal, NamedTuple, TypeVar

import msgspec

from dialler_mcp.api.errors import TooSlow
from dialler_mcp.domain import phones
from dialler_mcp.domain.codes import ATTEMPT
from dialler_mcp.domain.contact_state import STATES, State, attempts, phone_slots, result_code_id
from dialler_mcp.domain.fields import Kind, Language
from dialler_mcp.domain.privacy import hides
from dialler_mcp.domain.records import Campaign, Contact, ResultCode
from dialler_mcp.domain.spelling import plain
from dialler_mcp.domain.text import clean
from dialler_mcp.domain.times import local, shown
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.present import ContactView
from dialler_mcp.words import Words

T = TypeVar("T")
READING_SECONDS = 35.0  # hosts end an invocation after 60 s or less; the answer has to be made, too
NARROWER = Words("Give campaign_id or name to read less.", "Mit campaign_id oder name ist weniger zu lesen.")
MAX_CAMPAIGNS = 100
StateFilter = Literal["new", "open", "follow-up", "appointment", "done", "aborted", "locked"]
"""The states by the words of the answers, and the lock."""


_LOCKED, _STATE, _RESULT = (
    Words("locked", "gesperrt"),
    Words("state {}", "Zustand {}"),
    Words('result "{}"', "Ergebnis „{}“"),
)
_LEAST, _MOST = Words("at least {}", "mindestens {}"), Words("at most {}", "höchstens {}")
_DUE_FROM = Words("next attempt from {}", "nächster Versuch ab {}")
_DUE_UNTIL = Words("next attempt until {}", "nächster Versuch bis {}")
_TEXT = Words('text "{}"', "Text „{}“")


class Filter:
    """The filters of a list of contacts."""

    def __init__(
        self,
        invocation: Invocation,
        state: StateFilter | None,
        result: str | None,
        min_attempts: int | None,
        max_attempts: int | None,
        since: str | None,
        until: str | None,
        text: str | None,
    ) -> None:
        self._state, self._result, self._least, self._most = state, result, min_attempts, max_attempts
        self.results: set[int] | None = None
        self._spelling = clean(text) if text else None
        self._text = plain(self._spelling) if self._spelling else None
        self._present, self._hides = invocation.present, hides(invocation.profile.privacy, Kind.PHONE)
        self._number = phones.wanted(text.strip()) if text else None
        self._zone = invocation.profile.zone
        self._since, self._until = invocation.when(since, "since"), invocation.when(until, "until", end_of_day=True)

    def __call__(self, contact: Contact, state: State) -> bool:
        if self._state == "locked":
            if not contact.b_locked:
                return False
        elif self._state and state.text(Language.en) != self._state:
            return False
        if self.results is not None and result_code_id(contact) not in self.results:
            return False
        if self._least is not None and attempts(contact) < self._least:
            return False
        if self._most is not None and attempts(contact) > self._most:
            return False
        if (self._since or self._until) and not self._due(contact.dt_next_try):
            return False
        return self._text is None or self._holds(contact, self._text)

    @property
    def is_phone_number(self) -> bool:
        """Whether the text may be a telephone number."""
        return self._number is not None

    def in_words(self, language: Language) -> str:
        """Which contacts are wanted: `state open, at least 3 attempts`; empty where all are."""
        say = self._present.nameless.text
        times = (shown(time, self._zone) if time else None for time in (self._since, self._until))
        attempts = (None if n is None else ATTEMPT.counted(n, language) for n in (self._least, self._most))
        texts = (say(text) if text else None for text in (self._result, self._spelling))
        (since, until), (least, most), (result, text) = times, attempts, texts
        only_locked = self._state == "locked"
        state = next((words.text(language) for words in STATES.values() if words.en == self._state), None)
        conditions = (
            (_LOCKED, only_locked or None),
            (_STATE, state),
            (_RESULT, result),
            (_LEAST, least),
            (_MOST, most),
            (_DUE_FROM, since),
            (_DUE_UNTIL, until),
            (_TEXT, text),
        )
        return ", ".join(words.text(language).format(value) for words, value in conditions if value is not None)

    def _holds(self, contact: Contact, text: str) -> bool:
        """Whether a contact holds the text, or has the number that it means in any notation. A part of what is masked
        in it does not count, and of numbers that are masked only whole ones do: they could be had digit by digit.
        """
        numbers = [slot.number for slot in phone_slots(contact)]
        if self._number and any(self._is_meant(phones.normal(number)) for number in numbers):
            return True
        readable = [] if self._hides else numbers
        return text in _searched(contact, readable) and text in _searched(self._present.searchable(contact), readable)

    def _is_meant(self, number: str) -> bool:
        assert self._number is not None
        return number in self._number.full if self._hides else self._number.fits(number)

    def _due(self, due: datetime | None) -> bool:
        if due is None:
            return False
        at = local(due, self._zone).replace(tzinfo=None, microsecond=0)
        return (self._since is None or at >= self._since) and (self._until is None or at <= self._until)


def _searched(contact: Contact, numbers: Sequence[str]) -> str:
    parts = (
        contact.first_name,
        contact.name,
        contact.company,
        contact.city,
        contact.user_data,
        contact.reference_number,
        *numbers,
    )
    return plain(clean(" ".join(part for part in parts if part)))


class Smallest(Generic[T]):
    """The items with the smallest keys; bounded, however many pass by. Keys compare with one another."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._entries: list[tuple[Any, T]] = []
        self._limit: Any = None  # the largest key that is kept, once there are enough

    def offer(self, key: Any, item: T) -> None:
        if self._limit is not None and key >= self._limit:
            return
        self._entries.append((key, item))
        if len(self._entries) >= 2 * self._most:
            self._prune()

    def _prune(self) -> None:
        self._entries.sort(key=itemgetter(0))
        del self._entries[self._most :]
        if len(self._entries) == self._most:
            self._limit = self._entries[-1][0]

    def __len__(self) -> int:
        """How many are held at the moment: fewer than twice as many as are wanted."""
        return len(self._entries)

    def items(self) -> list[T]:
        """What is kept, by key."""
        self._prune()
        return [item for _, item in self._entries]


_STEP = 1_000  # contacts read between two words of progress
_HIDDEN = {
    "b_locked": Words("locks", "Sperren"),
    "dialler_campaigns_result_codes_id": Words("current results", "aktuelle Ergebnisse"),
}
_NOR = Words(" nor ", " und keine ")
_NOT_SHOWN = Words(
    "This release does not show {what} here: states and filters that need them are incomplete.",
    "Dieses Release zeigt hier keine {what}: Zustände und Filter, die sie brauchen, sind unvollständig.",
)
_BY_ID = Words(
    " To read such contacts by their IDs may show the result.",
    " Nach der ID gelesen, zeigt ein solcher Kontakt das Ergebnis vielleicht.",
)
_IN_PART = Words(
    "Only the first {count} contacts were read, then the time was up: there may be more. {narrower}",
    "Nur die ersten {count} Kontakte wurden gelesen, dann war die Zeit um: Es kann weitere geben. {narrower}",
)


async def read_list(
    invocation: Invocation, campaign_id: int | None, hidden_fields: set[str], deadline: float | None = None
) -> AsyncIterator[Contact]:
    """The contacts of a campaign or of all as they arrive, for `deadline` seconds at most. The client hears how far it
    is; the names of attributes that this release does not show are added to `hidden_fields`.
    """
    count = 0
    async for contact in invocation.dialler.list_contacts(campaign_id, deadline=deadline):
        count += 1
        if not count % _STEP:
            await invocation.progress(count)
        for name in _HIDDEN:
            if getattr(contact, name) is msgspec.UNSET:
                hidden_fields.add(name)
        yield contact


class Reading(NamedTuple):
    """How many contacts were read, whether those are all, and what this release does not show of them."""

    read_count: int
    complete: bool
    hidden_fields: set[str]

    def notes(self, language: Language) -> list[str]:
        """What an answer from these contacts does not know."""
        note = _IN_PART.text(language).format(count=self.read_count, narrower=NARROWER.text(language))
        return [*([] if self.complete else [note]), *not_shown(self.hidden_fields, language)]


async def read_in_time(
    invocation: Invocation, campaign_id: int | None, see: Callable[[Contact], None], seconds: float | None = None
) -> Reading:
    """Show every contact of a campaign or of all to `see`, as far as the time for an answer suffices, or `seconds`.

    Raises:
        TooSlow: not one contact came in time.
    """
    count, hidden_fields = 0, set[str]()
    try:
        async with asyncio.timeout(READING_SECONDS if seconds is None else seconds):
            async for contact in read_list(invocation, campaign_id, hidden_fields):
                count += 1
                see(contact)
    except (TimeoutError, TooSlow):
        if not count:
            raise TooSlow("Retrieve Dialler Contacts") from None
        return Reading(count, complete=False, hidden_fields=hidden_fields)
    return Reading(count, complete=True, hidden_fields=hidden_fields)


def hidden_in(contacts: Iterable[Contact]) -> set[str]:
    """The names of the attributes that this release does not show of these contacts."""
    return {name for name in _HIDDEN for contact in contacts if getattr(contact, name) is msgspec.UNSET}


def not_shown(hidden_fields: Collection[str], language: Language) -> list[str]:
    """What must not be guessed, and where it may be seen."""
    what = _NOR.text(language).join(words.text(language) for name, words in _HIDDEN.items() if name in hidden_fields)
    hint = _BY_ID.text(language) if "dialler_campaigns_result_codes_id" in hidden_fields else ""
    return [_NOT_SHOWN.text(language).format(what=what) + hint] if what else []


@dataclass(frozen=True)
class Names:
    """What belongs to the IDs of listed contacts; `codes` by campaign and ID."""

    campaign_id: int | None
    campaigns: Mapping[int, Campaign]
    codes: Mapping[int, Mapping[int, ResultCode]]
    language: Language

    def code(self, contact: Contact) -> ResultCode | None:
        return self.codes.get(self._campaign(contact), {}).get(result_code_id(contact) or 0)

    def view(self, invocation: Invocation, contact: Contact) -> ContactView:
        key = self._campaign(contact)
        campaign, codes = self.campaigns.get(key), self.codes.get(key, {})
        return ContactView(contact, campaign, codes, self.language, invocation.profile.present)

    def _campaign(self, contact: Contact) -> int:
        return contact.dialler_campaigns_id or self.campaign_id or 0


async def names_of(
    invocation: Invocation, campaign_id: int | None, language: Language | None = None, *, fresh: bool = False
) -> Names:
    """Looked up once for all the contacts of a list; `fresh` for a decision that depends on what results mean now."""
    directory, effective = invocation.profile.directory, invocation.profile.language(language)
    records = await directory.campaigns() if campaign_id is None else [await directory.campaign(campaign_id)]
    campaigns = {campaign.id: campaign for campaign in records[:MAX_CAMPAIGNS] if campaign}
    return Names(
        campaign_id,
        campaigns,
        {key: await directory.result_codes(key, effective, fresh=fresh) for key in campaigns},
        effective,
    )
