"""How sure we are of a line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Evidence:
    """How sure we are of a line.

    ``matched`` of ``compared`` published values are reproduced (the tests
    measure both); ``readings`` are the numbers in docs/readings.md.
    """

    kind: str
    matched: int = 0
    compared: int = 0
    readings: tuple[int, ...] = ()
    note: str = ""

    def __str__(self) -> str:
        """In words."""
        counts = f" {self.matched:,} of {self.compared:,}" if self.compared else ""
        note = f" ({self.note})" if self.note else ""
        readings = ", ".join(map(str, self.readings))
        return f"{self.kind}{counts}{note}" + (f"; reading {readings}" if readings else "")


def verified(matched: int, compared: int, *readings: int, note: str = "") -> Evidence:
    """Reproduces published numbers."""
    return Evidence("verified", matched, compared, readings, note)


def from_guide(*readings: int) -> Evidence:
    """From the state's guide or workbook layout; no published number tests it."""
    return Evidence("guide", readings=readings)


def law_as_read(*readings: int) -> Evidence:
    """The law as read in the numbered readings."""
    return Evidence("law", readings=readings)
