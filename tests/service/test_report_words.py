"""A report in words."""

from dialler_mcp.domain.fields import Language
from dialler_mcp.service.report_words import MAX_RESULTS, in_words
from tests.reporting.some_reports import NOTHING, a_report, results


def test_rare_results_are_counted_together():
    names = [f"Result {number}" for number in range(MAX_RESULTS + 3)]
    report = a_report(results=results(names))
    shown = in_words(report, Language.de).results
    assert shown is not None
    assert len(shown) == MAX_RESULTS + 1
    rest = sum(one.times for one in report.results[MAX_RESULTS:])
    assert shown[-1] == f"andere {rest}"


def test_sections_have_headings_and_those_without_figures_are_left_out():
    words = in_words(a_report(), Language.de)
    assert words.text().splitlines()[1 : 1 + len(words.sections())] == [
        f"{heading}: {figures}" for heading, figures in words.sections().items()
    ]
    assert list(in_words(a_report(), Language.en).sections())[:2] == ["Calls", "Results"]
    assert in_words(NOTHING, Language.en).sections() == {}
