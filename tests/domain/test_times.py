"""Times of a dialler that stands in Germany."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.domain.times import ahead, between, days, local, now, parse, passed, shared_offset, shown, shown_bare

BERLIN = ZoneInfo("Europe/Berlin")
SUMMER, WINTER = timezone(timedelta(hours=2)), timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2026, 11, 20, 14, 5, 59), "2026-11-20 14:05+01:00"),
        (datetime(2026, 7, 1, 14, 5), "2026-07-01 14:05+02:00"),
        (datetime(2026, 7, 1, 12, 5, tzinfo=UTC), "2026-07-01 14:05+02:00"),
        (datetime(2026, 11, 20, 14, 5, tzinfo=SUMMER), "2026-11-20 13:05+01:00"),
        # to summer time: 02:00 becomes 03:00
        (datetime(2026, 3, 29, 1, 59), "2026-03-29 01:59+01:00"),
        (datetime(2026, 3, 29, 3, 0), "2026-03-29 03:00+02:00"),
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "2026-03-29 01:59+01:00"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "2026-03-29 03:00+02:00"),
        # back to winter time: 03:00 becomes 02:00, the hour comes twice
        (datetime(2026, 10, 25, 2, 30, tzinfo=SUMMER), "2026-10-25 02:30+02:00"),
        (datetime(2026, 10, 25, 2, 30, tzinfo=WINTER), "2026-10-25 02:30+01:00"),
        (datetime(2026, 10, 25, 2, 30), "2026-10-25 02:30+02:00"),
        (datetime(2026, 10, 25, 3, 0), "2026-10-25 03:00+01:00"),
    ],
)
def test_a_time_is_shown_in_the_zone_of_the_dialler(value: datetime, text: str) -> None:
    assert shown(value, BERLIN) == text
    assert shown_bare(value, BERLIN) == text[:16]


@pytest.mark.parametrize("value", [datetime.max, datetime.min])
def test_the_edges_of_the_calendar_are_shown_too(value: datetime) -> None:
    for zone in (UTC, SUMMER, timezone(timedelta(hours=-12))):
        for given_value in (value, value.replace(tzinfo=zone)):
            assert shown(given_value, BERLIN)[:4] in ("9999", "0001")


@pytest.mark.parametrize(
    ("values", "offset"),
    [
        ([], None),
        ([datetime(2026, 11, 20)], "+01:00"),
        ([datetime(2026, 11, 20), datetime(2026, 1, 1, tzinfo=UTC)], "+01:00"),
        ([datetime(2026, 11, 20), datetime(2026, 7, 1)], None),
    ],
)
def test_an_offset_is_shared_or_none(values: list[datetime], offset: str | None) -> None:
    assert shared_offset(values, BERLIN) == offset


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-11-20", datetime(2026, 11, 20)),
        (" 2026-11-20 ", datetime(2026, 11, 20)),
        ("2026-11-20T14:05", datetime(2026, 11, 20, 14, 5)),
        ("2026-11-20 14:05", datetime(2026, 11, 20, 14, 5)),
        ("2026-11-20T14:05:30", datetime(2026, 11, 20, 14, 5, 30)),
        ("2026-11-20T14:05:30.5", datetime(2026, 11, 20, 14, 5, 30, 500_000)),
        ("2026-11-20T14:05:30.123456", datetime(2026, 11, 20, 14, 5, 30, 123_456)),
        ("2026-11-20T14:05Z", datetime(2026, 11, 20, 15, 5)),
        ("2026-07-01T14:05:30+00:00", datetime(2026, 7, 1, 16, 5, 30)),
        ("2026-07-01 14:05-05:00", datetime(2026, 7, 1, 21, 5)),
        ("2024-02-29", datetime(2024, 2, 29)),
        ("2026-03-29T02:30", datetime(2026, 3, 29, 2, 30)),
        ("2026-03-29T01:30Z", datetime(2026, 3, 29, 3, 30)),
        ("2026-10-25T00:30Z", datetime(2026, 10, 25, 2, 30)),
        ("2026-10-25T01:30Z", datetime(2026, 10, 25, 2, 30)),
    ],
)
def test_what_a_person_writes_becomes_a_zoneless_local_time(text: str, value: datetime) -> None:
    time = parse(text, BERLIN)
    assert time == value
    assert time.tzinfo is None


@pytest.mark.parametrize(
    "text",
    [
        *("", "heute", "20.11.2026", "2026-11", "2026-11-31", "2025-02-29", "2026-11-20T25:00", "2026-11-20T14"),
        *("2026-11-20T14:05+1:00", "2026-11-20T14:05:60", "2026-11-20X14:05", "2026-W47-5", "20261120", "0000-01-01"),
        *(
            "2026-11-20T14:05:30.1234567",
            "２０２６-11-20",
            "2026-11-20\n2026-11-21",
            "2026-11-20T14:05+99:00",
        ),
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(text, BERLIN)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-11-20", datetime(2026, 11, 20, 23, 59, 59)),
        ("2026-10-25", datetime(2026, 10, 25, 23, 59, 59)),
        ("9999-12-31", datetime(9999, 12, 31, 23, 59, 59)),
        ("2026-11-20T00:00", datetime(2026, 11, 20)),
    ],
)
def test_the_end_of_a_day_is_its_last_second(text: str, value: datetime) -> None:
    assert parse(text, BERLIN, end_of_day=True) == value


TIMES = st.datetimes(timezones=st.none() | st.sampled_from([UTC, BERLIN, SUMMER, timezone(timedelta(hours=-12))]))


@given(TIMES)
def test_what_is_shown_is_read_back_to_the_minute(value: datetime) -> None:
    bare = shown_bare(value, BERLIN)
    assert parse(bare, BERLIN).isoformat(" ", "minutes") == bare
    assert shown(value, BERLIN).startswith(bare)


@given(st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1), timezones=st.sampled_from([UTC, SUMMER, BERLIN])))
def test_an_instant_stays_the_same_instant(value: datetime) -> None:
    assert local(value, BERLIN).timestamp() == value.timestamp()


@given(st.text(alphabet="0123456789-:T Z+.", max_size=32) | st.text())
def test_any_text_is_a_zoneless_time_or_refused(text: str) -> None:
    try:
        value = parse(text, BERLIN)
    except ValueError:
        return
    assert value.tzinfo is None


@given(TIMES)
def test_every_written_time_is_read(value: datetime) -> None:
    if value.tzinfo is BERLIN:
        value = value.replace(tzinfo=None)
    assert parse(value.isoformat(), BERLIN) == local(value, BERLIN).replace(tzinfo=None)


def test_now_is_in_the_zone() -> None:
    assert now(BERLIN).tzinfo is BERLIN


REPEATED = datetime(2026, 10, 25, 2, 30)


@pytest.mark.parametrize(
    ("value", "at", "which"),
    [
        # the first pass of the hour that comes twice
        (REPEATED, datetime(2026, 10, 25, 2, 29, tzinfo=SUMMER), "ahead"),
        (REPEATED, datetime(2026, 10, 25, 2, 30, tzinfo=SUMMER), "now"),
        (REPEATED, datetime(2026, 10, 25, 2, 31, tzinfo=SUMMER), "passed"),
        # the second: a zone-less time meant the first
        (REPEATED, datetime(2026, 10, 25, 2, 10, tzinfo=WINTER), "passed"),
        (REPEATED.replace(tzinfo=SUMMER), datetime(2026, 10, 25, 2, 10, tzinfo=WINTER), "passed"),
        (REPEATED.replace(tzinfo=WINTER), datetime(2026, 10, 25, 2, 50, tzinfo=SUMMER), "ahead"),
        (REPEATED.replace(tzinfo=WINTER), datetime(2026, 10, 25, 2, 30, tzinfo=WINTER), "now"),
        (datetime(2026, 10, 25, 3, 0), datetime(2026, 10, 25, 2, 59, tzinfo=WINTER), "ahead"),
        # for ever
        (datetime.max, datetime(2026, 10, 25, 2, 30, tzinfo=SUMMER), "ahead"),
        (datetime.max.replace(tzinfo=UTC), datetime(2026, 10, 25, 2, 30, tzinfo=SUMMER), "ahead"),
        (datetime.min, datetime(2026, 10, 25, 2, 30, tzinfo=SUMMER), "passed"),
    ],
)
def test_a_time_is_ahead_or_passed_as_a_moment_and_not_on_the_clock(value: datetime, at: datetime, which: str) -> None:
    for present in (at, at.astimezone(BERLIN), at.astimezone(UTC)):
        assert ahead(value, present, BERLIN) is (which == "ahead")
        assert passed(value, present, BERLIN) is (which == "passed")


TODAY = date(2026, 11, 20)  # a Friday


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("today", "2026-11-20", "2026-11-20"),
        ("Heute", "2026-11-20", "2026-11-20"),
        ("yesterday", "2026-11-19", "2026-11-19"),
        ("gestern", "2026-11-19", "2026-11-19"),
        ("this week", "2026-11-16", "2026-11-20"),
        ("diese Woche", "2026-11-16", "2026-11-20"),
        (" Last  WEEK ", "2026-11-09", "2026-11-15"),
        ("letzte Woche", "2026-11-09", "2026-11-15"),
        ("vorige Woche", "2026-11-09", "2026-11-15"),
        ("this month", "2026-11-01", "2026-11-20"),
        ("diesen Monat", "2026-11-01", "2026-11-20"),
        ("last month", "2026-10-01", "2026-10-31"),
        ("letzten Monat", "2026-10-01", "2026-10-31"),
        ("vergangenen Monat", "2026-10-01", "2026-10-31"),
        ("this quarter", "2026-10-01", "2026-11-20"),
        ("letztes Quartal", "2026-07-01", "2026-09-30"),
        ("dieses Jahr", "2026-01-01", "2026-11-20"),
        ("last year", "2025-01-01", "2025-12-31"),
    ],
)
def test_what_people_call_a_period_is_whole_days(text: str, first: str, last: str):
    assert days(text, TODAY) == (date.fromisoformat(first), date.fromisoformat(last))


def test_the_week_before_may_lie_in_another_year():
    assert days("last week", date(2026, 1, 1)) == (date(2025, 12, 22), date(2025, 12, 28))
    assert days("last month", date(2026, 1, 31)) == (date(2025, 12, 1), date(2025, 12, 31))


@pytest.mark.parametrize("text", ["", "week", "next week", "last tuesday", "last week or so", "2026-11-20"])
def test_what_is_no_period_is_refused(text: str):
    with pytest.raises(ValueError, match="today, yesterday"):
        days(text, TODAY)


@pytest.mark.parametrize(
    ("since", "until", "begins", "ends"),
    [
        (None, None, None, None),
        ("2026-11-02", None, datetime(2026, 11, 2), None),
        (None, "2026-11-02", None, datetime(2026, 11, 2, 23, 59, 59)),
        ("last week", None, datetime(2026, 11, 9), datetime(2026, 11, 15, 23, 59, 59)),
        ("last week", "yesterday", datetime(2026, 11, 9), datetime(2026, 11, 19, 23, 59, 59)),
        ("last week", "2026-11-10T12:00", datetime(2026, 11, 9), datetime(2026, 11, 10, 12)),
        (None, "letzte Woche", None, datetime(2026, 11, 15, 23, 59, 59)),
    ],
)
def test_a_period_alone_is_meant_as_a_whole(
    since: str | None, until: str | None, begins: datetime | None, ends: datetime | None
):
    assert between(since, until, TODAY, BERLIN) == (begins, ends)
    with pytest.raises(ValueError, match="not a time"):
        between("some day", None, TODAY, BERLIN)


def test_a_refusal_holds_nothing_of_what_was_written() -> None:
    with pytest.raises(ValueError, match="not a time of the form"):
        parse("２０２６-11-20", BERLIN)
