"""The money on a district's report card, 10-17a(2)(G)-(L), from a ledger and its finances.

Holds: ReportCard, Card, DistrictCard, report_card.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from os import PathLike
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd

from ebf.engine.record import check_one_state
from ebf.faults import (
    Fault,
    InputError,
    Place,
    check_type,
    contradiction,
    described,
    missing,
    out_of_range,
    repeated,
)
from ebf.files import known_sources, write_file
from ebf.language.measure import Measure
from ebf.law.evidence import evidence_of
from ebf.law.funding import FUNDING
from ebf.law.names import NameKind, known_names
from ebf.law.parameters import law
from ebf.law.reading import readings_of
from ebf.law.report_card import REPORT_CARD
from ebf.law.years import YEARS
from ebf.ledger import Ledger, calculate, check_ledger
from ebf.numbers import number_of
from ebf.reports.card_finances import (
    AS_PUBLISHED,
    FLAG,
    PUBLISHED_PERCENT,
    TEXT,
    Finances,
    districts_of,
    finances_of,
    paired,
    year_of,
)
from ebf.reports.similar_districts import SHARES, beside, nearest
from ebf.show.answer import Answer
from ebf.show.document import Table
from ebf.units.csv_and_parquet import write_csv
from ebf.units.ids import ID
from ebf.units.isbe.report_card import OfCard
from ebf.units.marks import sentences

_HELD: Final = {
    "percent_of_adequacy_on_card": "percent_of_adequacy",
    "administrative_costs_percent": "administrative_costs_percent",
    "tier": "tier",
}
"""Figures, and the columns of a published card that they are held against."""
_YEARS_BACK: Final = 5
_NEAREST: Final = 10
_UNITS_SHOWN: Final = 30
_HALF_A_TENTH: Final = 0.05 + 1e-9


@dataclass(frozen=True)
class _Figure:
    """A figure of the card: its cite, what it counts, of which year it is.

    ``later`` is how many years the card is behind that year; ``needs`` is the column that it
    is blank without, or where that is 0; ``state`` the line of the state's value.
    """

    name: str
    cite: str
    measure: Measure | str
    of: str
    later: int = 0
    needs: str = ""
    state: str = ""

    def year_in_words(self, card: int) -> str:
        """The year that it is of: ``FY2022``, ``school year 2020-21``, ``tax year 2019``."""
        if self.of == "as reported":
            return self.of
        year = card - self.later
        span = f"{year - 1}-{year % 100:02d}" if self.of == "school year" else str(year)
        return f"{self.of}{'' if self.of == 'FY' else ' '}{span}"


def _figure(name: str, of: str = "FY", later: int = 0, *, needs: str = "", state: str = "") -> Any:
    """A figure that is a line or an input of a statute."""
    known = known_names()[name]
    cite = str(known.cite)
    return _Figure(name, cite, known.measure or "", of, later, needs, state)


_SPENT, _TARGET = ("school year", 1), "adequacy_target"
_ADMINISTRATION, _PERCENT = "administrative_costs_percent", "percent_of_adequacy_on_card"


def _figures() -> Iterator[_Figure]:
    """The figures in the order of the section, then what the State Board shows beside them."""
    yield _figure("trs_normal_cost_paid_by_state", "FY", 1)
    yield _figure("normal_cost_per_pupil", "FY", 1, needs="pupils",
                  state="state_normal_cost_per_pupil")  # fmt: skip
    for what in ("pension", "health"):
        yield _figure(f"article_34_{what}_contribution", "as reported", needs=FLAG)
    yield _figure(_PERCENT, needs=_TARGET, state="state_percent_of_adequacy")
    for name in ("local_capacity_percent_by_law", "local_capacity_percent_by_state_board"):
        yield _figure(name, needs=_TARGET, state=f"state_{name}")
    yield _figure("real_receipts_percent", needs=_TARGET, state="state_real_receipts_percent")
    yield _figure("administrative_costs_by_law", *_SPENT)
    yield _figure(_ADMINISTRATION, *_SPENT, needs="total_expenditure",
                  state="state_administrative_costs_percent")  # fmt: skip
    yield _figure("receipts_percent_of_adjusted_target", needs="adjusted_local_capacity_target",
                  state="state_receipts_percent_of_adjusted_target")  # fmt: skip
    for name in (_TARGET, "final_resources", "adjusted_local_capacity_target", "real_receipts"):
        yield _figure(name)
    yield _figure("tier")
    yield _figure("eav_per_pupil_on_card", "tax year", 3,
                  needs="nine_month_average_daily_attendance")  # fmt: skip
    for name, measure in zip(AS_PUBLISHED, (Measure.DOLLARS_PER_STUDENT, ""), strict=True):
        yield _Figure(name, "10-17a(2)", measure, "tax year", 3)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ReportCard(Answer):
    """What :func:`report_card` found.

    ``frame`` has a row a district: its text, and the figures of the card by their names;
    percents are in percent. ``state`` has a row a figure: the state's value, what it rests on,
    and what the State Board published of it. ``published`` has a row a figure of the State
    Board's own card, where that was handed over: of how many districts it was compared, and of
    how many it is the same, to the decimal that is published. ``differing`` names the others.
    ``earlier`` are the cards of the five years before that are in hand. ``ledger`` is the
    calculation by 10-17a; :meth:`district` is the card of one district.
    """

    year: int
    frame: pd.DataFrame
    state: pd.DataFrame
    published: pd.DataFrame
    differing: pd.DataFrame
    earlier: Mapping[int, ReportCard]
    ledger: Ledger

    def to_csv(self, path: str | PathLike[str]) -> None:
        """A row a district, as a CSV file, safe to open with a spreadsheet.

        Raises OSError where the file cannot be written.
        """
        write_file(path, partial(write_csv, self.frame))

    @property
    def title(self) -> str:
        """What it is called."""
        return f"Money on the report cards of {self.year}: {len(self.frame):,} districts"

    @property
    def _year(self) -> int:
        return self.year

    def _tables(self) -> list[Table]:
        measures = {each.name: str(each.measure) for each in _figures_in(self)}
        by_row = tuple(measures[str(name)] for name in self.state.index)
        shown = self.frame.drop(columns=[*SHARES, "county"], errors="ignore")
        return [
            Table.of("years", "What each figure is of", _years(self)),
            Table.of("state", "The state, districts with a card taken together", self.state,
                     {"districts": Measure.COUNT}, of_rows=by_row),
            *([Table.of("published", "Beside the State Board's own card", self.published,
                        Measure.COUNT)] if len(self.published) else []),
            Table.of("districts", "By district", shown, measures, most=_UNITS_SHOWN),
        ]  # fmt: skip

    def district(self, unit: str, *, similar: int = _NEAREST) -> DistrictCard:
        """The card of one district, beside the state, the years before and similar districts.

        ``similar`` is how many districts are taken for similar. Raises InputError for a unit
        that is none of the card's, by id or name, and for no number of districts.
        """
        check_type("similar", similar, int, "a number of districts")
        if similar < 1:
            raise InputError([out_of_range(Place(argument="similar"), str(similar), "1 or more")])
        return _district(self, self.ledger.unit_id(unit), similar)


Card: TypeAlias = "Ledger | ReportCard"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DistrictCard(Answer):
    """The card of one district; made by :meth:`ReportCard.district`.

    ``frame`` has a row a figure: cite, the year that it is of, its value, the state's, the
    median of similar districts, the rank with them (the highest first) and how many have the
    figure. ``years`` has a row a figure and a column a year, the card's and the five before;
    what is not in hand is blank. ``similar`` has the districts that are taken for similar.
    """

    year: int
    unit_id: str
    name: str
    frame: pd.DataFrame
    years: pd.DataFrame
    similar: pd.DataFrame
    ledger: Ledger

    def to_csv(self, path: str | PathLike[str]) -> None:
        """A row a figure, as a CSV file, safe to open with a spreadsheet.

        Raises OSError where the file cannot be written.
        """
        write_file(path, partial(write_csv, self.frame))

    @property
    def title(self) -> str:
        """What it is called."""
        return f"Money on the report card of {self.year}: {self.name or self.unit_id}"

    @property
    def _year(self) -> int:
        return self.year

    def _tables(self) -> list[Table]:
        of = {each.name: str(each.measure) for each in _figures()}
        by_row = tuple(of[str(name)] for name in self.frame.index)
        counts = dict.fromkeys(("rank", "similar_with_it"), str(Measure.COUNT))
        shares = {"distance": str(Measure.PERCENT), **dict.fromkeys(SHARES, str(Measure.SHARE))}
        return [
            Table.of("figures", "The card", self.frame, counts, of_rows=by_row),
            Table.of("years", "The last five years", self.years, of_rows=by_row),
            *([Table.of("similar", "Similar districts", self.similar, shares)]
              if len(self.similar) else []),
        ]  # fmt: skip


def report_card(
    ledger: Ledger | None = None,
    finances: Finances | None = None,
    *,
    year: int | None = None,
    earlier: Mapping[int, Card] | Iterable[Card] = (),
) -> ReportCard:
    """What the report cards of a year say about money, district by district.

    Args:
        ledger: Of one state, by 18-8.15, of the fiscal year that the card is of: percents,
            targets, receipts and tiers. Left out, the card has what ``finances`` give.
        finances: A row a district, or a file of them: ``unit_id`` and any of
            ``general_administration_expenditure``, ``total_expenditure`` (of the school year
            before), ``trs_normal_cost_paid_by_state`` (of the fiscal year before), ``pupils``,
            ``state_pension_contribution``, ``state_health_contribution`` (Chicago's),
            ``eav_of_card_tax_year``, ``nine_month_average_daily_attendance``,
            ``low_income_share``, ``special_education_share``, ``english_learner_share``; without
            a ledger ``organization_type`` too. Or what :func:`ebf.read_report_card` read.
        year: The card's, where neither says it: 2022 is the school year 2021-22.
        earlier: Ledgers or cards of the five years before, for comparison.

    Raises:
        InputError: every fault of the finances; for two years that differ; for several
            scenarios; where there is no figure to show.
    """
    if ledger is not None:
        _check_ledger(ledger)
    if year is not None:
        _check_year(year)
        year = int(year)
    given = finances_of(finances, ledger.fiscal_year if ledger and year is None else year)
    card_year = year_of(ledger, given.of_card, year)
    units, left_out = districts_of(ledger, given)
    before = _earlier(earlier, card_year)
    computed = _computed(units, card_year)
    shown = _shown(computed, units)
    published, differing = _held(shown, given.frame if given.of_card else None)
    if ledger is None:
        published = published.drop(index=["tier", _PERCENT], errors="ignore")
    return ReportCard(
        year=card_year,
        frame=shown,
        state=_state(computed, shown, given.of_card),
        published=published,
        differing=differing,
        earlier=before,
        ledger=computed,
        sources=known_sources(units=ledger.source if ledger else None, finances=given.source),
        assumptions=(*_rests_on(computed, shown, given.of_card, ledger),),
        left_out=(*left_out, *_lacking(shown, given.of_card), *_blank(shown)),
    )


# --- What is handed over ---------------------------------------------------------------


def _check_ledger(ledger: Ledger) -> None:
    """Refuse what is no ledger of one state by the formula."""
    check_ledger(ledger)
    check_one_state(ledger)
    if ledger.law.section != FUNDING.section:
        found = f"a ledger by {ledger.law.section}"
        allowed = f"one by {FUNDING.section}: ebf.calculate(units, ebf.law(YEAR))"
        raise InputError([contradiction(Place(argument="ledger"), found, allowed)])


def _check_year(year: int) -> None:
    """Refuse what is no year of a card."""
    allowed = f"the year of a report card, {YEARS[0]} to {YEARS[-1]}"
    check_type("year", year, (int, np.integer), allowed)
    if year not in YEARS:
        raise InputError([out_of_range(Place(argument="year"), str(year), allowed)])


def _computed(units: pd.DataFrame, year: int) -> Ledger:
    """The lines of the section that can be had of what is known of the districts."""
    own = law(year, statute=REPORT_CARD.section)
    there = {*units.columns, *own.known, FLAG}
    lines = [name for name, line in own.lines.items() if there >= {*line.reads}]
    if not lines:
        place = Place(argument="ledger, finances")
        allowed = "a ledger by 18-8.15, or finances with expenditures"
        raise InputError([missing(place, "nothing that a card shows", allowed, "10-17a(2)")])
    beside_it = ["tier", PUBLISHED_PERCENT, *AS_PUBLISHED, *SHARES]
    return calculate(paired(units).drop(columns=beside_it, errors="ignore"), own, lines=lines)


def _earlier(said: Mapping[int, Card] | Iterable[Card], year: int) -> Mapping[int, ReportCard]:
    """The cards of the five years before, by year."""
    check_type("earlier", said, Iterable, "ledgers or cards of the years before")
    pairs = said.items() if isinstance(said, Mapping) else [(None, each) for each in said]
    found: dict[int, ReportCard] = {}
    faults = list[Fault]()
    for key, each in pairs:
        check_type("earlier", each, (Ledger, ReportCard), "ledgers or cards of the years before")
        card = report_card(each) if isinstance(each, Ledger) else each
        place = Place(argument="earlier")
        if key not in {None, card.year}:
            found_ = f"one of {card.year} under {described(key)}"
            faults.append(contradiction(place, found_, "each under its own year"))
        if not year - _YEARS_BACK <= card.year < year:
            allowed = f"one of the five years before {year}: {year - _YEARS_BACK} to {year - 1}"
            faults.append(out_of_range(place, str(card.year), allowed, "10-17a"))
        if card.year in found:
            faults.append(repeated(place, f"two of {card.year}", "one of every year"))
        found[card.year] = card
    if faults:
        raise InputError(faults)
    return MappingProxyType(found)


# --- What is shown ---------------------------------------------------------------------


def _shown(computed: Ledger, units: pd.DataFrame) -> pd.DataFrame:
    """The figures of every district; blank where there is nothing to divide by."""
    own = computed.units.reindex(units.index)
    found = {name: own[name] for name in TEXT if name in own}
    for each in _figures():
        published = PUBLISHED_PERCENT if each.name == _PERCENT else each.name
        values = units.get(published) if published in units else own.get(each.name)
        if values is None:
            continue
        found[each.name] = values.map(number_of).astype(float)
        if each.needs in own:
            found[each.name] = found[each.name].where(own[each.needs].astype(float).fillna(0) > 0)
        elif each.needs == FLAG:
            found[each.name] = pd.Series(np.nan, units.index)
    for name in SHARES:
        if name in units:
            found[name] = units[name].map(number_of).astype(float)
    return pd.DataFrame(found, index=units.index)


def _state(computed: Ledger, shown: pd.DataFrame, of_card: OfCard | None) -> pd.DataFrame:
    """The state's values, with what they rest on."""
    rows = []
    for each in _figures():
        if each.state not in computed.values or each.name not in shown:
            continue
        has = int(shown[each.name].notna().sum())
        value = float(computed.statewide[each.state]) if has else np.nan
        is_published = each.name == _ADMINISTRATION
        rests = "a ratio of sums, " + (
            "the State Board's to one decimal" if is_published else "not published"
        )
        theirs = of_card.state.get(each.name, np.nan) if of_card else np.nan
        rows.append((each.name, value, has, rests, theirs))
    columns = ["figure", "value", "districts", "rests_on", "published"]
    return pd.DataFrame(rows, columns=columns).set_index("figure")


def _held(shown: pd.DataFrame, card: pd.DataFrame | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """How many figures are those of the State Board's card, and which are not."""
    counts, others = {}, []
    for figure, column in _HELD.items():
        if card is None or column not in card or figure not in shown:
            continue
        both = pd.DataFrame({"computed": shown[figure], "published": card[column]}).dropna()
        apart = (both["computed"] - both["published"]).abs() > _HALF_A_TENTH
        counts[figure] = {"compared": len(both), "same": int((~apart).sum())}
        others.append(both[apart].assign(figure=figure))
    frame = pd.DataFrame.from_dict(counts, orient="index", columns=["compared", "same"])
    rest = pd.concat(others) if others else pd.DataFrame(columns=["computed", "published"])
    return frame.rename_axis("figure"), rest.rename_axis(ID)


def _figures_in(card: ReportCard) -> list[_Figure]:
    """The figures that a card has."""
    return [each for each in _figures() if each.name in card.frame]


def _years(card: ReportCard) -> pd.DataFrame:
    """Of which year every figure is."""
    rows = {each.name: {"cite": each.cite, "of": each.year_in_words(card.year)}
            for each in _figures_in(card)}  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("figure")


def _district(card: ReportCard, unit: str, similar: int) -> DistrictCard:
    """The card of one district."""
    has_shares = {*SHARES} <= {*card.frame}
    near = nearest(card.frame, unit, similar) if has_shares else pd.DataFrame()
    rows = {each.name: _beside(card, each, unit, near.index) for each in _figures_in(card)}
    past = range(card.year, card.year - _YEARS_BACK - 1, -1)
    years = {
        each.name: {str(year): _in_year(card, year, unit, each.name) for year in past}
        for each in _figures_in(card)
    }
    left_out = []
    if lacking := [str(year) for year in past[1:] if year not in card.earlier]:
        left_out.append(f"Years not in hand: {', '.join(lacking)}.")
    if not has_shares:
        left_out.append(f"Similar districts: the finances have not all of {', '.join(SHARES)}.")
    elif len(near) < similar:
        said = f"{len(near)} of {similar}: the district, or others of its kind, lack shares"
        left_out.append(f"Similar districts: {said}, or are too few.")
    name = card.frame["name"].get(unit) if "name" in card.frame else None
    return DistrictCard(
        year=card.year,
        unit_id=unit,
        name=name if isinstance(name, str) else "",
        frame=pd.DataFrame.from_dict(rows, orient="index").rename_axis("figure"),
        years=pd.DataFrame.from_dict(years, orient="index").rename_axis("figure"),
        similar=near,
        ledger=card.ledger,
        sources=card.sources,
        assumptions=(*card.assumptions, *(_SIMILAR if len(near) else ())),
        left_out=(*left_out, *card.left_out),
    )


def _beside(card: ReportCard, figure: _Figure, unit: str, near: pd.Index[Any]) -> dict[str, Any]:
    """A figure of the district beside the state's and those of similar districts."""
    values = card.frame[figure.name].astype(float)
    own = float(values[unit])
    median, rank, count = beside(own, values.loc[list(near)])
    return {
        "cite": figure.cite,
        "of": figure.year_in_words(card.year),
        "value": own,
        "state": card.state["value"].to_dict().get(figure.name, np.nan),
        "median_of_similar": median,
        "rank": rank,
        "similar_with_it": count,
    }


def _in_year(card: ReportCard, year: int, unit: str, figure: str) -> float:
    """A figure of the district in a year; blank where that is not in hand."""
    of_year = card if year == card.year else card.earlier.get(year)
    if of_year is None or figure not in of_year.frame:
        return np.nan
    return float(of_year.frame[figure].to_dict().get(unit, np.nan))


# --- What is said ----------------------------------------------------------------------

_SIMILAR: Final = (
    "Similar districts are the nearest of the same kind by the three shares of the section.",
    "Their distance is in percentage points: this library's own, for no method is published.",
    "Ranks count the district and the similar ones, the highest first; equals share one.",
)


def _rests_on(
    computed: Ledger, shown: pd.DataFrame, of_card: OfCard | None, ledger: Ledger | None
) -> Iterator[str]:
    """The readings that its lines rest on, how sure each figure is, and what was not published."""
    if ledger is None and of_card is not None and _PERCENT in shown:
        yield "Percents of adequacy and tiers are those of the State Board's card, to one decimal."
    readings = readings_of(REPORT_CARD)
    numbers = {number for line in computed.steps for number in line.evidence.readings}
    yield from (f"Reading {number}: {readings[number].chosen}" for number in sorted(numbers))
    for line in computed.steps:
        if line.name in shown:
            yield f"{line.name} [{line.cite}]: {evidence_of(line)}."
    yield "Figures have all their digits here; cards show one decimal."
    yield "The section asks for comparisons of other figures; those of (G) to (L) are our own."
    yield from sentences(computed.table.marked)


def _lacking(shown: pd.DataFrame, of_card: OfCard | None) -> Iterator[str]:
    """The figures that there is nothing for."""
    lines = REPORT_CARD.lines(YEARS[0])
    for each in _figures():
        if each.name not in shown and each.name in lines:
            reads = lines[each.name].reads
            needs = ", ".join(n for n in reads if known_names()[n].kind is not NameKind.PARAMETER)
            yield f"{each.name} [{each.cite}]: it needs {needs}."
        elif each.name not in shown and each.name not in AS_PUBLISHED:
            yield f"{each.name} [{each.cite}]: not handed over."
    if of_card is not None:
        if of_card.lacking:
            yield f"The State Board's file has no heading of {', '.join(of_card.lacking)}."
        if of_card.without_figures:
            yield f"Its districts without any figure: {of_card.without_figures:,}."


def _blank(shown: pd.DataFrame) -> Iterator[str]:
    """Figures that some districts lack."""
    for each in _figures():
        if each.name in shown and each.needs != FLAG and (count := shown[each.name].isna().sum()):
            yield f"{each.name}: blank of {count:,} of {len(shown):,} districts."
