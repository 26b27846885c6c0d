"""Made states from raw counts, the same in every run: every kind of unit, every line.

One table of units serves every fiscal year; what a year has of its own (the pandemic's
counts, the grants that base funding is made of) is added by the year.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from reference.amounts import FACTOR_YEARS
from reference.arithmetic import ONE, ZERO, Unit, cut, total
from reference.counts import DISTRICTS, PANDEMIC, REPORTED, YEARS, has_counts
from reference.resources import DEDUCTIONS, GRANTS_OF_2017, OF_PTELL, TAX_YEARS
from reference.whole import Case


class Row(NamedTuple):
    """What a unit is made from."""

    kind: str
    county: str
    is_: str
    """What else the unit is, of FLAGS."""
    pupils: int
    """Of a grade, in the latest year counted."""
    growth: int
    """Pupils of a grade that a year has more than the year before."""
    away: int
    """Of a hundred pupils, in the pandemic's year."""
    low_income: int
    """Of a hundred pupils."""
    learners: int
    """English learners, of a hundred pupils."""
    base: int
    """Dollars of base funding a pupil."""
    prior_tier: int
    wealth: int
    """Dollars of EAV a pupil, before the three tax years' hundredths, the latest first."""
    first: int
    second: int
    third: int
    rate: int
    """Operating tax rate, in thousandths."""
    spent: int
    """Dollars a pupil for transportation."""
    reimbursed: int


# The columns of Row. Of one EAV the latest year stands alone, of two two years; the others rose,
# or are below their mean by less than a tenth, by a tenth, and by more; one fell, yet not below
# it. Every year of Lake's second district has as many pupils, in other grades; DuPage is rich.
TABLE = """
unit              Cook      chicago   20000 -150 25 75 20    4500 1 200000 100  98  95 20  700 300
unit              Adams     -           900   10  0 60  5    5200 1  60000  95 100 104 20  700 300
hybrid            Boone     first       400   -7 25 35 10    5600 2 150000 100  98  95 20  700 300
elementary        St_Clair  second      300    3  0 80  0    6500 1  50000  80 100  97 20  700 300
elementary        Cook      poorer      250   -2 25  5 25    2500 4 600000 100  98  95 30  700 300
high_school       Lake      richer      800    5  0 20  3    2000 3 400000 100  98  95 20  700 300
high_school       McLean    alone       350   -1 25 45  1    3000 2 250000  90 100 104 20  700 300
unit              Winnebago -           500   -4  0 50 12    7300 0 120000  80 100  30 20  700 300
unit              DuPage    raised      300    4  0 10  8    3000 4 800000 100 101  99 50  700 300
unit              Adams     -            60    1 25 30  2    6650 2  90000 100 100 100  1 2000  10
high_school       Lake      -           120    0  0 30  2    4000 2 200000  92 100 120 20  700 300
hybrid            Boone     -           200   -3 25 25  2    7000 3 300000  90  92 118 20  200 300
laboratory_school McLean    -            40   -1 25 15  4    9200 3      0   0   0   0  0    0   0
regional_program  Adams     -             5   -2  0  0  2    8000 1      0   0   0   0  0    0   0
regional_program  St_Clair  begins        3   -1 25  0  0    7000 2      0   0   0   0  0    0   0
regional_program  Cook      was_empty     4    1  0  0  3    9000 0      0   0   0   0  0    0   0
specially_funded  Cook      -             0    0  0  0  0 3000000 0      0   0   0   0  0    0   0
unit              Winnebago -             0    0  0  0  0       0 0      0   0   0   0  0    0   0
"""
FLAGS = {
    "-": {},
    "chicago": {
        "article_34_district": "1",
        "full_day_kindergarten_declared": "1",
        "pension_normal_cost": "200000000.17",
        "retiree_health_cost": "65000000.50",
    },
    "first": {"first_year_after_reorganization": "1"},
    "second": {"second_year_after_reorganization": "1"},
    "alone": {"latest_tax_year_alone_used_prior_fiscal_year": "1"},
    # By its EAV under PTELL.
    "poorer": {"ptell_district": "1", "ptell_limiting_rate": "0.0215"},
    "richer": {"ptell_district": "1", "ptell_limiting_rate": "0.0345"},
    "raised": {"ptell_district": "1", "ptell_limiting_rate": "0.0345", "ptell_rate_increase": "1"},
    "begins": {"new_regional_program": "1"},
    "was_empty": {},
}
# (b)(3): a county's own index, how many neighbours it has, and their mean index.
WAGES = {
    "Cook": ("1.15", "5", "1.05"),
    "Lake": ("1.04", "3", "1.1"),
    "DuPage": ("1.12", "6", "1.125"),
    "Adams": ("0.8", "4", "0.825"),
    "Boone": ("0.95", "4", "1.02"),
    "Winnebago": ("0.94", "2", "1.01"),
    "McLean": ("1.01", "2", "0.97"),
    "St Clair": ("0.97", "7", "0.92"),
}
REGIONS = {county: f"{number:02d}" for number, county in enumerate(WAGES, 1)}
SALARIES = {
    "teacher": ("65442", "75268", "68735"),
    "counselor": ("69784", "81154", "75001"),
    "librarian": ("70123", "72345", "71234"),
    "nurse": ("59460", "59461", "59462"),
    "principal": ("108765", "120987", "112233"),
    "assistant_principal": ("95432", "104321", "98765"),
    "psychologist": ("76543", "78901", "77834"),
}
OF_ALL_SPANS = {"assistant": Fraction(27_731), "school_site_staff": Fraction(33_276)}
MONTHS = ("october", "march")
# One district, the second of Boone, and the laboratory school after it.
ONE_DISTRICT = slice(11, 13)


def salaries() -> dict[str, Fraction]:
    """State averages in whole dollars, none like another."""
    return OF_ALL_SPANS | {
        f"{position}.{span}": Fraction(salary)
        for position, by_span in SALARIES.items()
        for span, salary in zip(("k_8", "9_12", "k_12"), by_span, strict=True)
    }


def rows() -> Iterator[Row]:
    """The rows of the table."""
    for line in TABLE.strip().splitlines():
        kind, county, is_, *numbers = line.split()
        yield Row(kind, county.replace("_", " "), is_, *map(int, numbers))


def served(kind: str) -> tuple[str, ...]:
    """The grades that a unit can report."""
    return {"elementary": REPORTED[:11], "high_school": REPORTED[11:]}.get(kind, REPORTED)


def everyone(row: Row) -> int:
    """About all pupils of a unit; of one without, what its base is reckoned by."""
    return row.pupils * len(served(row.kind)) or 1


def counted(row: Row, number: int, fiscal_year: int) -> Unit:
    """Heads on every day of counting; two days without a count, not of one year."""
    found: Unit = {}
    for place, year in enumerate(YEARS):
        pupils = max(0, row.pupils - row.growth * place)
        if PANDEMIC.get(fiscal_year) == place:
            pupils = pupils * (100 - row.away) // 100
        for month, name in enumerate(MONTHS):
            missing = (number, place, month) in {(1, 1, 0), (7, 0, 1)} and fiscal_year > 2018
            for grade, reported in enumerate(served(row.kind)):
                more = (3 * grade + 5 * place + 2 * month + number) % 4 if pupils else 0
                heads = None if missing else Fraction(pupils + more)
                found[f"{name}_enrollment_{year}_preceding_year_{reported}"] = heads
    for place, year in enumerate(YEARS[:3]):
        # Falling for some, rising for others.
        change = place * (number % 3 - 1)
        for name, share in (("low_income", row.low_income), ("english_learner", row.learners)):
            pupils = everyone(row) * share // 100
            pupils = max(0, pupils + change) if pupils else 0
            found[f"{name}_count_{year}_preceding_year"] = Fraction(pupils)
    return found


def property_of(row: Row) -> Unit:
    """What (c), (d) and (f) read of a district."""
    pupils = everyone(row)
    found: Unit = {}
    for year, hundredths in zip(TAX_YEARS, (row.first, row.second, row.third), strict=True):
        eav = found[f"original_eav_{year}_preceding_tax_year"] = Fraction(
            pupils * row.wealth * hundredths, 100
        )
        for place, name in enumerate(DEDUCTIONS, 1):
            # In proportion, so that a fall stays of the same size.
            found[f"{name}_{year}_preceding_tax_year"] = eav * place / 1_000
        found[f"taxes_abated_{year}_preceding_tax_year"] = eav * 13 / 1_000_000
    if row.is_ in {"poorer", "richer", "raised"}:
        for place, name in enumerate(OF_PTELL, 1):
            dollars = row.wealth if "eav" in name else 1_000
            found[f"ptell_{name}"] = cut(Fraction(pupils * dollars * (100 + place), 107))
        found["ptell_preceding_year_operating_rate"] = Fraction("0.0234")
        found["ptell_consumer_price_change"] = Fraction("0.023")
    return found | {
        "operating_tax_rate": Fraction(row.rate, 1_000),
        "transportation_expenditure": pupils * row.spent + Fraction("0.37"),
        "transportation_reimbursement": pupils * row.reimbursed + Fraction("0.21"),
        "corporate_personal_property_replacement_tax": pupils * 120 + Fraction("0.13"),
        "supplemental_grant_funding_fy2017": row.pupils * Fraction("1234.56"),
    }


def base_of(row: Row, number: int, fiscal_year: int) -> Unit:
    """What (e) and (g)(10) read of a unit."""
    base = everyone(row) * row.base + Fraction(7 * number, 100)
    # Of some units all that there is, so that nothing can be taken off.
    first = base if number % 3 == 1 else cut(base * Fraction("0.9"))
    found: Unit = {
        "first_year_base_funding_minimum": max(first, ONE),
        "prior_year_average_student_enrollment": everyone(row) + number % 5,
    }
    if fiscal_year == 2018:
        parts = {grant: cut(base / (place + 2) ** 2) for place, grant in enumerate(GRANTS_OF_2017)}
        parts[GRANTS_OF_2017[0]] += base - total(parts.values())
        return found | parts
    found["special_education_grants_within_base"] = cut(base / 9)
    found["english_learner_grants_within_base"] = cut(base / 101) if number % 2 else ZERO
    found["prior_year_base_funding_minimum"] = base
    found["prior_year_tier_funding"] = cut(base / (40 + number))
    if row.base:
        found["base_funding_correction"] = Fraction((number % 4 - 1) * 12_345, 100)
    if fiscal_year >= 2020:
        found["property_tax_relief_grant"] = cut(base / 77) if number % 2 else ZERO
    if fiscal_year >= 2022:
        found["district_intervention_money"] = ZERO if number % 2 else cut(base / 99)
    return found


def unit_of(row: Row, number: int, fiscal_year: int, *, by_county: bool) -> Unit:
    """A unit as it is handed over for a fiscal year."""
    unit: Unit = {
        "unit_id": f"{REGIONS[row.county]}{number:09d}00",
        "organization_type": row.kind,
        **base_of(row, number, fiscal_year),
    }
    if by_county:
        unit["county"] = row.county
        unit["region"] = f"of {row.county}"  # beside that of the id
    if row.is_ == "was_empty" and fiscal_year > 2018:
        unit["no_pupils_prior_year"] = ONE
    if not has_counts(unit, fiscal_year):
        return unit
    unit |= counted(row, number, fiscal_year)
    if fiscal_year > 2018:
        unit["prior_year_tier"] = Fraction(row.prior_tier)
    if row.kind in DISTRICTS:
        unit |= property_of(row)
    unit |= {name: Fraction(value) for name, value in FLAGS[row.is_].items()}
    unit["similar_program_base_funding_per_student"] = Fraction("7654.32")
    if not by_county:
        own, neighbours, mean = map(Fraction, WAGES[row.county])
        unit["comparable_wage_index"] = own
        unit["neighboring_counties"] = neighbours
        unit["neighbors_mean_comparable_wage_index"] = mean
    return unit


def made_from_counts(fiscal_year: int, *, appropriated: bool) -> tuple[Case, Case, Case]:
    """Money enough; new money and base that fall short; one district alone.

    Factors by wage indices, and by county where those of the year are published. New money is
    handed over as it is appropriated, or as what the relief grants leave of it.
    """

    def units(*, by_county: bool, without: str = "") -> tuple[Unit, ...]:
        return tuple(
            unit_of(row, number, fiscal_year, by_county=by_county)
            for number, row in enumerate(rows())
            if row.is_ != without
        )

    enough = Case(
        fiscal_year,
        units(by_county=False),
        Fraction("362491585.81" if appropriated else "312491585.81"),
        appropriated=appropriated,
        salaries=salaries(),
    )
    short = Case(
        fiscal_year,
        # Who has no base can have nothing taken off it.
        units(by_county=fiscal_year in FACTOR_YEARS, without="was_empty"),
        Fraction("280000000.07"),
        appropriated=appropriated,
        amounts={
            "minimum_funding_level": Fraction(350_000_000),
            "property_tax_relief_counted": Fraction(40_000_000),
        },
        short_of_base=Fraction("40000000.01"),
        salaries=salaries(),
    )
    return enough, short, enough._replace(units=enough.units[ONE_DISTRICT])
