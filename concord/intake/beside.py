"""What a file shows beside the text of its cells and a person should see: remarks, shared amounts. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from concord.intake.columns import YEARLY
from concord.intake.formats.parts import Comment, MergedCells, Row, Sheet
from concord.intake.mapping import MappedSheet
from concord.intake.problems import Problem, Severity

AMOUNTS = ("budget_amount", YEARLY, "funding")
"""Fields whose values are added up, so that one cell over several rows must not count for each in silence."""
_SHOWN_CHARACTERS = 400


def problems_beside(sheets: Iterable[Sheet], mapped: Iterable[MappedSheet]) -> Iterator[Problem]:
    """Comments on the rows of a table, and questions where one merged cell is the amount of several rows.

    Comments on headings say what a column is for, and merged text is the same for every row: neither is
    told.
    """
    read = {sheet.name: sheet for sheet in sheets}
    for table in mapped:
        sheet = read.get(table.name)
        if sheet is None or not (sheet.comments or sheet.merged):
            continue
        rows = {row.number: row for row in table.rows}
        for comment in sheet.comments:
            if row := rows.get(comment.row):
                yield _comment(comment, row, table)
        for merged in sheet.merged:
            if merged.last_row > merged.first_row and _holds_amounts(table, merged.first_column):
                yield from _shared_amount(merged, rows, table)


def _holds_amounts(table: MappedSheet, index: int) -> bool:
    return any(column.field in AMOUNTS for column in table.columns if column.index == index)


def _shown(table: MappedSheet, index: int) -> str:
    return next((column.shown for column in table.columns if column.index == index), "")


def _comment(comment: Comment, row: Row, table: MappedSheet) -> Problem:
    text = " ".join(comment.text.split())
    text = text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 1]}…"
    who = f"{comment.author} wrote" if comment.author else "Somebody wrote"
    return Problem(
        Severity.WARNING,
        "comment",
        f"{who} beside this cell: “{text}”.",
        "Read it; what belongs to the plan has to stand in a cell. The comment stays with the file.",
        table.name,
        comment.row,
        _shown(table, comment.column),
        row.cell(comment.column)[:200],
    )


def _shared_amount(merged: MergedCells, rows: dict[int, Row], table: MappedSheet) -> Iterator[Problem]:
    sharing = [rows[n] for n in range(merged.first_row, merged.last_row + 1) if n in rows]
    for row in sharing[1:]:
        if value := row.cell(merged.first_column):
            yield Problem(
                Severity.QUESTION,
                "shared-amount",
                f"One cell holds the amount of rows {merged.first_row} to {merged.last_row}."
                " It was read for each of them, so it counts more than once.",
                "Write what each row has of it, or leave the amount in one of them.",
                table.name,
                row.number,
                _shown(table, merged.first_column),
                value[:200],
                value[:200],
            )
