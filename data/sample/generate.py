"""Make the sample: an invented Illinois of FY2022, raw inputs only.

``python data/sample/generate.py`` (with ``ebf`` installed) rewrites units.csv and
salaries.toml beside this file, byte for byte the same every time. README.md says
what is invented and what is real.

Counts come first; from them ``ebf`` itself finds the Adequacy Targets, then
property is drawn in proportion to them, and last the base funding that takes
every unit to the percent of adequacy drawn for it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

import ebf
from ebf.law.funding.grades import REPORTED_GRADES

Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Texts: TypeAlias = npt.NDArray[np.str_]

HERE = Path(__file__).parent
SEED = 18_8_15  # the section of the School Code: 105 ILCS 5/18-8.15
FISCAL_YEAR = 2022
YEARS = ("first", "second", "third")  # how far back, school and tax years alike

# --- Salaries: (name, dollars, published), 105 ILCS 5/18-8.15(b)(3) ---------------

# Of the three that are not published their sum is, 285,196, in both spans: how it is split
# between them is invented, and moves no cost, since their ratios are the same.
SALARIES = (
    ("teacher.k_8", 65_442, True),
    ("teacher.9_12", 75_268, True),
    ("teacher.k_12", 68_735, True),
    ("counselor.k_8", 69_784, True),
    ("counselor.9_12", 81_154, True),
    ("psychologist.k_12", 77_834, True),
    ("librarian.k_8", 75_300, False),
    ("librarian.9_12", 75_300, False),
    ("nurse.k_8", 59_460, True),
    ("nurse.9_12", 59_460, True),
    ("principal.k_8", 115_396, False),
    ("principal.9_12", 115_396, False),
    ("assistant_principal.k_8", 94_500, False),
    ("assistant_principal.9_12", 94_500, False),
    ("school_site_staff", 33_276, True),
    ("assistant", 27_731, True),
)
SALARIES_HEAD = """\
# FY2022's state-average salaries, found as whole dollars from the investments that the State
# Board published: with them core investments of every high school and elementary district
# whose counts are known come out to the cent, and additional investments of every unit.
# Of librarian, principal and assistant principal their sum alone is known, 285,196 in both
# spans; how it is split between the three is invented.
"""
SALARIES_SOURCE = "ISBE, FY2022: found from the published core and additional investments"

# --- The invented state ------------------------------------------------------------


@dataclass(frozen=True)
class Group:
    """Districts of one kind in one zone: how many, how large, how wealthy.

    Attributes:
        count: Districts.
        pupils: Pupils of all of them.
        size_spread: Standard deviation of the logarithm of their sizes.
        wealth: Median Local Capacity Ratio, in MEAN_RATIO.
        wealth_spread: Standard deviation of its logarithm.
        rate: Median operating tax rate.
        low_income: Median share of low-income pupils.
        english_learners: Median share of English learners.
    """

    count: int
    pupils: float
    size_spread: float
    wealth: float
    wealth_spread: float
    rate: float
    low_income: float
    english_learners: float


METRO, DOWNSTATE = "metro", "downstate"

GROUPS = {
    ("unit", METRO): Group(46, 347_000, 0.95, 0.88, 0.50, 0.044, 0.38, 0.07),
    ("unit", DOWNSTATE): Group(339, 474_000, 0.90, 0.78, 0.35, 0.043, 0.47, 0.008),
    ("high_school", METRO): Group(55, 206_000, 0.80, 0.97, 0.48, 0.0175, 0.36, 0.05),
    ("high_school", DOWNSTATE): Group(42, 37_500, 0.90, 0.66, 0.40, 0.019, 0.45, 0.008),
    ("elementary", METRO): Group(211, 425_000, 0.65, 1.06, 0.56, 0.0265, 0.43, 0.13),
    ("elementary", DOWNSTATE): Group(157, 82_000, 0.65, 0.70, 0.46, 0.027, 0.48, 0.012),
    ("laboratory_school", DOWNSTATE): Group(2, 1_300, 0.60, 1.00, 0.00, 0.000, 0.14, 0.02),
    ("regional_program", METRO): Group(17, 4_200, 1.10, 1.00, 0.00, 0.000, 0.50, 0.05),
    ("regional_program", DOWNSTATE): Group(52, 3_050, 0.85, 1.00, 0.00, 0.000, 0.50, 0.01),
    ("specially_funded", METRO): Group(5, 0, 0.00, 1.00, 0.00, 0.000, 0.50, 0.01),
}
FEWEST_PUPILS = {
    "unit": 90.0,
    "elementary": 30.0,
    "high_school": 60.0,
    "laboratory_school": 200.0,
    "regional_program": 6.0,
    "specially_funded": 0.0,
}
DISTRICTS = ("unit", "elementary", "high_school")
CITY = Group(1, 370_000, 0.0, 0.87, 0.0, 0.030, 0.71, 0.19)  # the one under Article 34

METRO_COUNTIES = {
    "Cook": 0.44, "Lake": 0.14, "DuPage": 0.12, "Will": 0.10, "McHenry": 0.06,
    "Kane": 0.05, "Grundy": 0.04, "DeKalb": 0.03, "Kendall": 0.02,
}  # fmt: skip
"""Counties of the highest Regionalization Factors; where its districts are likely to lie."""

LOWEST_FACTOR = 0.90
MIDDLE_WEIGHT = 1.64  # a county above the lowest factor has this many districts for one
COUNTIES_OF_A_REGION = 3
FIRST_NUMBER = 9001  # invented district numbers: no real district has one of 9000 and more
TYPE_CODES = {
    "unit": "2600",
    "elementary": "0400",
    "high_school": "1600",
    "laboratory_school": "2500",
    "regional_program": "0092",
    "specially_funded": "0090",
}
TITLES = {
    "unit": "Unit District",
    "elementary": "Elementary District",
    "high_school": "High School District",
    "laboratory_school": "Laboratory School",
    "regional_program": "Regional Program",
    "specially_funded": "Charter School",
}
MARK = "(invented)"
FIRST_SYLLABLES = (
    "Amber", "Bramble", "Candle", "Copper", "Cricket", "Dapple", "Ember", "Feather",
    "Fiddle", "Flint", "Ginger", "Gossamer", "Hazel", "Indigo", "Juniper", "Kestrel",
    "Lantern", "Larkspur", "Marigold", "Nettle", "Otter", "Paper", "Pebble", "Plover",
    "Quill", "Raven", "Saffron", "Sorrel", "Tansy", "Thimble", "Thistle", "Umber",
    "Velvet", "Willet", "Yarrow", "Zephyr",
)  # fmt: skip
LAST_SYLLABLES = (
    "barrow", "beck", "bourne", "combe", "croft", "dene", "fell", "fen", "firth", "garth",
    "haugh", "holm", "hythe", "leigh", "march", "mere", "moor", "ness", "rigg", "scar",
    "shaw", "stead", "thorpe", "thwaite", "wick", "wold",
)  # fmt: skip

# --- Pupils --------------------------------------------------------------------------

GRADE_WEIGHTS = np.array(
    [0.34, 0.93, 0.95, 0.96, 0.97, 0.98, 0.99, 1.00, 1.01, 1.02, 1.06, 1.04, 1.01, 0.99]
)
"""Pupils by grade for one of grade 6: pre-kindergarten special education, K, 1 to 12."""

PROGRAM_WEIGHTS = np.array([0, 0, 0, 0, 0, 0, 0, 0.3, 0.5, 0.7, 1.2, 1.3, 1.1, 0.9])
HIGH_SCHOOL_FROM = 10  # the place of grade 9 in GRADE_WEIGHTS
YEAR_LEVELS = np.array([0.976, 0.994, 1.0])  # 2020-21, 2019-20, 2018-19
MOST_DEVIATIONS = 2.0  # no district is larger or smaller than so many of its group
YOUNGEST_OF_PANDEMIC = np.array([0.88, 0.93])  # pre-K and K of 2020-21
HALF_DAY_SHARE = 0.15  # districts where some kindergarten pupils come half days
MOST_LOW_INCOME = 0.92  # of heads; half-day pupils make it more of the ASE
POVERTY_FOLLOWS_WEALTH = -0.6  # correlation
WEALTH_FOLLOWS_SIZE = -0.25  # correlation: the largest districts are rarely the wealthiest
KINSHIP = 0.65  # how far an elementary district is like the high school district above it

# --- Property and receipts -----------------------------------------------------------

MEAN_RATIO = 16.0  # dollars of EAV for one of Adequacy Target in a unit district of wealth 1
GRADES_SERVED = {"elementary": 9 / 13, "high_school": 4 / 13}
LEAST_WEALTH = 0.26
RATE_FOLLOWS_WEALTH = -0.22  # elasticity: the wealthy tax themselves at lower rates
GREATEST_RATE = 0.095
PTELL_DOWNSTATE = 0.25  # of downstate counties
PRICE_GROWTH = 0.023  # the extension limitation of the year
CPPRT_MEDIAN, CPPRT_MOST = 0.018, 0.15  # of the Adequacy Target
CITY_CPPRT = 0.034
DEDUCTIONS = {
    "abatements": 0.15,
    "enterprise_zone_abatements": 0.08,
    "property_tax_appeal_board_decisions": 0.20,
    "certificates_of_error": 0.30,
}
"""Kinds of deduction from the EAV, and the share of districts that have them."""

# --- Base funding and tiers -----------------------------------------------------------

TARGET_RATIO = 0.685  # the Tier 1 Target Ratio aimed at
UNITS_UP_TO_TIER = np.cumsum([320, 362, 65, 175])  # of FY2022
TIER_1_GAPS = 500e6  # what 30 % of makes up the Tier 1 pool of $150 million
CITY_GAP = 0.028
DEEPEST_GAP = 0.22
STATE_SHARE_LEAST = 0.045  # median base funding of the wealthiest, of the Adequacy Target
CITY_SUPPLEMENTAL = 0.42  # part of the city's base funding
RELIEF_SHARE = 0.12  # districts with a Property Tax Relief Grant
SPECIALLY_FUNDED_BASE = (1.2e6, 18e6)
SPECIAL_EDUCATION_GRANTS = 400.0  # of FY2017, median dollars a pupil
ENGLISH_LEARNER_GRANTS = 300.0  # the same, a learner
MOST_OF_BASE = 0.4  # that the grants of one population make up


def published_factors() -> dict[str, float]:
    """The published Regionalization Factor of every county for the fiscal year."""
    table = tomllib.loads((HERE.parent / "regionalization.toml").read_text(encoding="utf-8"))
    return {county: factors[f"FY{FISCAL_YEAR}"] for county, factors in table.items()}


def regions_of(factors: dict[str, float]) -> dict[str, str]:
    """Invented regions: each metropolitan county one, the others three by three."""
    rest = [county for county in factors if county not in METRO_COUNTIES]
    groups = [[county] for county in METRO_COUNTIES]
    groups += [rest[at : at + COUNTIES_OF_A_REGION] for at in range(0, len(rest), 3)]
    return {county: f"{code:02}" for code, group in enumerate(groups, 1) for county in group}


def draw_counties(
    rng: np.random.Generator, kind: str, zone: str, factors: dict[str, float]
) -> list[str]:
    """The counties of a group; every county has a unit district at least."""
    weights = METRO_COUNTIES
    if zone == DOWNSTATE:
        rest = [county for county in factors if county not in METRO_COUNTIES]
        weights = {c: MIDDLE_WEIGHT if factors[c] > LOWEST_FACTOR else 1.0 for c in rest}
    sure = list(weights) if kind == "unit" else []
    chances = np.array(list(weights.values())) / sum(weights.values())
    more = GROUPS[kind, zone].count - len(sure)
    evenly = (np.arange(more) + rng.random()) / more
    places = np.minimum(np.searchsorted(np.cumsum(chances), evenly), len(chances) - 1)
    return [*sure, *(list(weights)[place] for place in places)]


def correlated(correlation: float, given: Floats, fresh: Floats) -> Floats:
    """Standard normal draws that have the correlation with those given."""
    drawn: Floats = correlation * given + np.sqrt(1 - correlation**2) * fresh
    return drawn


def draw_group(
    rng: np.random.Generator, kind: str, zone: str, counties: list[str], latent: Floats
) -> pd.DataFrame:
    """The hidden traits of a group's units: size, wealth, need.

    ``latent`` holds standard normal draws of (size, wealth, need), a column a unit.
    """
    group = GROUPS[kind, zone]
    size = np.exp(group.size_spread * np.clip(latent[0], -MOST_DEVIATIONS, MOST_DEVIATIONS))
    size = np.maximum(size * group.pupils / size.sum(), FEWEST_PUPILS[kind])
    rich = correlated(WEALTH_FOLLOWS_SIZE, latent[0], latent[1])
    need = correlated(POVERTY_FOLLOWS_WEALTH, rich, latent[2])
    odds = group.low_income / (1 - group.low_income) * np.exp(0.75 * need)
    learners = group.english_learners * np.exp(0.55 * need + 0.6 * rng.standard_normal(group.count))
    wealth = group.wealth * np.exp(group.wealth_spread * rich)
    return pd.DataFrame(
        {
            "organization_type": kind,
            "county": counties,
            "is_city": False,
            "size": size,
            "wealth": np.maximum(wealth, LEAST_WEALTH),
            "rate": group.rate,
            "low_income": np.minimum(odds / (1 + odds), MOST_LOW_INCOME),
            "english_learners": np.minimum(learners, 0.45),
        }
    )


def draw_families(
    rng: np.random.Generator, zone: str, factors: dict[str, float]
) -> list[pd.DataFrame]:
    """High school districts and the elementary districts whose pupils they take.

    Pupils of a family's elementary districts are in proportion to its high school's.
    """
    parents, children = GROUPS["high_school", zone], GROUPS["elementary", zone]
    counties = draw_counties(rng, "high_school", zone, factors)
    latent = rng.standard_normal((3, parents.count))
    above = draw_group(rng, "high_school", zone, counties, latent)

    more = rng.choice(parents.count, children.count - parents.count)
    parent = np.sort(np.concatenate([np.arange(parents.count), more]))
    alike = correlated(KINSHIP, latent[:, parent], rng.standard_normal((3, children.count)))
    below = draw_group(rng, "elementary", zone, [counties[each] for each in parent], alike)

    part = np.exp(children.size_spread * rng.standard_normal(children.count))
    part /= np.bincount(parent, part)[parent]
    size = part * above["size"].to_numpy()[parent] * children.pupils / parents.pupils
    below["size"] = np.maximum(size, FEWEST_PUPILS["elementary"])
    return [above, below]


def draw_city() -> pd.DataFrame:
    """The one district organized under Article 34."""
    return pd.DataFrame(
        {
            "organization_type": ["unit"],
            "county": "Cook",
            "is_city": True,
            "size": CITY.pupils,
            "wealth": CITY.wealth,
            "rate": CITY.rate,
            "low_income": CITY.low_income,
            "english_learners": CITY.english_learners,
        }
    )


def draw_units(rng: np.random.Generator, factors: dict[str, float]) -> pd.DataFrame:
    """Every unit of the state with its hidden traits."""
    groups = [draw_city()]
    for zone in (METRO, DOWNSTATE):
        groups += draw_families(rng, zone, factors)
    for kind, zone in GROUPS:
        if kind in {"elementary", "high_school"}:
            continue
        counties = draw_counties(rng, kind, zone, factors)
        latent = rng.standard_normal((3, len(counties)))
        groups.append(draw_group(rng, kind, zone, counties, latent))
    return pd.concat(groups, ignore_index=True)


def seat_programs(traits: pd.DataFrame, regions: dict[str, str]) -> None:
    """Spread the downstate programs over the regions, each in its region's first county."""
    seats: dict[str, str] = {}
    for county, code in regions.items():
        seats.setdefault(code, county)
    downstate = [county for county in seats.values() if county not in METRO_COUNTIES]
    rows = traits.index[
        (traits["organization_type"] == "regional_program")
        & ~traits["county"].isin(list(METRO_COUNTIES))
    ]
    for place, row in enumerate(rows):
        traits.loc[row, "county"] = downstate[place % len(downstate)]


def identify(
    rng: np.random.Generator, traits: pd.DataFrame, factors: dict[str, float]
) -> pd.DataFrame:
    """Unit ids, invented names, kinds and counties: the first columns of the table."""
    regions = regions_of(factors)
    seat_programs(traits, regions)
    codes = {county: f"{place:03}" for place, county in enumerate(sorted(factors), 1)}
    places = [first + last for first in FIRST_SYLLABLES for last in LAST_SYLLABLES]
    drawn = rng.permutation(places)
    ids, names = [], []
    for row, (kind, county, city) in enumerate(
        zip(traits["organization_type"], traits["county"], traits["is_city"], strict=True)
    ):
        number = FIRST_NUMBER + row
        county_code = "000" if kind == "regional_program" else codes[county]
        ids.append(f"{regions[county]}{county_code}{number}{TYPE_CODES[kind]}")
        title = "City District" if city else TITLES[kind]
        names.append(f"{drawn[row]} {title} {number} {MARK}")
    return pd.DataFrame(
        {
            "unit_id": ids,
            "name": names,
            "organization_type": traits["organization_type"],
            "county": traits["county"],
        }
    )


def grade_shares(kinds: Texts) -> Floats:
    """Each unit's pupils by grade, as shares of its size; 0 in grades it lacks."""
    shares = np.tile(GRADE_WEIGHTS, (len(kinds), 1))
    shares[kinds == "elementary", HIGH_SCHOOL_FROM:] = 0
    shares[kinds == "high_school", :HIGH_SCHOOL_FROM] = 0
    shares[kinds == "regional_program"] = PROGRAM_WEIGHTS
    shares /= shares.sum(axis=1, keepdims=True)
    return shares


def count_heads(rng: np.random.Generator, kinds: Texts, size: Floats) -> Floats:
    """Heads on October 1 and March 1: (date, year, unit, grade), rounded to whole pupils.

    A cohort grows a year older from one year to the next, so that a large grade
    is the next year a large next grade.
    """
    shares = grade_shares(kinds)
    grades = shares.shape[1]
    pupils_of_grade = np.maximum(size, 1.0) / (shares > 0).sum(axis=1)
    spread = np.sqrt(0.025**2 + 0.3 / pupils_of_grade)
    cohorts = np.exp(spread[:, None] * rng.standard_normal((len(size), grades + len(YEARS) - 1)))
    growth = 0.012 * rng.standard_normal(len(size))
    heads = np.empty((2, len(YEARS), len(size), grades))
    for back, level in enumerate(YEAR_LEVELS):
        total = size * level * np.exp(-growth * back)
        expected = total[:, None] * shares * cohorts[:, back : back + grades]
        if back == 0:
            expected[:, : len(YOUNGEST_OF_PANDEMIC)] *= YOUNGEST_OF_PANDEMIC
        heads[0, back] = np.rint(expected)
        by_march = np.exp(-0.003 + 0.006 * rng.standard_normal(expected.shape))
        heads[1, back] = np.rint(expected * by_march)
    return heads


def enrollment_columns(rng: np.random.Generator, kinds: Texts, heads: Floats) -> dict[str, Floats]:
    """The columns of the counts by grade, blank in the grades that a kind lacks."""
    some_half = rng.random(len(kinds)) < HALF_DAY_SHARE
    half_share = np.where(some_half, rng.uniform(0.2, 1.0, len(kinds)), 0.0)
    declared = ~some_half & (rng.random(len(kinds)) < 0.8)
    has_kindergarten = np.isin(kinds, ["unit", "elementary"])
    columns = {"full_day_kindergarten_declared": np.where(has_kindergarten, declared, np.nan)}
    for date, of_date in zip(("october", "march"), heads, strict=True):
        for year, of_year in zip(YEARS, of_date, strict=True):
            half = np.rint(of_year[:, 1] * half_share)
            reported = np.column_stack(
                [of_year[:, 0], half, of_year[:, 1] - half, of_year[:, 2:]],
            )
            reported[kinds == "elementary", HIGH_SCHOOL_FROM + 1 :] = np.nan
            reported[kinds == "high_school", : HIGH_SCHOOL_FROM + 1] = np.nan
            reported[kinds == "specially_funded"] = np.nan
            if date == "october":
                reported[kinds == "regional_program"] = np.nan
            for place, grade in enumerate(REPORTED_GRADES.names):
                columns[f"{date}_enrollment_{year}_preceding_year_{grade}"] = reported[:, place]
    return columns


def need_columns(
    rng: np.random.Generator, traits: pd.DataFrame, heads: Floats
) -> dict[str, Floats]:
    """Low-income pupils and English learners of three years, never above the heads."""
    kinds = traits["organization_type"].to_numpy(str)
    least = heads.sum(axis=-1).min(axis=0)  # (year, unit)
    columns: dict[str, Floats] = {}
    for trait, name in (
        ("low_income", "low_income_count"),
        ("english_learners", "english_learner_count"),
    ):
        for back, year in enumerate(YEARS):
            drift = np.exp(0.02 * rng.standard_normal(len(traits)))
            share = np.minimum(traits[trait].to_numpy(float) * drift, MOST_LOW_INCOME)
            count = np.floor(share * least[back])
            count[kinds == "specially_funded"] = np.nan
            if name == "low_income_count":
                count[kinds == "regional_program"] = np.nan  # by its region's percentage
            columns[f"{name}_{year}_preceding_year"] = count
    return columns


def computed(frame: pd.DataFrame, salaries: ebf.Salaries, *lines: str) -> pd.DataFrame:
    """Some lines of the law for the units as they are so far."""
    return ebf.calculate(frame, ebf.law(FISCAL_YEAR, salaries=salaries), lines=lines).units


def eav_columns(
    rng: np.random.Generator, adjusted: Floats, growth: Floats
) -> tuple[dict[str, Floats], list[Floats]]:
    """Original EAV and the deductions of three tax years; and the real EAV of each.

    The three years' mean of real EAV is about ``adjusted``.
    """
    columns: dict[str, Floats] = {}
    real = []
    has = {name: rng.random(len(adjusted)) < share for name, share in DEDUCTIONS.items()}
    for back, year in enumerate(YEARS):
        wobble = np.exp(0.006 * rng.standard_normal(len(adjusted)))
        of_year = np.rint(adjusted * (1 + growth * (1 - back)) * wobble)
        deductions = {
            name: np.rint(np.where(has[name], of_year * rng.uniform(0, 0.004, len(adjusted)), 0))
            for name in DEDUCTIONS
        }
        suffix = f"{year}_preceding_tax_year"
        columns[f"original_eav_{suffix}"] = of_year + np.sum(list(deductions.values()), axis=0)
        columns |= {f"{name}_{suffix}": value for name, value in deductions.items()}
        real.append(of_year)
    return columns, real


def ptell_columns(
    rng: np.random.Generator,
    used: Floats,
    real: list[Floats],
    operating_rate: Floats,
    under_ptell: Flags,
) -> dict[str, Floats | Flags]:
    """The columns of PTELL, which make the EAV ``used`` of the districts under it.

    None had a rate increase, so no property is added.
    """
    size = len(used)
    new_property = np.rint(used * rng.uniform(0.002, 0.012, size))
    recovered = np.rint(np.where(rng.random(size) < 0.05, used * 0.004, 0))
    annexed = np.rint(np.where(rng.random(size) < 0.04, used * 0.001, 0))
    disconnected = np.rint(np.where(rng.random(size) < 0.04, used * 0.001, 0))
    base_year, before = real[1], real[2]
    limiting_rate = np.round(operating_rate * before / base_year * (1 + PRICE_GROWTH), 6)
    ratio = base_year * limiting_rate / (before * operating_rate)
    prior = np.rint(used / ratio)
    columns: dict[str, Floats | Flags] = {
        "ptell_eav_used_prior_fiscal_year": prior,
        "ptell_base_year_eav": base_year,
        "ptell_limiting_rate": limiting_rate,
        "ptell_preceding_year_eav": before,
        "ptell_preceding_year_operating_rate": operating_rate,
        "ptell_new_property": new_property,
        "ptell_recovered_tax_increment": recovered,
        "ptell_annexed_property": annexed,
        "ptell_disconnected_property": disconnected,
    }
    blank = {name: np.where(under_ptell, value, np.nan) for name, value in columns.items()}
    return {"ptell_district": under_ptell, **blank}


def counties_under_ptell(rng: np.random.Generator, factors: dict[str, float]) -> list[str]:
    """The metropolitan counties, and some of the others by lot."""
    rest = [county for county in factors if county not in METRO_COUNTIES]
    voted = [county for county in rest if rng.random() < PTELL_DOWNSTATE]
    return [*METRO_COUNTIES, *voted]


def tax_columns(
    rng: np.random.Generator, traits: pd.DataFrame, pupils: Floats, target: Floats
) -> dict[str, Floats]:
    """Operating rate, transportation, and replacement tax of every district."""
    wealth, city = traits["wealth"].to_numpy(float), traits["is_city"].to_numpy(bool)
    spread = np.exp(0.10 * rng.standard_normal(len(traits)))
    rate = traits["rate"].to_numpy(float) * np.where(
        city, 1.0, wealth**RATE_FOLLOWS_WEALTH * spread
    )
    expenditure = np.rint(pupils * rng.uniform(450, 1100, len(traits)))
    replacement = CPPRT_MEDIAN * np.exp(0.9 * rng.standard_normal(len(traits)))
    share = np.where(city, CITY_CPPRT, np.minimum(replacement, CPPRT_MOST))
    return {
        "operating_tax_rate": np.round(np.minimum(rate, GREATEST_RATE), 5),
        "transportation_expenditure": expenditure,
        "transportation_reimbursement": np.rint(expenditure * rng.uniform(0.35, 0.75, len(traits))),
        "corporate_personal_property_replacement_tax": np.rint(share * target),
    }


def reorganizations(rng: np.random.Generator, kinds: Texts) -> dict[str, Flags]:
    """Two districts in the first year after a reorganization, and two in the second."""
    chosen = rng.choice(np.flatnonzero(kinds == "unit")[1:], 4, replace=False)
    first, second = np.zeros(len(kinds), dtype=bool), np.zeros(len(kinds), dtype=bool)
    first[chosen[:2]], second[chosen[2:]] = True, True
    return {"first_year_after_reorganization": first, "second_year_after_reorganization": second}


def property_columns(
    rng: np.random.Generator, traits: pd.DataFrame, found: pd.DataFrame, factors: dict[str, float]
) -> pd.DataFrame:
    """Everything of (d): EAV, PTELL, rates and receipts; blank where there is no property."""
    kinds, size = traits["organization_type"].to_numpy(str), len(traits)
    target = found["adequacy_target"].to_numpy(float)
    span = np.array([GRADES_SERVED.get(kind, 1.0) for kind in kinds])
    used = traits["wealth"].to_numpy(float) * MEAN_RATIO * target / span
    under_ptell = traits["county"].isin(counties_under_ptell(rng, factors)).to_numpy(bool)
    above = np.where(under_ptell, np.maximum(0.04 + 0.04 * rng.standard_normal(size), -0.03), 0.0)
    growth = 0.025 + 0.015 * rng.standard_normal(size)
    growth[rng.random(size) < 0.005] = -0.14  # a plant closed
    pupils = found["average_student_enrollment"].to_numpy(float)
    tax = tax_columns(rng, traits, pupils, target)
    district = np.isin(kinds, DISTRICTS)
    anything = np.where(district, used, 1.0)  # what the others have is blanked below
    eav, real = eav_columns(rng, np.rint(anything * (1 + above)), growth)
    rate = np.where(district, tax["operating_tax_rate"], 1.0)
    columns = {
        **eav,
        **reorganizations(rng, kinds),
        **ptell_columns(rng, anything, real, rate, under_ptell),
        **tax,
        "article_34_district": traits["is_city"].to_numpy(bool),
    }
    frame = pd.DataFrame({name: value.astype(float) for name, value in columns.items()})
    frame.loc[~district] = np.nan
    return frame


def aimed_percent(
    rng: np.random.Generator, traits: pd.DataFrame, found: pd.DataFrame
) -> tuple[Floats, Flags]:
    """The percent of adequacy that each unit is to have; and who is in a tier at all.

    Units are ranked by what they have of their own, with some noise (programs,
    which have no property, by lot), and shared out among the tiers in that order.
    """
    kinds = traits["organization_type"].to_numpy(str)
    placed, city = kinds != "specially_funded", traits["is_city"].to_numpy(bool)
    target = found["adequacy_target"].to_numpy(float)
    own = found["adjusted_local_capacity_target"].to_numpy(float)
    score = own / np.where(placed, target, 1.0) + 0.05 * rng.standard_normal(len(kinds))
    by_lot = rng.normal(0.25, 0.35, len(kinds))
    score = np.where(kinds == "regional_program", by_lot, score)
    score = np.where(city | (kinds == "laboratory_school"), -1.0, score)
    score[~placed] = np.inf
    rank = np.argsort(np.argsort(score, kind="stable"))

    first, second, third, fourth = UNITS_UP_TO_TIER
    gap = np.where(rank < first, np.clip(rng.gamma(2.0, 0.02, len(kinds)), 0.004, DEEPEST_GAP), 0)
    others = np.sum(gap * target, where=~city)
    scale = (TIER_1_GAPS - CITY_GAP * target[city].sum()) / others
    gap = np.where(city, CITY_GAP, np.minimum(gap * scale, DEEPEST_GAP))
    in_second = (rank - first) / (second - first)
    in_third = (rank - second) / (third - second)
    in_fourth = (rank - third) / (fourth - third)
    aimed = np.select(
        [rank < first, rank < second, rank < third],
        [
            TARGET_RATIO - gap,
            TARGET_RATIO + 0.003 + 0.208 * np.maximum(in_second, 0) ** 2,
            0.903 + 0.092 * in_third,
        ],
        1.004 + 0.12 * np.maximum(in_fourth, 0) ** 2,
    )
    return aimed, placed


def prior_tiers(rng: np.random.Generator, aimed: Floats, placed: Flags) -> Floats:
    """Tiers of the year before: today's for most, another for some near an edge."""
    before = aimed + 0.015 * rng.standard_normal(len(aimed))
    tier = np.searchsorted([TARGET_RATIO, 0.9, 1.0], before, side="right") + 1.0
    return np.where(placed, tier, np.nan)


def base_columns(
    rng: np.random.Generator,
    traits: pd.DataFrame,
    found: pd.DataFrame,
    frame: pd.DataFrame,
    aimed: Floats,
) -> dict[str, Floats]:
    """The base funding that takes every unit to its aimed percent of adequacy.

    With a supplemental grant S, base B, target A and own means L, the adjusted
    base is B - S(1 - (L + B)/A); solved for B.
    """
    size, city = len(traits), traits["is_city"].to_numpy(bool)
    district = traits["organization_type"].isin(DISTRICTS).to_numpy(bool)
    special = (traits["organization_type"] == "specially_funded").to_numpy(bool)
    target = np.where(special, 1.0, found["adequacy_target"].to_numpy(float))
    receipts = frame["corporate_personal_property_replacement_tax"].fillna(0).to_numpy(float)
    own = found["adjusted_local_capacity_target"].to_numpy(float) + receipts
    least = target * STATE_SHARE_LEAST * np.exp(0.35 * rng.standard_normal(size))
    adjusted = np.maximum(aimed * target - own, least)

    part = np.where(city, CITY_SUPPLEMENTAL, np.minimum(rng.gamma(1.6, 0.07, size), 0.4))
    supplemental = np.rint(np.where(district, part * adjusted, 0))
    own_means = found["local_capacity_target"].to_numpy(float) + receipts
    short = supplemental * (1 - own_means / target)
    base = np.maximum((adjusted + short) / (1 + supplemental / target), adjusted)
    base = np.where(special, rng.uniform(*SPECIALLY_FUNDED_BASE, size), base)
    return {
        **split_base(rng, np.rint(base), district & ~city, special),
        "supplemental_grant_funding_fy2017": np.where(district, supplemental, np.nan),
    }


def split_base(
    rng: np.random.Generator, base: Floats, district: Flags, special: Flags
) -> dict[str, Floats]:
    """The base funding as last year's and what was added to it since."""
    size = len(base)
    relief = np.where(
        district & (rng.random(size) < RELIEF_SHARE), base * rng.uniform(0.005, 0.04, size), 0
    )
    intervention = np.zeros(size)
    intervention[rng.choice(np.flatnonzero(district), 2, replace=False)] = 50_000
    correction = np.zeros(size)
    corrected = rng.choice(np.flatnonzero(district), 6, replace=False)
    correction[corrected] = base[corrected] * rng.uniform(-0.01, 0.01, 6)
    relief, correction = np.rint(relief), np.rint(correction)
    grown = np.where(special, 1.0, rng.uniform(0.86, 0.98, size))
    return {
        "prior_year_base_funding_minimum": base - relief - intervention - correction,
        "prior_year_tier_funding": np.zeros(size),  # FY2021 had no new money
        "property_tax_relief_grant": relief,
        "district_intervention_money": intervention,
        "base_funding_correction": correction,
        "first_year_base_funding_minimum": np.rint(base * grown),
    }


def grant_columns(
    rng: np.random.Generator, found: pd.DataFrame, base: pd.DataFrame
) -> dict[str, Floats]:
    """The grants of FY2017 for special education and English learners that the base holds."""
    most = MOST_OF_BASE * base["prior_year_base_funding_minimum"].to_numpy(float)
    columns = {}
    for population, counted, median in (
        ("special_education", "average_student_enrollment", SPECIAL_EDUCATION_GRANTS),
        ("english_learner", "english_learner_count", ENGLISH_LEARNER_GRANTS),
    ):
        drawn = (
            found[counted].to_numpy(float) * median * np.exp(0.2 * rng.standard_normal(len(most)))
        )
        columns[f"{population}_grants_within_base"] = np.rint(np.minimum(drawn, most))
    return columns


def sample_units(salaries: ebf.Salaries) -> pd.DataFrame:
    """The table of the invented state, sorted by unit id."""
    rng = np.random.default_rng(SEED)
    factors = published_factors()
    traits = draw_units(rng, factors)
    kinds = traits["organization_type"].to_numpy(str)
    heads = count_heads(rng, kinds, traits["size"].to_numpy(float))
    frame = identify(rng, traits, factors).assign(
        **enrollment_columns(rng, kinds, heads),
        **need_columns(rng, traits, heads),
        prior_year_tier=np.where(kinds == "specially_funded", np.nan, 2.0),  # for now
    )
    sized = computed(frame, salaries, "adequacy_target", "average_student_enrollment")
    frame = pd.concat([frame, property_columns(rng, traits, sized, factors)], axis=1)
    capacity = ("adequacy_target", "local_capacity_target", "adjusted_local_capacity_target")
    aimed, placed = aimed_percent(rng, traits, computed(frame, salaries, *capacity))
    frame["prior_year_tier"] = prior_tiers(rng, aimed, placed)
    found = computed(frame, salaries, *capacity)
    base = pd.DataFrame(base_columns(rng, traits, found, frame, aimed))
    grants = pd.DataFrame(grant_columns(rng, found, base))
    frame = pd.concat([frame, base, grants], axis=1)
    return in_plain_numbers(frame).sort_values("unit_id", ignore_index=True)


def in_plain_numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with counts, flags and whole dollars as integers; rates stay as they are."""
    texts = ("unit_id", "name", "organization_type", "county")
    whole = [name for name in frame.columns if name not in texts and not name.endswith("_rate")]
    return frame.astype(dict.fromkeys(whole, "Int64"))


def salaries_text() -> str:
    """The salary table as TOML."""
    invented = ",\n".join(f'  "{name}"' for name, _, published in SALARIES if not published)
    lines = [
        f"{SALARIES_HEAD}fiscal_year = {FISCAL_YEAR}",
        f'source = "{SALARIES_SOURCE}"',
        f"illustrative = [\n{invented},\n]",
        *(f"{name} = {dollars}" for name, dollars, _ in SALARIES),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write both files beside this one."""
    (HERE / "salaries.toml").write_text(salaries_text(), encoding="utf-8", newline="\n")
    units = sample_units(ebf.Salaries.from_toml(HERE / "salaries.toml"))
    units.to_csv(HERE / "units.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
