from typing import Any

import pytest

from dialler_mcp.domain.fields import MAX_ID
from dialler_mcp.service.parameters import plain_number, printable, printable_lines, visible
from tests.tools.asking import Make, refused


@pytest.mark.parametrize("value", [0, -1, MAX_ID + 1, 2**70, True, "abc", 1.5, None, [1]])
async def test_an_id_that_is_none_is_refused_before_anything_is_sent(bench: Make, value: Any):
    b = bench()
    said = await refused(b, "get_contact", contact_id=value)
    assert said.startswith("Nothing was sent. Correct the arguments: contact_id:")
    assert b.wire.requests == []


@pytest.mark.parametrize("value", ["", " ", "\t", "a" * 65, "a\u200b", "a\u202eb", "\x00", "\ud800", "\ue000"])
async def test_a_key_that_nobody_types_is_refused_without_repeating_it(bench: Make, value: str):
    b = bench()
    said = await refused(b, "lock_contact_by_user_data", user_data=value)
    assert "user_data: must " in said
    assert b.wire.requests == []


@pytest.mark.parametrize("value", ["a\u200db", "Müller", "👩‍💻", None, ""])
def test_what_people_type_is_printable(value: str | None):
    assert printable(value) == value


def test_lines_are_for_long_texts_only():
    assert printable_lines("a\n\tb\r\n") == "a\n\tb\r\n"
    assert printable_lines(None) is None
    with pytest.raises(ValueError, match="invisible"):
        printable("a\nb")
    with pytest.raises(ValueError, match="invisible"):
        printable_lines("a\u200b")


def test_a_flag_is_no_number():
    assert plain_number(1) == 1
    with pytest.raises(ValueError, match="whole number"):
        plain_number(False)


@pytest.mark.parametrize(
    ("value", "bare"),
    [
        ("\u202a+49 30 23125001\u202c", "+49 30 23125001"),
        ("\ufeff4711", "4711"),
        ("47\u200d11", "4711"),
        ("(030) 231250\u200b-01", "(030) 231250-01"),
    ],
)
def test_a_number_goes_without_the_marks_that_nobody_sees(value: str, bare: str):
    assert printable(value) == visible(value) == printable_lines(value) == bare


def test_a_number_without_marks_is_kept_as_it_is():
    assert printable(" 4711 ") == printable_lines(" 4711 ") == " 4711 "


def test_visible_text_is_kept_as_it_is():
    assert visible(" Contact10 ") == " Contact10 "
