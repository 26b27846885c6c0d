"""Code tied to its declarations: names, cites, units, examples, readings, cost factors."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import pkgutil
import re
import sys
from collections import Counter
from dataclasses import is_dataclass, replace
from graphlib import TopologicalSorter
from pathlib import Path
from types import ModuleType

import pytest
from checkout import ROOT

import ebf
from ebf.language import vocabulary
from ebf.language.evidence import Kind
from ebf.language.formula_text import BY_UNIT, OVER_UNITS
from ebf.language.line import Line
from ebf.language.measure import Measure
from ebf.language.symbols import Name, Operation, Term
from ebf.law.evidence import measured
from ebf.law.funding import FUNDING
from ebf.law.funding.b_cost_factors import COST_FACTORS
from ebf.law.funding.grades import REPORTED_GRADES
from ebf.law.funding.tiers import TIER_4, TIER_NAMES, TIERS
from ebf.law.inputs import TEXT_COLUMNS, EnrollmentByGrade, inputs
from ebf.law.names import column_of, expressions
from ebf.law.parameters import element_owners, identifier_of, law, parameters, parameters_of
from ebf.law.reading import Alternative, readings_of
from ebf.law.salaries import COLUMNS as SALARY_COLUMNS
from ebf.law.statute import Statute
from ebf.law.statutes import STATUTES
from ebf.law.years import FIRST_YEAR, YEARS

TEXT_READ = {"organization_type", "region"}
ALL_LINES = tuple(line for statute in STATUTES.values() for line in statute.all_lines)
LINE_NAMES = {line.name for line in ALL_LINES}
INPUTS = {*inputs(), *(name for statute in STATUTES.values() for name in statute.inputs)}

every_line = pytest.mark.parametrize(
    "line", ALL_LINES, ids=lambda line: f"{line.name}-{line.first_year or FIRST_YEAR}"
)
every_year = pytest.mark.parametrize(
    ("statute", "year"),
    [(statute, year) for statute in STATUTES.values() for year in statute.years],
    ids=lambda each: str(getattr(each, "section", each)),
)


@every_year
def test_every_name_that_a_line_reads_is_known(statute: Statute, year: int) -> None:
    lines = statute.lines(year)
    others = {*SALARY_COLUMNS} if statute is FUNDING else LINE_NAMES
    known = {*lines, *INPUTS, *parameters_of(statute.section), *others, *TEXT_READ}
    unknown = {f"{line.name} reads {name}" for line in lines.values() for name in line.reads} - {
        f"{line.name} reads {name}" for line in lines.values() for name in known
    }
    assert not unknown


@every_year
def test_no_line_reads_itself_by_any_way(statute: Statute, year: int) -> None:
    order = TopologicalSorter({n: each.reads for n, each in statute.lines(year).items()})
    assert set(order.static_order()) >= set(statute.lines(year))


@pytest.mark.parametrize("statute", STATUTES.values(), ids=list(STATUTES))
def test_every_input_parameter_and_salary_is_read_by_some_line(statute: Statute) -> None:
    declared = {*statute.inputs, *parameters_of(statute.section)}
    if statute is FUNDING:
        declared |= {*inputs(), *SALARY_COLUMNS, *TEXT_READ}
    assert not declared - {name for line in statute.all_lines for name in line.reads}


def test_no_name_means_two_things() -> None:
    own = [*inputs(), *(name for statute in STATUTES.values() for name in statute.inputs)]
    assert len(own) == len({*own})
    assert not INPUTS & LINE_NAMES
    assert not INPUTS & set(parameters())
    assert len(parameters()) == sum(len(parameters_of(section)) for section in STATUTES)
    # a year's known New State Funds stand in for the line of that name
    assert set(parameters()) & LINE_NAMES == {"new_state_funds"}
    columns = [each for line in ALL_LINES for each in line.columns]
    assert not set(columns) & set(TEXT_COLUMNS)
    banded = {line.name: line.columns for line in ALL_LINES}
    assert len({c for columns in banded.values() for c in columns}) == sum(
        map(len, banded.values())
    )
    owners = Counter(
        name for each in STATUTES.values() for name in {li.name for li in each.all_lines}
    )
    assert set(owners.values()) == {1}


def test_one_units_grades_are_those_of_the_table() -> None:
    assert tuple(EnrollmentByGrade.model_fields) == REPORTED_GRADES.names


@every_line
def test_every_line_has_a_cite_a_unit_and_a_title(line: Line) -> None:
    assert line not in FUNDING.all_lines or re.match(r"18-8\.15\([a-h]\)", line.cite)
    assert isinstance(line.measure, Measure)
    assert line.title
    assert (line.full_name in measured()) == (line.evidence.kind is Kind.VERIFIED)
    is_open = line.evidence.kind is Kind.LAW and line in FUNDING.all_lines
    assert line.evidence.readings or not is_open  # of the others the law's text may say it all
    years = {year for each in STATUTES.values() if line in each.all_lines for year in each.years}
    assert any(map(line.is_in_force, years))


OTHER_LINES = tuple(
    line
    for statute in STATUTES.values()
    for reading in readings_of(statute).values()
    for alternative in reading.alternatives.values()
    for line in alternative.lines
)


@pytest.mark.parametrize(
    "line", OTHER_LINES, ids=lambda line: f"{line.name}-reading {line.evidence.readings[0]}"
)
def test_every_line_of_an_alternative_has_a_worked_example_that_runs(line: Line) -> None:
    test_every_line_has_a_worked_example_that_runs(line)


@every_line
def test_every_line_has_a_worked_example_that_runs(line: Line) -> None:
    module = vars(sys.modules[line.function.__module__])
    names = {**module, "units": vocabulary.units, "bands": vocabulary.bands}
    example = doctest.DocTestParser().get_doctest(line.rule, names, line.name, None, 0)
    assert example.examples, "no worked example"
    printed: list[str] = []
    results = doctest.DocTestRunner(verbose=False).run(example, out=printed.append)
    assert not results.failed, "".join(printed)


SOURCES = Path(ebf.__file__).parent
WITH_EXAMPLES = sorted(
    ".".join(path.relative_to(SOURCES).with_suffix("").parts).removesuffix(".__init__")
    for path in SOURCES.rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_examples_of_every_module_run(name: str) -> None:
    """In whatever room it stands; those of lines run once more, line by line, above."""
    assert not doctest.testmod(importlib.import_module(f"ebf.{name}")).failed


def test_no_example_stands_where_nothing_runs_it() -> None:
    written = sum(
        len(re.findall(r"^ *>>> (?!#)", path.read_text(encoding="utf-8"), re.MULTILINE))
        for path in SOURCES.rglob("*.py")
    )
    rules = {line.function: line.rule for line in (*ALL_LINES, *OTHER_LINES)}
    of_lines = sum(len(doctest.DocTestParser().get_examples(rule)) for rule in rules.values())
    of_modules = sum(
        len(each.examples)
        for name in WITH_EXAMPLES
        for each in doctest.DocTestFinder().find(importlib.import_module(f"ebf.{name}"))
    )
    assert written == of_lines + of_modules


def test_two_rules_for_a_line_in_one_year_are_refused() -> None:
    twice = ModuleType("twice", "(g) The distribution twice.")
    vars(twice)["LINES"] = [FUNDING.lines(2022)["tier_funding"]] * 2
    with pytest.raises(ValueError, match="two rules for tier_funding in FY2022"):
        replace(FUNDING, modules=(twice,)).lines(2022)


@every_line
def test_a_statewide_line_reads_no_number_of_a_single_unit(line: Line) -> None:
    assert line.statewide == (not any(map(of_a_unit, expressions(line))))


def of_a_unit(term: Term) -> bool:
    """Whether a term differs between units; sums over all units do not."""
    if isinstance(term, Operation):
        over_all = term.operator in OVER_UNITS - BY_UNIT
        return not over_all and any(map(of_a_unit, term.operands))
    if not isinstance(term, Name) or term.name in {*parameters(), *SALARY_COLUMNS}:
        return False
    return term.name in TEXT_READ or not column_of(term.name).statewide


def test_the_arguments_of_a_rule_are_the_names_it_reads() -> None:
    """A rule written for one line alone names its columns; a shared one says which."""
    for line in ALL_LINES:
        arguments = inspect.signature(line.function).parameters
        variadic = any(each.kind is each.VAR_POSITIONAL for each in arguments.values())
        assert variadic or len(arguments) == len(line.reads), line.name


def test_formulas_hold_no_number_but_0_and_1() -> None:
    allowed = {0, 1}
    for module in {line.function.__module__ for line in ALL_LINES}:
        tree = ast.parse(inspect.getsource(sys.modules[module]))
        for function in ast.walk(tree):
            is_rule = isinstance(function, ast.FunctionDef) and any(
                isinstance(each, ast.Call) and getattr(each.func, "id", "") == "line"
                for each in function.decorator_list
            )
            if not is_rule:
                continue
            assert isinstance(function, ast.FunctionDef)
            numbers = {
                node.value
                for statement in function.body
                for node in ast.walk(statement)
                if isinstance(node, ast.Constant) and isinstance(node.value, (int, float))
            }
            assert numbers <= allowed, f"{function.name}: {numbers - allowed}"


# --- The cost factors, by letter, from the statute by hand -------------------------------

FACTORS_BY_LETTER = {
    "A": 1,  # core teachers
    "B": 1,  # specialist teachers
    "C": 1,  # instructional facilitators
    "D": 1,  # core intervention teachers
    "E": 1,  # substitute teachers
    "F": 1,  # school counselors
    "G": 1,  # nurses
    "H": 1,  # supervisory aides
    "I": 2,  # librarians; library aides or media technicians
    "J": 1,  # principals
    "K": 1,  # assistant principals
    "L": 1,  # school site staff
    "M": 1,  # gifted
    "N": 1,  # professional development
    "O": 1,  # instructional materials
    "P": 1,  # assessments
    "Q": 1,  # computer technology
    "R": 1,  # student activities
    "S": 1,  # maintenance and operations
    "T": 1,  # central office
    "U": 1,  # employee benefits
    "V": 4,  # low-income: intervention, pupil support, extended day, summer school
    "W": 5,  # English learners: the same four, and core teachers
    "X": 3,  # special education: teachers, assistants, psychologists
}


def test_the_34_cost_factors_are_all_there_by_letter() -> None:
    letters = [factor.letter[0] for factor in COST_FACTORS]
    assert len(COST_FACTORS) == 34 == sum(FACTORS_BY_LETTER.values())
    assert letters == sorted(letters)
    assert {each: letters.count(each) for each in letters} == FACTORS_BY_LETTER
    for factor in COST_FACTORS:
        assert FUNDING.lines(2022)[factor.cost].measure is Measure.DOLLARS


STUDENTS_PER_FTE = {
    "core_teacher.low_income": [15, 20, 20],
    "core_teacher.other": [20, 25, 25],
    "specialist_teacher.share_of_core_teachers": [0.2, 0.2, 0.3333],
    "instructional_facilitator.students_per_fte": [200, 200, 200],
    "core_intervention_teacher.students_per_fte": [450, 450, 600],
    "school_counselor.students_per_fte": [450, 250, 250],
    "nurse.students_per_fte": [750, 750, 750],
    "supervisory_aide.students_per_fte": [225, 225, 200],
    "librarian.students_per_fte": [450, 450, 600],
    "library_aide.students_per_fte": [300, 300, 300],
    "principal.students_per_fte": [450, 450, 600],
    "assistant_principal.students_per_fte": [450, 450, 600],
    "school_site_staff.students_per_fte": [225, 225, 200],
    "low_income_intervention_teacher.students_per_fte": [125],
    "low_income_pupil_support_staff.students_per_fte": [125],
    "low_income_extended_day_teacher.students_per_fte": [120],
    "low_income_summer_school_teacher.students_per_fte": [120],
    "english_learner_intervention_teacher.students_per_fte": [125],
    "english_learner_pupil_support_staff.students_per_fte": [125],
    "english_learner_extended_day_teacher.students_per_fte": [120],
    "english_learner_summer_school_teacher.students_per_fte": [120],
    "english_learner_core_teacher.students_per_fte": [100],
    "special_education_teacher.students_per_fte": [141],
    "special_education_instructional_assistant.students_per_fte": [141],
    "special_education_psychologist.students_per_fte": [1000],
}


@pytest.mark.parametrize("year", YEARS)
def test_the_ratios_of_the_law_in_every_year(year: int) -> None:
    for name, ratios in STUDENTS_PER_FTE.items():
        assert law(year).value(name).ravel().tolist() == ratios, name


def test_a_position_is_vouched_for_by_the_investments_it_is_part_of() -> None:
    lines = FUNDING.lines(2022)
    assert "core investments" in lines["nurse_cost"].evidence.note  # of every pupil
    assert "additional" in lines["low_income_intervention_teacher_cost"].evidence.note


def test_tiers_by_code_and_by_name() -> None:
    assert list(TIERS) == [1, 2, 3, 4]
    assert TIER_NAMES[TIER_4] == "Tier 4"
    assert TIER_NAMES[0] == "not in a tier"


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


# --- Readings --------------------------------------------------------------------------


def test_the_readme_counts_what_is_verified() -> None:
    kinds = Counter(line.evidence.kind for line in FUNDING.lines(2022).values())
    verified, guide, law_as_read = (kinds[each] for each in Kind)
    counts = f"{verified}, {guide} and {law_as_read} of FY2022's {kinds.total()}"
    assert counts in " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())


def test_the_readme_names_the_years() -> None:
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert f"FY{YEARS[0]} to FY{YEARS[-1]}" in text


@pytest.mark.parametrize("statute", STATUTES.values(), ids=list(STATUTES))
def test_lines_and_readings_name_each_other(statute: Statute) -> None:
    readings = readings_of(statute)
    cited = {number for line in statute.all_lines for number in line.evidence.readings}
    assert cited == readings.keys()
    assert list(readings) == list(range(1, len(cited) + 1))
    for reading in readings.values():
        assert all(reading.__dict__[name] for name in ("title", "chosen", "why")), reading.number
        is_weighed = reading.otherwise or reading.alternatives
        assert is_weighed or statute is not FUNDING, reading.number


def every_alternative() -> list[tuple[int, Alternative]]:
    return [
        (reading.number, alternative)
        for reading in readings_of(FUNDING).values()
        for alternative in reading.alternatives.values()
    ]


@pytest.mark.parametrize(
    ("number", "alternative"),
    every_alternative(),
    ids=[f"{number}-{each.name}" for number, each in every_alternative()],
)
def test_an_alternative_is_of_lines_and_numbers_of_the_law(
    number: int, alternative: Alternative
) -> None:
    """It stands in for rules of the same name, measure and bands that rest on its reading."""
    assert {identifier_of(each) for each in alternative.amounts} <= element_owners().keys()
    years = [year for year in YEARS if alternative.lines_in(year)]
    assert years or alternative.amounts
    rest_on_it = {line.name for line in FUNDING.lines_of_reading(number)}
    for line in alternative.lines:
        own = FUNDING.lines(next(year for year in YEARS if line.is_in_force(year)))[line.name]
        assert (line.measure, line.bands, line.statewide) == (own.measure, own.bands, own.statewide)
        assert line.evidence.readings == (number,)
    assert not alternative.lines or rest_on_it & {line.name for line in alternative.lines}
