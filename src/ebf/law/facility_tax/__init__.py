"""The county school facility and resources tax of one county as lines, for a month or a year."""

from __future__ import annotations

from typing import Final

from ebf.language.cite import Cite
from ebf.language.measure import Measure
from ebf.law.columns import DISTRICTS, EVERY_KIND, Column
from ebf.law.facility_tax import ballot, distribution, receipts
from ebf.law.facility_tax.alternatives import ALTERNATIVES
from ebf.law.statute import Statute
from ebf.law.years import YEARS

FACILITY_TAX: Final = Statute(
    section="5-1006.7",
    act="55 ILCS 5/",
    title="County School Facility and Resources Tax",
    modules=(receipts, distribution, ballot),
    years=YEARS,
    goals=("facility_tax_of_district", "facility_tax_per_pupil"),
    outcome=(distribution, ballot),
    aside=("facility_tax_steps", *(line.name for line in ballot.LINES)),
    inputs={
        "taxable_sales": Column(
            Measure.DOLLARS,
            Cite("55 ILCS 5/5-1006.7"),
            "Sales in the county that the tax is on",
            EVERY_KIND,
            statewide=True,
        ),
        "facility_tax_rate": Column(
            Measure.SHARE,
            Cite("55 ILCS 5/5-1006.7"),
            "Rate of the county's tax (1 % is 0.01)",
            EVERY_KIND,
            statewide=True,
        ),
        "resident_pupils_in_county": Column(
            Measure.STUDENTS,
            Cite("105 ILCS 5/3-14.31"),
            "Pupils of the district who live in the county",
            DISTRICTS,
        ),
        "resolved": Column(
            Measure.FLAG,
            Cite("55 ILCS 5/5-1006.7"),
            "The district's board resolved to put the question on the ballot",
            DISTRICTS,
        ),
    },
    alternatives=ALTERNATIVES,
    readings_in="facility_tax.toml",
    parameters_in="facility_tax",
)
"""55 ILCS 5/5-1006.7, and 105 ILCS 5/3-14.31 by which the money is distributed."""
