"""The manifest of the Claude Desktop bundle: what its own validator does not look at."""

import json
import re
import struct
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from dialler_mcp.settings import Settings, choices_of
from scripts.helpers.reference import LOCALISED, OFFERED, default_of, type_of

ROOT = Path(__file__).parent.parent
MANIFEST: dict[str, Any] = json.loads((ROOT / "manifest.json").read_text("utf-8"))
GERMAN: dict[str, Any] = json.loads((ROOT / "mcpb-resources" / "de.json").read_text("utf-8"))
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
FORM: dict[str, dict[str, Any]] = MANIFEST["user_config"]


def test_what_the_manifest_names_is_there():
    assert (ROOT / MANIFEST["server"]["entry_point"]).is_file()
    assert MANIFEST["server"]["mcp_config"]["args"][-1] in PROJECT["scripts"]
    assert MANIFEST["name"] == PROJECT["name"]
    assert MANIFEST["license"] == PROJECT["license"]
    script = (ROOT / "scripts" / "bundle").read_text("utf-8")
    assert "pyproject.toml uv.lock README.md LICENSE dialler_mcp prompts" in script


def test_the_icon_is_a_small_png_of_512_pixels():
    for icon in [MANIFEST["icon"], *(entry["src"] for entry in MANIFEST["icons"])]:
        image = (ROOT / icon).read_bytes()
        assert image.startswith(b"\x89PNG\r\n\x1a\n")
        assert struct.unpack(">II", image[16:24]) == (512, 512)
        assert len(image) < 60_000


def test_the_range_of_pythons_is_one_that_the_host_understands():
    span = MANIFEST["compatibility"]["runtimes"]["python"]
    assert re.fullmatch(r"[<>]=?\d+\.\d+( [<>]=?\d+\.\d+)*", span), "comparators with spaces between, no commas"
    assert span.split()[0] == PROJECT["requires-python"]


def test_the_locked_packages_come_from_pypi():
    """The lock file goes into the bundle, and onto machines that know no other index."""
    lock = (ROOT / "uv.lock").read_text("utf-8")
    assert set(re.findall(r'"(\w+://[^/"]+)', lock)) == {"https://pypi.org", "https://files.pythonhosted.org"}


def test_all_lists_are_complete():
    assert MANIFEST["tools_generated"] is False
    assert MANIFEST["prompts_generated"] is False
    assert all(len(tool["name"]) <= 64 for tool in MANIFEST["tools"])


def test_the_form_asks_for_settings_that_there_are():
    assert tuple(FORM) == OFFERED
    assert set(FORM) == {name for name, about in Settings.model_fields.items() if about.title}
    for name, entry in FORM.items():
        about = Settings.model_fields[name]
        kind = type_of(about)
        types = {bool: ("boolean",), Path: ("file", "directory")}.get(kind, ("string",))
        types = ("directory",) if name == "files" else types  # one of the several that it may name
        assert entry["type"] in types, name
        assert entry.get("sensitive", False) is (kind is SecretStr), name
        assert entry["required"] is False, "nothing filled in means the sandbox"
        if "default" in entry:
            assert json.dumps(entry["default"]).strip('"') == default_of(about), name
        else:
            assert not default_of(about), f"{name}: people should see the default"
        for choice in choices_of(about):
            assert choice in entry["description"], name


def test_a_form_that_was_left_empty_is_the_sandbox(monkeypatch: pytest.MonkeyPatch):
    environment: dict[str, str] = MANIFEST["server"]["mcp_config"]["env"]
    assert environment == {f"DIALLER_{name.upper()}": f"${{user_config.{name}}}" for name in FORM}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)  # as the host passes what has no default
    assert Settings() == Settings.model_construct()


@pytest.mark.parametrize(("value", "meant"), [("true", True), ("false", False)])
def test_a_ticked_box_arrives_as_a_word(monkeypatch: pytest.MonkeyPatch, value: str, meant: bool):
    monkeypatch.setenv("DIALLER_READ_ONLY", value)
    assert Settings().read_only is meant


def test_a_token_that_the_host_would_mangle_has_another_way():
    assert "$" in FORM["token"]["description"]
    assert FORM["token_file"]["type"] == "file"


def test_german_says_the_same_of_the_same_things():
    assert set(GERMAN) == {*LOCALISED, "tools", "prompts"}
    for kind in ("tools", "prompts"):
        assert [entry["name"] for entry in GERMAN[kind]] == [entry["name"] for entry in MANIFEST[kind]]
        for german, english in zip(GERMAN[kind], MANIFEST[kind], strict=True):
            assert german["description"] not in ("", english["description"])
    for german, english in zip(GERMAN["prompts"], MANIFEST["prompts"], strict=True):
        assert re.findall(r"\$\{.+?\}", german["text"]) == re.findall(r"\$\{.+?\}", english["text"])


def test_each_locale_has_its_file():
    places = MANIFEST["localization"]
    for locale in (places["default_locale"], "de"):
        assert (ROOT / places["resources"].replace("${locale}", locale)).is_file()


def test_the_privacy_policy_is_where_the_manifest_says():
    assert MANIFEST["privacy_policies"] == [f"{MANIFEST['homepage']}#privacy-policy"]
    assert "\n## Privacy Policy\n" in (ROOT / "README.md").read_text("utf-8")
    assert MANIFEST["support"] == f"{MANIFEST['homepage']}/issues"
