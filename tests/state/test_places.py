"""Where our files may lie."""

import os
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dialler_mcp.audit.log import AuditLog
from dialler_mcp.dialler import open_sandbox_store
from dialler_mcp.problem import Problem
from dialler_mcp.reporting.errors import CannotKeep
from dialler_mcp.reporting.snapshot.files import Shelf
from dialler_mcp.settings import Settings
from dialler_mcp.state.places import UnsafePlace, forget_older, own_directory, own_file, put_new
from dialler_mcp.state.store import FILE, StateStore
from tests.examples import rest_thorough

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes and links of POSIX")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def generous() -> Iterator[None]:
    """A user whose files everybody may write, unless a program says otherwise."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("generous")
def test_what_is_made_is_its_owners_alone_from_the_first_moment(tmp_path: Path):
    own_directory(tmp_path / "a" / "b" / "c")
    assert {mode(tmp_path / name) for name in ("a", "a/b", "a/b/c")} == {0o700}
    own_file(tmp_path / "a" / "file")
    assert mode(tmp_path / "a" / "file") == 0o600


@pytest.mark.usefixtures("generous")
@pytest.mark.parametrize("first", rest_thorough(["audit", "state", "snapshots", "sandbox"], quick=3))
def test_the_data_directory_is_its_owners_alone_whatever_is_kept_first(tmp_path: Path, first: str):
    data = tmp_path / "home" / "data"
    match first:
        case "audit":
            AuditLog(data / "audit").append({"tool": "t"})
        case "state":
            StateStore(data).work(lambda _: None)
        case "snapshots":
            Shelf(data / "snapshots", "http://localhost").key()
        case _:
            open_sandbox_store(Settings(data_dir=data)).close()
    places = [data.parent, data, *data.rglob("*")]
    assert not [path for path in places if mode(path) & 0o077]


def test_a_directory_that_is_there_is_used_as_it_is(tmp_path: Path):
    tmp_path.chmod(0o755)
    assert own_directory(tmp_path) == tmp_path
    assert mode(tmp_path) == 0o755


def shared(tmp_path: Path) -> Path:
    place = tmp_path / "shared"
    place.mkdir()
    place.chmod(0o777)
    return place


def group(tmp_path: Path) -> Path:
    place = tmp_path / "group"
    place.mkdir()
    place.chmod(0o770)
    return place


def below_shared(tmp_path: Path) -> Path:
    return shared(tmp_path) / "data"


def link(tmp_path: Path) -> Path:
    (tmp_path / "target").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to("target")
    return tmp_path / "link"


def dangling(tmp_path: Path) -> Path:
    (tmp_path / "link").symlink_to("nowhere")
    return tmp_path / "link"


def foreign(tmp_path: Path) -> Path:
    place = tmp_path / "foreign"
    place.mkdir(mode=0o700)
    try:
        os.chown(place, 12345, 12345)
    except PermissionError:
        pytest.skip("only root can give a directory away")
    return place


@pytest.mark.parametrize("place", [shared, group, below_shared, link, dangling, foreign])
def test_a_place_where_others_can_write_is_refused(tmp_path: Path, place: Callable[[Path], Path]):
    directory = place(tmp_path)
    with pytest.raises(UnsafePlace, match="its directory"):
        own_directory(directory)


def test_below_a_directory_for_everybodys_own_files_there_is_room(tmp_path: Path):
    temporary = shared(tmp_path)
    temporary.chmod(0o1777)
    assert mode(own_directory(temporary / "data")) == 0o700


def test_a_file_that_is_a_link_is_not_followed(tmp_path: Path):
    (tmp_path / "target").touch()
    (tmp_path / FILE).symlink_to("target")
    with pytest.raises(OSError, match="symbolic links"):
        own_file(tmp_path / FILE)
    log = tmp_path / "log"
    log.mkdir()
    (log / "audit-000001.jsonl").symlink_to("../target")
    with pytest.raises(OSError, match="symbolic links"):
        AuditLog(log, key=b"k").append({"tool": "t"})
    assert (tmp_path / "target").read_bytes() == b""


def test_what_is_kept_there_says_why_it_is_not(tmp_path: Path):
    text = "others may write to its directory"
    with pytest.raises(Problem, match=text):
        StateStore(shared(tmp_path)).work(lambda _: None)
    with pytest.raises(CannotKeep, match=text):
        Shelf(tmp_path / "shared", "http://localhost").key()
    with pytest.raises(OSError, match=text):
        AuditLog(tmp_path / "shared").prepare()
    with pytest.raises(OSError, match=text):
        open_sandbox_store(Settings(data_dir=tmp_path / "shared"))


def test_a_file_is_put_where_there_is_none(tmp_path: Path):
    source, folder = tmp_path / "source", tmp_path / "folder"
    source.write_bytes(b"content")
    (folder / "deep").mkdir(parents=True)
    target = folder / "deep" / "target"
    put_new(source, folder, target)
    assert target.read_bytes() == b"content"
    assert mode(target) == 0o600
    source.write_bytes(b"other")
    with pytest.raises(FileExistsError):
        put_new(source, folder, target)
    assert target.read_bytes() == b"content"
    assert [path.name for path in (folder / "deep").iterdir()] == ["target"]


def test_a_disk_without_links_gets_the_file_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    test_a_file_is_put_where_there_is_none(tmp_path)


def test_nobody_can_put_a_link_in_the_place_of_a_directory_meanwhile(tmp_path: Path):
    source, folder, elsewhere = tmp_path / "source", tmp_path / "folder", tmp_path / "elsewhere"
    source.touch()
    folder.mkdir()
    elsewhere.mkdir()
    (folder / "deep").symlink_to(elsewhere)
    with pytest.raises(OSError, match=r"Not a directory|Too many levels"):
        put_new(source, folder, folder / "deep" / "target")
    assert list(elsewhere.iterdir()) == []


def test_what_has_lain_there_for_too_long_goes_with_all_that_is_in_it(tmp_path: Path):
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "people.csv").touch()
        (tmp_path / f"{name}.csv").touch()
    for name in ("old", "old.csv"):
        os.utime(tmp_path / name, (0, 0))
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    forget_older(tmp_path, 3_600)
    forget_older(tmp_path / "nowhere", 3_600)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dangling", "new", "new.csv"]
