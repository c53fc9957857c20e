"""The one base of every error that a caller should read."""


class Problem(Exception):
    """A failure that was seen coming: a sentence that says what is wrong and what to do next, without any value.

    `callers_fault`: whoever called can mend it; else something behind us failed.
    """

    callers_fault = True
