"""The distribution row by row in pandas, as it is usually written: what people use today."""

from __future__ import annotations

import pandas as pd


def tier_funding(units: pd.DataFrame, new_state_funds: float) -> pd.Series:
    """Tier funding by unit id, in dollars cut to the cent; numbers of FY2022."""
    units = units.copy()
    units["percent"] = units.apply(lambda u: u.final_resources / u.adequacy_target, axis=1)
    ratio, resources, targets = 0.0, 0.0, 0.0
    for _, unit in units.sort_values("percent").iterrows():
        if targets and unit["percent"] >= ratio:
            break
        resources += unit["final_resources"]
        targets += unit["adequacy_target"]
        ratio = (new_state_funds * 0.5 / 0.3 + resources) / targets

    def tier(unit: pd.Series) -> int:
        if unit["percent"] < ratio:
            return 1
        return 2 if unit["percent"] < 0.9 else 3 if unit["percent"] < 1 else 4

    def first(unit: pd.Series) -> float:
        gap: float = ratio * unit["adequacy_target"] - unit["final_resources"]
        return 0.3 * gap if unit["tier"] == 1 else 0.0

    def gap_of_tier_2(unit: pd.Series) -> float:
        if unit["tier"] > 2:
            return 0.0
        short: float = 0.9 * unit["adequacy_target"] - unit["final_resources"] - unit["first"]
        return short * float(1 - unit["local_capacity_percentage"])

    units["tier"] = units.apply(tier, axis=1)
    units["first"] = units.apply(first, axis=1)
    units["gap"] = units.apply(gap_of_tier_2, axis=1)
    targets_of = units.groupby("tier")["adequacy_target"].sum()
    rates = {3: new_state_funds * 0.009 / targets_of[3], 4: new_state_funds * 0.001 / targets_of[4]}
    units["higher"] = units.apply(lambda u: u.adequacy_target * rates.get(u.tier, 0), axis=1)
    of_tier_3 = units[units["tier"] == 3]
    floor = (of_tier_3["higher"] / of_tier_3["average_student_enrollment"]).max()
    rate = new_state_funds * 0.49 / units["gap"].sum()

    def second(unit: pd.Series) -> float:
        by_gap: float = unit["gap"] * rate
        return (
            max(by_gap, unit["average_student_enrollment"] * floor) if unit["tier"] == 2 else by_gap
        )

    units["second"] = units.apply(second, axis=1)
    units["second"] *= new_state_funds * 0.49 / units["second"].sum()
    whole = units["first"] + units["second"] + units["higher"]
    return whole.apply(lambda dollars: int(dollars * 100 + 1e-6) / 100).set_axis(units["unit_id"])
