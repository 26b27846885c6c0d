"""The distribution as a small tax-benefit system of OpenFisca: no checks, no cases but the usual.

What `floor.py` computes, in five quantities asked for, with the same numbers of FY2022. OpenFisca
keeps numbers in single precision, seven digits: its dollars are right to about a dollar, not to
the cent.
Needs openfisca-core, which nothing else here does: `pip install openfisca-core`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

Array = npt.NDArray[Any]
YEAR = "2022"
INPUTS = (
    "adequacy_target",
    "final_resources",
    "local_capacity_percentage",
    "average_student_enrollment",
)
QUANTITIES = ("tier_1_target_ratio", "tier", "tier_1_funding", "tier_2_funding", "tier_funding")
UNIT = build_entity(key="unit", plural="units", label="A unit", is_person=True)


class adequacy_target(Variable):  # type: ignore[misc, unused-ignore]
    value_type = float
    entity = UNIT
    definition_period = DateUnit.YEAR


class final_resources(Variable):  # type: ignore[misc, unused-ignore]
    value_type = float
    entity = UNIT
    definition_period = DateUnit.YEAR


class local_capacity_percentage(Variable):  # type: ignore[misc, unused-ignore]
    value_type = float
    entity = UNIT
    definition_period = DateUnit.YEAR


class average_student_enrollment(Variable):  # type: ignore[misc, unused-ignore]
    value_type = float
    entity = UNIT
    definition_period = DateUnit.YEAR


class new_state_funds(Variable):  # type: ignore[misc, unused-ignore]
    """In dollars of the whole state, the same for every unit."""

    value_type = float
    entity = UNIT
    definition_period = DateUnit.YEAR


class percent_of_adequacy(Variable):  # type: ignore[misc, unused-ignore]
    value_type = float
    entity = UNIT
    definition_period = DateUnit.YEAR

    def formula(unit: Any, period: Any) -> Any:
        return unit("final_resources", period) / unit("adequacy_target", period)


class tier_1_target_ratio(Variable):  # type: ignore[misc, unused-ignore]
    value_type = float
    entity = UNIT
    definition_period = DateUnit.YEAR

    def formula(unit: Any, period: Any) -> Any:
        order = np.argsort(unit("percent_of_adequacy", period))
        resources = unit("final_resources", period)[order]
        targets = unit("adequacy_target", period)[order]
        amount = unit("new_state_funds", period)[0] * 0.5 / 0.3
        ratio = (amount + np.cumsum(resources)) / np.cumsum(targets)
        return np.full(unit.count, ratio.min())


class tier(Variable):  # type: ignore[misc, unused-ignore]
    value_type = int
    entity = UNIT
    definition_period = DateUnit.YEAR

    def formula(unit: Any, period: Any) -> Any:
        percent = unit("percent_of_adequacy", period)
        in_tier_1 = percent < unit("tier_1_target_ratio", period)
        return np.select([in_tier_1, percent < 0.9, percent < 1], [1, 2, 3], 4)


class tier_1_funding(Variable):  # type: ignore[misc, unused-ignore]
    value_type = float
    entity = UNIT
    definition_period = DateUnit.YEAR

    def formula(unit: Any, period: Any) -> Any:
        ratio, target = unit("tier_1_target_ratio", period), unit("adequacy_target", period)
        gap = ratio * target - unit("final_resources", period)
        return np.where(unit("tier", period) == 1, 0.3 * gap, 0)


class tiers_3_and_4_funding(Variable):  # type: ignore[misc, unused-ignore]
    value_type = float
    entity = UNIT
    definition_period = DateUnit.YEAR

    def formula(unit: Any, period: Any) -> Any:
        target, own = unit("adequacy_target", period), unit("tier", period)
        money = unit("new_state_funds", period)[0]
        third, fourth = np.where(own == 3, target, 0), np.where(own == 4, target, 0)
        return third * (money * 0.009 / third.sum()) + fourth * (money * 0.001 / fourth.sum())


class tier_2_funding(Variable):  # type: ignore[misc, unused-ignore]
    value_type = float
    entity = UNIT
    definition_period = DateUnit.YEAR

    def formula(unit: Any, period: Any) -> Any:
        target, own = unit("adequacy_target", period), unit("tier", period)
        money = unit("new_state_funds", period)[0] * 0.49
        short = 0.9 * target - unit("final_resources", period) - unit("tier_1_funding", period)
        gap = np.where(own <= 2, short * (1 - unit("local_capacity_percentage", period)), 0)
        pupils = unit("average_student_enrollment", period)
        third = np.where(own == 3, unit("tiers_3_and_4_funding", period), 0)
        floor = pupils * (third / pupils).max()
        by_gap = gap * (money / gap.sum())
        raised = np.where(own == 2, np.maximum(by_gap, floor), by_gap)
        return raised * (money / raised.sum())


class tier_funding(Variable):  # type: ignore[misc, unused-ignore]
    value_type = float
    entity = UNIT
    definition_period = DateUnit.YEAR

    def formula(unit: Any, period: Any) -> Any:
        first, second = unit("tier_1_funding", period), unit("tier_2_funding", period)
        return first + second + unit("tiers_3_and_4_funding", period)


VARIABLES = (
    adequacy_target,
    final_resources,
    local_capacity_percentage,
    average_student_enrollment,
    new_state_funds,
    percent_of_adequacy,
    tier_1_target_ratio,
    tier,
    tier_1_funding,
    tiers_3_and_4_funding,
    tier_2_funding,
    tier_funding,
)


def system() -> Any:
    """The system of all these variables."""
    found = TaxBenefitSystem([UNIT])
    found.add_variables(*VARIABLES)
    return found


def calculated(of_system: Any, inputs: dict[str, Array], count: int) -> dict[str, Array]:
    """A new simulation of so many units with these numbers, and what it comes to."""
    simulation = SimulationBuilder().build_default_simulation(of_system, count=count)
    for name, numbers in inputs.items():
        simulation.set_input(name, YEAR, numbers)
    return {name: simulation.calculate(name, YEAR) for name in QUANTITIES}
