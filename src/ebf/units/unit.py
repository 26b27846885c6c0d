"""One unit, typed and checked, for services that hand over a unit at a time.

Holds: UnitInput, UnitPatch, table_of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isnan
from typing import Any

import pandas as pd
from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from ebf.faults import Fault, InputError, Place, as_name, check_type, described, wrong_type
from ebf.language.measure import Measure
from ebf.law.columns import OrganizationType
from ebf.law.inputs import TEXT, EnrollmentByGrade, RawInputs
from ebf.law.names import column_of, columns_of, entries
from ebf.law.regionalization import county_fault, factor_years, regionalization_factor_of
from ebf.numbers import number_of
from ebf.units.ids import ID, ID_PATTERN
from ebf.units.table import check_cells_alone, check_table


class _UnitColumns(RawInputs):
    """The inputs of a unit, and the lines that the State Board's Base Calc sheet gives."""

    __pydantic_extra__: dict[str, float] = Field(init=False)

    average_student_enrollment: float | None = None
    core_investments: float | None = None
    per_student_investments_subject_to_regionalization: float | None = None
    additional_investments: float | None = None
    per_student_investments_not_subject_to_regionalization: float | None = None
    regionalization_factor: float | None = None
    adequacy_target: float | None = None
    adjusted_local_capacity_target: float | None = None
    adjusted_base_funding_minimum: float | None = None
    final_resources: float | None = None
    base_funding_minimum: float | None = None
    local_capacity_percentage: float | None = None
    new_state_funds: float | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_numbers(cls, given: Any) -> Any:
        """The cells as tables read them: true is no number, a blank is nothing."""
        if not isinstance(given, Mapping):
            return given
        read, faults = dict(given), list[Fault]()
        unit_id = as_name(given.get(ID))
        for column in [name for name in given if name in entries()]:
            about, value = entries()[column].about, given[column]
            number = number_of(value, is_flag=about.measure is Measure.FLAG)
            if number is None:
                place = Place(unit=unit_id, column=column)
                faults.append(wrong_type(place, described(value), about.allowed, about.cite))
            elif not isnan(number):
                read[column] = number
            elif column in cls.model_fields:
                read[column] = None
            else:
                del read[column]
        if faults:
            raise InputError(faults)
        return read

    def _row(self) -> dict[str, Any]:
        """All columns of the table of units, in order."""
        row: dict[str, Any] = {}
        for name, value in (*self, *(self.model_extra or {}).items()):
            if isinstance(value, EnrollmentByGrade):
                row |= {f"{name}_{grade}": count for grade, count in value}
            else:
                row[name] = value
        return row

    def columns(self) -> dict[str, Any]:
        """The unit as a row of the table of units: what is known, by column."""
        return {name: value for name, value in self._row().items() if value is not None}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """The JSON schema; each field with description, measure, cite, bounds and pattern."""
        made = handler.resolve_ref_schema(handler(core))
        for name, field in made["properties"].items():
            if name in TEXT:
                label, cite = TEXT[name]
                field |= {"description": label, "measure": "text", "cite": str(cite)}
                continue
            about = column_of(name)
            low, high = about.range
            field |= {"description": about.label, "measure": about.measure.value}
            field |= {"cite": str(about.cite), "minimum": low, "maximum": high}
            if entries()[columns_of(name)[0]].is_whole:
                field["multipleOf"] = 1
        made["properties"][ID]["pattern"] = f"^{ID_PATTERN}$"
        return made


class UnitInput(_UnitColumns):
    """One unit of the state, from raw counts or prepared lines.

    A field is a column of the table of units; the counts by grade are columns
    ``october_enrollment_first_preceding_year_grade_1`` and so on. The first
    preceding year is the school (or tax) year before the fiscal year. The lines
    of the State Board's Base Calc sheet are fields; any other line may be given
    too, by the names of its columns (``model_validate``, for type checkers). What
    is left None is not known; what a calculation then lacks, it names.

    Raises:
        pydantic.ValidationError: wrong types, unknown fields, and whatever
            ebf.calculate would refuse in the row, each worded as there.

    >>> unit = UnitInput(unit_id="0100100102600", organization_type="unit", adequacy_target=5e6)
    >>> unit.columns()
    {'unit_id': '0100100102600', 'organization_type': 'unit', 'adequacy_target': 5000000.0}
    """

    organization_type: OrganizationType

    @model_validator(mode="after")
    def _check(self) -> UnitInput:
        row = self.columns()
        check_table(pd.DataFrame([row]))
        needs_county = entries()["regionalization_factor"].is_needed_by(
            self.organization_type, factor_years()[-1]
        )
        given = row.keys() & {"regionalization_factor", "comparable_wage_index"}
        if self.county is not None and needs_county and not given:
            years = factor_years()
            if all(regionalization_factor_of(self.county, year) is None for year in years):
                raise InputError([county_fault(self.unit_id, self.county)])
        return self


class UnitPatch(_UnitColumns):
    """A change of one unit's row: its id, and the columns that are to be otherwise.

    The same fields as :class:`ebf.UnitInput`, every one but ``unit_id`` optional, for
    the body of a PATCH. A cell is checked by itself; how it fits with the rest of the
    row is known where the row is.

    Raises:
        pydantic.ValidationError: wrong types, unknown fields, values outside of what
            the column may hold, worded as by ebf.calculate.

    >>> UnitPatch(unit_id="0100100102600", final_resources=4e6).columns()
    {'unit_id': '0100100102600', 'final_resources': 4000000.0}
    """

    @model_validator(mode="after")
    def _check(self) -> UnitPatch:
        check_cells_alone(pd.DataFrame([self.columns()]))
        return self

    def columns(self) -> dict[str, Any]:
        """What is set, by column; None where the cell is to be blank."""
        set_to = {name: each for name, each in self._row().items() if each is not None}
        blank = (name for name in self.model_fields_set if getattr(self, name) is None)
        return set_to | {column: None for name in blank for column in (columns_of(name) or (name,))}


def table_of(units: Iterable[UnitInput]) -> pd.DataFrame:
    """Units as the table that ebf.calculate takes."""
    check_type("units", units, Iterable, "units, each an ebf.UnitInput")
    listed = list(units)
    for each in listed:
        check_type("unit", each, UnitInput, "an ebf.UnitInput")
    return pd.DataFrame([unit.columns() for unit in listed])
