"""Reads Excel workbooks (.xlsx, .xlsm): every sheet, cell by cell as text, with what stands beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from python_calamine import CalamineSheet, SheetTypeEnum, SheetVisibleEnum

from concord.intake.formats.cells import rows_of, storable
from concord.intake.formats.classified import require_unmarked
from concord.intake.formats.formulas import cell_error, formula
from concord.intake.formats.hidden import Hidden
from concord.intake.formats.merging import Filler, merged_cells
from concord.intake.formats.parts import Comment, Format, Note, Part, Row, SheetStart
from concord.intake.formats.values import Cell, text_of
from concord.intake.formats.workbooks import workbook_of
from concord.intake.formats.xlsx.cells import CellMarks, page_lines, place_of
from concord.intake.formats.xlsx.remarks import Remark
from concord.intake.formats.xlsx.scan import Scan, scan_workbook
from concord.intake.problems import Severity


def read(path: Path) -> Iterator[Part]:
    """The worksheets in the workbook's order, their rows, and what cells show beside their text.

    Dates come out as 2019-02-28, or as precise as the cell shows them (2019-02, 2019); whole numbers
    without a decimal point; formulas as the result that the workbook holds. What is hidden is read too.

    Raises:
        UnreadableFile: what the scan refuses, or a workbook that the reader finds damaged.
    """
    scan = scan_workbook(path)
    if scan.macros:
        yield _macros()
    with workbook_of(path) as workbook:
        for sheet in workbook.sheets_metadata:
            if sheet.typ is SheetTypeEnum.WorkSheet:
                yield SheetStart(sheet.name)
                hidden = sheet.visible is not SheetVisibleEnum.Visible
                yield from _sheet(workbook.get_sheet_by_name(sheet.name), scan, hidden=hidden)


def _macros() -> Note:
    return Note(
        Severity.WARNING,
        "macros",
        "The workbook holds macros. They were not run, and nothing of them enters the plan.",
        "Nothing needs doing; a workbook without macros (.xlsx) is read the same.",
    )


def _sheet(sheet: CalamineSheet, scan: Scan, *, hidden: bool) -> Iterator[Part]:
    marks = scan.marks(sheet.name)
    for text in marks.page_texts:
        require_unmarked(page_lines(text), f"The header or footer of the sheet “{sheet.name}”")
    merged = merged_cells(sheet.name, marks.merged, marks.rows, marks.columns)
    yield from merged
    seen = Hidden(sheet.name, marks.hidden_columns, whole=hidden)
    for part in rows_of(sheet.name, _numbered(sheet, marks, scan, Filler(merged))):
        if isinstance(part, Row):
            if hidden or part.number in marks.hidden_rows:
                part = Row(part.number, part.cells, hidden=True)
            seen.see(part)
            yield from _notes_on(part, sheet.name, marks)
        yield part
    yield from seen.parts()
    for remark in scan.remarks(sheet.name):
        yield from _comment(sheet.name, remark)


def _numbered(
    sheet: CalamineSheet, marks: CellMarks, scan: Scan, filler: Filler
) -> Iterator[tuple[int, list[str]]]:
    offset = sheet.start[1] if sheet.start else 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        texts = _texts(cells, number, offset, marks, scan)
        filler.fill(number, texts)
        yield number, texts


def _comment(sheet: str, remark: Remark) -> Iterator[Part]:
    text = storable(remark.text.strip())
    author = storable(remark.author.strip())
    text = text.removeprefix(f"{author}:").strip() if author else text
    if text:
        row, column = place_of(remark.reference)
        yield Comment(sheet, row, column, text, author)


def _texts(cells: list[Cell], number: int, offset: int, marks: CellMarks, scan: Scan) -> list[str]:
    texts = [""] * offset
    for index, cell in enumerate(cells, start=offset):
        error = marks.errors.get((number, index))
        precision = scan.precisions.get(marks.styles.get((number, index), -1), "")
        texts.append(error or text_of(cell, precision))
    return texts


def _notes_on(row: Row, sheet: str, marks: CellMarks) -> Iterator[Note]:
    for index in range(max(marks.columns, len(row.cells))):
        place = (row.number, index)
        if place in marks.errors:
            yield cell_error(sheet, row, index, marks.errors[place])
        elif place in marks.formulas:
            yield formula(sheet, row, index, stored=marks.formulas[place])


FORMAT = Format("Excel workbook", (".xlsx", ".xlsm", ".xltx", ".xltm"), streamed=False, read=read)
