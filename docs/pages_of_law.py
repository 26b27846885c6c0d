"""The pages of the site about the law, as Markdown: written from ebf.explain.reference.

A page is known by its place in the site: ``law/18-8.15/g_distribution.md``.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from types import ModuleType
from typing import Any

from refresh import moved, spelled

import ebf
from ebf.explain.reference import (
    COLUMNS,
    PARAMETERS,
    ColumnReference,
    LineReference,
    ParameterReference,
    column_references,
    line_references,
    parameter_references,
    runs_of_years,
    subsection_of,
)
from ebf.language.measure import Measure
from ebf.law.funding import FUNDING
from ebf.law.plain_names import plain_name
from ebf.law.reading import Reading, readings_of
from ebf.law.statute import Statute
from ebf.law.statutes import STATUTES
from ebf.show.document import Link, Text

READINGS = "readings.md"
INDEX = "law/index.md"
_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_{}[]#|"} | {"<": "&lt;", "&": "&amp;"})

_FEW = 4
_ABOUT_LINES = """\
A line is one line of the law: a small pure function. These pages are made from the functions that
compute the numbers: the rule in words, the formula, where it stands in the law, its unit and
rounding, how sure it is, the numbers of the law that it reads, the [readings](../readings.md) that
it rests on, with the dollars that they move on the invented sample state, what it reads and what
reads it, and an example by hand."""
_ABOUT_EXAMPLES = """\
In examples `units(...)` is a value a unit, `bands(...)` a value a band of grades; a division by
nothing comes to 0."""
_ABOUT_NUMBERS = """\
What stands for every year comes first, then what changes, a column for years in which nothing of
the table does. What is not known is not guessed: a calculation that needs it asks for it."""
_ABOUT_COLUMNS = """\
Each is a column of the table of units, by its name; one with bands is a column a band. Every
[line](../index.md) may be handed over as a column too, where it is not computed. Salaries are
handed over beside the table."""

Moved = Callable[[int, str], str]
"""What an alternative of 18-8.15 moves on the sample, in a sentence."""


# --- Text and links ------------------------------------------------------------


def plain(words: str) -> str:
    """Text that is nothing but text in Markdown."""
    return words.translate(_MARKS)


def place_of(section: str, page: str) -> str:
    """The place of a page of a statute."""
    return f"law/{section}/{page}.md"


def link(words: str, place: str, here: str) -> str:
    """A link from one page of the site to a place of another."""
    page, sign, anchor = place.partition("#")
    way = "" if page == here else posixpath.relpath(page, posixpath.dirname(here) or ".")
    return f"[{words}]({way}{sign}{anchor})"


def to(target: Link, here: str) -> str:
    """A link of the reference."""
    path, _, anchor = target.anchor.partition("#")
    return link(plain(target), f"law/{path}.md#{anchor}", here)


def written(text: Text, here: str) -> str:
    """Text with its links."""
    pieces = (text,) if isinstance(text, str) else text
    return "".join(to(each, here) if isinstance(each, Link) else plain(each) for each in pieces)


def reading_anchor(statute: Statute, number: int) -> str:
    """Where a reading stands on the page of readings."""
    own = "" if statute is FUNDING else f"{statute.section}-"
    return f"{READINGS}#reading-{own}{number}"


def table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table; its cells are Markdown."""
    names = list(headings)
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(f"| {' | '.join(each)} |" for each in lines)


def years_in_words(statute: Statute, first: int, last: int) -> str:
    """Years in a row."""
    own = statute.year_in_words if statute.year_is == FUNDING.year_is else str
    if (first, last) == (statute.years[0], statute.years[-1]):
        return "every year"
    return own(first) if first == last else f"{own(first)} to {own(last)}"


def _marked_unknown(value: str) -> str:
    return '<span class="unknown">not known</span>' if value == "not known" else plain(value)


def _in_a_cell(value: str) -> str:
    """A value in a cell, a band or a group of them in a row of its own."""
    return "<br>".join(map(_marked_unknown, value.split("; ")))


def _readers(readers: Sequence[Link], here: str) -> str:
    """The lines that read something; many of them folded."""
    said = ", ".join(to(each, here) for each in readers)
    if len(readers) > _FEW:
        return f"<details><summary>{len(readers)} lines</summary>{said}</details>"
    return said or "no line"


# --- A line --------------------------------------------------------------------


def line_section(own: LineReference, here: str, moved_by: Moved) -> Iterator[str]:
    """A rule of a line: in words, as a formula, with all that is known of it, by hand."""
    yield f"## {plain(own.title)} {{ #{own.anchor} }}"
    yield from map(plain, own.rule)
    yield from _formulas(own, here)
    yield '<div class="facts" markdown>'
    for name, said in _facts(own, here, moved_by):
        first, *more = said.split("\n")
        yield "\n".join([name, f":   {first}", *(f"    {each}" if each else "" for each in more)])
    yield "</div>"
    yield "By hand:"
    yield f"```pycon\n{own.example}\n```"


def _formulas(own: LineReference, here: str) -> Iterator[str]:
    """The formula, or those of the groups of bands that have one of their own."""
    end = f", {own.line.rounding}" if own.line.rounding else ""
    for each in own.formulas:
        bands = f" ({', '.join(each.bands)})" if each.bands else ""
        sign = ":" if own.line.measure is Measure.FLAG else " ="
        formula = f"{plain(plain_name(own.line.name))}{bands}{sign} {written(each.text, here)}{end}"
        yield f"{formula}\n{{ .formula }}"


def _facts(own: LineReference, here: str, moved_by: Moved) -> Iterator[tuple[str, str]]:
    yield "Name", f"`{own.line.name}`"
    yield "Cite", plain(own.line.cite)
    yield "Unit", plain(own.line.measure)
    if own.line.statewide:
        yield "Of", "the state: one value for all units"
    if own.bands:
        yield "Bands", plain(", ".join(own.bands))
    yield "Rounding", plain(own.rounding)
    yield "Evidence", plain(own.evidence)
    yield "Years", own.years
    if own.numbers:
        yield "Numbers of the law", "\n".join(_number(each, here) for each in own.numbers)
    if own.readings:
        said = (_reading(own.statute, each, here, moved_by) for each in own.readings)
        yield "Readings", "\n".join(said)
    yield "Reads", ", ".join(to(each, here) for each in own.reads) or "numbers of the law alone"
    yield "Read by", ", ".join(to(each, here) for each in own.read_by) or "no other line"


def _number(own: ParameterReference, here: str) -> str:
    """A number of the law in every year, in a row of an item."""
    runs = runs_of_years(own.statute.years, own.by_year)
    said = "; ".join(
        f"{years_in_words(own.statute, first, last)}: {_marked_unknown(own.by_year[first])}"
        for first, last in runs
    )
    return f"- {to(Link(own.parameter.label, own.address), here)}. {said[0].upper()}{said[1:]}"


def _reading(statute: Statute, own: Reading, here: str, moved_by: Moved) -> str:
    title = link(f"{own.number}\\. {plain(own.title)}", reading_anchor(statute, own.number), here)
    said = [
        f"`{name}`: {plain(moved_by(own.number, name))}" if statute is FUNDING else f"`{name}`"
        for name in own.alternatives
    ]
    return f"- {title}{'. Otherwise, ' if said else ''}{' '.join(said)}"


# --- Pages of a statute --------------------------------------------------------


def subsection_page(statute: Statute, module: ModuleType, moved_by: Moved) -> str:
    """The lines of a subsection."""
    page = module.__name__.rpartition(".")[-1]
    here = place_of(statute.section, page)
    parts = [f"# {plain(title_of(statute, module))}"]
    for own in line_references(statute):
        if own.page == page:
            parts += line_section(own, here, moved_by)
    return "\n\n".join(parts)


def title_of(statute: Statute, module: ModuleType) -> str:
    """The title of a subsection, with its letter where it has one."""
    letter, title = statute.heading(module)
    return f"({letter}) {title}" if letter else title


def parameters_page(statute: Statute) -> str:
    """The numbers of a statute, a table a subsection, a column where one of them changes."""
    here = place_of(statute.section, PARAMETERS)
    parts = [
        f"# Numbers of {plain(statute.title)}, year by year",
        _ABOUT_NUMBERS,
    ]
    groups = _grouped(
        parameter_references(statute), lambda each: subsection_of(statute, each.parameter.cite)
    )
    for subsection, own in groups.items():
        parts.append(f"## {plain(subsection)}")
        for alike in (True, False):
            some = [each for each in own if each.is_constant is alike]
            parts += [_by_year(statute, some, here)] if some else []
    return "\n\n".join(parts)


def _by_year(statute: Statute, own: list[ParameterReference], here: str) -> str:
    """A table of numbers, a column for years in which none of them changes."""
    said = {year: [each.by_year[year] for each in own] for year in statute.years}
    runs = runs_of_years(statute.years, said)
    years = [years_in_words(statute, first, last) for first, last in runs]
    rows = [
        [
            "<br>".join(
                [
                    plain(each.parameter.label),
                    f"`{each.parameter.name}`",
                    plain(f"{each.parameter.cite}, {each.parameter.measure}"),
                ]
            )
            + f" {{ #{each.anchor} }}",
            *(_in_a_cell(each.by_year[first]) for first, _ in runs),
            "<br>".join(_sources(each)),
            _readers(each.read_by, here),
        ]
        for each in own
    ]
    headings = ["Number", *(each[0].upper() + each[1:] for each in years), "Source", "Read by"]
    return f'<div class="wide" markdown>\n\n{table(headings, rows)}\n\n</div>'


def _sources(own: ParameterReference) -> Iterator[str]:
    """The sources of a number, each with the year from which a value is from it."""
    before = ""
    for dated in own.sources:
        if dated.source != before:
            yield plain(f"{own.statute.year_in_words(dated.fiscal_year)}: {dated.source}")
        before = dated.source


def columns_page(statute: Statute) -> str:
    """What a table may have for a statute beside its lines."""
    here = place_of(statute.section, COLUMNS)
    parts = [
        f"# Inputs of {plain(statute.title)}",
        _ABOUT_COLUMNS,
    ]
    own = column_references(statute)
    for subsection, columns in _grouped(own, lambda each: each.subsection).items():
        rows = [_column_row(each, here) for each in columns]
        headings = ["Column", "What it holds", "Read by"]
        wide = f'<div class="wide" markdown>\n\n{table(headings, rows)}\n\n</div>'
        parts += [f"## {plain(subsection)}", wide]
    return "\n\n".join(parts)


def _column_row(own: ColumnReference, here: str) -> list[str]:
    label = f"{plain(own.known.label)}<br>`{own.known.name}`"
    if len(own.known.columns) > 1:
        label += f"<br>{len(own.known.columns)} columns: {_ends(own.known.columns)}"
    holds = own.measure if own.column is None else f"{own.measure}: {own.allowed}"
    needed = f"{own.needed_by}{'; ' * bool(own.years)}{own.years}"
    return [
        f"{label}<br>{plain(own.known.cite)} {{ #{own.anchor} }}",
        f"{plain(holds)}<br>Needed by {plain(needed)}",
        _readers(own.read_by, here),
    ]


def _ends(columns: tuple[str, ...]) -> str:
    """Columns by the first and the last."""
    return f"`{columns[0]}` to `{columns[-1]}`"


def _grouped(own: Iterable[Any], key: Callable[[Any], str]) -> Mapping[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for each in own:
        found.setdefault(key(each), []).append(each)
    return dict(sorted(found.items(), key=lambda each: _in_order(each[0])))


def _in_order(subsection: str) -> tuple[bool, str]:
    """Subsections by their letters, then other sections as they come."""
    has_letter = subsection.startswith("(")
    return not has_letter, subsection if has_letter else ""


# --- Pages of all statutes -----------------------------------------------------


def law_index() -> str:
    """What there is of the law, and how a formula is written."""
    rows = []
    for statute in STATUTES.values():
        pages = [
            link(plain(title_of(statute, module)), place, INDEX)
            for module, place in subsections(statute)
        ]
        years = f"{statute.year_in_words(statute.years[0])} to {statute.years[-1]}"
        rows.append(
            [
                f"{plain(statute.title)}<br>{plain(statute.act + statute.section)}",
                "<br>".join(pages),
                f"{len(line_references(statute))}",
                years,
            ]
        )
    return "\n\n".join(
        [
            "# The law line by line",
            _ABOUT_LINES,
            table(["Statute", "Pages", "Lines", "Years"], rows),
            _ABOUT_EXAMPLES,
        ]
    )


def subsections(statute: Statute) -> list[tuple[ModuleType, str]]:
    """The modules of a statute, each with the place of its page."""
    return [
        (module, place_of(statute.section, module.__name__.rpartition(".")[-1]))
        for module in statute.modules
    ]


def readings_section(statute: Statute, moved_by: Moved) -> str:
    """The readings of a statute with links, for the page of readings."""
    parts = []
    level = "##" if statute is FUNDING else "###"
    for own in readings_of(statute).values():
        _, _, anchor = reading_anchor(statute, own.number).partition("#")
        parts += [
            f"{level} {own.number}. {plain(own.title)} {{ #{anchor} }}",
            f"**Reading.** {plain(own.chosen)}",
            f"**Why.** {plain(own.why)}",
        ]
        parts += [f"**The other choice.** {plain(own.otherwise)}"] if own.otherwise else []
        for each in own.alternatives.values():
            found = f" {plain(moved_by(own.number, each.name))}" if statute is FUNDING else ""
            parts.append(f"**Alternative `{each.name}`.** {plain(each.words)}{found}")
        lines = [
            to(Link(spelled(each.line).replace("`", ""), each.address), READINGS)
            for each in line_references(statute)
            if own in each.readings
        ]
        parts.append(f"**Lines.** {', '.join(lines)}." if lines else "")
    return "\n\n".join(filter(None, parts))


@cache
def effects_on_the_sample() -> Moved:
    """What every alternative of 18-8.15 moves on the sample, computed once."""
    frame = ebf.reading_effects(*ebf.sample()).frame

    def said(number: int, name: str) -> str:
        key = (number, name)
        found = moved(frame.loc[key]) if key in frame.index else ""
        return found or "The sample does not read it."

    return said


def pages(moved_by: Moved) -> Iterator[tuple[str, str]]:
    """Every page about the law, with its place."""
    yield INDEX, law_index()
    for statute in STATUTES.values():
        for module, place in subsections(statute):
            yield place, subsection_page(statute, module, moved_by)
        if parameter_references(statute):
            yield place_of(statute.section, PARAMETERS), parameters_page(statute)
        if column_references(statute):
            yield place_of(statute.section, COLUMNS), columns_page(statute)


def navigation() -> list[Any]:
    """The pages about the law as the site lists them."""
    entries: list[Any] = [INDEX]
    for statute in STATUTES.values():
        own: list[Any] = [place for _, place in subsections(statute)]
        if parameter_references(statute):
            own.append({"Numbers by year": place_of(statute.section, PARAMETERS)})
        if column_references(statute):
            own.append({"Inputs": place_of(statute.section, COLUMNS)})
        entries.append({statute.title: own})
    return [*entries, READINGS]
