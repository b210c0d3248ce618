"""Reads Excel workbooks (.xlsx): the visible sheets, cell by cell as text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from concord.intake.formats.cells import rows_of
from concord.intake.formats.parts import Format, Note, Part, Row, SheetStart
from concord.intake.formats.xlsx.package import damaged
from concord.intake.formats.xlsx.scan import CellMarks, Scan, scan_workbook
from concord.intake.problems import Severity

Cell = int | float | str | bool | time | date | datetime | timedelta


def read(path: Path) -> Iterator[Part]:
    """The visible worksheets in the workbook's order, their rows, and notes on what a cell hides.

    Dates come out as 2019-02-28, or as precise as the cell shows them (2019-02, 2019); whole numbers
    without a decimal point; formulas as the result that the workbook holds.

    Raises:
        UnreadableFile: what the scan refuses, or a workbook that the reader finds damaged.
    """
    scan = scan_workbook(path)
    try:
        workbook = CalamineWorkbook.from_path(path)
        for sheet in workbook.sheets_metadata:
            if sheet.typ is not SheetTypeEnum.WorkSheet:
                continue
            if sheet.visible is not SheetVisibleEnum.Visible:
                yield _hidden(sheet.name)
                continue
            yield SheetStart(sheet.name)
            yield from _rows(workbook.get_sheet_by_name(sheet.name), scan)
    except CalamineError as error:
        raise damaged() from error


def _hidden(sheet: str) -> Note:
    return Note(
        Severity.WARNING,
        "hidden-sheet",
        f"The sheet “{sheet}” is hidden and was not read.",
        "If its rows belong to the plan, show the sheet, save the workbook and hand it in again.",
        sheet,
    )


def _rows(sheet: CalamineSheet, scan: Scan) -> Iterator[Part]:
    marks = scan.sheets.get(scan.sheet_parts.get(sheet.name, ""), CellMarks())
    offset = sheet.start[1] if sheet.start else 0
    numbered = (
        (number, _texts(cells, number, offset, marks, scan))
        for number, cells in enumerate(sheet.iter_rows(), start=1)
    )
    for part in rows_of(sheet.name, numbered):
        if isinstance(part, Row):
            yield from _notes_on(part, sheet.name, marks)
        yield part


def _texts(cells: list[Cell], number: int, offset: int, marks: CellMarks, scan: Scan) -> list[str]:
    texts = [""] * offset
    for index, cell in enumerate(cells, start=offset):
        error = marks.errors.get((number, index))
        precision = scan.precisions.get(marks.styles.get((number, index), -1), "")
        texts.append(error or text_of(cell, precision))
    return texts


def text_of(cell: Cell, precision: str = "") -> str:
    """A cell's value as text.

    Args:
        precision: "month" or "year" where the cell shows a date without its day.
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return _number_text(cell)
    if isinstance(cell, datetime):
        at_midnight = cell.time() == time()
        return _date_text(cell.date(), precision) if at_midnight else cell.isoformat(" ")
    return _date_text(cell, precision) if isinstance(cell, date) else str(cell)


def _date_text(day: date, precision: str) -> str:
    full = day.isoformat()
    return full[: {"year": 4, "month": 7}.get(precision, 10)]


def _number_text(number: float) -> str:
    if isinstance(number, int) or number.is_integer():
        return str(int(number)) if abs(number) < 1e22 else repr(number)
    return format(Decimal(repr(number)), "f") if 1e-7 < abs(number) < 1e22 else repr(number)


def _notes_on(row: Row, sheet: str, marks: CellMarks) -> Iterator[Note]:
    for index in range(max(marks.columns, len(row.cells))):
        place = (row.number, index)
        if place in marks.errors:
            yield Note(
                Severity.WARNING,
                "cell-error",
                f"The cell shows an error of the spreadsheet, {marks.errors[place]}.",
                "Mend the formula or type the value, and save the workbook.",
                sheet,
                row.number,
                index,
                row.cell(index)[:200],
            )
        elif place in marks.formulas:
            yield _formula(sheet, row, index, stored=marks.formulas[place])


def _formula(sheet: str, row: Row, index: int, *, stored: bool) -> Note:
    value = row.cell(index)[:200]
    if stored:
        message = "The cell is calculated by a formula. The result that the workbook holds was read."
        remedy = "Check that the result is up to date; to be sure, replace the formula by its value."
    else:
        message = "The cell holds a formula without a result, so it was read as empty."
        remedy = "Open the workbook in Excel or LibreOffice, let it calculate, save it, and hand it in again."
    return Note(Severity.WARNING, "formula", message, remedy, sheet, row.number, index, value, value)


FORMAT = Format("Excel workbook", (".xlsx",), streamed=False, read=read)
