"""What a change is put down to: a word for the paragraphs of the statute.

Holds: Cause, BY_PARAGRAPH.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from ebf.language.cite import Paragraph


class Cause(StrEnum):
    """What a change is put down to, in the order in which causes are told."""

    KIND = "kind and region"
    LOW_INCOME = "low-income pupils"
    ENGLISH_LEARNERS = "English learners"
    ENROLLMENT = "enrollment"
    WAGES = "wages"
    PER_STUDENT = "per-student amounts"
    ADEQUACY_TARGET = "prepared Adequacy Target"
    REPLACEMENT_TAX = "CPPRT"
    PROPERTY = "property and receipts"
    BASE_FUNDING = "base funding"
    RESOURCES = "prepared resources"
    NEW_MONEY = "new money"
    DISTRIBUTION = "prepared distribution"
    LAW = "the law"


BY_PARAGRAPH: Final[Mapping[Paragraph, Cause]] = {
    ("a",): Cause.ENROLLMENT,
    ("b",): Cause.ADEQUACY_TARGET,
    ("b", "3"): Cause.WAGES,
    ("c",): Cause.PROPERTY,
    ("d",): Cause.PROPERTY,
    ("e",): Cause.BASE_FUNDING,
    ("f",): Cause.RESOURCES,
    ("g",): Cause.DISTRIBUTION,
    ("g", "9"): Cause.NEW_MONEY,
    ("g", "9.5"): Cause.NEW_MONEY,
    ("g", "10"): Cause.BASE_FUNDING,
    ("h",): Cause.DISTRIBUTION,
}
"""The cause of what a paragraph speaks of, unless a line or input has its own."""
