"""What is wrong with the built site: `python docs/check_site.py build/site`.

A page asks no other host for anything: links that a reader clicks are all that leads away. Every
link within the site leads to a file of it, and every anchor to a place on its page.
"""

from __future__ import annotations

import posixpath
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

LOADED: Final = {"src", "srcset", "poster", "data", "action", "formaction", "background"}
"""Attributes whose address a browser asks for by itself; of `link` it is href too."""
NEVER_ASKED: Final = {
    "https://api.github.com": "the stars of a repository, where mkdocs.yml names one (repo_url)",
    "https://gitlab.com": "the same of a repository there",
    "https://unpkg.com/mermaid": "diagrams in mermaid, where a page has one",
    "http://www.w3.org": "names of SVG and the like",
    "https://www.w3.org": "names of SVG and the like",
    "https://www.youtube.com": "an embedded film, where a page has one",
    "https://unpkg.com/resize-observer-polyfill": "browsers of before 2020",
}
"""Addresses in Material's script, and what it would ask them for: no page here has that."""
ASKED_FOR: Final = {"mermaid", "md-source"}
"""The classes for which it would."""

_AWAY: Final = re.compile(r"[\"'`](?P<address>(?:https?:)?//[\w-]+(?:\.[\w-]+)+[^\s\"'`]*)")
"""An address in a script's text; those in its comments are asked for by nobody."""
_IN_STYLE: Final = re.compile(
    r"(?:url\(\s*[\"']?|@import\s+[\"'])\s*(?P<address>(?:https?:)?//[^\"')\s]+)"
)


class Read(HTMLParser):
    """What a page has: places, links, what it loads, and its classes."""

    def __init__(self, page: str) -> None:
        """Read the page."""
        super().__init__()
        self.places: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.classes: set[str] = set()
        self.scripts: list[str] = []
        self._within = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the tag says."""
        self._within = tag
        for name, value in attrs:
            said = value or ""
            if name == "id" or (tag == "a" and name == "name"):
                self.places.add(said)
            elif name == "href" and tag == "a":
                self.links.append(said)
            elif name in LOADED or (name == "href" and tag in {"link", "use", "image"}):
                self.loaded.append(said)
            elif name == "class":
                self.classes.update(said.split())
            elif name == "style":
                self.loaded += [found["address"] for found in _IN_STYLE.finditer(said)]

    def handle_data(self, data: str) -> None:
        """Note scripts and styles."""
        if self._within == "script":
            self.scripts.append(data)
        elif self._within == "style":
            self.loaded += [found["address"] for found in _IN_STYLE.finditer(data)]

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the parser's
        """Leave the tag."""
        self._within = ""


def leads_away(address: str) -> bool:
    """Whether it is of another host."""
    parts = urlsplit(address)
    return bool(parts.netloc) or parts.scheme in {"http", "https"}


def faults_of(site: Path) -> Iterator[str]:
    """What is wrong with the site, a sentence each."""
    pages = {
        path.relative_to(site).as_posix(): Read(path.read_text(encoding="utf-8"))
        for path in sorted(site.rglob("*.html"))
    }
    for place, page in pages.items():
        yield from _loaded_from_elsewhere(place, page)
        if place != "404.html":  # shown at any address, so its links begin at the root
            yield from _broken_links(place, page, site, pages)
    for path in sorted(site.rglob("*.css")):
        for found in _IN_STYLE.finditer(path.read_text(encoding="utf-8")):
            yield f"{path.relative_to(site)} loads {found['address']}"
    for path in sorted(site.rglob("*.js")):
        yield from _scripted(str(path.relative_to(site)), path.read_text(encoding="utf-8"))


def _loaded_from_elsewhere(place: str, page: Read) -> Iterator[str]:
    for address in page.loaded:
        if leads_away(address):
            yield f"{place} loads {address}"
    for script in page.scripts:
        yield from _scripted(place, script)
    for each in sorted(ASKED_FOR & page.classes):
        yield f"{place} has the class {each}, for which Material's script asks another host"


def _scripted(place: str, script: str) -> Iterator[str]:
    for address in sorted({found["address"] for found in _AWAY.finditer(script)}):
        if leads_away(address) and not address.startswith(tuple(NEVER_ASKED)):
            yield f"{place} has a script that names {address}"


def _broken_links(place: str, page: Read, site: Path, pages: dict[str, Read]) -> Iterator[str]:
    for link in dict.fromkeys(page.links):
        if leads_away(link) or urlsplit(link).scheme:
            continue
        path, _, anchor = link.partition("#")
        target = posixpath.normpath(posixpath.join(posixpath.dirname(place), unquote(path)))
        target = target if path else place
        if target not in pages:
            if not ((site / target).is_file() or (site / target / "index.html").is_file()):
                yield f"{place} leads to {link}, which is no file of the site"
        elif anchor and unquote(anchor) not in pages[target].places:
            yield f"{place} leads to {link}, where there is no such place"


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    found = list(faults_of(folder))
    print(*found, sep="\n", end="\n" * bool(found))  # noqa: T201 - for who runs it
    count = len(list(folder.rglob("*.html")))
    print(f"{count} pages, {len(found)} faults")  # noqa: T201 - for who runs it
    raise SystemExit(bool(found) or not count)
