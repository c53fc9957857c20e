from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from dialler_mcp.changes.journal import Entry
from dialler_mcp.changes.undo import CannotUndo, plan
from dialler_mcp.domain.records import Contact

BERLIN = ZoneInfo("Europe/Berlin")
LIVE = Contact(id=7, name="Müller", phone_number1="4930", city="Ulm")


def entry(before: Contact | None, after: Contact | None, **values: Any) -> Entry:
    images = {
        name: None if image is None else msgspec.Raw(msgspec.json.encode(image))
        for name, image in (("before", before), ("after", after))
    }
    usual: dict[str, Any] = {"verb": "update", "kind": "contact", "label": "c", "contact_id": 7, "campaign_id": 538}
    began = datetime(2026, 11, 20, tzinfo=UTC)
    arguments: dict[str, Any] = {"dialler": "d", "began": began, "tool": "t", **usual, **images, **values}
    return Entry(**arguments)


def contact(**values: Any) -> Contact:
    return msgspec.structs.replace(LIVE, **values)


@pytest.mark.parametrize(
    ("change_entry", "live", "why"),
    [
        (entry(None, LIVE), LIVE, "does not hold the record as it was before"),
        (entry(LIVE, None), LIVE, "as it was after the change"),
        (entry(LIVE, None, verb="delete"), LIVE, "is there again"),
        (entry(contact(name=None), None, verb="delete"), None, "cannot be imported again"),
        (entry(contact(phone_number1=""), None, verb="delete"), None, "cannot be imported again"),
        (entry(LIVE, contact(follow_up_users_uid="anna")), contact(follow_up_users_uid="anna"), "cannot be updated"),
        (entry(LIVE, contact(id=8), verb="import"), LIVE, "created the contact"),
        (entry(None, None, kind="campaign", verb="delete"), None, "kept in no file"),
    ],
)
def test_what_cannot_be_undone(change_entry: Entry, live: Contact | None, why: str):
    with pytest.raises(CannotUndo, match=why):
        plan(change_entry, live, BERLIN)


def test_fields_that_were_empty_are_emptied_again():
    after = contact(city="Bonn", amount=5.0, comment="x", dt_end_date=datetime(2026, 1, 1))
    undo = plan(entry(contact(city=None), after), after, BERLIN)
    assert undo.values == {"City": "", "Amount": None, "Comment": "", "dtEndDate": ""}


def test_a_time_with_and_without_offset_is_the_same():
    after = contact(city="Bonn", dt_end_date=datetime(2026, 1, 1))
    live = contact(city="Bonn", dt_end_date=datetime(2025, 12, 31, 23, tzinfo=UTC))
    assert plan(entry(LIVE, after), live, BERLIN).values == {"City": "Ulm", "dtEndDate": ""}


def test_a_time_with_an_offset_is_written_back_as_the_clock_of_the_dialler_shows_it():
    before = contact(dt_end_date=datetime(2026, 12, 1, 9, tzinfo=UTC), follow_up_date_time=datetime(2026, 7, 1, 9))
    after = contact(dt_end_date=None)
    assert plan(entry(before, after), after, BERLIN).values["dtEndDate"] == datetime(2026, 12, 1, 10)
    back = plan(entry(before, None, verb="delete"), None, BERLIN).values
    assert (back["dtEndDate"], back["FollowUpDateTime"]) == (datetime(2026, 12, 1, 10), datetime(2026, 7, 1, 9))
