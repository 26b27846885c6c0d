"""Write anew what pages and modules say that the code knows: `python docs/refresh.py`.

Of every page of docs/ what its commands and examples print, the modules of each room, and the
readings with what they move; of every module the list of what it holds.
"""

from __future__ import annotations

import ast
import contextlib
import doctest
import io
import re
import shlex
import textwrap
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

import ebf
from ebf.doors.command import app
from ebf.language.line import Line
from ebf.law.funding import FUNDING
from ebf.law.statutes import STATUTES

DOCS = Path(__file__).parent
SOURCES = Path(ebf.__file__).parent
BLOCK = re.compile(r"(?m)^```console\n\$ ebf (?P<command>.*)\n(?P<output>(?:(?!```).*\n)*)```$")
PYTHON = re.compile(r"(?ms)^```pycon\n(?P<examples>.*?)^```$")
MODULES = re.compile(r"(?ms)^<!-- modules of (?P<room>\S+) -->\n.*?^<!-- end -->$")
READINGS = re.compile(r"(?ms)^<!-- readings -->\n.*?^<!-- end -->$")
NEIGHBORS = re.compile(r"(?ms)^<!-- neighbors -->\n.*?^<!-- end -->$")
HOLDS = re.compile(r"\n\nHolds: [^.]*\.")
WIDTH = 99


def printed(command: str) -> str:
    """What the command prints."""
    return CliRunner().invoke(app, shlex.split(command), catch_exceptions=False).output


def rerun(examples: str, names: dict[str, Any]) -> str:
    """Examples with what they print now; ``names`` is what the page has defined."""
    lines = []
    for example in doctest.DocTestParser().get_examples(examples):
        first, *more = example.source.rstrip("\n").split("\n")
        lines += [f">>> {first}", *(f"... {each}" for each in more)]
        told = io.StringIO()
        with contextlib.redirect_stdout(told):
            exec(compile(example.source, "page", "single"), names)  # noqa: S102 - our own page
        lines += told.getvalue().splitlines()
    return "\n".join(lines)


def names_defined(statement: ast.stmt) -> list[str]:
    """The public names that a statement of a module defines."""
    match statement:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            names = [name]
        case ast.Assign(targets=targets):
            parts = [e for each in targets for e in getattr(each, "elts", [each])]
            names = [each.id for each in parts if isinstance(each, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            names = [name]
        case _:
            names = []
    return [name for name in names if not name.startswith("_")]


def summary_of(source: str) -> str:
    """The first sentence of a module's docstring."""
    return (ast.get_docstring(ast.parse(source)) or "").partition("\n\n")[0].replace("\n", " ")


def held(source: str) -> str:
    """A module with the list of its public names at the end of its docstring."""
    tree = ast.parse(source)
    names = [name for statement in tree.body for name in names_defined(statement)]
    doc = ast.get_docstring(tree, clean=False) or ""
    said = HOLDS.sub("", doc.rstrip())
    if names:
        said += "\n\n" + textwrap.fill(f"Holds: {', '.join(names)}.", WIDTH)
    end = "\n" if "\n" in said else ""
    return source.replace(doc, f"{said}{end}", 1)


def modules() -> list[Path]:
    """Every module; but the modules of a statute, which list their lines in LINES."""
    statutes = {path for path in SOURCES.rglob("*.py") if "\nLINES" in path.read_text("utf-8")}
    faces = set(SOURCES.rglob("__init__.py")) | set(SOURCES.rglob("__main__.py"))
    return sorted(set(SOURCES.rglob("*.py")) - statutes - faces)


def listed(room: str) -> str:
    """The modules of a room, each with what it is."""
    files = sorted(each for each in (SOURCES / room).rglob("*.py") if each.stem != "__init__")
    return "\n".join(
        f"- `{file.relative_to(SOURCES / room).with_suffix('').as_posix()}`: "
        f"{summary_of(file.read_text(encoding='utf-8'))}"
        for file in files
    )


def spelled(line: Line) -> str:
    """A line as readings name it, with its years where it does not stand in all."""
    return f"`{line.name}` ({line.era})" if line.era else f"`{line.name}`"


def moved(effect: Any) -> str:
    """What an alternative moves on the sample state, in a sentence."""
    parts = [
        f"{words} by {dollars(effect[name])}"
        for name, words in (("adequacy_target", "targets"), ("final_resources", "resources"))
        if round(effect[name], 2)
    ]
    money, units = effect["new_money_moved"], int(effect["units_changing_tier"])
    parts += [f"{dollars(money)} of new money"] if round(money, 2) else []
    tiers = f"{units:,} unit{'s' * (units != 1)} change{'s' * (units == 1)} tier"
    if not effect["lines_moved"]:
        return "On the sample it moves nothing."
    if not parts:
        return "On the sample it moves no new money, but other lines."
    return f"On the sample it moves {', '.join(parts)}; {tiers if units else 'no tier changes'}."


def dollars(number: float) -> str:
    """Dollars with their cents."""
    return f"{'-' if number < 0 else ''}${abs(number):,.2f}"


def readings_of_neighbors() -> str:
    """Every reading of the neighboring laws, by statute."""
    blocks = []
    for statute in STATUTES.values():
        if statute is FUNDING or not statute.readings_in:
            continue
        blocks += [f"## {statute.title}, {statute.act}{statute.section}"]
        for reading in ebf.readings(statute.section):
            blocks += [
                f"**{reading.number}. {reading.title}.** {reading.chosen}",
                f"*Why.* {reading.why}",
            ]
            blocks += [f"*The other choice.* {reading.otherwise}"] if reading.otherwise else []
            blocks += [
                f"*Alternative* `{each.name}`: {each.words}"
                for each in reading.alternatives.values()
            ]
    return "\n\n".join(blocks)


def readings_listed() -> str:
    """Every reading, with what its alternatives move on the sample state."""
    effects = ebf.reading_effects(*ebf.sample())
    blocks = []
    for reading in ebf.readings():
        blocks += [
            f"## {reading.number}. {reading.title}",
            f"**Reading.** {reading.chosen}",
            f"**Why.** {reading.why}",
        ]
        blocks += [f"**The other choice.** {reading.otherwise}"] if reading.otherwise else []
        for each in reading.alternatives.values():
            key = (reading.number, each.name)
            found = moved(effects.frame.loc[key]) if key in effects.frame.index else ""
            found = found or "The sample does not read it."
            blocks.append(f"**Alternative `{each.name}`.** {each.words} {found}")
        lines = ", ".join(map(spelled, FUNDING.lines_of_reading(reading.number)))
        blocks.append(f"**Lines.** {lines}.")
    return "\n\n".join(blocks)


def refreshed(page: str) -> str:
    """The page with the output of every command and example as it is now."""
    names: dict[str, Any] = {}
    page = BLOCK.sub(
        lambda block: f"```console\n$ ebf {block['command']}\n{printed(block['command'])}```", page
    )
    page = MODULES.sub(
        lambda found: f"<!-- modules of {found['room']} -->\n{listed(found['room'])}\n<!-- end -->",
        page,
    )
    if NEIGHBORS.search(page):
        others = readings_of_neighbors()
        page = NEIGHBORS.sub(lambda _: f"<!-- neighbors -->\n{others}\n<!-- end -->", page)
    if READINGS.search(page):
        listing = readings_listed()
        page = READINGS.sub(lambda _: f"<!-- readings -->\n{listing}\n<!-- end -->", page)
    return PYTHON.sub(lambda block: f"```pycon\n{rerun(block['examples'], names)}\n```", page)


if __name__ == "__main__":
    if not SOURCES.is_relative_to(DOCS.parent):
        message = "the library that is installed is not this checkout's: pip install -e ."
        raise SystemExit(message)
    for file in modules():
        file.write_text(held(file.read_text(encoding="utf-8")), encoding="utf-8")
    for file in sorted(DOCS.glob("*.md")):
        file.write_text(refreshed(file.read_text(encoding="utf-8")), encoding="utf-8")
