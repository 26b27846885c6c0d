"""Report card, 105 ILCS 5/10-17a(2)(G)-(L). Section 1."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from statistics import median
from typing import Any, TypeAlias

from reference.arithmetic import total

Card: TypeAlias = dict[str, Fraction | None]
District: TypeAlias = Mapping[str, Any]

WITHOUT_CARD = ("regional_program", "laboratory_school")
CHICAGO = "article_34"  # the flag of the Article 34 district

ALSO_SHOWN = (
    "adequacy_target",
    "final_resources",
    "adjusted_local_capacity_target",
    "real_receipts",
    "tier",
)
SHARES = ("low_income_share", "special_education_share", "english_learner_share")
YEARS_BACK = 5
NEAREST = 10

# A metric's dividend and divisor, of one district or summed over the state's.
RATIOS = {
    "g_normal_cost_per_pupil": ("trs_normal_cost_paid_by_state", "pupils"),
    "i_percent_of_adequacy": ("final_resources", "adequacy_target"),
    "j_state_board": ("adjusted_local_capacity_target", "adequacy_target"),
    "k_real_receipts": ("real_receipts", "adequacy_target"),
    "l_state_board": ("general_administration_expenditure", "total_expenditure"),
    "receipts_of_adjusted_target": ("real_receipts", "adjusted_local_capacity_target"),
}


def ratio(dividend: Fraction | None, divisor: Fraction | None) -> Fraction | None:
    """Blank where either is blank, or there is nothing to divide by."""
    return dividend / divisor if dividend is not None and divisor else None


def percent(dividend: Fraction | None, divisor: Fraction | None) -> Fraction | None:
    """The ratio, times 100."""
    value = ratio(dividend, divisor)
    return None if value is None else 100 * value


def has_card(district: District) -> bool:
    """Section 1: none of regional programs and laboratory schools."""
    return district["organization_type"] not in WITHOUT_CARD


def metrics(district: District) -> Card:
    """Section 1: (G) to (L), both versions of (J) and of (L), and what is also shown.

    (L) of the law is a cost, which no file names by itself: general administration.
    Without a target (I), (J) of either version and (K) are blank; the others are not.
    """
    get = district.get
    target = get("adequacy_target")
    chicago = bool(get(CHICAGO))
    # (I) is of the percent as the formula has it, not divided anew.
    whole = Fraction(1) if target else None
    return {
        "g_normal_cost": get("trs_normal_cost_paid_by_state"),
        "g_normal_cost_per_pupil": ratio(get("trs_normal_cost_paid_by_state"), get("pupils")),
        "h_pension": get("state_pension_contribution") if chicago else None,
        "h_health": get("state_health_contribution") if chicago else None,
        "i_percent_of_adequacy": percent(get("final_percent_of_adequacy"), whole),
        "j_law": percent(get("local_capacity_percentage"), whole),
        "j_state_board": percent(get("adjusted_local_capacity_target"), target),
        "k_real_receipts": percent(get("real_receipts"), target),
        "l_law": get("general_administration_expenditure"),
        "l_state_board": percent(
            get("general_administration_expenditure"), get("total_expenditure")
        ),
        "receipts_of_adjusted_target": percent(
            get("real_receipts"), get("adjusted_local_capacity_target")
        ),
        **{name: get(name) for name in ALSO_SHOWN},
    }


def receipts_by_adjustment(adjusted: Fraction, target: Fraction, share: Fraction) -> Fraction:
    """Section 1, example: what Real Receipts were, from an adjusted target above the target."""
    return (adjusted - target) / share + target


def years_of_card(card: int) -> dict[str, int]:
    """Section 1: the fiscal year of the formula, of expenditures, and the tax year of EAV."""
    return {"formula": card, "expenditures": card - 1, "tax_year": card - 3}


def eav_per_pupil(eav: Fraction, average_daily_attendance: Fraction) -> Fraction | None:
    """Section 1: by nine-month average daily attendance."""
    return ratio(eav, average_daily_attendance)


def of_the_state(districts: Iterable[District], metric: str) -> Fraction | None:
    """Section 1: a ratio of sums, over the districts that have both.

    (J) of the law has no sums of its own: here the targets by percentage over the targets.
    """
    sums: list[tuple[Fraction, Fraction]] = []
    for district in filter(has_card, districts):
        if metric == "j_law":
            share, divisor = district["local_capacity_percentage"], district["adequacy_target"]
            dividend = None if share is None else share * divisor
        else:
            dividend, divisor = (district.get(name) for name in RATIOS[metric])
        if dividend is not None and divisor:
            sums.append((dividend, divisor))
    above, below = total(a for a, _ in sums), total(b for _, b in sums)
    return ratio(above, below) if metric.startswith("g_") else percent(above, below)


def five_years(values: Mapping[int, Fraction], card: int) -> dict[int, Fraction | None]:
    """Section 1: the card's year and the five before; a year not in hand is blank."""
    return {year: values.get(year) for year in range(card, card - YEARS_BACK - 1, -1)}


def squared_distance(one: District, other: District) -> Fraction:
    """Section 1: of the three shares in percentage points, before the square root."""
    return total((100 * (one[name] - other[name])) ** 2 for name in SHARES)


def similar(district: District, others: Iterable[District], count: int = NEAREST) -> list[str]:
    """Section 1: unit ids of the nearest of the same type, ties by unit id."""
    near = sorted(
        (squared_distance(district, other), other["unit_id"])
        for other in others
        if other["unit_id"] != district["unit_id"]
        and other["organization_type"] == district["organization_type"]
        and has_card(other)
    )
    return [unit_id for _, unit_id in near[:count]]


def median_and_rank(own: Fraction, theirs: Iterable[Fraction]) -> tuple[Fraction, int]:
    """Section 1: the median of the similar ones, and the rank with them, the highest first.

    The median is without the district itself, and equals share the better rank.
    """
    values = list(theirs)
    return Fraction(median(values)), 1 + sum(value > own for value in values)
