import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.domain.escapes import Span, has_escapes, unescaped


@pytest.mark.parametrize(
    ("text", "plain_text"),
    [
        ("a&nbsp;b", "a b"),
        ("a&#64;b&#x40;c&commat;d", "a@b@c@d"),
        ("a%20b%C3%A4", "a b\u00e4"),
        ("a\\u0040b\\nc", "a@b c"),
        ("a<br/>b\u2039b class=x\u203ac", "abc"),
        ("a&shy;b&#8203;c", "abc"),
        ("&#55357;", "\ufffd"),
        ("M&amp;S", "M&S"),
    ],
)
def test_an_escape_is_read_as_what_it_stands_for(text: str, plain_text: str):
    assert has_escapes(text)
    assert unescaped(text).text == plain_text


@pytest.mark.parametrize("text", ["M & S GmbH; 5 % mehr", "3 < 4 > 2", "\u2039 2024 \u203a"])
def test_what_only_looks_like_one_is_none(text: str):
    assert not has_escapes(text)
    assert unescaped(text).text == text


def test_a_part_is_found_again_with_its_escapes():
    plain_text = unescaped("Tel <b>0152&nbsp;1</b>2")
    assert plain_text.text == "Tel 0152 12"
    assert plain_text.place(Span(4, 11)) == Span(7, 23)


@given(st.text(alphabet="a1 &#;%4\\u0n<b>/x"))
def test_every_character_has_its_place(text: str):
    plain_text = unescaped(text)
    assert len(plain_text.places) == len(plain_text.text)
    assert [place.start for place in plain_text.places] == sorted(place.start for place in plain_text.places)
