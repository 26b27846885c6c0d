"""One district's counts, and salaries, in round numbers for work by hand."""

from __future__ import annotations

ID = "0100100102600"
YEARS = ("first", "second", "third")


def raw_row(**changes: object) -> dict[str, object]:
    """A unit district: 10 pre-K, 20 half- and 80 full-day kindergarten, 100 or 102 a grade."""
    row: dict[str, object] = {"unit_id": ID, "organization_type": "unit"}
    for year in YEARS:
        for date, pupils in (("october", 100.0), ("march", 102.0)):
            name = f"{date}_enrollment_{year}_preceding_year"
            row[f"{name}_prekindergarten_special_education"] = 10.0
            row[f"{name}_kindergarten_half_day"] = 20.0
            row[f"{name}_kindergarten_full_day"] = 80.0
            row |= {f"{name}_grade_{grade}": pupils for grade in range(1, 13)}
    for year, low_income, learners in zip(YEARS, (300, 330, 360), (50, 40, 30), strict=True):
        row[f"low_income_count_{year}_preceding_year"] = low_income
        row[f"english_learner_count_{year}_preceding_year"] = learners
    return row | {"prior_year_tier": 1, "regionalization_factor": 0.9} | changes


SALARIES = {
    "teacher": {"k_8": 60_000, "9_12": 70_000, "k_12": 65_000},
    "counselor": {"k_8": 61_000, "9_12": 71_000},
    "nurse": {"k_8": 52_000, "9_12": 53_000},
    "librarian": {"k_8": 54_000, "9_12": 64_000},
    "principal": {"k_8": 95_000, "9_12": 99_000},
    "assistant_principal": {"k_8": 85_000, "9_12": 89_000},
    "psychologist": {"k_12": 77_000},
    "school_site_staff": 33_000,
    "assistant": 27_000,
}
