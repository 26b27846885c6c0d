"""Bad input by every way in: refused as such or taken as it is written, and nothing else.

``EBF_FUZZ_INPUTS=20000 python -m pytest tests/test_bad_input.py`` tries so many; without it
there are a few. What was tried stands in the summary of the run.
"""

from __future__ import annotations

import math
import random
import re
import resource
import tomllib
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import corruption
import depth
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from corruption import IDS, TEXTS, TRIED, VALUES, junk, tried
from full_calc import Sheets, plant, write_full_calc
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape
from pyarrow import parquet
from scipy.stats import uniform
from typer.testing import CliRunner

import ebf
from ebf.doors.command import app
from ebf.files import read_toml
from ebf.law.inputs import TEXT_COLUMNS
from ebf.law.parameters import element_owners, identifier_of
from ebf.show.safe_text import unguarded
from ebf.units.ids import id_in
from ebf.units.isbe import base_calc
from ebf.units.isbe.base_calc import read_base_calc
from ebf.units.isbe.headings import kind_of_unit

ASKED: dict[str, int] = {}
"""How many inputs each test has to try."""
GIB = 2**30

seeds = st.integers(0, 2**64).map(random.Random)


def many(share: float) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Ask for a share of the inputs of a run, the same ones in every run."""

    def of(test: Callable[..., None]) -> Callable[..., None]:
        ASKED[test.__name__] = depth.inputs(share)
        return settings(
            max_examples=depth.inputs(share),
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )(test)

    return of


@pytest.fixture(autouse=True)
def as_many_as_asked(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whichever tests run, in whichever processes: each has tried what it was asked to."""
    before = TRIED.total()
    yield
    assert TRIED.total() - before >= ASKED.get(request.function.__name__, 0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bad")


# --- What is taken is taken as it is written ------------------------------------------

DECIMAL = re.compile(
    r"[ \t\r\n\f\v]*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[ \t\r\n\f\v]*"
)


def assert_reads(found: object, text: str) -> None:
    """The cell read is the cell's text: the same text, the nearest float to it, or blank.

    An id, or a kind of unit, of another form is the one that it unmistakably is.
    """
    if isinstance(found, str):
        assert found in {text, unguarded(text), id_in(text), kind_of_unit(text)}
    elif not text.strip():
        assert isinstance(found, float)
        assert math.isnan(found)
    else:
        assert isinstance(found, float)
        assert DECIMAL.fullmatch(text), text
        number = Decimal(text.strip())
        assert found == float(number)
        assert (found == 0) == (number == 0)
        assert found or math.copysign(1, found) == 1, "a negative zero"


def assert_reads_all(frame: pd.DataFrame, grid: corruption.Grid) -> None:
    """Every cell of the file is in the table, and nothing else."""
    header, *rows = (row for row in grid if any(map(str.strip, row)))
    header = [header[0].removeprefix("\ufeff"), *header[1:]]
    ours = {*frame.columns}  # a heading may be ours in capitals, or with blanks
    header = [each if (each := unguarded(name)) in ours or not each else
              re.sub(r"[\s_-]+", "_", each.strip().casefold()) for name in header]  # fmt: skip
    named = [place for place, name in enumerate(header) if name]
    assert list(frame.columns) == [header[place] for place in named]
    assert len(frame) == len(rows)
    for found, row in zip(frame.itertuples(index=False), rows, strict=True):
        assert len(row) == len(header)
        assert not any(row[place] for place in {*range(len(row))} - {*named})
        for cell, place in zip(found, named, strict=True):
            text = row[place]
            if header[place] in TEXT_COLUMNS and not text:
                assert pd.isna(cell)
            else:
                assert_reads(cell, text)


def assert_calculated_from(ledger: ebf.Ledger, frame: pd.DataFrame) -> None:
    """The ledger has the table's numbers at their units; all else it has is finite."""
    units = ledger.units
    if "unit_id" not in frame.columns:
        frame = frame.assign(unit_id=frame.index.get_level_values("unit_id"))
    assert sorted(units.index) == sorted(frame["unit_id"])
    for name in frame.columns:
        if name in TEXT_COLUMNS or name not in units:
            continue
        taken = dict(zip(units.index, units[name].tolist(), strict=True))
        for unit, cell in zip(frame["unit_id"], frame[name].tolist(), strict=True):
            if (
                cell is None
                or cell is pd.NA
                or (isinstance(cell, str) and not cell.strip())
                or (isinstance(cell, float) and math.isnan(cell))
            ):
                assert math.isnan(taken[unit]) or taken[unit] == 0
            else:
                assert taken[unit] == float(cell)
    for values in (units.select_dtypes("number"), ledger.statewide):
        assert not np.isinf(values.to_numpy(float)).any()


# --- CSV -------------------------------------------------------------------------------


def read(path: Path, content: bytes) -> pd.DataFrame:
    path.write_bytes(content)
    return ebf.read_units(path)


@many(0.17)
@given(draw=seeds)
def test_csv_byte_by_byte(folder: Path, draw: random.Random) -> None:
    good = corruption.csv_of(
        corruption.cells_of(corruption.state()), draw.choice(("\n", "\r\n", "\r"))
    )
    good = draw.choice((b"", b"", b"\xef\xbb\xbf")) + good
    content = corruption.corrupted(good, draw)
    frame = tried("CSV, bytes", lambda: read(folder / "bytes.csv", content))
    if frame is None:
        return
    assert_reads_all(frame, corruption.split(content.decode("utf-8-sig")))
    ledger = tried("table of a CSV, bytes", lambda: corruption.calculated(frame))
    if ledger is not None:
        assert_calculated_from(ledger, frame)


@many(0.17)
@given(draw=seeds, texts=st.lists(st.text(max_size=6) | st.sampled_from(TEXTS), min_size=1))
def test_csv_cell_by_cell(folder: Path, draw: random.Random, texts: list[str]) -> None:
    grid = corruption.changed(corruption.cells_of(corruption.state()), draw, [*texts, *TEXTS[:9]])
    frame = tried("CSV, cells", lambda: read(folder / "cells.csv", corruption.csv_of(grid)))
    if frame is None:
        return
    assert_reads_all(frame, [row for row in grid if row])
    ledger = tried("table of a CSV, cells", lambda: corruption.calculated(frame))
    if ledger is not None:
        assert_calculated_from(ledger, frame)


@pytest.fixture(scope="module")
def raw_counts() -> corruption.Grid:
    units = ebf.sample().units
    some = pd.concat([units[units["organization_type"] == kind].head(1) for kind in
                      ("unit", "elementary", "high_school", "regional_program")])  # fmt: skip
    texts = some.astype(object).where(some.notna(), "").to_numpy(object).tolist()
    return [list(some.columns), *([str(cell) for cell in row] for row in texts)]


@many(0.04)
@given(draw=seeds)
def test_csv_of_raw_counts(folder: Path, raw_counts: corruption.Grid, draw: random.Random) -> None:
    grid = corruption.changed(raw_counts, draw)
    frame = tried("CSV, raw counts", lambda: read(folder / "raw.csv", corruption.csv_of(grid)))
    if frame is None:
        return
    assert_reads_all(frame, [row for row in grid if row])
    salaries = ebf.sample().law.salaries
    ledger = tried("table of raw counts", lambda: corruption.calculated(frame, salaries))
    if ledger is not None:
        assert_calculated_from(ledger, frame)


# --- Parquet ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def good_parquet() -> bytes:
    file = BytesIO()
    corruption.state().to_parquet(file, write_page_checksum=True)
    return file.getvalue()


@many(0.08)
@given(draw=seeds)
def test_parquet_byte_by_byte(folder: Path, good_parquet: bytes, draw: random.Random) -> None:
    (folder / "bytes.parquet").write_bytes(corruption.corrupted(good_parquet, draw))
    frame = tried("Parquet, bytes", lambda: ebf.read_units(folder / "bytes.parquet"))
    if frame is None:
        return
    ledger = tried("table of a Parquet, bytes", lambda: corruption.calculated(frame))
    if ledger is not None:  # the pages have checksums: what is taken is what was written
        good = corruption.state().set_index("unit_id")
        taken = ledger.units[[name for name in good if name in ledger.units]]
        assert_calculated_from(ledger, good[taken.columns].reset_index())


ARROW = (
    pa.int8(), pa.uint64(), pa.float16(), pa.float32(), pa.bool_(), pa.string(), pa.large_string(),
    pa.binary(), pa.decimal128(20, 3), pa.decimal256(50, 3), pa.date32(), pa.timestamp("ns"),
    pa.timestamp("s", "UTC"),
    pa.time64("us"), pa.duration("s"), pa.list_(pa.float64()), pa.struct([("a", pa.float64())]),
    pa.dictionary(pa.int8(), pa.string()), pa.dictionary(pa.int8(), pa.float64()), pa.null(),
    pa.map_(pa.string(), pa.float64()),
    pa.string_view(), pa.large_list(pa.string()),
)  # fmt: skip


@many(0.04)
@given(draw=seeds)
def test_parquet_of_other_types(folder: Path, draw: random.Random) -> None:
    table = pa.Table.from_pandas(corruption.state(), preserve_index=False)
    place = draw.randrange(table.num_columns)
    kind = draw.choice(ARROW)
    values = draw.choice(([1, 2, 3, 4], [None] * 4, ["a", "b"] * 2, [[1.0]] * 4, [{"a": 1.0}] * 4,
                          [True] * 4, [b"1"] * 4, [Decimal(1)] * 4, [1.5, None, 0.0,
                          -0.0]))  # fmt: skip
    try:
        column = pa.array(values, kind)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        column = pa.nulls(4, kind)
    name = draw.choice((table.column_names[place], "name", "surprise"))
    table = table.set_column(place, name, column)
    codec = draw.choice(("none", "snappy", "gzip", "brotli", "zstd", "lz4"))
    try:
        parquet.write_table(table, folder / "types.parquet", compression=codec)
    except pa.ArrowException:
        reject()  # not every type can be written
    frame = tried("Parquet, types", lambda: ebf.read_units(folder / "types.parquet"))
    if frame is None:
        return
    assert list(frame.columns) == table.column_names
    ledger = tried("table of a Parquet, types", lambda: corruption.calculated(frame))
    if ledger is not None:
        assert_calculated_from(ledger, frame)


# --- Base Calc workbook ----------------------------------------------------------------


@pytest.fixture(scope="module")
def sheet() -> corruption.Grid:
    return corruption.sheet()


def test_the_good_sheet_is_taken(folder: Path, sheet: corruption.Grid) -> None:
    (folder / "good.xlsx").write_bytes(corruption.workbook_of(sheet))
    frame, year, money, *_ = read_base_calc(folder / "good.xlsx")
    assert list(frame["unit_id"]) == list(IDS)
    assert list(frame["local_capacity_percentage"].round(4))[:2] == [0.2, 0.5]
    assert (year, money) == (2018, 300_000)


@many(0.06)
@given(draw=seeds)
def test_workbook_byte_by_byte(folder: Path, sheet: corruption.Grid, draw: random.Random) -> None:
    good = corruption.workbook_of(sheet)
    if draw.randrange(3):
        parts = corruption.parts_of(good)
        name = draw.choice(
            [*parts, *["xl/worksheets/sheet1.xml"] * 9, *["xl/sharedStrings.xml"] * 4]
        )
        parts[name] = corruption.corrupted(parts[name], draw)
        content = corruption.packed(parts)
    else:
        content = corruption.corrupted(good, draw)
    (folder / "bytes.xlsx").write_bytes(content)
    state = tried("workbook, bytes", lambda: ebf.read(folder / "bytes.xlsx"))
    if state is not None:
        tried("table of a workbook, bytes", lambda: ebf.calculate(*state))


CELLS = (*(text for text in TEXTS if len(text) < 30_000 and "\ud800" not in text), *[None] * 9,
         True, False,
         pd.Timestamp("2022-07-01").to_pydatetime(), -1, 0, 1e13, 1e14, 1e300, 100100102600,
         0.3, -0.0, 5e-324, *([1234.5] * 9))  # fmt: skip


@many(0.06)
@given(draw=seeds)
def test_workbook_cell_by_cell(folder: Path, sheet: corruption.Grid, draw: random.Random) -> None:
    grid = corruption.changed(sheet, draw, CELLS)
    (folder / "cells.xlsx").write_bytes(corruption.workbook_of(grid))
    frame = tried("workbook, cells", lambda: read_base_calc(folder / "cells.xlsx").units)
    if frame is None:
        return
    second = [str(row[1]).strip() if len(row) > 1 else "" for row in grid]
    table = grid[second.index("District Name") + 1 : second.index("TOTALS")]
    rows = [row for row in table if row and str(row[0] or "").strip()]
    letters = {name: corruption.place_of(each) for name, each in base_calc.COLUMNS.items()}
    for unit, row in zip(frame.itertuples(index=False), rows, strict=True):
        for name, place in letters.items():
            if name not in frame or name == "organization_type":
                continue
            cell = row[place] if place < len(row) else None
            if name in TEXT_COLUMNS:
                shown = unescape(getattr(unit, name))  # openpyxl reads a NUL as "_x0000_"
                assert shown in {(cell or "").strip() if isinstance(cell, str) else "", id_in(cell)}
            elif cell in {None, ""}:
                assert unit.organization_type == "specially_funded"
                assert getattr(unit, name) == 0
            else:
                assert getattr(unit, name) == pytest.approx(cell, rel=1e-15)  # 16 digits in XML
    tried("table of a workbook, cells", lambda: ebf.calculate(frame, ebf.law(2018)))


# --- The full calculation --------------------------------------------------------------


@pytest.fixture(scope="module")
def full_calc(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, Sheets, list[str]]:
    """The whole workbook of a few units, where it has what, and the sheets of tables."""
    units, law = ebf.sample()
    few = units[units["unit_id"].str[:2] == "31"]
    path = tmp_path_factory.mktemp("full") / "good.xlsx"
    sheets = write_full_calc(path, ebf.calculate(few, law.with_amounts(new_state_funds=3e8)))
    return path.read_bytes(), sheets, [name for name in sheets.rows if sheets.rows[name]]


@many(0.01)
@given(draw=seeds)
def test_full_calculation_byte_by_byte(
    folder: Path, full_calc: tuple[bytes, Sheets, list[str]], draw: random.Random
) -> None:
    parts = corruption.parts_of(full_calc[0])
    part = draw.choice(sorted(parts))
    content = bytearray(parts[part])
    for _ in range(draw.randint(1, 20)):
        content[draw.randrange(len(content))] = draw.randrange(256)
    path = folder / "full_bytes.xlsx"
    path.write_bytes(corruption.packed({**parts, part: bytes(content)}))
    if (state := tried("full workbook, bytes", lambda: ebf.read(path))) is not None:
        tried("table of a full workbook, bytes", lambda: ebf.calculate(*state))
    tried("full workbook, bytes, reconciled", lambda: ebf.reconcile(path))


@many(0.015)
@given(draw=seeds)
def test_full_calculation_cell_by_cell(
    folder: Path, full_calc: tuple[bytes, Sheets, list[str]], draw: random.Random
) -> None:
    content, sheets, names = full_calc
    path = folder / "full_cells.xlsx"
    path.write_bytes(content)
    for _ in range(draw.randint(1, 3)):
        sheet = draw.choice(names)
        column, unit = draw.choice([*sheets.letters[sheet]]), draw.choice([*sheets.rows[sheet]])
        hostile = [None, "", "#N/A", "pending", "1e999", "-1", -1.0, 1e300, 0.0, 5e-324, "=1+1"]
        plant(path, sheet, sheets.cell(sheet, column, unit), draw.choice(hostile))
    if (state := tried("full workbook, cells", lambda: ebf.read(path))) is not None:
        tried("table of a full workbook, cells", lambda: ebf.calculate(*state))
    tried("full workbook, cells, reconciled", lambda: ebf.reconcile(path))


# --- TOML ------------------------------------------------------------------------------

AMOUNTS = b"""# amounts
maintenance_and_operations = 1094.5
core_teacher.low_income_k_3 = 15
[tier_1]
gap_share = 0.3
[tier_2]
target_ratio = 0.9
"""
SALARIES = b"""fiscal_year = 2022
source = "made up"
illustrative = ["nurse.k_8"]
school_site_staff = 38_000
[teacher]
k_8 = 60000
9_12 = 70000.5
k_12 = 65000
[nurse]
k_8 = 50000
"""
SCENARIO = f"""name = "more"
new_state_funds = 400_000
[law]
tier_1.gap_share = 0.4
[salaries]
teacher.k_8 = 61000
[units]
final_resources = {{ add = 1000, units = ['{IDS[0]}'] }}
adequacy_target = [{{ multiply = 1.5 }}, {{ value = 1e6, units = ['{IDS[1]}'] }}]
low_income_count = 10
""".encode()
STAFF = b"""nurse = 0.5
librarian_fte = 1.25
gifted = 1000
"""


def leaves(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in tree.items():
        inner = (
            leaves(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key: value}
        )
        found |= inner
    return found


def amount_of(law: ebf.Law, name: str) -> Any:
    """The number in force, by the name of a parameter or of one of its bands."""
    parameter, element = element_owners()[identifier_of(name)]
    is_one = element in parameter.elements
    return law.in_force[element].value if is_one else np.ravel(law.value(name))


def is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


@many(0.09)
@given(draw=seeds)
def test_amounts_byte_by_byte(folder: Path, draw: random.Random) -> None:
    file = folder / "amounts.toml"
    file.write_bytes(corruption.corrupted(AMOUNTS, draw))
    law = tried("amounts TOML", lambda: ebf.law(2022, file))
    if law is None:
        return
    for name, value in leaves(tomllib.loads(file.read_text(encoding="utf-8"))).items():
        assert np.array_equal(amount_of(law, name), np.ravel(value))
        assert all(map(is_number, np.ravel(value).tolist()))


@many(0.07)
@given(draw=seeds)
def test_salaries_byte_by_byte(folder: Path, draw: random.Random) -> None:
    file = folder / "salaries.toml"
    file.write_bytes(corruption.corrupted(SALARIES, draw))
    salaries = tried("salary TOML", lambda: ebf.Salaries.from_toml(file))
    if salaries is None:
        return
    content = leaves(tomllib.loads(file.read_text(encoding="utf-8")))
    for name, value in content.items():
        if name not in {"fiscal_year", "source", "illustrative"}:
            assert np.array_equal(salaries.amounts[name], np.ravel(value))
            assert all(map(is_number, np.ravel(value).tolist()))


@many(0.05)
@given(draw=seeds)
def test_scenario_byte_by_byte(folder: Path, draw: random.Random) -> None:
    file = folder / "scenario.toml"
    file.write_bytes(corruption.corrupted(SCENARIO, draw))
    scenario = tried("scenario TOML", lambda: ebf.Scenario.from_toml(file))
    if scenario is None:
        return
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    law = ebf.law(2022, minimum_funding_level=1)
    handed = tried("scenario of a TOML", lambda: scenario.apply(corruption.state(), law))
    if handed is None:
        return
    for name, value in leaves(content.get("law", {})).items():
        assert np.array_equal(amount_of(handed.law, name), np.ravel(value))
    for name, value in content.get("units", {}).items():
        if is_number(value) and name in handed.units:
            assert (handed.units[name] == value).all()
    tried("state of a scenario", lambda: scenario.calculate(corruption.state(), law))


@pytest.fixture(scope="module")
def whole() -> ebf.Ledger:
    units = ebf.sample().units.head(12)
    return ebf.calculate(
        units,
        ebf.law(
            2022,
            {"minimum_funding_level": 1, "new_state_funds": 3e6},
            salaries=ebf.sample().law.salaries,
        ),
    )


@many(0.02)
@given(draw=seeds)
def test_staff_byte_by_byte(folder: Path, whole: ebf.Ledger, draw: random.Random) -> None:
    file = folder / "staff.toml"
    file.write_bytes(corruption.corrupted(STAFF, draw))

    def call() -> Any:
        return ebf.adequacy_gap(whole, whole.units.index[-1], read_toml(file))

    tried("staff TOML", call)


names = st.sampled_from(sorted(element_owners())) | st.text(max_size=12)
leaf = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8),
    st.binary(max_size=4),
    st.datetimes(), st.sampled_from(VALUES), st.lists(st.floats(0, 10), max_size=3),
)  # fmt: skip


@many(0.05)
@given(amounts=st.dictionaries(names, leaf, min_size=1, max_size=3))
def test_amounts_of_any_type(amounts: dict[str, Any]) -> None:
    law = tried("amounts", lambda: ebf.law(2022, amounts))
    if law is None:
        return
    for name, amount in amounts.items():
        assert amount_of(law, name).tolist() == [
            float(each) for each in np.ravel(np.array(amount, object))
        ]


# --- DataFrames ------------------------------------------------------------------------


def strange(  # noqa: C901, PLR0911, PLR0912 - a case a way
    frame: pd.DataFrame, draw: random.Random
) -> pd.DataFrame:
    """The table with other types, indexes or columns."""
    name = draw.choice(frame.columns.tolist())
    match draw.randrange(16):
        case 0:
            types = ("Int64", "Float64", "string", "category", "boolean", "float32", "float16",
                     "complex128",
                     "datetime64[ns]", "uint8", bool, object, "Sparse[float]",
                     "double[pyarrow]")  # fmt: skip
            kind = draw.choice(types)
            try:
                return frame.astype({name: kind})
            except (TypeError, ValueError, OverflowError, ArithmeticError, pa.ArrowException):
                return frame.assign(**{name: pd.Series([1, 2, 3, 4]).astype(object)})
        case 1:
            return pd.concat([frame, frame[[name]]], axis=1)
        case 2:
            return frame.set_index(name, drop=draw.random() < 0.5)
        case 3:
            return frame.set_index(["unit_id", name] if name != "unit_id" else ["unit_id", "name"])
        case 4:
            return frame.set_axis(pd.MultiIndex.from_product([["a"], frame.columns]), axis=1)
        case 5:
            labels = [junk(draw) if label == name else label for label in frame.columns]
            try:
                return frame.set_axis(labels, axis=1)
            except (TypeError, ValueError):
                return frame.rename(columns={name: pd.NA})
        case 6:
            return frame.drop(columns=name)
        case 7:
            return pd.concat([frame] * draw.randrange(3)) if draw.randrange(2) else frame.iloc[:0]
        case 8:
            return pd.concat([frame, frame], keys=draw.choice(([1, 2], ["a", "a"], [None, 1],
                             [pd.NaT, 2])),
                             names=["scenario", None])  # fmt: skip
        case 9:
            return pd.concat(
                [frame.set_index("unit_id")] * 2, keys=[1, 2], names=["scenario", "unit_id"]
            )
        case 10:
            return frame.T if draw.randrange(2) else frame.set_index("unit_id").T
        case _:
            cells = np.empty(len(frame), dtype=object)
            for place, cell in enumerate(frame[name]):
                cells[place] = junk(draw) if draw.randrange(3) == 0 else cell
            column = pd.Series(cells, frame.index, dtype=object)
            return frame.assign(**{str(name): column})


@many(0.13)
@given(draw=seeds)
def test_tables_of_any_type(draw: random.Random) -> None:
    frame = corruption.state()
    for _ in range(draw.choice((1, 1, 2))):
        try:
            frame = strange(frame, draw)
        except Exception:  # noqa: BLE001, S112 - pandas' own refusal, or its warning
            continue
    ledger = tried("table", lambda: corruption.calculated(frame))
    if ledger is not None and ledger.scenarios is None:
        assert_calculated_from(ledger, frame)


NEIGHBORS: dict[str, Callable[[pd.DataFrame], Any]] = {
    "relief_grants": lambda frame: ebf.relief_grants(frame, 2022, 6e6),
    "levies": lambda frame: ebf.extension(frame, 2025),
    "facility_tax": lambda frame: ebf.facility_tax(frame, rate=0.01),
    "financial_profile": lambda frame: ebf.financial_profile(frame, 2022),
    "school_designations": ebf.reviews,
    "report_card_finances": lambda frame: ebf.report_card(corruption.sample_ledger(), frame),
}
"""The neighboring laws, each of its invented table."""


@many(0.25)
@given(name=st.sampled_from(list(NEIGHBORS)), draw=seeds)
def test_tables_of_neighboring_laws_of_any_type(name: str, draw: random.Random) -> None:
    frame = ebf.sample_table(name).iloc[:4].reset_index(drop=True)
    for _ in range(draw.choice((1, 1, 2))):
        try:
            frame = strange(frame, draw)
        except Exception:  # noqa: BLE001, S112 - pandas' own refusal, or its warning
            continue
    found = tried(f"table of {name}", lambda: NEIGHBORS[name](frame))
    assert found is None or found.to_text()


numbers = st.floats(allow_nan=True, allow_infinity=True, width=64) | st.floats(0, 1e7)


@many(0.06)
@given(
    columns=st.dictionaries(
        st.sampled_from(corruption.state().columns[4:].tolist()),
        st.lists(numbers, min_size=4, max_size=4),
        min_size=1,
    ),
    exact=st.sampled_from((False, False, False, True)),
    money=numbers,
)
def test_numbers_of_any_size(
    columns: dict[str, list[float]],
    exact: bool,  # noqa: FBT001 - drawn by name
    money: float,
) -> None:
    frame = corruption.state().assign(**columns)
    law = ebf.law(2022, minimum_funding_level=1)
    arithmetic: Any = "exact" if exact else "fast"
    ledger = tried(
        "numbers",
        lambda: ebf.calculate(
            frame, law.with_amounts(new_state_funds=money), arithmetic=arithmetic
        ),
    )
    if ledger is not None:
        assert_calculated_from(ledger, frame)


# --- Arguments -------------------------------------------------------------------------

TABLE, LAW = corruption.state(), ebf.law(2022, minimum_funding_level=1)
COUNTY = ebf.sample_table("facility_tax")
ACCOUNTS = ebf.sample_table("financial_profile")
MONEY = 300_000.0
SURE = ebf.Uncertain(uniform(0.9, 0.2))


@pytest.fixture(scope="module")
def ledger() -> ebf.Ledger:
    return corruption.calculated(TABLE)


def ways(ledger: ebf.Ledger, whole: ebf.Ledger) -> dict[str, Callable[[Any], Any]]:
    """Everything that takes an argument, by what it is called in the tally's group."""
    unit = IDS[0]
    state = ebf.State(TABLE, LAW.with_amounts(new_state_funds=MONEY))
    return {
        "units": lambda x: ebf.calculate(x, LAW.with_amounts(new_state_funds=MONEY)),
        "law": lambda x: ebf.calculate(TABLE, x),
        "salaries": lambda x: ebf.calculate(
            TABLE, LAW.with_amounts(salaries=x, new_state_funds=MONEY)
        ),
        "new_state_funds": lambda x: ebf.calculate(TABLE, LAW.with_amounts(new_state_funds=x)),
        "lines": lambda x: ebf.calculate(TABLE, LAW.with_amounts(new_state_funds=MONEY), lines=x),
        "rounding": lambda x: ebf.calculate(
            TABLE, LAW.with_amounts(new_state_funds=MONEY), rounding=x
        ),
        "arithmetic": lambda x: ebf.calculate(
            TABLE, LAW.with_amounts(new_state_funds=MONEY), arithmetic=x
        ),
        "fiscal_year": ebf.law,
        "amounts": lambda x: ebf.law(2022, x),
        "an amount": lambda x: ebf.law(2022, minimum_funding_level=x),
        "a banded amount": lambda x: ebf.law(2022, {"core_teacher.low_income": x}),
        "value": LAW.value,
        "with_amounts": LAW.with_amounts,
        "salary table": ebf.Salaries,
        "a salary": lambda x: ebf.Salaries({"teacher": {"k_8": x}}),
        "a salary's table": lambda x: ebf.Salaries({"teacher": x}),
        "about salaries": lambda x: ebf.Salaries(
            {"illustrative": x, "source": x, "fiscal_year": x}
        ),
        "salaries.with_amounts": ebf.sample().law.salaries.with_amounts,
        "salaries toml": ebf.Salaries.from_toml,
        "scenario toml": ebf.Scenario.from_toml,
        "read_units": ebf.read_units,
        "read": ebf.read,
        "change": ebf.Change,
        "change.multiply": lambda x: ebf.Change(multiply=x),
        "change.units": lambda x: ebf.Scenario(
            "a", units={"adequacy_target": ebf.Change(value=1, units=x)}
        ).apply(TABLE, LAW),
        "scenario.name": lambda x: ebf.Scenario(x).calculate(
            TABLE, LAW.with_amounts(new_state_funds=MONEY)
        ),
        "scenario.law": lambda x: ebf.Scenario("a", law=x).apply(TABLE, LAW),
        "scenario.units": lambda x: ebf.Scenario("a", units=x).apply(TABLE, LAW),
        "scenario.units column": lambda x: ebf.Scenario("a", units={"adequacy_target": x}).apply(
            TABLE, LAW
        ),
        "scenario.salaries": lambda x: ebf.Scenario("a", salaries=x).apply(TABLE, LAW),
        "scenario.new_state_funds": lambda x: ebf.Scenario("a", new_state_funds=x).calculate(
            TABLE, LAW.with_amounts(new_state_funds=MONEY)
        ),
        "scenario.apply units": lambda x: ebf.Scenario("a", units={"adequacy_target": 1}).apply(
            x, LAW
        ),
        "scenario.apply law": lambda x: ebf.Scenario("a").apply(TABLE, x),
        "sweep units": lambda x: ebf.sweep(x, LAW, {"new_state_funds": [1e5]}),
        "sweep law": lambda x: ebf.sweep(TABLE, x, {"new_state_funds": [1e5]}),
        "sweep grid": lambda x: ebf.sweep(TABLE, LAW.with_amounts(new_state_funds=MONEY), x),
        "sweep side": lambda x: ebf.sweep(TABLE, LAW, {"new_state_funds": x}),
        "sweep scenario": lambda x: ebf.sweep(TABLE, LAW.with_amounts(new_state_funds=MONEY), [x]),
        "sweep lines": lambda x: ebf.sweep(TABLE, LAW, {"new_state_funds": [1e5]}, lines=x),
        "sweep money": lambda x: ebf.sweep(
            TABLE, LAW.with_amounts(new_state_funds=x), [ebf.Scenario("a")]
        ),
        "explain unit": lambda x: ledger.explain(x, "tier"),
        "explain line": lambda x: ledger.explain(unit, x),
        "explain depth": lambda x: ledger.explain(unit, "tier", depth=x),
        "audit": ledger.audit,
        "sensitivity unit": lambda x: ledger.sensitivity(x, "tier_funding"),
        "sensitivity line": lambda x: ledger.sensitivity(unit, x),
        "ledger.scenario": ledger.scenario,
        "near_ties": ledger.near_ties,
        "project units": lambda x: ebf.project(x, LAW, 1, new_state_funds=MONEY),
        "project law": lambda x: ebf.project(TABLE, x, 1, new_state_funds=MONEY),
        "project years": lambda x: (
            ebf.project(TABLE, LAW, x, new_state_funds=MONEY)
            if not (is_number(x) and x > 5)
            else None
        ),
        "project money": lambda x: ebf.project(TABLE, LAW, 1, new_state_funds=x),
        "project growth": lambda x: ebf.project(TABLE, LAW, 1, new_state_funds=MONEY, growth=x),
        "growth.salaries": lambda x: ebf.project(
            TABLE, LAW, 1, new_state_funds=MONEY, growth=ebf.Growth(salaries=x, adequacy_target=x)
        ),
        "year_reached level": lambda x: ebf.year_reached(
            TABLE, LAW, x, new_state_funds=MONEY, at_most_years=1
        ),
        "year_reached by": lambda x: ebf.year_reached(
            TABLE, LAW, 0.5, new_state_funds=MONEY, at_most_years=1, by=x, share=x
        ),
        "money_needed level": lambda x: ebf.money_needed(TABLE, LAW, x, 2023),
        "money_needed by_year": lambda x: (
            ebf.money_needed(TABLE, LAW, 0.61, x)
            if not is_number(x) or not 2026 < x < 2200
            else None
        ),
        "adequacy_gap ledger": lambda x: ebf.adequacy_gap(x, unit, {}),
        "adequacy_gap unit": lambda x: ebf.adequacy_gap(whole, x, {"nurse": 1}),
        "adequacy_gap actual": lambda x: ebf.adequacy_gap(whole, whole.units.index[0], x),
        "adequacy_gap number": lambda x: ebf.adequacy_gap(
            whole, whole.units.index[0], {"nurse": x}
        ),
        "compare before": lambda x: ebf.compare(x, ledger),
        "compare after": lambda x: ebf.compare(ledger, x),
        "compare line": lambda x: ebf.compare(ledger, ledger, x),
        "quick_facts": ebf.quick_facts,
        "policy_profile year": lambda x: ebf.policy_profile(x, 2018),
        "policy_profile other": lambda x: ebf.policy_profile(2022, x),
        "policy_profile facts": lambda x: ebf.policy_profile(2022, facts=x),
        "policy_profile ledger": lambda x: ebf.policy_profile(2022, ledger=x),
        "reconcile units": lambda x: ebf.reconcile(x, LAW.with_amounts(new_state_funds=MONEY)),
        "reconcile law": lambda x: ebf.reconcile(whole.units.reset_index(), x),
        "reconcile sheet": lambda x: ebf.reconcile(b"PK", sheet=x),
        "legislative ledger": ebf.legislative,
        "legislative coverage": lambda x: ebf.legislative(whole, x),
        "legislative cell": lambda x: ebf.legislative(
            whole, pd.DataFrame([[x, x, x, x]], columns=["chamber", "district", "unit_id", "share"])
        ),
        "facility_tax districts": lambda x: ebf.facility_tax(x, county="Pike", receipts=1),
        "facility_tax county": lambda x: ebf.facility_tax(COUNTY, county=x, rate=0.01),
        "facility_tax rate": lambda x: ebf.facility_tax(COUNTY, rate=x),
        "facility_tax receipts": lambda x: ebf.facility_tax(
            COUNTY.drop(columns="taxable_sales"), county="Adams", receipts=x
        ),
        "facility_tax year": lambda x: ebf.facility_tax(COUNTY, rate=0.01, fiscal_year=x),
        "facility_tax share": lambda x: ebf.facility_tax(COUNTY, rate=0.01, state_share_kept=x),
        "facility_tax pupils": lambda x: ebf.facility_tax(
            COUNTY.astype({"resident_pupils_in_county": object}).assign(
                resident_pupils_in_county=pd.Series([x] * len(COUNTY), dtype=object)
            ),
            rate=0.01,
        ),
        "financial_profile districts": lambda x: ebf.financial_profile(x, 2022),
        "financial_profile year": lambda x: ebf.financial_profile(ACCOUNTS, x),
        "financial_profile readings": lambda x: ebf.financial_profile(ACCOUNTS, 2022, readings=x),
        "financial_profile alternative": lambda x: ebf.financial_profile(
            ACCOUNTS, 2022, readings={"1A-8": x}
        ),
        "financial_profile dollars": lambda x: ebf.financial_profile(
            ACCOUNTS.assign(long_term_debt=pd.Series([x] * len(ACCOUNTS), dtype=object)), 2022
        ),
        "releases old": lambda x: ebf.releases(x, state),
        "releases new": lambda x: ebf.releases(state, x),
        "releases units": lambda x: ebf.releases(state, ebf.State(x, state.law)),
        "releases law": lambda x: ebf.releases(state, ebf.State(TABLE, x)),
        "releases sheet": lambda x: ebf.releases(__file__, __file__, sheet=x),
        "data_impact units": lambda x: ebf.data_impact(
            x, LAW.with_amounts(new_state_funds=MONEY), unit, {"adequacy_target": 1e6}
        ),
        "data_impact unit": lambda x: ebf.data_impact(
            TABLE, LAW.with_amounts(new_state_funds=MONEY), x, {"adequacy_target": 1e6}
        ),
        "data_impact changes": lambda x: ebf.data_impact(
            TABLE, LAW.with_amounts(new_state_funds=MONEY), unit, x
        ),
        "data_impact number": lambda x: ebf.data_impact(
            TABLE, LAW.with_amounts(new_state_funds=MONEY), unit, {"adequacy_target": x}
        ),
        "data_impact lines": lambda x: ebf.data_impact(
            TABLE, LAW.with_amounts(new_state_funds=MONEY), unit, {"adequacy_target": 1e6}, lines=x
        ),
        "uncertainty": lambda x: ebf.uncertainty(
            TABLE, LAW.with_amounts(new_state_funds=MONEY), x, draws=2, seed=1
        ),
        "uncertain": lambda x: ebf.uncertainty(
            TABLE, LAW.with_amounts(new_state_funds=MONEY), {"adequacy_target": x}, draws=2, seed=1
        ),
        "draws": lambda x: ebf.uncertainty(
            TABLE,
            LAW.with_amounts(new_state_funds=MONEY),
            {"adequacy_target": SURE},
            draws=x,
            seed=1,
        ),
        "seed": lambda x: ebf.uncertainty(
            TABLE,
            LAW.with_amounts(new_state_funds=MONEY),
            {"adequacy_target": SURE},
            draws=2,
            seed=x,
        ),
        "attribute line": lambda x: ebf.attribute(ledger, ledger, x),
        "attribute groups": lambda x: ebf.attribute(ledger, ledger, "tier_funding", x),
        "attribute": lambda x: ebf.attribute(ledger, x),
        "table_of": lambda x: corruption.calculated(ebf.table_of(x)),
    }


ASKED["test_arguments_of_any_type"] = depth.ARGUMENTS


def test_arguments_of_any_type(
    ledger: ebf.Ledger, whole: ebf.Ledger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    values = [*VALUES, *TEXTS[:60]]
    every = [(name, call, value) for name, call in ways(ledger, whole).items() for value in values]
    random.Random(0).shuffle(every)  # noqa: S311 - no secret
    failed = []
    for name, call, value in every[: depth.ARGUMENTS]:
        try:
            tried("Python arguments", partial(call, value))
        except BaseException as error:  # noqa: BLE001 - all at once
            failed.append(
                f"{name}({ebf.faults.described(value)}): {type(error).__name__}: {error}"[:300]
            )
    assert not failed, "\n".join(failed)
    assert not list(tmp_path.iterdir())


# --- The command line ------------------------------------------------------------------

WORDS = (*TEXTS[:80], *IDS, "nan", "inf", "1e400", "2022", "2031", "-1", "99999999999999999999",
         "missing.csv",
         "/dev/null", "/dev/zero", ".", "tier_funding", "new_state_funds=1:2:999999999",
         "new_state_funds=1_0",
         "salaries=1e300", "x" * 300)  # fmt: skip
COMMANDS = {
    "calculate": ("--sheet", "--fiscal-year", "--new-state-funds", "--salaries", "--amounts",
                  "--lines"),
    "audit": ("--line", "--depth", "--format", "--fiscal-year", "--salaries"),
    "workbook": ("--unit", "--sheet", "--new-state-funds"),
    "compare": ("--scenario", "--line", "--new-state-funds"),
    "sweep": ("--grid", "--lines", "--amounts"),
    "project": ("--years", "--growth", "--level", "--by-year"),
    "gap": ("--actual", "--fiscal-year"),
    "lines": ("--fiscal-year",),
    "law": (),
}  # fmt: skip
USUAL = {
    "audit": [IDS[0]],
    "compare": ["--scenario", "scenario.toml"],
    "sweep": ["--grid", "new_state_funds=1e5,2e5"],
    "project": ["--years", "1"],
    "gap": [IDS[0], "--actual", "staff.toml"],
}


@many(0.05)
@given(draw=seeds)
def test_command_line(folder: Path, draw: random.Random) -> None:
    here = folder / "commands"
    here.mkdir(exist_ok=True)
    bad = corruption.changed(corruption.cells_of(corruption.state()), draw)
    good = corruption.cells_of(corruption.state())
    (here / "units.csv").write_bytes(corruption.csv_of(draw.choice((good, good, bad))))
    for name, text in (
        ("amounts", AMOUNTS),
        ("salaries", SALARIES),
        ("scenario", SCENARIO),
        ("staff", STAFF),
    ):
        (here / f"{name}.toml").write_bytes(draw.choice((text, corruption.corrupted(text, draw))))
    files = [str(path) for path in sorted(here.glob("*.*"))]
    command = draw.choice(list(COMMANDS))
    arguments = [
        command,
        *(str(here / x) if x.endswith(".toml") else x for x in USUAL.get(command, [])),
    ]
    if command not in {"lines", "law"}:
        arguments += [str(here / "units.csv"), "--new-state-funds", "300000"]
    for _ in range(draw.randrange(3)):
        options = COMMANDS[command]
        words = [draw.choice([*WORDS, *files])]
        arguments += [*([draw.choice(options)] if options and draw.randrange(4) else []), *words]
    output = folder / "out" / draw.choice(("a.csv", "a.html", "a", "a.xlsx"))
    if command not in {"lines", "law"} and (command == "workbook" or draw.randrange(2)):
        arguments += ["--output", str(output)]
    with corruption.within(corruption.SECONDS):
        result = CliRunner().invoke(app, arguments)
    TRIED["command line", "accepted" if result.exit_code == 0 else "refused"] += 1
    assert result.exit_code in {0, 1, 2}, (arguments, result.output)
    assert result.exception is None or isinstance(result.exception, SystemExit), arguments
    assert "Traceback" not in result.output
    written = list(output.parent.rglob("*")) if output.parent.exists() else []
    assert result.exit_code == 0 or not written, arguments
    assert not [path for path in written if ".writing-" in str(path)]
    for path in reversed(written):
        path.unlink() if path.is_file() else path.rmdir()


# --- What was tried --------------------------------------------------------------------


def test_as_many_were_tried_as_asked_for(record_property: Callable[[str, str], None]) -> None:
    """Of all tests together; that each has, it sees to itself."""
    assert sum(ASKED.values()) >= depth.INPUTS
    rows = [f"{'way in':36}{'tried':>8}{'refused':>9}{'accepted':>9}"]
    for way in sorted({way for way, _ in TRIED}):
        refused, accepted = TRIED[way, "refused"], TRIED[way, "accepted"]
        rows.append(f"{way:36}{refused + accepted:8}{refused:9}{accepted:9}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows.append(f"{'all':36}{TRIED.total():8}; peak memory {memory:,.0f} MiB")
    record_property("summary", "\n".join(rows))
