"""A file by its path, as far as one may reach."""

import hashlib
import os
import socket
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from dialler_mcp.lists.reading import files
from dialler_mcp.lists.reading.errors import Unreadable
from dialler_mcp.lists.reading.files import NO_FOLDERS, FileCopy, spool
from dialler_mcp.lists.reading.limits import Limits

CONTENT = b"Name;Telefon\nMeier;030 23125001\n"
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    """An allowed folder with a file in it."""
    folder = tmp_path / "lists"
    (folder / "in it").mkdir(parents=True)
    (folder / "people.csv").write_bytes(CONTENT)
    (folder / "in it" / "more.csv").write_bytes(CONTENT)
    return folder


def copied(path: str | Path, *folders: Path, limits: Limits = Limits()) -> FileCopy:
    return spool(str(path), folders, folders[-1].parent / "spool", limits)


def left(folder: Path) -> list[Path]:
    """What lies beside the lists."""
    spool_folder = folder.parent / "spool"
    return list(spool_folder.iterdir()) if spool_folder.exists() else []


@pytest.mark.parametrize("path", ["people.csv", "in it/more.csv", "in it/../people.csv", ' "people.csv"'])
def test_a_file_in_an_allowed_folder_is_copied(lists: Path, tmp_path: Path, path: str):
    (tmp_path / "empty").mkdir()
    copy = copied(path, tmp_path / "empty", lists)
    assert copy.path.read_bytes() == CONTENT
    assert (copy.size, copy.digest) == (len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
    assert copy.name == ("more.csv" if "more" in path else "people.csv")
    assert copy.path.parent == tmp_path / "spool"


def test_a_whole_path_is_as_good(lists: Path):
    assert copied(lists / "people.csv", lists).path.read_bytes() == CONTENT


@POSIX
def test_files_are_their_owner_s_alone(lists: Path):
    copy = copied("people.csv", lists)
    assert stat.S_IMODE(copy.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(copy.path.parent.stat().st_mode) == 0o700


def refused(path: str | Path, lists: Path, sentence: str, limits: Limits = Limits()) -> None:
    """Nothing is copied, and the sentence names the folder, but nothing of the path."""
    with pytest.raises(Unreadable, match=sentence) as error:
        copied(path, lists, limits=limits)
    assert str(lists) in str(error.value)
    assert "secret" not in str(error.value)
    assert not left(lists)


@pytest.mark.parametrize(
    "path",
    [
        "../secret.csv",
        "in it/../../secret.csv",
        "/etc/passwd",
        "~/secret.csv",
        "~nobody-of-this-name/x",
        "",
        ".",
        "a\0b",
    ],
)
def test_a_file_elsewhere_is_refused_whether_it_is_there_or_not(lists: Path, path: str):
    refused(path, lists, "in no folder that is allowed")
    (lists.parent / "secret.csv").write_bytes(CONTENT)
    refused(path, lists, "in no folder that is allowed")


def test_nothing_is_read_where_nothing_is_allowed(tmp_path: Path):
    with pytest.raises(Unreadable) as error:
        spool("people.csv", [], tmp_path / "spool")
    assert error.value.words == NO_FOLDERS


def test_a_file_that_is_not_there_is_told(lists: Path):
    refused("secret.csv", lists, "no such file")


@POSIX
def test_a_link_to_elsewhere_is_refused_and_one_within_is_not(lists: Path, tmp_path: Path):
    (tmp_path / "secret.csv").write_bytes(CONTENT)
    (lists / "out.csv").symlink_to(tmp_path / "secret.csv")
    (lists / "up").symlink_to(tmp_path)
    (lists / "round").symlink_to(lists / "round")
    (lists / "within.csv").symlink_to(lists / "people.csv")
    for path in ("out.csv", "up/secret.csv", "round"):
        refused(path, lists, "in no folder that is allowed")
    assert copied("within.csv", lists).path.read_bytes() == CONTENT


@POSIX
def test_a_link_that_is_put_there_meanwhile_is_not_followed(lists: Path, monkeypatch: pytest.MonkeyPatch):
    place = (lists, lists / "in it" / "more.csv")
    monkeypatch.setattr(files, "located", lambda *_: place)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    (lists.parent / "secret").mkdir()
    (lists.parent / "secret" / "more.csv").write_bytes(CONTENT)
    place[1].unlink()
    place[1].symlink_to(lists.parent / "secret" / "more.csv")
    refused("in it/more.csv", lists, "cannot be read")
    place[1].unlink()
    place[1].parent.rmdir()
    place[1].parent.symlink_to(lists.parent / "secret")
    refused("in it/more.csv", lists, "cannot be read")


@POSIX
def test_what_is_no_plain_file_is_refused_without_waiting(lists: Path):
    os.mkfifo(lists / "pipe")
    refused("pipe", lists, "no plain file")
    refused("in it", lists, "no plain file|cannot be read")  # Windows opens no directory
    with socket.socket(socket.AF_UNIX) as listener:
        try:
            listener.bind(str(lists / "s"))
        except OSError:  # the path is too long for a socket
            return
        refused("s", lists, "cannot be read")


@POSIX
def test_a_device_is_refused():
    with pytest.raises(Unreadable, match="no plain file"):
        spool("null", [Path("/dev")], Path("/nowhere"))


def test_a_file_that_is_too_large_is_refused(lists: Path):
    refused("people.csv", lists, "larger than", Limits(file_bytes=10))


@pytest.mark.parametrize("mode", ["ab", "wb"])
def test_a_file_that_changes_meanwhile_is_refused(lists: Path, monkeypatch: pytest.MonkeyPatch, mode: str):
    copy = files._copy  # pyright: ignore[reportPrivateUsage]

    def with_a_change(*arguments: Any) -> tuple[str, int]:
        with (lists / "people.csv").open(mode) as file:
            file.write(b"Abel;1\n")
        return copy(*arguments)

    monkeypatch.setattr(files, "_copy", with_a_change)
    refused("people.csv", lists, "changed while it was read")


def test_a_file_that_is_written_anew_with_the_same_size_is_refused(lists: Path, monkeypatch: pytest.MonkeyPatch):
    copy = files._copy  # pyright: ignore[reportPrivateUsage]

    def with_another_time(*arguments: Any) -> tuple[str, int]:
        os.utime(lists / "people.csv", (1, 1))
        return copy(*arguments)

    monkeypatch.setattr(files, "_copy", with_another_time)
    refused("people.csv", lists, "changed while it was read")


@POSIX
def test_a_place_of_ours_that_others_may_write_to_is_refused(lists: Path):
    (lists.parent / "spool").mkdir(mode=0o777)
    (lists.parent / "spool").chmod(0o777)
    refused("people.csv", lists, "cannot be read or copied")
