"""Results that show themselves: tables, and what is to be said of them, as text and HTML.

Holds: Shown, frame_text, frame_html.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from threading import Lock
from typing import Any

import pandas as pd

from ebf.show.safe_text import printable
from ebf.show.words import number_text


@dataclass(frozen=True, kw_only=True, eq=False)
class Shown(ABC):
    """What shows itself as text and as HTML: titled tables, and what is to be said of them."""

    assumptions: tuple[str, ...]
    left_out: tuple[str, ...]

    @property
    @abstractmethod
    def title(self) -> str:
        """What it is called."""

    @abstractmethod
    def _tables(self) -> Sequence[tuple[str, pd.DataFrame]]: ...

    def _said(self) -> list[tuple[str, tuple[str, ...]]]:
        return [
            ("What the numbers rest on", self.assumptions),
            ("Left out", self.left_out or ("Nothing.",)),
        ]

    def to_text(self) -> str:
        """Plain text."""
        tables = [
            f"{title}\n{frame_text(_printable(frame), float_format=number_text, na_rep='')}"
            for title, frame in self._tables()
            if len(frame)
        ]
        said = [
            "\n".join([title, *(f"  {printable(each)}" for each in each_said)])
            for title, each_said in self._said()
        ]
        return "\n\n".join([printable(self.title), *tables, *said]) + "\n"

    def to_html(self) -> str:
        """The same as HTML, all text escaped."""
        tables = [
            f"<h3>{escape(title)}</h3>\n"
            f"{frame_html(_printable(frame), float_format=number_text, na_rep='')}"
            for title, frame in self._tables()
            if len(frame)
        ]
        said = [
            f"<h3>{escape(title)}</h3>\n<ul>{''.join(map(_item, each_said))}</ul>"
            for title, each_said in self._said()
        ]
        return "\n".join([f"<h2>{escape(printable(self.title))}</h2>", *tables, *said])

    def _repr_html_(self) -> str:
        return self.to_html()

    def __str__(self) -> str:
        """Plain text."""
        return self.to_text()


_ALONE = Lock()
"""One thread at a time: pandas changes an option of its own while it writes a table."""


def frame_text(frame: pd.DataFrame, **options: Any) -> str:
    """A frame as text, with the options of ``DataFrame.to_string``."""
    with _ALONE:
        return str(frame.to_string(**options))


def frame_html(frame: pd.DataFrame, **options: Any) -> str:
    """A frame as HTML, its texts in full, with the options of ``DataFrame.to_html``."""
    with _ALONE, pd.option_context("display.max_colwidth", None):
        return str(frame.to_html(**options))


def _item(sentence: str) -> str:
    return f"<li>{escape(printable(sentence))}</li>"


def _printable(frame: pd.DataFrame) -> pd.DataFrame:
    shown = frame.map(lambda each: printable(each) if isinstance(each, str) else each)
    return shown.rename(index=lambda each: printable(each) if isinstance(each, str) else each)
