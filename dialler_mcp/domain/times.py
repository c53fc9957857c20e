"""The dialler's times: zone-less values are local to it; newer releases may send an offset or Z."""

import re
from datetime import datetime, timedelta, tzinfo

_WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?)?", re.ASCII)
TIME_FORMAT = "YYYY-MM-DD or YYYY-MM-DDTHH:MM"


def local(value: datetime, zone: tzinfo) -> datetime:
    """A time with its offset in the dialler's zone; a zone-less one is taken as local already."""
    try:
        return value.replace(tzinfo=zone) if value.tzinfo is None else value.astimezone(zone)
    except OverflowError:  # "for ever", written as the last second of the calendar
        return value.replace(tzinfo=zone)


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
        ValueError: the text is no such date or time.
    """
    stripped = text.strip()
    if not _WRITTEN.fullmatch(stripped):
        raise ValueError(f"not a time of the form {TIME_FORMAT}")
    value = datetime.fromisoformat(stripped)
    if len(stripped) == len("2026-11-20") and end_of_day:
        value += timedelta(days=1, seconds=-1)
    return local(value, zone).replace(tzinfo=None)


def now(zone: tzinfo) -> datetime:
    """The present time in the dialler's zone."""
    return datetime.now(zone)
