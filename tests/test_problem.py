import pytest

from dialler_mcp.problem import Problem, reason_of
from dialler_mcp.tools.family import worded


def test_a_problem_reads_as_its_sentence():
    problem = Problem("No contact has this ID. Search for it.")
    assert str(problem) == "No contact has this ID. Search for it."
    assert problem.callers_fault


def test_the_advice_is_no_part_of_the_sentence_until_an_entrance_words_it():
    problem = Problem("This import created the contact.", advice="delete_created", contact=7)
    assert str(problem) == "This import created the contact."
    assert "dialler_delete_contact" in worded(problem)
    assert "7" in worded(problem)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionError(13, "Permission denied"), "Permission denied"),
        (TimeoutError("it is held by another process"), "it is held by another process"),
        (OSError(), "OSError"),
    ],
)
def test_an_error_of_the_system_always_has_a_reason(error: OSError, words: str):
    assert reason_of(error) == words
