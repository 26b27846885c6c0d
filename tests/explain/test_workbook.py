"""The workbook: live formulas, which LibreOffice brings to the engine's numbers, what-ifs too."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import depth
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from checkout import needs
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook
from sample_states import law_of, one_of, units_of, wages
from spreadsheet import LIBREOFFICE, Change, Content, Values, read, recalculated, without_results
from states import ANY_AMOUNT, dollars, frame_of

import ebf
from ebf.explain.workbook.cell_formulas import Language
from ebf.explain.workbook.layout import FIRST_ROW
from ebf.language.measure import Measure
from ebf.language.symbols import Name, Operation, Term
from ebf.law.funding import FUNDING
from ebf.law.names import column_of, columns_of

RATIOS = 1e-9
CENTS = 1e-3
"""How far a rounded number may be off, in units of its last decimal: in effect not at all."""

UNCUT_DOLLARS = 1e-4
UNIT = "0101691050400"
SALARIES = ebf.sample().law.salaries


@pytest.fixture(scope="module")
def state() -> ebf.Ledger:
    """The sample state of FY2022, or a part of it."""
    units = one_of(depth.SAMPLE_IN_WORKBOOKS, ebf.sample().units)
    return ebf.calculate(units, ebf.law(2022, salaries=SALARIES, new_state_funds=300e6))


@pytest.fixture(scope="module")
def book(state: ebf.Ledger, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its workbook."""
    path = tmp_path_factory.mktemp("workbook") / "state.xlsx"
    state.to_workbook(path)
    return path


@pytest.fixture(scope="module")
def smaller() -> ebf.Ledger:
    """A part of the sample state, which is quick to change and compute anew."""
    return ebf.calculate(some_units(), ebf.law(2022, salaries=SALARIES, new_state_funds=300e6))


def some_units() -> pd.DataFrame:
    return one_of(depth.SAMPLE_IN_CHANGED_WORKBOOKS, ebf.sample().units)


class Anew(NamedTuple):
    """A workbook as LibreOffice computes it, and how many formulas it had to compute."""

    content: Content
    formulas: int


@pytest.fixture(scope="module")
def anew(
    book: Path, state: ebf.Ledger, smaller: ebf.Ledger, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Anew]:
    """All workbooks that LibreOffice computes here, in one call of it, for it begins slowly."""
    reason = "LibreOffice (Debian: libreoffice-calc) is not installed"
    needs("libreoffice", LIBREOFFICE is not None, reason)
    folder = tmp_path_factory.mktemp("anew")
    bare: dict[str, int] = {}

    def add(name: str, path: Path, changes: Sequence[Change] = ()) -> None:
        notes = depth.DEEP or name == "some_units"  # whose notes are few
        bare[name] = without_results(path, folder / f"{name}.xlsx", changes, notes=notes)

    def written(name: str, ledger: ebf.Ledger, units: Sequence[str] | None = None) -> Path:
        path = folder / f"{name}_written.xlsx"
        ledger.to_workbook(path, units)
        return path

    add("sample", book)
    part = written("part", smaller)
    add("what_if", part, WHAT_IF)
    add("typed_over", part, typed_over(smaller))
    add("some_units", written("some_units", state, three_of(state)))
    for name in [*many_states()][:: depth.WORKBOOKS_APART]:
        add(name, written(name, many_states()[name]))
    add("tax_limits", written("tax_limits", levies().ledger))
    add("from_nothing", written("from_nothing", with_money(0)), FROM_NOTHING)
    add("names", written("names", named_badly()))
    for name, ledger in neighbors().items():
        add(name, written(name, ledger))
    add("county_tax", written("county_tax", county_tax()))
    contents = recalculated([folder / f"{name}.xlsx" for name in bare], folder)
    return {
        name: Anew(content, count)
        for (name, count), content in zip(bare.items(), contents, strict=True)
    }


def assert_same(content: Content, ledger: ebf.Ledger) -> None:
    """Every line of every unit, and every statewide line, is the ledger's."""
    lines = ledger.law.lines
    frame = ledger.units.loc[list(content.units["unit_id"])]
    statewide = ledger.statewide
    compared = 0
    for name in ledger.values:
        rounding = lines[name].rounding if name in lines else None
        for column in columns_of(name):
            if name in statewide.index:
                expected, found = np.array([statewide[name]]), np.array([content.single[name]])
            else:
                expected, found = frame[column].to_numpy(float), _numbers(content.units[column])
            allowed = RATIOS * np.maximum(np.abs(expected), 1)
            if rounding:
                allowed = np.full(len(expected), CENTS / 10**rounding.decimals)
            elif column_of(name).measure is Measure.DOLLARS:
                allowed = np.full(len(expected), UNCUT_DOLLARS)
            read_as = column_of(name).default  # what a blank of the table stands for
            blank = np.isnan(expected) & (np.isnan(found) | (found == read_as))
            wrong = ~((np.abs(expected - found) <= allowed) | blank)
            assert not wrong.any(), (column, expected[wrong][:3], found[wrong][:3])
            compared += len(expected)
    assert compared > len(frame)
    assert set(content.checks.values()) <= {"yes"}


def _numbers(values: Values) -> npt.NDArray[np.float64]:
    return np.array([np.nan if each == "" else each for each in values], dtype=float)


# --- As written ----------------------------------------------------------------------


def test_the_results_stored_with_the_formulas_are_the_ledgers(
    state: ebf.Ledger, book: Path
) -> None:
    content = read(book)
    assert_same(content, state)
    assert len(content.checks) == 7


def formulas_of(path: Path) -> dict[str, int]:
    """How many formulas each sheet has."""
    counts = {}
    with zipfile.ZipFile(path) as parts:
        names = re.findall(r'<sheet name="([^"]*)"', parts.read("xl/workbook.xml").decode())
        for number, name in enumerate(names, start=1):
            sheet = parts.read(f"xl/worksheets/sheet{number}.xml").decode()
            counts[name] = len(re.findall(r"<f[ >]", sheet))
    return counts


def test_every_computed_cell_is_a_formula(state: ebf.Ledger, book: Path) -> None:
    units = len(state.units)
    lines = FUNDING.lines(2022)
    computed = [lines[name] for name in state.computed]
    of_units = sum(len(line.columns) for line in computed if not line.statewide) * units
    statewide = sum(line.statewide for line in computed)
    counts = formulas_of(book)
    assert sum(n for name, n in counts.items() if name.startswith("(")) == of_units
    assert counts["Statewide"] == statewide
    assert counts["Parameters"] == counts["Inputs"] == counts["Contents"] == 0
    assert counts["Target ratio"] == 6 * units
    assert counts["Checks"] == 3 * 7


def test_flags_are_numbers_that_sums_take_in(book: Path) -> None:
    with zipfile.ZipFile(book) as parts:
        number = list(formulas_of(book)).index("(g) The distribution") + 1
        sheet = parts.read(f"xl/worksheets/sheet{number}.xml").decode()
    rows = CalamineWorkbook.from_path(book).get_sheet_by_name("(g) The distribution").to_python()
    column = chr(65 + rows[1].index("in_tier_1"))
    flags = re.findall(rf'<c r="{column}\d+"[^>]*><f>([^<]*)</f><v>([^<]*)</v>', sheet)
    assert len(flags) == len(rows) - 3
    assert all(text.startswith("IF(") and text.endswith(",1,0)") for text, _ in flags)
    assert {result for _, result in flags} == {"0.0", "1.0"}


def test_sheets_stand_in_statute_order_with_a_contents_sheet_first(book: Path) -> None:
    names = list(formulas_of(book))
    assert names[:3] == ["Contents", "Parameters", "Inputs"]
    assert [name[1] for name in names[3:11]] == list("abcdefgh")
    assert names[11:] == ["Statewide", "Target ratio", "Checks"]


def test_the_workbook_of_a_state_is_small_enough(book: Path) -> None:
    assert book.stat().st_size < 40e6


def test_headings_carry_cite_and_rule_and_panes_are_frozen(book: Path) -> None:
    with zipfile.ZipFile(book) as parts:
        notes = "".join(parts.read(n).decode() for n in parts.namelist() if "/comments" in n)
        sheets = [parts.read(f"xl/worksheets/sheet{n}.xml").decode() for n in range(2, 14)]
        styles = parts.read("xl/styles.xml").decode()
    assert "18-8.15(b)(1)" in notes
    assert "Salaries are regionalized; benefits and the other amounts are not." in notes
    assert "verified 2,696 of 2,696" in notes
    assert all('state="frozen"' in sheet for sheet in sheets)
    assert "#,##0.00" in styles or 'numFmtId="4"' in styles


def test_parameters_name_their_source_and_salaries_what_is_illustrative(book: Path) -> None:
    rows = CalamineWorkbook.from_path(book).get_sheet_by_name("Parameters").to_python()
    by_name = {row[0]: row for row in rows}
    assert by_name["tier_1_share"][1] == 0.5
    assert "18-8.15(g)(1)" in by_name["tier_1_share"]
    assert "Public Act 100-465 FY2018" in by_name["tier_1_share"]
    assert "illustrative: not a published salary FY2022" in by_name["principal_salary_k_8"]
    assert SALARIES.source + " FY2022" in by_name["nurse_salary_k_8"]


X, Y = (Name(each, each, 0) for each in ("x", "y"))


@pytest.mark.parametrize(
    ("operator", "operands", "in_a_cell", "in_an_array"),
    [
        ("minimum", (X, Y), "MIN(x,y)", "IF(X<Y,X,Y)"),
        ("maximum", (X, Y), "MAX(x,y)", "IF(X>Y,X,Y)"),
        ("and", (X, Y), "AND(x,y)", "(X*Y)"),
        ("or", (X, Y), "OR(x,y)", "((X+Y)>0)"),
        ("not", (X,), "NOT(x)", "(1-X)"),
        ("divide", (X, Y), "IF(y=0,0,x/y)", "IF(Y=0,0,X/Y)"),
        ("band_total", (X, Y), "SUM(x,y)", "(X+Y)"),
        ("-", (X, X - Y), "x-(x-y)", "X-(X-Y)"),
        ("*", (X + Y, X), "(x+y)*x", "(X+Y)*X"),
        ("-", (X, X - 0), "x-x", "X-X"),
        ("less", (X, Y), "(x<y-float_tolerance*ABS(y))", "(X<Y-float_tolerance*ABS(Y))"),
        (
            "truncate",
            (X, 2),
            "QUOTIENT(x*(1+float_tolerance)*10^2,1)/10^2",
            "QUOTIENT(X*(1+float_tolerance)*10^2,1)/10^2",
        ),
        (
            "truncate_difference",
            (X, 2),
            "QUOTIENT(x*(1+float_tolerance)*10^2+SIGN(x)*1e-06,1)/10^2",
            "QUOTIENT(X*(1+float_tolerance)*10^2+SIGN(X)*1e-06,1)/10^2",
        ),
    ],
)
def test_operations_have_a_form_for_one_cell_and_one_for_whole_columns(
    operator: str, operands: tuple[Term, ...], in_a_cell: str, in_an_array: str
) -> None:
    language = Language(lambda name: name.column, lambda name: name.column.upper(), str, "A4:A6")
    term = Operation(operator, operands)
    assert language.formula(term) == in_a_cell
    assert language.formula(Operation("statewide_sum", (term,))) == f"SUM({in_an_array})"


# --- Computed anew ---------------------------------------------------------------------


def test_libreoffice_computes_the_ledgers_numbers(
    state: ebf.Ledger, book: Path, anew: Mapping[str, Anew]
) -> None:
    content, formulas = anew["sample"]
    assert formulas == sum(formulas_of(book).values())
    assert_same(content, state)
    assert len(content.checks) == 7


WHAT_IF = (
    Change("Statewide", "new_state_funds", 412_345_678.9),
    Change("Parameters", "core_teacher_low_income_k_3", 14.0),
    Change("Inputs", "march_enrollment_first_preceding_year_grade_3", 478.0, UNIT),
)


def test_what_is_changed_in_the_file_comes_out_as_the_engines_what_if(
    anew: Mapping[str, Anew],
) -> None:
    funds, ratio, pupils = WHAT_IF
    units = some_units().set_index("unit_id")
    assert units.loc[UNIT, pupils.name] != pupils.value
    units.loc[UNIT, pupils.name] = pupils.value
    what_if = ebf.calculate(
        units.reset_index(),
        ebf.law(
            2022,
            core_teacher_low_income_k_3=ratio.value,
            salaries=SALARIES,
            new_state_funds=funds.value,
        ),
    )
    assert_same(anew["what_if"].content, what_if)


def few(units: pd.DataFrame) -> pd.DataFrame:
    """A small state with every kind of unit, for the workbooks of many years."""
    return units.groupby("organization_type").head(4)


NO_UNIT_ABOVE_90 = [dollars(n, 1e6 * n, 5e5 * n + n, 0.3, students=100 * n) for n in range(1, 140)]
"""No unit in Tiers 3 and 4: their money joins Tier 2's."""

FAR_ABOVE = [dollars(n, 1e6, 1e6 + n, 0.3, base=1000) for n in range(1, 140)]
"""Every unit above 100 %: Tier 1 would reach beyond 90 %, so its money joins Tier 2's."""


ON_EDGES = [
    dollars(n, 10 * n + 0.1 * (n % 7), edge * (100 * n + (n % 7)) / 10, 0.3)
    for n in range(1, 140)
    for edge in [(0.9, 1.0)[n % 2]]
]
"""Units on 90 % and on 100 % of their targets, whose floats may fall a breadth below."""


@cache
def many_states() -> dict[str, ebf.Ledger]:
    """Ledgers of other years, inputs and turns of the formula."""
    sample = ebf.sample().units
    ledgers = {
        f"FY{year}": ebf.calculate(
            few(units_of(year)),
            law_of(year).with_amounts(salaries=SALARIES.of_year(year), new_state_funds=5e6),
        )
        for year in (2018, 2019, 2021, 2024, 2026)
    }
    rich = [*NO_UNIT_ABOVE_90, dollars(500, 1e6, 2e6, 0.9)]
    return ledgers | {
        "wages": ebf.calculate(
            wages(few(sample)), ebf.law(2022, salaries=SALARIES, new_state_funds=5e6)
        ),
        "no_rounding": ebf.calculate(
            few(sample), ebf.law(2022, salaries=SALARIES, new_state_funds=5e6), rounding=False
        ),
        "on_edges": ebf.calculate(frame_of(ON_EDGES), ANY_AMOUNT.with_amounts(new_state_funds=1)),
        "no_tier_3_or_4": ebf.calculate(
            frame_of(NO_UNIT_ABOVE_90), ANY_AMOUNT.with_amounts(new_state_funds=3e7)
        ),
        "nobody_lacks": ebf.calculate(
            frame_of(FAR_ABOVE), ANY_AMOUNT.with_amounts(new_state_funds=3e6)
        ),
        "surplus": ebf.calculate(frame_of(rich), ANY_AMOUNT.with_amounts(new_state_funds=9e9)),
        "no_money": ebf.calculate(frame_of(rich), ANY_AMOUNT.with_amounts(new_state_funds=0)),
        "short_of_minimum": ebf.calculate(
            frame_of(rich), ebf.law(2022, minimum_funding_level=9e7, new_state_funds=8e7)
        ),
        "short_of_base": ebf.calculate(
            frame_of(FAR_ABOVE).assign(
                base_funding_shortfall=12_345.0,
                first_year_base_funding_minimum=950.0,
                prior_year_average_student_enrollment=200.0,
            ),
            ANY_AMOUNT.with_amounts(new_state_funds=0),
        ),
    }


def test_other_years_and_turns_of_the_formula_compute_anew_too(anew: Mapping[str, Anew]) -> None:
    ledgers = many_states()
    percents = ledgers["on_edges"].units["final_percent_of_adequacy"]
    assert (percents < 0.9).any()
    assert not percents.between(0.901, 0.999).any()
    assert set(ledgers["on_edges"].units["tier"]) == {3, 4}
    assert ledgers["nobody_lacks"].units["tier"].eq(4).all()
    assert ledgers["short_of_base"].units["base_funding_paid"].lt(1000).all()
    for name in [*ledgers][:: depth.WORKBOOKS_APART]:
        assert_same(anew[name].content, ledgers[name])


@cache
def neighbors() -> dict[str, ebf.Ledger]:
    """A ledger of every neighboring law, of its invented table."""
    tables = ebf.sample_table
    return {
        "relief_by_rank": ebf.relief_grants(tables("relief_grants"), 2022, 6e6).ledger,
        "relief_by_threshold": ebf.relief_grants(tables("relief_grants"), 2019, 6e6).ledger,
        "report_card": ebf.report_card(finances=finances_with_blanks(), year=2022).ledger,
        "reviews": ebf.reviews(tables("school_designations"), least_share=0.25).ledger,
    }


def finances_with_blanks() -> pd.DataFrame:
    """Districts' finances, some of them not in hand."""
    finances = ebf.sample_table("report_card_finances")
    money = ["general_administration_expenditure", "total_expenditure"]
    costs = ["trs_normal_cost_paid_by_state", "pupils"]
    finances.loc[::3, money] = np.nan
    finances.loc[::5, costs] = np.nan
    return finances[["unit_id", "organization_type", *money, *costs]]


def test_the_neighboring_laws_compute_anew_too(anew: Mapping[str, Anew]) -> None:
    for name, ledger in neighbors().items():
        assert anew[name].formulas > 0
        assert_same(anew[name].content, ledger)


def levies() -> ebf.Extension:
    """Another statute: levies held against their limits, all rates cut."""
    return ebf.extension(ebf.sample_table("levies"), 2025, rate_decimals=6)


def test_another_statute_computes_anew_too(anew: Mapping[str, Anew]) -> None:
    assert {"limiting rate", "rate by referendum"} <= {*levies().bounds["bound"]}
    assert_same(anew["tax_limits"].content, levies().ledger)


def with_money(amount: float) -> ebf.Ledger:
    """A state in all tiers but one, with so much new money."""
    rows = [*NO_UNIT_ABOVE_90, dollars(500, 1e6, 2e6, 0.9), dollars(501, 1e6, 9.5e5, 0.9)]
    return ebf.calculate(frame_of(rows), ANY_AMOUNT.with_amounts(new_state_funds=amount))


FROM_NOTHING = (Change("Statewide", "new_state_funds", 4e7),)


def county_tax() -> ebf.Ledger:
    """A county's tax, whose cents left go by rank."""
    table = ebf.sample_table("facility_tax").drop(columns="taxable_sales")
    return ebf.facility_tax(table, county="Hancock", receipts=312_345.67).ledger


def test_a_neighboring_law_computes_anew_too(anew: Mapping[str, Anew]) -> None:
    ledger = county_tax()
    assert ledger.statewide["facility_tax_cents_left"] > 0
    assert_same(anew["county_tax"].content, ledger)


def test_new_money_changed_from_nothing_solves_the_state_anew(anew: Mapping[str, Anew]) -> None:
    assert_same(anew["from_nothing"].content, with_money(FROM_NOTHING[0].value))


def typed_over(state: ebf.Ledger) -> list[Change]:
    """Numbers in place of formulas, of which each check finds one."""
    units = state.units
    in_tier = {tier: str(units.index[units["tier"] == tier][0]) for tier in (1, 2, 3, 4)}
    sheet = "(g) The distribution"
    return [
        *(Change(sheet, f"tier_{tier}_funding", 1.0, in_tier[tier]) for tier in (1, 2, 3, 4)),
        Change(sheet, "in_tier_2", 1.0, in_tier[4]),
        Change("Statewide", "tier_1_target_ratio", 0.7),
        Change("Statewide", "tier_4_allocation", 1.0),
    ]


def test_a_check_says_no_where_a_number_is_typed_over_a_formula(anew: Mapping[str, Anew]) -> None:
    assert list(anew["typed_over"].content.checks.values()) == ["NO"] * 7


# --- Some units, and what is refused -------------------------------------------------


def three_of(state: ebf.Ledger) -> list[str]:
    return list(state.units.index[[5, -10, 30]])


def test_a_workbook_of_some_units_has_the_states_rates_as_fixed_numbers(
    state: ebf.Ledger, anew: Mapping[str, Anew], tmp_path: Path
) -> None:
    content = anew["some_units"].content
    assert list(content.units["unit_id"]) == three_of(state)
    assert content.checks == {}
    assert_same(content, state)
    state.to_workbook(tmp_path / "some.xlsx", three_of(state))
    assert "Target ratio" not in formulas_of(tmp_path / "some.xlsx")
    with zipfile.ZipFile(tmp_path / "some.xlsx") as parts:
        words = parts.read("xl/sharedStrings.xml").decode()
    assert "not solved anew" in words


def test_one_unit_may_be_asked_for_by_itself_and_one_asked_for_twice_stands_once(
    state: ebf.Ledger, tmp_path: Path
) -> None:
    unit = str(state.units.index[9])
    for asked in (unit, [unit, unit]):
        state.to_workbook(tmp_path / "one.xlsx", asked)
        assert read(tmp_path / "one.xlsx").units["unit_id"] == [unit]


def test_unknown_units_and_several_scenarios_are_refused_and_nothing_is_written(
    state: ebf.Ledger, tmp_path: Path
) -> None:
    path = tmp_path / "none.xlsx"
    with pytest.raises(ebf.InputError, match="nearest known: 0101690012600") as error:
        state.to_workbook(path, ["0101690012601", "x"])
    assert len(error.value.faults) == 2
    with pytest.raises(ebf.InputError, match="no units"):
        state.to_workbook(path, [])
    several = ebf.calculate(
        frame_of(FAR_ABOVE), ANY_AMOUNT.with_amounts(new_state_funds=[1e6, 2e6])
    )
    with pytest.raises(ebf.InputError, match=r"ledger\.scenario"):
        several.to_workbook(path)
    assert not path.exists()
    several.scenario(1).to_workbook(path)
    assert read(path).single["new_state_funds"] == 2e6


def test_without_xlsxwriter_it_says_what_to_install(
    state: ebf.Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ebf.faults.find_spec", lambda _: None)
    with pytest.raises(ebf.InputError, match=r"pip install 'illinois-ebf\[excel\]'"):
        state.to_workbook(tmp_path / "none.xlsx")


# --- Safe text -------------------------------------------------------------------------

NASTY = (
    '=HYPERLINK("http://x","y")',
    "+1",
    "-1+2",
    "@x",
    "\t=1+1",
    "a\x07b\x00c",
    "</t><v>1</v>",
    "{=SUM(A1:A2)}",
    "http://example.org",
    "'=1",
)
SHOWN = (*NASTY[:4], "␉=1+1", "a␇b␀c", *NASTY[6:])


def named_badly() -> ebf.Ledger:
    """A state whose units have such names."""
    rows = [dollars(n, 1e6, 5e5 + n, 0.3) for n in range(1, len(NASTY) + 1)]
    frame = frame_of(rows).assign(name=NASTY)
    return ebf.calculate(frame, ANY_AMOUNT.with_amounts(new_state_funds=1e6))


def test_names_stay_text_in_the_workbook(tmp_path: Path) -> None:
    named_badly().to_workbook(tmp_path / "names.xlsx")
    assert tuple(read(tmp_path / "names.xlsx").units["name"]) == SHOWN
    with zipfile.ZipFile(tmp_path / "names.xlsx") as parts:
        assert not any("hyperlinks" in parts.read(n).decode("latin-1") for n in parts.namelist()
                       if re.fullmatch(r"xl/worksheets/sheet[3-9]\.xml", n))  # fmt: skip
    assert all("HYPERLINK" not in f for f in _formulas(tmp_path / "names.xlsx"))


def _formulas(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as parts:
        sheets = [n for n in parts.namelist() if n.startswith("xl/worksheets/sheet")]
        return [f for n in sheets for f in re.findall(r"<f[^>]*>([^<]*)", parts.read(n).decode())]


def test_names_stay_text_in_libreoffice(anew: Mapping[str, Anew]) -> None:
    assert tuple(anew["names"].content.units["name"]) == SHOWN


def test_names_stay_text_in_csv_and_come_back_as_they_were(tmp_path: Path) -> None:
    named_badly().to_csv(tmp_path)
    cells = pd.read_csv(tmp_path / "units.csv", dtype=str, keep_default_na=False)["name"]
    assert not cells.str.match(r"^[=+\-@\t\r]").any()
    assert tuple(ebf.read_units(tmp_path / "units.csv")["name"]) == SHOWN


def test_scenarios_named_like_formulas_stay_text_in_csv(tmp_path: Path) -> None:
    frame = pd.concat(
        {name: frame_of(FAR_ABOVE[:3]).set_index("unit_id") for name in ("=1+1", "base")},
        names=["scenario"],
    )
    ebf.calculate(frame, ANY_AMOUNT.with_amounts(new_state_funds=1e6)).to_csv(tmp_path)
    first = pd.read_csv(tmp_path / "units.csv", dtype=str)
    assert first.columns[:2].tolist() == ["scenario", "unit_id"]
    assert sorted(set(first["scenario"])) == ["'=1+1", "base"]


def test_a_blank_percentage_is_no_0(tmp_path: Path) -> None:
    """So that a changed ratio, by which the unit would need it, shows #N/A and no dollars."""
    frame = frame_of((dollars(1, 1e6, 8e5, 0.5), dollars(2, 1e6, 99e4, 0.5)))
    frame["local_capacity_percentage"] = [0.5, np.nan]
    path = tmp_path / "blank.xlsx"
    ebf.calculate(frame, ANY_AMOUNT.with_amounts(new_state_funds=1e5)).to_workbook(path)
    sheet = load_workbook(path)["(c) Local capacity"]
    found = [cell.value for row in sheet.iter_rows(min_row=FIRST_ROW + 1) for cell in row]
    assert found.count("=NA()") == 1
