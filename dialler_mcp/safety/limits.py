"""The blast radius: how many changes a caller may make in a minute, an hour, a day."""

import math
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dialler_mcp.safety.changes import Intent

MINUTE, HOUR, DAY = 60, 3_600, 86_400
MOST_CALLERS = 200  # counted one by one; a client says its name itself, and may say a new one each time
_OTHERS = "\0others"


@dataclass(frozen=True)
class Limit:
    """At most `most` changes within `seconds`; `destructive` ones only, or all. `setting` raises it."""

    setting: str
    most: int
    seconds: int
    destructive: bool = False


class LimitReached(Exception):
    """A change more than the limit allows. `until` is when there is room again, seconds; infinite when never."""

    def __init__(self, limit: Limit, until: float) -> None:
        super().__init__(limit.setting)
        self.limit = limit
        self.until = until


@dataclass
class _Made:
    """When a caller made changes, the latest last; no more of them are kept than a limit looks back to."""

    all: deque[float]
    destructive: deque[float]

    def since(self, moment: float) -> bool:
        return bool(self.all) and self.all[-1] > moment


class Breaker:
    """Counts the changes of each caller in sliding windows. `clock` gives seconds since any moment.

    Nothing is awaited between looking and counting, so calls at the same time cannot overshoot together.
    """

    def __init__(self, limits: Iterable[Limit], clock: Callable[[], float]) -> None:
        self._limits = tuple(limits)
        self._clock = clock
        self._callers: dict[str, _Made] = {}

    def admit(self, caller: str, *, destroys: bool, begun: bool = False) -> None:
        """Count a change that is about to be sent; one that is refused is not counted. What has `begun` is not refused.

        Raises:
            LimitReached: it would be one too many; of several limits, the one that lasts longest.
        """
        now = self._clock()
        made = self._made(caller, now)
        reached = [
            (until, limit)
            for limit in self._limits
            if (destroys or not limit.destructive)
            and (until := _free_at(limit, made.destructive if limit.destructive else made.all)) > now
        ]
        if reached and not begun:
            until, limit = max(reached, key=lambda one: one[0])
            raise LimitReached(limit, until)
        made.all.append(now)
        if destroys:
            made.destructive.append(now)

    def _made(self, caller: str, now: float) -> _Made:
        """What this caller did. When there are too many, the idle are forgotten; newcomers then share one account."""
        if caller not in self._callers and len(self._callers) >= MOST_CALLERS:
            self._callers = {name: made for name, made in self._callers.items() if made.since(now - DAY)}
            if len(self._callers) >= MOST_CALLERS:
                caller = _OTHERS
        if caller not in self._callers:
            self._callers[caller] = _Made(self._kept(destructive=False), self._kept(destructive=True))
        return self._callers[caller]

    def _kept(self, *, destructive: bool) -> deque[float]:
        return deque(maxlen=max((limit.most for limit in self._limits if limit.destructive is destructive), default=0))


def _free_at(limit: Limit, made: deque[float]) -> float:
    """From when on there is room for one more under this limit."""
    if limit.most == 0:
        return math.inf
    return made[-limit.most] + limit.seconds if len(made) >= limit.most else -math.inf


def destroys(intent: Intent) -> bool:
    """Whether a change destroys what the dialler cannot give back: a deletion, an import that overwrites."""
    return intent.verb == "delete" or (intent.verb == "import" and intent.record is not None)
