"""A report in words."""

from dataclasses import replace
from datetime import datetime

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.figures.measure import Figure
from dialler_mcp.reporting.figures.measures import MEASURES
from dialler_mcp.reporting.figures.report import Row
from dialler_mcp.service.breakdowns import Grouping
from dialler_mcp.service.report_words import MAX_RESULTS, in_words
from tests.reporting.some_reports import NOTHING, UNREAD, a_report, figures, results, rows


def test_rare_results_are_counted_together():
    names = [f"Result {number}" for number in range(MAX_RESULTS + 3)]
    report = a_report(results=results(names))
    lines = in_words(report, Language.de).results
    assert lines is not None
    assert sum(", ".join(lines).count(name) for name in names) == MAX_RESULTS
    rest = sum(one.times for one in report.results[MAX_RESULTS:])
    assert lines[-1] == f"andere {rest}"


def test_sections_have_headings_and_those_without_figures_are_left_out():
    words = in_words(a_report(), Language.de)
    assert words.text().splitlines()[1 : 1 + len(words.sections())] == [
        f"{heading}: {figures}" for heading, figures in words.sections().items()
    ]
    assert list(in_words(a_report(), Language.en).sections())[:2] == ["Calls", "Results"]
    assert in_words(NOTHING, Language.en).sections() == {}


def test_best_hours_are_not_pooled_over_campaigns_that_differ():
    hours = {**a_report().breakdowns, "hour": [Row(9, 100, 60, 0, 0), Row(10, 100, 10, 0, 0)]}
    names = ("One", "Two")
    alike = a_report(names, breakdowns=hours | {"campaign": rows([538, 539], 600)})
    assert str(in_words(alike, Language.en).best_hours).startswith("['09:00 60.0%")
    differing = hours | {"campaign": [Row(538, 600, 400, 0, 0), Row(539, 600, 100, 0, 0)]}
    words = in_words(a_report(names, breakdowns=differing), Language.en).best_hours
    assert words == ["not pooled, since the contact rates of these campaigns differ: ask for one of them"]


def test_a_comparison_is_one_table_with_its_denominators():
    words = in_words(a_report(("One", "Two")), Language.en)
    assert words.compared is not None
    assert words.compared.columns[:3] == ["campaign", "attempts", "contact rate"]
    assert words.compared.rows[0][:3] == ["One (538)", "25", "25.0% (25/100)"]
    report = a_report(("One", "Two"), breakdowns={**a_report().breakdowns, "campaign": rows([538])})
    broken_down = in_words(report, Language.en, Grouping.campaign)
    assert broken_down.breakdown is None
    assert broken_down.compared is not None
    assert len(broken_down.compared.columns) == len(set(broken_down.compared.columns))
    place = broken_down.compared.columns.index("connects")
    assert [row[place] for row in broken_down.compared.rows] == [20, None]


def test_what_is_not_known_is_no_zero():
    words = in_words(UNREAD, Language.en)
    assert words.calls == ["not known"]
    assert not [note for note in words.notes or [] if note.startswith("There are no calls")]
    assert "calls: not known" in words.text().lower()
    none = replace(UNREAD.figures["mailbox_share"], value=None, n=0, of=0, known=False)
    lines = in_words(a_report(figures={**figures(), "mailbox_share": none}), Language.de).contacts
    assert lines[-1] == "als Anrufbeantworter markiert nicht bekannt"


def test_agreed_callbacks_are_counted_by_when_they_are_due():
    counts = {
        "callbacks": 14,
        "callbacks_overdue": 3,
        "callbacks_today": 0,
        "callbacks_coming": 10,
        "callbacks_untimed": 1,
    }
    some = {name: Figure(MEASURES[name], n, n, 14) for name, n in counts.items()}
    lines = in_words(a_report(figures={**figures(), **some}), Language.en)
    assert lines.callbacks == ["overdue 3, after today 10, no time set 1 of 14"]


def test_every_figure_says_what_it_counts_and_of_what():
    words = in_words(a_report(), Language.en)
    said = "; ".join([*words.calls, *words.contacts])
    for part in (
        "attempts 25 (outbound, no tests); contact rate 25.0% (25 connects: answered, also by machines)",
        "abandoned 25.0% (25 hung up before an agent) of 100 answered calls",
        "right-party contacts 25 (result Done, Appointment or Abort, wrong person aside)",
        "conversion per contact 25.0% (25 won by our calls) of 100 contacts called",
        "penetration 25.0% (25 ever tried)",
    ):
        assert part in said
    assert "(25 Abschlüsse durch unsere Anrufe) von 100 angerufenen Kontakten" in "; ".join(
        in_words(a_report(), Language.de).calls
    )


def test_results_stand_under_their_type():
    types = {"No": "Abort", "Sale": "Done", "Hung up": "Abort", "Appointment": "Appointment"}
    some = [one._replace(type=types[one.name.en], times=5) for one in results(list(types))]
    assert in_words(a_report(results=some), Language.en).results == [
        "Abort: No 5, Hung up 5",
        "Done: Sale 5",
        "Appointment 5",
    ]


def test_the_calls_of_one_day_are_told_with_their_times():
    day = replace(a_report(), first=datetime(2026, 11, 9, 9, 5), last=datetime(2026, 11, 9, 17, 40))
    assert in_words(day, Language.en).summary.endswith(": Calls 2026-11-09 09:05–17:40")
    days = replace(day, last=datetime(2026, 11, 12, 8))
    assert in_words(days, Language.de).summary.endswith(": Anrufe 09.11.2026–12.11.2026")
