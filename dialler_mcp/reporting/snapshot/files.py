"""The files of the snapshots of one dialler: `<directory>/<digest of its address>/<campaign>.<generation>.duckdb`.

A file never changes once it is there: each refresh puts a new generation beside the old one and then removes that one.
So a reader has the old or the new one, never half, also where an open file cannot be replaced (Windows).
"""

import contextlib
import hashlib
import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from dialler_mcp.reporting.errors import NO_DISK, CannotForget, CannotKeep
from dialler_mcp.state.places import own_directory

_NAME = re.compile(r"(\d+)\.(\d+)\.duckdb")
_WORK, _KEY, _LEVEL = "work-", "pseudonyms.key", "privacy"
_WORK_LEFT_BEHIND = 2 * 3600.0  # seconds; no refresh takes so long, its process is gone
_NANO = 10**9


class Shelf:
    """Where the snapshots of one dialler lie, for their owner alone. `clock` gives the seconds since 1970; `privacy` is
    the level at which they are made, which is noted beside them.
    """

    def __init__(
        self,
        directory: Path,
        address: str,
        retention_hours: float = 24.0,
        clock: Callable[[], float] = time.time,
        privacy: str = "",
    ) -> None:
        digest = hashlib.sha256(address.rstrip("/").casefold().encode()).hexdigest()[:16]
        self.place = directory / digest
        self._privacy = privacy
        self._retention, self._clock = retention_hours * 3600, clock

    def newest(self, campaign_id: int) -> Path | None:
        """The file of a campaign, None when there is none."""
        return max(self._files(campaign_id), key=_generation, default=None)

    def campaign_ids(self) -> list[int]:
        """The campaigns that have a snapshot."""
        return sorted({int(path.name.partition(".")[0]) for path in self._files()})

    def key(self) -> bytes:
        """The key of the pseudonyms, which are the same in all files of this dialler; drawn at the first use."""
        self._prepare()
        path = self.place / _KEY
        if not path.exists():
            with _kept(), self.work() as directory:
                draft = directory / _KEY
                draft.touch(0o600)
                draft.write_bytes(secrets.token_bytes(16))
                with contextlib.suppress(FileExistsError):
                    path.hardlink_to(draft)  # all or nothing, and the first one wins
        return path.read_bytes()

    @contextmanager
    def work(self) -> Generator[Path]:
        """A directory for unfinished files, which is removed at the end, whatever happens."""
        self._prepare()
        with _kept():
            directory = Path(tempfile.mkdtemp(prefix=_WORK, dir=self.place))
        try:
            yield directory
        finally:
            shutil.rmtree(directory, ignore_errors=True)

    def put(self, file: Path, campaign_id: int) -> Path:
        """Replace the older files of this campaign with a finished one."""
        before = self._files(campaign_id)
        number = max([int(self._clock() * _NANO), *(_generation(path) + 1 for path in before)])
        target = self.place / f"{campaign_id}.{number}.duckdb"
        with _kept():
            file.chmod(0o600)
            _sync(file)
            file.replace(target)
            _sync(self.place)
        for path in before:
            remove(path)
        return target

    def forget(self, campaign_ids: list[int] | None = None) -> list[int]:
        """Delete the snapshots of these campaigns, or all with everything that belongs to them; returns which.

        Raises:
            CannotForget: somebody has one of them open, on Windows; the others are gone.
        """
        numbers = [number for number in self.campaign_ids() if campaign_ids is None or number in campaign_ids]
        remaining = [number for number in numbers if [path for path in self._files(number) if not remove(path)]]
        if remaining:
            raise CannotForget(remaining)
        if campaign_ids is None:
            shutil.rmtree(self.place, ignore_errors=True)
        return numbers

    def forget_other_levels(self) -> None:
        """Remove all snapshots if they were made at another privacy level: they may hold what is to be hidden now."""
        if not self.place.is_dir() or self._noted() == self._privacy:
            return
        removals = [remove(path) for path in self._files()]
        if all(removals):  # else, on Windows, the next start tries it again
            with _kept():
                self._note()

    def _noted(self) -> str | None:
        try:
            return (self.place / _LEVEL).read_text("ascii")
        except (OSError, UnicodeDecodeError):
            return None

    def _note(self) -> None:
        note = self.place / _LEVEL
        note.unlink(missing_ok=True)  # it is made anew, for its owner alone
        note.touch(0o600)
        note.write_text(self._privacy, "ascii")

    def throw_away(self, file: Path) -> None:
        """Remove a useless file."""
        remove(file)

    def sweep(self) -> None:
        """Remove files older than the retention, and what processes that died left behind."""
        now = self._clock()
        for path in self._files():
            if now - _generation(path) / _NANO > self._retention:
                remove(path)
        for path in self.place.glob(_WORK + "*"):
            with contextlib.suppress(FileNotFoundError):
                last_change = max(entry.stat().st_mtime for entry in (path, *path.glob("*")))
                if now - last_change > _WORK_LEFT_BEHIND:
                    shutil.rmtree(path, ignore_errors=True) if path.is_dir() else remove(path)

    def _files(self, campaign_id: int | None = None) -> list[Path]:
        paths = self.place.glob("*.duckdb" if campaign_id is None else f"{campaign_id}.*.duckdb")
        return [path for path in paths if _NAME.fullmatch(path.name)]

    def _prepare(self) -> None:
        with _kept():
            own_directory(self.place.parent)
            own_directory(self.place)
            if self._noted() is None:
                self._note()


def _generation(path: Path) -> int:
    return int(path.name.split(".")[1])


def remove(path: Path) -> bool:
    """Whether a file is gone. An open one cannot be removed on Windows; the next generation or the retention tries it
    again.
    """
    try:
        path.unlink(missing_ok=True)
    except PermissionError:
        return False
    return True


def _sync(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # directories cannot be opened there
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _kept() -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise CannotKeep(error.strerror or NO_DISK) from error
