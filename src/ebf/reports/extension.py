"""What may be extended of districts' levies: every bound that binds, by name, amount and cite.

Holds: Extension, extension, Bound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any, Final

import numpy as np
import pandas as pd

from ebf.files import known_sources
from ebf.language.measure import Measure
from ebf.language.vocabulary import less
from ebf.law.reading import readings_of
from ebf.law.tax_limits.funds import CHICAGO_CITES, CITES
from ebf.ledger import Ledger
from ebf.numbers import Amount
from ebf.reports.levies import NO_ID, Levies, ledger_of_levies, levy_law
from ebf.show.answer import Answer
from ebf.show.document import Table
from ebf.show.words import percent

_CAPPED_FUNDS: Final = "capped funds"
_ROWS_SHOWN: Final = 60
_EXTENDED: Final = (
    "current_eav",
    "levy",
    "total_extension",
    "total_tax_rate",
    "limiting_rate",
    "capped_levy",
    "greatest_capped_extension",
)
_BESIDE: Final = (
    "levy_without_debt_service",
    "greatest_levy_without_notice",
    "notice_needed",
    "debt_limit",
    "debt_room",
    "greatest_cut_by_petition",
)
_MEASURES: Final = {
    **dict.fromkeys((*_EXTENDED, *_BESIDE, "ceiling", "extension", "amount"), Measure.DOLLARS),
    **dict.fromkeys(("total_tax_rate", "limiting_rate", "fund_tax_rate", "rate"), Measure.RATE),
    "cut_off": Measure.DOLLARS,
    "notice_needed": "",
}
_NOT_COMPUTED: Final = {
    "notice_needed": "Truth in taxation (18-55): needs extended_last_year.",
    "debt_room": "What may still be borrowed (19-1): needs debt_outstanding.",
    "greatest_cut_by_petition": "The cut by petition (18-206): needs final_percent_of_adequacy "
    "and adequacy_target, of the school year begun in the year before the levy year.",
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Extension(Answer):
    """What :func:`extension` found.

    ``frame`` has a row a district: what is levied and extended, the limiting rate and the
    greatest extension of capped funds (blank without PTELL), the notice, the debt limit.
    ``funds`` has a row a district and fund levied, ``bounds`` a row a bound that binds: its
    name, rate, amount in dollars, what it cuts off, and its cite. ``ledger`` has every line.
    """

    levy_year: int
    frame: pd.DataFrame
    funds: pd.DataFrame
    bounds: pd.DataFrame
    ledger: Ledger

    @property
    def title(self) -> str:
        """What it is called."""
        return f"Tax rates and extensions, levy year {self.levy_year}"

    @property
    def _year(self) -> None:
        return None

    def limits(self) -> list[Table]:
        """The tables of funds and of the bounds that bind."""
        return [
            _table("funds", "By fund", self.funds),
            _table("bounds", "What binds", self.bounds),
        ]

    def _tables(self) -> list[Table]:
        named = [*(["name"] if "name" in self.frame else [])]
        beside = [name for name in _BESIDE if name in self.frame]
        return [
            _table("districts", "What is extended", self.frame[[*named, *_EXTENDED]]),
            *self.limits(),
            _table("beside", "Notice, debt and petition", self.frame[[*named, *beside]]),
        ]


def _table(name: str, title: str, frame: pd.DataFrame) -> Table:
    return Table.of(name, title, frame, _MEASURES, most=_ROWS_SHOWN)


def extension(
    levies: Levies,
    levy_year: int,
    *,
    rate_decimals: int | None = None,
    price_index: tuple[float, float] | None = None,
    amounts: Mapping[str, Amount] | str | PathLike[str] | None = None,
    readings: Mapping[int, str] | None = None,
) -> Extension:
    """Hold districts' levies against every limit, and say what may be extended by fund.

    Args:
        levies: A row a district, or one district as a mapping: ``organization_type``;
            ``current_eav`` (or ``assessed_value``, ``equalizer``, ``exemptions``);
            ``levy_education`` and so on, in dollars; ``referendum_rate_education`` and so on;
            under PTELL ``ptell_district`` and ``capped_extension_first_preceding_levy_year``
            to ``third``, ``new_property``, flags ``capped_tort`` and so on where they are not
            the usual; and what else the statute of ``ebf.law(year, statute="18-185")`` reads.
        levy_year: 2003 to 2030; the price change is known for 2012 to 2026.
        rate_decimals: Decimals that rates, fractions of EAV, are cut to; None for none.
        price_index: The index of the December before and of the last, for a year whose price
            change is not known, or in its place.
        amounts: Numbers of the law to supply or change, as :func:`ebf.law` takes them.
        readings: Alternatives of its readings: ``{11: "highest_of_three"}``.

    Raises:
        InputError: with every fault; a district or fund that no rule is at hand for, and a
            year whose price change is not known.
    """
    own = levy_law(
        levy_year,
        rate_decimals=rate_decimals,
        price_index=price_index,
        amounts=amounts,
        readings=readings,
    )
    ledger = ledger_of_levies(levies, own)
    districts = [_District(ledger, place) for place in range(len(ledger.table.unit_ids))]
    rows = [row for each in districts for row in each.bounds()]
    bounds = pd.DataFrame(rows, columns=["unit_id", "fund", *_BOUND]).set_index(["unit_id", "fund"])
    return Extension(
        sources=known_sources(levies=ledger.source),
        levy_year=levy_year,
        frame=_frame(ledger, districts),
        funds=_funds(districts, bounds),
        bounds=bounds,
        ledger=ledger,
        assumptions=tuple(_assumptions(ledger)),
        left_out=tuple(_left_out(ledger)),
    )


_BOUND: Final = ("bound", "rate", "amount", "cut_off", "cite")
Bound = tuple[str, str, str, float, float, float, str]


@dataclass(frozen=True)
class _District:
    """One district's numbers."""

    ledger: Ledger
    place: int

    @property
    def unit_id(self) -> str:
        return self.ledger.table.unit_ids[self.place]

    def of(self, name: str) -> float:
        """A number of the district."""
        return float(self._row(name)[0])

    def of_funds(self, name: str) -> dict[str, float]:
        """A number of each fund."""
        row = np.broadcast_to(self._row(name), len(CITES))
        return dict(zip(CITES, map(float, row), strict=True))

    def _row(self, name: str) -> Any:
        values = self.ledger.everything[name]
        return values[0, self.place if values.shape[1] > 1 else 0]

    def bounds(self) -> Iterator[Bound]:
        """Every bound that binds: first the funds' ceilings, then the limiting rate."""
        levy, within = self.of_funds("levy"), self.of_funds("levy_within_ceiling")
        for fund in CITES:
            if _is_less(within[fund], levy[fund]):
                bound, cite = self._ceiling(fund)
                rate, cut = within[fund] / self.of("current_eav"), levy[fund] - within[fund]
                yield self.unit_id, fund, bound, rate, within[fund], cut, cite
        greatest, together = self.of("greatest_capped_extension"), self.of("capped_levy")
        if self.of("ptell_district") and _is_less(greatest, together):
            voted = self.of("voted_limiting_rate") > 0
            cite = "35 ILCS 200/18-190" if voted else "35 ILCS 200/18-185"
            bound = "voted limiting rate" if voted else "limiting rate"
            rate, cut = self.of("limiting_rate"), together - greatest
            yield self.unit_id, _CAPPED_FUNDS, bound, rate, greatest, cut, cite

    def _ceiling(self, fund: str) -> tuple[str, str]:
        """What the ceiling of a fund is called, and where it stands."""
        cite = str(CITES[fund])
        if self.of("article_34_district"):
            return "Chicago's ceiling", str(CHICAGO_CITES.get(fund, cite))
        ceiling = self.of_funds("fund_ceiling")[fund]
        voted = self.of_funds("ceiling_by_referendum")[fund]
        alone = self.of_funds("ceiling_without_referendum")[fund]
        asked = self.of_funds("referendum_rate")[fund]
        if not ceiling:
            return ("the referendum has run out" if asked else "no rate without a referendum"), cite
        if alone >= max(voted, self.of_funds("ceiling_of_coterminous_unit")[fund]):
            return "ceiling without a referendum", cite
        if ceiling > voted:
            return "ceiling of a unit formed of coterminous districts", "17-3"
        greatest = "greatest rate by referendum"
        return (greatest if _is_less(voted, asked) else "rate by referendum"), cite


def _is_less(first: float, second: float) -> bool:
    return bool(less(np.asarray(first), np.asarray(second)))


def _frame(ledger: Ledger, districts: Sequence[_District]) -> pd.DataFrame:
    """A row a district."""
    beside = [name for name in _BESIDE if name in ledger.values]
    rows = {}
    for each in districts:
        row: dict[str, Any] = {name: each.of(name) for name in (*_EXTENDED, *beside)}
        row["levy"] = sum(each.of_funds("levy").values())
        if not each.of("ptell_district"):  # no rate limits it
            row |= dict.fromkeys(("limiting_rate", "greatest_capped_extension"), np.nan)
        if "notice_needed" in row:
            row["notice_needed"] = bool(row["notice_needed"])
        rows[each.unit_id] = row
    frame = pd.DataFrame.from_dict(rows, orient="index").rename_axis("unit_id")
    for name in ("organization_type", "name"):
        if name in ledger.table.text:
            frame.insert(0, name, ledger.table.text[name][0])
    return frame


def _funds(districts: Sequence[_District], bounds: pd.DataFrame) -> pd.DataFrame:
    """A row a district and fund that it levies for."""
    rows, named = [], bounds["bound"].to_dict()
    for each in districts:
        levy, has_ceiling = each.of_funds("levy"), each.of_funds("fund_has_ceiling")
        ceilings, capped = each.of_funds("fund_ceiling_in_dollars"), each.of_funds("capped")
        rates, extended = each.of_funds("fund_tax_rate"), each.of_funds("extension")
        for fund in CITES:
            if not levy[fund]:
                continue
            who = [fund, *([_CAPPED_FUNDS] if capped[fund] else [])]
            binding = [str(named[each.unit_id, f]) for f in who if (each.unit_id, f) in named]
            rows.append(
                {
                    "unit_id": each.unit_id,
                    "fund": fund,
                    "levy": levy[fund],
                    "ceiling": ceilings[fund] if has_ceiling[fund] else np.nan,
                    "capped": bool(capped[fund]),
                    "extension": extended[fund],
                    "fund_tax_rate": rates[fund],
                    "binds": ", ".join(binding),
                }
            )
    columns = [
        "unit_id",
        "fund",
        "levy",
        "ceiling",
        "capped",
        "extension",
        "fund_tax_rate",
        "binds",
    ]
    return pd.DataFrame(rows, columns=columns).set_index(["unit_id", "fund"])


def _assumptions(ledger: Ledger) -> Iterator[str]:
    own = ledger.law
    change = own.in_force["consumer_price_change"]
    yield (
        f"Price change before levy year {own.fiscal_year}: {percent(change.value.item())}, "
        f"{change.source}; the limitation is at most "
        f"{percent(own.value('greatest_extension_limitation').item())}."
    )
    parts = own.value("rate_parts").item()
    if parts:
        yield f"Rates, fractions of EAV, are cut to whole parts of 1/{parts:,.0f}."
    else:
        yield "Rates keep full precision: no rounding is prescribed."
    if NO_ID in ledger.table.unit_ids:
        yield f"{NO_ID} stands for the district, which was handed over without an id."
    made = "current_eav" in ledger.computed
    yield f"EAV {'is computed from assessed value' if made else 'is as it was handed over'}."
    yield "Which funds are capped, votes and their years, and property are as handed over."
    supplied = [n for n, each in own.in_force.items() if each.fiscal_year is None]
    if supplied:
        yield f"Numbers of the law supplied: {', '.join(supplied)}."
    used = {n for line in ledger.steps for n in line.evidence.readings}
    titles = (f"{n} ({each.title})" for n, each in readings_of(own.statute).items() if n in used)
    yield f"Readings of the law, data/readings/tax_limits.toml: {'; '.join(titles)}."


def _left_out(ledger: Ledger) -> Iterator[str]:
    yield from (words for name, words in _NOT_COMPUTED.items() if name not in ledger.values)
    yield "17-2.2e, which may raise the ceilings of special education and leasing."
    yield "What a county clerk adds for loss and cost, and what is abated after the extension."
