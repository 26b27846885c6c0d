"""What the numbers of a ledger rest on: numbers of the law with their sources, and readings.

Holds: grounds, departures.
"""

from __future__ import annotations

from collections.abc import Iterator

from ebf.law.parameters import parameters
from ebf.law.reading import readings_of
from ebf.ledger import Ledger
from ebf.show.words import amount


def grounds(ledger: Ledger) -> Iterator[str]:
    """A sentence a number of the law that was read, and one a reading."""
    read = {name for line in ledger.steps for name in line.reads}
    for name, parameter in parameters().items():
        if name in read and name in ledger.law.known:
            values = [ledger.law.in_force[each] for each in parameter.elements]
            said = ", ".join(amount(float(v.value[0]), parameter.measure) for v in values)
            yield f"{parameter.label}: {said} [{parameter.cite}]; {values[0].source}."
    numbers = {number for line in ledger.steps for number in line.evidence.readings}
    for number, reading in readings_of(ledger.law.statute).items():
        if number in numbers:
            chosen = ledger.law.readings.get(number)
            words = reading.alternatives[chosen].words if chosen else reading.chosen
            otherwise = f" (alternative {chosen})" if chosen else ""
            yield f"Reading {number}{otherwise}: {words}"


def departures(ledger: Ledger) -> Iterator[str]:
    """What of the computation is not as the state does it."""
    if not ledger.rounding:
        yield "Without the state's rounding: the state's own numbers are otherwise."
    known = readings_of(ledger.law.statute)
    for number, chosen in sorted(ledger.law.readings.items()):
        words = known[number].alternatives[chosen].words
        yield f"By another reading of the law, {number} {chosen}: {words}"
