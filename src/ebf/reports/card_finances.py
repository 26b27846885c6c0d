"""The finances of districts for their report cards: read, checked, and put to the formula's lines.

Holds: Finances, KIND, FLAG, TEXT, PUBLISHED_PERCENT, AS_PUBLISHED, Given, finances_of, year_of,
districts_of, paired.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from os import PathLike
from typing import Final, TypeAlias

import numpy as np
import pandas as pd

from ebf.faults import (
    SHOWN,
    Fault,
    InputError,
    Place,
    as_name,
    contradiction,
    described,
    missing,
    out_of_range,
    repeated,
    unknown_name,
    unknown_unit,
)
from ebf.files import Source
from ebf.law.columns import DISTRICTS
from ebf.law.parameters import law
from ebf.law.report_card import REPORT_CARD
from ebf.ledger import Ledger
from ebf.numbers import number_of
from ebf.reports.similar_districts import SHARES
from ebf.units.handed_over import FrameOrFile, handed_over
from ebf.units.ids import ID, id_faults, id_in, is_blank_cell
from ebf.units.isbe.report_card import OfCard, card_of, is_report_card, read_report_card
from ebf.units.marks import NOT_PUBLISHED
from ebf.units.table import source_of

Finances: TypeAlias = FrameOrFile
"""A table of finances, or a file of one, or of the State Board's report card data set."""

KIND, FLAG = "organization_type", "article_34_district"
TEXT: Final = ("name", "county", KIND)
_OF_FORMULA: Final = (
    "adequacy_target",
    "final_resources",
    "final_percent_of_adequacy",
    "local_capacity_percentage",
    "adjusted_local_capacity_target",
    "real_receipts",
    FLAG,
)
"""Lines of the formula that cards show, or that they stand on."""
PUBLISHED_PERCENT: Final = "percent_of_adequacy"
AS_PUBLISHED: Final = ("eav_per_pupil", "total_tax_rate_per_100")
_PAIRS: Final = (
    ("general_administration_expenditure", "total_expenditure"),
    ("trs_normal_cost_paid_by_state", "pupils"),
    ("eav_of_card_tax_year", "nine_month_average_daily_attendance"),
)
"""What is divided, and by what: who lacks one of both counts in no sum."""
_COSTS: Final = "10-17a(2)(L)"
_CHICAGO: Final = "10-17a(2)(H)"
_OF_CHICAGO: Final = ("state_pension_contribution", "state_health_contribution")


@dataclass(frozen=True)
class Given:
    """Finances by unit id, what is known of the published card that they are, their file."""

    frame: pd.DataFrame | None = None
    of_card: OfCard | None = None
    source: Source | None = None


def finances_of(finances: Finances | None, year: int | None) -> Given:
    """The finances that are handed over, checked; ``year`` is that of a published card's file."""
    if finances is None:
        return Given()
    frame = _frame(finances, year)
    of_card = card_of(frame)
    source = source_of(frame) if of_card is None else of_card.source
    frame = frame.reset_index() if ID in frame.index.names else frame
    _check_columns(frame, of_card)
    ids = [id_in(each) or each for each in frame[ID].tolist()]
    counts = Counter(map(as_name, ids))
    faults = id_faults(ids, {}) + [
        repeated(Place(unit=unit, column=ID), f"{count} rows", "one row a district")
        for unit, count in counts.items()
        if count > 1
    ]
    if not faults:
        frame = frame.drop(columns=ID).set_axis(pd.Index(ids, name=ID))
        faults = [*_share_faults(frame), *_administration_faults(frame, of_card)]
    if faults:
        raise InputError(faults)
    return Given(frame, of_card, source)


def _frame(finances: Finances, year: int | None) -> pd.DataFrame:
    """The table, read from its file where it is one."""
    if isinstance(finances, (str, bytes, PathLike)) and is_report_card(finances):
        if year is None:
            fix = "year=2022 (--fiscal-year 2022) is the card of the school year 2021-22"
            place = Place(argument="year")
            raise InputError([missing(place, "no year", "the year of the card", fix=fix)])
        return read_report_card(finances, year)
    return handed_over(finances, "finances")


def _check_columns(frame: pd.DataFrame, of_card: OfCard | None) -> None:
    """Refuse columns that no card has; a published card has more."""
    known = {ID, *TEXT, FLAG, *REPORT_CARD.inputs, *SHARES}
    allowed = f"one of {', '.join((*REPORT_CARD.inputs, *SHARES, FLAG))}"
    faults = [
        unknown_name(Place("finances", column=name), "unknown column", allowed, known)
        for name in frame.columns
        if name not in known and of_card is None
    ]
    if ID not in frame.columns:
        faults.append(missing(Place("finances", column=ID), "no such column", "ids of districts"))
    if faults:
        raise InputError(faults)


def _share_faults(finances: pd.DataFrame) -> Iterator[Fault]:
    """Shares that are none."""
    for name in (each for each in SHARES if each in finances):
        for unit, said in finances[name].items():
            share = number_of(said)
            if share is None or share < 0 or share > 1:
                place = Place(unit=str(unit), column=name)
                allowed = "a share from 0 to 1 (23.5 % is 0.235)"
                yield out_of_range(place, described(said), allowed, "10-17a")


def _administration_faults(finances: pd.DataFrame, of_card: OfCard | None) -> Iterator[Fault]:
    """More administration than spending; in a table of one's own, one of them without the other."""
    part, whole = _PAIRS[0]
    if not {part, whole} <= {*finances}:
        return
    for unit, *cells in finances[[part, whole]].itertuples(name=None):
        divided, by = map(number_of, cells)
        if divided is None or by is None:  # a fault of its own
            continue
        if np.isnan(divided) != np.isnan(by) and of_card is None:
            lacking, there = (part, whole) if np.isnan(divided) else (whole, part)
            place, allowed = Place(unit=str(unit), column=lacking), f"a number, as {there} is one"
            yield missing(place, "blank", allowed, _COSTS, "or leave both blank")
        elif divided > by:
            place, allowed = Place(unit=str(unit), column=part), f"at most {whole}, {by:,.15g}"
            yield contradiction(place, f"{divided:,.15g}", allowed, _COSTS)


def year_of(ledger: Ledger | None, of_card: OfCard | None, year: int | None) -> int:
    """The year of the card, which all that say one agree on."""
    said = {
        "the ledger": ledger.fiscal_year if ledger else None,
        "the State Board's card": of_card.year if of_card else None,
        "year": year,
    }
    known = {what: each for what, each in said.items() if each is not None}
    place = Place(argument="year")
    if not known:
        fix = "year=2022 (--fiscal-year 2022) is the card of the school year 2021-22"
        raise InputError([missing(place, "no year", "the year of the card", fix=fix)])
    if len({*known.values()}) > 1:
        found = ", ".join(f"{each} of {what}" for what, each in known.items())
        allowed = "one year: a card shows the formula of the fiscal year that it is called by"
        raise InputError([contradiction(place, found, allowed, "10-17a(2)")])
    return next(iter(known.values()))


def districts_of(ledger: Ledger | None, given: Given) -> tuple[pd.DataFrame, list[str]]:
    """The districts with all that is known of them, and what is left out."""
    left_out: list[str] = []
    if ledger is None:
        units = _as_published(given)
    else:
        own = ledger.units
        units = own[[name for name in (*TEXT, *_OF_FORMULA, "tier") if name in own]]
        if given.frame is not None:
            units, left_out = _joined(units, given.frame, given.of_card)
        is_district = units[KIND].isin(DISTRICTS)
        if aside := int((~is_district).sum()):
            left_out.append(f"Units that are no districts, and have no such card: {aside:,}.")
        units = units[is_district].copy()
        units.attrs[NOT_PUBLISHED] = ledger.table.marks
    if faults := [*_chicago_faults(units)]:
        raise InputError(faults)
    return units, left_out


def paired(units: pd.DataFrame) -> pd.DataFrame:
    """The districts with both halves of every pair, or none: who lacks one counts in no sum."""
    units = units.copy()
    for names in _PAIRS:
        if {*names} <= {*units}:
            lacking = units[[*names]].isna().any(axis=1)
            units.loc[lacking, [*names]] = np.nan
    return units


def _as_published(given: Given) -> pd.DataFrame:
    """Finances alone; of a published card its percents of adequacy too."""
    if given.frame is None:
        place = Place(argument="ledger, finances")
        allowed = "a ledger by 18-8.15, finances, or both"
        raise InputError([missing(place, "neither", allowed, "10-17a(2)")])
    frame = given.frame
    if given.of_card is not None:
        frame = frame.drop(columns=["administrative_costs_percent"], errors="ignore")
        if PUBLISHED_PERCENT in frame:
            frame = _with_percents(frame, given.of_card)
    if KIND in frame and (other := ~frame[KIND].isin(DISTRICTS)).any():
        allowed = f"a kind of district: {', '.join(sorted(DISTRICTS))}; others have no such card"
        raise InputError(
            out_of_range(Place(unit=str(unit), column=KIND), described(kind), allowed, "10-17a")
            for unit, kind in frame.loc[other, KIND].items()
        )
    return frame


def _with_percents(frame: pd.DataFrame, of_card: OfCard) -> pd.DataFrame:
    """Published percents as the formula's; where some lack one, they are shown as published."""
    percents = frame[PUBLISHED_PERCENT]
    if percents.isna().any() and {*_PAIRS[0]} <= {*frame}:
        return frame
    whole = law(of_card.year, statute=REPORT_CARD.section).value("report_card_whole")
    of_formula = frame.drop(columns=PUBLISHED_PERCENT).assign(
        final_percent_of_adequacy=percents / whole.item()
    )
    return of_formula[percents.notna()]


def _joined(
    units: pd.DataFrame, finances: pd.DataFrame, of_card: OfCard | None
) -> tuple[pd.DataFrame, list[str]]:
    """The units with their finances; a published card may have districts beside the ledger's."""
    faults, left_out = list[Fault](), []
    unknown = [each for each in finances.index if each not in units.index]
    if unknown and of_card is not None:
        left_out.append(f"Districts of the card that the ledger has not: {len(unknown):,}.")
    elif unknown:
        near, place = units.index if len(unknown) <= SHOWN else (), Place("finances", column=ID)
        faults += [unknown_unit(place, each, "a unit of the ledger", near) for each in unknown]
    if FLAG in units and FLAG in finances:
        place = Place("finances", column=FLAG)
        faults.append(repeated(place, "a second one", "that of the ledger alone"))
    if KIND in finances:
        theirs = finances[KIND].astype(object).reindex(units.index)
        other = pd.Series(
            [
                not is_blank_cell(said) and as_name(said) != kind and kind != "hybrid"
                for said, kind in zip(theirs, units[KIND], strict=True)
            ],
            units.index,
            dtype=bool,
        )
        if other.any() and of_card is not None:
            said = "Districts of another kind on the card than in the ledger, whose kind stands"
            left_out.append(f"{said}: {int(other.sum()):,}.")
        elif other.any():
            faults += [
                contradiction(
                    Place(unit=str(unit), column=KIND),
                    described(theirs[unit]),
                    f"{units.loc[unit, KIND]}, as in the ledger",
                )
                for unit in units.index[other]
            ]
    if faults:
        raise InputError(faults)
    taken = [*REPORT_CARD.inputs, *SHARES, *AS_PUBLISHED, FLAG]
    more = finances[[name for name in taken if name in finances]].reindex(units.index)
    return units.join(more), left_out


def _chicago_faults(units: pd.DataFrame) -> Iterator[Fault]:
    """Contributions for Chicago's funds that another district is said to have."""
    flags = units[FLAG] if FLAG in units else pd.Series(0.0, units.index)
    is_chicago = flags.astype(object).map(partial(number_of, is_flag=True)).astype(float) > 0
    if (count := int(is_chicago.sum())) > 1:
        allowed = "1 for one district alone: (H) is of the district under Article 34"
        yield contradiction(Place("finances", column=FLAG), f"{count} districts", allowed, _CHICAGO)
    for name in (each for each in _OF_CHICAGO if each in units):
        given = units[name].astype(object).map(number_of).fillna(0) != 0
        for unit in units.index[given & ~is_chicago]:
            allowed = f"0 or blank, or {FLAG} = 1: (H) is of the district under Article 34 alone"
            place = Place(unit=str(unit), column=name)
            found = f"{number_of(units.loc[unit, name]):,.15g}"
            yield contradiction(place, found, allowed, _CHICAGO)
