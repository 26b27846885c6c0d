"""How charts look, in one place: colours, fonts, the words and numbers of axes.

Holds: TIER_COLORS, TIER_SHAPES, SERIES_COLORS, SERIES_DASHES, MORE, LESS, PLAIN, INK, FAINT,
BORDER, CLASS_COLORS, NO_VALUE, WIDTH, FONT, axis_title, numbers_as, cut, style.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from textwrap import shorten, wrap
from typing import Any, Final

from ebf.language.measure import Measure
from ebf.show.document import Column
from ebf.show.safe_text import printable

TIER_COLORS: Final = ("#440154", "#31688e", "#35b779", "#fde725")
"""From dark to light, least adequate first: viridis, whose greys part as its colours do."""
TIER_SHAPES: Final = ("circle", "square", "triangle-up", "diamond")
SERIES_COLORS: Final = ("#1b1b1b", "#0072b2", "#d55e00", "#56b4e9", "#e69f00", "#999999")
"""Of lines beside each other; they have dashes and names of their own too."""
SERIES_DASHES: Final = ((1, 0), (8, 3), (2, 2), (8, 3, 2, 3), (4, 4), (1, 3))
MORE: Final = "#1f5fa8"
LESS: Final = "#f1a340"
PLAIN: Final = "#31688e"
INK: Final = "#222222"
FAINT: Final = "#767676"
BORDER: Final = "#a0a0a0"
"""Between areas of a map: seen beside the darkest and beside white."""
CLASS_COLORS: Final = ("#fde725", "#5ec962", "#21918c", "#3b528b", "#440154")
"""Of the classes of a map, from light to dark."""
NO_VALUE: Final = "#ffffff"
WIDTH: Final = 640
FONT: Final = "sans-serif"
"""A generic family: nothing is downloaded."""
_LONGEST_LABEL: Final = 44
_TITLE_LETTERS: Final = 84
_LINE_LETTERS: Final = 112
"""Letters of a line of the subtitle, as many as fit above a picture of this width."""

_MONEY: Final = (
    "abs(datum.value) < 1000 ? format(datum.value, '$,.2~f')"
    " : replace(replace(format(datum.value, '$,.3~s'), 'G', 'B'), 'k', 'K')"
)
_PERCENT: Final = "format(100 * datum.value, ',.4~f') + ' %'"
_NUMBER: Final = "format(datum.value, ',.6~f')"
_AS_MONEY: Final = {Measure.DOLLARS, Measure.DOLLARS_PER_STUDENT, Measure.DOLLARS_PER_DAY}
_UNITS: Final[Mapping[str, str]] = {Measure.SHARE: "percent", Measure.COUNT: "number"}


def axis_title(column: Column, words: str = "") -> str:
    """What stands along an axis, with its unit.

    >>> axis_title(Column("new_money", "dollars")), axis_title(Column("share", "share"))
    ('New money, dollars', 'Share, percent')
    """
    said = words or column.name.replace("_", " ")
    unit = _UNITS.get(column.measure, column.measure)
    said = f"{said[:1].upper()}{said[1:]}"
    return printable(f"{said}, {unit}" if unit else said)


def numbers_as(measure: str) -> str:
    """The Vega expression that words the numbers of an axis: money as money, shares in percent."""
    return _MONEY if measure in _AS_MONEY else _PERCENT if measure == Measure.SHARE else _NUMBER


def cut(label: str, most: int = _LONGEST_LABEL) -> str:
    """A label, made visible, as long as fits beside a bar, or of so many letters at most.

    >>> cut("Payson CUSD 1"), len(cut("word " * 30))
    ('Payson CUSD 1', 41)
    """
    shown = printable(label)
    return shorten(shown, most, placeholder=" …") if len(shown) > most else shown


def _bound(text: str) -> str:
    """The text with numbers kept on the line of their word and of their percent sign."""
    return re.sub(r"(?<=[A-Za-z]) (?=\d{1,4}\b)| (?=%)", "\N{NO-BREAK SPACE}", text)


def style(title: str, says: str, note: str) -> dict[str, Any]:
    """What every chart has: its title, the finding and the note below it, and how all is set."""
    below = [line for each in (says, note) for line in wrap(_bound(printable(each)), _LINE_LETTERS)]
    ink = {"labelColor": INK, "titleColor": INK, "labelFontSize": 12, "titleFontSize": 12}
    return {
        "description": printable(f"{title}. {says}"),
        "background": "#ffffff",
        "padding": 12,
        "title": {
            "text": wrap(printable(title), _TITLE_LETTERS) or [""],
            "subtitle": below,
            "anchor": "start",
            "frame": "bounds",
            "offset": 14,
        },
        "config": {
            "aria": False,  # the title of the whole says it; a reader would hear every mark
            "font": FONT,
            "title": {
                "fontSize": 16,
                "subtitleFontSize": 12,
                "color": INK,
                "subtitleColor": INK,
                "subtitlePadding": 6,
                "subtitleLineHeight": 16,
            },
            "axis": {
                **ink,
                "gridColor": "#e3e3e3",
                "labelLimit": 320,
                "labelPadding": 5,
                "titleFontWeight": "normal",
                "titlePadding": 8,
            },
            "legend": {**ink, "symbolStrokeColor": INK, "labelLimit": 320, "titleLimit": 320},
            "header": {"labelColor": INK, "titleColor": INK},
            "text": {"color": INK, "fontSize": 12},
            "view": {"stroke": None},
        },
    }
