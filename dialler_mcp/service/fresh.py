"""Snapshots for a question: which campaigns are meant, read as fresh as it needs, with what is not known said."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dialler_mcp.api.errors import DiallerError
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.records import Campaign
from dialler_mcp.domain.text import clean
from dialler_mcp.domain.times import local
from dialler_mcp.problem import Problem
from dialler_mcp.reporting.errors import SnapshotError
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.service.matching import asked_campaigns
from dialler_mcp.words import Words

if TYPE_CHECKING:
    from dialler_mcp.reporting.snapshot.opening import CampaignCoverage, Coverage
    from dialler_mcp.reporting.snapshot.refreshing import Step

BUDGET_SECONDS = 30.0  # of reading; a host cuts off an invocation that takes longer than 45
MAX_CAMPAIGNS = 50

_AS_OF = Words("Data as of {time}", "Stand: {time}")
_HISTORY = Words(
    "history known of {known} of {contacts} contacts: ask again to go on",
    "Verlauf von {known} von {contacts} Kontakten bekannt: noch einmal fragen, dann geht es weiter",
)
_NO_HISTORY = Words("this release shows no history", "dieses Release zeigt keinen Verlauf")
_READING = Words(
    "{campaign}: the list is still being read; ask again",
    "{campaign}: die Liste wird noch gelesen; noch einmal fragen",
)
_FAILED = Words("campaign {campaign} could not be read: {why}", "Kampagne {campaign} war nicht lesbar: {why}")
_OLDER = Words(
    "{campaign}: as of {time}, since the dialler could not be read anew: {why}",
    "{campaign}: Stand {time}, da der Dialler nicht neu gelesen werden konnte: {why}",
)


_NO_CAMPAIGN = Words("The dialler has no campaign yet.", "Der Dialler hat noch keine Kampagne.")
_TOO_MANY = Words(
    "There are {count} campaigns: give campaign_ids or names, at most {most}.",
    "Es gibt {count} Kampagnen: Geben Sie campaign_ids oder names an, höchstens {most}.",
)
_NOTHING_READ = Words("Nothing could be read yet: {why}", "Noch ließ sich nichts lesen: {why}")


async def chosen(
    invocation: Invocation, campaign_ids: Sequence[int] | None, names: Sequence[str] | None
) -> list[Campaign]:
    """The campaigns that a question is about: those of these IDs and names, or all.

    Raises:
        Problem: there is none, or there are too many; says what to do.
        NotFound: there is no campaign of one of these IDs.
    """
    campaigns = await asked_campaigns(invocation, campaign_ids, names) or await invocation.dialler.list_campaigns()
    if not campaigns:
        raise Problem(_NO_CAMPAIGN)
    if len(campaigns) > MAX_CAMPAIGNS:
        raise Problem(_TOO_MANY.filled(count=len(campaigns), most=MAX_CAMPAIGNS))
    return campaigns


@dataclass(frozen=True)
class Copies:
    """The snapshots that a question is answered from: the campaigns that have one, and what is not known in words."""

    coverage: "Coverage"
    campaign_ids: list[int]
    remarks: list[str]

    @property
    def lists_are_new(self) -> bool:
        """Whether every list was read through; else an older one stands for it, or none."""
        return not self.coverage.failures and not any(one.reading for one in self.coverage.campaigns)


async def copies_of(
    invocation: Invocation,
    campaigns: Sequence[Campaign],
    language: Language,
    *,
    within: float = 0.0,
    histories: bool = True,
    full: bool = False,
    budget_seconds: float = BUDGET_SECONDS,
) -> Copies:
    """Bring the snapshots of these campaigns up to date, as `read` does, and say in words what is not known.

    Raises:
        Problem: there is nothing of any of them yet; says why.
    """
    ids = [campaign.id for campaign in campaigns]
    coverage = await read(invocation, ids, within=within, histories=histories, full=full, budget_seconds=budget_seconds)
    return copies_in(invocation, coverage, language, histories=histories)


def copies_in(invocation: Invocation, coverage: "Coverage", language: Language, *, histories: bool = True) -> Copies:
    """What was read, as a question is answered from it; in words, what is not known.

    Raises:
        Problem: there is nothing of any campaign yet; says why.
    """
    missing = remarks(invocation, coverage if histories else _of_lists(coverage), language)
    readable = [one.campaign_id for one in coverage.campaigns if one.read_at]
    if not readable:
        raise Problem(_NOTHING_READ.filled(why=" ".join(missing)))
    return Copies(coverage, readable, missing)


def _of_lists(coverage: "Coverage") -> "Coverage":
    """The coverage without what concerns histories, for a question that looks at the lists alone."""
    lists = tuple(replace(one, histories=one.contacts, stop_reason=None) for one in coverage.campaigns)
    return replace(coverage, campaigns=lists)


async def read(
    invocation: Invocation,
    campaign_ids: Sequence[int],
    *,
    within: float = 0.0,
    histories: bool = True,
    full: bool = False,
    budget_seconds: float = BUDGET_SECONDS,
) -> "Coverage":
    """Bring the snapshots of these campaigns up to date, and say what is known. Those that are complete and not older
    than `within` seconds stay as they are; without `histories` also those whose histories are not complete. `full` asks
    for every history again, also of those who look as if nobody ever called them.

    Raises:
        Problem: nothing could be read or kept; says why.
    """
    snapshots = invocation.profile.snapshots
    before = await snapshots.coverage(campaign_ids)
    stale = [one.campaign_id for one in before.campaigns if not _good_enough(invocation, one, within, histories)]
    if not stale:
        return before
    try:
        result = await snapshots.refresh(stale, full=full, budget_seconds=budget_seconds, progress=_Telling(invocation))
        failures = result.failures
    except (SnapshotError, DiallerError) as error:
        if not any(one.read_at for one in before.campaigns):
            raise
        failures = tuple((number, error) for number in stale)  # what was read before still answers, with its age
    return await snapshots.coverage(campaign_ids, failures)


def _good_enough(invocation: Invocation, one: "CampaignCoverage", within: float, histories: bool) -> bool:
    if one.read_at is None or one.reading or (histories and not one.complete):
        return False
    return invocation.profile.time().timestamp() - local(one.read_at, invocation.profile.zone).timestamp() < within


class _Telling:
    """Tells the client how far a reading is; the number only ever grows."""

    def __init__(self, invocation: Invocation) -> None:
        self._invocation, self._before, self._last = invocation, 0, (0, "", 0)

    async def __call__(self, step: "Step") -> None:
        campaign_id, phase, amount = self._last
        if (campaign_id, phase) != (step.campaign_id, step.phase):
            self._before += amount
        self._last = (step.campaign_id, step.phase, step.amount)
        await self._invocation.progress(self._before + step.amount)


def _why(error: BaseException, language: Language) -> str:
    return error.text(language) if isinstance(error, Problem) else str(error)


def remarks(invocation: Invocation, coverage: "Coverage", language: Language) -> list[str]:
    """How old the data are, and what is not known of them, in sentences."""
    zone = invocation.profile.zone

    def time(one: "CampaignCoverage") -> str:
        return local(one.read_at, zone).isoformat(" ", "minutes") if one.read_at else "–"

    oldest = min((one for one in coverage.campaigns if one.read_at), key=lambda one: str(one.read_at), default=None)
    sentences = [_AS_OF.text(language).format(time=time(oldest))] if oldest else []
    if any(one.stop_reason == "no_history" for one in coverage.campaigns):
        sentences.append(_NO_HISTORY.text(language))
    elif coverage.histories < coverage.contacts:
        sentences.append(_HISTORY.text(language).format(known=coverage.histories, contacts=coverage.contacts))
    for one in coverage.campaigns:
        if one.reading:
            sentences.append(_READING.text(language).format(campaign=clean(one.name or str(one.campaign_id))))
    for number, error in coverage.failures:
        copy = next((one for one in coverage.campaigns if one.campaign_id == number), None)
        if copy and copy.read_at:
            name = clean(copy.name or str(number))
            sentences.append(_OLDER.text(language).format(campaign=name, time=time(copy), why=_why(error, language)))
        else:
            sentences.append(_FAILED.text(language).format(campaign=number, why=_why(error, language)))
    return sentences
