"""The roll-forward: next year's Base Funding Minimum from this year's ledger.

Holds: Amounts, NextBase, next_base.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import pandas as pd

from ebf.engine.record import check_one_state
from ebf.faults import (
    Fault,
    InputError,
    Place,
    check_type,
    described,
    not_computed,
    out_of_range,
    unknown_unit,
    unsuitable_name,
    wrong_type,
)
from ebf.files import known_sources
from ebf.language.measure import Measure
from ebf.law.inputs import inputs
from ebf.law.years import LAST_YEAR
from ebf.ledger import Ledger, check_ledger
from ebf.numbers import number_of
from ebf.show.answer import Answer
from ebf.show.document import Table

Amounts: TypeAlias = "Mapping[str, float] | pd.Series[float]"
"""Dollars by unit id."""

_PAID, _BASE, _MONEY = "base_funding_paid", "base_funding_minimum", "tier_funding"
_PRIOR_BASE, _PRIOR_MONEY = "prior_year_base_funding_minimum", "prior_year_tier_funding"
_ADDED: Final = (
    "property_tax_relief_grant",
    "district_intervention_money",
    "base_funding_correction",
)
_SHOWN: Final = 10


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class NextBase(Answer):
    """What :func:`next_base` found.

    ``units`` has a row a unit: the inputs of the next fiscal year by their names (dollars),
    to be joined to that year's table, and the ``base_funding_minimum`` that they come to.
    """

    fiscal_year: int
    units: pd.DataFrame

    @property
    def title(self) -> str:
        """What it is called."""
        return f"Base Funding Minimum of FY{self.fiscal_year}"

    @property
    def _year(self) -> int:
        return self.fiscal_year

    def _tables(self) -> list[Table]:
        sums = self.units.sum().to_frame("dollars").rename_axis("part")
        return [
            Table.of("sums", "The state", sums, Measure.DOLLARS),
            Table.of("units", "By unit", self.units, Measure.DOLLARS, most=_SHOWN),
        ]


def next_base(
    ledger: Ledger,
    *,
    relief_grants: Amounts | None = None,
    intervention_money: Amounts | None = None,
    corrections: Amounts | None = None,
) -> NextBase:
    """Carry a year's base on to the next: base paid, tier funding and what is added; (e).

    Args:
        ledger: Of one state, with base funding and tier funding.
        relief_grants: Property Tax Relief Grants received, dollars by unit id.
        intervention_money: District Intervention Money, dollars by unit id.
        corrections: Corrections of base funding either way, dollars by unit id.

    Returns:
        The next year's inputs and base. Units that come or go, new programs, and programs
        without pupils are the caller's: they are ``left_out``.

    Raises:
        InputError: for a ledger without base or tier funding; for units that it has not;
            for amounts that are none, and those that the next year's base has no place for.
    """
    check_ledger(ledger)
    check_one_state(ledger)
    year = ledger.fiscal_year + 1
    faults = [
        not_computed(
            Place("ledger", column=name), "not computed", "a ledger with base and new money"
        )
        for name in (_PAID, _MONEY)
        if name not in ledger.values
    ]
    if year > LAST_YEAR:
        place = Place("ledger", argument="fiscal_year")
        allowed = f"a year up to FY{LAST_YEAR - 1}"
        faults.append(out_of_range(place, f"FY{ledger.fiscal_year}", allowed))
    if faults:
        raise InputError(faults)
    units = ledger.units
    columns = {_PRIOR_BASE: units[_PAID], _PRIOR_MONEY: units[_MONEY]}
    given = dict(zip(_ADDED, (relief_grants, intervention_money, corrections), strict=True))
    for name, amounts in given.items():
        columns[name], wrong = _added(name, amounts, units.index, year)
        faults += wrong
    if faults:
        raise InputError(faults)
    found = pd.DataFrame(columns, index=units.index)
    reduced = (
        ", what a shortfall took of it left off" if (units[_PAID] < units[_BASE]).any() else ""
    )
    return NextBase(
        sources=known_sources(units=ledger.source),
        assumptions=(
            f"The base paid in FY{ledger.fiscal_year}{reduced}, and its tier funding.",
            *(f"{name}: none handed over." for name, amounts in given.items() if amounts is None),
        ),
        left_out=(
            f"Units that begin or end with FY{year}, and reorganizations.",
            "New regional programs, and programs without pupils.",
        ),
        fiscal_year=year,
        units=found.assign(**{_BASE: found.sum(axis=1).round(2)}),
    )


def _added(
    name: str, amounts: Amounts | None, units: pd.Index[str], year: int
) -> tuple[pd.Series[float], list[Fault]]:
    """An amount for every unit, 0 where none is handed over; and what is wrong."""
    if amounts is None:
        return pd.Series(0.0, index=units), []
    check_type(name, amounts, (Mapping, pd.Series), "dollars by unit id")
    added, faults, column = dict.fromkeys(units, 0.0), list[Fault](), inputs()[name]
    if year < column.first_year:
        allowed = f"part of the base from FY{column.first_year} on"
        faults.append(unsuitable_name(Place(argument=name), f"FY{year}", allowed))
    low, high = column.range
    for unit, said in amounts.items():
        place = Place(unit=str(unit), column=name)
        if unit not in added:
            allowed = "a unit of the ledger"
            faults.append(unknown_unit(Place(str(unit), name), unit, allowed, units))
        elif (number := number_of(said)) is None or np.isnan(number):
            faults.append(wrong_type(place, described(said), "dollars"))
        elif not low <= number <= high:
            faults.append(out_of_range(place, f"{number:.15g}", column.allowed))
        else:
            added[str(unit)] = number
    return pd.Series(added), faults
