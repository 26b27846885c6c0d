"""A year taken from a column of a table is numpy's number, and a year like any other."""

from __future__ import annotations

import json

import numpy as np

import ebf


def test_a_year_of_numpy_is_a_year() -> None:
    year = np.int64(2022)
    schools = ebf.sample_table("school_designations")
    finances = ebf.sample_table("report_card_finances").filter(regex="unit_id|type|expend")
    file = b"RCDTS,District Type,Tier\n010010010260000,UNIT,1\n"
    relief = ebf.relief_grants(ebf.sample_table("relief_grants"), year, pool=6e6)  # type: ignore[arg-type]
    card = ebf.report_card(finances=finances, year=year)  # type: ignore[arg-type]
    reviews = ebf.reviews(schools, year=schools["year"].max())
    profile = ebf.policy_profile(year)  # type: ignore[arg-type]
    assert reviews.year == 2024
    assert ebf.read_report_card(file, year).attrs["report_card"]["year"] == 2022  # type: ignore[arg-type]
    for answer in (relief, card, profile):
        said = json.loads(answer.to_json())
        assert said.get("fiscal_year", said.get("year")) == 2022
