"""How a measure is declared, and what follows."""

from dialler_mcp.reporting.figures.measure import Figure, Measures, Sql, Unit, View

MEASURES = Measures()


@MEASURES.declare(View.calls, Unit.share, "answer rate", "Annahmequote", "answered / calls")
def answer_rate() -> Sql:
    """Share of calls that were answered.

    Of: calls.
    """
    return Sql("count(answered)", "count(*)")


@MEASURES.declare(View.contacts, Unit.count, "people", "Personen", "contacts in the list")
def people() -> Sql:
    """Everybody."""
    return Sql("count(*)", "count(*)")


def test_a_measure_is_called_as_its_function_and_defined_by_its_docstring():
    one = MEASURES["answer_rate"]
    assert (one.name, one.words.de, one.unit, one.sql.of) == ("answer_rate", "Annahmequote", Unit.share, "count(*)")
    assert one.documented() == (
        *("answer_rate", "answer rate", "Annahmequote", "share", "calls", "answered / calls"),
        "Share of calls that were answered. Of: calls.",
    )


def test_measures_stand_in_the_order_of_their_declaration():
    assert list(MEASURES) == ["answer_rate", "people"]
    assert len(MEASURES) == 2
    assert [one.name for one in MEASURES.of(View.contacts)] == ["people"]


def test_a_figure_is_known_unless_it_says_otherwise():
    assert Figure(MEASURES["people"], 3, 3, 3).known
