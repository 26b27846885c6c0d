"""A second statute, invented: written, planned, computed, explained and laid out like the first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from types import ModuleType

import openpyxl
import pandas as pd
import pytest

import ebf
from ebf.engine import preparation
from ebf.language.cite import Cite
from ebf.language.evidence import law_as_read
from ebf.language.growth import GrowsWith
from ebf.language.line import Line, line
from ebf.language.measure import Measure
from ebf.language.rounding import CUT_2
from ebf.language.vocabulary import Values, divide, statewide_sum
from ebf.law import names
from ebf.law.columns import Column
from ebf.law.funding import FUNDING
from ebf.law.funding.causes import Cause
from ebf.law.names import NameKind, column_of, known_names
from ebf.law.parameters import Law, parameters_of
from ebf.law.statute import Statute
from ebf.law.statutes import STATUTES
from ebf.units import table
from ebf.what_if.causes import default_groups

SECTION = "29-99"


@line("29-99(a)", Measure.DOLLARS, law_as_read(1), refused_below_0=True)
def bus_cost_left(bus_cost: Values, fares: Values) -> Values:
    """What buses cost beyond the fares."""
    return bus_cost - fares


@line("29-99(b)(1)", Measure.SHARE, law_as_read(1), statewide=True)
def bus_share_paid(bus_money: Values, bus_cost_left: Values) -> Values:
    """The share of what is left that the money pays."""
    return divide(bus_money, statewide_sum(bus_cost_left))


@line("29-99(b)(2)", Measure.DOLLARS, law_as_read(1), rounding=CUT_2, cause="the grants")
def bus_grant(bus_cost_left: Values, bus_share_paid: Values) -> Values:
    """The unit's grant, cut to the cent."""
    return bus_cost_left * bus_share_paid


def subsection(doc: str, *lines: Line) -> ModuleType:
    module = ModuleType(doc.partition(" ")[0], doc)
    vars(module)["LINES"] = lines
    return module


COSTS = subsection("(a) Costs: what buses come to.", bus_cost_left)
GRANTS = subsection("(b) Grants.", bus_share_paid, bus_grant)

BUSES = Statute(
    section=SECTION,
    title="Bus Grants",
    modules=(COSTS, GRANTS),
    years=range(2020, 2024),
    goals=("bus_grant",),
    outcome=(GRANTS,),
    inputs={
        "bus_cost": Column(Measure.DOLLARS, Cite("29-99(a)"), "Cost of buses"),
        "fares": Column(Measure.DOLLARS, Cite("29-99(a)"), "Fares", default=0.0),
        "bus_money": Column(Measure.DOLLARS, Cite("29-99(b)"), "Money for buses", statewide=True),
    },
    causes={("a",): "buses", ("b",): "the money"},
)


def forget_names() -> None:
    """What was made of the statutes that there were."""
    for module in (names, table, preparation):
        for each in vars(module).values():
            if hasattr(each, "cache_clear"):
                each.cache_clear()


@pytest.fixture
def buses(monkeypatch: pytest.MonkeyPatch) -> Iterator[Law]:
    """The second statute's law; it is there as the first is, for a test."""
    monkeypatch.setitem(STATUTES, SECTION, BUSES)
    forget_names()
    yield replace(ebf.law(2022), section=SECTION)
    forget_names()


def units(**columns: object) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "unit_id": ["0100100102600", "0200100102600", "0300100102600"],
            "organization_type": ["unit", "elementary", "high_school"],
            "county": ["Adams", "Adams", "Adams"],
            "bus_cost": [300.0, 500.0, 1_000.0],
            "fares": [100.0, None, 200.0],
            "bus_money": [1_000.0] * 3,
            **columns,
        }
    )


# left: 200, 500, 800, in all 1,500; two thirds of each is paid, cut to the cent
GRANTS_BY_HAND = [133.33, 333.33, 533.33]


def test_a_second_statute_is_computed(buses: Law) -> None:
    ledger = ebf.calculate(units(), buses)
    assert list(ledger.units["bus_grant"]) == GRANTS_BY_HAND
    assert list(ledger.units["bus_cost_left"]) == [200.0, 500.0, 800.0]
    assert dict(ledger.statewide) == {"bus_money": 1_000.0, "bus_share_paid": 1_000 / 1_500}
    assert [step.name for step in ledger.steps] == ["bus_cost_left", "bus_share_paid", "bus_grant"]
    assert not {*ledger.values} & {"new_state_funds", "regionalization_factor"}
    assert float(ledger.exact.values["bus_grant"][0, 1, 0]) == 333.33


def test_a_given_line_of_it_stands_in_for_its_rule(buses: Law) -> None:
    handed = units(bus_share_paid=0.5).drop(columns="bus_money")
    found = ebf.calculate(handed, buses, given=["bus_share_paid"])
    assert list(found.units["bus_grant"]) == [100.0, 250.0, 400.0]


def test_its_faults_are_worded_by_its_own_words(buses: Law) -> None:
    with pytest.raises(ebf.InputError) as missing:
        ebf.calculate(units().drop(columns=["bus_cost"]), buses)
    (fault,) = missing.value.faults
    assert (fault.place.words[1], fault.allowed, fault.cite) == (
        "bus_cost",
        "Cost of buses",
        "29-99(a)",
    )
    with pytest.raises(ebf.InputError) as negative:
        ebf.calculate(units(fares=[100.0, 600.0, 0.0]), buses)
    (fault,) = negative.value.faults
    assert (*fault.place.words, fault.found) == ("0200100102600", "bus_cost_left", "-100")
    with pytest.raises(ebf.InputError, match="no line of that name"):
        ebf.calculate(units(), buses, lines=["tier_funding"])


def test_a_year_before_it_is_refused(buses: Law) -> None:
    with pytest.raises(ebf.InputError, match="found 2018; allowed: a year of 29-99, 2020 to 2023"):
        ebf.calculate(units(), replace(ebf.law(2018), section=buses.section))


def test_it_is_explained_and_audited(buses: Law) -> None:
    ledger = ebf.calculate(units(), buses)
    audit = ledger.audit("0200100102600")
    assert [(each.subsection, each.title) for each in audit.sections] == [
        ("a", "Costs: what buses come to"),
        ("b", "Grants"),
    ]
    steps = ledger.explain("0200100102600", "bus_grant").steps
    assert [step.line for step in steps] == ["bus_grant", "bus_cost_left", "bus_share_paid"]
    assert steps[0].results[0].formula == "bus_cost_left * bus_share_paid"
    assert steps[0].results[0].numbers == "500 * 0.666666666666667"
    assert "= Bus cost left \u00d7 Bus share paid\n" in audit.to_text()
    assert "= $500 \u00d7 0.666666666666667\n" in audit.to_text()
    assert {(each.column, each.kind, each.cite) for each in audit.sources} == {
        ("bus_cost", "input", "29-99(a)"),
        ("fares", "input", "29-99(a)"),
        ("bus_money", "input", "29-99(b)"),
    }


def test_its_bounds_derivatives_and_near_ties_are_found(buses: Law) -> None:
    ledger = ebf.calculate(units(), buses)
    moved = ledger.sensitivity("0200100102600", "bus_grant").set_index("column")["derivative"]
    # of 500 x 1,000 / 1,500: by the money 1/3; by its own cost 2/3 - 500,000 / 1,500^2 = 4/9
    assert moved["bus_money"] == pytest.approx(1 / 3)
    assert moved["bus_cost"] == pytest.approx(4 / 9)
    assert ledger.census().empty
    assert ledger.near_ties().empty


def test_it_is_laid_out_as_a_workbook(buses: Law, tmp_path: Path) -> None:
    ebf.calculate(units(), buses).to_workbook(tmp_path / "buses.xlsx")
    book = openpyxl.load_workbook(tmp_path / "buses.xlsx")
    assert {"Inputs", "(a) Costs", "(b) Grants", "Statewide"} <= {*book.sheetnames}
    first = book["Read me"]["A1"].value
    assert first == "Illinois Bus Grants, 105 ILCS 5/29-99, FY2022: 3 units"
    assert str(book["(b) Grants"]["C7"].value).startswith("=")


def test_its_changes_are_put_down_to_its_causes(buses: Law) -> None:
    assert default_groups(["bus_cost", "bus_money", "bus_grant", "bus_cost_left"]) == {
        "buses": ("bus_cost", "bus_cost_left"),
        "the money": ("bus_money",),
        "the grants": ("bus_grant",),
    }
    before, after = (ebf.calculate(units(bus_money=each), buses) for each in (1_000.0, 1_500.0))
    parts = ebf.attribute(before, after, "bus_grant").parts
    assert list(parts["the money"].round(2)) == [66.67, 166.67, 266.67]


def test_the_first_statute_is_as_it_was(buses: Law) -> None:
    assert "bus_cost" in known_names()
    assert ebf.law(buses.fiscal_year).statute is FUNDING
    assert "bus_grant" not in ebf.law(2022).lines


# --- What is known of names ---------------------------------------------------------------


def test_every_name_is_known_by_what_it_stands_for() -> None:
    kinds = {
        "organization_type": NameKind.TEXT,
        "pension_normal_cost": NameKind.INPUT,
        "nurse_cost": NameKind.LINE,
        "nurse_salary": NameKind.SALARY,
        "pension_credit": NameKind.PARAMETER,
        "new_state_funds": NameKind.LINE,  # the year's amount stands in for it
    }
    assert {name: known_names()[name].kind for name in kinds} == kinds
    nurses = known_names()["nurse_salary"]
    assert nurses.columns == ("nurse_salary_k_8", "nurse_salary_k_8", "nurse_salary_9_12")
    assert (nurses.statewide, nurses.cite, nurses.range) == (True, "18-8.15(b)(3)", (0.0, 1e13))
    share = known_names()["tier_1_share"]
    assert (share.measure, share.range, share.columns) == (
        Measure.SHARE, (0.0, 1.0), ("tier_1_share",)
    )  # fmt: skip


def test_the_lines_that_may_be_negative_and_those_that_may_not() -> None:
    """Resources handed over may be; no local capacity and no base funding is below 0."""
    lines = FUNDING.all_lines
    assert {each.name for each in lines if each.may_be_negative} == {
        "ptell_eav_after_rate_increase",
        "final_resources",
        "final_percent_of_adequacy",
        "tier_1_target_ratio",
    }
    assert {each.name for each in lines if each.refused_below_0} == {
        "adjusted_base_funding_minimum",
        "adjusted_local_capacity_target",
        "real_eav_first_preceding_tax_year",
        "real_eav_second_preceding_tax_year",
        "real_eav_third_preceding_tax_year",
        "ptell_eav",
        "base_funding_minimum",
        "base_funding_paid",
    }
    assert column_of("final_resources").range[0] == -1e13


def test_what_grows_is_what_growth_can_be_assumed_of() -> None:
    assert {each.name for each in fields(ebf.Growth)} == {*GrowsWith}


# --- Cites ----------------------------------------------------------------------------------


def test_a_cite_knows_its_parts() -> None:
    cite = Cite("18-8.15(b)(2)(M)-(U)")
    assert cite.paragraphs == (("b", "2", "M"), ("b", "2", "U"))
    assert (cite.section, cite.within, cite.subsection) == ("18-8.15", "(b)(2)(M)-(U)", "b")
    two = Cite("18-8.15(b)(1), (g)(3)")
    assert (two.paragraphs, two.subsection) == ((("b", "1"), ("g", "3")), "b")
    act = Cite("105 ILCS 5/2-3.170")
    assert (act.section, act.paragraphs, act.subsection) == ("105 ILCS 5/2-3.170", (), "")
    assert str(Cite("18-8.15(g)(3); P.A. 101-10")) == "18-8.15(g)(3); P.A. 101-10"


@pytest.mark.parametrize("text", ["", "(g)(4)", "18-8.15(g", "18-8.15 (g)(4)", "18-8.15(g)(4); FY"])
def test_what_is_no_cite_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no cite"):
        Cite(text)


def test_the_cites_that_are_sure_by_the_text_of_sb_633() -> None:
    lines = FUNDING.lines(2022)
    sure = {
        "adequacy_target": "18-8.15(b)(1)",
        "local_capacity_target": "18-8.15(c)(2)",
        "real_receipts": "18-8.15(d)(1)",
        "final_percent_of_adequacy": "18-8.15(f)(4)",
    }
    assert {name: lines[name].cite for name in sure} == sure


def test_what_is_cited_beside_its_subsection_has_its_own_cause() -> None:
    of_rates = ("operating_tax_rate", "transportation_rate", "adjusted_operating_tax_rate")
    assert {known_names()[name].cause for name in of_rates} == {Cause.PROPERTY}
    replacement_tax = known_names()["corporate_personal_property_replacement_tax"]
    assert (replacement_tax.cite, replacement_tax.cause) == (
        *("18-8.15(a)(4)", Cause.REPLACEMENT_TAX),
    )


def test_every_declaration_has_a_cite_of_its_statute() -> None:
    cites = [each.cite for each in FUNDING.all_lines]
    cites += [each.cite for each in parameters_of(FUNDING.section).values()]
    assert {(type(each), each.section) for each in cites} == {(Cite, FUNDING.section)}
    assert {each.subsection for each in cites} == {*"abcdefgh"}
    assert {type(each.cite) for each in known_names().values()} == {Cite}
