"""Which addresses of a dialler are accepted, before anything is sent."""

import re
from pathlib import Path

import pytest

from dialler_mcp.api import Address
from dialler_mcp.api.address import is_loopback
from dialler_mcp.api.errors import BadAddress

TOKEN = "secret-token"


@pytest.mark.parametrize(
    "url",
    [
        "https://dialler.example/rest/v1.0/1",
        "https://dialler.example/rest/v1.0/1/",
        "https://dialler.example:8443/rest/v1.0/23",
        "https://192.0.2.7/rest/v1.0/1",
        "http://localhost:8900/rest/v1.0/1",
        "http://127.0.0.1/rest/v1.0/1",
        "http://127.8.9.1/rest/v1.0/1",
        "http://[::1]:8900/rest/v1.0/1",
    ],
)
def test_https_and_loopback_are_accepted(url: str) -> None:
    assert Address(url, TOKEN).base_url == url


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("", "must begin with https://"),
        ("dialler.example/rest/v1.0/1", "must begin with https://"),
        ("ftp://dialler.example/rest/v1.0/1", "must begin with https://"),
        ("https:///rest/v1.0/1", "name a host"),
        ("https://dialler.example:port/rest/v1.0/1", "is not a URL"),
        ("https://user:geheim@dialler.example/rest/v1.0/1", "must not contain a user"),
        ("https://dialler.example/rest/v1.0/1?x=1", "must not contain a user, a query"),
        ("https://dialler.example/rest/v1.0/1#x", "fragment"),
        ("https://dialler.example/rest/v1.0", "must end with the ClientsID"),
        ("https://dialler.example", "must end with the ClientsID"),
        ("https://dialler.example/rest/v1.0/{ClientsID}", "must end with the ClientsID"),
        ("http://dialler.example/rest/v1.0/1", "set DIALLER_ALLOW_HTTP=1"),
        ("http://192.168.1.5/rest/v1.0/1", "set DIALLER_ALLOW_HTTP=1"),
        ("http://localhost.example/rest/v1.0/1", "set DIALLER_ALLOW_HTTP=1"),
        ("http://127.0.0.1.example/rest/v1.0/1", "set DIALLER_ALLOW_HTTP=1"),
        ("http://127.0.0.1@dialler.example/rest/v1.0/1", "must not contain a user"),
    ],
)
def test_any_other_address_is_refused_with_what_to_do(url: str, hint: str) -> None:
    with pytest.raises(BadAddress, match=re.escape(hint)) as error:
        Address(url, TOKEN)
    assert "geheim" not in str(error.value)


def test_plain_http_is_accepted_when_it_is_allowed() -> None:
    assert Address("http://dialler.example/rest/v1.0/1", TOKEN, allow_http=True).host == "dialler.example"


@pytest.mark.parametrize("token", ["", " ", "schlüssel", "two words", "new\nline", " padded", "padded ", "tab\tbed"])
def test_a_token_that_cannot_be_one_is_refused_without_showing_it(token: str) -> None:
    with pytest.raises(BadAddress, match="DIALLER_TOKEN is empty, or contains") as error:
        Address("https://dialler.example/rest/v1.0/1", token)
    assert not token.strip() or token not in str(error.value)


def test_a_ca_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(BadAddress, match="DIALLER_CA_FILE does not name a file"):
        Address("https://dialler.example/rest/v1.0/1", TOKEN, ca_file=tmp_path / "none.pem")


def test_the_token_is_not_shown() -> None:
    assert TOKEN not in repr(Address("https://dialler.example/rest/v1.0/1", TOKEN))


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("dialler.example", False),
        ("", False),
    ],
)
def test_loopback_is_this_machine_only(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
