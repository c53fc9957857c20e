"""Whether a whole job can be taken back, in words."""

import pytest

from dialler_mcp.service.plans.taking_back import can_be_taken_back, taking_back


@pytest.mark.parametrize("verb", ["lock", "unlock", "update", "import", "delete"])
def test_what_can_be_taken_back_says_what_that_means(verb: str):
    assert can_be_taken_back(verb)
    assert taking_back(verb)


def test_a_reset_cannot_be_taken_back_and_says_so():
    words = taking_back("reset")
    assert not can_be_taken_back("reset")
    assert words is not None
    assert words.en.startswith("This cannot be taken back")


def test_of_an_undo_nothing_is_said():
    assert taking_back("undo") is None
