"""The district that a page is about: its numbers of a ledger, and what they are called.

Holds: AUDIT, Subject.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import isnan
from typing import Final

from ebf.engine.calculation import Calculation
from ebf.engine.preparation import prepare_checked
from ebf.explain.audit import audit
from ebf.explain.explanation import Audit
from ebf.explain.shared import Shared
from ebf.law.columns import DISTRICTS
from ebf.law.funding.tiers import TIER_NAMES
from ebf.law.plain_names import plain_code, plain_name
from ebf.ledger import Ledger, name_of, numbers_of_unit
from ebf.show.document import Link

AUDIT: Final = "a-"
"""What the anchors of the audit below begin with."""


@dataclass(frozen=True, eq=False)
class Subject:
    """One unit of a ledger of one state by 18-8.15."""

    ledger: Ledger
    unit_id: str
    label: str = ""
    """What it is called beside another."""
    shared: Shared | None = None
    """What stands on a page of its own for all units, where there is one."""

    @cached_property
    def numbers(self) -> dict[str, float]:
        """Its numbers by column, those that are not blank."""
        every = numbers_of_unit(self.ledger, self.unit_id)
        return {name: number for name, number in every.items() if not isnan(number)}

    def number(self, name: str) -> float | None:
        """A number of the unit or of the state; None where the ledger has none."""
        if name in self.numbers:
            return self.numbers[name]
        value = self.ledger.everything.get(name)
        return None if value is None or value.size != 1 else float(value.item())

    def has(self, *names: str) -> bool:
        """Whether the ledger has all of these for the unit."""
        return all(self.number(each) is not None for each in names)

    def of(self, name: str) -> float:
        """A number that the page cannot be without."""
        found = self.number(name)
        return 0.0 if found is None else found

    @property
    def alone(self) -> bool:
        """Whether the ledger has no other unit: the state is held as it is."""
        return len(self.ledger.table.unit_ids) == 1

    @property
    def held(self) -> list[str]:
        """Lines with a number a unit that stand in: nothing moves them."""
        in_force = self.ledger.law.lines
        given = (name for name in self.ledger.table.values if name in in_force)
        return [plain_name(name) for name in given if not in_force[name].statewide]

    @property
    def name(self) -> str:
        """What it is called: its name, else its id."""
        return name_of(self.ledger, self.unit_id) or f"Unit {self.unit_id}"

    @property
    def year(self) -> str:
        """The fiscal year of its numbers."""
        return f"FY{self.ledger.fiscal_year}"

    def text(self, column: str) -> str:
        """A text of the unit, as its county; empty where there is none."""
        table = self.ledger.table
        return table.text_at(column, table.places[self.unit_id]) or ""

    @property
    def kind(self) -> str:
        """The kind of unit in words."""
        return plain_code(self.text("organization_type"))

    @property
    def is_program(self) -> bool:
        """Whether it is a regional program."""
        return self.text("organization_type") == "regional_program"

    @property
    def is_district(self) -> bool:
        """Whether it is a school district, with property of its own."""
        return self.text("organization_type") in DISTRICTS

    @property
    def has_mean_of_its_own(self) -> bool:
        """Whether the law has other years for a program's mean enrollment than for a district's."""
        reads = self.ledger.law.lines["mean_enrollment"].reads
        return self.is_program and "is_regional_program" in reads

    @property
    def tier(self) -> str:
        """Its tier in words."""
        return TIER_NAMES[round(self.of("tier"))]

    @property
    def pupils(self) -> float:
        """Its Average Student Enrollment."""
        return self.of("average_student_enrollment")

    @property
    def percent(self) -> float:
        """Final Percent of Adequacy."""
        return self.of("final_percent_of_adequacy")

    @property
    def short(self) -> float:
        """The dollars that it lacks of the target; below 0: that it has beyond it."""
        return self.of("adequacy_target") - self.of("final_resources")

    @cached_property
    def account(self) -> Audit:
        """Every number of the unit, stated."""
        return audit(self.ledger, self.unit_id)

    def walk(self, words: str, line: str) -> Link:
        """Words that lead to a line in the audit below, or on the page for all units."""
        if self.shared is not None and line in self.shared.statewide:
            return Link(words, line, self.shared.page)
        return Link(words, f"{AUDIT}{line}")

    @cached_property
    def calculation(self) -> Calculation:
        """The state made ready for what-ifs, once for all units of the ledger."""
        ledger = self.ledger
        kept = ledger._said_of_all  # noqa: SLF001 - kept with the ledger
        found: Calculation | None = kept.get(Calculation)
        if found is None:
            own = prepare_checked(ledger.table, ledger.law, None, ledger.standing)
            found = kept[Calculation] = own.settle(frozenset())
        return found
