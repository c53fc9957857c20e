from dataclasses import replace

from tests.reporting.charts.drawn import data
from tests.reporting.some_reports import UNREAD, a_report, figures, results


def test_the_rarest_of_many_results_are_one_bar():
    report = a_report(results=results([f"R{place}" for place in range(25)]))
    rows = data("results", report)
    assert len(rows) == 20
    assert rows[-1]["result"] == "other (6 results)"
    assert sum(row["n"] for row in rows) == sum(one.times for one in report.results)
    assert len(data("results", a_report(results=results([f"R{place}" for place in range(20)])))) == 20


def test_the_funnel_says_what_is_left_of_each_step():
    labels = [row["label"] for row in data("funnel", a_report())]
    assert labels[0] == "25"
    assert labels[1] == "25  (100.0% of the step before)"


def test_the_funnel_leaves_out_the_steps_that_are_not_known():
    assert [row["step"] for row in data("funnel", UNREAD)] == ["in the list now"]


def test_what_is_left_to_dial_comes_first():
    rows = data("left", a_report())
    assert [row["n"] for row in rows] == [30, 60, 10]
    assert rows[0]["group"] == "left to dial"


def test_campaigns_are_compared_the_most_called_first():
    report = a_report(["A", "B"])
    without_calls = {name: figure for name, figure in figures().items() if name in ("contacts", "penetration")}
    rows = data("comparison", replace(report, figures_by_campaign={538: without_calls, 539: figures()}))
    assert [row["campaign"] for row in rows[::3]] == ["B", "A"]
    assert [row["label"] for row in rows[3:]] == ["–", "–", "25.0%"]
