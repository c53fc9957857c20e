"""Times around the hours in which clocks change, for tests."""

from datetime import datetime, timedelta, timezone

from hypothesis import strategies as st

from tests.conftest import BERLIN

SUMMER, WINTER = timezone(timedelta(hours=2)), timezone(timedelta(hours=1))
MINUTE = timedelta(minutes=1)
BACK, FORTH = datetime(2026, 10, 25, 2), datetime(2026, 3, 29, 2)  # when the clocks are set back, and forth
QUIET = datetime(2026, 11, 20, 14)


def near(moment: datetime) -> st.SearchStrategy[datetime]:
    """A time within a day or, more often, within three hours of a moment."""

    def at(minutes: int, micro: int) -> datetime:
        return moment + minutes * MINUTE + timedelta(microseconds=micro)

    return st.builds(at, st.integers(-180, 180) | st.integers(-1440, 1440), st.sampled_from([0, 0, 1, 999_999]))


def in_berlin(wall: datetime, fold: int) -> datetime:
    return wall.replace(tzinfo=BERLIN, fold=fold)


WALLS = near(BACK) | near(FORTH) | near(QUIET)
FAR = st.datetimes() | st.sampled_from([datetime.min, datetime.max, BACK, FORTH, QUIET])
NOWS = st.builds(in_berlin, WALLS, st.integers(0, 1))
