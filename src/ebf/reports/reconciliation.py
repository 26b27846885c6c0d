"""Every published number of a state against the same number computed from its own parts.

Holds: UNEXPLAINED, NEAR_TIE, EQUAL, WHEN_ROUNDED, DIFFERS, Reconciliation, reconcile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import fsum
from os import PathLike
from types import MappingProxyType
from typing import IO, Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from ebf.engine.calculation import Calculation
from ebf.engine.compute import evaluate
from ebf.engine.preparation import instead_of_given, prepare
from ebf.explain.audit import explain
from ebf.faults import InputError, Place, missing, unsuitable_name
from ebf.files import known_sources, write_file
from ebf.language.line import Line
from ebf.language.measure import Measure
from ebf.language.rounding import CUT_2
from ebf.language.vocabulary import Values, is_blank, nearly
from ebf.law.names import columns_of, entries, known_names
from ebf.law.parameters import Law, check_law, element_owners, identifier_of
from ebf.law.readings import readings
from ebf.law.regionalization import factor_years, regionalization_factor_of
from ebf.ledger import Ledger
from ebf.show.answer import Answer
from ebf.show.document import Block, Document, Heading, Paragraph, Sentences, Table
from ebf.show.words import amount
from ebf.units.ids import ID, STATEWIDE
from ebf.units.isbe.base_calc import TOTALS
from ebf.units.marks import Mark
from ebf.units.published import Published, published_in
from ebf.units.state import State
from ebf.units.table import check_table

UNEXPLAINED: Final = "unexplained"
NEAR_TIE: Final = "a near tie: floats decide it"
EQUAL, WHEN_ROUNDED, DIFFERS = "equal", "equal when rounded", "differs"
_SHOWN: Final = 30
_OF_SUMS: Final = 0.005
"""How far a total may be from the sum of a column, in floats added up in another order."""
_NOISE: Final = 1e-12
_LEAST_NOISE, _MOST_OF_A_CENT = 1e-9, 0.004
"""How far floats of a published sheet lie from what they stand for, as a part of them; at least."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Reconciliation(Answer):
    """What :func:`reconcile` found.

    ``columns`` has a row a published column, in the order of the statute: how its numbers were
    used (read, recovered, computed), how many units have one, how many are ``equal``, ``equal
    when rounded``, and how many ``differ``; the ``worst`` residual.
    ``differences`` has a row a unit that differs: the first line in statute order that does,
    its cell in the file, what is ``published``, what its own parts there come to, the
    ``difference`` (published less computed), what ``explains`` it, and how many more of its
    lines differ from their parts. ``explained`` shows each line that differs, filled in.
    ``cells`` has every published number that was compared, by unit and column.
    """

    fiscal_year: int
    of: str
    columns: pd.DataFrame
    differences: pd.DataFrame
    cells: pd.DataFrame
    explained: Mapping[str, str]

    @property
    def title(self) -> str:
        """The year, and the file."""
        return f"Reconciliation, FY{self.fiscal_year}: {self.of}"

    @property
    def _year(self) -> int:
        return self.fiscal_year

    @property
    def is_explained(self) -> bool:
        """Whether nothing is unexplained."""
        return not (self.differences["explains"] == UNEXPLAINED).any()

    def to_csv(self, path: str | PathLike[str]) -> None:
        """Write every number compared as CSV. Raises OSError where it cannot be written."""
        write_file(path, lambda beside: self.cells.to_csv(beside, lineterminator="\n"))

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """Numbers by what became of them, over all columns."""
        of_computed = self.columns[self.columns["used"] == "computed"]
        return {
            "read": int(self.columns.loc[self.columns["used"] == "read", "units"].sum()),
            "recovered": int(self.columns.loc[self.columns["used"] == "recovered", "units"].sum()),
            **{
                each: int(of_computed[each].sum())
                for each in ("equal", "equal_when_rounded", "differ")
            },
        }

    @property
    def _says(self) -> str:
        counts = self.counts
        compared = counts["equal"] + counts["equal_when_rounded"] + counts["differ"]
        unexplained = int((self.differences["explains"] == UNEXPLAINED).sum())
        differ = f"{counts['differ']:,} differ{'s' * (counts['differ'] == 1)}"
        if counts["differ"]:
            explained = "all explained" if not unexplained else f"{unexplained:,} unexplained"
            units = len(self.differences)
            differ += f", in {units:,} unit{'s' * (units != 1)}: {explained}"
        return (
            f"Of {compared:,} published numbers that were computed from their own parts "
            f"{counts['equal']:,} are equal, {counts['equal_when_rounded']:,} when rounded as the "
            f"state does; {differ}."
        )

    def _tables(self) -> list[Table]:
        counts = dict.fromkeys(("units", "equal", "equal_when_rounded", "differ"), Measure.COUNT)
        is_computed = self.columns["used"] == "computed"
        computed = self.columns[is_computed]
        used = self.columns.loc[~is_computed, ["used", "units", "label"]]
        columns = [
            Table.of(
                "columns",
                "Published columns, each from what is published of its parts",
                computed.drop(columns=["measure", "used", "label"]),
                counts,
                of_rows=tuple(computed["measure"]),
            ),
            Table.of("used", "Columns that are computed with, not compared", used, counts),
        ]
        if self.differences.empty:
            return columns
        title = "Units that differ: the first line that does"
        measures = tuple(self.differences["measure"])
        differences = self.differences.drop(columns="measure")
        more = {"more": Measure.COUNT}
        return [
            Table.of("differences", title, differences, more, of_rows=measures, most=_SHOWN),
            *columns,
        ]

    @property
    def document(self) -> Document:
        """What it shows: in a sentence, what differs with its audit, every column."""
        title, *blocks = super().document.blocks
        tables = [block for block in blocks if isinstance(block, Table)]
        rest = [block for block in blocks if isinstance(block, Sentences)]
        lines = [f"{where}: {line}" for where, line in self.explained.items()]
        audit: list[Block] = [Heading(2, "The lines that differ"), *map(Paragraph, lines)]
        return Document(
            (title, Paragraph(self._says), *tables[:-2], *audit * bool(lines), *tables[-2:], *rest)
        )


def reconcile(
    units: pd.DataFrame | str | PathLike[str] | bytes | IO[bytes],
    law: Law | None = None,
    *,
    sheet: str | None = None,
    fiscal_year: int | None = None,
    layout: str | PathLike[str] | None = None,
    **more: Any,
) -> Reconciliation:
    """Compute every published number of a state from its own parts, and say where it differs.

    Each line is computed from what is published of the lines that it reads, so that one wrong
    number is named once, where it stands, and not in all that follows from it.

    Args:
        units: The State Board's workbook: a path, bytes, or a file that is open for reading
            bytes. Or a table of units with published lines beside what they are computed from.
        law: With a table, the numbers of its year. A workbook says its own.
        sheet: The workbook's sheet; left out, the sheet "Base Calc", or the only one.
        fiscal_year: Of a workbook that does not say it.
        layout: A TOML file of a layout of the whole workbook; left out, the one known of the year.
        more: Of a workbook, as of :func:`ebf.read`: ``salaries``, ``readings``, amounts.

    Returns:
        The reconciliation. What is published is never a number computed with and an answer at
        once: a column says whether it was read, recovered or computed.

    Raises:
        InputError: a file or table that cannot be used.
    """
    if isinstance(units, pd.DataFrame):
        check_law(law)
        assert law is not None  # noqa: S101 - check_law refuses it
        of_files = {"sheet": sheet, "fiscal_year": fiscal_year, "layout": layout, **more}
        if said := [name for name, value in of_files.items() if value is not None]:
            raise InputError(
                unsuitable_name(Place("arguments", argument=name), "beside a table", "of a file")
                for name in said
            )
        return _reconciled(Published(State(units, law)))
    if law is not None:
        place, allowed = Place("law", argument="law"), "with a table; a workbook says its year"
        fix = "leave it out, or hand over fiscal_year, salaries, readings as of ebf.read"
        raise InputError([unsuitable_name(place, "beside a workbook", allowed, fix=fix)])
    return _reconciled(published_in(units, fiscal_year, sheet=sheet, layout=layout, **more))


# --- Line by line ------------------------------------------------------------------------


class _Compared(NamedTuple):
    """A published column beside what its parts come to, by unit, and beside ``anew``.

    A number that its published parts do not come to is right all the same where the state
    computed anew comes to it: then one of its parts is wrong, and is named by itself.
    """

    name: str
    label: str
    cite: str
    measure: str
    line: Line | None
    band: int
    unit_ids: tuple[str, ...]
    published: npt.NDArray[np.float64]
    parts: npt.NDArray[np.float64]
    anew: npt.NDArray[np.float64]
    rounding: float
    breadth: npt.NDArray[np.float64]

    @property
    def apart(self) -> npt.NDArray[np.float64]:
        """Published less computed: from its parts, or anew where that is nearer."""
        from_parts, from_anew = self.published - self.parts, self.published - self.anew
        return np.where(np.abs(from_anew) < np.abs(from_parts), from_anew, from_parts)

    @property
    def is_there(self) -> npt.NDArray[np.bool_]:
        return ~np.isnan(self.published)

    @property
    def is_equal(self) -> npt.NDArray[np.bool_]:
        return np.asarray(np.abs(self.apart) <= self.breadth)

    @property
    def is_rounded(self) -> npt.NDArray[np.bool_]:
        near = np.abs(self.apart) <= self.rounding + self.breadth
        return np.asarray(near & ~self.is_equal)

    @property
    def differs(self) -> npt.NDArray[np.bool_]:
        return np.asarray(self.is_there & ~self.is_equal & ~self.is_rounded)

    @property
    def outcome(self) -> npt.NDArray[np.str_]:
        """What became of each number."""
        return np.select([self.is_equal, self.is_rounded], [EQUAL, WHEN_ROUNDED], DIFFERS)


def _cells(compared: Sequence[_Compared]) -> pd.DataFrame:
    """Every number that is there, by unit and column."""
    places = [np.flatnonzero(each.is_there) for each in compared]
    both = [*zip(compared, places, strict=True)]
    published = np.concatenate([each.published[at] for each, at in both])
    apart = np.concatenate([each.apart[at] for each, at in both])
    frame = pd.DataFrame(
        {
            ID: [each.unit_ids[place] for each, at in both for place in at.tolist()],
            "column": np.repeat([each.name for each in compared], [*map(len, places)]),
            "published": published,
            "computed": published - apart,
            "difference": apart,
            "outcome": np.concatenate([each.outcome[at] for each, at in both]),
        }
    )
    return frame.set_index([ID, "column"])


def _breadth(published: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.maximum(_NOISE * np.abs(published), _LEAST_NOISE)


class _Lines:
    """The lines of a state, each from what is published of the lines that it reads."""

    def __init__(self, calculation: Calculation) -> None:
        self.calculation = calculation
        values: dict[str, Values] = dict(calculation.values)
        self.parts: dict[str, Values] = {}
        with np.errstate(all="ignore"):
            self.anew = evaluate(calculation.plan.steps, values, rounding=True)
            for line in calculation.plan.steps:
                found = line.compute(*(values[name] for name in line.reads), rounding=True)
                self.parts[line.name] = found
                values[line.name] = self._known(line, found)
        self.values = values

    @property
    def _is_out(self) -> npt.NDArray[np.bool_]:
        """Who is not in the formula: a specially funded unit has 0 on the sheets."""
        kinds = self.calculation.table.text["organization_type"]
        return np.asarray(kinds == "specially_funded")[..., np.newaxis]

    def _known(self, line: Line, found: Values) -> Values:
        """What is published of a line; what it comes to, where that is shown rounded or blank."""
        published = self.calculation.claims.get(line.name)
        if published is None:
            return found
        published, parts = nearly(published).astype(float), nearly(found).astype(float)
        apart, breadth = np.abs(published - parts), self._breadth_of(line, published)
        is_rounded = (apart > breadth) & (
            apart <= breadth + _rounding_of(line, str(line.measure), published)
        )
        kept = np.where(is_rounded | np.isnan(published), parts, published)
        return np.asarray(kept.astype(found.dtype))

    def _breadth_of(self, line: Line, published: npt.NDArray[np.float64]) -> Any:
        """How far floats are off: of dollars that are a difference, by what it is taken of."""
        own = _breadth(published)
        if line.measure is not Measure.DOLLARS:
            return own
        of_dollars = (
            self.calculation.values.get(name, self.parts.get(name))
            for name in line.reads
            if known_names()[name].measure is Measure.DOLLARS
        )
        largest = [_breadth(nearly(each).astype(float)) for each in of_dollars if each is not None]
        if line.statewide or not largest:
            return own
        largest = [each.max(axis=-1, keepdims=True) for each in largest]
        whole = np.maximum.reduce([np.broadcast_to(each, own.shape) for each in largest])
        return np.maximum(own, np.minimum(whole, _MOST_OF_A_CENT))

    def compared(self) -> Iterator[_Compared]:
        """The published columns beside their parts, in the order of the statute."""
        for line in self.calculation.law.lines.values():
            if line.name not in self.calculation.claims or line.name not in self.parts:
                continue
            published = nearly(self.calculation.claims[line.name]).astype(float)
            if not line.statewide:
                published = np.where(self._is_out & (published == 0), np.nan, published)
            parts = np.broadcast_to(nearly(self.parts[line.name]).astype(float), published.shape)
            breadth = self._breadth_of(line, published)
            anew = np.broadcast_to(nearly(self.anew[line.name]).astype(float), published.shape)
            rounding = _rounding_of(line, str(line.measure), published)
            units = self.calculation.table.unit_ids
            for band, column in enumerate(columns_of(line.name)):
                yield _Compared(
                    name=column,
                    label=line.title,
                    cite=str(line.cite),
                    measure=str(line.measure),
                    line=line,
                    band=band,
                    unit_ids=(STATEWIDE,) if line.statewide else units,
                    published=published[0, :, band],
                    parts=parts[0, :, band],
                    anew=anew[0, :, band],
                    rounding=rounding,
                    breadth=breadth[0, :, band],
                )


_MOST_DECIMALS, _FEW = 6, 20


def _rounding_of(line: Line | None, measure: str, published: npt.NDArray[np.float64]) -> float:
    """Half of the last decimal that a column has, 0 where it has more than six.

    Of a line that is rounded, not cut, half of its last: a sheet may show it before. A few
    numbers may have few decimals by chance: of those only dollars are taken to be rounded.
    """
    if line is not None and line.rounding is not None and not line.rounding.cut:
        return float(0.5 * 10.0**-line.rounding.decimals)
    numbers = published[np.isfinite(published)]
    if numbers.size < _FEW and measure != Measure.DOLLARS:
        return 0.0
    for decimals in range(2, _MOST_DECIMALS):
        if (np.abs(np.round(numbers, decimals) - numbers) <= _breadth(numbers)).all():
            return float(0.5 * 10.0**-decimals)
    return 0.0


# --- Beside the lines --------------------------------------------------------------------


class _Beside(NamedTuple):
    """What the State Board shows of a unit beside the lines: what it is called, and made of."""

    label: str
    measure: Measure
    reads: tuple[str, ...]
    compute: Callable[..., Values]


def _per_student(label: str, line: str, *, cut: bool = False) -> _Beside:
    def compute(dollars: Values, pupils: Values) -> Values:
        share = np.divide(dollars, pupils, out=np.zeros(dollars.shape), where=pupils != 0)
        return np.asarray(CUT_2(share)) if cut else share

    reads = (line, "average_student_enrollment")
    return _Beside(label, Measure.DOLLARS_PER_STUDENT, reads, compute)


_INVESTMENTS: Final = (
    "core_investments",
    "per_student_investments_subject_to_regionalization",
    "additional_investments",
    "per_student_investments_not_subject_to_regionalization",
)
_BESIDE: Final[Mapping[str, _Beside]] = {
    "investments": _Beside(
        "Adequacy Target before the Regionalization Factor",
        Measure.DOLLARS,
        _INVESTMENTS,
        lambda *parts: sum(parts[1:], parts[0]),
    ),
    "adequacy_target_per_student": _per_student(
        "Final Adequacy Target Per Student", "adequacy_target", cut=True
    ),
    "adequacy_funding_gap": _Beside(
        "Adequacy Funding Gap",
        Measure.DOLLARS,
        ("adequacy_target", "final_resources"),
        lambda target, resources: target - resources,
    ),
    "final_adequacy_level": _Beside(
        "Final Adequacy Level",
        Measure.RATIO,
        ("final_percent_of_adequacy",),
        lambda percent: percent,
    ),
    "tier_1_per_student": _per_student("Tier 1 Per Student", "tier_1_funding"),
    "original_tier_2_per_student": _per_student(
        "Original Tier 2 Per Student", "tier_2_funding_step_1"
    ),
    "final_tier_2_per_student": _per_student("Final Tier 2 Per Student", "tier_2_funding"),
    "tier_3_per_student": _per_student("Tier 3 Per Student", "tier_3_funding"),
    "tier_4_per_student": _per_student("Tier 4 Per Student", "tier_4_funding"),
    "tier_funding_per_pupil": _per_student("Tier Funding Per Pupil", "tier_funding", cut=True),
    "net_state_contribution": _Beside(
        "Total NET State Contribution",
        Measure.DOLLARS,
        ("total_state_contribution", "prior_year_adjustments"),
        lambda gross, adjustments: gross + adjustments,
    ),
}
"""The sheet's own arithmetic beside the formula's lines."""


def _beside(published: Published, lines: _Lines) -> Iterator[_Compared]:
    """The columns beside the lines, each from what is published of what it is made of."""
    if published.beside is None:
        return
    units = list(lines.calculation.table.unit_ids)
    shown = published.beside.reindex(units)
    known = {name: shown[name].fillna(0.0).to_numpy() for name in shown}
    for name, about in _BESIDE.items():
        if name not in shown or shown[name].isna().all():
            continue
        if not all(read in lines.values or read in known for read in about.reads):
            continue
        parts = about.compute(
            *(
                known[read] if read in known else np.resize(nearly(lines.values[read]), len(units))
                for read in about.reads
            )
        )
        values = shown[name].to_numpy(float)
        rounding = _rounding_of(None, about.measure, values)
        yield _apart_from_lines(
            name, about.label, about.measure, tuple(units), values, parts, rounding
        )


def _apart_from_lines(
    name: str,
    label: str,
    measure: str,
    unit_ids: tuple[str, ...],
    published: npt.NDArray[np.float64],
    parts: Values,
    rounding: float,
) -> _Compared:
    """A column that no line of the calculation computes, beside what it comes to."""
    found = np.asarray(parts, dtype=float)
    return _Compared(
        name=name,
        label=label,
        cite="",
        measure=str(measure),
        line=None,
        band=0,
        unit_ids=unit_ids,
        published=published,
        parts=found,
        anew=found,
        rounding=rounding,
        breadth=_breadth(published),
    )


def _by_county(lines: _Lines) -> Iterator[_Compared]:
    """The Regionalization Factors beside what is known of their counties."""
    name, calculation = "regionalization_factor", lines.calculation
    table, year = calculation.table, calculation.law.fiscal_year
    pupils = "average_student_enrollment"
    if not {name, pupils} <= lines.values.keys() or "county" not in table.text:
        return
    if name not in table.values or year not in factor_years():
        return
    factors = nearly(table.values[name])[0, :, 0].astype(float)
    counties = [None if pd.isna(each) else str(each) for each in table.text["county"][0]]
    known = [regionalization_factor_of(each, year) if each else None for each in counties]
    # who has no pupils has no factor on the sheet
    has_pupils = nearly(lines.values[pupils])[0, :, 0] > 0
    by_county = np.array([np.nan if each is None else each for each in known], dtype=float)
    line = calculation.law.lines[name]
    published = np.where(has_pupils & ~np.isnan(by_county), factors, np.nan)
    label = f"{line.title} (by county)"
    yield _apart_from_lines(name, label, line.measure, table.unit_ids, published, by_county, 0.0)


def _totals(published: Published) -> Iterator[_Compared]:
    """The totals of the sheet beside the sums of its columns."""
    for column, total in published.totals.items():
        units = published.state.units
        frame = units if column in units else published.beside
        if frame is None or column not in frame:
            continue
        added = np.array([fsum(frame[column].dropna().tolist())])
        label, measure = _about(column)
        yield _apart_from_lines(
            column, f"Total: {label}", measure, (TOTALS,), np.array([total]), added, _OF_SUMS
        )


def _about(column: str) -> tuple[str, str]:
    """What a column of the sheet is called, and its measure; a payment beside them is dollars."""
    if (known := entries().get(column)) is not None:
        return known_names()[known.name].label, known.about.measure
    if column in _BESIDE:
        return _BESIDE[column].label, Measure.DOLLARS
    return column, Measure.DOLLARS


# --- What explains a difference ----------------------------------------------------------


class _Explainer:
    """Why a published number is not what its parts come to."""

    def __init__(self, lines: _Lines) -> None:
        self.lines, self.law = lines, lines.calculation.law

    def of(self, found: _Compared, place: int) -> str:
        """A reading that gives the published number, a near tie, or nothing."""
        if found.line is None:
            return UNEXPLAINED
        at = _At(found.line, found.band, place)  # a line of the whole state has one place
        if self._is_near_tie(at, found):
            return NEAR_TIE
        for number, name in self._alternatives(found.line):
            law = self.law.with_readings({number: name})
            alternative = law.lines[found.line.name]
            value = self._at(at, law, alternative, rounding=True)
            if abs(value - found.published[place]) <= found.rounding + _breadth_of(value):
                return f"reading {number}, alternative {name}"
        return UNEXPLAINED

    def _alternatives(self, line: Line) -> Iterator[tuple[int, str]]:
        """The readings by which a line would be another, or read another number."""
        for reading in readings():
            if self.law.readings.get(reading.number):
                continue
            for alternative in reading.alternatives.values():
                its_lines = {each.name for each in alternative.lines_in(self.law.fiscal_year)}
                numbers = {_identifier(each) for each in alternative.amounts}
                if line.name in its_lines or numbers & {*line.reads}:
                    yield reading.number, alternative.name

    def _at(self, at: _At, law: Law, line: Line, *, rounding: bool) -> float:
        """A line at one unit, by a law that may be another."""
        values = self.lines.values
        reads = [
            law.value(name) if name in law.known and name not in law.lines else values.get(name)
            for name in line.reads
        ]
        known = [value for value in reads if value is not None]
        if len(known) < len(reads):  # another rule, of what is not here
            return float("nan")
        with np.errstate(all="ignore"):
            found = nearly(line.compute(*known, rounding=rounding)).astype(float)
        return float(found[0, at.place if found.shape[1] > 1 else 0, at.band])

    def _is_near_tie(self, at: _At, found: _Compared) -> bool:
        """Whether the number before rounding lies on the edge between the two."""
        rounding = at.line.rounding
        if rounding is None:
            return False
        published, parts = found.published[at.place], found.parts[at.place]
        step = 10.0**-rounding.decimals
        if abs(abs(published - parts) - step) > step / 100:
            return False
        edge = max(published, parts) if rounding.cut else (published + parts) / 2
        before = self._at(at, self.law, at.line, rounding=False)
        return bool(abs(before - edge) <= _breadth_of(edge))


class _At(NamedTuple):
    """A line's number of a unit."""

    line: Line
    band: int
    place: int


def _breadth_of(value: float) -> float:
    return float(_breadth(np.array(value)))


def _identifier(name: str) -> str:
    return element_owners()[identifier_of(name)][0].identifier


# --- The answer ----------------------------------------------------------------------------


def _prepared(units: pd.DataFrame, law: Law) -> Calculation:
    """What comes to the lines that are handed over beside what they are computed from."""
    table = check_table(units, law.fiscal_year)
    names = table.values.keys() | table.text.keys() & {"county"}
    if not (published := instead_of_given(names, law)):
        place, allowed = Place("table"), "lines beside what they are computed from"
        fix = "hand over published lines, such as adequacy_target beside its four parts"
        raise InputError([missing(place, "nothing to compare", allowed, fix=fix)])
    return prepare(units, law, lines=sorted(published))


def _reconciled(published: Published) -> Reconciliation:
    """The reconciliation of a state."""
    calculation = _prepared(*published.state)
    lines = _Lines(calculation)
    by_line = [*_by_county(lines), *lines.compared()]
    compared = [*by_line, *_beside(published, lines), *_totals(published)]
    differing = [*_differing(compared, published, lines)]
    columns = [*_used_alone(published, calculation), *map(_row, compared)]
    source = published.state.source
    is_one = source is not None and source.sheet is not None and not published.sheets
    sheet = f", sheet {source.sheet}" if source and is_one else ""
    return Reconciliation(
        sources=known_sources(file=source),
        fiscal_year=published.state.law.fiscal_year,
        of=f"{source.file}{sheet}" if source else "a table of units",
        columns=pd.DataFrame(columns).set_index("column"),
        differences=pd.DataFrame(
            [each.row for each in differing], columns=[*_DIFFERENCES]
        ).set_index(ID),
        cells=_cells(compared),
        explained={each.where: each.words for each in differing[:_SHOWN]},
        assumptions=(
            _FROM_ITS_PARTS,
            _EQUAL,
        ),
        left_out=tuple(_left_out(published, calculation, compared)),
    )


class _Difference(NamedTuple):
    """The first line of a unit that differs; in words with the numbers that it is made of."""

    row: Mapping[str, Any]
    where: str
    words: str


_FROM_ITS_PARTS: Final = (
    "A line is computed from what is published of the lines that it reads, so that a wrong number "
    "is named once, where it stands."
)
_EQUAL: Final = (
    f"Equal: to {_NOISE:g} of the number, what floats of a workbook are off; when rounded: to half "
    "of the last decimal that the column is published with."
)
_DIFFERENCES: Final = (
    ID,
    "name",
    "column",
    "cell",
    "published",
    "computed",
    "difference",
    "explains",
    "more",
    "measure",
)


def _differing(
    compared: Sequence[_Compared], published: Published, lines: _Lines
) -> Iterator[_Difference]:
    """A row a unit, those of the whole state first."""
    explainer = _Explainer(lines)
    table = lines.calculation.table
    names = table.text["name"][0] if "name" in table.text else [""] * len(table.unit_ids)
    name_of = dict(zip(table.unit_ids, names, strict=True))
    first: dict[str, tuple[_Compared, int]] = {}
    more: Counter[str] = Counter()
    for found in compared:
        for place in np.flatnonzero(found.differs).tolist():
            unit_id = found.unit_ids[place]
            more[unit_id] += unit_id in first
            first.setdefault(unit_id, (found, place))
    # what is of the whole state decides for all units, and a total follows from them
    for unit_id in sorted(first, key=lambda each: (each == TOTALS, each != STATEWIDE, each)):
        found, place = first[unit_id]
        cell = published.cell(found.name, unit_id)
        row = {
            ID: unit_id,
            "name": name_of.get(unit_id, ""),
            "column": found.name,
            "cell": cell,
            "published": found.published[place],
            "computed": found.published[place] - found.apart[place],
            "difference": found.apart[place],
            "explains": explainer.of(found, place),
            "more": more[unit_id],
            "measure": found.measure,
        }
        where = f"{cell} of {unit_id}" if cell else unit_id
        yield _Difference(row, where, _in_words(found, place, lines))


def _in_words(found: _Compared, place: int, lines: _Lines) -> str:
    """The line with the published numbers of what it reads."""
    published = amount(float(found.published[place]), found.measure)
    computed = amount(float(found.parts[place]), found.measure)
    begin = f"{found.label} ({found.name}) is published as {published}"
    if found.line is None:
        of = ", ".join(_BESIDE[found.name].reads) if found.name in _BESIDE else ""
        made = "the units' numbers add up" if found.unit_ids == (TOTALS,) else f"{of} there come"
        made = made if found.name in _BESIDE or found.unit_ids == (TOTALS,) else "its county comes"
        return f"{begin}; {made} to {computed}."
    calculation = lines.calculation
    everything = {**lines.values, found.line.name: lines.parts[found.line.name]}
    record = Ledger(
        law=calculation.law,
        table=calculation.table,
        values=MappingProxyType(everything),
        everything=MappingProxyType(everything),
        steps=calculation.plan.steps,
        not_computed=calculation.plan.lacking,
    )
    unit_id = calculation.table.unit_ids[0 if found.line.statewide else place]
    step = explain(record, unit_id, found.line.name, 0).steps[0]
    result = step.results[found.band]
    rounding = f", {step.rounding}" if step.rounding else ""
    return (
        f"{begin}; from its parts there it comes to {computed}: {step.rule} {result.formula} = "
        f"{result.numbers}{rounding} [{found.cite}]."
    )


def _row(found: _Compared) -> dict[str, Any]:
    """A computed column's counts, and its worst residual."""
    apart = np.where(found.is_there, np.abs(found.apart), 0.0)
    return {
        "column": found.name,
        "label": found.label,
        "used": "computed",
        "units": int(found.is_there.sum()),
        "equal": int((found.is_there & found.is_equal).sum()),
        "equal_when_rounded": int((found.is_there & found.is_rounded).sum()),
        "differ": int(found.differs.sum()),
        "worst": float(apart.max(initial=0.0)),
        "measure": found.measure,
    }


def _used_alone(published: Published, calculation: Calculation) -> Iterator[dict[str, Any]]:
    """The columns that were computed with, not compared: read, or recovered from results."""
    table = calculation.table
    for column in published.state.units.columns:
        if column not in table.columns:
            continue
        marks = table.marked.get(column, {}).values()
        entry = entries()[column]
        band = columns_of(entry.name).index(column)
        filled = int((~is_blank(table.values[entry.name][..., band])).sum())
        yield {
            "column": column,
            "label": known_names()[entry.name].label,
            "used": "recovered" if Mark.RECOVERED in marks else "read",
            "units": filled,
            "equal": None,
            "equal_when_rounded": None,
            "differ": None,
            "worst": None,
            "measure": str(entry.about.measure),
        }


def _left_out(
    published: Published, calculation: Calculation, compared: Sequence[_Compared]
) -> Iterator[str]:
    """Columns that are there and were neither read nor compared."""
    if published.beside is not None:
        shown = {str(name) for name in published.beside if published.beside[name].notna().any()}
        read = {read for about in _BESIDE.values() for read in about.reads}
        if lost := shown - {each.name for each in compared} - read:
            yield f"Columns of the sheet that nothing here comes to: {', '.join(sorted(lost))}."
    if "specially_funded" in calculation.table.text["organization_type"]:
        yield "A 0 of specially funded units, who are not in the formula."
    lines = calculation.law.lines
    if unknown := [name for name in calculation.table.values if name in lines]:
        yield (
            "Lines that are read as they are published, since what they are computed from is not "
            f"in the file: {', '.join(sorted(unknown))}."
        )
