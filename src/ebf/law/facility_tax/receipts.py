"""The tax: what is levied on sales, and what is kept before the districts have it."""

from __future__ import annotations

from ebf.language.evidence import law_as_read
from ebf.language.line import Line, line
from ebf.language.measure import Measure
from ebf.language.rounding import Rounding
from ebf.language.vocabulary import Values, divide, equal, less, truncate, where

WHOLE = Rounding(0, cite="reading 3: whole cents are distributed")


@line("55 ILCS 5/5-1006.7", Measure.COUNT, law_as_read(5), statewide=True, refused_below_0=True)
def facility_tax_steps(
    facility_tax_rate: Values, facility_tax_step: Values, facility_tax_greatest_rate: Values
) -> Values:
    """Steps that the rate has; -1, which is refused, for a rate off the steps or too high.

    >>> facility_tax_steps(0.0075, 0.0025, 0.01), facility_tax_steps(0.003, 0.0025, 0.01)
    (3.0, -1.0)
    >>> facility_tax_steps(0.0125, 0.0025, 0.01), facility_tax_steps(0, 0.0025, 0.01)
    (-1.0, -1.0)
    """
    steps = divide(facility_tax_rate, facility_tax_step)
    is_off = less(truncate(steps, 0), steps) | equal(facility_tax_rate, 0.0)
    return where(is_off | less(facility_tax_greatest_rate, facility_tax_rate), 0 - 1, steps)


@line("55 ILCS 5/5-1006.7", Measure.DOLLARS, law_as_read(1), statewide=True)
def facility_tax_receipts(taxable_sales: Values, facility_tax_rate: Values) -> Values:
    """What the tax brings, retailers' discounts already off, before any share is kept.

    >>> facility_tax_receipts(100_000_000, 0.01)
    1000000.0
    """
    return taxable_sales * facility_tax_rate


@line("55 ILCS 5/5-1006.7", Measure.DOLLARS, law_as_read(1), statewide=True)
def facility_tax_kept_by_state(
    facility_tax_receipts: Values, facility_tax_state_share_kept: Values
) -> Values:
    """What the Department of Revenue keeps of the receipts.

    >>> facility_tax_kept_by_state(1_000_000, 0.02)
    20000.0
    """
    return facility_tax_receipts * facility_tax_state_share_kept


@line("105 ILCS 5/3-14.31", Measure.DOLLARS, law_as_read(1), statewide=True)
def facility_tax_kept_by_regional_office(
    facility_tax_receipts: Values,
    facility_tax_kept_by_state: Values,
    facility_tax_regional_share_kept: Values,
) -> Values:
    """What the regional office of education keeps of the rest.

    >>> facility_tax_kept_by_regional_office(1_000_000, 20_000, 0.01)
    9800.0
    """
    return (facility_tax_receipts - facility_tax_kept_by_state) * facility_tax_regional_share_kept


@line("105 ILCS 5/3-14.31", Measure.DOLLARS, law_as_read(1), statewide=True, refused_below_0=True)
def facility_tax_for_districts(
    facility_tax_receipts: Values,
    facility_tax_kept_by_state: Values,
    facility_tax_kept_by_regional_office: Values,
) -> Values:
    """What is left for the districts.

    >>> facility_tax_for_districts(1_000_000, 20_000, 9_800)
    970200
    """
    return facility_tax_receipts - facility_tax_kept_by_state - facility_tax_kept_by_regional_office


@line("105 ILCS 5/3-14.31", Measure.COUNT, law_as_read(3), rounding=WHOLE, statewide=True)
def facility_tax_cents(facility_tax_for_districts: Values, one_cent: Values) -> Values:
    """Whole cents that are distributed.

    >>> facility_tax_cents(970_200.129, 0.01)
    97020012.0
    """
    return facility_tax_for_districts / one_cent


LINES: tuple[Line, ...] = (
    facility_tax_steps,
    facility_tax_receipts,
    facility_tax_kept_by_state,
    facility_tax_kept_by_regional_office,
    facility_tax_for_districts,
    facility_tax_cents,
)
