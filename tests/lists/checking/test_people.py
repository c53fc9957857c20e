import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.domain.contact_state import State
from dialler_mcp.domain.records import Contact
from dialler_mcp.lists.checking.candidates import ExistingContact
from dialler_mcp.lists.checking.people import MAX_SHARING, People, Person, Record, Table, existing_of, record_of


@given(st.lists(st.tuples(st.integers(1, 2**64 - 1), st.integers(1, 2**32 - 1)), max_size=3_000))
def test_a_table_of_integers_is_a_dict(pairs: list[tuple[int, int]]) -> None:
    table, same = Table(), dict(pairs)
    for key, value in pairs:
        table.put(key, value)
    assert {key: table.get(key) for key in same} == same
    assert table.get(next(key for key in range(1, 2**64) if key not in same)) == 0


def test_a_table_grows() -> None:
    table = Table()
    for number in range(4930_0000, 4930_5000):
        table.put(number, number % 1000 + 1)
    assert all(table.get(number) == number % 1000 + 1 for number in range(4930_0000, 4930_5000))


def _record(contact_id: int, *numbers: str, key: str = "K1", name: str = "Lang", state: State = State.open) -> Record:
    return Record(contact_id, 7, key, name, "Ada", numbers, state)


def test_contacts_are_found_by_any_number_and_by_their_key_in_any_spelling() -> None:
    people = existing_of([_record(1, "493023125001", "491713920000"), _record(2, "493023125002", key="K2 ")])
    assert len(people) == 2
    (by_number,) = people.matches(Person.of("", "ada lang", "", ["491713920000"]))
    assert (by_number.who, by_number.same_number, by_number.same_name, by_number.alike_key) == (1, True, True, False)
    (by_key,) = people.matches(Person.of("k2", "x", "", []))
    assert (by_key.who, by_key.alike_key, by_key.same_key) == (2, True, False)
    assert not people.matches(Person.of("", "ada lang", "", ["493023125009"]))


def test_all_who_share_something_are_found_in_their_order() -> None:
    people = existing_of([_record(9, "493023125001"), _record(3, "493023125001"), _record(5, "493023125002")])
    assert [match.who for match in people.matches(Person.of("K1", "", "", ["493023125001"]))] == [9, 3, 5]


def test_a_number_that_is_stored_wrong_counts_as_what_it_means() -> None:
    people = existing_of([_record(1, "030 23125001", "30231250"), _record(2, "anonymous", key="K2")])
    for number in ("493023125001", "4930231250"):
        assert [match.who for match in people.matches(Person.of("", "", "", [number]))] == [1]


def test_a_match_knows_its_contact() -> None:
    record = Record(11, 8, None, "Lang", "Ada", ["493023125001"], State.done, locked=True)
    (match,) = existing_of([record]).matches(Person.of("", "", "", ["493023125001"]))
    assert match.known == ExistingContact(11, 8, "done", True)
    assert not match.has_key


def test_a_row_that_was_seen_has_neither_state_nor_lock() -> None:
    people = People()
    people.add(Person.of("K1", "x", "", ["493023125001"], ("K1", "x")), 2)
    (match,) = people.matches(Person.of("K1", "x", "", ["493023125001"], ("K1", "x")))
    assert (match.state, match.locked, match.same_row, match.has_key) == (None, False, True, True)


def test_a_number_that_many_share_hides_nobody_who_is_closed_or_of_the_same_name() -> None:
    people = People()
    for who in range(1, 200):
        people.add(Person.of("", f"name {who}", "", ["493023125001"]), who, 7, State.open)
    people.add(Person.of("", "closed", "", ["493023125001"]), 900, 7, State.done)
    matches = people.matches(Person.of("", "name 150", "", ["493023125001"]))
    assert len(matches) <= 2 * MAX_SHARING
    assert {150, 900} <= {match.who for match in matches}
    assert matches[0].who == 1


def test_a_key_that_many_share_hides_no_contact_of_the_campaign() -> None:
    people = People()
    for who in range(1, 200):
        people.add(Person.of("0", "", "", []), who, 8 if who != 150 else 7, State.open)
    matches = people.matches(Person.of("0", "", "", []), 7)
    assert 150 in [match.who for match in matches]
    assert len(matches) <= 2 * MAX_SHARING


@pytest.mark.parametrize("campaign", [-1, 2**63, 2**64, 10**30])
def test_a_campaign_that_there_cannot_be_is_none(campaign: int) -> None:
    record = record_of(Contact(id=7, name="Lang", dialler_campaigns_id=campaign, phone_number1="493023125001"), None)
    assert record.campaign_id == 0
    assert existing_of([record])


NUMBERS = [f"4930231250{digit:02}" for digit in range(40)]


@given(st.lists(st.tuples(st.sampled_from(["", "k1", "k2", "k3"]), st.sets(st.sampled_from(NUMBERS), max_size=3))))
def test_strangers_are_found_as_those_who_were_added_one_by_one(people: list[tuple[str, set[str]]]) -> None:
    persons = [Person.of(key, f"name {who}", "", sorted(numbers)) for who, (key, numbers) in enumerate(people)]
    strangers = list[tuple[Person, int, int]]()
    alone, together = People(), People()
    for line, person in enumerate(persons, 2):
        among_strangers = {each for other, _, _ in strangers for each in (other.folded_key, *other.numbers)}
        marks = {person.folded_key, *person.numbers} - {0}
        shared = together.shared([person])
        assert shared <= marks
        assert bool(alone.matches(person)) == bool(shared or among_strangers & marks)
        if shared or among_strangers & marks:
            together.add_strangers(strangers)
            strangers.clear()
            together.add(person, line, 7)
        else:
            strangers.append((person, line, 7))
        alone.add(person, line, 7)
    together.add_strangers(strangers)
    assert len(together) == len(alone)
    assert [together.matches(person) for person in persons] == [alone.matches(person) for person in persons]
