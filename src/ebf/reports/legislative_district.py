"""The units of one House or Senate district: what each gets, and what a bill changes of it.

Holds: DISTRICTS, chamber_in, no_chamber, district_in, no_district, found_in, LegislativeDistrict,
units_compared, district_of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from os import PathLike
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pandas as pd

from ebf.faults import Fault, Place, described, out_of_range
from ebf.files import write_file
from ebf.language.measure import Measure
from ebf.law.funding.tiers import TIER_NAMES
from ebf.ledger import Ledger, units_with
from ebf.numbers import number_of
from ebf.show.answer import Answer
from ebf.show.document import Document, Paragraph, Table
from ebf.show.words import dollars
from ebf.units.csv_and_parquet import write_csv
from ebf.what_if.comparison import Comparison

DISTRICTS: Final[Mapping[str, int]] = MappingProxyType({"House": 118, "Senate": 59})
"""The chambers, and how many districts each has: Ill. Const. 1970, art. IV, sec. 1."""

_FUNDS: Final = "new_state_funds"
_MONEY, _TIER, _PUPILS = "tier_funding", "tier", "average_student_enrollment"
_PERCENT: Final = "final_percent_of_adequacy"
_TIERS: Final = ["tier_before", "tier_after"]
_CHANGES: Final = ("before", "after", "change", "change_per_student")
_MEASURES: Final = {
    "share": Measure.SHARE,
    _PUPILS: Measure.STUDENTS,
    **dict.fromkeys((_TIER, *_TIERS), Measure.TIER),
    # percents, as people call them
    **dict.fromkeys((_PERCENT, f"{_PERCENT}_before", f"{_PERCENT}_after"), Measure.SHARE),
    **dict.fromkeys((_MONEY, "before", "after", "change"), Measure.DOLLARS),
    "change_per_student": Measure.DOLLARS_PER_STUDENT,
    **dict.fromkeys((f"{_MONEY}_in_district", "change_in_district"), Measure.DOLLARS),
}
_OF_MONEY: Final = (
    *("name", "share", _MONEY, *_CHANGES),
    *(f"{_MONEY}_in_district", "change_in_district"),
)
"""What stands in the table of money, which is as wide as a page; the rest in one of its own."""
_TOTALS: Final = {
    "units": Measure.COUNT,
    "units that move tier": Measure.COUNT,
    "pupils in the district": Measure.STUDENTS,
    "new money in the district": Measure.DOLLARS,
    "new money in the district, before": Measure.DOLLARS,
    "new money in the district, after": Measure.DOLLARS,
    "change in the district": Measure.DOLLARS,
    "change in the district, per pupil": Measure.DOLLARS_PER_STUDENT,
    "new money of its whole units": Measure.DOLLARS,
    "change of its whole units": Measure.DOLLARS,
    "new money of all units of the state": Measure.DOLLARS,
    "change of all units of the state": Measure.DOLLARS,
}
_OF_STATE: Final = "of all units of the state"
_HALF_A_CENT: Final = 0.005
_NAMED: Final = 5
"""Units that move tier which the opening names; of more it says how many."""


# --- What is asked for -------------------------------------------------------------------


def chamber_in(said: object) -> str | None:
    """The chamber that is meant; None for what is none."""
    meant = said.strip().capitalize() if isinstance(said, str) else ""
    return meant if meant in DISTRICTS else None


def no_chamber(place: Place, said: object) -> Fault:
    """What is said is no chamber."""
    return out_of_range(place, found_in(said), " or ".join(DISTRICTS))


def district_in(chamber: str, said: object) -> int | None:
    """The number of a district of a chamber; None for what is none."""
    number = number_of(said)
    is_one = number is not None and 1 <= number <= DISTRICTS[chamber] and number == number // 1
    return int(number) if number is not None and is_one else None


def no_district(place: Place, chamber: str, said: object) -> Fault:
    """What is said is no district of the chamber."""
    allowed = f"a district of the {chamber}, 1 to {DISTRICTS[chamber]}"
    return out_of_range(place, found_in(said), allowed)


def found_in(cell: object) -> str:
    """A cell as it was found."""
    number = number_of(cell)
    if number is None:
        return described(cell)
    return "blank" if np.isnan(number) else f"{number:.15g}"


# --- The answer --------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LegislativeDistrict(Answer):
    """One legislative district; made by :meth:`Legislative.district`.

    ``units`` has a row a unit with a part in the district: name and kind, the ``share`` of it
    that is in the district, and pupils, tier, percent of adequacy and new money of the whole
    unit. Where two ledgers are compared, tier, percent and money are there ``before`` and
    ``after``, with the ``change``, in dollars and per pupil, and ``change_in_district``, the
    share of it; else there is ``tier_funding_in_district``. ``totals`` are the district's,
    units by their shares. ``in_words`` says in a sentence or three what comes to it.
    """

    chamber: str
    number: int
    fiscal_year: int
    in_words: str
    units: pd.DataFrame
    totals: pd.Series[float]

    def to_csv(self, path: str | PathLike[str]) -> None:
        """A row a unit, as a CSV file, safe to open with a spreadsheet.

        Raises OSError where the file cannot be written.
        """
        write_file(path, partial(write_csv, self.units))

    @property
    def title(self) -> str:
        """What it is called."""
        compared = ", before and after" if "change_in_district" in self.units else ""
        return f"{self.chamber} District {self.number}, FY{self.fiscal_year}: new money{compared}"

    @property
    def document(self) -> Document:
        """What it shows: what comes to the district in words, then every unit."""
        title, *rest = super().document.blocks
        return Document((title, Paragraph(self.in_words, lead=True), *rest))

    @property
    def _year(self) -> int:
        return self.fiscal_year

    def _tables(self) -> list[Table]:
        totals = self.totals.to_frame("value").rename_axis("what")
        of_rows = tuple(_TOTALS[str(each)] for each in totals.index)
        of_money = [name for name in self.units if name in _OF_MONEY]
        others = [name for name in self.units if name not in of_money or name == "name"]
        return [
            Table.of("totals", "The district", totals, of_rows=of_rows),
            Table.of("money", "New money of its units", self.units[of_money], _MEASURES),
            Table.of("units", "Its units", self.units[others], _MEASURES),
        ]


# --- What it is made of ------------------------------------------------------------------


def units_compared(ledger: Ledger, before: Ledger | None, found: Comparison | None) -> pd.DataFrame:
    """What is shown of every unit: name, kind and pupils; tier, percent and new money, or both."""
    now = units_with(ledger, (_PUPILS, _TIER, _PERCENT, _MONEY))
    own = {name: now[name] for name in ("name", "organization_type", _PUPILS) if name in now}
    if before is None or found is None:
        own |= {name: now[name] for name in (_TIER, _PERCENT, _MONEY) if name in now}
        return pd.DataFrame(own, index=now.index)
    compared, then = found.units, units_with(before, (_PERCENT,))
    own |= {name: compared[name] for name in _TIERS if name in compared}
    if _PERCENT in now and _PERCENT in then:
        own |= {f"{_PERCENT}_before": then[_PERCENT], f"{_PERCENT}_after": now[_PERCENT]}
    own |= {name: compared[name] for name in _CHANGES if name in compared}
    return pd.DataFrame(own, index=now.index)


def district_of(
    chamber: str,
    number: int,
    units: pd.DataFrame,
    shares: pd.Series[float],
    compared: Comparison | None,
    rests_on: Iterable[str],
    left_out: Iterable[str],
    **more: Any,
) -> LegislativeDistrict:
    """The answer, from every unit of the state and the shares that the district has of some.

    ``more`` are its fiscal year and its sources.
    """
    of_units = units.loc[shares.index]
    labels = [name for name in ("name", "organization_type") if name in units]
    of_units.insert(len(labels), "share", shares)
    if compared is None:
        of_units[f"{_MONEY}_in_district"] = shares * of_units[_MONEY]
    else:
        of_units["change_in_district"] = shares * of_units["change"]
    totals = _totals(of_units, units, shares)
    return LegislativeDistrict(
        chamber=chamber,
        number=number,
        in_words=" ".join(_in_words(f"{chamber} District {number}", of_units, totals, compared)),
        units=of_units,
        totals=totals,
        assumptions=tuple(rests_on),
        left_out=tuple(left_out),
        **more,
    )


def _totals(
    of_units: pd.DataFrame, state: pd.DataFrame, shares: pd.Series[float]
) -> pd.Series[float]:
    """The sums of the district, by shares and of whole units, beside those of the state."""
    found: dict[str, float] = {"units": len(of_units)}
    moved = _moved(of_units)
    if moved is not None:
        found["units that move tier"] = len(moved)
    pupils = (shares * of_units[_PUPILS]).sum() if _PUPILS in of_units else None
    if pupils is not None:
        found["pupils in the district"] = pupils
    if "change" not in of_units:
        found["new money in the district"] = (shares * of_units[_MONEY]).sum()
        found["new money of its whole units"] = of_units[_MONEY].sum()
        found["new money of all units of the state"] = state[_MONEY].sum()
    else:
        found["new money in the district, before"] = (shares * of_units["before"]).sum()
        found["new money in the district, after"] = (shares * of_units["after"]).sum()
        found["change in the district"] = change = (shares * of_units["change"]).sum()
        if pupils:
            found["change in the district, per pupil"] = change / pupils
        found["change of its whole units"] = of_units["change"].sum()
        found["change of all units of the state"] = state["change"].sum()
    return pd.Series(found, dtype=float)


def _moved(of_units: pd.DataFrame) -> pd.DataFrame | None:
    """The units whose tier is another after than before; None where the tiers are not known."""
    if not {*_TIERS} <= {*of_units}:
        return None
    return of_units[of_units["tier_before"] != of_units["tier_after"]]


# --- What is said ------------------------------------------------------------------------


def _in_words(
    name: str, of_units: pd.DataFrame, totals: pd.Series[float], compared: Comparison | None
) -> Iterator[str]:
    """What comes to the district, in sentences."""
    if of_units.empty:
        yield f"No unit that was handed over is in {name}, so nothing comes to it here."
        return
    count = len(of_units)
    who = f"The unit of {name} gets" if count == 1 else f"The {count:,} units of {name} get"
    whose = "its share" if count == 1 else "their shares"
    by_share = f", counted by {whose} in it" if (of_units["share"] < 1).any() else ""
    if compared is None:
        money, state = (totals[f"new money {of}"] for of in ("in the district", _OF_STATE))
        yield f"{who} {dollars(money)} of new money{by_share}, of {dollars(state)} in the state."
        return
    then, now = (totals[f"new money in the district, {when}"] for when in ("before", "after"))
    change = totals["change in the district"]
    if abs(change) < _HALF_A_CENT:
        yield f"{who} as much new money as before{by_share}: {dollars(now)}."
    else:
        yield f"{who} {_more(change)}{by_share}: {dollars(now)} instead of {dollars(then)}."
    if _FUNDS in compared.statewide.index:
        funds = compared.statewide["change"].to_dict()[_FUNDS]
        same = "The state has as much to distribute as before."
        more = f"The state has {_more(funds)} to distribute."
        yield same if abs(funds) < _HALF_A_CENT else more
    moved = _moved(of_units)
    if moved is not None:
        yield _of_moved(moved)


def _more(change: float) -> str:
    return f"{dollars(abs(change))} {'more' if change > 0 else 'less'} new money"


def _of_moved(moved: pd.DataFrame) -> str:
    """Who moves tier, and from which to which."""
    if moved.empty:
        return "None moves tier."
    named = moved.get("name", pd.Series(moved.index, moved.index))
    each = [
        f"{unit if pd.isna(name) else name} ({TIER_NAMES[then]} to {TIER_NAMES[now]})"
        for unit, name, then, now in zip(
            moved.index, named, moved["tier_before"], moved["tier_after"], strict=True
        )
    ]
    more = len(each) - _NAMED
    rest = f", and {more:,} more" if more > 0 else ""
    verb = "unit moves" if len(each) == 1 else "units move"
    return f"{len(each):,} {verb} tier: {', '.join(each[:_NAMED])}{rest}."
