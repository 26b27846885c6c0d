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
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook
from sample_states import law_of, one_of, units_of, wages
from spreadsheet import (
    FIRST,
    LIBREOFFICE,
    NAMES,
    Change,
    Content,
    Values,
    pages_printed,
    read,
    recalculated,
    without_results,
)
from states import ANY_AMOUNT, dollars, frame_of

import ebf
from ebf.explain.workbook.cell_formulas import Language
from ebf.language.measure import Measure
from ebf.language.symbols import Name, Operation, Term
from ebf.law.funding import FUNDING
from ebf.law.funding.b_cost_factors import COST_FACTORS
from ebf.law.names import column_of, columns_of, name_behind
from ebf.units.marks import Mark, mark

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
        notes = depth.DEEP or name == "names"  # whose notes are few
        bare[name] = without_results(path, folder / f"{name}.xlsx", changes, notes=notes)

    def written(name: str, ledger: ebf.Ledger, units: Sequence[str] | None = None) -> Path:
        path = folder / f"{name}_written.xlsx"
        ledger.to_workbook(path, units)
        return path

    add("sample", book)
    part = written("part", smaller)
    add("what_if", part, [*WHAT_IF, chosen(smaller, part, label(smaller, UNIT))])
    add("typed_over", part, [*typed_over(smaller), chosen(smaller, part, "Adequacy Target")])
    some = written("some_units", state, three_of(state))
    add("some_units", some, [chosen(state, some, three_of(state)[2])])
    for name in [*many_states()][:: depth.WORKBOOKS_APART]:
        add(name, written(name, many_states()[name]))
    add("tax_limits", written("tax_limits", levies().ledger))
    add("from_nothing", written("from_nothing", with_money(0)), FROM_NOTHING)
    names = written("names", named_badly())
    last = named_badly().units.index[-1]
    add("names", names, [chosen(named_badly(), names, f"{SHOWN[-1]} ({last})")])
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
    assert counts["Parameters"] == counts["Inputs"] == counts["Read me"] == counts["Units"] == 0
    assert counts["Target ratio"] == 6 * units
    assert counts["Checks"] == 3 * 7


def test_flags_are_numbers_that_sums_take_in(book: Path) -> None:
    with zipfile.ZipFile(book) as parts:
        number = list(formulas_of(book)).index("(g) The distribution") + 1
        sheet = parts.read(f"xl/worksheets/sheet{number}.xml").decode()
    rows = CalamineWorkbook.from_path(book).get_sheet_by_name("(g) The distribution").to_python()
    column = chr(65 + rows[NAMES].index("in_tier_1"))
    flags = re.findall(rf'<c r="{column}\d+"[^>]*><f>([^<]*)</f><v>([^<]*)</v>', sheet)
    assert len(flags) == len(rows) - FIRST
    assert all(text.startswith("IF(") and text.endswith(",1,0)") for text, _ in flags)
    assert {result for _, result in flags} == {"0.0", "1.0"}


def test_sheets_stand_in_statute_order_with_a_front_page_first(book: Path) -> None:
    names = list(formulas_of(book))
    assert names[:4] == ["Read me", "One district", "Parameters", "Inputs"]
    assert [name[1] for name in names[4:12]] == list("abcdefgh")
    assert names[12:] == ["Statewide", "Target ratio", "Checks", "Units"]


def test_the_workbook_of_a_state_is_small_enough(book: Path) -> None:
    assert book.stat().st_size < 40e6


def test_headings_carry_cite_and_rule_and_panes_are_frozen(book: Path) -> None:
    with zipfile.ZipFile(book) as parts:
        notes = "".join(parts.read(n).decode() for n in parts.namelist() if "/comments" in n)
        sheets = [parts.read(f"xl/worksheets/sheet{n}.xml").decode() for n in range(2, 17)]
        styles = parts.read("xl/styles.xml").decode()
    assert "18-8.15(b)(1)" in notes
    assert "Salaries are regionalized; benefits and the other amounts are not." in notes
    assert "verified 2,696 of 2,696" in notes
    assert all('state="frozen"' in sheet for sheet in sheets)
    assert 'formatCode="$#,##0.00"' in styles


def test_parameters_name_their_source_and_salaries_what_is_illustrative(book: Path) -> None:
    rows = CalamineWorkbook.from_path(book).get_sheet_by_name("Parameters").to_python()
    by_name = {row[1]: row for row in rows}
    assert by_name["tier_1_share"][2] == 0.5
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


# --- Readable --------------------------------------------------------------------------

FORMATS = {
    "dollars": "$#,##0.00",
    "dollars per student": "$#,##0.00",
    "students": "#,##0.00",
    "FTE": "#,##0.00",
    "share": "0.00%",
    "ratio": "0.000000",
    "dollars of EAV per dollar of the target": "#,##0.000000",
    "dollars per dollar of EAV": "0.000000",
    "0 or 1": '[=1]"yes";[=0]"no";General',
    "tier": '"Tier "0;-0;"no tier"',
    "text": "General",
}


@pytest.fixture(scope="module")
def opened(book: Path) -> Workbook:
    """The workbook with its looks."""
    return load_workbook(book)


def sheets_of_units(opened: Workbook) -> dict[str, Worksheet]:
    return {s.title: s for s in opened if s.title == "Inputs" or s.title.startswith("(")}


def test_every_column_has_title_name_measure_and_cite_over_numbers_of_its_measure(
    opened: Workbook,
) -> None:
    sheets = sheets_of_units(opened)
    assert len(sheets) == 9
    compared = set()
    for sheet in sheets.values():
        for _, title, name, measure, cite, first in sheet.iter_cols(min_col=3, max_row=FIRST + 1):
            assert re.search("[a-z] [a-z]|^[A-Z]", title.value), title.value
            assert "_" not in title.value
            assert is_column(name.value)
            words, _, kind = measure.value.partition("; ")
            by_county = name.value == "regionalization_factor"
            assert kind == ("given" if sheet.title == "Inputs" or by_county else "computed")
            assert cite.value[:5] in {"18-8.", "105 I"}
            assert first.number_format == FORMATS[words], name.value
            side = "left" if words == "text" else "right"
            assert {cell.alignment.horizontal for cell in (title, cite, first)} == {side}
            assert title.font.b
            assert name.font.sz < title.font.sz
            compared.add(words)
    assert compared == {*FORMATS}


def is_column(name: str) -> bool:
    """Whether it is a column of the law."""
    return name in {"organization_type", "region"} or bool(columns_of(name_behind(name)))


def test_titles_are_read_before_names_and_bands_are_words(opened: Workbook) -> None:
    headings = {
        name.value: title.value
        for sheet in sheets_of_units(opened).values()
        for _, title, name in sheet.iter_cols(min_col=3, max_row=3)
    }
    assert headings["core_investments"] == "Core investments, (A) to (L)"
    assert headings["nurse_cost_high"] == "Nurses (high)"
    assert headings["core_teacher_cost_k_3"] == "Core teachers (grades K-3)"
    titles = {row[0].value: row[1].value for row in opened["Parameters"].iter_rows(min_row=2)}
    assert titles["State-average salary: nurse (grades K-8)"] == "nurse_salary_k_8"


def test_panes_filters_and_print_are_set_up_on_every_sheet_of_units(
    opened: Workbook, state: ebf.Ledger
) -> None:
    last = FIRST + len(state.units)
    for sheet in sheets_of_units(opened).values():
        end = sheet.cell(last, sheet.max_column).coordinate
        assert sheet.max_row == last
        assert sheet.auto_filter.ref == f"A{FIRST}:{end}"
        assert sheet.freeze_panes == f"C{FIRST + 1}"
        assert sheet.print_title_rows == f"$2:${FIRST}"
        assert sheet.print_title_cols == "$A:$B"
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.oddFooter.left.text == "&A"
        assert "FY2022" in sheet.oddFooter.right.text
        assert sheet.row_dimensions[2].height >= 13.5 * 2
    assert len({sheet.sheet_properties.tabColor.rgb for sheet in opened}) == 3


def test_numbers_fit_the_widths_of_their_columns(opened: Workbook, state: ebf.Ledger) -> None:
    sheet = opened["(b) The Adequacy Target"]
    names = [cell.value for cell in sheet[NAMES + 1]]
    column = sheet.cell(1, names.index("adequacy_target") + 1).column_letter
    widest = f"${state.units['adequacy_target'].max():,.2f}"
    assert len(widest) < sheet.column_dimensions[column].width <= len(widest) + 12


def test_what_is_given_computed_and_of_the_law_is_told_apart(opened: Workbook) -> None:
    (given,), (of_law,) = opened["Inputs"]["E6:E6"][0:1][0:1][0], opened["Parameters"]["C3:C3"][0]
    computed = opened["(f) Percent of adequacy"]["C6"]
    looks = [(c.fill.fgColor.rgb, c.font.color and c.font.color.rgb) for c in (given, of_law)]
    assert looks == [("FFFFF7CC", "FF0000C0"), ("FFE3F3E6", "FF0B5A2B")]
    assert computed.fill.fill_type is None
    legend = [str(cell.value) for cell in opened["Read me"]["B"]]
    for words in ("Given: ", "A number of the law", "Computed: ", "(i) An illustrative salary"):
        assert any(each.startswith(words) for each in legend)
    salaries = {row[1].value: row[2] for row in opened["Parameters"].iter_rows(min_row=2)}
    assert salaries["principal_salary_k_8"].number_format == '$#,##0.00" (i)"'
    assert salaries["nurse_salary_k_8"].number_format == "$#,##0.00"


def test_the_front_page_links_every_sheet_and_says_what_stands_in(
    opened: Workbook, state: ebf.Ledger
) -> None:
    page = opened["Read me"]
    links = {cell.value: cell.hyperlink.location for cell in page["A"] if cell.hyperlink}
    assert links == {name: f"'{name}'!A1" for name in opened.sheetnames[1:]}
    words = [str(cell.value) for cell in page["A"] if cell.value]
    title = f"Illinois Evidence-Based Funding, 105 ILCS 5/18-8.15, FY2022: {len(state.units)} units"
    assert words[0] == title
    assert any(each.startswith("Some salaries are illustrative, not published: ") for each in words)
    assert any("do not sort" in each for each in words)


def test_numbers_that_nobody_published_are_marked(tmp_path: Path) -> None:
    frame = frame_of([dollars(n, 1e6, 5e5 + n, 0.3) for n in range(1, 4)])
    frame.loc[1, "name"] = ""
    mark(frame, Mark.ESTIMATED, "local_capacity_percentage", np.array([False, True, False]))
    path = tmp_path / "marked.xlsx"
    ledger = ebf.calculate(frame, ANY_AMOUNT.with_amounts(new_state_funds=1e6))
    _, second, third = ledger.units.index
    ledger.to_workbook(path, [third, second])
    book = load_workbook(path)
    rows = [*book["(c) Local capacity"].iter_rows(min_row=NAMES + 1)]
    column = [cell.value for cell in rows[0]].index("local_capacity_percentage")
    formats = {row[1].value: row[column].number_format for row in rows[3:]}
    assert formats == {third: "0.00%", second: '0.00%" (e)"'}
    listed = {row[2]: (row[0], row[6]) for row in book["Units"].iter_rows(5, values_only=True)}
    assert listed[second] == (
        second,
        f"local_capacity_percentage: {Mark.ESTIMATED}",
    )  # without a name
    said = [str(cell.value) for row in book["Read me"].iter_rows() for cell in row]
    assert "(e) An estimate, not published." in said
    assert any(each.startswith("An estimate: ") for each in said)


# --- The sheet of one district ---------------------------------------------------------

COSTS = {factor.cost: f"{factor.name}_fte" for factor in COST_FACTORS}


def label(ledger: ebf.Ledger, unit_id: str) -> str:
    """What a unit is chosen by."""
    return f"{ledger.units['name'][unit_id]} ({unit_id})"


def chosen(ledger: ebf.Ledger, path: Path, text: str) -> Change:
    """Another unit typed in, where the first one of the workbook stands."""
    return Change("One district", label(ledger, read(path).units["unit_id"][0]), text)


def of_unit(ledger: ebf.Ledger, unit_id: str, name: str) -> float:
    """A line or an input of a unit, its bands added up."""
    if name in ledger.statewide.index:
        return float(ledger.statewide[name])
    return float(ledger.units[[*columns_of(name)]].loc[unit_id].to_numpy(float).sum())


def assert_of_district(content: Content, ledger: ebf.Ledger, unit_id: str) -> None:
    """Every number on the sheet is the ledger's of that unit."""
    for name, (_, first, second) in content.district.items():
        if not columns_of(name):
            continue  # a heading
        found = second if name in COSTS or first == "" else first
        expected = of_unit(ledger, unit_id, name)
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-4), name
        if name in COSTS and columns_of(COSTS[name]):
            assert first == pytest.approx(of_unit(ledger, unit_id, COSTS[name]), abs=1e-9)


def test_the_sheet_of_one_district_has_its_way_and_its_34_cost_factors(
    state: ebf.Ledger, book: Path, tmp_path: Path
) -> None:
    first, third = state.units.index[[0, 2]]
    content = read(book)
    assert_of_district(content, state, first)
    assert {*COSTS} <= content.district.keys()
    assert len(COSTS) == 34
    way = {
        "average_student_enrollment",
        "adequacy_target",
        "final_resources",
        "tier",
        "tier_funding",
    }
    assert way <= content.district.keys()
    pupils = state.units.loc[first, "average_student_enrollment"]
    per_pupil = content.district["tier_funding"][2]
    assert per_pupil == pytest.approx(state.units.loc[first, "tier_funding"] / pupils)
    path = tmp_path / "chosen.xlsx"
    name = str(state.units.loc[third, "name"])
    for asked, units, expected in (
        (name, [first, third], third),
        (None, [third, first], third),
    ):
        state.to_workbook(path, units, district=asked)
        assert_of_district(read(path), state, expected)


def test_the_district_is_chosen_from_a_list_of_all_units_by_name(
    opened: Workbook, state: ebf.Ledger
) -> None:
    sheet = opened["One district"]
    (validation,) = sheet.data_validations.dataValidation
    last = 4 + len(state.units)
    assert validation.formula1 == f"'Units'!$A$5:$A${last}"
    assert str(validation.sqref) == "B3"
    listed = [row[0].value for row in opened["Units"].iter_rows(min_row=5)]
    assert listed == sorted((label(state, each) for each in state.units.index), key=str.casefold)
    assert sheet["B3"].value == label(state, state.units.index[0])
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 2)
    assert sheet.page_setup.orientation != "landscape"
    newer = re.compile(r"_xlfn|XLOOKUP|FILTER\(|LET\(|SORT\(|OFFSET|INDIRECT")
    formulas = [str(c.value) for row in sheet.iter_rows() for c in row if c.data_type == "f"]
    assert len(formulas) > 100
    assert not any(newer.search(each) for each in formulas)


def test_a_district_that_is_not_in_the_workbook_is_refused(
    state: ebf.Ledger, tmp_path: Path
) -> None:
    first, second = state.units.index[:2]
    with pytest.raises(ebf.InputError, match="district"):
        state.to_workbook(tmp_path / "none.xlsx", [first], district=second)
    with pytest.raises(ebf.InputError, match="found 'x'"):
        state.to_workbook(tmp_path / "none.xlsx", district="x")
    assert not [*tmp_path.iterdir()]


def test_a_district_prints_on_two_pages(state: ebf.Ledger, tmp_path: Path) -> None:
    reason = "LibreOffice (Debian: libreoffice-calc) is not installed"
    needs("libreoffice", LIBREOFFICE is not None, reason)
    state.to_workbook(tmp_path / "one.xlsx", state.units.index[0])
    assert pages_printed(tmp_path / "one.xlsx", "One district", tmp_path) == 2


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
    assert_of_district(anew["what_if"].content, what_if, UNIT)


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
    assert_same(anew["from_nothing"].content, with_money(4e7))


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
    content = anew["typed_over"].content
    assert list(content.checks.values()) == ["NO"] * 7
    assert "No such unit: choose one from the list." in content.district
    assert content.district["tier_funding"][1] == ""


# --- Some units, and what is refused -------------------------------------------------


def three_of(state: ebf.Ledger) -> list[str]:
    return list(state.units.index[[5, -10, 30]])


def test_a_workbook_of_some_units_has_the_states_rates_as_fixed_numbers(
    state: ebf.Ledger, anew: Mapping[str, Anew], tmp_path: Path
) -> None:
    content = anew["some_units"].content
    assert_of_district(content, state, three_of(state)[2])  # chosen by its id
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
    "~a*?",
)
SHOWN = (*NASTY[:4], "␉=1+1", "a␇b␀c", *NASTY[6:])


@cache
def named_badly() -> ebf.Ledger:
    """A state whose units have such names."""
    rows = [dollars(n, 1e6, 5e5 + n, 0.3) for n in range(1, len(NASTY) + 1)]
    frame = frame_of(rows).assign(name=NASTY)
    return ebf.calculate(frame, ANY_AMOUNT.with_amounts(new_state_funds=1e6))


def test_names_stay_text_in_the_workbook(tmp_path: Path) -> None:
    named_badly().to_workbook(tmp_path / "names.xlsx")
    content = read(tmp_path / "names.xlsx")
    assert tuple(content.units["name"]) == SHOWN
    assert_of_district(content, named_badly(), named_badly().units.index[0])
    assert "tier_funding" in content.district
    assert not {*COSTS} & content.district.keys()  # the targets were given
    with zipfile.ZipFile(tmp_path / "names.xlsx") as parts:
        assert not any("hyperlinks" in parts.read(n).decode("latin-1") for n in parts.namelist()
                       if re.fullmatch(r"xl/worksheets/sheet([2-9]|1\d)\.xml", n))  # fmt: skip
    assert all("HYPERLINK" not in f for f in _formulas(tmp_path / "names.xlsx"))


def _formulas(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as parts:
        sheets = [n for n in parts.namelist() if n.startswith("xl/worksheets/sheet")]
        return [f for n in sheets for f in re.findall(r"<f[^>]*>([^<]*)", parts.read(n).decode())]


def test_names_stay_text_in_libreoffice(anew: Mapping[str, Anew]) -> None:
    content = anew["names"].content
    assert tuple(content.units["name"]) == SHOWN
    assert_of_district(content, named_badly(), named_badly().units.index[-1])


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
    found = [cell.value for row in sheet.iter_rows(min_row=FIRST + 1) for cell in row]
    assert found.count("=NA()") == 1
