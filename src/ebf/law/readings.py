"""The readings of the law, listed: what was chosen where it is open, and what could have been.

Holds: Readings, readings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from ebf.faults import InputError, Place, described, unknown_name
from ebf.law.funding import FUNDING
from ebf.law.reading import Reading, readings_of
from ebf.law.statutes import STATUTES
from ebf.show.answer import Shown
from ebf.show.document import Block, Document, Heading, Paragraph, Table


@dataclass(frozen=True, repr=False, eq=False)
class Readings(Shown):
    """The readings of a statute; made by :func:`ebf.readings`.

    Iterates over them in their order; ``readings[17]`` is one.
    """

    section: str
    numbers: tuple[int, ...]

    @property
    def listed(self) -> tuple[Reading, ...]:
        """The readings themselves."""
        return tuple(map(readings_of(STATUTES[self.section]).__getitem__, self.numbers))

    def __iter__(self) -> Iterator[Reading]:
        """The readings in their order."""
        return iter(self.listed)

    def __len__(self) -> int:
        """How many there are."""
        return len(self.numbers)

    def __getitem__(self, number: int) -> Reading:
        """The reading of that number; InputError where there is none."""
        if number in self.numbers:
            return readings_of(STATUTES[self.section])[number]
        place = Place(argument="reading", column=described(number))
        allowed = f"one of {_in_words(self.numbers)}"
        raise InputError([unknown_name(place, "no such reading", allowed, ())])

    @property
    def title(self) -> str:
        """How many, and of what."""
        return f"{len(self.numbers)} readings of {self.section}"

    @property
    def _year(self) -> int | None:
        return None

    @property
    def frame(self) -> pd.DataFrame:
        """A row an alternative (a reading without one has a row too), with cites and lines."""
        rows = []
        for reading in self.listed:
            lines = STATUTES[self.section].lines_of_reading(reading.number)
            about = {
                "reading": reading.number,
                "title": reading.title,
                "cites": "; ".join(dict.fromkeys(line.cite for line in lines)),
                "lines": ", ".join(dict.fromkeys(line.name for line in lines)),
            }
            rows += [
                about | {"alternative": each.name, "words": each.words}
                for each in reading.alternatives.values()
            ] or [about | {"alternative": None, "words": None}]
        return pd.DataFrame(rows)

    @property
    def document(self) -> Document:
        """Each reading with why it was chosen, its evidence and its alternatives."""
        blocks: list[Block] = [Heading(1, self.title)]
        for reading in self.listed:
            blocks.append(Heading(2, f"{reading.number}. {reading.title}"))
            blocks += [Paragraph(reading.chosen), Paragraph(f"Why: {reading.why}")]
            blocks += [Paragraph(f"Otherwise: {reading.otherwise}")] if reading.otherwise else []
            blocks += [
                Paragraph(f"Alternative {each.name}: {each.words}")
                for each in reading.alternatives.values()
            ]
        table = self.frame.set_index("reading")
        blocks.append(Table.of("readings", "Alternatives that can be run", table))
        return Document(tuple(blocks))


def _in_words(numbers: tuple[int, ...]) -> str:
    """Numbers in a row by the first and the last."""
    in_a_row = numbers == tuple(range(numbers[0], numbers[-1] + 1))
    return f"{numbers[0]} to {numbers[-1]}" if in_a_row else ", ".join(map(str, numbers))


def readings(statute: str = FUNDING.section) -> Readings:
    """The numbered readings of the law: what was chosen, why, evidence, and alternatives.

    An alternative is run by ``ebf.law(2022, readings={17: "rounded"})``;
    :func:`ebf.reading_effects` computes what each moves. ``statute`` is the section whose
    readings they are; InputError for one that is not there.

    >>> readings()[17].title
    'The Local Capacity Percentage is cut to four decimals'
    >>> list(readings()[17].alternatives)
    ['rounded']
    """
    if statute not in STATUTES:
        place, allowed = Place(argument="statute"), f"one of {', '.join(STATUTES)}"
        raise InputError([unknown_name(place, described(statute), allowed, STATUTES)])
    return Readings(statute, tuple(readings_of(STATUTES[statute])))
