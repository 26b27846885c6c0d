"""What MkDocs does for the site beside showing docs/: `mkdocs.yml` names this file.

Pages made from the code are added, and the pages that stand elsewhere in the repository;
links between files of the repository lead to the site's pages of them.
"""

from __future__ import annotations

import re
from typing import Any, Final

import pages_of_law
import pages_of_notebooks
import pages_of_python
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from pages_of_files import ELSEWHERE, ROOT, with_links_of_the_site
from refresh import NEIGHBORS, READINGS

from ebf.law.funding import FUNDING
from ebf.law.reading import readings_of
from ebf.law.statutes import STATUTES

_FILLED: Final = {
    "notebooks": pages_of_notebooks.navigation,
    "law": pages_of_law.navigation,
    "api": pages_of_python.navigation,
}
"""The entries of the navigation that are made from the code."""
_ROLE: Final = re.compile(r":(?:func|class|meth|attr|mod):<code>~?(?P<name>[\w.]+)</code>")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Fill the navigation with the pages made from the code."""
    for entry in config.nav or []:
        for title, what in entry.items():
            if isinstance(what, str) and what in _FILLED:
                entry[title] = _FILLED[what]()
    config.watch += [str(ROOT / source) for source in (*ELSEWHERE.values(), "src", "data")]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages made from the code, and those that stand elsewhere."""
    for place, source in ELSEWHERE.items():
        text = (ROOT / source).read_text(encoding="utf-8")
        files.append(File.generated(config, place, content=text))
    of_law = pages_of_law.pages(pages_of_law.effects_on_the_sample())
    for place, text in (*pages_of_notebooks.pages(), *of_law, *pages_of_python.pages()):
        files.append(File.generated(config, place, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Let links lead to the site's pages, and those of readings to their lines."""
    place = page.file.src_uri
    if place == pages_of_law.READINGS:
        markdown = _with_readings(markdown)
    if place.startswith(("law/", "api/")):
        return markdown
    return with_links_of_the_site(markdown, place)


def _with_readings(markdown: str) -> str:
    """The page of readings, each with an anchor and links to its lines."""
    moved_by = pages_of_law.effects_on_the_sample()
    own = pages_of_law.readings_section(FUNDING, moved_by)
    others = [
        f"## {statute.title}, {statute.act}{statute.section}\n\n"
        f"{pages_of_law.readings_section(statute, moved_by)}"
        for statute in STATUTES.values()
        if statute is not FUNDING and readings_of(statute)
    ]
    markdown = READINGS.sub(lambda _: own, markdown)
    return NEIGHBORS.sub(lambda _: "\n\n".join(others), markdown)


def on_page_content(html: str, page: Page, **_: Any) -> str:
    """Names that docstrings refer to lead to where they are described; notebooks have a style."""
    if page.file.src_uri.startswith("notebooks/"):
        return f'<div class="notebook">{html}</div>'
    if not page.file.src_uri.startswith("api/"):
        return html
    return _ROLE.sub(
        lambda found: (
            f'<autoref optional identifier="{found["name"]}"><code>{found["name"]}</code></autoref>'
        ),
        html,
    )
