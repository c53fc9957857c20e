"""The store: filled once, shared by several processes, its owner's alone."""

import sqlite3
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

from dialler_mcp.domain.records import Campaign, Contact
from dialler_mcp.sandbox import Store
from dialler_mcp.sandbox.store import local_now
from dialler_mcp.sandbox.world.world import World, invent


@pytest.fixture(autouse=True)
def _once(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    """To invent people takes long: those of one seed and moment are the same each time."""
    monkeypatch.setattr("dialler_mcp.sandbox.store.invent", invented)


invented = cache(invent)


@pytest.mark.thorough
def test_a_new_store_is_filled_and_an_existing_one_is_left_alone(tmp_path: Path, now: datetime) -> None:
    path = tmp_path / "below" / "sandbox.db"
    store = Store.open(path, now=now)
    count = len(store.contacts())
    store.delete_contact(215220)
    store.close()

    again = Store.open(path, now=now)
    assert len(again.contacts()) == count - 1
    assert again.history([215220]) == []
    again.close()


@pytest.mark.thorough
def test_the_file_is_readable_by_its_owner_only_and_nothing_lies_beside_it(tmp_path: Path, now: datetime) -> None:
    path = tmp_path / "sandbox.db"
    Store.open(path, now=now).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["sandbox.db"]


@pytest.mark.thorough
def test_two_processes_that_start_at_once_share_one_sandbox(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.db"
    code = (
        "import sys; from pathlib import Path; from dialler_mcp.sandbox import Store\n"
        "store = Store.open(Path(sys.argv[1]), seed=int(sys.argv[2])); print(store.contact(215211).random_sort_order)"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", code, str(path), seed], stdout=subprocess.PIPE, text=True)
        for seed in ("1", "2")
    ]
    outputs = {process.communicate()[0].strip() for process in processes}
    assert [process.returncode for process in processes] == [0, 0]
    assert len(outputs) == 1


@pytest.mark.thorough
def test_the_faster_process_wins(tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "sandbox.db"
    first = Store.open(path, now=now)

    def not_yet_there(_: Path) -> bool:
        return False

    def nobody(seed: int, now: datetime) -> World:
        return replace(invented(seed, now), contacts=[])

    with monkeypatch.context() as patch:
        patch.setattr(Path, "exists", not_yet_there)
        patch.setattr("dialler_mcp.sandbox.store.invent", nobody)
        second = Store.open(path, now=now)
    assert second.contacts() == first.contacts()
    assert [entry.name for entry in tmp_path.iterdir() if entry.suffix == ".db"] == ["sandbox.db"]
    first.close()
    second.close()


def test_what_one_process_writes_another_reads(tmp_path: Path, now: datetime) -> None:
    one, other = Store.open(tmp_path / "s.db", now=now), Store.open(tmp_path / "s.db", now=now)
    with one.change():
        one.delete_contact(215220)
    assert other.contact(215220) is None
    one.close()
    other.close()


def test_a_file_of_another_version_or_kind_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    database = sqlite3.connect(other)
    database.execute("CREATE TABLE t (x)")
    database.close()
    with pytest.raises(ValueError, match="another version"):
        Store.open(other)
    text = tmp_path / "text.db"
    text.write_text("no database at all " * 100)
    with pytest.raises(ValueError, match="not a sandbox"):
        Store.open(text)


def test_a_change_that_fails_changes_nothing(store: Store) -> None:
    def delete_and_fail() -> None:
        with store.change():
            store.delete_contact(215220)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        delete_and_fail()
    assert store.contact(215220) is not None


def test_what_is_written_is_counted_and_what_is_read_is_not(store: Store) -> None:
    before = store.writes
    contact = store.contact(215220)
    assert contact is not None
    assert store.writes == before
    store.save_contact(contact)
    assert store.writes > before


def test_a_copy_is_independent(store: Store) -> None:
    copy = store.copy()
    copy.delete_campaign(538)
    assert copy.campaign(538) is None
    assert copy.contacts(538) == []
    assert copy.result_codes(538) == []
    assert store.campaign(538) is not None
    copy.close()


def test_an_id_is_never_used_twice(store: Store) -> None:
    contact = store.add_contact(Contact(dialler_campaigns_id=538, name="A"))
    store.delete_contact(contact.id)
    assert store.add_contact(Contact(dialler_campaigns_id=538, name="B")).id == contact.id + 1


def test_keys_and_names_match_whatever_their_case_but_as_a_whole(store: Store) -> None:
    assert [contact.id for contact in store.contacts_by_user_data(["CONTACT10"])] == [215220]
    assert store.contacts_by_user_data(["Contact"]) == []
    campaign = store.campaign_named("kÜNDIGER-rückgewinnung")
    assert campaign is not None
    assert campaign.name == "Kündiger-Rückgewinnung"
    assert [match.name for match in store.campaigns_like("% &")] == ["50% & Co."]
    assert store.campaigns_like("_") == []


def test_lists_are_sorted_by_name(store: Store) -> None:
    names = [(contact.name or "").casefold() for contact in store.contacts()]
    assert names == sorted(names)
    assert store.groups()[0].name == "Beschwerden/Eskalation"


def test_a_number_that_no_database_can_hold_is_nobodys_id(store: Store) -> None:
    huge = 2**70
    assert store.contact(huge) is None
    assert store.contacts(huge) == []
    assert store.campaign(huge) is None
    assert store.group(huge) is None
    assert store.event(huge) is None


def test_two_campaigns_cannot_have_one_name(store: Store) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        store.add_campaign(Campaign(name="CAMPAIGN 1000"))


def test_the_clock_of_the_dialler_is_local_and_zone_less() -> None:
    assert local_now().tzinfo is None
