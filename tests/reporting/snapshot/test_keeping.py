"""What is written of a record: times as the dialler's clock shows them, and no more than the level allows."""

from datetime import datetime, timedelta, timezone

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.domain.privacy import Privacy
from dialler_mcp.domain.records import Contact, HistoryEntry
from dialler_mcp.reporting.snapshot.forms import call_kind, kept, kept_of
from dialler_mcp.reporting.snapshot.keeping import Keeping
from tests.conftest import BERLIN


def written(contact: Contact, level: Privacy = Privacy.bank) -> bytes:
    return Keeping(level, BERLIN, b"key").contact_lines([kept_of(contact, kept(Contact, level))])


def test_not_shown_and_none_are_kept_apart() -> None:
    assert msgspec.json.decode(written(Contact(id=1))) == {"ID": 1}
    none = Contact(id=2, dialler_campaigns_result_codes_id=None, b_locked=None)
    assert msgspec.json.decode(written(none)) == {"ID": 2, "DiallerCampaignsResultCodesID": 0, "bLocked": False}


zones = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
times = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=zones)


@given(times)
def test_a_time_with_an_offset_is_kept_as_the_clock_on_the_dialler_s_wall(value: datetime) -> None:
    kept_time = datetime.fromisoformat(msgspec.json.decode(written(Contact(id=1, dt_next_try=value)))["dtNextTry"])
    assert kept_time == value.astimezone(BERLIN).replace(tzinfo=None)


@given(times)
def test_so_is_a_time_of_a_call_flat_or_nested(value: datetime) -> None:
    row, part = call_kind(Privacy.bank), kept(HistoryEntry, Privacy.bank)
    call = row(dt_call_start=value, dt_created=value, part=part(dt_call_end=value))
    line = msgspec.json.decode(Keeping(Privacy.bank, BERLIN, b"").call_lines([call, row(id=1)]).splitlines()[0])
    call_times = line["dtCallStart"], line["dtCreated"], line["StatisticsPartA"]["dtCallEnd"]
    assert {datetime.fromisoformat(one) for one in call_times} == {value.astimezone(BERLIN).replace(tzinfo=None)}


def test_the_end_of_the_calendar_is_no_error() -> None:
    line = msgspec.json.decode(written(Contact(id=1, dt_next_try=datetime.max.replace(tzinfo=timezone.min))))
    assert line["dtNextTry"].startswith("9999-12-31T23:59:59")


@given(st.text(max_size=200), st.text(max_size=40), st.sampled_from([*Privacy]))
def test_any_text_is_one_line_of_json(comment: str, phone: str, level: Privacy) -> None:
    contact = Contact(id=1, comment=comment, phone_number1=phone, account_iban=comment)
    (line,) = written(contact, level).split(b"\n")[:-1]
    values = msgspec.json.decode(line)
    if level is Privacy.full:
        assert values.get("Comment", "") == comment
    else:
        assert "AccountIBAN" not in values


def test_the_number_of_a_call_is_masked_wherever_it_stands() -> None:
    row, part = call_kind(Privacy.masked), kept(HistoryEntry, Privacy.masked)
    call = row(phone_number="4930231250", part=part(phone_number="4930231250"))
    assert b"4930231250" not in Keeping(Privacy.masked, BERLIN, b"key").call_lines([call])
