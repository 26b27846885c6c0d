"""A prepared calculation: what is settled once, and what is computed anew."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from states import ANY_AMOUNT, dollars, frame_of

import ebf
from ebf.engine.preparation import prepare
from ebf.ledger import ledger_of


def test_what_was_settled_is_computed_anew_where_it_moves_or_is_not_rounded() -> None:
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5), dollars(2, 7e5, 6.5e5, 0.5)))
    prepared = prepare(frame, ANY_AMOUNT.with_amounts(new_state_funds=1e5 / 3))
    settled = prepared.settle(frozenset())
    assert settled.settled.keys() >= {"tier", "tier_funding"}
    for rounding in (True, False):
        again, anew = (ledger_of(each, rounding=rounding) for each in (settled, prepared))
        assert again.units.equals(anew.units)
    more = prepared.law.with_amounts({"new_state_funds": 2e5})
    assert ledger_of(settled.with_law(more)).units.equals(ledger_of(prepared.with_law(more)).units)
    known = {name: each for name, each in prepared.law.in_force.items() if name != "tier_1.share"}
    with pytest.raises(ebf.InputError, match=r"tier_1\.share: found no known value"):
        prepared.with_law(replace(prepared.law, in_force=known))
    with pytest.raises(ebf.InputError, match="found FY2019; allowed: a law of FY2022"):
        prepared.with_law(ebf.law(2019))


CHANGING = {
    ("engine/calculation.py", "with_values"),
    ("units/table.py", "with_values"),  # which it calls
}
"""Where values of a prepared state are changed."""

NOT_CHANGING = {
    ("engine/calculation.py", "settle"),  # adds lines computed
    ("engine/calculation.py", "settled_as"),  # adds lines that a record has
    ("engine/record.py", "_exact"),  # the same in other arithmetic
    ("ledger.py", "scenario"),  # one of many
    ("units/table.py", "of_scenario"),
    ("what_if/comparison.py", "_from"),  # the file that it is from
    ("units/table.py", "without"),  # leaves out what is computed
}


def test_there_is_one_way_to_change_values() -> None:
    """No other code replaces what a calculation, a table or a record holds, or makes one anew."""
    held = {"values", "settled", "everything", "table"}
    replacing, making = set[tuple[str, str]](), set[tuple[str, str]]()
    written = set[tuple[str, str]]()
    folder = Path(ebf.__file__).parent
    for file in folder.rglob("*.py"):
        place = file.relative_to(folder).as_posix()
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            for call in ast.walk(function):
                match call:
                    case ast.Call(func=ast.Name("replace") | ast.Attribute(attr="replace")):
                        if held & {each.arg for each in call.keywords}:
                            replacing.add((place, function.name))
                    case ast.Call(func=ast.Name("Calculation")):
                        making.add((place, function.name))
                    case ast.Assign(targets=targets):
                        written.update((place, ast.unparse(each)) for each in targets)
                    case ast.AugAssign(target=target):
                        written.add((place, ast.unparse(target)))
    assert replacing == CHANGING | NOT_CHANGING
    assert written
    assert not [each for each in written if re.match(r"[\w.]+\.(values|settled)\[", each[1])]
    assert making == {("engine/preparation.py", "prepare_checked")}


def test_counts_changed_in_a_settled_state_move_the_adequacy_targets() -> None:
    """Settled but for new money, a state's lines from counts are computed anew all the same."""
    units, law = ebf.sample()
    march = "march_enrollment_first_preceding_year"
    settled = prepare(units, law).settle(frozenset({"new_state_funds"}))
    assert "adequacy_target" in settled.settled
    more = settled.values[march] * 1.2
    found = ledger_of(settled.with_values({march: more})).statewide
    columns = units.columns[units.columns.str.startswith(f"{march}_")]
    anew = ebf.calculate(units.assign(**units[columns] * 1.2), law).statewide
    assert found.equals(anew)
    assert (
        found["statewide_adequacy_target"]
        > 1.05 * ebf.calculate(*ebf.sample()).statewide["statewide_adequacy_target"]
    )


def test_a_number_for_want_of_which_lines_were_left_out_is_refused() -> None:
    """With a prepared state such a number would move nothing."""
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5),)).assign(low_income_count=5.0)
    law = ebf.law(2022, new_state_funds=1e5)
    prepared = ebf.prepare(frame, law)
    with pytest.raises(ebf.InputError, match=r"one that .* was left out for") as caught:
        prepared.with_law(law.with_amounts(salaries=ebf.sample().law.salaries))
    faults = {fault.place.words: fault.fix for fault in caught.value.faults}
    assert faults["law", "teacher_salary_k_12"] == "prepare the state anew"


def test_what_was_settled_in_floats_is_computed_anew_in_fractions() -> None:
    frame = frame_of((dollars(1, 3e6, 1e6, 0.5),))
    settled = prepare(frame, ANY_AMOUNT.with_amounts(new_state_funds=1e5)).settle(frozenset())
    exact = ledger_of(settled, arithmetic="exact").values["final_percent_of_adequacy"]
    assert exact.item() == Fraction(1, 3)


def test_a_prepared_state_is_rounded_where_nothing_else_is_said() -> None:
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5),))
    assert ledger_of(prepare(frame, ANY_AMOUNT.with_amounts(new_state_funds=1e5))).rounding


def test_amounts_of_several_scenarios_give_way_to_others() -> None:
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5), dollars(2, 7e5, 6.5e5, 0.5)))
    prepared = prepare(frame, ANY_AMOUNT.with_amounts(new_state_funds=[1e5, 2e5]))
    others = prepared.law.with_amounts({"new_state_funds": [3e5, 4e5]})
    found = ledger_of(prepared.with_law(others)).units
    assert found.equals(
        ebf.calculate(frame, ANY_AMOUNT.with_amounts(new_state_funds=[3e5, 4e5])).units
    )
