"""Resource Allocation Reviews, ESSA 1111(d)(3)(A)(ii), as Illinois holds them: as lines."""

from __future__ import annotations

from typing import Final

from ebf.language.cite import Cite
from ebf.language.line import Bands
from ebf.language.measure import Measure
from ebf.law.columns import EVERY_KIND, Column
from ebf.law.resource_reviews import identified
from ebf.law.resource_reviews.designations import CLASSES
from ebf.law.statute import Statute

_CITE: Final = Cite("1111(d)(3)(A)(ii)")

RESOURCE_REVIEWS: Final = Statute(
    section="1111",
    title="Resource Allocation Reviews",
    act="ESSA ",
    modules=(identified,),
    years=range(2022, 2026),  # of the scale that has these classes
    goals=("review_rank",),
    aside=tuple(line.name for line in identified.LINES),
    inputs={
        "schools_by_designation": Column(
            Measure.COUNT,
            _CITE,
            "Schools of the designation",
            EVERY_KIND,
            bands=Bands(dict.fromkeys(CLASSES, ())),
        ),
        "schools_without_designation": Column(
            Measure.COUNT, _CITE, "Schools without a designation", EVERY_KIND
        ),
        "improved_schools": Column(
            Measure.COUNT, _CITE, "Schools whose designation improved", EVERY_KIND
        ),
    },
    readings_in="resource_reviews.toml",
    parameters_in="resource_reviews",
    year_is="report card ",
)
"""Section 1111(d)(3)(A)(ii) of the federal act, and designations by the State's report cards."""
