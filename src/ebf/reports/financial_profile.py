"""Districts' financial profile: score and designation, growth of administrative costs, effort.

Holds: DESIGNATIONS, FinancialProfile, financial_profile.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from os import PathLike
from types import MappingProxyType
from typing import Final

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
    nearest,
    out_of_range,
)
from ebf.files import known_sources, write_file
from ebf.language.measure import Measure
from ebf.law.administrative_costs import ADMINISTRATIVE_COSTS
from ebf.law.columns import DISTRICTS
from ebf.law.financial_profile import FINANCIAL_PROFILE, effort, indicators
from ebf.law.inputs import TEXT_COLUMNS
from ebf.law.names import column_of, columns_of_statute
from ebf.law.parameters import Law, law
from ebf.law.statute import Statute
from ebf.ledger import Ledger, calculate
from ebf.numbers import Amount, number_of
from ebf.reports.grounds import grounds
from ebf.show.answer import Answer
from ebf.show.document import Table
from ebf.units.csv_and_parquet import write_csv
from ebf.units.handed_over import handed_over, ids_of_rows
from ebf.units.table import KIND, source_of

DESIGNATIONS: Final = ("Watch", "Early Warning", "Review", "Recognition")
"""What the designations are called, the worst first."""

_SCORE, _DESIGNATION = "financial_profile_score", "financial_profile_designation"
_COSTS, _PRIOR = "administrative_costs", "prior_year_administrative_costs"
_GROWTH, _WAIVE = "administrative_growth", "may_waive_administrative_limit"
_OF_TYPE: Final = "districts_of_type"
_NOISE: Final = 1e-9
"""By which floats may miss a sum."""
_PUPILS: Final = "average_student_enrollment"
"""What many tables have, and so asks for no section."""
_SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    FINANCIAL_PROFILE.section: (
        *(line.name for line in indicators.LINES), _SCORE, _DESIGNATION,
        *(line.name for line in effort.LINES),
    ),
    ADMINISTRATIVE_COSTS.section: (
        _COSTS, _PRIOR, _GROWTH, "greatest_administrative_costs",
        "administrative_costs_above_limit", "administrative_growth_above_limit",
        "administrative_costs_per_pupil", "administrative_costs_percentile_of_type", _WAIVE,
    ),
}  # fmt: skip
"""The lines that are shown of each statute, where its ledger has them."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class FinancialProfile(Answer):
    """What :func:`financial_profile` found.

    ``frame`` has a row a district. ``designations`` counts districts by designation.
    ``ledgers`` has the calculation of each section, ``ledger`` the first of them.
    """

    fiscal_year: int
    frame: pd.DataFrame
    designations: pd.DataFrame
    ledgers: Mapping[str, Ledger]

    @property
    def title(self) -> str:
        """What it is called."""
        titles = " and ".join(each.law.statute.title for each in self.ledgers.values())
        return f"{titles}, FY{self.fiscal_year}"

    @property
    def ledger(self) -> Ledger:
        """The profile's ledger; that of administrative costs, where they are all there is."""
        return next(iter(self.ledgers.values()))

    def to_csv(self, path: str | PathLike[str]) -> None:
        """A row a district, as a CSV file, safe to open with a spreadsheet.

        Raises OSError where the file cannot be written.
        """
        write_file(path, partial(write_csv, self.frame))

    @property
    def _year(self) -> int:
        return self.fiscal_year

    def _tables(self) -> list[Table]:
        named = [name for name in ("name", KIND) if name in self.frame]
        tables = [
            Table.of(
                each.law.statute.title.lower().replace(" ", "_"),
                each.law.statute.title,
                self.frame[[*named, *_columns(each)]],
                _MEASURES,
            )
            for each in self.ledgers.values()
        ]
        counts = Table.of("designations", "Districts by designation", self.designations, "count")
        return [*([counts] if len(self.designations) else []), *tables]


def _columns(ledger: Ledger) -> list[str]:
    known = {*ledger.values, _GROWTH}
    return [name for name in _SHOWN[ledger.law.section] if name in known]


_MEASURES: Final[Mapping[str, str]] = {
    _GROWTH: Measure.SHARE,
    **{
        name: column_of(name).measure
        for names in _SHOWN.values()
        for name in names
        if name not in {_GROWTH, _DESIGNATION}
    },
}


def financial_profile(
    districts: pd.DataFrame,
    fiscal_year: int,
    *,
    amounts: Mapping[str, Mapping[str, Amount]] | None = None,
    readings: Mapping[str, Mapping[int, str]] | None = None,
) -> FinancialProfile:
    """Score districts by their accounts, and say whose administrative costs grow too fast.

    Args:
        districts: A row a district with ``unit_id`` and ``organization_type``. For the
            profile the five indicators, or what they are computed from
            (``operating_fund_balance`` and so on); for administrative costs the columns
            ``administrative_expenditure_2320`` and those of the other functions, the same
            with ``prior_year_`` before them, and ``average_student_enrollment`` for the
            waiver, of all districts of a type; for effort ``adjusted_operating_tax_rate``,
            ``local_revenue`` and ``effort_eav``. Either part may be left out.
        fiscal_year: The year of the accounts.
        amounts: Numbers of a section in place of its own:
            ``{"1A-8": {"financial_profile.days_cash_steps": [180, 90, 30]}}``.
        readings: Alternatives that a section is read by: ``{"1A-8": {2: "days_365"}}``.

    Raises:
        InputError: with every fault at once.
    """
    frame = handed_over(districts, "districts")
    tables = _tables_of(frame)
    numbers = {} if amounts is None else amounts
    chosen = {} if readings is None else readings
    read = frame[[name for name in frame.columns if any(name in each for each in tables.values())]]
    faults = [*_kind_faults(frame), *_divisor_faults(read)]
    for argument, by_section in (("amounts", numbers), ("readings", chosen)):
        check_type(argument, by_section, Mapping, 'by section: {"1A-8": ...}')
        faults += _section_faults(argument, by_section, tables)
    ledgers: dict[str, Ledger] = {}
    for section, table in tables.items():
        try:
            own = law(
                fiscal_year,
                numbers.get(section),
                statute=section,
                readings=chosen.get(section),
            )
            if section == FINANCIAL_PROFILE.section:
                _check_weights(own)
            lines = _effort_alone(table) if section == FINANCIAL_PROFILE.section else None
            ledgers[section] = calculate(table, own, lines=lines)
            check_one_state(ledgers[section])
        except InputError as error:
            faults += [_with_indicator(each) for each in error.faults if each not in faults]
    if faults:
        raise InputError(faults)
    return _answer(frame, fiscal_year, ledgers)


# --- What is handed over -----------------------------------------------------------------


_STATUTES: Final[tuple[Statute, ...]] = (FINANCIAL_PROFILE, ADMINISTRATIVE_COSTS)


def _tables_of(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The columns of each section of which some are there; what neither knows with the first."""
    own = {each.section: columns_of_statute(each.section) for each in _STATUTES}
    known = frozenset(TEXT_COLUMNS).union(*own.values())
    asking = {section: names - {_PUPILS} for section, names in own.items()}
    asked = [section for section, names in asking.items() if not names.isdisjoint(frame.columns)]
    if not asked:
        place, allowed = Place("table", "columns"), "accounts, or expenditure by function"
        fix = (
            "the indicators or what they are computed from, or administrative_expenditure_2320 ..."
        )
        raise InputError([missing(place, "none of a section", allowed, "1A-8; 17-1.5", fix)])
    return {
        section: frame[
            [
                name
                for name in frame.columns
                if name in own[section] | {*TEXT_COLUMNS}
                or (name not in known and section == asked[0])
            ]
        ]
        for section in asked
    }


_OF_EFFORT: Final[Mapping[str, tuple[str, ...]]] = {
    "effort_by_rate": ("adjusted_operating_tax_rate",),
    "effort_by_revenue": ("local_revenue", "effort_eav"),
}
"""What the lines of effort are computed from."""


def _effort_alone(table: pd.DataFrame) -> list[str] | None:
    """The lines of effort, where a table has nothing of accounts; None where it has."""
    read = {*chain(*_OF_EFFORT.values()), *(line.name for line in effort.LINES)}
    names = {*FINANCIAL_PROFILE.inputs, *(line.name for line in FINANCIAL_PROFILE.all_lines)}
    if not (names - read).isdisjoint(table.columns):
        return None
    return [
        line for line, inputs in _OF_EFFORT.items() if not {line, *inputs}.isdisjoint(table.columns)
    ] or None


def _with_indicator(fault: Fault) -> Fault:
    """A column of accounts that is not there, with the indicators that may be in its place."""
    lines = [line.name for line in indicators.LINES if fault.place.column in line.reads]
    if fault.kind is not FaultKind.MISSING or fault.place.within != "table" or not lines:
        return fault
    return replace(fault, fix=f"{fault.fix}, or in its place {' and '.join(lines)}")


def _check_weights(own: Law) -> None:
    """Refuse weights by which a score is not from 1 to 4."""
    weights = {
        name: float(own.value(name).ravel()[0])
        for name in own.in_force
        if name.startswith("financial_profile.weight.")
    }
    if abs(sum(weights.values()) - 1) > _NOISE:
        place, found = Place("law", column=", ".join(weights)), f"{sum(weights.values()):.15g}"
        allowed = "weights that come to 1 together: scores are from 1 to 4"
        raise InputError([contradiction(place, f"{found} together", allowed, "1A-8")])


def _kind_faults(frame: pd.DataFrame) -> Iterator[Fault]:
    """Rows that are no school districts."""
    if KIND in frame.columns:
        for unit, kind in zip(ids_of_rows(frame), frame[KIND], strict=True):
            if isinstance(kind, str) and kind not in DISTRICTS:
                allowed = f"a school district: {', '.join(sorted(DISTRICTS))}"
                fix = nearest(kind, DISTRICTS) or "leave the row out"
                place = Place(unit=unit, column=KIND)
                yield out_of_range(place, kind, allowed, "1A-8; 17-1.5", fix)


_DIVISORS: Final[Mapping[str, tuple[str, ...]]] = {
    "operating_fund_revenue": ("fund_balance_to_revenue", "expenditure_to_revenue"),
    "operating_fund_expenditure": ("days_cash_on_hand",),
    "short_term_debt_limit": ("short_term_borrowing_left",),
    "long_term_debt_limit": ("long_term_borrowing_left",),
    "effort_eav": ("effort_by_revenue",),
    _PUPILS: ("administrative_costs_per_pupil",),
}
"""What lines divide by, which may so not be 0."""


def _divisor_faults(frame: pd.DataFrame) -> Iterator[Fault]:
    """Zeros that a line would be divided by, where the line is not handed over itself."""
    for column, lines in _DIVISORS.items():
        computed = [name for name in lines if name not in frame.columns]
        if column in frame.columns and computed:
            for unit, cell in zip(ids_of_rows(frame), frame[column], strict=True):
                if number_of(cell) == 0:
                    allowed = f"more than 0: {', '.join(computed)} divides by it"
                    place, cite = Place(unit=unit, column=column), column_of(computed[0]).cite
                    fix = f"or hand over {', '.join(computed)} of every district"
                    yield out_of_range(place, "0", allowed, cite, fix)


def _section_faults(
    argument: str, said: Mapping[str, object], computed: Iterable[str]
) -> Iterator[Fault]:
    """Sections of which nothing is computed."""
    for section in said:
        if section not in computed:
            allowed = f"a section that is computed: {', '.join(computed)}"
            yield out_of_range(Place(argument=argument), described(section), allowed)


# --- What is found -----------------------------------------------------------------------


def _answer(
    frame: pd.DataFrame, fiscal_year: int, ledgers: Mapping[str, Ledger]
) -> FinancialProfile:
    parts = [ledger.units for ledger in ledgers.values()]
    shown = parts[0][[name for name in ("name", KIND) if name in parts[0]]]
    for ledger, units in zip(ledgers.values(), parts, strict=True):
        if _COSTS in units:
            units[_GROWTH] = units[_COSTS] / units[_PRIOR].where(units[_PRIOR] > 0) - 1
        shown = shown.join(units[_columns(ledger)])
    counts = pd.DataFrame()
    if _DESIGNATION in shown:
        names = dict(enumerate(DESIGNATIONS, start=1))
        shown = shown.assign(**{_DESIGNATION: shown[_DESIGNATION].map(names)})
        found = shown[_DESIGNATION].value_counts()
        counts = pd.DataFrame({"districts": found.reindex(DESIGNATIONS[::-1], fill_value=0)})
    return FinancialProfile(
        sources=known_sources(districts=source_of(frame)),
        fiscal_year=fiscal_year,
        frame=shown,
        designations=counts,
        ledgers=MappingProxyType(dict(ledgers)),
        assumptions=tuple(_assumptions(ledgers)),
        left_out=tuple(_left_out(ledgers)),
    )


def _assumptions(ledgers: Mapping[str, Ledger]) -> Iterator[str]:
    yield "Dollars and pupils are as handed over: none is estimated."
    for section, ledger in ledgers.items():
        units = ledger.units
        if _OF_TYPE in units:
            counts = units.groupby(KIND)[_OF_TYPE].first().astype(int)
            of_types = ", ".join(f"{kind} {count:,}" for kind, count in counts.items())
            yield (
                f"The 25th percentile is among the districts handed over ({of_types}): it is the "
                "law's where they are all of their type."
            )
        yield from (f"{section}: {each}" for each in grounds(ledger))


def _left_out(ledgers: Mapping[str, Ledger]) -> Iterator[str]:
    for statute in _STATUTES:
        if statute.section not in ledgers:
            yield f"{statute.title}: the table has no column of {statute.section}."
    profile = ledgers.get(FINANCIAL_PROFILE.section)
    if profile is not None and _SCORE not in profile.values:
        yield f"{_SCORE}, {_DESIGNATION}: the table has no accounts."
    for ledger in ledgers.values():
        for name, lacking in _lacking(ledger):
            yield f"{name}: the table has no {', no '.join(lacking)}."
    if ADMINISTRATIVE_COSTS.section in ledgers:
        yield "Whether a board has waived the limit, and what a waiver takes beside the percentile."
        if (ledgers[ADMINISTRATIVE_COSTS.section].units[_PRIOR] == 0).any():
            yield "Growth of districts without costs the year before: nothing to divide by."


def _lacking(ledger: Ledger) -> Iterable[tuple[str, tuple[str, ...]]]:
    """The lines shown that were not computed, with what they need."""
    shown = _SHOWN[ledger.law.section]
    return [(n, needs) for n, needs in ledger.not_computed.items() if n in shown]
