"""A ledger by legislative district: what the units of each House and Senate district come to.

Holds: Coverage, DISTRICTS, Legislative, legislative.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
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
    described,
    missing,
    nearest,
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
from ebf.show.answer import Answer
from ebf.show.document import Table
from ebf.show.words import dollars, percent
from ebf.units.cells import remedy
from ebf.units.handed_over import FrameOrFile, frame_or_file
from ebf.units.ids import ID, LINES, id_faults, id_in
from ebf.units.kept import ALWAYS_KEPT

Coverage: TypeAlias = FrameOrFile
"""A table of shares, or a file of one."""

DISTRICTS: Final[Mapping[str, int]] = MappingProxyType({"House": 118, "Senate": 59})
"""The chambers, and how many districts each has: Ill. Const. 1970, art. IV, sec. 1."""

_NUMBERED: Final = dict(zip(DISTRICTS, ALWAYS_KEPT, strict=True))
"""The chambers' columns on the Base Calc sheet."""
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
    FTE. ``sums`` has a row a chamber and unit whose shares do not sum to 1: how many districts,
    the sum, and what share of the unit and of its new money is in no district.
    """

    fiscal_year: int
    frame: pd.DataFrame
    state: pd.Series[float]
    sums: pd.DataFrame

    @property
    def title(self) -> str:
        """What it is called."""
        return f"Evidence-Based Funding, FY{self.fiscal_year}: by legislative district"

    @property
    def _year(self) -> int:
        return self.fiscal_year

    def _tables(self) -> list[Table]:
        shown = self.frame.rename(index=_NAMED, level="district")
        measures = {str(name): _measure(name) for name in shown}
        state = self.state.to_frame("value").rename_axis("what")
        by_kind = {
            "money": ("Money and positions", {Measure.DOLLARS, Measure.FTE}),
            "pupils": ("Pupils", {Measure.STUDENTS}),
            "units": ("Units", {Measure.COUNT}),
        }
        return [
            Table.of("state", "The state", state, of_rows=tuple(map(_measure, state.index))),
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


def legislative(ledger: Ledger, coverage: Coverage | None = None) -> Legislative:
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

    Raises:
        InputError: every fault of the coverage: columns, ids, units that the ledger has not,
            chambers, districts and shares that are none, a row twice, shares of a unit in a
            chamber that sum to more than 1 and their rounding; without coverage, for a ledger
            without those numbers. For several scenarios.
    """
    check_ledger(ledger)
    check_one_state(ledger)
    units = ledger.units
    parts = _of_ledger(units) if coverage is None else _of_coverage(coverage, units.index)
    parts = parts.sort_values([*_KEYS, ID], ignore_index=True)  # sums are by no order of rows
    amounts, left_out = _amounts(ledger, units)
    sums = _sums(parts, units)
    placed = _placed(parts, sums)
    whole = pd.DataFrame({"chamber": "", "district": 0, ID: units.index, "share": 1.0})
    return Legislative(
        sources=known_sources(units=ledger.source),
        fiscal_year=ledger.fiscal_year,
        frame=_by_district(placed, amounts),
        state=_by_district(whole.sort_values(ID), amounts).iloc[0].rename("state").astype(float),
        sums=sums[(sums["sum_of_shares"] - 1).abs() > _NOISE],
        assumptions=(
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
    meant = chamber.strip().capitalize() if isinstance(chamber, str) else ""
    if meant not in DISTRICTS:
        allowed = " or ".join(DISTRICTS)
        faults.append(out_of_range(place(column="chamber"), _found(chamber), allowed))
    elif (number := _district(meant, district)) is None:
        faults.append(_no_district(place(column="district"), meant, district))
    part = number_of(share)
    if part is None or not 0 <= part <= 1:
        allowed = "a share from 0 to 1 (68 % is 0.68)"
        where = place(column="share")
        faults.append(out_of_range(where, _found(share), allowed, fix=remedy(share)))
    return faults or (meant, number, unit, part)  # type: ignore[return-value]  # checked


def _district(chamber: str, said: object) -> int | None:
    """The number of a district of a chamber; None for what is none."""
    number = number_of(said)
    is_one = number is not None and 1 <= number <= DISTRICTS[chamber] and number == number // 1
    return int(number) if number is not None and is_one else None


def _no_district(place: Place, chamber: str, said: object) -> Fault:
    allowed = f"a district of the {chamber}, 1 to {DISTRICTS[chamber]}"
    return out_of_range(place, _found(said), allowed)


def _found(cell: object) -> str:
    number = number_of(cell)
    if number is None:
        return described(cell)
    return "blank" if np.isnan(number) else f"{number:.15g}"


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
        fix = "hand over coverage (--coverage), or the State Board's Base Calc sheet"
        raise InputError([missing(place, found, allowed, fix=fix)])
    rows, faults = [], list[Fault]()
    for chamber, name in given.items():
        for unit, said in units[name].items():
            number = number_of(said)
            if number is not None and not number <= DISTRICTS[chamber]:
                continue  # a blank, or the State Board's number for several: in no district
            if (district := _district(chamber, said)) is None:
                faults.append(_no_district(Place(unit=str(unit), column=name), chamber, said))
            else:
                rows.append((chamber, district, unit, 1.0))
    if not rows and not faults:
        place = Place("ledger", column=" and ".join(given.values()))
        faults.append(missing(place, "no number that a district has", "numbers of districts"))
    if faults:
        raise InputError(faults)
    return pd.DataFrame(rows, columns=[*_COLUMNS])


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


def _measure(name: object) -> Measure:
    """What a column of the frame counts."""
    words = str(name)
    if words.startswith("units"):
        return Measure.COUNT
    if words.startswith(_PUPILS):
        return Measure.STUDENTS
    return Measure.FTE if words == _POSITIONS else Measure.DOLLARS


# --- What is said ----------------------------------------------------------------------


def _of_shares(parts: pd.DataFrame, sums: pd.DataFrame, *, given: bool) -> Iterator[str]:
    if given:
        yield "Every amount of a unit is split by its shares in the districts."
    else:
        numbers = " and ".join(_NUMBERED.values())
        yield f"Every unit is taken to be wholly in the districts of its {numbers}."
        yield "Large units lie in several districts: a table of shares (coverage) would say so."
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
