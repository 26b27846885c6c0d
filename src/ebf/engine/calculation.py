"""From the table of units to the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType
from typing import Any, get_args

import numpy as np
import pandas as pd

from ebf.engine.plan import Plan, evaluate, plan
from ebf.engine.record import Arithmetic
from ebf.engine.refusals import check_results, no_number
from ebf.faults import Fault, InputError, as_name, check_type, described, nearest
from ebf.language.line import Line
from ebf.language.measure import Measure
from ebf.language.vocabulary import Values, exactly, nearly
from ebf.law import funding
from ebf.law.funding.a_counts import regional_low_income_percentage
from ebf.law.inputs import DISTRICTS, KINDS, TEXT_READ, inputs
from ebf.law.names import columns_of, entries
from ebf.law.parameters import Law, check_law, element_owners, identifier_of, parameters
from ebf.law.regionalization import factor_years, regionalization_factor_of
from ebf.law.salaries import COLUMNS as SALARY_COLUMNS
from ebf.law.salaries import Salaries
from ebf.law.years import PROGRAMS_JOINED
from ebf.ledger import Ledger
from ebf.numbers import Amount
from ebf.units.table import Table, check_table

APPROPRIATED = "appropriated_new_state_funds"


def calculate(
    units: pd.DataFrame,
    law: Law,
    *,
    salaries: Salaries | Mapping[str, Any] | None = None,
    new_state_funds: Amount | None = None,
    lines: Iterable[str] | None = None,
    rounding: bool = True,
    arithmetic: Arithmetic = "fast",
) -> Ledger:
    """Compute Evidence-Based Funding for a table of units, 105 ILCS 5/18-8.15.

    Args:
        units: A row a unit of the whole state, ``unit_id`` a column or the
            index; columns are raw inputs (:class:`ebf.UnitInput`) or lines by
            name (``ebf lines``). A given line stands in for its rule. An index
            of ``scenario`` and ``unit_id`` holds many states.
        law: The numbers of the fiscal year, from :func:`ebf.law`.
        salaries: State-average salaries, where positions are to be priced.
        new_state_funds: New money for the tiers in dollars, or a sequence of
            it, one a scenario. Left out, the year's own where that is known.
        lines: The lines wanted; then only what they need is needed. Left out,
            the tier funding, all it stands on, and what can be had beyond it.
        rounding: Whether lines are cut and rounded as the state does.
        arithmetic: ``"fast"`` in floats; ``"exact"`` in fractions, seconds for a
            state: every number handed over is the decimal that it is written
            as. The normal distribution of (c)(3) is taken as its correctly
            rounded float (needs mpmath, the extra ``exact``), the square root
            of the variance before it to 50 digits.

    Returns:
        The ledger of every input and line.

    Raises:
        InputError: every fault of the table; or all that is missing.
    """
    check_options(rounding, arithmetic)
    calculation = prepare(
        units, law, salaries=salaries, new_state_funds=new_state_funds, lines=lines
    )
    return calculation.ledger(rounding=rounding, arithmetic=arithmetic)


def check_options(rounding: object, arithmetic: object = "fast") -> None:
    """Refuse what is neither rounding nor arithmetic."""
    faults = []
    if not isinstance(arithmetic, str) or arithmetic not in get_args(Arithmetic):
        allowed = " or ".join(get_args(Arithmetic))
        faults.append(Fault("arguments", "arithmetic", described(arithmetic), allowed))
    if not isinstance(rounding, (bool, np.bool_)):
        faults.append(Fault("arguments", "rounding", described(rounding), "True or False"))
    if faults:
        raise InputError(faults)


@dataclass(frozen=True)
class Calculation:
    """What a calculation is made of: checked inputs, the plan, and all values it begins with.

    ``given`` are the names handed over; ``values`` has them, and what lines read beside
    them; ``settled`` the lines computed already, with the rounding of the last.
    """

    law: Law
    salaries: Salaries
    table: Table
    plan: Plan
    given: tuple[str, ...]
    values: Mapping[str, Values]
    settled: Mapping[str, Values] = field(default_factory=dict)
    settled_rounding: bool = True

    def ledger(self, *, rounding: bool = True, arithmetic: Arithmetic = "fast") -> Ledger:
        """Compute the plan."""
        as_settled = arithmetic == "fast" and rounding == self.settled_rounding
        settled = self.settled if as_settled else {}
        values = {**self.values, **settled}
        if arithmetic == "exact":
            values = {name: exactly(value) for name, value in values.items()}
        steps = [line for line in self.plan.steps if line.name not in settled]
        values = self._evaluated(steps, values, rounding=rounding)
        check_results(self.plan, values, self.table)
        shown = (*self.given, *(line.name for line in self.plan.steps))
        return Ledger(
            law=self.law,
            salaries=self.salaries,
            table=self.table,
            values=MappingProxyType({name: values[name] for name in shown}),
            everything=MappingProxyType(values),
            steps=self.plan.steps,
            not_computed=self.plan.lacking,
            rounding=rounding,
            arithmetic=arithmetic,
        )

    def _evaluated(
        self, steps: Sequence[Line], values: Mapping[str, Values], *, rounding: bool
    ) -> dict[str, Values]:
        """The steps computed; InputError where one comes to no number."""
        try:
            with np.errstate(over="raise", divide="raise", invalid="raise"):
                found = evaluate(steps, values, rounding=rounding)
                for line in steps:
                    nearly(found[line.name])  # fractions can outgrow the floats of frames
                return found
        except ArithmeticError as error:
            raise InputError(no_number(steps, values, self.table, rounding=rounding)) from error

    def changed_by(self, law: Law) -> frozenset[str]:
        """The names that have another value by another law; InputError where it lacks one."""
        own, owners = self.law.in_force, element_owners()
        if lacking := own.keys() - law.in_force.keys():
            elements = sorted(map(identifier_of, lacking))
            faults = (law.fault_of(owners[each][0].identifier) for each in elements)
            raise InputError(fault for fault in faults if fault)
        others = {
            owners[identifier_of(element)][0].identifier
            for element, known in law.in_force.items()
            if known is not own.get(element)
        }
        return frozenset((others & self.values.keys()) - self.table.values.keys())

    def settle(self, changing: frozenset[str], *, rounding: bool = True) -> Calculation:
        """The same with all lines computed that stand on none of these names.

        For many runs that change nothing else.
        """
        moving = self._moved_by(changing)
        fixed = [line for line in self.plan.steps if line.name not in moving]
        values = self._evaluated(fixed, self.values, rounding=rounding)
        settled = {line.name: values[line.name] for line in fixed}
        return replace(self, settled=settled, settled_rounding=rounding)

    def _moved_by(self, names: frozenset[str]) -> frozenset[str]:
        """The names, and the lines that stand on them."""
        moving = set(names)
        for line in self.plan.steps:
            if not moving.isdisjoint(line.reads):
                moving.add(line.name)
        return frozenset(moving)

    def with_law(self, law: Law) -> Calculation:
        """The same with other numbers of the law, of the same fiscal year."""
        money = funding.NEW_MONEY
        if law.in_force.get(money) is not self.law.in_force.get(money):
            _check_money_once(self.table)
        read = self.changed_by(law)
        values = {**self.values, **{name: law.value(name) for name in read}}
        _check_scenarios(values)
        moved = self._moved_by(read)
        settled = {name: each for name, each in self.settled.items() if name not in moved}
        return replace(self, law=law, values=values, settled=settled)


def prepare(
    units: pd.DataFrame,
    law: Law,
    *,
    salaries: Salaries | Mapping[str, Any] | None = None,
    new_state_funds: Amount | None = None,
    lines: Iterable[str] | None = None,
) -> Calculation:
    """Check what is handed over and plan the lines, as :func:`calculate` does."""
    check_law(law)
    year = law.fiscal_year
    wanted = None if lines is None else _checked_lines(lines, year)
    table = check_table(units, year)
    money = law.in_force.get(funding.NEW_MONEY)
    if new_state_funds is not None:
        law = _with_new_state_funds(law, new_state_funds, table)
    elif money is not None and money.fiscal_year is None:  # supplied, not the year's own
        _check_money_once(table)
    paid = Salaries.of(salaries)
    given = _given(table, law)
    defaults = {name: each for name, each in _defaults().items() if name not in given}
    known = frozenset({*defaults, *law.known, *TEXT_READ, *paid.known})
    the_plan = plan(
        year, frozenset(given), known.difference(given), frozenset(table.incomplete), wanted
    )
    if the_plan.missing:
        raise InputError(_missing(name, table, law, paid) for name in the_plan.missing)
    _check_regions(the_plan, table, year)
    values = _values_read(the_plan, given | defaults | _text(table), law, paid)
    _check_scenarios(values)
    calculation = Calculation(law, paid, table, the_plan, tuple(given), values)
    # what stands on the kind of unit alone never changes
    return calculation.settle(frozenset(values.keys() - set(TEXT_READ)))


def _values_read(
    the_plan: Plan, values: dict[str, Values], law: Law, salaries: Salaries
) -> dict[str, Values]:
    """The values, and the parameters and salaries that the plan reads beside them."""
    reads = {read for line in the_plan.steps for read in line.reads} - values.keys()
    from_law = {name: law.value(name) for name in sorted(reads & law.known)}
    from_salaries = {name: salaries.value(name) for name in sorted(reads & SALARY_COLUMNS.keys())}
    return values | from_law | from_salaries


def _checked_lines(lines: Any, fiscal_year: int) -> tuple[str, ...]:
    known = funding.lines(fiscal_year)
    check_type("lines", lines, Iterable, "names of lines")
    wanted = tuple([lines] if isinstance(lines, str) else lines)
    unknown = [name for name in wanted if not isinstance(name, str) or name not in known]
    if unknown or not wanted:
        allowed = "names of lines (ebf lines)"
        raise InputError(
            Fault(
                "lines",
                as_name(name),
                "no line of that name",
                allowed,
                fix=nearest(name, known) if isinstance(name, str) else "",
            )
            for name in unknown or ["(none)"]
        )
    return wanted


def _with_new_state_funds(law: Law, new_state_funds: Amount, table: Table) -> Law:
    """The law with the New State Funds handed over, unless the table has them too."""
    _check_money_once(table)
    return law.with_amounts({funding.NEW_MONEY: new_state_funds})


def _check_money_once(table: Table) -> None:
    twice = [each for each in (funding.NEW_MONEY, APPROPRIATED) if each in table.values]
    if twice:
        allowed = "new money once: as a column or as new_state_funds"
        raise InputError(
            Fault("table", each, "new money twice", allowed, fix=f"drop the column {each}")
            for each in twice
        )


def _given(table: Table, law: Law) -> dict[str, Values]:
    """What was handed over, and what stands in for lines by the year's known facts."""
    given = dict(table.values)
    if funding.NEW_MONEY in law.known and APPROPRIATED not in given:
        given.setdefault(funding.NEW_MONEY, law.value(funding.NEW_MONEY))
    if not given.keys() & {"regionalization_factor", "comparable_wage_index"}:
        given |= _factors_by_county(table, law.fiscal_year)
    return given


def _factors_by_county(table: Table, fiscal_year: int) -> dict[str, Values]:
    """The published Regionalization Factors, where county and year have them."""
    if "county" not in table.text or fiscal_year not in factor_years():
        return {}
    counties = table.text["county"]
    factor = {
        each: regionalization_factor_of(str(each), fiscal_year) for each in set(counties.flat)
    }
    needs = entries()["regionalization_factor"].is_needed_by
    needed = {kind: needs(kind, fiscal_year) for kind in KINDS}
    unknown = [
        Fault(unit, "county", "blank" if pd.isna(county) else repr(county),
              "one of Illinois' 102 counties", "18-8.15(b)(3)", "or give regionalization_factor")
        for unit, county, kind in zip(
            np.resize(table.unit_ids, counties.size),
            counties.flat,
            table.text["organization_type"].flat,
            strict=True,
        )
        if factor[county] is None and needed[kind]
    ]  # fmt: skip
    if unknown:
        raise InputError(unknown)
    by_unit = np.array([factor[each] or 0.0 for each in counties.flat]).reshape(counties.shape)
    return {"regionalization_factor": by_unit[..., np.newaxis]}


@cache
def _defaults() -> Mapping[str, Values]:
    """What stands for the inputs that need not be given."""
    return {
        name: np.full(
            (1, 1, 1), column.default, dtype=bool if column.measure is Measure.FLAG else float
        )
        for name, column in inputs().items()
        if column.default is not None
    }


def _text(table: Table) -> dict[str, Values]:
    return {name: table.text[name][..., np.newaxis] for name in TEXT_READ}


def _missing(name: str, table: Table, law: Law, salaries: Salaries) -> Fault:
    """A name that has no value, worded for the one who must supply it."""
    line = funding.lines(law.fiscal_year).get(name)
    if name == funding.NEW_MONEY and (fault := law.fault_of(name)):
        return replace(fault, fix="give new_state_funds (--new-state-funds)")
    if name in SALARY_COLUMNS and (fault := salaries.fault_of(name)):
        return fault
    if name in parameters() and (fault := law.fault_of(name)):
        return fault
    columns = table.incomplete.get(name, columns_of(name))
    cite = line.cite if line else inputs()[name].cite
    label = line.title if line else inputs()[name].label
    fix = "give these columns" if len(columns) > 1 else "give this column"
    if name == "regionalization_factor":
        years = ", ".join(f"FY{year}" for year in factor_years())
        fix += f"; by county it is known for {years}"
    elif line:
        fix += ", or what it is computed from"
    return Fault("table", ", ".join(columns), "no such column", label, cite, fix)


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
        faults.append(Fault(table.unit_ids[unit], "region", found, allowed, line.cite, fix))
    if faults:
        raise InputError(faults)


def _check_scenarios(values: Mapping[str, Values]) -> None:
    counts = {name: value.shape[0] for name, value in values.items() if value.shape[0] > 1}
    if len(set(counts.values())) > 1:
        allowed = "the same number of scenarios everywhere, or one"
        raise InputError(
            Fault("scenarios", name, f"{count} scenarios", allowed)
            for name, count in counts.items()
        )
