"""What every tool says, in full, and that both forms of an answer hold the same."""

import json
import re
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import cast

import pytest
from mcp_types import CallToolResult

from dialler_mcp.domain.fields import Language
from dialler_mcp.server import all_tools
from dialler_mcp.service.answers import (
    MAX_BYTES,
    ROOM,
    Change,
    Contacts,
    Details,
    Table,
    bounded,
    cell,
    counted,
    fitting,
    size,
    table,
)
from tests.conftest import Golden, structure_of, text_of
from tests.shared_snapshots import report_on_what_is_there
from tests.tools.asking import CAMPAIGN_1000, CANCELLERS, Make, steady
from tests.typical import TYPICAL

ANSWERS = Path(__file__).parent.parent / "golden" / "answers"


def leaves(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        value = list(cast(dict[str, object], value).values())
    if isinstance(value, list):
        for part in cast(list[object], value):
            yield from leaves(part)
    elif value is not None:
        yield value


OF_A_CHANGE = ("list_changes", "get_change", "undo_change")  # there has to be one
OF_A_JOB = ("list_jobs", "get_job", "control_job")
READING = [
    name
    for name in TYPICAL
    for tool in all_tools()
    if tool.name == f"dialler_{name}" and tool.annotations and tool.annotations.read_only_hint
    if name not in (*OF_A_CHANGE, *OF_A_JOB)
]


def look(golden: Golden, name: str, result: CallToolResult, places: Mapping[str, str] = {}) -> None:
    """The answer is as its golden file shows, and both of its forms hold the same."""
    text, structure = text_of(result), structure_of(result)
    pretty = json.dumps(structure, ensure_ascii=False, indent=1)
    page = f"{json.dumps(TYPICAL[name], ensure_ascii=False)}\n\n{text}\n\n{pretty}\n"
    for seen_here, seen_anywhere in {**places, version("dialler-mcp"): "VERSION"}.items():
        page = page.replace(seen_here, seen_anywhere)
    golden(ANSWERS / f"dialler_{name}.txt", page)

    language = Language(TYPICAL[name].get("language", "en"))
    values = {cell(leaf, language) for leaf in leaves({**structure, "status": None, "total": None})}
    assert [value for value in values if value not in text] == [], name
    assert [number for number in re.findall(r"\d+", text) if number not in pretty] == [], name


@pytest.mark.everyone
@pytest.mark.usefixtures("quick_questions")
async def test_a_typical_invocation_that_reads_is_as_its_golden_file_shows(
    bench: Make, golden: Golden, monkeypatch: pytest.MonkeyPatch, era: str
):
    """All on one server: none of them changes anything."""
    report_on_what_is_there(monkeypatch)
    b = steady(bench(read=[CAMPAIGN_1000, CANCELLERS]))
    async with b.connect(era) as client:
        answers = {name: await client.call_tool(f"dialler_{name}", TYPICAL[name]) for name in READING}
    assert not b.wire.changes
    for name, result in answers.items():
        look(golden, name, result)


@pytest.mark.everyone
@pytest.mark.parametrize("name", [name for name in TYPICAL if name not in READING])
async def test_a_typical_invocation_that_changes_is_as_its_golden_file_shows(
    bench: Make, golden: Golden, monkeypatch: pytest.MonkeyPatch, era: str, name: str, tmp_path: Path
):
    monkeypatch.setattr("dialler_mcp.service.people_lists.secrets.token_hex", lambda _: "list0001")  # pyright: ignore
    b = steady(bench(bulk_delete=True, read=[CAMPAIGN_1000] if name == "export" else [], files=str(tmp_path)))
    async with b.connect(era) as client:
        if name == "import_list":
            await client.call_tool("dialler_check_list", TYPICAL["check_list"])
        if name in OF_A_JOB:
            await client.call_tool("dialler_change_contacts", TYPICAL["change_contacts"])
        if name in OF_A_CHANGE:
            change = {"contact_id": 215220, "City": "Ulm", "AccountIBAN": "DE02120300000000202051"}
            await client.call_tool("dialler_update_contact", change)
        result = await client.call_tool(f"dialler_{name}", TYPICAL[name])
    size = structure_of(result).get("bytes")  # it depends on the library that compresses
    look(golden, name, result, {str(tmp_path): "FOLDER", **({str(size): "SIZE"} if size else {})})


def test_a_table_drops_empty_columns_and_names_constant_ones_once():
    answer = table(
        "s", ["ID", "city", "note", "n"], [[1, "Köln", None, 0], [2, "Köln", "", 1], [3, "Köln", None, 2]], total=3
    )
    assert answer.columns == ["ID", "n"]
    assert answer.rows == [[1, 0], [2, 1], [3, 2]]
    assert answer.same == {"city": "Köln"}
    assert answer.text() == "s\nAll rows: city: Köln\nID\tn\n1\t0\n2\t1\n3\t2"


def test_an_exact_table_keeps_its_columns():
    answer = table("s", ["b", "a"], [[None, 1], [None, 1], [None, 1]], total=3, exact=True)
    assert (answer.columns, answer.same) == (["b", "a"], None)


def test_two_rows_keep_a_constant_column():
    assert table("s", ["ID", "city"], [[1, "Bonn"], [2, "Bonn"]], total=2).columns == ["ID", "city"]


def test_a_table_without_rows_is_its_summary_and_notes():
    answer = table("none", ["ID"], [], total=0, notes=["look elsewhere"])
    assert answer.text() == "none\nlook elsewhere"


def test_a_table_never_holds_more_rows_than_an_answer_may():
    answer = table("s", ["ID", "text"], [[number, "ä" * 500] for number in range(100)], total=100)
    assert 10 < len(answer.rows) < 20
    assert answer.notes == [f"Only the first {len(answer.rows)} are shown."]
    assert size(answer.structure()) <= MAX_BYTES


def test_a_cursor_stands_at_the_end_of_the_text():
    assert (
        Table(summary="s", columns=["a"], rows=[[1]], total=2, next_cursor="1-ab")
        .text()
        .endswith("\nMore: cursor=1-ab")
    )


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, ""), (True, "yes"), (False, "no"), (0, "0"), (["a", True, None], "a, yes, "), (1.5, "1.5"), ("x", "x")],
)
def test_cells_are_said_plainly(value: object, words: str):
    assert cell(value) == words


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 contacts"), (1, "1 contact"), (2, "2 contacts"), (1000, "1000 contacts")]
)
def test_one_is_singular(count: int, words: str):
    assert counted(count, "contact") == words


def test_irregular_plurals():
    assert [counted(n, "entry", "entries") for n in (1, 2)] == ["1 entry", "2 entries"]


def test_texts_are_cut_only_as_far_as_needed():
    assert bounded(lambda longest: "a" * min(longest, 3_000), 10_000) == "a" * 2_000
    assert bounded(lambda longest: "a" * longest, 500) == "a" * 400
    assert bounded(lambda longest: "a" * longest, 10) == "a" * 25, "the shortest form is the last resort"


def test_at_least_one_row_fits():
    assert fitting([["a" * 30_000], ["b"]]) == 1
    assert fitting([["a"]] * 10) == 10
    assert fitting([]) == 0
    assert ROOM < MAX_BYTES


def test_a_change_says_before_after_and_consequences():
    change = Change(status="done", what="It is done.", before={"a": 1}, after={}, consequences=["x"], notes=["n"])
    assert change.text() == "It is done.\nBefore: a: 1\nAfter: nothing set\n- x\nn"


def test_details_and_contacts_end_with_their_notes():
    assert Details(record={"a": 1}, notes=["n"]).text() == "a: 1\nn"
    several = Contacts(contacts=[{"a": 1}, {"a": 2}], missing=["x", "y"], notes=["n"])
    assert several.text() == "a: 1\n\na: 2\n\nNot found: x, y\n\nn"
