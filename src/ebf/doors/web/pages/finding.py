"""Units by what is typed of their names and ids.

Holds: MOST_FOUND, units_found.
"""

from __future__ import annotations

from typing import Final

from ebf.ledger import Ledger, name_of
from ebf.units.ids import id_in

MOST_FOUND: Final = 50
"""Units that a search shows; of more it says how many."""


def units_found(ledger: Ledger, typed: str) -> list[str]:
    """The ids of the units that are meant, by name.

    Every word that is typed begins a word of the unit's name, or its id begins so; the id of one
    unit in any of its forms means that unit.
    """
    places = ledger.table.places
    if (meant := id_in(typed.strip())) in places:
        return [str(meant)]
    words = _words(typed)
    if not words:
        return []
    names = {unit: name_of(ledger, unit) for unit in places}
    found = [
        unit
        for unit, name in names.items()
        if all(any(own.startswith(word) for own in (*_words(name), unit.lower())) for word in words)
    ]
    return sorted(found, key=lambda unit: (names[unit].casefold(), unit))


def _words(text: str) -> list[str]:
    return "".join(each if each.isalnum() else " " for each in text.casefold()).split()
