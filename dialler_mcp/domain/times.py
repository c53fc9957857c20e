"""The dialler's times: zone-less values are local to it; newer releases may send an offset or Z."""

import re
from datetime import date, datetime, time, timedelta, tzinfo

from dialler_mcp.words import Words, WrongValue

_WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?)?", re.ASCII)
TIME_FORMAT = "YYYY-MM-DD or YYYY-MM-DDTHH:MM"
IN_FORM = Words(TIME_FORMAT, TIME_FORMAT.replace(" or ", " oder "))
_NO_TIME = Words("not a time of the form {form}", "muss eine Zeit der Form {form} sein")
PERIODS = "today, yesterday, or this or last week, month, quarter or year"
_DAYS_BACK = {"today": 0, "heute": 0, "yesterday": 1, "gestern": 1}
_THIS = ("this", "diese", "dieser", "diesen", "dieses")
_STEMS, _ENDINGS = ("letzte", "vorige", "vergangene"), ("", "r", "n", "s")
_LAST = ("last", "previous", *(stem + ending for stem in _STEMS for ending in _ENDINGS))
_UNITS = {
    "week": "week",
    "woche": "week",
    "month": "month",
    "monat": "month",
    "quarter": "quarter",
    "quartal": "quarter",
    "year": "year",
    "jahr": "year",
}


def local(value: datetime, zone: tzinfo) -> datetime:
    """A time with its offset in the dialler's zone; a zone-less one is taken as local already."""
    try:
        return value.replace(tzinfo=zone) if value.tzinfo is None else value.astimezone(zone)
    except OverflowError:  # "for ever", written as the last second of the calendar
        return value.replace(tzinfo=zone)


def is_none(value: datetime) -> bool:
    """Whether a time is how programs write that there is none: the beginning of a calendar (0001, 1900, 1970)."""
    return value.year <= 1970


def passed(value: datetime, now: datetime, zone: tzinfo) -> bool:
    """Whether a time lies before now. Moments are compared: when clocks are set back, they show one hour twice, and
    Python compares two times of one zone by what the clock shows. A zone-less time in that hour means its first pass.
    """
    return local(value, zone).timestamp() < now.timestamp()


def ahead(value: datetime, now: datetime, zone: tzinfo) -> bool:
    """Whether a time is still to come. A time that is exactly now is neither ahead nor passed."""
    return local(value, zone).timestamp() > now.timestamp()


def shown(value: datetime, zone: tzinfo) -> str:
    """A time as people read it, to the minute, with its offset: `2026-11-20 14:05+01:00`."""
    return local(value, zone).isoformat(" ", "minutes")


def shown_bare(value: datetime, zone: tzinfo) -> str:
    """The same without the offset, for tables that name it once."""
    return local(value, zone).replace(tzinfo=None).isoformat(" ", "minutes")


def shared_offset(values: list[datetime], zone: tzinfo) -> str | None:
    """The offset that all these times have in the zone, or None when they differ or there are none."""
    offsets = {local(value, zone).isoformat()[-6:] for value in values}
    return offsets.pop() if len(offsets) == 1 else None


def parse(text: str, zone: tzinfo, *, end_of_day: bool = False) -> datetime:
    """A zone-less local time from what a person writes; a bare date is its first or, on request, last second.

    Raises:
        WrongValue: the text is no such date or time.
    """
    content = text.strip()
    if not _WRITTEN.fullmatch(content):
        raise WrongValue(_NO_TIME.filled(form=IN_FORM))
    value = datetime.fromisoformat(content)
    if len(content) == len("2026-11-20") and end_of_day:
        value += timedelta(days=1, seconds=-1)
    return local(value, zone).replace(tzinfo=None)


def days(text: str, today: date) -> tuple[date, date]:
    """The first and the last day of what a person calls a period, in English or German: `last week`, `gestern`. Weeks
    begin on Monday; a period that goes on ends today.

    Raises:
        ValueError: the text is no such period.
    """
    match text.casefold().split():
        case [day] if day in _DAYS_BACK:
            the_day = today - timedelta(days=_DAYS_BACK[day])
            return the_day, the_day
        case [which, unit] if unit in _UNITS and which in _THIS:
            return _first_day(_UNITS[unit], today), today
        case [which, unit] if unit in _UNITS and which in _LAST:
            last = _first_day(_UNITS[unit], today) - timedelta(days=1)
            return _first_day(_UNITS[unit], last), last
        case _:
            raise ValueError(f"not one of {PERIODS}")


def _first_day(unit: str, day: date) -> date:
    """The first day of the week, month, quarter or year that a day belongs to."""
    if unit == "week":
        return day - timedelta(days=day.weekday())
    month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}[unit]
    return day.replace(month=month, day=1)


def between(since: str | None, until: str | None, today: date, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
    """The first and the last second that a person means with two times, zone-less and local; each may be a period
    instead. A period as `since`, with no `until`, is meant as a whole.

    Raises:
        ValueError: a text is neither a time nor a period.
    """
    begins = ends = None
    if since is not None:
        begins, ends = _seconds(since, today) or (parse(since, zone), None)
    if until is not None:
        _, ends = _seconds(until, today) or (None, parse(until, zone, end_of_day=True))
    return begins, ends


def _seconds(text: str, today: date) -> tuple[datetime, datetime] | None:
    """The first and the last second of a period; None for what is no period."""
    try:
        first, last = days(text, today)
    except ValueError:
        return None
    return datetime.combine(first, time.min), datetime.combine(last, time.max).replace(microsecond=0)


def now(zone: tzinfo) -> datetime:
    """The present time in the dialler's zone."""
    return datetime.now(zone)
