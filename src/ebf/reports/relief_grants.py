"""Property Tax Relief Grants: who gets one of a fiscal year's pool, and what EAV a grant implies.

Holds: Districts, ReliefGrants, relief_grants, implied_eav.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from math import ceil
from os import PathLike
from typing import Final, TypeAlias

import numpy as np
import pandas as pd

from ebf.engine.record import check_one_state
from ebf.faults import (
    InputError,
    Place,
    check_type,
    described,
    missing,
    out_of_range,
    repeated,
)
from ebf.files import known_sources, write_file
from ebf.language.exact import fraction
from ebf.language.measure import GREATEST, Measure
from ebf.law.columns import KINDS
from ebf.law.parameters import law
from ebf.law.readings import readings
from ebf.law.relief_grants import RELIEF_GRANTS
from ebf.ledger import Ledger, calculate
from ebf.numbers import Amount, number_of
from ebf.show.answer import Answer
from ebf.show.document import Table
from ebf.show.words import dollars
from ebf.units.csv_and_parquet import write_csv
from ebf.units.handed_over import FrameOrFile, handed_over, ids_of_rows
from ebf.units.ids import ID

Districts: TypeAlias = FrameOrFile
"""A table a row a district, or a file of one."""

_SECTION: Final = RELIEF_GRANTS.section
_GRANT, _RELIEF, _APPLIED = "relief_grant", "relief_granted", "applied"
_RANK, _LEFT, _THRESHOLD = "rank_of_applicant", "relief_pool_left", "relief_threshold"
_BY_RANK: Final = 2020
_DECIMALS: Final = 4
"""Of the Local Capacity Percentage, as the State publishes it."""
_KIND: Final = "organization_type"
_RATED: Final = ("unit", "elementary", "high_school")
"""The types that have a relief rate, in the order of its bands."""
_PUBLISHED: Final = {
    _GRANT: (GREATEST, "whole dollars, 0 or more, as a number without commas"),
    "local_capacity_percentage": (1.0, "a share from 0 to 1 (26.24 % is 0.2624)"),
}
"""What is published of a grant, each with the most that it can be, and in words."""
_SHOWN: Final = (
    "rate_to_mean_of_type",
    "unit_equivalent_tax_rate",
    "property_tax_multiplier",
    "relief_applied_for",
    _RELIEF,
    _GRANT,
    "relief_grant_in_next_base",
    "relief_grant_in_later_bases",
)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ReliefGrants(Answer):
    """What :func:`relief_grants` found.

    ``frame`` has a row an applicant, in the order in which the pool is paid: rank, rate against
    its type's mean, relief (dollars), grant (dollars), what is in the next base and the later
    ones. ``ledger`` has every line of every district: audit one, or write its workbook.
    """

    fiscal_year: int
    pool: float
    ledger: Ledger
    frame: pd.DataFrame
    state: pd.Series[float]

    def to_csv(self, path: str | PathLike[str]) -> None:
        """A row an applicant, as a CSV file, safe to open with a spreadsheet.

        Raises OSError where the file cannot be written.
        """
        write_file(path, partial(write_csv, self.frame))

    @property
    def title(self) -> str:
        """What it is called."""
        return f"{RELIEF_GRANTS.title}, FY{self.fiscal_year}: {dollars(self.pool)}"

    @property
    def _year(self) -> int:
        return self.fiscal_year

    def _tables(self) -> list[Table]:
        lines = RELIEF_GRANTS.lines(self.fiscal_year)
        measures = {name: lines[name].measure for name in map(str, self.frame) if name in lines}
        of_rows = tuple(
            Measure.RATE if name == _THRESHOLD else
            Measure.COUNT if name in {"applicants", "grants"} else Measure.DOLLARS
            for name in self.state.index
        )  # fmt: skip
        state = self.state.to_frame("value").rename_axis("number")
        return [
            Table.of("state", "The pool", state, of_rows=of_rows),
            Table.of("applicants", "Applicants in order of rank", self.frame, measures),
        ]


def relief_grants(
    districts: Districts, fiscal_year: int, pool: Amount | None = None
) -> ReliefGrants:
    """Property Tax Relief Grants of a fiscal year, 105 ILCS 5/2-3.170.

    FY2019 pays by a threshold, solved exactly; FY2020 on pays by rank, the highest rate against
    the plain mean of its type first, until the pool is spent, in whole dollars.

    Args:
        districts: All districts of the state, since the means are over all of a type: a frame,
            or a file as :func:`ebf.read_units` reads it. A row a district: ``unit_id``,
            ``organization_type``, ``adjusted_operating_tax_rate`` (dollars per dollar of EAV:
            4.5 % is 0.045), ``real_eav`` (dollars, of the one tax year three before),
            ``local_capacity_percentage`` (a share), ``applied`` (1 or 0); if known
            ``intended_relief`` (dollars; blank: the greatest), ``abated_first_year`` and
            ``abated_second_year`` (blank: abated).
        fiscal_year: FY2019 on.
        pool: The money there is, in dollars; known by itself for FY2019 and FY2020.

    Raises:
        InputError: with every fault of the table; for a year without a known pool, an applicant
            of a type that has no relief rate, several scenarios, or no applicant.

    >>> from ebf.units.sample import sample_table
    >>> found = relief_grants(sample_table("relief_grants"), 2022, pool=6_000_000)
    >>> found.frame["relief_grant"].tolist()
    [1642069.0, 1838736.0, 570487.0, 1151947.0, 705038.0, 91723.0]
    """
    frame = handed_over(districts, "districts")
    _check_applicants(frame)
    own = law(fiscal_year, statute=_SECTION, relief_pool=pool)
    ledger = calculate(frame, own)
    check_one_state(ledger)
    units = ledger.units
    money = float(own.value("relief_pool").item())
    by_rank = fiscal_year >= _BY_RANK
    order = [_RANK] if by_rank else ["unit_equivalent_tax_rate"]
    applicants = units[units[_APPLIED]].sort_values(order, ascending=by_rank, kind="stable")
    shown = [n for n in ("name", _KIND, *order, *_SHOWN) if n in units]
    return ReliefGrants(
        fiscal_year=own.fiscal_year,
        pool=money,
        ledger=ledger,
        frame=applicants[list(dict.fromkeys(shown))],
        state=_state(ledger, applicants, money),
        sources=known_sources(districts=ledger.source),
        assumptions=tuple(_assumptions(ledger, units)),
        left_out=tuple(_left_out(units, by_rank=by_rank)),
    )


def _check_applicants(frame: pd.DataFrame) -> None:
    """Refuse a table without an applicant, and applicants of a type that has no relief rate."""
    if _APPLIED not in frame:
        place, allowed = Place("table", column=_APPLIED), "1 for every applicant, 0 for the others"
        raise InputError([missing(place, "no such column", allowed, _SECTION)])
    if _KIND not in frame:
        return  # the table's own check says so
    flags = [number_of(each, is_flag=True) for each in frame[_APPLIED].tolist()]
    if not {*flags} <= {0.0, 1.0} | {each for each in flags if each != each}:  # noqa: PLR0124 - a blank
        return
    faults = [
        out_of_range(
            Place(unit=unit, column=_KIND),
            str(kind),
            f"an applicant's type with a relief rate: {', '.join(_RATED)}",
            _SECTION,
            "leave its application out: the law names no rate for it",
        )
        for unit, kind, flag in zip(ids_of_rows(frame), frame[_KIND].tolist(), flags, strict=True)
        if flag == 1 and isinstance(kind, str) and kind in KINDS and kind not in _RATED
    ]
    if 1.0 not in flags:
        place, allowed = Place("table", column=_APPLIED), "1 for at least one district"
        faults.append(missing(place, "no applicant", allowed, _SECTION))
    if faults:
        raise InputError(faults)


def _state(ledger: Ledger, applicants: pd.DataFrame, pool: float) -> pd.Series[float]:
    """What it comes to."""
    found = {
        "relief_pool": pool,
        "applicants": len(applicants),
        "grants": int((applicants[_GRANT] > 0).sum()),
        "relief": applicants[_RELIEF].sum(),
        "grants_paid": applicants[_GRANT].sum(),
        **{n: ledger.statewide[n] for n in (_LEFT, _THRESHOLD) if n in ledger.statewide},
    }
    return pd.Series(found, dtype=float)


def _assumptions(ledger: Ledger, units: pd.DataFrame) -> Iterator[str]:
    """What the numbers rest on: the pool's source, what was filled in, the readings."""
    pool = ledger.law.in_force["relief_pool"]
    yield f"The pool: {pool.source}."
    read = {name for line in ledger.steps for name in line.reads}
    if "intended_relief" in read and "intended_relief" not in units:
        yield "No intended relief is given: every applicant means the greatest it may."
    for name, levy in (("abated_first_year", "first"), ("abated_second_year", "second")):
        if name in read and name not in units:
            yield f"Nothing is said of the {levy} levy: it is taken as abated."
    shares = units["local_capacity_percentage"].astype(float)
    if beyond := int((shares.round(_DECIMALS) != shares).sum()):
        yield (
            f"Percentages with more than {_DECIMALS} decimals, which the State's do not have: "
            f"{beyond:,}. They are taken as they are, and may move a grant's dollars."
        )
    used = {n for line in ledger.steps for n in line.evidence.readings}
    for number in sorted(used):
        yield f"Reading {number} of {_SECTION}: {readings(_SECTION)[number].title}."


def _left_out(units: pd.DataFrame, *, by_rank: bool) -> Iterator[str]:
    """What is not known of the table, and what of it the year's rule does not read."""
    of_those = "means are" if by_rank else "threshold is"
    yield f"Whether every district of the state is in the table: the {of_those} of those that are."
    for name in () if by_rank else ("intended_relief", "abated_second_year"):
        if name in units and units[name].notna().any():
            yield f"{name}: handed over, and not read; FY2019's rule has no such thing."
    yield "What the abatement does to later levies: see `ebf.extension`."


def implied_eav(grants: pd.DataFrame, fiscal_year: int = _BY_RANK) -> pd.DataFrame:
    """The EAV that published grants imply, where the greatest relief was given: its bounds.

    Both cuts to whole dollars are undone exactly. From FY2020 on; a district that meant to give
    less relief than the greatest, or that the pool did not reach in full, has more EAV.

    Args:
        grants: A row a district: ``unit_id``, ``organization_type``, ``relief_grant``
            (dollars) and ``local_capacity_percentage`` (a share).
        fiscal_year: The year whose relief rates apply.

    Returns:
        By ``unit_id``: ``relief_from`` and ``relief_to`` (whole dollars), ``eav_from`` and
        ``eav_below`` (dollars); blank where the percentage is, or the grant is no whole dollar.

    Raises:
        InputError: for a column that is missing, a type without a relief rate, a cell that is no
            number, or none that a grant or a share can be, a year before FY2020.

    >>> found = implied_eav(pd.DataFrame({"unit_id": ["1"], "organization_type": ["elementary"],
    ...     "relief_grant": [1836999.0], "local_capacity_percentage": [0.2624]}))
    >>> found["relief_from"].item(), round(found["eav_from"].item(), -4)
    (1972837.0, 387630000.0)
    """
    frame = handed_over(grants, "grants")
    frame = frame.reset_index() if ID in frame.index.names else frame
    columns = frame.columns.tolist()
    wanted = (ID, _KIND, *_PUBLISHED)
    faults = [
        missing(Place("grants", column=each), "no such column", f"the columns {', '.join(wanted)}")
        if each not in columns
        else repeated(Place("grants", column=each), "the column twice", "every column once")
        for each in wanted
        if columns.count(each) != 1
    ]
    if faults:
        raise InputError(faults)
    allowed = f"FY{_BY_RANK} on"
    check_type("fiscal_year", fiscal_year, (int, np.integer), f"a fiscal year, {allowed}")
    if fiscal_year < _BY_RANK:
        place = Place(argument="fiscal_year")
        raise InputError([out_of_range(place, str(fiscal_year), allowed, _SECTION)])
    rates = law(fiscal_year, statute=_SECTION).value("greatest_relief_rate").ravel().tolist()
    by_kind = dict(zip(_RATED, map(fraction, rates), strict=True))
    faults = [
        out_of_range(Place(unit=str(u), column=_KIND), str(k), ", ".join(by_kind), _SECTION)
        for u, k in zip(frame[ID], frame[_KIND], strict=True)
        if k not in by_kind
    ]
    numbers = {name: [number_of(each) for each in frame[name].tolist()] for name in _PUBLISHED}
    faults += [
        out_of_range(Place(unit=str(unit), column=name), described(said), allowed, _SECTION)
        for name, (most, allowed) in _PUBLISHED.items()
        for unit, said, number in zip(frame[ID], frame[name], numbers[name], strict=True)
        if number is None or number < 0 or number > most
    ]
    if faults:
        raise InputError(faults)
    rows = [
        _bounds(by_kind[kind], grant, share)
        for kind, grant, share in zip(frame[_KIND], *numbers.values(), strict=True)
    ]
    columns = ["relief_from", "relief_to", "eav_from", "eav_below"]
    return pd.DataFrame(rows, columns=columns, index=pd.Index(frame[ID], name=ID), dtype=float)


def _bounds(rate: Fraction, grant: float, percentage: float) -> tuple[float, ...]:
    """The reliefs whose grant is cut to this one, and the EAV whose relief is cut to those."""
    nothing = (np.nan,) * 4
    if np.isnan(grant) or np.isnan(percentage) or grant != int(grant) or percentage == 1:
        return nothing
    share = fraction(float(percentage))
    multiplier, a_dollar = 1 - share * share, rate * (1 - share)
    first, beyond = ceil(int(grant) / multiplier), ceil((int(grant) + 1) / multiplier)
    if first == beyond:
        return nothing
    return first, beyond - 1, float(first / a_dollar), float(beyond / a_dollar)
