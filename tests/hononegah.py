"""A district's own counts, which come to what the state published of it for FY2022."""

from __future__ import annotations

HONONEGAH = "0410120701600"
GRADES = {"9": (488, 488, 492), "10": (489, 489, 489), "11": (489, 489, 489), "12": (488,) * 3}
"""Counts of three years that come to the published 1,955.33: the mean, the latest being less."""


def own_counts(low_income: int) -> dict[str, float]:
    """Counts by grade, of low-income pupils (353.33 is their mean) and of English learners."""
    counts: dict[str, float] = {"prior_year_tier": 2}
    for place, year in enumerate(("first", "second", "third")):
        for grade, of_years in GRADES.items():
            for date in ("october", "march"):
                counts[f"{date}_enrollment_{year}_preceding_year_grade_{grade}"] = of_years[place]
        counts[f"low_income_count_{year}_preceding_year"] = (low_income, 353, 354)[place]
        counts[f"english_learner_count_{year}_preceding_year"] = 12.5
    return counts
