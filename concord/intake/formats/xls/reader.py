"""Reads old Excel workbooks (.xls): the values of their cells. What is beside them is not seen, and said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from python_calamine import CalamineSheet, SheetTypeEnum, SheetVisibleEnum

from concord.intake.formats.cells import rows_of
from concord.intake.formats.hidden import Hidden
from concord.intake.formats.merging import Filler, merged_cells
from concord.intake.formats.parts import Format, Note, Part, Row, SheetStart
from concord.intake.formats.values import text_of
from concord.intake.formats.workbooks import workbook_of
from concord.intake.problems import Severity


def read(path: Path) -> Iterator[Part]:
    """The worksheets in the workbook's order and their rows, behind a warning that it is an old format.

    Dates come out as 2019-02-28, whole numbers without a decimal point, formulas as their stored result.

    Raises:
        UnreadableFile: damaged, or protected with a password.
    """
    with workbook_of(path) as workbook:
        yield _old()
        for sheet in workbook.sheets_metadata:
            if sheet.typ is SheetTypeEnum.WorkSheet:
                yield SheetStart(sheet.name)
                hidden = sheet.visible is not SheetVisibleEnum.Visible
                yield from _sheet(workbook.get_sheet_by_name(sheet.name), hidden=hidden)


def _old() -> Note:
    return Note(
        Severity.WARNING,
        "old-workbook",
        "The workbook is in the old format of Excel (.xls). Its cells were read; which of them are hidden,"
        " calculated or commented cannot be seen in it.",
        "Check the rows. Next time, save it as “Excel Workbook (.xlsx)” and hand that in.",
    )


def _sheet(sheet: CalamineSheet, *, hidden: bool) -> Iterator[Part]:
    ranges = [(a + 1, b, c + 1, d) for (a, b), (c, d) in sheet.merged_cell_ranges or ()]
    merged = merged_cells(sheet.name, ranges, sheet.total_height, sheet.total_width)
    yield from merged
    seen = Hidden(sheet.name, whole=hidden)
    for part in rows_of(sheet.name, _numbered(sheet, Filler(merged))):
        if isinstance(part, Row):
            part = Row(part.number, part.cells, hidden=hidden)
            seen.see(part)
        yield part
    yield from seen.parts()


def _numbered(sheet: CalamineSheet, filler: Filler) -> Iterator[tuple[int, list[str]]]:
    before = [""] * (sheet.start[1] if sheet.start else 0)
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        texts = [*before, *(text_of(cell) for cell in cells)]
        filler.fill(number, texts)
        yield number, texts


FORMAT = Format("Old Excel workbook", (".xls", ".xlt"), streamed=False, read=read)
