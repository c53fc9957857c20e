from dialler_mcp.domain.phone_flaws import FLAWS, REFUSALS, Flaw


def test_every_flaw_has_a_name():
    assert set(FLAWS) == set(Flaw)


def test_every_flaw_of_a_number_that_is_given_says_what_to_do():
    """A fax number is named beside a number in a cell, and a form is one of what is stored already."""
    assert set(Flaw) - set(REFUSALS) == {Flaw.fax, Flaw.form}
