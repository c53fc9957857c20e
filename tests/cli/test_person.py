import pytest

from dialler_mcp.cli.person import person_of
from dialler_mcp.settings import Settings


@pytest.mark.parametrize(("account", "name"), [(None, "kim"), ("Eva\u200b", "Eva"), ("x" * 64, "x" * 64)])
def test_over_stdio_the_person_is_the_account_of_the_system_or_the_one_that_is_set(
    monkeypatch: pytest.MonkeyPatch, account: str | None, name: str
):
    monkeypatch.setattr("getpass.getuser", lambda: "kim")
    assert person_of(Settings(account=account)) == name


def test_an_account_without_a_name_is_none(monkeypatch: pytest.MonkeyPatch):
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert person_of(Settings()) == ""
