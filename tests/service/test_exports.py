"""Where an export goes, and how long its answer is kept; tests/tools/test_exports.py has what the files hold."""

import asyncio
from pathlib import Path

import pytest

from dialler_mcp.domain.records import Campaign
from dialler_mcp.problem import Problem
from dialler_mcp.reporting.figures.scope import Scope
from dialler_mcp.service import export_files, exports
from dialler_mcp.service.export_files import ExportAnswer, Exports
from dialler_mcp.service.export_wish import Format, wished
from dialler_mcp.service.exports import fixed_place, name_of
from dialler_mcp.service.invocation import Invocation
from dialler_mcp.words import Language
from tests.tools.asking import Make

WISH = wished(Scope(), Language.en, None, None, None, Format.csv, None)


@pytest.mark.parametrize(
    ("names", "name"),
    [
        (["50% & Co."], "SANDBOX-contacts-50-co-2026-11-20.csv"),
        (["…/../etc"], "SANDBOX-contacts-etc-2026-11-20.csv"),
        (["§"], "SANDBOX-contacts-2026-11-20.csv"),
        (["A", "B"], "SANDBOX-contacts-2-campaigns-2026-11-20.csv"),
        (["x" * 300], f"SANDBOX-contacts-{'x' * exports.MAX_NAME}-2026-11-20.csv"),
    ],
)
def test_the_name_of_a_file_tells_what_it_holds_and_is_one_anywhere(bench: Make, names: list[str], name: str):
    campaigns = [Campaign(id=number, name=each) for number, each in enumerate(names, 1)]
    assert name_of(Invocation(bench().profile), WISH, campaigns) == name


def test_a_name_without_an_ending_gets_one_and_another_ending_is_refused(tmp_path: Path):
    assert fixed_place(tmp_path, tmp_path / "people", WISH).path == tmp_path / "people.csv"
    assert fixed_place(tmp_path, tmp_path / "people.CSV", WISH).fixed
    with pytest.raises(Problem, match=r"ends in \.csv"):
        fixed_place(tmp_path, tmp_path / "people.xlsx", WISH)


async def test_an_answer_is_kept_for_whoever_asks_again_and_forgotten_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(export_files, "WAITED", 0.0)
    monkeypatch.setattr(export_files, "KEPT", 0.0)
    kept, written = Exports(tmp_path), asyncio.Event()

    async def work() -> ExportAnswer:
        await written.wait()
        return ExportAnswer(summary="written")

    assert await kept.in_time("one", work()) is None
    assert kept.running("one")
    written.set()
    monkeypatch.setattr(export_files, "WAITED", None)
    assert (await kept.in_time("one", None)) == ExportAnswer(summary="written")
    assert not kept.running("one")
    monkeypatch.setattr(export_files, "WAITED", 0.0)
    await kept.in_time("other", work())
    async with asyncio.timeout(10):
        while kept.running("other"):  # noqa: ASYNC110 - nobody asks for it
            await asyncio.sleep(0)
