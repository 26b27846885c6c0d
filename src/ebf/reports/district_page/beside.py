"""Districts like the one that a page is about.

Holds: MOST_SIMILAR, similar.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import pandas as pd

from ebf.language.measure import Measure
from ebf.language.vocabulary import divide
from ebf.ledger import Ledger, units_with
from ebf.numbers import Numbers
from ebf.reports.district_page.subject import Subject
from ebf.reports.similar_districts import nearest
from ebf.show.document import Block, Heading, Paragraph, Table

MOST_SIMILAR: Final = 6
_PUPILS, _PERCENT, _MONEY = (
    "average_student_enrollment",
    "final_percent_of_adequacy",
    "tier_funding",
)
_COUNTS: Final = {
    "low_income_count": "low-income share",
    "english_learner_count": "English learner share",
}
_SHOWN: Final = {
    "name": "",
    "pupils": Measure.STUDENTS,
    **dict.fromkeys(_COUNTS.values(), Measure.SHARE),
    "percent of adequacy": Measure.SHARE,
    "tier": Measure.TIER,
    "new money per pupil": Measure.DOLLARS_PER_STUDENT,
}


def similar(unit: Subject) -> Iterator[Block]:
    """Units of the same kind that are most like it by what the ledger has of their pupils."""
    yield Heading(2, "Similar districts", "similar-districts")
    frame, shares = _compared(unit.ledger)
    by = [*shares] or ["pupils"]
    found = nearest(frame, unit.unit_id, MOST_SIMILAR, by)
    if found.empty:
        yield Paragraph("There is no other unit of its kind of which the same is known.")
        return
    columns = [name for name in _SHOWN if name in frame]
    rows = frame.loc[[unit.unit_id, *found.index], columns].rename_axis("unit id")
    how = " and ".join(by) if shares else "number of pupils, for want of their shares in the file"
    others = "the one" if len(found) == 1 else f"the {len(found)}"
    title = f"This district, and {others} of its kind most like it by {how}"
    yield Table.of("similar", title, _named(rows), {n: str(_SHOWN[n]) for n in columns})


def _compared(ledger: Ledger) -> tuple[pd.DataFrame, Sequence[str]]:
    """What units are compared by, and what is shown of them: made once for a ledger."""
    kept = ledger._said_of_all  # noqa: SLF001 - kept with the ledger
    found: tuple[pd.DataFrame, Sequence[str]] | None = kept.get(similar)
    if found is None:
        found = kept[similar] = _frame_of(ledger)
    return found


def _frame_of(ledger: Ledger) -> tuple[pd.DataFrame, Sequence[str]]:
    """The units, and the shares of their pupils that the ledger has."""
    frame = units_with(ledger, (*_COUNTS, _PUPILS, _PERCENT, "tier", _MONEY))
    pupils = frame[_PUPILS].to_numpy(float)
    shares = {
        share: divide(frame[count].to_numpy(float), pupils)
        for count, share in _COUNTS.items()
        if count in frame
    }
    more: dict[str, Numbers] = {
        **shares,
        "pupils": pupils,
        "percent of adequacy": frame[_PERCENT].to_numpy(float),
        "new money per pupil": divide(frame[_MONEY].to_numpy(float), pupils),
    }
    return frame.assign(**more), [*shares]


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows by name where there are names, else by unit id."""
    if "name" not in rows:
        return rows
    named = rows.reset_index()
    named["name"] = named["name"].fillna(named["unit id"])
    return named.set_index("name").drop(columns="unit id").rename_axis("district")
