"""The process that answers one question: its cells, and what ends it."""

import io
import json
import sys
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialler_mcp.reporting.questions import process as question_process
from dialler_mcp.reporting.questions.process import MAX_CELL, main, scalar, unique
from tests.reporting.questions.test_rules import USUAL, asked, found, refused


def cells(sql: str) -> list[Any]:
    answer = found(sql)
    json.dumps(answer, allow_nan=False)
    return answer["rows"][0]


@pytest.mark.parametrize(
    ("sql", "cell"),
    [
        ("NULL", None),
        ("true", True),
        ("42", 42),
        ("9007199254740993", "9007199254740993"),
        ("170141183460469231731687303715884105727::HUGEINT", "170141183460469231731687303715884105727"),
        ("sum(1)", 1),
        ("1.5::DOUBLE", 1.5),
        ("'nan'::DOUBLE", "nan"),
        ("-'inf'::DOUBLE", "-inf"),
        ("1.50::DECIMAL(10, 2)", 1.5),
        ("12345678901234567890.5::DECIMAL(30, 1)", "12345678901234567890.5"),
        ("TIMESTAMP '2026-11-20 14:00'", "2026-11-20 14:00:00"),
        ("TIMESTAMPTZ '2026-11-20 14:00+00'", "2026-11-20 15:00:00+01"),
        ("DATE '2026-11-20'", "2026-11-20"),
        ("TIME '14:00'", "14:00:00"),
        ("INTERVAL '1 day 2 hours'", "1 day 02:00:00"),
        ("'a\\xFF'::BLOB", "a\\xFF"),
        ("'550e8400-e29b-41d4-a716-446655440000'::UUID", "550e8400-e29b-41d4-a716-446655440000"),
        ("'101'::BIT", "101"),
        ("[1, NULL, 3]", "[1, NULL, 3]"),
        ("[1.5::DOUBLE]", "[1.5]"),
        ("{'a': [1], 'b': {'c': 'x'}}", "{'a': [1], 'b': {'c': x}}"),
        ("MAP {'k': 1}", "{k=1}"),
        ("'Müller'", "Müller"),
    ],
)
def test_every_kind_of_value_becomes_a_cell_of_json(sql: str, cell: object):
    assert cells(f"SELECT {sql}") == [cell]


def test_long_values_are_cut_before_they_leave_duckdb():
    text = cells("SELECT string_agg('x', ''), list(range) FROM range(100000)")
    assert text[0] == "x" * MAX_CELL + "…"
    assert len(text[1]) == MAX_CELL + 1


def test_names_that_occur_twice_are_told_apart():
    assert found("SELECT 1 AS a, 2 AS a, 3 AS a_2, 4 AS A")["columns"] == ["a", "a_2", "a_2_2", "A"]


@given(st.lists(st.text(max_size=3) | st.just("x" * 80)))
def test_names_are_always_different(names: list[str]):
    different = unique(names)
    assert len(set(different)) == len(names)


@given(st.integers() | st.floats() | st.decimals(allow_nan=False, allow_infinity=False) | st.text() | st.none())
def test_any_cell_is_json(value: int | float | Decimal | str | None):
    json.dumps(scalar(value), allow_nan=False)


def test_only_the_rows_that_are_wanted_are_worked_out():
    answer = found("SELECT range FROM range(10_000_000_000)", limit=3)
    rest = {"rows": [[0], [1], [2]], "more": True}
    assert answer == {"columns": ["range"], "types": ["BIGINT"], "foreign": [False], **rest}
    assert found("SELECT range FROM range(3)", limit=3)["more"] is False


def test_an_order_holds():
    answer = found("SELECT range FROM range(1_000_000) ORDER BY range DESC", limit=2)
    assert answer["rows"] == [[999999], [999998]]


def test_times_are_those_of_the_dialler_and_an_unknown_zone_does_no_harm():
    assert found("SELECT now()", zone="Europe/Berlin")
    assert found("SELECT now()", zone="Nowhere/Else")


def test_a_file_that_is_gone_is_told():
    assert asked("SELECT 1", making=["ATTACH 'does-not-exist.duckdb' AS c1 (READ_ONLY)"]) == {"gone": True}


def test_a_question_is_ended_in_time():
    text = refused(
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r", seconds=0.2
    )
    assert "took too long" in text


@pytest.mark.parametrize(("error", "words"), [(MemoryError, "too much memory"), (RecursionError, "nested too deeply")])
def test_what_python_cannot_hold_is_refused(monkeypatch: pytest.MonkeyPatch, error: type[Exception], words: str):
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(question_process, "found", fail)
    assert words in refused("SELECT 1")


def test_one_task_in_one_outcome_out(monkeypatch: pytest.MonkeyPatch):
    task = {**USUAL, "sql": "SELECT 'ü'", "limit": 1, "seconds": 5}

    class Stream:
        buffer = io.BytesIO(json.dumps(task).encode())

    class Out:
        buffer = io.BytesIO()

    monkeypatch.setattr(sys, "stdin", Stream)
    monkeypatch.setattr(sys, "stdout", Out)
    monkeypatch.setattr(question_process, "bound", lambda **_: None)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    main()
    assert json.loads(Out.buffer.getvalue())["found"]["rows"] == [["ü"]]
