"""What people settled about a file, put into its reading: cells mended, questions answered. Pure.

A file is never changed: its cells are read as it has them, then what was settled takes their place.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from concord.intake.checks import CheckedRow
from concord.intake.formats.parts import Row, Sheet, Sheets
from concord.intake.mapping import MappedSheet
from concord.intake.problems import Problem, Severity
from concord.intake.row_reader import SHOWN_CHARACTERS

NAME_RULES = ("unknown-organisation",)
"""Questions about a name: their answer holds in every column, since a name means one body in one file."""

RIGHT, KEPT, VALUE, ORGANISATION = "right", "kept", "value", "organisation"
ANSWERS = (RIGHT, KEPT, VALUE, ORGANISATION)

_PARTS = re.compile(r"([;\n])")


@dataclass(frozen=True, slots=True)
class MendedCell:
    """One cell that somebody mended; column 0 is the first, written is what the file says."""

    sheet: str
    row: int
    column: int
    written: str
    new: str


@dataclass(frozen=True, slots=True)
class Settled:
    """One question that somebody answered; organisation is the key of the body meant, "" without one."""

    rule: str
    field: str
    value: str
    kind: str
    text: str = ""
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class SettledField:
    """Whose value counts for one field of one row: "ours" (the plan's) or "theirs" (the file's).

    new: the file's value then, as canonical JSON; another value asks again.
    """

    sheet: str
    row: int
    field: str
    new: str
    choice: str


@dataclass(frozen=True, slots=True)
class Mending:
    """All that was settled about one file.

    layout: what was said of its sheets and columns. records: the keys of the records that rows became,
    by (sheet, row): what a row that was applied and is mended afterwards is about. conflicts: what
    somebody chose about fields that both sides changed.
    """

    cells: Sequence[MendedCell] = ()
    answers: Sequence[Settled] = ()
    layout: Mapping[str, Any] = field(default_factory=dict)
    records: Mapping[tuple[str, int], str] = field(default_factory=dict)
    conflicts: Sequence[SettledField] = ()

    def names(self) -> dict[str, str]:
        """Names as written whose organisation somebody chose, with its key."""
        return {a.value: a.organisation for a in self.answers if a.kind == ORGANISATION}


NOTHING_SETTLED = Mending()


def question_field(rule: str, field_name: str) -> str:
    """The field that a question is about, "" where its answer holds in every column."""
    return "" if rule in NAME_RULES else field_name


def mended(sheets: Sheets, cells: Iterable[MendedCell]) -> Sheets:
    """The sheets with the mended cells in place; a cell that the file no longer writes so stays."""
    by_place: dict[tuple[str, int], list[MendedCell]] = defaultdict(list)
    for cell in cells:
        by_place[cell.sheet, cell.row].append(cell)
    if not by_place:
        return sheets
    return Sheets([_mended_sheet(sheet, by_place) for sheet in sheets.sheets], sheets.notes)


def _mended_sheet(sheet: Sheet, by_place: Mapping[tuple[str, int], list[MendedCell]]) -> Sheet:
    name = sheet.name[:120]  # as it is kept with the input
    rows = [
        _mended_row(row, by_place[name, row.number]) if (name, row.number) in by_place else row
        for row in sheet.rows
    ]
    return replace(sheet, rows=rows)


def _mended_row(row: Row, cells: Iterable[MendedCell]) -> Row:
    texts = list(row.cells)
    for cell in cells:
        if row.cell(cell.column) == cell.written:
            texts += [""] * (cell.column + 1 - len(texts))
            texts[cell.column] = cell.new
    return replace(row, cells=tuple(texts))


def answered(sheets: Iterable[MappedSheet], answers: Iterable[Settled]) -> tuple[MappedSheet, ...]:
    """The sheets with another value in every cell, or part of a cell, for which one was given."""
    values: dict[str, dict[str, str]] = defaultdict(dict)
    for answer in answers:
        if answer.kind == VALUE:
            values[answer.field][answer.value] = answer.text
    return tuple(_answered_sheet(sheet, values) if values else sheet for sheet in sheets)


def _answered_sheet(sheet: MappedSheet, values: Mapping[str, Mapping[str, str]]) -> MappedSheet:
    everywhere = values.get("", {})
    by_column = {
        column.index: {**everywhere, **values.get(column.field or column.shown, {})}
        for column in sheet.columns
        if (column.field and everywhere) or (column.field or column.shown) in values
    }
    rows = tuple(_answered_row(row, by_column) for row in sheet.rows)
    return replace(sheet, rows=rows)


def _answered_row(row: Row, by_column: Mapping[int, Mapping[str, str]]) -> Row:
    texts = None
    for index, values in by_column.items():
        written = row.cell(index)
        if written and (new := _replaced(written, values)) != written:
            texts = texts or list(row.cells)
            texts[index] = new
    return replace(row, cells=tuple(texts)) if texts else row


def _replaced(written: str, values: Mapping[str, str]) -> str:
    """A cell's text put right: its whole, each part between semicolons and line ends, or the words in it."""
    whole = values.get(written) or values.get(written.strip())
    if whole is not None or written in values:
        return whole or ""
    pieces = _PARTS.split(written)
    kept = [
        values.get(piece.strip(), piece) if index % 2 == 0 else piece for index, piece in enumerate(pieces)
    ]
    if kept != pieces:
        return "".join(kept)
    for value, new in values.items():
        if value and value in written:  # "EU" in "EU 80%, Germany 20%"
            pattern = rf"(?<!\w){re.escape(value)}(?!\w)"
            written = re.sub(pattern, new.replace("\\", r"\\"), written)
    return written


def with_organisations(rows: Iterable[CheckedRow], names: Mapping[str, str]) -> None:
    """Writes the organisation that somebody chose for a name into the values of each row."""
    if not names:
        return
    for row in rows:
        for part in row.fields.get("participations") or ():
            if not part.get("organisation"):
                part["organisation"] = names.get(part["as_written"])
        for line in row.fields.get("funding") or ():
            if not line.get("donor"):
                line["donor"] = names.get(line["donor_as_written"])


def open_problems(
    problems: Iterable[Problem], mapped: Iterable[MappedSheet], mending: Mending
) -> list[Problem]:
    """The problems without the questions that were answered."""
    settled = {(answer.rule, answer.field, answer.value) for answer in mending.answers}
    if not settled:
        return list(problems)
    fields = columns_by_heading(mapped)
    return [
        problem
        for problem in problems
        if problem.severity is not Severity.QUESTION or _key(problem, fields) not in settled
    ]


def _key(problem: Problem, fields: Mapping[tuple[str, str], tuple[int, str]]) -> tuple[str, str, str]:
    _, name = fields.get((problem.sheet, problem.column), (None, problem.column))
    return problem.rule, question_field(problem.rule, name), problem.value[:SHOWN_CHARACTERS]


def columns_by_heading(mapped: Iterable[MappedSheet]) -> dict[tuple[str, str], tuple[int, str]]:
    """(sheet, heading as shown) to (column's place, its field or its heading where it has none)."""
    return {
        (sheet.name, column.shown): (column.index, column.field or column.shown)
        for sheet in mapped
        for column in reversed(sheet.columns)
    }
