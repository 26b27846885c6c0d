"""Property Tax Relief Grants, 105 ILCS 5/2-3.170. Section 2."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import Any, NamedTuple, TypeAlias

from reference.arithmetic import ONE, ZERO, total

District: TypeAlias = Mapping[str, Any]

RELIEF_RATES = {
    "unit": Fraction("0.01"),
    "elementary": Fraction("0.0069"),
    "high_school": Fraction("0.0031"),
}
OF_A_UNIT = {"unit": ONE, "elementary": Fraction(13, 9), "high_school": Fraction(13, 4)}
RAMP = Fraction("0.01")


class Grant(NamedTuple):
    """Of one applicant: what it is ranked by, its relief and its grant."""

    ranked_by: Fraction
    relief: Fraction
    grant: Fraction


class Claim(NamedTuple):
    """An applicant in its rank, with the relief it would have and its multiplier."""

    unit_id: str
    ranked_by: Fraction
    relief: Fraction
    multiplier: Fraction


def multiplier(share: Fraction) -> Fraction:
    """Section 2: the property tax multiplier, 1 - L^2."""
    return 1 - share * share


def tax_year_of_eav(fiscal_year: int) -> int:
    """Section 2: the single tax year three before."""
    return fiscal_year - 3


# --- FY2019 -------------------------------------------------------------------


def unit_equivalent_rate(district: District) -> Fraction:
    """Section 2, FY2019."""
    rate: Fraction = district["adjusted_operating_tax_rate"]
    return rate * OF_A_UNIT[district["organization_type"]]


def relief_2019(district: District, threshold: Fraction) -> Fraction:
    """Section 2, FY2019: E x min(k, (u - t) x k / 0.01), none at or below the threshold."""
    above = max(ZERO, unit_equivalent_rate(district) - threshold)
    rate = RELIEF_RATES[district["organization_type"]]
    eav: Fraction = district["eav"]
    return eav * min(rate, above * rate / RAMP)


def grants_at(districts: Iterable[District], threshold: Fraction) -> Fraction:
    """Section 2, FY2019: what the grants come to together at a threshold."""
    return total(
        relief_2019(each, threshold) * multiplier(each["local_capacity_percentage"])
        for each in districts
    )


def threshold_2019(applicants: Sequence[District], pool: Fraction) -> Fraction:
    """Section 2, FY2019: where the grants sum to the pool; the highest such rate.

    The sum falls from `low` to `high`: the bracket is halved until the sum is straight in it,
    then the straight is solved. A pool that is more than everyone's leaves the rate at which
    all have the most.
    """
    rates = [unit_equivalent_rate(each) for each in applicants]
    low, high = min(rates) - RAMP, max(rates)
    if grants_at(applicants, low) <= pool:
        return low
    if pool <= 0:
        return high
    bends = {*rates, *(rate - RAMP for rate in rates)}
    while bends := {bend for bend in bends if low < bend < high}:
        bend = min(bends, key=lambda b: (abs(b - (low + high) / 2), b))
        if grants_at(applicants, bend) >= pool:
            low = bend
        else:
            high = bend
    most, least = grants_at(applicants, low), grants_at(applicants, high)
    return low + (high - low) * (most - pool) / (most - least)


def grants_2019(
    districts: Iterable[District], pool: Fraction
) -> tuple[Fraction | None, dict[str, Grant]]:
    """Section 2, FY2019: the threshold (none without applicants), and each applicant's grant.

    Not cut to whole dollars, and no smaller relief is asked for: neither is said of FY2019.
    """
    applicants = [each for each in districts if each["applied"]]
    if not applicants:
        return None, {}
    threshold = threshold_2019(applicants, pool)
    grants = {}
    for each in sorted(applicants, key=lambda e: (-unit_equivalent_rate(e), e["unit_id"])):
        relief = relief_2019(each, threshold)
        grants[each["unit_id"]] = Grant(
            unit_equivalent_rate(each),
            relief,
            relief * multiplier(each["local_capacity_percentage"]),
        )
    return threshold, grants


# --- FY2020 on ----------------------------------------------------------------


def mean_rate(districts: Iterable[District], organization_type: str) -> Fraction:
    """Section 2, step 1: simple, over the districts of the type, applicants or not."""
    rates = [
        each["adjusted_operating_tax_rate"]
        for each in districts
        if each["organization_type"] == organization_type
    ]
    return total(rates) / len(rates)


def greatest_abatement(eav: Fraction, organization_type: str, share: Fraction) -> Fraction:
    """Section 2, step 2: E x k x (1 - L), not cut yet."""
    return eav * RELIEF_RATES[organization_type] * (1 - share)


def claims_by_rank(districts: Sequence[District]) -> list[Claim]:
    """Section 2, steps 1, 2, 4: the highest rate of its type's mean first, whole dollars."""
    means = {
        kind: mean_rate(districts, kind)
        for kind in RELIEF_RATES
        if any(each["organization_type"] == kind for each in districts)
    }
    claims = []
    for each in districts:
        kind = each["organization_type"]
        if not each["applied"] or kind not in RELIEF_RATES:
            continue
        share = each["local_capacity_percentage"]
        relief = greatest_abatement(each["eav"], kind, share)
        if each.get("intended_relief") is not None:
            relief = min(relief, each["intended_relief"])
        claims.append(
            Claim(
                each["unit_id"],
                each["adjusted_operating_tax_rate"] / means[kind],
                Fraction(floor(relief)),
                multiplier(share),
            )
        )
    return sorted(claims, key=lambda claim: (-claim.ranked_by, claim.unit_id))


def paid_in_order(claims: Iterable[Claim], pool: Fraction) -> dict[str, Grant]:
    """Section 2, steps 3, 4: until the pool is spent.

    The relief of the one that gets what is left is not cut: the example has 57.50.
    """
    left, spent = pool, False
    grants = {}
    for claim in claims:
        grant = Fraction(floor(claim.relief * claim.multiplier))
        relief = claim.relief
        if spent:
            grant = relief = ZERO
        elif grant > left:
            grant, spent = left, True
            relief = left / claim.multiplier
        left -= grant
        grants[claim.unit_id] = Grant(claim.ranked_by, relief, grant)
    return grants


def grants_by_rank(districts: Sequence[District], pool: Fraction) -> dict[str, Grant]:
    """Section 2, FY2020 on: each applicant's grant, in the order of rank."""
    return paid_in_order(claims_by_rank(districts), pool)


# --- The base, and back from a grant ------------------------------------------------


def within_base(
    grant: Fraction, fiscal_year: int, base_year: int, *, first: bool, second: bool
) -> Fraction:
    """Section 2, step 5: how much of a grant is in the base of a year.

    First and second: whether each year's levy was abated. The second resolution comes when
    the next year's base stands already, so that its want is felt a year later (decided).
    FY2019 asked for one year alone.
    """
    if base_year <= fiscal_year or not first:
        return ZERO
    if base_year == fiscal_year + 1 or second or fiscal_year == 2019:
        return grant
    return ZERO


def next_base(base: Fraction, tier_funding: Fraction, grant: Fraction) -> Fraction:
    """Section 2, into the base."""
    return base + tier_funding + grant


def reliefs_of(grant: Fraction, share: Fraction) -> range:
    """Section 2, step 4: the whole dollars of relief whose grant is cut to this one."""
    by = multiplier(share)
    return range(ceil(grant / by), ceil((grant + 1) / by))


def implied_eav(
    grant: Fraction, organization_type: str, share: Fraction
) -> tuple[Fraction, Fraction] | None:
    """Section 2, step 4: from which EAV, and below which, the two cuts give the grant.

    None, where no EAV does: a grant that is no whole dollar.
    """
    reliefs = reliefs_of(grant, share)
    if grant.denominator != 1 or not reliefs:
        return None
    a_dollar = RELIEF_RATES[organization_type] * (1 - share)
    return reliefs.start / a_dollar, reliefs.stop / a_dollar
