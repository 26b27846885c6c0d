"""What Illinois published, reproduced: every count of matches on a line is measured here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from checkout import PUBLISHED
from published import DISTRIBUTION, YEARS, distributed, statewide_of, units_of
from typer.testing import CliRunner

import ebf
from ebf.doors.command import app
from ebf.language.evidence import Kind
from ebf.law.evidence import EVIDENCE, Matches, measured
from ebf.law.funding import FUNDING
from ebf.law.funding.b_cost_factors import ADDITIONAL_POSITIONS, CORE_POSITIONS
from ebf.law.years import FIRST_YEAR
from ebf.units.isbe.base_calc import read_base_calc

CENT = 0.0051  # whole cents as floats, and an uncut half
IN_TIERS = {2018: 853, 2020: 921, 2022: 922}
UNITS_PER_TIER = {
    2018: (313, 346, 48, 146),
    2020: (358, 354, 58, 151),
    2022: (320, 362, 65, 175),
}

pytestmark = pytest.mark.usefixtures("published")


def apart(ours: pd.Series, theirs: pd.Series) -> npt.NDArray[np.float64]:
    difference: npt.NDArray[np.float64] = np.abs(ours.to_numpy(float) - theirs.to_numpy(float))
    return difference


def added(matches: Iterable[Matches]) -> Matches:
    """The matches of several years together."""
    every = list(matches)
    return Matches(sum(each.matched for each in every), sum(each.compared for each in every))


def count(close: npt.NDArray[np.bool_]) -> Matches:
    return Matches(int(close.sum()), close.size)


# --- The distribution --------------------------------------------------------


@pytest.mark.parametrize("year", YEARS)
def test_every_tier_and_tier_funding_to_the_cent(published: Path, year: int) -> None:
    theirs, ours = units_of(published, year), distributed(published, year).units
    in_tiers = theirs["tier"] > 0
    assert in_tiers.sum() == IN_TIERS[year]
    assert (ours["tier"] == theirs["tier"]).all()
    assert (apart(ours["tier_funding"], theirs["tier_funding"]) < 1e-6).all()


@pytest.mark.parametrize("year", YEARS)
def test_the_command_pays_what_was_published(published: Path, year: int, tmp_path: Path) -> None:
    theirs = units_of(published, year)
    given = theirs[DISTRIBUTION].copy()
    given["local_capacity_percentage"] = given["local_capacity_percentage"].fillna(0.5)
    given.to_csv(tmp_path / "state.csv")
    money = str(statewide_of(published, year)["new_state_funds"])
    arguments = ["calculate", str(tmp_path / "state.csv"), "--fiscal-year", str(year)]
    arguments += ["--new-state-funds", money, "--output", str(tmp_path / "out")]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    ours = pd.read_csv(tmp_path / "out" / "units.csv", dtype={"unit_id": str})
    assert list(ours["unit_id"]) == list(theirs.index)
    assert list(ours["tier"]) == list(theirs["tier"])
    assert (apart(ours["tier_funding"], theirs["tier_funding"]) < 1e-6).all()


@pytest.mark.parametrize("year", YEARS)
def test_the_states_workbook_can_be_read_and_distributed(published: Path, year: int) -> None:
    theirs = units_of(published, year)
    ours = ebf.calculate(*ebf.read(published / "base_calc.xlsx", sheet=str(year))).units
    assert list(ours.index) == list(theirs.index)
    assert (ours["tier"] == theirs["tier"]).all()
    assert (apart(ours["tier_funding"], theirs["tier_funding"]) < 1e-6).all()


@pytest.mark.parametrize("year", YEARS)
def test_statewide_ratio_rates_and_scaling(published: Path, year: int) -> None:
    theirs, ours = statewide_of(published, year), distributed(published, year).statewide
    assert ours["tier_1_target_ratio"] == pytest.approx(theirs["tier_1_target_ratio"], abs=1e-13)
    for name in (
        "tier_2_allocation_rate",
        "tier_3_allocation_rate",
        "tier_4_allocation_rate",
        "greatest_tier_3_funding_per_student",
        "tier_2_scaling_factor",
    ):
        # the state solved for the ratio by goal seek, and its gaps carry what that left
        assert ours[name] == pytest.approx(theirs[name], rel=1e-10), name
    assert tuple(ours[f"units_in_tier_{tier}"] for tier in range(1, 5)) == UNITS_PER_TIER[year]


# --- Measures: one a line that claims to be verified ----------------------------------


def in_every_year(of_year: Callable[[Path, int], Matches]) -> Callable[[Path], Matches]:
    """The sum of a measure over the published years."""

    def measure(folder: Path) -> Matches:
        return added(of_year(folder, year) for year in YEARS)

    return measure


def by_unit(column: str) -> Callable[[Path], Matches]:
    """A column of the distribution against the published one, all units in tiers."""

    def of_year(folder: Path, year: int) -> Matches:
        theirs = units_of(folder, year).query("tier > 0")
        ours = distributed(folder, year).units.loc[theirs.index]
        return count(apart(ours[column], theirs[column]) < CENT)

    return in_every_year(of_year)


def statewide(column: str, within: float) -> Callable[[Path], Matches]:
    def measure(folder: Path) -> Matches:
        pairs = [
            (distributed(folder, year).statewide[column], statewide_of(folder, year)[column])
            for year in YEARS
        ]
        return count(np.array([abs(ours / theirs - 1) < within for ours, theirs in pairs]))

    return measure


def in_the_distribution(*years: int) -> Callable[[Path], Matches]:
    """Whether a unit has a tier, for every unit published."""

    def measure(folder: Path) -> Matches:
        return added(
            count(
                (
                    distributed(folder, year).units["in_distribution"]
                    == (units_of(folder, year)["tier"] > 0)
                ).to_numpy()
            )
            for year in years
        )

    return measure


def flag_of(tier: int) -> Callable[[Path], Matches]:
    def of_year(folder: Path, year: int) -> Matches:
        theirs = units_of(folder, year).query("tier > 0")["tier"] == tier
        ours = distributed(folder, year).units[f"in_tier_{tier}"]
        return count((ours[theirs.index] == theirs).to_numpy())

    return in_every_year(of_year)


def units_in_tier(tier: int) -> Callable[[Path], Matches]:
    def measure(folder: Path) -> Matches:
        ours = [distributed(folder, year).statewide[f"units_in_tier_{tier}"] for year in YEARS]
        theirs = [UNITS_PER_TIER[year][tier - 1] for year in YEARS]
        return count(np.array(ours) == np.array(theirs))

    return measure


def total_of(line: str, column: str) -> Callable[[Path], Matches]:
    """A statewide amount against the sum of the units' published ones."""

    def measure(folder: Path) -> Matches:
        close = []
        for year in YEARS:
            ours = distributed(folder, year).statewide[line]
            theirs = units_of(folder, year)[column].sum()
            close.append(abs(ours - theirs) < 0.01)
        return count(np.array(close))

    return measure


def statewide_percent(folder: Path) -> Matches:
    """Resources over targets of all units in tiers, as published."""
    close = []
    for year in YEARS:
        units = units_of(folder, year).query("tier > 0")
        theirs = units["final_resources"].sum() / units["adequacy_target"].sum()
        ours = distributed(folder, year).statewide["statewide_percent_of_adequacy"]
        close.append(abs(ours - theirs) < 1e-12)
    return count(np.array(close))


def statewide_gap(tier: int, level: float) -> Callable[[Path], Matches]:
    """What the published units in tiers lack to a level."""

    def measure(folder: Path) -> Matches:
        close = []
        for year in YEARS:
            units = units_of(folder, year).query("tier > 0")
            short = level * units["adequacy_target"] - units["final_resources"]
            ours = distributed(folder, year).statewide[f"statewide_gap_to_tier_{tier}_target_ratio"]
            close.append(abs(ours - short[short > 0].sum()) < 0.01)
        return count(np.array(close))

    return measure


def rate_of_tier_1(folder: Path) -> Matches:
    """What the state paid of each year's Tier 1 gaps."""
    close = []
    for year in YEARS:
        units = units_of(folder, year)
        paid = units["tier_1_funding"].sum() / units["tier_1_funding_gap"].sum()
        close.append(
            abs(distributed(folder, year).statewide["tier_1_allocation_rate"] - paid) < 1e-9
        )
    return count(np.array(close))


# --- The Adequacy Target -------------------------------------------------------


@cache
def targets(folder: Path, year: int) -> pd.DataFrame:
    """The Adequacy Targets assembled from their four parts, factors by county."""
    units = units_of(folder, year)
    units = units[units["tier"] > 0]
    given = units[
        [
            "organization_type",
            "county",
            "average_student_enrollment",
            "core_investments",
            "per_student_investments_subject_to_regionalization",
            "additional_investments",
            "per_student_investments_not_subject_to_regionalization",
        ]
    ]
    return ebf.calculate(given, ebf.law(year), lines=["adequacy_target"]).units


def assembled_in(folder: Path, year: int) -> Matches:
    theirs = units_of(folder, year).query("tier > 0")["adequacy_target"]
    return count(apart(targets(folder, year)["adequacy_target"], theirs) < 1e-6)


assembled = in_every_year(assembled_in)


def test_adequacy_target_of_every_unit_from_its_four_parts(published: Path) -> None:
    assert assembled(published) == Matches(2696, 2696)


@pytest.mark.parametrize("year", YEARS)
def test_the_factor_of_every_county_is_the_published_one(published: Path, year: int) -> None:
    theirs = units_of(published, year).query("tier > 0")["regionalization_factor"]
    assert (apart(targets(published, year)["regionalization_factor"], theirs) < 1e-9).all()


def subject_in(folder: Path, year: int) -> Matches:
    """The salary part times ASE, cut."""
    column = "per_student_investments_subject_to_regionalization"
    units = units_of(folder, year).query("tier > 0")
    given = units[["organization_type", "average_student_enrollment"]]
    ours = ebf.calculate(given, ebf.law(year), lines=[column]).units[column]
    return count(apart(ours, units[column]) < 1e-6)


SALARIES = {
    "teacher": {"k_8": 1, "9_12": 75268, "k_12": 68735},  # no elementary pupils to price
    "counselor": {"k_8": 1, "9_12": 81154},
    "nurse": {"k_8": 1, "9_12": 59460},
    # known only as a sum, 285,196, which suffices: the three have the same ratio
    "librarian": {"k_8": 1, "9_12": 75196},
    "principal": {"k_8": 1, "9_12": 110000},
    "assistant_principal": {"k_8": 1, "9_12": 100000},
    "psychologist": {"k_12": 77834},
    "school_site_staff": 33276,
    "assistant": 27731,
}
NOT_SUBJECT = "per_student_investments_not_subject_to_regionalization"


@cache
def high_schools(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The FY2022 high school districts from counts, and as published.

    The technology amount doubles by the tier of FY2021, which was never
    published (no money was distributed): it is FY2020's, but for the units whose
    published amount shows otherwise.
    """
    theirs = ebf.read_units(folder / "fy2022_high_school_inputs.csv").set_index("unit_id")
    year = units_of(folder, 2022).loc[theirs.index]
    given = theirs[["low_income_count", "english_learner_count"]].copy()
    given["organization_type"] = "high_school"
    given["county"] = year["county"]
    given["grade_9"] = theirs["average_student_enrollment"]
    given[["grade_10", "grade_11", "grade_12"]] = 0.0
    given["prior_year_tier"] = units_of(folder, 2020).loc[theirs.index, "tier"]
    given.loc[TIER_CHANGED_IN_2021.keys(), "prior_year_tier"] = list(TIER_CHANGED_IN_2021.values())
    ours = ebf.calculate(given, ebf.law(2022, salaries=SALARIES), lines=["adequacy_target"]).units
    return ours, theirs.assign(adequacy_target=year["adequacy_target"])


TIER_CHANGED_IN_2021 = {"1705323001700": 3, "3404912001300": 1}


def of_high_schools(column: str) -> Callable[[Path], Matches]:
    def measure(folder: Path) -> Matches:
        ours, theirs = high_schools(folder)
        return count(apart(ours[column], theirs[column]) < CENT)

    return measure


def test_high_schools_from_counts_to_the_cent(published: Path) -> None:
    ours, theirs = high_schools(published)
    assert len(theirs) == 49
    for column in ("core_investments", "additional_investments", "adequacy_target"):
        assert (apart(ours[column], theirs[column]) < 1e-6).all(), column
    exact = apart(ours[NOT_SUBJECT], theirs[NOT_SUBJECT]) < 1e-5
    assert exact.sum() == 48
    assert (apart(ours[NOT_SUBJECT], theirs[NOT_SUBJECT]) < CENT).all()


# --- Counts ------------------------------------------------------------------------


def reachable(cut_grades: int) -> set[int]:
    """Cents that grades reach whose thirds are each cut: .33 and .66 of a pupil."""
    return {33 * thirds % 100 for thirds in range(2 * cut_grades + 1)}


def cut_by_grade(folder: Path) -> Matches:
    """ASE of units with one count a year: thirds of pupils, cut in each grade.

    FY2018's high schools have four grades (October counts alone), FY2022's
    regional programs seven (March counts alone). Cutting the total instead
    would leave only .00, .33 and .66.
    """
    found = []
    for year, kind, grades in ((2018, "high_school", 4), (2022, "regional_program", 7)):
        units = units_of(folder, year)
        units = units[units["organization_type"] == kind]
        cents = (units["average_student_enrollment"] * 100).round().astype(int) % 100
        found.append(count(cents.isin(reachable(grades)).to_numpy()))
        assert (~cents.isin([0, 33, 66])).sum() > 20
    return added(found)


# --- Local capacity and resources ------------------------------------------------------


@cache
def capacity(folder: Path, year: int) -> pd.DataFrame:
    """Units whose Local Capacity Percentage could be recovered, with our lines.

    The supplemental grant of FY2017 is recovered from FY2018's adjusted base,
    which was not cut, to a whole cent; the other years are predicted from it.
    """
    units = units_of(folder, year).query("tier > 0 and local_capacity_percentage.notna()")
    given = units[
        [
            "organization_type",
            "adequacy_target",
            "local_capacity_percentage",
            "base_funding_minimum",
            "corporate_personal_property_replacement_tax",
            "adjusted_local_capacity_target",
        ]
    ].copy()
    # a float's noise around 0
    tax = "corporate_personal_property_replacement_tax"
    given[tax] = given[tax].round(2) + 0.0
    grants = supplemental_grants(folder)
    given["supplemental_grant_funding_fy2017"] = grants.reindex(given.index).where(
        given["organization_type"] != "regional_program", 0.0
    )
    known = given["supplemental_grant_funding_fy2017"].notna()
    ours = ebf.calculate(
        given[known],
        ebf.law(year),
        lines=["final_resources", "local_capacity_target", "final_percent_of_adequacy"],
    ).units
    return ours.join(units.add_suffix("_published"))


@cache
def supplemental_grants(folder: Path) -> pd.Series:
    units = units_of(folder, 2018).query("tier > 0 and local_capacity_percentage.notna()")
    resources = (
        units["local_capacity_target"]
        + units["corporate_personal_property_replacement_tax"]
        + units["base_funding_minimum"]
    )
    short = 1 - np.minimum(1, resources / units["adequacy_target"])
    grant = (units["base_funding_minimum"] - units["adjusted_base_funding_minimum"]) / short
    whole: pd.Series = grant.round(2)
    assert (np.abs(grant - whole) < 1e-4).all()  # whole cents, every one
    return whole


def adjusted_base(*years: int) -> Callable[[Path], Matches]:
    def measure(folder: Path) -> Matches:
        found = []
        for year in years:
            units = capacity(folder, year)
            within = 1e-5 if year == 2018 else 1e-6
            column = "adjusted_base_funding_minimum"
            found.append(count(apart(units[column], units[f"{column}_published"]) < within))
        return added(found)

    return measure


def target_where_nothing_is_added(*years: int) -> Callable[[Path], Matches]:
    """The published adjusted target is ours to the cent, or dollars above it.

    A unit whose published adjusted target is within a dollar of our Local
    Capacity Target has no receipts above it, and the two must be equal.
    Chicago's differs by its pension credit.
    """

    def measure(folder: Path) -> Matches:
        found = []
        for year in years:
            units = capacity(folder, year)
            chicago = (units.index == "1501629902500") * ebf.law(year).value(
                "pension_credit"
            ).item()
            above = (
                units["adjusted_local_capacity_target_published"]
                + chicago
                - units["local_capacity_target"]
            )
            assert (above > -CENT).all()
            found.append(count((above[above < 1].abs() < CENT).to_numpy()))
        return added(found)

    return measure


def receipts_in_whole_cents(folder: Path) -> Matches:
    """Real Receipts of FY2018, as the uncut adjusted target implies them."""
    workbook = read_base_calc(folder / "base_calc.xlsx", "2018").units.set_index("unit_id")
    units = capacity(folder, 2018).drop("1501629902500")
    above = (
        workbook.loc[units.index, "adjusted_local_capacity_target"] - units["local_capacity_target"]
    )
    cents = (above / units["local_capacity_percentage"])[above > CENT] * 100
    return count((np.abs(cents - cents.round()) < 0.002).to_numpy())


def resources_in(folder: Path, year: int) -> Matches:
    """The parts published add up; the CPPRT so recovered is in whole cents."""
    units = read_base_calc(folder / "base_calc.xlsx", str(year)).units.set_index("unit_id")
    units = units.loc[units_of(folder, year).query("tier > 0").index]
    tax = (
        units["final_resources"]
        - units["adjusted_local_capacity_target"]
        - units["adjusted_base_funding_minimum"]
    )
    return count((np.abs(tax - tax.round(2)) < 1e-5).to_numpy())


def adjusted_target_of_2018(folder: Path) -> Matches:
    return added([target_where_nothing_is_added(2018)(folder), receipts_in_whole_cents(folder)])


# --- Every count of matches that a line carries ----------------------------------------

CORE = of_high_schools("core_investments")
ADDITIONAL = of_high_schools("additional_investments")
PER_STUDENT = of_high_schools(NOT_SUBJECT)

MEASURED: dict[tuple[str, int], Callable[[Path], Matches]] = {
    ("enrollment", 2018): cut_by_grade,
    ("average_student_enrollment", 2018): cut_by_grade,
    **{
        (name, 2018): CORE
        for name in (
            "low_income_percentage",
            "core_teacher_fte",
            "core_teacher_cost",
            "specialist_teacher_fte",
            "specialist_teacher_cost",
            *(f"{position.name}_{part}" for position in CORE_POSITIONS for part in ("fte", "cost")),
            "substitute_days",
            "teacher_substitute_daily_rate",
            "assistant_substitute_daily_rate",
            "substituted_teacher_fte",
            "substitute_teacher_cost",
            "core_investments",
        )
    },
    **{
        (name, 2018): ADDITIONAL
        for name in (
            *(f"{each.name}_{part}" for each in ADDITIONAL_POSITIONS for part in ("fte", "cost")),
            "low_income_investments",
            "english_learner_investments",
            "special_education_investments",
            "additional_investments",
        )
    },
    **{
        (name, 2018): PER_STUDENT
        for name in (
            "gifted_cost",
            "student_activities_cost",
            "professional_development_cost",
            "instructional_materials_cost",
            "assessments_cost",
            "maintenance_and_operations_cost",
            "central_office_cost",
            "employee_benefits_cost",
            "per_student_investments",
            NOT_SUBJECT,
        )
    },
    ("computer_technology_cost", 2019): PER_STUDENT,
    ("per_student_investments_subject_to_regionalization", 2018): in_every_year(subject_in),
    ("adequacy_target", 2018): assembled,
    ("local_capacity_target", 2018): target_where_nothing_is_added(*YEARS),
    ("adjusted_local_capacity_target", 2018): adjusted_target_of_2018,
    ("adjusted_local_capacity_target", 2019): target_where_nothing_is_added(2020, 2022),
    ("real_receipts", 2018): receipts_in_whole_cents,
    ("preliminary_percent_of_adequacy", 2018): adjusted_base(*YEARS),
    ("adjusted_base_funding_minimum", 2018): adjusted_base(2018),
    ("adjusted_base_funding_minimum", 2019): adjusted_base(2020, 2022),
    ("final_resources", 2018): in_every_year(resources_in),
    ("in_distribution", 2018): in_the_distribution(2018),
    ("in_distribution", 2020): in_the_distribution(2020, 2022),
    **{
        (name, 2018): by_unit(name)
        for name in (
            "final_percent_of_adequacy",
            "tier",
            "tier_1_funding_gap",
            "tier_1_funding",
            "tier_2_funding_gap",
            "tier_2_funding_step_1",
            "tier_2_funding_step_2",
            "tier_2_funding",
            "tier_3_funding",
            "tier_4_funding",
            "tier_funding",
            "total_state_contribution",
        )
    },
    **{(f"in_tier_{tier}", 2018): flag_of(tier) for tier in range(1, 5)},
    **{(f"units_in_tier_{tier}", 2018): units_in_tier(tier) for tier in range(1, 5)},
    **{
        (f"tier_{tier}_allocation", 2018): total_of(
            f"tier_{tier}_allocation", f"tier_{tier}_funding"
        )
        for tier in range(1, 5)
    },
    **{
        (f"tier_{tier}_aggregate_funding", 2018): total_of(
            f"tier_{tier}_aggregate_funding", f"tier_{tier}_funding"
        )
        for tier in (3, 4)
    },
    **{
        (f"statewide_{column}", 2018): total_of(f"statewide_{column}", column)
        for column in ("adequacy_target", "final_resources")
    },
    ("statewide_percent_of_adequacy", 2018): statewide_percent,
    ("statewide_gap_to_tier_2_target_ratio", 2018): statewide_gap(2, 0.9),
    ("statewide_gap_to_tier_3_target_ratio", 2018): statewide_gap(3, 1.0),
    ("tier_1_allocation_rate", 2018): rate_of_tier_1,
    ("tier_1_gap_reached", 2018): total_of("tier_1_gap_reached", "tier_1_funding_gap"),
    ("total_tier_2_funding_gap", 2018): total_of("total_tier_2_funding_gap", "tier_2_funding_gap"),
    **{
        (name, 2018): statewide(name, within=1e-10)
        for name in (
            "tier_1_target_ratio",
            "tier_2_allocation_rate",
            "tier_3_allocation_rate",
            "tier_4_allocation_rate",
            "greatest_tier_3_funding_per_student",
            "tier_2_scaling_factor",
        )
    },
}

VERIFIED = {
    (line.name, line.first_year or FIRST_YEAR): line
    for line in FUNDING.all_lines
    if line.evidence.kind is Kind.VERIFIED
}
STALE = "data/evidence.toml is stale: `python tests/test_published.py` measures and writes it anew"


def test_every_line_that_claims_matches_is_measured() -> None:
    assert MEASURED.keys() == VERIFIED.keys()
    assert {line.full_name for line in VERIFIED.values()} == measured().keys(), STALE


@pytest.mark.parametrize("key", sorted(MEASURED), ids=lambda key: f"{key[0]}-{key[1]}")
def test_the_matches_a_line_claims_are_those_measured(
    published: Path, key: tuple[str, int]
) -> None:
    assert MEASURED[key](published) == measured()[VERIFIED[key].full_name], STALE


def evidence_file(folder: Path) -> str:
    """The file of counts: a table a line, in statute order."""
    tables = (
        f'["{line.full_name}"]\nmatched = {found.matched}\ncompared = {found.compared}\n'
        for key, line in VERIFIED.items()
        for found in [MEASURED[key](folder)]
    )
    return "\n".join([f"# {HEADING}\n", *tables])


HEADING = (
    "How many published values each line reproduces, of how many compared: measured, written\n"
    "# and checked by tests/test_published.py; never typed."
)

if __name__ == "__main__":
    EVIDENCE.write_text(evidence_file(PUBLISHED), encoding="utf-8")
