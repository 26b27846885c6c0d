"""A real browser that looks at pages: Debian's Chromium, without a network."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from checkout import needs

CHROMIUM: Final = shutil.which("chromium")
_QUIETLY: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NARROW, WIDE = 380, 1200


def needs_browser() -> None:
    """Skip, or fail where it is required, without a browser."""
    needs("chromium", CHROMIUM is not None, "Chromium is not on this machine")


@contextmanager
def browser() -> Iterator[Any]:
    """A browser, closed at the end."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - where there is a browser

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=[*_QUIETLY])
        try:
            yield started
        finally:
            started.close()


@contextmanager
def opened(
    started: Any,
    place: Path | str,
    width: int,
    *,
    dark: bool = False,
    site: Path | None = None,
    scripts: bool = True,
) -> Iterator[Any]:
    """A page of a file, or of a service on this machine, so many pixels wide.

    It may load the files of its ``site``, where it is of one, or what its service has. What it
    asks for elsewhere is an error, and so is one of its script.
    """
    address = place if isinstance(place, str) else place.as_uri()
    own = f"{'/'.join(address.split('/')[:3])}/" if isinstance(place, str) else address
    own = own if site is None else f"{site.as_uri()}/"
    context = started.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        java_script_enabled=scripts,
    )
    asked: list[str] = []
    wrong: list[str] = []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    try:
        page.goto(address)
        yield page
    finally:
        context.close()
    outside = [url for url in asked if not url.startswith((own, "data:"))]
    assert not outside, outside
    assert not wrong, wrong


def too_wide(page: Any) -> list[str]:
    """What reaches beyond the right edge of the window."""
    found: list[str] = page.evaluate(
        """() => {
            const edge = document.documentElement.clientWidth + 1;
            return [...document.querySelectorAll("body *")]
                .filter(e => !e.closest("thead") && e.getBoundingClientRect().right > edge)
                .map(e => `${e.tagName} ${e.textContent.slice(0, 60)}`);
        }"""
    )
    return found


def inaccessible(
    page: Any, *, without: str | None = None, rules: list[str] | None = None
) -> list[str]:
    """What axe finds that keeps people from reading a page, or all of it but a part.

    By all its rules, or by some.
    """
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - where there is a browser

    context = None if without is None else {"exclude": [[without]]}
    options = None if rules is None else {"runOnly": rules}
    found = Axe().run(page, context=context, options=options).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found]


def printed_pages(page: Any) -> int:
    """How many sheets of paper a page takes."""
    content: bytes = page.pdf(prefer_css_page_size=True)
    return content.count(b"/Type /Page\n") or content.count(b"/Type /Page ")
