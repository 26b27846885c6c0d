"""A workbook changed as a user would change it, and computed anew by LibreOffice."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias
from xml.sax.saxutils import escape

from python_calamine import CalamineWorkbook

LIBREOFFICE = shutil.which("soffice")

RECALCULATE_ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"
 xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""

Values: TypeAlias = Sequence[Any]


class Content(NamedTuple):
    """What a workbook shows: single values by name, and columns of units by name."""

    single: Mapping[str, Any]
    units: Mapping[str, Values]
    checks: Mapping[str, str]
    district: Mapping[str, Sequence[Any]]
    """Of the sheet of one district, by the names of lines: the three cells before the cite."""


class Change(NamedTuple):
    """What is typed in, over a formula too: of a sheet, or of a unit in a column.

    Text takes the place of other text, in the cell that has the ``name``.
    """

    sheet: str
    name: str
    value: float | str
    unit_id: str = ""


NOTES = re.compile(r"xl/(comments|drawings/vml|worksheets/_rels/)")
LINKS_TO_NOTES = re.compile(rb'<legacyDrawing [^>]*/>|<[^>]*"/xl/comments[^>]*/>')
"""What is left out where notes are."""
NAMES = 2
"""The row with the columns' names on a sheet of units, counted from 0."""
FIRST = 5
"""The row of the first unit."""


def read(path: Path) -> Content:
    """The values that the workbook holds."""
    book = CalamineWorkbook.from_path(path)
    rows: dict[str, list[list[Any]]] = {
        name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names
    }
    single = {row[1]: row[2] for name in ("Parameters", "Statewide") for row in rows[name][1:]}
    units: dict[str, Values] = {}
    for name, of_sheet in rows.items():
        is_of_units = len(of_sheet) > NAMES and of_sheet[NAMES][:2] == ["name", "unit_id"]
        if is_of_units and name != "Target ratio":
            heading = of_sheet[NAMES]
            units |= {
                str(each): [row[place] for row in of_sheet[FIRST:]]
                for place, each in enumerate(heading)
            }
    checks = {row[0]: row[3] for row in rows.get("Checks", [])[1:]}
    of_district = rows.get("One district", [])
    district = {str(row[4]): row[:3] for row in of_district[1:] if row[3] or row[4]}
    return Content(single, units, checks, district)


def without_results(
    path: Path, target: Path, changes: Sequence[Change] = (), *, notes: bool = True
) -> int:
    """Copy the workbook with the changes and without results; the count of formulas.

    Notes on cells take LibreOffice longer than the formulas; so they may be left out.
    """
    edits = [_place_of(path, change) for change in changes]
    count = 0
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.namelist():
            content = old.read(item)
            if not notes:
                if NOTES.match(item):
                    continue
                content = LINKS_TO_NOTES.sub(b"", content)
            if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", item):
                content, found = re.subn(rb"</f><v>[^<]*</v>", b"</f>", content)
                count += found
                for file, cell, value in edits:
                    if file == item:
                        words = rf'(<c r="{cell}"[^>]*>)(<f[^>]*>[^<]*</f>)?(<v>[^<]*</v>)?'
                        pattern = words.encode()
                        text = value if isinstance(value, str) else None
                        number = value if text is None else _number_of_text(old, text)
                        typed = rf"\g<1><v>{number}</v>".encode()
                        content, once = re.subn(pattern, typed, content)
                        assert once == 1, cell
            new.writestr(item, content)
    return count


def _number_of_text(book: zipfile.ZipFile, text: str) -> int:
    """Which of the workbook's texts it is."""
    shared = book.read("xl/sharedStrings.xml").decode()
    texts = re.findall(r"<si><t[^>]*>([^<]*)</t></si>", shared)
    return texts.index(escape(text))


def _place_of(path: Path, change: Change) -> tuple[str, str, float | str]:
    """The part of the file, the cell, and its new value."""
    book = CalamineWorkbook.from_path(path)
    file = f"xl/worksheets/sheet{book.sheet_names.index(change.sheet) + 1}.xml"
    rows = book.get_sheet_by_name(change.sheet).to_python()
    if isinstance(change.value, str):
        (at,) = (
            f"{_letters(place)}{number}"
            for number, row in enumerate(rows, start=1)
            for place, cell in enumerate(row)
            if cell == change.name
        )
        return file, at, change.value
    names = [row[1] for row in rows]
    if not change.unit_id:
        return file, f"C{names.index(change.name) + 1}", change.value
    column = _letters(rows[NAMES].index(change.name))
    return file, f"{column}{names.index(change.unit_id) + 1}", change.value


def _letters(column: int) -> str:
    return (chr(64 + column // 26) if column >= 26 else "") + chr(65 + column % 26)


def recalculated(paths: Sequence[Path], folder: Path) -> list[Content]:
    """The workbooks as LibreOffice computes them, with its settings as installed."""
    assert LIBREOFFICE
    settings = folder / "profile" / "user"
    settings.mkdir(parents=True)
    (settings / "registrymodifications.xcu").write_text(RECALCULATE_ALWAYS, encoding="utf-8")
    command = [
        LIBREOFFICE,
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
        str(folder / "recalculated"),
        *map(str, paths),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=900)  # noqa: S603 - ours
    return [read(folder / "recalculated" / path.name) for path in paths]


def pages_printed(path: Path, sheet: str, folder: Path) -> int:
    """The pages on which LibreOffice prints a sheet of the workbook."""
    assert LIBREOFFICE
    alone = folder / "alone.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(alone, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.namelist():
            content = LINKS_TO_NOTES.sub(b"", old.read(item))
            if item == "xl/workbook.xml":
                names = re.findall(r'<sheet name="([^"]*)"', content.decode())
                others = rf'<sheet name="(?!{sheet}")[^"]*"'.encode()
                content = re.sub(others, rb'\g<0> state="hidden"', content)
                opened = f'<workbookView activeTab="{names.index(sheet)}" '.encode()
                content = content.replace(b"<workbookView ", opened)
            if not NOTES.match(item):
                new.writestr(item, content)
    profile = f"-env:UserInstallation={(folder / 'printing').as_uri()}"
    where = ["--outdir", str(folder), str(alone)]
    command = [LIBREOFFICE, profile, "--headless", "--convert-to", "pdf", *where]
    subprocess.run(command, check=True, capture_output=True, timeout=900)  # noqa: S603 - ours
    return len(re.findall(rb"/Type\s*/Page\b", alone.with_suffix(".pdf").read_bytes()))
