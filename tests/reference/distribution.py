"""(g) New State Funds; (g)(10) base funding that falls short; (h) what is marked."""

from collections.abc import Mapping
from fractions import Fraction

from reference.arithmetic import ONE, ZERO, Unit, cut, quotient, to_the_cent, total
from reference.counts import has_counts

State = dict[str, Fraction]
Amounts = Mapping[str, Fraction]

# (g): the tiers' shares of New State Funds.
SHARES = {
    1: Fraction("0.50"),
    2: Fraction("0.49"),
    3: Fraction("0.009"),
    4: Fraction("0.001"),
}
TIER_1_RATE = Fraction("0.30")
TIER_2_LIMIT = Fraction("0.90")
PAYMENTS = 22  # (h)
OF_THE_TIERS = (
    "tier",
    "tier_1_funding_gap",
    "tier_1_funding",
    "tier_2_funding_gap",
    "tier_2_funding_step_1",
    "tier_2_funding_step_2",
    "tier_2_funding",
    "tier_3_funding",
    "tier_4_funding",
)


def new_state_funds(money: Fraction | None, amounts: Amounts, *, appropriated: bool) -> State:
    """The year's money for the tiers; of money appropriated less relief grants, (g)(9.5)."""
    if money is None:
        return {"new_state_funds": amounts["new_state_funds"]}
    if not appropriated:
        return {"new_state_funds": money}
    return {"new_state_funds": money - amounts["property_tax_relief"]}


def allocations(state: State, amounts: Amounts) -> None:
    """The tiers' money, less what new money falls short of the Minimum Funding Level, (g)(9)."""
    funds = state["new_state_funds"]
    level, relief = amounts["minimum_funding_level"], amounts["property_tax_relief_counted"]
    short = max(ZERO, level - relief - funds)
    base = level - relief if short else funds
    state["allocation_base"], state["allocation_shortfall"] = base, short
    state["tier_1_allocation_rate"] = TIER_1_RATE * funds / level if short else TIER_1_RATE
    for tier in (4, 3, 2, 1):
        money = SHARES[tier] * base
        # Of Tiers 3 and 4 not rounded (reading 36).
        state[f"tier_{tier}_allocation"] = money = to_the_cent(money) if tier <= 2 else money
        taken = min(money, short)
        state[f"tier_{tier}_allocation_less_shortfall"] = money - taken
        short -= taken


def target_ratio(units: list[Unit], reached: Fraction) -> Fraction:
    """The ratio at which the gaps below it sum to what Tier 1's money reaches.

    The least, over the prefixes of the units by percent, of
    (reached + resources) / targets.
    """
    targets = resources = ZERO
    ratios: list[Fraction] = []
    for unit in sorted(units, key=lambda u: Fraction(u["final_percent_of_adequacy"])):
        targets += unit["adequacy_target"]
        resources += unit["final_resources"]
        ratios.append((reached + resources) / targets)
    return min(ratios, default=ZERO)  # nobody shares


def tier_of(percent: Fraction, ratio: Fraction) -> int:
    """A unit's tier; nobody is in Tier 1 when its ratio exceeds 0.90, (g)(6)."""
    if percent < ratio <= TIER_2_LIMIT:
        return 1
    if percent < TIER_2_LIMIT:
        return 2
    return 3 if percent < ONE else 4


def tier_1(state: State, units: list[Unit]) -> None:
    """Everyone's tier, and Tier 1 funding."""
    state["tier_1_gap_reached"] = quotient(
        state["tier_1_allocation_less_shortfall"], state["tier_1_allocation_rate"]
    )
    ratio = target_ratio(units, state["tier_1_gap_reached"])
    state["tier_1_target_ratio"] = ratio
    state["tier_1_money_joins_tier_2"] = ONE if ratio > TIER_2_LIMIT else ZERO
    for unit in units:
        unit["tier"] = tier_of(unit["final_percent_of_adequacy"], ratio)
        if unit["tier"] == 1:
            unit["tier_1_funding_gap"] = ratio * unit["adequacy_target"] - unit["final_resources"]
            unit["tier_1_funding"] = state["tier_1_allocation_rate"] * unit["tier_1_funding_gap"]


def tiers_3_and_4(state: State, units: list[Unit], surplus: Fraction) -> None:
    """Tier 3 and 4 funding, Tier 2's surplus with it; an empty tier's goes to the other."""
    targets = {
        tier: total(u["adequacy_target"] for u in units if u["tier"] == tier) for tier in (3, 4)
    }
    money = {
        # By their shares: reading 31.
        tier: state[f"tier_{tier}_allocation_less_shortfall"]
        + surplus * SHARES[tier] / (SHARES[3] + SHARES[4])
        for tier in (3, 4)
    }
    for tier, other in ((3, 4), (4, 3)):
        if not targets[tier] and targets[other]:
            money[tier], money[other] = ZERO, money[tier] + money[other]
    for tier in (3, 4):
        aggregate = money[tier] if targets[tier] else ZERO
        state[f"tier_{tier}_aggregate_funding"] = aggregate
        rate = state[f"tier_{tier}_allocation_rate"] = quotient(aggregate, targets[tier])
        for unit in units:
            if unit["tier"] == tier:
                unit[f"tier_{tier}_funding"] = rate * unit["adequacy_target"]


def tier_2(state: State, units: list[Unit]) -> None:
    """Tier 2 funding of Tiers 1 and 2; on its way, Tiers 3 and 4."""
    low = [unit for unit in units if unit["tier"] in {1, 2}]
    for unit in low:
        unit["tier_2_funding_gap"] = (
            TIER_2_LIMIT * unit["adequacy_target"]
            - unit["final_resources"]
            - unit["tier_1_funding"]
        ) * (1 - unit["local_capacity_percentage"])
    gaps = state["total_tier_2_funding_gap"] = total(u["tier_2_funding_gap"] for u in low)
    available = state["tier_2_allocation_less_shortfall"]
    if state["tier_1_money_joins_tier_2"]:  # (g)(6)
        available += state["tier_1_allocation_less_shortfall"]
    if all(unit["tier"] in {1, 2} for unit in units):  # reading 31
        available += state["tier_3_allocation_less_shortfall"]
        available += state["tier_4_allocation_less_shortfall"]
    state["tier_2_available"] = available
    surplus = state["tier_2_surplus"] = max(ZERO, available - gaps)  # (g)(7)
    tiers_3_and_4(state, units, surplus)
    rate = state["tier_2_allocation_rate"] = min(ONE, quotient(available, gaps))
    floor = state["greatest_tier_3_funding_per_student"] = max(
        (
            unit["tier_3_funding"] / unit["average_student_enrollment"]
            for unit in units
            if unit["average_student_enrollment"]
        ),
        default=ZERO,
    )
    for unit in low:
        step = unit["tier_2_funding_step_1"] = rate * unit["tier_2_funding_gap"]
        if unit["tier"] == 2 and not surplus:  # reading 32
            step = max(step, floor * unit["average_student_enrollment"])
        unit["tier_2_funding_step_2"] = step
    # What is left once the gaps are filled is no longer Tier 2's.
    scale = quotient(min(available, gaps), total(u["tier_2_funding_step_2"] for u in low))
    state["tier_2_scaling_factor"] = scale
    for unit in low:
        unit["tier_2_funding"] = scale * unit["tier_2_funding_step_2"]


def distribute(state: State, units: list[Unit], fiscal_year: int) -> None:
    """(g) for every unit, after `allocations`."""
    for unit in units:
        unit.update(dict.fromkeys(OF_THE_TIERS, ZERO))
        unit["final_percent_of_adequacy"] = quotient(  # (f)
            unit["final_resources"], unit["adequacy_target"]
        )
    # Section 0; without a target there is no percent of it (reading 28).
    sharing = [u for u in units if has_counts(u, fiscal_year) and u["adequacy_target"] > 0]
    for unit in units:
        unit["in_distribution"] = ONE if unit in sharing else ZERO
    tier_1(state, sharing)
    tier_2(state, sharing)
    for tier in SHARES:
        for unit in units:
            unit[f"in_tier_{tier}"] = ONE if unit["tier"] == tier else ZERO
        state[f"units_in_tier_{tier}"] = total(unit[f"in_tier_{tier}"] for unit in units)
    for unit in units:
        unit["tier_funding"] = cut(total(unit[f"tier_{tier}_funding"] for tier in SHARES))
    state["undistributed_new_state_funds"] = state["new_state_funds"] - total(
        unit["tier_funding"] for unit in units
    )


def facts(state: State, units: list[Unit]) -> None:
    """Sums over the units in the distribution; what they lack to the edges of Tiers 2 and 3."""
    sharing = [unit for unit in units if unit["in_distribution"]]
    targets = state["statewide_adequacy_target"] = total(u["adequacy_target"] for u in sharing)
    resources = state["statewide_final_resources"] = total(u["final_resources"] for u in sharing)
    state["statewide_percent_of_adequacy"] = quotient(resources, targets)
    for tier, edge in ((2, TIER_2_LIMIT), (3, ONE)):
        state[f"statewide_gap_to_tier_{tier}_target_ratio"] = total(
            max(ZERO, edge * unit["adequacy_target"] - unit["final_resources"]) for unit in sharing
        )


def base_funding_paid(state: State, units: list[Unit], short: Fraction) -> None:
    """(g)(10), by reading 33: Tiers 1 and 2 per pupil, 3 and 4 down to FY2018; then everyone."""
    for unit in units:
        unit["tier_1_and_2_decline"] = ZERO
        before = unit.get("prior_year_average_student_enrollment", ZERO)
        if unit["tier"] in {1, 2} and unit["average_student_enrollment"] < before:
            per_pupil = unit["base_funding_minimum"] / before
            unit["tier_1_and_2_decline"] = (before - unit["average_student_enrollment"]) * per_pupil
    declines = total(unit["tier_1_and_2_decline"] for unit in units)
    state["tier_1_and_2_reduction_rate"] = min(ONE, quotient(short, declines))
    for unit in units:
        unit["tier_1_and_2_reduction"] = (
            state["tier_1_and_2_reduction_rate"] * unit["tier_1_and_2_decline"]
        )
    low = total(unit["tier_1_and_2_reduction"] for unit in units)
    high = [unit for unit in units if unit["tier"] in {3, 4}]
    each = quotient(short - low, total(u["average_student_enrollment"] for u in high))
    for unit in units:
        unit["tier_3_and_4_reduction"] = ZERO
        if unit["tier"] in {3, 4}:
            above = unit["base_funding_minimum"] - unit.get("first_year_base_funding_minimum", ZERO)
            unit["tier_3_and_4_reduction"] = max(
                ZERO, min(above, each * unit["average_student_enrollment"])
            )
    open_still = short - low - total(unit["tier_3_and_4_reduction"] for unit in units)
    further = quotient(open_still, total(u["average_student_enrollment"] for u in units))
    state["tier_3_and_4_reduction_per_student"] = each
    state["further_reduction_per_student"] = further
    for unit in units:
        unit["base_funding_paid"] = (
            unit["base_funding_minimum"]
            - unit["tier_1_and_2_reduction"]
            - unit["tier_3_and_4_reduction"]
            - further * unit["average_student_enrollment"]
        )
        unit["total_state_contribution"] = cut(unit["base_funding_paid"] + unit["tier_funding"])
        unit["semi_monthly_payment"] = unit["total_state_contribution"] / PAYMENTS


# (e): of the grants of FY2017 those for a population.
GRANTS_FOR = {
    "special_education": (
        "special_education_personnel_fy2017",
        "special_education_funding_for_children_fy2017",
        "special_education_summer_school_fy2017",
    ),
    "english_learner": ("english_learner_education_fy2017",),
}


def marked(unit: Unit) -> None:
    """(h): a population's part of the Adequacy Target, of the new money, cut (reading 34)."""
    share = quotient(unit["tier_funding"], unit["adequacy_target"])
    for population in ("special_education", "english_learner", "low_income"):
        part = unit[f"{population}_investments"] * unit["regionalization_factor"]
        unit[f"{population}_funding"] = cut(part * share)


def marked_for_technology(unit: Unit) -> None:
    """(h): the same of what (Q) adds for some units, which is not regionalized."""
    share = quotient(unit["tier_funding"], unit["adequacy_target"])
    added = unit["computer_technology_addition"] * unit["average_student_enrollment"]
    unit["technology_funding"] = cut(added * share)


def to_be_spent(unit: Unit, fiscal_year: int) -> None:
    """(h): what is marked, and the population's grants of FY2017 in the base (reading 38)."""
    for population, grants in GRANTS_FOR.items():
        in_base = grants if fiscal_year == 2018 else (f"{population}_grants_within_base",)
        unit[f"{population}_funding_to_be_spent"] = unit[f"{population}_funding"] + total(
            unit.get(grant, ZERO) for grant in in_base
        )
