"""A dialler as its users have it: how its values are shown, what is kept of it, how much may be changed."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dialler_mcp.api.client import Dialler
from dialler_mcp.api.directory import Directory
from dialler_mcp.changes.confirmation import Confirmation
from dialler_mcp.changes.journal import Journal
from dialler_mcp.changes.limits import DAY, HOUR, MINUTE, Breaker, Limit
from dialler_mcp.changes.runner import Mode, Runner
from dialler_mcp.domain import times
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.privacy import Privacy, shows_mask
from dialler_mcp.domain.records import Contact
from dialler_mcp.domain.roles import Role
from dialler_mcp.reporting.errors import CannotForget, CannotKeep
from dialler_mcp.reporting.snapshot.files import Shelf
from dialler_mcp.service.present import ContactView, Presenter
from dialler_mcp.settings import Confirmation as Policy
from dialler_mcp.settings import Settings
from dialler_mcp.state.store import StateStore
from dialler_mcp.words import Words

if TYPE_CHECKING:
    from dialler_mcp.lists.jobs.worker import Worker
    from dialler_mcp.reporting.snapshot.snapshots import Snapshots
    from dialler_mcp.service.export_files import Exports
    from dialler_mcp.service.people_lists import PeopleLists
    from dialler_mcp.service.uploads import Uploads


_MASKED = Words("… is masked here, DIALLER_PRIVACY.", "… ist hier maskiert, DIALLER_PRIVACY.")


@dataclass
class Profile:
    """One dialler with its zone, language, privacy, limits, snapshots and journal.

    `identity` tells it from others in a state that serves several; `policy` is how destructive changes are confirmed;
    `rows_limit` is how many rows jobs may change; `lookup_limit` is how often a telephone number may be looked up where
    numbers are masked; `wrong_party` are the results of calls that did not reach the right party; `agent_figures`:
    whether anybody sees figures by agent; `now` is a test's clock.
    """

    identity: str
    dialler: Dialler
    state: StateStore
    zone: ZoneInfo
    usual_language: Language
    privacy: Privacy
    policy: Policy
    read_only: bool
    dry_run: bool
    limits: tuple[Limit, ...]
    rows_limit: Limit
    lookup_limit: Limit
    journal_days: int
    wrong_party: tuple[str, ...]
    agent_figures: bool
    open_snapshots: Callable[["Profile"], "Snapshots"]
    connections: int
    job_rate: float
    folders: tuple[Path, ...]
    is_sandbox: bool
    now: Callable[[], datetime] | None = None
    directory: Directory = field(init=False)
    confirmation: Confirmation = field(init=False)
    present: Presenter = field(init=False)
    breaker: Breaker = field(init=False)
    breaker_of_jobs: Breaker = field(init=False)
    lookups: Breaker = field(init=False)
    journal: Journal = field(init=False)

    def __post_init__(self) -> None:
        self.confirmation = Confirmation(self.state, self.identity)
        self.journal = Journal(self.state, self.identity, self.journal_days, self.time, self.usual_language)
        self.directory = Directory(self.dialler)
        self.present = Presenter(self.zone, self.privacy, language=self.usual_language)
        if self.privacy is not Privacy.full:
            self.dialler.mask_names(self.present.nameless.text)
        self.breaker = Breaker(self.limits, lambda: self.time().timestamp())
        self.breaker_of_jobs = Breaker((*self.limits, self.rows_limit), lambda: self.time().timestamp())
        self.lookups = Breaker((self.lookup_limit,), lambda: self.time().timestamp())
        if self.mode is not Mode.send:
            self.dialler.hold_changes()

    @property
    def mode(self) -> Mode:
        """Whether changes are sent."""
        return Mode.read_only if self.read_only else Mode.dry_run if self.dry_run else Mode.send

    @cached_property
    def snapshots(self) -> "Snapshots":
        """The local copies of campaigns that reports are made from."""
        return self.open_snapshots(self)

    @cached_property
    def jobs(self) -> "Worker":
        """What works on the jobs here; it begins when it is woken."""
        from dialler_mcp.lists.jobs.engine import Engine
        from dialler_mcp.lists.jobs.ledger import Ledger
        from dialler_mcp.lists.jobs.worker import Worker

        lease = max(60.0, 2 * self.dialler.address.deadline + 10)  # longer than any request, twice
        ledger = Ledger(self.state, self.journal, self.identity, lease_seconds=lease)
        engine = Engine(
            self.dialler, ledger, self.journal, self.zone, self.connections, self.job_rate, self._forget_copies
        )
        return Worker(ledger, engine)

    def wake_jobs(self) -> None:
        """There may be a job to work on now; nothing is done where changes are not sent."""
        if self.mode is Mode.send:
            self.jobs.wake()

    @cached_property
    def lists(self) -> "PeopleLists":
        """The lists of people that callers have handed in."""
        from dialler_mcp.service.people_lists import PeopleLists

        return PeopleLists(self.state.directory / "lists", self.folders)

    @cached_property
    def uploads(self) -> "Uploads":
        """The files that callers are handing in, piece by piece."""
        from dialler_mcp.service.uploads import Uploads

        return Uploads(self.lists)

    @cached_property
    def exports(self) -> "Exports":
        """The files that are being written."""
        from dialler_mcp.service.export_files import Exports

        return Exports(self.state.directory / "exports")

    def legend(self, text: str, preference: Language | None = None) -> list[str]:
        """That values are masked, where some are in a text: nobody must take a mask for a value."""
        if self.privacy is Privacy.full or not shows_mask(text):
            return []
        return [_MASKED.text(self.language(preference))]

    @property
    def runner(self) -> Runner:
        """What carries plans out here."""
        return Runner(
            self.dialler,
            self.journal,
            self.breaker,
            self.confirmation,
            self.zone,
            self.mode,
            self._forget_copies,
        )

    async def _forget_copies(self, campaign_id: int | None) -> None:
        """Drop the local copy of a campaign; of all, where the campaign is not known.

        One that is in use elsewhere stays: the next reading leaves deleted contacts out, and the retention removes it.
        """
        with suppress(OSError, CannotForget):
            await self.snapshots.forget([campaign_id] if campaign_id else None)

    async def aclose(self) -> None:
        """End what goes on in the background, and let go of files."""
        if "jobs" in self.__dict__:
            await self.jobs.aclose()
        if "uploads" in self.__dict__:
            self.uploads.close()
        if "lists" in self.__dict__:
            self.lists.close()
        if "exports" in self.__dict__:
            await self.exports.aclose()
        if "snapshots" in self.__dict__:
            await self.snapshots.aclose()
        self.state.close()

    def time(self) -> datetime:
        """Now, in the dialler's zone."""
        return self.now() if self.now else times.now(self.zone)

    def language(self, preference: Language | None) -> Language:
        """The language asked for, else the usual one."""
        return preference or self.usual_language

    async def view(self, contact: Contact, preference: Language | None = None, *, fresh: bool = False) -> ContactView:
        """A contact with its names; `fresh` for a decision that depends on what its result means now."""
        language = self.language(preference)
        campaign, codes = await asyncio.gather(
            self.directory.campaign(contact.dialler_campaigns_id),
            self.directory.result_codes(contact.dialler_campaigns_id, language, fresh=fresh),
        )
        return ContactView(contact, campaign, codes, language, self.present)

    async def views(
        self, contacts: Iterable[Contact], preference: Language | None = None, *, fresh: bool = False
    ) -> list[ContactView]:
        """Contacts with their names; each campaign is looked up once."""
        language, first = self.language(preference), dict[int | None, ContactView]()
        contacts = list(contacts)
        for contact in contacts:
            if contact.dialler_campaigns_id not in first:
                first[contact.dialler_campaigns_id] = await self.view(contact, language, fresh=fresh)
        names = ((contact, first[contact.dialler_campaigns_id]) for contact in contacts)
        return [ContactView(contact, view.campaign, view.codes, language, self.present) for contact, view in names]


def profile_of(settings: Settings, dialler: Dialler, now: Callable[[], datetime] | None = None) -> Profile:
    """The profile that the settings of this process describe."""
    return Profile(
        identity=identity_of(settings),
        dialler=dialler,
        state=state_of(settings),
        zone=settings.zone,
        usual_language=settings.language,
        privacy=settings.privacy,
        policy=settings.confirmation,
        read_only=settings.read_only or settings.role is Role.readonly,
        dry_run=settings.dry_run,
        limits=_limits(settings),
        rows_limit=Limit("DIALLER_ROWS_PER_DAY", settings.rows_per_day, DAY, rows=True),
        lookup_limit=Limit("DIALLER_LOOKUPS_PER_HOUR", settings.lookups_per_hour, HOUR),
        journal_days=settings.journal_days,
        wrong_party=tuple(settings.wrong_party.split(",")),
        agent_figures=settings.agent_figures,
        open_snapshots=lambda profile: _open_snapshots(settings, profile),
        connections=settings.connections,
        job_rate=settings.job_rate,
        folders=settings.folders,
        is_sandbox=settings.is_sandbox,
        now=now,
    )


def resume_jobs(profile: Profile) -> None:
    """Go on with the jobs that another process has left, where there is a state at all."""
    if profile.state.exists:
        profile.wake_jobs()


def forget_other_levels(settings: Settings, dialler: Dialler) -> None:
    """Remove the local copies that were made at another privacy level; at the start, before anybody asks."""
    with suppress(OSError, CannotKeep):
        shelf = Shelf(settings.snapshots_dir, dialler.address.base_url, privacy=settings.privacy.value)
        shelf.forget_other_levels()


def identity_of(settings: Settings) -> str:
    """What tells a dialler from others in a state that serves several."""
    return (settings.base_url or "sandbox").rstrip("/").casefold()


def state_of(settings: Settings) -> StateStore:
    """The state that the settings name; opened at its first use."""
    url = settings.state_url
    return StateStore(settings.directory, url.get_secret_value() if url else None)


def _limits(settings: Settings) -> tuple[Limit, ...]:
    return (
        Limit("DIALLER_CHANGES_PER_MINUTE", settings.changes_per_minute, MINUTE),
        Limit("DIALLER_CHANGES_PER_HOUR", settings.changes_per_hour, HOUR),
        Limit("DIALLER_CHANGES_PER_DAY", settings.changes_per_day, DAY),
        Limit("DIALLER_DESTRUCTIVE_PER_HOUR", settings.destructive_per_hour, HOUR, destructive=True),
        Limit("DIALLER_DESTRUCTIVE_PER_DAY", settings.destructive_per_day, DAY, destructive=True),
    )


def _open_snapshots(settings: Settings, profile: Profile) -> "Snapshots":
    from dialler_mcp.reporting.snapshot.snapshots import Snapshots

    return Snapshots(
        profile.dialler,
        settings.snapshots_dir,
        zone=profile.zone,
        privacy=profile.privacy,
        agents=profile.agent_figures,
        retention_hours=settings.snapshot_hours,
        connections=settings.connections,
        clock=lambda: profile.time().timestamp(),
    )
