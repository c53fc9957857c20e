import pytest

from dialler_mcp.problem import Problem
from dialler_mcp.service.paging import cursor_at, cursor_position, fit, known_fields, page

KNOWN = ["name", "state", "Name", "PhoneNumber1", "PhoneNumber2"]


def number(value: int) -> int:
    return value


def test_pages_follow_each_other_without_gap_or_repetition():
    items = [5, 3, 9, 1, 7]
    first, cursor = page(items, number, 2, None, "q")
    second, later = page(items, number, 2, cursor, "q")
    third, end = page(items, number, 2, later, "q")
    assert [*first, *second, *third] == items
    assert end is None


def test_the_last_full_page_has_no_cursor():
    assert page([1, 2], number, 2, None, "q") == ([1, 2], None)
    assert page([], number, 2, None, "q") == ([], None)


def test_a_cursor_behind_the_last_item_finds_nothing():
    assert page([1, 2], number, 2, cursor_at(2, "q"), "q") == ([], None)


def test_a_cursor_whose_item_is_gone_says_so():
    with pytest.raises(Problem, match="is gone"):
        page([1, 2], number, 2, cursor_at(3, "q"), "q")


def test_a_cursor_is_good_for_its_question_only():
    assert cursor_position(cursor_at(7, ("a", 1)), ("a", 1)) == 7
    assert cursor_position(None, "q") is None
    for question in (("a", 2), ("a", "1"), "a"):
        with pytest.raises(Problem, match="another question"):
            cursor_position(cursor_at(7, ("a", 1)), question)


def test_rows_that_do_not_fit_wait_behind_a_cursor():
    rows = [[n, "a" * 5_000] for n in range(9)]
    cursors = [f"c{n}" for n in range(9)]
    assert fit(rows, cursors, "end") == (rows[:3], "c2")
    assert fit(rows[:2], cursors, "end") == (rows[:2], "end")


@pytest.mark.parametrize(
    ("wishes", "names"),
    [
        (["state", "Name"], ["state", "Name"]),
        (["name", "Name", "NAME"], ["name", "Name"]),
        ([" phonenumber1 ", "PhoneNumber1"], ["PhoneNumber1"]),
    ],
)
def test_fields_are_taken_in_their_order_once(wishes: list[str], names: list[str]):
    assert known_fields(wishes, KNOWN) == names


@pytest.mark.parametrize(
    ("wish", "hint"), [("Phone1", "Use PhoneNumber1"), ("stat", "Use state"), ("ZZZ", "reference/fields")]
)
def test_an_unknown_field_is_named_by_its_place(wish: str, hint: str):
    with pytest.raises(Problem, match=f"number 2 is not a field.*{hint}") as error:
        known_fields(["state", wish], KNOWN)
    assert wish not in str(error.value).replace("state", "").replace("PhoneNumber1", "")
