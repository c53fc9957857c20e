"""`dialler-mcp check`: the way to the dialler step by step, each with what was seen and what to do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from mcp import Client
from mcp_types import TextContent

from dialler_mcp import server
from dialler_mcp.api.errors import BadAddress, DiallerError, NotDialler
from dialler_mcp.cli.diagnosis import Exit, finding_of
from dialler_mcp.dialler import audit_dir, audit_log
from dialler_mcp.domain.fields import Language
from dialler_mcp.problem import Problem, reason_of
from dialler_mcp.service.profile import state_of
from dialler_mcp.settings import Settings, unknown_settings
from dialler_mcp.state.store import StateError
from dialler_mcp.tools.overview import AGREES, MISSING
from dialler_mcp.words import Words

PATIENCE = 15.0  # seconds for one request; a person waits
STEPS = {
    "settings": Words("settings", "Einstellungen"),
    "address": Words("address", "Adresse"),
    "connection": Words("connection", "Verbindung"),
    "certificate": Words("certificate", "Zertifikat"),
    "answer": Words("dialler", "Dialler"),
    "token": Words("token", "Token"),
    "release": Words("release", "Release"),
    "clock": Words("clock", "Uhrzeit"),
    "journal": Words("journal", "Journal"),
    "audit": Words("audit log", "Audit-Log"),
}
"""The steps, in their order."""
UP_TO_THE_TOKEN = ("connection", "certificate", "answer", "token")
FUNCTIONS = ("batch function", "history", "AcdEvents")

_NOT_TRIED = Words("not tried", "nicht geprüft")
_TO_DO = Words("What to do", "Was zu tun ist")
_ENDS = Words("Exit code {code}, see docs/check.md", "Exit-Code {code}, siehe docs/check.md")


@dataclass(frozen=True)
class Step:
    """How one step went: ✓ well, ✗ not, ! well enough, – not tried."""

    mark: Literal["✓", "✗", "!", "–"]
    what: Words
    todo: Words | None = None
    code: Exit = Exit.FINE


@dataclass
class Report:
    """All steps that were taken, and what the tool `dialler_check_connection` says beside them."""

    language: Language
    steps: dict[str, Step] = field(default_factory=dict[str, Step])
    details: str = ""

    @property
    def code(self) -> Exit:
        """The first thing that is wrong; what works with less counts last."""
        codes = [step.code for step in self.steps.values() if step.code is not Exit.FINE]
        return next((code for code in codes if code is not Exit.OLD), codes[0] if codes else Exit.FINE)

    @property
    def token_accepted(self) -> bool:
        return "token" in self.steps and self.steps["token"].mark == "✓"

    def fine(self, name: str, en: str, de: str) -> None:
        self.steps[name] = Step("✓", Words(en, de))

    def wrong(self, name: str, what: Words, todo: Words, code: Exit) -> None:
        self.steps[name] = Step("✗", what, todo, code)

    def text(self) -> str:
        """One screen."""
        language = self.language
        width = max(len(name.text(language)) for name in STEPS.values())
        lines: list[str] = []
        for key, name in STEPS.items():
            step = self.steps.get(key, Step("–", _NOT_TRIED))
            lines.append(f"{step.mark} {name.text(language):<{width}}  {step.what.text(language)}")
        for step in self.steps.values():
            if step.todo is not None:
                lines += ["", f"{_TO_DO.text(language)}: {step.todo.text(language)}"]
        if self.code is not Exit.FINE:
            lines += ["", _ENDS.text(language).format(code=self.code.value)]
        return "\n".join([*lines, *(["", self.details] if self.details else [])])


async def check(load: Callable[[], Settings], language: Language) -> Report:
    """Go the way to the dialler, up to the first step that fails; what we keep ourselves is tried in any case.

    `language` is that of the report while the settings cannot be read.
    """
    report = Report(language)
    try:
        settings = load()
        report.language = settings.language
        server.build_server(settings)  # finds tools that there are not, and broken templates
    except Problem as problem:
        _tell_problem(report, problem)
        return report
    _tell_settings(report)
    _tell_address(report, settings)
    if await _reach(report, settings):
        await _ask(report, settings)
    await _try_journal(report, settings)
    _try_audit(report, settings)
    return report


def _tell_problem(report: Report, problem: Problem) -> None:
    at_address = isinstance(problem.__cause__, BadAddress)
    if at_address:
        report.fine("settings", "read", "gelesen")
    todo = Words(
        "Correct the setting where it is made, in the host or in the environment; docs/settings.md has every setting.",
        "Die Einstellung dort berichtigen, wo sie steht, im Host oder in der Umgebung; docs/settings.md nennt alle.",
    )
    report.wrong("address" if at_address else "settings", problem.words, todo, Exit.SETTINGS)


def _tell_settings(report: Report) -> None:
    unknown = ", ".join(unknown_settings())
    if not unknown:
        report.fine("settings", "read; none is wrong", "gelesen; keine ist falsch")
        return
    what = Words(
        f"read; no setting, and without effect: {unknown}", f"gelesen; keine Einstellung, ohne Wirkung: {unknown}"
    )
    todo = Words("docs/settings.md has the names of all settings.", "docs/settings.md nennt alle Einstellungen.")
    report.steps["settings"] = Step("!", what, todo)


def _tell_address(report: Report, settings: Settings) -> None:
    if settings.is_sandbox:
        report.fine("address", "SANDBOX: embedded, invented people", "SANDBOX: eingebaut, erfundene Personen")
        return
    address = server.open_dialler(settings).address
    through = Words(", through a proxy", ", durch einen Proxy") if address.proxied else Words("", "")
    report.fine("address", address.host + through.en, address.host + through.de)


async def _reach(report: Report, settings: Settings) -> bool:
    """The first request, which every release answers."""
    quick_settings = settings.model_copy(update={"timeout": min(settings.timeout, PATIENCE)})
    async with server.open_dialler(quick_settings) as dialler:
        try:
            await dialler.list_campaigns()
            if not dialler.answered:  # 404, which may mean none: one true answer shows that a dialler is there
                await dialler.list_acd_events()
                await dialler.list_acd_groups()
            if not dialler.answered:
                raise NotDialler(status=404)
        except DiallerError as error:
            finding = finding_of(error)
            for name in UP_TO_THE_TOKEN[
                : UP_TO_THE_TOKEN.index(finding.step) if finding.step in UP_TO_THE_TOKEN else 0
            ]:
                _tell_well(report, name, settings)
            report.wrong(finding.step, finding.what, finding.todo, finding.code)
            return False
    for name in UP_TO_THE_TOKEN:
        _tell_well(report, name, settings)
    return True


def _tell_well(report: Report, name: str, settings: Settings) -> None:
    if name == "certificate" and (settings.is_sandbox or str(settings.base_url).casefold().startswith("http:")):
        report.fine(name, "none needed: not encrypted", "keines nötig: nicht verschlüsselt")
        return
    words = {
        "connection": ("made", "hergestellt"),
        "certificate": ("trusted", "vertrauenswürdig"),
        "answer": ("it speaks the Dialler REST API", "spricht die Dialler-REST-API"),
        "token": ("accepted", "angenommen"),
    }
    report.fine(name, *words[name])


async def _ask(report: Report, settings: Settings) -> None:
    """What the tool tells, through the server as a host uses it; whether a host has this tool is another matter."""
    whole = settings.model_copy(update={"tools": "", "without": ""})
    async with Client(server.build_server(whole)) as client:
        result = await client.call_tool("dialler_check_connection", {})
    text = "\n".join(block.text for block in result.content if isinstance(block, TextContent))
    if result.is_error or result.structured_content is None:
        report.wrong("release", Words(text, text), Words("Try again.", "Noch einmal versuchen."), Exit.NO_DIALLER)
        return
    record: Mapping[str, Any] = result.structured_content["record"]
    report.details = text
    _tell_release(report, record)
    _tell_clock(report, record)


def _tell_release(report: Report, record: Mapping[str, Any]) -> None:
    missing = ", ".join(name for name in FUNCTIONS if record[name] == MISSING.text(report.language))
    if not missing:
        report.fine("release", "nothing is missing, as far as reading tells", "nichts fehlt, soweit Lesen es zeigt")
        return
    what = Words(f"old; it lacks: {missing}", f"alt; es fehlt: {missing}")
    todo = Words(
        "Everything else works; a tool whose function is missing says so. A newer release of the jtel REST API has it.",
        "Alles andere geht; ein Werkzeug, dem seine Funktion fehlt, sagt das. Ein neueres Release der API hat sie.",
    )
    report.steps["release"] = Step("!", what, todo, Exit.OLD)


def _tell_clock(report: Report, record: Mapping[str, Any]) -> None:
    agrees = AGREES.text(report.language)
    here, clock = f"{record['time']}, {record['zone']}", record.get("dialler's clock", agrees)
    if clock == agrees:
        report.fine("clock", here, here)
        return
    todo = Words(
        "Set the clock of this machine or of the dialler.", "Die Uhr dieses Rechners oder des Diallers stellen."
    )
    report.steps["clock"] = Step("!", Words(f"{here}; dialler: {clock}", f"{here}; Dialler: {clock}"), todo)


async def _try_journal(report: Report, settings: Settings) -> None:
    state = state_of(settings)
    try:
        await state.run(lambda _: None)
    except StateError as error:
        what = Words("cannot be used: {why}", "nicht verwendbar: {why}").filled(why=error.why)
        todo = Words(
            "Nothing can be changed without it. Correct DIALLER_DATA_DIR or DIALLER_STATE_URL.",
            "Ohne das Journal wird nichts geändert. DIALLER_DATA_DIR oder DIALLER_STATE_URL berichtigen.",
        )
        report.wrong("journal", what, todo, Exit.NOT_KEPT)
    else:
        place = "DIALLER_STATE_URL" if settings.state_url else settings.directory
        report.fine("journal", f"can be written: {place}", f"schreibbar: {place}")
    finally:
        state.close()


def _try_audit(report: Report, settings: Settings) -> None:
    if not settings.audit:
        report.fine("audit", "switched off", "ausgeschaltet")
        return
    try:
        audit_log(settings).prepare()
    except OSError as error:
        why = reason_of(error)
        todo = Words(
            "Nothing can be changed without it. See to the disk and DIALLER_AUDIT_DIR, or set DIALLER_AUDIT=0.",
            "Ohne das Audit-Log wird nichts geändert. Platte und DIALLER_AUDIT_DIR prüfen, oder DIALLER_AUDIT=0.",
        )
        report.wrong("audit", Words(f"cannot be written: {why}", f"nicht schreibbar: {why}"), todo, Exit.NOT_KEPT)
        return
    report.fine("audit", f"can be written: {audit_dir(settings)}", f"schreibbar: {audit_dir(settings)}")
