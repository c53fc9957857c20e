from datetime import datetime

from dialler_mcp.reporting.export.extract import Column, cells, headed


def test_texts_are_clean_and_times_are_times():
    columns = [Column("t", "TIMESTAMP"), Column("d", "DATE"), Column("x", "VARCHAR"), Column("n", "BIGINT")]
    row = cells(columns, ["2026-11-20 14:00:00.5", "2026-11-20", "a\u202e\nb", 7])
    assert row == [datetime(2026, 11, 20, 14, 0, 0, 500_000), datetime(2026, 11, 20), "a b", 7]


def test_a_time_that_no_calendar_has_stays_text():
    assert cells([Column("t", "TIMESTAMP")], ["290309-12-22 (BC) 00:00:00"]) == ["290309-12-22 (BC) 00:00:00"]


def test_headings_are_clean_and_none_occurs_twice():
    assert [column.heading for column in headed(["a", "a\u200b", "b"], ["BIGINT"] * 3)] == ["a", "a_2", "b"]
