"""EAV Valuation: from assessed value to the equalized assessed valuation that is taxed."""

from __future__ import annotations

from ebf.language.evidence import law_as_read
from ebf.language.line import Line, line
from ebf.language.measure import Measure
from ebf.language.vocabulary import Values, maximum


@line("18-8.15(d)(3)(B)", Measure.DOLLARS, law_as_read(1), refused_below_0=True)
def current_eav(
    assessed_value: Values,
    equalizer: Values,
    exemptions: Values,
    increment_areas_initial_eav: Values,
    increment_areas_current_eav: Values,
) -> Values:
    """The EAV taxed: assessed value times the equalizer, less exemptions and increments.

    An area of tax increment financing counts at the lower of its initial and current EAV.

    >>> current_eav(1000, 2, 100, 300, 450), current_eav(1000, 2, 100, 450, 300)
    (1750.0, 1900.0)
    """
    increment = maximum(increment_areas_current_eav - increment_areas_initial_eav, 0.0)
    return assessed_value * equalizer - exemptions - increment


LINES: tuple[Line, ...] = (current_eav,)
