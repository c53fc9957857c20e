"""Builds the site of the documents with Zensical and checks every link in it. `scripts/docs` runs it."""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).parents[2]
GENERATOR = "zensical==0.0.73"  # https://zensical.org
FILES = "https://github.com/dialler-mcp/dialler-mcp/blob/main/"


class Broken(Exception):
    """A page links to what there is not. The text says which page and which link."""


def staged(page: str, path: Path, root: Path) -> str:
    """A page as the site has it: what lies in the repository but not in docs/ is linked to there.

    Raises:
        Broken: the repository has no such file.
    """

    def outside(match: re.Match[str]) -> str:
        place, anchor = (path.parent / match[1]).resolve(), match[2] or ""
        if place.is_relative_to(root / "docs"):
            return match[0]
        if not place.exists():
            raise Broken(f"{path.relative_to(root)}: {match[1]}")
        return f"]({FILES}{place.relative_to(root).as_posix()}{anchor})"

    return re.sub(r"\]\((\.\./[^)#\s]+)(#[^)\s]*)?\)", outside, page)


class Page(HTMLParser):
    """The links of a built page, and the anchors that others may link to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src") and value and tag not in ("link", "script"):
                self.links.append(value)
            elif name == "id" and value:
                self.anchors.add(value)


def broken_links(site: Path) -> Iterator[str]:
    """The links of a built site that lead nowhere, each with its page. Other hosts are not asked."""
    pages = {path.resolve(): Page(path.read_text("utf-8")) for path in site.rglob("*.html") if path.name != "404.html"}
    for path, page in pages.items():
        for link in page.links:
            if not _leads_somewhere(link, path, pages):
                yield f"{path.relative_to(site.resolve())}: {link}"


def _leads_somewhere(link: str, path: Path, pages: dict[Path, Page]) -> bool:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return parts.scheme in ("https", "mailto", "data", "javascript") and (
            parts.scheme != "https" or "." in parts.netloc
        )
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if target.is_dir():
        target /= "index.html"
    if not target.is_file():
        return False
    return not parts.fragment or target not in pages or unquote(parts.fragment) in pages[target].anchors


def build(place: Path) -> Path:
    """Build the site inside `place`, away from the checkout.

    Raises:
        CalledProcessError: the generator warns of something; it has said of what.
    """
    shutil.copytree(ROOT / "docs", place / "docs")
    shutil.copy(ROOT / "zensical.toml", place)
    for path in (place / "docs").rglob("*.md"):
        source = ROOT / path.relative_to(place)
        path.write_text(staged(source.read_text("utf-8"), source, ROOT), "utf-8")
    generate = [ROOT / "scripts" / "uv", "tool", "run", "--quiet", GENERATOR, "build", "--strict", "--clean"]
    subprocess.run(generate, cwd=place, check=True)  # noqa: S603 - ours
    return place / "dist" / "site"


def main() -> None:
    """Entry point."""
    with tempfile.TemporaryDirectory() as place:
        site = build(Path(place))
        if links := sorted(broken_links(site)):
            sys.exit("Links that lead nowhere:\n" + "\n".join(links))
        target = ROOT / "dist" / "site"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(site, target)
    print(f"{len(list(target.rglob('*.html')))} pages in {target.relative_to(ROOT)}, all links lead somewhere.")


if __name__ == "__main__":
    main()
