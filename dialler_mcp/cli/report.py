"""`dialler-mcp report`: a report as a file, for the morning mail."""

import asyncio
import os
from collections.abc import Callable, Generator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from dialler_mcp.cli.reading import Reading, meant, scope_of
from dialler_mcp.cli.terminal import FAILED, INCOMPLETE, MISUSED, STOPPED, UNREAD, end, recorded, while_somebody_reads
from dialler_mcp.domain import times
from dialler_mcp.domain.fields import Language
from dialler_mcp.problem import reason_of
from dialler_mcp.words import Words

if TYPE_CHECKING:
    from dialler_mcp.api import Dialler
    from dialler_mcp.reporting.export import Document
    from dialler_mcp.reporting.export.document import PeriodBefore
    from dialler_mcp.reporting.figures.report import Report
    from dialler_mcp.reporting.figures.scope import Scope
    from dialler_mcp.reporting.snapshot.opening import Coverage
    from dialler_mcp.service.profile import Profile
    from dialler_mcp.settings import Settings

_IDS_STAY = {
    "campaigns": {"items": {"type": "integer"}},
    "to": {"type": "string"},
    "since": {"type": "string"},
    "until": {"type": "string"},
    "full": {"type": "boolean"},
}
"""What the audit log keeps of the arguments: IDs, times and flags; names and paths become pseudonyms."""
PLAIN = ("attempts", "contact_rate", "right_party_contacts", "won", "conversion_per_contact", "left_to_dial")
_WRITTEN = Words("Written: {path} ({size})", "Geschrieben: {path} ({size})")
_STALE = Words(
    "Campaign {campaign} could not be read anew: {why}", "Kampagne {campaign} ließ sich nicht neu lesen: {why}"
)
_UNREAD = Words(
    "Not read, and not in the report: campaign {campaigns}. Run it again.",
    "Nicht gelesen und nicht im Bericht: Kampagne {campaigns}. Starten Sie den Befehl noch einmal.",
)
_KNOWN = Words(
    "History known of {known} of {contacts} contacts.", "Der Verlauf von {known} von {contacts} Kontakten ist bekannt."
)
_AGAIN = Words("Run it again, then it goes on.", "Starten Sie den Befehl noch einmal, dann geht es weiter.")
_NO_HISTORY = Words("This release shows no history.", "Dieses Release zeigt keinen Verlauf.")
_ENDED = Words(
    "stopped, nothing was written. What was read is kept for the next time.",
    "abgebrochen, nichts wurde geschrieben. Was gelesen ist, bleibt für das nächste Mal.",
)
_ENDING = Words("the name of the file has to end in {endings}.", "Der Name der Datei muss auf {endings} enden.")
_FOLDER = Words("{path} is a folder; give the name of a file.", "{path} ist ein Ordner; nennen Sie eine Datei.")
_NOT_WRITTEN = Words("{path} cannot be written ({why}).", "{path} lässt sich nicht schreiben ({why}).")
_NOTHING_READ = Words("nothing was read, nothing written.", "Nichts wurde gelesen, nichts geschrieben.")


def add_report_command(app: typer.Typer, read_settings: Callable[[], "Settings"]) -> None:
    """The command, as one of `app`."""

    @app.command("report")
    def report_(  # pyright: ignore[reportUnusedFunction]
        campaigns: list[str] = typer.Argument(help="Names or IDs of campaigns; several are compared."),
        to: Path = typer.Option(help="The file to write: .html, .xlsx or .csv. One that is there is replaced."),
        since: str | None = typer.Option(
            None, help=f"Calls from this time on, {times.TIME_FORMAT}, local; or of a period: {times.PERIODS}."
        ),
        until: str | None = typer.Option(None, help="Calls up to this time; a date or period is all of it."),
        language: Language | None = typer.Option(
            None, case_sensitive=False, help="Its language; else DIALLER_LANGUAGE."
        ),
        full: bool = typer.Option(
            False, "--full", help="Ask for every history again, also where none is to be expected."
        ),
    ) -> None:
        """Write a report on campaigns into a file; reads until everything is known. Ctrl+C ends the reading early."""
        settings = read_settings()
        arguments = {"campaigns": campaigns, "to": str(to), "since": since, "until": until, "full": full}
        with recorded(settings, "report", arguments, _IDS_STAY, success_codes=(0, INCOMPLETE, UNREAD)):
            report_language = language or settings.language
            scope = scope_of(since, until, settings, report_language)
            with _written(to, report_language) as target:
                task = Task(settings, campaigns, scope, target, report_language, full)
                try:
                    asyncio.run(task.run())
                except KeyboardInterrupt:
                    end(_ENDED.text(report_language), STOPPED)
            raise typer.Exit(task.code)


@dataclass
class Target:
    """A file that is there only when it is whole: written beside its place, then put there."""

    path: Path
    _beside: Path = field(init=False)

    def __post_init__(self) -> None:
        self._beside = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        self._beside.open("xb").close()  # says at once whether one may write there

    def put(self, content: bytes) -> None:
        with self._beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        self._beside.replace(self.path)

    def clear(self) -> None:
        self._beside.unlink(missing_ok=True)


@contextmanager
def _written(path: Path, language: Language) -> Generator[Target]:
    """The file to write to; leaves with a sentence where it cannot be written, before anything is read."""
    from dialler_mcp.reporting.export import EXPORTS

    if path.suffix.lower() not in EXPORTS:
        end(_ENDING.filled(endings=", ".join(EXPORTS)).text(language), MISUSED)
    if path.is_dir():
        end(_FOLDER.filled(path=path).text(language), MISUSED)
    try:
        target = Target(path)
    except OSError as error:
        end(_NOT_WRITTEN.filled(path=path, why=reason_of(error)).text(language), FAILED)
    try:
        yield target
    except OSError as error:
        end(_NOT_WRITTEN.filled(path=path, why=reason_of(error)).text(language), FAILED)
    finally:
        target.clear()


@dataclass
class Task:
    """One report, from the names of campaigns to the file."""

    settings: "Settings"
    names: Sequence[str]
    scope: "Scope"
    target: Target
    language: Language
    full: bool = False
    code: int = 0

    async def run(self) -> None:
        from dialler_mcp.api.errors import DiallerError
        from dialler_mcp.dialler import open_dialler
        from dialler_mcp.reporting.errors import SnapshotError
        from dialler_mcp.service.profile import profile_of

        async with open_dialler(self.settings) as dialler:
            profile = profile_of(self.settings, dialler)
            async with aclosing(profile):
                try:
                    campaigns = meant(await dialler.list_campaigns(), self.names, self.language)
                    coverage = await Reading(self.full).read(profile.snapshots, campaigns)
                    report, before = await asyncio.to_thread(self._made, profile, coverage)
                except (DiallerError, SnapshotError) as error:
                    end(error.for_person(self.language), FAILED)
                document = self._document(report, before, dialler)
                await asyncio.to_thread(self._write, document)
                with while_somebody_reads():
                    self._say(document, coverage)

    def _made(self, profile: "Profile", coverage: "Coverage") -> "tuple[Report, PeriodBefore | None]":
        from dialler_mcp.problem import Problem
        from dialler_mcp.reporting.export.document import PeriodBefore
        from dialler_mcp.reporting.figures.report import figures_of, report_of

        campaign_ids = [one.campaign_id for one in coverage.campaigns if one.read_at]
        if not campaign_ids:
            errors = (error for _, error in coverage.failures)
            reasons = [one.for_person(self.language) if isinstance(one, Problem) else str(one) for one in errors]
            end(" ".join(reasons) or _NOTHING_READ.text(self.language), FAILED)
        with profile.snapshots.open(campaign_ids) as snapshot:
            now, wrong_party = profile.time(), profile.wrong_party
            report = report_of(snapshot, self.scope, now, wrong_party)
            earlier = self.scope.before(now.replace(tzinfo=None))
            return report, PeriodBefore(earlier, figures_of(snapshot, earlier, now, wrong_party)) if earlier else None

    def _document(self, report: "Report", before: "PeriodBefore | None", dialler: "Dialler") -> "Document":
        from dialler_mcp.reporting.export import Document
        from dialler_mcp.service.answers import SANDBOX_NAME, SANDBOX_WORDS

        if not self.settings.is_sandbox:
            return Document(report, self.language, dialler.address.base_url, before=before)
        notice = SANDBOX_WORDS.text(self.language)
        return Document(report, self.language, SANDBOX_NAME.text(self.language), notice, before)

    def _write(self, document: "Document") -> None:
        from dialler_mcp.reporting.export import EXPORTS

        self.target.put(EXPORTS[self.target.path.suffix.lower()](document))

    def _say(self, document: "Document", coverage: "Coverage") -> None:
        """What was written, the main figures, and what is not known."""
        from dialler_mcp.reporting.export.document import in_short
        from dialler_mcp.reporting.figures.words import NO_CALLS, NO_CONTACTS, figures_in_words

        report = document.report
        size = f"{self.target.path.stat().st_size // 1000 + 1} kB"
        if document.notice:
            print(document.notice)
        print(_WRITTEN.text(self.language).format(path=self.target.path, size=size))
        print(" · ".join((document.title, *in_short(document))))
        figures = [report.figures[name] for name in PLAIN]
        print("; ".join(figures_in_words(figures, self.language)))
        if not report.figures["contacts"].n:
            print(NO_CONTACTS.text(self.language))
        elif report.figures["attempts"].known and not report.figures["attempts"].of:
            print(NO_CALLS.text(self.language))
        for gap in _gaps(coverage, self.language):
            print(gap)
            self.code = INCOMPLETE


def _gaps(coverage: "Coverage", language: Language) -> list[str]:
    """What a report does not know, in sentences."""
    from dialler_mcp.words import number

    failures = dict(coverage.failures)
    sentences = [_STALE.text(language).format(campaign=key, why=error) for key, error in failures.items()]
    unread = [str(one.campaign_id) for one in coverage.campaigns if not one.read_at and one.campaign_id not in failures]
    if unread:
        sentences.append(_UNREAD.text(language).format(campaigns=", ".join(unread)))
    if coverage.histories < coverage.contacts:
        without = any(one.stop_reason == "no_history" for one in coverage.campaigns)
        histories, contacts = number(coverage.histories, language), number(coverage.contacts, language)
        why = (_NO_HISTORY if without else _AGAIN).text(language)
        sentences.append(f"{_KNOWN.text(language).format(known=histories, contacts=contacts)} {why}")
    return sentences
