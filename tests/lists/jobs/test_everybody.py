from collections.abc import Callable

import pytest

from dialler_mcp.lists.checking.people import People, add_record, record_of
from dialler_mcp.lists.jobs.everybody import Reading, closed_one, everybody
from tests.conftest import BERLIN, Bench
from tests.lists.jobs.test_looking import SINCE
from tests.tools.asking import Clock, fresh

Make = Callable[..., Bench]

NUMBER = "493023125901"


async def test_a_list_that_takes_long_is_kept_ten_times_as_long():
    clock = Clock()
    count = 0

    async def read() -> int:
        nonlocal count
        count += 1
        clock.seconds += 30
        return count

    reading = Reading(read, clock)
    assert await reading.value() == 1
    clock.seconds += 299
    assert await reading.value() == 1
    clock.seconds += 1
    assert await reading.value() == 2


async def test_only_those_who_must_not_be_called_again_are_remembered(bench: Make):
    b = bench()
    locked_contact = b.store.add_contact(fresh(user_data="K1", phone_number1=NUMBER, b_locked=True))
    b.store.add_contact(fresh(user_data="K2", phone_number1="493023125903"))
    people = (await everybody(b.profile.dialler, SINCE, BERLIN)).closed
    assert closed_one(people, "", [NUMBER]) == locked_contact.id
    assert closed_one(people, "K2", ["493023125903"]) is None


@pytest.mark.parametrize(
    ("key", "numbers", "is_found"),
    [
        (" k1 ", [], True),
        ("", ["493023125001", NUMBER], True),
        ("K2", ["493023125001"], False),
        ("", [], False),
    ],
)
def test_somebody_is_found_by_key_in_any_spelling_or_number_in_any_slot(key: str, numbers: list[str], is_found: bool):
    people = People()
    add_record(people, record_of(fresh(id=7, user_data="K1", phone_number4=NUMBER, b_locked=True), None))
    assert closed_one(people, key, numbers) == (7 if is_found else None)
