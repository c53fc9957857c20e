"""Figures and keys in words."""

from datetime import date, datetime

import pytest

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.figures import words
from dialler_mcp.reporting.figures.measure import Figure
from dialler_mcp.reporting.figures.measures import MEASURES
from dialler_mcp.reporting.figures.report import CallCounts, Report
from dialler_mcp.reporting.figures.scope import Scope
from dialler_mcp.reporting.snapshot.opening import CampaignCoverage, Coverage
from tests.conftest import BERLIN, NOON

EN, DE = Language.en, Language.de


def figure(name: str, value: float | None, n: int, of: int) -> Figure:
    return Figure(MEASURES[name], value, n, of)


@pytest.mark.parametrize(
    ("known_figure", "en", "de"),
    [
        (figure("contact_rate", 0.4321, 1311, 3034), "43.2% (1,311/3,034)", "43,2 % (1.311/3.034)"),
        (figure("won", 13, 13, 13), "13/13", "13/13"),
        (figure("attempts", 1311, 1311, 1400), "1,311", "1.311"),
        (figure("contacts", 1311, 1311, 1311), "1,311", "1.311"),
        (figure("attempts_per_contact", 4.157, 2287, 550), "4.2 (2,287/550)", "4,2 (2.287/550)"),
        (figure("talk_median", 53.5, 10, 12), "54 s (10/12)", "54 s (10/12)"),
        (figure("talk_median", None, 0, 0), "– (0/0)", "– (0/0)"),
    ],
)
def test_a_cell_says_its_n_of_n(known_figure: Figure, en: str, de: str):
    assert words.value_and_basis(known_figure, EN) == en
    assert words.value_and_basis(known_figure, DE) == de


def test_a_figure_says_what_it_counts_and_of_what():
    rate = figure("contact_rate", 0.5, 50, 100)
    assert words.figures_in_words([rate], EN) == [
        "contact rate 50.0% (50 connects: answered, also by machines) of 100 attempts"
    ]
    assert words.figures_in_words([rate], DE) == [
        "Kontaktquote 50,0 % (50 Verbindungen, auch Maschinen) von 100 Versuchen"
    ]


def test_one_is_said_as_one():
    some = [figure("no_answer_share", 1, 1, 1), figure("won", 1, 1, 1)]
    assert words.figures_in_words(some, EN)[0] == "no answer 100.0% (1) of 1 attempt"
    assert words.figures_in_words(some, DE)[1] == "Abschlüsse 1 (auch ohne Versuch) von 1 Kontakt mit Eintrag"


def test_figures_of_the_same_n_name_it_once():
    some = [figure("no_answer_share", 0.5, 50, 100), figure("busy_share", 0.1, 10, 100), figure("connects", 9, 9, 99)]
    assert words.figures_in_words(some, EN) == [
        "no answer 50.0% (50), busy 10.0% (10) of 100 attempts",
        "connects 9 of 99 attempts",
    ]


def test_denominators_that_are_equal_by_chance_are_not_taken_for_one():
    some = [figure("no_answer_share", 0.5, 50, 100), figure("penetration", 0.1, 10, 100)]
    assert words.figures_in_words(some, EN) == [
        "no answer 50.0% (50) of 100 attempts",
        "penetration 10.0% (10 ever tried) of 100 contacts",
    ]


def test_the_whole_stands_before_its_parts():
    some = [figure("contacts", 100, 100, 100), figure("penetration", 0.1, 10, 100)]
    assert words.figures_in_words(some, EN) == ["contacts 100", "penetration 10.0% (10 ever tried) of 100 contacts"]


def test_quantiles_are_said_together():
    half, most = figure("wrap_up_median", 60, 9, 9), figure("wrap_up_p90", 300, 9, 9)
    said = words.figures_in_words([words.Quantiles(half, most)], EN)
    assert said == ["wrap-up, median 60 s (90% within 300 s; to the result) of 9 connects"]
    half = figure("wrap_up_median", 60, 9, 10)
    said = words.figures_in_words([words.Quantiles(half, most)], EN)
    assert said == ["wrap-up, median 60 s (90% within 300 s; to the result; 9 known) of 10 connects"]


@pytest.mark.parametrize(
    ("since", "until", "sentence"),
    [
        (None, None, "all calls"),
        (datetime(2026, 11, 1), None, "from 2026-11-01"),
        (None, datetime(2026, 11, 1, 23, 59, 59), "until 2026-11-01"),
        (datetime(2026, 11, 1), datetime(2026, 11, 2, 12), "2026-11-01 to 2026-11-02 12:00"),
    ],
)
def test_a_period_is_said_without_the_ends_of_its_days(since: datetime | None, until: datetime | None, sentence: str):
    assert words.period_in_words(Scope(since, until), EN) == sentence


@pytest.mark.parametrize(
    ("breakdown", "key", "sentence"),
    [
        ("hour", 9, "09:00"),
        ("weekday", 3, "Mi"),
        ("week", 309, "Mi 09:00"),
        ("day", date(2026, 11, 20), "20.11.2026"),
        ("campaign", 538, "Test ‹b› (538)"),
        ("campaign", 1, " (1)"),
        ("outcome", 3, "besetzt (3)"),
        ("outcome", 42, "42"),
        ("cause", 16, "normal beendet (16)"),
        ("agent", 7, "7"),
        ("agent", None, "nicht bekannt"),
        ("attempt", "x\u202e", "x"),
    ],
)
def test_keys_are_said_as_people_say_them(breakdown: str, key: date | int | str | None, sentence: str):
    coverage = Coverage((CampaignCoverage(538, "Test <b>", NOON),), "Europe/Berlin", "bank")
    report = Report(Scope(), NOON.replace(tzinfo=BERLIN), coverage, {}, {}, {}, [], {}, CallCounts(0, 0, 0), None, None)
    assert words.key_in_words(breakdown, report, DE)(key) == sentence


def test_types_of_results_are_translated_and_unknown_ones_stay():
    assert words.type_in_words("Delay", DE) == "Wiedervorlage"
    assert words.type_in_words("Other", DE) == "Other"
    assert words.type_in_words(None, DE) is None


@pytest.mark.parametrize(
    ("seconds", "sentence"),
    [
        *((0, "0 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (401, "6 min 41 s"), (3599, "59 min 59 s")),
        *((3600, "1 h 0 min"), (43_530, "12 h 5 min"), (4_320_000, "1.200 h 0 min")),
    ],
)
def test_a_length_of_time_has_its_units(seconds: float, sentence: str):
    assert words.duration(seconds, DE) == sentence
