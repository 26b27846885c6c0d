"""The policy profile: every number of the national profile's rows, and how it stands in a year."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import depth
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from refusal import all_faults
from typer.testing import CliRunner

import ebf
from ebf.doors.command import app
from ebf.faults import FaultKind
from ebf.language.measure import Measure
from ebf.law.parameters import element_owners, identifier_of, parameters
from ebf.law.statutes import STATUTES
from ebf.reports.policy_profile import ILLINOIS
from ebf.reports.profile_facts import read_facts

PER_1000 = 1 / 1000


@cache
def profile(*years: int) -> ebf.PolicyProfile:
    return ebf.policy_profile(*years)


@cache
def sample() -> ebf.Ledger:
    return ebf.calculate(*ebf.sample())


def numbers(found: ebf.PolicyProfile, fact: str, year: int = 2022) -> dict[str, float]:
    rows = found.frame[(found.frame["fact"] == fact) & (found.frame["fiscal_year"] == year)]
    assert len(rows), fact
    return dict(zip(rows["number"], rows["value"], strict=True))


def row(found: ebf.PolicyProfile, fact: str, year: int = 2022) -> Mapping[str, Any]:
    rows = found.frame[(found.frame["fact"] == fact) & (found.frame["fiscal_year"] == year)]
    return {str(name): value for name, value in rows.iloc[0].items()}


def cell(frame: pd.DataFrame, fact: str, column: str) -> str:
    return str(frame.loc[fact, column])


def wrong(facts: str) -> list[tuple[str, str, str]]:
    """Where each fault of a file is, and what was found."""
    faults = all_faults(lambda: ebf.policy_profile(2022, facts=facts.encode()))
    return [(*fault.place.words, fault.found) for fault in faults]


# --- The rows of the national profile ------------------------------------------------------

STAFF = "students_per_fte"
FROM_THE_LAW: dict[str, dict[str, float]] = {
    "formula_type": {"count": 34},
    "tiers": {
        "tier_1.share": 0.5, "tier_2.share": 0.49, "tier_3.share": 0.009, "tier_4.share": 0.001,
        "tier_2.target_ratio": 0.9, "tier_3.target_ratio": 1,
    },
    "local_capacity": {"greatest_local_capacity_percentage": 0.9},
    "core_teachers": {
        "core_teacher.other_k_3": 20, "core_teacher.other_4_8": 25, "core_teacher.other_9_12": 25
    },
    "low_income_core_teachers": {
        "core_teacher.low_income_k_3": 15,
        "core_teacher.low_income_4_8": 20,
        "core_teacher.low_income_9_12": 20,
    },
    "english_learner_staff": {
        f"english_learner_core_teacher.{STAFF}": 100,
        f"english_learner_intervention_teacher.{STAFF}": 125,
        f"english_learner_pupil_support_staff.{STAFF}": 125,
        f"english_learner_extended_day_teacher.{STAFF}": 120,
        f"english_learner_summer_school_teacher.{STAFF}": 120,
    },
    "low_income_staff": {
        f"low_income_intervention_teacher.{STAFF}": 125,
        f"low_income_pupil_support_staff.{STAFF}": 125,
        f"low_income_extended_day_teacher.{STAFF}": 120,
        f"low_income_summer_school_teacher.{STAFF}": 120,
    },
    "special_education_staff": {
        f"special_education_teacher.{STAFF}": 141,
        f"special_education_instructional_assistant.{STAFF}": 141,
        f"special_education_psychologist.{STAFF}": 1000,
    },
    "gifted": {"gifted": 90},
}  # fmt: skip
FROM_OTHER_STATUTES: dict[str, list[float]] = {
    "education_ceiling": [9.2 * PER_1000, 35 * PER_1000, 18.4 * PER_1000, 40 * PER_1000],
    "operations_ceiling": [2.5 * PER_1000, 5.5 * PER_1000, 5 * PER_1000, 7.5 * PER_1000],
    "special_education_ceiling": [0.2 * PER_1000, 4 * PER_1000, 0.4 * PER_1000, 8 * PER_1000],
    "transportation_ceiling": [1.2 * PER_1000, 2 * PER_1000],
    "capital_ceiling": [7.5 * PER_1000],
    "summer_school_ceiling": [1.5 * PER_1000],
    "vocational_building_ceiling": [0.5 * PER_1000],
    "other_ceilings": [0.5 * PER_1000, 1 * PER_1000, 0.5 * PER_1000, 0.5 * PER_1000],
    "tax_limits": [0.05],
    "chicago_capital_ceiling": [142_500_000],
    "county_sales_tax": [0.01, 0.0025, 0.5],
}
FROM_OUTSIDE: dict[str, list[float]] = {
    "no_base_amount": [6119],
    "chicago_education_ceiling": [30.7 * PER_1000, 35.7 * PER_1000],
    "chicago_pension_ceiling": [5.67 * PER_1000, 3.83 * PER_1000],
    "career_programs": [38_060_000, 1_800_000],
}


@pytest.mark.parametrize("fact", FROM_THE_LAW)
def test_the_numbers_of_the_law_are_found(fact: str) -> None:
    assert numbers(profile(2022), fact) == FROM_THE_LAW[fact]
    said = row(profile(2022), fact)
    assert (said["status"], bool(said["from_the_law"])) == ("in force", True)
    assert said["cite"].startswith("18-8.15(")
    assert said["source"]


@pytest.mark.parametrize("fact", FROM_OTHER_STATUTES)
def test_the_numbers_of_neighboring_laws_are_found(fact: str) -> None:
    assert [*numbers(profile(2022), fact).values()] == pytest.approx(FROM_OTHER_STATUTES[fact])
    said = row(profile(2022), fact)
    assert (said["status"], bool(said["from_the_law"])) == ("in force", True)
    assert not said["cite"].startswith("18-8.15")
    assert said["source"]


@pytest.mark.parametrize("fact", FROM_OUTSIDE)
def test_the_numbers_from_outside_are_found(fact: str) -> None:
    assert [*numbers(profile(2022), fact).values()] == pytest.approx(FROM_OUTSIDE[fact])
    said = row(profile(2022), fact)
    assert not said["from_the_law"]
    assert said["cite"]
    assert said["source"]


def test_every_topic_of_the_national_profile_has_its_facts_in_order() -> None:
    topics = profile(2022).facts["topic"]
    assert [*topics.unique()] == [*profile(2022).topics]
    assert topics.value_counts()[["formula", "tax_ceilings", "poverty"]].to_list() == [5, 13, 5]
    assert len(topics) == 43


def test_other_staff_has_every_ratio_of_a_school() -> None:
    found = numbers(profile(2022), "other_staff")
    assert len(found) == 11 * 3
    assert [found[f"nurse.{STAFF}_{band}"] for band in ("elementary", "middle", "high")] == [
        750
    ] * 3
    assert found["specialist_teacher.share_of_core_teachers_9_12"] == 0.3333


def test_statements_have_their_numbers_in_words() -> None:
    said = profile(2022).facts["FY2022"]
    assert "to four tiers by capacity and need: 50 %, 49 %, 0.9 % and 0.1 % of it" in said["tiers"]
    assert said["education_ceiling"].startswith(
        "Education, per $1,000 of EAV: elementary and high school districts $9.20, by referendum "
        "$35.00; unit districts $18.40, by referendum $40.00."
    )
    assert "at most 1 %, in steps of 0.25 %. Boards with more than 50 %" in said["county_sales_tax"]
    assert "a psychologist for 1,000." in said["special_education_staff"]
    assert said["formula_type"].startswith("Resource-based: 34 cost factors")
    assert not said.str.contains("[{}]").any()


# --- Generated, never typed again ------------------------------------------------------------


def test_the_file_types_no_number_of_the_law_again() -> None:
    for fact in read_facts(ILLINOIS).facts:
        if fact.is_of_the_law:
            assert (fact.values, fact.source, fact.known) == ({}, "", None)


def law_of(element: str, value: float | None = None) -> ebf.Law:
    """FY2022's law of the statute that a number is of."""
    folder = element_owners()[identifier_of(element)][0].folder
    (statute,) = (each for each in STATUTES.values() if each.parameters_in == folder)
    amounts = {} if value is None else {element: value}
    return ebf.law(2022, amounts, statute=statute.section)


def test_cites_and_sources_are_those_of_the_law() -> None:
    of_the_law = profile(2022).frame[profile(2022).frame["parameter"] != ""]
    of_taxes = sum(map(len, FROM_OTHER_STATUTES.values()))
    assert len(of_the_law) == 6 + 1 + 1 + 3 + 33 + 5 + 3 + 4 + 3 + 1 + of_taxes
    for _, each in of_the_law.iterrows():
        parameter, element = element_owners()[identifier_of(each["parameter"])]
        known = law_of(each["parameter"]).in_force[element]
        assert each["cite"] == parameter.cite
        assert each["source"] == known.source
        assert each["value"] == known.value.item()
        assert each["measure"] == parameter.measure


READ = sorted({*profile(2022).frame["parameter"]} - {""})


@given(element=st.sampled_from(READ), part=st.floats(0, 1))
@depth.PROFILES
def test_a_changed_parameter_changes_its_number_and_no_other(element: str, part: float) -> None:
    low, high = element_owners()[identifier_of(element)][0].measure.range
    value = low + part * (min(high, 1e6) - low)
    found = ebf.policy_profile(law_of(element, value))
    before, after = (each.frame.set_index("parameter") for each in (profile(2022), found))
    assert after.loc[element, "value"] == value
    assert after.loc[element, "source"] == "supplied by the caller"
    columns = ["fact", "number", "value", "status", "cite"]
    pd.testing.assert_frame_equal(
        before.loc[before.index != element, columns], after.loc[after.index != element, columns]
    )


def test_a_changed_number_changes_the_statement_and_stands_among_what_has_changed() -> None:
    found = ebf.policy_profile(2018, ebf.law(2022, gifted=100, tier_1_share=0.6, tier_2_share=0.39))
    assert cell(found.facts, "gifted", "FY2022") == (
        "A flat $100.00 for every pupil of kindergarten to grade 12. "
        "(Changed since the national profile: gifted was $40.00.)"
    )
    changed = found.differences.set_index("number", append=True)
    assert [*changed.T["tiers", "tier_1.share"]][:2] == ["50 %", "60 %"]
    assert [*changed.T["gifted", "gifted"]][:2] == ["$40.00", "$100.00"]
    assert (
        "(Changed since the national profile: tier_1.share was 50 %; tier_2.share was 49 %.)"
        in (cell(found.facts, "tiers", "FY2022"))
    )


def test_a_line_that_is_not_in_force_in_a_year_makes_no_fact_of_it() -> None:
    facts = """
    state = "S"
    statute = "18-8.15"
    [topics]
    t = "T"
    [facts.technology]
    topic = "t"
    statement = "Units in Tiers 1 and 2 have more for computers."
    line = "computer_technology_addition"
    [facts.factors]
    topic = "t"
    statement = "{count} lines of (g)(4)."
    count = { cite = "18-8.15(g)(4)", ending = "" }
    """.replace('ending = ""', 'ending = "rate"')
    found = ebf.policy_profile(2018, 2022, facts=facts.encode())
    assert row(found, "technology", 2018)["status"] == "not in force"
    assert row(found, "technology", 2018)["statement"] == (
        "Not in force: no line computer_technology_addition in FY2018."
    )
    assert row(found, "technology")["status"] == "in force"
    assert cell(found.facts, "technology", "FY2022").startswith("Units in Tiers 1 and 2")
    assert found.differences[["FY2018", "FY2022"]].values.tolist() == [["not in force", "in force"]]
    assert row(found, "factors")["value"] == sum(
        name.endswith("rate") and line.cite.startswith("18-8.15(g)(4)")
        for name, line in ebf.law(2022).lines.items()
    )
    assert found.since_national.empty
    assert "since_national" not in json.loads(found.to_json())["tables"]


# --- How a fact stands in a year ---------------------------------------------------------------


def test_what_differs_between_two_years_is_listed() -> None:
    found = profile(2018, 2022)
    assert found.title == "How Illinois pays for schools: FY2018 and FY2022"
    assert found.differences.reset_index().values.tolist() == [
        ["sales_tax_uses", "", "not in force", "not dated", "55 ILCS 5/5-1006.7; P.A. 102-1062"],
        ["relief_grants", "", "not in force", "in force", "18-8.15(g)(9.5)"],
        ["gifted", "gifted", "$40.00", "$90.00", "18-8.15(b)(2)(M)"],
    ]
    assert numbers(found, "gifted", 2018) == {"gifted": 40}
    needs = "Needs a ledger: one of FY2022"
    assert cell(found.facts, "share_through_tiers", "FY2022").startswith(needs)
    assert cell(found.facts, "tiers", "FY2022") == "The same."
    assert cell(found.facts, "tax_limits_and_ceilings", "FY2022") == (
        "The same. (Not dated: the source speaks of FY2018 to FY2019.)"
    )
    assert cell(found.facts, "relief_grants", "FY2018") == "Not in force: from FY2019 on."
    assert cell(profile(2022, 2018).differences, "gifted", "FY2018") == "$40.00"


def test_what_has_changed_since_the_national_profile_is_marked_with_what_and_from_when() -> None:
    found = profile(2025)
    assert found.since_national.drop(columns="cite").reset_index().values.tolist() == [
        ["sales_tax_uses", "", "for school facilities alone before P.A. 102-1062", "not dated",
         "after FY2018; when, not dated"],
        ["relief_grants", "", "not in force", "not known", "FY2019"],
        ["gifted", "gifted", "$40.00", "$90.00", "FY2022"],
    ]  # fmt: skip
    assert cell(found.facts, "gifted", "FY2025").endswith(
        "(Changed since the national profile: gifted was $40.00.)"
    )
    assert profile(2018).since_national.empty
    later = ILLINOIS.read_text(encoding="utf-8").replace("fiscal_year = 2018", "fiscal_year = 2022")
    assert ebf.policy_profile(2018, facts=later.encode()).since_national.empty
    assert cell(profile(2024).since_national, "gifted", "from") == "FY2022"


def test_what_the_law_has_no_value_for_is_not_known_or_not_in_force_and_never_0() -> None:
    found = profile(2023)
    gifted = row(found, "gifted", 2023)
    assert gifted["status"] == "not known"
    assert pd.isna(gifted["value"])
    assert gifted["statement"] == (
        "A flat (not known) for every pupil of kindergarten to grade 12. (Not known: no value in "
        "hand for FY2023; known of gifted: FY2018, FY2022, FY2024, FY2025.)"
    )
    assert any(each.startswith("FY2023, gifted: not known") for each in found.left_out)
    assert found.left_out[-1].startswith("A cite, which is not in hand: no_base_amount, ")
    assert "gifted" not in found.differences.index
    assert "gifted" not in found.since_national.index
    relief = row(profile(2018, 2022), "relief_grants", 2018)
    assert (relief["status"], pd.isna(relief["value"])) == ("not in force", True)
    supplied = ebf.policy_profile(ebf.law(2023, gifted=90))
    assert [*supplied.since_national.T["gifted"]][2:4] == ["$90.00", ""]


def test_a_number_that_begins_later_is_not_in_force_before(monkeypatch: pytest.MonkeyPatch) -> None:
    gifted = parameters()["gifted"]
    later = replace(gifted, values=gifted.values[1:], yearly=False)
    changed = {element: (later, name) if owner is gifted else (owner, name)
               for element, (owner, name) in element_owners().items()}  # fmt: skip
    monkeypatch.setattr("ebf.reports.profile_years.element_owners", lambda: changed)
    law = ebf.law(2018)
    without = {name: each for name, each in law.in_force.items() if name != "gifted"}
    found = row(ebf.policy_profile(replace(law, in_force=without)), "gifted", 2018)
    assert found["statement"] == "Not in force: from FY2022 on."


def test_what_is_from_outside_is_dated_or_said_not_to_be() -> None:
    assert row(profile(2018), "sales_tax_exempt", 2018)["status"] == "in force"
    assert row(profile(2019), "sales_tax_exempt", 2019)["status"] == "in force"
    assert row(profile(2019), "relief_grants", 2019)["value"] == 50_000_000
    assert row(profile(2022), "sales_tax_exempt")["status"] == "not dated"
    assert (
        "(Not dated: the source speaks of FY2017.)"
        in row(profile(2022), "career_programs")["statement"]
    )
    said = "(Not dated: the source does not say of which years.)"
    assert said in row(profile(2022), "sales_tax_uses")["statement"]
    (undated,) = (each for each in profile(2018).assumptions if "not dated" in each)
    assert "1 (career_programs)" in undated


def test_a_fact_that_ended_is_not_in_force_after() -> None:
    facts = BARE + 'topic = "t"\nstatement = "s"\ncite = "c"\nsource = "s"\nlast_year = 2020\n'
    facts += "first_year = 2020\n"
    found = ebf.policy_profile(2020, 2021, facts=facts.encode())
    assert [*found.frame["status"]] == ["not dated", "not in force"]
    assert found.frame["statement"].iloc[1] == "Not in force: to FY2020."


# --- Of a ledger ---------------------------------------------------------------------------


def test_the_share_through_tiers_is_of_the_ledgers_sums() -> None:
    found = ebf.policy_profile(2018, 2022, ledger=sample())
    units = sample().units
    paid, whole = units["tier_funding"].sum(), units["total_state_contribution"].sum()
    assert numbers(found, "share_through_tiers") == {"share": paid / whole}
    assert 0.01 < paid / whole < 0.1
    said = row(found, "share_through_tiers")
    assert (said["status"], said["source"]) == ("in force", "the ledger of FY2022: 927 units")
    before = row(found, "share_through_tiers", 2018)
    assert before["status"] == "needs a ledger"
    assert before["statement"] == (
        "Needs a ledger: one of FY2018 that has tier_funding and total_state_contribution."
    )
    assert found.ledger is sample()
    assert "1000196062600" in str(found.ledger.audit("1000196062600"))
    assert any(each.startswith("FY2018, share_through_tiers: needs a") for each in found.left_out)
    assert profile(2022).ledger is None


def test_a_ledgers_law_stands_for_its_year() -> None:
    units = sample().units.reset_index()[["unit_id", "organization_type", "adequacy_target"]]
    law = ebf.law(2022, gifted=55)
    ledger = ebf.calculate(units, law, lines=["adequacy_target"])
    found = ebf.policy_profile(2022, ledger=[ledger])
    assert numbers(found, "gifted") == {"gifted": 55}
    assert row(found, "share_through_tiers")["statement"] == (
        "Needs a ledger: that of FY2022 has no tier_funding, no total_state_contribution."
    )
    faults = all_faults(lambda: ebf.policy_profile(law, ledger=ledger))
    assert [fault.kind for fault in faults] == [FaultKind.CONTRADICTION]


def test_the_published_share_of_fy2022(published: Path) -> None:
    """300 million of New State Funds, less cents, of what the sheet pays in all."""
    state = ebf.read(published / "base_calc.xlsx", sheet="2022")
    found = ebf.policy_profile(2022, ledger=ebf.calculate(*state))
    units = ebf.calculate(*state).units
    share = numbers(found, "share_through_tiers")["share"]
    assert share == pytest.approx(300e6 / units["total_state_contribution"].sum(), rel=1e-4)
    assert row(found, "share_through_tiers")["statement"].startswith(
        f"Of what the state pays through the formula, {100 * share:.6g} % is the year's new money"
    )
    assert next(iter(found.sources)) == "units of FY2022"


# --- What is refused -------------------------------------------------------------------------

BARE = 'state = "S"\n[topics]\nt = "T"\n[facts.f]\n'
OUTSIDE = BARE + 'topic = "t"\nstatement = "s"\ncite = "c"\nsource = "s"\n'
OF_THE_LAW = BARE.replace('"S"', '"S"\nstatute = "18-8.15"') + 'topic = "t"\nstatement = "s"\n'


@pytest.mark.parametrize(
    ("years", "place", "found"),
    [
        ((2031,), "year", "2031"),
        ((2022, 2017), "other", "2017"),
        ((2022, 2022), "other", "FY2022 twice"),
        (("2022",), "year", "'2022'"),
        ((True,), "year", "True"),
        ((2022.5,), "year", "2022.5"),
    ],
)
def test_years_that_cannot_be_shown_are_refused(
    years: tuple[Any, ...], place: str, found: str
) -> None:
    (fault,) = all_faults(lambda: ebf.policy_profile(*years))
    assert (fault.place.argument, fault.found) == (place, found)


def test_laws_and_ledgers_of_other_years_or_several_states_are_refused() -> None:
    faults = all_faults(lambda: ebf.policy_profile(2018, 2031, ledger=sample()))
    assert [(f.place.argument, f.found) for f in faults] == [
        ("other", "2031"), ("ledger", "one of FY2022"),
    ]  # fmt: skip
    several = ebf.law(2022, gifted=[1, 2])
    assert all_faults(lambda: ebf.policy_profile(several))[0].kind is FaultKind.SEVERAL_SCENARIOS
    twice = all_faults(lambda: ebf.policy_profile(2022, ledger=[sample(), sample()]))
    assert [fault.found for fault in twice] == ["two of FY2022"]
    units, law = ebf.sample()
    scenarios = ebf.calculate(
        units, law.with_amounts(new_state_funds=[1e8, 2e8]), lines=["tier_funding"]
    )
    faults = all_faults(lambda: ebf.policy_profile(2022, ledger=scenarios))
    assert faults[0].kind is FaultKind.SEVERAL_SCENARIOS
    nothing = all_faults(lambda: ebf.policy_profile(ebf.law(2022), facts=OUTSIDE.encode()))
    assert [fault.found for fault in nothing] == ["a law of 18-8.15"]
    with pytest.raises(ebf.InputError):
        ebf.policy_profile(2022, ledger="ledger")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "what", "found"),
    [
        (BARE + 'topic = "t"\nstatement = "s"\nsource = "s"\n', "facts.f.cite", "blank"),
        (BARE + 'topic = "t"\nstatement = "s"\ncite = "c"\n', "facts.f.source", "blank"),
        (OUTSIDE.replace('statement = "s"', "statement = 1"), "facts.f.statement", "1"),
        (OUTSIDE.replace('topic = "t"', 'topic = "u"'), "u", "topic 'u'"),
        (OUTSIDE + "known = [2019, 2018]\n", "facts.f.known", "[2019, 2018]"),
        (OUTSIDE + "known = [2018]\n", "facts.f.known", "[2018]"),
        (OUTSIDE + "known = [true, 2018]\n", "facts.f.known", "[True, 2018]"),
        (OUTSIDE + "first_year = 2020\nlast_year = 2019\n", "facts.f.last_year", "2019"),
        (OUTSIDE + 'first_year = "2020"\n', "facts.f.first_year", "'2020'"),
        (OUTSIDE + 'changed = "it was so"\n', "facts.f.changed", "a change since no profile"),
        (OUTSIDE + "value = 1\n", "facts.f.measure", "blank"),
        (OUTSIDE + 'value = 1\nmeasure = "pupils"\n', "facts.f.measure", "'pupils'"),
        (OUTSIDE + 'value = 1.2\nmeasure = "share"\n', "facts.f.value.value", "1.2"),
        (OUTSIDE + 'value = {a = "b"}\nmeasure = "share"\n', "facts.f.value.a", "'b'"),
        (OUTSIDE + 'paramter = "gifted"\n', "paramter", "unknown key"),
        (OUTSIDE + 'statute = "1-1"\n', "facts.f.statute", "'1-1'"),
        (OUTSIDE + 'parameter = "gifted"\n', "facts.f.source", "'s'"),
        (OUTSIDE.replace('"s"\n', '"s {much}"\n', 1), "much", "{much}"),
        (OF_THE_LAW + 'parameter = "giftd"\n', "giftd", "no parameter of that name"),
        (OF_THE_LAW + "parameter = 1\n", "facts.f.parameter", "1"),
        (OF_THE_LAW + 'parameter = {a = "nurse.students_per_fte"}\n', "nurse.students_per_fte",
         "3 numbers"),
        (OF_THE_LAW + 'line = "tier_fundin"\n', "tier_fundin", "no line of that name"),
        (OF_THE_LAW + 'line = "gifted"\n', "gifted", "no line of that name"),
        (OF_THE_LAW + 'count = "x"\n', "facts.f.count", "'x'"),
        (OF_THE_LAW + 'share = ["tier_funding"]\n', "facts.f.share", "['tier_funding']"),
        (BARE + 'topic = "t"\nstatement = "s"\nline = "tier"\n', "facts.f.statute", "blank"),
        ('state = "S"\n[topics]\nt = "T"\n', "facts", "no fact"),
        ('state = "S"\nfacts = 1\n[topics]\nt = "T"\n', "facts", "1"),
        (OUTSIDE.replace('state = "S"\n', ""), "state", "blank"),
        (OUTSIDE + '[national]\nname = "N"\n', "national.fiscal_year", "blank"),
        (OUTSIDE.replace('t = "T"\n', 't = "T"\nnumbers = "N"\n'), "topics.numbers", "numbers"),
    ],
)  # fmt: skip
def test_a_wrong_fact_is_named(facts: str, what: str, found: str) -> None:
    assert what in {each[1] for each in wrong(facts)}
    assert found in {each[2] for each in wrong(facts) if each[1] == what}


def test_all_faults_of_a_file_at_once_each_with_what_would_do(tmp_path: Path) -> None:
    file = tmp_path / "facts.toml"
    file.write_text(
        OF_THE_LAW + 'parameter = "giftd"\nfirst_year = 2020\nlast_year = 2019\n'
        '[facts.g]\ntopic = "t"\nstatement = "s"\nsource = "s"\nknown = [2]\n',
        encoding="utf-8",
    )
    faults = all_faults(lambda: ebf.policy_profile(2022, facts=file))
    assert len(faults) == 4
    said = {fault.place.words[1]: str(fault) for fault in faults}
    assert said["giftd"].endswith("nearest known: gifted")
    assert "facts.f.parameter" in said["giftd"]
    assert said["facts.g.cite"].startswith(f"{file}: facts.g.cite: found blank; allowed: text; ")
    assert said["facts.g.cite"].endswith('where it is not in hand, say so: cite = "not in hand"')
    assert said["facts.f.last_year"].endswith("found 2019; allowed: 2020 or later")
    assert all_faults(lambda: ebf.policy_profile(2022, facts=tmp_path / "none.toml"))


# --- Another state, and what it is shown as ------------------------------------------------------


def test_a_file_of_another_state_needs_no_law_of_this_library() -> None:
    facts = """
    state = "Invented"
    [national]
    name = "A survey"
    fiscal_year = 1999
    [topics]
    base = "Base amount"
    [facts.base]
    topic = "base"
    statement = "{value} for every pupil, {rate} per $1,000 of property."
    value = { value = 7000.5, rate = 0.004 }
    measure = "dollars per student"
    cite = "Invented Code, chapter 1"
    source = "invented"
    known = [2000, 2030]
    """
    found = ebf.policy_profile(2001, 2031, facts=facts.encode())
    assert found.title == "How Invented pays for schools: FY2001 and FY2031"
    assert [*found.frame["status"]] == ["in force", "in force", "not dated", "not dated"]
    assert cell(found.facts, "base", "FY2001") == (
        "$7,000.50 for every pupil, $0.00 per $1,000 of property."
    )
    assert found.differences.empty
    assert found.since_national.empty


def test_a_year_that_a_facts_statute_is_not_known_for_is_not_known() -> None:
    facts = (
        OUTSIDE
        + """
    [facts.gifted]
    topic = "t"
    statement = "{gifted} by {count} lines."
    statute = "18-8.15"
    parameter = "gifted"
    count = { cite = "18-8.15(b)(2)(M)", ending = "_cost" }
    """
    )
    found = ebf.policy_profile(2025, 2031, facts=facts.encode())
    assert row(found, "gifted", 2025)["statement"] == "$90.00 by 1 lines."
    assert row(found, "gifted", 2031)["statement"] == (
        "(not known) by (not known) lines. (Not known: 18-8.15 is known for FY2018 to FY2027.)"
    )
    assert numbers(found, "gifted", 2031) == pytest.approx({"gifted": float("nan")}, nan_ok=True)
    assert "FY2031, gifted: not known, 18-8.15 is known" in found.left_out[0]
    assert found.differences.empty


def test_its_json_is_by_the_schema_and_has_every_number() -> None:
    found = profile(2018, 2022)
    written = json.loads(found.to_json())
    Draft202012Validator(found.json_schema()).validate(written)
    assert (written["schema"], written["fiscal_year"]) == ("ebf/policy_profile/1", 2022)
    assert written["about"]["state"] == "Illinois"
    rows = {each["number"]: each for each in written["tables"]["numbers"]["rows"]}
    assert len(rows) == len(
        found.frame[found.frame["number"] != ""].drop_duplicates(["fact", "number"])
    )
    gifted = {"number": "gifted", "FY2018": 40, "FY2022": 90, "cite": "18-8.15(b)(2)(M)",
              "source": "ISBE, FY2022", "measure": "dollars per student"}  # fmt: skip
    assert rows["gifted"] == gifted
    assert rows["greatest_referendum_rate.unit_education"]["measure"] == Measure.RATE
    assert rows["property_tax_relief"]["FY2018"] is None
    assert {*found.topics} <= {*written["tables"]}


def test_the_command_writes_every_form(tmp_path: Path) -> None:
    def run(*arguments: str) -> Any:
        return CliRunner().invoke(app, ["profile", *arguments])

    assert "What differs between FY2018 and FY2022" in run("2018", "2022").output
    for ending in ("csv", "txt", "md", "html", "json"):
        file = tmp_path / f"profile.{ending}"
        assert run("--output", str(file)).exit_code == 0
        assert "gifted" in file.read_text(encoding="utf-8")
    assert (tmp_path / "profile.txt").read_text(encoding="utf-8") == profile(2022).to_text()
    written = pd.read_csv(tmp_path / "profile.csv", keep_default_na=False)
    assert len(written) == len(profile(2022).frame)
    refused = run("2031")
    assert (refused.exit_code, "2018 to 2027" in refused.stderr) == (2, True)
    assert run("2022", "--sheet", "2022").exit_code == 2
    assert run("2022", "--output", str(tmp_path / "profile.docx")).exit_code == 2
    own = tmp_path / "own.toml"
    own.write_text(OUTSIDE.replace('"s"\n', '"=1+1"\n', 1), encoding="utf-8")
    output = tmp_path / "own.csv"
    assert run("2022", "--facts", str(own), "--output", str(output)).exit_code == 0
    assert "'=1+1" in output.read_text(encoding="utf-8")
    assert run("2022", "--facts", str(own), "--output", str(own)).exit_code == 2


def test_the_command_takes_units_of_the_last_year(tmp_path: Path) -> None:
    file = tmp_path / "units.csv"
    file.write_text(
        "unit_id,organization_type,average_student_enrollment,adequacy_target,final_resources,"
        "local_capacity_percentage,base_funding_minimum\n"
        "0100100102600,unit,1700000,2000000000,1200000000,0.2,3000000000\n",
        encoding="utf-8",
    )
    output = tmp_path / "profile.json"
    arguments = ["profile", "2018", "2022", "--units", str(file), "--output", str(output)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    written = json.loads(output.read_text(encoding="utf-8"))
    rows = {each["number"]: each for each in written["tables"]["numbers"]["rows"]}
    ledger = ebf.calculate(*ebf.read(file, 2022))
    paid, base = (ledger.units[name].item() for name in ("tier_funding", "base_funding_paid"))
    assert rows["share_through_tiers.share"]["FY2022"] == paid / (paid + base)
    assert rows["share_through_tiers.share"]["FY2018"] is None
    assert written["sources"]["units of FY2022"]["file"] == "units.csv"
