"""What is handed over, checked, and the lines planned: a calculation ready to run.

Holds: prepare.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from ebf.engine.calculation import APPROPRIATED, Calculation, check_money_once, check_scenarios
from ebf.engine.compute import read_only
from ebf.engine.plan import Plan, plan
from ebf.faults import (
    Fault,
    InputError,
    Place,
    as_name,
    check_type,
    contradiction,
    missing,
    unknown_name,
    unsuitable_name,
)
from ebf.language.measure import Measure
from ebf.language.vocabulary import Values
from ebf.law import funding
from ebf.law.columns import DISTRICTS, KINDS
from ebf.law.funding.a_counts import regional_low_income_percentage
from ebf.law.inputs import TEXT_READ
from ebf.law.names import columns_of, entries, known_names
from ebf.law.parameters import Law, check_law, element_owners, identifier_of, parameters
from ebf.law.reading import readings_of
from ebf.law.regionalization import (
    county_fault,
    factor_years,
    neighboring_counties_of,
    regionalization_factor_of,
)
from ebf.law.salaries import COLUMNS as SALARY_COLUMNS
from ebf.law.years import PROGRAMS_JOINED
from ebf.units.table import Table, check_table


def prepare(
    units: pd.DataFrame,
    law: Law,
    *,
    lines: Iterable[str] | None = None,
) -> Calculation:
    """Check what is handed over and plan the lines, as :func:`ebf.calculate` does."""
    check_law(law)
    year = law.fiscal_year
    wanted = None if lines is None else _checked_lines(lines, law)
    table = check_table(units, year)
    money = law.in_force.get(funding.NEW_MONEY)
    if money is not None and money.fiscal_year is None:  # supplied, not the year's own
        check_money_once(table)
    given = _given(table, law)
    defaults = {name: each for name, each in _defaults().items() if name not in given}
    known = frozenset({*defaults, *law.known, *TEXT_READ, *law.salaries.known})
    the_plan = plan(
        law.statute,
        year,
        law.chosen,
        frozenset(given),
        known.difference(given, law.lines),  # new money of the law is given, or computed
        frozenset(table.incomplete),
        wanted,
    )
    if the_plan.missing:
        raise InputError(_missing(name, table, law) for name in the_plan.missing)
    _check_readings(the_plan, law, table)
    _check_regions(the_plan, table, year)
    values = _values_read(the_plan, given | defaults | _text(table), law)
    check_scenarios(read_only(values))
    calculation = Calculation(law, table, the_plan, tuple(given), values)
    # what stands on the kind of unit alone never changes
    return calculation.settle(frozenset(values.keys() - set(TEXT_READ)))


def _values_read(the_plan: Plan, values: dict[str, Values], law: Law) -> dict[str, Values]:
    """The values, and the parameters and salaries that the plan reads beside them."""
    reads = {read for line in the_plan.steps for read in line.reads} - values.keys()
    from_law = {name: law.value(name) for name in sorted(reads & law.known)}
    from_salaries = {
        name: law.salaries.value(name) for name in sorted(reads & SALARY_COLUMNS.keys())
    }
    return values | from_law | from_salaries


def _checked_lines(lines: Any, law: Law) -> tuple[str, ...]:
    known = law.lines
    check_type("lines", lines, Iterable, "names of lines")
    wanted = tuple([lines] if isinstance(lines, str) else lines)
    unknown = [name for name in wanted if not isinstance(name, str) or name not in known]
    if unknown or not wanted:
        allowed = "names of lines (ebf lines)"
        raise InputError(
            unknown_name(
                Place(argument="lines", column=as_name(name)),
                "no line of that name",
                allowed,
                known,
            )
            for name in unknown or ["(none)"]
        )
    return wanted


def _given(table: Table, law: Law) -> dict[str, Values]:
    """What was handed over, and what stands in for lines by the year's known facts."""
    given = dict(table.values)
    if funding.NEW_MONEY in law.known & law.lines.keys() and APPROPRIATED not in given:
        given.setdefault(funding.NEW_MONEY, law.value(funding.NEW_MONEY))
    by_county = "regionalization_factor" in law.lines
    if by_county and not given.keys() & {"regionalization_factor", "comparable_wage_index"}:
        given |= _factors_by_county(table, law.fiscal_year)
    if by_county and "comparable_wage_index" in given and "neighboring_counties" not in given:
        given |= _neighbors_by_county(table, law.fiscal_year)
    return given


def _factors_by_county(table: Table, fiscal_year: int) -> dict[str, Values]:
    """The published Regionalization Factors, where county and year have them."""
    if fiscal_year not in factor_years():
        return {}
    return _by_county(
        table,
        fiscal_year,
        "regionalization_factor",
        lambda county: regionalization_factor_of(county, fiscal_year),
    )


def _neighbors_by_county(table: Table, fiscal_year: int) -> dict[str, Values]:
    """How many neighbours the counties have."""
    return _by_county(
        table,
        fiscal_year,
        "neighboring_counties",
        lambda county: len(neighboring_counties_of(county)) or None,
    )


def _by_county(
    table: Table, fiscal_year: int, name: str, number_of: Callable[[str], float | None]
) -> dict[str, Values]:
    """A number of every county, where the table has counties."""
    if "county" not in table.text:
        return {}
    counties = table.text["county"]
    numbers = {each: number_of(str(each)) for each in set(counties.flat)}
    needs = entries()[name].is_needed_by
    needed = {kind: needs(kind, fiscal_year) for kind in KINDS}
    unknown = [
        county_fault(unit, None if pd.isna(county) else county, name)
        for unit, county, kind in zip(
            np.resize(table.unit_ids, counties.size),
            counties.flat,
            table.text["organization_type"].flat,
            strict=True,
        )
        if numbers[county] is None and needed[kind]
    ]
    if unknown:
        raise InputError(unknown)
    by_unit = np.array([numbers[each] or 0.0 for each in counties.flat]).reshape(counties.shape)
    return {name: by_unit[..., np.newaxis]}


@cache
def _defaults() -> Mapping[str, Values]:
    """What stands for the inputs that need not be given."""
    return {
        entry.name: np.full(
            (1, 1, 1), default, dtype=bool if entry.about.measure is Measure.FLAG else float
        )
        for entry in entries().values()
        if (default := entry.about.default) is not None
    }


def _check_readings(the_plan: Plan, law: Law, table: Table) -> None:
    """Refuse an alternative reading that no line computed reads."""
    computed = {line.name for line in the_plan.steps}
    reads = {name for line in the_plan.steps for name in line.reads}
    faults = []
    for number, name in law.chosen:
        alternative = readings_of(law.statute)[number].alternatives[name]
        lines = {line.name for line in alternative.lines_in(law.fiscal_year)}
        numbers = {
            element_owners()[identifier_of(each)][0].identifier for each in alternative.amounts
        }
        if lines & computed or numbers & reads:
            continue
        handed_over = ", ".join(sorted(lines & table.values.keys()))
        fix = f"handed over: {handed_over}" if handed_over else ""
        place = Place("law", argument="readings")
        allowed = "a reading that some line computed here reads"
        faults.append(unsuitable_name(place, f"{number}: {name}", allowed, fix=fix))
    if faults:
        raise InputError(faults)


def _text(table: Table) -> dict[str, Values]:
    return {name: table.text[name][..., np.newaxis] for name in TEXT_READ}


def _missing(name: str, table: Table, law: Law) -> Fault:
    """A name that has no value, worded for the one who must supply it."""
    line = law.lines.get(name)
    if name == funding.NEW_MONEY and (fault := law.fault_of(name)):
        return replace(
            fault, fix=f"give ebf.law({law.fiscal_year}, new_state_funds=...) (--new-state-funds)"
        )
    if name in SALARY_COLUMNS and (fault := law.salaries.fault_of(name)):
        return fault
    if name in parameters() and (fault := law.fault_of(name)):
        return fault
    columns = table.incomplete.get(name, columns_of(name))
    about = known_names()[name]
    cite, label = (line.cite, line.title) if line else (about.cite, about.label)
    fix = "give these columns" if len(columns) > 1 else "give this column"
    if name == "regionalization_factor":
        years = ", ".join(f"FY{year}" for year in factor_years())
        fix += f"; by county it is known for {years}"
    elif line:
        fix += ", or what it is computed from"
    return missing(Place("table", column=", ".join(columns)), "no such column", label, cite, fix)


def _check_regions(the_plan: Plan, table: Table, fiscal_year: int) -> None:
    """A regional program's low-income pupils are reckoned by its region's districts."""
    line = regional_low_income_percentage
    if line not in the_plan.steps or fiscal_year < PROGRAMS_JOINED:
        return
    kinds, regions = table.text["organization_type"], table.text["region"]
    of_districts = np.unique(regions[np.isin(kinds, [*DISTRICTS])])
    lost = (kinds == "regional_program") & ~np.isin(regions, of_districts)
    allowed, fix = "the region of a district of the table", "or give low_income_count"
    faults = []
    for place, unit in np.argwhere(lost).tolist():
        found = repr(regions[place, unit].item())
        faults.append(
            contradiction(
                Place(unit=table.unit_ids[unit], column="region"), found, allowed, line.cite, fix
            )
        )
    if faults:
        raise InputError(faults)
