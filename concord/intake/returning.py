"""What somebody edited in a workbook that Concord gave out: each row beside what it said then. Pure.

Both are read by the same reader with the same register, so that what nobody touched is read alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from concord.intake.checks import CheckedRow
from concord.intake.context import Context
from concord.intake.formats.parts import Row
from concord.intake.mapping import MappedSheet
from concord.intake.problems import Problem, Severity
from concord.intake.row_reader import RowReader
from concord.intake.values import action_fields
from concord.intake.workbook import COLUMNS
from concord.plan.rows import Sent
from concord.plan.rules import clean_action_value, encode

_KEPT: Final = ("id", "iati_identifier")
"""Columns that say which action a row is about and are not changed by a file."""


def sheets_as_sent(sheets: Iterable[MappedSheet], sent: Mapping[str, Sent]) -> list[MappedSheet]:
    """The sheets of actions with the cells that their rows had when they were given out.

    A row that was not given out has none. Only the columns that a sheet still has are filled.
    """
    found = []
    for sheet in sheets:
        if sheet.holds == "actions" and sheet.column_of("key"):
            rows = tuple(
                Row(row.number, tuple(was.cells.get(column.field, "") for column in sheet.columns))
                for row in sheet.rows
                if (was := sent.get(sheet.value(row, "key").strip().upper()))
            )
            found.append(replace(sheet, rows=rows))
    return found


def keep_edits(
    rows: Iterable[CheckedRow],
    sheets: Sequence[MappedSheet],
    as_sent: Sequence[MappedSheet],
    sent: Mapping[str, Sent],
    context: Context,
) -> None:
    """Says for each row that was given out which fields were edited since; takes back what there is to
    say about cells that nobody touched."""
    then = {(sheet.name, row.number): (sheet, row) for sheet in as_sent for row in sheet.rows}
    sheet_of = {sheet.name: sheet for sheet in sheets}
    for row in rows:
        if row.key not in sent or (row.sheet, row.number) not in then:
            continue
        before, was = then[row.sheet, row.number]
        row.sent = sent[row.key]
        untouched = {
            column.shown
            for column in before.columns
            if was.cell(column.index) == Row(row.number, row.cells).cell(column.index)
        }
        row.problems = [
            problem
            for problem in row.problems
            if problem.severity is Severity.ERROR or problem.column not in untouched
        ]
        if not row.has_error:
            row.edited = _edited(row, action_fields(RowReader(before, was, context), context))
        row.problems += _identity_kept(row, sheet_of[row.sheet], was)


def has_all_columns(sheet: MappedSheet) -> bool:
    """Whether a sheet has every column of the workbook: its rows were copied, or it lost its marks."""
    return all(sheet.column_of(column.field) for column in COLUMNS)


def _edited(row: CheckedRow, then: Mapping[str, object]) -> frozenset[str]:
    return frozenset(
        name
        for name, value in row.fields.items()
        if name not in then
        or encode(clean_action_value(name, value)) != encode(clean_action_value(name, then[name]))
    )


def _identity_kept(row: CheckedRow, sheet: MappedSheet, was: Row) -> Iterable[Problem]:
    for field in _KEPT:
        column = sheet.column_of(field)
        now = Row(row.number, row.cells)
        if column and was.cell(column.index) and now.cell(column.index) != was.cell(column.index):
            yield Problem(
                Severity.WARNING,
                "identity-stays",
                f"The column “{column.shown}” said “{was.cell(column.index)}” when the workbook was given"
                " out. It tells which action the row is about and stays as it was.",
                "Nothing needs doing. If the number was wrong from the start, write to the secretariat.",
                row.sheet,
                row.number,
                column.shown,
                now.cell(column.index)[:500],
            )
