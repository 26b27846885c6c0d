"""The state-average salaries of (b)(3): an input, since only some are in hand.

Holds: CITE, SUPPLIED, SPANS, BY_SPAN, SINGLE, ABOUT, COLUMNS, Salaries.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from functools import cached_property
from itertools import islice
from os import PathLike
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from ebf.contents import ByContents
from ebf.faults import (
    MOST_NAMES,
    Fault,
    FaultKind,
    InputError,
    Place,
    described,
    not_known,
    out_of_range,
    unknown_name,
    wrong_type,
)
from ebf.files import read_toml
from ebf.language.measure import GREATEST
from ebf.language.vocabulary import Values
from ebf.numbers import numbers_of

CITE = "18-8.15(b)(3)"
SUPPLIED: Final = "supplied by the caller"
SPANS: Final = ("k_8", "9_12", "k_12")
BY_SPAN: Final = (
    "teacher",
    "counselor",
    "social_worker",
    "psychologist",
    "librarian",
    "nurse",
    "principal",
    "assistant_principal",
)
SINGLE: Final = ("school_site_staff", "assistant")
ABOUT: Final = ("fiscal_year", "source", "illustrative")

_BY_BAND = ("k_8", "k_8", "9_12")  # elementary, middle, high
_BANDED = (
    "teacher",
    "counselor",
    "librarian",
    "nurse",
    "principal",
    "assistant_principal",
)

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    **{f"{name}_salary": tuple(f"{name}.{span}" for span in _BY_BAND) for name in _BANDED},
    **{f"{name}_salary_k_12": (f"{name}.k_12",) for name in ("teacher", "psychologist")},
    **{f"{name}_salary": (name,) for name in SINGLE},
}
"""What formulas read, and the salaries it is made of, one a band.

No cost factor is priced at a social worker's salary: pupil support staff is
priced at the teacher's, (b)(2)(V)(ii) and (W).
"""


_LISTS = (list, tuple)
_NONE = np.empty(0)


def _is_in(name: object, amounts: Mapping[str, Any]) -> bool:
    return isinstance(name, str) and name in amounts


def _check_mapping(table: object) -> None:
    if not isinstance(table, Mapping):
        allowed = "a mapping of salaries by name"
        raise InputError(
            [wrong_type(Place("salaries", argument="salaries"), described(table), allowed, CITE)]
        )


def _about_faults(table: Mapping[str, Any]) -> list[Fault]:
    """What is wrong with what a table says of itself."""
    fits = {
        "fiscal_year": ((int, type(None)), "a fiscal year"),
        "source": ((str,), "text"),
        "illustrative": (_LISTS, "a list of names of salaries"),
    }
    return [
        wrong_type(Place(argument="salaries", column=name), described(table[name]), allowed, CITE)
        for name, (kinds, allowed) in fits.items()
        if name in table and not isinstance(table[name], kinds)
    ]


class Salaries(ByContents):
    """State-average salaries in dollars a year.

    A table for each of ``teacher``, ``counselor``, ``social_worker``,
    ``psychologist``, ``librarian``, ``nurse``, ``principal`` and
    ``assistant_principal`` with the keys ``k_8``, ``9_12`` and ``k_12``, and the
    numbers ``school_site_staff`` and ``assistant``. Only what the lines asked
    for read is needed. Any may be a sequence, one salary a scenario.
    ``illustrative`` lists the names (``nurse.k_8``) that are not published.

    >>> Salaries({"teacher": {"k_12": 68735}, "assistant": 27731})["teacher.k_12"]
    68735.0
    """

    def __init__(self, table: Mapping[str, Any]) -> None:
        """Check the table. Raises InputError with every fault at once."""
        _check_mapping(table)
        self.amounts: dict[str, npt.NDArray[np.float64]] = {}
        faults: list[Fault] = []
        for key, value in islice(table.items(), MOST_NAMES):
            if key in BY_SPAN and isinstance(value, Mapping):
                for span, amount in islice(value.items(), MOST_NAMES):
                    faults += self._add(f"{key}.{span}", amount, known=span in SPANS)
            elif key not in ABOUT:
                faults += self._add(str(key), value, known=key in SINGLE)
        faults += _about_faults(table)
        marked = table.get("illustrative", ())
        self.illustrative: tuple[str, ...] = tuple(marked) if isinstance(marked, _LISTS) else ()
        self.fiscal_year: int | None = table.get("fiscal_year")
        source = table.get("source", SUPPLIED)
        self.source: str = source if isinstance(source, str) else ""
        for name in self.illustrative:
            if not _is_in(name, self.amounts):
                allowed = "names of salaries in this table"
                place = Place("salaries", argument="illustrative")
                found = described(name)
                faults.append(Fault(FaultKind.UNKNOWN_NAME, place, found, allowed, CITE))
        if faults:
            raise InputError(faults)

    def __repr__(self) -> str:
        """How many there are, of which year, and from where."""
        year = "" if self.fiscal_year is None else f"FY{self.fiscal_year}, "
        return f"Salaries({year}{len(self.amounts)} amounts, {self.source!r})"

    @classmethod
    def of(cls, handed_over: Salaries | Mapping[str, Any] | None) -> Salaries:
        """The salaries that a caller hands over; of nothing, an empty table."""
        if isinstance(handed_over, Salaries):
            return handed_over
        return cls({} if handed_over is None else handed_over)

    @classmethod
    def from_toml(cls, path: str | PathLike[str]) -> Self:
        """The salaries of a TOML file. Raises InputError where it cannot be used."""
        return cls(read_toml(path))

    def _add(self, name: str, amount: Any, *, known: bool) -> list[Fault]:
        place = Place(argument="salaries", column=name)
        if not known:
            names = [f"{n}.{span}" for n in BY_SPAN for span in SPANS] + list(SINGLE)
            allowed = f"a salary of {', '.join((*BY_SPAN, *SINGLE))}; keys {', '.join(SPANS)}"
            return [unknown_name(place, "no such salary", allowed, names, CITE)]
        try:
            array = numbers_of(amount)
        except ValueError:
            array = np.array(np.nan)
        if array.ndim > 1 or not array.size or not ((array > 0) & (array <= GREATEST)).all():
            allowed = f"a finite number above 0, up to {GREATEST:g}"
            return [out_of_range(place, described(amount), allowed, CITE)]
        self.amounts[name] = array.reshape(-1)
        return []

    def __getitem__(self, name: str) -> float:
        """One salary by its name, ``teacher.k_12``."""
        return float(self.amounts[name].item())

    def __contains__(self, name: object) -> bool:
        """Whether the table has the salary."""
        return name in self.amounts

    @cached_property
    def known(self) -> frozenset[str]:
        """The columns of the formula that have all their salaries."""
        return frozenset(
            column for column, names in COLUMNS.items() if self.amounts.keys() >= {*names}
        )

    def fault_of(self, column: str) -> Fault | None:
        """What a column of the formula lacks, or None."""
        lacking = [name for name in dict.fromkeys(COLUMNS[column]) if name not in self]
        if not lacking:
            return None
        return not_known(
            Place(argument="salaries", column=", ".join(lacking)),
            "no value",
            "dollars a year",
            CITE,
            "supply it in the salary table",
        )

    def value(self, column: str) -> Values:
        """A column of the formula, as (scenarios or 1, 1, bands or 1)."""
        by_band = [self.amounts[name].reshape(-1, 1) for name in COLUMNS[column]]
        return np.stack(np.broadcast_arrays(*by_band), axis=-1)

    def columns_unlike(self, other: Salaries) -> frozenset[str]:
        """The columns of the formula whose salaries are not those of another table."""
        mine, theirs = self.amounts, other.amounts
        unlike = {
            name
            for name in mine.keys() | theirs.keys()
            if mine.get(name) is not theirs.get(name)
            and not np.array_equal(mine.get(name, _NONE), theirs.get(name, _NONE))
        }
        return frozenset(name for name, own in COLUMNS.items() if unlike.intersection(own))

    def with_amounts(self, amounts: Mapping[str, Any]) -> Self:
        """The table with some salaries (``teacher.k_12``) in place of its own.

        Raises InputError with every fault at once.
        """
        known = [*(f"{name}.{span}" for name in BY_SPAN for span in SPANS), *SINGLE]
        _check_mapping(amounts)
        faults = [
            unknown_name(
                Place(argument="salaries", column=name),
                "no such salary",
                ", ".join(known),
                known,
                CITE,
            )
            for name in islice(map(str, amounts), MOST_NAMES)
            if name not in known
        ]
        table: dict[str, Any] = {"fiscal_year": self.fiscal_year, "source": self.source}
        table["illustrative"] = [each for each in self.illustrative if each not in amounts]
        for name, amount in {**self.amounts, **amounts}.items():
            occupation, _, span = str(name).partition(".")
            if name in known and span:
                table.setdefault(occupation, {})[span] = amount
            elif name in known:
                table[name] = amount
        try:
            changed = type(self)(table)
        except InputError as error:
            raise InputError([*faults, *error.faults]) from error
        if faults:
            raise InputError(faults)
        return changed

    def of_year(self, fiscal_year: int) -> Self:
        """The same salaries, said to stand for those of another fiscal year.

        >>> Salaries({"assistant": 27731, "fiscal_year": 2022}).of_year(2024).source
        "supplied by the caller; FY2022's, for FY2024"
        """
        one = copy(self)
        if self.fiscal_year not in {None, fiscal_year}:
            one.source = f"{self.source}; FY{self.fiscal_year}'s, for FY{fiscal_year}"
        one.fiscal_year = fiscal_year
        return one

    def of_scenario(self, place: int) -> Self:
        """The salaries of one scenario, by its place."""
        one = copy(self)
        one.amounts = {
            name: amounts[place : place + 1] if amounts.size > 1 else amounts
            for name, amounts in self.amounts.items()
        }
        return one
