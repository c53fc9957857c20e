"""What a dialler reports, and what its record shows."""

from datetime import UTC, datetime

import httpx2
import msgspec
import pytest

from dialler_mcp.changes.effects import denies, not_taken
from dialler_mcp.domain.records import Contact
from tests.conftest import BERLIN
from tests.tools.asking import CONTACT10, Make, change, contact, told

BEFORE = Contact(id=7, name="Neumann", n_tries_phone_number1=2, b_locked=False, city="Bonn")


def with_(**fields: object) -> Contact:
    return msgspec.structs.replace(BEFORE, **fields)


def test_a_record_denies_a_lock_whatever_else_has_changed():
    assert denies("lock", BEFORE, with_(n_tries_phone_number1=3), BERLIN)
    assert denies("unlock", with_(b_locked=True), with_(b_locked=True, city="Kiel"), BERLIN)
    assert not denies("lock", BEFORE, with_(b_locked=True), BERLIN)
    assert not denies("lock", BEFORE, with_(b_locked=msgspec.UNSET), BERLIN)


def test_a_record_denies_a_reset_only_where_all_is_as_it_was():
    assert denies("reset", BEFORE, BEFORE, BERLIN)
    assert not denies("reset", BEFORE, with_(n_tries_phone_number1=1), BERLIN)
    assert not denies("reset", with_(n_tries_phone_number1=0), with_(n_tries_phone_number1=0), BERLIN)
    assert not denies("delete", BEFORE, BEFORE, BERLIN)


def test_the_fields_that_were_not_taken_are_named():
    values = {"ID": 7, "City": "Kiel", "Comment": "", "FollowUpDateTime": "2026-12-01T10:00:00"}
    assert [info.wire for info in not_taken(values, BEFORE, BERLIN)] == ["City", "FollowUpDateTime"]
    taken = with_(city="Kiel", follow_up_date_time=datetime(2026, 12, 1, 9, tzinfo=UTC))
    assert not_taken(values, taken, BERLIN) == []


@pytest.mark.parametrize(("verb", "locked"), [("lock", False), ("unlock", True)])
async def test_a_contact_that_is_called_meanwhile_is_not_told_as_locked_either(bench: Make, verb: str, locked: bool):
    b = bench()
    change(b, CONTACT10, b_locked=locked)

    def accepted(request: httpx2.Request) -> httpx2.Response | None:
        if not request.url.path.endswith(verb):
            return None
        change(b, CONTACT10, n_tries_phone_number1=(contact(b, CONTACT10).n_tries_phone_number1 or 0) + 1)
        return httpx2.Response(200, json={"status": 200})

    b.wire.instead = accepted
    answer = await told(b, f"{verb}_contact", contact_id=CONTACT10)
    assert answer["status"] == "unchanged"
    assert "does not show as" in answer["what"]
