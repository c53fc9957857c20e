"""What pydantic finds wrong, in both languages."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from dialler_mcp.words import Words, WrongValue
from dialler_mcp.wrong_values import mistake_of


def refuse(value: str) -> str:
    raise WrongValue(Words("must not be so", "darf so nicht sein"))


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        (int, "zehn", "muss eine ganze Zahl sein"),
        (bool, "vielleicht", "muss true oder false sein"),
        (str, 7, "muss ein Text sein"),
        (list[int], "x", "muss eine Liste sein"),
        (dict[str, int], "x", "muss ein Objekt mit Namen und Werten sein"),
        (Annotated[int, Field(le=5)], 6, "darf höchstens 5 sein"),
        (Annotated[str, Field(max_length=5)], "geheim", "darf höchstens 5 Zeichen lang sein"),
        (Annotated[list[int], Field(max_length=1)], [1, 2], "ist zu lang: höchstens 1"),
        (Literal["de", "en"], "fr", "muss eines von diesen sein: 'de' oder 'en'"),
        (Annotated[str, AfterValidator(refuse)], "geheim", "darf so nicht sein"),
    ],
)
def test_a_mistake_is_german_and_repeats_no_value(kind: Any, value: object, words: str):
    with pytest.raises(ValidationError) as error:
        TypeAdapter(kind).validate_python(value)
    mistake = mistake_of(error.value.errors()[0])
    assert mistake.de == words
    assert "geheim" not in mistake.en


def test_what_we_have_no_german_for_is_quoted():
    with pytest.raises(ValidationError) as error:
        TypeAdapter(Annotated[str, Field(pattern="^a$")]).validate_python("b")
    assert mistake_of(error.value.errors()[0]).de == (
        "lässt sich so nicht verwenden (auf Englisch: „String should match pattern '^a$'“)"
    )
