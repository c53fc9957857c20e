"""Campaigns read at a terminal: which are meant, for which period, with bars, until all is known or Ctrl+C."""

import signal
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING

from dialler_mcp.cli.terminal import FAILED, MISUSED, end, new_bars
from dialler_mcp.domain import times
from dialler_mcp.words import NOTHING, Language, Words

if TYPE_CHECKING:
    from rich.progress import TaskID

    from dialler_mcp.domain.records import Campaign
    from dialler_mcp.reporting.figures.scope import Scope
    from dialler_mcp.reporting.snapshot.opening import Coverage
    from dialler_mcp.reporting.snapshot.refreshing import Step
    from dialler_mcp.reporting.snapshot.snapshots import Snapshots
    from dialler_mcp.settings import Settings

MAX_READING = 86400.0  # seconds
_NO_TIME = Words(
    "a time has the form {form}; a period is {periods}.", "Eine Zeit hat die Form {form}; ein Zeitraum ist {periods}."
)
_ORDER = Words("--until lies before --since.", "--until liegt vor --since.")
_FUTURE = Words(
    "--since lies in the future; there are no calls yet.", "--since liegt in der Zukunft; da gibt es noch keine Anrufe."
)
_NO_CAMPAIGNS = Words("the dialler has no campaign yet.", "Der Dialler hat noch keine Kampagne.")
_NO_CAMPAIGN = Words(
    "no campaign has this name or ID: {name}.", "Keine Kampagne hat diesen Namen oder diese ID: {name}."
)
_THERE_ARE = Words("There are: {names}.", "Es gibt: {names}.")


def scope_of(since: str | None, until: str | None, settings: "Settings", language: Language) -> "Scope":
    """The period that is meant; leaves with a sentence where there is none."""
    from dialler_mcp.reporting.figures.scope import Scope

    try:
        begins, ends = times.between(since, until, times.now(settings.zone).date(), settings.zone)
    except ValueError:
        end(_NO_TIME.filled(form=times.IN_FORM, periods=times.PERIODS).text(language), MISUSED)
    if begins and ends and ends < begins:
        end(_ORDER.text(language), MISUSED)
    if begins and begins > times.now(settings.zone).replace(tzinfo=None):
        end(_FUTURE.text(language), MISUSED)
    return Scope(begins, ends)


def meant(campaigns: Sequence["Campaign"], names: Sequence[str], language: Language) -> list["Campaign"]:
    """The campaigns of these names or IDs; leaves with a sentence where there are none."""
    from dialler_mcp.service.matching import listed_campaigns, no_campaign, of_name

    if not campaigns:
        end(_NO_CAMPAIGNS.text(language), FAILED)
    matches: dict[int, Campaign] = {}
    for name in names:
        by_id = [campaign for campaign in campaigns if name.strip() == str(campaign.id)]
        some = by_id or of_name(campaigns, name)
        if not some:
            problem = no_campaign(campaigns, name, _NO_CAMPAIGN.filled(name=repr(name)))
            choice = _THERE_ARE.filled(names=listed_campaigns(campaigns)) if problem.advice else NOTHING
            end(problem.words.then(choice).text(language), MISUSED)
        matches |= {campaign.id: campaign for campaign in some}
    return list(matches.values())


@dataclass
class Reading:
    """Reads campaigns one after the other; `full`: every history again."""

    full: bool = False
    _enough: bool = False

    async def read(self, snapshots: "Snapshots", campaigns: Sequence["Campaign"]) -> "Coverage":
        """What is known of the campaigns once everything is known, or somebody has ended the reading."""
        from dialler_mcp.domain.text import clean

        failures = list[tuple[int, Exception]]()
        with Bars() as bars, self._stoppable(snapshots):
            for campaign in campaigns:
                if self._enough:
                    break
                bars.begin(clean(campaign.name or str(campaign.id)))
                failures += await self._refresh(snapshots, campaign.id, bars)
        return await snapshots.coverage([campaign.id for campaign in campaigns], tuple(failures))

    async def _refresh(self, snapshots: "Snapshots", campaign_id: int, bars: "Bars") -> list[tuple[int, Exception]]:
        from dialler_mcp.api.errors import DiallerError
        from dialler_mcp.reporting.errors import SnapshotError

        try:
            await snapshots.refresh([campaign_id], full=self.full, budget_seconds=MAX_READING, progress=bars.show)
        except (DiallerError, SnapshotError) as error:
            return [(campaign_id, error)]
        return []

    @contextmanager
    def _stoppable(self, snapshots: "Snapshots") -> Generator[None]:
        """Ctrl+C ends the reading of histories and keeps what there is; the second one ends everything.

        Where Ctrl+C was ignored when we began (nohup, a job in the background of a script), it stays so: it is meant
        for somebody else.
        """
        before = signal.getsignal(signal.SIGINT)
        if before is signal.SIG_IGN:
            yield
            return

        def enough(number: int, frame: FrameType | None) -> None:
            self._enough = True
            signal.signal(signal.SIGINT, before)
            snapshots.hurry()
            print("dialler-mcp: stopping; Ctrl+C again ends at once and writes nothing.", file=sys.stderr)

        signal.signal(signal.SIGINT, enough)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)


class Bars:
    """How far the reading is, on a terminal; nothing where stderr is none."""

    def __init__(self) -> None:
        self._progress = new_bars()
        self._name = ""
        self._phases: dict[tuple[int, str], TaskID] = {}

    def __enter__(self) -> "Bars":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def begin(self, name: str) -> None:
        self._name = name[:40]

    async def show(self, step: "Step") -> None:
        key = (step.campaign_id, step.phase)
        if key not in self._phases:
            self._phases[key] = self._progress.add_task(f"{self._name}: {step.phase}", total=None)
        self._progress.update(self._phases[key], completed=step.amount, total=step.total)
