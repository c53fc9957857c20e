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
    with pytest.raises(ValidationError) as raised:
        Arguments.model_validate(arguments)
    return argument_errors(raised.value)


def test_each_wrong_argument_is_named_without_its_value():
    line = told(number=0, word="Erika Mustermann")
    assert line.startswith("Correct the arguments: number: input should be greater than or equal to 1; word: give one")
    assert "Mustermann" not in line


def test_an_unknown_argument_is_told_once_and_not_repeated():
    line = told(number=1, mustermann=1, erika=2)
    assert line == "Correct the arguments: an argument is not known; check the spelling against the tool's schema."


def test_causes_go_down_to_the_first_one():
    first, second, third = KeyError("a"), ValueError("b"), RuntimeError("c")
    third.__cause__, second.__cause__ = second, first
    assert list(causes(third)) == [third, second, first]
