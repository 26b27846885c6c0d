"""The documentation site: its pages of the law, its links, and what its check finds.

That MkDocs builds it without a warning, `.ci/site` shows.
"""

import posixpath
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from checkout import ROOT

from ebf.law.readings import readings
from ebf.law.statutes import STATUTES

DOCS = ROOT / "docs"
LINK = re.compile(r"(?<!\\)\]\((?P<path>[^)\s#]*)(?:#(?P<anchor>[^)\s]*))?\)")
ANCHOR = re.compile(r"\{ #(?P<anchor>\S+) \}")


@pytest.fixture
def of_law(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(DOCS))
    import pages_of_law  # noqa: PLC0415 - stands in docs/

    return pages_of_law


@pytest.fixture
def of_files(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(DOCS))
    import pages_of_files  # noqa: PLC0415 - stands in docs/

    return pages_of_files


@pytest.fixture
def faults_of(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(DOCS))
    import check_site  # noqa: PLC0415 - stands in docs/

    return check_site.faults_of


@cache
def written(of_law: Any) -> dict[str, str]:
    """Every page about the law, as if nothing moved anything."""
    pages = dict(of_law.pages(lambda number, name: f"{name} of {number} moves it."))
    own = (of_law.readings_section(each, lambda *_: "") for each in STATUTES.values())
    return pages | {of_law.READINGS: "\n\n".join(own)}


def test_every_line_has_its_place_once_with_rule_formula_and_example(of_law: Any) -> None:
    pages = written(of_law)
    for statute in STATUTES.values():
        modules = [place for _, place in of_law.subsections(statute)]
        own = "\n".join(pages[place] for place in modules)
        anchors = Counter(found["anchor"] for found in ANCHOR.finditer(own))
        assert len(anchors) == anchors.total() == len(statute.all_lines)
        assert own.count("\n{ .formula }") >= len(statute.all_lines)
        assert own.count("```pycon\n>>> ") == len(statute.all_lines)
        for line in statute.all_lines:
            assert line.name in anchors


def test_every_link_of_the_pages_of_the_law_leads_to_a_place(of_law: Any) -> None:
    pages = written(of_law)
    anchors = {
        place: {found["anchor"] for found in ANCHOR.finditer(text)} for place, text in pages.items()
    }
    count = 0
    for place, text in pages.items():
        for found in LINK.finditer(text):
            target = posixpath.normpath(posixpath.join(posixpath.dirname(place), found["path"]))
            target = target if found["path"] else place
            assert target in pages, (place, found[0])
            assert found["anchor"] is None or found["anchor"] in anchors[target], (place, found[0])
            count += 1
    assert count > 2000


def test_every_reading_stands_on_the_page_of_readings_once(of_law: Any) -> None:
    text = written(of_law)[of_law.READINGS]
    numbered = [found["anchor"] for found in ANCHOR.finditer(text)]
    expected = [
        f"reading-{'' if section == '18-8.15' else f'{section}-'}{reading.number}"
        for section in STATUTES
        for reading in readings(section)
    ]
    assert numbered == expected
    for section in STATUTES:
        for reading in readings(section):
            assert of_law.plain(reading.title) in text
            assert of_law.plain(reading.chosen) in text


def test_what_is_text_stays_text(of_law: Any) -> None:
    assert of_law.plain("a|b*c_[d](e)<f>`") == "a\\|b\\*c\\_\\[d\\](e)&lt;f>\\`"


def test_every_page_of_docs_has_its_place_in_the_site() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    pages = [page.name for page in DOCS.glob("*.md") if page.name != "readings.md"]  # generated
    assert not [name for name in pages if f"- {name}\n" not in navigation]


def test_links_between_files_lead_to_pages_and_to_nothing_that_is_none(of_files: Any) -> None:
    def on_site(text: str, place: str) -> str:
        return str(of_files.with_links_of_the_site(text, place))

    assert on_site("[the README](../README.md#exact)", "trust.md") == (
        "[the README](index.md#exact)"
    )
    assert on_site("see [x](docs/levy.md).", "index.md") == "see [x](levy.md)."
    assert on_site("[readings](readings.md)", "audit.md") == "[readings](readings.md)"
    assert on_site("[the tests](../tests/law)", "words.md") == "`tests/law`"
    assert on_site("[gone](../gone.md)", "words.md") == "[gone](../gone.md)"
    assert on_site("[it](https://example.org/x.md)", "words.md") == "[it](https://example.org/x.md)"
    pages = {*of_files.ELSEWHERE, *(page.name for page in DOCS.glob("*.md"))}
    for place in pages:
        source = ROOT / of_files.ELSEWHERE.get(place, f"docs/{place}")
        for found in LINK.finditer(on_site(source.read_text(encoding="utf-8"), place)):
            assert not found["path"] or found["path"] in pages or ":" in found["path"], found[0]


GOOD = '<a href="#here">x</a><p id="here">y</p><a href="https://example.org">away</a>'


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ('<script src="https://example.org/x.js"></script>', "loads https://example.org/x.js"),
        ('<link rel="stylesheet" href="//example.org/x.css">', "loads //example.org/x.css"),
        ('<img srcset="https://example.org/x.png 2x">', "loads https://example.org/x.png 2x"),
        ('<p style="background: url(https://example.org/x)">', "loads https://example.org/x"),
        ("<style>@import 'https://example.org/x'</style>", "loads https://example.org/x"),
        ('<script>fetch("https://example.org")</script>', "names https://example.org"),
        ('<pre class="mermaid">a</pre>', "has the class mermaid"),
        ('<a href="#there">x</a>', "there is no such place"),
        ('<a href="other.html#there">x</a>', "there is no such place"),
        ('<a href="none.html">x</a>', "no file of the site"),
    ],
)
def test_the_check_finds_what_asks_another_host_and_links_to_nowhere(
    page: str, said: str, tmp_path: Path, faults_of: Any
) -> None:
    (tmp_path / "other.html").write_text(GOOD, encoding="utf-8")
    (tmp_path / "page.html").write_text(GOOD, encoding="utf-8")
    assert not list(faults_of(tmp_path))
    (tmp_path / "page.html").write_text(GOOD + page, encoding="utf-8")
    (found,) = faults_of(tmp_path)
    assert found.startswith("page.html ")
    assert said in found


def test_the_check_reads_styles_and_scripts(tmp_path: Path, faults_of: Any) -> None:
    (tmp_path / "a.css").write_text("p { src: url(https://example.org/f) }", encoding="utf-8")
    (tmp_path / "a.js").write_text("// https://example.org/said\nf('//example.org/x')", "utf-8")
    assert list(faults_of(tmp_path)) == [
        "a.css loads https://example.org/f",
        "a.js has a script that names //example.org/x",
    ]
