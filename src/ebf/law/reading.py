"""A reading of the law: where it leaves a choice, what was chosen, and what could have been.

Holds: Alternative, Reading, readings_of.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

from ebf.contents import ByContents
from ebf.data import DATA
from ebf.language.line import Line
from ebf.law.statute import Statute


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


@cache
def readings_of(statute: Statute) -> Mapping[int, Reading]:
    """The readings of a statute by their numbers, with the lines of their alternatives.

    Raises ValueError for an alternative that changes nothing, and for lines that none has.
    """
    if not statute.readings_in:
        return MappingProxyType({})
    path = DATA / "readings" / statute.readings_in
    left = {**statute.alternatives}
    readings = {}
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    for number, (key, said) in enumerate(content.items(), start=1):
        if int(key) != number:
            message = f"{path.name}: reading {key} where {number} is due"
            raise ValueError(message)
        alternatives = {
            name: Alternative(
                name,
                other["words"],
                left.pop((number, name), ()),
                MappingProxyType(other.get("amounts", {})),
            )
            for name, other in said.pop("alternatives", {}).items()
        }
        readings[number] = Reading(number, alternatives=MappingProxyType(alternatives), **said)
        idle = [each.name for each in alternatives.values() if not (each.lines or each.amounts)]
        if idle:
            message = f"alternatives of reading {number} that change nothing: {', '.join(idle)}"
            raise ValueError(message)
    if left:
        message = f"lines of alternatives that {path.name} has not: {', '.join(map(str, left))}"
        raise ValueError(message)
    return MappingProxyType(readings)
