"""(b)(3), (a)(4) The Regionalization Factor from the Comparable Wage Index of counties."""

from fractions import Fraction

from reference.arithmetic import mean, rounded

LEAST = Fraction("0.9")  # of the index of a unit and of the factor
TWO = 2
WEIGHTS_OF_TWO = (Fraction("0.33"), Fraction("0.66"))  # own county, two neighbours
WEIGHTS_OF_MORE = (Fraction("0.25"), Fraction("0.75"))  # own county, more neighbours


def unit_index(own: Fraction, neighbours: list[Fraction]) -> Fraction:
    """A unit's index: its county's, or the value weighted with the neighbours' if greater."""
    if len(neighbours) < TWO:
        return max(own, LEAST)
    weights = WEIGHTS_OF_TWO if len(neighbours) == TWO else WEIGHTS_OF_MORE
    return max(own, weights[0] * own + weights[1] * mean(neighbours), LEAST)


def regionalization_factor(index: Fraction, statewide: Fraction) -> Fraction:
    """The factor: the unit's index by the statewide weighted one, five decimals, at least 0.90."""
    return max(LEAST, rounded(index / statewide, 5))
