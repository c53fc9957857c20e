"""What scripts/helpers/docs_site.py checks beside the generator. Building the site itself is for scripts/docs."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from scripts.helpers.docs_site import Broken, broken_links, staged

ROOT = Path(__file__).parent.parent


def pages_of(entries: list[dict[str, Any]]) -> list[str]:
    """The pages of a navigation, those of its sections too."""
    pages: list[str] = []
    for entry in entries:
        for inside in entry.values():
            pages += [inside] if isinstance(inside, str) else pages_of(inside)
    return pages


def test_every_page_has_its_place_in_the_navigation():
    docs = ROOT / "docs"
    site = tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))["project"]
    assert sorted(pages_of(site["nav"])) == sorted(path.relative_to(docs).as_posix() for path in docs.rglob("*.md"))


def test_a_german_page_and_its_english_one_link_to_each_other():
    for german in (ROOT / "docs" / "de").glob("*.md"):
        english = ROOT / "docs" / german.name
        assert f"(../{german.name})" in german.read_text("utf-8")
        assert f"(de/{german.name})" in english.read_text("utf-8")


def test_a_file_of_the_repository_is_linked_to_where_the_repository_is(tmp_path: Path):
    (tmp_path / "docs" / "de").mkdir(parents=True)
    (tmp_path / "SECURITY.md").touch()
    page = tmp_path / "docs" / "de" / "page.md"
    text = "[a](../../SECURITY.md#how) [b](../sandbox.md#x) [c](hosts.md) [d](https://a.example/../x)"
    assert staged(text, page, tmp_path) == text.replace(
        "../../SECURITY.md#how", "https://github.com/dialler-mcp/dialler-mcp/blob/main/SECURITY.md#how"
    )
    with pytest.raises(Broken, match=r"docs/de/page\.md: \.\./\.\./NOWHERE\.md"):
        staged("[a](../../NOWHERE.md)", page, tmp_path)


@pytest.mark.parametrize(
    "link",
    ["../b/", "../b/#there", "#here", "../b/picture.png", "https://host.example/page", "mailto:a@b.example"],
)
def test_a_link_that_leads_somewhere_is_fine(tmp_path: Path, link: str):
    assert not list(broken_links(two_pages(tmp_path, link)))


@pytest.mark.parametrize(
    "link",
    [
        "../c/",
        "../b/#nowhere",
        "#nowhere",
        "../b/other.png",
        "http://host.example/page",
        "https://page",
        "ftp://a.example",
    ],
)
def test_a_link_that_leads_nowhere_is_named_with_its_page(tmp_path: Path, link: str):
    assert list(broken_links(two_pages(tmp_path, link))) == [f"a/index.html: {link}"]


def two_pages(site: Path, link: str) -> Path:
    """A site with pages a/ and b/, the first with this link."""
    (site / "a").mkdir()
    (site / "b").mkdir()
    (site / "a" / "index.html").write_text(f'<h1 id="here">A</h1><a href="{link}">b</a>', "utf-8")
    (site / "b" / "index.html").write_text('<h1 id="there">B</h1>', "utf-8")
    (site / "b" / "picture.png").touch()
    return site


BY_NAME = re.compile(
    r"(?:uvx|uv tool (?:run|install)|pipx (?:run|install)|pip install)(?: -\S+(?: \S+)?)*? dialler-mcp\b"
    r'|"uvx", ?"(?:args": ?\[")?dialler-mcp"'
    r'|"command": ?"uvx"'
)


def test_no_document_installs_us_by_our_name_from_an_index_where_we_are_not():
    """Whoever takes the name there first would be run in our place."""
    places = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
        for match in BY_NAME.finditer(path.read_text("utf-8"))
        if "--from" not in match[0] and "--spec" not in match[0]
    ]
    assert places == []
    assert BY_NAME.search("claude mcp add dialler -- uvx dialler-mcp")
    assert BY_NAME.search('"command": "uvx", "args": ["dialler-mcp"]')
