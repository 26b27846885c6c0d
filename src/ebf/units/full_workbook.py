"""A state from the State Board's full-calculation workbook: raw inputs, proven line by line.

Holds: read_full_calc, full_calc_state, FullState, full_state.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from os import PathLike
from typing import IO, Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from ebf.faults import MOST_NAMES, Fault, InputError, Place, contradiction, missing
from ebf.files import File, readable
from ebf.language.line import Line
from ebf.language.measure import Measure
from ebf.language.vocabulary import Values, nearly
from ebf.law.funding.g_distribution import tier_funding
from ebf.law.inputs import TEXT_COLUMNS
from ebf.law.names import columns_of, entries
from ebf.law.parameters import Law
from ebf.law.parameters import law as law_of_year
from ebf.law.salaries import COLUMNS as SALARY_COLUMNS
from ebf.law.salaries import Salaries
from ebf.law.years import YEARS
from ebf.units.ids import ID
from ebf.units.isbe.base_calc import HALF_A_CENT
from ebf.units.isbe.full_calc import FullCalc, full_calc_of
from ebf.units.isbe.headings import OUTCOMES
from ebf.units.isbe.layout import Layout, read_layout
from ebf.units.kept import ALWAYS_KEPT
from ebf.units.marks import Mark, mark
from ebf.units.state import State, state_of
from ebf.units.table import GIVEN

_ARTICLE_34, _CREDITED = "article_34_district", "adjusted_local_capacity_target"
_PERCENTAGE, _TAX = "local_capacity_percentage", "corporate_personal_property_replacement_tax"
_REORGANIZED: Final = ("first_year_after_reorganization", "second_year_after_reorganization")
_USED_BEFORE: Final = "ptell_eav_used_prior_fiscal_year"
_TECHNOLOGY: Final = "computer_technology_addition"
_CENT, _NEARLY = 0.01, 1e-9
_WAGES: Final = (
    "comparable_wage_index",
    "neighboring_counties",
    "neighbors_mean_comparable_wage_index",
)
_OF_THE_SHEETS: Final = {
    *OUTCOMES,
    "in_tier_1",
    "tier_1_funding_gap",
    "tier_2_funding_step_1",
    "tier_2_funding_step_2",
}


def read_full_calc(
    path: str | PathLike[str] | bytes | IO[bytes],
    fiscal_year: int | None = None,
    *,
    layout: str | PathLike[str] | None = None,
    **given: Any,
) -> State:
    """A state from every sheet of the State Board's workbook, from the counts on.

    Columns are taken by a layout (data/layouts/), and every line of the law that the sheets
    have beside what it is computed from is computed and compared before a number is used.
    Salaries and amounts are those of the sheet Control Variables.

    Args:
        path: An .xlsx file, its bytes, or one that is open for reading bytes.
        fiscal_year: Of a workbook whose titles do not say it.
        layout: A TOML file of another layout (``ebf inspect`` writes one to start from).
        given: As of :func:`ebf.law`: ``amounts``, ``salaries``, ``readings``, more.

    Raises:
        InputError: a sheet whose numbers do not follow from each other: sheet, cell, unit and
            both numbers are named; and whatever :func:`ebf.law` refuses.
    """
    own = None if layout is None else read_layout(layout)
    return full_calc_state(readable(path, "an .xlsx file"), fiscal_year, own, given)


def full_calc_state(
    file: File, fiscal_year: int | None, layout: Layout | None, given: Mapping[str, Any]
) -> State:
    """The state of a workbook, proven, without its outcomes."""
    found = full_state(file, fiscal_year, layout, given)
    if lacking := [sheet.name for sheet in found.calc.lacking if not sheet.optional]:
        names = ", ".join(found.calc.names)
        fix = (
            "name it as the State Board does, or leave it out of a layout of your own (ebf inspect)"
        )
        raise InputError(
            missing(
                Place(at=f"sheet {name}", sheet=name), "no such sheet", f"one of {names}", fix=fix
            )
            for name in lacking
        )
    if faults := [*found.faults]:
        raise InputError(faults)
    units = found.state.units.drop(columns=[*found.computed])
    units.attrs = {**found.state.units.attrs, GIVEN: found.standing}
    return State(units, found.state.law)


class _Proof(NamedTuple):
    """A line beside what its parts on the sheets come to."""

    line: Line
    published: npt.NDArray[np.float64]
    parts: npt.NDArray[np.float64]
    is_proven: bool
    """Whether all that it is made of is in the file, nothing taken for its default."""
    is_counted: npt.NDArray[np.bool_]
    """The units it is proven of: not one that has 0 throughout, nor one that may differ."""

    @property
    def stands(self) -> bool:
        """Whether it differs where the file does not say what it is made of."""
        special = self._apart & ~self.is_counted[:, None] & (self.published != 0)
        return bool(special.any() or (not self.is_proven and self.differs.any()))

    @property
    def differs(self) -> npt.NDArray[np.bool_]:
        """Where a number is not what its parts come to."""
        return np.asarray(self._apart & self.is_counted[:, None])

    @property
    def _apart(self) -> npt.NDArray[np.bool_]:
        rounding = self.line.rounding
        half = 0.0 if rounding is None else 0.51 * 10.0**-rounding.decimals
        dollars = HALF_A_CENT if self.line.measure is Measure.DOLLARS else 0.0
        near = np.maximum(_NEARLY * np.maximum(np.abs(self.published), 1.0), max(half, dollars))
        near = np.minimum(near, HALF_A_CENT) if dollars else near
        near = near + (_CENT if self.line is tier_funding else 0.0)  # ISBE is a cent off, rarely
        return np.asarray(np.abs(self.published - self.parts) > near)


@dataclass(frozen=True)
class FullState:
    """The workbook, the state of it with every published line, and the law that it states."""

    calc: FullCalc
    state: State
    stated: Law

    @cached_property
    def proofs(self) -> tuple[_Proof, ...]:
        """Every line that the sheets have, beside its parts, in the order they are computed."""
        return tuple(_proofs(self.state.units, self.stated))

    @property
    def computed(self) -> Iterator[str]:
        """The columns of lines that follow from the others: they are left to be computed.

        So a change of what they are made of, or of the law, moves them.
        """
        followed = {each.line.name for each in self.proofs if not each.stands}
        for column in map(str, self.state.units.columns):
            if column in _OF_THE_SHEETS or (
                column in entries() and entries()[column].name in followed
            ):
                yield column

    @property
    def standing(self) -> tuple[str, ...]:
        """Lines that stand in: what they are made of is not in the file, and they differ."""
        return tuple(each.line.name for each in self.proofs if each.stands)

    @property
    def faults(self) -> Iterator[Fault]:
        """Numbers that do not follow from the others."""
        columns, ids = self.calc.columns, self.state.units[ID].tolist()
        for proof in self.proofs:
            if not proof.is_proven:
                continue
            for row, band in np.argwhere(proof.differs)[:MOST_NAMES].tolist():
                column = columns_of(proof.line.name)[band]
                sheet, _ = columns[column]
                yield contradiction(
                    sheet.place(column, ids[row]),
                    f"{proof.published[row, band]:.15g}",
                    f"{proof.parts[row, band]:.15g}: {proof.line.title}",
                    proof.line.cite,
                )


def full_state(
    file: File, fiscal_year: int | None, layout: Layout | None, given: Mapping[str, Any]
) -> FullState:
    """The workbook's sheets and the state of them; nothing of it is proven yet."""
    calc = full_calc_of(file, fiscal_year, layout)
    base = calc.base.sheet
    numbers = {name: values for name, (_, values) in calc.columns.items()}
    year = base.fiscal_year if fiscal_year is None else fiscal_year
    units = _units(base.units, numbers, _lines_of(year))
    paid = _salaries(calc, year, file)
    stated = {name: amount for name, (amount, _) in calc.amounts.items()}
    said = {name: each for name, each in given.items() if each is not None}
    state = state_of(file, base._replace(units=units), fiscal_year, {"salaries": paid, **said})
    known = state.law.in_force
    asked = {name for name, number in known.items() if number.fiscal_year is None}
    own = {n: x for n, x in stated.items() if n not in asked and _is_other(state.law, n, x)}
    state = State(units, state.law.with_amounts(own) if own else state.law)
    law = _as_stated(state.law, stated, paid)
    ids = units[ID].tolist()
    scanned = (
        sheet.units[column].reindex(ids).to_numpy(float)
        for sheet in calc.sheets.values()
        if sheet.layout.scanned
        for column in sheet.units.columns
    )
    _recover_technology(units, numbers, scanned, law)
    _recover_article_34(units, law)
    return FullState(calc, state, law)


def _as_stated(asked: Law, stated: Mapping[str, float], paid: Salaries | None) -> Law:
    """The law that the file was made by: its own numbers, whatever the caller asks instead."""
    own = law_of_year(asked.fiscal_year)
    supplied = {
        name: known.value for name, known in asked.in_force.items() if name not in own.in_force
    }
    unlike = {name: each for name, each in stated.items() if _is_other(own, name, each)}
    salaries = asked.salaries if paid is None else paid
    return own.with_amounts({**supplied, **unlike}, salaries=salaries)


def _lines_of(year: int | None) -> frozenset[str]:
    """The names of the lines of a year; of none where it is not known, which is refused."""
    return frozenset(law_of_year(year).lines) if year is not None and year in YEARS else frozenset()


def _salaries(calc: FullCalc, year: int | None, file: File) -> Salaries | None:
    if not calc.salaries:
        return None
    paid: dict[str, Any] = {}
    for name, (amount, _) in calc.salaries.items():
        kind, _, span = name.partition(".")
        if span:
            paid.setdefault(kind, {})[span] = amount
        else:
            paid[kind] = amount
    source = f"the State Board's Control Variables, {file.name}"
    return Salaries({**paid, "fiscal_year": year, "source": source})


def _is_other(law: Law, name: str, amount: float) -> bool:
    return name not in law.known or float(law.value(name).ravel()[0]) != amount


def _units(
    base: pd.DataFrame, numbers: Mapping[str, npt.NDArray[np.float64]], lines: Collection[str]
) -> pd.DataFrame:
    """The table of units: inputs and lines that the sheets have of every unit that needs them."""
    texts = [name for name in (ID, *sorted(TEXT_COLUMNS), *ALWAYS_KEPT) if name in base]
    columns: dict[str, Any] = {name: base[name] for name in texts}
    is_special = (base["organization_type"] == "specially_funded").to_numpy()
    for name in (each for each in entries() if each in numbers):
        filled = np.where(np.isnan(numbers[name]) & is_special, 0.0, numbers[name])
        is_part = entries()[name].name in lines and np.isnan(filled).any()
        if not (np.isnan(filled).all() or is_part):  # a line of some units is compared alone
            columns[name] = filled
    columns = {name: base[name] for name in (_PERCENTAGE, _TAX)} | columns | _flags(numbers)
    if any(np.isnan(columns.get(name, [np.nan])).any() for name in _WAGES):
        for name in _WAGES:  # of some units' counties alone: the factors stand
            columns.pop(name, None)
    units = pd.DataFrame(columns)
    units.attrs = dict(base.attrs)
    for name in (_PERCENTAGE, _TAX):
        if name in numbers:  # on a sheet of its own, and so not recovered
            mark(units, Mark.RECOVERED, name, np.zeros(len(units), dtype=bool))
    for name in (each for each in _REORGANIZED if each in columns):
        mark(units, Mark.RECOVERED, name, columns[name] == 1)
    return units


def _flags(
    numbers: Mapping[str, npt.NDArray[np.float64]],
) -> dict[str, npt.NDArray[np.float64]]:
    """What the sheets say of a unit otherwise than by a number."""
    found: dict[str, npt.NDArray[np.float64]] = {}
    flag, used_before = (numbers.get(name) for name in ("non_ptell_flag", _USED_BEFORE))
    if flag is not None and used_before is not None:  # 0 of whom the law does not reach
        found["ptell_district"] = ((flag == 0) & (used_before > 0)).astype(float)
    latest = numbers.get("real_eav_first_preceding_tax_year")
    used, fell = numbers.get("years_used_prior_fiscal_year"), numbers.get("decrease_of_a_tenth")
    adjusted = numbers.get("adjusted_eav")
    if latest is None or used is None or fell is None or adjusted is None:
        return found
    found["second_year_after_reorganization"] = (used == 1).astype(float)
    years = [numbers[f"real_eav_{each}_preceding_tax_year"] for each in ("second", "third")]
    of_three = (latest + sum(years)) / 3
    is_latest = np.abs(adjusted - latest) <= HALF_A_CENT
    is_first = is_latest & (fell == 0) & (np.abs(of_three - latest) > HALF_A_CENT)
    found["first_year_after_reorganization"] = (is_first & (used != 1)).astype(float)
    return found


def _recover_technology(
    units: pd.DataFrame,
    numbers: Mapping[str, npt.NDArray[np.float64]],
    scanned: Iterable[npt.NDArray[np.float64]],
    law: Law,
) -> None:
    """The additional amount a pupil of units that were in Tier 1 or 2 the year before, from costs.

    The tier of the year before is not in the file.
    """
    bands = [f"school_enrollment_{band}" for band in ("elementary", "middle", "high")]
    if _TECHNOLOGY not in law.lines or not {*bands} <= numbers.keys():
        return
    pupils = sum((numbers[band] for band in bands), np.zeros(len(units)))
    every = float(law.value("computer_technology_every_unit").ravel()[0])
    more = float(law.value("computer_technology_tier_1_and_2").ravel()[0])
    for cost in scanned:
        found = np.full(len(units), np.nan)
        for addition in (0.0, more):
            near = np.abs(cost - pupils * (every + addition)) <= len(bands) * _CENT
            found = np.where(near, addition, found)
        found = np.where(pupils == 0, 0.0, found)
        if not np.isnan(found).any():
            units[_TECHNOLOGY] = found
            mark(units, Mark.RECOVERED, _TECHNOLOGY, np.ones(len(found), dtype=bool))
            return


def _recover_article_34(units: pd.DataFrame, law: Law) -> None:
    """The district whose adjusted target comes out with the pension credit alone.

    Article 34's district is the one above 500,000 inhabitants; the file has no column for it.
    """
    flags = np.zeros(len(units))
    units[_ARTICLE_34] = flags
    apart = _differing_in(units, law, _CREDITED)
    if apart.sum() != 1:  # a mistake of the sheet, or of the law, is for the proofs
        return
    units[_ARTICLE_34] = np.where(apart, 1.0, 0.0)
    if _differing_in(units, law, _CREDITED).any():
        units[_ARTICLE_34] = flags
    else:
        mark(units, Mark.RECOVERED, _ARTICLE_34, apart)


def _differing_in(units: pd.DataFrame, law: Law, line: str) -> npt.NDArray[np.bool_]:
    """The units whose number of a line is not what its parts come to."""
    for proof in _proofs(units, law):
        if proof.line.name == line:
            return np.asarray(proof.differs.any(axis=1))
    return np.zeros(len(units), dtype=bool)


# --- Its proofs --------------------------------------------------------------------------


def _proofs(units: pd.DataFrame, law: Law) -> Iterator[_Proof]:
    """Every line computed from what the sheets have of its parts, in the order of computing."""
    is_counted = (units["organization_type"] != "specially_funded").to_numpy()
    values = _on_the_sheets(units)
    published = {name: each for name, each in values.items() if name in law.lines}
    tainted: set[str] = set()
    for line in _in_order(law):
        unknown = [name for name in line.reads if name not in values]
        of_law = {name: value for name in unknown if (value := _of_law(law, name)) is not None}
        left = [name for name in unknown if name not in of_law]
        of_default = {name: value for name in left if (value := _default(name)) is not None}
        values |= {**of_law, **of_default}
        tainted |= of_default.keys()
        if not values.keys() >= {*line.reads}:
            continue
        with np.errstate(all="ignore"):
            parts = line.compute(*(values[name] for name in line.reads), rounding=True)
        is_tainted = not tainted.isdisjoint(line.reads)
        if line.name not in published:
            values[line.name] = parts
            tainted |= {line.name} if is_tainted else set()
        elif not line.statewide:
            shown = published[line.name]
            own = np.where(is_counted.reshape(1, -1, 1), shown, parts)
            values[line.name] = own.astype(shown.dtype)
            computed = np.broadcast_to(nearly(parts).astype(float), shown.shape)[0]
            shown = nearly(shown).astype(float)[0]
            may_differ = _may_differ(line.name, units)
            is_proven = not (is_tainted and may_differ.all())
            yield _Proof(line, shown, computed, is_proven, is_counted & ~(is_tainted & may_differ))


def _may_differ(line: str, units: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """The units whose line rests on what the file does not say, and that may be another's."""
    if line == "base_funding_minimum":  # a new program's
        return (units["organization_type"] == "regional_program").to_numpy()
    if line == "per_student_investments_not_subject_to_regionalization":  # pensions, Article 34
        return (units[_ARTICLE_34] == 1).to_numpy() if _ARTICLE_34 in units else _none(units)
    # a rate increase under PTELL, tax years after a reorganization
    return ~_none(units) if line in {"ptell_eav", "adjusted_eav"} else _none(units)


def _none(units: pd.DataFrame) -> npt.NDArray[np.bool_]:
    return np.zeros(len(units), dtype=bool)


def _on_the_sheets(units: pd.DataFrame) -> dict[str, Values]:
    """What the table has, as lines read it."""
    shape = (1, len(units), -1)
    values: dict[str, Values] = {
        "organization_type": units["organization_type"].to_numpy(object).reshape(shape),
        "region": np.array([str(each)[:2] for each in units[ID]]).reshape(shape),
    }
    there = {column for column in map(str, units.columns) if column in entries()}
    for name in {entries()[column].name for column in there}:
        columns = columns_of(name)
        if {*columns} <= there:
            numbers = np.stack([units[each].to_numpy(float) for each in columns], axis=-1)[None]
            is_flag = entries()[columns[0]].about.measure is Measure.FLAG
            values[name] = numbers.astype(bool) if is_flag else numbers
    return values


def _in_order(law: Law) -> Iterator[Line]:
    lines = law.lines
    graph = {line.name: [read for read in line.reads if read in lines] for line in lines.values()}
    yield from (lines[name] for name in TopologicalSorter(graph).static_order())


def _of_law(law: Law, name: str) -> Values | None:
    if name in SALARY_COLUMNS:
        return law.salaries.value(name) if name in law.salaries.known else None
    return law.value(name) if name in law.known and name not in law.lines else None


def _default(name: str) -> Values | None:
    columns = columns_of(name)
    default = entries()[columns[0]].about.default if columns and columns[0] in entries() else None
    if default is None:
        return None
    kind = bool if entries()[columns[0]].about.measure is Measure.FLAG else float
    return np.full((1, 1, len(columns)), default, dtype=kind)
