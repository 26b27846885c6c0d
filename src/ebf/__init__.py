"""Illinois Evidence-Based Funding, 105 ILCS 5/18-8.15: the reference implementation."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ebf.faults import Fault, FaultKind, InputError, Place
from ebf.law.inputs import EnrollmentByGrade
from ebf.law.parameters import Law, law
from ebf.law.salaries import Salaries
from ebf.ledger import Ledger, Prepared, calculate, prepare
from ebf.units.csv_and_parquet import read_units
from ebf.units.full_workbook import read_full_calc
from ebf.units.reading import read
from ebf.units.sample import sample, sample_table
from ebf.units.state import State
from ebf.units.unit import UnitInput, UnitPatch, table_of
from ebf.version import version
from ebf.what_if.comparison import Comparison, compare
from ebf.what_if.scenario import Change, Scenario

if TYPE_CHECKING:
    __version__: str
    from ebf.explain.explanation import Audit, Explanation
    from ebf.law.readings import Readings, readings
    from ebf.reports.adequacy_gap import AdequacyGap, adequacy_gap
    from ebf.reports.blank_files import blank_files
    from ebf.reports.district_page.page import DistrictPage
    from ebf.reports.extension import Extension, extension
    from ebf.reports.facility_tax import FacilityTax, facility_tax
    from ebf.reports.financial_profile import FinancialProfile, financial_profile
    from ebf.reports.inspection import Inspection, inspect_workbook
    from ebf.reports.legislative import Legislative, legislative
    from ebf.reports.legislative_district import LegislativeDistrict
    from ebf.reports.levy import LevyImpact, levy
    from ebf.reports.next_base import NextBase, next_base
    from ebf.reports.own_counts import own_counts
    from ebf.reports.policy_profile import PolicyProfile, policy_profile
    from ebf.reports.quick_facts import QuickFacts, quick_facts
    from ebf.reports.reading_effects import ReadingEffects, reading_effects
    from ebf.reports.reconciliation import Reconciliation, reconcile
    from ebf.reports.releases import Releases, releases
    from ebf.reports.relief_grants import ReliefGrants, implied_eav, relief_grants
    from ebf.reports.report_card import DistrictCard, ReportCard, report_card
    from ebf.reports.resource_reviews import Reviews, reviews
    from ebf.reports.site.writer import WrittenSite, write_site
    from ebf.show.charts.chart import Chart
    from ebf.units.isbe.report_card import read_report_card
    from ebf.what_if.attribution import Attribution, attribute
    from ebf.what_if.data_impact import DataImpact, data_impact
    from ebf.what_if.goals import MoneyNeeded, YearReached, money_needed, year_reached
    from ebf.what_if.growth import Growth
    from ebf.what_if.projection import Projection, project
    from ebf.what_if.response import Response, response
    from ebf.what_if.sweep import SweepError, sweep, sweep_to_parquet
    from ebf.what_if.sweep_chart import sweep_chart
    from ebf.what_if.uncertainty import Uncertain, Uncertainty, uncertainty

_IMPORTED_WHEN_USED = {
    "AdequacyGap": "ebf.reports.adequacy_gap",
    "Attribution": "ebf.what_if.attribution",
    "Audit": "ebf.explain.explanation",
    "Chart": "ebf.show.charts.chart",
    "DataImpact": "ebf.what_if.data_impact",
    "DistrictCard": "ebf.reports.report_card",
    "DistrictPage": "ebf.reports.district_page.page",
    "Explanation": "ebf.explain.explanation",
    "Extension": "ebf.reports.extension",
    "FacilityTax": "ebf.reports.facility_tax",
    "FinancialProfile": "ebf.reports.financial_profile",
    "Growth": "ebf.what_if.growth",
    "Inspection": "ebf.reports.inspection",
    "Legislative": "ebf.reports.legislative",
    "LegislativeDistrict": "ebf.reports.legislative_district",
    "LevyImpact": "ebf.reports.levy",
    "MoneyNeeded": "ebf.what_if.goals",
    "NextBase": "ebf.reports.next_base",
    "PolicyProfile": "ebf.reports.policy_profile",
    "Projection": "ebf.what_if.projection",
    "QuickFacts": "ebf.reports.quick_facts",
    "ReadingEffects": "ebf.reports.reading_effects",
    "Readings": "ebf.law.readings",
    "Reconciliation": "ebf.reports.reconciliation",
    "Releases": "ebf.reports.releases",
    "ReliefGrants": "ebf.reports.relief_grants",
    "ReportCard": "ebf.reports.report_card",
    "Response": "ebf.what_if.response",
    "Reviews": "ebf.reports.resource_reviews",
    "SweepError": "ebf.what_if.sweep",
    "Uncertain": "ebf.what_if.uncertainty",
    "Uncertainty": "ebf.what_if.uncertainty",
    "WrittenSite": "ebf.reports.site.writer",
    "YearReached": "ebf.what_if.goals",
    "adequacy_gap": "ebf.reports.adequacy_gap",
    "attribute": "ebf.what_if.attribution",
    "blank_files": "ebf.reports.blank_files",
    "data_impact": "ebf.what_if.data_impact",
    "implied_eav": "ebf.reports.relief_grants",
    "extension": "ebf.reports.extension",
    "facility_tax": "ebf.reports.facility_tax",
    "financial_profile": "ebf.reports.financial_profile",
    "inspect_workbook": "ebf.reports.inspection",
    "legislative": "ebf.reports.legislative",
    "levy": "ebf.reports.levy",
    "money_needed": "ebf.what_if.goals",
    "next_base": "ebf.reports.next_base",
    "own_counts": "ebf.reports.own_counts",
    "policy_profile": "ebf.reports.policy_profile",
    "project": "ebf.what_if.projection",
    "quick_facts": "ebf.reports.quick_facts",
    "read_report_card": "ebf.units.isbe.report_card",
    "reading_effects": "ebf.reports.reading_effects",
    "readings": "ebf.law.readings",
    "reconcile": "ebf.reports.reconciliation",
    "releases": "ebf.reports.releases",
    "relief_grants": "ebf.reports.relief_grants",
    "report_card": "ebf.reports.report_card",
    "response": "ebf.what_if.response",
    "reviews": "ebf.reports.resource_reviews",
    "sweep": "ebf.what_if.sweep",
    "sweep_chart": "ebf.what_if.sweep_chart",
    "sweep_to_parquet": "ebf.what_if.sweep",
    "uncertainty": "ebf.what_if.uncertainty",
    "write_site": "ebf.reports.site.writer",
    "year_reached": "ebf.what_if.goals",
}


if not TYPE_CHECKING:  # type checkers would take any name for one of these

    def __getattr__(name: str) -> Any:
        """The names that are imported when they are used, so that ``import ebf`` stays quick."""
        if name == "__version__":
            return version()
        if name in _IMPORTED_WHEN_USED:
            return getattr(import_module(_IMPORTED_WHEN_USED[name]), name)
        message = f"module 'ebf' has no attribute {name!r}"
        raise AttributeError(message)


__all__ = [
    "AdequacyGap",
    "Attribution",
    "Audit",
    "Change",
    "Chart",
    "Comparison",
    "DataImpact",
    "DistrictCard",
    "DistrictPage",
    "EnrollmentByGrade",
    "Explanation",
    "Extension",
    "FacilityTax",
    "Fault",
    "FaultKind",
    "FinancialProfile",
    "Growth",
    "InputError",
    "Inspection",
    "Law",
    "Ledger",
    "Legislative",
    "LegislativeDistrict",
    "LevyImpact",
    "MoneyNeeded",
    "NextBase",
    "Place",
    "PolicyProfile",
    "Prepared",
    "Projection",
    "QuickFacts",
    "ReadingEffects",
    "Readings",
    "Reconciliation",
    "Releases",
    "ReliefGrants",
    "ReportCard",
    "Response",
    "Reviews",
    "Salaries",
    "Scenario",
    "State",
    "SweepError",
    "Uncertain",
    "Uncertainty",
    "UnitInput",
    "UnitPatch",
    "WrittenSite",
    "YearReached",
    "adequacy_gap",
    "attribute",
    "blank_files",
    "calculate",
    "compare",
    "data_impact",
    "extension",
    "facility_tax",
    "financial_profile",
    "implied_eav",
    "inspect_workbook",
    "law",
    "legislative",
    "levy",
    "money_needed",
    "next_base",
    "own_counts",
    "policy_profile",
    "prepare",
    "project",
    "quick_facts",
    "read",
    "read_full_calc",
    "read_report_card",
    "read_units",
    "reading_effects",
    "readings",
    "reconcile",
    "releases",
    "relief_grants",
    "report_card",
    "response",
    "reviews",
    "sample",
    "sample_table",
    "sweep",
    "sweep_chart",
    "sweep_to_parquet",
    "table_of",
    "uncertainty",
    "write_site",
    "year_reached",
]
