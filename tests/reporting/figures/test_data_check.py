"""Each check against contacts that were made for it, and the doubled numbers against plain Python."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import count, islice
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.domain.contact_state import State
from dialler_mcp.domain.phone_flaws import Flaw
from dialler_mcp.domain.privacy import Privacy
from dialler_mcp.domain.records import Campaign, Contact
from dialler_mcp.reporting.figures.data_check import (
    CHECKS,
    EXAMPLES,
    GROUPED,
    Check,
    findings,
    groups,
    people,
    possible,
    rows_of,
    singles,
    unchecked,
)
from dialler_mcp.reporting.snapshot.database import Database
from dialler_mcp.reporting.snapshot.opening import Snapshot
from dialler_mcp.reporting.snapshot.views import view_columns
from tests.examples import examples
from tests.reporting.house import House


def sound(number: int, **values: Any) -> Contact:
    """A contact that no check finds, but for what is given."""
    usual: dict[str, Any] = {
        "name": f"Muster{chr(97 + number % 26)}{chr(97 + number // 26)}x",
        "first_name": "Erika",
        "city": "Berlin",
        "postal_code": "10115",
        "user_data": f"Key-{number}",
        "phone_number1": f"4930231{number:05d}",
    }
    return Contact(**{**usual, **values})


async def listed(house: House, *contacts: Contact, campaign_id: int | None = None) -> tuple[int, list[int]]:
    """A new campaign of these contacts, and their IDs."""
    if campaign_id is None:
        campaign_id = house.store.add_campaign(Campaign(name=f"To be checked {len(house.store.campaigns())}")).id
    ids = list[int]()
    for contact in contacts:
        contact.dialler_campaigns_id = campaign_id
        ids.append(house.store.add_contact(contact).id)
    await house.snapshots.refresh([campaign_id], budget_seconds=100)
    return campaign_id, ids


CASES: dict[Check, list[list[dict[str, Any]]]] = {
    Check.same_number: [
        [{"phone_number1": "493023125001"}, {"phone_number4": "493023125001"}],
        [{"phone_number2": "493023125002"}, {"phone_number1": "493023125002"}, {"phone_number6": "493023125002"}],
    ],
    Check.same_user_data: [[{"user_data": "CRM-1"}, {"user_data": " CRM-1 "}]],
    Check.same_person: [
        [
            {"name": "Müller", "city": "Köln", "postal_code": ""},
            {"name": "MUELLER", "city": "koeln", "postal_code": ""},
        ],
        [{"name": "Groß", "city": "A"}, {"name": "gross", "city": "B"}],
        [
            {"name": "", "first_name": "", "company": "Acme AG"},
            {"name": None, "first_name": None, "company": "ACME-AG"},
        ],
    ],
    Check.number_twice: [[{"phone_number1": "493023125009", "phone_number3": "493023125009"}]],
    Check.malformed_number: [
        [{"phone_number1": "03023125019"}],
        [{"phone_number1": "49302"}],
        [{"phone_number1": "4930231250011111"}],
        [{"phone_number1": "49302312500 App. 3"}],
    ],
    Check.marked_invalid: [[{"b_phone_number1_invalid": True}]],
    Check.no_number: [[{"phone_number1": None}], [{"phone_number1": " "}]],
    Check.no_name: [[{"name": None, "first_name": " ", "company": ""}]],
    Check.no_user_data: [[{"user_data": None}], [{"user_data": "  "}]],
    Check.too_long: [[{"name": "x" * 65}], [{"postal_code": "12345678901"}]],
}


@pytest.mark.thorough
async def test_a_check_finds_what_it_is_for_and_no_other_does(house: House):
    """In one list, so that each contact that one check too many finds is one too many there."""
    cases = [(check, case) for check in Check for case in CASES[check]]
    following = count()
    contacts = [sound(next(following), **values) for _, case in cases for values in case]
    campaign, ids = await listed(house, *contacts, *(sound(next(following)) for _ in range(2)))
    left, wanted = iter(ids), defaultdict[Check, list[tuple[int, ...]]](list)
    for check, case in cases:
        wanted[check].append(tuple(islice(left, len(case))))
    with house.snapshots.open([campaign]) as snapshot:
        by_check = {one.check: one for one in findings(snapshot, Privacy.bank)}
        assert set(by_check) == set(Check)
        for check, finding in by_check.items():
            expected = sorted(wanted[check], key=lambda members: (-len(members), members))
            assert finding.contacts == sum(map(len, expected)), check
            assert finding.examples == tuple(members[0] for members in expected)[:EXAMPLES], check
            assert rows_of(snapshot, check, Privacy.bank) == len(expected), check
            if check in GROUPED:
                assert [
                    (group.members, group.contacts, group.campaign_ids) for group in groups(snapshot, check, 20)
                ] == [(members, len(members), (campaign,)) for members in expected], check
            else:
                assert [(one.contact_id, one.campaign_id) for one in singles(snapshot, check, Privacy.bank, 20)] == [
                    (number, campaign) for (number,) in expected
                ], check


async def test_one_number_is_found_twice_however_it_is_written(house: House):
    notations = ["493023125001", "+49 (0)30 2312-5001", "00493023125001", "030 23125001", "+49 030 23125001"]
    campaign, ids = await listed(house, *(sound(place, phone_number2=text) for place, text in enumerate(notations)))
    _, (both,) = await listed(
        house, sound(9, phone_number2="0171 3920009", phone_number3="491713920009"), campaign_id=campaign
    )
    with house.snapshots.open([campaign]) as snapshot:
        (group,) = groups(snapshot, Check.same_number, 20)
        (twice,) = singles(snapshot, Check.number_twice, Privacy.bank, 20)
    assert group.members == tuple(ids)
    assert (twice.contact_id, twice.place) == (both, "2+3")


async def test_a_number_that_is_stored_wrong_is_named_with_the_right_one(house: House):
    wrong = {
        "03023125001": (Flaw.country, "493023125001"),
        "49491713920001": (Flaw.twice, "491713920001"),
        "49302": (Flaw.short, None),
        "4930231250011111": (Flaw.long, None),
        "49302312500 x3": (Flaw.letters, None),
        "+49 (0)30 2312-5001": (Flaw.form, "493023125001"),
        "4903023125002": (Flaw.form, "493023125002"),
        "00491713920000": (Flaw.form, "491713920000"),
        "4930231250.0": (Flaw.figure, "4930231250"),
        "4.93023E+11": (Flaw.figure, None),
        "030 23125003 / 0171 3920003": (Flaw.several, None),
        "491522881738": (Flaw.unassigned, None),
        "499001234567": (Flaw.premium, None),
    }
    right = ["4930231250", "491713920004", "4915228817386", "390212345678"]
    contacts = (sound(place, phone_number2=number) for place, number in enumerate([*wrong, *right]))
    campaign, ids = await listed(house, *contacts)
    with house.snapshots.open([campaign]) as snapshot:
        flaws = singles(snapshot, Check.malformed_number, Privacy.bank, 20)
    assert {one.contact_id: (one.place, one.flaw, one.right) for one in flaws} == {
        contact_id: ("2", *text) for contact_id, text in zip(ids, wrong.values(), strict=False)
    }


async def test_checks_for_which_there_is_no_time_are_left_out(house: House):
    campaign, _ = await listed(house, sound(1))
    times = iter([True, True, False, True, *[False] * len(Check)])
    with house.snapshots.open([campaign]) as snapshot:
        by_check = findings(snapshot, Privacy.bank, lambda: next(times))
    assert [one.check for one in by_check] == [*Check][:2]


async def test_people_are_told_apart_by_name_or_company(house: House):
    campaign, (one, other, nobody) = await listed(
        house,
        sound(1, name="Muster", n_tries_phone_number1=3, b_locked=True),
        sound(2, name=" ", first_name=None, company="Muster AG"),
        sound(3, name=None, first_name=None, user_data=None),
    )
    with house.snapshots.open([campaign]) as snapshot:
        persons = people(snapshot, [one, other, nobody, 1])
        assert people(snapshot, []) == {}
    assert set(persons) == {one, other, nobody}
    assert (persons[one].user_data, persons[one].name, persons[one].attempts) == ("Key-1", "Erika Muster", 3)
    assert persons[one].campaign_id == campaign
    assert (persons[one].locked, persons[other].locked) == (True, False)
    assert (persons[other].name, persons[nobody].name, persons[nobody].user_data) == ("Muster AG", "", "")
    assert persons[one].state in [*State]


@pytest.mark.thorough
async def test_duplicates_reach_over_campaigns(house: House):
    first, (one,) = await listed(house, sound(1))
    second, (other,) = await listed(house, sound(1, user_data="Other"))
    with house.snapshots.open([first, second]) as snapshot:
        by_check = {each.check: each for each in findings(snapshot, Privacy.bank)}
        (group,) = groups(snapshot, Check.same_number, 20)
    assert (by_check[Check.same_number].groups, by_check[Check.same_number].across) == (1, 1)
    assert set(group.members) == {one, other}
    assert group.campaign_ids == (first, second)


async def test_masked_numbers_are_compared_by_pseudonym_and_their_form_is_not_checked(build: Callable[..., House]):
    house = build(privacy=Privacy.masked)
    campaign, ids = await listed(house, sound(1, phone_number1="12"), sound(2), sound(3, phone_number1="493023100002"))
    with house.snapshots.open([campaign]) as snapshot:
        by_check = {each.check: each for each in findings(snapshot, Privacy.masked)}
    assert Check.malformed_number not in by_check
    assert by_check[Check.same_number].contacts == 2
    assert by_check[Check.same_number].examples == (ids[1],)
    assert unchecked(Privacy.masked) == [Check.malformed_number]
    assert set(possible(Privacy.full)) == set(Check) == set(CHECKS)


async def test_an_empty_campaign_has_nothing_wrong(house: House):
    campaign, _ = await listed(house)
    with house.snapshots.open([campaign]) as snapshot:
        assert not any(one.contacts for one in findings(snapshot, Privacy.bank))


async def test_pages_follow_each_other(house: House):
    campaign, ids = await listed(house, *(sound(number, phone_number1=None) for number in range(5)))
    with house.snapshots.open([campaign]) as snapshot:
        pages = [singles(snapshot, Check.no_number, Privacy.bank, 2, after) for after in (0, 2, 4)]
    assert [one.contact_id for page in pages for one in page] == ids


class InMemory:
    """The view `contacts` over rows of our own."""

    def __init__(self) -> None:
        self.database = Database(threads=1)
        columns = ", ".join(f"{column.name} {column.type}" for column in view_columns("contacts", Privacy.bank))
        self.database.run(f"CREATE TABLE contacts ({columns})")

    def hold(self, rows: list[dict[int, str]]) -> None:
        """These rows and no others."""
        self.database.run("TRUNCATE contacts")
        self.database.run("DROP TABLE IF EXISTS spelled")
        for number, slots in enumerate(rows, 1):
            names = ", ".join(["contact_id", "campaign_id", *(f"phone_number{slot}" for slot in slots)])
            marks = ", ".join("?" * (len(slots) + 2))
            self.database.run(f"INSERT INTO contacts ({names}) VALUES ({marks})", [number, 1, *slots.values()])

    def rows(self, sql: str, values: Sequence[object] = ()) -> Any:
        return self.database.rows(sql, values)


@pytest.fixture(scope="module")
def in_memory() -> Iterator[InMemory]:
    """One for all examples."""
    house = InMemory()
    with house.database:
        yield house


NUMBERS = st.sampled_from(["493023125001", "+49 30 23125001", "493023125002", "00493023125002", "493023125003", ""])


@examples(15)
@given(rows=st.lists(st.dictionaries(st.integers(1, 6), NUMBERS, max_size=4), max_size=8))
@pytest.mark.thorough
def test_doubled_numbers_are_those_that_plain_python_finds(in_memory: InMemory, rows: list[dict[int, str]]):
    owners = defaultdict[str, set[int]](set)
    for number, slots in enumerate(rows, 1):
        for text in slots.values():
            if digits := "".join(filter(str.isdigit, text)).removeprefix("00"):
                owners[digits].add(number)
    twins = {tuple(sorted(ids)) for ids in owners.values() if len(ids) > 1}
    in_memory.hold(rows)
    snapshot = cast(Snapshot, in_memory)
    assert {group.members for group in groups(snapshot, Check.same_number, 100)} == twins
    time = iter([True, *[False] * len(Check)])
    (finding,) = findings(snapshot, Privacy.bank, lambda: next(time))
    assert finding.check is Check.same_number
    assert (finding.groups, finding.contacts) == (len(twins), len({i for ids in twins for i in ids}))
