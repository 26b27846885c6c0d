"""How sure we are of a line: what it rests on, not how often that was measured.

Holds: Kind, Evidence, verified, from_guide, law_as_read.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a line rests on."""

    VERIFIED = "verified"
    GUIDE = "guide"
    LAW = "law"


@dataclass(frozen=True)
class Evidence:
    """What a line rests on; ``readings`` are the numbers in docs/readings.md.

    How many published values a verified line reproduces is measured by the tests, and stands
    in data/evidence.toml.
    """

    kind: Kind
    readings: tuple[int, ...] = ()
    note: str = ""

    def in_words(self, counts: str = "") -> str:
        """In words, with the counts measured."""
        parts = [str(self.kind), counts, f"({self.note})" if self.note else ""]
        readings = ", ".join(map(str, self.readings))
        return " ".join(filter(None, parts)) + (f"; reading {readings}" if readings else "")


def verified(*readings: int, note: str = "") -> Evidence:
    """Reproduces published numbers."""
    return Evidence(Kind.VERIFIED, readings, note)


def from_guide(*readings: int) -> Evidence:
    """From the state's guide or workbook layout; no published number tests it."""
    return Evidence(Kind.GUIDE, readings)


def law_as_read(*readings: int, note: str = "") -> Evidence:
    """The law as read in the numbered readings."""
    return Evidence(Kind.LAW, readings, note)
