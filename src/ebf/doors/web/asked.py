"""A what-if as it is asked: in the body of a request, or in a link that can be shared.

Holds: Name, Unit, Changed, Counts, Several, Asked, Key, KEYS, key_in, written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from math import isnan
from typing import Annotated, Any, ClassVar, Final, NamedTuple, Self, TypeAlias
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from ebf.doors.web.bounds import MOST_CHANGES, MOST_NAME
from ebf.faults import (
    Fault,
    InputError,
    Place,
    contradiction,
    malformed,
    repeated,
    too_large,
    unsuitable_name,
)
from ebf.law import funding
from ebf.ledger import Ledger
from ebf.numbers import number_of
from ebf.what_if.scenario import Change, Scenario, each_change

Name: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=MOST_NAME)]
Unit: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=MOST_NAME, pattern=r"^[^.]+$")
]
"""A unit in a what-if, whose link has a point behind it."""

_VALUE: Final = "value"
_DEEDS: Final = ("multiply", "add")


class Changed(BaseModel):
    """A change: to a ``value``, by a factor (``multiply``), or by an amount (``add``)."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False
    )

    value: float | None = None
    multiply: float | None = None
    add: float | None = None
    units: tuple[Unit, ...] | None = Field(
        default=None,
        min_length=1,
        max_length=MOST_CHANGES,
        description="Ids of units; left out: all.",
    )

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        said = self.model_dump(exclude_none=True, exclude={"units"})
        if len(said) != 1:
            found = " and ".join(said) or "none of them"
            allowed = "one of value, multiply, add"
            raise InputError([malformed(Place("what-if", argument="change"), found, allowed)])
        return self


Counts: TypeAlias = Annotated[dict[Name, float], Field(min_length=1)]
Several: TypeAlias = Annotated[tuple[Changed, ...], Field(min_length=1, max_length=MOST_CHANGES)]


class Asked(BaseModel):
    """A what-if: an ``ebf.Scenario``, and one unit's own counts.

    What is not named stays as it is, and the whole state is solved anew.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        json_schema_extra={
            "examples": [
                {"law": {"core_teacher.low_income_k_3": 14}, "new_state_funds": {"add": 50e6}},
                {
                    "units": {
                        "low_income_count_first_preceding_year": {
                            "value": 300,
                            "units": ["1000196062600"],
                        }
                    }
                },
            ]
        },
    )

    law: dict[Name, float] = Field(
        default={}, description="Numbers of the law, by the names of GET /api/v1/law."
    )
    salaries: dict[Name, float] = Field(default={}, description="State-average salaries, dollars.")
    units: dict[Name, float | Changed | Several] = Field(
        default={}, description="Columns of the table of units, each with a change or several."
    )
    new_state_funds: float | Changed | None = Field(
        default=None, description="New money for the tiers, dollars."
    )
    counts: dict[Unit, Counts] = Field(
        default={},
        max_length=1,
        description="One unit's own counts by column, as ebf.own_counts takes them, by its id.",
    )

    @model_validator(mode="after")
    def _is_bounded(self) -> Self:
        count = len(self.law) + len(self.salaries)
        count += sum(len(change.units or [None]) for _, change in self._of_units())
        count += sum(map(len, self.counts.values()))
        if count > MOST_CHANGES:
            place, allowed = Place("what-if"), f"up to {MOST_CHANGES} changes"
            raise InputError([too_large(place, f"{count:,} changes", allowed)])
        money = self.new_state_funds
        if isinstance(money, Changed) and money.units is not None:
            place = Place("what-if", column=funding.NEW_MONEY)
            raise InputError([unsuitable_name(place, "units", "money for the tiers, of all units")])
        if faults := [*self._repeated(), *self._money_twice()]:
            raise InputError(faults)
        return self

    def _money_twice(self) -> Iterator[Fault]:
        """New money by its own key and as a number of the law: one of them would be lost."""
        if self.new_state_funds is not None and funding.NEW_MONEY in self.law:
            place = Place("what-if", column=funding.NEW_MONEY)
            yield repeated(place, "new money twice", "new_state_funds, or law.new_state_funds")

    def _repeated(self) -> Iterator[Fault]:
        """Columns changed twice for a unit: which comes first, no link could say."""
        seen: set[tuple[str, str]] = set()
        of_all: set[str] = set()
        for column, change in self._of_units():
            own = {(column, unit) for unit in change.units or ()}
            others = column in of_all or (not own and any(each == column for each, _ in seen))
            if others or own & seen or len(own) < len(change.units or ()):
                place = Place("what-if", column=column)
                yield repeated(place, "several changes of a unit", "one change of it")
            seen |= own
            if not own:
                of_all.add(column)

    def _of_units(self) -> Iterator[tuple[str, Changed]]:
        """The changes of units, a column and a change each."""
        for column, said in self.units.items():
            for each in said if isinstance(said, tuple) else (said,):
                yield column, each if isinstance(each, Changed) else Changed(value=each)

    @property
    def is_nothing(self) -> bool:
        """Whether all stays as it is."""
        return not self.model_dump(exclude_defaults=True)

    def whole(self, ledger: Ledger) -> Scenario:
        """The scenario with the unit's own counts among its changes.

        Raises InputError for a unit that the ledger has not.
        """
        scenario = self.scenario
        changes = {name: [*each_change(said)] for name, said in scenario.units.items()}
        for asked, counts in self.counts.items():
            unit = [ledger.unit_id(asked)]
            for column, count in counts.items():
                changes.setdefault(column, []).append(Change(value=count, units=unit))
        return replace(scenario, units=changes) if self.counts else scenario

    @property
    def has_scenario(self) -> bool:
        """Whether it changes more than one unit's own counts."""
        return bool(self.model_dump(exclude_defaults=True, exclude={"counts"}))

    @property
    def scenario(self) -> Scenario:
        """The scenario; its counts are not of it."""
        content: dict[str, Any] = self.model_dump(exclude_none=True, exclude={"counts"})
        content["units"] = {
            name: [*said] if isinstance(said, tuple) else said
            for name, said in content["units"].items()
        }
        return Scenario.from_mapping({"name": "what-if", **content})

    # --- Links -------------------------------------------------------------------------

    @property
    def query(self) -> str:
        """The what-if as the query of a link: the same one for the same changes."""
        return urlencode(self.pairs)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The keys and numbers of the link."""
        return sorted(self._pairs())

    def _pairs(self) -> Iterator[tuple[str, str]]:
        for room, numbers in (("law", self.law), ("salaries", self.salaries)):
            yield from ((f"{room}.{name}", written(value)) for name, value in numbers.items())
        money = self.new_state_funds
        if money is not None:
            change = money if isinstance(money, Changed) else Changed(value=money)
            yield from _said(funding.NEW_MONEY, change)
        for column, change in self._of_units():
            if change.units is None:
                yield from _said(f"units.{column}", change)
            for unit in change.units or ():
                yield from _said(f"unit.{unit}.{column}", change)
        for unit, counts in self.counts.items():
            yield from ((f"counts.{unit}.{each}", written(n)) for each, n in counts.items())

    @classmethod
    def of_query(cls, pairs: Iterable[tuple[str, str]]) -> Self:
        """The what-if of a link; an empty value changes nothing.

        Raises InputError with every key and number that it does not understand.
        """
        content: dict[str, Any] = {"law": {}, "salaries": {}, "units": {}, "counts": {}}
        faults: list[Fault] = []
        seen: set[str] = set()
        for key, text in pairs:
            if not text.strip():
                continue
            place, number = Place("link", column=key), number_of(text.strip())
            if number is None or isnan(number):
                faults.append(malformed(place, text, "a number"))
            elif key in seen:
                faults.append(repeated(place, "the key twice", "once"))
            elif (said := key_in(key)) is None:
                faults.append(malformed(place, key, KEYS))
            elif said.room == funding.NEW_MONEY in content:
                faults.append(repeated(place, "new money twice", "one change of it"))
            else:
                _put(content, said, number)
            seen.add(key)
        if len(content["counts"]) > 1:
            place, found = Place("link", column="counts"), ", ".join(sorted(content["counts"]))
            faults.append(contradiction(place, found, "the own counts of one unit"))
        if faults:
            raise InputError(faults)
        return cls.model_validate(content)


class Key(NamedTuple):
    """What a key of a link is of: ``unit.ID.COLUMN.add``, say."""

    room: str
    name: str = ""
    unit: str = ""
    deed: str = _VALUE

    @property
    def is_value(self) -> bool:
        """Whether the number is what it becomes, not what is added to it or multiplies it."""
        return self.deed == _VALUE


KEYS: Final = (
    "law.NAME, salaries.NAME, units.COLUMN, unit.ID.COLUMN, counts.ID.COLUMN or new_state_funds; "
    "of units and money also with .multiply or .add"
)


def key_in(text: str) -> Key | None:
    """What a key of a link is of; None for what is none.

    >>> key_in("unit.1000196062600.operating_tax_rate.multiply")
    Key(room='unit', name='operating_tax_rate', unit='1000196062600', deed='multiply')
    """
    room, _, name = text.partition(".")
    rest, _, last = text.rpartition(".")
    what, deed = (rest.partition(".")[2], last) if last in _DEEDS else (name, _VALUE)
    unit, _, column = (what if room == "unit" else name).partition(".")
    match room:
        case "law" | "salaries" if name:
            return Key(room, name)
        case funding.NEW_MONEY if not what:
            return Key(room, deed=deed)
        case "units" if what:
            return Key(room, what, deed=deed)
        case "unit" if unit and column:
            return Key(room, column, unit, deed)
        case "counts" if unit and column:
            return Key(room, column, unit)
    return None


def _put(content: dict[str, Any], key: Key, number: float) -> None:
    """Put what a key says where it belongs."""
    room, name, unit, deed = key
    match room:
        case "law" | "salaries":
            content[room][name] = number
        case funding.NEW_MONEY:
            content[room] = {deed: number}
        case "units":
            content["units"].setdefault(name, []).append({deed: number})
        case "unit":
            content["units"].setdefault(name, []).append({deed: number, "units": [unit]})
        case _:
            content[room].setdefault(unit, {})[name] = number


def _said(key: str, change: Changed) -> Iterator[tuple[str, str]]:
    said: Mapping[str, float] = change.model_dump(exclude_none=True, exclude={"units"})
    for deed, value in said.items():
        yield (key if deed == "value" else f"{key}.{deed}"), written(value)


def written(value: float) -> str:
    """A number as short as it is read back the same."""
    return repr(value).removesuffix(".0")
