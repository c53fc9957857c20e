"""Containerfile and compose.yaml, as far as they can be held against the project without building them."""

import re
import subprocess
from pathlib import Path

import pytest

from dialler_mcp.settings import Settings

ROOT = Path(__file__).parent.parent
CONTAINERFILE = (ROOT / "Containerfile").read_text("utf-8")
COMPOSE = (ROOT / "compose.yaml").read_text("utf-8")


def test_what_is_copied_is_there_and_let_through():
    copy_sources = re.findall(r"^COPY (?!--from)(.+) \S+$", CONTAINERFILE, re.MULTILINE)
    sources = {source for line in copy_sources for source in line.split()}
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


@pytest.mark.parametrize(("code", "healthy"), [(0, True), (7, True), (4, False)])
def test_an_old_dialler_is_healthy(tmp_path: Path, code: int, healthy: bool):
    (tmp_path / "dialler-mcp").write_text(f"#!/bin/sh\nexit {code}\n", "ascii")
    (tmp_path / "dialler-mcp").chmod(0o755)
    in_image = re.findall(r'^HEALTHCHECK .* CMD \["sh", "-c", "(.+)"\]$', CONTAINERFILE, re.MULTILINE)
    in_compose = [line.replace("$$", "$") for line in re.findall(r'"CMD-SHELL", "(.+)"', COMPOSE)]
    assert in_image == in_compose
    process = subprocess.run(["/bin/sh", "-c", in_image[0]], env={"PATH": str(tmp_path)}, check=False)
    assert process.returncode == (0 if healthy else 1)
