"""Many people in little memory: who has which key, name and number.

A table of integers by open addressing takes 12 bytes a slot, where a dict needs 100. A million contacts with 1.2
numbers each take about 80 MB.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import chain
from typing import NamedTuple, Self

from dialler_mcp.api.requests import is_id
from dialler_mcp.domain.contact_state import State, phone_slots, state_of
from dialler_mcp.domain.phones import meant
from dialler_mcp.domain.records import Contact, ResultCode
from dialler_mcp.domain.spelling import folded_key
from dialler_mcp.lists.checking.candidates import ExistingContact

_FREE = 0
_FULL_AT = 0.6
_FIRST_SIZE = 1 << 10
_NONE = 0
_MASK = (1 << 64) - 1
_STATES = tuple(State)
MAX_SHARING = 16
"""How many people are looked at for one key or number; those of the same name or campaign are found beyond that."""


class Table:
    """From an integer above 0, of 64 bits at most, to another of 32 bits. The keys are hashes, so that their last bits
    spread them.
    """

    def __init__(self) -> None:
        self._keys = array("Q", bytes(8 * _FIRST_SIZE))
        self._values = array("I", bytes(4 * _FIRST_SIZE))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def get(self, key: int) -> int:
        """Its value; 0 where there is none."""
        slots, last = self._keys, len(self._keys) - 1
        place = key & last
        while there := slots[place]:
            if there == key:
                return self._values[place]
            place = place + 1 & last
        return 0

    def among(self, keys: Iterable[int]) -> list[int]:
        """Those of these keys that are there."""
        if not self._count:
            return []
        slots, last = self._keys, len(self._keys) - 1
        known = list[int]()
        for key in keys:
            place = key & last
            while there := slots[place]:
                if there == key:
                    known.append(key)
                    break
                place = place + 1 & last
        return known

    def put(self, key: int, value: int) -> None:
        place = self._place(key)
        if self._keys[place] == _FREE:
            self._count += 1
            self._keys[place] = key
        self._values[place] = value
        if self._count > _FULL_AT * len(self._keys):
            self._grow()

    def put_new(self, keys: Sequence[int], first: int) -> None:
        """Put keys that are not there yet, each once, to values that count on from the first."""
        self._count += len(keys)
        while self._count > _FULL_AT * len(self._keys):
            self._grow()
        slots, values, last = self._keys, self._values, len(self._keys) - 1
        for value, key in enumerate(keys, first):
            place = key & last
            while slots[place]:
                place = place + 1 & last
            slots[place], values[place] = key, value

    def _place(self, key: int) -> int:
        keys, last = self._keys, len(self._keys) - 1
        place = key & last
        there = keys[place]
        while there != key and there != _FREE:
            place = place + 1 & last
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

    def add(self, key: int, narrower: object, item: int) -> None:
        head = self._heads.get(key)
        if head != _NONE and sum(1 for _ in self._from(head)) >= MAX_SHARING:
            key = hash((key, narrower)) & _MASK
            head = self._heads.get(key)
            if head != _NONE and sum(1 for _ in self._from(head)) >= MAX_SHARING:
                return
        self._next.append(head)
        self._items.append(item)
        self._heads.put(key, len(self._items) - 1)

    def add_new(self, keys: Sequence[int], items: Sequence[int]) -> None:
        """Add items under keys that are not there yet, each once."""
        self._heads.put_new(keys, len(self._items))
        self._next.extend([_NONE] * len(items))
        self._items.extend(items)

    def among(self, keys: Iterable[int]) -> list[int]:
        """Those of these keys under which there is anybody."""
        return self._heads.among(keys)

    def of(self, key: int, narrower: object) -> Sequence[int]:
        head = self._heads.get(key)
        if head == _NONE:
            return ()
        items = list(self._from(head))
        if len(items) >= MAX_SHARING:
            items += self._from(self._heads.get(hash((key, narrower)) & _MASK))
        return items

    def _from(self, place: int) -> Iterator[int]:
        while place != _NONE:
            yield self._items[place]
            place = self._next[place]


class Person(NamedTuple):
    """Somebody who is asked for or added, as hashes of 64 bits that are valid within the process: the key as it stands
    and folded, the whole name, the numbers; and of a row all its cells. 0 is the hash of nothing.
    """

    key: int
    folded_key: int
    name: int
    numbers: Sequence[int]
    row: int

    @classmethod
    def of(
        cls, key: str, name: object, first_name: object, numbers: Iterable[str], cells: tuple[str, ...] = ()
    ) -> Self:
        """Whoever has this key and these numbers; a name in whatever spelling."""
        return cls(
            hash(key) & _MASK,
            hash(folded_key(key)) & _MASK,
            hash(folded_key(f"{first_name or ''} {name or ''}")) & _MASK,
            [hash(number) & _MASK for number in numbers],
            hash(cells) & _MASK if cells else 0,
        )

    def shares(self, hashes: Set[int]) -> bool:
        """Whether the folded key or a number is one of these."""
        return bool(hashes) and (self.folded_key in hashes or not hashes.isdisjoint(self.numbers))


def is_closed(state: State | None, *, locked: bool) -> bool:
    """Whether somebody in this state must not be called again, as far as is known. A row of a list has no state."""
    return locked or (state is not None and state.may_be_final)


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
        return is_closed(self.state, locked=self.locked)

    @property
    def known(self) -> ExistingContact:
        return ExistingContact(self.who, self.campaign_id, self.state.value if self.state else "", self.locked)


class People:
    """People by what identifies them. Two texts are taken for equal by 64 bits of their hash."""

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
        self._keys.append(person.key)
        self._names.append(person.name)
        self._rows.append(person.row)
        if person.folded_key:
            self._by_key.add(person.folded_key, campaign_id, place)
        # Whoever must not be called again is found however many share the number.
        by_number = self._closed_by_number if is_closed(state, locked=locked) else self._by_number
        for number in person.numbers:
            by_number.add(number, person.name, place)

    def add_strangers(self, strangers: Sequence[tuple[Person, int, int]]) -> None:
        """Add rows who share nothing with anybody here, nor with each other: person, line and campaign of each. The
        same as `add` for one after the other.
        """
        places = range(len(self._who), len(self._who) + len(strangers))
        self._who.extend([line for _, line, _ in strangers])
        self._campaigns.extend([campaign_id for _, _, campaign_id in strangers])
        self._marks.extend(bytes(len(strangers)))
        persons = [person for person, _, _ in strangers]
        self._keys.extend([person.key for person in persons])
        self._names.extend([person.name for person in persons])
        self._rows.extend([person.row for person in persons])
        keys = [(person.folded_key, place) for person, place in zip(persons, places, strict=True) if person.folded_key]
        numbers = [(number, place) for person, place in zip(persons, places, strict=True) for number in person.numbers]
        for lists, pairs in ((self._by_key, keys), (self._by_number, numbers)):
            lists.add_new([key for key, _ in pairs], [place for _, place in pairs])

    def shared(self, persons: Iterable[Person]) -> set[int]:
        """The hashes of folded keys and of numbers of these persons that somebody here has, too: of most rows nobody
        has any, which many rows show together.
        """
        keys = [person.folded_key for person in persons if person.folded_key]
        numbers = [number for person in persons for number in person.numbers]
        lists = (self._by_key.among(keys), self._by_number.among(numbers), self._closed_by_number.among(numbers))
        return set(chain.from_iterable(lists))

    def matches(self, person: Person, campaign_id: int = 0) -> list[Match]:
        """Whoever shares the key, in any spelling, or a number, in any slot; in the order in which they came."""
        by_key, by_number = set[int](), set[int]()
        if person.folded_key:
            by_key.update(self._by_key.of(person.folded_key, campaign_id))
        for number in person.numbers:
            by_number.update(self._by_number.of(number, person.name))
            by_number.update(self._closed_by_number.of(number, person.name))
        return [
            Match(
                who=self._who[place],
                campaign_id=self._campaigns[place],
                state=_STATES[mark // 2 - 1] if (mark := self._marks[place]) > 1 else None,
                locked=bool(mark % 2),
                has_key=self._keys[place] != 0,
                same_key=place in by_key and self._keys[place] == person.key,
                alike_key=place in by_key,
                same_number=place in by_number,
                same_name=self._names[place] == person.name,
                same_row=bool(person.row) and self._rows[place] == person.row,
            )
            for place in sorted(by_key | by_number)
        ]


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
        return is_closed(self.state, locked=self.locked)


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
    person = Person.of(key, record.name, record.first_name, numbers)
    people.add(person, record.contact_id, record.campaign_id, record.state, locked=record.locked)
