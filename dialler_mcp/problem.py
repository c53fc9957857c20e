"""The one base of every error that a caller should read."""


class Problem(Exception):
    """A failure that was seen coming: a sentence that says what is wrong and what to do next, without any value.

    `callers_fault`: whoever called can mend it; else something behind us failed. `advice` is the key of a next step
    that only an entrance can word, since a tool, a prompt and a command have names of their own for it; `about` are
    the IDs that it names.
    """

    callers_fault = True

    def __init__(self, *sentence: object, advice: str = "", **about: object) -> None:
        super().__init__(*sentence)
        self.advice = advice
        self.about = about

    def for_person(self) -> str:
        """The sentence without what it holds for a model's sake."""
        return str(self)


def reason_of(error: OSError) -> str:
    """What the system says is wrong; never empty, as the text of the system may be."""
    return error.strerror or str(error) or type(error).__name__
