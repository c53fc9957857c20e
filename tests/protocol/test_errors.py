import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from dialler_mcp.protocol.errors import argument_errors, causes


class Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid")

    number: int = Field(ge=1)
    word: str = ""

    @field_validator("word")
    @classmethod
    def _one_word(cls, word: str) -> str:
        if " " in word:
            raise ValueError("Give one word.")
        return word


def told(**arguments: object) -> str:
    with pytest.raises(ValidationError) as error:
        Arguments.model_validate(arguments)
    return argument_errors(error.value).en


def test_each_wrong_argument_is_named_without_its_value():
    line = told(number=0, word="Erika Mustermann")
    assert line.startswith("Correct the arguments: number: input should be greater than or equal to 1; word: give one")
    assert "Mustermann" not in line


@pytest.mark.parametrize(
    ("unknown", "words"),
    [
        (["wrd"], "the argument wrd is"),
        (["wrd", "nmbr"], "the arguments wrd, nmbr are"),
        (["Erika Mustermann"], "an argument is"),
        (["Erika Mustermann", "49 30 23125001"], "2 arguments are"),
        (["wrd", "Erika Mustermann"], "the arguments wrd and 1 more are"),
        ([f"a{number}" for number in range(9)], "the arguments a0, a1, a2, a3, a4 and 4 more are"),
    ],
)
def test_unknown_arguments_are_told_by_what_looks_like_a_name(unknown: list[str], words: str):
    line = told(number=1, **dict.fromkeys(unknown, "Geheimnis"))
    assert line == f"Correct the arguments: {words} not known; check the spelling against the tool's schema."


def test_causes_go_down_to_the_first_one():
    first, second, third = KeyError("a"), ValueError("b"), RuntimeError("c")
    third.__cause__, second.__cause__ = second, first
    assert list(causes(third)) == [third, second, first]


def test_the_same_is_told_in_german():
    with pytest.raises(ValidationError) as error:
        Arguments.model_validate({"number": 0, "wrd": "x", "Erika Mustermann": "y"})
    assert argument_errors(error.value).de == (
        "Berichtigen Sie die Angaben: number: muss mindestens 1 sein; "
        "die Argumente wrd und 1 weitere sind nicht bekannt; prüfen Sie die Schreibweise am Schema des Werkzeugs."
    )
