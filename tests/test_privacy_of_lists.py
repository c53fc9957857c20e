"""What is masked stays masked on the way of a list: check, preview, job, journal, audit log, in every spelling."""

import csv
import io
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from dialler_mcp.changes.journal import EntryFilter
from dialler_mcp.domain.privacy import Privacy
from tests.conftest import Bench, structure_of, text_of
from tests.spellings import SPELLINGS
from tests.test_attacks import leaves
from tests.test_privacy import leaks
from tests.tools.asking import CAMPAIGN_1000, CONTACT10, Make, ask, keep_only

HEAD = ["Kd-Nr", "Vorname", "Nachname", "Firma", "Ort", "Straße", "Referenznummer", "Bemerkung", "Notiz 2", "Telefon"]
CELLS = len(HEAD) - 1
EXAMPLES = 3  # of a column, and of a kind
SPELLED = [spelled for several in zip_longest(*SPELLINGS.values()) for spelled in several if spelled]


def lists(folder: Path) -> list[str]:
    """Files of a few people each, who have something that is masked in every cell."""
    size, names = CELLS * EXAMPLES, list[str]()
    for number, start in enumerate(range(0, len(SPELLED), size)):
        text = io.StringIO()
        writer = csv.writer(text, delimiter=";")
        head = f"Notiz {SPELLED[start]}"  # twice, which is noted
        writer.writerow([*HEAD[:-2], head, HEAD[-1], head])
        for row in range(EXAMPLES):
            cells = [SPELLED[(start + row * CELLS + cell) % len(SPELLED)] for cell in range(CELLS)]
            writer.writerow([*cells, f"030 231259{number:02}" if row else "110", ""])
        names.append(f"Liste {number} DE02120300000000202051 mark.mail@example.org.csv")
        (folder / names[-1]).write_text(text.getvalue(), "utf-8")
    return names


async def seen(b: Bench, tool: str, **arguments: Any) -> tuple[dict[str, Any], list[str]]:
    """The structure of an answer, and everything that a host shows of it."""
    result = await ask(b, tool, arguments)
    structure: dict[str, Any] = {} if result.is_error else structure_of(result)
    return structure, [text_of(result), *map(str, leaves(result.structured_content)), *map(str, leaves(result.meta))]


@pytest.mark.parametrize("level", ["bank", pytest.param("masked", marks=pytest.mark.thorough)])
async def test_no_list_shows_what_is_masked_on_any_way(bench: Make, tmp_path: Path, level: str):
    b = bench(privacy=level, files=str(tmp_path), audit=True, lookups_per_hour=1_000)
    keep_only(b, CAMPAIGN_1000)
    message, imported = list[str](), 0
    for name in lists(tmp_path):
        decisions = {"too_long": "ready", "several_people": "ready", "name_unclear": "ready", "shared_number": "ready"}
        arguments: dict[str, Any] = {"path": name, "campaign_id": CAMPAIGN_1000, "decisions": decisions}
        answer, texts = await seen(b, "check_list", **arguments, twins="campaign")
        preview, more = await seen(b, "import_list", list_id=answer["list_id"])
        message += [*texts, *more]
        if "confirm" in preview:
            imported += 1
            outcome = await seen(b, "import_list", job_id=imported, confirm=preview["confirm"])
            message += [*outcome[1], *(await seen(b, "get_job", job_id=imported))[1]]
    assert imported > 3
    rows = (await seen(b, "list_changes", limit=50))[0]["rows"]
    assert rows
    for number in (1, len(rows)):
        message += (await seen(b, "get_change", change_id=number))[1]
    message += [*(await seen(b, "list_changes", limit=50))[1], *(await seen(b, "list_jobs"))[1]]
    message += (await seen(b, "undo_change", job_id=1))[1]
    assert {text: secrets for text in message if (secrets := leaks(text, Privacy(level)))} == {}
    audit_lines = "\n".join(path.read_text() for path in (b.settings.directory / "audit").glob("*.jsonl"))
    assert leaks(audit_lines, Privacy.masked) == []
    entries, _ = await b.profile.journal.page(EntryFilter(), None, 100)
    assert [entry.label for entry in entries if leaks(entry.label, Privacy(level))] == []


@pytest.mark.parametrize("level", ["bank", "masked"])
async def test_no_job_shows_what_is_masked_in_its_title_and_values(bench: Make, level: str):
    b = bench(privacy=level, lookups_per_hour=1_000)
    lines = list[str]()
    for start in range(0, len(SPELLED), 24):
        fields = ("Name", "Company", "City", "Address", "Comment", "ReferenceNumber")
        texts = [" / ".join(" ".join(SPELLED[at].split()) for at in range(start, start + 2) if at < len(SPELLED))]
        values = dict.fromkeys(fields, texts[0][:60])
        lines += (await seen(b, "change_contacts", verb="update", contact_ids=[CONTACT10], values=values))[1]
    lines += (await seen(b, "list_jobs", limit=50))[1]
    assert {text: secrets for text in lines if (secrets := leaks(text, Privacy(level)))} == {}
