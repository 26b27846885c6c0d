"""The page of a site that has what is the same for every unit: rules, statewide numbers, the law.

Holds: LAW, LawPage, shared_in.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

from ebf.explain.audit import audit
from ebf.explain.shared import Shared
from ebf.ledger import Ledger
from ebf.show.answer import Shown
from ebf.show.document import Document, Heading, Paragraph, Sentences

LAW: Final = "law"
"""Its place, from the root."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LawPage(Shown):
    """What the audits of all units share."""

    fiscal_year: int
    shared: Shared
    rests_on: tuple[str, ...]

    @property
    def title(self) -> str:
        """What it is called."""
        return f"What is the same for every unit, FY{self.fiscal_year}"

    @property
    def document(self) -> Document:
        """The rules, line by line of the law, statewide numbers, and what they are read from."""
        opening = (
            "Every line of the formula by its rule; those that are one number for the whole state "
            "worked out; and the numbers of the law and the salaries that they read. The page of "
            "each unit has its own numbers."
        )
        head = Heading(1, self.title), Paragraph(opening, lead=True)
        said = Sentences("rests_on", "What this page rests on", self.rests_on)
        return Document((*head, *self.shared.blocks, said))

    @property
    def _year(self) -> int:
        return self.fiscal_year

    def _content(self) -> dict[str, Any]:
        """Its lines and sources as data: of lines of units the rule, of the state's all."""
        lines = []
        for section in self.shared.sections:
            for step in section.steps:
                own = asdict(step)
                if not step.statewide:
                    del own["results"], own["totals"], own["reads"]
                lines.append(own)
        sources = [asdict(each) for each in self.shared.sources]
        names = ("column", "kind", "label", "measure", "cite")
        inputs = [{name: getattr(each, name) for name in names} for each in self.shared.read]
        rests_on = [*self.rests_on]
        return {
            "title": self.title,
            "rests_on": rests_on,
            "lines": lines,
            "inputs": inputs,
            "sources": sources,
        }


def shared_in(ledger: Ledger, page: str) -> Shared:
    """What the units of a ledger share, by the audit of the first unit of each kind."""
    table = ledger.table
    kinds: dict[str | None, str] = {}
    for unit in table.unit_ids:
        kinds.setdefault(table.text_at("organization_type", table.places[unit]), unit)
    return Shared.of((audit(ledger, unit) for unit in kinds.values()), page)
