"""A workbook in the layout of the State Board's full calculation, written from a ledger.

The tests' own writer, so that what is read was not laid out by the reader. Values alone, no
formulas; what no line of the ledger holds stays blank and is listed with its reason.
"""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import fsum
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from python_calamine import CalamineWorkbook
from scipy.special import ndtr

import ebf

Cell: TypeAlias = str | float | None
Numbers: TypeAlias = npt.NDArray[np.float64]
Row: TypeAlias = Mapping[int, Cell]
Ids: TypeAlias = Literal["text", "number"]

NOT_AVAILABLE: Final = "#N/A"
TOTALS: Final = "TOTALS"
NEW_SHEETS: Final = 2027
"""The first fiscal year with sheets of regional programs' bases and of indices."""

SCHOOLS: Final = ("elementary", "middle", "high")
CORE_BANDS: Final = ("k_3", "4_8", "9_12")
GRADES: Final = (
    "prekindergarten_special_education",
    "kindergarten",
    *(f"grade_{grade}" for grade in range(1, 13)),
)
OLDEST_FIRST: Final = {"third": 3, "second": 2, "first": 1}
"""The layout says three years without their order: they are written as they passed."""

KINDS: Final = {
    "unit": "Unit",
    "hybrid": "Unit",
    "elementary": "Elementary",
    "high_school": "High School",
    "laboratory_school": "Labs",
    "regional_program": "Regional",
}
"""Base Calc's words; it leaves the kind and county of a specially funded entity blank."""

GREATER_OF: Final = ("Current Year", "3-Year Average")


# --- What was written where --------------------------------------------------------


@dataclass(frozen=True)
class Sheets:
    """Where the workbook has what: columns by our name of them, rows by unit."""

    letters: Mapping[str, Mapping[str, str]]
    rows: Mapping[str, Mapping[str, int]]
    single: Mapping[tuple[str, str], str]
    """Cells of figures outside the tables of units, by sheet and name."""
    left_blank: Mapping[tuple[str, str], str]
    """Why a column holds nothing, by sheet and column."""

    def cell(self, sheet: str, column: str, unit_id: str = "") -> str:
        """The cell of a unit (or ``TOTALS``) in a column, or of a figure of the sheet."""
        if not unit_id:
            return self.single[sheet, column]
        return f"{self.letters[sheet][column]}{self.rows[sheet][unit_id]}"


def plant(path: Path, sheet: str, cell: str, value: Cell) -> None:
    """Change one cell of a written workbook; None empties it, ``#N/A`` is an error.

    In the file's own text, since to load and save every sheet takes many seconds.
    """
    place = CalamineWorkbook.from_path(path).sheet_names.index(sheet)
    with zipfile.ZipFile(path) as book:
        text = book.read(_part(place)).decode()
    _replace(path, {_part(place): _with_cell(text, cell, value)})


def _part(place: int) -> str:
    """The part of the file with a sheet, by its place among the sheets."""
    return f"xl/worksheets/sheet{place + 1}.xml"


def _replace(path: Path, texts: Mapping[str, str]) -> None:
    """Write some parts of a file anew."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts.update({name: text.encode() for name, text in texts.items()})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for name, content in parts.items():
            new.writestr(name, content)


def _with_cell(text: str, cell: str, value: Cell) -> str:
    letters, number = re.findall("[A-Z]+|[0-9]+", cell)
    row = re.search(rf'<row r="{number}"[^>]*?(?:/>|>(.*?)</row>)', text, re.DOTALL)
    assert row, f"no row {number}"
    cells = dict(re.findall(r'(<c r="([A-Z]+)[^>]*?(?:/>|>.*?</c>))', row[1] or "", re.DOTALL))
    written = {place: whole for whole, place in cells.items()}
    written[letters] = _cell_text(cell, value)
    ordered = sorted(written, key=lambda place: (len(place), place))
    content = "".join(written[place] for place in ordered)
    return f'{text[: row.start()]}<row r="{number}">{content}</row>{text[row.end() :]}'


def _cell_text(cell: str, value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        if value.startswith("#"):
            return f'<c r="{cell}" t="e"><v>{value}</v></c>'
        text = f'<t xml:space="preserve">{html.escape(value)}</t>'
        return f'<c r="{cell}" t="inlineStr"><is>{text}</is></c>'
    return f'<c r="{cell}"><v>{float(value)!r}</v></c>'


# --- Tables of units ---------------------------------------------------------------


class Column(NamedTuple):
    """A column by our name of it, with a cell for every unit of the ledger."""

    name: str
    header: str
    cells: Sequence[Cell]
    why_blank: str = ""


SPACER: Final = None


@dataclass(frozen=True)
class Page:
    """A sheet: what stands above the table, the table, and what stands below."""

    title: str
    above: Sequence[Row]
    columns: Sequence[Column | None]
    units: Sequence[int]
    """The places in the ledger of the units shown."""
    below: Sequence[Row] = ()
    totals_too: Mapping[int, Cell] = field(default_factory=dict)
    named: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Figures above and below: row (below the totals from -1 down) and column, from 0."""


class State:
    """The ledger in the State Board's terms."""

    def __init__(self, ledger: ebf.Ledger, ids: Ids, *, revised: bool) -> None:
        self.ledger = ledger
        self.year = ledger.fiscal_year
        self.units = ledger.units
        self.as_numbers = ids == "number"
        self.revised = revised
        kinds = self.units["organization_type"]
        self.kinds = [str(kind) for kind in kinds]
        self.outside = (kinds == "specially_funded").to_numpy()
        self.programs = (kinds == "regional_program").to_numpy()
        self.unit_ids = [str(each) for each in self.units.index]
        has_regions = "region" in self.units
        of_units = self.units["region"] if has_regions else self.units.index.str[:2]
        self.regions = [str(region) for region in of_units]

    # Base Calc (FY2018) shows 0 in every column of an entity that has base funding alone, its
    # factor too, where the ledger has the factor of its county and its base as resources.
    def of(self, name: str) -> Numbers:
        """A line, 0 for specially funded entities."""
        values: Numbers = np.where(self.outside, 0.0, self.of_everyone(name))
        return values

    def of_everyone(self, name: str) -> Numbers:
        """A line, specially funded entities too: their base is what they are paid."""
        return np.asarray(self.units[name], dtype=np.float64)

    def over(self, name: str, bands: Iterable[str]) -> Numbers:
        """The sum of a line's bands."""
        total: Numbers = np.sum([self.of(f"{name}_{band}") for band in bands], axis=0)
        return total

    @cached_property
    def parameters(self) -> Mapping[str, float]:
        """The numbers of the law."""
        table = self.ledger.law.table()
        return dict(zip(table["parameter"], map(float, table["value"]), strict=True))

    @property
    def everyone(self) -> Sequence[int]:
        return range(len(self.units))

    def places(self, shown: npt.NDArray[np.bool_]) -> Sequence[int]:
        return [int(place) for place in np.flatnonzero(shown)]

    def id_cell(self, unit_id: str) -> Cell:
        """The id as it is kept: a number loses its leading zero; letters stay text."""
        return int(unit_id) if self.as_numbers and unit_id.isdigit() else unit_id

    def title_rows(self, title: str) -> list[Row]:
        statute = "Evidence-Based Funding (105 ILCS 5/8-8.15) Distribution Calculations"
        return [
            {0: "Illinois State Board of Education"},
            {0: f"{statute} for Fiscal Year {self.year}"},
            {0: title},
            {0: self.prepared},
            {},
        ]

    @property
    def prepared(self) -> str:
        updated = " - Revised" if self.revised else ""
        return f"Prepared by State Funding & Forecasting Staff, August {self.year - 1}{updated}"

    # --- Columns

    def who(self, *more: Literal["county", "kind"]) -> list[Column | None]:
        columns: list[Column | None] = [
            Column("unit_id", "District ID", [self.id_cell(each) for each in self.unit_ids]),
            Column("name", "District Name", [str(each) for each in self.units["name"]]),
        ]
        if "county" in more:
            columns.append(self.county())
        if "kind" in more:
            kinds = [KINDS.get(kind) for kind in self.kinds]
            columns.append(Column("organization_type", "Organization Type", kinds))
        return columns

    def county(self) -> Column:
        if "county" not in self.units:
            return self.blank("county", "County", "the ledger has wage indices, no counties")
        shown = zip(self.units["county"], self.outside, strict=True)
        cells = [None if outside else str(name).upper() for name, outside in shown]
        return Column("county", "County", cells)

    def line(self, name: str, header: str = "") -> Column:
        return self.number(name, self.of(name), header)

    def number(self, name: str, values: Numbers, header: str = "") -> Column:
        cells = [None if value != value else value for value in values.tolist()]  # noqa: PLR0124
        return Column(name, header or headed(name), cells)

    def blank(self, name: str, header: str, reason: str) -> Column:
        return Column(name, header or headed(name), [None] * len(self.units), reason)

    def words(
        self, name: str, header: str, choice: npt.NDArray[np.bool_], yes: str, no: str
    ) -> Column:
        return Column(name, header, [yes if each else no for each in choice])

    def greater_of(self, name: str, latest: Numbers, mean: Numbers) -> Column:
        no, yes = GREATER_OF
        return self.words(name, headed(name), latest < mean, yes, no)

    def ase(self) -> Column:
        return self.line("average_student_enrollment", "Total ASE")

    def three_counts(self, name: str) -> list[Column]:
        return [
            self.line(f"{name}_{back}_preceding_year", f"{self.year - years} {headed(name)}")
            for back, years in OLDEST_FIRST.items()
        ]

    def mean_of_counts(self, name: str) -> Numbers:
        """The three years' mean, cut as the count it is held against is."""
        return cut(sum(self.of(f"{name}_{back}_preceding_year") for back in OLDEST_FIRST) / 3)


def headed(name: str) -> str:
    """Words for a header; the State Board's own are known of Base Calc alone."""
    return name.replace("_", " ").title()


def cut(values: Any) -> Numbers:
    """Cut to two decimals, what binary fractions fall short of a cent by not counted."""
    return np.asarray(np.floor(np.round(np.asarray(values) * 100, 6)) / 100)


def per(values: Numbers, pupils: Numbers) -> Numbers:
    """A quotient, 0 where there is no pupil."""
    return np.divide(values, pupils, out=np.zeros_like(values), where=pupils != 0)


def page(
    state: State,
    title: str,
    columns: Sequence[Column | None],
    *,
    units: Sequence[int] | None = None,
    below: Sequence[Row] = (),
) -> Page:
    """A sheet with the titles that all have."""
    shown = state.everyone if units is None else units
    notes = below or [{0: f"Note: {title}, fiscal year {state.year}."}]
    numbers = from_column(0, [float(number) for number in range(1, len(columns) + 1)])
    return Page(title, [*state.title_rows(title), numbers], columns, shown, notes)


# --- The sheets of units -----------------------------------------------------------


def district_results_summary(state: State) -> Page:
    """No column of it is told: what a district asks for first."""
    columns = [
        *state.who("county", "kind"),
        SPACER,
        state.ase(),
        SPACER,
        state.line("adequacy_target"),
        state.line("final_resources"),
        state.line("final_percent_of_adequacy"),
        state.line("tier"),
        SPACER,
        state.number("base_funding_minimum", state.of_everyone("base_funding_minimum")),
        state.line("tier_funding"),
        state.number("total_state_contribution", state.of_everyone("total_state_contribution")),
    ]
    return page(state, "District Results Summary", columns)


def base_calc(state: State) -> Page:
    """As the published sheets have it, their stray total over an empty column too."""
    ase, target = state.of("average_student_enrollment"), state.of("adequacy_target")
    short = f"FY {state.year % 100:02d}"
    stage_1 = [
        state.line("core_investments", "Core Investment Cost"),
        state.line(
            "per_student_investments_subject_to_regionalization",
            "Per Student Investment Cost\n(Subject to CWI)",
        ),
        state.line("additional_investments", "Additional Investments Cost"),
        state.line(
            "per_student_investments_not_subject_to_regionalization",
            "Per Student Investment Cost\n(Not Subject to CWI)",
        ),
    ]
    before_factor = np.sum([state.of(column.name) for column in stage_1], axis=0)
    stage_1 += [
        state.number("investments", before_factor, "Adequacy Target"),
        state.line("regionalization_factor", "Regionalization Factor\n(CWI)"),
        state.line(
            "adequacy_target", "Final Adequacy Target\n(Adjusted for Regionalization Factor)"
        ),
        state.number(
            "adequacy_target_per_student",
            cut(per(target, ase)),
            "Final Adequacy Target Per Student\n(Adjusted for Regionalization Factor)",
        ),
    ]
    percent, resources = state.of("final_percent_of_adequacy"), state.of("final_resources")
    gap = target - resources
    step_1, step_3 = state.of("tier_2_funding_step_1"), state.of("tier_2_funding")
    each = {tier: per(state.of(f"tier_{tier}_funding"), ase) for tier in (1, 3, 4)}
    original, final = per(step_1, ase), per(step_3, ase)
    flags = [
        None if outside else float(flag)
        for flag, outside in zip(state.of("in_tier_1"), state.outside, strict=True)
    ]
    total = state.of_everyone("total_state_contribution")
    columns = [
        *state.who("county", "kind"),
        SPACER,
        state.ase(),
        SPACER,
        *stage_1,
        SPACER,
        state.line("adjusted_local_capacity_target"),
        state.line("adjusted_base_funding_minimum"),
        state.line("final_resources"),
        state.line("final_percent_of_adequacy", "Final Percent of Adequacy"),
        SPACER,
        state.number("adequacy_funding_gap", gap),
        state.number("final_adequacy_level", percent, "Final Adequacy Level "),
        state.line("tier", "Tier Assignment"),
        Column("in_tier_1", "Flag Tier 1", flags),
        SPACER,
        state.line("tier_1_funding_gap"),
        state.line("tier_1_funding"),
        state.line("tier_2_funding_gap"),
        state.line("tier_2_funding_step_1", "Tier 2 Funding\nStep 1"),
        state.line("tier_2_funding_step_2", "Tier 2 Funding\nStep 2"),
        state.line("tier_2_funding", "Tier 2 Funding \nStep 3"),
        state.number("tier_1_per_student", each[1]),
        state.number("original_tier_2_per_student", original),
        state.number("final_tier_2_per_student", final),
        state.number("tier_3_per_student", each[3]),
        state.number("tier_4_per_student", each[4]),
        state.line("tier_3_funding"),
        state.line("tier_4_funding"),
        state.line("tier_funding", f" Calculated New {short} Funding\n(Tier Funding)"),
        state.number(
            "tier_funding_per_pupil",
            cut(per(state.of("tier_funding"), ase)),
            f"{short} Tier Funding Per Pupil",
        ),
        state.number(
            "base_funding_minimum",
            state.of_everyone("base_funding_minimum"),
            "Gross Base Funding Minimum",
        ),
        state.number("total_state_contribution", total, f"Total Gross {short} State Contribution"),
        state.blank(
            "prior_year_adjustments",
            f"FY {(state.year - 1) % 100:02d} EBF Adjustments",
            "audit adjustments are no line; FY2022's sheet leaves them blank too",
        ),
        state.number("net_state_contribution", total, f"Total NET {short} State Contribution"),
        SPACER,
        state.blank("representative_district", "Rep No.", "no line knows legislative districts"),
        state.blank("senate_district", "Senator No.", "no line knows legislative districts"),
        SPACER,
    ]
    figures = base_calc_figures(state, [each[1], original, final, each[3], each[4]])
    stray = fsum(fsum(values) for values in (before_factor, before_factor, target))
    stray += fsum(state.of("regionalization_factor")) + fsum(cut(per(target, ase)))
    share = float(state.ledger.statewide["tier_2_scaling_factor"])
    below: list[Row] = [
        {27: "Tier 2 Step 1 Orig / Revised Step 2 Funding %", 30: share},
        {19: "Sum of Positive Funding Gaps", 21: fsum(np.maximum(gap, 0.0))},
    ]
    return Page(
        "Base Calc",
        figures,
        columns,
        state.everyone,
        below,
        totals_too={15: stray},
        named={
            "new_state_funds": (2, 21),
            **{f"units_in_tier_{tier}": (2, 25 + tier) for tier in (1, 2, 3, 4)},
            **{f"tier_{tier}_allocation_less_shortfall": (5, 20 + tier) for tier in (1, 2, 3, 4)},
            "tier_1_target_ratio": (5, 26),
            "tier_2.target_ratio": (5, 27),
            "tier_3.target_ratio": (5, 28),
            "greatest_tier_3_funding_per_student": (4, 35),
            **{f"tier_{tier}_allocation_rate": (5, 37 + tier) for tier in (1, 2, 3, 4)},
            "tier_2_scaling_factor": (-1, 30),
            "sum_of_positive_gaps": (-2, 21),
        },
    )


def base_calc_figures(state: State, per_student: Sequence[Numbers]) -> list[Row]:
    """The ten rows above the header, as FY2022's sheet has them."""
    statewide = state.ledger.statewide
    tiers = (1, 2, 3, 4)
    named_tiers = [f"Tier {tier}" for tier in tiers]
    money = [float(statewide[f"tier_{tier}_allocation_less_shortfall"]) for tier in tiers]
    counts = [float(statewide[f"units_in_tier_{tier}"]) for tier in tiers]
    rates = [float(statewide[f"tier_{tier}_allocation_rate"]) for tier in tiers]
    ratios: list[Cell] = [
        float(statewide["tier_1_target_ratio"]),
        *(state.parameters[f"tier_{tier}.target_ratio"] for tier in (2, 3)),
        ">100%",
    ]
    greatest = [float(values.max()) for values in per_student]
    title = state.title_rows("")
    maximum = "Maximum Tier Funding Per Student for Purposes of Calculating Final Tier 2 Funding"
    return [
        {21: "View How Available Funds Are Determined"},
        {
            **title[0],
            21: "Remaining Appropriation Available for Tier Funding",
            26: "District Tier Counts",
            32: maximum,
        },
        {**title[1], 21: float(statewide["new_state_funds"]), **from_column(26, counts)},
        {
            0: state.prepared,
            21: "New Appropriation Allocation",
            26: "Target Ratios",
            **from_column(32, ["T1", "T2", "T2 FIN", "T3", "T4"]),
            38: "Funding Allocation Rates",
        },
        {
            **from_column(21, named_tiers),
            **from_column(26, named_tiers),
            **from_column(32, greatest),
            **from_column(38, named_tiers),
        },
        {**from_column(21, money), **from_column(26, ratios), **from_column(38, rates)},
        {},
        from_column(0, [float(number) for number in range(1, 50)]),
        {
            7: "View Your Core Investment Calculation",
            8: "View Your Per Student Investment Calculation",
            9: "View Your Additional Investment Calculation",
            12: "View Your Regionalization Factor",
            16: "View Your Local Capacity Target Calculation",
            32: "Additional Calculations for Tier 2 & 3 Step 2 ",
        },
        {
            7: "Stage 1: Determining Base Adequacy Level",
            16: "Stage 2: Determining Percent of Adequacy",
            21: "Determining Distribution Tier",
            26: "Stage 3: Determining Tier Funding",
            39: "Calculating Total State Contribution ",
        },
    ]


def from_column(first: int, cells: Sequence[Cell]) -> dict[int, Cell]:
    return dict(enumerate(cells, start=first))


CORE_POSITIONS: Final = (
    "school_counselor",
    "nurse",
    "supervisory_aide",
    "librarian",
    "library_aide",
    "principal",
    "assistant_principal",
    "school_site_staff",
)
"""Those behind the substitutes, in the order of the sheet."""


def low_income_and_other(state: State, band: str) -> list[Column]:
    """A band's low-income pupils by the unit's percentage, and the rest of the band."""
    name = f"core_teacher_enrollment_{band}"
    low_income = state.of(name) * state.of("low_income_percentage")
    return [
        state.number(f"{name}_low_income", low_income),
        state.number(f"{name}_other", state.of(name) - low_income),
    ]


def core_investments(state: State) -> Page:
    """89 columns, the positions from the 23rd on: three a factor, a cost and a spacer."""
    columns: list[Column | None] = [*state.who("county", "kind"), state.ase(), SPACER]  # 0-5
    columns += [each for band in CORE_BANDS for each in low_income_and_other(state, band)]  # 6-11
    for driver in ("school_enrollment", "kindergarten_to_12_enrollment"):  # 13-15, 17-19
        columns += [SPACER, *(state.line(f"{driver}_{school}") for school in SCHOOLS)]
    columns += [SPACER, SPACER]
    costs: list[Numbers] = []

    def factor(fte: Sequence[Column], name: str, cost: Numbers) -> None:
        costs.append(cost)
        columns.extend([*fte, state.number(f"{name}_cost", cost), SPACER])

    def position(name: str, bands: Sequence[str] = SCHOOLS) -> None:
        fte = [state.line(f"{name}_fte_{band}") for band in bands]
        factor(fte, name, state.over(f"{name}_cost", bands))

    position("core_teacher", CORE_BANDS)  # 22
    specialist = "specialist_teacher"  # 27, cut once for the unit: one column
    factor([state.line(f"{specialist}_fte")], specialist, state.of(f"{specialist}_cost"))
    position("instructional_facilitator")  # 30
    position("core_intervention_teacher")  # 35
    of_core = state.over("core_teacher_fte", CORE_BANDS) + state.of("specialist_teacher_fte")
    for name in ("instructional_facilitator", "core_intervention_teacher", "nurse"):
        of_core = of_core + state.over(f"{name}_fte", SCHOOLS)
    bases = [
        state.number("substituted_core_teacher_fte", of_core),
        # the ledger has the sum of both alone; pupil support staff is in neither
        state.number(
            "substituted_special_population_teacher_fte",
            np.sum([state.of(f"{name}_fte") for name in SUBSTITUTED_ADDITIONAL], axis=0),
        ),
        state.line("special_education_instructional_assistant_fte"),
    ]
    factor(bases, "substitute_teacher", state.of("substitute_teacher_cost"))  # 40
    for name in CORE_POSITIONS:  # 45, 50 ... 80
        position(name)
    columns += [state.number("core_investments", np.sum(costs, axis=0)), *[SPACER] * 3]
    return page(state, "Core Investments", columns)


LOW_INCOME_POSITIONS: Final = (
    "low_income_intervention_teacher",
    "low_income_pupil_support_staff",
    "low_income_extended_day_teacher",
    "low_income_summer_school_teacher",
)
ENGLISH_LEARNER_POSITIONS: Final = (
    "english_learner_intervention_teacher",
    "english_learner_pupil_support_staff",
    "english_learner_extended_day_teacher",
    "english_learner_summer_school_teacher",
    "english_learner_core_teacher",
)
SPECIAL_EDUCATION_POSITIONS: Final = (
    "special_education_teacher",
    "special_education_instructional_assistant",
    "special_education_psychologist",
)
SUBSTITUTED_ADDITIONAL: Final = (
    *(name for name in LOW_INCOME_POSITIONS if not name.endswith("staff")),
    *(name for name in ENGLISH_LEARNER_POSITIONS if not name.endswith("staff")),
    "special_education_teacher",
)


def per_student_investments(state: State) -> Page:
    columns = [
        *state.who("county", "kind"),
        SPACER,
        state.ase(),
        SPACER,
        state.number("gifted_cost", state.over("gifted_cost", SCHOOLS)),
        state.line("professional_development_cost"),
        state.line("instructional_materials_cost"),
        state.line("assessments_cost"),
        state.number("computer_technology_cost", state.over("computer_technology_cost", SCHOOLS)),
        state.number("student_activities_cost", state.over("student_activities_cost", SCHOOLS)),
        SPACER,
        state.line("maintenance_and_operations_cost"),
        state.line("central_office_cost"),
        state.line("employee_benefits_cost"),
        SPACER,
        state.line("per_student_investments_subject_to_regionalization"),
        state.line("per_student_investments_not_subject_to_regionalization"),
    ]
    return page(state, "Per Student Investments", columns)


def additional_investments(state: State) -> Page:
    """Positions three columns apart, each with its cost; English learners stand in the 21st."""
    placed: dict[int, Column] = {6: state.line("low_income_count")}
    placed[20] = state.line("english_learner_count")  # the 20th is a cost's
    special = state.of("average_student_enrollment")
    placed[36] = state.number("special_education_driver", special)
    for first, names in (
        (9, LOW_INCOME_POSITIONS),
        (22, ENGLISH_LEARNER_POSITIONS),
        (38, SPECIAL_EDUCATION_POSITIONS),
    ):
        for place, name in zip(range(first, 46, 3), names, strict=False):
            placed[place] = state.line(f"{name}_fte")
            placed[place + 1] = state.line(f"{name}_cost")
    costs = [state.of(each.name) for each in placed.values() if each.name.endswith("_cost")]
    placed[46] = state.number("additional_investments", np.sum(costs, axis=0))
    columns = [*state.who("county", "kind"), state.ase()]
    columns += [placed.get(place) for place in range(5, 47)]
    return page(state, "Additional Investments", columns)


def local_capacity_target(state: State) -> Page:
    """What lies between the ratio and the percentage is no line: mean and deviation are."""
    target, ase = state.of("adequacy_target"), state.of("average_student_enrollment")
    statewide = state.ledger.statewide
    mean = float(statewide["weighted_mean_local_capacity_ratio"])
    deviation = float(statewide["weighted_deviation_local_capacity_ratio"])
    ratio, weight = state.of("local_capacity_ratio"), state.of("local_capacity_weight")
    variance = np.where(state.outside, 0.0, (ratio - mean) ** 2)
    percentile = np.where(state.outside, 0.0, ndtr((ratio - mean) / deviation))
    percentage = state.of("local_capacity_percentage")
    reached, receipts = state.of("local_capacity_target"), state.of("real_receipts")
    resources = (
        reached
        + state.of("corporate_personal_property_replacement_tax")
        + state.of("base_funding_minimum")
    )
    columns = [
        *state.who("county", "kind"),
        SPACER,
        state.ase(),
        SPACER,
        state.line("equalized_assessed_valuation", "Adjusted EAV"),
        state.line("adequacy_target", "Final Adequacy Target"),
        state.number("adequacy_target_per_student", cut(per(target, ase))),
        SPACER,
        state.number(
            "local_capacity_ratio_of_all_grades",
            per(state.of("equalized_assessed_valuation"), target),
            "Local Capacity Ratio",
        ),
        state.line("local_capacity_ratio", "Adjusted Local Capacity Ratio"),
        state.number("weighted_local_capacity_ratio", ratio * weight),
        SPACER,
        state.number("variance", variance),
        state.number("weighted_variance", variance * weight),
        SPACER,
        state.number("cumulative_percentile", percentile),
        state.number("local_capacity_percentage", percentage, "Percentage Capped at 90%"),
        SPACER,
        state.line("local_capacity_target"),
        SPACER,
        state.line("corporate_personal_property_replacement_tax", "CPPRT"),
        state.line("base_funding_minimum"),
        state.number("preliminary_resources", resources),
        state.line("preliminary_percent_of_adequacy"),
        state.line("adjusted_eav", "Adjusted EAV for Receipts"),
        state.line("adjusted_operating_tax_rate"),
        state.line("real_receipts"),
        # before it is cut, and without Chicago's pension credit: no column of the layout has it
        state.number("receipts_adjustment", np.maximum(receipts - reached, 0.0) * percentage),
        state.line("adjusted_local_capacity_target"),
        SPACER,
        state.line("supplemental_grant_funding_fy2017"),
        SPACER,
        state.line("adjusted_base_funding_minimum"),
        state.line("final_resources"),
        state.line("final_percent_of_adequacy"),
    ]
    made = page(state, "Local Capacity Target", columns)
    figures: list[Row] = [
        {12: "Weighted Mean", 13: mean},
        {15: "Standard Deviation", 16: deviation},
    ]
    credit = state.parameters["pension_credit"]
    return Page(
        made.title,
        [*made.above, *figures],
        made.columns,
        made.units,
        [{0: f"Note: the adjusted target of Chicago is less its pension cost of {credit:,.0f}."}],
        named={
            "weighted_mean_local_capacity_ratio": (len(made.above), 13),
            "weighted_deviation_local_capacity_ratio": (len(made.above) + 1, 16),
        },
    )


def enroll_all(state: State) -> Page:
    latest = state.over("enrollment_first_preceding_year", GRADES)
    mean = state.over("mean_enrollment", GRADES)
    ase = state.of("average_student_enrollment")
    upper = state.over("core_teacher_enrollment", CORE_BANDS[1:])
    kinds = np.array(state.kinds)
    elementary, high = kinds == "elementary", kinds == "high_school"
    columns = [
        *state.who("county", "kind"),
        state.greater_of("greater_of_flag", latest, mean),
        state.ase(),
        SPACER,
        state.line("core_teacher_enrollment_k_3"),
        state.number("enrollment_4_12", upper),
        SPACER,
        state.line("core_teacher_enrollment_4_8"),
        state.line("core_teacher_enrollment_9_12"),
        SPACER,
        # programs and laboratory schools have no kind of district: all their grades count
        state.number("enrollment_of_elementary_district", np.where(elementary, ase, 0.0), "PK-8"),
        state.number("enrollment_of_high_school_district", np.where(high, ase, 0.0), "9-12"),
        state.number("enrollment_of_unit", np.where(elementary | high, 0.0, ase), "PK-12"),
        SPACER,
        state.line("school_enrollment_elementary"),
        state.line("kindergarten_to_12_enrollment_elementary"),
        state.line("school_enrollment_middle"),
        state.line("school_enrollment_high"),
        SPACER,
        *(state.line(grade) for grade in GRADES),
        state.number("total_of_grades", np.sum([state.of(grade) for grade in GRADES], axis=0)),
    ]
    return page(state, "ENROLL-ALL", columns)


def enroll_low_income(state: State) -> Page:
    """A regional program has no count of its own, 0 each year: its final count is its region's."""
    name = "low_income_count"
    columns = [
        *state.who(),
        *state.three_counts(name),
        state.number("mean_low_income_count", state.mean_of_counts(name)),
        state.line(name),
        SPACER,
        state.ase(),
        state.line("low_income_percentage"),
    ]
    for band in CORE_BANDS:
        of_band = state.line(f"core_teacher_enrollment_{band}")
        columns += [of_band, *low_income_and_other(state, band), SPACER]
    return page(state, "ENROLL- LOW INCOME", columns)


def enroll_english_learners(state: State) -> Page:
    name = "english_learner_count"
    mean = state.mean_of_counts(name)
    columns = [
        *state.who(),
        *state.three_counts(name),
        SPACER,
        state.number("mean_english_learner_count", mean),
        SPACER,
        state.line(name),
        state.greater_of("count_chosen", state.of(f"{name}_first_preceding_year"), mean),
    ]
    return page(state, "ENROLL - EL", columns)


def of_region(state: State, name: str) -> Numbers:
    """The sum over the districts of each unit's region."""
    values = np.where(state.of("is_district") == 1, state.of(name), 0.0)
    sums = dict.fromkeys(state.regions, 0.0)
    for region, value in zip(state.regions, values.tolist(), strict=True):
        sums[region] += value
    return np.array([sums[region] for region in state.regions])


def region_cells(state: State) -> list[Cell]:
    return [state.id_cell(region) for region in state.regions]


def enroll_low_income_of_programs(state: State) -> Page:
    """Regional programs alone: other units' percentages are their own."""
    reason = "the ledger has the region's number, not its name"
    columns = [
        *state.who(),
        state.blank("region_name", "", reason),
        Column("region", "Region Number", region_cells(state)),
        state.number("region_enrollment", of_region(state, "average_student_enrollment")),
        state.number("region_low_income_count", of_region(state, "district_low_income_count")),
        state.line("regional_low_income_percentage"),
    ]
    return page(state, "ENROLL - LI - ROE", columns, units=state.places(state.programs))


def region_data(state: State) -> Page:
    """The districts of which a region's percentage is made: no programs, no laboratory schools.

    The layout has the region first and the id under the header that reads "District Name" on
    every sheet.
    """
    unit_id, name = state.who()
    assert unit_id
    columns = [
        Column("region", "Region", region_cells(state)),
        unit_id._replace(header="District Name"),
        name,
        state.ase(),
        state.line("low_income_percentage"),
        state.line("district_low_income_count"),
    ]
    districts = state.places(state.of("is_district") == 1)
    by_region = sorted(districts, key=lambda place: state.regions[place])
    return page(state, "ROE-LI Data", columns, units=by_region)


def region_factor(state: State) -> Page:
    """Where factors are given by county, no wage index is known; the factor is.

    A regional program's county is looked up in vain: its number is not available.
    """
    not_found = [NOT_AVAILABLE if program else None for program in state.programs]
    reason = "the ledger has the county's name alone"
    fips = Column("county_fips", "County FIPS", not_found, reason)
    columns = [*state.who("county"), state.ase(), fips]
    names = (
        "comparable_wage_index",
        "neighboring_counties",
        "weight_code",
        "own_weight",
        "neighbors_weight",
        "neighbors_total_comparable_wage_index",
        "",
        "neighbors_mean_comparable_wage_index",
        "",
        "neighbors_weighted_comparable_wage_index",
        "",
        "unit_comparable_wage_index",
        "",
        "statewide_weighted_comparable_wage_index",
        "",
    )
    found = wage_columns(state)
    unknown = "the ledger has the factors by county, no wage index"
    for name in names:
        if not name:
            columns.append(SPACER)
        elif name in found:
            columns.append(state.number(name, found[name]))
        else:
            columns.append(state.blank(name, "", unknown))
    if not found:
        columns[5] = Column(names[0], headed(names[0]), not_found, unknown)
    columns.append(state.line("regionalization_factor"))
    return page(state, "REGION FACTOR", columns)


def wage_columns(state: State) -> dict[str, Numbers]:
    if "comparable_wage_index" not in state.units:
        return {}
    count = state.of("neighboring_counties")
    mean = state.of("neighbors_mean_comparable_wage_index")
    two = count == state.parameters["neighbors_needed"]
    of_two = {name: state.parameters[f"{name}_of_two_neighbors"] for name in WEIGHTS}
    statewide = float(state.ledger.statewide["statewide_weighted_comparable_wage_index"])
    return {
        "comparable_wage_index": state.of("comparable_wage_index"),
        "neighboring_counties": count,
        "weight_code": np.where(two, 2.0, 1.0),
        **{name: np.where(two, of_two[name], state.parameters[name]) for name in WEIGHTS},
        "neighbors_total_comparable_wage_index": mean * count,
        "neighbors_mean_comparable_wage_index": mean,
        "neighbors_weighted_comparable_wage_index": state.of(
            "neighbors_weighted_comparable_wage_index"
        ),
        "unit_comparable_wage_index": state.of("unit_comparable_wage_index"),
        "statewide_weighted_comparable_wage_index": np.full(len(count), statewide),
    }


WEIGHTS: Final = ("own_weight", "neighbors_weight")


# Programs and laboratory schools have no property: the ledger has 0, and so have the sheets.


def adjusted_operating_tax_rate(state: State) -> Page:
    """Rates as shares, as the ledger has them."""
    spent, received = (
        state.of("transportation_expenditure"),
        state.of("transportation_reimbursement"),
    )
    rest = state.of("operating_tax_rate") - state.of("transportation_rate")
    columns = [
        *state.who(),
        state.line("operating_tax_rate"),
        state.line("real_eav_first_preceding_tax_year", "Real EAV"),
        SPACER,
        state.number("transportation_expenditure", spent),
        SPACER,
        state.number("transportation_reimbursement", received, "Transportation Revenue"),
        SPACER,
        state.line("transportation_rate"),
        state.number("transportation_revenue_surplus", np.maximum(received - spent, 0.0)),
        state.number("operating_tax_rate_less_transportation", rest, "Adjusted Operating Rate"),
        SPACER,
        state.line("adjusted_operating_tax_rate", "Final Adjusted Operating Rate"),
    ]
    return page(state, "ADJUSTED OTR", columns)


def adjusted_eav(state: State) -> Page:
    """The mean is of three years for every unit; what a reorganization changes is in step 1."""
    yearly = {back: state.of(f"real_eav_{back}_preceding_tax_year") for back in OLDEST_FIRST}
    latest, mean = yearly["first"], state.of("mean_real_eav")
    fell = latest <= mean * (1 - state.parameters["eav_decline"])
    alone = state.of("second_year_after_reorganization") == 1
    flag = "latest_tax_year_alone_used_prior_fiscal_year"
    if flag in state.units:
        alone |= state.of(flag) == 1
    first = state.of("first_year_after_reorganization") == 1
    used = np.where(first, 0.0, np.where(alone, 1.0, 3.0)) * state.of("is_district")
    under_ptell = state.of("ptell_district") == 1
    step_1, ptell = state.of("adjusted_eav"), state.of("ptell_eav")
    lesser = np.where(under_ptell, np.minimum(step_1, ptell), step_1)
    columns = [
        *state.who(),
        SPACER,
        state.blank("prior_year_adjusted_eav", "", "the ledger is of one year"),
        state.number("years_used_prior_fiscal_year", used),
        SPACER,
        *(
            state.number(
                f"real_eav_{back}_preceding_tax_year",
                values,
                f"{state.year - 2 - OLDEST_FIRST[back]} Real EAV",  # FY2022's latest is of 2019
            )
            for back, values in yearly.items()
        ),
        SPACER,
        state.number("mean_of_three_real_eav", sum(yearly.values(), np.zeros_like(mean)) / 3),
        SPACER,
    ]
    if state.year > 2022:
        columns.append(state.number("change", per(latest - mean, mean)))
    columns += [
        state.words("fell_by_a_tenth", "Decrease of 10% or More", fell & (mean > 0), "YES", "NO"),
        state.number("adjusted_eav", step_1, "Step 1"),
        state.number("ptell_eav", np.where(under_ptell, ptell, 0.0), "Step 2 PTELL"),
        state.number("selected_eav", lesser),
        state.number("eav_of_step_3", lesser, "Step 3"),
        state.line("equalized_assessed_valuation", "Final EAV"),
    ]
    return page(state, "ADJUSTED_EAV", columns)


def real_eav(state: State) -> Page:
    """Of the latest tax year; abatements of taxes as the EAV they stand for."""
    year = "first_preceding_tax_year"
    abated = state.of(f"abatements_{year}") + state.of(f"eav_of_taxes_abated_{year}")
    columns = [
        *state.who(),
        state.line(f"original_eav_{year}"),
        state.number(f"abatements_{year}", abated),
        state.line(f"enterprise_zone_abatements_{year}"),
        state.line(f"property_tax_appeal_board_decisions_{year}"),
        state.line(f"certificates_of_error_{year}"),
        state.line(f"real_eav_{year}"),
    ]
    return page(state, "REAL EAV CALC", columns)


def ptell_eav(state: State) -> Page:
    """Districts beyond PTELL have the flag, and 0 in the law's own columns."""
    ptell, under_ptell = state.of("ptell_eav"), state.of("ptell_district")
    binds = (under_ptell == 1) & (ptell < state.of("adjusted_eav"))
    columns = [
        *state.who(),
        state.number("non_ptell_flag", np.where(state.outside, 0.0, 1 - under_ptell)),
        state.line("ptell_base_year_eav", "Original EAV"),
        state.line("ptell_limiting_rate"),
        state.line("ptell_preceding_year_eav", "Prior EAV"),
        state.line("ptell_preceding_year_operating_rate", "Prior Operating Rate"),
        state.line("extension_limitation_ratio"),
        state.line("ptell_eav_used_prior_fiscal_year"),
        state.blank("appeal_board_abatements", "", "no rule that the ledger follows reads them"),
        state.line("ptell_new_property"),
        state.line("ptell_recovered_tax_increment"),
        state.line("ptell_annexed_property"),
        state.line("ptell_disconnected_property", "Detached Property"),
        state.line("real_eav_first_preceding_tax_year", "Real EAV"),
        state.line("ptell_eav"),
        state.words("eav_type", "EAV Type", binds, "PTELL", "ADJUSTED"),
    ]
    return page(state, "PTELL EAV CALC", columns)


def base_funding_minimum(state: State) -> Page:
    """Everyone's, since specially funded entities have nothing else.

    FY2022's sheet has no column of relief grants, later ones none of intervention money: what a
    ledger has of it stands among the corrections, so that the total is that of the columns.
    """
    shown, other = "district_intervention_money", "property_tax_relief_grant"
    if state.year > 2022:
        shown, other = other, shown
    corrections = state.of_everyone("base_funding_correction") + state.of_everyone(other)
    columns = [
        *state.who(),
        everyone(state, "prior_year_tier_funding", "Tier Funding"),
        everyone(state, "prior_year_base_funding_minimum", "Base Funding Held Harmless"),
        everyone(state, shown),
        state.number("base_funding_correction", corrections, "Corrections"),
        SPACER,
        everyone(state, "base_funding_minimum", "Total Base Funding Minimum"),
    ]
    return page(state, f"FY {(state.year - 1) % 100:02d} BFM", columns)


def everyone(state: State, name: str, header: str = "") -> Column:
    return state.number(name, state.of_everyone(name), header)


def base_funding_of_programs(state: State) -> Page:
    """From FY2027; its columns are not told: those of the other bases."""
    made = base_funding_minimum(state)
    return page(state, "ROE BFM", made.columns, units=state.places(state.programs))


def base_funding_of_new_programs(state: State) -> Page:
    """From FY2027; its columns are not told: what makes a new program's base."""
    flag = "new_regional_program"
    new = state.of(flag) == 1 if flag in state.units else np.zeros(len(state.units), dtype=bool)
    name, reason = "similar_program_base_funding_per_student", "no program of the ledger is new"
    amount = state.line(name) if name in state.units else state.blank(name, "", reason)
    columns = [*state.who(), state.ase(), amount, state.line("base_funding_of_new_program")]
    return page(state, "NEW ROE BFM", columns, units=state.places(new))


# --- Sheets of figures with a label --------------------------------------------------


class Labelled(NamedTuple):
    """A label in column B and figures from C on, each by its name; a heading has none."""

    label: str
    figures: Mapping[str, Cell]


def control_variables(state: State) -> list[Labelled]:
    """Labels in the words of the layout; elementary, middle and high in C, D and E."""
    law = state.parameters
    salaries = {
        name: float(amount.item()) for name, amount in state.ledger.law.salaries.amounts.items()
    }
    by_school = {"elementary": "k_8", "middle": "k_8", "high": "9_12"}

    def heading(words: str, *bands: str) -> Labelled:
        return Labelled(words, {f"heading of {words}, {band}": band for band in bands})

    def of_law(label: str, *names: str) -> Labelled:
        return Labelled(label, {name: law[name] for name in names})

    def ratio(label: str, name: str) -> Labelled:
        return of_law(label, *(f"{name}.students_per_fte_{school}" for school in SCHOOLS))

    def salary(label: str, name: str) -> Labelled:
        spans = {f"{name}_salary_{band}": f"{name}.{span}" for band, span in by_school.items()}
        return Labelled(
            label,
            {name: salaries.get(key) for name, key in spans.items()},
        )

    def of_all_grades(label: str, name: str) -> Labelled:
        key = f"{name}.k_12"
        return Labelled(label, {f"{name}_salary_k_12": salaries.get(key)})

    def single(label: str, name: str) -> Labelled:
        return Labelled(label, {f"{name}_salary": salaries[name]})

    def one(label: str, name: str) -> Labelled:
        return of_law(label, f"{name}.students_per_fte")

    bands = ("Elementary", "Middle", "High")
    statewide = state.ledger.statewide
    sizes = {  # one principal a prototypical school
        f"prototypical_school_size_{school}": law[f"principal.students_per_fte_{school}"]
        for school in SCHOOLS
    }
    daily = {
        "Core teacher": "teacher_substitute_daily_rate",
        "Instructional assistant": "assistant_substitute_daily_rate",
    }
    return [
        heading("Prototypical school sizes", *bands),
        Labelled("Prototypical school size", sizes),
        heading("Average salaries by grade span", *bands),
        salary("Core teacher", "teacher"),
        of_all_grades("Core teacher K-12", "teacher"),
        salary("Guidance counselor", "counselor"),
        salary("Social worker", "social_worker"),
        of_all_grades("School psychologist", "psychologist"),
        salary("Librarian", "librarian"),
        salary("Nurse", "nurse"),
        salary("Principal", "principal"),
        salary("Assistant principal", "assistant_principal"),
        heading("Assumed salaries"),
        single("School site staff", "school_site_staff"),
        single("Non-instruction assistant", "assistant"),
        heading("Core class sizes", "K-3", "4-8", "9-12"),
        of_law("Low-income", *(f"core_teacher.low_income_{band}" for band in CORE_BANDS)),
        of_law("Other", *(f"core_teacher.other_{band}" for band in CORE_BANDS)),
        heading("Core ratios", *bands),
        of_law(
            "Specialist %",
            *(f"specialist_teacher.share_of_core_teachers_{band}" for band in CORE_BANDS),
        ),
        ratio("Facilitator", "instructional_facilitator"),
        ratio("Intervention", "core_intervention_teacher"),
        ratio("Counselor", "school_counselor"),
        ratio("Nurse", "nurse"),
        ratio("Supervisory aide", "supervisory_aide"),
        ratio("Librarian", "librarian"),
        ratio("Library aide", "library_aide"),
        ratio("Principal", "principal"),
        ratio("Assistant principal", "assistant_principal"),
        ratio("Site staff", "school_site_staff"),
        heading("Substitute daily salaries"),
        *(Labelled(label, {name: float(statewide[name])}) for label, name in daily.items()),
        heading("Per-student amounts", *bands),
        of_law("Gifted", "gifted"),
        of_law("PD", "professional_development"),
        of_law("Materials", "instructional_materials"),
        of_law("Assessments", "assessments"),
        of_law("Technology", "computer_technology.every_unit"),
        of_law("Technology, Tier 1 and 2", "computer_technology.tier_1_and_2"),
        of_law("Activities", *(f"student_activities_{school}" for school in SCHOOLS)),
        heading("Central services"),
        of_law("M&O", "maintenance_and_operations"),
        of_law("Central office", "central_office"),
        of_law("Benefits %", "employee_benefits_share"),
        of_law("Salary parts", "central_services_salary_part"),  # of both, as the law has it
        heading("Low-income ratios"),
        one("Intervention", "low_income_intervention_teacher"),
        one("Pupil support", "low_income_pupil_support_staff"),
        one("Extended day", "low_income_extended_day_teacher"),
        one("Summer", "low_income_summer_school_teacher"),
        heading("EL ratios"),
        one("Intervention", "english_learner_intervention_teacher"),
        one("Pupil support", "english_learner_pupil_support_staff"),
        one("Extended day", "english_learner_extended_day_teacher"),
        one("Summer", "english_learner_summer_school_teacher"),
        one("Core", "english_learner_core_teacher"),
        heading("Special-education ratios"),
        one("Teacher", "special_education_teacher"),
        one("Assistant", "special_education_instructional_assistant"),
        one("Psychologist", "special_education_psychologist"),
    ]


def tier_money(state: State) -> list[Labelled]:
    """Its rows are not told: the figures above Base Calc, and the shares."""
    statewide, law = state.ledger.statewide, state.parameters
    rows = [Labelled("New State Funds", {"new_state_funds": float(statewide["new_state_funds"])})]
    for tier in (1, 2, 3, 4):
        rows.append(Labelled(f"Tier {tier}", {}))
        rows.append(Labelled("Share", {f"tier_{tier}.share": law[f"tier_{tier}.share"]}))
        names = {
            "Allocation": f"tier_{tier}_allocation_less_shortfall",
            "Allocation rate": f"tier_{tier}_allocation_rate",
            "Units": f"units_in_tier_{tier}",
        }
        rows += [Labelled(label, {name: float(statewide[name])}) for label, name in names.items()]
    ratio = float(statewide["tier_1_target_ratio"])
    rows.append(Labelled("Target ratios", {}))
    rows.append(Labelled("Tier 1 Target Ratio", {"tier_1_target_ratio": ratio}))
    rows += [
        Labelled(f"Tier {tier} Target Ratio", {name: law[name]})
        for tier in (2, 3)
        for name in [f"tier_{tier}.target_ratio"]
    ]
    name = "tier_2_scaling_factor"
    rows.append(
        Labelled("Tier 2 Step 1 Orig / Revised Step 2 Funding %", {name: float(statewide[name])})
    )
    return rows


def indices(state: State) -> list[Labelled]:
    """From FY2027; its columns are not told: each county's factor."""
    if "county" not in state.units:
        return [Labelled("County", {})]
    found = dict(zip(state.units["county"], state.units["regionalization_factor"], strict=True))
    return [
        Labelled(str(county).upper(), {f"regionalization_factor {county}": float(factor)})
        for county, factor in sorted(found.items())
    ]


# --- The workbook --------------------------------------------------------------------


def write_full_calc(
    path: Path, ledger: ebf.Ledger, *, ids: Ids = "text", revised: bool = False
) -> Sheets:
    """Write the workbook of the ledger's fiscal year, from FY2022; where it has what.

    Ids are kept as text, or as numbers where they have no letters. A revised workbook says so
    above its tables.
    """
    state = State(ledger, ids, revised=revised)
    assert state.year >= 2022, "no older layout is known"
    makers: list[Callable[[State], Page] | tuple[str, Callable[[State], list[Labelled]]]] = [
        district_results_summary,
        base_calc,
        ("Control Variables", control_variables),
        core_investments,
        per_student_investments,
        additional_investments,
        local_capacity_target,
        ("Tier $", tier_money),
        enroll_all,
        enroll_low_income,
        enroll_low_income_of_programs,
        region_data,
        enroll_english_learners,
        region_factor,
        adjusted_operating_tax_rate,
        adjusted_eav,
        real_eav,
        ptell_eav,
        base_funding_minimum,
    ]
    if state.year >= NEW_SHEETS:
        makers += [
            base_funding_of_new_programs,
            base_funding_of_programs,
            ("Indices", indices),
        ]
    written = [
        _labelled(make[0], state, make[1](state))
        if isinstance(make, tuple)
        else _table(make(state), state)
        for make in makers
    ]
    _save(path, {each.title: each.grid for each in written})
    parts = [each.places for each in written]
    return Sheets(
        letters={sheet: each for part in parts for sheet, each in part.letters.items()},
        rows={sheet: each for part in parts for sheet, each in part.rows.items()},
        single={place: cell for part in parts for place, cell in part.single.items()},
        left_blank={place: why for part in parts for place, why in part.left_blank.items()},
    )


class Written(NamedTuple):
    """A sheet's cells, and where it has what."""

    title: str
    grid: Sequence[Sequence[Cell]]
    places: Sheets


def _table(made: Page, state: State) -> Written:
    """Titles, header, the units, their totals and notes."""
    title = made.title
    columns = dict(enumerate(made.columns))
    filled = {place: column for place, column in columns.items() if column}
    header = {place: column.header for place, column in filled.items()}
    assert header[1] == "District Name", title
    names = [column.name for column in filled.values()]
    assert len(names) == len(set(names)), f"{title}: a column twice"
    units: list[Row] = [
        {place: column.cells[unit] for place, column in filled.items()} for unit in made.units
    ]
    totals = {place: _total(row.get(place) for row in units) for place in columns}
    totals = {**totals, **made.totals_too, 0: None, 1: TOTALS}
    rows_down = [*made.above, header, *units, totals, {}, *made.below]
    grid = [[row.get(place) for place in columns] for row in rows_down]
    first = len(made.above) + 2  # rows count from 1, and the header is one
    rows = {state.unit_ids[unit]: row for row, unit in enumerate(made.units, start=first)}
    rows[TOTALS] = first + len(units)
    letters = {column.name: get_column_letter(place + 1) for place, column in filled.items()}
    single = {}
    for name, (above, place) in made.named.items():
        number = above + 1 if above >= 0 else rows[TOTALS] + 1 - above
        single[title, name] = f"{get_column_letter(place + 1)}{number}"
    blank = {(title, each.name): each.why_blank for each in filled.values() if each.why_blank}
    return Written(title, grid, Sheets({title: letters}, {title: rows}, single, blank))


def _total(cells: Iterable[Cell]) -> Cell:
    """The sum of a column, which one error makes an error; none of text or nothing."""
    found = list(cells)
    if NOT_AVAILABLE in found:
        return NOT_AVAILABLE
    numbers = [cell for cell in found if isinstance(cell, float)]
    return fsum(numbers) if numbers else None


def _labelled(title: str, state: State, labelled: Sequence[Labelled]) -> Written:
    """Titles, and a row a label."""
    single: dict[tuple[str, str], str] = {}
    blank: dict[tuple[str, str], str] = {}
    rows = state.title_rows(title)
    for number, (label, figures) in enumerate(labelled, start=len(rows) + 1):
        rows.append({1: label, **from_column(2, list(figures.values()))})
        for place, (name, figure) in enumerate(figures.items(), start=3):
            assert (title, name) not in single, name
            single[title, name] = f"{get_column_letter(place)}{number}"
            if figure is None:
                blank[title, name] = "the salaries of the ledger have none"
    rows += [{}, {1: f"Note: {title}, fiscal year {state.year}."}]
    grid = [[row.get(place) for place in range(6)] for row in rows]
    return Written(title, grid, Sheets({}, {}, single, blank))


def _save(path: Path, grids: Mapping[str, Sequence[Sequence[Cell]]]) -> None:
    """Save the sheets: openpyxl's workbook, with the cells, which it would take 5 seconds for."""
    book = Workbook(write_only=True)
    for title in grids:
        book.create_sheet(title)
    book.save(path)
    texts = {_part(place): _sheet_text(grid) for place, grid in enumerate(grids.values())}
    _replace(path, texts)


def _sheet_text(grid: Sequence[Sequence[Cell]]) -> str:
    """A sheet's XML; two columns and three rows below look used and hold nothing, as formatted."""
    across = max(map(len, grid))
    letters = [get_column_letter(place + 1) for place in range(across + 2)]
    rows = [
        "".join(_cell_text(f"{letters[place]}{number}", cell) for place, cell in enumerate(row))
        for number, row in enumerate(grid, start=1)
    ]
    below = range(len(grid) + 1, len(grid) + 4)
    rows += ["".join(f'<c r="{each}{number}"/>' for each in letters) for number in below]
    content = "".join(f'<row r="{number}">{row}</row>' for number, row in enumerate(rows, start=1))
    name = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{name}"><sheetData>{content}</sheetData></worksheet>'
