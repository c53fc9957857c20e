"""What is wrong on the way to a dialler, as a check says it."""

import shutil
import socket
import ssl
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from dialler_mcp.api.errors import ConnectionRefused, NoConnection, NotTrusted, ProxyFailed, Unreachable, unreachable
from dialler_mcp.cli import main as cli
from dialler_mcp.cli.check import Report, check
from dialler_mcp.cli.diagnosis import Exit
from dialler_mcp.domain.fields import Language
from tests.api.test_client_network import (
    OK,
    certificate,  # noqa: F401  # pyright: ignore[reportUnusedImport] - a fixture
    server,
    tls,  # noqa: F401  # pyright: ignore[reportUnusedImport] - a fixture
)
from tests.conftest import Bench, text_of

SECRET = "sekret-4711"


def answer(status: str, content: str, kind: str = "text/html") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n\r\n{content}".encode()


PAGE = "<html><h1>Please sign in</h1></html>"


@pytest.fixture(autouse=True)
def _own_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.setenv("DIALLER_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("DIALLER_TEST_POSTGRES", raising=False)


@pytest.fixture
def with_sandbox(sandbox_file: Path, tmp_path: Path) -> None:
    """There is a sandbox already: to invent one takes long."""
    shutil.copy(sandbox_file, tmp_path)


def configure(monkeypatch: pytest.MonkeyPatch, **settings: str) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"DIALLER_{name}", value)


async def checked(monkeypatch: pytest.MonkeyPatch, url: str = "", **settings: str) -> Report:
    """The report of a check with these settings; it never holds the token."""
    if url:
        settings |= {"BASE_URL": f"{url}/rest/v1.0/1", "TOKEN": SECRET}
    configure(monkeypatch, **settings)
    report = await check(cli.load_settings, Language.en)
    assert SECRET not in report.text()
    return report


def marks(report: Report) -> str:
    """The marks of all steps, in one word."""
    return "".join(line[0] for line in report.text().splitlines()[:10])


@pytest.mark.usefixtures("with_sandbox")
async def test_all_is_well(monkeypatch: pytest.MonkeyPatch):
    report = await checked(monkeypatch)
    assert (marks(report), report.code) == ("✓" * 10, Exit.FINE)
    assert "SANDBOX" in report.text()
    assert "What to do" not in report.text()
    assert "dialler: SANDBOX" in report.details


@pytest.mark.usefixtures("with_sandbox")
async def test_an_old_release_works_with_less(monkeypatch: pytest.MonkeyPatch):
    report = await checked(monkeypatch, SANDBOX_RELEASE="oldest")
    assert (marks(report), report.code) == ("✓✓✓✓✓✓!✓✓✓", Exit.OLD)
    assert "it lacks: batch function, history" in report.text()
    assert "newer release" in report.text()


@pytest.mark.parametrize(
    ("status", "content", "expected", "code", "words", "todo"),
    [
        ("401 Unauthorized", "", "✓✓✓✓✓✗––✓✓", Exit.TOKEN, "did not accept the token", "jtel portal"),
        ("200 OK", PAGE, "✓✓✓✓✗–––✓✓", Exit.NO_DIALLER, "HTML page", "any proxy in between"),
        ("404 Not Found", "", "✓✓✓✓✗–––✓✓", Exit.NO_DIALLER, "does not have", "{ClientsID}"),
        ("404 Not Found", PAGE, "✓✓✓✓✗–––✓✓", Exit.NO_DIALLER, "HTML page", "any proxy in between"),
        ("407 Proxy Authentication Required", PAGE, "✓✓✗–––––✓✓", Exit.UNREACHABLE, "407", "NO_PROXY"),
        ("502 Bad Gateway", PAGE, "✓✓✗–––––✓✓", Exit.UNREACHABLE, "HTML page", "any proxy in between"),
        ("500 Internal Server Error", "", "✓✓✓✓✗–––✓✓", Exit.NO_DIALLER, "failed internally", "jtel support"),
    ],
)
async def test_somebody_answers_but_not_as_a_dialler_does(
    monkeypatch: pytest.MonkeyPatch, status: str, content: str, expected: str, code: Exit, words: str, todo: str
):
    async with server(answer(status, content)) as port:
        report = await checked(monkeypatch, f"http://127.0.0.1:{port}")
    assert (marks(report), report.code) == (expected, code)
    assert words in report.text()
    assert todo in report.text()
    assert f"Exit code {code.value}" in report.text()


@pytest.mark.thorough
async def test_nobody_listens(monkeypatch: pytest.MonkeyPatch):
    async with server(OK) as port:
        pass
    report = await checked(monkeypatch, f"http://127.0.0.1:{port}")
    assert (marks(report), report.code) == ("✓✓✗–––––✓✓", Exit.UNREACHABLE)
    assert "the connection was not accepted" in report.text()


async def test_a_name_that_dns_does_not_know(monkeypatch: pytest.MonkeyPatch):
    report = await checked(monkeypatch, "https://dialler.invalid")
    assert (marks(report), report.code) == ("✓✓✗–––––✓✓", Exit.UNREACHABLE)
    assert "host name is unknown (DNS)" in report.text()


@pytest.mark.thorough
async def test_a_certificate_that_nobody_vouches_for(
    monkeypatch: pytest.MonkeyPatch,
    tls: ssl.SSLContext,  # noqa: F811
    certificate: Path,  # noqa: F811
):
    async with server(OK, tls=tls) as port:
        refusal = await checked(monkeypatch, f"https://127.0.0.1:{port}")
        acceptance = await checked(monkeypatch, f"https://127.0.0.1:{port}", CA_FILE=str(certificate))
    assert (marks(refusal), refusal.code) == ("✓✓✓✗––––✓✓", Exit.CERTIFICATE)
    assert "not trusted (it is self-signed)" in refusal.text()
    assert "DIALLER_CA_FILE" in refusal.text()
    assert (marks(acceptance), acceptance.code) == ("✓" * 10, Exit.FINE)


async def test_a_file_without_a_certificate_is_a_mistake_of_the_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    (tmp_path / "empty.pem").touch()
    report = await checked(monkeypatch, "https://dialler.invalid", CA_FILE=str(tmp_path / "empty.pem"))
    assert (marks(report), report.code) == ("✓✗––––––✓✓", Exit.SETTINGS)
    assert "no readable certificates" in report.text()


@pytest.mark.thorough
async def test_a_proxy_that_lets_nobody_through(monkeypatch: pytest.MonkeyPatch):
    async with server(answer("407 Proxy Authentication Required", "")) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        report = await checked(monkeypatch, "https://dialler.invalid")
    assert report.code is Exit.UNREACHABLE
    assert "a proxy in between did not let the connection through" in report.text()


@pytest.mark.parametrize(("direct", "todo"), [("", "Check HTTPS_PROXY"), ("127.0.0.1", "Check host and port")])
@pytest.mark.thorough
async def test_a_proxy_that_is_gone_is_told_from_a_dialler_that_is_gone(
    monkeypatch: pytest.MonkeyPatch, direct: str, todo: str
):
    async with server(OK) as port:
        pass
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, direct)
    report = await checked(monkeypatch, f"http://127.0.0.1:{port}")
    assert report.code is Exit.UNREACHABLE
    assert ("127.0.0.1, through a proxy" in report.text()) is (direct == "")
    assert f"What to do: {todo}" in report.text()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTPS_PROXY", f"socks5://{SECRET}:1080"),
        ("HTTPS_PROXY", f"ftp://{SECRET}"),
        ("HTTPS_PROXY", f"http://proxy.invalid:{SECRET}"),
        ("SSL_CERT_FILE", f"/{SECRET}"),
    ],
)
async def test_an_environment_that_leads_nowhere_is_a_mistake_of_the_settings(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
):
    monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv(name, value)
    report = await checked(monkeypatch, "https://dialler.invalid")
    assert (marks(report), report.code) == ("✓✗––––––✓✓", Exit.SETTINGS)
    assert name in report.text()


async def test_a_port_that_there_cannot_be_is_a_mistake_of_the_settings(monkeypatch: pytest.MonkeyPatch):
    report = await checked(monkeypatch, "https://dialler.invalid:99999")
    assert (marks(report), report.code) == ("✓✗––––––––", Exit.SETTINGS)
    assert "65535" in report.text()


async def test_nothing_but_404s_is_no_dialler(monkeypatch: pytest.MonkeyPatch):
    everywhere = answer("404 Not Found", '{"status":404,"error":"Dialler campaign not found"}', "application/json")
    async with server(everywhere) as port:
        report = await checked(monkeypatch, f"http://127.0.0.1:{port}")
    assert marks(report).startswith("✓✓✓✓✗")
    assert "404" in report.text()


@pytest.mark.usefixtures("with_sandbox")
async def test_a_misspelt_setting_is_a_remark(monkeypatch: pytest.MonkeyPatch):
    report = await checked(monkeypatch, READONLY=SECRET)
    assert (marks(report), report.code) == ("!" + "✓" * 9, Exit.FINE)
    assert "without effect: DIALLER_READONLY" in report.text()


@pytest.mark.parametrize(
    ("settings", "expected", "words"),
    [
        ({"TIMEZONE": SECRET}, "✗–––––––––", "DIALLER_TIMEZONE: is not a known time zone"),
        ({"TIMEOUT": SECRET, "PRIVACY": SECRET}, "✗–––––––––", "DIALLER_PRIVACY"),
        ({"TOOLS": SECRET}, "✗–––––––––", "DIALLER_TOOLS: number 1 is no tool"),
        ({"TOKEN": SECRET}, "✗–––––––––", "DIALLER_BASE_URL is missing"),
        ({"BASE_URL": f"ftp://{SECRET}", "TOKEN": SECRET}, "✓✗––––––––", "must begin with https://"),
    ],
)
async def test_wrong_settings_are_named_and_their_values_are_not(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], expected: str, words: str
):
    report = await checked(monkeypatch, **settings)
    assert (marks(report), report.code) == (expected, Exit.SETTINGS)
    assert words in report.text()


@pytest.mark.usefixtures("with_sandbox")
@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"STATE_URL": f"nonsense://{SECRET}"}, "✓✓✓✓✓✓✓✓✗✓"),
        ({"AUDIT_DIR": "{file}"}, "✓✓✓✓✓✓✓✓✓✗"),
        ({"DATA_DIR": "{file}"}, "✓✓✗–––––✗✗"),
    ],
)
async def test_what_cannot_be_kept_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: dict[str, str], expected: str
):
    (tmp_path / "file").touch()
    values = {name: value.format(file=tmp_path / "file") for name, value in settings.items()}
    report = await checked(monkeypatch, **values)
    assert (marks(report), report.code) == (expected, Exit.NOT_KEPT)


@pytest.mark.usefixtures("with_sandbox")
async def test_it_says_where_the_files_lie(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    text = (await checked(monkeypatch)).text()
    assert f"journal      can be written: {tmp_path}\n" in text
    assert f"audit log    can be written: {tmp_path / 'audit'}\n" in text


@pytest.mark.usefixtures("with_sandbox")
async def test_an_audit_that_is_switched_off_is_not_tried(monkeypatch: pytest.MonkeyPatch):
    assert "switched off" in (await checked(monkeypatch, AUDIT="0")).text()


async def test_a_clock_that_goes_wrong_is_a_remark(monkeypatch: pytest.MonkeyPatch):
    late = OK.replace(b"Content-Length", b"Date: Fri, 01 Jan 2021 00:00:00 GMT\r\nContent-Length")
    async with server(late) as port:
        report = await checked(monkeypatch, f"http://127.0.0.1:{port}")
    assert (marks(report), report.code) == ("✓✓✓✓✓✓✓!✓✓", Exit.FINE)
    assert "compared with ours" in report.text()


@pytest.mark.usefixtures("with_sandbox")
async def test_a_check_asks_the_dialler_even_where_the_tool_for_it_is_not_allowed(monkeypatch: pytest.MonkeyPatch):
    assert (await checked(monkeypatch, WITHOUT="overview")).code is Exit.FINE


@pytest.mark.usefixtures("with_sandbox")
async def test_a_german_report_is_german_to_its_end(monkeypatch: pytest.MonkeyPatch):
    report = await checked(monkeypatch, LANGUAGE="de")
    assert report.details.startswith("Dialler: SANDBOX (Übungs-Dialler)\nToken: angenommen\n")
    assert report.details.endswith("erfundene Personen, keine echten Anrufe.")


@pytest.mark.usefixtures("with_sandbox")
async def test_a_mistake_in_the_settings_is_said_in_german(monkeypatch: pytest.MonkeyPatch):
    report = await checked(monkeypatch, LANGUAGE="de", WITHOUT="quatsch")
    assert "DIALLER_WITHOUT: Nummer 1 ist kein Werkzeug und keine Familie." in report.text()


@pytest.mark.usefixtures("with_sandbox")
async def test_a_report_speaks_german(monkeypatch: pytest.MonkeyPatch):
    report = await checked(monkeypatch, LANGUAGE="de", SANDBOX_FAULTS="revoke-after=0")
    assert "✗ Token          Der Dialler hat das Token nicht angenommen (401)." in report.text()
    assert "Was zu tun ist: Token, ClientsID" in report.text()
    assert "– Uhrzeit        nicht geprüft" in report.text()


@pytest.mark.parametrize(
    ("cause", "kind", "words"),
    [
        (ssl.SSLError("wrong version number"), NotTrusted, "does not speak TLS"),
        (ConnectionRefusedError(), ConnectionRefused, "was not accepted"),
        (httpx2.ProxyError("407"), ProxyFailed, "proxy"),
        (httpx2.ConnectTimeout("slow"), NoConnection, "in time"),
        (httpx2.ReadError("cut"), Unreachable, "cannot be reached."),
    ],
)
def test_a_failed_connection_is_told_by_its_first_cause_that_says_something(
    cause: Exception, kind: type[Unreachable], words: str
):
    error = httpx2.ConnectError(SECRET)
    error.__cause__ = cause
    problem = unreachable("Find it", error)
    assert type(problem) is kind
    assert words in str(problem)
    assert SECRET not in str(problem)


async def test_a_tool_says_why_the_dialler_cannot_be_reached(bench: Callable[..., Bench]):
    b = bench()

    def nowhere(_: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError(SECRET) from socket.gaierror(-2, SECRET)

    b.wire.instead = nowhere
    async with b.connect() as client:
        result = await client.call_tool("dialler_list_campaigns", {})
    assert result.is_error
    assert "its host name is unknown (DNS)" in text_of(result)
    assert "VPN" in text_of(result)
    assert SECRET not in text_of(result)
