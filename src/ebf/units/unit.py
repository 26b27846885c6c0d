"""One unit, typed and checked, for services that hand over a unit at a time.

Holds: UnitInput, table_of.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd
from pydantic import Field, model_validator

from ebf.faults import check_type
from ebf.law.inputs import EnrollmentByGrade, RawInputs
from ebf.units.table import check_table


class UnitInput(RawInputs):
    """One unit of the state, from raw counts or prepared lines.

    A field is a column of the table of units; the counts by grade are columns
    ``october_enrollment_first_preceding_year_grade_1`` and so on. The first
    preceding year is the school (or tax) year before the fiscal year. Any line
    may be given too, by the names of its columns. What is left None is not
    known; what a calculation then lacks, it names.

    Raises:
        pydantic.ValidationError: wrong types, unknown fields, and whatever
            ebf.calculate would refuse in the row, each worded as there.

    >>> unit = UnitInput(unit_id="0100100102600", organization_type="unit", adequacy_target=5e6)
    >>> unit.columns()
    {'unit_id': '0100100102600', 'organization_type': 'unit', 'adequacy_target': 5000000.0}
    """

    __pydantic_extra__: dict[str, float] = Field(init=False)

    @model_validator(mode="after")
    def _check(self) -> UnitInput:
        check_table(pd.DataFrame([self.columns()]))
        return self

    def columns(self) -> dict[str, Any]:
        """The unit as a row of the table of units: what is known, by column."""
        row: dict[str, Any] = {}
        for name, value in (*self, *(self.model_extra or {}).items()):
            if isinstance(value, EnrollmentByGrade):
                row |= {f"{name}_{grade}": count for grade, count in value}
            else:
                row[name] = value
        return {name: value for name, value in row.items() if value is not None}


def table_of(units: Iterable[UnitInput]) -> pd.DataFrame:
    """Units as the table that ebf.calculate takes."""
    check_type("units", units, Iterable, "units, each an ebf.UnitInput")
    listed = list(units)
    for each in listed:
        check_type("unit", each, UnitInput, "an ebf.UnitInput")
    return pd.DataFrame([unit.columns() for unit in listed])
