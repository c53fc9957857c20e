"""What people run: every script is executable, documented, and known to CI. PowerShell twins are held elsewhere."""

import os
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
SCRIPTS = {path.name: path for path in (ROOT / "scripts").iterdir() if path.is_file() and path.suffix != ".ps1"}


def test_contributing_lists_each_script():
    page = (ROOT / "docs" / "contributing.md").read_text("utf-8")
    assert set(re.findall(r"^\| `\./scripts/(\w+)", page, re.MULTILINE)) == set(SCRIPTS)


def test_a_script_can_be_run_and_says_what_it_does():
    for path in SCRIPTS.values():
        assert os.access(path, os.X_OK), path.name
        first, second = path.read_text("utf-8").splitlines()[:2]
        assert first == "#!/usr/bin/env bash", path.name
        assert second.startswith("# "), path.name


def test_ci_runs_the_fast_run_first_and_no_script_that_there_is_not():
    stages = re.findall(r"^stage scripts/(\w+)", (ROOT / ".ci" / "run").read_text("utf-8"), re.MULTILINE)
    assert stages[0] == "test"
    assert set(stages) <= set(SCRIPTS)
    assert {"coverage", "search"} <= set(stages)
