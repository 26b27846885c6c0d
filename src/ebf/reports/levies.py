"""A table of districts' levies, checked as a whole and computed by the statutes of tax limits.

Holds: Levies, NO_ID, levy_law, ledger_of_levies.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf
from os import PathLike
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd

from ebf.engine.record import check_one_state
from ebf.faults import (
    Fault,
    FaultKind,
    InputError,
    Place,
    check_type,
    contradiction,
    described,
    missing,
    out_of_range,
    wrong_type,
)
from ebf.language.measure import Measure
from ebf.law.columns import KINDS
from ebf.law.names import column_of, columns_of, entries, name_behind
from ebf.law.parameters import Law, law
from ebf.law.tax_limits import TAX_LIMITS
from ebf.law.tax_limits.extension_limitation import price_change_by_index
from ebf.law.tax_limits.funds import CHICAGO_CITES, CITES
from ebf.ledger import Ledger, calculate
from ebf.numbers import Amount, number_of
from ebf.units.handed_over import handed_over, ids_of_rows
from ebf.units.ids import ID, is_blank_cell
from ebf.units.table import column_faults, names_of

Levies: TypeAlias = "pd.DataFrame | Mapping[str, Any]"
"""A row a district, or one district by the names of the columns."""

NO_ID: Final = "0000000000000"
"""The id of a district that is handed over without one."""
_MOST_DECIMALS: Final = 12
_KIND, _CHICAGO, _PTELL = "organization_type", "article_34_district", "ptell_district"
_KINDS: Final = ("elementary", "high_school", "unit")
_CAPPED, _LEVY, _EAV = "capped", "levy", "current_eav"
_LAST: Final = tuple(
    f"capped_extension_{year}_preceding_levy_year" for year in ("first", "second", "third")
)
_GROWN: Final = ("new_property", "recovered_tax_increment", "annexed_property")
_OF_PTELL: Final = (
    *_LAST,
    *_GROWN,
    "disconnected_property",
    "voted_limiting_rate",
    "voted_extension_limitation",
    "new_rates_voted",
    "rate_decrease_voted",
    "reduced_by_petition",
    "extension_base_adjustment",
)
_ASSESSED: Final = ("assessed_value", "equalizer")
_TAKEN_OFF: Final = ("exemptions", "increment_areas_initial_eav", "increment_areas_current_eav")
_OF_CHICAGO: Final = (
    "school_finance_authority_rate",
    "capital_improvement_ceiling_last_year",
    "price_change_before_levy",
)
_PRICES: Final = "consumer_price_change"
_LIMITATION: Final = "35 ILCS 200/18-185"


def levy_law(
    levy_year: int,
    *,
    rate_decimals: int | None = None,
    price_index: tuple[float, float] | None = None,
    amounts: Mapping[str, Amount] | str | PathLike[str] | None = None,
    readings: Mapping[int, str] | None = None,
) -> Law:
    """The law of a levy year; see :func:`ebf.extension`."""
    own = law(levy_year, amounts, statute=TAX_LIMITS.section, readings=readings)
    if rate_decimals is not None:
        place, allowed = Place(argument="rate_decimals"), f"1 to {_MOST_DECIMALS} decimals"
        check_type("rate_decimals", rate_decimals, int, allowed)
        if not 1 <= rate_decimals <= _MOST_DECIMALS:
            raise InputError([out_of_range(place, described(rate_decimals), allowed)])
        own = own.with_amounts({"rate_parts": 10**rate_decimals}, source="as asked for")
    if price_index is None:
        return own
    return _with_index(own, price_index)


def _with_index(own: Law, price_index: Any) -> Law:
    """The law with the price change that two indexes give, the Decembers in their order."""
    place, allowed = Place(argument="price_index"), "two indexes above 0: (December before, last)"
    numbers = price_index if isinstance(price_index, (tuple, list)) else ()
    found = [number_of(each) or 0.0 for each in numbers]
    if len(found) != len(("before", "last")) or not all(0 < each < inf for each in found):
        raise InputError([wrong_type(place, described(price_index), allowed, _LIMITATION)])
    known = own.in_force.get(_PRICES)
    if known is not None and known.fiscal_year is None:
        twice = f"{_PRICES} too"
        raise InputError([contradiction(place, twice, "one of the two", _LIMITATION)])
    before, last = found
    change = max(0.0, price_change_by_index(last, before))
    source = f"index {before:g} to {last:g}"
    return own.with_amounts({_PRICES: change}, source=source)


def ledger_of_levies(levies: Levies, own: Law) -> Ledger:
    """The levies computed; InputError with every fault of theirs."""
    check_type("levies", levies, (pd.DataFrame, Mapping), "a table, or one district's columns")
    single = isinstance(levies, Mapping)
    said = handed_over(pd.DataFrame([{ID: NO_ID, **levies}]) if single else levies, "levies")
    frame = _completed(said, own)
    given = [_CAPPED] if _CAPPED in map(name_behind, names_of(frame)) else []
    faults = [*_Checks(said, frame, own).faults()]
    try:
        ledger = calculate(frame, own, given=given)
    except InputError as error:
        own_too = [f for f in error.faults if not (faults and f.kind is FaultKind.NO_RESULT)]
        raise InputError([*faults, *map(_with_our_fix, own_too)]) from error
    if faults:
        raise InputError(faults)
    check_one_state(ledger)
    if _EAV in ledger.computed and (faults := [*_without_property(ledger)]):
        raise InputError(faults)
    return ledger


def _with_our_fix(fault: Fault) -> Fault:
    """A fault of the price change with how an extension takes it."""
    if fault.place.column != _PRICES:
        return fault
    amount = f"amounts={{{_PRICES!r}: ...}} (--amounts), a share"
    return replace(fault, fix=f"price_index=(December before, last) (--price-index), or {amount}")


def _without_property(ledger: Ledger) -> Iterator[Fault]:
    """Districts whose EAV comes to nothing, or under PTELL that without growth."""
    shape = (len(ledger.table.unit_ids),)
    names = (_EAV, "eav_without_growth", _PTELL)
    columns = [np.broadcast_to(ledger.everything[n][0].ravel(), shape).tolist() for n in names]
    for unit, eav, left, limited in zip(ledger.table.unit_ids, *columns, strict=True):
        if not eav > 0:
            place, allowed = Place(unit=unit, column=_EAV), "an EAV above 0 to levy on"
            fix = "assessed_value x equalizer, less exemptions and increments"
            yield out_of_range(place, f"{eav:.15g}, as it is computed", allowed, "17-2", fix)
        elif limited and not left > 0:
            yield _all_new(unit, left)


def _all_new(unit: str, left: float) -> Fault:
    """A district under PTELL without property that was there last year."""
    place = Place(unit=unit, column="eav_without_growth")
    allowed = "above 0: what is new is part of current_eav"
    return contradiction(place, f"{left:.15g}", allowed, _LIMITATION)


def _completed(said: pd.DataFrame, own: Law) -> pd.DataFrame:
    """The table with a levy of 0 for funds that are left out, and every fund's flag."""
    frame = said.copy()
    levied = [name for name in columns_of(_LEVY) if name in frame]
    if not levied:
        place, allowed = Place("table", column="levy_education"), "a column levy_FUND at least"
        lacking = missing(place, "no levy of any fund", allowed, "17-11")
        raise InputError([lacking, *column_faults(frame, own.section)])
    cells = frame[levied].astype(object)
    frame[levied] = cells.mask(cells.map(_is_empty), 0.0)
    new = {name: 0.0 for name in columns_of(_LEVY) if name not in levied}
    if any(name in frame for name in columns_of(_CAPPED)):
        under = np.array([_number(each, is_flag=True) for each in _cells(frame, _PTELL)]) > 0
        usual = own.value("fund_within_limitation").ravel()
        for name, is_within in zip(columns_of(_CAPPED), usual, strict=True):
            default = pd.Series(under * is_within, frame.index)
            frame[name] = (
                frame[name].mask(frame[name].map(_is_empty), default) if name in frame else default
            )
    return frame.assign(**new)


def _is_empty(cell: object) -> bool:
    """Whether a cell holds nothing, or text without a word."""
    return is_blank_cell(cell) or (isinstance(cell, str) and not cell.strip())


def _cells(frame: pd.DataFrame, name: str) -> list[Any]:
    return frame[name].tolist() if name in frame else [0.0] * len(frame)


def _number(cell: Any, *, is_flag: bool) -> float:
    """A cell's number; 0 for a blank, and for what the table's own check refuses."""
    number = number_of(cell, is_flag=is_flag)
    return 0.0 if number is None or np.isnan(number) else number


@dataclass(frozen=True)
class _Checks:
    """What the lines have no rule for, or would take for nothing where it is not known."""

    said: pd.DataFrame
    frame: pd.DataFrame
    law: Law

    def faults(self) -> Iterator[Fault]:
        """Every fault of every district."""
        for row, unit in enumerate(ids_of_rows(self.frame)):
            yield from self._uncovered(row, unit)
            yield from self._votes(row, unit)
            yield from self._property(row, unit)
            yield from self._unread(row, unit)
            if self._of(_PTELL, row):
                yield from self._under_ptell(row, unit)
            else:
                yield from self._capped_elsewhere(row, unit)

    @cached_property
    def _numbers(self) -> dict[str, list[float]]:
        """The numbers of every column."""
        flags = {
            n: e.about.measure is Measure.FLAG for n, e in entries().items() if n in self.frame
        }
        return {
            name: [_number(each, is_flag=is_flag) for each in _cells(self.frame, name)]
            for name, is_flag in flags.items()
        }

    @cached_property
    def _kinds(self) -> list[str]:
        """The kind of every district; empty for what the table's own check refuses."""
        cells = _cells(self.frame, _KIND)
        return [each if isinstance(each, str) and each in KINDS else "" for each in cells]

    def _of(self, name: str, row: int) -> float:
        """A number of a district; 0 where it is blank."""
        return self._numbers[name][row] if name in self._numbers else 0.0

    def _is_blank(self, name: str, row: int) -> bool:
        """Whether it was not handed over."""
        return name not in self.said or _is_empty(self.said[name].iloc[row])

    def _flag(self, name: str) -> dict[str, bool]:
        """A parameter that says yes or no of every fund."""
        return dict(zip(CITES, self.law.value(name).ravel() > 0, strict=True))

    def _levied(self, row: int) -> list[str]:
        return [fund for fund in CITES if self._of(f"{_LEVY}_{fund}", row)]

    def _uncovered(self, row: int, unit: str) -> Iterator[Fault]:
        """Districts and funds that no rule is at hand for (reading 5)."""
        kind, in_chicago = self._kinds[row], self._of(_CHICAGO, row) > 0
        if kind and kind not in _KINDS:
            place, allowed = Place(unit=unit, column=_KIND), f"one of {', '.join(_KINDS)}"
            yield out_of_range(place, kind, f"{allowed}: of others no ceilings are at hand", "17-2")
            return
        covered = self._flag("fund_in_chicago" if in_chicago else "fund_outside_chicago")
        where = "in Chicago" if in_chicago else "outside Chicago"
        for fund in self._levied(row):
            if not covered[fund]:
                column = f"{_LEVY}_{fund}"
                place, found = Place(unit=unit, column=column), f"{self._of(column, row):.15g}"
                allowed = f"0: no rule for this fund {where} is at hand (reading 5)"
                yield out_of_range(place, found, allowed, CITES[fund])
        capital = ("capital_improvement_ceiling_last_year", "price_change_before_levy")
        if in_chicago and "capital_improvement" in self._levied(row):
            for name in capital:
                if self._is_blank(name, row):
                    cite, allowed = CHICAGO_CITES["capital_improvement"], column_of(name).label
                    fix = "0 where there was none"
                    yield missing(Place(unit=unit, column=name), "blank", allowed, cite, fix)

    def _votes(self, row: int, unit: str) -> Iterator[Fault]:
        """Votes that end, and units that are formed."""
        years = dict(zip(CITES, self.law.value("referendum_years").ravel(), strict=True))
        for fund, most in years.items():
            name = f"levies_since_referendum_{fund}"
            if most and self._of(f"referendum_rate_{fund}", row) and self._is_blank(name, row):
                allowed = f"levies made by the vote before this one: it lasts {most:.0f}"
                yield missing(Place(unit=unit, column=name), "blank", allowed, CITES[fund])
        formed, rate = "formed_of_coterminous_districts", "predecessors_education_rate"
        if self._of(formed, row):
            if self._kinds[row] != "unit" or self._of(_CHICAGO, row):
                place, allowed = Place(unit=unit, column=formed), "0: only a unit district is"
                yield contradiction(place, "1", allowed, "17-3")
            if self._is_blank(rate, row):
                place, allowed = Place(unit=unit, column=rate), column_of(rate).label
                yield missing(place, "blank", allowed, "17-3")

    def _property(self, row: int, unit: str) -> Iterator[Fault]:
        """An EAV to levy on."""
        if _EAV in self.frame and not self._of(_EAV, row) > 0:
            found = "blank" if self._is_blank(_EAV, row) else f"{self._of(_EAV, row):.15g}"
            place, allowed = Place(unit=unit, column=_EAV), "an EAV above 0 to levy on"
            yield out_of_range(place, found, allowed, "17-2")
        old = self._of(_EAV, row) + self._of("disconnected_property", row)
        left = old - sum(self._of(name, row) for name in _GROWN)
        if self._of(_PTELL, row) and self._of(_EAV, row) > 0 and left <= 0:
            yield _all_new(unit, left)

    def _unread(self, row: int, unit: str) -> Iterator[Fault]:
        """What no line reads of such a district."""
        is_chicago, is_limited = self._of(_CHICAGO, row) > 0, self._of(_PTELL, row) > 0
        kind = self._kinds[row]
        greatest = self.law.value("referendum_rate_as_voted").ravel()
        if kind in _KINDS:
            greatest = greatest + self.law.value(f"greatest_referendum_rate.{kind}").ravel()
        without_effect = {
            **dict.fromkeys(_OF_PTELL, "" if is_limited else f"{_PTELL} is 0"),
            **dict.fromkeys(_OF_CHICAGO, "" if is_chicago else f"{_CHICAGO} is 0"),
            _CHICAGO: "" if kind in {"unit", ""} else f"{_KIND} is {kind}",
        }
        if _EAV in self.said and not set(_ASSESSED) <= set(self.said.columns):
            taken = f"{_EAV} is as it was handed over; without it give {' and '.join(_ASSESSED)}"
            without_effect |= dict.fromkeys((*_ASSESSED, *_TAKEN_OFF), taken)
        if not self._of("formed_of_coterminous_districts", row):
            without_effect["predecessors_education_rate"] = "formed_of_coterminous_districts is 0"
        for fund, most in zip(CITES, greatest, strict=True):
            none = f"{_CHICAGO} is 1" if is_chicago else "" if most else "the fund has no such vote"
            without_effect[f"referendum_rate_{fund}"] = none
        for name, why in without_effect.items():
            if why and self._of(name, row):
                place, found = Place(unit=unit, column=name), f"{self._of(name, row):.15g}"
                yield contradiction(place, found, f"0: {why}", column_of(name_behind(name)).cite)

    def _under_ptell(self, row: int, unit: str) -> Iterator[Fault]:
        """What the limiting rate starts from."""
        if not self._of("voted_limiting_rate", row):
            for name in _LAST:
                if self._is_blank(name, row):
                    allowed, fix = column_of(name).label, "0 where there was none"
                    place = Place(unit=unit, column=name)
                    yield missing(place, "blank", allowed, _LIMITATION, fix)
            if not self._is_blank(_LAST[0], row) and not any(self._of(n, row) for n in _LAST):
                place, allowed = Place(unit=unit, column=_LAST[0]), "an extension above 0"
                fix = "or the rate that voters approved: voted_limiting_rate (18-190)"
                yield out_of_range(place, "0 in all three years", allowed, _LIMITATION, fix)
        limitation = self._of("voted_extension_limitation", row)
        if limitation and self._of("voted_limiting_rate", row):
            place = Place(unit=unit, column="voted_extension_limitation")
            allowed = "0: the limiting rate is the one voted, voted_limiting_rate"
            yield contradiction(place, f"{limitation:.15g}", allowed, "35 ILCS 200/18-190")
        if self._of(_CHICAGO, row):
            for fund in ("capital_improvement", "teachers_pension"):
                name = f"{_CAPPED}_{fund}"
                if fund in self._levied(row) and self._is_blank(name, row):
                    allowed = "1 or 0: whether it is within the aggregate extension (reading 8)"
                    yield missing(Place(unit=unit, column=name), "blank", allowed, "34-53")

    def _capped_elsewhere(self, row: int, unit: str) -> Iterator[Fault]:
        for name in columns_of(_CAPPED):
            if name in self.frame and self._of(name, row):
                place, allowed = Place(unit=unit, column=name), f"0: {_PTELL} is 0"
                yield contradiction(place, "1", allowed, _LIMITATION)
