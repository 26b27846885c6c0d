"""The law's numbers for a fiscal year: ratios, shares, amounts, rates.

They lie in data/parameters/, a folder a statute, each number with label, measure, cite,
date and source. What is not known is not there, and asking for it is an
error that says how to supply it.

Holds: Dated, Parameter, identifier_of, parameters, parameters_of, element_owners, InForce, Law,
check_law, unknown_parameter, law.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache, partial
from itertools import groupby
from numbers import Real
from os import PathLike
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ebf.contents import ByContents
from ebf.data import DATA
from ebf.faults import (
    MOST_NAMES,
    Fault,
    FaultKind,
    InputError,
    Place,
    check_type,
    contradiction,
    described,
    nearest,
    not_known,
    out_of_range,
    repeated,
    unknown_name,
    unsuitable_name,
    wrong_type,
)
from ebf.files import flattened, read_toml
from ebf.language.cite import Cite
from ebf.language.growth import GrowsWith
from ebf.language.line import Line
from ebf.language.measure import Measure
from ebf.language.vocabulary import Values
from ebf.law.funding import FUNDING
from ebf.law.reading import readings_of
from ebf.law.salaries import SUPPLIED, Salaries
from ebf.law.statute import Chosen, Statute
from ebf.law.statutes import STATUTES
from ebf.numbers import Amount, numbers_of
from ebf.show.answer import Shown
from ebf.show.as_text import text
from ebf.show.document import Document, Heading, Sentences, Table
from ebf.show.words import TEXT_WIDTH


@dataclass(frozen=True)
class Dated:
    """A value from a fiscal year on; by band where the parameter has bands."""

    fiscal_year: int
    value: Mapping[str, float]
    source: str


@dataclass(frozen=True)
class Parameter:
    """A number of the law, with all its dated values.

    ``name`` is the dotted path in the parameter files, ``identifier`` the same
    as formulas write it. A value stands until the next one; a ``yearly``
    parameter has a value only in the years given. ``folder`` is that of its statute.
    ``cause`` and ``grows_with`` are as of a :class:`~ebf.language.line.Line`.
    """

    name: str
    label: str
    measure: Measure
    cite: Cite
    bands: tuple[str, ...]
    yearly: bool
    values: tuple[Dated, ...]
    folder: str = ""
    cause: str = ""
    grows_with: GrowsWith | None = None

    @property
    def identifier(self) -> str:
        """The name as formulas write it."""
        return identifier_of(self.name)

    @cached_property
    def elements(self) -> tuple[str, ...]:
        """The names of the single numbers: one, or one a band."""
        return tuple(f"{self.name}_{band}" for band in self.bands) or (self.name,)

    def at(self, fiscal_year: int) -> Dated | None:
        """The value in force, or None where it is not known."""
        in_force = [dated for dated in self.values if dated.fiscal_year <= fiscal_year]
        if not in_force or (self.yearly and in_force[-1].fiscal_year != fiscal_year):
            return None
        return in_force[-1]

    def years_known(self, element: str) -> str:
        """The fiscal years with a known value of an element, in words."""
        years = [d.fiscal_year for d in self.values if element in d.value]
        if self.yearly:
            return _years_in_words(years) or "none"
        return f"FY{years[0]} on"


def _years_in_words(years: Sequence[int]) -> str:
    """Fiscal years in a row by the first and the last; any other one by one.

    >>> _years_in_words([2018, 2020, 2021, 2022, 2024, 2025])
    'FY2018, FY2020 to FY2022, FY2024, FY2025'
    """
    runs = [
        [year for _, year in run]
        for _, run in groupby(enumerate(years), key=lambda each: each[1] - each[0])
    ]
    return ", ".join(
        f"FY{run[0]} to FY{run[-1]}"
        if len(run) > len(("first", "last"))
        else ", ".join(f"FY{year}" for year in run)
        for run in runs
    )


def identifier_of(name: str) -> str:
    """A name as formulas write it."""
    return name.replace(".", "_")


def _parameters_in(tree: Mapping[str, Any], folder: str, prefix: str = "") -> Iterator[Parameter]:
    for key, table in tree.items():
        name = f"{prefix}{key}"
        if "values" not in table:
            yield from _parameters_in(table, folder, f"{name}.")
            continue
        bands = tuple(table.get("bands", ()))
        names = tuple(f"{name}_{band}" for band in bands) or (name,)

        def by_element(
            value: Any, bands: tuple[str, ...] = bands, names: tuple[str, ...] = names
        ) -> dict[str, float]:
            if isinstance(value, Mapping):  # some bands are not known
                return {names[bands.index(band)]: float(x) for band, x in value.items()}
            values = value if bands else [value]
            return dict(zip(names, map(float, values), strict=True))

        yield Parameter(
            name=name,
            label=table["label"],
            measure=Measure(table["measure"]),
            cite=Cite(table["cite"]),
            bands=bands,
            yearly=table.get("yearly", False),
            values=tuple(
                Dated(dated["fiscal_year"], by_element(dated["value"]), dated["source"])
                for dated in table["values"]
            ),
            folder=folder,
            cause=table.get("cause", ""),
            grows_with=GrowsWith(table["grows_with"]) if "grows_with" in table else None,
        )


@cache
def parameters() -> Mapping[str, Parameter]:
    """All parameters of all statutes by identifier, in statute order."""
    return MappingProxyType(
        {
            parameter.identifier: parameter
            for statute in STATUTES.values()
            for path in sorted((DATA / "parameters" / statute.parameters_in).glob("*.toml"))
            for parameter in _parameters_in(
                tomllib.loads(path.read_text(encoding="utf-8")), statute.parameters_in
            )
        }
    )


@cache
def parameters_of(section: str) -> Mapping[str, Parameter]:
    """The parameters of one statute by identifier, in statute order."""
    folder = STATUTES[section].parameters_in
    own = {name: each for name, each in parameters().items() if each.folder == folder}
    return MappingProxyType(own)


@cache
def element_owners() -> Mapping[str, tuple[Parameter, str]]:
    """Parameter and element of every name that a caller may use."""
    return {
        identifier_of(name): (parameter, name)
        for parameter in parameters().values()
        for name in (parameter.name, *parameter.elements)
    }


@dataclass(frozen=True, eq=False)
class InForce(ByContents):
    """One number in force: the value (an array: one a scenario) and its source.

    ``fiscal_year`` is the year from which the law has it; None where the caller
    supplied it.
    """

    value: npt.NDArray[np.float64]
    source: str
    fiscal_year: int | None = None


@dataclass(frozen=True, repr=False, eq=False)
class Law(Shown):
    """The numbers of the law in force in a fiscal year; made by :func:`ebf.law`."""

    fiscal_year: int
    in_force: Mapping[str, InForce] = field(repr=False)
    section: str = FUNDING.section
    salaries: Salaries = field(default_factory=lambda: Salaries({}))
    readings: Mapping[int, str] = field(default_factory=dict)

    @property
    def statute(self) -> Statute:
        """The statute whose lines they are the numbers of."""
        return STATUTES[self.section]

    @property
    def lines(self) -> Mapping[str, Line]:
        """The lines in force, by name."""
        return self.statute.lines(self.fiscal_year, self.chosen)

    @property
    def _elements(self) -> list[str]:
        """The single numbers of all its parameters."""
        own = parameters_of(self.section).values()
        return [each for parameter in own for each in parameter.elements]

    @property
    def chosen(self) -> Chosen:
        """The alternatives that it is read by, in the order of the readings."""
        return tuple(sorted(self.readings.items()))

    @property
    def known_as(self) -> str:
        """The fiscal year, and the alternatives that it is read by."""
        chosen = ", ".join(f"reading {number} {name}" for number, name in self.chosen)
        year = self.statute.year_in_words(self.fiscal_year)
        return f"{year} by {chosen}" if chosen else year

    @property
    def title(self) -> str:
        """The fiscal year, and how many numbers."""
        supplied = sum(known.fiscal_year is None for known in self.in_force.values())
        unknown = len(self._elements) - len(self.in_force)
        counts = f"{len(self.in_force)} numbers, {supplied} supplied, {unknown} not known"
        return f"{self.known_as}: {counts}"

    @property
    def document(self) -> Document:
        """Which numbers are supplied, which not known, and all with their sources."""
        known = self.in_force
        elements = self._elements
        supplied = [n for n in elements if n in known and known[n].fiscal_year is None]
        unknown = [n for n in elements if n not in known]
        return Document(
            (
                Heading(1, f"The law of {self.title}"),
                Sentences("supplied", "Supplied by the caller", tuple(supplied) or ("None.",)),
                Sentences("not_known", "Not known: supply them", tuple(unknown) or ("None.",)),
                Table.of("numbers", "Numbers in force", self.table().set_index("parameter")),
            )
        )

    @property
    def _year(self) -> int:
        return self.fiscal_year

    def __str__(self) -> str:
        """Plain text, without the table of the numbers."""
        *short, _ = self.document.blocks
        return text(Document(tuple(short)), TEXT_WIDTH)

    @cached_property
    def known(self) -> frozenset[str]:
        """The identifiers of the parameters that have a value."""
        return _known(self.section, frozenset(self.in_force))

    def fault_of(self, identifier: str) -> Fault | None:
        """What is wrong with asking for a parameter, or None if it is known."""
        parameter = parameters()[identifier]
        unknown = [name for name in parameter.elements if name not in self.in_force]
        if not unknown:
            return None
        keyword = identifier_of(unknown[0])
        of = "" if self.section == FUNDING.section else f", statute={self.section!r}"
        return not_known(
            Place(argument="law", column=", ".join(unknown)),
            found=f"no known value for {self.statute.year_in_words(self.fiscal_year)}",
            allowed=f"known: {parameter.years_known(unknown[0])}".replace(
                "FY", self.statute.year_is
            ),
            cite=parameter.cite,
            fix=f"supply it ({parameter.measure}) by ebf.law({self.fiscal_year}{of}, "
            f"{keyword}=...) or in a TOML file",
        )

    def value(self, name: str) -> Values:
        """A parameter's value, as (scenarios or 1, 1, bands or 1).

        Raises InputError where the name is no parameter or the value not known.
        """
        identifier = identifier_of(str(name))
        if (parameter := parameters().get(identifier)) is None:
            raise InputError([unknown_parameter(str(name))])
        if identifier not in self.known and (fault := self.fault_of(identifier)):
            raise InputError([fault])
        by_band = [self.in_force[element].value for element in parameter.elements]
        if len(by_band) == 1:  # by far the usual
            return by_band[0].reshape(-1, 1, 1).copy()
        columns = (value.reshape(-1, 1) for value in by_band)
        return np.stack(np.broadcast_arrays(*columns), axis=-1)

    def with_amounts(
        self,
        amounts: Mapping[str, Amount] | str | PathLike[str] | None = None,
        /,
        *,
        salaries: Salaries | Mapping[str, Any] | None = None,
        source: str = SUPPLIED,
        **more: Amount | None,
    ) -> Law:
        """The law with some numbers in place of its own, as :func:`law` takes them.

        ``source`` is where they are from, for audits. A keyword that is None changes nothing.

        Raises:
            InputError: with every fault at once.
        """
        return _with_amounts(self, amounts, more, salaries, source)

    def with_readings(self, readings: Mapping[int, str]) -> Law:
        """The law by alternatives of more readings: ``{17: "rounded"}``.

        Raises InputError for a reading that has no such alternative in the year, and for
        one that the law is read otherwise by already.
        """
        return _with_readings(self, readings)

    def of_scenario(self, place: int) -> Law:
        """The law of one scenario, by its place."""
        one = {
            element: replace(known, value=known.value[place : place + 1])
            if known.value.size > 1
            else known
            for element, known in self.in_force.items()
        }
        return replace(
            self, in_force=MappingProxyType(one), salaries=self.salaries.of_scenario(place)
        )

    def table(self) -> pd.DataFrame:
        """The parameters in force: a row a number, with label, measure, cite and source."""
        rows = [
            {
                "parameter": element,
                "value": _plain(known.value) if known else None,
                "measure": str(parameter.measure),
                "label": parameter.label,
                "cite": parameter.cite,
                "source": known.source if known else "not known: supply it",
            }
            for parameter in parameters_of(self.section).values()
            for element in parameter.elements
            for known in [self.in_force.get(element)]
        ]
        return pd.DataFrame(rows)


@lru_cache(maxsize=64)
def _known(section: str, elements: frozenset[str]) -> frozenset[str]:
    """The identifiers of the parameters of a statute all of whose elements are there."""
    return frozenset(
        identifier
        for identifier, parameter in parameters_of(section).items()
        if elements.issuperset(parameter.elements)
    )


def _with_amounts(
    own: Law,
    amounts: object,
    more: Mapping[str, Amount | None],
    salaries: Salaries | Mapping[str, Any] | None,
    source: str,
) -> Law:
    """The law with what is handed over."""
    if isinstance(amounts, (str, PathLike)):
        own = _with_numbers(own, *_read_amounts(Path(amounts)))
    elif amounts is not None:
        own = _with_numbers(own, amounts, source)
    if given := {name: amount for name, amount in more.items() if amount is not None}:
        own = _with_numbers(own, given, source)
    if salaries is None:
        return own
    paid = Salaries.of(salaries)
    if paid.fiscal_year not in {None, own.fiscal_year, own.salaries.fiscal_year}:
        place, found = Place("law", argument="salaries"), f"those of FY{paid.fiscal_year}"
        year = own.fiscal_year
        allowed = f"those of FY{year}"
        fix = f"or say that they stand for these: .of_year({year}), fiscal_year = {year} in a file"
        raise InputError([contradiction(place, found, allowed, "18-8.15(b)(3)", fix)])
    return replace(own, salaries=paid)


def _with_numbers(own: Law, amounts: object, source: str) -> Law:
    """With some numbers of the law; names as in the files."""
    if not isinstance(amounts, Mapping):
        allowed = "names of the law's numbers with their values, or the path of a TOML file"
        place = Place("law", argument="amounts")
        raise InputError([wrong_type(place, described(amounts), allowed)])
    changed: dict[str, InForce] = {}
    faults: list[Fault] = []
    for name, amount in amounts.items():
        if len(faults) >= MOST_NAMES:
            break
        owner = element_owners().get(identifier_of(str(name)))
        if owner is None or owner[0].identifier not in parameters_of(own.section):
            faults.append(unknown_parameter(str(name), own.section))
            continue
        parameter, element = owner
        place = Place(argument="law", column=str(name))
        try:
            elements = _elements(parameter, element, amount, source)
        except ValueError as error:
            allowed = parameter.measure.allowed
            faults.append(out_of_range(place, str(error), allowed, parameter.cite))
            continue
        if twice := elements.keys() & changed.keys():
            found = f"a second value of {', '.join(sorted(twice))}"
            faults.append(repeated(place, found, "every number once", parameter.cite))
        changed |= elements
    if faults:
        raise InputError(faults)
    return replace(own, in_force=MappingProxyType({**own.in_force, **changed}))


def _with_readings(own: Law, chosen: Mapping[Any, Any]) -> Law:
    """The law by alternatives of readings, with their amounts."""
    kinds = 'numbers of readings with the names of alternatives: {17: "rounded"}'
    check_type("readings", chosen, Mapping, kinds)
    readings, faults = readings_of(own.statute), list[Fault]()
    changing = {
        line.name: number
        for number, name in own.chosen
        for line in readings[number].alternatives[name].lines_in(own.fiscal_year)
    }
    for number, name in chosen.items():
        place = Place("law", f"reading {number}", argument="readings")
        if not isinstance(number, int) or number not in readings:
            allowed = f"a reading from 1 to {len(readings)} (ebf readings)"
            faults.append(Fault(FaultKind.UNKNOWN_NAME, place, "no such reading", allowed))
            continue
        alternatives = readings[number].alternatives
        if name not in alternatives:
            allowed = f"an alternative: {', '.join(alternatives) or 'it has none'}"
            fix = nearest(str(name), alternatives)
            faults.append(Fault(FaultKind.UNKNOWN_NAME, place, described(name), allowed, fix=fix))
            continue
        if own.readings.get(number, name) != name:
            found = f"{name} beside {own.readings[number]}"
            faults.append(contradiction(place, found, "one alternative of a reading"))
            continue
        lines = [line.name for line in alternatives[name].lines_in(own.fiscal_year)]
        changed = [*lines, *alternatives[name].amounts]
        if not changed:
            allowed = f"a reading of lines in force in FY{own.fiscal_year}"
            faults.append(unsuitable_name(place, f"{name}, of other years", allowed))
        for each in changed:
            if changing.get(each, number) != number:
                found = f"{each}, which reading {changing[each]} changes too"
                faults.append(contradiction(place, found, "readings of lines of their own"))
            changing[each] = number
    if faults:
        raise InputError(faults)
    for number, name in sorted(chosen.items()):
        amounts = readings[number].alternatives[name].amounts
        own = _with_numbers(own, amounts, f"reading {number}: {name}")
    return replace(own, readings=MappingProxyType({**own.readings, **chosen}))


def check_law(law: object) -> None:
    """Refuse what is no law of a fiscal year."""
    check_type("law", law, Law, "a fiscal year's law: ebf.law(2022)")


def _plain(value: npt.NDArray[np.float64]) -> Any:
    return value.item() if value.size == 1 else value.tolist()


def unknown_parameter(name: str, section: str = FUNDING.section) -> Fault:
    """The fault of a name that no parameter of a statute has."""
    known = [each for own in parameters_of(section).values() for each in (own.name, *own.elements)]
    place = Place(argument="law", column=name or repr(name))
    allowed = "a name shown by `ebf law YEAR`, which --about finds by words"
    return unknown_name(place, "no parameter of that name", allowed, known)


def _elements(
    parameter: Parameter, element: str, amount: Amount, source: str
) -> dict[str, InForce]:
    """The single numbers of an amount: the last axis of a banded one is the bands."""
    array = numbers_of(amount)
    low, high = parameter.measure.range
    if not ((array >= low) & (array <= high)).all():
        raise ValueError(described(_plain(array)))
    if element in parameter.elements:
        if array.ndim > 1 or not array.size:
            message = f"an array of shape {array.shape}, not a number or one a scenario"
            raise ValueError(message)
        return {element: InForce(array.reshape(-1), source)}
    if array.ndim not in {1, 2} or array.shape[-1] != len(parameter.bands):
        message = f"an array of shape {array.shape}, not {len(parameter.bands)} bands"
        raise ValueError(message)
    return {
        name: InForce(array[..., band].reshape(-1), source)
        for band, name in enumerate(parameter.elements)
    }


@cache
def _law_as_enacted(fiscal_year: int, section: str) -> Law:
    in_force = {
        element: InForce(np.array([value]), dated.source, dated.fiscal_year)
        for parameter in parameters_of(section).values()
        if (dated := parameter.at(fiscal_year))
        for element, value in dated.value.items()
    }
    return Law(fiscal_year, MappingProxyType(in_force), section)


def law(
    fiscal_year: int,
    amounts: Mapping[str, Amount] | str | PathLike[str] | None = None,
    /,
    *,
    salaries: Salaries | Mapping[str, Any] | None = None,
    readings: Mapping[int, str] | None = None,
    statute: str = FUNDING.section,
    **more: Amount | None,
) -> Law:
    """The law's numbers for a fiscal year, with what the caller supplies.

    Args:
        fiscal_year: One of :data:`ebf.law.years.YEARS`; FY2022 is July 2021 to June 2022.
        amounts: Numbers that are not known or are to be changed, by the names
            of the parameter files (``{"core_teacher.low_income_k_3": 14}``), or
            the path of a TOML file with such names.
        salaries: State-average salaries of (b)(3), where positions are to be priced.
        readings: Alternatives that the law is read by, as :func:`ebf.readings` lists
            them: ``{17: "rounded"}``.
        statute: The section whose law it is (:data:`ebf.law.statutes.STATUTES`); its years
            are then those of that statute.
        more: The same as ``amounts`` as keywords, a dot written as ``_``; ``new_state_funds``
            is the new money for the tiers in dollars. None changes nothing.

    Each is a number, a sequence of one number a scenario, or for a banded
    parameter's whole name one number a band (last axis).

    Raises:
        InputError: for a year outside the law, an unknown name (with the
            nearest known), a value outside its range, a reading that has no such
            alternative in the year.

    >>> law(2022).value("maintenance_and_operations").item()
    1094.0
    >>> law(2019, maintenance_and_operations=1050).value("maintenance_and_operations").item()
    1050.0
    """
    if statute not in STATUTES:
        place, allowed = Place("law", argument="statute"), f"one of {', '.join(STATUTES)}"
        raise InputError([out_of_range(place, described(statute), allowed)])
    years = STATUTES[statute].years
    is_number = isinstance(fiscal_year, Real) and not isinstance(fiscal_year, bool)
    if not is_number or fiscal_year not in years:
        allowed = f"a whole number from {years[0]} to {years[-1]}"
        raise InputError(
            [out_of_range(Place("law", argument="fiscal_year"), described(fiscal_year), allowed)]
        )
    enacted = _law_as_enacted(int(fiscal_year), statute)
    if readings is not None:
        enacted = _with_readings(enacted, readings)
    return _with_amounts(enacted, amounts, more, salaries, SUPPLIED)


def _read_amounts(path: Path) -> tuple[dict[str, Amount], str]:
    return flattened(partial(Place, file=str(path)), read_toml(path)), f"supplied in {path.name}"
