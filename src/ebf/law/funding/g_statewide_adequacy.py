"""(g)(3) What the units in the distribution come to together: sums of lines of the law."""

from __future__ import annotations

from ebf.language.evidence import verified
from ebf.language.line import Line, line, named
from ebf.language.measure import Measure
from ebf.language.vocabulary import Values, divide, maximum, statewide_sum, where


@line("18-8.15(b)(1), (g)(3)", Measure.DOLLARS, verified(), statewide=True)
def statewide_adequacy_target(in_distribution: Values, adequacy_target: Values) -> Values:
    """The Adequacy Targets of the units in the distribution, together.

    >>> statewide_adequacy_target(units(True, True, False), units(100, 50, 10))
    150.0
    """
    return statewide_sum(where(in_distribution, adequacy_target, 0.0))


@line("18-8.15(f)(3), (g)(3)", Measure.DOLLARS, verified(), statewide=True)
def statewide_final_resources(in_distribution: Values, final_resources: Values) -> Values:
    """The Final Resources of the units in the distribution, together.

    >>> statewide_final_resources(units(True, True, False), units(80, 60, 10))
    140.0
    """
    return statewide_sum(where(in_distribution, final_resources, 0.0))


@line("18-8.15(f)(4), (g)(3)", Measure.RATIO, verified(), statewide=True)
def statewide_percent_of_adequacy(
    statewide_final_resources: Values, statewide_adequacy_target: Values
) -> Values:
    """The statewide percent of adequacy: resources over targets, sums over sums.

    >>> round(statewide_percent_of_adequacy(140, 150), 6)
    0.933333
    """
    return divide(statewide_final_resources, statewide_adequacy_target)


@line("18-8.15(g)(3)", Measure.DOLLARS, verified(), statewide=True)
def statewide_gap_to_tier_2_target_ratio(
    tier_2_target_ratio: Values,
    adequacy_target: Values,
    final_resources: Values,
    in_distribution: Values,
) -> Values:
    """What the units below 90 % of adequacy lack to it; what others have beyond counts for none.

    >>> statewide_gap_to_tier_2_target_ratio(
    ...     0.9, units(100, 50, 100), units(80, 60, 10), units(True, True, False))
    10.0
    """
    lacking = maximum(tier_2_target_ratio * adequacy_target - final_resources, 0.0)
    return statewide_sum(where(in_distribution, lacking, 0.0))


LINES: tuple[Line, ...] = (
    statewide_adequacy_target,
    statewide_final_resources,
    statewide_percent_of_adequacy,
    statewide_gap_to_tier_2_target_ratio,
    named(
        statewide_gap_to_tier_2_target_ratio,
        "statewide_gap_to_tier_3_target_ratio",
        ("tier_3_target_ratio", "adequacy_target", "final_resources", "in_distribution"),
        title="What the units below 100 % of adequacy lack to it",
    ),
)
