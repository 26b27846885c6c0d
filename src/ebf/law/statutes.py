"""The statutes that there are, by their sections.

Holds: STATUTES.
"""

from __future__ import annotations

from typing import Final

from ebf.law.administrative_costs import ADMINISTRATIVE_COSTS
from ebf.law.facility_tax import FACILITY_TAX
from ebf.law.financial_profile import FINANCIAL_PROFILE
from ebf.law.funding import FUNDING
from ebf.law.relief_grants import RELIEF_GRANTS
from ebf.law.report_card import REPORT_CARD
from ebf.law.resource_reviews import RESOURCE_REVIEWS
from ebf.law.statute import Statute
from ebf.law.tax_limits import TAX_LIMITS

STATUTES: Final[dict[str, Statute]] = {
    each.section: each
    for each in (
        FUNDING,
        RELIEF_GRANTS,
        TAX_LIMITS,
        FACILITY_TAX,
        FINANCIAL_PROFILE,
        ADMINISTRATIVE_COSTS,
        REPORT_CARD,
        RESOURCE_REVIEWS,
    )
}
