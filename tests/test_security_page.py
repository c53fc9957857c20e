"""The threat model names tests; they exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_every_test_that_the_threat_model_names_exists():
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    names = set(re.findall(r"`(test_\w+)`", page))
    files = (ROOT / "tests").rglob("test_*.py")
    test_names = {name for file in files for name in re.findall(r"def (test_\w+)\(", file.read_text(encoding="utf-8"))}
    assert len(names) > 20
    assert names <= test_names


def test_every_row_of_the_threat_model_says_what_stops_it_and_what_shows_it():
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| ")]
    assert len(rows) > 20
    assert all(len(row) == 4 and all(cell.strip() for cell in row) for row in rows)


def test_the_short_form_links_to_the_page():
    assert "docs/security.md" in (ROOT / "SECURITY.md").read_text(encoding="utf-8")
