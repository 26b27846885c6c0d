"""What the cost factors of (b)(2) come to for a district: positions and dollars.

Holds: Staff, factors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

import pandas as pd

from ebf.language.measure import Measure
from ebf.reports.adequacy_gap import AdequacyGap, adequacy_gap, not_computed_of
from ebf.reports.district_page.subject import Subject
from ebf.show.document import Block, Heading, Paragraph, Table
from ebf.show.words import dollars

Staff: TypeAlias = "Mapping[str, float | None] | pd.Series"
_SHOWN = {
    "formula_fte": "positions",
    "formula_dollars_after_regionalization": "dollars",
    "actual_fte": "actual",
    "fte_short": "short",
    "dollars_short": "dollars short",
}
_MEASURES = {
    **dict.fromkeys(("positions", "actual", "short"), Measure.FTE),
    **dict.fromkeys(("dollars", "dollars short"), Measure.DOLLARS),
}
_PARTS = {
    "core_investments": "Core investments",
    "per_student_investments_subject_to_regionalization": "Per-student, following wages",
    "per_student_investments_not_subject_to_regionalization": "Other per-student",
    "additional_investments": "Additional investments",
}


def factors(unit: Subject, counted: Subject, staff: Staff | None) -> Iterator[Block]:
    """The 34 cost factors, with actual staff where given; the sums where that is all there is.

    ``counted`` has the unit's own counts where the state's ledger has not.
    """
    yield Heading(2, "What the target is made of", "what-the-target-is-made-of")
    if any(not_computed_of(counted.ledger)):
        parts = _parts(unit)
        has = "the sums of the cost factors" if parts.rows else "the target"
        yield Paragraph(
            f"The state's file has {has} and not the counts that they stand on; with the "
            "district's own counts each is shown."
        )
        yield parts
        return
    gap = adequacy_gap(counted.ledger, counted.unit_id, {} if staff is None else staff)
    is_given = bool(gap.frame["actual_dollars"].notna().any())
    yield _table(gap, with_actual=is_given)
    yield Paragraph(_regionalized(counted))
    if is_given and (lacking := int(gap.frame["actual_dollars"].isna().sum())):
        yield Paragraph(
            f"Of {lacking} of {len(gap.frame)} factors nothing actual is known, or no price for it."
        )


def _table(gap: AdequacyGap, *, with_actual: bool) -> Table:
    named = gap.frame["letter"] + " " + gap.frame["title"]
    rows = gap.frame.set_axis(named).rename_axis("cost factor").rename(columns=_SHOWN)
    columns = [*_SHOWN.values()][: None if with_actual else 2]
    some = rows[(rows["dollars"] != 0) | rows["actual"].notna()][columns]
    if with_actual:
        title = "Positions and dollars by (b)(2), and actual staff"
    else:
        title = "Positions and dollars by (b)(2)"
    return Table.of("cost_factors", title, some, _MEASURES)


def _parts(unit: Subject) -> Table:
    there = {label: unit.of(name) for name, label in _PARTS.items() if unit.has(name)}
    frame = pd.DataFrame({"dollars": there}).rename_axis("part")
    return Table.of("parts", "Sums, before the Regionalization Factor", frame, _MEASURES)


def _regionalized(unit: Subject) -> str:
    """How the rows come to the target."""
    factor = unit.of("regionalization_factor")
    part = unit.of("per_student_investments_subject_to_regionalization") * (factor - 1)
    return (
        f"Dollars are after the Regionalization Factor of {factor:g}; the salary part of "
        f"maintenance and central office, which it multiplies too, makes {dollars(abs(part))} "
        f"{'more' if part >= 0 else 'less'} of them."
    )
