"""How cells of a workbook look: formats by measure, colours by what stands in them, widths.

Holds: Properties, FLAGS, KINDS, TABS, MARKS, INVENTED, FONT, HEADINGS, TITLE, LINK, number_format,
count_format, marked_format, shown_kind, Sizes, number_width, sizes_of, height_of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from textwrap import wrap
from typing import Any, Final, NamedTuple, TypeAlias

from ebf.explain.workbook.layout import Cells, Kind
from ebf.language.measure import Measure
from ebf.units.marks import Mark

Properties: TypeAlias = Mapping[str, Any]
"""What a format of XlsxWriter is made of."""

_DOLLARS: Final = "$#,##0.00"
FLAGS: Final = '[=1]"yes";[=0]"no";General'
_NUMBERS: Final[Mapping[str, str]] = {
    Measure.DOLLARS: _DOLLARS,
    Measure.DOLLARS_PER_STUDENT: _DOLLARS,
    Measure.DOLLARS_PER_DAY: _DOLLARS,
    Measure.STUDENTS: "#,##0.00",
    Measure.STUDENTS_PER_FTE: "#,##0.00",
    Measure.FTE: "#,##0.00",
    Measure.SHARE: "0.00%",
    Measure.RATIO: "0.000000",
    Measure.WEALTH: "#,##0.000000",
    Measure.RATE: "0.000000",
    Measure.COUNT: "#,##0",
    Measure.FLAG: FLAGS,
    Measure.TIER: '"Tier "0;-0;"no tier"',
    Measure.PERCENT: '#,##0.00" %"',
    Measure.POINTS: "0.00",
}
_LONGEST_WORDS: Final[Mapping[str, int]] = {Measure.FLAG: 3, Measure.TIER: 7}
"""Characters of what is shown as words."""
_BESIDE: Final[Mapping[str, int]] = {
    **dict.fromkeys((Measure.RATIO, Measure.RATE, Measure.WEALTH), 7),
    Measure.COUNT: 0,
    Measure.PERCENT: 5,
}
"""Characters behind the whole number; three of most, and a dollar sign."""

# --- What is told apart ---------------------------------------------------------------------

KINDS: Final[Mapping[Kind, Properties]] = {
    Kind.GIVEN: {"font_color": "#0000C0", "bg_color": "#FFF7CC"},
    Kind.PARAMETER: {"font_color": "#0B5A2B", "bg_color": "#E3F3E6"},
    Kind.COMPUTED: {},
    Kind.FIXED: {"italic": True, "bg_color": "#EEEEEE"},
}
TABS: Final[Mapping[Kind, str]] = {
    Kind.GIVEN: "#E5B800",
    Kind.PARAMETER: "#2E8B57",
    Kind.COMPUTED: "#2F5D8A",
}
MARKS: Final[Mapping[Mark, tuple[str, Properties]]] = {
    Mark.RECOVERED: ("r", {"bold": True, "bg_color": "#FFE0B2"}),
    Mark.ESTIMATED: ("e", {"bold": True, "bg_color": "#FFCC99"}),
}
"""The letter behind a number that nobody published, and how its cell is coloured."""
INVENTED: Final[tuple[str, Properties]] = ("i", {"bold": True, "bg_color": "#F8D7DA"})
"""The same of an illustrative salary."""

FONT: Final[Properties] = {"font_name": "Arial", "font_size": 10}
"""A font that LibreOffice has the widths of too, so that pages break where they do in Excel."""
_WORDS: Final = {
    "valign": "top",
    "text_wrap": True,
    "bg_color": "#F2F5F9",
    "left": 1,
    "left_color": "#C9D3DE",
}
_SMALL: Final = {**_WORDS, "font_size": 8, "font_color": "#555555"}
HEADINGS: Final[tuple[Properties, ...]] = (
    {**_WORDS, "bold": True, "top": 1},
    _SMALL,
    {**_SMALL, "italic": True},
    {**_SMALL, "bottom": 1},
)
"""The rows of a heading: title, name, measure, cite."""
TITLE: Final[Properties] = {"bold": True, "font_size": 13, "font_color": "#1F3A5F"}
LINK: Final[Properties] = {"font_color": "#0563C1", "underline": 1, "valign": "top"}


def number_format(measure: str) -> str:
    """The format of numbers of a measure; empty for text.

    >>> number_format(Measure.DOLLARS), number_format(Measure.SHARE), number_format("text")
    ('$#,##0.00', '0.00%', '')
    """
    return _NUMBERS.get(measure, "")


def count_format(value: float) -> str:
    """The format of a single count: of one that is not whole all its digits.

    >>> count_format(176.0), count_format(10.032)
    ('#,##0', 'General')
    """
    return "General" if value % 1 else _NUMBERS[Measure.COUNT]


def marked_format(measure: str, letter: str) -> str:
    """The same with a letter behind the number.

    >>> marked_format(Measure.SHARE, "e")
    '0.00%" (e)"'
    """
    return f'{number_format(measure) or "General"}" ({letter})"'


def shown_kind(cells: Cells) -> str:
    """What a heading says of a column: its measure, and what stands in it.

    >>> from ebf.language.symbols import Name
    >>> of = Name("tier_funding", "tier_funding", 0)
    >>> shown_kind(Cells(of, Measure.DOLLARS, "Tier funding", "", (), None, Kind.COMPUTED))
    'dollars; computed'
    """
    return f"{cells.measure}; {cells.kind.value}"


# --- Widths and heights -----------------------------------------------------------------------

_LEAST, _MOST, _LINES = 11, 26, 5
_SMALLER: Final = 1.2
"""How many more of the small characters go in a line."""
_NARROWER: Final = 1.2
"""How many letters go in a line for a digit."""
_OF_TITLES, _OF_SMALL, _OF_TEXT = 13.0, 11.0, 14.0
"""Points of a line."""


class Sizes(NamedTuple):
    """Widths of columns in characters, and heights of the headings' rows in points."""

    widths: Sequence[int]
    heights: Sequence[float]


def number_width(measure: str, greatest: float) -> int:
    """Characters of the widest number of a measure, with some room.

    >>> number_width(Measure.DOLLARS, 1234567.5), number_width(Measure.FLAG, 1)
    (16, 5)
    """
    if measure in _LONGEST_WORDS:
        return _LONGEST_WORDS[measure] + 2
    return len(f"{greatest:,.0f}") + _BESIDE.get(measure, 4) + 3


def sizes_of(headings: Sequence[Sequence[str]], numbers: Sequence[int]) -> Sizes:
    """Sizes that fit headings of four rows, by columns, and the widths of what is below them."""
    widths = [
        max(
            width,
            min(_MOST, max(_LEAST, ceil(len(title) / _LINES) + 3, *map(len, title.split()), 0)),
        )
        for (title, *_), width in zip(headings, numbers, strict=True)
    ]
    rows = []
    for row, texts in enumerate(zip(*headings, strict=True)):
        more, points = (_SMALLER, _OF_SMALL) if row else (1.0, _OF_TITLES)
        lines = [
            len(wrap(text, max(1, int(width * more) - 1))) or 1
            for text, width in zip(texts, widths, strict=True)
        ]
        rows.append(max(lines, default=1) * points + 3)
    return Sizes(widths, rows)


def height_of(texts: Sequence[str], widths: Sequence[int]) -> float:
    """Points of a row with texts wrapped in columns of these widths.

    >>> height_of(["short", "a text of several words"], [10, 12])
    28.0
    """
    lines = (
        len(wrap(text, int(width * _NARROWER))) or 1
        for text, width in zip(texts, widths, strict=False)
    )
    return max(lines, default=1) * _OF_TEXT
