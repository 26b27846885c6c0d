"""Tables written of the neighboring laws' answers are safe to open with a spreadsheet."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

import ebf


def test_a_name_that_a_spreadsheet_would_compute_has_an_apostrophe(tmp_path: Path) -> None:
    applicants = ebf.sample_table("relief_grants").assign(name="=1+1")
    units, law = ebf.sample()
    ledger = ebf.calculate(units.assign(name="=1+1"), law)
    cards = ebf.report_card(ledger)
    unit_id = cards.frame.index[0]
    answers: dict[str, ebf.ReliefGrants | ebf.ReportCard | ebf.Reviews] = {
        "relief": ebf.relief_grants(applicants, 2022, pool=6e6),
        "cards": cards,
        "reviews": ebf.reviews(ebf.sample_table("school_designations"), ledger),
    }
    for name, answer in answers.items():
        answer.to_csv(tmp_path / name)
        written = pd.read_csv(tmp_path / name, dtype={"unit_id": str}, index_col="unit_id")
        assert set(written["name"]) == {"'=1+1"}
        assert list(written.index) == list(answer.frame.index)
    card = cards.district(unit_id)
    card.to_csv(tmp_path / "card.csv")
    assert len(pd.read_csv(tmp_path / "card.csv")) == len(card.frame)
