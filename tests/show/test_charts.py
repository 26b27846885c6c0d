"""Charts: what is drawn is what was found, with its words, units, year and source."""

from __future__ import annotations

import html
import json
import pickle
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pandas as pd
import pytest
from refusal import all_faults
from scipy.stats import norm
from states import ANY_AMOUNT, dollars, frame_of, unit_id

import ebf
from ebf.data import DATA
from ebf.explain.charts import adequacy_picture
from ebf.show.charts.chart import Caption, Chart
from ebf.show.charts.drawing import Mark, bars, histogram, lines, stacked_bars, waterfall
from ebf.show.charts.maps import areas_in, classes_of
from ebf.show.charts.style import CLASS_COLORS, TIER_COLORS
from ebf.show.document import Column, Table

HOSTILE = "<script>\x1b[31m & 'x'|\n1. \u202ey`*_$</title>"
SHOWN = "<script>␛[31m & 'x'|␊1. �y`*_$</title>"
ROWS = [
    dollars(1, 1_000, 600, 0.1),
    dollars(2, 2_000, 1_900, 0.2),
    dollars(3, 900, 990, 0.1),
    dollars(4, 100, 300, 0.1),
]
FRAME = frame_of(ROWS).assign(
    name=[HOSTILE, "Ben", "Cy", "Cy"],
    county=["Cook", "cook", "De Kalb", "Nowhere"],
    regionalization_factor=1.0,
)
UNIT = unit_id(1)
LESS, MORE = 100, 150


@cache
def ledger_of(money: float) -> ebf.Ledger:
    return ebf.calculate(FRAME, ANY_AMOUNT.with_amounts(new_state_funds=money))


@cache
def sample() -> ebf.Ledger:
    return ebf.calculate(*ebf.sample())


@cache
def comparison() -> ebf.Comparison:
    return ebf.compare(ledger_of(LESS), ledger_of(MORE))


@cache
def uncertain() -> ebf.Uncertainty:
    return ebf.uncertainty(
        FRAME, ledger_of(LESS).law, {"final_resources": ebf.Uncertain(norm(1, 0.3))},
        draws=20, seed=1,
    )  # fmt: skip


@cache
def projection() -> ebf.Projection:
    return ebf.project(FRAME, ANY_AMOUNT, 1, new_state_funds=LESS)


@cache
def swept() -> pd.DataFrame:
    grid = {"new_state_funds": [100.0, 200.0], "tier_1.gap_share": [0.3, 0.4]}
    return ebf.sweep(FRAME, ANY_AMOUNT, grid)


@cache
def along() -> ebf.Response:
    return ebf.response(
        FRAME, ledger_of(LESS).law, UNIT, "final_resources", values=[500, 880, 895, 905, 995, 1_005]
    )


@cache
def gap(given: bool) -> ebf.AdequacyGap:  # noqa: FBT001 - whether anything was
    return ebf.adequacy_gap(
        sample(), "1000196062600", {"nurse": 0, "librarian": 90} if given else {}
    )


def square(left: float, low: float, *, turned: bool = False) -> list[list[float]]:
    ring = [[left, low], [left, low + 1], [left + 1, low + 1], [left + 1, low], [left, low]]
    return ring[::-1] if turned else ring


def geojson(
    *ids: object, turned: bool = False, name: str = "unit_id", kind: str = "Polygon"
) -> dict[str, Any]:
    rings: list[Any] = [[square(-90 + n, 40, turned=turned)] for n, _ in enumerate(ids)]
    features = [
        {
            "type": "Feature",
            "properties": {name: each},
            "geometry": {"type": kind, "coordinates": ring if kind == "Polygon" else [ring]},
        }
        for each, ring in zip(ids, rings, strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}


CHARTS: Mapping[str, Callable[[], Chart]] = {
    "adequacy": lambda: ledger_of(LESS).chart(),
    "money": lambda: ledger_of(LESS).money_chart(),
    "counties": lambda: ledger_of(LESS).county_map(),
    "districts": lambda: ledger_of(LESS).district_map(geojson(UNIT, unit_id(2))),
    "comparison": lambda: comparison().chart(),
    "scatter": lambda: comparison().scatter("local_capacity_percentage"),
    "attribution": lambda: ebf.attribute(ledger_of(LESS), ledger_of(MORE)).chart(),
    "projection": lambda: projection().chart(),
    "needed": lambda: projection().money_chart(),
    "uncertainty": lambda: uncertain().chart(),
    "odds": lambda: uncertain().tier_chart(),
    "gap": lambda: gap(given=True).chart(),
    "sweep": lambda: ebf.sweep_chart(swept(), "new_state_funds", by="tier_1.gap_share"),
    "response": lambda: along().chart(),
}
NAMED = {"districts", "comparison", "scatter", "response"}
"""Those that show the name of the first unit; of districts and points in the table alone."""

every_chart = pytest.mark.parametrize("kind", CHARTS)


@cache
def chart(kind: str) -> Chart:
    return CHARTS[kind]()


def within(specification: Any, name: str) -> Iterator[Any]:
    """Everything of that name, however deep."""
    if isinstance(specification, Mapping):
        for key, each in specification.items():
            if key == name:
                yield each
            yield from within(each, name)
    elif isinstance(specification, (list, tuple)):
        for each in specification:
            yield from within(each, name)


def values_of(found: Chart) -> list[Mapping[str, Any]]:
    """The rows that are drawn, of whatever layer."""
    sets = next(within(found.specification, "datasets")).values()
    return [row for rows in sets for row in ([] if isinstance(rows, Mapping) else rows)]


def rows_of(found: Chart) -> list[tuple[Any, ...]]:
    return list(found.table.rows)


# --- Every chart ---------------------------------------------------------------------


@every_chart
def test_a_chart_says_what_it_finds_of_which_year_and_source(kind: str) -> None:
    found = chart(kind)
    assert re.search(r"\d", found.says)
    assert found.note.startswith("FY2022")
    file = "invented" if kind == "gap" else "without a file"
    assert file in found.note
    title = found.specification["title"]
    drawn = " ".join([*title["text"], *title["subtitle"]]).replace("\N{NO-BREAK SPACE}", " ")
    assert "FY2022" in drawn
    assert file in drawn
    assert found.table.rows


@every_chart
def test_an_axis_has_a_title_with_its_unit(kind: str) -> None:
    drawn = {n: each for n, each in chart(kind).specification.items() if n != "config"}
    titles = {each["title"] for each in within(drawn, "axis")} - {None}
    legends = [each["title"] for each in within(drawn, "legend") if each and each["title"]]
    units = ("dollars", "percent", "students", "number", "FTE", "dollars per student")
    said = titles or {title for (title,) in legends}  # a map has no axis
    without = {each for each in said if not each.endswith(tuple(f", {unit}" for unit in units))}
    assert said - without
    assert without <= {"Fiscal year"}


@every_chart
def test_a_picture_is_whole_keeps_text_text_and_loads_nothing(kind: str) -> None:
    found = chart(kind)
    assert not [*within(found.specification, "url"), *within(found.specification, "href")]
    svg = found.to_svg()
    root = ET.fromstring(svg)  # noqa: S314 - our own text
    assert root.get("role") == "img"
    texts = [each.text or "" for each in root.iter("{http://www.w3.org/2000/svg}text")]
    title = root.find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert (title.text or "").endswith(found.says) or kind in NAMED
    assert "<script" not in svg
    assert "href" not in svg
    assert {each.get("font-family") for each in root.iter() if each.get("font-family")} == {
        "sans-serif"
    }
    assert len(texts) > 4
    page = found.to_html()
    assert "<script" not in page
    assert found.table.title in page
    if kind in NAMED:
        assert html.escape(SHOWN, quote=False) in found._repr_html_()


def test_the_same_numbers_are_drawn_to_the_same_bytes() -> None:
    found = chart("comparison")
    again = pickle.loads(pickle.dumps(found))  # noqa: S301 - our own
    assert again == found
    assert hash(again) == hash(found)
    assert again is not found
    assert again.to_svg() == found.to_svg()


def test_a_chart_is_saved_by_its_ending_whole_or_not_at_all(tmp_path: Path) -> None:
    found = chart("money")
    for ending in ("svg", "png", "html", "md", "txt", "json"):
        found.save(tmp_path / f"chart.{ending}")
    assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG\r\n")
    assert (tmp_path / "chart.svg").read_text(encoding="utf-8") == found.to_svg()
    data = json.loads((tmp_path / "chart.json").read_text(encoding="utf-8"))
    assert [row["tier"] for row in data["tables"]["money"]["rows"]] == [
        "Tier 1",
        "Tier 3",
        "Tier 4",
    ]
    (fault,) = all_faults(lambda: found.save(tmp_path / "chart.pdf"))
    assert "a file that ends in .svg, .png" in str(fault)
    assert not (tmp_path / "chart.pdf").exists()


def test_one_goes_on_from_the_altair_chart() -> None:
    made = chart("money").altair.properties(width=200).to_dict()
    assert made["width"] == 200
    assert made["layer"][0]["mark"]["type"] == "bar"


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ebf.faults.find_spec", lambda _: None)
    (fault,) = all_faults(ledger_of(LESS).chart)
    assert fault.kind is ebf.FaultKind.NOT_INSTALLED
    assert fault.fix == "pip install 'illinois-ebf[charts]'"


# --- Colours ---------------------------------------------------------------------------


def lightness(color: str) -> float:
    """L* of CIELAB: how light a colour is in grey, from 0 to 100."""
    parts = (int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    ]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 116 * light ** (1 / 3) - 16 if light > 0.008856 else 903.3 * light


@pytest.mark.parametrize("colors", [TIER_COLORS, CLASS_COLORS])
def test_colors_in_order_part_in_grey_too(colors: tuple[str, ...]) -> None:
    assert lightness("#ffffff") == pytest.approx(100, abs=0.01)
    assert lightness("#777777") == pytest.approx(50, abs=0.5)  # as tables of L* have it
    found = [lightness(each) for each in colors]
    steps = [after - before for before, after in pairwise(found)]
    assert all(each > 15 for each in steps) or all(each < -15 for each in steps)


# --- What is drawn is what was found ---------------------------------------------------


def test_units_are_counted_by_adequacy_and_tier() -> None:
    """600/1000, 1900/2000, 990/900 and 300/100, which is drawn with all above 200 %."""
    found = chart("adequacy")
    assert rows_of(found) == [
        ("60 % to 65 %", 0.6, 0.65, "Tier 1", 1),
        ("95 % to 100 %", 0.95, 1.0, "Tier 3", 1),
        ("110 % to 115 %", 1.1, 1.15, "Tier 4", 1),
        ("200 % and more", 2.0, 2.05, "Tier 4", 1),
    ]
    assert found.says == (
        "Of 4 units in the distribution 2 have less than 100 % of their Adequacy Target: "
        "1 in Tier 1, 0 in Tier 2, 1 in Tier 3, 2 in Tier 4."
    )
    assert found.note.endswith("Units with 200 % or more are drawn together.")
    words = [row["words"] for row in values_of(found) if "words" in row]
    ratio = 100 * ledger_of(LESS).statewide["tier_1_target_ratio"]
    assert words == [f"Tier 1 Target Ratio {ratio:.1f} %", "90 %", "100 %"]


def test_the_sample_says_that_it_is_invented_and_sums_to_its_units() -> None:
    found = sample().chart()
    assert sum(row[-1] for row in rows_of(found)) == 922  # 5 are not in the distribution
    assert "The units are invented" in found.note


def test_money_by_tier_sums_to_the_new_money() -> None:
    found = chart("money")
    paid = ledger_of(LESS).units["tier_funding"].tolist()
    assert [row[3] for row in rows_of(found)] == [
        pytest.approx(each) for each in (paid[0], paid[1], paid[2] + paid[3])
    ]
    each = ledger_of(LESS).money_chart(per_pupil=True)
    assert rows_of(each)[0][4] == pytest.approx(paid[0] / 100)
    assert "for each pupil" in each.says


def test_a_comparison_shows_who_gains_and_by_how_much() -> None:
    found = chart("comparison")
    change = comparison().units["change"]
    assert [(row[1], row[4]) for row in rows_of(found)] == [
        (unit, change[unit]) for unit in comparison().winners.index
    ]
    assert "lose $0" in found.says
    lost = ebf.compare(ledger_of(MORE), ledger_of(LESS)).chart()
    assert rows_of(lost)[-1][4] == -max(change)  # who loses the most is the last
    assert f"0 gain $0, {len(rows_of(lost))} lose" in lost.says


def test_a_change_is_drawn_against_a_column() -> None:
    found = chart("scatter")
    units = comparison().units
    capacity = [0.1, 0.2, 0.1, 0.1]
    each = units["change_per_student"].tolist()
    assert [row[3:] for row in rows_of(found)] == list(zip(capacity, each, strict=True))
    per_pupil = comparison().scatter("final_resources")
    assert [row[3] for row in rows_of(per_pupil)] == [6.0, 19.0, 9.9, 3.0]  # of 100 pupils each
    assert per_pupil.table.columns[3] == Column("final resources per pupil", "dollars per student")
    for column in ("low_income_count", "no_such_thing", "tier_1_target_ratio"):
        (fault,) = all_faults(lambda column=column: comparison().scatter(column))
        assert fault.kind is ebf.FaultKind.UNKNOWN_NAME


def test_steps_that_move_nothing_are_not_drawn() -> None:
    found = chart("attribution")
    assert rows_of(found) == [
        ("before", 0.0, pytest.approx(LESS, abs=0.05), pytest.approx(LESS, abs=0.05)),
        ("new money", *(pytest.approx(each, abs=0.05) for each in (LESS, MORE, MORE - LESS))),
        ("after", 0.0, pytest.approx(MORE, abs=0.05), pytest.approx(MORE, abs=0.05)),
    ]
    assert re.fullmatch(r"From \$100 to \$150: new money \$(50|49\.99)\.?\d*\.", found.says)


def test_years_are_drawn_as_they_were_projected() -> None:
    years = projection().years
    drawn = {(row[0], row[1]): row[2] for row in rows_of(chart("projection"))}
    assert drawn["FY2023", "units at 90 %"] == years.loc[2023, "share_of_units_at_90_percent"]
    assert drawn["FY2022", "pupils at 100 %"] == 0.5  # two of four, of 100 pupils each
    assert drawn["FY2022", "the state's percent of adequacy"] == pytest.approx(3_790 / 4_000)
    needed = {(row[0], row[1]): row[2] for row in rows_of(chart("needed"))}
    assert needed["FY2022", "cost to 90 %"] == pytest.approx(300)  # 600 of 1,000
    assert needed["FY2022", "cost to 100 %"] == pytest.approx(500)  # and 1,900 of 2,000
    assert needed["FY2023", "new state funds"] == LESS


def test_bands_and_odds_are_those_of_the_draws() -> None:
    quantiles = uncertain().quantiles("tier_funding")
    for row in rows_of(chart("uncertainty")):
        assert list(row[2:]) == quantiles.loc[row[1]].tolist()[1:]
    one = uncertain().chart(unit_ids=[unit_id(2)])
    assert [row[:2] for row in rows_of(one)] == [("Ben", unit_id(2))]
    odds = uncertain().tiers
    for name, unit, tier, share in rows_of(chart("odds")):
        assert name
        assert share == odds.loc[unit, int(tier.removeprefix("Tier "))]
    (fault,) = all_faults(lambda: uncertain().tier_chart(["9"]))
    assert fault.kind is ebf.FaultKind.UNKNOWN_UNIT


def test_positions_short_and_over() -> None:
    shorts = gap(given=True).frame["fte_short"]
    assert [(row[0], row[-1]) for row in rows_of(chart("gap"))] == [
        ("Nurses", shorts["nurse"]),
        ("Librarians", shorts["librarian"]),
    ]
    assert shorts["nurse"] > 0 > shorts["librarian"]
    empty = gap(given=False).chart()
    assert empty.says == "No positions were given."
    assert "Nothing to draw." in empty.to_svg()


def test_a_sweep_sums_to_its_new_money() -> None:
    found = chart("sweep")
    assert [(row[0], row[1]) for row in rows_of(found)] == [
        (100.0, "tier_1.gap_share 0.3"), (100.0, "tier_1.gap_share 0.4"),
        (200.0, "tier_1.gap_share 0.3"), (200.0, "tier_1.gap_share 0.4"),
    ]  # fmt: skip
    assert [row[2] for row in rows_of(found)] == pytest.approx([100, 100, 200, 200], abs=0.05)
    own = ebf.sweep_chart(swept(), "new_state_funds", by="tier_1.gap_share", unit_id=UNIT)
    assert rows_of(own)[0][2] == swept()["tier_funding"][0]
    named = [ebf.Scenario("a", new_state_funds=100), ebf.Scenario(HOSTILE, new_state_funds=150)]
    bars_of = ebf.sweep_chart(ebf.sweep(FRAME, ANY_AMOUNT, named))
    assert [row[0] for row in rows_of(bars_of)] == ["a", HOSTILE]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"across": "new_state_funds"}, "name the other number of the grid: by=..."),
        ({"across": "nothing"}, "a column of the sweep"),
        ({"across": "new_state_funds", "unit_id": "9"}, "the id of a unit of the sweep"),
    ],
)
def test_a_sweep_is_refused(asked: dict[str, str], said: str) -> None:
    (fault,) = all_faults(lambda: ebf.sweep_chart(swept(), **asked))
    assert said in str(fault)


def test_a_sweep_that_lost_its_year_is_refused() -> None:
    bare = pd.DataFrame(swept().to_dict("list"))
    by = "tier_1.gap_share"
    (fault,) = all_faults(lambda: ebf.sweep_chart(bare, "new_state_funds", by=by))
    assert "no fiscal year" in str(fault)


# --- Along one input -------------------------------------------------------------------


def test_a_line_along_an_input_is_each_time_the_whole_state() -> None:
    found = along()
    assert found.value == 600
    assert found.frame["final_resources"].tolist() == [500, 600, 880, 895, 905, 995, 1_005]
    for value in (500.0, 895.0):
        frame = FRAME.assign(final_resources=[value, 1_900, 990, 300])
        anew = ebf.calculate(frame, ledger_of(LESS).law).units.iloc[0]
        row = found.frame.set_index("final_resources").loc[value]
        assert row["tier_funding"] == anew["tier_funding"]
        assert row["tier"] == anew["tier"]
    tiers = found.edges[found.edges["edge"].str.contains("becomes")]
    assert tiers["value"].tolist()[-2:] == [900, 1_000]  # 90 % and 100 % of 1,000
    assert tiers["short"].tolist()[-2:] == ["Tier 3 begins", "Tier 4 begins"]


def test_values_that_the_unit_cannot_have_are_left_out_or_refused() -> None:
    law = ledger_of(LESS).law
    found = ebf.response(FRAME, law, UNIT, "local_capacity_percentage")
    assert found.frame["local_capacity_percentage"].iloc[[0, -1]].tolist() == [0.05, 0.15]
    for column, values, said in (
        ("local_capacity_percentage", [1.5], "0 to 1"),
        ("final_resources", ["much"], "a finite number"),
        ("final_resources", [], "one value or more"),
        ("tier", [1], "a column of amounts"),
    ):
        (fault, *_) = all_faults(
            lambda c=column, v=values: ebf.response(FRAME, law, UNIT, c, values=v)
        )
        assert said in str(fault)


# --- Maps ------------------------------------------------------------------------------


def test_the_102_counties_have_their_shapes_and_codes() -> None:
    """The Bureau numbers the counties of a state in the order of their names, in odd numbers."""
    shapes = json.loads((DATA / "counties" / "shapes.json").read_text(encoding="utf-8"))
    by_id = {each["id"]: each["properties"]["name"] for each in shapes["features"]}
    own = tomllib.loads((DATA / "county_neighbors.toml").read_text(encoding="utf-8"))
    assert sorted(by_id.values()) == sorted(own)
    assert sorted(by_id) == [f"17{number:03}" for number in range(1, 204, 2)]
    known = {"17001": "Adams", "17031": "Cook", "17043": "DuPage", "17099": "LaSalle"}
    assert known.items() <= by_id.items()


def test_a_county_is_the_sum_of_its_units_or_the_ratio_of_the_sums() -> None:
    found = chart("counties")
    values = {row[0]: row[1:] for row in rows_of(found)}
    assert len(values) == 102
    assert values["Cook"] == (2, pytest.approx(2_500 / 3_000))
    assert values["DeKalb"] == (1, pytest.approx(1.1))
    assert values["Adams"] == (0, None)
    assert "Counties without a value: 100 (Adams, Alexander, Bond, Boone, Brown" in found.note
    assert f"Units of no county of Illinois: 1 ({unit_id(4)})" in found.note
    (shapes,) = (each for each in within(found.specification, "features"))
    classes = [each["properties"]["class"] for each in shapes]
    assert len(classes) == 102
    assert classes.count("no value") == 100
    money = ledger_of(LESS).county_map("final_resources")
    assert {row[0]: row[2] for row in rows_of(money)}["Cook"] == 2_500


def test_one_cost_factor_is_one() -> None:
    says = ebf.adequacy_gap(sample(), sample().units.index[0], {"nurse": 0.0}).chart().says
    assert says.startswith("Of 1 cost factor given, ")


def test_a_map_names_one_of_many_areas_that_are_equally_low_and_says_how_many() -> None:
    chart = sample().county_map("tier_1_funding")
    nothing = [row[0] for row in chart.table.rows if row[2] == 0.0]
    assert len(nothing) > 1
    assert f"The least is $0, in {nothing[0]} and {len(nothing) - 1} more;" in chart.says


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("local_capacity_percentage", "a line that can be added up over units"),
        ("tier_1_target_ratio", "a line or input with one number a unit"),
        ("tier", "a line of amounts"),
        ("low_income_count", "a ledger that has it"),
    ],
)
def test_a_line_that_cannot_be_mapped_is_refused(line: str, said: str) -> None:
    (fault,) = all_faults(lambda: ledger_of(LESS).county_map(line))
    assert said in str(fault)


def test_a_map_needs_the_counties() -> None:
    ledger = ebf.calculate(FRAME.drop(columns="county"), ledger_of(LESS).law)
    (fault,) = all_faults(ledger.county_map)
    assert "hand over the county of every unit" in str(fault)


def test_classes_are_round_and_hold_about_as_many_each() -> None:
    found = classes_of([1e6, 2e6, 3e6, 4e6, 50e6], "dollars")
    assert found.names == (
        "under $1.8M", "$1.8M to $2.6M", "$2.6M to $3.4M", "$3.4M to $13M", "$13M and more",
    )  # fmt: skip
    assert [found.of(each) for each in (1e6, 1.8e6, 60e6, None)] == [
        found.names[0], found.names[1], found.names[-1], "no value",
    ]  # fmt: skip
    assert classes_of([], "dollars").names == ("any value",)
    assert classes_of([0.0, 0.0], "dollars").names == ("under $0", "$0 and more")


def test_what_of_shapes_and_units_has_no_other_is_named(tmp_path: Path) -> None:
    with_dashes = "-".join([UNIT[:2], UNIT[2:5], UNIT[5:9], UNIT[9:11], UNIT[11:]])
    file = tmp_path / "districts.geojson"
    file.write_text(json.dumps(geojson(with_dashes, "77", name="id", kind="MultiPolygon")))
    found = ledger_of(LESS).district_map(file, "final_resources", unit_id_property="id")
    assert [(row[0], row[2]) for row in rows_of(found)] == [(UNIT, 600)]
    assert "Areas that match no unit: 1 (77)" in found.note
    assert f"Units without an area: 3 ({unit_id(2)}, " in found.note


def test_rings_may_go_either_way_round() -> None:
    """Drawn the wrong way round one would fill all of the earth but the area."""
    one, other = (areas_in(geojson("a", turned=turned), "unit_id") for turned in (True, False))
    assert [each[0] for each in (one[0].geometry["coordinates"][0], square(-90, 40))] == [
        [-90, 40]
    ] * 2
    ring = square(-90, 40)  # up, then right: with the clock
    assert one[0].geometry["coordinates"] == other[0].geometry["coordinates"] == [ring]
    with_hole = geojson("a")
    with_hole["features"][0]["geometry"]["coordinates"].append(square(-89.5, 40.5))
    (area,) = areas_in(with_hole, "unit_id")
    assert area.geometry["coordinates"][1] == square(-89.5, 40.5, turned=True)


def changed(path: str, value: object) -> dict[str, Any]:
    """A GeoJSON whose first feature has another value."""
    made: Any = geojson(UNIT)
    *way, last = path.split(".")
    feature = made["features"][0]
    for each in way:
        feature = feature[each]
    feature[last] = value
    return dict(made)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({}, "a GeoJSON FeatureCollection of areas"),
        ({"type": "Feature"}, "a 'Feature' without features"),
        (geojson(UNIT, name="name"), "one of its own: name"),
        (geojson("77"), "no unit of the ledger"),
        (geojson(None), "an id as text"),
        ({"features": [3]}, "allowed: a feature"),
        (changed("geometry", None), "a Polygon or MultiPolygon"),
        (changed("geometry.type", "Point"), "a Polygon or MultiPolygon"),
        (changed("geometry.coordinates", []), "rings of points"),
        (changed("geometry.coordinates", [[[1, 2]]]), "a ring of 1 points"),
        (changed("geometry.coordinates", [[["a", "b"]] * 4]), "rings of points"),
        (changed("geometry.coordinates", [[[1e6, 2e6]] * 4]), "export it in WGS 84"),
    ],
)
def test_what_is_no_geojson_of_units_is_refused(content: dict[str, Any], said: str) -> None:
    (fault,) = all_faults(lambda: ledger_of(LESS).district_map(content))
    assert said in str(fault)


def test_a_file_that_is_no_json_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "districts.shp"
    file.write_bytes(b"\x00\x00\x27\x0a")
    (fault,) = all_faults(lambda: ledger_of(LESS).district_map(file))
    assert "no JSON" in str(fault)


# --- Kinds of charts by themselves -----------------------------------------------------

CAPTION = Caption(title="t", says="s", note="FY2022.", fiscal_year=2022)


def test_labels_that_are_alike_stay_apart() -> None:
    table = Table("t", "t", (Column("a"), Column("b", "dollars")), (("x", 1.0), ("x", -2.0)))
    first, second, *_ = values_of(bars(table, CAPTION, "a", "b"))
    assert (first["label"], first["words"]) == ("x (1)", "$1.00")
    assert (second["label"], second["words"]) == ("x (2)", "-$2.00")


def test_an_empty_table_is_drawn_as_such() -> None:
    columns = (Column("a"), Column("b", "share"), Column("c", "share"), Column("d", "count"))
    empty = Table("t", "t", columns, ())
    made = (
        bars(empty, CAPTION, "a", "b"),
        histogram(empty, CAPTION, ("b", "c"), "d", "a", {}),
        lines(empty, CAPTION, "b", "c", "a", marks=[Mark(1.0, "now")]),
        stacked_bars(empty, CAPTION, "a", "b", "a", {}),
        waterfall(empty, CAPTION, "a", ("b", "c")),
    )
    for each in made:
        assert values_of(each) == [{"words": "Nothing to draw."}]


def test_a_state_of_one_unit_is_drawn() -> None:
    one = ebf.calculate(FRAME.iloc[:1], ANY_AMOUNT.with_amounts(new_state_funds=0))
    assert [row[-1] for row in rows_of(one.chart())] == [1]
    assert one.money_chart().says.startswith("Of $0 of new money goes $0 (0.0 %) to Tier ")
    same = ebf.compare(one, one)
    assert rows_of(same.chart()) == []
    assert "Of 1 units 0 gain $0, 0 lose $0, 1 neither." in same.chart().says
    assert same.scatter("final_resources").to_svg()
    several = ebf.calculate(FRAME, ANY_AMOUNT.with_amounts(new_state_funds=[1.0, 2.0]))
    (fault,) = all_faults(several.chart)
    assert fault.kind is ebf.FaultKind.SEVERAL_SCENARIOS


# --- One unit marked among all ---------------------------------------------------------


def test_a_unit_is_marked_at_its_percent_in_the_picture_of_all() -> None:
    """95 % is as far from the edge at 90 % as from that at 100 %; 60 % lies before both."""
    svg = "{http://www.w3.org/2000/svg}"
    found = {}
    for number in (1, 2):
        picture = adequacy_picture(ledger_of(LESS), unit_id(number))
        root = ET.fromstring(picture.svg)  # noqa: S314 - our own text
        (own,) = (each for each in root.iter(f"{svg}path") if each.get("stroke-width") == "3")
        bold = [x.text for x in root.iter(f"{svg}text") if x.get("font-weight") == "bold"][-1]
        edges = [x for x in root.iter(f"{svg}line") if x.get("stroke-dasharray")]
        places = [float((x.get("transform") or "")[10:].partition(",")[0]) for x in edges]
        found[number] = float((own.get("d") or "")[1:].partition(",")[0]), bold, places[-2:]
        assert root.findtext(f"{svg}title", "").endswith(f"{bold}.")
    at, words, edges_at = found[2]
    assert words == "Ben: 95.00 %"
    assert at == pytest.approx(sum(edges_at) / 2, abs=0.02)
    assert found[1][0] < edges_at[0]
    assert found[1][1] == f"{SHOWN}: 60.00 %"
