"""The pages of the site about the public names, a page a room, from their docstrings."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from inspect import isclass
from pathlib import Path

import ebf

SOURCES = Path(ebf.__file__).parent
INDEX = "api/index.md"
_NO_MEMBERS = {"UnitInput", "UnitPatch"}
"""Their fields are the columns that the pages of inputs list."""


def rooms() -> dict[str, list[str]]:
    """The public names by the room that they are from, functions before what they give."""
    found: dict[str, list[tuple[str, bool, str]]] = {}
    for name in ebf.__all__:
        thing = getattr(ebf, name)
        _, room, *_ = thing.__module__.split(".")
        found.setdefault(room, []).append((thing.__module__, isclass(thing), name))
    order = ("units", "law", "ledger", "what_if", "reports", "explain", "show", "faults")
    names = {room: [name for *_, name in sorted(own)] for room, own in found.items()}
    return {room: names[room] for room in sorted(names, key=order.index)}


def sentence_of(room: str) -> str:
    """What a room is, by its own docstring."""
    path = SOURCES / room / "__init__.py"
    path = path if path.is_file() else SOURCES / f"{room}.py"
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(doc.partition("\n\n")[0].split())


def title_of(room: str) -> str:
    """The title of a room's page."""
    return room.replace("_", " ").capitalize()


def place_of(room: str) -> str:
    """The page of a room."""
    return f"api/{room}.md"


def pages() -> Iterator[tuple[str, str]]:
    """Every page about the public names, with its place."""
    listed = []
    for room, names in rooms().items():
        parts = [f"# {title_of(room)}", sentence_of(room)]
        for name in names:
            options = "\n    options:\n      members: []" if name in _NO_MEMBERS else ""
            parts.append(f"::: ebf.{name}{options}")
        yield place_of(room), "\n\n".join(parts)
        links = ", ".join(f"[`{name}`]({room}.md#ebf.{name})" for name in names)
        listed.append(f"[{title_of(room)}]({room}.md): {sentence_of(room)}\n\n{links}")
    intro = (
        "Every public name of `ebf`, by the room that it is from. Whatever is an answer shows "
        "itself by `to_text()`, `to_markdown()`, `to_html()` and `to_json()`, and in notebooks."
    )
    yield INDEX, "\n\n".join(["# Python", intro, *listed])


def navigation() -> list[str]:
    """The pages about the public names as the site lists them."""
    return [INDEX, *map(place_of, rooms())]
