import base64
from collections.abc import Callable

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dialler_mcp.api.secrets import MARK, MIN_LENGTH, Secret

TOKEN = "s3cret/Token+9"
Encode = Callable[[bytes], bytes]


@pytest.mark.parametrize(
    "form",
    [
        TOKEN.encode(),
        TOKEN.encode().hex().encode(),
        base64.b64encode(TOKEN.encode()),
        b"s3cret%2FToken%2B9",
        b"s3cret\\/Token+9",
        b"".join(b"%%%02x" % byte for byte in TOKEN.encode()),
        b"".join(b"%%%02X" % byte for byte in TOKEN.encode()),
        b"s3cret%2FToken+9",
        b"s%33cret\\u002fToken&#43;9",
        b"&#x73;3cret/Tok\\x65n+%39",
    ],
)
def test_a_token_is_taken_out_in_every_form(form: bytes):
    assert Secret(TOKEN).taken_out(b"before " + form + b" after").startswith(b"before " + MARK)
    assert form not in Secret(TOKEN).taken_out(b"before " + form + b" after")


@pytest.mark.parametrize("before", [b"", b"x:", b"Bearer ", b"Authorization: Bearer "])
@pytest.mark.parametrize("after", [b"", b"\n", b" as sent"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_a_token_that_was_encoded_together_with_other_words_is_found(before: bytes, after: bytes, encode: Encode):
    text = Secret(TOKEN).taken_out(encode(before + TOKEN.encode() + after))
    assert MARK in text
    assert len(text.replace(MARK, b"")) <= len(encode(before + after)) + 4


@given(st.text(st.characters(codec="ascii"), max_size=20), st.text(st.characters(codec="ascii"), max_size=20))
def test_what_stands_around_a_token_with_escapes_stays(before: str, after: str):
    assume(not {before[-1:], after[:1]} & set("%\\&#x0123456789;") and TOKEN not in before + after)
    mixture = b"%ss%%33cret/Token+9%s" % (before.encode(), after.encode())
    assert Secret(TOKEN).taken_out(mixture) == before.encode() + MARK + after.encode()


def test_a_token_with_escapes_is_taken_out_of_the_address_in_a_tag():
    page = b'<a href="/retry?token=s3cret%2FToken+9&amp;x=1">Retry</a>'
    assert Secret(TOKEN).taken_out(page) == b'<a href="/retry?token=[token]&amp;x=1">Retry</a>'


ESCAPED = (
    *("%{:02x}", "%{:02X}", "\\u{:04x}", "\\x{:02x}", "&#{};", "&#x{:X};", "%25{:02x}", "&amp;#{};", "%26%23{};"),
    *("\\u0025{:02x}", "\\u005cu{:04x}", "&#37;{:02x}", "&#92;x{:02x}", "%&#x32;&#x35;{:02x}", "&#0038;#{};"),
)
NOISE = (
    *(
        "&amp;",
        "&shy;",
        "\\u200b",
        "%20",
        "%c3%bc",
        "\\u00fc",
        "&uuml;",
        "&nbsp;",
        "%e2%80%8b",
        "\\u00ad",
        "&#173;",
        "\\n",
    ),
    *(
        "\\u0026",
        "%25",
        "%26",
        "&quot;",
        "&#39;",
        "\\u003c",
        "%2F",
        "&zwnj;",
        "%00",
        "\\ufeff",
        "&lt;b&gt;",
        "a",
        "; ",
        "&",
    ),
)


@st.composite
def mixtures(draw: st.DrawFn, token: str) -> str:
    """A token whose letters are written in many ways, with something between some of them and around them."""
    letters = list[str]()
    for letter in token:
        ways = ("{}", "{}", *ESCAPED)
        way = draw(st.sampled_from(ways))
        letters.append(letter if way == "{}" else way.format(ord(letter)))
        if not draw(st.integers(0, 12)):
            letters.append(draw(st.sampled_from(NOISE)))
    noise = st.lists(st.sampled_from(NOISE), max_size=3).map("".join)
    return draw(noise) + "".join(letters) + draw(noise)


@pytest.mark.parametrize("token", [TOKEN, "aBc=dE<f&g", "tök-en-ß", "with blank", "123-456-789"])
@settings(deadline=None)
@given(data=st.data())
def test_what_usual_escapes_leave_out_is_found_as_by_looking_at_all(token: str, data: st.DataObject):
    content, unusual = data.draw(mixtures(token)).encode(), b"| \\u0000"  # with which all is looked at
    assert Secret(token).taken_out(content) + unusual == Secret(token).taken_out(content + unusual)


@pytest.mark.parametrize(
    "usual", ["M\\u00fcller &amp; Co", "5 %", "a%20b%2Cc", "x&nbsp;&uuml;&#39;", "A\\u0026B %C3%BC"]
)
def test_usual_escapes_are_not_looked_at_closely(usual: str, monkeypatch: pytest.MonkeyPatch):
    def looked(_: str, *, tags: bool) -> None:
        raise AssertionError(f"looked at closely, tags={tags}")

    monkeypatch.setattr("dialler_mcp.api.secrets.unescaped", looked)
    assert Secret(TOKEN).taken_out(usual.encode()) == usual.encode()
    with pytest.raises(AssertionError):
        Secret(TOKEN).taken_out(b"\\u0073ecret")


def test_other_content_stays_as_it_is():
    assert Secret(TOKEN).taken_out(b'{"Name": "Mustermann"}') == b'{"Name": "Mustermann"}'


def test_a_token_that_is_too_short_is_left_since_it_would_be_found_in_other_words():
    secret = Secret("a" * (MIN_LENGTH - 1))
    assert secret.taken_out(b"aaaaaaaa") == b"aaaaaaaa"
    assert secret.overlap == 0


def test_the_overlap_holds_all_but_the_last_byte_of_the_longest_form():
    assert Secret(TOKEN).overlap >= len(TOKEN.encode().hex()) - 1
