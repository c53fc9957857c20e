import pytest

from dialler_mcp.lists.columns.values import flag


@pytest.mark.parametrize(("text", "value"), [("true", True), ("Ja", True), ("0", False), ("FALSCH", False), ("", None)])
def test_yes_and_no_in_two_languages(text: str, value: bool | None) -> None:
    assert flag(text) is value


def test_what_is_neither_is_refused() -> None:
    with pytest.raises(ValueError, match="neither yes nor no"):
        flag("vielleicht")
