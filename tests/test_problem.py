from dialler_mcp.problem import Problem
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
