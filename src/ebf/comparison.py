"""Two ledgers side by side: whose money changes, by how much, and who moves tier."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from html import escape
from os import PathLike
from typing import Final

import pandas as pd
from pandas.api.types import is_numeric_dtype

from ebf.faults import Fault, InputError
from ebf.ledger import Ledger
from ebf.safe_text import guarded, printable

CENTS: Final = 2
_SHOWN: Final = 10
_PUPILS, _TIER = "average_student_enrollment", "tier"


@dataclass(frozen=True)
class Comparison:
    """What :func:`compare` found.

    ``units`` has a row a unit in both ledgers: the line before and after, the
    change in dollars and per pupil (of the pupils after), the tier before and
    after. ``only_before`` and ``only_after`` are the units of one ledger alone,
    which the changes leave out and the sums have.
    """

    line: str
    units: pd.DataFrame
    only_before: pd.Series
    only_after: pd.Series
    statewide: pd.DataFrame

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
        return pd.Series(
            dtype=object,
            data={
                "units": len(self.units),
                "winners": len(self.winners),
                "losers": len(self.losers),
                "unchanged": len(self.unchanged),
                "sum of gains": self.winners["change"].sum(),
                "sum of losses": self.losers["change"].sum(),
                "before, of units in one alone": self.only_before.sum(),
                "after, of units in one alone": self.only_after.sum(),
                "before, all units": self.units["before"].sum() + self.only_before.sum(),
                "after, all units": self.units["after"].sum() + self.only_after.sum(),
            },
        )

    def to_csv(self, path: str | PathLike[str]) -> None:
        """Every unit, as a CSV file; names that a spreadsheet would compute are kept text."""
        frame = self.units
        if "name" in frame:
            frame = frame.assign(name=frame["name"].map(guarded))
        frame.to_csv(path, lineterminator="\n")

    def to_text(self) -> str:
        """Plain text: the sums, the largest changes, the moves, the statewide numbers."""
        return (
            "\n\n".join(
                f"{title}\n{frame.to_string(float_format=_amount)}"
                for title, frame in self._tables()
            )
            + "\n"
        )

    def to_html(self) -> str:
        """The same as HTML, all text escaped."""
        with pd.option_context("display.max_colwidth", None):
            return self._html()

    def _html(self) -> str:
        return "\n".join(
            f"<h3>{escape(title)}</h3>\n{frame.to_html(float_format=_amount)}"
            for title, frame in self._tables()
        )

    def _repr_html_(self) -> str:
        return self.to_html()

    def __str__(self) -> str:
        """Plain text."""
        return self.to_text()

    def _tables(self) -> list[tuple[str, pd.DataFrame]]:
        tables = [
            (f"{self.line}: before and after", self.summary.to_frame("")),
            ("Largest gains", self.winners.head(_SHOWN)),
            ("Largest losses", self.losers.head(_SHOWN)),
            ("Units by tier before (rows) and after (columns)", self.moved),
            ("Statewide numbers that change", self.statewide[self.statewide["change"] != 0]),
        ]
        shown = [(title, frame) for title, frame in tables if len(frame)]
        return [(title, _printable(frame)) for title, frame in shown]


def _amount(number: float) -> str:
    """Cents, and of what is less than a dollar six decimals."""
    return f"{number:,.2f}" if abs(number) >= 1 or number == 0 else f"{number:,.6f}"


def _printable(frame: pd.DataFrame) -> pd.DataFrame:
    if "name" not in frame:
        return frame
    return frame.assign(name=frame["name"].map(printable, na_action="ignore"))


def compare(before: Ledger, after: Ledger, line: str = "tier_funding") -> Comparison:
    """Compare a line of dollars between two ledgers, unit by unit and statewide.

    Args:
        before: A ledger of one state.
        after: Another: a scenario of it, or another year.
        line: The line compared, one number a unit.

    Raises:
        InputError: where a ledger has several scenarios or lacks the line.
    """
    faults = [
        fault
        for name, ledger in (("before", before), ("after", after))
        for fault in _faults(name, ledger, line)
    ]
    if faults:
        raise InputError(faults)
    old, new = before.units, after.units
    both = new.index[new.index.isin(old.index)]
    shown = [name for name in ("name", "organization_type") if name in new]
    units = new.loc[both, shown].copy()
    if _TIER in new and _TIER in old:
        units["tier_before"], units["tier_after"] = old.loc[both, _TIER], new.loc[both, _TIER]
    units["before"], units["after"] = old.loc[both, line], new.loc[both, line]
    units["change"] = (units["after"] - units["before"]).round(CENTS)
    if _PUPILS in new:
        pupils = new.loc[both, _PUPILS]
        units["change_per_student"] = (units["change"] / pupils).where(pupils > 0)
    statewide = pd.DataFrame({"before": before.statewide, "after": after.statewide})
    return Comparison(
        line=line,
        units=units,
        only_before=old.loc[~old.index.isin(new.index), line],
        only_after=new.loc[~new.index.isin(old.index), line],
        statewide=statewide.assign(change=statewide["after"] - statewide["before"]),
    )


def _faults(name: str, ledger: Ledger, line: str) -> list[Fault]:
    if ledger.scenarios is not None:
        fix = "choose one: ledger.scenario(name)"
        return [Fault(name, "scenario", "several scenarios", "a ledger of one state", fix=fix)]
    if line not in ledger.units or not is_numeric_dtype(ledger.units[line]):
        return [Fault(name, line, "no such column", "a line with one number a unit")]
    return []
