"""Illinois Evidence-Based Funding, 105 ILCS 5/18-8.15: the reference implementation."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ebf.comparison import Comparison, compare
from ebf.engine.calculation import calculate
from ebf.faults import Fault, InputError
from ebf.law.inputs import EnrollmentByGrade
from ebf.law.parameters import Law, law
from ebf.law.salaries import Salaries
from ebf.ledger import Ledger
from ebf.scenario import Change, Scenario
from ebf.units.csv_and_parquet import read_units
from ebf.units.sample import sample_salaries, sample_units
from ebf.units.unit import UnitInput, table_of

if TYPE_CHECKING:
    from ebf.attribution import Attribution, attribute
    from ebf.batches import SweepError, sweep, sweep_to_parquet
    from ebf.draws import Uncertain, Uncertainty, uncertainty
    from ebf.facts import QuickFacts, quick_facts
    from ebf.gap import AdequacyGap, adequacy_gap
    from ebf.goals import MoneyNeeded, YearReached, money_needed, year_reached
    from ebf.impact import DataImpact, data_impact
    from ebf.projection import Growth, Projection, project
    from ebf.units.isbe.base_calc import read_base_calc

_IMPORTED_WHEN_USED = {
    "AdequacyGap": "ebf.gap",
    "Attribution": "ebf.attribution",
    "DataImpact": "ebf.impact",
    "Growth": "ebf.projection",
    "MoneyNeeded": "ebf.goals",
    "Projection": "ebf.projection",
    "QuickFacts": "ebf.facts",
    "SweepError": "ebf.batches",
    "Uncertain": "ebf.draws",
    "Uncertainty": "ebf.draws",
    "YearReached": "ebf.goals",
    "adequacy_gap": "ebf.gap",
    "attribute": "ebf.attribution",
    "data_impact": "ebf.impact",
    "money_needed": "ebf.goals",
    "project": "ebf.projection",
    "quick_facts": "ebf.facts",
    "read_base_calc": "ebf.units.isbe.base_calc",
    "sweep": "ebf.batches",
    "sweep_to_parquet": "ebf.batches",
    "uncertainty": "ebf.draws",
    "year_reached": "ebf.goals",
}


if not TYPE_CHECKING:  # type checkers would take any name for one of these

    def __getattr__(name: str) -> Any:
        """The names that are imported when they are used, so that ``import ebf`` stays quick."""
        if name in _IMPORTED_WHEN_USED:
            return getattr(import_module(_IMPORTED_WHEN_USED[name]), name)
        message = f"module 'ebf' has no attribute {name!r}"
        raise AttributeError(message)


__all__ = [
    "AdequacyGap",
    "Attribution",
    "Change",
    "Comparison",
    "DataImpact",
    "EnrollmentByGrade",
    "Fault",
    "Growth",
    "InputError",
    "Law",
    "Ledger",
    "MoneyNeeded",
    "Projection",
    "QuickFacts",
    "Salaries",
    "Scenario",
    "SweepError",
    "Uncertain",
    "Uncertainty",
    "UnitInput",
    "YearReached",
    "adequacy_gap",
    "attribute",
    "calculate",
    "compare",
    "data_impact",
    "law",
    "money_needed",
    "project",
    "quick_facts",
    "read_base_calc",
    "read_units",
    "sample_salaries",
    "sample_units",
    "sweep",
    "sweep_to_parquet",
    "table_of",
    "uncertainty",
    "year_reached",
]
