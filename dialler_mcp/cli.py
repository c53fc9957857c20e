"""The command `dialler-mcp`. Without arguments it serves one MCP client over stdio; that start imports nothing else."""

import gc
import logging
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer

    from dialler_mcp.settings import Settings


def main() -> None:
    """Entry point."""
    if sys.argv[1:] in ([], ["run"]):
        run()
    else:
        commands()()


def run() -> None:
    """Serve one MCP client over stdin and stdout."""
    gc.disable()  # collecting while modules are imported costs a tenth of the start and finds nothing
    import anyio

    from dialler_mcp.protocol import Problem
    from dialler_mcp.server import build_server
    from dialler_mcp.stdio import serve_stdio

    try:
        server = build_server(read_settings())
    except Problem as error:  # a prompt template of the user's own
        sys.exit(f"dialler-mcp: {error}")
    gc.enable()
    gc.freeze()
    anyio.run(serve_stdio, server)


def read_settings(token: str | None = None) -> "Settings":
    """The settings from the environment, logging set up by them; leaves with a sentence where they are wrong.

    A `token` that is given counts instead of the one in the environment.
    """
    from pydantic import SecretStr, ValidationError

    from dialler_mcp.api.errors import BadAddress
    from dialler_mcp.protocol import DiscreetFormatter
    from dialler_mcp.server import open_dialler
    from dialler_mcp.settings import Settings, setting_errors

    try:
        settings = Settings() if token is None else Settings(token=SecretStr(token))
        open_dialler(settings)
    except ValidationError as error:
        sys.exit(f"dialler-mcp: {setting_errors(error)}")
    except BadAddress as error:
        sys.exit(f"dialler-mcp: {error}")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(DiscreetFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    for name in ("httpx2", "httpcore2"):  # they log URLs with their query at INFO
        logging.getLogger(name).setLevel(logging.WARNING)
    return settings


def commands() -> "typer.Typer":
    """The commands that a person runs."""
    import typer

    app = typer.Typer(
        name="dialler-mcp", help="MCP server for a jtel outbound dialler.", no_args_is_help=False, add_completion=False
    )

    @app.command("run")
    def run_() -> None:  # pyright: ignore[reportUnusedFunction]
        """Serve one MCP client over stdin and stdout (what a host starts; also without any command)."""
        run()

    @app.command()
    def check(  # pyright: ignore[reportUnusedFunction]
        store_token: bool = typer.Option(
            False, "--store-token", help="Ask for the token (or read it from stdin), try it, keep it in the keychain."
        ),
    ) -> None:
        """Say which dialler is configured, whether its token works and what its release offers."""
        import anyio

        if store_token:
            _store_token()
        else:
            typer.echo(anyio.run(_check, read_settings()))

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

    from dialler_mcp.cli_audit import audit_commands
    from dialler_mcp.cli_changes import changes_commands

    app.add_typer(audit_commands(read_settings))
    app.add_typer(changes_commands(read_settings))
    return app


def _store_token() -> None:
    """Only a token that the dialler accepts is kept. It is never an argument: those are seen by other processes."""
    import anyio
    import typer

    from dialler_mcp.credentials import NoToken, store_token

    asked = sys.stdin.isatty()
    token = (typer.prompt("Token", hide_input=True, err=True) if asked else sys.stdin.readline()).strip()
    if not token:
        sys.exit("dialler-mcp: no token was given; nothing was stored.")
    settings = read_settings(token)
    assert settings.base_url is not None
    typer.echo(anyio.run(_check, settings))
    try:
        store_token(settings.base_url, token)
    except NoToken as error:
        sys.exit(f"dialler-mcp: {error}")
    typer.echo("The token is in the keychain; DIALLER_TOKEN is not needed any more.")


async def _check(settings: "Settings") -> str:
    from mcp import Client
    from mcp_types import TextContent

    from dialler_mcp.server import build_server

    async with Client(build_server(settings)) as client:
        result = await client.call_tool("dialler_check_connection", {})
    text = "\n".join(block.text for block in result.content if isinstance(block, TextContent))
    if result.is_error:
        sys.exit(f"dialler-mcp: {text}")
    return text


def _sandbox(host: str, port: int, fresh: bool) -> None:
    from dialler_mcp.server import SANDBOX_TOKEN, open_sandbox_store, sandbox_app, sandbox_path

    settings = read_settings()
    path = sandbox_path(settings)
    if fresh:
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink()
        print(f"The sandbox begins anew in {path}.")
        if not port:
            return
    import uvicorn

    try:
        store = open_sandbox_store(settings)
        served = sandbox_app(store, settings)
    except ValueError as error:
        sys.exit(f"dialler-mcp: {error}")
    print(f"DIALLER_BASE_URL=http://{host}:{port or 8900}/rest/v1.0/1 DIALLER_TOKEN={SANDBOX_TOKEN}")
    uvicorn.run(served, host=host, port=port or 8900, access_log=False, log_level="warning")
    store.close()
