"""What is said about a wrong question: what to do, where, and no value of a record or of the question."""

import pytest

from dialler_mcp.reporting.questions import refusals
from dialler_mcp.reporting.questions.errors import explained, placed
from dialler_mcp.reporting.questions.rules import NotAnswered
from dialler_mcp.words import Words
from tests.reporting.questions.test_rules import asked, refused

COLUMNS = {"contacts": ["contact_id", "name"], "calls": ["call_id", "began"]}


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT nam FROM contacts", "no such column. Nearest: contacts.name, campaigns.name"),
        ("SELECT c.nam FROM contacts c", "Nearest: contacts.name"),
        ("SELECT talk_second FROM calls", "Nearest: calls.talk_seconds. (line 1, column 8)"),
        ("SELECT xyzzy FROM calls", "The columns of calls are: contact_id, call_id, began, hour, talk_seconds."),
        ("SELECT xyzzy", "The columns of contacts are: contact_id"),
        ('SELECT 1 FROM contacts WHERE name = "Schmidt-Özil"', "A text stands between '…', not between"),
        ("SELECT * FROM contact", "FROM may name contacts, calls, result_codes, campaigns and what WITH defines."),
        ("SELECT * FROM contact", "Did you mean contacts? (line 1, column 15)"),
        ("SELECT\n  'ü', *\nFROM kontakte", "(line 3, column 6)"),
        ("SELECT x.name FROM contacts c", "the alias that FROM gives it"),
        ("SELECT contact_id FROM contacts c JOIN calls k ON true", "write the view or its alias before it"),
        ("SELECT name, count(*) FROM contacts", "GROUP BY ALL"),
        ("SELECT 1 FROM contacts WHERE count(*) > 1", "use HAVING"),
        ("SELECT 1 FROM contacts WHERE row_number() OVER () = 1", "use QUALIFY"),
        ("SELECT (SELECT name FROM contacts)", "gives several rows"),
        ("SELECT 1 UNION SELECT 1, 2", "equally many columns"),
        ("SELECT hour(name) FROM contacts", "It takes (ts DATE); (ts INTERVAL); (ts TIME); (ts TIMESTAMP)."),
        ("SELECT upper_case(name) FROM contacts", "function is not allowed"),
        ("SELECT lowr(name) FROM contacts", "Nearest: lower"),
        ("SELECT name::INT FROM contacts", "use TRY_CAST"),
        ("SELECT * FROM contacts WHERE name = 5", "use TRY_CAST"),
        ("SELECT 9223372036854775807 + contact_id FROM contacts", "too large"),
        ("SELECT name::SCHMIDT FROM contacts", "no such type: e.g. BIGINT"),
        ("SELEC 1", "syntax error, correct it and ask again. (line 1, column 1)"),
        ("SELECT name\nFRO contacts", "syntax error, correct it and ask again. (line 2, column 5)"),
        ("SELECT 'Schmidt", "not closed"),
        ("SELECT sum(sum(contact_id)) FROM contacts", "DuckDB does not accept the question: aggregate function calls"),
        ("", "There is no question"),
        (" ; -- nothing", "There is no question"),
        ("SELECT " + ",".join(f"{n} AS c{n}" for n in range(101)), "More than 100 columns"),
    ],
)
def test_an_error_says_what_is_wrong_where_and_what_to_do(sql: str, words: str):
    refusal = refused(sql)
    assert words in refusal
    assert "Müller" not in refusal
    assert "Schmidt" not in refusal.title()


def test_what_duckdb_quotes_is_cut_unless_it_is_one_of_our_names():
    text = 'Cannot use \\"name\\" with \'Meier\' and \\"x\\" 4930231250'
    error = ValueError(f'{{"exception_type": "Binder", "exception_message": "{text}"}}')
    text = str(explained(error, "SELECT 1", COLUMNS))
    assert text == "DuckDB does not accept the question: Cannot use name with … and … …"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError("INTERRUPT Error: Interrupted!"), "took too long"),
        (ValueError('{"exception_type": "Out of Memory", "exception_message": "of size 8"}'), "too much memory"),
        (ValueError("nothing that is JSON"), "DuckDB does not accept the question"),
    ],
)
def test_ends_are_told_apart(error: Exception, words: str):
    assert words in str(explained(error, "SELECT 1", COLUMNS))


def test_a_place_is_counted_in_characters():
    here = Words("Here.", "Hier.")
    words = placed(NotAnswered(here, 10), "SELECT\n'ü', x")
    assert words == Words("Here. (line 2, column 3)", "Hier. (Zeile 2, Spalte 3)")
    assert placed(NotAnswered(here), "SELECT 1") == here


def test_every_refusal_is_german_for_whoever_reads_german():
    for name, words in vars(refusals).items():
        if isinstance(words, Words):
            assert words.de != words.en, name
            assert not set(words.de.split()) & {"the", "is", "and", "not"}, name


@pytest.mark.parametrize(
    ("sql", "german"),
    [
        ("SELECT nam FROM contacts", "Diese Spalte gibt es nicht. Ähnlich: contacts.name, campaigns.name"),
        (
            "SELECT * FROM contact",
            "Diese Sicht gibt es nicht: FROM darf contacts, calls, result_codes, campaigns nennen",
        ),
        ("SELEC 1", "Das ist kein gültiges SQL (Dialekt von DuckDB): Es hat einen Syntaxfehler;"),
        ("SELECT lowr(name) FROM contacts", "Diese Funktion ist nicht erlaubt. Ähnlich: lower."),
        ("SELECT sum(sum(contact_id)) FROM contacts", "DuckDB sagt dazu auf Englisch: „aggregate function calls"),
        ("DELETE FROM contacts", "Es lässt sich nichts schreiben"),
    ],
)
def test_a_refusal_is_told_in_german_with_the_place(sql: str, german: str):
    outcome = asked(sql)
    assert "reason" in outcome
    assert german in outcome["reason"].de
    assert ("(line 1, column " in outcome["reason"].en) == ("(Zeile 1, Spalte " in outcome["reason"].de)
