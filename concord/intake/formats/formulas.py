"""What is said about cells that a spreadsheet calculates."""

from __future__ import annotations

from concord.intake.formats.parts import Note, Row
from concord.intake.problems import Severity

_SHOWN_CHARACTERS = 200


def cell_error(sheet: str, row: Row, column: int, shown: str) -> Note:
    """A cell that shows an error such as #REF!."""
    return Note(
        Severity.WARNING,
        "cell-error",
        f"The cell shows an error of the spreadsheet, {shown}.",
        "Mend the formula or type the value, and save the workbook.",
        sheet,
        row.number,
        column,
        row.cell(column)[:_SHOWN_CHARACTERS],
    )


def formula(sheet: str, row: Row, column: int, *, stored: bool) -> Note:
    """A cell with a formula. stored: the workbook holds its result."""
    value = row.cell(column)[:_SHOWN_CHARACTERS]
    if stored:
        message = "The cell is calculated by a formula. The result that the workbook holds was read."
        remedy = "Check that the result is up to date; to be sure, replace the formula by its value."
    else:
        message = "The cell holds a formula without a result, so it was read as empty."
        remedy = "Open the workbook in Excel or LibreOffice, let it calculate, save it, and hand it in again."
    return Note(Severity.WARNING, "formula", message, remedy, sheet, row.number, column, value, value)
