"""Results that show themselves: each gives a document, and has every form from it.

Holds: ABOUT, Shown, Answer, json_of.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Any, Final

from ebf.contents import ByContents
from ebf.faults import InputError, Place, out_of_range
from ebf.files import Source, write_file
from ebf.show.as_html import html, html_page
from ebf.show.as_markdown import markdown
from ebf.show.as_text import text
from ebf.show.document import Block, Document, Heading, Picture, Sentences, Table
from ebf.show.words import TEXT_WIDTH
from ebf.version import version

ABOUT: Final = ("schema", "version", "fiscal_year", "note")
"""What every JSON says of itself; the note where there is one."""
_NOTE: Final = "note"


class Shown(ByContents, ABC):
    """What shows itself as text, Markdown, HTML and JSON, all from its ``document``."""

    @property
    @abstractmethod
    def title(self) -> str:
        """What it is called."""

    @property
    @abstractmethod
    def document(self) -> Document:
        """What it shows: headings, sentences, tables."""

    @property
    @abstractmethod
    def _year(self) -> int | None:
        """The fiscal year that its JSON names: of several the last; None where it has none."""

    def _sources(self) -> Mapping[str, Source]:
        """The files that it comes from, by what they are to it."""
        return {}

    def to_text(self, width: int = TEXT_WIDTH) -> str:
        """Plain text, ``width`` characters wide."""
        return text(self.document, width)

    def to_markdown(self) -> str:
        """Markdown."""
        return markdown(self.document)

    def to_html(self) -> str:
        """A whole page of HTML, all text escaped."""
        return html_page(self.document)

    def save(self, path: str | PathLike[str]) -> None:
        """Write it in the form that the file's ending names, whole or not at all.

        ``.html``, ``.md``, ``.txt`` and ``.json``; a chart also ``.svg`` and ``.png``.

        Raises:
            InputError: for another ending.
            OSError: where the file cannot be written.
        """
        forms, ending = self._forms(), Path(path).suffix.lower()
        if ending not in forms:
            allowed = f"a file that ends in {', '.join(forms)}"
            raise InputError([out_of_range(Place(argument="path"), repr(ending), allowed)])
        content = forms[ending]()
        written = content.encode() if isinstance(content, str) else content
        write_file(path, lambda beside: beside.write_bytes(written))

    def _forms(self) -> Mapping[str, Callable[[], str | bytes]]:
        """What it can be saved as, by the ending of the file."""
        return {
            ".html": self.to_html,
            ".md": self.to_markdown,
            ".txt": self.to_text,
            ".json": self.to_json,
        }

    def to_json(self, note: str = "") -> str:
        """JSON, as :meth:`json_schema` describes it; ``note`` is to be said beside it."""
        return json_of(self._kind(), self._year, self._content(), note)

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """The JSON schema, version 1, of what ``to_json`` writes."""
        path = files("ebf.show") / "schemas" / "shown-1.json"
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        content["properties"]["schema"] = {"const": _schema_name(cls._kind())}
        return content

    @classmethod
    def _kind(cls) -> str:
        """What its JSON is called: ``AdequacyGap`` is ``adequacy_gap``."""
        capital = (f"_{each.lower()}" if each.isupper() else each for each in cls.__name__)
        return "".join(capital).lstrip("_")

    def _content(self) -> dict[str, Any]:
        """What its JSON holds: single values, tables and sentences by name."""
        blocks = self.document.blocks
        sources = {name: asdict(source) for name, source in self._sources().items()}
        return {
            "title": self.title,
            "about": {
                name: value
                for name in getattr(self, "__dataclass_fields__", ())
                if name != _NOTE and isinstance(value := getattr(self, name), (str, int, float))
            },
            "tables": {each.name: _data(each) for each in map(_drawn, blocks) if each},
            "sentences": {
                each.name: [*each.sentences] for each in blocks if isinstance(each, Sentences)
            },
            **({"sources": sources} if sources else {}),
        }

    def _repr_html_(self) -> str:
        return html(self.document)

    def __str__(self) -> str:
        """Plain text."""
        return self.to_text()

    def __repr__(self) -> str:
        """What it is, and of what, in a line."""
        return f"<{type(self).__name__}: {self.title}>"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Answer(Shown):
    """Tables, what the numbers in them rest on, and what is left out.

    ``sources`` are the files that it comes from, by what they are to it; ``note`` is what a
    picture of it says of all its numbers, such as that they are invented.
    """

    assumptions: tuple[str, ...]
    left_out: tuple[str, ...]
    sources: Mapping[str, Source] = field(default_factory=dict)
    note: str = ""

    @abstractmethod
    def _tables(self) -> Sequence[Table]: ...

    def _sources(self) -> Mapping[str, Source]:
        return self.sources

    @property
    def document(self) -> Document:
        """What it shows: the title, the tables, what they rest on, what is left out."""
        left_out = self.left_out or ("Nothing.",)
        files = (f"{name.capitalize()}, from {file}" for name, file in self.sources.items())
        return Document(
            (
                Heading(1, self.title),
                *self._tables(),
                Sentences("assumptions", "What the numbers rest on", (*files, *self.assumptions)),
                Sentences("left_out", "Left out", left_out),
            )
        )


def json_of(kind: str, fiscal_year: int | None, content: dict[str, Any], note: str = "") -> str:
    """JSON that says by which schema it is written, by which version, and of which year."""
    about = {
        "schema": _schema_name(kind),
        "version": version(),
        "fiscal_year": fiscal_year,
    }
    noted = {"note": note} if note else {}
    written = json.dumps(about | noted | content, indent=1, allow_nan=False, default=str)
    return f"{written}\n"


def _schema_name(kind: str) -> str:
    return f"ebf/{kind}/1"


def _drawn(block: Block) -> Table | None:
    """The table that a block is, or that is drawn in it."""
    table = block.table if isinstance(block, Picture) else block
    return table if isinstance(table, Table) else None


def _data(table: Table) -> dict[str, Any]:
    """A table as data: the measures of its columns, and every row by the names of the columns."""
    names = [column.name for column in table.columns]
    rows: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in table.rows]
    for row, measure in zip(rows, table.of_rows, strict=False):
        row["measure"] = measure
    measures = {column.name: column.measure for column in table.columns if column.measure}
    return {"title": table.title, "measures": measures, "rows": rows}
