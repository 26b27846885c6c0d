"""The reference has every line, number, column and reading once, and its links lead somewhere."""

import inspect
import tomllib
from doctest import DocTestParser
from functools import cache
from itertools import chain

import pytest

from ebf.data import DATA
from ebf.explain.reference import (
    ColumnReference,
    LineReference,
    ParameterReference,
    column_references,
    line_references,
    parameter_references,
)
from ebf.law.columns import DISTRICTS
from ebf.law.names import known_names
from ebf.law.readings import readings
from ebf.law.statutes import STATUTES
from ebf.show.document import Link


@cache
def lines() -> tuple[LineReference, ...]:
    return tuple(chain.from_iterable(map(line_references, STATUTES.values())))


@cache
def numbers() -> tuple[ParameterReference, ...]:
    return tuple(chain.from_iterable(map(parameter_references, STATUTES.values())))


@cache
def columns() -> tuple[ColumnReference, ...]:
    return tuple(chain.from_iterable(map(column_references, STATUTES.values())))


@cache
def places() -> tuple[str, ...]:
    kinds = (lines(), numbers(), columns())
    return tuple(each.address for kind in kinds for each in kind)


@cache
def readers() -> frozenset[tuple[str, str]]:
    """What is read, and by which rule, as what is read says."""
    kinds = (lines(), numbers(), columns())
    return frozenset((k.anchor, e.address) for kind in kinds for e in kind for k in e.read_by)


def rule(address: str) -> LineReference:
    (found,) = [each for each in lines() if each.address == address]
    return found


def number(identifier: str) -> ParameterReference:
    (found,) = [each for each in numbers() if each.anchor == identifier]
    return found


def column(name: str) -> ColumnReference:
    (found,) = [each for each in columns() if each.anchor == name]
    return found


def text(own: LineReference) -> str:
    return "\n".join("".join(each.text) for each in own.formulas)


def test_every_line_number_and_column_is_explained_in_one_place() -> None:
    declared = [line for each in STATUTES.values() for line in each.all_lines]
    assert [id(each.line) for each in lines()] == [*map(id, declared)]
    every = places()
    assert len(every) == len({*every}) > 600
    names = {each.line.name for each in lines()} | {each.anchor for each in numbers()}
    names |= {each.anchor for each in columns()}
    assert names == {*known_names()}


def test_every_number_of_the_files_is_there_with_its_sources() -> None:
    def values(tree: dict[str, object], path: str = "") -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for key, table in tree.items():
            assert isinstance(table, dict)
            if "values" in table:
                found[f"{path}{key}"] = [dated["source"] for dated in table["values"]]
            else:
                found |= values(table, f"{path}{key}_")
        return found

    files = sorted((DATA / "parameters").rglob("*.toml"))
    content = [values(tomllib.loads(path.read_text(encoding="utf-8"))) for path in files]
    declared = {name: sources for each in content for name, sources in each.items()}
    assert declared == {each.anchor: [dated.source for dated in each.sources] for each in numbers()}


def test_every_reading_is_had_from_a_line_but_those_that_rest_on_none() -> None:
    for statute in STATUTES.values():
        reached = {r.number for each in line_references(statute) for r in each.readings}
        told = {n for line in statute.all_lines for n in line.evidence.readings}
        changed = {n for (n, _), lines in statute.alternatives.items() if lines}
        assert reached == told | changed
        assert reached <= {each.number for each in readings(statute.section)}


def test_every_link_leads_to_what_is_explained() -> None:
    known = {*places()}
    for each in lines():
        pieces = [piece for formula in each.formulas for piece in formula.text]
        for link in (*each.reads, *each.read_by, *pieces):
            assert not isinstance(link, Link) or link.anchor in known
        assert {number.address for number in each.numbers} <= known
    assert {by for by, _ in readers()} <= known


def test_what_a_line_reads_is_read_by_it() -> None:
    read = {(each.address, link.anchor) for each in lines() for link in each.reads}
    read |= {
        (each.address, own.address)
        for each in lines()
        for own in each.numbers
        if own.anchor != each.line.name
    }
    both = {each.line.name for each in lines()} & {each.anchor for each in numbers()}
    assert both == {"new_state_funds"}  # read as the line; the number says so too
    twice = number("new_state_funds").address
    assert {each for each in readers() if each[1] != twice} == read


def test_the_worked_examples_are_those_of_the_docstrings() -> None:
    parser = DocTestParser()
    for each in lines():
        (begin, *parts) = parser.parse(each.example)
        assert not begin
        prose = [part for part in parts if isinstance(part, str) and part.strip()]
        assert not prose, each.address
        own = parser.get_examples(inspect.getdoc(each.line.function) or "")
        shown = parser.get_examples(each.example)
        assert [(one.source, one.want) for one in shown] == [(one.source, one.want) for one in own]
        assert any(one.want for one in shown), each.address
        assert ">>>" not in " ".join(each.rule)


def test_a_formula_leads_to_what_the_line_reads_and_nothing_else() -> None:
    for each in lines():
        pieces = [piece for formula in each.formulas for piece in formula.text]
        links = {piece.anchor for piece in pieces if isinstance(piece, Link)}
        read = {link.anchor for link in each.reads} | {own.address for own in each.numbers}
        assert links <= read, each.address
        assert links


def test_bands_that_differ_in_name_alone_have_one_formula() -> None:
    assert text(rule("18-8.15/b_adequacy_target#nurse_fte")) == (
        "School enrollment ÷ Nurse students per FTE"
    )
    first, kindergarten = rule(
        "18-8.15/a_counts#counted_enrollment_first_preceding_year-to-fy2018"
    ).formulas
    assert "".join(first.text) == (
        "October enrollment of the first preceding year × Enrollment weight"  # noqa: RUF001
    )
    assert len(first.bands) == 13
    assert kindergarten.bands == ("kindergarten",)
    assert "".join(kindergarten.text).count("(half-day kindergarten)") == 2


def test_a_rule_leads_to_the_rules_of_its_own_years() -> None:
    before = "18-8.15/g_distribution#in_distribution-to-fy2019"
    later = "18-8.15/g_distribution#in_distribution"
    tier = rule("18-8.15/g_distribution#tier")
    assert {before, later} <= {link.anchor for link in tier.reads}
    assert rule(before).title == "In the distribution (to FY2019)"
    program = "18-8.15/a_counts#is_regional_program"
    assert program in {link.anchor for link in rule(later).reads}
    assert program not in {link.anchor for link in rule(before).reads}


@pytest.mark.parametrize(
    ("identifier", "year", "said"),
    [
        ("new_state_funds", 2018, "$366,610,000.05"),
        ("new_state_funds", 2019, "not known"),
        ("new_state_funds", 2021, "$0.00"),
        ("tier_1_gap_share", 2027, "30 %"),
        ("core_teacher_low_income", 2022, "K-3: 15; 4-8, 9-12: 20"),
        ("chicago_pension_rate", 2016, "0.00383"),
    ],
)
def test_a_number_by_year_is_as_its_source_says(identifier: str, year: int, said: str) -> None:
    assert number(identifier).by_year[year] == said


def test_a_column_says_who_needs_it() -> None:
    assert column("original_eav_first_preceding_tax_year").needed_by == "districts"
    assert column("pension_normal_cost").needed_by == "no unit; left out or blank it is 0"
    assert column("unit_id").needed_by == "every unit"
    base = column("prior_year_base_funding_minimum")
    assert base.needed_by == "every unit"
    assert base.allowed == "a finite number, 0 or more, up to 1e+13"
    pupils = column("comparable_wage_index")
    assert pupils.needed_by == "every kind of unit but specially funded unit"
    assert pupils.column is not None
    assert pupils.column.kinds > DISTRICTS
    assert column("teacher_salary").address == "18-8.15/inputs#teacher_salary"


def test_a_line_says_its_rounding_evidence_and_years() -> None:
    gap = rule("18-8.15/g_distribution#tier_1_funding_gap")
    assert gap.years == "every year known: FY2018 to FY2027"
    assert rule("18-8.15/b_adequacy_target#nurse_fte").rounding == (
        "cut to 2 decimals (ISBE's workbook: TRUNC)"
    )
    assert rule("18-8.15/g_distribution#tier").evidence == (
        "verified against published values: 2,696 of 2,696 are reproduced"
    )
    assert rule("18-8.15/g_distribution#new_state_funds").evidence == (
        "the law as read; no published value tests it"
    )
