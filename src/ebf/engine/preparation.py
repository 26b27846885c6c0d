"""What is handed over, checked, and the lines planned: a calculation ready to run.

Holds: CITE, prepare, prepare_checked, instead_of_given, check_read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final

import numpy as np
import pandas as pd

from ebf.engine.calculation import APPROPRIATED, Calculation, check_money_once, check_scenarios
from ebf.engine.compute import read_only
from ebf.engine.plan import Plan, computed_instead, plan
from ebf.faults import (
    MOST_FAULTS,
    Fault,
    InputError,
    Place,
    as_name,
    check_type,
    contradiction,
    missing,
    out_of_range,
    unknown_name,
    unsuitable_name,
)
from ebf.language.line import Line
from ebf.language.measure import Measure
from ebf.language.vocabulary import Values
from ebf.law import funding
from ebf.law.columns import DISTRICTS, KINDS
from ebf.law.funding.a_counts import regional_low_income_percentage
from ebf.law.inputs import TEXT_READ
from ebf.law.names import columns_of, columns_of_statute, entries, known_names
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
from ebf.units.table import GIVEN, Table, check_table

CITE: Final = "18-8.15(b)(3)"
_WAY_OUT: Final = (
    ", which stay as they are; take a file of raw counts, from which they are computed: the State "
    "Board's full-calculation workbook (a Base Calc sheet has results alone), or the sample state"
)
"""What to do where a table has results in place of what a change is of."""


def prepare(
    units: pd.DataFrame,
    law: Law,
    *,
    lines: Iterable[str] | None = None,
    given: Iterable[str] = (),
) -> Calculation:
    """Check what is handed over and plan the lines, as :func:`ebf.calculate` does."""
    check_law(law)
    wanted = None if lines is None else _checked_lines(lines, law)
    handed_over = check_table(units, law.fiscal_year, law.section)
    return prepare_checked(handed_over, law, wanted, _standing(given, units, handed_over, law))


def prepare_checked(
    handed_over: Table, law: Law, wanted: tuple[str, ...] | None, standing: frozenset[str]
) -> Calculation:
    """Plan the lines of a table that is checked already; ``standing`` lines stand in."""
    year = law.fiscal_year
    names = handed_over.values.keys() | handed_over.text.keys() & {"county"}
    instead = instead_of_given(names, law, standing)
    table = handed_over.without(instead)
    _check_factors(table, law, standing)
    money = law.in_force.get(funding.NEW_MONEY)
    if money is not None and money.fiscal_year is None:  # supplied, not the year's own
        check_money_once(table)
    there = _given(table, law)
    defaults = {name: each for name, each in _defaults(law.section).items() if name not in there}
    known = frozenset({*defaults, *law.known, *TEXT_READ, *law.salaries.known})
    the_plan = plan(
        law.statute,
        year,
        law.chosen,
        frozenset(there),
        known.difference(there, law.lines),  # new money of the law is given, or computed
        frozenset(table.incomplete),
        wanted,
    )
    if the_plan.missing:
        raise InputError(_missing(name, handed_over, law) for name in the_plan.missing)
    _check_read(the_plan, law, table, wanted, standing)
    _check_readings(the_plan, law, table)
    _check_regions(the_plan, table, year)
    values = _values_read(the_plan, there | defaults | _text(table), law)
    check_scenarios(read_only(values))
    claims = {name: handed_over.values[name] for name in instead}
    return Calculation(law, table, the_plan, tuple(there), values, claims=claims, standing=standing)


def _standing(given: Iterable[str], units: pd.DataFrame, table: Table, law: Law) -> frozenset[str]:
    """The lines that the caller says are to stand in, each in the table."""
    check_type("given", given, Iterable, "names of lines")
    said = [given] if isinstance(given, str) else [*given]
    faults = []
    for name in said:
        place = Place(argument="given", column=as_name(name))
        if name not in law.lines:
            allowed = "a line by its name (ebf lines)"
            faults.append(unknown_name(place, "no such line", allowed, law.lines))
        elif name not in table.values:
            faults.append(missing(place, "not in the table", "a line that is handed over"))
    if faults:
        raise InputError(faults)
    return frozenset(said) | (frozenset(units.attrs.get(GIVEN, ())) & table.values.keys())


def instead_of_given(
    names: Collection[str], law: Law, standing: frozenset[str] = frozenset()
) -> frozenset[str]:
    """The lines among the names handed over that are computed all the same, and checked.

    With ``county`` among the names, what is known by county is there too.
    """
    known = {
        *_defaults(law.section),
        *law.known,
        *TEXT_READ,
        *law.salaries.known,
        *_known_by_county(names, law),
    }
    given = frozenset(names) - {"county"}
    return computed_instead(
        law.statute, law.fiscal_year, law.chosen, given, frozenset(known - given), standing
    )


def _known_by_county(names: Collection[str], law: Law) -> Iterator[str]:
    """What the county of a unit says, beside the names handed over."""
    if "county" not in names or "regionalization_factor" not in law.lines:
        return
    if "comparable_wage_index" in names:
        yield from {"neighboring_counties"}.difference(names)
    elif "regionalization_factor" not in names and law.fiscal_year in factor_years():
        yield "regionalization_factor"


def _check_factors(table: Table, law: Law, standing: frozenset[str]) -> None:
    """Refuse a Regionalization Factor below the least."""
    name, year = "regionalization_factor", law.fiscal_year
    if name not in table.values or name in standing or f"least_{name}" not in law.known:
        return
    given, least = table.values[name], law.value(f"least_{name}").reshape(-1, 1, 1)
    needs, kinds = entries()[name].is_needed_by, table.text["organization_type"][0]
    needed = np.array([needs(str(kind), year) for kind in kinds])
    below = (given < least).any(axis=(0, 2)) & needed
    allowed = f"{np.max(least):g} or more, up to 20 (95 % is 0.95)"
    faults = [
        out_of_range(
            Place(unit=table.unit_ids[place], column=name),
            f"{given[0, place, 0]:.15g}",
            allowed,
            CITE,
        )
        for place in np.flatnonzero(below)[:MOST_FAULTS].tolist()
    ]
    if faults:
        raise InputError(faults)


def _check_read(
    the_plan: Plan,
    law: Law,
    table: Table,
    wanted: tuple[str, ...] | None,
    standing: frozenset[str],
) -> None:
    """Refuse numbers that the caller supplied and no line computed reads."""
    if wanted is None and not standing:
        supplied: dict[str, Collection[str]] = {
            element: {element_owners()[identifier_of(element)][0].identifier}
            for element, known in law.in_force.items()
            if known.fiscal_year is None and not known.source.startswith("reading ")
        }
        if paid := law.salaries.known:
            supplied["salaries"] = paid
        check_read(the_plan, law.lines, supplied, table.values, "law")


def check_read(
    the_plan: Plan,
    lines: Mapping[str, Line],
    names: Mapping[str, Collection[str]],
    given: Collection[str],
    within: str,
) -> None:
    """Refuse names that no line computed reads, with the columns that stand in the way.

    ``names`` has what lines call them by: a salary may be several columns.
    """
    faults = []
    for name, called in names.items():
        if the_plan.reads.isdisjoint(called):
            ways = sorted({way for each in called for way in _in_the_way(each, lines, given)})
            way_out = _WAY_OUT if funding.NEW_MONEY in lines else ""
            fix = f"handed over in its place: {', '.join(ways)}{way_out}" if ways else ""
            place, allowed = Place(within, column=name), "a name that some line computed here reads"
            faults.append(unsuitable_name(place, "nothing reads it", allowed, fix=fix))
    if faults:
        raise InputError(faults)


def _in_the_way(name: str, lines: Mapping[str, Line], given: Collection[str]) -> set[str]:
    """The lines handed over behind which a name lies."""
    found: set[str] = set()
    waiting, seen = [name], {name}
    while waiting:
        one = waiting.pop()
        for line in lines.values():
            if one in line.reads and line.name not in seen:
                seen.add(line.name)
                if line.name in given:
                    found.add(line.name)
                else:
                    waiting.append(line.name)
    return found


def _values_read(the_plan: Plan, values: dict[str, Values], law: Law) -> dict[str, Values]:
    """The values, and the parameters and salaries that the plan reads beside them."""
    reads = the_plan.reads - values.keys()
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
    of_law = funding.NEW_MONEY in law.known and funding.NEW_MONEY in law.lines
    if of_law and APPROPRIATED not in given:
        given.setdefault(funding.NEW_MONEY, law.value(funding.NEW_MONEY))
    for name in _known_by_county(given.keys() | table.text.keys(), law):
        given[name] = _by_county(table, law.fiscal_year, name)
    return given


_BY_COUNTY: Final[Mapping[str, Callable[[str, int], float | None]]] = {
    "regionalization_factor": regionalization_factor_of,
    "neighboring_counties": lambda county, _: len(neighboring_counties_of(county)) or None,
}


def _by_county(table: Table, fiscal_year: int, name: str) -> Values:
    """A number of every unit's county."""
    counties = table.text["county"]
    numbers = {each: _BY_COUNTY[name](str(each), fiscal_year) for each in set(counties.flat)}
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
    return by_unit[..., np.newaxis]


@cache
def _defaults(section: str) -> Mapping[str, Values]:
    """What stands for the inputs of a statute that need not be given."""
    own = columns_of_statute(section)
    return {
        entry.name: np.full(
            (1, 1, len(columns_of(entry.name))),
            default,
            dtype=bool if entry.about.measure is Measure.FLAG else float,
        )
        for column, entry in entries().items()
        if column in own and (default := entry.about.default) is not None
    }


def _check_readings(the_plan: Plan, law: Law, table: Table) -> None:
    """Refuse an alternative reading that no line computed reads."""
    computed = {line.name for line in the_plan.steps}
    faults = []
    for number, name in law.chosen:
        alternative = readings_of(law.statute)[number].alternatives[name]
        lines = {line.name for line in alternative.lines_in(law.fiscal_year)}
        numbers = {
            element_owners()[identifier_of(each)][0].identifier for each in alternative.amounts
        }
        if lines & computed or numbers & the_plan.reads:
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
