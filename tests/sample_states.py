"""The sample state as it might have been handed over in another year, or in another way."""

from __future__ import annotations

import numpy as np
import pandas as pd

import ebf
from ebf.law.columns import DISTRICTS

GRANTS = (
    "equity_grants",
    "special_education_personnel",
    "special_education_funding_for_children",
    "special_education_summer_school",
    "english_learner_education",
    "summer_school",
)
WITHIN_BASE = ("special_education_grants_within_base", "english_learner_grants_within_base")
# round numbers of the right size, for years whose own are not known
ILLUSTRATIVE = {
    "gifted": 60.0,
    "instructional_materials": 220.0,
    "assessments": 30.0,
    "student_activities_elementary": 110.0,
    "student_activities_middle": 220.0,
    "student_activities_high": 700.0,
    "maintenance_and_operations": 1100.0,
    "central_office": 800.0,
    "central_services_salary_part": 800.0,
    "pension_credit": 600e6,
    "minimum_funding_level": 350e6,
    "property_tax_relief_counted": 50e6,
}


def law_of(year: int) -> ebf.Law:
    """The law of a year, with illustrative amounts where none is known."""
    known = ebf.law(year).table().set_index("parameter")["value"].dropna()
    return ebf.law(year, {k: v for k, v in ILLUSTRATIVE.items() if k not in known})


def units_of(year: int) -> pd.DataFrame:
    """The sample state as it might have been handed over in another year."""
    units = ebf.sample().units
    factors = ebf.calculate(units, ebf.sample().law, lines=["adequacy_target"]).units[
        "regionalization_factor"
    ]
    units["regionalization_factor"] = units["unit_id"].map(factors)
    if year != 2022:
        units = units.drop(columns="county")  # which has another factor in another year
    if year < 2022:
        units = units.drop(columns="district_intervention_money")
    if year < 2020:
        units = units.drop(columns="property_tax_relief_grant")
        base = ["prior_year_base_funding_minimum", "prior_year_tier_funding", *WITHIN_BASE]
        text = ["unit_id", "name", "organization_type", "county"]
        blank = units.columns.difference([*base, *text])
        units.loc[units["organization_type"] == "regional_program", blank] = float("nan")
    if year == 2018:
        units = units.rename(
            columns={"prior_year_base_funding_minimum": "general_state_aid_fy2017"}
        ).drop(columns=["prior_year_tier_funding", "prior_year_tier", *WITHIN_BASE])
        units = units[[name for name in map(str, units.columns) if "march" not in name]]
        units = units.assign(**{f"{grant}_fy2017": 0.0 for grant in GRANTS})
    if year == 2024:  # looks back a fourth year, to 2019-20
        third = [name for name in map(str, units.columns) if "_enrollment_third_" in name]
        fourth = units[third].rename(columns=lambda name: name.replace("third", "fourth"))
        units = pd.concat([units, fourth], axis=1)
    return units


def wages(units: pd.DataFrame) -> pd.DataFrame:
    """Units with wage indices in place of the factors by county."""
    place = np.arange(len(units))
    return units.drop(columns="county", errors="ignore").assign(
        comparable_wage_index=0.8 + place % 7 / 10,
        neighboring_counties=2 + place % 3,
        neighbors_mean_comparable_wage_index=0.9 + place % 5 / 10,
    )


def in_company(units: pd.DataFrame) -> pd.DataFrame:
    """Without the regional programs in whose region no district is left."""
    region = units.get("region", units["unit_id"].str[:2])
    programs = units["organization_type"] == "regional_program"
    return units[~programs | region.isin(region[units["organization_type"].isin(DISTRICTS)])]


def one_of(count: int, units: pd.DataFrame) -> pd.DataFrame:
    """Chicago, and of every kind of unit one of so many; all units for one of one."""
    chicago = units["article_34_district"] == 1
    some = units.groupby("organization_type").cumcount() % count == 0
    return in_company(units[chicago | some])
