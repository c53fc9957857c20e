"""Containerfile and compose.yaml, as far as they can be held against the project without building them."""

import re
from pathlib import Path

from dialler_mcp.settings import Settings

ROOT = Path(__file__).parent.parent
CONTAINERFILE = (ROOT / "Containerfile").read_text("utf-8")
COMPOSE = (ROOT / "compose.yaml").read_text("utf-8")


def test_what_is_copied_is_there_and_let_through():
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", CONTAINERFILE, re.MULTILINE)
    sources = {source for line in copied for source in line.split()}
    let_through = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert let_through[0] == "*"
    assert {line.removeprefix("!") for line in let_through if line.startswith("!")} == sources
    assert all((ROOT / source).exists() for source in sources)


def test_it_does_not_run_as_root_and_has_its_bytecode():
    assert re.findall(r"^USER (.+)$", CONTAINERFILE, re.MULTILINE) == ["10001:10001"]
    assert "UV_COMPILE_BYTECODE=1" in CONTAINERFILE
    assert "read_only: true" in COMPOSE


def test_every_variable_is_a_setting():
    names = set(re.findall(r"DIALLER_([A-Z_]+)", CONTAINERFILE + COMPOSE))
    assert {name.lower() for name in names} <= set(Settings.model_fields)
