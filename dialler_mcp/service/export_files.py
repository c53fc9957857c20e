"""The files that a profile is writing, and what is answered about one."""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dialler_mcp.protocol.answers import Answer, Link
from dialler_mcp.state.places import forget_older, own_directory

if TYPE_CHECKING:
    from collections.abc import Generator

WAITED = 20.0
"""Seconds that it then waits for the file; a longer one is written on, and is asked for again."""
KEPT = 600.0
"""Seconds for which an answer waits for whoever asks for it again."""
ORPHANED = 6 * 3_600.0
"""Seconds after which nobody writes a file any more."""
_MIME_TYPES = {
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".parquet": "application/vnd.apache.parquet",
}


class ExportAnswer(Answer):
    """A file that was written. Without `file`, it is still being written."""

    summary: str
    file: str | None = None
    rows: int | None = None
    bytes: int | None = None
    notes: list[str] | None = None

    def text(self) -> str:
        return "\n".join([self.summary, *(self.notes or [])])

    def links(self) -> Sequence[Link]:
        if self.file is None or self.bytes is None:
            return ()
        path = Path(self.file)
        return (Link(path.as_uri(), path.name, _MIME_TYPES[path.suffix.casefold()], self.bytes),)


@dataclass
class Exports:
    """The files that are being written, each for whoever asked for it; `directory` holds them until they are whole."""

    directory: Path
    _running: dict[str, asyncio.Task[ExportAnswer]] = field(default_factory=dict[str, asyncio.Task[ExportAnswer]])

    def running(self, key: str) -> bool:
        """Whether a file is being written, or its answer waits."""
        return key in self._running

    async def in_time(self, key: str, work: Coroutine[Any, Any, ExportAnswer] | None) -> ExportAnswer | None:
        """What came of an export: of this one, or of the one that goes on. None where it takes longer than an answer
        may, and goes on.
        """
        if work is not None:
            self._running[key] = asyncio.create_task(work)
            self._running[key].add_done_callback(partial(self._forget_later, key))
        task = self._running[key]
        await asyncio.wait([task], timeout=WAITED)
        if not task.done():
            return None
        self._running.pop(key, None)
        return task.result()

    def _forget_later(self, key: str, task: "asyncio.Task[ExportAnswer]") -> None:
        """Who asks for the same much later wants it anew."""

        def forget() -> None:
            if self._running.get(key) is task:
                del self._running[key]

        asyncio.get_running_loop().call_later(KEPT, forget)

    @contextmanager
    def work(self) -> "Generator[Path]":
        """A directory of ours for files that are not whole yet; it is removed, whatever happens."""
        forget_older(self.directory, ORPHANED)
        directory = Path(tempfile.mkdtemp(dir=own_directory(self.directory)))
        try:
            yield directory
        finally:
            shutil.rmtree(directory, ignore_errors=True)

    async def aclose(self) -> None:
        """Leave what is not finished."""
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
        self._running.clear()
