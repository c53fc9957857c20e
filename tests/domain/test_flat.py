"""Copies of texts in plain digits and letters."""

from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.domain.flat import digits_at_most, flat


def test_digits_and_letters_of_any_script_and_width_are_plain() -> None:
    assert flat("ＤＥ０２ ٣٤ ⓿❶ ²\u2013\u2212D\u0415") == "DE02 34 01 2--DE"


@given(st.text())
def test_a_flat_copy_has_the_same_length(text: str) -> None:
    assert len(flat(text)) == len(text)


@given(st.text())
def test_there_are_never_more_digits_than_were_counted(text: str) -> None:
    assert sum(map(str.isdecimal, flat(text))) <= digits_at_most(text)
