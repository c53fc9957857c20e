"""The command `dialler-mcp`. Without arguments it serves one MCP client over stdio; that start imports nothing else.

To a person who types it in a terminal, without arguments, it says what it is.
"""

import gc
import logging
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    import typer

    from dialler_mcp.cli.check import Report
    from dialler_mcp.protocol.server import DiallerServer
    from dialler_mcp.settings import Settings
    from dialler_mcp.words import Language


WHAT_IT_IS = """\
MCP server for a jtel outbound dialler.

A host (Claude Desktop, Claude Code, VS Code and others) starts it and talks to it: add it there, then ask in the \
conversation. docs/getting-started.md says how. In a terminal there are the commands below; `dialler-mcp check` says \
whether everything is set up.
"""
TALKATIVE = (  # loggers that write URLs with their query, whole answers or the IDs of sessions
    "httpx2",
    "httpcore2",
    "sse_starlette",
    "mcp.server.streamable_http",
    "mcp.server.streamable_http_manager",
)


def main() -> None:
    """Entry point."""
    arguments = sys.argv[1:]
    at_terminal = sys.stdin is not None and sys.stdin.isatty()  # it is None where a program has no console
    if arguments == ["run"] or (not arguments and not at_terminal):
        run()
    else:
        _print_anything()
        commands()(arguments or ["--help"])


def _print_anything() -> None:
    """A character that the console or a log does not have (Windows' code pages) becomes `?` and ends nothing."""
    reconfigure: Callable[..., None] | None = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")


def run() -> None:
    """Serve one MCP client over stdin and stdout."""
    gc.disable()  # collecting while modules are imported costs a tenth of the start and finds nothing
    import anyio

    from dialler_mcp.protocol.stdio import serve_stdio

    server, _ = configured_server(for_person=True)
    gc.enable()
    gc.freeze()
    anyio.run(serve_stdio, server)


def configured_server(*, for_person: bool = False) -> "tuple[DiallerServer[Any], Settings | None]":
    """The server of the settings. Where they are wrong: one that explains this to whoever uses a tool, and None.

    `for_person`: its only client belongs to whoever started it.
    """
    from dialler_mcp.cli.person import person_of
    from dialler_mcp.problem import Problem
    from dialler_mcp.server import build_server
    from dialler_mcp.settings import unknown_settings

    for name in unknown_settings():
        print(f"dialler-mcp: {name} is no setting and counts for nothing.", file=sys.stderr)
    try:
        settings = load_settings()
        return build_server(settings, person=person_of(settings) if for_person else ""), settings
    except Problem as problem:
        from dialler_mcp.cli.diagnosis import explaining_server

        print(f"dialler-mcp: {problem}", file=sys.stderr)
        return explaining_server(problem), None


def load_settings(token: str | None = None) -> "Settings":
    """The settings from the environment, logging set up by them. A `token` counts instead of the one there.

    Raises:
        Problem: they are wrong; says which and why. A BadAddress is its cause where it is the address.
    """
    from pydantic import SecretStr, ValidationError

    from dialler_mcp.api.errors import BadAddress
    from dialler_mcp.dialler import open_dialler
    from dialler_mcp.problem import Problem
    from dialler_mcp.settings import Settings
    from dialler_mcp.wrong_settings import setting_errors

    _set_up_logging("WARNING")
    try:
        settings = Settings() if token is None else Settings(token=SecretStr(token))
        open_dialler(settings)
    except ValidationError as error:
        raise Problem(setting_errors(error)) from error
    except BadAddress as error:
        raise Problem(error.words) from error
    _set_up_logging(settings.log_level)
    return settings


def _set_up_logging(level: str) -> None:
    from dialler_mcp.protocol.logs import DiscreetFormatter

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(DiscreetFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def read_settings(token: str | None = None) -> "Settings":
    """The settings, for a command that cannot do without; leaves with a sentence and 2 where they are wrong."""
    from dialler_mcp.problem import Problem

    try:
        return load_settings(token)
    except Problem as problem:
        print(f"dialler-mcp: {problem.text(_language())}", file=sys.stderr)
        sys.exit(2)


def _language() -> "Language":
    """The language that is spoken while the settings cannot be read."""
    from dialler_mcp.words import Language

    return Language.de if os.environ.get("DIALLER_LANGUAGE", "").casefold() == "de" else Language.en


def commands() -> "typer.Typer":
    """The commands that a person runs."""
    import typer

    app = typer.Typer(name="dialler-mcp", help=WHAT_IT_IS, no_args_is_help=False, add_completion=False)

    @app.callback()
    def about(  # pyright: ignore[reportUnusedFunction]
        version: bool = typer.Option(False, "--version", is_eager=True, callback=_print_version, help="Its version."),
    ) -> None: ...

    @app.command()
    def check(  # pyright: ignore[reportUnusedFunction]
        store_token: bool = typer.Option(
            False, "--store-token", help="Ask for the token (or read it from stdin), try it, keep it in the keychain."
        ),
    ) -> None:
        """Say step by step what works and what does not, and what to do; the exit codes are in docs/check.md."""
        import anyio

        if store_token:
            _store_token()
        else:
            report = anyio.run(_report, load_settings)
            print(report.text())
            raise typer.Exit(report.code)

    _add_servers(app)
    _add_work(app)
    return app


def _add_work(app: "typer.Typer") -> None:
    """The commands that do something with a dialler's data, and end."""
    from dialler_mcp.cli.audit import audit_commands
    from dialler_mcp.cli.campaigns import add_campaigns_command
    from dialler_mcp.cli.changes import changes_commands
    from dialler_mcp.cli.export import add_export_command
    from dialler_mcp.cli.imports import add_import_command
    from dialler_mcp.cli.jobs import jobs_commands
    from dialler_mcp.cli.report import add_report_command

    add_report_command(app, read_settings)
    add_campaigns_command(app, read_settings)
    add_import_command(app, read_settings)
    add_export_command(app, read_settings)
    app.add_typer(audit_commands(read_settings))
    app.add_typer(changes_commands(read_settings))
    app.add_typer(jobs_commands(read_settings))


def _add_servers(app: "typer.Typer") -> None:
    """The commands that serve until they are stopped."""
    import typer

    @app.command("run")
    def run_() -> None:  # pyright: ignore[reportUnusedFunction]
        """Serve one MCP client over stdin and stdout (what a host starts; also without any command)."""
        run()

    @app.command()
    def serve(  # pyright: ignore[reportUnusedFunction]
        host: str = typer.Option("127.0.0.1", help="Address to listen on; of this machine alone."),
        port: int = typer.Option(8765, min=0, max=65535, help="Port to listen on; 0 takes a free one."),
    ) -> None:
        """Serve MCP clients on this machine over HTTP (Streamable HTTP), at /mcp."""
        _serve(host, port)

    @app.command()
    def sandbox(  # pyright: ignore[reportUnusedFunction]
        port: int = typer.Option(
            0, min=0, max=65535, help="Serve the sandbox on this port; 8900 when nothing is given."
        ),
        host: str = typer.Option("127.0.0.1", help="Address to listen on; the people in it are invented."),
        fresh: bool = typer.Option(False, "--fresh", help="Begin anew: forget all changes. Alone, it does only that."),
    ) -> None:
        """Serve the embedded sandbox dialler over HTTP, or begin it anew."""
        _sandbox(host, port, fresh)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"dialler-mcp {version('dialler-mcp')}")
        sys.exit(0)


def _store_token() -> None:
    """Only a token that the dialler accepts is kept. It is never an argument: those are seen by other processes."""
    import anyio
    import typer

    from dialler_mcp.cli.terminal import end, recorded
    from dialler_mcp.credentials import NoToken, store_token

    at_terminal = sys.stdin.isatty()
    token = (typer.prompt("Token", hide_input=True, err=True) if at_terminal else sys.stdin.readline()).strip()
    if not token:
        sys.exit("dialler-mcp: no token was given; nothing was stored.")
    settings = read_settings(token)
    assert settings.base_url is not None
    with recorded(settings, "check --store-token"):
        print(anyio.run(_check, settings))
        try:
            store_token(settings.base_url, token)
        except NoToken as error:
            end(str(error))
    typer.echo("The token is in the keychain; DIALLER_TOKEN is not needed any more.")


async def _check(settings: "Settings") -> str:
    """What a check says; leaves where the token is not accepted."""
    report = await _report(lambda: settings)
    if not report.token_accepted:
        print(report.text())
        sys.exit(report.code)
    return report.text()


async def _report(load: "Callable[[], Settings]") -> "Report":
    from dialler_mcp.cli.check import check

    return await check(load, _language())


def _serve(host: str, port: int) -> None:
    import anyio

    from dialler_mcp.problem import Problem
    from dialler_mcp.protocol.http import http_app, listen, serve_http, url_of

    server, settings = configured_server()
    try:
        listener = listen(host, port)
    except Problem as error:
        sys.exit(f"dialler-mcp: {error}")
    if settings is None:
        dialler = "no dialler, since the settings are wrong, and says so"
    else:
        dialler = "the embedded sandbox (invented people)" if settings.is_sandbox else settings.base_url
    print(f"dialler-mcp: {url_of(listener)} serves {dialler}. Ctrl+C stops it.", file=sys.stderr)
    anyio.run(serve_http, server, http_app(server, listener), listener)


def _sandbox(host: str, port: int, fresh: bool) -> None:
    from dialler_mcp.cli.terminal import recorded
    from dialler_mcp.dialler import SANDBOX_TOKEN, open_sandbox_store, sandbox_app, sandbox_path
    from dialler_mcp.problem import reason_of

    settings = read_settings()
    path = sandbox_path(settings)
    if fresh:
        with recorded(settings, "sandbox --fresh"):
            _begin_anew(settings, path, f"http://{host}:{port or 8900}/rest/v1.0/1")
        if not port:
            return
    import uvicorn

    try:
        store = open_sandbox_store(settings)
        app = sandbox_app(store, settings)
    except (ValueError, OSError) as error:
        why = f"{path} cannot be opened ({reason_of(error)})." if isinstance(error, OSError) else error
        sys.exit(f"dialler-mcp: {why}")
    print(f"DIALLER_BASE_URL=http://{host}:{port or 8900}/rest/v1.0/1 DIALLER_TOKEN={SANDBOX_TOKEN}")
    uvicorn.run(app, host=host, port=port or 8900, access_log=False, log_level="warning")
    store.close()


def _begin_anew(settings: "Settings", path: "Path", served_at: str) -> None:
    from dialler_mcp.dialler import SANDBOX_URL
    from dialler_mcp.problem import reason_of
    from dialler_mcp.reporting.errors import CannotForget
    from dialler_mcp.reporting.snapshot.files import Shelf

    try:
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink()
        for address in (SANDBOX_URL, served_at):
            Shelf(settings.snapshots_dir, address).forget()
    except OSError as error:
        sys.exit(f"dialler-mcp: {path} cannot be removed ({reason_of(error)}).")
    except CannotForget as error:
        sys.exit(f"dialler-mcp: {error}")
    print(f"The sandbox begins anew in {path}.")
