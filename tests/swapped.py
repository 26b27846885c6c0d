"""The statute with other readings of some lines in force."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

import pytest

from ebf.language.line import Line
from ebf.law.funding import FUNDING
from ebf.law.statutes import STATUTES


def swap_in(patch: pytest.MonkeyPatch, *alternatives: Line) -> None:
    """Put alternatives in the place of the lines of their names, for a test."""
    by_name = {line.name: line for line in alternatives}
    lines = tuple(by_name.get(line.name, line) for line in FUNDING.all_lines)
    changed = ModuleType("changed", "(c) Other readings.")
    vars(changed)["LINES"] = lines
    patch.setitem(STATUTES, FUNDING.section, replace(FUNDING, modules=(changed,)))
