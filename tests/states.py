"""Invented states for property tests: what the distribution of (g) reads of every unit.

Every amount is kept as a whole number (cents, hundredths of a pupil, ten-thousandths of
capacity), so that a test can work out what the law gives in exact fractions.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from hypothesis import strategies as st

import ebf

Floats: TypeAlias = npt.NDArray[np.float64]

CENTS = 100
TEN_DOLLARS = 1_000
"""Cents of which 50 %, 49 %, 0.9 % and 0.1 % are whole cents, so that no pool is rounded."""

DISTRICTS = ("unit", "hybrid", "elementary", "high_school")
WITHOUT_PROPERTY = ("laboratory_school", "regional_program")
SPECIALLY_FUNDED = "specially_funded"

ANY_AMOUNT = ebf.law(2022, minimum_funding_level=1, property_tax_relief_counted=1)
"""The law of FY2022 with a Minimum Funding Level that every amount of new money meets."""


class Row(NamedTuple):
    """One unit, in whole numbers."""

    unit_id: str
    organization_type: str
    students: int
    """Average Student Enrollment in hundredths."""
    target: int
    """Adequacy Target in cents."""
    resources: int
    """Final Resources in cents."""
    capacity: int
    """Local Capacity Percentage in ten-thousandths."""
    base: int
    """Base Funding Minimum in cents."""

    @property
    def in_distribution(self) -> bool:
        """Whether the unit can be in a tier."""
        return self.organization_type != SPECIALLY_FUNDED

    @property
    def percent(self) -> Fraction:
        """The Final Percent of Adequacy, exactly."""
        return Fraction(self.resources, self.target)


class State(NamedTuple):
    """The units of a state and a year's New State Funds in cents."""

    rows: tuple[Row, ...]
    funds: int

    @property
    def new_state_funds(self) -> float:
        """New State Funds in dollars."""
        return self.funds / CENTS

    @property
    def frame(self) -> pd.DataFrame:
        """The table that ebf.calculate takes."""
        return frame_of(self.rows)

    @property
    def in_distribution(self) -> tuple[Row, ...]:
        """The units that can be in a tier."""
        return tuple(row for row in self.rows if row.in_distribution)


def frame_of(rows: Sequence[Row]) -> pd.DataFrame:
    """Units as a table in dollars, pupils and shares."""
    return pd.DataFrame(
        {
            "unit_id": [row.unit_id for row in rows],
            "organization_type": [row.organization_type for row in rows],
            "average_student_enrollment": [row.students / 100 for row in rows],
            "adequacy_target": [row.target / CENTS for row in rows],
            "final_resources": [row.resources / CENTS for row in rows],
            "local_capacity_percentage": [row.capacity / 10_000 for row in rows],
            "base_funding_minimum": [row.base / CENTS for row in rows],
        }
    )


def unit_id(number: int, ending: str = "2600") -> str:
    """An id of 13 characters."""
    return f"{number:09d}{ending}"


def dollars(
    number: int,
    target: float,
    resources: float,
    capacity: float,
    students: float = 100,
    *,
    base: float = 0,
    kind: str = "unit",
) -> Row:
    """A unit written in dollars, pupils and a share, for states made by hand."""
    return Row(
        unit_id(number),
        kind,
        round(students * 100),
        round(target * CENTS),
        round(resources * CENTS),
        round(capacity * 10_000),
        round(base * CENTS),
    )


def calculated(state: State, law: ebf.Law = ANY_AMOUNT, *, rounding: bool = True) -> ebf.Ledger:
    """The distribution of the state's New State Funds."""
    return ebf.calculate(
        state.frame, law.with_amounts(new_state_funds=state.new_state_funds), rounding=rounding
    )


def column(ledger: ebf.Ledger, name: str) -> Floats:
    """A line of every unit, in the order of the caller's rows."""
    return ledger.units[name].to_numpy(np.float64)


def statewide(ledger: ebf.Ledger, name: str) -> float:
    """A statewide line of a ledger without scenarios."""
    return float(ledger.statewide[name])


basis_points = st.one_of(
    st.integers(0, 6_499),
    st.integers(6_500, 8_999),
    st.integers(9_000, 9_999),
    st.integers(10_000, 17_000),
    st.sampled_from((9_000, 10_000)),
)
"""Percents of adequacy, all tiers and their edges about equally likely."""


@st.composite
def rows(draw: st.DrawFn, number: int, kinds: tuple[str, ...]) -> Row:
    """One unit; the specially funded have base funding and nothing else."""
    kind = draw(st.sampled_from(kinds))
    ending = draw(st.sampled_from(("2600", "A260", "P0Z9")))
    base = draw(st.integers(0, 10**9))
    if kind == SPECIALLY_FUNDED:
        return Row(unit_id(number, ending), kind, 0, 0, 0, 0, base)
    students = draw(st.integers(100, 5_000_000))
    target = students * draw(st.integers(5_000, 25_000)) + draw(st.integers(0, 99))
    resources = target * draw(basis_points) // 10_000
    capacity = 1_000 if kind in WITHOUT_PROPERTY else draw(st.integers(0, 9_000))
    return Row(unit_id(number, ending), kind, students, target, resources, capacity, base)


@st.composite
def states(draw: st.DrawFn, *, least: int = 3, most: int = 40, whole_pools: bool = False) -> State:
    """A state of ``least`` to ``most`` units, and new money from nothing to far too much.

    The first unit can be in a tier; among the others every kind occurs.
    ``whole_pools`` draws new money whose four pools are whole cents, and some of it.
    """
    numbers = draw(st.lists(st.integers(0, 10**9 - 1), min_size=least, max_size=most, unique=True))
    every_kind = (*DISTRICTS, *WITHOUT_PROPERTY, SPECIALLY_FUNDED)
    units = tuple(
        draw(rows(number, every_kind if place else every_kind[:-1]))
        for place, number in enumerate(numbers)
    )
    total = sum(row.target for row in units)
    parts = draw(st.one_of(st.integers(0, 20_000), st.integers(0, 300_000)))
    funds = total * parts // 1_000_000
    if whole_pools:
        funds = max(1, funds // TEN_DOLLARS) * TEN_DOLLARS
    return State(units, funds)
