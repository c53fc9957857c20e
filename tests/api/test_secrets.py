import base64

import pytest

from dialler_mcp.api.secrets import MARK, MIN_LENGTH, Secret

TOKEN = "s3cret/Token+9"


@pytest.mark.parametrize(
    "form",
    [
        TOKEN.encode(),
        TOKEN.encode().hex().encode(),
        base64.b64encode(TOKEN.encode()),
        b"s3cret%2FToken%2B9",
        b"s3cret\\/Token+9",
    ],
)
def test_a_token_is_taken_out_in_every_form(form: bytes):
    assert Secret(TOKEN).taken_out(b"before " + form + b" after").startswith(b"before " + MARK)
    assert form not in Secret(TOKEN).taken_out(b"before " + form + b" after")


def test_other_content_stays_as_it_is():
    assert Secret(TOKEN).taken_out(b'{"Name": "Mustermann"}') == b'{"Name": "Mustermann"}'


def test_a_token_that_is_too_short_is_left_since_it_would_be_found_in_other_words():
    secret = Secret("a" * (MIN_LENGTH - 1))
    assert secret.taken_out(b"aaaaaaaa") == b"aaaaaaaa"
    assert secret.overlap == 0


def test_the_overlap_holds_all_but_the_last_byte_of_the_longest_form():
    assert Secret(TOKEN).overlap >= len(TOKEN.encode().hex()) - 1
