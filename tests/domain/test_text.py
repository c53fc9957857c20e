"""Text that somebody else wrote."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.domain.text import clean

HIDDEN = ["Cc", "Cf", "Cs", "Co", "Cn"]
NASTY = st.text(st.characters(categories=("Cc", "Cf", "Cs", "Co", "Zs", "Zl", "Zp", "Mn", "Lu")))


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Müller & Söhne", "Müller & Söhne"),
        ("  two   words ", "two words"),
        ("line\r\nbreak\ttab", "line break tab"),
        ("right\u202eto\u202cleft", "righttoleft"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("tag\U000e0041\U000e0042", "tag"),
        ("hidden\ufe0f\U000e0101", "hidden"),
        ("bell\x07 null\x00", "bell null"),
        ("private\ue000", "private"),
        ("lone\ud800", "lone"),
        ("narrow\u202fand\u00a0wide\u3000", "narrow and wide"),
        ("para\u2029graph\u2028line", "para graph line"),
        ("\u200b", ""),
        ("a \u200b b", "a b"),
        ("🦊 e\u0301", "🦊 e\u0301"),
        ("", ""),
    ],
)
def test_what_nobody_sees_is_taken_out(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(st.text(st.characters(), max_size=40) | NASTY)
def test_any_text_becomes_one_visible_line(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert cleaned == cleaned.strip()
    assert "  " not in cleaned
    assert not any(unicodedata.category(character) in HIDDEN for character in cleaned)
    assert len(cleaned.splitlines()) <= 1


@given(st.text(st.characters(categories=("L", "N", "P")), min_size=1))
def test_letters_numbers_and_punctuation_stay(text: str) -> None:
    assert clean(text) == text
