"""The ledger: every input and every line of every unit, as frames and files.

Holds: TEXT_SHOWN, check_ledger, Ledger, name_of, numbers_of_unit, units_with, calculate,
ledger_of, columns_found, Prepared, prepare.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from hashlib import file_digest
from os import PathLike
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ebf.contents import ByContents, digest_of
from ebf.engine.calculation import Calculation, check_options
from ebf.engine.checks import Check, checks_of
from ebf.engine.preparation import prepare as prepared
from ebf.engine.record import Arithmetic, Record, check_one_state, places_of
from ebf.explain.summary import summary, title
from ebf.faults import (
    SHOWN,
    Fault,
    FaultKind,
    InputError,
    Place,
    check_type,
    described,
    out_of_range,
    require,
    wrong_type,
)
from ebf.files import Source, Writer, known_sources, write_file, write_files
from ebf.language.vocabulary import RELATIVE_TOLERANCE, Values, nearly
from ebf.law.names import column_of, columns_of, range_of
from ebf.law.parameters import Law, check_law
from ebf.numbers import Numbers, number_of
from ebf.show.answer import Shown, json_of
from ebf.show.document import Document
from ebf.units.changes import changed_units
from ebf.units.csv_and_parquet import write_csv
from ebf.units.finding import unit_asked_for
from ebf.units.ids import ID, SCENARIO, frame_of
from ebf.units.kept import KEPT, keeping
from ebf.units.unit import UnitPatch

if TYPE_CHECKING:
    from ebf.explain.explanation import Audit, Explanation
    from ebf.reports.district_page.page import DistrictPage
    from ebf.show.charts.chart import Chart

TEXT_SHOWN = ("name", "organization_type", "county", "region")


def check_ledger(ledger: object) -> None:
    """Refuse what is no ledger."""
    check_type("ledger", ledger, Ledger, "a ledger: ebf.calculate(...)")


def _same(name: object, other: object) -> bool:
    try:
        return bool(name == other)
    except (TypeError, ValueError):  # blanks and arrays are not the name of a scenario
        return False


class Ledger(Shown, Record):
    """What :func:`ebf.calculate` found.

    ``values`` are the inputs given and the lines computed, arrays of (scenario,
    unit, band) with the units in the order of ``table.unit_ids``; read-only. Exact
    arithmetic leaves fractions in them; frames and files show the nearest floats.
    ``everything`` has beside them what else lines read: text, defaults, parameters,
    salaries. ``steps`` are the lines computed, each behind those it reads;
    ``not_computed`` names the lines left out, with what they would need.
    """

    @property
    def title(self) -> str:
        """The fiscal year, and how many units."""
        return title(self)

    @property
    def document(self) -> Document:
        """What it comes to in short, as ``ebf calculate`` prints it."""
        return summary(self)

    @property
    def _year(self) -> int:
        return self.fiscal_year

    def _sources(self) -> Mapping[str, Source]:
        return known_sources(units=self.source)

    @cached_property
    def digest(self) -> str:
        """A SHA-256 of the law, of every input and line, and of the file that they are from.

        It is the same in every process. Columns of the caller's own are no part of it.
        """
        table = self.table
        text = {name: texts.tolist() for name, texts in table.text.items()}
        return digest_of(
            [
                *(self.law, self.values, self.rounding, self.arithmetic, self.standing),
                *([line.name for line in self.steps], dict(self.not_computed)),
                *(table.unit_ids, text, table.values, table.incomplete),
                *(table.rows, table.marked, table.source, table.note),
            ]
        )

    @cached_property
    def _statewide_names(self) -> frozenset[str]:
        return frozenset(name for name in self.values if column_of(name).statewide)

    @property
    def units(self) -> pd.DataFrame:
        """A row a unit in the caller's order, a column an input or line.

        Bands are columns ``name_elementary`` and so on. The index is the unit
        id; with scenarios, scenario and unit id. The frame is the caller's own.
        """
        return self._units.copy()

    @cached_property
    def _units(self) -> pd.DataFrame:
        return self._frame(self.values)

    def _frame(self, shown: Mapping[str, Values], text: Sequence[str] = TEXT_SHOWN) -> pd.DataFrame:
        """The units with these of their values, each as it is handed over or computed."""
        scenarios = self.scenarios
        count, units = len(scenarios or [0]), len(self.table.unit_ids)
        columns: dict[str, Any] = {
            name: np.broadcast_to(self.table.text[name], (count, units)).ravel()
            for name in text
            if name in self.table.text and not (name == "region" and self.table.regions_by_id)
        }
        for name, value in shown.items():
            if name in self._statewide_names:
                continue
            whole = _shown(name, np.broadcast_to(value, (count, units, value.shape[-1])))
            for band, column in enumerate(columns_of(name)):
                columns[column] = whole[..., band].ravel()
        for name, cells in self.table.kept.items():
            if name not in columns:
                columns[name] = np.broadcast_to(cells, (count, units)).ravel()
        index = pd.Index(self.table.unit_ids, name=ID)
        if scenarios is not None:
            index = pd.MultiIndex.from_product([scenarios, index], names=[SCENARIO, ID])
        frame = pd.DataFrame(columns, index=index)
        kept = [*self.table.kept]
        frame[kept] = frame[kept].infer_objects()
        if kept:
            frame.attrs[KEPT] = kept
        in_callers_order = len(self.table.rows) == len(frame)
        return frame.iloc[self.table.rows if in_callers_order else self._rows(count, units)]

    def _rows(self, count: int, units: int) -> Any:
        """The caller's row order, once a scenario."""
        return (np.arange(count)[:, None] * units + self.table.rows).ravel()

    @property
    def statewide(self) -> pd.Series[float]:
        """The statewide lines of one state, by name.

        Raises InputError for several scenarios, which ``statewide_by_scenario`` has.
        """
        check_one_state(self)
        single = {n: float(v.item()) for n, v in self.values.items() if n in self._statewide_names}
        return pd.Series(single, name=f"FY{self.fiscal_year}", dtype=float)

    @property
    def statewide_by_scenario(self) -> pd.DataFrame:
        """The statewide lines, a column each; a row a scenario, which of one state is 0."""
        names = [name for name in self.values if name in self._statewide_names]
        scenarios = self.scenarios or range(1)
        count = len(scenarios)
        columns = {n: np.broadcast_to(self.values[n].ravel(), count).astype(float) for n in names}
        index = pd.Index(scenarios, name=SCENARIO, tupleize_cols=False)
        return pd.DataFrame(columns, index=index)

    @property
    def checks(self) -> pd.DataFrame:
        """What holds of every result: a row a check, with what was found and the rule."""
        found = checks_of(self.law, self.everything, self.table, self.standing)
        return pd.DataFrame(found, columns=Check._fields).set_index("name")

    def scenario(self, which: Any) -> Ledger:
        """The ledger of one scenario, by its name or number.

        Raises InputError where there is none of that name.
        """
        known = list(self.scenarios or ())
        places = [place for place, each in enumerate(known) if each is which or _same(each, which)]
        if not places:
            allowed = ", ".join(map(described, known[:SHOWN]))
            allowed = allowed or "nothing: the ledger is of one state"
            asked = described(which)
            where = Place("ledger", "scenario", scenario=asked)
            raise InputError([Fault(FaultKind.UNKNOWN_NAME, where, asked, allowed)])
        place = places[0]

        def of_one(values: Mapping[str, Values]) -> Mapping[str, Values]:
            return MappingProxyType(
                {n: v[place : place + 1] if v.shape[0] > 1 else v for n, v in values.items()}
            )

        return replace(
            self,
            law=self.law.of_scenario(place),
            table=self.table.of_scenario(place),
            values=of_one(self.values),
            everything=of_one(self.everything),
        )

    def unit_id(self, asked: str) -> str:
        """The id of a unit, by its id in any form, its name, or words of its name.

        Raises InputError where no unit is called so, and where several are: each is named.

        >>> from ebf.units.sample import sample
        >>> calculate(*sample(), lines=["tier"]).unit_id("10-001-9606-26-00")
        '1000196062600'
        """
        return unit_asked_for(self.table, asked)

    def _unit(self, asked: str) -> str:
        check_one_state(self)
        return self.unit_id(asked)

    def _units_of(self, asked: Iterable[Any]) -> list[str]:
        """The ids of several units; raises InputError for all that are none."""
        check_one_state(self)
        found, faults = list[str](), list[Fault]()
        for each in asked:
            try:
                found.append(self.unit_id(each))
            except InputError as error:
                faults += error.faults
        if faults:
            raise InputError(faults)
        return found

    def explain(self, unit_id: str, line: str, *, depth: int | None = None) -> Explanation:
        """Explain where one number of a unit came from, down to inputs and parameters.

        Args:
            unit_id: The unit, by its id in any form or its name. A statewide line is
                explained the same for all, with this unit's part in it.
            line: A line, or a column of one (``nurse_cost_high``), or an input.
            depth: How many levels of sources to explain; 0 the line alone,
                None all down to inputs and parameters.

        Returns:
            The explanation: shows itself in notebooks; ``print`` it, or
            ``to_markdown()``, ``to_html()``, ``to_json()``.

        Raises:
            InputError: for an unknown unit or line; for several scenarios.
        """
        from ebf.explain.audit import explain  # noqa: PLC0415 - import ebf stays quick

        return explain(self, self._unit(unit_id), line, depth)

    def audit(self, unit_id: str) -> Audit:
        """State every number of a unit in the order of the statute.

        Returns:
            The audit: renderings as of :meth:`explain`, and ``frame``.

        Raises:
            InputError: for an unknown unit; for several scenarios.
        """
        from ebf.explain.audit import audit  # noqa: PLC0415 - import ebf stays quick

        return audit(self, self._unit(unit_id))

    def page(
        self,
        unit_id: str,
        *,
        before: Ledger | None = None,
        counted: Ledger | None = None,
        held: Iterable[str] = (),
        staff: Mapping[str, float | None] | pd.Series | None = None,
    ) -> DistrictPage:
        """Make the page of one district: what a superintendent shows her board.

        Args:
            unit_id: The unit, by its id in any form or its name.
            before: An earlier ledger, last year's, to set beside and to explain the change from.
            counted: A ledger that has the unit computed from its own counts, where this one
                starts from the state's sums (:func:`ebf.own_counts` makes one).
            held: Lines that were left as the state's file has them, though its counts move them.
            staff: The unit's actual staff and dollars, as :func:`ebf.adequacy_gap` takes them.

        Returns:
            The page: ``to_html()`` is one file with all in it; other forms as of
            :meth:`explain`.

        Raises:
            InputError: for an unknown unit; for several scenarios; for a ledger that has not
                all lines up to tier funding; for faults of the staff.
        """
        from ebf.reports.district_page.page import district_page  # noqa: PLC0415 - a room above

        return district_page(
            self, unit_id, before=before, counted=counted, held=tuple(held), staff=staff
        )

    def to_workbook(
        self,
        path: str | PathLike[str],
        unit_ids: Iterable[str] | None = None,
        *,
        district: str | None = None,
    ) -> None:
        """Write an Excel workbook whose computed cells are live formulas.

        Parameters on one sheet, statewide lines on one, a sheet a subsection
        with a row a unit and a column a line; the results are stored with the
        formulas. The Tier 1 Target Ratio is solved in the workbook, so a changed
        parameter, input or amount of new money moves every unit. A sheet of one
        district, chosen in a cell, has its numbers on two printed pages.

        Args:
            path: The .xlsx file, written whole or not at all.
            unit_ids: Only these units; what the others decide too is then fixed.
            district: The unit, by its id or name, that the sheet of one district begins
                with; otherwise the first.

        Raises:
            InputError: for unknown units; for several scenarios; for another ending
                than .xlsx; without XlsxWriter (the extra ``excel``).
            OSError: where the file cannot be written.
        """
        require("xlsxwriter", "excel")
        if (ending := Path(path).suffix.lower()) != ".xlsx":
            place, allowed = Place(argument="path"), "a file that ends in .xlsx"
            raise InputError([out_of_range(place, repr(ending), allowed)])
        from ebf.explain.workbook.writer import write_workbook  # noqa: PLC0415 - it needs an extra

        chosen = [unit_ids] if isinstance(unit_ids, str) else unit_ids
        if chosen is not None and not isinstance(chosen, Iterable):
            allowed = "ids of units of this ledger"
            raise InputError(
                [wrong_type(Place("ledger", argument="unit_ids"), described(chosen), allowed)]
            )
        wanted = self.table.unit_ids if chosen is None else self._units_of(chosen)
        places = places_of(self, [*wanted])
        first = int(self.table.rows[0]) if chosen is None else places[0]
        if district is not None:
            (first,) = places_of(self, [self.unit_id(district)])
            if first not in places:
                place, allowed = Place("ledger", argument="district"), "one of the units asked for"
                raise InputError([out_of_range(place, described(district), allowed)])
        write_file(path, lambda beside: write_workbook(self, beside, places, first))

    def near_ties(self, within: float = 2 * RELATIVE_TOLERANCE) -> pd.DataFrame:
        """List the cuts and comparisons that floats cannot be trusted with.

        A row where a value lies within ``within`` (a part of the limit) of a
        cut, a tier's edge or another comparison, but not on it, and what fast
        and exact arithmetic make of it: see :func:`ebf.explain.near_ties.near_ties`.
        """
        from ebf.explain.near_ties import near_ties  # noqa: PLC0415 - import ebf stays quick

        number = number_of(within)
        if number is None or not 0 <= number <= 1:
            fault = out_of_range(
                Place(argument="within"), described(within), "a number from 0 to 1"
            )
            raise InputError([fault])
        return near_ties(self, number)

    def census(self) -> pd.DataFrame:
        """List every floor, cap and comparison of the formula, and what it decides.

        A row a bound: see :func:`ebf.explain.census.census`. Raises InputError for
        several scenarios.
        """
        from ebf.explain.census import census  # noqa: PLC0415 - import ebf stays quick

        return census(self)

    def sensitivity(self, unit_id: str, line: str) -> pd.DataFrame:
        """What a unit's line gains for one more of everything that it stands on.

        Exact within the current piece of the formula, with the next edge on
        either side: see :func:`ebf.explain.sensitivity.sensitivity`. Raises InputError
        for an unknown unit or line, and for several scenarios.
        """
        from ebf.explain.sensitivity import sensitivity  # noqa: PLC0415 - import ebf stays quick

        return sensitivity(self, self._unit(unit_id), line)

    def chart(self) -> Chart:
        """A picture of how adequate the units are: how many have which percent, in tiers.

        With 90 %, 100 % and the Tier 1 Target Ratio marked. Raises InputError for several
        scenarios, for a ledger without the tiers, and without the extra ``charts``.
        """
        from ebf.explain.charts import adequacy_chart  # noqa: PLC0415 - import ebf stays quick

        return adequacy_chart(self)

    def money_chart(self, *, per_pupil: bool = False) -> Chart:
        """A picture of where the new money goes: by tier, in all or for each pupil.

        Raises InputError as :meth:`chart`.
        """
        from ebf.explain.charts import money_chart  # noqa: PLC0415 - import ebf stays quick

        check_type("per_pupil", per_pupil, bool, "True or False")
        return money_chart(self, per_pupil=per_pupil)

    def county_map(self, line: str = "final_percent_of_adequacy") -> Chart:
        """A map of Illinois' 102 counties in classes of a line.

        A county's value is the sum over its units; of the percent of adequacy their Final
        Resources over their Adequacy Targets. Needs the text column ``county``.

        Raises InputError for a line that cannot be added up, and as :meth:`chart`.
        """
        from ebf.explain.charts import county_map  # noqa: PLC0415 - import ebf stays quick

        return county_map(self, line)

    def district_map(
        self,
        geojson: str | PathLike[str] | Mapping[str, Any],
        line: str = "final_percent_of_adequacy",
        *,
        unit_id_property: str = "unit_id",
    ) -> Chart:
        """A map of districts in classes of a line, from shapes of your own.

        Args:
            geojson: A GeoJSON file, or what is in one: areas in degrees (WGS 84).
            line: A line or input with one number a unit.
            unit_id_property: The property of a feature that has its unit's id, in any form.

        Areas that match no unit, and units without an area, are named below it. Raises
        InputError for what is no GeoJSON of areas, where no area is of a unit, and as
        :meth:`chart`.
        """
        from ebf.explain.charts import district_map  # noqa: PLC0415 - import ebf stays quick

        return district_map(self, geojson, line, unit_id_property)

    def to_csv(self, folder: str | PathLike[str]) -> None:
        """Write units.csv and statewide.json, each whole or not at all.

        A name that a spreadsheet would take for a formula gets an apostrophe
        before it, which :func:`ebf.read_units` takes off again. ``units_sha256`` in
        statewide.json is the digest of the units.csv it was written with: a kill
        between the two leaves a new one beside an old one, which can so be told.

        Raises OSError where the folder cannot be written.
        """
        write_files(folder, self._files("units.csv", partial(write_csv, self._units)))

    def to_parquet(self, folder: str | PathLike[str]) -> None:
        """Write units.parquet and statewide.json, each whole or not at all.

        ``units_sha256`` as in :meth:`to_csv`. Needs pyarrow (the extra ``parquet``).
        Raises OSError where the folder cannot be written.
        """
        write = partial(self._units.to_parquet, write_page_checksum=True)
        write_files(folder, self._files("units.parquet", write))

    def _files(self, name: str, write: Writer) -> dict[str, Writer]:
        """The file of the units, and statewide.json with its digest."""
        digest = ""

        def write_units(path: Path) -> None:
            nonlocal digest
            write(path)
            with path.open("rb") as file:
                digest = file_digest(file, "sha256").hexdigest()

        def write_statewide(path: Path) -> None:
            content: dict[str, Any] = {"units_sha256": digest}
            frame = self.statewide_by_scenario.astype(object)
            rows = frame.where(frame.notna(), None).reset_index().to_dict(orient="records")
            if self.scenarios is None:
                content |= {str(name): value for name, value in rows[0].items() if name != SCENARIO}
            else:
                content["scenarios"] = rows
            written = json_of("statewide", self.fiscal_year, content)
            path.write_text(written, encoding="utf-8")

        return {name: write_units, "statewide.json": write_statewide}


def _shown(name: str, values: Values) -> Values:
    """The values of an input or line as frames have them."""
    shown = nearly(values)
    if range_of(name)[0] > 0:  # a 0 that nobody can hand over was a blank
        shown = np.where(shown == 0, np.nan, shown)
    return shown


def name_of(ledger: Ledger, unit_id: str) -> str:
    """The unit's name, empty where it has none."""
    return ledger.table.text_at("name", ledger.table.places[unit_id]) or ""


def numbers_of_unit(
    ledger: Ledger, unit_id: str, names: Iterable[str] | None = None
) -> dict[str, float]:
    """The numbers of one unit of one state, or those named, by the columns of ``ledger.units``."""
    shown = ledger.values.keys() if names is None else names
    place = ledger.table.places[unit_id]
    return {
        column: float(number)
        for name in shown
        if (values := ledger.values.get(name)) is not None and not column_of(name).statewide
        for column, number in zip(
            columns_of(name),
            _shown(name, values[0, place if values.shape[1] > 1 else 0]).tolist(),
            strict=True,
        )
    }


def units_with(
    ledger: Ledger, names: Iterable[str], text: Sequence[str] = TEXT_SHOWN
) -> pd.DataFrame:
    """``ledger.units`` with these inputs and lines alone, and some text of the units."""
    few = {name: ledger.values[name] for name in names if name in ledger.values}
    return ledger._frame(few, text)  # noqa: SLF001 - of this module


def calculate(
    units: pd.DataFrame,
    law: Law,
    *,
    lines: Iterable[str] | None = None,
    given: Iterable[str] = (),
    rounding: bool = True,
    arithmetic: Arithmetic = "fast",
    keep: Iterable[str] = (),
) -> Ledger:
    """Compute Evidence-Based Funding for a table of units, 105 ILCS 5/18-8.15.

    Args:
        units: A row a unit of the whole state, in a frame of pandas or of another library
            (``to_pandas()``, or Arrow columns); ``unit_id`` a column or the index; columns
            are raw inputs (:class:`ebf.UnitInput`) or lines by name (``ebf lines``). A line
            stands in for its rule where what it is computed from is not in the table too;
            else it is computed, and must agree, as all of (g) and (h) must. An index of
            ``scenario`` and ``unit_id`` holds many states.
        law: The numbers of the fiscal year, salaries and New State Funds among
            them, from :func:`ebf.law`.
        lines: The lines wanted; then only what they need is needed. Left out,
            the tier funding, all it stands on, and what can be had beyond it.
        given: Lines of the table that stand in whatever is beside them.
        rounding: Whether lines are cut and rounded as the state does.
        arithmetic: ``"fast"`` in floats; ``"exact"`` in fractions, seconds for a
            state: every number handed over is the decimal that it is written
            as. The normal distribution of (c)(2) is taken as its correctly
            rounded float (needs mpmath, the extra ``exact``), the square root
            of the variance before it to 50 digits.
        keep: Columns of one's own in the table (notes, legislators), which no line reads and
            the ledger's frames and files have too. Others that are not of the law are refused.

    Returns:
        The ledger of every input and line.

    Raises:
        InputError: every fault of the table; all that is missing; numbers of the law that
            nothing reads; lines that differ from what they are computed to; what does not
            hold of a result (``Ledger.checks``).
    """
    check_options(rounding, arithmetic)
    table = keeping(frame_of(units), keep)
    calculation = prepared(table, law, lines=lines, given=given)
    return ledger_of(calculation, rounding=rounding, arithmetic=arithmetic)


def ledger_of(
    calculation: Calculation, *, rounding: bool = True, arithmetic: Arithmetic = "fast"
) -> Ledger:
    """Compute what is prepared into its ledger."""
    return calculation.record(Ledger, rounding=rounding, arithmetic=arithmetic)


def columns_found(ledger: Ledger, lines: Sequence[str], count: int) -> dict[str, Numbers]:
    """The columns of lines: (scenarios, units in the caller's order), or (scenarios,)."""
    found: dict[str, Numbers] = {}
    for line in lines:
        values = nearly(ledger.values[line])
        for band, column in enumerate(columns_of(line)):
            of_band = values[..., band].astype(np.float64, copy=False)
            if column_of(line).statewide:
                found[column] = np.broadcast_to(of_band[:, 0], count)
            else:
                shape = (count, len(ledger.table.unit_ids))
                found[column] = np.take(np.broadcast_to(of_band, shape), ledger.table.rows, axis=1)
    return found


@dataclass(frozen=True, eq=False, repr=False)
class Prepared(ByContents):
    """A state checked, planned and computed once, for many what-ifs; made by :func:`prepare`.

    A change computes the lines alone that stand on what it changes. Threads may share it.
    """

    calculation: Calculation

    def __repr__(self) -> str:
        """What it is, and of what, in a line."""
        units = len(self.calculation.table.unit_ids)
        return f"<Prepared: FY{self.law.fiscal_year}, {units:,} units>"

    @property
    def law(self) -> Law:
        """The law that it is computed by."""
        return self.calculation.law

    def calculate(self, *, rounding: bool = True, arithmetic: Arithmetic = "fast") -> Ledger:
        """The ledger, as :func:`calculate` gives it."""
        check_options(rounding, arithmetic)
        return ledger_of(self.calculation, rounding=rounding, arithmetic=arithmetic)

    def with_law(self, law: Law) -> Prepared:
        """The same state by other numbers of the law of its fiscal year, salaries among them.

        Raises InputError for another year; for a number that the state needs and the law has
        not; for one in want of which a line was left out.
        """
        check_law(law)
        return Prepared(self.calculation.with_law(law))

    def with_units(self, changed: pd.DataFrame | Iterable[UnitPatch]) -> Prepared:
        """The same state with other numbers of some units.

        Args:
            changed: An :class:`ebf.UnitPatch` a unit; or a row a unit, ``unit_id`` a column or
                the index, and the columns changed, where a blank leaves a unit's number as it
                is. The rest of the state is not checked again.

        Raises:
            InputError: every fault of the rows; a unit or column that was not handed over; a
                row or column that changes nothing.

        >>> from ebf.units.sample import sample
        >>> patch = UnitPatch(unit_id="1000196062600", low_income_count_first_preceding_year=300)
        >>> after = prepare(*sample()).with_units([patch]).calculate()
        >>> float(after.units.loc["1000196062600", "low_income_count_first_preceding_year"])
        300.0
        """
        own = self.calculation
        values = changed_units(own.table, changed, own.law.fiscal_year)
        return Prepared(own.with_values(values))


def prepare(
    units: pd.DataFrame,
    law: Law,
    *,
    lines: Iterable[str] | None = None,
    given: Iterable[str] = (),
) -> Prepared:
    """Check a state, plan its lines and compute them, once for many what-ifs.

    Arguments and errors as of :func:`calculate`.

    >>> from ebf.units.sample import sample
    >>> state = prepare(*sample())
    >>> more = state.with_law(state.law.with_amounts(new_state_funds=400e6))
    >>> float(more.calculate().units["tier_funding"].sum().round())
    399999995.0
    """
    return Prepared(prepared(frame_of(units), law, lines=lines, given=given).settle(frozenset()))
