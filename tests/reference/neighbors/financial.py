"""Financial Profile, and the growth of administrative costs, 17-1.5. Section 7."""

from collections.abc import Iterable
from fractions import Fraction
from math import ceil

WEIGHTS = {
    "fund_balance_to_revenue": Fraction("0.35"),
    "expenditure_to_revenue": Fraction("0.35"),
    "days_cash": Fraction("0.10"),
    "short_term_borrowing_left": Fraction("0.10"),
    "long_term_borrowing_left": Fraction("0.10"),
}
# What 4, 3 and 2 points take, the edge included (decided).
AT_LEAST = {
    "fund_balance_to_revenue": (Fraction("0.25"), Fraction("0.10"), Fraction(0)),
    "days_cash": (Fraction(180), Fraction(90), Fraction(30)),
    "short_term_borrowing_left": (Fraction("0.75"), Fraction("0.50"), Fraction("0.25")),
    "long_term_borrowing_left": (Fraction("0.75"), Fraction("0.50"), Fraction("0.25")),
}
AT_MOST = {"expenditure_to_revenue": (Fraction("1.00"), Fraction("1.10"), Fraction("1.20"))}
DESIGNATIONS = (
    (Fraction("3.54"), "Recognition"),
    (Fraction("3.08"), "Review"),
    (Fraction("2.62"), "Early Warning"),
    (Fraction("1.00"), "Watch"),
)

ADMINISTRATIVE_FUNCTIONS = (2320, 2330, 2490, 2510, 2570, 2610)
GREATEST_GROWTH = Fraction("0.05")


def points(indicator: str, value: Fraction) -> int:
    """Section 7: 4 to 1."""
    if indicator in AT_MOST:
        reached = sum(value <= edge for edge in AT_MOST[indicator])
    else:
        reached = sum(value >= edge for edge in AT_LEAST[indicator])
    return 1 + reached


def score(values: dict[str, Fraction]) -> Fraction:
    """Section 7: the weighted points."""
    return sum((WEIGHTS[name] * points(name, values[name]) for name in WEIGHTS), Fraction(0))


def designation(of_score: Fraction) -> str:
    """Section 7: scores are multiples of 0.05, none between two of its bands."""
    return next(name for least, name in DESIGNATIONS if of_score >= least)


def administrative_costs(by_function: dict[int, Fraction]) -> Fraction:
    """Section 7, 17-1.5: of the functions that may not grow freely."""
    return sum((by_function.get(f, Fraction(0)) for f in ADMINISTRATIVE_FUNCTIONS), Fraction(0))


def growth(before: Fraction, after: Fraction) -> Fraction | None:
    """Section 7, 17-1.5: blank after nothing."""
    return after / before - 1 if before else None


def grows_too_much(before: Fraction, after: Fraction) -> bool:
    """Section 7, 17-1.5: above 5 %; anything is too much after nothing (decided)."""
    return after > before * (1 + GREATEST_GROWTH)


def percentile_25(per_pupil: Iterable[Fraction]) -> Fraction:
    """Section 7: the least that a quarter of the type does not exceed (decided: nearest rank)."""
    values = sorted(per_pupil)
    return values[ceil(Fraction(len(values), 4)) - 1]


def waivable(own_per_pupil: Fraction, of_the_type: Iterable[Fraction]) -> bool:
    """Section 7, 17-1.5: at or below the 25th percentile per pupil of the type."""
    return own_per_pupil <= percentile_25(of_the_type)
