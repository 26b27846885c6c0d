"""A county's sales tax for school facilities: what it would bring each district.

Holds: FacilityTax, facility_tax.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from os import PathLike
from types import MappingProxyType
from typing import Any, Final

import pandas as pd

from ebf.engine.record import check_one_state
from ebf.faults import (
    Fault,
    InputError,
    Place,
    check_type,
    contradiction,
    described,
    malformed,
    missing,
    nearest,
    out_of_range,
    repeated,
    unknown_name,
)
from ebf.files import Source, known_sources, write_file
from ebf.language.measure import Measure
from ebf.law.columns import DISTRICTS
from ebf.law.facility_tax import FACILITY_TAX
from ebf.law.parameters import Law, law
from ebf.law.regionalization import neighboring_counties_of
from ebf.law.years import LAST_YEAR
from ebf.ledger import Ledger, calculate
from ebf.numbers import number_of
from ebf.reports.grounds import grounds
from ebf.show.answer import Answer
from ebf.show.document import Table
from ebf.show.words import percent
from ebf.units.csv_and_parquet import write_csv
from ebf.units.handed_over import handed_over, ids_of_rows
from ebf.units.ids import ID, is_blank_cell
from ebf.units.table import KIND, source_of

_COUNTY: Final = "county"
_RATE, _SALES, _RECEIPTS = "facility_tax_rate", "taxable_sales", "facility_tax_receipts"
_PUPILS, _MONEY = "resident_pupils_in_county", "facility_tax_of_district"
_PER_PUPIL, _RESOLVED = "facility_tax_per_pupil", "resolved"
_ON_BALLOT: Final = "facility_tax_on_ballot"
_CITE: Final = "55 ILCS 5/5-1006.7"
_BY_PUPILS: Final = "105 ILCS 5/3-14.31"
_NOISE: Final = 1e-9
"""By which floats may miss a step."""
_ARGUMENTS: Final = {_RATE: "rate", _SALES: "taxable_sales", _RECEIPTS: "receipts"}
"""What the call says of a county, by the column that has it."""
_STATEWIDE: Final = {
    _RATE: Measure.SHARE,
    _SALES: Measure.DOLLARS,
    _RECEIPTS: Measure.DOLLARS,
    "facility_tax_kept_by_state": Measure.DOLLARS,
    "facility_tax_kept_by_regional_office": Measure.DOLLARS,
    "county_resident_pupils": Measure.STUDENTS,
    "pupils_of_boards_that_resolved": Measure.STUDENTS,
    _ON_BALLOT: Measure.FLAG,
}
"""What is shown of a county, where its ledger has it."""
_MEASURES: Final = {
    **_STATEWIDE,
    _PUPILS: Measure.STUDENTS,
    _MONEY: Measure.DOLLARS,
    _PER_PUPIL: Measure.DOLLARS_PER_STUDENT,
    _RESOLVED: Measure.FLAG,
    "counties": Measure.COUNT,
    "districts": Measure.COUNT,
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class FacilityTax(Answer):
    """What :func:`facility_tax` found.

    ``frame`` has a row a county and district, ``counties`` a row a county, ``shared`` a row a
    district that is in several of them. ``ledgers`` has each county's calculation, ``ledger``
    the one where there is one.
    """

    fiscal_year: int
    frame: pd.DataFrame
    counties: pd.DataFrame
    shared: pd.DataFrame
    ledgers: Mapping[str, Ledger]

    @property
    def title(self) -> str:
        """What it is called."""
        where = ", ".join(f"{each} County" for each in self.ledgers)
        return f"County school facility and resources tax, FY{self.fiscal_year}: {where}"

    @property
    def ledger(self) -> Ledger:
        """The ledger of the one county. Raises InputError where there are several."""
        if len(self.ledgers) > 1:
            place, allowed = Place("answer", "ledger"), "the answer of one county"
            fix = f"answer.ledgers[{next(iter(self.ledgers))!r}], or county=..."
            found = f"{len(self.ledgers)} counties"
            raise InputError([contradiction(place, found, allowed, fix=fix)])
        return next(iter(self.ledgers.values()))

    def to_csv(self, path: str | PathLike[str]) -> None:
        """A row a county and district, as a CSV file, safe to open with a spreadsheet.

        Raises OSError where the file cannot be written.
        """
        write_file(path, partial(write_csv, self.frame.reset_index().set_index(_COUNTY)))

    @property
    def _year(self) -> int:
        return self.fiscal_year

    def _tables(self) -> list[Table]:
        of_counties = Table.of("counties", "The counties", self.counties, _MEASURES)
        of_districts = Table.of("districts", "The districts", self.frame, _MEASURES)
        title = "Districts in several counties, all of them together"
        several = Table.of("shared", title, self.shared, _MEASURES)
        return [of_counties, of_districts, *([several] if len(self.shared) else [])]


def facility_tax(
    districts: pd.DataFrame,
    *,
    county: str | Iterable[str] | None = None,
    rate: float | Mapping[str, float] | None = None,
    taxable_sales: float | Mapping[str, float] | None = None,
    receipts: float | Mapping[str, float] | None = None,
    fiscal_year: int = LAST_YEAR,
    state_share_kept: float | None = None,
    regional_share_kept: float | None = None,
    readings: Mapping[int, str] | None = None,
) -> FacilityTax:
    """Distribute a county's sales tax for school facilities to its districts, to the cent.

    Args:
        districts: A row a district and county: ``unit_id``, ``organization_type``,
            ``resident_pupils_in_county``; ``county`` where there are several; ``resolved``
            (1 or 0) to ask whether the question goes on the ballot. The columns
            ``facility_tax_rate``, ``taxable_sales`` and ``facility_tax_receipts`` may stand
            for the arguments.
        county: The county of all rows, or those to compute of the column ``county``.
        rate: 0.0025, 0.005, 0.0075 or 0.01; of several counties one for all, or one each by
            name.
        taxable_sales: Sales in dollars that the tax is on; of several counties each by name.
        receipts: What the tax brings instead, before any share is kept.
        fiscal_year: The year whose shares are kept.
        state_share_kept: Another share that the state keeps than the year's.
        regional_share_kept: Another share that the regional office keeps.
        readings: Alternatives that the law is read by, ``ebf.readings("5-1006.7")``.

    Raises:
        InputError: for Cook County, a rate off the steps, a county without pupils, and
            whatever else is wrong, all at once.
    """
    own = law(
        fiscal_year,
        statute=FACILITY_TAX.section,
        readings=readings,
        facility_tax_state_share_kept=state_share_kept,
        facility_tax_regional_share_kept=regional_share_kept,
    )
    frame = handed_over(districts, "districts")
    source = source_of(frame)
    by_county = _by_county(frame, county)
    said = {_RATE: rate, _SALES: taxable_sales, _RECEIPTS: receipts}
    tables, faults = _with_amounts(by_county, said)
    ledgers: dict[str, Ledger] = {}
    faults += _share_faults(own)
    is_complete = not faults
    for name, table in tables.items():
        of_county = [*_refused(name, table, own)]
        if is_complete:
            of_county += _lacking(table, own)
        if is_complete and not of_county:
            try:
                ledgers[name] = calculate(table, own)
                check_one_state(ledgers[name])
            except InputError as error:
                of_county = [*error.faults]
        faults += [_of_county(name, fault) for fault in of_county]
    if faults:
        raise InputError(faults)
    return _answer(own, ledgers, source)


# --- What is handed over -----------------------------------------------------------------


def _key(county: object) -> str:
    """A county's name as it is compared: Du Page is DUPAGE COUNTY."""
    return "".join(each for each in str(county).lower() if each.isalpha()).removesuffix("county")


def _by_county(frame: pd.DataFrame, asked: object) -> dict[str, pd.DataFrame]:
    """The rows of each county, by its name as it is first written."""
    names = _names(asked)
    if faults := [*_name_faults(names)]:
        raise InputError(faults)
    if _COUNTY not in frame.columns:
        if len(names) != 1:
            place, found = Place("table", column=_COUNTY), "no such column"
            fix = "name the county: county=... (--county)"
            if names:
                found, fix = f"no such column, and {len(names)} counties", "say it of each row"
            raise InputError([missing(place, found, "the county of every row", _CITE, fix)])
        return {_shown(names[0]): frame.reset_index(drop=ID in frame.columns)}
    cells = frame[_COUNTY].tolist()
    ids = frame[ID].tolist() if ID in frame.columns else frame.index.tolist()
    if faults := [
        malformed(
            Place(unit=str(unit), column=_COUNTY),
            "blank" if is_blank_cell(cell) else described(cell),
            "a county of Illinois",
        )
        for unit, cell in zip(ids, cells, strict=True)
        if not (isinstance(cell, str) and neighboring_counties_of(_key(cell)))
    ]:
        raise InputError(faults)
    keys = pd.Series([_key(cell) for cell in cells], index=frame.index)
    there: dict[str, str] = {}
    for key, cell in zip(keys, cells, strict=True):
        there.setdefault(key, _shown(cell))
    wanted = [_key(each) for each in names] or [*there]
    if lacking := [each for each in names if _key(each) not in there]:
        allowed = f"a county of the table: {', '.join(there.values())}"
        raise InputError(
            unknown_name(Place(argument="county", column=each), "no row of it", allowed, ())
            for each in lacking
        )
    whole = frame.assign(county=[there[key] for key in keys])
    return {there[key]: whole[(keys == key).to_numpy()] for key in dict.fromkeys(wanted)}


def _names(asked: Any) -> list[Any]:
    """The counties asked for; none where all are."""
    if asked is None:
        return []
    kind = "the name of a county, or names"
    check_type("county", asked, Iterable, kind)
    names = [asked] if isinstance(asked, str) else [*asked]
    if not names:
        raise InputError([missing(Place(argument="county"), "no name", kind)])
    return names


def _name_faults(names: Iterable[object]) -> Iterator[Fault]:
    for each in names:
        if not (isinstance(each, str) and neighboring_counties_of(_key(each))):
            yield malformed(Place(argument="county"), described(each), "a county of Illinois")


def _shown(county: str) -> str:
    """A county's name without the word."""
    name = county.strip()
    return name[: -len("county")].strip() if name.lower().endswith(" county") else name


def _with_amounts(
    tables: Mapping[str, pd.DataFrame], said: Mapping[str, object]
) -> tuple[dict[str, pd.DataFrame], list[Fault]]:
    """The rows of each county with what the call says of it, and what is wrong with that."""
    found, faults = dict(tables), list[Fault]()
    for column, amount in said.items():
        if amount is None:
            continue
        argument = _ARGUMENTS[column]
        if any(column in table for table in tables.values()):
            fix = f"drop the column {column}, or leave {argument} out"
            place = Place("table", column=column, argument=argument)
            faults.append(repeated(place, "a column and an argument", "one of them", fix=fix))
            continue
        amounts, wrong = _amounts(column, amount, [*tables])
        faults += wrong
        found = {
            name: table.assign(**{column: amounts[name]}) if name in amounts else table
            for name, table in found.items()
        }
    return found, faults


def _amounts(column: str, said: Any, counties: list[str]) -> tuple[dict[str, float], list[Fault]]:
    """An amount of each county, and what is wrong with what was said."""
    argument = _ARGUMENTS[column]
    names = {_key(each): each for each in counties}
    if not isinstance(said, Mapping):
        if column != _RATE and len(counties) > 1:
            place, found = Place(argument=argument), f"one number for {len(counties)} counties"
            fix = f"{{{counties[0]!r}: ...}}, a column {column}, or county=..."
            return {}, [contradiction(place, found, "a number a county, by its name", fix=fix)]
        said = dict.fromkeys(counties, said)
    faults = [
        unknown_name(Place(argument=argument, column=str(each)), "no county of the rows",
                     f"one of {', '.join(counties)}", counties)
        for each in said
        if _key(each) not in names
    ]  # fmt: skip
    faults += [
        repeated(Place(argument=argument, column=name), "the county twice", "once")
        for key, name in names.items()
        if [_key(each) for each in said].count(key) > 1
    ]
    amounts = {names[_key(each)]: amount for each, amount in said.items() if _key(each) in names}
    for name, amount in amounts.items():
        number = None if isinstance(amount, bool) else number_of(amount)
        if number is None or not number >= 0:
            place = Place(argument=argument, column=name)
            faults.append(out_of_range(place, described(amount), "a number, 0 or more", _CITE))
    wrong = {fault.place.column for fault in faults}
    return {name: float(each) for name, each in amounts.items() if name not in wrong}, faults


def _of_county(county: str, fault: Fault) -> Fault:
    """A fault with the county that it is about."""
    place = fault.place
    return replace(fault, place=replace(place, within=f"{county} County: {place.words[0]}"))


def _refused(county: str, table: pd.DataFrame, own: Law) -> Iterator[Fault]:
    """What the law has no tax for."""
    if _key(county) == "cook":
        yield out_of_range(Place(argument="county"), "Cook", "any county but Cook", _CITE)
    if _RATE in table.columns:
        yield from _rate_faults(table[_RATE].tolist(), own)
    if KIND in table.columns:
        for unit, kind in zip(ids_of_rows(table), table[KIND], strict=True):
            if isinstance(kind, str) and kind not in DISTRICTS:
                allowed = f"a school district: {', '.join(sorted(DISTRICTS))}"
                fix = nearest(kind, DISTRICTS) or "leave the row out: districts alone have the tax"
                yield out_of_range(Place(unit=unit, column=KIND), kind, allowed, _BY_PUPILS, fix)
    if _PUPILS in table.columns and all(number_of(each) == 0 for each in table[_PUPILS]):
        place, allowed = Place("table", column=_PUPILS), "pupils in one district of the county"
        yield out_of_range(place, "no pupils", allowed, _BY_PUPILS)


def _lacking(table: pd.DataFrame, own: Law) -> Iterator[Fault]:
    """What is missing for a tax, or there twice."""
    given = [name for name in (_SALES, _RECEIPTS) if name in table.columns]
    if not given:
        place, fix = Place(argument=_SALES), "or what the tax brings: receipts=... (--receipts)"
        yield missing(place, "neither sales nor receipts", "dollars of sales", _CITE, fix)
    elif len(given) > 1:
        fix = "leave one of them out"
        yield contradiction(Place(argument=_SALES), "receipts too", "sales or receipts", fix=fix)
    elif given == [_SALES] and _RATE not in table.columns:
        yield missing(Place(argument="rate"), "no rate", _steps(own), _CITE)


def _share_faults(own: Law) -> Iterator[Fault]:
    """Shares that are not known of the year."""
    for argument in ("state_share_kept", "regional_share_kept"):
        if fault := own.fault_of(f"facility_tax_{argument}"):
            fix = f"supply it: {argument}=... (--{argument.replace('_', '-')})"
            yield replace(fault, place=Place(argument=argument), fix=fix)


def _greatest_and_step(own: Law) -> tuple[float, float]:
    names = "facility_tax_greatest_rate", "facility_tax_step"
    greatest, step = (float(own.value(name).item()) for name in names)
    return greatest, step


def _steps(own: Law) -> str:
    """The rates that there are."""
    greatest, step = _greatest_and_step(own)
    return f"a rate by steps of {percent(step)}, at most {percent(greatest)} (1 % is 0.01)"


def _rate_faults(rates: list[object], own: Law) -> Iterator[Fault]:
    greatest, step = _greatest_and_step(own)
    for rate in dict.fromkeys(map(number_of, rates)):
        if rate is None or pd.isna(rate):  # the table says so
            continue
        if not (0 < rate <= greatest and abs(rate / step - round(rate / step)) < _NOISE):
            yield out_of_range(Place(argument="rate"), f"{rate:.15g}", _steps(own), _CITE)


# --- What is found -----------------------------------------------------------------------


def _answer(own: Law, ledgers: dict[str, Ledger], source: Source | None) -> FacilityTax:
    frames = {name: ledger.units for name, ledger in ledgers.items()}
    order = ["name", KIND, _PUPILS, _RESOLVED, _MONEY, _PER_PUPIL]
    whole = pd.concat(frames, names=[_COUNTY])
    frame = whole[[name for name in order if name in whole]]
    counties = pd.DataFrame([_county(ledger) for ledger in ledgers.values()])
    counties = counties.set_axis(pd.Index(list(ledgers), name=_COUNTY))
    first = next(iter(ledgers.values()))
    return FacilityTax(
        sources=known_sources(districts=source),
        fiscal_year=own.fiscal_year,
        frame=frame,
        counties=counties.dropna(axis="columns", how="all"),
        shared=_shared(frame),
        ledgers=MappingProxyType(ledgers),
        assumptions=(*_given(ledgers), *grounds(first)),
        left_out=tuple(_left_out(ledgers)),
    )


def _county(ledger: Ledger) -> dict[str, Any]:
    """What a county comes to."""
    statewide = ledger.statewide
    found: dict[str, Any] = {name: statewide.get(name) for name in _STATEWIDE}
    if (on_ballot := found[_ON_BALLOT]) is not None:
        found[_ON_BALLOT] = bool(on_ballot)
    money = float(ledger.units[_MONEY].sum())
    return {"districts": len(ledger.units), **found, _MONEY: round(money, 2)}


def _shared(frame: pd.DataFrame) -> pd.DataFrame:
    """Districts in several counties, all their rows together."""
    groups = frame.groupby(level=ID)
    found = pd.DataFrame(
        {"counties": groups.size(), _PUPILS: groups[_PUPILS].sum(), _MONEY: groups[_MONEY].sum()}
    ).round({_MONEY: 2})
    if "name" in frame:
        found.insert(0, "name", groups["name"].first())
    return found[found["counties"] > 1]


def _given(ledgers: Mapping[str, Ledger]) -> Iterator[str]:
    yield "Pupils, sales or receipts, and the rate are as handed over: none is estimated."
    yield "Each county is a calculation of its own; its cents add up to what is distributed."
    for name, ledger in ledgers.items():
        if _ON_BALLOT in ledger.statewide:
            goes = ledger.statewide[_ON_BALLOT] > 0
            said = "have" if goes else "do not have"
            yield f"{name} County: boards that resolved {said} more than half of its pupils."


def _left_out(ledgers: Mapping[str, Ledger]) -> Iterator[str]:
    if any(_ON_BALLOT not in each.statewide for each in ledgers.values()):
        yield "Whether the question goes on the ballot: the rows have no column resolved (1 or 0)."
    yield "Whether voters agree: a majority of those who vote on the question."
    yield "Which sales are taxed: not titled or registered goods, nor what the state taxed at 1 %."
    yield "What the money may be spent on: school facilities, and what else the question named."
