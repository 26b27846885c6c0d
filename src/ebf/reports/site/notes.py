"""What every page of a site says of its numbers: where they are from, what of them is invented.

Holds: note_of_all, rests_on, salaries_said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ebf.law.plain_names import plain_name
from ebf.ledger import Ledger
from ebf.reports.grounds import departures
from ebf.units.marks import Marked, sentences


def note_of_all(ledger: Ledger) -> str:
    """What of a ledger is invented, recovered or estimated; empty where nothing is."""
    return " ".join([*_invented(ledger), *sentences(ledger.table.marked)])


def rests_on(ledger: Ledger, unit_ids: Collection[str] | None = None) -> Iterator[str]:
    """The file of a ledger, the marks of all its units or of some, and what is not the state's."""
    year, source = f"FY{ledger.fiscal_year}", ledger.source
    yield f"{year}: from {source}." if source else f"{year}: from a table handed over, no file."
    yield from sentences(_of_some(ledger.table.marked, unit_ids))
    yield from _invented(ledger)
    if ledger.standing:
        yield f"Taken as handed over: {', '.join(map(plain_name, sorted(ledger.standing)))}."
    yield from departures(ledger)


def salaries_said(ledger: Ledger) -> Iterator[str]:
    """The salaries that nobody published, where the note of the table does not say it of them."""
    illustrative = ledger.law.salaries.illustrative
    if illustrative and not ledger.table.note:
        yield f"Illustrative salaries: {', '.join(illustrative)}."


def _invented(ledger: Ledger) -> Iterator[str]:
    """What of the table and the salaries nobody published."""
    if ledger.table.note:
        yield ledger.table.note
    yield from salaries_said(ledger)


def _of_some(marked: Marked, unit_ids: Collection[str] | None) -> Marked:
    if unit_ids is None:
        return marked
    some = {*unit_ids}
    return {
        column: own
        for column, units in marked.items()
        if (own := {unit: kind for unit, kind in units.items() if unit in some})
    }
