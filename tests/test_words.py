import pkgutil
import string
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import cast

import dialler_mcp
from dialler_mcp.problem import Problem
from dialler_mcp.words import NOTHING, Language, Noun, Words, in_words, joined, number

LOCKED = Words("Contact {who} is {done}.", "Kontakt {who} ist {done}.")


def test_a_text_is_said_in_the_language_that_is_asked_for():
    assert LOCKED.text(Language.en).startswith("Contact")
    assert LOCKED.text(Language.de).startswith("Kontakt")


def test_a_text_is_filled_in_both_languages_and_so_are_texts_in_it():
    words = LOCKED.filled(who="7 {a}", done=Words("locked", "gesperrt"))
    assert words == ("Contact 7 {a} is locked.", "Kontakt 7 {a} ist gesperrt.")


def test_texts_follow_each_other_and_empty_ones_leave_no_gap():
    assert Words("a", "b").then(NOTHING, Words("c", "d")) == ("a c", "b d")
    assert NOTHING.then(Words.alike(5)) == ("5", "5")
    assert joined([Words("a", "b"), Words("c", "d")], ", ") == ("a, c", "b, d")
    assert joined([]) == NOTHING


def test_a_noun_is_counted_in_both_languages():
    noun = Noun(Words("job", "Auftrag"), Words("jobs", "Aufträge"))
    assert noun.of(1) == ("1 job", "1 Auftrag")
    assert noun.counted(2, Language.de) == "2 Aufträge"


def test_a_problem_is_english_as_a_string_and_german_for_whoever_reads_german():
    problem = Problem(Words("It is gone.", "Es ist weg."))
    assert str(problem) == "It is gone."
    assert problem.text(Language.de) == problem.for_person(Language.de) == "Es ist weg."
    assert Problem("As it is.").text(Language.de) == "As it is."


def test_numbers_are_written_as_in_their_language():
    assert in_words(1_000_000) == ("1,000,000", "1.000.000")
    assert (number(4.25, Language.en, 1), number(4.25, Language.de, 1)) == ("4.2", "4,2")


def texts_in(value: object) -> Iterator[Words]:
    """The texts in a value of a module, also in its tables."""
    if isinstance(value, Words):
        yield value
    elif isinstance(value, Mapping | tuple):
        parts = cast("Mapping[object, object] | tuple[object, ...]", value)
        for part in parts.values() if isinstance(parts, Mapping) else parts:
            yield from texts_in(part)


def test_a_text_has_the_same_gaps_in_both_languages():
    """Else it cannot be filled, which nobody sees who reads the other language."""
    names = [
        each.name for each in pkgutil.walk_packages(dialler_mcp.__path__, "dialler_mcp.") if "__main__" not in each.name
    ]
    modules = [import_module(name) for name in names if ".migrations" not in name]
    texts = [text for module in modules for value in vars(module).values() for text in texts_in(value)]
    assert len(texts) > 500
    for text in texts:
        gaps = [
            {name for _, name, *_ in string.Formatter().parse(said) if name and name.isidentifier()} for said in text
        ]
        assert gaps[0] == gaps[1] or not text.de, text
