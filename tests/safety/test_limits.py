import math

import pytest

from dialler_mcp.domain.records import Contact
from dialler_mcp.safety.changes import Intent, Verb
from dialler_mcp.safety.limits import DAY, HOUR, MINUTE, MOST_CALLERS, Breaker, Limit, LimitReached, destroys
from tests.tools.asking import START, Clock

A_MINUTE = Limit("PER_MINUTE", 2, MINUTE)
AN_HOUR = Limit("PER_HOUR", 3, HOUR)
A_DAY = Limit("PER_DAY", 4, DAY)
DESTRUCTIVE = Limit("DESTRUCTIVE", 1, HOUR, destructive=True)


def test_each_window_slides():
    clock = Clock()
    breaker = Breaker([A_MINUTE, AN_HOUR, A_DAY], clock)
    # when, and what refuses the next one, until when
    steps = [(0, None), (1, None), (2, (A_MINUTE, 60)), (59, (A_MINUTE, 60)), (60, None), (61, (AN_HOUR, HOUR))]
    steps += [(HOUR - 1, (AN_HOUR, HOUR)), (HOUR, None), (HOUR + 1, (A_DAY, DAY)), (DAY, None)]
    for after, refused in steps:
        clock.seconds = START + after
        if refused is None:
            breaker.admit("a", destroys=False)
            continue
        with pytest.raises(LimitReached) as raised:
            breaker.admit("a", destroys=False)
        assert (raised.value.limit, raised.value.until - START) == refused, after


def test_of_several_limits_the_one_that_lasts_longest_is_named():
    breaker = Breaker([A_MINUTE, Limit("PER_DAY", 2, DAY)], Clock())
    for _ in range(2):
        breaker.admit("a", destroys=False)
    with pytest.raises(LimitReached) as raised:
        breaker.admit("a", destroys=False)
    assert raised.value.limit.setting == "PER_DAY"


def test_destructive_ones_have_a_limit_of_their_own_and_count_as_changes_too():
    breaker = Breaker([A_MINUTE, DESTRUCTIVE], Clock())
    breaker.admit("a", destroys=True)
    with pytest.raises(LimitReached) as raised:
        breaker.admit("a", destroys=True)
    assert raised.value.limit is DESTRUCTIVE
    breaker.admit("a", destroys=False)
    with pytest.raises(LimitReached) as raised:
        breaker.admit("a", destroys=False)
    assert raised.value.limit is A_MINUTE


def test_each_caller_is_counted_for_itself():
    breaker = Breaker([A_MINUTE], Clock())
    for caller in ("a", "b", "a", "b"):
        breaker.admit(caller, destroys=False)
    for caller in ("a", "b"):
        with pytest.raises(LimitReached):
            breaker.admit(caller, destroys=False)


def test_a_limit_of_zero_allows_nothing_ever():
    breaker = Breaker([Limit("PER_MINUTE", 0, MINUTE), Limit("DESTRUCTIVE", 0, DAY, destructive=True)], Clock())
    with pytest.raises(LimitReached) as raised:
        breaker.admit("a", destroys=True)
    assert math.isinf(raised.value.until)


def test_ever_new_names_do_not_help_and_do_not_fill_the_memory():
    clock = Clock()
    breaker = Breaker([A_MINUTE], clock)
    for number in range(MOST_CALLERS):
        breaker.admit(f"name {number}", destroys=False)
    for number in range(2):
        breaker.admit(f"newcomer {number}", destroys=False)
    with pytest.raises(LimitReached):
        breaker.admit("newcomer 2", destroys=False)
    clock.seconds += DAY
    breaker.admit("newcomer 3", destroys=False)
    breaker.admit("newcomer 4", destroys=False)
    breaker.admit("newcomer 5", destroys=False)


@pytest.mark.parametrize(
    ("verb", "record", "destructive"),
    [
        ("delete", Contact(id=1), True),
        ("import", Contact(id=1), True),
        ("import", None, False),
        ("update", Contact(id=1), False),
        ("reset", Contact(id=1), False),
    ],
)
def test_what_destroys(verb: Verb, record: Contact | None, destructive: bool):
    assert destroys(Intent(verb, "x", record)) is destructive
