"""A calculation of which tests hand on the law's salaries and new money as options."""

from __future__ import annotations

from typing import Any

import pandas as pd

import ebf


def calculate(
    units: pd.DataFrame,
    law: ebf.Law,
    *,
    salaries: Any = None,
    new_state_funds: Any = None,
    **options: Any,
) -> ebf.Ledger:
    """ebf.calculate, by a law with these salaries and this new money."""
    if isinstance(salaries, ebf.Salaries):  # the sample's, in another year too
        salaries = salaries.of_year(law.fiscal_year)
    own = law.with_amounts(salaries=salaries, new_state_funds=new_state_funds)
    return ebf.calculate(units, own, **options)
