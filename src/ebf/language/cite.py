"""Cites: where a rule stands in the law, as text that knows its parts.

Holds: Paragraph, Cite.
"""

from __future__ import annotations

import re
from typing import Final, Self, TypeAlias

Paragraph: TypeAlias = tuple[str, ...]
"""The labels of a paragraph, from the subsection inwards: ``("g", "9.5")``."""

_LABELS = r"(?:\([0-9A-Za-z.]+\))+"
_FORM: Final = re.compile(
    r"(?P<section>(?:[0-9]+ ILCS )?[0-9][0-9A-Za-z./-]*)"
    rf"(?P<paragraphs>{_LABELS}(?:(?:, |-){_LABELS})*)?"
    r"(?:; P\.A\. [0-9]+-[0-9]+)?"
)


class Cite(str):
    """Where a rule stands: a section, its paragraphs, and the Public Act where that matters.

    It is the text that is shown, and this is the one place where such text is taken apart.
    Raises ValueError for text that is no cite.

    >>> Cite("18-8.15(g)(4), (9)").paragraphs
    (('g', '4'), ('g', '9'))
    >>> Cite("18-8.15(g)(3); P.A. 101-10").section, Cite("105 ILCS 5/2-3.170").paragraphs
    ('18-8.15', ())
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """The cite of that text."""
        _parts(text)
        return super().__new__(cls, text)

    @property
    def section(self) -> str:
        """The section: ``18-8.15``."""
        return _parts(self)["section"]

    @property
    def within(self) -> str:
        """What is cited of the section: ``(g)(4), (9)``."""
        return self[len(self.section) :]

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """Every paragraph named, of a range the first and the last, each with all its labels."""
        found: list[Paragraph] = []
        for labels in re.findall(_LABELS, _parts(self)["paragraphs"]):
            own = tuple(labels.strip("()").split(")("))
            before = found[-1] if found else ()
            found.append((*before[: max(0, len(before) - len(own))], *own))
        return tuple(found)

    @property
    def subsection(self) -> str:
        """The letter of the subsection named first: ``g``; empty where none is."""
        return next((paragraph[0] for paragraph in self.paragraphs), "")


def _parts(text: str) -> dict[str, str]:
    """The parts of a cite by name; ValueError for what is none."""
    found = _FORM.fullmatch(text)
    if found is None:
        message = f"no cite: {text!r}; one reads 18-8.15(g)(4), (9)"
        raise ValueError(message)
    return found.groupdict("")
