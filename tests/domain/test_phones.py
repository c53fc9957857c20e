"""Telephone numbers as the dialler stores them. All numbers are of the ranges kept free for films."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.domain.phones import normal, stored, wanted


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("493023125012", "493023125012"),
        ("+49 30 23125 012", "493023125012"),
        ("+49 (30) 23125-012", "493023125012"),
        ("0049 30/23125.012", "493023125012"),
        ("+49 171 39200 12", "491713920012"),
        ("+49 (0)30 23125 012", "493023125012"),
        ("+49(0) 171 3920012", "491713920012"),
        ("0049 (0) 30 23125012", "493023125012"),
        ("+49\u00a030\u202f23125\u2011012", "493023125012"),
        ("  +49 30 23125012\t", "493023125012"),
        ("\u202a+49 30 23125012\u202c", "493023125012"),
        ("+49 30 23125–012", "493023125012"),
        ("12345", "12345"),
        ("123456789012345", "123456789012345"),
    ],
)
def test_a_number_in_international_notation_becomes_its_digits(text: str, number: str) -> None:
    assert stored(text) == number


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("030 23125012", "needs its country code"),
        ("0171 3920012", "needs its country code"),
        ("(0)30 23125012", "needs its country code"),
        ("+0049 30 23125012", "needs its country code"),
        ("+", "must be a phone number"),
        ("", "must be a phone number"),
        ("00", "must be a phone number"),
        ("++493023125012", "must be a phone number"),
        ("anonymous", "must be a phone number"),
        ("493023125012 ext. 5", "must be a phone number"),
        ("sip:493023125012", "must be a phone number"),
        ("４９3023125012", "must be a phone number"),
        ("+49 30", "5 to 15 digits"),
        ("1234567890123456", "5 to 15 digits"),
    ],
)
def test_anything_else_is_refused_without_repeating_it(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)) as caught:
        stored(text)
    assert len(text) < 3 or text not in str(caught.value)


@given(st.text(alphabet="0123456789+ ()-/.\u00a0\u2011x", max_size=24) | st.text(max_size=24))
def test_what_is_stored_is_e164_and_stays_as_it_is(text: str) -> None:
    try:
        number = stored(text)
    except ValueError:
        return
    assert re.fullmatch(r"[1-9][0-9]{4,14}", number, re.ASCII)
    assert stored(number) == stored(f"+{number}") == stored(f"00{number}") == number


@pytest.mark.parametrize(
    ("text", "full", "ending"),
    [
        ("+49 (0)30 / 231 250", {"4930231250"}, ""),
        ("0043 1 23456", {"43123456"}, ""),
        ("0151 230 412", {"49151230412"}, "151230412"),
        ("230412", {"230412", "49230412"}, "230412"),
        ("012345", {"4912345"}, ""),
        ("12345", None, ""),
        ("", None, ""),
        ("abc123456", None, ""),
        ("1" * 17, None, ""),
        ("٠١٢٣٤٥٦", None, ""),
    ],
)
def test_what_a_number_can_mean(text: str, full: set[str] | None, ending: str):
    meant = wanted(text)
    assert meant == (None if full is None else (full, ending))


@pytest.mark.parametrize(
    ("stored_as", "number"),
    [
        ("4930231250", "4930231250"),
        ("+49 30 231250", "4930231250"),
        ("0049 (30) 231250", "4930231250"),
        ("030-231250", "4930231250"),
        ("anonymous", "anonymous"),
        ("", ""),
    ],
)
def test_a_number_that_was_stored_otherwise(stored_as: str, number: str):
    assert normal(stored_as) == number
