"""The pages and lists that scripts/reference writes from the code."""

from typing import Any

import pytest

from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.privacy import Privacy
from dialler_mcp.domain.roles import Role
from dialler_mcp.reporting.figures.measures import MEASURES
from dialler_mcp.reporting.questions.rules import FUNCTIONS, VIEWS
from dialler_mcp.reporting.snapshot.views import EXAMPLES, folded_columns
from dialler_mcp.settings import Settings
from scripts.helpers.data_page import data_page
from scripts.helpers.reference import (
    Served,
    generated,
    kind,
    measures_page,
    served,
    settings_page,
    stale,
    tools_page,
)


@pytest.fixture(scope="module")
def what() -> Served:
    return served()


def test_no_generated_file_is_stale(what: Served):
    assert not list(stale(what)), "run: scripts/reference --write"


def test_a_file_that_was_changed_by_hand_is_stale(what: Served, monkeypatch: pytest.MonkeyPatch):
    page = tools_page(what)
    monkeypatch.setattr("scripts.helpers.reference.tools_page", lambda _: page + "by hand")  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    assert "docs/tools.md" in list(stale(what))


def test_every_tool_has_its_place_with_all_its_parameters(what: Served):
    page = tools_page(what)
    for tool in what.tools:
        part = page.split(f"### `{tool.name}`\n")[1].split("\n### ")[0]
        assert f"{tool.title}: " in part
        assert str(tool.description) in part
        for name, about in tool.input_schema.get("properties", {}).items():
            assert f"| `{name}` |" in part
            assert about["description"].replace("|", "\\|") in part


@pytest.mark.parametrize(
    ("page", "language", "row"),
    [
        (
            "docs/measures.md",
            Language.en,
            "| connects (`connects`) | Verbindungen | count | answered attempts (CONNRES 1) | ",
        ),
        (
            "docs/de/measures.md",
            Language.de,
            "| Verbindungen (`connects`) | connects | Anzahl | Versuche, die angenommen wurden (CONNRES 1) | ",
        ),
    ],
)
def test_each_measure_has_its_row_in_the_page_of_each_language(page: str, language: Language, row: str):
    text = measures_page(page, language)
    assert row in text
    for measure in MEASURES.values():
        assert text.count(f"| {measure.words.text(language)} (`{measure.name}`) | ") == 1


@pytest.mark.parametrize(
    ("tool", "role"),
    [
        ("dialler_get_contact", Role.readonly),
        ("dialler_lock_contact", Role.agent),
        ("dialler_clone_campaign", Role.supervisor),
        ("dialler_delete_contact", Role.admin),
    ],
)
def test_a_tool_names_the_least_role_that_has_it(what: Served, tool: str, role: Role):
    assert what.declared[tool].role is role
    part = tools_page(what).split(f"### `{tool}`\n")[1].split("\n### ")[0]
    assert f"From role `{role}`" in part


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string"}, "string"),
        ({"type": "string", "maxLength": 40}, "string, at most 40 characters"),
        ({"type": "integer", "minimum": 1}, "integer, at least 1"),
        ({"type": "integer", "ge": 1, "le": 100}, "integer, 1 to 100"),
        ({"type": "array", "items": {"type": "integer"}, "maxItems": 9}, "array of integer, at most 9 items"),
        ({"enum": ["de", "en"], "type": "string"}, "`de` or `en`"),
    ],
)
def test_types_and_bounds_are_said_in_words(schema: dict[str, Any], words: str):
    assert kind(schema) == words


def test_every_setting_has_its_row_with_default_and_values():
    page = settings_page()
    for name in Settings.model_fields:
        assert f"| `DIALLER_{name.upper()}` |" in page
    assert "| `DIALLER_ROLE` | `admin` | `readonly`, `agent`, `supervisor`, `admin` |" in page
    assert "| `DIALLER_CONNECTIONS` | `8` | whole number, 1 to 32 |" in page
    assert "| `DIALLER_READ_ONLY` | `false` | `true` or `false` |" in page
    assert "| `DIALLER_TOKEN` |  | secret text |" in page


def test_the_page_of_the_data_has_every_column_function_and_example():
    page = data_page()
    for view in VIEWS:
        part = page.split(f"## {view}\n")[1].split("\n## ")[0]
        for column in folded_columns(view, Privacy.full):
            assert f"| `{column.name}` | {column.type} | {column.meaning.en}" in part
    for names in FUNCTIONS.values():
        assert all(name in page for name in names)
    assert all(example.sql in page for example in EXAMPLES)
    assert "`account_iban` | VARCHAR | IBAN (with `DIALLER_PRIVACY=full` only)" in page


def test_all_that_is_written_ends_with_one_line_end(what: Served):
    for name, content in generated(what).items():
        assert content().endswith("\n"), name
        assert not content().endswith("\n\n"), name
