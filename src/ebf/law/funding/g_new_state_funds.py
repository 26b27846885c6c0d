"""(g)(1), (9) and (9.5) The new money, and each tier's share of it."""

from __future__ import annotations

from ebf.language.evidence import law_as_read, verified
from ebf.language.line import Line, line, named
from ebf.language.measure import Measure
from ebf.language.rounding import NEAREST_CENT
from ebf.language.vocabulary import Values, maximum
from ebf.law.funding.tiers import TIER_1, TIER_2, TIER_4, TIERS


@line("18-8.15(g)(9.5)", Measure.DOLLARS, law_as_read(26), statewide=True)
def new_state_funds(appropriated_new_state_funds: Values, property_tax_relief: Values) -> Values:
    """New State Funds: the new money appropriated, less the year's relief grants.

    >>> new_state_funds(366141585.81, 53650000)
    312491585.81
    """
    return appropriated_new_state_funds - property_tax_relief


@line("18-8.15(g)(9)", Measure.DOLLARS, law_as_read(27), statewide=True)
def allocation_base(
    new_state_funds: Values,
    minimum_funding_level: Values,
    property_tax_relief_counted: Values,
) -> Values:
    """The amount that the tiers' shares are taken of.

    New State Funds, or where they fall short of it the Minimum Funding Level
    less the property tax relief counted.

    >>> allocation_base(310e6, 350e6, 50e6), allocation_base(200e6, 350e6, 50e6)
    (310000000.0, 300000000.0)
    """
    return maximum(new_state_funds, minimum_funding_level - property_tax_relief_counted)


@line("18-8.15(g)(9)", Measure.DOLLARS, law_as_read(27), statewide=True)
def allocation_shortfall(allocation_base: Values, new_state_funds: Values) -> Values:
    """How far New State Funds fall short of the level less the relief counted.

    >>> allocation_shortfall(300e6, 200e6)
    100000000.0
    """
    return allocation_base - new_state_funds


@line("18-8.15(g)(1)", Measure.DOLLARS, verified(36), statewide=True)
def tier_allocation(allocation_base: Values, share: Values) -> Values:
    """The tier's share of New State Funds; Tier 1's and 2's to the nearest cent.

    >>> tier_allocation(300000000, 0.49)
    147000000.0
    """
    return allocation_base * share


@line("18-8.15(g)(9)", Measure.DOLLARS, law_as_read(27), statewide=True)
def allocation_less_shortfall(
    allocation: Values, allocation_shortfall: Values, *allocations_cut_before: Values
) -> Values:
    """The tier's allocation less the shortfall that the tiers above it left.

    A shortfall empties Tier 4 first, then Tier 3, Tier 2 and Tier 1.

    >>> allocation_less_shortfall(10, 4), allocation_less_shortfall(10, 4, 3)
    (6.0, 9.0)
    >>> allocation_less_shortfall(10, 40, 3)
    0.0
    """
    left = maximum(allocation_shortfall - sum(allocations_cut_before), 0.0)
    return maximum(allocation - left, 0.0)


def _allocation_lines() -> tuple[Line, ...]:
    shares = tuple(
        named(
            tier_allocation,
            f"tier_{tier}_allocation",
            ("allocation_base", f"tier_{tier}_share"),
            title=f"Tier {tier}'s share of New State Funds",
            rounding=NEAREST_CENT if tier in {TIER_1, TIER_2} else None,
        )
        for tier in TIERS
    )
    after = tuple(
        named(
            allocation_less_shortfall,
            f"tier_{tier}_allocation_less_shortfall",
            (
                f"tier_{tier}_allocation",
                "allocation_shortfall",
                *(f"tier_{above}_allocation" for above in range(TIER_4, tier, -1)),
            ),
            title=f"Tier {tier}'s share, less a shortfall of New State Funds",
        )
        for tier in TIERS
    )
    return (*shares, *after)


LINES: tuple[Line, ...] = (
    new_state_funds,
    allocation_base,
    allocation_shortfall,
    *_allocation_lines(),
)
