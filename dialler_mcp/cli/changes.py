"""The commands `dialler-mcp changes ...`."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from dialler_mcp.words import Words

if TYPE_CHECKING:
    import typer

    from dialler_mcp.settings import Settings


_WRITTEN = Words("{count} changes written.", "Geschriebene Änderungen: {count}.")
_NOT_READ = Words("The journal cannot be read: {why}.", "Das Journal ist nicht lesbar: {why}.")
_NOT_MADE = Words("the file cannot be made ({why}).", "Die Datei lässt sich nicht anlegen ({why}).")


def changes_commands(read_settings: Callable[[], "Settings"]) -> "typer.Typer":
    """The group of commands on the journal."""
    import typer

    group = typer.Typer(name="changes", help="The journal of changes.", no_args_is_help=True)

    @group.callback()
    def journal() -> None:  # pyright: ignore[reportUnusedFunction]
        """The journal of changes."""

    @group.command()
    def export(  # pyright: ignore[reportUnusedFunction]
        file: Path = typer.Argument(help="A new file; it holds records whole and unmasked."),
    ) -> None:
        """Write all changes into a new file, oldest first, a line of JSON each."""
        import anyio

        from dialler_mcp.cli.terminal import recorded

        settings = read_settings()
        with recorded(settings, "changes export", {"file": str(file)}, {"file": {"type": "string"}}):
            typer.echo(_WRITTEN.filled(count=anyio.run(_export, settings, file)).text(settings.language))

    return group


async def _export(settings: "Settings", file: Path) -> int:
    from dialler_mcp.changes.journal import Journal
    from dialler_mcp.problem import reason_of
    from dialler_mcp.service.profile import state_of
    from dialler_mcp.state.store import StateError

    store, count = state_of(settings), 0
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            async for line in Journal(store, "", settings.journal_days).export():
                out.write(line)
                count += 1
    except StateError as error:
        sys.exit(f"dialler-mcp: {_NOT_READ.filled(why=error.why).text(settings.language)}")
    except OSError as error:
        sys.exit(f"dialler-mcp: {_NOT_MADE.filled(why=reason_of(error)).text(settings.language)}")
    finally:
        store.close()
    return count
