"""The one base of every error that a caller should read."""

from dialler_mcp.words import Language, Words


class Problem(Exception):
    """A failure that was seen coming: a sentence that says what is wrong and what to do next, without any value. It is
    English as a string; given as `Words`, it is German for whoever reads German.

    `callers_fault`: whoever sent the invocation can mend it; else something behind us failed. `advice` is the key of a
    next step that only an entrance can word, since a tool, a prompt and a command have names of their own for it;
    `about` are the IDs that it names.
    """

    callers_fault = True

    def __init__(self, sentence: Words | str = "", *, advice: str = "", **about: object) -> None:
        self._words = sentence if isinstance(sentence, Words) else Words.alike(sentence)
        super().__init__(*filter(None, [self._words.en]))
        self.advice = advice
        self.about = about

    @property
    def words(self) -> Words:
        """The sentence in both languages."""
        return self._words

    def text(self, language: Language) -> str:
        """The sentence in this language."""
        return self.words.text(language)

    def for_person(self, language: Language = Language.en) -> str:
        """The sentence without the parts that are for a model."""
        return self.text(language)


def reason_of(error: OSError) -> str:
    """What the system says is wrong; never empty, as the text of the system may be."""
    return error.strerror or str(error) or type(error).__name__
