"""The app: tasks done in a browser with the served state, and every page without one."""

from __future__ import annotations

import asyncio
import re
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urljoin, urlsplit
from urllib.request import urlopen

import httpx
import pandas as pd
import pytest
import uvicorn
from browser import NARROW, WIDE, browser, inaccessible, needs_browser, opened, too_wide
from checkout import ROOT
from depth import DEEP, count
from hononegah import HONONEGAH, own_counts
from states import ANY_AMOUNT, dollars, frame_of, unit_id

import ebf
from ebf.doors.web.asked import Asked
from ebf.doors.web.served import Served
from ebf.doors.web.service import service_of
from ebf.units.state import State

UNIT, CITY, THIRD = "1000196062600", "0904794752600", "0302295002600"
SHARES = f"""\
chamber,district,unit_id,share
House,94,{UNIT},0.25
House,93,{UNIT},0.75
House,94,{CITY},1
House,94,{THIRD},0.4
"""
LOW_INCOME = "low_income_count_first_preceding_year"
FIELD = "Low-income count of the first preceding year"
CLASS_SIZE = "core_teacher.low_income_k_3"
BILL = f"law.{CLASS_SIZE}=14&new_state_funds.add=50000000"
SECONDS = 60
"""Within which a service answers, however slow the machine."""

T = TypeVar("T")


# --- States ------------------------------------------------------------------------------


@cache
def sample() -> ebf.Ledger:
    return ebf.calculate(*ebf.sample())


@cache
def by_the_bill() -> ebf.Ledger:
    bill = ebf.Scenario("bill", law={CLASS_SIZE: 14}, new_state_funds=ebf.Change(add=50e6))
    return bill.calculate(*ebf.sample())


HARM = "<script>alert('Ada & \"Co\"')</script>"
ADA, BEN, CY = (unit_id(n) for n in (1, 2, 3))


@cache
def by_hand() -> Any:
    """100 pupils each; 60 %, 95 % and 110 % of adequacy; 100 dollars of new money; and shares."""
    rows = [dollars(1, 1_000, 600, 0.1), dollars(2, 2_000, 1_900, 0.2), dollars(3, 900, 990, 0.1)]
    frame = frame_of(rows).assign(name=[HARM, "Ben", "Cy"])
    shares = pd.DataFrame(
        [("House", 1, ADA, 1.0), ("Senate", 2, BEN, 0.5)],
        columns=["chamber", "district", "unit_id", "share"],
    )
    law = ANY_AMOUNT.with_amounts(new_state_funds=100)
    return service_of(Served(State(frame, law), HARM, shares))


def asked(app: Any, ask: Callable[[httpx.AsyncClient], Coroutine[Any, Any, T]]) -> T:
    """What is asked of an application, without a network."""

    async def run() -> T:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            return await ask(client)

    return asyncio.run(run())


def got(path: str) -> httpx.Response:
    """The answer of the state by hand."""
    return asked(by_hand(), lambda client: client.get(path))


def words_of(html: str) -> str:
    """What a page says."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


# --- Without a browser ---------------------------------------------------------------------


def test_what_a_unit_gets_of_twice_the_money_by_hand() -> None:
    """Ben alone is in Tier 3, which is paid 0.9 % of new money: 0.90 of 100, 1.80 of 200."""
    words = words_of(got(f"/units/{BEN}?new_state_funds.add=100").text)
    assert "Ben gets $1.80 of new state money, $0.90 more than before (100.00 %)." in words
    assert "Of the 2 other units 2 gain $99.10 in all, none loses." in words
    assert "It stays in Tier 3." in words
    assert "New State Funds: $100.00 more." in words


def test_what_changes_nothing_says_so() -> None:
    """Tier 3 is paid by Adequacy Targets: Ben's Local Capacity Percentage is not asked."""
    words = words_of(got(f"/units/{BEN}?unit.{BEN}.local_capacity_percentage=0.3").text)
    assert "It is the same to the cent." in words
    assert "What differs is read, and moves no unit's tier_funding by a cent." in words


def test_a_form_is_led_to_the_shortest_link() -> None:
    """What is blank, or as the state has it, is not said; a unit is led to by its id."""
    said = (
        f"/units/{BEN}?unit.{BEN}.local_capacity_percentage=0.2&new_state_funds=100&"
        f"unit.{BEN}.final_resources=&unit.{BEN}.adequacy_target=2100"
    )
    answer = got(said)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/units/{BEN}?unit.{BEN}.adequacy_target=2100"
    assert got(answer.headers["location"]).status_code == 200
    other = got(f"/units/Ben/page?unit.{BEN}.adequacy_target=2100")
    assert other.headers["location"] == f"/units/{BEN}/page?unit.{BEN}.adequacy_target=2100"


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/?new_state_funds=much", 422, "new_state_funds: found much; allowed: a number"),
        ("/?new_state_funds=1&new_state_funds.add=2", 422, "found new money twice"),
        ("/?new_state_funds=1&law.new_state_funds=2", 422, "found new money twice"),
        (f"/units/{BEN}?unit.{BEN}.adequacy_target=-1", 422, "adequacy_target: found -1"),
        ("/?law.core_teacher.low_income_k_3=14", 422, "found nothing reads it"),
        ("/?nonsense=1", 422, "nonsense: found nonsense"),
        ("/units/Bem", 404, "found 'Bem'; allowed: the id or the name of a unit"),
        ("/house/119", 404, "The House has the districts 1 to 118."),
        (f"/units/{BEN}/lines/nothing", 404, "nothing: found no such line"),
        ("/lines/tier", 404, "a unit's page has its own lines"),
        ("/nowhere", 404, "No page has the address /nowhere."),
    ],
)
def test_faults_are_words_beside_what_was_asked(path: str, status: int, words: str) -> None:
    answer = got(path)
    assert answer.status_code == status
    assert words in words_of(answer.text)
    for key, text in parse_qsl(urlsplit(path).query):
        assert f'name="{key}" value="{text}"' in answer.text, "a form to mend it"


def test_what_a_link_says_is_shown_escaped() -> None:
    page = got("/?%3Cscript%3Ealert(1)%22%3E=%22%3E%3Cscript%3E").text
    assert "<script>" not in page
    assert "<script>alert(1)" in unescape(page)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "found no file, or an empty one; allowed: counts.csv"),
        (b"PK\x03\x04", "found another kind of file; allowed: counts.csv"),
        (b"unit_id,local_capacity_percentage\nBen,\n", "unit_id: found 'Ben'"),
        (f"unit_id,adequacy_target\n{ADA},5\n".encode(), f"a row of {BEN}, the unit asked"),
    ],
)
def test_a_file_that_is_no_counts_is_refused_in_words(content: bytes, words: str) -> None:
    sent = {"counts": ("counts.csv", content)}
    answer = asked(by_hand(), lambda client: client.post(f"/units/{BEN}/counts", files=sent))
    assert answer.status_code == 422
    assert words in words_of(answer.text)


def test_a_file_of_more_than_a_megabyte_is_not_read() -> None:
    sent = {"counts": ("counts.csv", b"0" * 2**20)}
    answer = asked(by_hand(), lambda client: client.post(f"/units/{BEN}/counts", files=sent))
    assert answer.status_code == 413
    assert answer.text.startswith("request: body: found more than 1,048,576 bytes")


class Parts(HTMLParser):
    """Where a page leads, and what is there to be led to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ways: list[str] = []
        self.anchors: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        del tag
        found = {name: each for name, each in attrs if each}
        if found.get("method") != "post":
            self.ways += [found[name] for name in ("href", "src", "action") if name in found]
        if "id" in found:
            self.anchors.add(found["id"])


MANY = count(1, 12)
"""Pages of each kind that are followed, of those before a what-if and of those after it."""
STARTS = ("/", f"/?new_state_funds.add=100&unit.{ADA}.final_resources=700")


def kind_of(address: str) -> str:
    """A page of a unit is of a kind with those of others; each line is one, before a what-if."""
    path = re.sub(r"^/units/[^/]+", "/units/ID", urlsplit(address).path)
    return f"{re.sub('/lines/.*', '/lines/LINE', path)}?" if "?" in address else path


def wrong_with(address: str, html: str, parts: Parts) -> Iterator[str]:
    """What of a page leads nowhere, or is not escaped."""
    if "<script>alert" in html:
        yield f"{address}: not escaped"
    anchors = (way[1:] for way in parts.ways if way.startswith("#"))
    yield from (f"{address}: #{each}" for each in anchors if each not in parts.anchors)


def test_every_link_of_every_page_resolves_and_all_is_escaped() -> None:
    """From the state as it is and by a what-if; of units and what-ifs some of each kind."""
    followed: Counter[str] = Counter()
    faults: list[str] = []

    async def crawl(client: httpx.AsyncClient) -> None:
        waiting = [*STARTS]
        for address in waiting:  # grows
            answer = await client.get(address, follow_redirects=True)
            if answer.status_code != httpx.codes.OK:
                faults.append(f"{address}: {answer.status_code}")
            if not answer.headers["content-type"].startswith("text/html"):
                continue
            parts = Parts(answer.text)
            faults.extend(wrong_with(address, answer.text, parts))
            ways = [
                urljoin(address, way) for way in parts.ways if not way.startswith(("#", "data:"))
            ]
            for way in dict.fromkeys(ways):
                followed[kind_of(way)] += way not in waiting
                if way not in waiting and followed[kind_of(way)] <= MANY:
                    waiting.append(way)

    asked(by_hand(), crawl)
    assert not faults
    for each in ("/units/ID", "/units/ID/page", "/units/ID/audit", "/house/1", "/senate/2", "/law"):
        assert {each, f"{each}?"} <= followed.keys()
    assert {"/units/ID/lines/tier_funding", "/lines/tier_1_target_ratio"} <= followed.keys()
    assert {"/units/ID/why.svg?", "/changes?", "/scenario.toml?"} <= followed.keys()


def test_requests_at_once_are_not_mixed() -> None:
    """Each is answered as it is alone."""
    paths = [f"/units/{BEN}?new_state_funds={money}" for money in (110, 120, 130, 140)]

    async def at_once(client: httpx.AsyncClient) -> list[str]:
        answers = await asyncio.gather(*(client.get(path) for path in [*paths, *paths]))
        return [words_of(answer.text) for answer in answers]

    by_hand.cache_clear()  # nothing is kept of other tests
    found = asked(by_hand(), at_once)
    for words, cents in zip(found, [99, 108, 117, 126] * 2, strict=True):  # 0.9 %
        assert f"Ben gets ${cents / 100:.2f} of new state money" in words


def test_a_what_if_as_a_file_of_a_scenario(tmp_path: Path) -> None:
    """The file says what the link says."""
    query = f"{BILL}&unit.{UNIT}.{LOW_INCOME}=300&units.operating_tax_rate.multiply=1.1"
    query += "&salaries.nurse.k_8=60000"
    answer = asked(
        by_hand(), lambda client: client.get(f"/scenario.toml?{query}", follow_redirects=True)
    )
    (tmp_path / "scenario.toml").write_text(answer.text)
    found = ebf.Scenario.from_toml(tmp_path / "scenario.toml")
    assert found.document == Asked.of_query(parse_qsl(query)).scenario.document


def test_the_walk_goes_down_to_the_counts() -> None:
    """From pupils by grade to the heads of a date, by links alone, in the sample."""
    app = service_of(Served(State(*ebf.sample())))

    lines = ["average_student_enrollment", "enrollment"]
    lines += [f"{each}_first_preceding_year" for each in ("enrollment", "counted_enrollment")]

    async def walk(client: httpx.AsyncClient) -> list[str]:
        pages = [(await client.get(f"/units/{UNIT}")).text]
        for line in lines:
            (way,) = {each for each in Parts(pages[-1]).ways if each.endswith(f"/lines/{line}")}
            pages.append((await client.get(way)).text)
        return [words_of(each) for each in pages[1:]]

    first, *_, last = asked(app, walk)
    assert "424.29 students, cut to 2 decimals" in first
    heads = sample().units["october_enrollment_first_preceding_year_grade_1"].to_dict()[UNIT]
    assert f"grade 1: {heads:g};" in last
    assert "October enrollment of the first preceding year" in last


# --- In a browser --------------------------------------------------------------------------


@contextmanager
def served(*arguments: object) -> Iterator[str]:
    """The address of a service that the command started."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "ebf", "serve", *map(str, arguments), "--port", str(port)]
    with subprocess.Popen(  # noqa: S603 - our own command
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        address, until = f"http://127.0.0.1:{port}", time.monotonic() + SECONDS
        try:
            while not _answers(address):
                assert process.poll() is None, "the service ended"
                assert time.monotonic() < until, "the service does not answer"
                time.sleep(0.1)
            yield address
        finally:
            process.terminate()


def _answers(address: str) -> bool:
    try:
        with urlopen(f"{address}/static/app.css") as answer:  # noqa: S310 - of this machine
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.fixture(scope="module")
def started() -> Iterator[Any]:
    needs_browser()
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def address(started: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The sample state, with shares of House 94, served by this process."""
    del started
    shares = tmp_path_factory.mktemp("shares") / "shares.csv"
    shares.write_text(SHARES)
    app = service_of(Served(State(*ebf.sample()), "Invented.", shares))
    server = uvicorn.Server(uvicorn.Config(app, ws="none", log_config=None))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        thread = Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        found = f"http://127.0.0.1:{listening.getsockname()[1]}"
        while not _answers(found):
            assert thread.is_alive(), "the service ended"
            time.sleep(0.05)
        yield found
        server.should_exit = True
        thread.join()


def until(page: Any, is_so: Callable[[], bool]) -> None:
    """Wait for what a page is to come to."""
    ends = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < ends, page.url
        page.wait_for_timeout(50)


def without_pictures(page: Any) -> None:
    """Pictures take the service longest; where they are not looked at, none is asked for."""
    page.route("**/*.svg*", lambda route: route.abort())


def rows_of(page: Any, caption: str) -> list[list[str]]:
    """The cells of a table, row by row."""
    table = page.locator("table", has=page.locator("caption", has_text=caption))
    return [row.locator("th, td").all_inner_texts() for row in table.locator("tbody tr").all()]


def as_expected_in_house_94(page: Any) -> None:
    """The units of House 94 as the library has them."""
    before, after = (each.units["tier_funding"].to_dict() for each in (sample(), by_the_bill()))
    expected = [
        [f"{share:.2%}".replace("%", " %"), f"{before[unit]:,.2f}", f"{after[unit]:,.2f}"]
        for unit, share in ((THIRD, 0.4), (CITY, 1.0), (UNIT, 0.25))
    ]
    assert [row[2:5] for row in rows_of(page, "New money of its units")] == expected
    assert "The 3 units of House District 94 get " in page.locator(".lead").inner_text()


def test_the_aide_finds_the_class_size_adds_money_and_reads_house_94(
    started: Any, address: str
) -> None:
    """Then whoever opens her link sees the same."""
    with opened(started, f"{address}/units", WIDE) as page:
        without_pictures(page)
        page.get_by_role("link", name="The state").click()
        page.get_by_label("A number of the law, by words").fill("class size")
        field = page.get_by_label("Low-income pupils per core teacher: class size (K-3)").first
        field.wait_for()
        assert field.input_value() == "15"
        field.fill("14")  # and the money before that is answered: neither is lost
        page.get_by_label("New State Funds").first.fill("350000000")
        said = f"law.{CLASS_SIZE}=14&new_state_funds=350000000"
        until(page, lambda: urlsplit(page.url).query == said)
        change = ebf.compare(sample(), by_the_bill()).units["change"]
        said = f"{(change > 0).sum():,} gain ${change[change > 0].sum():,.2f} in all"
        assert said in page.locator("[data-part=answer] .lead").inner_text()
        assert said in page.get_by_role("status").inner_text(), "those who do not see it are told"
        page.get_by_role("link", name="House and Senate").click()
        page.get_by_role("link", name="94", exact=True).first.click()
        as_expected_in_house_94(page)
        link = page.url
    with opened(started, link, NARROW) as page:
        as_expected_in_house_94(page)
        page.get_by_role("link", name="Take back").first.click()
        assert page.locator(".what-if li").count() == 1


def test_the_same_without_script_by_the_buttons(started: Any, address: str) -> None:
    with opened(started, f"{address}/units", WIDE, scripts=False) as page:
        without_pictures(page)
        page.get_by_role("link", name="The state").click()
        page.get_by_label("A number of the law, by words").fill("class size low-income K-3")
        page.get_by_role("button", name="Find").last.click()
        page.get_by_label("class size (K-3)").fill("14")
        page.get_by_role("button", name="Compute").click()
        page.get_by_label("New State Funds").fill("350000000")
        page.get_by_role("button", name="Compute").click()
        assert urlsplit(page.url).query == f"law.{CLASS_SIZE}=14&new_state_funds=350000000"
        page.get_by_role("link", name="House and Senate").click()
        page.get_by_role("link", name="94", exact=True).first.click()
        as_expected_in_house_94(page)


def test_a_count_changed_by_keyboard_alone(started: Any, address: str) -> None:
    """To a district by its name, to the field, to the answer; the slider too."""

    def focused() -> str:
        said: str = page.evaluate(
            """() => {
                const at = document.activeElement, label = at.labels?.[0]?.textContent ?? "";
                return `${label} ${at.getAttribute("aria-label") ?? at.textContent}`;
            }"""
        )
        return said

    def tab_to(words: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if words in focused():
                return
        pytest.fail(f"no {words} by tabbing")

    with opened(started, f"{address}/units", WIDE) as page:
        without_pictures(page)
        tab_to("Name or id")
        page.keyboard.type("larkspurfi 9606")
        until(page, lambda: page.locator("[data-part=units] a").count() == 1)
        tab_to("Larkspurfirth")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/units/{UNIT}")
        tab_to(FIELD)
        page.keyboard.press("Control+a")
        page.keyboard.type("300")
        until(page, lambda: f"{LOW_INCOME}=300" in page.url)
        after = ebf.Scenario(
            "300", units={LOW_INCOME: ebf.Change(value=300, units=[UNIT])}
        ).calculate(*ebf.sample())
        money = after.units["tier_funding"].to_dict()[UNIT]
        assert f"gets ${money:,.2f} of new" in page.get_by_role("status").inner_text()
        tab_to("slider")
        page.keyboard.press("ArrowRight")
        until(page, lambda: f"{LOW_INCOME}=300" not in page.url)
        assert page.get_by_label(FIELD).first.input_value() in page.url


def test_a_number_that_is_refused_leaves_no_answer_beside_it(started: Any, address: str) -> None:
    with opened(started, f"{address}/units", WIDE) as page:
        without_pictures(page)
        page.goto(f"{address}/units/{UNIT}?unit.{UNIT}.{LOW_INCOME}=300")
        field = page.get_by_label(FIELD).first
        field.fill("-3")
        until(page, lambda: "found -3" in page.locator("[data-part=answer]").inner_text())
        assert "found -3" in page.get_by_role("status").inner_text()
        assert not page.locator("[data-part=more]").inner_text()
        field.fill("248")
        until(page, lambda: "?" not in page.url)
        assert "gets $83,996.71" in page.locator("[data-part=answer] .lead").inner_text()


def test_pictures_are_there(started: Any, address: str) -> None:
    """Those that are seen at once, and after a change once nothing is typed."""

    def drawn() -> int:
        seen: int = page.evaluate("[...document.images].filter(each => each.naturalWidth).length")
        return seen

    with opened(started, f"{address}/units/{UNIT}", WIDE) as page:
        until(page, lambda: drawn() == 1)
        page.get_by_label(FIELD).first.fill("300")
        until(page, lambda: "300" in page.url)
        page.locator("[data-part=more] img").last.scroll_into_view_if_needed()
        until(page, lambda: drawn() == 2)


LOOKED_AT = {
    "state": f"/?{BILL}",
    "unit": f"/units/{UNIT}?{BILL}&unit.{UNIT}.{LOW_INCOME}=300",
    "line": f"/units/{UNIT}/lines/core_teacher_fte?{BILL}",
    "law": "/law?about=class+size",
    "units": "/units?search=larkspurf",
    "house": f"/house/94?{BILL}",
    "legislative": "/legislative",
    "refused": f"/units/{UNIT}?unit.{UNIT}.{LOW_INCOME}=-3",
}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_kind_of_page_fits_a_telephone_and_can_be_read_by_all(
    started: Any, address: str, *, dark: bool
) -> None:
    some = ["state"] if dark else ["unit", "legislative", "refused"]
    kinds = [*LOOKED_AT] if DEEP else some
    with opened(started, f"{address}/units", NARROW, dark=dark) as page:
        without_pictures(page)
        for kind in kinds:
            page.goto(f"{address}{LOOKED_AT[kind]}")
            assert not too_wide(page), kind
            assert page.evaluate("document.documentElement.scrollWidth") <= NARROW, kind
            assert not inaccessible(page), kind


def test_the_manager_puts_her_own_counts_in_and_gets_her_page(
    started: Any, published: Path, tmp_path: Path
) -> None:
    """The published 24,997,288.32 from her counts, and nothing changes; then 100 pupils more."""
    sheet = (published / "base_calc.xlsx", "--sheet", 2022)
    salaries = ("--salaries", ROOT / "data" / "sample" / "salaries.toml")
    counts = tmp_path / "counts.csv"
    own = own_counts(353)
    pd.DataFrame([{"unit_id": HONONEGAH, **own}]).to_csv(counts, index=False)
    with served(*sheet, *salaries) as address, opened(started, f"{address}/", WIDE) as page:
        page.get_by_label("A district changed").fill("hononegah")
        page.get_by_label("A district changed").press("Enter")
        page.get_by_role("link", name="HONONEGAH").click()
        page.get_by_label("counts.csv").set_input_files(counts)
        page.get_by_role("button", name="Read the file").click()
        page.wait_for_url(re.compile(r"\bcounts\."))
        assert "31 own counts of HONONEGAH" in page.locator(".what-if").inner_text()
        figures = page.locator(".figures").inner_text()
        assert "$24,997,288.32" in figures
        assert "before" not in figures.replace("as before", ""), "all is as it was"
        assert "They do not suffice for these" in page.locator("[data-part=more]").inner_text()
        page.get_by_label(FIELD).fill("453")
        until(page, lambda: f"{LOW_INCOME}=453" in page.url)
        assert "It moves from Tier 2 to Tier 1." in page.locator(".lead").first.inner_text()
        page.get_by_role("link", name="The page for its board").click()
        board = " ".join(page.locator("body").inner_text().split())
        assert "HONONEGAH COMM H S DIST 207 has 67.6 % of the money" in board
        assert "$25,395,837.15" in board
        assert "the state's file: $24,997,288.32" in board
