"""What holds of every result, whatever was handed over.

Holds: STATE_PUPILS, Check, checks_of, check_all, check_claims.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Final, NamedTuple

import numpy as np

from ebf.faults import MOST_FAULTS, Fault, InputError, Place, contradiction
from ebf.language.line import Line
from ebf.language.measure import Measure
from ebf.language.vocabulary import RELATIVE_TOLERANCE, Values, is_blank, nearly
from ebf.law import funding
from ebf.law.funding.tiers import TIERS
from ebf.law.names import columns_of
from ebf.law.parameters import Law
from ebf.units.ids import STATEWIDE
from ebf.units.table import Table

STATE_PUPILS: Final = (1_600_000.0, 2_200_000.0)
"""Average Student Enrollment that a whole state can have: 1,960,669 in FY2018, 1,935,756 in
FY2020 and 1,904,885 in FY2022, ISBE Base Calc, as of August 2021; some 15 % either way."""

_TWO_CENTS: Final = 0.02
"""By which what is left may be below 0: two pools are rounded to cents."""
_MOST_DECIMALS: Final = 12
_SHARES: Final = tuple(f"tier_{tier}.share" for tier in TIERS)
_RATIOS: Final = ("tier_2.target_ratio", "tier_3.target_ratio")
_WEIGHTS: Final = ("own_weight", "neighbors_weight")


class Check(NamedTuple):
    """One thing that must hold: what it is, whether it does, what was found, and the rule."""

    name: str
    holds: bool
    found: str
    allowed: str
    cite: str


def checks_of(
    law: Law, values: Mapping[str, Values], table: Table, standing: frozenset[str] = frozenset()
) -> Iterator[Check]:
    """The checks of a result, as far as it has what they are of.

    Where a caller has lines of the distribution stand in, its sums are the caller's.
    """
    if all(name in law.in_force for name in _SHARES):
        total = sum((law.in_force[name].value for name in _SHARES), start=np.zeros(1))
        yield _check("shares of the tiers", total, 1.0, 1.0, "1 together", "18-8.15(g)(1)")
    if all(name in law.in_force for name in _RATIOS):
        second, third = (law.in_force[name].value for name in _RATIOS)
        rise = "the ratio of Tier 3 no less than that of Tier 2"
        yield _check("target ratios", third - second, 0.0, np.inf, rise, "18-8.15(g)(3)")
    if all(name in law.in_force for name in _WEIGHTS):
        total = sum((law.in_force[name].value for name in _WEIGHTS), start=np.zeros(1))
        yield _check("weights of wage indices", total, 1.0, 1.0, "1 together", "18-8.15(b)(3)")
    outcome = (line.name for module in law.statute.outcome for line in module.LINES)
    if standing and not standing.isdisjoint(outcome):
        return
    if "undistributed_new_state_funds" in values:
        left = nearly(values["undistributed_new_state_funds"])
        allowed = "0 or more: no more is paid than there is"
        yield _check("money left over", left, -_TWO_CENTS, np.inf, allowed, "18-8.15(g)(1)")
    if values.keys() >= {"in_distribution", *(f"units_in_tier_{tier}" for tier in TIERS)}:
        in_tiers = sum(nearly(values[f"units_in_tier_{tier}"]) for tier in TIERS)
        counted = nearly(values["in_distribution"]).sum(axis=1, keepdims=True)
        allowed = "as many as are in the distribution"
        yield _check("units in tiers", in_tiers - counted, 0.0, 0.0, allowed, "18-8.15(g)(3)")
    money = law.in_force.get(funding.NEW_MONEY)
    of_year = money is not None and money.fiscal_year is not None and (money.value > 0).any()
    if of_year and "tier_funding" in values and not _has_money(table):
        pupils = nearly(values["average_student_enrollment"]).sum(axis=1, keepdims=True)
        low, high = STATE_PUPILS
        allowed = (
            f"the pupils of the state, {low:,.0f} to {high:,.0f}: FY{law.fiscal_year}'s New State "
            "Funds are the whole state's. Of a part of it: ebf.data_impact with the state's file, "
            "or hand over its money, ebf.law(..., new_state_funds=...) (--new-state-funds)"
        )
        yield _check("pupils of the table", pupils, low, high, allowed, "18-8.15(g)(1)")


def _has_money(table: Table) -> bool:
    return bool({funding.NEW_MONEY, "appropriated_new_state_funds"} & table.values.keys())


def _check(name: str, found: Values, low: float, high: float, allowed: str, cite: str) -> Check:
    """Whether numbers lie between two, of the first where they do not."""
    numbers = nearly(found).ravel().tolist()  # of one state a single one
    breadth = RELATIVE_TOLERANCE * max(1.0, abs(low) if isfinite(low) else 0.0)
    wrong = [each for each in numbers if each < low - breadth or each > high + breadth]
    return Check(name, not wrong, f"{(wrong or numbers)[0]:,.15g}", allowed, cite)


def check_all(
    law: Law, values: Mapping[str, Values], table: Table, standing: frozenset[str]
) -> None:
    """Refuse a result of which something does not hold."""
    failed = [check for check in checks_of(law, values, table, standing) if not check.holds]
    if failed:
        raise InputError(
            contradiction(Place(STATEWIDE, check.name), check.found, check.allowed, check.cite)
            for check in failed
        )


# --- What was handed over beside what it is computed from -------------------------------


def check_claims(
    claims: Mapping[str, Values], steps: Sequence[Line], values: Mapping[str, Values], table: Table
) -> None:
    """Refuse lines handed over that are not what they are computed to, to their rounding."""
    faults: list[Fault] = []
    for line in steps:
        if line.name in claims:
            faults += _differing(line, claims[line.name], nearly(values[line.name]), table)
    if faults:
        raise InputError(faults)


def _differing(line: Line, claimed: Values, found: Values, table: Table) -> Iterator[Fault]:
    given, computed = np.broadcast_arrays(claimed.astype(float), found.astype(float))
    noise = np.maximum(np.abs(computed), 1.0) * 1e-9
    allowed = np.maximum(noise, max(_rounding(line), 0.5 * 10.0 ** -_decimals(claimed)))
    wrong = ~(np.abs(given - computed) <= allowed) & ~is_blank(given) & ~is_blank(computed)
    fix = (
        f"leave the column out, mend what it is computed from ({', '.join(line.reads)}), "
        f"or say given=[{line.name!r}] (--given {line.name})"
    )
    columns = columns_of(line.name)
    for unit, band in np.argwhere(wrong.any(axis=0))[:MOST_FAULTS].tolist():
        first = wrong[:, unit, band].argmax()
        place = (
            Place(STATEWIDE, column=columns[band])
            if line.statewide
            else Place(unit=table.unit_ids[unit], column=columns[band])
        )
        yield contradiction(
            place,
            f"{given[first, unit, band]:.15g} handed over",
            f"{computed[first, unit, band]:.15g}, as it is computed",
            line.cite,
            fix,
        )


def _rounding(line: Line) -> float:
    """How far a line may be off by the last decimal that the state keeps."""
    if line.rounding is not None:
        return float(10.0**-line.rounding.decimals) * (1 + 1e-6)
    return 0.01 if line.measure is Measure.DOLLARS else 0.0


def _decimals(values: Values) -> int:
    """The decimals with which numbers are written, of all together."""
    numbers = values.astype(float)
    numbers = numbers[np.isfinite(numbers)]
    for decimals in range(_MOST_DECIMALS):
        if (np.abs(np.round(numbers, decimals) - numbers) <= np.abs(numbers) * 1e-15).all():
            return decimals
    return _MOST_DECIMALS
