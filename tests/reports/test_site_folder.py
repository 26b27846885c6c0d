"""A site of a state: its links, its words, its search in a browser, and how it is written."""

from __future__ import annotations

import json
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pytest
from browser import NARROW, WIDE, browser, inaccessible, needs_browser, opened, too_wide
from checkout import ROOT
from refusal import all_faults
from states import ANY_AMOUNT, dollars, frame_of
from typer.testing import CliRunner

import ebf
from ebf.contents import digest_of
from ebf.doors.command import app
from ebf.files import BESIDE
from ebf.reports.site import writer
from ebf.reports.site.pages import OfCounty, OfUnit, Page, Site
from ebf.reports.site.places import Places
from ebf.show.document import Table
from ebf.units.table import NOTE

ADA, BEN, CY, DEE = "0100100102600", "0100100202600", "3000500300400", "5600900402600"
HOSTILE: Final = "</script><script>alert(1)</script> & \"Ada's\" \u2028 <b onclick='x'>"
NAMES: Final = {ADA: HOSTILE, BEN: "Bénard CUSD 2", CY: "Cy ESD 3", DEE: "Cy ESD 3"}
MIDDLE: Final = 700
"""Pixels of a tablet upright."""
INVENTED: Final = "All of it is <invented>."
PAGES: Final = 1 + 1 + 4 + 2 + 3
"""The state; what is the same for all; four units; two counties; House 1 and 2, Senate 7."""


@cache
def units() -> pd.DataFrame:
    """Ada has 60 %, Ben 95 %, Cy 110 % and Dee 80 % of 1,000, 2,000, 900 and 500 dollars."""
    rows = [
        dollars(1, 1_000, 600, 0.1),
        dollars(2, 2_000, 1_900, 0.2),
        dollars(3, 900, 990, 0.1),
        dollars(4, 500, 400, 0.1),
    ]
    counties = ['<i>Cook</i> & "Co"', "<I>COOK</I> & CO", "PIKE", None]
    found = frame_of(rows).assign(unit_id=[*NAMES], name=[*NAMES.values()])
    found["county"], found["regionalization_factor"] = counties, 1.0
    found.attrs[NOTE] = INVENTED
    return found


@cache
def state(money: float = 100) -> ebf.Ledger:
    return ebf.calculate(units(), ANY_AMOUNT.with_amounts(new_state_funds=money))


@cache
def coverage() -> pd.DataFrame:
    rows = [("House", 1, ADA, 0.25), ("House", 2, ADA, 0.75), ("House", 1, BEN, 1.0)]
    rows += [("Senate", 7, CY, 1.0)]
    return pd.DataFrame(rows, columns=["chamber", "district", "unit_id", "share"])


def write(folder: Path, money: float = 100, **options: Any) -> ebf.WrittenSite:
    given = {"coverage": coverage(), "processes": 1, **options}
    return ebf.write_site(state(money), folder, **given)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "illinois"
    assert write(folder) == ebf.WrittenSite(folder, pages=PAGES, made=PAGES)
    return folder


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of a word each, for tests of what becomes of them."""
    monkeypatch.setattr(Page, "content", a_word)


def a_word(page: Page, site: Site) -> tuple[str, str]:
    return f"{page.place} {site.places.ledger.law.value('new_state_funds').item()}", "{}"


@pytest.fixture
def words(short: None, tmp_path: Path) -> Path:  # noqa: ARG001 - made of short pages
    """A site of short pages."""
    write(tmp_path / "words")
    return tmp_path / "words"


@pytest.fixture
def own(site: Path, tmp_path: Path) -> Path:
    """The same site, of one test alone."""
    for name, each in content(site).items():
        (tmp_path / "own" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "own" / name).write_bytes(each)
    return tmp_path / "own"


def content(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


class Seen(HTMLParser):
    """The tags of a page with their attributes, its links, and its text."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.links: dict[str, str] = {}
        self.text = ""
        self._to = ""
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._to = dict(attrs).get("href") or "" if tag == "a" else ""

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._to:
            self.links[data] = self._to
            self._to = ""


# --- What is in it ---------------------------------------------------------------------


def test_every_link_leads_to_a_place_and_every_page_has_its_data(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    import check_site  # noqa: PLC0415 - stands in docs/

    assert not list(check_site.faults_of(site))
    pages = [path.relative_to(site).with_suffix("").as_posix() for path in site.rglob("*.html")]
    others = [
        "counties/icookico",
        "counties/pike",
        "house/1",
        "house/2",
        "index",
        "law",
        "senate/7",
    ]
    assert sorted(pages) == [*others, *(f"units/{unit}" for unit in NAMES)]
    for page in pages:
        data = json.loads((site / f"{page}.json").read_text(encoding="utf-8"))
        assert data["fiscal_year"] == 2022
    assert "<style" not in (site / "units" / f"{ADA}.html").read_text(encoding="utf-8")


def test_pages_lead_to_what_they_are_in_and_to_their_units(site: Path) -> None:
    of_ada = Seen(site / "units" / f"{ADA}.html").links
    assert of_ada["Illinois, FY2022"] == "../index.html"
    assert of_ada["House District 1"] == "../house/1.html"
    assert of_ada["House District 2"] == "../house/2.html"
    assert of_ada["This page as data"] == f"{ADA}.json"
    of_cy = Seen(site / "units" / f"{CY}.html").links
    assert of_cy["Pike County"] == "../counties/pike.html"
    assert of_cy["Senate District 7"] == "../senate/7.html"
    assert Seen(site / "counties" / "pike.html").links["Cy ESD 3"] == f"../units/{CY}.html"
    assert Seen(site / "senate" / "7.html").links["Cy ESD 3"] == f"../units/{CY}.html"
    home = Seen(site / "index.html").links
    assert home["Bénard CUSD 2"] == f"units/{BEN}.html"
    assert home["Pike County"] == "counties/pike.html"
    assert home["Senate District 7"] == "senate/7.html"


def test_the_state_and_its_counties_add_up_by_hand(site: Path) -> None:
    """600 + 1,900 + 990 + 400 of 4,400 dollars are 88.4 %; Ada and Ben have 2,500 of 3,000."""
    home = Seen(site / "index.html").text
    assert "have 88.4 % of the money" in home
    assert "$3,890 of $4,400. In FY2022 the state gives them $100 of new money" in home
    assert "have 83.3 % of the money" in (text := Seen(site / "counties/icookico.html").text)
    assert "$2,500 of $3,000" in text
    assert "Units of no county" in home


def test_resources_of_a_unit_without_a_target_are_in_no_percent() -> None:
    """600 of 1,000 dollars are 60 %, on the page of the county and on the map; not 1,100."""
    rows = [dollars(1, 1_000, 600, 0.1), dollars(2, 0, 500, 0, 0, kind="specially_funded")]
    frame = frame_of(rows).assign(county="PIKE", regionalization_factor=1.0)
    ledger = ebf.calculate(frame, ANY_AMOUNT.with_amounts(new_state_funds=100))
    site = Site(Places(ledger))
    (pike,) = site.places.counties
    shown = OfCounty(pike).shown(site)
    assert "The 2 units of Pike County have 60.0 % of the money" in shown.to_text()
    assert [row[-1] for row in ledger.county_map().table.rows if row[0] == "Pike"] == [0.6]
    table = next(each for each in shown.document.blocks if isinstance(each, Table))
    assert [row[3:5] for row in table.rows] == [(0.6, 1), (None, None)]


def test_names_from_outside_stay_text_on_every_page_and_in_the_script(site: Path) -> None:
    shown = HOSTILE.replace("\u2028", "\u2424")
    for file in site.rglob("*.html"):
        tags = Seen(file).tags
        assert not {"b", "i", "I"} & {tag for tag, _ in tags}, file
        assert not [name for _, each in tags for name in each if name.startswith("on")], file
        scripts = [each.get("src") for tag, each in tags if tag == "script"]
        assert [str(each).rpartition("/")[2] for each in scripts] == [
            "search-index.js",
            "search.js",
        ]
    assert shown in Seen(site / "index.html").text
    assert shown in Seen(site / "units" / f"{ADA}.html").text
    index = (site / "search-index.js").read_text(encoding="utf-8")
    assert index.isascii()
    assert not {"<", ">", "&"} & {*index}
    rows = json.loads(index.removeprefix("const EBF_UNITS = ").strip().removesuffix(";"))
    assert {row[0]: row[1] for row in rows} == {**NAMES, ADA: shown}


def test_what_is_invented_is_said_on_every_page(site: Path) -> None:
    for file in site.rglob("*.html"):
        assert INVENTED in Seen(file).text, file
        assert json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))["note"] == INVENTED


def test_last_years_numbers_stand_beside_where_there_are_some() -> None:
    """Dee was not there: so neither she nor the state has an earlier number."""
    few = units().iloc[:3].assign(average_student_enrollment=[90.0, 100, 80])
    before = ebf.calculate(few, ebf.law(2021, minimum_funding_level=1, new_state_funds=50))
    found = Site(Places(state()), before)
    cook, pike = found.places.counties
    pages: list[Page] = [OfUnit(ADA), OfCounty(cook), OfCounty(pike), OfUnit(DEE)]
    said = [page.shown(found).to_text() for page in pages]
    assert [(each in said[n]) for n, each in enumerate(BEFORE)] == [True, True, True]
    assert "FY2021: " not in said[3]


BEFORE: Final = ("(FY2021: 90.00)", "(FY2021: 190.00)", "(FY2021: 80.00)")


# --- How it is written -------------------------------------------------------------------


def test_two_processes_write_the_same_bytes_as_one(site: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    two = tmp_path / "two"
    write(two, processes=2, progress=lambda *said: seen.append(said))
    assert content(two) == content(site)
    assert seen[0] == (0, PAGES)
    assert seen[-1] == (PAGES, PAGES)
    assert seen == sorted(seen)


def test_a_second_run_makes_nothing_and_a_damaged_file_is_made_anew(words: Path) -> None:
    before = content(words)
    assert write(words).made == 0
    (words / "units" / f"{ADA}.html").write_bytes(b"damaged")
    (words / "counties" / "pike.json").unlink()
    kept = (words / "units" / f"{BEN}.html").stat().st_ino
    assert write(words).made == 2
    assert content(words) == before
    assert (words / "units" / f"{BEN}.html").stat().st_ino == kept
    (words / "page.css").unlink()
    assert write(words).made == 0
    assert content(words) == before
    assert not [*words.parent.glob(f"{BESIDE}*")]


def test_what_changed_makes_every_page_anew(words: Path) -> None:
    assert write(words, money=101).made == PAGES
    more = coverage().assign(share=[0.5, 0.5, 1.0, 1.0])
    assert write(words, money=101, coverage=more).made == PAGES
    assert write(words, money=101, coverage=None).pages == PAGES - 3
    assert not (words / "house").exists()


def test_a_manifest_has_the_digest_of_every_file(site: Path) -> None:
    files = content(site)
    said = json.loads(files.pop("site.json"))
    assert said["files"] == {name: sha256(each).hexdigest() for name, each in files.items()}


def failing(page: Page, site: Site) -> tuple[str, str]:
    if page.unit_id == CY:
        raise PLANTED[0]
    return a_word(page, site)


FAULT: Final = ebf.Fault(ebf.FaultKind.NOT_KNOWN, ebf.Place("law", "x"), "blank", "a number")
PLANTED: Final[list[Exception]] = []


@pytest.mark.parametrize(
    "error", [ValueError("planted"), OSError(28, "No space left"), ebf.InputError([FAULT])]
)
def test_a_page_that_fails_is_named_and_leaves_the_old_site(
    error: Exception, words: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(words)
    monkeypatch.setattr(Page, "content", failing)
    PLANTED[:] = [error]
    with pytest.raises(type(error)) as caught:
        write(words, money=102)
    named = caught.value.faults[0].place.unit if isinstance(caught.value, ebf.InputError) else ""
    assert f"units/{CY}.html" in "".join(getattr(error, "__notes__", ())) or named == CY
    assert getattr(caught.value, "filename", None) in {None, str(words)}
    assert content(words) == before
    assert not [*words.parent.glob(f"{BESIDE}*")]


def test_a_folder_with_anything_else_is_refused_and_left(words: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter.txt").write_text("mine")
    (fault,) = all_faults(lambda: write(other))
    assert (fault.kind, fault.place.argument) == (ebf.FaultKind.CONTRADICTION, "folder")
    assert "letter.txt" in str(fault)
    assert content(other) == {"letter.txt": b"mine"}
    (words / "units" / "mine.html").write_text("mine")
    (fault,) = all_faults(lambda: write(words, money=103))
    assert "units/mine.html" in str(fault)
    assert (words / "units" / "mine.html").read_text() == "mine"
    (fault,) = all_faults(lambda: write(other / "letter.txt"))
    assert "a file" in str(fault)
    for made in ("empty", "new/below"):
        (tmp_path / "empty").mkdir(exist_ok=True)
        assert write(tmp_path / made).made == PAGES


def test_without_an_exchange_in_one_step_it_takes_two(
    words: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: Any, **__: Any) -> Any:
        raise OSError

    monkeypatch.setattr("ctypes.CDLL", none)
    assert write(words, money=104).made == PAGES
    assert not [*words.parent.glob(f"{BESIDE}*")]


@pytest.mark.parametrize("said", [0, -1, True, "2", 1.5])
def test_what_is_no_number_of_processes_is_refused(said: Any, tmp_path: Path) -> None:
    (fault,) = all_faults(lambda: write(tmp_path / "site", processes=said))
    assert fault.place.argument == "processes"


def test_what_is_no_ledger_is_refused(tmp_path: Path) -> None:
    (fault,) = all_faults(lambda: write(tmp_path / "site", before=units()))
    assert fault.place.argument == "before"


@pytest.mark.usefixtures("short")
def test_the_command_says_what_it_wrote_without_a_bar_where_nobody_looks(tmp_path: Path) -> None:
    units().to_csv(tmp_path / "units.csv", index=False)
    coverage().to_csv(tmp_path / "shares.csv", index=False)
    asked = ["site", str(tmp_path / "units.csv"), "--fiscal-year", "2022"]
    asked += ["--new-state-funds", "400000", "--coverage", str(tmp_path / "shares.csv")]
    asked += ["--output", str(tmp_path / "site"), "--processes", "1"]
    found = CliRunner().invoke(app, asked)
    assert found.exit_code == 0, found.output
    index = tmp_path / "site" / "index.html"
    assert found.stdout == f"{PAGES} pages, {PAGES} of them made: {index}\n"
    assert not found.stderr
    refused = CliRunner().invoke(app, [*asked[:-4], "--output", str(tmp_path)])
    assert refused.exit_code == 2
    assert "ebf: " in refused.stderr


# --- In a browser ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def started() -> Iterator[Any]:
    needs_browser()
    with browser() as found:
        yield found


SEARCHED: Final = {
    "benard": [BEN],
    "esd 3 pike": [CY],
    "ada's": [ADA],
    BEN: [BEN],
    "01-001-0020-26-00": [BEN],
    "010010020260000": [BEN],
    "1001002026": [BEN],
    "30-005-0030-04": [CY],
    "cy": [CY, DEE],
    "nobody": [],
}
"""By part of a name, and by ids with 13, 15 and 11 digits, dashes, and without the first zero."""


def test_the_search_finds_units_by_part_of_a_name_and_by_any_form_of_id(
    started: Any, site: Path
) -> None:
    with opened(started, site / "senate" / "7.html", WIDE, site=site) as page:
        for asked, units_found in SEARCHED.items():
            page.get_by_label("Find a district").fill(asked)
            links = page.locator("form li a").all()
            assert [Path(each.get_attribute("href")).stem for each in links] == units_found
            assert page.get_by_role("status").inner_text().startswith(str(len(units_found)))


def test_keys_alone_find_a_unit_and_come_back(started: Any, site: Path) -> None:
    with opened(started, site / "index.html", NARROW, site=site) as page:
        page.get_by_label("Find a district").press_sequentially("Bén")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/units/{BEN}.html")
        page.get_by_label("Find a district").press_sequentially("005003004")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Illinois, FY2022").click()
        page.wait_for_url("**/index.html")


@pytest.mark.parametrize("dark", [False, True])
def test_pages_are_read_on_a_telephone_in_the_dark_and_by_a_screen_reader(
    dark: bool,  # noqa: FBT001 - pytest hands it over so
    started: Any,
    site: Path,
) -> None:
    for place in [f"units/{ADA}", "counties/pike"] if dark else ["index", "house/1"]:
        with opened(started, site / f"{place}.html", NARROW, dark=dark, site=site) as page:
            page.get_by_label("Find a district").fill("c")
            assert not too_wide(page)
            assert not inaccessible(page)
            page.set_viewport_size({"width": MIDDLE, "height": 900})
            assert not too_wide(page)


def test_without_scripts_every_unit_is_there(started: Any, site: Path) -> None:
    with opened(started, site / "index.html", WIDE, site=site, scripts=False) as page:
        assert page.locator("input").count() == 0
        page.get_by_role("link", name="Bénard CUSD 2").last.click()
        page.wait_for_url(f"**/units/{BEN}.html")


# --- Ends by force -----------------------------------------------------------------------

LONG: Final = """
import sys, time
sys.path[:0] = {paths!r}
import ebf
from ebf.reports.site.pages import Page

def content(page, site):
    time.sleep(0.2)
    return page.place, ""

Page.content = content
if __name__ == "__main__":
    import pickle
    ebf.write_site(pickle.loads({ledger!r}), {folder!r}, processes=2)
"""
"""In other processes, too: they begin with what the first one began with."""


def test_a_kill_leaves_the_old_site_and_no_process(words: Path, tmp_path: Path) -> None:
    before = content(words)
    script = tmp_path / "long.py"
    ledger = pickle.dumps(state(105))
    script.write_text(LONG.format(paths=sys.path, folder=str(words), ledger=ledger), "utf-8")
    running = subprocess.Popen([sys.executable, str(script)])  # noqa: S603 - our own interpreter
    until = time.monotonic() + 60
    while not (made := [*tmp_path.glob(f"{BESIDE}*/fresh/*/*")]) and time.monotonic() < until:
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL
    assert made
    assert content(words) == before
    time.sleep(0.5)
    made = [*tmp_path.glob(f"{BESIDE}*/fresh/**/*")]
    time.sleep(0.5)
    assert [*tmp_path.glob(f"{BESIDE}*/fresh/**/*")] == made


def test_digests_are_of_what_values_hold() -> None:
    assert digest_of({"a": 1.0, "b": None}) == digest_of({"b": None, "a": 1.0})
    assert digest_of([["a"], "b"]) != digest_of([["a", "b"]])
    assert writer._MANIFEST == "site.json"  # noqa: SLF001 - the name that docs say
    with pytest.raises(TypeError, match="no digest of 'object'"):
        digest_of(object())
