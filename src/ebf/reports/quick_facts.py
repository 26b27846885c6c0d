"""Quick facts: what a legislator asks of a state's ledger, each with its unit and cite.

Holds: FAR_BELOW, QuickFacts, quick_facts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ebf.engine.record import check_one_state
from ebf.files import known_sources
from ebf.language.measure import Measure
from ebf.language.vocabulary import less
from ebf.law.funding.tiers import TIER_1, TIER_2, TIER_3, TIER_NAMES
from ebf.ledger import Ledger, check_ledger
from ebf.show.answer import Answer
from ebf.show.document import Table
from ebf.show.words import percent

_PUPILS, _MONEY, _TIER = "average_student_enrollment", "tier_funding", "tier"
_COUNTED, _PERCENT = "in_distribution", "final_percent_of_adequacy"
_TARGETS, _RESOURCES = "statewide_adequacy_target", "statewide_final_resources"
_STATEWIDE = "statewide_percent_of_adequacy"
_KIND, _FUNDS, _RATIO = "organization_type", "new_state_funds", "tier_1_target_ratio"
_LOW_INCOME, _LEARNERS = "low_income_count", "english_learner_count"
_SECTION = "18-8.15"
_MOST_SHOWN = 10
FAR_BELOW = 0.7
"""The percent of adequacy that the State Board reports on beside those of the law."""
_MEASURES = {
    "units": Measure.COUNT,
    "pupils": Measure.STUDENTS,
    "share_of_pupils": Measure.SHARE,
    "new_money": Measure.DOLLARS,
    "share_of_new_money": Measure.SHARE,
    "new_money_per_pupil": Measure.DOLLARS_PER_STUDENT,
    _TIER: Measure.TIER,
    _MONEY: Measure.DOLLARS,
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class QuickFacts(Answer):
    """What :func:`quick_facts` found.

    ``frame`` has a row a fact: value, measure, cite. ``by_tier``,
    ``by_organization_type`` and ``by_both`` count units, pupils and new money;
    tier 0 is no tier. ``largest`` are the ten units with the most new money. ``left_out``
    says what the ledger has not got.
    """

    fiscal_year: int
    frame: pd.DataFrame
    by_tier: pd.DataFrame
    by_organization_type: pd.DataFrame
    by_both: pd.DataFrame
    largest: pd.DataFrame

    @property
    def title(self) -> str:
        """What it is called."""
        return f"Evidence-Based Funding, FY{self.fiscal_year}: quick facts"

    @property
    def _year(self) -> int:
        return self.fiscal_year

    def _tables(self) -> list[Table]:
        facts, both = self.frame.drop(columns="measure"), self.by_both
        by_kind = self.by_organization_type
        read_as = {Measure.RATIO: Measure.SHARE}  # ratios to adequacy, in percent
        measures = tuple(read_as.get(each, each) for each in self.frame["measure"])
        return [
            Table.of("facts", "The state", facts, of_rows=measures),
            Table.of("by_tier", "By tier", self.by_tier.rename(index=TIER_NAMES), _MEASURES),
            Table.of("by_organization_type", "By organization type", by_kind, _MEASURES),
            Table.of(
                "by_both",
                "By tier and organization type",
                both.rename(index=TIER_NAMES, level=0) if len(both) else both,
                _MEASURES,
            ),
            Table.of("largest", "Largest amounts of new money", self.largest, _MEASURES),
        ]


@dataclass(frozen=True)
class _Fact:
    """A fact, the columns that it needs, and how it is found."""

    name: str
    measure: Measure
    cite: str
    needs: tuple[str, ...]
    found: Callable[[_State], float]


@dataclass(frozen=True, eq=False)
class _State:
    """The units of a ledger, and the law's edges of 90 % and 100 %."""

    ledger: Ledger

    @cached_property
    def units(self) -> pd.DataFrame:
        """Every unit."""
        return self.ledger.units

    @cached_property
    def counted(self) -> pd.DataFrame:
        """The units in the distribution."""
        return self.units[self.units[_COUNTED].astype(bool)]

    def total(self, column: str) -> float:
        """The sum over the units in the distribution."""
        return float(self.counted[column].sum())

    def share(self, part: str, whole: str) -> float:
        """One sum over another; blank where there is nothing to divide by."""
        return _share(self.total(part), self.total(whole))

    def edge(self, tier: int) -> float:
        """The percent of adequacy at which a tier ends, by the law."""
        return float(self.ledger.law.value(f"tier_{tier}_target_ratio").item())

    def of_tiers(self, *tiers: int) -> pd.DataFrame:
        """The units in some tiers."""
        return self.counted[self.counted[_TIER].isin(tiers)]

    def below(self, edge: float) -> pd.DataFrame:
        """The units below an edge; one on it is not below."""
        percent = self.counted[_PERCENT].to_numpy(float)
        return self.counted[less(percent, np.asarray(edge))]

    def statewide(self, name: str) -> float:
        """A statewide number."""
        return float(self.ledger.values[name].item())


def _share(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


def quick_facts(ledger: Ledger) -> QuickFacts:
    """State the facts of a ledger of one state that are asked for most.

    Raises:
        InputError: for several scenarios.
    """
    check_ledger(ledger)
    check_one_state(ledger)
    state = _State(ledger)
    known = {*state.units.columns, *ledger.values}
    rows, left_out = [], []
    edges = [fact for tier in (TIER_2, TIER_3) for fact in _below(tier, state.edge(tier))]
    reached = _reaching(state.edge(TIER_2))
    for fact in (*_FACTS, *_below_all(FAR_BELOW), *edges, *reached, *_PUPIL_FACTS):
        lacking = [name for name in fact.needs if name not in known]
        value = float("nan") if lacking else fact.found(state)
        if lacking:
            left_out.append(f"{fact.name}: the ledger has no {', no '.join(lacking)}.")
        elif pd.isna(value):
            left_out.append(f"{fact.name}: there is nothing to divide by.")
        else:
            rows.append((fact.name, value, str(fact.measure), _SECTION + fact.cite))
    frame = pd.DataFrame(rows, columns=["fact", "value", "measure", "cite"]).set_index("fact")
    tables = [_grouped(state.units, keys) for keys in ([_TIER], [_KIND], [_TIER, _KIND])]
    if _TIER not in state.units:
        left_out.append("Units, pupils and new money by tier: the ledger has no tier.")
    left_out += [
        f"Of units by tier and organization type: the ledger has no {name}."
        for name in (_PUPILS, _MONEY)
        if name not in state.units
    ]
    return QuickFacts(
        sources=known_sources(units=ledger.source),
        fiscal_year=ledger.fiscal_year,
        frame=frame,
        by_tier=tables[0],
        by_organization_type=tables[1],
        by_both=tables[2],
        largest=_largest(state.units),
        assumptions=_assumptions(state),
        left_out=tuple(left_out),
    )


def _grouped(units: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Units, pupils and new money by keys, with their shares; empty without the keys."""
    if not {*keys} <= {*units.columns}:
        return pd.DataFrame()
    groups = units.groupby(keys)
    table = pd.DataFrame({"units": groups.size()})
    for column, name in ((_PUPILS, "pupils"), (_MONEY, "new_money")):
        if column in units:
            table[name] = groups[column].sum()
            whole = table[name].sum()
            table[f"share_of_{name}"] = table[name] / whole if whole else float("nan")
    if {"pupils", "new_money"} <= {*table}:
        per_pupil = table["new_money"] / table["pupils"]
        table["new_money_per_pupil"] = per_pupil.where(table["pupils"] > 0)
    return table


def _largest(units: pd.DataFrame) -> pd.DataFrame:
    """The units with the most new money; empty where that is not known."""
    if _MONEY not in units:
        return pd.DataFrame()
    shown = [name for name in ("name", _KIND, _TIER) if name in units]
    return units.nlargest(_MOST_SHOWN, _MONEY)[[*shown, _MONEY]]


def _assumptions(state: _State) -> tuple[str, ...]:
    counted = (
        f"{len(state.counted):,} of {len(state.units):,}"
        if _COUNTED in state.units
        else "the ledger does not say which they are"
    )
    return (
        f"Facts count the units in the distribution: {counted}.",
        "The tables have every unit; tier 0 is no tier.",
        "Pupils are Average Student Enrollment; new money is tier funding of the year.",
        "Statewide percents are sums over sums; the median is of units, each counted once.",
        "A unit exactly on an edge is not below it.",
        "Dollars lacking are of the units below alone; what others have beyond counts for none.",
    )


def _reaching(edge: float) -> tuple[_Fact, ...]:
    """The units at an edge or above it, and how far the others are on the mean."""
    to, cite, needs = f"{percent(edge)} of adequacy", "(g)(3)", (_PERCENT, _COUNTED)
    return (
        _Fact(f"Units at or above {to}", Measure.COUNT, cite, needs, lambda s: (
            len(s.counted) - len(s.below(edge)))),
        _Fact(f"Share of units at or above {to}", Measure.SHARE, cite, needs, lambda s: _share(
            len(s.counted) - len(s.below(edge)), len(s.counted))),
        _Fact(f"Mean percent of adequacy of units below {percent(edge)}", Measure.RATIO, cite,
              needs, lambda s: float(s.below(edge)[_PERCENT].mean())),
    )  # fmt: skip


def _below(tier: int, edge: float) -> tuple[_Fact, ...]:
    """The units and pupils below an edge of the law, and what they lack to it."""
    to, gap = f"{percent(edge)} of adequacy", f"statewide_gap_to_tier_{tier}_target_ratio"
    lacking = _Fact(f"Dollars lacking to {to}", Measure.DOLLARS, "(g)(3)", (gap,),
                    lambda s: s.statewide(gap))  # fmt: skip
    return (*_below_all(edge), lacking)


def _below_all(edge: float) -> tuple[_Fact, ...]:
    """The units and pupils below a percent of adequacy."""
    to, cite, needs = f"{percent(edge)} of adequacy", "(g)(3)", (_PERCENT, _COUNTED)
    pupils = (_PUPILS, *needs)
    return (
        _Fact(f"Units below {to}", Measure.COUNT, cite, needs, lambda s: len(s.below(edge))),
        _Fact(f"Share of units below {to}", Measure.SHARE, cite, needs, lambda s: _share(
            len(s.below(edge)), len(s.counted))),
        _Fact(f"Pupils below {to}", Measure.STUDENTS, cite, pupils, lambda s: float(
            s.below(edge)[_PUPILS].sum())),
        _Fact(f"Share of pupils below {to}", Measure.SHARE, cite, pupils, lambda s: _share(
            s.below(edge)[_PUPILS].sum(), s.total(_PUPILS))),
    )  # fmt: skip


_FACTS = (
    _Fact("Units counted", Measure.COUNT, "(g)(3)", (_COUNTED,), lambda s: len(s.counted)),
    _Fact("Their pupils", Measure.STUDENTS, "(a)(4)", (_PUPILS, _COUNTED),
          lambda s: s.total(_PUPILS)),
    _Fact("New State Funds", Measure.DOLLARS, "(g)(1)", (_FUNDS,), lambda s: s.statewide(_FUNDS)),
    _Fact("New money paid", Measure.DOLLARS, "(g)(1)", (_MONEY, _COUNTED),
          lambda s: s.total(_MONEY)),
    _Fact("New money per pupil", Measure.DOLLARS_PER_STUDENT, "(g)(1)", (_MONEY, _PUPILS, _COUNTED),
          lambda s: s.share(_MONEY, _PUPILS)),
    _Fact("Share of new money to units in Tiers 1 and 2", Measure.SHARE, "(g)(1)",
          (_MONEY, _TIER, _COUNTED),
          lambda s: _share(s.of_tiers(TIER_1, TIER_2)[_MONEY].sum(), s.total(_MONEY))),
    _Fact("Share of new money to units in Tier 1", Measure.SHARE, "(g)(1)",
          (_MONEY, _TIER, _COUNTED),
          lambda s: _share(s.of_tiers(TIER_1)[_MONEY].sum(), s.total(_MONEY))),
    _Fact("Share of new money to units in Tier 2", Measure.SHARE, "(g)(1)",
          (_MONEY, _TIER, _COUNTED),
          lambda s: _share(s.of_tiers(TIER_2)[_MONEY].sum(), s.total(_MONEY))),
    _Fact("Tier 1 Target Ratio", Measure.RATIO, "(g)(5)", (_RATIO,), lambda s: s.statewide(_RATIO)),
    _Fact("Adequacy Targets", Measure.DOLLARS, "(b)(1)", (_TARGETS,),
          lambda s: s.statewide(_TARGETS)),
    _Fact("Final Resources", Measure.DOLLARS, "(f)(3)", (_RESOURCES,),
          lambda s: s.statewide(_RESOURCES)),
    _Fact("Statewide percent of adequacy", Measure.RATIO, "(f)(4)", (_STATEWIDE,),
          lambda s: s.statewide(_STATEWIDE)),
    _Fact("Least percent of adequacy of a unit", Measure.RATIO, "(f)(4)", (_PERCENT, _COUNTED),
          lambda s: float(s.counted[_PERCENT].min())),
    _Fact("Median percent of adequacy of units", Measure.RATIO, "(f)(4)", (_PERCENT, _COUNTED),
          lambda s: float(s.counted[_PERCENT].median())),
    _Fact("Greatest percent of adequacy of a unit", Measure.RATIO, "(f)(4)", (_PERCENT, _COUNTED),
          lambda s: float(s.counted[_PERCENT].max())),
)  # fmt: skip
_PUPIL_FACTS = (
    _Fact("Low-income pupils, share", Measure.SHARE, "(a)(4)", (_LOW_INCOME, _PUPILS, _COUNTED),
          lambda s: s.share(_LOW_INCOME, _PUPILS)),
    _Fact("English learners, share", Measure.SHARE, "(a)(4)", (_LEARNERS, _PUPILS, _COUNTED),
          lambda s: s.share(_LEARNERS, _PUPILS)),
)  # fmt: skip
