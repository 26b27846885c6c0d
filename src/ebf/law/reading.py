"""A reading of the law: where it leaves a choice, what was chosen, and what could have been.

Holds: Chosen, Alternative, Reading, read_readings.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from ebf.contents import ByContents
from ebf.language.evidence import Evidence, Kind
from ebf.language.line import Line

Chosen: TypeAlias = tuple[tuple[int, str], ...]
"""Alternatives that a law is read by: the reading's number, and the alternative's name."""


@dataclass(frozen=True, eq=False)
class Alternative(ByContents):
    """Another way to read the law, as a change that the library itself can run.

    ``lines`` stand in the place of those of their names, ``amounts`` in that of numbers
    of the law.
    """

    name: str
    words: str
    lines: tuple[Line, ...] = field(default=(), repr=False)
    amounts: Mapping[str, float | list[float]] = field(default_factory=dict)

    def lines_in(self, fiscal_year: int) -> tuple[Line, ...]:
        """Those of its lines that stand in a fiscal year."""
        return tuple(line for line in self.lines if line.is_in_force(fiscal_year))


@dataclass(frozen=True, eq=False)
class Reading(ByContents):
    """One numbered reading: what was chosen, why, and its alternatives by their names.

    ``otherwise`` says of other choices what no alternative runs.
    """

    number: int
    title: str
    chosen: str
    why: str
    otherwise: str = ""
    alternatives: Mapping[str, Alternative] = field(default_factory=dict)


def read_readings(
    path: Path, lines: Mapping[tuple[int, str], tuple[Line, ...]]
) -> Mapping[int, Reading]:
    """The readings of a TOML file, a table a number; ``lines`` are those of the alternatives.

    Raises ValueError for an alternative that changes nothing, and for lines that none has.
    """
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    left = {**lines}
    readings = {}
    for number, (key, said) in enumerate(content.items(), start=1):
        if int(key) != number:
            message = f"{path.name}: reading {key} where {number} is due"
            raise ValueError(message)
        alternatives = {
            name: Alternative(
                name,
                other["words"],
                tuple(_marked(line, number, name) for line in left.pop((number, name), ())),
                MappingProxyType(other.get("amounts", {})),
            )
            for name, other in said.pop("alternatives", {}).items()
        }
        readings[number] = Reading(number, alternatives=MappingProxyType(alternatives), **said)
        if idle := [
            each.name for each in alternatives.values() if not each.lines and not each.amounts
        ]:
            message = f"alternatives of reading {number} that change nothing: {', '.join(idle)}"
            raise ValueError(message)
    if left:
        message = f"lines of alternatives that {path.name} has not: {', '.join(map(str, left))}"
        raise ValueError(message)
    return MappingProxyType(readings)


def _marked(line: Line, number: int, name: str) -> Line:
    """The line with the alternative as its evidence."""
    return replace(line, evidence=Evidence(Kind.LAW, (number,), f"the alternative {name!r}"))
