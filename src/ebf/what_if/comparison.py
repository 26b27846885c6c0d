"""Two ledgers side by side: whose money changes, by how much, and who moves tier.

Holds: CENTS, Comparison, compare.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from os import PathLike
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from ebf.engine.record import one_state_faults
from ebf.faults import Fault, InputError, Place, check_type, missing, unknown_name, unsuitable_name
from ebf.files import Source, known_sources, write_file
from ebf.language.measure import Measure
from ebf.law.funding.tiers import TIER_NAMES
from ebf.law.names import column_of, entries
from ebf.ledger import Ledger, check_ledger, units_with
from ebf.show.answer import Answer
from ebf.show.document import Column, Table
from ebf.show.safe_text import guarded
from ebf.show.words import short
from ebf.units.marks import sentences

if TYPE_CHECKING:
    from ebf.show.charts.chart import Chart

CENTS: Final = 2
_SHOWN: Final = 10
_DRAWN: Final = 10
_ROWS: Final = 50
_AGAINST: Final = "against"
_OF_EACH: Final = {
    Measure.STUDENTS: Measure.SHARE,
    Measure.DOLLARS: Measure.DOLLARS_PER_STUDENT,
}
"""What is drawn for each pupil, and what it then counts."""
_PUPILS, _TIER = "average_student_enrollment", "tier"
_MOVED: Final = "Units by tier before (rows) and after (columns)"
_MEASURES: Final = {
    **dict.fromkeys(("before", "after", "change"), Measure.DOLLARS),
    **dict.fromkeys(("tier_before", "tier_after"), Measure.TIER),
    "change_per_student": Measure.DOLLARS_PER_STUDENT,
}


_Which: TypeAlias = npt.NDArray[np.bool_]
_TEXT: Final = ("name", "organization_type")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Comparison(Answer):
    """What :func:`compare` found.

    ``units`` has a row a unit in both ledgers: the line before and after, the
    change in dollars and per pupil (of the pupils after), the tier before and
    after. ``only_before`` and ``only_after`` are the units of one ledger alone,
    which the changes leave out and the sums have. ``after`` is the second ledger.
    """

    line: str
    fiscal_years: tuple[int, int]
    units: pd.DataFrame
    only_before: pd.Series
    only_after: pd.Series
    statewide: pd.DataFrame
    after: Ledger = field(repr=False)

    @cached_property
    def winners(self) -> pd.DataFrame:
        """The units with more, by change, the most first."""
        more = self.units[self.units["change"] > 0]
        return more.sort_values("change", ascending=False, kind="stable")

    @cached_property
    def losers(self) -> pd.DataFrame:
        """The units with less, by change, the most first."""
        less = self.units[self.units["change"] < 0]
        return less.sort_values("change", kind="stable")

    @cached_property
    def unchanged(self) -> pd.DataFrame:
        """The units without a change of a cent."""
        return self.units[self.units["change"] == 0]

    @cached_property
    def moved(self) -> pd.DataFrame:
        """How many units went from a tier (rows) to a tier (columns); 0 is no tier."""
        if "tier_before" not in self.units:
            return pd.DataFrame()
        return pd.crosstab(self.units["tier_before"], self.units["tier_after"])

    @property
    def summary(self) -> pd.Series:
        """The counts and sums."""
        change = self.units["change"]
        gains = change[change > 0].sort_values(ascending=False, kind="stable")
        losses = change[change < 0].sort_values(kind="stable")
        return pd.Series(
            dtype=object,
            data={
                "units": len(change),
                "winners": len(gains),
                "losers": len(losses),
                "unchanged": int((change == 0).sum()),
                "sum of gains": gains.sum(),
                "sum of losses": losses.sum(),
                "before, of units in one alone": self.only_before.sum(),
                "after, of units in one alone": self.only_after.sum(),
                "before, all units": self.units["before"].sum() + self.only_before.sum(),
                "after, all units": self.units["after"].sum() + self.only_after.sum(),
            },
        )

    @property
    def title(self) -> str:
        """What it is called."""
        return f"{self.line}: before and after"

    def chart(self) -> Chart:
        """A picture of who wins and who loses: the units that gain and lose the most.

        Raises InputError without the extra ``charts``.
        """
        from ebf.show.charts.chart import caption_of  # noqa: PLC0415 - import ebf stays quick
        from ebf.show.charts.drawing import bars  # noqa: PLC0415 - import ebf stays quick

        most = [*self.winners.head(_DRAWN).index, *self.losers.head(_DRAWN).index[::-1]]
        units = self.units.loc[most]
        names = units["name"] if "name" in units else pd.Series(most, index=most)
        called = names.where(names.notna(), most).map(str)
        rows = zip(called, most, units["before"], units["after"], units["change"], strict=True)
        columns = (
            Column("name"),
            Column("unit_id"),
            *(Column(each, Measure.DOLLARS) for each in ("before", "after", "change")),
        )
        table = Table(
            "changes", "The units that gain and lose the most", columns, tuple(rows), labels=2
        )
        counts, summed = self.summary, self._summed
        says = (
            f"Of {counts['units']:,} units {counts['winners']:,} gain {summed['sum of gains']}, "
            f"{counts['losers']:,} lose {summed['sum of losses']}, {counts['unchanged']:,} neither."
        )
        if len(self.winners) + len(self.losers) > len(most):
            says += f" The {_DRAWN} that gain and that lose the most are drawn."
        caption = caption_of(
            self, self.fiscal_years, f"Who wins and who loses: {self._words}", says
        )
        return bars(table, caption, "name", "change")

    @property
    def _words(self) -> str:
        return self.line.replace("_", " ")

    @property
    def _summed(self) -> dict[str, str]:
        """The sums of gains and of losses, the latter without their sign."""
        counts = self.summary
        names = ("sum of gains", "sum of losses")
        return {name: short(abs(counts[name]), Measure.DOLLARS) for name in names}

    def scatter(self, column: str) -> Chart:
        """A picture of the change for each pupil of every unit, against a column.

        Students and dollars are drawn for each pupil (``low_income_count`` as a share of
        pupils), anything else as it is.

        Args:
            column: A line or input of the second ledger, with one number a unit.

        Raises:
            InputError: for a column that is not there; without changes for each pupil;
                without the extra ``charts``.
        """
        from ebf.explain.charts import (  # noqa: PLC0415 - import ebf stays quick
            ADEQUACY,
            TIER_COLORS_BY_NAME,
        )
        from ebf.show.charts.chart import caption_of  # noqa: PLC0415 - import ebf stays quick
        from ebf.show.charts.drawing import scatter  # noqa: PLC0415 - import ebf stays quick

        check_type("column", column, str, "the name of a column")
        if "change_per_student" not in self.units:
            place, allowed = Place("comparison", column=_PUPILS), "ledgers that have it"
            raise InputError([missing(place, "not in the ledger", allowed)])
        entry = entries().get(column)
        there = self.after.values
        if entry is None or entry.name not in there or entry.about.statewide:
            known = [
                n
                for n, each in entries().items()
                if each.name in there and not each.about.statewide
            ]
            allowed = "a column of the second ledger with a number a unit"
            place = Place("comparison", column=column)
            raise InputError([unknown_name(place, "no such column", allowed, known)])
        described = units_with(self.after, [entry.name, _PUPILS]).loc[self.units.index]
        numbers, measure = described[column], entry.about.measure
        words = column.replace("_", " ")
        if column != _PUPILS and measure in _OF_EACH:
            pupils = described[_PUPILS]
            numbers, measure = (numbers / pupils).where(pupils > 0), _OF_EACH[measure]
            words = f"{words} per pupil"
        elif column == ADEQUACY:
            measure = Measure.SHARE
        drawn = self.units.assign(**{_AGAINST: numbers})
        drawn = drawn[drawn[_AGAINST].notna() & drawn["change_per_student"].notna()]
        tiers = drawn["tier_after"].map(TIER_NAMES) if "tier_after" in drawn else None
        rows = zip(
            drawn.index,
            drawn["name"].where(drawn["name"].notna(), None)
            if "name" in drawn
            else [None] * len(drawn),
            [None] * len(drawn) if tiers is None else tiers,
            drawn[_AGAINST].tolist(),
            drawn["change_per_student"].tolist(),
            strict=True,
        )
        columns = (
            Column("unit_id"),
            Column("name"),
            Column("tier"),
            Column(words, measure),
            Column("change_per_student", Measure.DOLLARS_PER_STUDENT),
        )
        title = f"Change of {self._words} for each pupil, by {words}"
        table = Table("points", title, columns, tuple(rows), labels=3, most=_ROWS)
        caption = caption_of(self, self.fiscal_years, title, self._of_halves(drawn, words, measure))
        colors = (
            {}
            if tiers is None
            else {n: c for n, c in TIER_COLORS_BY_NAME.items() if (tiers == n).any()}
        )
        part = None if tiers is None else "tier"
        return scatter(table, caption, (words, "change_per_student"), part, colors)

    @staticmethod
    def _of_halves(drawn: pd.DataFrame, words: str, measure: str) -> str:
        """What the half of the units with less of a column gets, and the half with more."""
        if drawn.empty:
            return "No unit has both numbers."
        middle = drawn[_AGAINST].median()
        less, more = drawn[drawn[_AGAINST] <= middle], drawn[drawn[_AGAINST] > middle]
        of_each = [
            short(each["change_per_student"].median(), Measure.DOLLARS) if len(each) else "none"
            for each in (less, more)
        ]
        return (
            f"Of {len(drawn):,} units the half up to {short(middle, measure)} of {words} changes "
            f"by {of_each[0]} for each pupil in the median, the half above by {of_each[1]}."
        )

    def to_csv(self, path: str | PathLike[str]) -> None:
        """Every unit, as a CSV file; names that a spreadsheet would compute are kept text.

        Raises OSError where the file cannot be written.
        """
        frame = self.units
        if "name" in frame:
            frame = frame.assign(name=frame["name"].map(guarded))
        write_file(path, lambda beside: frame.to_csv(beside, lineterminator="\n"))

    @property
    def _year(self) -> int:
        return self.fiscal_years[-1]

    def _tables(self) -> list[Table]:
        moved = self.moved.rename(index=TIER_NAMES, columns=TIER_NAMES)
        changed = self.statewide[self.statewide["change"] != 0].rename_axis("line")
        return [
            Table(
                "summary",
                "In all",
                (Column("what"), Column("value")),
                rows=tuple((str(what), value) for what, value in self.summary.items()),
                of_rows=tuple(
                    Measure.COUNT if isinstance(each, int) else Measure.DOLLARS
                    for each in self.summary
                ),
            ),
            Table.of("winners", "Largest gains", self.winners, _MEASURES, most=_SHOWN),
            Table.of("losers", "Largest losses", self.losers, _MEASURES, most=_SHOWN),
            Table.of("moved", _MOVED, moved, Measure.COUNT),
            Table.of(
                "statewide",
                "Statewide numbers that change",
                changed,
                of_rows=tuple(column_of(name).measure for name in changed.index),
            ),
        ]


def compare(before: Ledger, after: Ledger, line: str = "tier_funding") -> Comparison:
    """Compare a line of dollars between two ledgers, unit by unit and statewide.

    Args:
        before: A ledger of one state.
        after: Another: a scenario of it, or another year.
        line: The line compared, one number a unit.

    Raises:
        InputError: where a ledger has several scenarios or lacks the line.
    """
    check_ledger(before)
    check_ledger(after)
    check_type("line", line, str, "the name of a line")
    if faults := [*_faults("before", before, line), *_faults("after", after, line)]:
        raise InputError(faults)
    read = {_TIER, _PUPILS, line}
    names = {entries()[column].name for column in read}
    old, new = units_with(before, names, ()), units_with(after, names, _TEXT)
    is_old, is_kept = _in_both(old, new)
    then, now = old[is_kept], new[is_old]
    if not is_kept.all() or not then.index.equals(now.index):
        then = old.iloc[old.index.get_indexer(now.index)]
    units = _side_by_side(then, now, line)
    statewide = pd.DataFrame({"before": before.statewide, "after": after.statewide})
    alone = [*old.index[~is_kept], *new.index[~is_old]]
    return Comparison(
        assumptions=(
            "Each side is the whole state solved by itself: target ratio, rates and floor.",
            "What districts and taxpayers would do differently is in neither.",
            *_said(before, after, units["change"], line),
        ),
        left_out=tuple(f"{unit} is in one ledger alone: in the sums, no change" for unit in alone),
        sources=known_sources(before=before.source, after=after.source),
        line=line,
        fiscal_years=(before.fiscal_year, after.fiscal_year),
        units=units,
        only_before=old.loc[~is_kept, line],
        only_after=new.loc[~is_old, line],
        statewide=statewide.assign(change=statewide["after"] - statewide["before"]),
        after=after,
        note=after.table.note or before.table.note,
    )


def _in_both(old: pd.DataFrame, new: pd.DataFrame) -> tuple[_Which, _Which]:
    """Which of the new units are old ones, and which of the old ones are kept."""
    if old.index.equals(new.index):  # the usual: a scenario of the same state
        return np.ones(len(new), bool), np.ones(len(old), bool)
    # ids are looked up by hash: isin would take every id of the other index in anew
    return old.index.get_indexer(new.index) >= 0, new.index.get_indexer(old.index) >= 0


def _side_by_side(then: pd.DataFrame, now: pd.DataFrame, line: str) -> pd.DataFrame:
    """A row a unit of both, in the order of the second, made at once: columns one by one cost."""
    columns: dict[str, Any] = {name: now[name].array for name in _TEXT if name in now}
    if _TIER in now and _TIER in then:
        columns |= {"tier_before": then[_TIER].array, "tier_after": now[_TIER].array}
    old, new = then[line].to_numpy(), now[line].to_numpy()
    columns |= {"before": old, "after": new, "change": np.round(new - old, CENTS)}
    if _PUPILS in now:
        pupils = now[_PUPILS].to_numpy()
        each = np.full(len(pupils), np.nan)
        np.divide(columns["change"], pupils, out=each, where=pupils > 0)
        columns["change_per_student"] = each
    return pd.DataFrame(columns, index=now.index)


def _faults(name: str, ledger: Ledger, line: str) -> list[Fault]:
    if faults := one_state_faults(ledger, name):
        return faults
    allowed = "a line or input in dollars, with one number a unit"
    entry = entries().get(line)
    if entry is None or entry.name not in ledger.values or entry.about.statewide:
        return [
            unknown_name(Place(argument=name, column=line), "no such column", allowed, entries())
        ]
    if entry.about.measure is not Measure.DOLLARS:
        found, fix = str(entry.about.measure), "ebf.attribute takes any line"
        return [unsuitable_name(Place(argument=name, column=line), found, allowed, fix=fix)]
    return []


def _from(ledger: Ledger, source: Source | None) -> Ledger:
    """The ledger as if its units were of another file, since what a number is does not tell."""
    if ledger.source == source:
        return ledger
    return replace(ledger, table=replace(ledger.table, source=source))


def _said(before: Ledger, after: Ledger, change: pd.Series, line: str) -> Iterator[str]:
    """What of the two ledgers a reader must know: readings, lines that stand in, no effect."""
    for which, ledger in (("before", before), ("after", after)):
        if ledger.law.readings:
            yield f"The law {which}: {ledger.law.known_as}."
        if ledger.standing:
            names = ", ".join(sorted(ledger.standing))
            yield f"Taken {which} as handed over, whatever is beside it: {names}."
        yield from sentences(ledger.table.marked, which)
    if (change.abs() > 0).any():
        return  # the two differ, seen without holding all their numbers against each other
    if before == _from(after, before.source):
        yield "The two are the same, number for number: nothing differs between them."
    elif not (change != 0).any():
        yield f"What differs is read, and moves no unit's {line} by a cent."
