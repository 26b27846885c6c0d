"""The dollar amounts of single fiscal years, as far as they are known."""

from fractions import Fraction

WITH_RELIEF = range(2019, 2026)
KNOWN: dict[str, dict[int, str]] = {
    # (b)(2)(M)-(T), dollars a pupil.
    "gifted": {2018: "40", 2022: "90", 2024: "90", 2025: "90"},
    "instructional_materials": {2018: "190", 2022: "247", 2024: "325", 2025: "325"},
    "assessments": {2018: "25", 2022: "28", 2024: "34", 2025: "34"},
    "student_activities_elementary": {2018: "100", 2022: "113"},
    "student_activities_middle": {2018: "200", 2022: "226"},
    "student_activities_high": {2018: "675", 2022: "779", 2024: "859", 2025: "926"},
    "maintenance_and_operations": {2018: "1038", 2022: "1094", 2024: "1361", 2025: "1501"},
    "central_office": {2018: "742", 2022: "883", 2024: "937"},
    # (b)(2)(S), (T): what of the two is salaries.
    "central_services_salary_part": {
        2018: "721.40",
        2019: "766.32",
        2020: "784.13",
        2022: "850.48",
        2023: "904.17",
        2024: "951.90",
    },
    # (c)(2)(D): Chicago.
    "pension_credit": {
        2018: "551410000",
        2019: "581788000",
        2020: "609013000",
        2022: "667180000",
        2023: "551652000",
    },
    # (g)(9), reading 27: no relief grants before FY2019; none, and no cut made, in FY2026.
    "minimum_funding_level": {
        2018: "350000000",
        **dict.fromkeys(WITH_RELIEF, "350000000"),
        2026: "300000000",
    },
    "property_tax_relief_counted": {2018: "0", **dict.fromkeys(WITH_RELIEF, "50000000"), 2026: "0"},
    # As the state published them; none was appropriated for FY2021.
    "new_state_funds": {
        2018: "366610000.05",
        2020: "312491585.81",
        2021: "0",
        2022: "300000000",
        2026: "301807697.83",
    },
    # (g)(9.5): grants found in later bases (FY2019, FY2022), or as announced (FY2020).
    "property_tax_relief": {
        2018: "0",
        2019: "50000000",
        2020: "53650000",
        2022: "49702924",
        2026: "0",
    },
}
# Fixed in the law, and so known of every year.
FIXED = {
    "professional_development": Fraction(125),  # (b)(2)(N)
    "computer_technology.every_unit": Fraction("285.50"),  # (b)(2)(Q)
    # The same again for Tier 1 and 2 of the year before; nobody in FY2018.
    "computer_technology.tier_1_and_2": Fraction("285.50"),
}

# (b)(3): the published Regionalization Factors by county; every other county has 0.90000.
FACTOR_YEARS = (2018, 2019, 2020, 2022, 2023)
FACTORS = {
    "Cook DeKalb DuPage Grundy Kane Kendall McHenry Will": (
        "1.05745 1.05723 1.05711 1.05685 1.05731"
    ),
    "Lake": "1.04522 1.04500 1.04488 1.04462 1.04509",
    "Kankakee": ".96690 .96671 .96659 .96635 .96678",
    "Boone": ".95348 .95329 .95318 .95294 .95336",
    "Menard Sangamon": ".93772 .93753 .93742 .93719 .93760",
    "Bond Calhoun Clinton Jersey Macoupin Madison Monroe": (".93047 .93028 .93018 .92994 .93035"),
    "Winnebago": ".91533 .91514 .91504 .91481 .91522",
    "Macon": ".91431 .91413 .91402 .91379 .91420",
    "McLean": ".90118 .90100 .90090 .90067 .90107",
}


# Of the right size, for what is not known of a year.
ILLUSTRATIVE = {
    "gifted": Fraction(60),
    "instructional_materials": Fraction("219.35"),
    "assessments": Fraction(30),
    "student_activities_elementary": Fraction(111),
    "student_activities_middle": Fraction("222.22"),
    "student_activities_high": Fraction(801),
    "maintenance_and_operations": Fraction("1100.10"),
    "central_office": Fraction(901),
    "central_services_salary_part": Fraction("801.33"),
    "pension_credit": Fraction(600_000_000),
    "minimum_funding_level": Fraction(310_000_000),
    "property_tax_relief_counted": Fraction(20_000_000),
    "property_tax_relief": Fraction(50_000_000),
}


def known(fiscal_year: int) -> dict[str, Fraction]:
    """The amounts known of a fiscal year."""
    return FIXED | {
        name: Fraction(years[fiscal_year]) for name, years in KNOWN.items() if fiscal_year in years
    }


def amounts(fiscal_year: int) -> dict[str, Fraction]:
    """All amounts of a fiscal year, illustrative where they are not known."""
    return ILLUSTRATIVE | known(fiscal_year)


def published_factor(county: str | None, fiscal_year: int) -> Fraction:
    """The published factor of a county, of the years of FACTOR_YEARS; 0 without a county."""
    if county is None:
        return Fraction(0)
    for counties, factors in FACTORS.items():
        if county in counties.split() or (county == "St Clair" and "Monroe" in counties):
            return Fraction(factors.split()[FACTOR_YEARS.index(fiscal_year)])
    return Fraction("0.90000")
