"""The pages of the site whose text stands outside docs/, and links between files."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
ELSEWHERE: Final = {
    "index.md": "README.md",
    "changelog.md": "CHANGELOG.md",
    "contributing.md": "CONTRIBUTING.md",
    "sample.md": "data/sample/README.md",
}
"""Pages whose text stands in the repository outside docs/."""

_LINK: Final = re.compile(r"\[(?P<words>[^\]]+)\]\((?P<path>[^)\s#:]+)(?P<anchor>#[^)\s]*)?\)")


def with_links_of_the_site(markdown: str, place: str) -> str:
    """Markdown of a file of the repository, with links to files as links to pages.

    A file that has no page is named without a link.
    """
    folder = posixpath.dirname(ELSEWHERE.get(place, f"docs/{place}"))
    pages = {source: page for page, source in ELSEWHERE.items()}

    def linked(found: re.Match[str]) -> str:
        source = posixpath.normpath(posixpath.join(folder, found["path"]))
        if source in pages:
            target = pages[source]
        elif source.startswith("docs/"):
            target = source.removeprefix("docs/")
        elif (ROOT / source).exists():
            return f"`{source}`"
        else:
            return found[0]  # MkDocs says that there is no such file
        way = posixpath.relpath(target, posixpath.dirname(place) or ".")
        return f"[{found['words']}]({way}{found['anchor'] or ''})"

    return _LINK.sub(linked, markdown)
