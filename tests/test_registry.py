"""The entry of the MCP registry. That the built wheel carries its name is checked by scripts/package."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from dialler_mcp.settings import Settings
from scripts.helpers.reference import OFFERED, type_of, version

ROOT = Path(__file__).parent.parent
ENTRY: dict[str, Any] = json.loads((ROOT / "server.json").read_text("utf-8"))
SCHEMA = ROOT.parent / "shared" / "clients" / "server.schema.2025-12-11.json"


@pytest.mark.skipif(not SCHEMA.exists(), reason="the registry's schema is not part of this repository")
def test_the_entry_is_what_the_registry_accepts():
    from jsonschema import Draft7Validator, FormatChecker

    schema: dict[str, Any] = json.loads(SCHEMA.read_text("utf-8"))
    assert schema["$id"] == ENTRY["$schema"]
    checker = Draft7Validator(schema, format_checker=FormatChecker())
    assert not [error.message for error in checker.iter_errors(ENTRY)]  # pyright: ignore[reportUnknownMemberType]


def test_the_readme_proves_that_the_name_is_ours():
    assert ENTRY["name"] == "io.github.dialler-mcp/dialler-mcp"
    assert f"<!-- mcp-name: {ENTRY['name']} -->" in (ROOT / "README.md").read_text("utf-8")


def test_versions_are_exact_and_the_same_everywhere():
    assert [ENTRY["version"], *(package["version"] for package in ENTRY["packages"])] == [version()] * 2


def test_the_variables_are_settings_and_only_the_token_is_secret():
    (package,) = ENTRY["packages"]
    variables = {
        variable["name"].removeprefix("DIALLER_").lower(): variable for variable in package["environmentVariables"]
    }
    assert tuple(variables) == OFFERED
    for name, variable in variables.items():
        about = Settings.model_fields[name]
        assert variable["description"] == about.description
        assert variable["isSecret"] is (type_of(about) is SecretStr)
        assert variable["isRequired"] is False, "nothing set means the sandbox"
    assert [name for name, variable in variables.items() if variable["isSecret"]] == ["token"]


def test_every_default_and_choice_is_one_that_the_setting_takes(monkeypatch: pytest.MonkeyPatch):
    for variable in ENTRY["packages"][0]["environmentVariables"]:
        for value in [*variable.get("choices", []), *([variable["default"]] if "default" in variable else [])]:
            monkeypatch.setenv(variable["name"], value)
            Settings()
        monkeypatch.delenv(variable["name"], raising=False)
