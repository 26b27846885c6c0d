"""Kinds of charts: bars, steps, lines, bands, points; each drawn from the table beside it.

Holds: LINE, Mark, Drawing, dots_along, breadth_of, in_lines, bars, stacked_bars, histogram,
waterfall, lines, intervals, scatter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from ebf.show.charts.chart import Caption, Chart, check_libraries
from ebf.show.charts.style import (
    FAINT,
    INK,
    LESS,
    MORE,
    PLAIN,
    SERIES_COLORS,
    SERIES_DASHES,
    TIER_SHAPES,
    WIDTH,
    axis_title,
    cut,
    numbers_as,
    style,
)
from ebf.show.document import Table
from ebf.show.safe_text import printable
from ebf.show.words import Value, short

if TYPE_CHECKING:
    import altair as alt

_BAR: Final = 24
"""Pixels from one horizontal bar to the next."""
_HEIGHT: Final = 340
_ROOM: Final = 0.14
"""Of the axis, beside the longest bars, for what is written at their ends."""
_LETTER: Final = 6.5
"""Pixels of a letter, about."""
LINE: Final = 15
"""Pixels of a line of text."""


@dataclass(frozen=True)
class Mark:
    """A value that is marked on an axis, and what is written there."""

    value: float
    words: str


@dataclass(frozen=True)
class Drawing:
    """A table as Vega-Lite reads it; fields are named by their place, so that any name is one."""

    table: Table

    @property
    def values(self) -> list[dict[str, Value]]:
        """Its rows; text is made visible."""
        return [
            {
                f"c{place}": printable(cell) if isinstance(cell, str) else cell
                for place, cell in enumerate(row)
            }
            for row in self.table.rows
        ]

    def place(self, name: str) -> int:
        """The place of a column."""
        return [column.name for column in self.table.columns].index(name)

    def field(self, name: str) -> str:
        """The field of a column."""
        return f"c{self.place(name)}"

    def numbers(self, name: str) -> list[float]:
        """The numbers of a column, without blanks."""
        place = self.place(name)
        found = (row[place] for row in self.table.rows)
        return [float(each) for each in found if isinstance(each, (int, float))]

    def measure(self, name: str) -> str:
        """What the numbers of a column count."""
        return self.table.columns[self.place(name)].measure

    def title(self, name: str, words: str = "") -> str:
        """What stands along the axis of a column."""
        return axis_title(self.table.columns[self.place(name)], words)

    def axis(self, name: str, words: str = "", **more: Any) -> dict[str, Any]:
        """The axis of a column of numbers: its title, and how its numbers are written."""
        own = {"labelExpr": numbers_as(self.measure(name)), "labelFlush": False, "tickCount": 6}
        return {"title": self.title(name, words), **own, **more}

    def labels(self, name: str) -> list[str]:
        """The texts of a column, each another: of some that are alike the number is said."""
        place = self.place(name)
        cuts = [cut(str(row[place])) for row in self.table.rows]
        often, seen, found = Counter(cuts), Counter[str](), list[str]()
        for each in cuts:
            seen[each] += 1
            found.append(f"{each} ({seen[each]})" if often[each] > 1 else each)
        return found

    def finished(self, picture: alt.Chart | alt.LayerChart, caption: Caption) -> Chart:
        """The chart; of a table without a row what says so."""
        if not self.table.rows:
            picture = _nothing_to_draw()
        made = picture.to_dict()
        styled = {**made, **style(caption.title, caption.says, caption.note)}
        return Chart(caption=caption, table=self.table, specification=styled)


def _nothing_to_draw() -> Any:
    """What stands for a picture where there is nothing to be seen."""
    alt = _altair()
    text = alt.Chart(_data([{"words": "Nothing to draw."}])).mark_text(fontSize=14)
    return text.encode(text="words:N").properties(width=WIDTH, height=60)


def _altair() -> Any:
    """The library, once it is needed."""
    check_libraries()
    import altair as alt  # noqa: PLC0415 - import ebf stays quick

    return alt


def _data(rows: Iterable[Mapping[str, Any]]) -> alt.InlineData:
    import altair as alt  # noqa: PLC0415 - import ebf stays quick

    return alt.InlineData(values=[*rows])


def _domain(numbers: Iterable[float], *, zero: bool = True, room: float = _ROOM) -> list[float]:
    """From the least to the greatest, and some room where something is written beyond them."""
    found = [*numbers, *([0.0] if zero else [])]
    low, high = min(found, default=0.0), max(found, default=1.0)
    breadth = (high - low) or abs(high) or 1.0
    is_below, is_above = low < 0 or not zero, high > 0 or not zero
    return [low - room * breadth * is_below, high + room * breadth * is_above]


def dots_along(value: float, domain: Sequence[float], width: float = WIDTH) -> float:
    """Where a value stands on an axis, in dots from its beginning."""
    return width * (value - domain[0]) / ((domain[1] - domain[0]) or 1.0)


def breadth_of(words: str) -> float:
    """How long words are, in dots, about."""
    return len(words) * _LETTER


def in_lines(marks: Sequence[Mark], domain: Sequence[float]) -> list[tuple[Mark, int]]:
    """The marks along the axis, each with the line of its words: as many as keep them apart."""
    ends, found = list[float](), []
    for mark in sorted(marks, key=lambda each: each.value):
        at, half = dots_along(mark.value, domain), breadth_of(mark.words) / 2
        line = next((n for n, end in enumerate(ends) if end < at - half), len(ends))
        ends[line : line + 1] = [at + half]
        found.append((mark, line))
    return found


def _rules(marks: Sequence[Mark], domain: Sequence[float]) -> list[Any]:
    """Vertical rules, each with its words above it."""
    alt = _altair()
    layers = []
    across = {"type": "quantitative", "scale": alt.Scale(domain=domain, nice=False)}
    for mark, line in in_lines(marks, domain):
        rows = _data([{"at": mark.value, "words": printable(mark.words)}])
        rule = alt.Chart(rows).mark_rule(color=INK, strokeDash=[4, 3])
        layers.append(rule.encode(x=alt.X("at", **across)))
        words = alt.Chart(rows).mark_text(
            baseline="bottom", dy=-4 - LINE * line, fontWeight="normal"
        )
        layers.append(words.encode(x=alt.X("at", **across), y=alt.value(0), text="words:N"))
    return layers


def bars(table: Table, caption: Caption, label: str, amount: str, words: str = "") -> Chart:
    """A horizontal bar a row, more and less than 0 to either side, its number at its end."""
    alt, drawing = _altair(), Drawing(table)
    place = drawing.place(amount)
    measure, domain = drawing.measure(amount), _domain(drawing.numbers(amount))
    labels = drawing.labels(label)
    rows = [
        {
            "label": name,
            "amount": row[place],
            "words": short(float(row[place] or 0), measure),
            "color": LESS if float(row[place] or 0) < 0 else MORE,
        }
        for name, row in zip(labels, table.rows, strict=True)
    ]
    axis = alt.Axis(**drawing.axis(amount, words))
    across = alt.X("amount", type="quantitative", scale=alt.Scale(domain=domain), axis=axis)
    down = alt.Y("label", type="nominal", sort=labels, axis=alt.Axis(title=None, ticks=False))
    bar = alt.Chart(_data(rows)).mark_bar(stroke=INK, strokeWidth=0.5, height=_BAR - 8)
    layers = [bar.encode(x=across, y=down, color=alt.Color("color", type="nominal", scale=None))]
    for align, side, signed in (("left", 5, False), ("right", -5, True)):
        some = [row for row in rows if (float(row["amount"] or 0) < 0) is signed]
        text = alt.Chart(_data(some)).mark_text(align=align, dx=side)
        layers.append(text.encode(x=across, y=down, text="words:N"))
    zero = alt.Chart(_data([{"amount": 0}])).mark_rule(color=INK).encode(x=across)
    picture = alt.layer(*layers, zero).properties(width=WIDTH, height=_BAR * max(1, len(rows)))
    return drawing.finished(picture, caption)


def _parts_scale(parts: Sequence[str], colors: Sequence[str]) -> Any:
    return _altair().Scale(domain=[*map(printable, parts)], range=[*colors])


def stacked_bars(
    table: Table,
    caption: Caption,
    label: str,
    amount: str,
    part: str,
    colors: Mapping[str, str],
    words: str = "",
) -> Chart:
    """A horizontal bar a label, made of parts in the order of ``colors``."""
    alt, drawing = _altair(), Drawing(table)
    place, parts = drawing.place(part), [*colors]
    rows = [
        {
            "label": cut(str(row[drawing.place(label)])),
            "part": printable(str(row[place])),
            "order": parts.index(str(row[place])),
            "amount": row[drawing.place(amount)],
        }
        for row in table.rows
    ]
    labels = list(dict.fromkeys(row["label"] for row in rows))
    legend = alt.Legend(title=None, orient="top", columns=5)
    picture = (
        alt.Chart(_data(rows))
        .mark_bar(stroke=INK, strokeWidth=0.5, height=_BAR - 8)
        .encode(
            x=alt.X("amount", type="quantitative", axis=alt.Axis(**drawing.axis(amount, words))),
            y=alt.Y("label", type="nominal", sort=labels, axis=alt.Axis(title=None, ticks=False)),
            color=alt.Color(
                "part",
                type="nominal",
                scale=_parts_scale(parts, [*colors.values()]),
                legend=legend,
            ),
            order=alt.Order("order", type="quantitative"),
        )
        .properties(width=WIDTH, height=_BAR * max(1, len(labels)))
    )
    return drawing.finished(picture, caption)


def histogram(
    table: Table,
    caption: Caption,
    across: tuple[str, str],
    count: str,
    part: str,
    colors: Mapping[str, str],
    marks: Sequence[Mark] = (),
    words: str = "",
) -> Chart:
    """How many there are from one value to another, in parts one upon the other."""
    alt, drawing = _altair(), Drawing(table)
    start, end = across
    parts = [*colors]
    rows = [
        {
            "from": row[drawing.place(start)],
            "to": row[drawing.place(end)],
            "part": printable(str(row[drawing.place(part)])),
            "order": parts.index(str(row[drawing.place(part)])),
            "count": row[drawing.place(count)],
        }
        for row in table.rows
    ]
    ends = [*drawing.numbers(start), *drawing.numbers(end), *(each.value for each in marks)]
    domain = _domain(ends, zero=False, room=0.01)
    scale = alt.Scale(domain=domain, nice=False)
    axis = alt.Axis(**drawing.axis(start, words, grid=False, tickCount=10))
    bar = (
        alt.Chart(_data(rows))
        .mark_bar(stroke=INK, strokeWidth=0.5, binSpacing=0)
        .encode(
            x=alt.X("from", type="quantitative", bin="binned", scale=scale, axis=axis),
            x2="to",
            y=alt.Y("count", type="quantitative", axis=alt.Axis(**drawing.axis(count))),
            color=alt.Color(
                "part",
                type="nominal",
                scale=_parts_scale(parts, [*colors.values()]),
                legend=alt.Legend(title=None, orient="bottom", direction="horizontal"),
            ),
            order=alt.Order("order", type="quantitative"),
        )
    )
    layered = alt.layer(bar, *_rules(marks, domain)).properties(width=WIDTH, height=_HEIGHT)
    return drawing.finished(layered, caption)


def waterfall(table: Table, caption: Caption, label: str, steps: tuple[str, str]) -> Chart:
    """The way from the first row to the last: each step begins where the one before ends.

    The first and last are values, drawn as lines, so that the axis need not begin at 0 and
    small steps between large values are seen.
    """
    alt, drawing = _altair(), Drawing(table)
    start, end = (drawing.place(each) for each in steps)
    measure, labels = drawing.measure(steps[1]), drawing.labels(label)
    rows: list[dict[str, Any]] = []
    for place, (name, row) in enumerate(zip(labels, table.rows, strict=True)):
        is_end = place in {0, len(labels) - 1}
        begins = float(row[end if is_end else start] or 0)
        ends = float(row[end] or 0)
        change = ends - begins
        words = short(ends, measure) if is_end else f"{'+' * (change > 0)}{short(change, measure)}"
        color = INK if is_end else LESS if change < 0 else MORE
        kind = "end" if is_end else "less" if change < 0 else "more"
        rows.append(
            {"label": name, "start": begins, "end": ends, "right": max(begins, ends),
             "words": words, "color": color, "kind": kind}
        )  # fmt: skip
    domain = _domain([each[n] for each in rows for n in ("start", "end")], zero=False)
    axis = alt.Axis(**drawing.axis(steps[1], "amount"))
    scale = alt.Scale(domain=domain, nice=False, zero=False)
    down = alt.Y("label", type="nominal", sort=labels, axis=alt.Axis(title=None, ticks=False))
    color = alt.Color("color", type="nominal", scale=None)

    def across(name: str) -> Any:
        return alt.X(name, type="quantitative", scale=scale, axis=axis)

    moved = [row for row in rows if row["kind"] != "end"]
    whole = [row for row in rows if row["kind"] == "end"]
    links = [
        {"end": one["end"], "label": one["label"], "next": other["label"]}
        for one, other in pairwise(rows)
    ]
    layers = [
        alt.Chart(_data(links)).mark_rule(color=FAINT, strokeDash=[2, 2])
        .encode(x=across("end"), y=down, y2="next"),
        alt.Chart(_data(moved)).mark_bar(stroke=INK, strokeWidth=0.5, height=_BAR - 8)
        .encode(x=across("start"), x2="end", y=down, color=color),
        alt.Chart(_data(whole)).mark_tick(thickness=4, size=_BAR - 4, color=INK)
        .encode(x=across("end"), y=down),
        alt.Chart(_data(rows)).mark_text(align="left", dx=6)
        .encode(x=across("right"), y=down, text="words:N"),
    ]  # fmt: skip
    picture = alt.layer(*layers).properties(width=WIDTH, height=_BAR * max(1, len(rows)))
    return drawing.finished(picture, caption)


def lines(
    table: Table,
    caption: Caption,
    across: str,
    amount: str,
    series: str,
    *,
    words: tuple[str, str] = ("", ""),
    marks: Sequence[Mark] = (),
    points: bool = True,
    zero: bool = True,
) -> Chart:
    """A line a series, each with its colour, its dash and, where there are points, its shape.

    Along numbers there may be marks; along text the values stand in the order of the rows.
    """
    alt, drawing = _altair(), Drawing(table)
    place = drawing.place(across)
    is_text = any(isinstance(row[place], str) for row in table.rows)
    names = list(dict.fromkeys(cut(str(row[drawing.place(series)])) for row in table.rows))
    rows = [
        {
            "x": printable(str(row[place])) if is_text else row[place],
            "y": row[drawing.place(amount)],
            "series": cut(str(row[drawing.place(series)])),
        }
        for row in table.rows
    ]
    along = [] if is_text else drawing.numbers(across)
    domain = _domain([*along, *(each.value for each in marks)], zero=False, room=0.02)
    times = -(-len(names) // len(SERIES_COLORS))
    colors, dashes = ([*each] * times for each in (SERIES_COLORS, SERIES_DASHES))
    shapes = [*TIER_SHAPES] * (-(-len(names) // len(TIER_SHAPES)))
    legend = alt.Legend(title=None, orient="top", columns=3, symbolSize=110)
    kept = {"type": "nominal", "legend": legend if len(names) > 1 else None}

    def by(kind: Any, of: Sequence[Any]) -> Any:
        return kind("series", scale=alt.Scale(domain=names, range=[*of[: len(names)]]), **kept)

    if is_text:
        values = list(dict.fromkeys(row["x"] for row in rows))
        below = alt.Axis(title=drawing.title(across, words[0]), labelAngle=0, labelOverlap=True)
        x = alt.X("x", type="ordinal", sort=values, axis=below)
    else:
        below = alt.Axis(**drawing.axis(across, words[0]))
        scale = alt.Scale(domain=domain, nice=False)
        x = alt.X("x", type="quantitative", scale=scale, axis=below)
    up = alt.Axis(**drawing.axis(amount, words[1]))
    y = alt.Y("y", type="quantitative", scale=alt.Scale(zero=zero), axis=up)
    base = alt.Chart(_data(rows))
    line = base.mark_line(strokeWidth=2.5, interpolate="linear")
    layers = [
        line.encode(x=x, y=y, color=by(alt.Color, colors), strokeDash=by(alt.StrokeDash, dashes))
    ]
    if points:
        dot = base.mark_point(filled=True, size=60, opacity=1)
        kept["legend"] = None
        layers.append(
            dot.encode(x=x, y=y, color=by(alt.Color, colors), shape=by(alt.Shape, shapes))
        )
    picture = alt.layer(*layers, *_rules(marks, domain)).properties(width=WIDTH, height=_HEIGHT)
    return drawing.finished(picture, caption)


def intervals(
    table: Table, caption: Caption, label: str, quantiles: Sequence[str], words: str = ""
) -> Chart:
    """A band a row: thin from the first to the last quantile, thick between the inner ones."""
    alt, drawing = _altair(), Drawing(table)
    places = [drawing.place(each) for each in quantiles]
    labels = drawing.labels(label)
    rows = [
        {"label": name, **{f"q{n}": row[place] for n, place in enumerate(places)}}
        for name, row in zip(labels, table.rows, strict=True)
    ]
    numbers = [each for name in quantiles for each in drawing.numbers(name)]
    domain = _domain(numbers, zero=False, room=0.04)
    axis = alt.Axis(**drawing.axis(quantiles[0], words))
    scale = alt.Scale(domain=domain, nice=False, zero=False)
    down = alt.Y("label", type="nominal", sort=labels, axis=alt.Axis(title=None, ticks=False))

    def across(n: int) -> Any:
        return alt.X(f"q{n}", type="quantitative", scale=scale, axis=axis)

    base, last = alt.Chart(_data(rows)), len(quantiles) - 1
    picture = alt.layer(
        base.mark_rule(color=INK, strokeWidth=1.5).encode(x=across(0), x2=f"q{last}", y=down),
        base.mark_bar(height=10, color="#56b4e9", stroke=INK, strokeWidth=0.5).encode(
            x=across(1), x2=f"q{last - 1}", y=down
        ),
        base.mark_tick(thickness=3, size=18, color=INK).encode(x=across(last // 2), y=down),
    ).properties(width=WIDTH, height=_BAR * max(1, len(rows)))
    return drawing.finished(picture, caption)


def scatter(
    table: Table,
    caption: Caption,
    axes: tuple[str, str],
    part: str | None,
    colors: Mapping[str, str],
    words: tuple[str, str] = ("", ""),
) -> Chart:
    """A point a row; its part has a colour and a shape."""
    alt, drawing = _altair(), Drawing(table)
    across, up = axes
    rows = drawing.values
    encoded = {
        "x": alt.X(
            drawing.field(across),
            type="quantitative",
            scale=alt.Scale(zero=False),
            axis=alt.Axis(**drawing.axis(across, words[0])),
        ),
        "y": alt.Y(
            drawing.field(up),
            type="quantitative",
            axis=alt.Axis(**drawing.axis(up, words[1])),
        ),
    }
    if part is not None:
        legend = alt.Legend(title=None, orient="top", columns=5)
        shapes = [*TIER_SHAPES] * (-(-len(colors) // len(TIER_SHAPES)))
        own = {"type": "nominal", "legend": legend}
        fill = _parts_scale([*colors], [*colors.values()])
        shape = _parts_scale([*colors], shapes[: len(colors)])
        encoded["fill"] = alt.Fill(drawing.field(part), scale=fill, **own)
        encoded["shape"] = alt.Shape(drawing.field(part), scale=shape, **own)
    dot = alt.Chart(_data(rows)).mark_point(
        fill=PLAIN, stroke=INK, strokeWidth=0.5, size=40, opacity=0.85
    )
    zero = alt.Chart(_data([{drawing.field(up): 0}])).mark_rule(color=INK)
    picture = alt.layer(dot.encode(**encoded), zero.encode(y=encoded["y"]))
    return drawing.finished(picture.properties(width=WIDTH, height=_HEIGHT), caption)
