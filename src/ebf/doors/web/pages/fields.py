"""The fields of forms: numbers of a unit, of the law and of the money, each with its bounds.

Holds: Field, Group, carried, money_field, law_fields, unit_fields, counts_fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import floor, isfinite, log10
from typing import Final

from ebf.doors.numbers_about import rows_about
from ebf.doors.web.asked import Asked, Key, key_in, written
from ebf.doors.web.pages.own import Own, law_number
from ebf.language.measure import GREATEST, Measure
from ebf.law import funding
from ebf.law.names import entries, symbols
from ebf.law.plain_names import plain_band, plain_column, plain_name
from ebf.reports.blank_files import counts_asked_of

_BARE: Final = {Measure.FLAG, Measure.TIER, Measure.RATIO, Measure.COUNT}
_STEPS: Final = 100
_LEAST: Final = 100.0
"""Where a slider ends for a number that is 0."""


@dataclass(frozen=True)
class Field:
    """A number that can be changed: its key in links, what it is now and what the state has.

    Texts, as the form has them; blank is what nobody has said.
    """

    key: str
    label: str
    measure: Measure
    value: str
    was: str
    about: str = ""
    low: float = 0.0
    high: float = GREATEST
    scale: float | None = None
    """How far a slider goes to either side of 0, where the state's number does not say it."""

    @property
    def hint(self) -> str:
        """What it counts."""
        return "" if self.measure in _BARE else self.measure.value

    @property
    def is_flag(self) -> bool:
        """Whether it is a yes or no."""
        return self.measure is Measure.FLAG

    @property
    def ident(self) -> str:
        """What the page knows it by."""
        return f"field-{self.key}"

    @cached_property
    def slider(self) -> tuple[str, str, str] | None:
        """From where to where a slider goes, and its step; None where nothing says how far."""
        if not self.was or self.is_flag or self.measure is Measure.TIER:
            return None
        if self.scale is not None:
            return (
                written(-self.scale),
                written(self.scale),
                written(_round_up(self.scale / _STEPS)),
            )
        now = abs(float(self.was))
        end = min(_round_up(2 * now if now else _LEAST), self.high)
        step = _round_up(end / _STEPS)
        if self.measure is Measure.STUDENTS:
            step = max(1.0, step)
        low = max(self.low, 0.0) if float(self.was) >= 0 else -end
        return written(low), written(end), written(step)


@dataclass(frozen=True)
class Group:
    """Fields with a heading; those of an open one are seen at once."""

    title: str
    fields: tuple[Field, ...]
    is_open: bool = False

    @property
    def is_changed(self) -> bool:
        """Whether a field of it says something new."""
        return any(each.value != each.was for each in self.fields)


def _round_up(value: float) -> float:
    """The next number that is 1, 2 or 5 and zeros.

    >>> _round_up(30), _round_up(0.3), _round_up(600)
    (50.0, 0.5, 1000.0)
    """
    unit = 10.0 ** floor(log10(value))
    steps = (each * unit for each in (1, 2, 5, 10) if each * unit >= value * (1 - 1e-9))
    return float(f"{next(steps):.12g}")


def carried(asked: Asked, groups: Iterable[Group]) -> list[tuple[str, str]]:
    """What a form says of the what-if beside its own fields, hidden."""
    own = {_of(field.key) for group in groups for field in group.fields}
    return [pair for pair in asked.pairs if _of(pair[0]) not in own]


def _of(said: str) -> tuple[str, str, str]:
    """What a key changes, whatever it does to it."""
    key = key_in(said) or Key(said)
    return key.room, key.name, key.unit


# --- The money and the law -------------------------------------------------------------


def money_field(own: Own, asked: Asked) -> Group:
    """New State Funds; where a link adds to them or multiplies them, that."""
    said = next((pair for pair in asked.pairs if _of(pair[0])[0] == funding.NEW_MONEY), None)
    return Group("New money", (_field(own, Key(funding.NEW_MONEY), said),), is_open=True)


def law_fields(own: Own, asked: Asked, about: str | None) -> Iterator[Group]:
    """The numbers of the law that have words, by paragraph; None: those changed."""
    rows = rows_about(own.ledger.law, about or "")
    by_cite: dict[str, list[Field]] = {}
    for name, cite, source in zip(rows.index, rows["cite"], rows["source"], strict=True):
        if name == funding.NEW_MONEY:
            continue  # has a field of its own
        key = f"law.{name}"
        said = next((pair for pair in asked.pairs if pair[0] == key), None)
        if about is None and said is None:
            continue
        field = _field(own, Key("law", name), said, f"[{cite}] {source}. In data: {name}.")
        by_cite.setdefault(str(cite), []).append(field)
    for cite, fields in by_cite.items():
        yield Group(cite, tuple(fields), is_open=True)


def _field(own: Own, key: Key, said: tuple[str, str] | None, about: str = "") -> Field:
    """A field by what a link says of it, else by what the state has."""
    name = _key_of(key) if said is None else said[0]
    meant = key if said is None else key_in(said[0]) or key
    was = own.number(meant)
    text = "" if was is None else written(was)
    measure = own.measure(key)
    low, high = measure.range
    label = own.called(key) if key.room != "law" else law_number(key.name)
    if not meant.is_value:
        label, low = f"{label}, {_DEEDS[meant.deed]}", -GREATEST
    scale = own.number(key) if meant.deed == "add" else None
    value = text if said is None else said[1]
    return Field(name, label, measure, value, text, about, low, high, scale)


_DEEDS: Final = {"add": "so much more", "multiply": "times"}


def _key_of(key: Key) -> str:
    return ".".join(each for each in (key.room, key.unit, key.name) if each)


# --- A unit ------------------------------------------------------------------------------

_LATEST: Final = "_first_preceding_year"
_EARLIER: Final = ("_second_preceding", "_third_preceding")
_PROPERTY: Final = ("18-8.15(c)", "18-8.15(d)")


def unit_fields(own: Own, asked: Asked, unit_id: str) -> list[Group]:
    """A unit's numbers that the table has and lines read: latest counts, property, others."""
    said = {_of(key): (key, text) for key, text in asked.pairs}
    groups: dict[str, list[Field]] = {}
    for column in _read(own, unit_id):
        key = Key("unit", column, unit_id)
        title = _title(column)
        change = said.get(_of(_key_of(key)))
        about = entries()[column].about
        was = own.number(key if change is None else key_in(change[0]) or key)
        text = "" if was is None else written(was)
        label = plain_column(column) if title in _ORDER else ""
        if change is not None and not (key_in(change[0]) or key).is_value:
            label = f"{label or plain_column(column)}, changed"
        low, high = about.range
        groups.setdefault(title, []).append(
            Field(
                _key_of(key) if change is None else change[0],
                label or plain_band(symbols()[column]),
                about.measure,
                text if change is None else change[1],
                text,
                f"{about.label} [{about.cite}]",
                low if isfinite(low) else -GREATEST,
                high,
            )
        )
    opened = {_PUPILS, _PROPERTY_NOW} if _PUPILS in groups else {_OTHERS, _PROPERTY_NOW}
    order = sorted(groups, key=lambda title: _ORDER.get(title, 1))
    named = {} if _PUPILS in groups else {_OTHERS: _SUMS}
    return [
        Group(named.get(each, each), tuple(groups[each]), is_open=each in opened) for each in order
    ]


_PUPILS: Final = "Pupils counted in the latest year"
_PROPERTY_NOW: Final = "Property, the latest year"
_PROPERTY_TOO: Final = "Abatements, reorganizations, PTELL"
_FIRST_OF_PROPERTY: Final = (
    "original_eav_first",
    "operating_tax_rate",
    "adjusted_local_capacity_target",
    "local_capacity_percentage",
)
_OTHERS: Final = "Everything else"
_SUMS: Final = "What the state's file has of it"
"""Where it has no counts."""
_EARLIER_YEARS: Final = "Earlier years"
_ORDER: Final[Mapping[str, int]] = {
    _PUPILS: 0,
    _PROPERTY_NOW: 2,
    _PROPERTY_TOO: 3,
    _EARLIER_YEARS: 4,
    _OTHERS: 5,
}


def _title(column: str) -> str:
    """The group of a column; enrollment by grade has one each date and year."""
    entry = entries()[column]
    if entry.about.bands is not None:
        return plain_name(entry.name)
    if any(each in column for each in _EARLIER):
        return _EARLIER_YEARS
    if entry.about.measure is Measure.STUDENTS and column.endswith(_LATEST):
        return _PUPILS
    if column.startswith(_FIRST_OF_PROPERTY):
        return _PROPERTY_NOW
    return _PROPERTY_TOO if str(entry.about.cite).startswith(_PROPERTY) else _OTHERS


def _read(own: Own, unit_id: str) -> Iterator[str]:
    """The columns of the table that a unit of its kind has and that lines read as they are."""
    ledger = own.ledger
    kind = ledger.table.text_at("organization_type", ledger.table.places[unit_id]) or ""
    read = {name for line in ledger.steps for name in line.reads}
    for column in own.columns:
        entry = entries().get(column)
        if entry is None or entry.name not in read or entry.name in ledger.computed:
            continue
        has = own.cell(unit_id, column) is not None
        if has or (kind in entry.about.kinds and kind not in entry.never_of):
            yield column


def counts_fields(own: Own, asked: Asked, unit_id: str) -> list[Group]:
    """A unit's own counts, as ``counts.csv`` has them; none where the state's table has counts."""
    ledger = own.ledger
    kind = ledger.table.text_at("organization_type", ledger.table.places[unit_id]) or ""
    read = {name for line in ledger.law.lines.values() for name in line.reads}
    columns = [each for each in counts_asked_of(kind) if entries()[each].name in read]
    if any(entries()[each].about.bands is not None for each in columns if each in own.columns):
        return []
    columns = [each for each in columns if each not in own.columns]
    given = asked.counts.get(unit_id, {})
    groups: dict[str, list[Field]] = {}
    for column in columns:
        entry = entries()[column]
        is_banded = entry.about.bands is not None
        label = plain_band(symbols()[column]) if is_banded else plain_column(column)
        value = written(given[column]) if column in given else ""
        title = plain_name(entry.name) if is_banded else _OTHER_COUNTS
        about = f"{entry.about.label} [{entry.about.cite}]"
        key = f"counts.{unit_id}.{column}"
        groups.setdefault(title, []).append(
            Field(key, label, entry.about.measure, value, "", about)
        )
    return [Group(title, tuple(fields)) for title, fields in groups.items()]


_OTHER_COUNTS: Final = "Low-income pupils, English learners and others"
