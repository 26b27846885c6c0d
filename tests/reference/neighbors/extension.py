"""Tax rates, ceilings and extensions. Section 3, and of section 7 what goes with a levy."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import floor
from typing import Any, TypeAlias

from reference.arithmetic import ZERO, cut, total

Levy: TypeAlias = Mapping[str, Any]
Ceiling: TypeAlias = Fraction | None  # None: no ceiling

KINDS = ("elementary", "high_school", "unit")
AS_VOTED = "as voted"
UNLIMITED = "no ceiling"

# Section 3a, percent of EAV: without a vote, by referendum; elementary, high school, unit.
# None: not without a vote, or not by one.
EVERY = {
    "education": (("0.92", "0.92", "1.84"), ("3.50", "3.50", "4.00")),
    "operations_and_maintenance": (("0.25", "0.25", "0.50"), ("0.55", "0.55", "0.75")),
    "capital_improvement": (None, ("0.75",) * 3),
    "transportation": (("0.12", "0.12", "0.20"), AS_VOTED),
    "summer_school": (None, ("0.15",) * 3),
    "special_education": (("0.02", "0.02", "0.04"), ("0.40", "0.40", "0.80")),
    "leasing_and_technology": (("0.05",) * 3, ("0.10",) * 3),
    "area_vocational_building": (None, ("0.05",) * 3),
    "fire_prevention_and_safety": (("0.05",) * 3, None),
    "working_cash": (("0.05",) * 3, None),
    "tort": (UNLIMITED, UNLIMITED),
    "municipal_retirement": (UNLIMITED, UNLIMITED),
    "social_security": (UNLIMITED, UNLIMITED),
    "medicare": (UNLIMITED, UNLIMITED),
    "bonds_and_interest": (UNLIMITED, UNLIMITED),
}
YEARS_OF_A_VOTE = {"capital_improvement": 6, "area_vocational_building": 5}


def percent(text: str) -> Fraction:
    """A percent as a fraction."""
    return Fraction(text) / 100


def ceiling(fund: str, kind: str, voted: Fraction | None = None) -> Ceiling:
    """Section 3a: a fund's ceiling as a fraction of EAV; None where it has none.

    0 where a fund needs a vote and has none. A vote is worth at most the maximum, and never
    takes a rate away that needs no vote (decided); where no vote is known, it is worth nothing.
    """
    without, by_vote = EVERY[fund]
    if without == UNLIMITED:
        return None
    place = KINDS.index(kind)
    own = ZERO if without is None else percent(without[place])
    if voted is None or by_vote is None:
        return own
    return max(own, voted if by_vote == AS_VOTED else min(voted, percent(by_vote[place])))


def vote_in_force(fund: str, first_levy_year: int, levy_year: int) -> bool:
    """Section 3a: capital improvement for at most 6 years, vocational building for 5."""
    years = levy_year - first_levy_year
    return years >= 0 and (fund not in YEARS_OF_A_VOTE or years < YEARS_OF_A_VOTE[fund])


def new_units_education(predecessors: Iterable[Fraction]) -> Fraction:
    """Section 3a: predecessors' combined actual rate, at most 6.00, for two years."""
    return min(total(predecessors), percent("6.00"))


NEW_UNITS_OPERATIONS = percent("1.10")
NEW_UNITS_YEARS = 2


def exempt_from_education_ceiling(levy_year: int, *, ptell: bool) -> bool:
    """Section 3a, 17-3.6."""
    return ptell and levy_year >= 2016


def is_over(extension: Fraction, eav: Fraction, limit: Ceiling) -> bool:
    """Section 3a: the check of a levy."""
    return limit is not None and extension / eav > limit


# --- Chicago ------------------------------------------------------------------


def chicago_education(authority_rate: Fraction) -> Fraction:
    """Section 3b, 34-53."""
    return percent("3.07") + max(ZERO, percent("0.50") - authority_rate)


def chicago_pension(tax_year: int) -> Fraction:
    """Section 3b, 34-53."""
    return percent("0.383") if tax_year < 2017 else percent("0.567")


CAPITAL_BASE = 142_500_000
CAPITAL_YEARS = range(2003, 2031)


def chicago_capital(changes: Sequence[Fraction]) -> dict[int, Fraction]:
    """Section 3b, 34-53.5: the ceilings of 2003 and the years after it, one a change of prices."""
    if len(changes) > len(CAPITAL_YEARS):
        message = "not at hand from 2031"
        raise ValueError(message)
    ceilings = {}
    reached = ZERO
    for year, change in zip(CAPITAL_YEARS, changes, strict=False):
        # 2003's is the same, with no ceiling before it.
        reached += (reached + CAPITAL_BASE) * max(ZERO, change)
        ceilings[year] = reached
    return ceilings


# --- PTELL ----------------------------------------------------------------------


GREATEST_LIMITATION = Fraction("0.05")
PRICES = {  # percent, uncapped, by levy year
    2012: "3.0",
    2013: "1.7",
    2014: "1.5",
    2015: "0.8",
    2016: "0.7",
    2017: "2.1",
    2018: "2.1",
    2019: "1.9",
    2020: "2.3",
    2021: "1.4",
    2022: "7.0",
    2023: "6.5",
    2024: "3.4",
    2025: "2.9",
    2026: "2.7",
}


def price_change(december_before: Fraction, december: Fraction) -> Fraction:
    """Section 3c, step 1: to a tenth of a percent, half up."""
    tenths = (december / december_before - 1) * 1000
    return Fraction(floor(tenths + Fraction(1, 2)), 1000)


def extension_limitation(change: Fraction, voted: Fraction | None = None) -> Fraction:
    """Section 3c, step 1: what voters approved (18-205) stands for the lesser of the two."""
    if voted is not None:
        return voted
    return max(ZERO, min(GREATEST_LIMITATION, change))


def limitation_of(levy_year: int, voted: Fraction | None = None) -> Fraction:
    """Section 3c, step 1, by the published changes; a year without one is an error."""
    return extension_limitation(percent(PRICES[levy_year]), voted)


def aggregate_extension(extensions: Iterable[tuple[Fraction, bool]]) -> Fraction:
    """Section 3c, step 2: of (extension, whether the fund is capped)."""
    return total(extension for extension, capped in extensions if capped)


def extension_base(last_three: Sequence[Fraction], *, by_18_206: bool = False) -> Fraction:
    """Section 3c, step 3: last year's, the newest first; the highest of three where reduced.

    Reduced: below the year before it (decided). A reduction under 18-206 stays.
    """
    last = last_three[0]
    reduced = len(last_three) > 1 and last < last_three[1]
    return max(last_three) if reduced and not by_18_206 else last


def limiting_rate(
    base: Fraction,
    limitation: Fraction,
    current_eav: Fraction,
    *,
    new_property: Fraction = ZERO,
    recovered: Fraction = ZERO,
    annexed: Fraction = ZERO,
    disconnected: Fraction = ZERO,
) -> Fraction:
    """Section 3c, step 4."""
    return (
        base * (1 + limitation) / (current_eav - new_property - recovered - annexed + disconnected)
    )


def voted_rate(
    rate: Fraction,
    *,
    voted: Fraction | None = None,
    new_rate: Fraction = ZERO,
    decrease: Fraction = ZERO,
) -> Fraction:
    """Section 3c, step 5: a voted limiting rate replaces it, for up to four years."""
    return (rate if voted is None else voted) + new_rate - decrease


def greatest_capped_extension(rate: Fraction, current_eav: Fraction) -> Fraction:
    """Section 3c, step 6: growth included."""
    return rate * current_eav


def rate_cut(rate: Fraction, decimals: int) -> Fraction:
    """Section 3c: a rate cut to a number of decimals, on request. Of the fraction (decided)."""
    return cut(rate, decimals)


def extensions(
    levies: Sequence[Levy], current_eav: Fraction, greatest: Fraction | None
) -> dict[str, Fraction]:
    """Section 3c, step 6: by fund; a levy has fund, levy, capped, ceiling (None: none)."""
    extended = {}
    for each in levies:
        amount = each["levy"]
        if each["ceiling"] is not None:
            amount = min(amount, each["ceiling"] * current_eav)
        extended[each["fund"]] = amount
    capped = [each["fund"] for each in levies if each["capped"]]
    together = total(extended[fund] for fund in capped)
    if greatest is not None and together > greatest:
        for fund in capped:
            extended[fund] *= greatest / together
    return extended


ADEQUATE = Fraction("1.10")


def fiscal_year_of_18_206(levy_year: int) -> int:
    """Section 3c, step 7: of the school year begun in the year before the levy year."""
    return levy_year  # begun July of the year before, it ends in the levy year


def greatest_cut(percent_of_adequacy: Fraction, target: Fraction, education: Fraction) -> Fraction:
    """Section 3c, step 7, 18-206: none at or below 110 %."""
    if percent_of_adequacy <= ADEQUATE:
        return ZERO
    return min(education / 10, (percent_of_adequacy - ADEQUATE) * target)


# --- Beside the levy, section 7 -------------------------------------------------------


def needs_hearing(levy: Fraction, last_extension: Fraction, abated: Fraction = ZERO) -> bool:
    """Section 7, truth in taxation: above 105 % of last year's, abated amounts added back."""
    return levy > Fraction("1.05") * (last_extension + abated)


def debt_limit(eav: Fraction, kind: str) -> Fraction:
    """Section 7, 19-1."""
    return eav * percent("13.8" if kind == "unit" else "6.9")


def equalized(assessed: Fraction, equalizer: Fraction, exemptions: Fraction) -> Fraction:
    """Section 7: EAV."""
    return assessed * equalizer - exemptions


def counted_of_increment_area(initial: Fraction, current: Fraction, *, ended: bool) -> Fraction:
    """Section 7: the lower of initial and current EAV, until the area ends."""
    return current if ended else min(initial, current)


ABATEMENT_RATES = {
    "unit": percent("3.00"),
    "elementary": percent("2.30"),
    "high_school": percent("1.05"),
}


def eav_less_abatement(eav: Fraction, abated: Fraction, kind: str) -> Fraction:
    """Section 7: the formula's EAV, less abatement by the type's rate."""
    return eav - abated / ABATEMENT_RATES[kind]


APPEAL_BOARD_MONEY = 25_000_000


def prorated(claims: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """Section 7, 2-3.84: adjustments of a year, at most $25 million in the state."""
    together = total(claims.values())
    scale = min(Fraction(1), APPEAL_BOARD_MONEY / together) if together else ZERO
    return {unit_id: scale * claim for unit_id, claim in claims.items()}
