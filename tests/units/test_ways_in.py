"""Every way in: whatever is unmistakable is read, and what is refused names its remedy."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import corruption
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from openpyxl import Workbook, load_workbook

import ebf
from ebf.units.ids import id_in
from ebf.units.isbe.base_calc import read_base_calc
from ebf.units.isbe.headings import HEADINGS, column_under, kind_of_unit

LAW = ebf.law(2022, new_state_funds=400_000)
IDS = ["0100100102600", "0100100202600", "0100100300400", "1501629902500"]


def state(**columns: object) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "unit_id": IDS,
            "name": ["Alder CUSD 1", "Birch CUSD 2", "Cedar SD 3", "Dogwood SD 299"],
            "organization_type": ["unit", "unit", "elementary", "unit"],
            "average_student_enrollment": [500.0, 700.0, 300.0, 900.0],
            "adequacy_target": [6e6, 8e6, 3e6, 9e6],
            "final_resources": [3.6e6, 7e6, 2.85e6, 9.9e6],
            "local_capacity_percentage": [0.35, 0.5, 0.6, 0.7],
            **columns,
        }
    )


PAID = ebf.calculate(state(), LAW).units["tier_funding"].tolist()


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(ebf.InputError) as caught:
        call()
    return str(caught.value)


def written(frame: pd.DataFrame, folder: Path, name: str = "units.csv") -> Path:
    path = folder / name
    if path.suffix == ".csv":
        frame.to_csv(path, index=False)
    elif path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_excel(path, index=False)
    return path


def paid(units: Any) -> list[float]:
    found: list[float] = ebf.calculate(units, LAW).units["tier_funding"].tolist()
    return found


# --- Ids ---------------------------------------------------------------------------------


@pytest.mark.parametrize("found", [
    "0100100102600", "100100102600", 100100102600, 100100102600.0, "100100102600.0",
    "01-001-0010-26-00", "01-001-0010-26", "01-001-0010-26-0000", "010010010260000",
    10010010260000, "01001001026", "1001001026", 1001001026, " 0100100102600 ",
])  # fmt: skip
def test_an_id_in_another_form_is_the_one_it_is(found: object) -> None:
    assert id_in(found) == "0100100102600"


@pytest.mark.parametrize(("found", "meant"), [
    ("51084003A260000", "51084003A2600"), ("51-084-003A-26-00", "51084003A2600"),
    ("51084003a2600", "51084003A2600"), ("15016299025", "1501629902500"),
    (1501629902500, "1501629902500"), ("010000000009200", "0100000000092"),
])  # fmt: skip
def test_letters_regional_programs_and_chicago(found: object, meant: str) -> None:
    assert id_in(found) == meant


@pytest.mark.parametrize(
    "found",
    ["010010010260001", "01000000000", "150162990250", "990010010260000", "1.001E+11", "12", "",
     None, float("nan"), True, 10**400, -1, "01-001-0010", "Payson"],
)  # fmt: skip
def test_an_id_that_may_be_another_is_not_guessed(found: object) -> None:
    assert id_in(found) is None


@pytest.mark.parametrize("form", ["{}00", "{}.0"])
def test_ids_of_a_file_in_another_form_are_taken(form: str, tmp_path: Path) -> None:
    file = written(state(unit_id=[form.format(unit) for unit in IDS]), tmp_path)
    assert ebf.read_units(file)["unit_id"].tolist() == IDS


def test_a_schools_id_names_its_districts(tmp_path: Path) -> None:
    units = ebf.read_units(written(state(unit_id=["010010010261001", *IDS[1:]]), tmp_path))
    found = refusal(lambda: paid(units))
    assert "line 2: unit_id: found '010010010261001'" in found
    assert "nearest: 0100100102600, its district's" in found


def test_a_unit_in_two_forms_is_there_twice(tmp_path: Path) -> None:
    units = ebf.read_units(written(state(unit_id=[*IDS[:3], "01001001026"]), tmp_path))
    assert f"{IDS[0]}: unit_id: found 2 rows, on lines 2, 5" in refusal(lambda: paid(units))


def test_whole_numbers_in_a_workbook_are_ids(tmp_path: Path) -> None:
    file = written(state(unit_id=[int(unit) for unit in IDS]), tmp_path, "units.xlsx")
    assert ebf.read_units(file)["unit_id"].tolist() == IDS
    rows = corruption.sheet()
    for row in rows[4:7]:
        row[0] = int(row[0])
    (tmp_path / "calc.xlsx").write_bytes(corruption.workbook_of(rows))
    assert tuple(read_base_calc(tmp_path / "calc.xlsx").units["unit_id"]) == corruption.IDS


def test_an_index_and_a_column_that_contradict_each_other_are_refused() -> None:
    frame = state().set_index("unit_id", drop=False)
    assert paid(frame) == PAID
    frame.index = pd.Index([*IDS[1:], IDS[0]], name="unit_id")
    found = refusal(lambda: paid(frame))
    assert "'0100100102600' in the column" in found
    assert "'0100100202600', as in the index" in found
    assert paid(frame.reset_index(drop=True)) == PAID


# --- CSV, and what spreadsheets make of it -------------------------------------------------


@pytest.mark.parametrize(
    "below", [",,,,,,\n,,,,,,\n", " , ,,,,, \n", "\n\n", ",\n,,\n", ",,,,,,,,,,\n"]
)
def test_rows_of_nothing_but_commas_are_blank(below: str, tmp_path: Path) -> None:
    file = written(state(), tmp_path)
    file.write_text(file.read_text() + below)
    assert paid(ebf.read_units(file)) == PAID


def test_a_whole_column_with_commas_between_thousands_is_read(tmp_path: Path) -> None:
    shown = [f" {number:,.2f} " for number in state()["adequacy_target"]]
    assert paid(ebf.read_units(written(state(adequacy_target=shown), tmp_path))) == PAID
    assert paid(ebf.read_units(written(state(adequacy_target=shown), tmp_path, "u.xlsx"))) == PAID


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (["6,000,000", "8000000", "3000000", "9000000"], "without commas"),
        (["60%", "80%", "30%", "90%"], "a percent: write 5 % as 0.05"),
        (["#N/A", "#DIV/0!", "#REF!", "#VALUE!"], "a formula failed"),
        (["$6", "$8", "$3", "$9"], "dollar sign"),
        (["(6)", "(8)", "(3)", "(9)"], "-5"),
        (["N/A", "-", "n/a", "none"], "leave it blank"),
        (["6,5", "8,5", "3,5", "9,5"], "decimals are behind a point"),
    ],
)
def test_text_for_numbers_is_one_line_with_its_remedy(
    cells: list[str], words: str, tmp_path: Path
) -> None:
    units = ebf.read_units(written(state(adequacy_target=cells), tmp_path))
    (line,) = refusal(lambda: paid(units)).splitlines()[1:]
    assert "adequacy_target" in line
    assert words in line


# --- The State Board's words ---------------------------------------------------------------


def test_the_state_boards_headings_and_kinds_are_known(tmp_path: Path) -> None:
    isbe = state(organization_type=["Unit", "Unit School", "Elementary", "UNIT"]).rename(
        columns={
            "unit_id": "District ID",
            "name": "District Name",
            "organization_type": "Organization Type",
            "average_student_enrollment": "Total ASE",
            "adequacy_target": "Final Adequacy Target\n(Adjusted for Regionalization Factor)",
            "final_resources": "Final Resources",
        }
    )
    isbe["Organization Type"] = ["Unit", "unit", "Elementary", "UNIT"]
    isbe["Flag Tier 1"], isbe["Tier Assignment"], isbe["FY 22 Tier Funding Per Pupil"] = 0, 4, 9
    for name in ("units.csv", "units.xlsx", "units.parquet"):
        units = ebf.read_units(written(isbe, tmp_path, name)) if "parquet" not in name else None
        if units is not None:
            assert list(units.columns) == list(state().columns)
            assert paid(units) == PAID


@pytest.mark.parametrize(
    ("words", "kind"),
    [("Unit", "unit"), ("High School", "high_school"), ("HIGH-SCHOOL", "high_school"),
     ("Elementary", "elementary"), ("Lab School", "laboratory_school"),
     ("Labs", "laboratory_school"), ("Regional Program", "regional_program"),
     ("Regional", "regional_program"), ("Specially Funded", "specially_funded"),
     ("Hybrid", "hybrid"), ("Charter", None), ("", None)],
)  # fmt: skip
def test_kinds_of_unit_by_the_state_boards_words(words: str, kind: str | None) -> None:
    assert kind_of_unit(words) == kind


def test_headings_in_a_frame_are_answered_with_their_names_here() -> None:
    frame = state(kind="Unit").rename(columns={"adequacy_target": "Adequacy Target"})
    frame["Total ASE"] = 1.0
    found = refusal(lambda: paid(frame.assign(organization_type="Labs")))
    assert "Total ASE: found unknown column" in found
    assert "its name here: average_student_enrollment" in found
    assert "before regionalization" in found
    assert "its name here: laboratory_school" in found
    assert "keep=[...]" in found


def test_two_headings_of_one_column_are_refused(tmp_path: Path) -> None:
    file = written(state(**{"District ID": IDS}), tmp_path)
    assert "the column twice: unit_id and District ID" in refusal(lambda: ebf.read_units(file))


def test_every_heading_of_the_published_sheets_is_known(published: Path) -> None:
    book = load_workbook(published / "base_calc.xlsx", read_only=True, data_only=True)
    lost = ("Adequacy Target",)  # before regionalization
    for sheet in book.worksheets:
        (header,) = sheet.iter_rows(min_row=11, max_row=11, values_only=True)
        texts = [each for each in header if isinstance(each, str)]
        assert [each for each in texts if column_under(each) is None] == [*lost]
        assert {*HEADINGS.values()} >= {"representative_number", "senator_number"}


# --- Base Calc, in other files ---------------------------------------------------------------


def sheet(folder: Path, change: Callable[[corruption.Grid], None]) -> Path:
    rows = corruption.sheet()
    change(rows)
    (folder / "calc.xlsx").write_bytes(corruption.workbook_of(rows))
    return folder / "calc.xlsx"


def test_a_base_calc_sheet_saved_as_csv_is_read_like_the_sheet(tmp_path: Path) -> None:
    rows = corruption.sheet()
    grid = [["" if cell is None else repr(cell) if isinstance(cell, float) else str(cell)
             for cell in row] for row in rows]  # fmt: skip
    (tmp_path / "calc.csv").write_bytes(corruption.csv_of(grid))
    (tmp_path / "calc.xlsx").write_bytes(corruption.workbook_of(rows))
    as_csv, as_sheet = ebf.read(tmp_path / "calc.csv"), ebf.read(tmp_path / "calc.xlsx")
    assert as_csv.law == as_sheet.law
    pd.testing.assert_frame_equal(as_csv.units, as_sheet.units)
    assert as_csv.source
    assert as_csv.source.file == "calc.csv"


def test_a_sheet_of_numbers_as_text_is_read(tmp_path: Path) -> None:
    def as_text(rows: corruption.Grid) -> None:
        for row in rows[4:9]:
            for place in range(5, len(row)):
                if isinstance(row[place], (int, float)):
                    row[place] = f" {row[place]:,.6f} "

    numbers = read_base_calc(sheet(tmp_path, lambda _: None)).units
    texts = read_base_calc(sheet(tmp_path, as_text)).units
    assert np.allclose(texts["final_resources"], numbers["final_resources"])


def test_one_number_as_text_among_numbers_is_refused(tmp_path: Path) -> None:
    def one(rows: corruption.Grid) -> None:
        rows[4][corruption.place_of("S")] = "600000"

    found = refusal(lambda: read_base_calc(sheet(tmp_path, one)))
    assert "S of sheet Base Calc: found '600000'" in found
    assert "a number as text" in found


def test_an_inserted_column_is_one_fault(tmp_path: Path) -> None:
    def inserted(rows: corruption.Grid) -> None:
        rows[3][0], rows[3][2], rows[3][5], rows[3][7] = (
            "District ID", "County", "Total ASE", "Core Investment Cost",
        )  # fmt: skip
        for row in rows:
            row.insert(3, None)

    found = refusal(lambda: ebf.read(sheet(tmp_path, inserted)))
    assert found.startswith("1 fault\n")
    assert "a column was inserted" in found


def test_legislative_districts_of_the_sheet_are_kept(tmp_path: Path) -> None:
    def numbered(rows: corruption.Grid) -> None:
        for number, row in enumerate(rows[4:8], start=90):
            row.extend([None] * (corruption.place_of("AV") + 1 - len(row)))
            row[corruption.place_of("AU")], row[corruption.place_of("AV")] = number, number // 2

    ledger = ebf.calculate(*ebf.read(sheet(tmp_path, numbered)))
    assert ledger.units["representative_number"].tolist() == [90, 91, 92, 93]
    assert ledger.units["senator_number"].tolist() == [45, 45, 46, 46]
    ledger.to_csv(tmp_path)
    back = ebf.calculate(ebf.read_units(tmp_path / "units.csv"), ledger.law)
    assert back.units["senator_number"].tolist() == [45, 45, 46, 46]


# --- Workbooks -------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["F2", "E3", "A4"])
def test_a_formula_without_a_stored_result_is_named(cell: str, tmp_path: Path) -> None:
    file = written(state(), tmp_path, "units.xlsx")
    book = load_workbook(file)
    book.active[cell] = "=1+2"
    book.save(file)
    found = refusal(lambda: paid(ebf.read_units(file)))
    assert f"a formula without a stored result in {cell}, =1+2" in found


def test_the_sheet_of_one_s_own_table_is_named_where_there_are_several(tmp_path: Path) -> None:
    file = tmp_path / "units.xlsx"
    with pd.ExcelWriter(file) as writer:
        state().to_excel(writer, sheet_name="units", index=False)
        state().head(1).to_excel(writer, sheet_name="notes", index=False)
    assert "one of units, notes" in refusal(lambda: ebf.read(file, 2022))
    assert len(ebf.read(file, 2022, sheet="units").units) == len(IDS)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def zipped(**parts: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "found", "remedy"),
    [
        ("a.xls", OLE + bytes(600), "an .xls file", "save it as .xlsx"),
        ("a.xlsx", OLE + bytes(600), "an .xls file", "save it as .xlsx"),
        ("b.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "a password", "without one"),
        ("c.ods", zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"),
         "an .ods file", "save it as .xlsx"),
        ("d.xlsx", b"<html><table>", "a web page", "save it as .xlsx"),
        ("e.xls", b"<?xml version='1.0'?><Workbook>", "XML", "save it as .xlsx"),
        ("f.xlsx", b"unit_id,name\n", "text", ".csv"),
        ("g.zip", zipped(a="unit_id"), "a .zip archive", "unpack it"),
        ("h.csv.gz", b"\x1f\x8b\x08\x00", "gzip", "unpack it"),
        ("i.pdf", b"%PDF-1.7", "a PDF", ".xlsx or .csv"),
        ("j.csv", b"PAR1....", ".parquet", ".parquet"),
        ("k.xlsb", zipped(xl__workbook="x") + b"xl/workbook.bin", "an .xlsb file", ".xlsx"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",  # bytes of an archive have a time
)  # fmt: skip
def test_another_format_is_called_what_it_is(
    name: str, content: bytes, found: str, remedy: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    upload = io.BytesIO(content)
    upload.name = name
    for handed in (tmp_path / name, upload):
        words = refusal(lambda handed=handed: ebf.read(handed, 2022))  # type: ignore[misc]
        assert found in words
        assert remedy in words
        assert "Error" not in words


# --- Bytes, open files, paths ------------------------------------------------------------------


@pytest.mark.parametrize("name", ["units.csv", "units.parquet", "units.xlsx"])
def test_bytes_and_open_files_are_read(name: str, tmp_path: Path) -> None:
    path = written(state(), tmp_path, name)
    content = path.read_bytes()
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr(name, content)
    with path.open("rb") as opened, zipfile.ZipFile(tmp_path / "z.zip") as archive:
        for handed in (opened, io.BytesIO(content), content, bytearray(content),
                       str(path).encode(), archive.open(name)):  # fmt: skip
            assert paid(ebf.read_units(handed)) == PAID  # type: ignore[arg-type]
    assert ebf.read(content, 2022).source != ebf.read(path, 2022).source


def test_a_path_from_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(state(), tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert paid(ebf.read_units("~/units.csv")) == PAID


@pytest.mark.parametrize(
    ("handed", "words"),
    [(io.BytesIO(), "seek(0)"), (5, "opened as 'rb'"), (None, "opened as 'rb'"), (b"", "nothing")],
)
def test_what_is_no_file_says_what_is(handed: Any, words: str) -> None:
    assert words in refusal(lambda: ebf.read_units(handed))


def test_salaries_of_an_open_file(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_bytes(b"\xef\xbb\xbfassistant = 27731\r\n")
    for handed in (tmp_path / "s.toml", io.BytesIO((tmp_path / "s.toml").read_bytes())):
        assert ebf.Salaries.from_toml(handed)["assistant"] == 27731  # type: ignore[arg-type]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "latin-1"])
def test_toml_in_another_encoding_says_how_to_save_it(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_bytes('source = "é"\n'.encode(encoding))
    for read in (ebf.Salaries.from_toml, ebf.Scenario.from_toml):
        assert "save it as UTF-8" in refusal(lambda read=read: read(tmp_path / "s.toml"))  # type: ignore[misc]


# --- Frames of other libraries --------------------------------------------------------------------


class Arrow:
    """A frame that gives Arrow columns alone."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)


class Interchanged:
    """A frame of the interchange protocol alone."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table

    def __dataframe__(self, **options: Any) -> object:
        return self.table.__dataframe__(**options)


class Lazy:
    """A frame that is not computed yet."""

    def collect(self) -> None: ...


def test_frames_of_other_libraries_are_taken() -> None:
    table = pa.Table.from_pandas(state(), preserve_index=False)
    for frame in (table, Arrow(table), Interchanged(table)):
        assert paid(frame) == PAID
        assert ebf.prepare(frame, LAW).calculate().units["tier_funding"].tolist() == PAID  # type: ignore[arg-type]
    polars = pytest.importorskip("polars")
    assert paid(polars.DataFrame(state())) == PAID


@pytest.mark.parametrize(
    ("frame", "words"),
    [(Lazy(), "units.collect()"), ("units.csv", "ebf.read(path)"), ([1], "found list")],
)
def test_what_is_no_frame_says_what_to_do(frame: object, words: str) -> None:
    assert words in refusal(lambda: paid(frame))


def test_numbers_of_another_byte_order_are_numbers() -> None:
    big = state()
    big["adequacy_target"] = big["adequacy_target"].to_numpy().astype(">f8")
    assert paid(big) == PAID


# --- Columns of one's own ----------------------------------------------------------------------


def test_columns_that_are_kept_reach_frames_and_files(tmp_path: Path) -> None:
    own = state(rep_no=[94, 94, 95, 96], note=["=1+1", "b", None, "d"], code=["01", "02", "03", ""])
    names = ["rep_no", "note", "code"]
    file = written(own, tmp_path)
    for units in (ebf.read_units(file, keep=names), ebf.read(file, 2022, keep=names).units):
        ledger = ebf.calculate(units, LAW)
        assert ledger.units["rep_no"].tolist() == [94, 94, 95, 96]
        assert ledger.units["code"].tolist()[:3] == ["01", "02", "03"]
        more = ebf.Scenario("more", new_state_funds=800_000).calculate(units, LAW)
        assert more.units["rep_no"].tolist() == [94, 94, 95, 96]
    direct = ebf.calculate(own, LAW, keep=names)
    assert direct.units["note"].tolist()[:2] == ["=1+1", "b"]
    direct.to_csv(tmp_path / "out")
    assert "'=1+1" in (tmp_path / "out" / "units.csv").read_text()
    back = ebf.read_units(tmp_path / "out" / "units.csv", keep=names)
    assert back["note"].tolist()[:2] == ["=1+1", "b"]


def test_columns_of_ones_own_that_are_not_named_are_refused(tmp_path: Path) -> None:
    own = state(rep_no=94)
    assert "--keep" in refusal(lambda: paid(own))
    file = written(own, tmp_path)
    assert "no such column" in refusal(lambda: ebf.read_units(file, keep=["repno"]))
    assert "nearest known: rep_no" in refusal(lambda: ebf.read_units(file, keep=["repno"]))
    assert "in the ledger anyway" in refusal(lambda: ebf.read_units(file, keep=["tier"]))
    assert "keep=['rep_no']" in refusal(lambda: ebf.read_units(file, keep="rep_no"))


def test_kept_columns_are_ordered_with_their_units_and_by_scenario() -> None:
    own = state(mark=[1, 2, 3, 4]).iloc[::-1]
    units = ebf.calculate(own, LAW, keep=["mark"]).units
    assert units["mark"].to_dict() == dict(zip(IDS, [1, 2, 3, 4], strict=True))
    both = pd.concat({"a": own.set_index("unit_id"), "b": own.set_index("unit_id")},
                     names=["scenario"])  # fmt: skip
    ledger = ebf.calculate(both, LAW, keep=["mark"])
    assert ledger.scenario("b").units["mark"].to_dict() == units["mark"].to_dict()


# --- Units by name -------------------------------------------------------------------------------


def test_a_unit_is_found_by_what_people_call_it() -> None:
    ledger = ebf.calculate(state(), LAW)
    for asked in ("0100100202600", "01-001-0020-26", "01001002026", "100100202600",
                  "Birch CUSD 2", "birch cusd 2", "Birch", "  birch   cusd "):  # fmt: skip
        assert ledger.unit_id(asked) == IDS[1]
    assert (
        ledger.explain("Birch", "tier", depth=0).to_text()
        == ledger.explain(IDS[1], "tier", depth=0).to_text()
    )
    assert IDS[2] in ledger.audit("Cedar").title


def test_an_ambiguous_name_lists_the_candidates() -> None:
    ledger = ebf.calculate(state(), LAW)
    found = refusal(lambda: ledger.audit("CUSD"))
    assert "the name of 2 units" in found
    assert f"{IDS[0]} Alder CUSD 1, {IDS[1]} Birch CUSD 2" in found
    assert "nearest known: Birch CUSD 2" in refusal(lambda: ledger.audit("Birsh CUSD 2"))
    several = ebf.calculate(state(name=["Lincoln SD", "Lincoln SD", "Lincoln SD 7", "D"]), LAW)
    assert "the name of 2 units" in refusal(lambda: several.audit("lincoln sd"))


def test_a_title_may_stand_above_a_sheet_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "units.xlsx"
    with pd.ExcelWriter(file) as writer:
        state().to_excel(writer, index=False, startrow=3)
        pd.DataFrame({"My state": []}).to_excel(writer, index=False)
    assert paid(ebf.read(file, 2022).units) == PAID


class Upload:
    """An upload of a web framework, whose bytes are awaited."""

    async def read(self, size: int = -1) -> bytes:
        return bytes(size)


def test_an_upload_that_is_awaited_says_how_it_is_handed_over() -> None:
    assert "upload.file" in refusal(lambda: ebf.read(Upload(), 2022))  # type: ignore[arg-type]


def test_an_empty_workbook_is_no_table(tmp_path: Path) -> None:
    Workbook().save(tmp_path / "a.xlsx")
    assert "no row reading" in refusal(lambda: ebf.read(tmp_path / "a.xlsx", 2022))
    assert "no header" in refusal(lambda: ebf.read_units(tmp_path / "a.xlsx"))
