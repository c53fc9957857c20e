import json

import pytest
from pydantic import ValidationError

from dialler_mcp.protocol.answers import Answer


class Greeting(Answer):
    word: str
    name: str | None = None


def test_text_and_structure_say_the_same_without_what_is_empty():
    answer = Greeting(word="Grüß Gott")
    assert answer.structure() == {"word": "Grüß Gott"}
    assert json.loads(answer.text()) == answer.structure()
    assert answer.text() == '{"word":"Grüß Gott"}'


def test_an_answer_has_nothing_for_the_client_alone_and_no_pictures_by_default():
    assert Greeting(word="a").meta() is None
    assert list(Greeting(word="a").pictures()) == []


def test_a_field_that_is_not_declared_is_a_defect():
    with pytest.raises(ValidationError):
        Greeting.model_validate({"word": "a", "wrod": "b"})
