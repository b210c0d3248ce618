"""What there is to say about the columns of a sheet: unknown headings, guesses, two for one field. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from concord.intake.columns import (
    CELLS,
    CHOSEN,
    IGNORED,
    NEAR,
    NUMBERING,
    OTHER_LANGUAGE,
    SECOND,
    Column,
)
from concord.intake.formats.parts import Row, Sheet, column_letters
from concord.intake.layouts import LABELS, SheetLayout
from concord.intake.problems import Problem, Severity
from concord.intake.tables import HEADING_SEARCHED_ROWS
from concord.intake.vocabulary import REQUIRED, Holds, fields_of

_CHOOSE = "Choose what the column holds, or rename it to one of: "

NOT_APPLIED = "not applied"
"""The reading of a column that is kept with the file and goes into no field."""


def column_problems(
    sheet: str,
    header_row: int,
    columns: Sequence[Column],
    rows: Sequence[Row],
    holds: Holds,
    said: SheetLayout,
) -> Iterator[Problem]:
    """What there is to say about each column, in their order; empty columns are passed over.

    said: what a person said of the sheet, which needs no question any more.
    """
    fields = {column.field for column in columns}
    if REQUIRED[holds] not in fields:
        yield _missing(sheet, header_row, REQUIRED[holds], len(rows))
    unused = sorted(set(fields_of(holds)) - fields)
    for column in columns:
        if column.how == CHOSEN or column.left in (NUMBERING, IGNORED):
            continue
        example = next((row for row in rows if row.cell(column.index)), None)
        if example is None:
            continue
        if column.field:
            if column.how in (NEAR, CELLS):
                yield _guessed(sheet, header_row, column)
            if column.factor > 1 and said.in_thousands is None:
                yield _in_thousands(sheet, header_row, column, example)
        elif column.left in (SECOND, OTHER_LANGUAGE):
            yield _second(sheet, header_row, column, columns)
        elif column.heading:
            yield _unknown(sheet, header_row, column, unused, example)
        else:
            yield _without_heading(sheet, column, example)


def no_headings(sheet: Sheet) -> Problem:
    """A sheet in which no row of headings was found."""
    where = f"Sheet “{sheet.name}”" if sheet.name else "The file"
    return Problem(
        Severity.ERROR,
        "no-heading-row",
        f"{where} has no heading row that is known among its first {HEADING_SEARCHED_ROWS} rows.",
        "Put the headings of the template above the table: title, donors, implementers, beneficiaries, start,"
        " end … for actions; statement, kind, beneficiaries … for needs.",
        sheet.name,
        sheet.rows[0].number,
        "",
        " | ".join(cell for cell in sheet.rows[0].cells if cell)[:200],
    )


def softened(problem: Problem) -> Problem:
    """The same as a remark: a workbook may carry a sheet of explanations beside its table."""
    return Problem(
        Severity.WARNING,
        problem.rule,
        problem.message + " It was not read.",
        "Nothing needs doing if the sheet holds no actions or needs. " + problem.remedy,
        problem.sheet,
        problem.row,
        problem.column,
        problem.value,
    )


def _missing(sheet: str, header_row: int, field: str, rows: int) -> Problem:
    return Problem(
        Severity.ERROR,
        "missing-heading",
        f"No column has the heading “{field}”, so none of the {rows} rows can be stored.",
        f"Write “{field}” above the column that holds it, or choose the column, and hand the file in again.",
        sheet,
        header_row,
        field,
    )


def _guessed(sheet: str, header_row: int, column: Column) -> Problem:
    label = LABELS[column.field]
    why = "Its cells show it" if column.how == CELLS else "The heading is like one that is known"
    return Problem(
        Severity.QUESTION,
        "heading-guessed",
        f"“{column.heading}” was read as {label}. {why}.",
        "Confirm the reading, or choose what the column holds.",
        sheet,
        header_row,
        column.shown,
        column.heading,
        label,
    )


def _in_thousands(sheet: str, header_row: int, column: Column, example: Row) -> Problem:
    unit = {1000: "thousands", 1_000_000: "millions"}.get(column.factor, f"units of {column.factor:,}")
    reading = f"amounts in {unit}"
    return Problem(
        Severity.QUESTION,
        "amounts-in-thousands",
        f"“{column.heading}” says that its amounts are in {unit}; they were multiplied, as in row"
        f" {example.number}.",
        "Confirm it, or correct the heading if the amounts are full ones.",
        sheet,
        header_row,
        column.shown,
        column.heading,
        reading,
    )


def _unknown(sheet: str, header_row: int, column: Column, unused: list[str], example: Row) -> Problem:
    return Problem(
        Severity.QUESTION,
        "unknown-heading",
        f"What does the column “{column.heading}” hold? Its cells, such as"
        f" “{example.cell(column.index)[:60]}”, are kept with the file and not applied.",
        _CHOOSE + ", ".join(unused) + "."
        if unused
        else "Nothing needs doing unless the column belongs to the plan.",
        sheet,
        header_row,
        column.shown,
        column.heading,
        NOT_APPLIED,
    )


def _second(sheet: str, header_row: int, column: Column, columns: Sequence[Column]) -> Problem:
    first = next((other for other in columns if other.field == column.meant), None)
    taken = column_letters(first.index if first else 0)
    label = LABELS[column.meant]
    if column.left == OTHER_LANGUAGE:
        rule, message = "other-language", f"“{column.heading}” holds the {label.lower()} in another language."
    else:
        rule, message = "heading-twice", f"Two columns are read as “{column.meant}”."
    return Problem(
        Severity.WARNING,
        rule,
        f"{message} Column {taken} was taken; the cells of column {column.letters} are kept with the file and"
        " not applied.",
        "Nothing needs doing if the right one was taken; otherwise rename or remove one of the two.",
        sheet,
        header_row,
        column.shown,
        column.heading,
    )


def _without_heading(sheet: str, column: Column, example: Row) -> Problem:
    return Problem(
        Severity.WARNING,
        "no-heading",
        f"Column {column.shown} has no heading. Its cells are kept with the file and not applied.",
        "Give it a heading if it belongs to the plan; a comma too many in a row is another cause.",
        sheet,
        example.number,
        column.shown,
        example.cell(column.index)[:200],
    )
