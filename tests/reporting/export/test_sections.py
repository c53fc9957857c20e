from dataclasses import replace

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.export.sections import sections
from dialler_mcp.reporting.figures.measures import MEASURES
from dialler_mcp.reporting.figures.report import BREAKDOWNS
from tests.reporting.some_reports import FIRST, NOTHING, a_report, breakdowns, figures, unread


def test_every_figure_and_breakdown_has_its_section():
    by_name = {section.name: section for section in sections(a_report(["A", "B"]), Language.en)}
    assert set(by_name) == {"calls", "contacts", "results", "left", "campaigns"} | (set(BREAKDOWNS) - {"campaign"})
    assert len(by_name["calls"].lines) + len(by_name["contacts"].lines) == len(MEASURES)
    assert by_name["calls"].lines[0].cells[0][2:] == (25, 25, 100, None, True)
    assert "campaign" in {section.name for section in sections(a_report(), Language.en)}


def test_what_has_nothing_in_it_is_left_out():
    assert [section.name for section in sections(NOTHING, Language.en)] == ["calls", "contacts"]


def test_a_rate_has_its_interval_and_its_n_of_n_but_an_agent_has_none():
    by_name = {section.name: section.lines[0].cells for section in sections(a_report(), Language.en)}
    rate, low, high = by_name["hour"][2:5]
    assert (rate.value, rate.n, rate.of) == (20 / 60, 20, 60)
    assert low.value is not None
    assert high.value is not None
    assert low.value < 20 / 60 < high.value
    assert not [cell for cell in by_name["agent"] if "rate" in cell.heading]
    assert [cell.heading for cell in by_name["cause"]] == ["attempts"]


def test_a_campaign_without_calls_is_compared_with_what_is_known():
    report = a_report(["A", "B"])
    by_name = {
        section.name: section
        for section in sections(replace(report, figures_by_campaign={538: unread(), 539: figures()}), Language.en)
    }
    values = {cell.heading: cell.value for cell in by_name["campaigns"].lines[0].cells}
    assert values["contacts"] == 25
    assert values["attempts"] is None


def test_keys_that_are_dates_or_numbers_are_there_as_such():
    sections_by_name = {section.name: section for section in sections(a_report(), Language.en)}
    assert sections_by_name["day"].lines[0].plain == FIRST
    assert sections_by_name["attempt"].lines[0].plain == 1
    assert sections_by_name["hour"].lines[0].plain is None


def test_agents_have_appointments_and_all_talk_time_where_they_are_told_apart():
    by_name = {section.name: section for section in sections(a_report(), Language.en)}
    cells = {cell.heading: cell.value for cell in by_name["agent"].lines[0].cells}
    assert (cells["appointments"], cells["talk time, total"]) == (4, 3725)
    assert "appointments" not in {cell.heading for cell in by_name["hour"].lines[0].cells}
    without = a_report(breakdowns=breakdowns(agent=[]))
    assert "agent" not in {section.name for section in sections(without, Language.en)}
