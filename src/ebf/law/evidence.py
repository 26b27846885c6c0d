"""How many published values each line reproduces, as the tests last measured it.

Holds: EVIDENCE, Matches, measured, evidence_of.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from ebf.data import DATA
from ebf.language.line import Line

EVIDENCE = DATA / "evidence.toml"


@dataclass(frozen=True)
class Matches:
    """How many published values are reproduced, of how many compared."""

    matched: int
    compared: int

    def __str__(self) -> str:
        """In words."""
        return f"{self.matched:,} of {self.compared:,}"


@cache
def measured() -> Mapping[str, Matches]:
    """The matches of every verified line, by its full name."""
    content = tomllib.loads(EVIDENCE.read_text(encoding="utf-8"))
    return MappingProxyType({name: Matches(**counts) for name, counts in content.items()})


def evidence_of(line: Line) -> str:
    """How sure we are of a line, in words.

    >>> from ebf.law.funding import FUNDING
    >>> evidence_of(FUNDING.lines(2022)["substitute_days"]).partition(" ")[0]
    'verified'
    """
    matches = measured().get(line.full_name)
    return line.evidence.in_words(str(matches) if matches else "")
