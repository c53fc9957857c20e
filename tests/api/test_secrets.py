import base64
from collections.abc import Callable

import pytest

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
    ],
)
def test_a_token_is_taken_out_in_every_form(form: bytes):
    assert Secret(TOKEN).taken_out(b"before " + form + b" after").startswith(b"before " + MARK)
    assert form not in Secret(TOKEN).taken_out(b"before " + form + b" after")


@pytest.mark.parametrize("before", [b"", b"x:", b"Bearer ", b"Authorization: Bearer "])
@pytest.mark.parametrize("after", [b"", b"\n", b" as sent"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_a_token_that_was_encoded_together_with_other_words_is_found(before: bytes, after: bytes, encode: Encode):
    seen = Secret(TOKEN).taken_out(encode(before + TOKEN.encode() + after))
    assert MARK in seen
    assert len(seen.replace(MARK, b"")) <= len(encode(before + after)) + 4


def test_other_content_stays_as_it_is():
    assert Secret(TOKEN).taken_out(b'{"Name": "Mustermann"}') == b'{"Name": "Mustermann"}'


def test_a_token_that_is_too_short_is_left_since_it_would_be_found_in_other_words():
    secret = Secret("a" * (MIN_LENGTH - 1))
    assert secret.taken_out(b"aaaaaaaa") == b"aaaaaaaa"
    assert secret.overlap == 0


def test_the_overlap_holds_all_but_the_last_byte_of_the_longest_form():
    assert Secret(TOKEN).overlap >= len(TOKEN.encode().hex()) - 1
