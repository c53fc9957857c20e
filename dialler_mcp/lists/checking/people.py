"""Many people in little memory: who has which key, name and number.

A table of integers by open addressing takes 12 bytes a slot, where a dict needs 100. A million contacts with 1.2
numbers each take about 80 MB.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from dialler_mcp.api.requests import is_id
from dialler_mcp.domain.contact_state import State, phone_slots, state_of
from dialler_mcp.domain.phones import meant
from dialler_mcp.domain.records import Contact, ResultCode
from dialler_mcp.domain.spelling import folded_key
from dialler_mcp.lists.checking.rows import ExistingContact, person_of

_FREE = 0
_FULL_AT = 0.6
_FIRST_SIZE = 1 << 10
_NONE = 0
_MASK = (1 << 64) - 1
_SPREAD = 0x9E3779B97F4A7C15  # Knuth's multiplicative hashing: neighbouring numbers land far apart
_STATES = tuple(State)
MAX_SHARING = 16
"""How many people are looked at for one key or number; those of the same name or campaign are found beyond that."""


class Table:
    """From an integer above 0, of 64 bits at most, to another of 32 bits."""

    def __init__(self) -> None:
        self._keys = array("Q", bytes(8 * _FIRST_SIZE))
        self._values = array("I", bytes(4 * _FIRST_SIZE))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def get(self, key: int) -> int:
        """Its value; 0 where there is none."""
        return self._values[self._place(key)] if self._count else 0

    def put(self, key: int, value: int) -> None:
        place = self._place(key)
        if self._keys[place] == _FREE:
            self._count += 1
            self._keys[place] = key
        self._values[place] = value
        if self._count > _FULL_AT * len(self._keys):
            self._grow()

    def _place(self, key: int) -> int:
        keys, last = self._keys, len(self._keys) - 1
        place = (key * _SPREAD & _MASK) >> 20 & last
        there = keys[place]
        while there != key and there != _FREE:
            place = (place + 1) & last
            there = keys[place]
        return place

    def _grow(self) -> None:
        keys, values = self._keys, self._values
        self._keys, self._values = array("Q", bytes(16 * len(keys))), array("I", bytes(8 * len(values)))
        for key, value in zip(keys, values, strict=True):
            if key != _FREE:
                place = self._place(key)
                self._keys[place], self._values[place] = key, value


class Lists:
    """From an integer to several others. Of those who share something with very many (a switchboard, the key "0"), the
    first are kept under it, and later ones under a narrower key: else a million rows would be compared with each other.
    """

    def __init__(self) -> None:
        self._heads = Table()
        self._items, self._next = array("I", [_NONE]), array("I", [_NONE])

    def add(self, key: int, narrower: int, item: int) -> None:
        for each in (key, narrower):
            head = self._heads.get(each)
            if head == _NONE or sum(1 for _ in self._from(head)) < MAX_SHARING:
                self._next.append(head)
                self._items.append(item)
                self._heads.put(each, len(self._items) - 1)
                return

    def has(self, key: int) -> bool:
        return self._heads.get(key) != _NONE

    def of(self, key: int) -> Sequence[int]:
        head = self._heads.get(key)
        return list(self._from(head)) if head else ()

    def _from(self, place: int) -> Iterator[int]:
        while place != _NONE:
            yield self._items[place]
            place = self._next[place]


class Person(NamedTuple):
    """Somebody who is asked for or added: keys as they stand and folded, whole name, numbers; and `row`, all cells."""

    key: str
    folded_key: str
    name: str
    numbers: Sequence[str]
    row: int = 0


class Match(NamedTuple):
    """Somebody who shares something with a person. `who` is a contact's ID, or a line of the list."""

    who: int
    campaign_id: int
    state: State | None
    locked: bool
    has_key: bool
    same_key: bool
    alike_key: bool
    same_number: bool
    same_name: bool
    same_row: bool

    @property
    def is_closed(self) -> bool:
        """Whether this person must not be called again, as far as is known."""
        return self.locked or (self.state is not None and self.state.may_be_final)

    @property
    def known(self) -> ExistingContact:
        return ExistingContact(self.who, self.campaign_id, self.state.value if self.state else "", self.locked)


class People:
    """People by what identifies them. Two texts are taken for equal by 64 bits of their hash, which is valid within
    the process.
    """

    def __init__(self) -> None:
        self._by_key, self._by_number, self._closed_by_number = Lists(), Lists(), Lists()
        self._who, self._campaigns, self._marks = array("Q", [0]), array("Q", [0]), array("B", [0])
        self._keys, self._names, self._rows = array("Q", [0]), array("Q", [0]), array("Q", [0])

    def __len__(self) -> int:
        return len(self._who) - 1

    def add(
        self, person: Person, who: int, campaign_id: int = 0, state: State | None = None, *, locked: bool = False
    ) -> None:
        place = len(self._who)
        self._who.append(who)
        self._campaigns.append(campaign_id)
        self._marks.append((_STATES.index(state) + 1 if state else 0) * 2 + locked)
        self._keys.append(_hash(person.key))
        self._names.append(_hash(person.name))
        self._rows.append(person.row & _MASK)
        if person.folded_key:
            self._by_key.add(_hash(person.folded_key), _hash((person.folded_key, campaign_id)), place)
        # Whoever must not be called again is found however many share the number.
        is_closed = locked or (state is not None and state.may_be_final)
        by_number = self._closed_by_number if is_closed else self._by_number
        for number in person.numbers:
            by_number.add(_hash(number), _hash((number, person.name)), place)

    def matches(self, person: Person, campaign_id: int = 0) -> list[Match]:
        """Whoever shares the key, in any spelling, or a number, in any slot; in the order in which they came."""
        if not self._knows(person):
            return []
        by_key, by_number = set[int](), set[int]()
        if person.folded_key:
            by_key.update(self._found(self._by_key, person.folded_key, campaign_id))
        for number in person.numbers:
            by_number.update(self._found(self._by_number, number, person.name))
            by_number.update(self._found(self._closed_by_number, number, person.name))
        key, name = _hash(person.key), _hash(person.name)
        return [
            Match(
                who=self._who[place],
                campaign_id=self._campaigns[place],
                state=_STATES[mark // 2 - 1] if (mark := self._marks[place]) > 1 else None,
                locked=bool(mark % 2),
                has_key=self._keys[place] != _hash(""),
                same_key=place in by_key and self._keys[place] == key,
                alike_key=place in by_key,
                same_number=place in by_number,
                same_name=self._names[place] == name,
                same_row=bool(person.row) and self._rows[place] == person.row & _MASK,
            )
            for place in sorted(by_key | by_number)
        ]

    def _knows(self, person: Person) -> bool:
        """Whether anybody shares anything, which of most rows nobody does."""
        if person.folded_key and self._by_key.has(_hash(person.folded_key)):
            return True
        numbers = map(_hash, person.numbers)
        return any(self._by_number.has(number) or self._closed_by_number.has(number) for number in numbers)

    @staticmethod
    def _found(lists: Lists, text: str, narrower: object) -> Sequence[int]:
        items = lists.of(_hash(text))
        return items if len(items) < MAX_SHARING else [*items, *lists.of(_hash((text, narrower)))]


class Record(NamedTuple):
    """A contact of the dialler, as far as a check needs it."""

    contact_id: int
    campaign_id: int
    user_data: str | None
    name: str | None
    first_name: str | None
    numbers: Sequence[str]
    state: State
    locked: bool = False

    @property
    def is_closed(self) -> bool:
        """Whether this person must not be called again, as far as is known."""
        return self.locked or self.state.may_be_final


def record_of(contact: Contact, code: ResultCode | None) -> Record:
    """What a check needs of a contact whose current result is `code`."""
    return Record(
        contact.id,
        contact.dialler_campaigns_id if is_id(contact.dialler_campaigns_id) else 0,
        contact.user_data,
        contact.name,
        contact.first_name,
        [slot.number for slot in phone_slots(contact)],
        state_of(contact, code),
        contact.b_locked is True,
    )


def existing_of(records: Iterable[Record]) -> People:
    """The contacts that are there already."""
    people = People()
    for record in records:
        add_record(people, record)
    return people


def add_record(people: People, record: Record) -> None:
    """Add a contact that is there already. A number that is stored wrong counts as all that it may mean."""
    key = (record.user_data or "").strip()
    numbers = list(dict.fromkeys(number for one in record.numbers for number in meant(one)))
    person = Person(key, folded_key(key), person_of(record.name, record.first_name), numbers)
    people.add(person, record.contact_id, record.campaign_id, record.state, locked=record.locked)


def _hash(value: object) -> int:
    return (hash(value) & _MASK) or 1
