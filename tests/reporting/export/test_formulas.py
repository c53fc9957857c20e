from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.export.formulas import DEFINITIONS, GERMAN, definition_of, formula_of
from dialler_mcp.reporting.figures.measures import MEASURES
from tests.reporting.some_reports import a_document


def test_each_measure_has_a_german_formula_with_the_same_codes():
    assert list(GERMAN) == list(MEASURES)
    for name, measure in MEASURES.items():
        german = formula_of(measure, Language.de)
        assert german != measure.formula
        digits = "".join(letter for letter in measure.formula if letter.isdigit())
        assert "".join(letter for letter in german if letter.isdigit()) == digits, name


def test_a_german_file_has_german_formulas():
    calls = a_document(language=Language.de).sections[0]
    assert {line.key: line.also for line in calls.lines}["Kontaktquote"] == ["Verbindungen / Versuche"]


def test_each_measure_has_a_german_definition_that_names_its_n_where_the_english_one_does():
    assert list(DEFINITIONS) == list(MEASURES)
    for name, measure in MEASURES.items():
        english, german = definition_of(measure, Language.en), definition_of(measure, Language.de)
        assert english != german
        assert ("Of: " in english) == ("Von: " in german), name
