"""How much the tests try: a part of it for every change, or all of it with ``EBF_DEPTH=deep``.

The same tests run either way, under the same names. How many examples, inputs, units or kills
each of them takes stands here and nowhere else, the part before the whole.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from typing import Any, Final

from hypothesis import HealthCheck, settings

DEEP: Final = {"quick": False, "deep": True}[os.environ.get("EBF_DEPTH", "quick")]


def count(part: int, whole: int) -> int:
    """How many, at the depth of this run."""
    return whole if DEEP else part


def spread(cases: Iterable[Any], apart: int = 3) -> list[Any]:
    """Cases that show the same thing of many: every so manieth, the first among them, or all."""
    return [*cases] if DEEP else [*cases][::apart]


def examples(part: int, whole: int, **more: Any) -> settings:
    """So many examples of a property, others in every run."""
    return settings(deadline=None, database=None, max_examples=count(part, whole), **more)


# --- Examples of properties --------------------------------------------------------------

EDGES: Final = examples(10, 100)
DISTRIBUTION: Final = examples(10, 70)
DISTRIBUTION_TWICE: Final = examples(6, 35)
"""Of what is computed twice or oftener."""
DISTRIBUTION_IN_FRACTIONS: Final = examples(20, 120)
EXACT: Final = examples(6, 30)
EXACT_UNITS: Final = count(1, 3)
"""Units of each kind, in every year."""
EXACT_DECIMALS: Final = examples(25, 80)
EXACT_SCENARIOS: Final = examples(5, 15)
CENSUS: Final = examples(8, 40)
SENSITIVITY: Final = examples(6, 30)
ATTRIBUTION: Final = examples(6, 20)
SCENARIOS: Final = examples(6, 30)
ANY_CHANGE: Final = examples(15, 150)
WRONG_NUMBERS: Final = examples(6, 60)
SWEEPS: Final = examples(5, 20)
PROJECTIONS: Final = examples(6, 30)
INVERSES: Final = examples(4, 12)
LEGISLATIVE: Final = examples(6, 30)
REPORT_CARDS: Final = examples(10, 60)
REVIEWS: Final = examples(10, 60)
RELIEF: Final = examples(8, 60)
PROFILES: Final = examples(12, 60)
TAX_LIMITS: Final = examples(12, 80)
FINANCE: Final = examples(10, 150)
"""Of the county tax, the profile and the costs of administration."""


READY: Final = examples(4, 60)
API_CALLS: Final = count(60, 10_000)
"""Requests that schemathesis makes up, over all routes."""


def against_reference(part: int, whole: int) -> settings:
    """So many states for the reference, or as many as EBF_EXAMPLES says."""
    asked = int(os.environ.get("EBF_EXAMPLES", count(part, whole)))
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(deadline=None, database=None, max_examples=asked, suppress_health_check=checks)


# --- Bad input --------------------------------------------------------------------------

INPUTS: Final = int(os.environ.get("EBF_FUZZ_INPUTS", count(100, 400)))
ARGUMENTS: Final = max(count(100, 200), INPUTS // 4)


def inputs(share: float) -> int:
    """How many of all inputs a way in has."""
    return max(5, math.ceil(INPUTS * share))


# --- The sample state: of one unit of so many ----------------------------------------------

SAMPLE_IN_WORKBOOKS: Final = count(32, 1)
SAMPLE_IN_CHANGED_WORKBOOKS: Final = count(48, 4)
PLANTED_APART: Final = count(3, 1)
"""Of the wrong cells that are planted in workbooks, every so manieth."""
SAMPLE_IN_FULL_CALC: Final = count(40, 1)
SAMPLE_IN_FRACTIONS: Final = count(8, 1)
SAMPLE_IN_REFERENCE: Final = count(16, 1)
SAMPLE_IN_DERIVATIVES: Final = count(8, 2)
SAMPLE_IN_NEAR_TIES: Final = count(12, 1)
SAMPLE_IN_INVERSES: Final = count(8, 1)
SAMPLE_IN_VALUES: Final = count(20, 1)
GAP_UNITS: Final = count(1, 3)
"""Units of each kind."""
WORKBOOKS_APART: Final = count(7, 1)
"""Of the workbooks of small states every so manieth is computed by LibreOffice."""

COPIES_SHOWN: Final = count(1, 3)
"""Of the copies of a value that are compared, those whose text is compared too."""

# --- Explanations --------------------------------------------------------------------------

LINES_APART: Final = count(4, 1)
"""Of the lines of one unit every so manieth is explained."""

# --- Derivatives --------------------------------------------------------------------------

COLUMNS_APART: Final = count(45, 9)
"""Of the columns that a line moves with, every so manieth is compared."""
MOVING: Final = count(1, 2)
"""Units whose line moves with a column as it does in the state computed anew."""

# --- Files of too much --------------------------------------------------------------------

BOMB: Final = count(1 << 27, 1 << 30)
"""Bytes; a hundred million are too many."""
LONG_TEXT: Final = count(10_000_000, 30_000_000)
ROWS_TAKEN: Final = count(40_000, 400_000)
"""Rows of three cells; with a million they are too many."""
BLANK_LINES: Final = count(500_000, 6_000_000)
FAULTY_ROWS: Final = count(20_000, 250_000)
UNKNOWN_NAMES: Final = count(5_000, 50_000)

# --- Threads, processes, kills ----------------------------------------------------------

THREADS: Final = count(4, 16)
TASKS_APART: Final = count(7, 1)
"""Of the tasks that many threads and other processes have, every so manieth."""
PROCESSES: Final = count(1, 2)
"""How many run at a time, where one would do."""
KILLS: Final = int(os.environ.get("EBF_KILLS", count(1, 2)))
"""How many processes of each writer are killed."""
WRITTEN: Final = count(2, 5)
"""How often each of two writes."""
ASKED_AT_ONCE: Final = count(16, 200)
"""What-ifs that several threads ask of one application."""
ASKED_OF_WORKERS: Final = count(40, 5_000)
"""What-ifs that are asked of a running service, all different."""
