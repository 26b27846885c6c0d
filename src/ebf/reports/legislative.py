"""A ledger by legislative district: what the units of each House and Senate district come to.

Holds: Coverage, Legislative, legislative.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

import numpy as np
import pandas as pd

from ebf.engine.record import check_one_state
from ebf.faults import (
    MOST_FAULTS,
    SHOWN,
    Fault,
    InputError,
    Place,
    as_name,
    contradiction,
    missing,
    nearest,
    not_computed,
    out_of_range,
    repeated,
    unknown_unit,
)
from ebf.files import known_sources
from ebf.language.measure import Measure
from ebf.law.funding.b_cost_factors import COST_FACTORS
from ebf.law.funding.tiers import TIER_2, TIERS
from ebf.law.names import columns_of
from ebf.ledger import Ledger, check_ledger
from ebf.numbers import number_of
from ebf.reports.legislative_district import (
    DISTRICTS,
    LegislativeDistrict,
    chamber_in,
    district_in,
    district_of,
    found_in,
    no_chamber,
    no_district,
    units_compared,
)
from ebf.show.answer import Answer
from ebf.show.document import Table
from ebf.show.words import dollars, percent
from ebf.units.cells import remedy
from ebf.units.handed_over import FrameOrFile, frame_or_file
from ebf.units.ids import ID, LINES, id_faults, id_in
from ebf.units.kept import ALWAYS_KEPT
from ebf.what_if.comparison import Comparison, compare

Coverage: TypeAlias = FrameOrFile
"""A table of shares, or a file of one."""

_NUMBERED: Final = dict(zip(DISTRICTS, ALWAYS_KEPT, strict=True))
"""The chambers' columns on the Base Calc sheet."""
_BY_NUMBERS: Final = (
    f"Every unit is taken to be wholly in the districts of its {' and '.join(_NUMBERED.values())}.",
    "Large units lie in several districts: a table of shares (coverage) would say so.",
)
"""How units are put into districts without a table of shares."""
_BEFORE, _CHANGE = "_before", "_change"
_SIDES: Final = (_BEFORE, _CHANGE)
_KEYS: Final = ["chamber", "district"]
_COLUMNS: Final = (*_KEYS, ID, "share")
_ROUNDED: Final = 0.005
"""What rounding to two decimals, as shares are published, moves one of them by at most."""
_NOISE: Final = 1e-9
_NO_DISTRICT: Final = 0
_NAMED: Final = {_NO_DISTRICT: "in no district handed over"}
_MONEY, _TIER, _PUPILS = "tier_funding", "tier", "average_student_enrollment"
_COUNTED, _PERCENT = "in_distribution", "final_percent_of_adequacy"
_TARGET, _RESOURCES = "adequacy_target", "final_resources"
_GAP, _POSITIONS = "gap_to_tier_2_target_ratio", "positions_short_at_full_funding"
_FTE: Final = tuple(f"{each.name}_fte" for each in COST_FACTORS if columns_of(f"{each.name}_fte"))
_DOLLARS: Final = (_MONEY, "base_funding_paid", "total_state_contribution")
_CODES: Final = (*TIERS, 0)
_EDGE: Final = f"tier_{TIER_2}_target_ratio"
"""90 % of adequacy, by the law."""


_UNITS_SHOWN: Final = 30


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Legislative(Answer):
    """What :func:`legislative` found.

    ``frame`` has a row a chamber and district; district 0 is what lies in no district that was
    handed over, so that the rows of a chamber add up to ``state``. Its columns, of those that
    the ledger has: ``units`` and ``units_tier_1`` (0 is no tier) and so on, units with any
    part in the district; ``average_student_enrollment`` and the same by tier, pupils;
    ``tier_funding`` (new money), ``base_funding_paid``, ``total_state_contribution`` and
    ``gap_to_tier_2_target_ratio``, dollars, not rounded; ``positions_short_at_full_funding``,
    FTE. Where two ledgers are compared, each stands there as it was before too, and its change:
    ``tier_funding_before``, ``tier_funding_change``.

    ``sums`` has a row a chamber and unit whose shares do not sum to 1: how many districts, the
    sum, and what share of the unit and of its new money is in no district. ``parts`` has every
    unit's share in each district, ``units`` what :meth:`district` shows of every unit, and
    ``comparison`` the two ledgers side by side.
    """

    fiscal_year: int
    frame: pd.DataFrame
    state: pd.Series[float]
    sums: pd.DataFrame
    parts: pd.DataFrame
    units: pd.DataFrame
    comparison: Comparison | None = None

    def district(self, chamber: str, number: int) -> LegislativeDistrict:
        """Every unit of one district, and what comes to it: ``district("House", 94)``.

        Raises InputError for a chamber or district that is none, and where the ledger has no
        new money.
        """
        meant, which = _district_asked(chamber, number)
        if _MONEY not in self.state:
            place, allowed = Place("ledger", column=_MONEY), "a ledger with new money"
            raise InputError([not_computed(place, "not computed", allowed)])
        parts = self.parts.reset_index()
        own = parts[(parts["chamber"] == meant) & (parts["district"] == which)]
        shares = own[own["share"] > 0].set_index(ID)["share"]
        compared = self.comparison
        return district_of(
            meant,
            which,
            self.units,
            shares,
            compared,
            (
                *_of_a_district(shares),
                *self._shares_said,
                *(compared.assumptions if compared else ()),
            ),
            self._left_out_of(meant, shares),
            fiscal_year=self.fiscal_year,
            sources=self.sources,
        )

    @property
    def _shares_said(self) -> tuple[str, ...]:
        """How units were put into districts."""
        return tuple(each for each in self.assumptions if each in _BY_NUMBERS)

    def _left_out_of(self, chamber: str, shares: pd.Series[float]) -> Iterator[str]:
        """What a district's answer lacks: parts of its units, and units in no district."""
        column = _MONEY if self.comparison is None else "change"
        rest = ((1 - shares) * self.units[column].reindex(shares.index)).sum()
        if partly := int((shares < 1).sum()):
            what = "new money" if self.comparison is None else "change"
            yield (
                f"Units of which a part is elsewhere: {partly:,}; "
                f"of their {what} {dollars(rest)} is not the district's."
            )
        parts = self.parts.reset_index()
        nowhere = parts[(parts["chamber"] == chamber) & (parts["district"] == _NO_DISTRICT)]
        placed = (parts["chamber"] == chamber).any()
        if not placed:
            yield f"{chamber}: nothing was handed over of any district."
        elif len(nowhere):
            yield (
                f"Units wholly or in part in no district of the {chamber} that was handed over, "
                f"of which some may be in this one: {len(nowhere):,}."
            )

    @property
    def title(self) -> str:
        """What it is called."""
        compared = ", before and after" if self.comparison is not None else ""
        return f"Evidence-Based Funding, FY{self.fiscal_year}: by legislative district{compared}"

    @property
    def _year(self) -> int:
        return self.fiscal_year

    def _tables(self) -> list[Table]:
        shown = self.frame.rename(index=_NAMED, level="district")
        every = {str(name): _measure(name) for name in shown}
        measures = {name: each for name, each in every.items() if not name.endswith(_SIDES)}
        state = self.state.to_frame("value")
        if self.comparison is not None:
            state = _side_by_side(self.state, [*measures])
        money = [name for name in (f"{_MONEY}_before", _MONEY, f"{_MONEY}_change") if name in shown]
        by_kind = {
            "money": ("Money and positions", {Measure.DOLLARS, Measure.FTE}),
            "pupils": ("Pupils", {Measure.STUDENTS}),
            "units": ("Units", {Measure.COUNT}),
        }
        return [
            Table.of(
                "state",
                "The state",
                state.rename_axis("what"),
                of_rows=tuple(map(_measure, state.index)),
            ),
            *(
                [
                    Table.of(
                        "new_money", "New money by district, and its change", shown[money], every
                    )
                ]
                if self.comparison is not None
                else []
            ),
            *(
                Table.of(
                    name,
                    f"{title} by district",
                    shown[[each for each, measure in measures.items() if measure in kinds]],
                    measures,
                )
                for name, (title, kinds) in by_kind.items()
            ),
            Table.of(
                "sums",
                "Units whose shares do not sum to 1",
                self.sums.drop(columns="organization_type", errors="ignore"),
                {
                    "districts": Measure.COUNT,
                    "sum_of_shares": "",
                    "share_in_no_district": Measure.SHARE,
                    "tier_funding_in_no_district": Measure.DOLLARS,
                },
                most=_UNITS_SHOWN,
            ),
        ]


def legislative(
    ledger: Ledger, coverage: Coverage | None = None, *, before: Ledger | None = None
) -> Legislative:
    """Roll a ledger up to House and Senate districts, each unit by its share in a district.

    Every amount of a unit is split by its shares. Those of a chamber that sum to 1 but for their
    rounding to two decimals (0.005 a district) are divided by their sum; where they sum to less,
    or a unit has none, the rest is in no district (district 0). Both are said, and each such unit
    is named in ``sums``.

    Args:
        ledger: Of one state. What it lacks for a column is ``left_out``.
        coverage: A table, or a file as :func:`ebf.read_units` reads it, of ``chamber`` (House,
            Senate), ``district`` (1 to 118, 1 to 59), ``unit_id`` (in any form) and ``share``
            (0 to 1, of the unit's pupils); other columns are ignored. None: every unit is
            wholly in the districts of its ``representative_number`` and ``senator_number``,
            which the State Board's Base Calc sheet has; a blank, or a number that no district has
            (998 and 98 of Chicago in FY2018), is in no district.
        before: A ledger of the same units to compare with: what a bill would change is
            ``legislative(after, coverage, before=before)``. The districts of the units are those
            of ``ledger``.

    Raises:
        InputError: every fault of the coverage: columns, ids, units that the ledger has not,
            chambers, districts and shares that are none, a row twice, shares of a unit in a
            chamber that sum to more than 1 and their rounding; without coverage, for a ledger
            without those numbers. For several scenarios. For a ledger before of other units, or
            where one of the two has no new money.
    """
    check_ledger(ledger)
    check_one_state(ledger)
    compared = None if before is None else _compared(before, ledger)
    units = ledger.units
    parts = _of_ledger(units) if coverage is None else _of_coverage(coverage, units.index)
    parts = parts.sort_values([*_KEYS, ID], ignore_index=True)  # sums are by no order of rows
    amounts, left_out = _amounts(ledger, units)
    if before is not None:
        amounts = _beside(amounts, _amounts(before, before.units)[0])
    sums = _sums(parts, units)
    placed = _placed(parts, sums)
    whole = pd.DataFrame({"chamber": "", "district": 0, ID: units.index, "share": 1.0})
    return Legislative(
        sources=known_sources(units=ledger.source) if compared is None else compared.sources,
        fiscal_year=ledger.fiscal_year,
        frame=_by_district(placed, amounts),
        state=_by_district(whole.sort_values(ID), amounts).iloc[0].rename("state").astype(float),
        sums=sums[(sums["sum_of_shares"] - 1).abs() > _NOISE],
        parts=placed.sort_values([*_KEYS, ID]).set_index([*_KEYS, ID]),
        units=units_compared(ledger, before, compared),
        comparison=compared,
        assumptions=(
            *(compared.assumptions if compared is not None else ()),
            *_of_shares(parts, sums, given=coverage is not None),
            *(said for name, said in _meanings(ledger).items() if name in amounts),
        ),
        left_out=(*left_out, *_without(parts)),
    )


# --- What is handed over ---------------------------------------------------------------


def _of_coverage(coverage: Coverage, known: pd.Index[str]) -> pd.DataFrame:
    """The shares handed over, checked; a row a chamber, district and unit."""
    frame = frame_or_file(coverage, "coverage")
    _check_columns(frame)
    ids = [id_in(each) or each for each in frame[ID].tolist()]
    faults = id_faults(ids, frame.attrs.get(LINES, {}))
    named = (each for each in ids if isinstance(each, str) and id_in(each) == each)
    unknown = [*dict.fromkeys(each for each in named if each not in known)]
    near = known if len(unknown) <= SHOWN else ()  # it is looked for among all
    allowed = "a unit of the ledger"
    faults += [unknown_unit(Place("coverage", column=ID), each, allowed, near) for each in unknown]
    rows: list[tuple[str, int, str, float]] = []
    for chamber, district, unit, share in zip(
        *(ids if name == ID else frame[name].tolist() for name in _COLUMNS), strict=True
    ):
        read = _row(chamber, district, as_name(unit), share)
        if isinstance(read, tuple):
            rows.append(read)
        else:
            faults += read
        if len(faults) >= MOST_FAULTS:
            break
    parts = pd.DataFrame(rows, columns=[*_COLUMNS]).astype({"share": float})
    faults += [*_repeated(parts), *_beyond_the_whole(parts.drop_duplicates([*_KEYS, ID]))]
    if faults:
        raise InputError(faults)
    return parts


def _check_columns(frame: pd.DataFrame) -> None:
    """Refuse a table without a row, or without one of the columns, or with one of them twice."""
    names, allowed = frame.columns.tolist(), f"the columns {', '.join(_COLUMNS)}"
    faults = []
    for name in _COLUMNS:
        place = Place("coverage", column=name)
        if name not in names:
            fix = nearest(name, map(str, names))
            faults.append(missing(place, "no such column", allowed, fix=fix))
        elif names.count(name) > 1:
            faults.append(repeated(place, "the column twice", "every column once"))
    if not faults and frame.empty:
        faults.append(missing(Place("coverage", column=ID), "no rows", "a row a district and unit"))
    if faults:
        raise InputError(faults)


def _row(
    chamber: object, district: object, unit: str, share: object
) -> tuple[str, int, str, float] | list[Fault]:
    """A row as it is meant, or what is wrong with it."""
    place = partial(Place, argument="coverage", unit=unit)
    faults = []
    meant = chamber_in(chamber)
    number = None if meant is None else district_in(meant, district)
    if meant is None:
        faults.append(no_chamber(place(column="chamber"), chamber))
    elif number is None:
        faults.append(no_district(place(column="district"), meant, district))
    part = number_of(share)
    if part is None or not 0 <= part <= 1:
        allowed = "a share from 0 to 1 (68 % is 0.68)"
        where = place(column="share")
        faults.append(out_of_range(where, found_in(share), allowed, fix=remedy(share)))
    return faults or (meant, number, unit, part)  # type: ignore[return-value]  # checked


def _repeated(parts: pd.DataFrame) -> Iterator[Fault]:
    """Units that a district has twice."""
    counts = Counter(parts[[*_KEYS, ID]].itertuples(index=False, name=None))
    for (chamber, district, unit), count in counts.items():
        if count > 1:
            place = Place(argument="coverage", unit=unit, column="district")
            found = f"{count} rows of {chamber} district {district}"
            yield repeated(place, found, "one row a chamber, district and unit")


def _beyond_the_whole(parts: pd.DataFrame) -> Iterator[Fault]:
    """Units whose shares in a chamber are more than all of it, rounding allowed for."""
    found = _summed(parts)
    beyond = found[found["share_in_no_district"] < 0].reset_index()
    rows = beyond[["chamber", ID, "sum_of_shares"]].itertuples(index=False, name=None)
    for chamber, unit, total in rows:
        place = Place(argument="coverage", unit=unit, column="share")
        allowed = f"shares in the {chamber} that sum to 1, but for rounding to two decimals"
        yield contradiction(place, f"a sum of {total:.6g}", allowed)


def _of_ledger(units: pd.DataFrame) -> pd.DataFrame:
    """Every unit wholly in the district of each chamber whose number the ledger keeps."""
    given = {chamber: name for chamber, name in _NUMBERED.items() if name in units}
    if not given:
        place = Place("ledger", argument="coverage")
        found = f"none, and the ledger keeps no {' or '.join(_NUMBERED.values())}"
        allowed = f"a table of {', '.join(_COLUMNS)}"
        fix = "hand over coverage (--coverage), or the State Board's workbook, whose Base Calc "
        fix += "sheet has the numbers"
        raise InputError([missing(place, found, allowed, fix=fix)])
    rows, faults = [], list[Fault]()
    for chamber, name in given.items():
        for unit, said in units[name].items():
            number = number_of(said)
            if number is not None and not number <= DISTRICTS[chamber]:
                continue  # a blank, or the State Board's number for several: in no district
            if (district := district_in(chamber, said)) is None:
                faults.append(no_district(Place(unit=str(unit), column=name), chamber, said))
            else:
                rows.append((chamber, district, unit, 1.0))
    if not rows and not faults:
        place = Place("ledger", column=" and ".join(given.values()))
        faults.append(missing(place, "no number that a district has", "numbers of districts"))
    if faults:
        raise InputError(faults)
    return pd.DataFrame(rows, columns=[*_COLUMNS])


def _district_asked(chamber: object, number: object) -> tuple[str, int]:
    """The district that is asked for; raises InputError for what is none."""
    meant = chamber_in(chamber)
    if meant is None:
        raise InputError([no_chamber(Place(argument="chamber"), chamber)])
    which = district_in(meant, number)
    if which is None:
        raise InputError([no_district(Place(argument="number"), meant, number)])
    return meant, which


def _compared(before: Ledger, after: Ledger) -> Comparison:
    """The two ledgers side by side; raises InputError unless they are of the same units."""
    found = compare(before, after)
    if alone := [*found.only_before.index, *found.only_after.index]:
        said = f"units that one of the two alone has: {len(alone):,}, {alone[0]} among them"
        fix = "ebf.compare takes ledgers of other units"
        place = Place(argument="before")
        raise InputError([contradiction(place, said, "a ledger of the same units", fix=fix)])
    return found


# --- What each unit is split into ------------------------------------------------------


def _summed(parts: pd.DataFrame) -> pd.DataFrame:
    """Of every chamber and unit with a row: in how many districts, the sum of its shares, the rest.

    No rest where rounding explains it: two shares of two decimals sum to 1 within twice 0.005.
    Below 0 it is what they have too much.
    """
    groups = parts.groupby(["chamber", ID])["share"]
    found = pd.DataFrame({"districts": groups.size(), "sum_of_shares": groups.sum()})
    rest = 1 - found["sum_of_shares"]
    is_rounding = rest.abs() <= _ROUNDED * found["districts"] + _NOISE
    return found.assign(share_in_no_district=rest.where(~is_rounding, 0.0))


def _sums(parts: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """The same of every chamber and unit of the ledger, with its name and new money."""
    chambers = parts["chamber"].unique()
    every = pd.MultiIndex.from_product([chambers, sorted(units.index)], names=["chamber", ID])
    absent = {"districts": 0, "sum_of_shares": 0.0, "share_in_no_district": 1.0}
    found = _summed(parts).reindex(every).fillna(absent).astype({"districts": int})
    of_units = units.reindex(every.get_level_values(ID)).set_axis(every)
    if _MONEY in units:
        found["tier_funding_in_no_district"] = found["share_in_no_district"] * of_units[_MONEY]
    shown = [name for name in ("name", "organization_type") if name in units]
    return of_units[shown].join(found)


def _placed(parts: pd.DataFrame, sums: pd.DataFrame) -> pd.DataFrame:
    """The parts of every unit, which are the whole of it in each chamber."""
    of_unit = sums.loc[pd.MultiIndex.from_frame(parts[["chamber", ID]])]
    is_whole = of_unit["share_in_no_district"].to_numpy() == 0
    whole = np.where(is_whole, of_unit["sum_of_shares"], 1.0)
    rest = sums["share_in_no_district"]
    lacking = rest[rest > 0].rename("share").reset_index().assign(district=_NO_DISTRICT)
    return pd.concat([parts.assign(share=parts["share"] / whole), lacking], ignore_index=True)


def _by_district(placed: pd.DataFrame, amounts: pd.DataFrame) -> pd.DataFrame:
    """The amounts of the units, by their parts in each district; units with any part count."""
    of_units = amounts.loc[placed[ID]].reset_index(drop=True)
    is_count = [_measure(name) is Measure.COUNT for name in amounts]
    share = placed["share"].to_numpy()[:, None]
    split = of_units * np.where(is_count, share > 0, share)
    found = split.groupby([placed[key] for key in _KEYS]).sum()
    return found.astype({name: int for name, is_one in zip(found, is_count, strict=True) if is_one})


# --- What is rolled up -----------------------------------------------------------------


def _amounts(ledger: Ledger, units: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """What is rolled up of every unit, and what the ledger lacks for more."""
    found, left_out = {"units": pd.Series(1.0, index=units.index)}, []

    def known(name: str, *needs: str) -> bool:
        if lacking := [each for each in needs if each not in ledger.values]:
            left_out.append(f"{name}: the ledger has no {', no '.join(lacking)}.")
        return not lacking

    if known("units by tier", _TIER):
        found |= {f"units_tier_{code}": units[_TIER] == code for code in _CODES}
    if known("pupils", _PUPILS):
        found[_PUPILS] = units[_PUPILS]
    if known("pupils by tier", _PUPILS, _TIER):
        of_tier = {code: units[_PUPILS] * (units[_TIER] == code) for code in _CODES}
        found |= {f"{_PUPILS}_tier_{code}": pupils for code, pupils in of_tier.items()}
    found |= {name: units[name] for name in _DOLLARS if known(name, name)}
    if known(_GAP, _TARGET, _RESOURCES, _COUNTED):
        lacking = float(ledger.law.value(_EDGE).item()) * units[_TARGET] - units[_RESOURCES]
        found[_GAP] = lacking.clip(lower=0.0) * units[_COUNTED]
    if not any(name in ledger.values for name in _FTE):
        said = "the ledger has no positions (FTE), which raw counts of pupils give"
        left_out.append(f"{_POSITIONS}: {said}.")
    elif known(_POSITIONS, *_FTE, _PERCENT, _COUNTED):
        fte = units[[column for name in _FTE for column in columns_of(name)]].sum(axis=1)
        found[_POSITIONS] = fte * (1 - units[_PERCENT]).clip(lower=0.0) * units[_COUNTED]
    return pd.DataFrame(found).astype(float), left_out


def _beside(amounts: pd.DataFrame, then: pd.DataFrame) -> pd.DataFrame:
    """The amounts, each with what it was before, and its change."""
    both = [name for name in amounts if name in then]
    old, new = then.loc[amounts.index, both], amounts[both]
    return pd.concat([amounts, old.add_suffix(_BEFORE), (new - old).add_suffix(_CHANGE)], axis=1)


def _side_by_side(sums: pd.Series[float], names: list[str]) -> pd.DataFrame:
    """Sums before and after, and their change."""
    sides = {"before": _BEFORE, "after": "", "change": _CHANGE}
    of_sides = {
        called: sums.reindex([f"{name}{side}" for name in names]).set_axis(names)
        for called, side in sides.items()
    }
    return pd.DataFrame(of_sides)


def _measure(name: object) -> Measure:
    """What a column of the frame counts."""
    words = str(name)
    if words.startswith("units"):
        return Measure.COUNT
    if words.startswith(_PUPILS):
        return Measure.STUDENTS
    return Measure.FTE if words.startswith(_POSITIONS) else Measure.DOLLARS


# --- What is said ----------------------------------------------------------------------


def _of_a_district(shares: pd.Series[float]) -> Iterator[str]:
    """What the amounts of a district's units are of."""
    yield "New money is tier funding of the year; the base that units keep is not in it."
    yield "Pupils are Average Student Enrollment; percents are resources over the Adequacy Target."
    if (shares < 1).any():
        yield (
            "Pupils, percent and money of a unit are of all of it; in the district is its share, "
            "as if its pupils were alike everywhere."
        )


def _of_shares(parts: pd.DataFrame, sums: pd.DataFrame, *, given: bool) -> Iterator[str]:
    if given:
        yield "Every amount of a unit is split by its shares in the districts."
    else:
        yield from _BY_NUMBERS
    if none := int((parts["share"] == 0).sum()):
        yield f"Rows with a share of 0, which count for nothing: {none:,}."
    for chamber, of_chamber in sums.groupby("chamber"):
        yield from _of_chamber(str(chamber), of_chamber)
    yield (
        "The rows of a chamber, with the one of no district, add up to the state: "
        "no amount is rounded."
    )


def _meanings(ledger: Ledger) -> Mapping[str, str]:
    """What columns mean."""
    edge = float(ledger.law.value(_EDGE).item())
    return {
        "units": "A unit counts in every district that has a part of it.",
        "units_tier_0": "Tier 0 is no tier.",
        _PUPILS: "Pupils are Average Student Enrollment.",
        _MONEY: "New money is tier funding of the year.",
        _GAP: (
            f"The gap is what units in the distribution lack to {percent(edge)} of adequacy; "
            "what others have beyond counts for none."
        ),
        _POSITIONS: (
            "Positions short at full funding are the FTE that the formula gives units in the "
            "distribution, times what they lack to 100 % of adequacy."
        ),
    }


def _of_chamber(chamber: str, sums: pd.DataFrame) -> Iterator[str]:
    """How the shares of the units of a chamber sum."""
    rest, total = sums["share_in_no_district"], sums["sum_of_shares"]
    rounded = (rest == 0) & ((total - 1).abs() > _NOISE)
    absent = sums["districts"] == 0
    short = (rest > 0) & ~absent
    if rounded.any():
        yield (
            f"{chamber}, units with shares that sum to 1 but for rounding to two decimals, "
            f"and are divided by their sum: {rounded.sum():,}."
        )
    for which, what in (
        (short, "with shares that sum to less than 1, beyond rounding, the rest of which is"),
        (absent, "that are"),
    ):
        if which.any():
            money = sums.get("tier_funding_in_no_district")
            said = "" if money is None else f", with {dollars(money[which].sum())} of new money"
            yield f"{chamber}, units {what} {_NAMED[_NO_DISTRICT]}: {which.sum():,}{said}."


def _without(parts: pd.DataFrame) -> Iterator[str]:
    """Chambers and districts of which nothing was handed over."""
    for chamber, count in DISTRICTS.items():
        found = parts.loc[parts["chamber"] == chamber, "district"].nunique()
        if lacking := count - found:
            which = "all" if not found else f"{lacking:,} of"
            yield f"{chamber}: {which} {count:,} districts, in which no unit was handed over."
