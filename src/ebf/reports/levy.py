"""What one district's levy does to its state money: from the levy to tier funding.

Holds: RATE_READ_AFTER, LevyImpact, levy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from ebf.faults import (
    InputError,
    Place,
    check_type,
    contradiction,
    missing,
    out_of_range,
    unsuitable_name,
)
from ebf.files import known_sources
from ebf.language.measure import Measure
from ebf.law.names import column_of
from ebf.law.parameters import Law
from ebf.law.years import FIRST_YEAR
from ebf.ledger import Ledger, calculate, name_of
from ebf.numbers import Amount, number_of
from ebf.reports.extension import Extension, extension
from ebf.show.answer import Answer
from ebf.show.document import Table
from ebf.show.words import dollars
from ebf.units.ids import ID, frame_of, is_blank_cell
from ebf.what_if.data_impact import DataImpact, data_impact

RATE_READ_AFTER: Final = 3
"""Years from a levy to the fiscal year that reads its rate: FY2022 reads tax year 2019."""

_RATE: Final = "operating_tax_rate"
_MONEY: Final = "tier_funding"
_LIMIT: Final = "ptell_limiting_rate"
_EAV: Final = "original_eav_first_preceding_tax_year"
_BETWEEN: Final = (
    "adjusted_operating_tax_rate",
    "real_receipts",
    "adjusted_local_capacity_target",
    "final_resources",
    "final_percent_of_adequacy",
)
"""The lines from the rate to the percent, each of which may stand in the way of the next."""
_SHOWN: Final = (_RATE, *_BETWEEN, "tier", _MONEY)
_WAYS: Final = ("re_solved", "held_fixed")
_EXTENDED: Final = "operating extension, on the formula's EAV"
_EACH: Final = ", for each dollar extended"
_PTELL, _CHICAGO = "ptell_district", "article_34_district"
_OF_STATE: Final = ("organization_type", _PTELL, _CHICAGO)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LevyImpact(Answer):
    """What :func:`levy` found.

    ``frame`` has a row a line from the operating rate to tier funding: ``before``; with the
    levy, the state ``re_solved`` and ``held_fixed``; the change of each. ``effect`` is what the
    extension changes by, and what each dollar of that does to new money. ``reached`` are the
    fiscal years that read the levy year. ``extension`` is the levy held against its limits
    (None where a rate was handed over), ``impact`` the whole of what changes.
    """

    unit_id: str
    name: str
    fiscal_year: int
    levy_year: int
    frame: pd.DataFrame
    effect: pd.DataFrame
    reached: pd.DataFrame
    extension: Extension | None
    impact: DataImpact

    @property
    def title(self) -> str:
        """What it is called."""
        name = f" {self.name}" if self.name else ""
        return f"Levy of {self.levy_year} in FY{self.fiscal_year}'s funding: {self.unit_id}{name}"

    @property
    def _year(self) -> int:
        return self.fiscal_year

    def _tables(self) -> list[Table]:
        limits = [] if self.extension is None else self.extension.limits()
        measures = tuple(column_of(name).measure for name in self.frame.index)
        effect = tuple(
            Measure.RATIO if each.endswith(_EACH) else Measure.DOLLARS for each in self.effect.index
        )
        return [
            *limits,
            Table.of("unit", "From the levy to state money", self.frame, of_rows=measures),
            Table.of("effect", "Dollar for dollar", self.effect, of_rows=effect),
            Table.of("reached", "Fiscal years that read this levy year", self.reached),
        ]


def levy(
    units: pd.DataFrame,
    law: Law,
    unit_id: str,
    levies: Mapping[str, Any],
    *,
    rate_decimals: int | None = None,
    amounts: Mapping[str, Amount] | None = None,
) -> LevyImpact:
    """Put one district's levy into the state, and show what becomes of its state money.

    Args:
        units: As :func:`ebf.calculate` takes it, of one state, with the raw tax rates.
        law: The numbers of the fiscal year; it reads the rate of the levy three years before.
        unit_id: The district, by its id in any form or its name.
        levies: What it levies: the columns of :func:`ebf.extension` (``levy_education`` and so
            on); kind, flags and, where ``current_eav`` is left out, the original EAV are the
            table's. Or ``{"operating_tax_rate": 0.035}`` alone.
        rate_decimals: As :func:`ebf.extension` takes them.
        amounts: Numbers of the levy year's law, as :func:`ebf.extension` takes them.

    Raises:
        InputError: every fault of the levy; a table that has no raw rates, with what stands
            in the way.
    """
    check_type("levies", levies, Mapping, "levies of funds by their columns, or operating_tax_rate")
    table = frame_of(units)
    before = calculate(table, law)
    unit = before.unit_id(unit_id)
    _check_raw(before, unit)
    options = {"rate_decimals": rate_decimals, "amounts": amounts}
    options = {name: said for name, said in options.items() if said is not None}
    rate, extended = _rate_of(before, unit, levies, options)
    impact = data_impact(table, law, unit, {_RATE: rate})
    shown = [name for name in _SHOWN if name in impact.frame.index]
    frame = impact.frame.loc[shown].drop(columns=["title", "cite"])
    return LevyImpact(
        sources=known_sources(units=before.source),
        unit_id=unit,
        name=name_of(before, unit),
        fiscal_year=law.fiscal_year,
        levy_year=law.fiscal_year - RATE_READ_AFTER,
        frame=frame,
        effect=_effect(before, unit, frame),
        reached=_reached(law.fiscal_year - RATE_READ_AFTER),
        extension=extended,
        impact=impact,
        assumptions=tuple(_assumptions(impact, extended, levies)),
        left_out=_LEFT_OUT,
    )


def _check_raw(before: Ledger, unit: str) -> None:
    """Refuse a table whose funding does not come from the district's raw rate."""
    given = [name for name in _BETWEEN if name in before.values and name not in before.computed]
    if given or _RATE not in before.values:
        lacking = _RATE if _RATE not in before.values else given[0]
        found = f"given in the table: {', '.join(given)}" if given else "no such column"
        place, allowed = Place(unit=unit, column=lacking), "raw tax rates and EAV of every district"
        fix = (
            "a Base Calc sheet has results alone: read the full workbook (ebf.read_full_calc), "
            "or give the district's property by ebf.own_counts (ebf template)"
        )
        raise InputError([missing(place, found, allowed, "18-8.15(d)(1)", fix)])


def _rate_of(
    before: Ledger, unit: str, levies: Mapping[str, Any], options: Mapping[str, Any]
) -> tuple[float, Extension | None]:
    """The operating rate that the levy makes, and the levy held against its limits."""
    row = before.units.loc[unit]
    if not row.get("is_district", 1):
        place, allowed = Place(unit=unit, column="organization_type"), "a district, which levies"
        raise InputError([out_of_range(place, str(row["organization_type"]), allowed, "17-2")])
    if _RATE in levies:
        return _rate_alone(unit, levies, options), None
    year = before.law.fiscal_year - RATE_READ_AFTER
    said = _filled(levies)
    of_table: dict[str, Any] = {name: row[name] for name in _OF_STATE if name in row}
    if not {"current_eav", "assessed_value"} & said.keys() and _EAV in row:
        of_table["current_eav"] = row[_EAV]
    of_unit = {ID: unit, **of_table, **said}
    own = {ID: unit, "organization_type": row["organization_type"]}
    differing = [(name, each) for name, each in own.items() if str(of_unit[name]) != each]
    differing += [
        (name, f"{row[name]:g}")
        for name in (_PTELL, _CHICAGO)
        if name in row and number_of(of_unit[name], is_flag=True) != row[name]
    ]
    if differing:
        raise InputError(
            contradiction(
                Place(unit=unit, column=name), str(of_unit[name]), f"{each}, as the table has"
            )
            for name, each in differing
        )
    extended = extension(of_unit, year, **options)
    return float(extended.ledger.units["operating_rate_of_levy"].iloc[0]), extended


def _filled(levies: Mapping[str, Any]) -> dict[str, Any]:
    """What is handed over, without blanks: for them the table's stands."""
    return {name: each for name, each in levies.items() if not is_blank_cell(each)}


def _rate_alone(unit: str, levies: Mapping[str, Any], options: Mapping[str, Any]) -> float:
    """The rate that was handed over, beside which nothing may be."""
    others = [*(name for name in levies if name != _RATE), *options]
    if others:
        place = Place("levies", column=", ".join(map(str, others)))
        allowed = f"{_RATE} alone, or levies of funds without it"
        raise InputError([unsuitable_name(place, f"beside {_RATE}", allowed)])
    rate, about = number_of(levies[_RATE]), column_of(_RATE)
    if rate is None or not about.range[0] <= rate <= about.range[1]:
        place, found = Place(unit=unit, column=_RATE), str(levies[_RATE])
        raise InputError([out_of_range(place, found, about.allowed, about.cite)])
    return rate


def _effect(before: Ledger, unit: str, frame: pd.DataFrame) -> pd.DataFrame:
    """What the extension changes by, and new money by it; a dollar of the one by the other."""
    eav = before.units["real_eav_first_preceding_tax_year"].to_dict()[unit]
    changes = {way: frame[f"change_{way}"].to_dict() for way in _WAYS}
    extended = changes["re_solved"][_RATE] * eav
    rows = {_EXTENDED: [extended, extended]}
    for name in ("real_receipts", "adjusted_local_capacity_target", _MONEY):
        if name in frame.index:
            change = [changes[way][name] for way in _WAYS]
            rows[name] = change
            if extended:
                rows[f"{name}{_EACH}"] = [each / extended for each in change]
    return pd.DataFrame.from_dict(rows, orient="index", columns=[*_WAYS]).rename_axis("change of")


def _reached(levy_year: int) -> pd.DataFrame:
    """The fiscal years that read a levy year, and what of it."""
    first = levy_year + RATE_READ_AFTER
    rows = [
        (first, "operating tax rate; EAV, the latest of three years", "18-8.15(d)(1), (4)"),
        (first, "under PTELL limiting rate and EAV of the base year", "18-8.15(d)(4)"),
        (first + 1, "EAV, the second of three years", "18-8.15(d)(4)"),
        (first + 1, "under PTELL operating rate and EAV of the preceding year", "18-8.15(d)(4)"),
        (first + 1, "new money of the year before, in the base from then on", "18-8.15(e)(2)"),
        (first + 2, "EAV, the third of three years", "18-8.15(d)(4)"),
    ]
    read = [(f"FY{year}", what, cite) for year, what, cite in rows if year >= FIRST_YEAR]
    return pd.DataFrame(read, columns=["fiscal_year", "what", "cite"]).set_index("fiscal_year")


def _assumptions(
    impact: DataImpact, extended: Extension | None, levies: Mapping[str, Any]
) -> Iterator[str]:
    year, first = impact.before.fiscal_year, FIRST_YEAR - RATE_READ_AFTER
    yield (
        f"FY{year} reads the operating rate of levy year {year - RATE_READ_AFTER}, three years "
        f"before, as FY2022 does 2019's; the formula reads rates since levy year {first} "
        f"(FY{FIRST_YEAR})."
    )
    if extended is not None:
        on = float(extended.frame["current_eav"].iloc[0])
        whose = (
            "handed over"
            if {"current_eav", "assessed_value"} & _filled(levies).keys()
            else "the table's"
        )
        yield f"The levy is extended on an EAV of {dollars(on)}, {whose}."
        yield "Its operating rate is that of its funds over this EAV (reading 15 of tax limits)."
        limit = float(extended.frame["limiting_rate"].iloc[0])
        own = impact.before.units.loc[extended.frame.index[0]].get(_LIMIT)
        if limit > 0 and own is not None:  # blank without PTELL
            yield (
                f"Its limiting rate is {limit:.6f}; the formula's PTELL ratio keeps the table's, "
                f"{_LIMIT} {own:.6f}."
            )
        yield from extended.assumptions
    yield from impact.assumptions


_LEFT_OUT: Final = (
    "Later years: the next limiting rate, and what later funding reads of this levy.",
    "What districts levy elsewhere in answer: all other units are as the table has them.",
)
