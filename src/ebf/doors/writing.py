"""How results are written: on the screen, or to a file in the form that its name ends in.

Holds: TABLE, PICTURES, OUTPUT, Form, form_of, check_ending, check_folder, check_new,
check_not_read, width_of_screen, written, write_results, write_text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Final

import typer
from rich.console import Console

from ebf.faults import InputError, Place, contradiction, out_of_range
from ebf.files import Writer, write_file
from ebf.show.answer import Shown
from ebf.show.as_html import html_page
from ebf.show.as_markdown import markdown
from ebf.show.as_text import text
from ebf.show.charts.chart import Chart
from ebf.show.document import Document, Paragraph
from ebf.show.words import TEXT_WIDTH

TABLE: Final = ".csv"
PICTURES: Final = (".svg", ".png")
OUTPUT: Final = "output"
"""What every command calls the file or folder that it writes."""


class Form(StrEnum):
    """How a result is written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"


_FORMS: Final[Mapping[str, Form]] = MappingProxyType(
    {
        ".txt": Form.TEXT,
        ".md": Form.MARKDOWN,
        ".html": Form.HTML,
        ".htm": Form.HTML,
        ".json": Form.JSON,
    }
)


def form_of(
    output: Path | None, asked: Form | None = None, *, table: bool = False, picture: bool = False
) -> Form:
    """The form of a file by its ending, or the one asked for; text for the screen.

    ``table`` also takes a table, and ``picture`` a picture, whose words are for the screen.
    Raises InputError for an ending that is no form, and where another is asked for.
    """
    ending = "" if output is None else output.suffix.lower()
    others = [*([TABLE] if table else []), *(PICTURES if picture else ())]
    if output is None or ending in others:
        return asked or Form.TEXT
    form = _FORMS.get(ending)
    allowed = ", ".join([*_FORMS, *others])
    if form is None:
        found = repr(ending) if ending else f"{output.name!r}, no ending"
        place, allowed = Place(argument="--output"), f"a file that ends in {allowed}"
        raise InputError([out_of_range(place, found, allowed)])
    if asked not in {None, form}:
        fix = f"leave out --format, or name another file than {output.name}"
        place = Place(argument="--format")
        raise InputError([contradiction(place, str(asked), str(form), fix=fix)])
    return form


def check_ending(output: Path, *endings: str) -> None:
    """Refuse a file whose ending says another format than the one that is written."""
    if output.suffix.lower() not in endings:
        found = repr(output.suffix) if output.suffix else f"{output.name!r}, no ending"
        allowed = f"a file that ends in {' or '.join(endings)}"
        raise InputError([out_of_range(Place(argument="--output"), found, allowed)])


def check_folder(output: Path, what: str) -> None:
    """Refuse a folder that is called like a file, unless it is there."""
    if output.suffix and not output.is_dir():
        allowed = f"a folder, without an ending: {what} are written in it"
        raise InputError([out_of_range(Place(argument="--output"), repr(output.name), allowed)])


def check_new(folder: Path, names: Iterable[str]) -> None:
    """Refuse to write over files that may have been filled in."""
    faults = [
        contradiction(
            Place(argument="--output"),
            f"{folder / name}, which is there",
            "a folder without it",
            fix="name another folder, or move the file away",
        )
        for name in names
        if (folder / name).exists()
    ]
    if faults:
        raise InputError(faults)


def check_not_read(output: Path, files: Sequence[Path]) -> None:
    """Refuse to write over a file that is read: as the output, or in the folder that it is."""
    names = ("", "units.csv", "statewide.json")
    faults = [
        contradiction(
            Place(argument="--output"),
            f"{file}, which is read",
            "another place than a file that is read",
            fix="name another folder" if name else "name another file",
        )
        for file in files
        for name in names
        if _is_same(file, output / name if name else output)
    ]
    if faults:
        raise InputError(faults)


def _is_same(one: Path, other: Path) -> bool:
    """Whether two paths are one file, by whatever links."""
    try:
        return one.expanduser().samefile(other)
    except OSError:  # one of them is not there
        return False


def width_of_screen(otherwise: int = TEXT_WIDTH) -> int:
    """The width of the screen; another where nobody reads along."""
    screen = Console()
    return screen.width if screen.is_terminal else otherwise


def written(found: Sequence[Shown], form: Form, note: str = "", width: int = TEXT_WIDTH) -> str:
    """The results in one form, one behind the other, and the note; as JSON an object, or a list."""
    if form is Form.JSON:
        each = [each.to_json(note) for each in found]
        return each[0] if len(each) == 1 else json.dumps([*map(json.loads, each)], indent=1) + "\n"
    documents = [each.document for each in found]  # made once: an audit's is long
    blocks = [block for each in documents for block in each.blocks]
    in_columns = any(each.in_columns for each in documents)
    document = Document((*blocks, *([Paragraph(note)] if note else [])), in_columns)
    if form is Form.HTML:
        return html_page(document)
    if form is Form.MARKDOWN:
        return markdown(document)
    return text(document, width)


def write_results(
    found: Sequence[Shown],
    note: str,
    output: Path | None,
    form: Form,
    table: Writer | None = None,
    picture: Callable[[], Chart] | None = None,
) -> None:
    """All to the file or to the screen; a table to its file, and what it has no place for beside.

    A picture to its file, and what it shows in words to the screen. Raises OSError where the
    file cannot be written.
    """
    if output is None:
        write_text(written(found, form, note, width_of_screen()))
    elif picture is not None and output.suffix.lower() in PICTURES:
        drawn = picture()
        drawn.save(output)
        write_text(f"{drawn.says}\n{drawn.note}\n")
    elif table is not None and output.suffix.lower() == TABLE:
        write_file(output, table)
        if found[1:] or note:
            write_text(written(found[1:], form, note, width_of_screen()))
    else:
        words = written(found, form, note)
        write_file(output, lambda path: path.write_text(words, encoding="utf-8"))


def write_text(words: str) -> None:
    """To the screen."""
    typer.echo(words, nl=not words.endswith("\n"))
