"""The process that reads one spreadsheet, from inside."""

import io
import sys

import msgspec
import pytest

from dialler_mcp.lists.reading import child
from dialler_mcp.lists.reading.exchange import Summary, Task
from dialler_mcp.lists.reading.limits import Limits
from tests.lists.reading.test_table import SAMPLES


@pytest.mark.parametrize(
    ("name", "format_"),
    [("03-floats-merged-head.xlsx", "xlsx"), ("04-libreoffice.ods", "ods"), ("05-old-excel.xls", "xls")],
)
def test_one_task_in_rows_and_a_summary_out(monkeypatch: pytest.MonkeyPatch, name: str, format_: str):
    task = Task(str(SAMPLES / name), format_, None, Limits())

    class Stream:
        buffer = io.BytesIO(msgspec.json.encode(task))

    class Out:
        buffer = io.BytesIO()

    bounds = dict[str, float]()
    monkeypatch.setattr(sys, "stdin", Stream)
    monkeypatch.setattr(sys, "stdout", Out)
    monkeypatch.setattr(child, "bound", lambda **limits: bounds.update(limits))  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    child.main()
    *rows, summary = Out.buffer.getvalue().splitlines()
    assert len(rows) >= 5
    assert msgspec.json.decode(summary, type=Summary).sheet in ("Kunden 2026", "Tabelle1")
    assert bounds["memory"] == 1 << 30


def test_why_it_cannot_be_read_is_the_summary():
    out = io.BytesIO()
    child.carry_out(Task(str(SAMPLES / "20-html-named.xls"), "xls", None, Limits()), out)
    reason = msgspec.json.decode(out.getvalue().splitlines()[-1], type=Summary).reason
    assert reason is not None
    assert "damaged" in reason.en
