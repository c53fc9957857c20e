"""Where the token comes from, and that it goes nowhere but to the dialler."""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError
from mcp import Client
from pydantic import ValidationError

from dialler_mcp.api import Address, Dialler
from dialler_mcp.cli import main as cli
from dialler_mcp.credentials import NoToken, find_token, store_token
from dialler_mcp.sandbox import Options
from dialler_mcp.server import build_server
from dialler_mcp.service.profile import profile_of
from dialler_mcp.settings import Settings
from dialler_mcp.wrong_settings import setting_errors
from tests.cli.test_main import invoke
from tests.conftest import Bench, no_pause, text_of

URL = "https://dialler.example/rest/v1.0/7"
TOKEN = "t0ken-that-nobody-may-see"
Make = Callable[..., Bench]


class FakeKeychain(KeyringBackend):
    priority = 1  # type: ignore[assignment]

    def __init__(self, fails: bool = False) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.fails = fails

    def get_password(self, service: str, username: str) -> str | None:
        if self.fails:
            raise KeyringError("locked")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.fails:
            raise KeyringError("locked")
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def keychain() -> Iterator[FakeKeychain]:
    before, fake = keyring.get_keyring(), FakeKeychain()
    keyring.set_keyring(fake)
    yield fake
    keyring.set_keyring(before)


def token_of(settings: Settings) -> str:
    assert settings.token is not None
    return settings.token.get_secret_value()


def wrong(**settings: Any) -> str:
    with pytest.raises(ValidationError) as error:
        Settings(**settings)
    assert TOKEN not in str(error.value)
    return setting_errors(error.value).en


@pytest.mark.parametrize("content", [f"{TOKEN}\n", f"  {TOKEN}  \nsecond line\n", f"\ufeff{TOKEN}"])
def test_the_token_is_the_first_line_of_a_file(tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "token"
    path.write_text(content, encoding="utf-8")
    path.chmod(0o600)
    assert token_of(Settings(base_url=URL, token_file=path)) == TOKEN
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "cannot be read"), (b"", "is empty"), (b"\nsecond\n", "is empty"), (b"\xff", "no text")],
)
def test_a_file_without_token_is_an_error(tmp_path: Path, content: bytes | None, words: str):
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)
    assert words in wrong(base_url=URL, token_file=path)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="a device of Linux and macOS")
def test_a_token_file_without_end_is_not_read_for_ever():
    assert "its first line is too long" in wrong(base_url=URL, token_file="/dev/zero")


@pytest.mark.skipif(os.name != "posix", reason="file modes of POSIX")
def test_a_file_that_others_can_read_is_warned_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "token"
    path.write_text(TOKEN)
    path.chmod(0o644)
    assert find_token(URL, path) == TOKEN
    text = capsys.readouterr().err
    assert "chmod 600" in text
    assert TOKEN not in text


def test_two_places_for_the_token_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DIALLER_TOKEN", TOKEN)
    assert "both set" in wrong(base_url=URL, token_file=tmp_path)


def test_a_token_file_without_address_is_an_error(tmp_path: Path):
    assert wrong(token_file=tmp_path).startswith("DIALLER_BASE_URL is missing")


def test_the_token_may_lie_in_the_keychain(keychain: FakeKeychain):
    store_token(URL + "/", TOKEN)
    assert keychain.kept == {("dialler-mcp", URL): TOKEN}
    assert token_of(Settings(base_url=URL)) == TOKEN


def test_the_environment_comes_before_the_keychain(keychain: FakeKeychain, monkeypatch: pytest.MonkeyPatch):
    store_token(URL, "other")
    monkeypatch.setenv("DIALLER_TOKEN", TOKEN)
    assert token_of(Settings(base_url=URL)) == TOKEN


@pytest.mark.usefixtures("keychain")
def test_an_address_without_token_names_all_three_ways():
    text = wrong(base_url=URL)
    assert all(way in text for way in ("DIALLER_TOKEN ", "DIALLER_TOKEN_FILE", "check --store-token"))
    assert "pip install" not in text


def test_a_locked_keychain_is_said_to_be_so(keychain: FakeKeychain):
    keychain.fails = True
    assert "could not be asked" in wrong(base_url=URL)
    with pytest.raises(NoToken, match="DIALLER_TOKEN_FILE"):
        store_token(URL, TOKEN)


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert "pip install dialler-mcp[keychain]" in wrong(base_url=URL)
    with pytest.raises(NoToken, match="nothing was stored"):
        store_token(URL, TOKEN)


def test_the_sandbox_asks_no_keychain(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "dialler_mcp.credentials", None)
    assert Settings().is_sandbox


@pytest.fixture
def accepted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A dialler that accepts any token, and the address of it."""

    async def check(settings: Settings) -> str:
        assert token_of(settings) == TOKEN
        return "token: accepted"

    monkeypatch.setattr(cli, "_check", check)
    monkeypatch.setenv("DIALLER_BASE_URL", URL)
    monkeypatch.setenv("DIALLER_DATA_DIR", str(tmp_path))


class TypedInput:
    def __init__(self, text: str) -> None:
        self.text = text

    def isatty(self) -> bool:
        return False

    def readline(self) -> str:
        return self.text


@pytest.mark.usefixtures("accepted")
def test_check_stores_the_token_from_stdin(
    monkeypatch: pytest.MonkeyPatch, keychain: FakeKeychain, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(sys, "stdin", TypedInput(f"{TOKEN}\n"))
    assert invoke(monkeypatch, "check", "--store-token") == 0
    assert keychain.kept == {("dialler-mcp", URL): TOKEN}
    out, err = capsys.readouterr()
    assert "in the keychain" in out
    assert TOKEN not in out + err


@pytest.mark.usefixtures("accepted")
def test_check_asks_a_person_without_showing_what_is_typed(monkeypatch: pytest.MonkeyPatch, keychain: FakeKeychain):
    questions: list[Any] = []

    def prompt(text: str, **options: Any) -> str:
        questions.append(options)
        return TOKEN

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr("typer.prompt", prompt)
    assert invoke(monkeypatch, "check", "--store-token") == 0
    assert questions == [{"hide_input": True, "err": True}]
    assert TOKEN in keychain.kept.values()


@pytest.mark.usefixtures("accepted")
def test_check_stores_nothing_when_nothing_was_typed(monkeypatch: pytest.MonkeyPatch, keychain: FakeKeychain):
    monkeypatch.setattr(sys, "stdin", TypedInput("\n"))
    assert "nothing was stored" in str(invoke(monkeypatch, "check", "--store-token"))
    assert keychain.kept == {}


@pytest.mark.usefixtures("accepted")
def test_check_says_when_there_is_no_keychain(
    monkeypatch: pytest.MonkeyPatch, keychain: FakeKeychain, capsys: pytest.CaptureFixture[str]
):
    keychain.fails = True
    monkeypatch.setattr(sys, "stdin", TypedInput(TOKEN))
    assert invoke(monkeypatch, "check", "--store-token") == 1
    text = capsys.readouterr().err
    assert "cannot be used on this machine" in text
    assert TOKEN not in text


@pytest.mark.parametrize("refused", [False, True])
async def test_the_token_is_in_no_answer_log_audit_line_or_repr(
    bench: Make, tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str], refused: bool
):
    """A dialler that does not know the token (401) or does not work (500) may not make us say it either."""
    b = bench(Options(token=TOKEN), audit=True, audit_dir=tmp_path, base_url=URL, token=TOKEN)
    if refused:
        b.wire.instead = lambda request: httpx2.Response(401, text=f"bad token {TOKEN}")
    dialler = Dialler(Address("http://localhost/rest/v1.0/1", TOKEN), transport=b.wire, pause=no_pause)
    settings = b.settings
    profile = profile_of(settings, dialler, now=b.profile.now)
    with caplog.at_level(logging.DEBUG):
        async with Client(build_server(settings, profile=profile)) as client:
            calls: tuple[tuple[str, dict[str, Any]], ...] = (
                ("dialler_check_connection", {}),
                ("dialler_list_campaigns", {}),
                ("dialler_get_contact", {"contact_id": 999_999}),
                ("dialler_get_contact", {"contact_id": TOKEN}),
                ("dialler_find_contacts_by_user_data", {"user_data": "Contact10"}),
            )
            answers = [text_of(await client.call_tool(name, arguments)) for name, arguments in calls]
    output = capsys.readouterr()
    tokens = {request.headers.get("authorization") for request in b.wire.requests}
    assert tokens == {f"Bearer {TOKEN}"}
    ours = "\n".join(r.getMessage() for r in caplog.records if not r.name.startswith("mcp.client"))  # it is not ours
    texts = [*answers, ours, output.out, output.err, repr(settings), repr(profile), repr(profile.dialler)]
    texts += [str(settings), str(settings.model_dump()), settings.model_dump_json()]
    texts += [path.read_text("utf-8") for path in tmp_path.iterdir()]
    assert len(list(tmp_path.iterdir())) >= 3
    assert [text for text in texts if TOKEN in text] == []
