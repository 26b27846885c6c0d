"""Limits, defaults and shapes that other tests only come near to."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import fields, is_dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pydantic
import pytest
from states import ANY_AMOUNT, dollars, frame_of, unit_id

import ebf
from ebf.engine.preparation import prepare
from ebf.language import vocabulary
from ebf.language.evidence import Evidence, Kind, from_guide, law_as_read, verified
from ebf.language.line import Line
from ebf.language.measure import GREATEST, Measure
from ebf.language.rounding import CUT_2, CUT_2_OF_DIFFERENCE, NEAREST_CENT
from ebf.language.symbols import Operation
from ebf.law import funding
from ebf.law.evidence import Matches
from ebf.law.funding.tiers import TIER_4, TIER_NAMES, TIERS
from ebf.law.inputs import DISTRICTS, WITH_PUPILS, EnrollmentByGrade, inputs
from ebf.law.names import entries, expressions, names_read
from ebf.law.parameters import parameters
from ebf.ledger import ledger_of
from ebf.numbers import numbers_of


def faults_of(call: Any) -> list[ebf.Fault]:
    """The faults of a call that is refused."""
    with pytest.raises(ebf.InputError) as caught:
        call()
    return list(caught.value.faults)


# --- What cannot be changed, and what stands where nothing is said ------------------------


def test_every_dataclass_is_frozen() -> None:
    """So that a ledger's numbers and the law's stay what they were computed with."""
    names = [each.name for each in pkgutil.walk_packages(ebf.__path__, "ebf.")]
    modules = [importlib.import_module(name) for name in names if name != "ebf.__main__"]
    found = {
        each
        for module in modules
        for each in vars(module).values()
        if isinstance(each, type) and is_dataclass(each) and each.__module__.startswith("ebf")
    }
    assert len(found) > 30
    loose = {each.__name__ for each in found if not each.__dataclass_params__.frozen}  # type: ignore[attr-defined]
    assert loose == {"_Column"}  # it gathers names as it meets them


def test_what_a_line_is_where_nothing_is_said() -> None:
    said = {each.name: each.default for each in fields(Line)}
    assert not said["statewide"]
    assert not said["may_be_blank"]
    assert said["bands"] is said["rounding"] is None
    assert said["first_year"] is said["last_year"] is None
    assert from_guide(6) == Evidence(Kind.GUIDE, (6,))
    assert law_as_read(28) == Evidence(Kind.LAW, (28,))


def test_what_is_said_of_roundings_and_of_evidence() -> None:
    assert str(CUT_2) == "cut to 2 decimals"
    assert str(NEAREST_CENT) == "rounded to 2 decimals"
    assert from_guide(6).in_words() == "guide; reading 6"
    assert verified(note="one a cent off").in_words(str(Matches(1_849, 1_850))) == (
        "verified 1,849 of 1,850 (one a cent off)"
    )


def test_a_line_tells_its_rule_in_words_and_its_first_sentence() -> None:
    line = funding.lines(2022)["tier_funding"]
    assert line.title == "Tier funding: the unit's new money of the year, cut to the cent"
    assert line.words == f"{line.title}."
    gap = funding.lines(2022)["tier_2_funding_gap"]
    assert gap.words == f"{gap.title}. What Tier 1 pays is taken off, not Tier 1's gap."


def test_inputs_that_need_not_be_given_are_0() -> None:
    left_out = {name: each.default for name, each in inputs().items() if each.default is not None}
    assert set(left_out.values()) == {0.0}
    ledger = ebf.calculate(frame_of((dollars(1, 1e6, 9e5, 0.5),)), ANY_AMOUNT, new_state_funds=1e4)
    assert ledger.everything["base_funding_shortfall"].tolist() == [[[0.0]]]
    flags = [name for name in left_out if inputs()[name].measure is Measure.FLAG]
    assert flags
    for name in flags:
        assert ledger.everything.get(name, np.zeros(1, dtype=bool)).dtype == bool


# --- The least and the greatest ------------------------------------------------------------


def test_whose_inputs_are_whose() -> None:
    assert {"unit", "hybrid", "elementary", "high_school"} == DISTRICTS
    with_pupils = {*DISTRICTS, "laboratory_school", "regional_program"}
    assert with_pupils == WITH_PUPILS


def test_a_ledger_can_be_handed_over_again() -> None:
    """Resources below 0, by a pension credit, and so their percent of the target."""
    frame = frame_of((dollars(1, 1e6, -5.0, 0.5),))
    ledger = ebf.calculate(frame, ANY_AMOUNT, new_state_funds=1e5)
    units = ledger.units.assign(new_state_funds=1e5).reset_index()
    assert (
        ebf.calculate(units, ANY_AMOUNT).units["tier_funding"].equals(ledger.units["tier_funding"])
    )


def test_what_an_amount_of_either_sign_may_be() -> None:
    about = entries()["final_resources"].about
    assert about.range == (-1e13, 1e13)
    assert about.allowed == "a number from -1e+13 to 1e+13"
    counties = entries()["neighboring_counties"].about
    assert counties.range == (2, 1e13)
    assert counties.allowed == "a finite number, 2 or more, up to 1e+13"


RANGES = {
    Measure.SHARE: (0, 1),
    Measure.FLAG: (0, 1),
    Measure.TIER: (0, 4),
    Measure.RATE: (0, 0.2),
    Measure.STUDENTS_PER_FTE: (0.01, 1e13),
}


def test_the_range_of_every_unit() -> None:
    assert {each: each.range for each in Measure} == {
        each: RANGES.get(each, (0, 1e13)) for each in Measure
    }
    assert GREATEST == 10_000_000_000_000


@pytest.mark.parametrize(
    ("name", "least", "greatest"),
    [
        ("tier_1.gap_share", 0, 1),
        ("central_office", 0, 1e13),
        ("principal.students_per_fte_elementary", 0.01, 1e13),
    ],
)
def test_a_number_of_the_law_at_its_limits_and_beyond(
    name: str, least: float, greatest: float
) -> None:
    for fine in (least, greatest):
        assert ebf.law(2022, {name: fine}).in_force[name].value.tolist() == [fine]
    for wrong in (np.nextafter(least, -1), np.nextafter(greatest, 1e15), np.nan):
        assert faults_of(lambda wrong=wrong: ebf.law(2022, {name: wrong}))[0].column == name


def test_a_column_at_its_limits_and_beyond() -> None:
    frame = frame_of((dollars(1, 1e6, 9e5, 0.5), dollars(2, 1e13, 9e5, 1)))
    ledger = ebf.calculate(frame, ANY_AMOUNT, new_state_funds=1e4)
    assert ledger.units["adequacy_target"].tolist() == [1e6, 1e13]
    frame["adequacy_target"] = [1e6, np.nextafter(1e13, 1e14)]
    frame["local_capacity_percentage"] = [-0.0, np.nextafter(1, 2)]
    faults = faults_of(lambda: ebf.calculate(frame, ANY_AMOUNT, new_state_funds=1e4))
    assert [(each.unit, each.column) for each in faults] == [
        (unit_id(2), "adequacy_target"),
        (unit_id(2), "local_capacity_percentage"),
    ]


def test_a_number_that_no_float_holds_is_named_with_its_line() -> None:
    """Tier 3's dollars over next to no pupils."""
    rows = (dollars(1, 1e6, 5e5, 0.5), dollars(2, 1e6, 9.5e5, 0.5))
    frame = frame_of(rows)
    frame["average_student_enrollment"] = [100, 5e-324]
    (fault,) = faults_of(lambda: ebf.calculate(frame, ANY_AMOUNT, new_state_funds=1e5))
    assert (fault.unit, fault.column) == ("statewide", "greatest_tier_3_funding_per_student")
    assert (fault.found, fault.cite) == ("inf", "18-8.15(g)(2)")
    grid = {"tier_4.share": [0.001, 0.002]}
    assert faults_of(lambda: ebf.sweep(frame, ANY_AMOUNT, grid, new_state_funds=1e5)) == [fault]
    fixed = frame.assign(adequacy_target=[1e6, 5e-324])  # no scenario moves this line
    percent = ["final_percent_of_adequacy"]
    (of_line,) = faults_of(lambda: ebf.sweep(fixed, ANY_AMOUNT, grid, lines=percent))
    assert (of_line.unit, of_line.column) == (unit_id(2), "final_percent_of_adequacy")


# --- Scenarios of the law --------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_law_of_one_scenario(count: int) -> None:
    shares = [0.2, 0.25, 0.3][:count]
    law = ebf.law(2022, {"tier_1.gap_share": shares})
    for place, share in enumerate(shares):
        one = law.of_scenario(place)
        assert one.value("tier_1.gap_share").tolist() == [[[share]]]
        assert one.value("tier_2.share").tolist() == [[[0.49]]]


def test_bands_stand_on_the_last_axis_and_scenarios_on_the_first() -> None:
    name = next(n for n, each in parameters().items() if len(each.bands) == 3)
    own = parameters()[name]
    single = ebf.law(2022, {own.name: [1, 2, 3]})
    assert single.value(name).tolist() == [[[1, 2, 3]]]
    double = ebf.law(2022, {own.name: [[1, 2, 3], [4, 5, 6]]})
    assert double.value(name).tolist() == [[[1, 2, 3]], [[4, 5, 6]]]
    for wrong in ([1, 2], [1, 2, 3, 4], [[1, 2], [3, 4], [5, 6]], [[[1, 2, 3]]], 1, []):
        (fault,) = faults_of(lambda wrong=wrong: ebf.law(2022, {own.name: wrong}))
        assert "not 3 bands" in fault.found
    for wrong in ([[1, 2]], []):
        (fault,) = faults_of(lambda wrong=wrong: ebf.law(2022, {own.elements[0]: wrong}))
        assert "not a number or one a scenario" in fault.found


def test_what_is_asked_for_where_a_banded_number_is_not_known() -> None:
    own = next(
        each
        for name, each in parameters().items()
        if len(each.bands) > 1 and name not in ebf.law(2026).known
    )
    fault = ebf.law(2026).fault_of(own.identifier)
    assert fault is not None
    lacking = [each for each in own.elements if each not in ebf.law(2026).in_force]
    assert fault.column == ", ".join(lacking)
    assert f"ebf.law(2026, {lacking[0].replace('.', '_')}=...)" in fault.fix


@pytest.mark.parametrize(
    "wrong",
    ["1", True, [1, False], None, np.ma.array([1.0, 2.0], mask=[False, True]), 10**400,
     np.timedelta64(1, "D"), pd.Timestamp("2022-01-01"), [[1, 2], [3]], b"1", 1j],
    ids=str,
)  # fmt: skip
def test_what_is_no_number(wrong: object) -> None:
    with pytest.raises(ValueError, match=r".+"):
        numbers_of(wrong)


@pytest.mark.parametrize("parts", [50, 51, 60])
def test_a_file_with_names_of_endless_parts(tmp_path: Path, parts: int) -> None:
    path = tmp_path / "amounts.toml"
    path.write_text(".".join("a" * parts) + " = 1\n")
    (fault,) = faults_of(lambda: ebf.law(2022, path))
    assert ("a key of more than 50 parts" in fault.found) == (parts > 50)


def test_new_money_that_changes_beside_a_column_of_it_is_refused() -> None:
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5),)).assign(new_state_funds=1e5)
    grid = {"tier_1.gap_share": [0.2, 0.3]}
    both = ebf.sweep(frame, ANY_AMOUNT, grid, lines=["tier_funding"])
    assert both["tier_funding"].tolist() == [100_000, 100_000]
    (fault, *_) = faults_of(lambda: ebf.sweep(frame, ANY_AMOUNT, {"new_state_funds": [1e5, 2e5]}))
    assert (fault.column, fault.found) == ("new_state_funds", "new money twice")


def test_no_scenario_is_computed_with_anothers_number() -> None:
    """FY2019's New State Funds are not known, so each scenario has to say them."""
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5), dollars(2, 1e6, 8e5, 0.5)))
    law = ebf.law(2019, minimum_funding_level=1, property_tax_relief_counted=1)
    said = ebf.Scenario("said", new_state_funds=1e5)
    doubled = ebf.Scenario(
        "doubled", units={"adequacy_target": ebf.Change(multiply=2)}, new_state_funds=2e5
    )
    unsaid = ebf.Scenario("unsaid", law={"tier_1.gap_share": 0.2})
    for scenarios in ([said, doubled, unsaid], [said, unsaid], [unsaid, said], [unsaid]):
        faults = faults_of(lambda each=scenarios: ebf.sweep(frame, law, each))
        assert {each.column for each in faults} == {"new_state_funds"}
    found = ebf.sweep(frame, law, [said, doubled]).set_index("scenario")["tier_funding"]
    for scenario in (said, doubled):
        alone = scenario.calculate(frame, law).units["tier_funding"]
        assert found[scenario.name].tolist() == alone.tolist()


def test_what_was_settled_is_computed_anew_where_it_moves_or_is_not_rounded() -> None:
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5), dollars(2, 7e5, 6.5e5, 0.5)))
    prepared = prepare(frame, ANY_AMOUNT, new_state_funds=1e5 / 3)
    settled = prepared.settle(frozenset())
    assert settled.settled.keys() >= {"tier", "tier_funding"}
    for rounding in (True, False):
        again, anew = (ledger_of(each, rounding=rounding) for each in (settled, prepared))
        assert again.units.equals(anew.units)
    more = prepared.law.with_amounts({"new_state_funds": 2e5})
    assert ledger_of(settled.with_law(more)).units.equals(ledger_of(prepared.with_law(more)).units)
    less = ebf.law(2019)
    with pytest.raises(ebf.InputError, match="no known value"):
        prepared.with_law(less)


def test_new_money_that_the_law_was_given_is_not_lost_beside_a_column_of_it() -> None:
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5),)).assign(new_state_funds=1e5)
    law = ebf.law(2022, minimum_funding_level=1, new_state_funds=2e5)
    (fault,) = faults_of(lambda: ebf.calculate(frame, law))
    assert fault.found == "new money twice"


def test_rounding_of_a_sweep_is_yes_or_no() -> None:
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5),))
    no: Any = "no"
    grid = {"new_state_funds": [1e5]}
    (fault,) = faults_of(lambda: ebf.sweep(frame, ANY_AMOUNT, grid, rounding=no))
    assert fault.column == "rounding"


# --- Cells ------------------------------------------------------------------------------------


def test_flags_that_are_true_and_false_change_as_numbers_do() -> None:
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5), dollars(2, 1e6, 5e5, 0.5)))
    for flags in ([True, False], [True, None], [1, 0]):
        flagged = frame.assign(article_34_district=pd.Series(flags, dtype=object))
        changed, _, _ = ebf.Scenario("none", units={"article_34_district": 0}).apply(
            flagged, ANY_AMOUNT
        )[:3]
        assert changed["article_34_district"].tolist() == [0, 0]


def test_an_id_has_no_line_break_in_it() -> None:
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5), dollars(2, 1e6, 5e5, 0.5)))
    frame["unit_id"] = [f"{unit_id(1)}\n{unit_id(3)}", unit_id(2)]
    (fault,) = faults_of(lambda: ebf.calculate(frame, ANY_AMOUNT, new_state_funds=1e5))
    assert (fault.unit, fault.column) == ("row 0", "unit_id")


def test_a_blank_statewide_cell_is_one_fault_a_row() -> None:
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5), dollars(2, 1e6, 5e5, 0.5)))
    frame["new_state_funds"] = [np.nan, np.nan]
    faults = faults_of(lambda: ebf.calculate(frame, ANY_AMOUNT))
    assert [each.unit for each in faults] == [unit_id(1), unit_id(2)]


# --- Whom a blank is asked of, and when ---------------------------------------------------------


def test_of_programs_counts_are_asked_from_fy2020_on() -> None:
    march = entries()["march_enrollment_first_preceding_year_grade_1"]
    assert [march.is_needed_by("regional_program", year) for year in (2019, 2020)] == [False, True]
    assert march.is_needed_by("elementary", 2018)
    assert not march.is_needed_by("specially_funded", 2022)
    high = entries()["march_enrollment_first_preceding_year_grade_9"]
    assert not high.is_needed_by("elementary", 2022)
    assert high.is_needed_by("high_school", 2022)
    assert not entries()["nurse_cost_high"].never_of


def test_a_blank_is_a_fault_of_the_units_alone_that_need_it() -> None:
    rows = (dollars(1, 1e6, 6e5, 0.5), dollars(2, 1e6, 1.1e6, 0.5), dollars(3, 1e6, 7.5e5, 0.5))
    frame = frame_of(rows).assign(tier=[1, 4, 2], tier_funding=[2e3, 1, 1e3])
    frame["local_capacity_percentage"] = [0.5, np.nan, np.nan]
    faults = faults_of(lambda: ebf.calculate(frame, ANY_AMOUNT, new_state_funds=1e5))
    assert [(each.unit, each.column) for each in faults] == [
        (unit_id(3), "local_capacity_percentage")
    ]


def test_two_columns_are_asked_for_themselves_and_more_as_the_line_they_make() -> None:
    frame = pd.DataFrame({"unit_id": [unit_id(1)], "organization_type": ["unit"]})
    missing = faults_of(lambda: ebf.calculate(frame, ebf.law(2022)))
    asked = {each.column for each in missing}
    assert {"adequacy_target", "average_student_enrollment"} <= asked
    assert not [each for each in asked if each.startswith("october_")]


# --- Results, and what is asked for --------------------------------------------------------


def test_a_share_below_nothing_is_refused() -> None:
    """Handed over as Tier 1's, a unit that the money lifts beyond 90 % has a negative gap."""
    frame = frame_of((dollars(1, 1e6, 7e5, 0.5),)).assign(tier=[1], tier_funding=[1e3])
    (fault,) = faults_of(lambda: ebf.calculate(frame, ANY_AMOUNT, new_state_funds=1e6))
    assert (fault.unit, fault.column) == ("statewide", "tier_2_allocation_rate")
    assert fault.found == "-6.66666666666667"
    assert fault.allowed == "a number from 0 to 1"


def test_a_ledgers_numbers_cannot_be_written_over() -> None:
    ledger = ebf.calculate(frame_of((dollars(1, 1e6, 9e5, 0.5),)), ANY_AMOUNT, new_state_funds=1e4)
    for values in ledger.everything.values():
        with pytest.raises(ValueError, match="read-only"):
            values[...] = values


def test_counties_are_named_where_their_factor_alone_is_missing() -> None:
    frame = pd.DataFrame({"unit_id": [unit_id(1)], "organization_type": ["unit"]})
    for line in ("regionalization_factor", "transportation_rate", "adequacy_target"):
        (fault,) = faults_of(lambda each=line: ebf.calculate(frame, ebf.law(2022), lines=[each]))
        assert fault.column == line
        assert ("by county it is known for FY2018" in fault.fix) == (
            line == "regionalization_factor"
        )


def test_arithmetic_is_fast_or_exact() -> None:
    frame = frame_of((dollars(1, 1e6, 9e5, 0.5),))
    for wrong in ("slow", 1):
        other: Any = wrong
        (fault,) = faults_of(lambda each=other: ebf.calculate(frame, ANY_AMOUNT, arithmetic=each))
        assert (fault.column, fault.allowed) == ("arithmetic", "fast or exact")


def test_a_number_of_the_law_stands_in_a_file_once(tmp_path: Path) -> None:
    path = tmp_path / "amounts.toml"
    path.write_text('"tier_1.share" = 0.5\n[tier_1]\nshare = 0.4\n')
    (fault,) = faults_of(lambda: ebf.law(2022, path))
    assert fault.column == "tier_1.share"
    path.write_text('"tier_1.share" = 0.5\n[tier_2]\nshare = 0.4\n')
    assert ebf.law(2022, path).value("tier_2.share").item() == 0.4


def test_a_units_counts_cannot_be_changed() -> None:
    counts = EnrollmentByGrade(grade_1=10)
    with pytest.raises(pydantic.ValidationError, match="frozen"):
        counts.grade_1 = 11


def test_a_line_without_a_name_is_shown_as_such() -> None:
    frame = frame_of((dollars(1, 1e6, 9e5, 0.5),))
    nameless: Any = ["", 5]
    faults = faults_of(lambda: ebf.calculate(frame, ANY_AMOUNT, lines=nameless))
    found = [str(each).partition("; allowed")[0] for each in faults]
    assert found == [
        "lines: (blank): found no line of that name",
        "lines: 5: found no line of that name",
    ]


def test_amounts_of_several_scenarios_give_way_to_others() -> None:
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5), dollars(2, 7e5, 6.5e5, 0.5)))
    prepared = prepare(frame, ANY_AMOUNT, new_state_funds=[1e5, 2e5])
    others = prepared.law.with_amounts({"new_state_funds": [3e5, 4e5]})
    found = ledger_of(prepared.with_law(others)).units
    assert found.equals(ebf.calculate(frame, ANY_AMOUNT, new_state_funds=[3e5, 4e5]).units)


# --- Words of the formula -------------------------------------------------------------------


def test_quotients_of_any_sign_and_of_nothing() -> None:
    numerator, denominator = vocabulary.units(1, 1, 1), vocabulary.units(-2, 0, 4)
    assert vocabulary.divide(numerator, denominator).ravel().tolist() == [-0.5, 0, 0.25]


def test_a_difference_keeps_the_cents_that_larger_amounts_blur() -> None:
    blurred = np.array([[[717204.64 - 717196.54]]])  # 8.0999999999767
    assert CUT_2_OF_DIFFERENCE(blurred).item() == 8.1
    assert CUT_2(blurred).item() == 8.09


def test_sums_of_regions_in_fractions() -> None:
    numbers = vocabulary.exactly(vocabulary.units(0.1, 2, 0.4))
    regions = vocabulary.units("01", "02", "01")
    sums = vocabulary.regional_sum(numbers, regions).ravel().tolist()
    assert sums == [Fraction(1, 2), 2, Fraction(1, 2)]


def test_ratios_all_the_same_have_no_deviation() -> None:
    line = funding.lines(2022)["weighted_deviation_local_capacity_ratio"]
    ratios = vocabulary.units(0.1, 0.1, 0.1)
    weights = vocabulary.units(3, 7, 11)
    mean = funding.lines(2022)["weighted_mean_local_capacity_ratio"].compute(ratios, weights)
    assert line.compute(ratios, weights, mean).item() == 0


def test_relief_begins_above_the_threshold() -> None:
    pool = funding.lines(2022)["property_tax_relief_pool"]
    assert [pool(money, 300e6, 50e6) for money in (290e6, 300e6, 301e6, 400e6)] == [
        *(0, 0, 1e6, 50e6)
    ]


# --- Fractions, symbols, and all else --------------------------------------------------------


def test_fractions_are_made_of_floats_alone() -> None:
    text, flags = np.array([[["unit"]]]), np.array([[[True]]])
    assert vocabulary.exactly(text) is text
    assert vocabulary.exactly(flags) is flags
    exact = vocabulary.exactly(np.array([[[0.5]]]))
    assert exact.dtype == object
    assert vocabulary.nearly(exact).dtype == np.float64
    assert vocabulary.nearly(text) is text
    assert vocabulary.nearly(flags) is flags


def test_a_band_total_of_symbols_names_every_band() -> None:
    grades = names_read("enrollment")
    total = vocabulary.band_total(grades).item()
    assert isinstance(total, Operation)
    assert total.operands == tuple(grades.flat)
    target = names_read("adequacy_target")
    assert vocabulary.band_total(target).item() is target.item()
    (students,) = expressions(funding.lines(2022)["average_student_enrollment"])
    assert students == total


def test_flags_of_symbols_and_of_fractions() -> None:
    less = vocabulary.less(vocabulary.exactly(np.array([[[0.1]]])), np.array([[[0.2]]]))
    assert less.dtype == bool
    assert less.item() is True
    symbol = vocabulary.less(names_read("adequacy_target"), names_read("final_resources"))
    assert isinstance(symbol.item(), Operation)
    lesser = vocabulary.minimum(vocabulary.exactly(np.array([[[0.1]]])), 0.2)
    assert lesser.dtype == object


def test_the_columns_that_a_line_still_lacks_are_counted() -> None:
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5),)).assign(nurse_cost_high=1e4)

    def fault_of(frame: pd.DataFrame) -> ebf.Fault:
        (fault,) = faults_of(lambda: ebf.calculate(frame, ANY_AMOUNT, lines=["nurse_cost"]))
        return fault

    two = fault_of(frame)
    assert two.column == "nurse_cost_elementary, nurse_cost_middle"
    assert two.fix.startswith("give these columns")
    one = fault_of(frame.assign(nurse_cost_middle=1e4))
    assert one.column == "nurse_cost_elementary"
    assert one.fix.startswith("give this column")


def test_a_prepared_state_is_rounded_where_nothing_else_is_said() -> None:
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5),))
    assert ledger_of(prepare(frame, ANY_AMOUNT, new_state_funds=1e5)).rounding


def test_what_was_settled_in_floats_is_computed_anew_in_fractions() -> None:
    frame = frame_of((dollars(1, 3e6, 1e6, 0.5),))
    settled = prepare(frame, ANY_AMOUNT, new_state_funds=1e5).settle(frozenset())
    exact = ledger_of(settled, arithmetic="exact").values["final_percent_of_adequacy"]
    assert exact.item() == Fraction(1, 3)


def test_counts_of_enrollment_alone_may_be_blank() -> None:
    blank = {name for name, column in inputs().items() if column.may_be_blank}
    years = ("first", "second", "third", "fourth")
    assert blank == {
        f"{month}_enrollment_{year}_preceding_year"
        for month in ("october", "march")
        for year in years
    }


def test_a_units_inputs_cannot_be_changed() -> None:
    unit = ebf.UnitInput(unit_id=unit_id(1), organization_type="unit")
    with pytest.raises(pydantic.ValidationError, match="frozen"):
        unit.name = "another"


def test_a_number_that_carries_forward_is_known_from_its_first_year_on() -> None:
    threshold = parameters()["property_tax_relief_threshold"]
    assert threshold.years_known("property_tax_relief_threshold") == "FY2020 on"


def test_a_law_of_several_scenarios_lists_the_numbers_of_all() -> None:
    table = ebf.law(2022).with_amounts({"new_state_funds": [1, 2]}).table()
    assert table.set_index("parameter")["value"]["new_state_funds"] == [1.0, 2.0]


def test_a_position_is_vouched_for_by_the_investments_it_is_part_of() -> None:
    lines = funding.lines(2022)
    assert "core investments" in lines["nurse_cost"].evidence.note  # of every pupil
    assert "additional" in lines["low_income_intervention_teacher_cost"].evidence.note


def test_fractions_that_no_float_holds_are_a_fault_of_their_line() -> None:
    counts = {"average_student_enrollment": 5e-324, "low_income_count": 0.004}
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5),)).assign(**counts)
    lines = ["low_income_percentage"]
    (fault,) = faults_of(lambda: ebf.calculate(frame, ANY_AMOUNT, lines=lines, arithmetic="exact"))
    assert (fault.column, fault.found) == ("low_income_percentage", "no number")


@pytest.mark.parametrize("arithmetic", ["fast", "exact"])
def test_a_divisor_of_0_in_the_law_is_a_fault_of_the_line(arithmetic: Any) -> None:
    law = ebf.law(2022, payments_per_year=0)
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5),)).assign(base_funding_minimum=1e5)
    lines = ["semi_monthly_payment"]
    (fault,) = faults_of(
        lambda: ebf.calculate(frame, law, lines=lines, new_state_funds=1e5, arithmetic=arithmetic)
    )
    assert fault.column == "semi_monthly_payment"
    assert fault.found == ("inf" if arithmetic == "fast" else "no number")


def test_money_that_the_law_gives_no_tier_stays_undistributed() -> None:
    halves = {f"tier_{tier}.share": 0.5 if tier < 3 else 0 for tier in (1, 2, 3, 4)}
    units = frame_of(
        tuple(dollars(tier, 1e6, has, 0.5) for tier, has in ((2, 89e4), (3, 99e4), (4, 2e6)))
    )
    found = ebf.calculate(units, ANY_AMOUNT.with_amounts(halves), new_state_funds=2e6)
    assert found.units["tier_funding"].tolist() == [5_000, 0, 0]  # (90 % - 89 %) of 1e6, half of it
    assert found.statewide["undistributed_new_state_funds"] == 1_995_000


def test_bands_of_grades_that_a_unit_has_none_of() -> None:
    never = {name: entry.never_of for name, entry in entries().items()}
    assert never["school_enrollment_high"] == {"elementary"}  # of all grades of the band
    assert "high_school" in never["school_enrollment_middle"]
    assert not never["nurse_cost_high"]  # dollars, which are no pupils


def test_what_a_regional_program_must_have_before_it_is_in_the_formula() -> None:
    """Its Base Funding Minimum is paid on from FY2018; in the formula it is from FY2020."""
    base, target = entries()["base_funding_minimum"], entries()["adequacy_target"]
    assert base.is_needed_by("regional_program", 2019)
    assert not target.is_needed_by("regional_program", 2019)
    assert target.is_needed_by("regional_program", 2020)


def test_tiers_by_code_and_by_name() -> None:
    assert list(TIERS) == [1, 2, 3, 4]
    assert TIER_NAMES[TIER_4] == "Tier 4"
    assert TIER_NAMES[0] == "not in a tier"


def test_nothing_divided_by_nothing_is_a_fault_of_the_line() -> None:
    law = ebf.law(2022, payments_per_year=0)
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5),)).assign(total_state_contribution=0)
    (fault,) = faults_of(lambda: ebf.calculate(frame, law, lines=["semi_monthly_payment"]))
    assert (fault.unit, fault.column) == (unit_id(1), "semi_monthly_payment")
    assert fault.found == "no number"
