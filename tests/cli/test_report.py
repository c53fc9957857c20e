import errno
import io
import os
import re
import socket
import stat
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from dialler_mcp.cli.report import PLAIN
from dialler_mcp.cli.terminal import UNREAD
from dialler_mcp.reporting.errors import CampaignUnknown
from dialler_mcp.reporting.figures.measures import MEASURES
from dialler_mcp.reporting.figures.report import Report
from dialler_mcp.reporting.snapshot.opening import Coverage
from dialler_mcp.reporting.snapshot.reading import StopReason
from dialler_mcp.reporting.snapshot.snapshots import Snapshots
from dialler_mcp.settings import Settings
from tests.cli.running import Terminal
from tests.cli.test_main import invoke
from tests.cli.test_terminal import ClosedOutput, lines
from tests.examples import rest_thorough
from tests.one_figure import figure_in, read_file
from tests.reporting.some_reports import NOTHING


@pytest.fixture
def terminal(at_terminal: Terminal) -> Terminal:
    return partial(at_terminal, "report")


@pytest.fixture(autouse=True)
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    """Pictures take time, and are tested elsewhere."""
    monkeypatch.setattr("dialler_mcp.reporting.export.page.png", lambda *_, **__: b"picture")  # pyright: ignore


def left(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in tmp_path.iterdir())


@pytest.mark.parametrize("ending", rest_thorough(["xlsx", "html", "CSV"]))
def test_a_report_is_written_and_its_main_figures_are_said(terminal: Terminal, tmp_path: Path, ending: str):
    answer = terminal("campaign 1000", "--since", "2026-11-01", "--to", f"r.{ending}")
    assert answer.code == 0
    assert left(tmp_path) == [f"r.{ending}"]
    assert (tmp_path / f"r.{ending}").stat().st_size > 5000
    notice, place, subject, figures = answer.out.splitlines()
    assert notice == "This is the embedded sandbox dialler: invented people, no real calls."
    assert re.fullmatch(rf"Written: r\.{ending} \(\d+ kB\)", place)
    assert re.fullmatch(
        r"Campaign 1000 \(538\) · embedded sandbox · from 2026-11-01 · as of [-\d]{10} [\d:]{5}", subject
    )
    assert re.match(
        r"attempts [\d,]+ \(outbound, no tests\); contact rate \d+\.\d% \([\d,]+ connects.*\) of [\d,]+ attempts; ",
        figures,
    )
    assert answer.err == ""


@pytest.mark.thorough
def test_the_terminal_says_what_stands_in_the_file(terminal: Terminal, tmp_path: Path):
    answer = terminal("campaign 1000", "--to", "r.csv")
    rows = read_file(".csv", (tmp_path / "r.csv").read_bytes())
    for name in PLAIN:
        assert figure_in(answer.out, name) == rows[MEASURES[name].words.en], name


@pytest.mark.thorough
def test_the_file_says_that_its_people_are_invented(terminal: Terminal, tmp_path: Path):
    assert terminal("538", "--to", "r.csv").code == 0
    _, first, second, *_ = (tmp_path / "r.csv").read_text("utf-8").splitlines()
    assert first == 'about,,note,"This is the embedded sandbox dialler: invented people, no real calls.",,,text,'
    assert second == "about,,dialler,embedded sandbox,,,text,"


def test_a_german_report_is_german_on_the_terminal(terminal: Terminal):
    answer = terminal("538", "--since", "2026-11-01", "--to", "r.csv", "--language", "de")
    notice, place, subject, figures = answer.out.splitlines()
    assert notice == "Das ist der eingebaute Übungs-Dialler: erfundene Personen, keine echten Anrufe."
    assert place.startswith("Geschrieben: r.csv (")
    assert " · eingebauter Übungs-Dialler · ab 01.11.2026 · Stand " in subject
    assert figures.startswith("Versuche ")


@pytest.mark.thorough
def test_a_report_on_a_real_dialler_names_its_address_and_has_no_notice(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("dialler_mcp.settings.Settings.is_sandbox", False)
    answer = terminal("538", "--to", "r.csv")
    assert "http://localhost/rest/v1.0/1" in answer.out.splitlines()[1]
    assert "invented" not in answer.out + (tmp_path / "r.csv").read_text("utf-8")


@pytest.mark.thorough
def test_a_character_that_the_log_does_not_have_ends_nothing(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    log = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(log, encoding="ascii", write_through=True))
    assert invoke(monkeypatch, "report", "538", "--to", "Rückblick.csv") == 0
    assert left(tmp_path) == ["Rückblick.csv"]
    assert b"\nWritten: R?ckblick.csv (" in log.getvalue()


@pytest.mark.thorough
def test_several_campaigns_are_compared_in_the_wanted_language(terminal: Terminal, tmp_path: Path):
    assert terminal("538", "winback", "--to", "r.html", "--language", "de").code == 0
    page = (tmp_path / "r.html").read_text("utf-8")
    assert "Kampagnen im Vergleich" in page
    assert "Winback" in page


def test_a_file_that_is_there_is_replaced_with_the_rights_of_a_new_one(terminal: Terminal, tmp_path: Path):
    (tmp_path / "r.csv").write_text("old", "utf-8")
    assert terminal("538", "--to", "r.csv").code == 0
    assert (tmp_path / "r.csv").read_text("utf-8").startswith("section,")
    if os.name == "posix":
        before = os.umask(0)
        os.umask(before)
        assert stat.S_IMODE((tmp_path / "r.csv").stat().st_mode) == 0o666 & ~before


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (
            ("Campain 1000", "--to", "r.csv"),
            2,
            "no campaign has this name or ID: 'Campain 1000'. Near matches: Campaign",
        ),
        (("zzz", "--to", "r.csv"), 2, "There are: 50% & Co. (ID 547); Campaign 1000 (ID 538)"),
        (("538", "--to", "r.pdf"), 2, "has to end in .html, .xlsx, .csv"),
        (("538", "--to", "folder.csv"), 2, "is a folder"),
        (("538", "--to", "nowhere/r.csv"), 1, "cannot be written (No such file or directory)"),
        (("538", "--to", "r.csv", "--since", "2036-01-01"), 2, "--since lies in the future"),
        (("538", "--to", "r.csv", "--since", "2026-11-02", "--until", "2026-11-01"), 2, "--until lies before --since"),
        (("538", "--to", "r.csv", "--since", "next week"), 2, "a period is today, yesterday, or this or last week"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(
    terminal: Terminal, tmp_path: Path, arguments: tuple[str, ...], code: int, why: str
):
    (tmp_path / "folder.csv").mkdir()
    answer = terminal(*arguments)
    assert answer.code == code
    assert why in answer.err
    assert answer.out == ""
    assert left(tmp_path) == ["folder.csv"]


@pytest.mark.thorough
def test_a_report_on_a_period_is_compared_with_the_one_before(terminal: Terminal, tmp_path: Path):
    assert terminal("538", "--since", "2026-11-09", "--until", "2026-11-15", "--to", "r.csv").code == 0
    lines = (tmp_path / "r.csv").read_text("utf-8").splitlines()
    assert "about,,compared with,2026-11-02 to 2026-11-08,,,text," in lines
    before = next(line for line in lines if line.startswith("calls,,attempts,")).rpartition(",")[2]
    assert terminal("538", "--since", "2026-11-02", "--until", "2026-11-08", "--to", "r.csv").code == 0
    assert f"calls,,attempts,{before},{before}," in (tmp_path / "r.csv").read_text("utf-8")


@pytest.mark.thorough
def test_a_file_has_no_figures_by_agent_where_nobody_may_see_them(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    assert terminal("538", "--to", "r.csv").code == 0
    assert "\nagent," in (tmp_path / "r.csv").read_text("utf-8")
    monkeypatch.setenv("DIALLER_AGENT_FIGURES", "false")
    assert terminal("538", "--to", "r.csv").code == 0
    assert "\nagent," not in (tmp_path / "r.csv").read_text("utf-8")


@pytest.mark.parametrize("page", ["reports.md", "de/reports.md"])
def test_the_documented_line_for_cron_carries_its_settings(page: str):
    text = Path(__file__).parents[2].joinpath("docs", page).read_text("utf-8")
    (crontab,) = [block for block in text.split("```") if "* * 1-5" in block]
    names = re.findall(r"^(DIALLER_[A-Z_]+)=", crontab, re.MULTILINE)
    assert {"DIALLER_BASE_URL", "DIALLER_TOKEN_FILE"} <= set(names)
    assert {name.removeprefix("DIALLER_").lower() for name in names} <= set(Settings.model_fields)
    assert re.search(r"1-5  /\S+/dialler-mcp report", crontab)


@pytest.mark.thorough
def test_a_report_leaves_its_audit_line(terminal: Terminal, data_home: Path):
    assert terminal("538", "winback", "--since", "2026-11-01", "--to", "r.csv").code == 0
    line = lines(data_home)[-1]
    assert (line["tool"], line["outcome"], line["exit"]) == ("report", "ok", 0)
    assert line["arguments"]["campaigns"][0] == "538"
    assert "inback" not in str(line)


def test_a_full_disk_leaves_the_old_file(terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "r.csv").write_text("old", "utf-8")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    # The disk is full for the report alone: what is read before goes to another file.
    monkeypatch.setattr("dialler_mcp.cli.report.os", SimpleNamespace(**{**vars(os), "fsync": full}))
    answer = terminal("538", "--to", "r.csv")
    assert answer.code == 1
    assert "r.csv cannot be written (No space left on device)" in answer.err
    assert (tmp_path / "r.csv").read_text("utf-8") == "old"
    assert left(tmp_path) == ["r.csv"]


def test_a_dialler_that_is_not_there_is_explained(terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setenv("DIALLER_BASE_URL", f"http://127.0.0.1:{nobody.getsockname()[1]}/rest/v1.0/1")
        monkeypatch.setenv("DIALLER_TOKEN", "x")
        answer = terminal("538", "--to", "r.csv")
    assert answer.code == 1
    assert "cannot be reached" in answer.err
    assert left(tmp_path) == []


@pytest.mark.thorough
def test_a_period_without_calls_is_said(terminal: Terminal):
    answer = terminal("538", "--since", "2010-01-01", "--until", "2010-01-02", "--to", "r.html")
    assert answer.code == 0
    assert "There are no calls in this period." in answer.out


@pytest.mark.parametrize(
    ("stopped", "why"),
    [
        (StopReason.faults, "Run it again, then it goes on."),
        pytest.param(StopReason.no_history, "shows no history", marks=pytest.mark.thorough),
    ],
)
def test_what_is_not_known_is_said(terminal: Terminal, monkeypatch: pytest.MonkeyPatch, stopped: StopReason, why: str):
    coverage = Snapshots.coverage

    async def half(self: Snapshots, *arguments: Any) -> Coverage:
        whole = await coverage(self, *arguments)
        return replace(
            whole, campaigns=tuple(replace(one, histories=9, stop_reason=stopped) for one in whole.campaigns)
        )

    monkeypatch.setattr(Snapshots, "coverage", half)
    answer = terminal("538", "--to", "r.csv")
    assert answer.code == 3
    assert "History known of 9 of 420 contacts." in answer.out
    assert why in answer.out


def test_a_campaign_that_was_deleted_meanwhile_is_left_out(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    refresh: Callable[..., Any] = Snapshots.refresh

    async def gone(self: Snapshots, campaign_ids: list[int], **options: Any) -> Coverage:
        if 556 in campaign_ids:
            raise CampaignUnknown(556)
        return await refresh(self, campaign_ids, **options)

    monkeypatch.setattr(Snapshots, "refresh", gone)
    answer = terminal("538", "556", "--to", "r.csv")
    assert answer.code == 3
    assert "Campaign 556 could not be read anew: The dialler has no campaign 556" in answer.out
    answer = terminal("556", "--to", "other.csv")
    assert answer.code == 1
    assert "The dialler has no campaign 556" in answer.err
    assert left(tmp_path) == ["r.csv"]


def test_a_campaign_without_contacts_is_a_report(terminal: Terminal, monkeypatch: pytest.MonkeyPatch):
    def empty(*_: object) -> Report:
        return NOTHING

    monkeypatch.setattr("dialler_mcp.reporting.figures.report.report_of", empty)
    answer = terminal("538", "--to", "r.csv")
    assert answer.code == 0
    assert "There are no contacts." in answer.out


def test_a_report_that_nobody_reads_to_the_end_is_written_and_no_failure(
    terminal: Terminal, tmp_path: Path, data_home: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("sys.stdout", ClosedOutput())
    answer = terminal("538", "--to", "r.csv")
    assert (answer.code, answer.err) == (UNREAD, "")
    assert left(tmp_path) == ["r.csv"]
    assert lines(data_home)[-1]["outcome"] == "ok"
