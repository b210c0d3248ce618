"""Which column is which field: the headings of each sheet, read by their words and by its cells. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Table
from dataclasses import dataclass, field, replace
from functools import cached_property

from concord.intake.choosing import columns_of
from concord.intake.columns import Column
from concord.intake.formats.parts import Note, Row, Sheet, column_letters
from concord.intake.heading_problems import column_problems, no_headings, softened
from concord.intake.layouts import IGNORE, NO_LAYOUT, Layout
from concord.intake.problems import Problem, Severity
from concord.intake.readings.columns import DATE_FIELDS, SheetFacts
from concord.intake.tables import body_of, head_of
from concord.intake.vocabulary import Holds, field_named, heading_key
from concord.kernel.errors import BadInput

COLUMNS_THAT_SHOW = {*DATE_FIELDS, "budget_amount", "budget_year", "beneficiaries"}


@dataclass(frozen=True)
class MappedSheet:
    """A sheet whose heading row was found: what it holds, its columns and the rows below.

    header_row: the lowest row of headings. groups: by the number of a row, the heading that stands over
    it inside the table. day_first: what a person said of dates, None where nobody did.
    """

    name: str
    holds: Holds
    header_row: int
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    org_column: Column | None = None
    groups: Table[int, str] = field(default_factory=dict)
    day_first: bool | None = None

    def column_of(self, field: str) -> Column | None:
        """The column of a field, None where the sheet has none."""
        return self._by_field.get(field)

    def value(self, row: Row, field: str) -> str:
        """A row's text in the column of a field, "" where there is neither."""
        place = self.places.get(field)
        return row.cell(place) if place is not None else ""

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each field's column among a row's cells (0 is the first)."""
        return {field: column.index for field, column in self._by_field.items()}

    @cached_property
    def facts(self) -> SheetFacts:
        """What whole columns show about how their cells are meant."""
        cells = {
            column.index: list(dict.fromkeys(text for row in self.rows if (text := row.cell(column.index))))
            for column in self.columns
            if column.field in COLUMNS_THAT_SHOW
        }
        headings = {column.index: column.heading for column in self.columns}
        return SheetFacts(cells, self.places, headings, self.day_first)

    @cached_property
    def _by_field(self) -> dict[str, Column]:
        return {column.field: column for column in reversed(self.columns) if column.field}


@dataclass(frozen=True, slots=True)
class Mapping:
    """All sheets of a file: the mapped ones, and the names of those without a heading row."""

    sheets: tuple[MappedSheet, ...]
    unread: tuple[str, ...]
    problems: tuple[Problem, ...]


def map_sheets(sheets: Iterable[Sheet], *, org_column: str = "", layout: Layout = NO_LAYOUT) -> Mapping:
    """Finds the headings of each sheet, the field of each column and the rows of the table.

    Args:
        org_column: the heading of the column that says whose each row is, "" without one.
        layout: what a person said of sheets and columns; it goes before what is recognised.

    Raises:
        BadInput: no sheet of actions has the column that org_column names; the layout names a sheet, a
            row or a column that is not there.
    """
    listed = [sheet for sheet in sheets if sheet.rows]
    _require_sheets(listed, layout)
    mapped: list[MappedSheet] = []
    problems: list[Problem] = [_as_told(layout)] if layout.origin else []
    unread: list[str] = []
    for sheet in listed:
        if layout.of(sheet.name).holds == IGNORE:
            unread.append(sheet.name)
            continue
        found = _mapped(sheet, layout, problems)
        if found is None:
            unread.append(sheet.name)
            problems.append(no_headings(sheet))
        else:
            mapped.append(_with_org_column(found, org_column))
    _require_org_column(mapped, org_column)
    # The column that says whose rows they are is understood, whatever its heading.
    whose = {(sheet.name, sheet.org_column.shown) for sheet in mapped if sheet.org_column}
    problems = [p for p in problems if p.rule not in _OF_HEADINGS or (p.sheet, p.column) not in whose]
    if mapped:  # a workbook may carry a sheet of explanations; only a file without any table is an error
        problems = [softened(p) if p.rule == "no-heading-row" else p for p in problems]
    return Mapping(tuple(mapped), tuple(unread), tuple(problems))


_OF_HEADINGS = ("unknown-heading", "heading-twice", "other-language", "heading-guessed", "no-heading")


def located(note: Note, sheets: Iterable[MappedSheet]) -> Problem:
    """A reader's note as a problem, with the heading of its column where the sheet has one."""
    sheet = next((sheet for sheet in sheets if sheet.name == note.sheet), None)
    shown = ""
    if note.column is not None:
        columns = sheet.columns if sheet else ()
        named = next((column.shown for column in columns if column.index == note.column), "")
        shown = named or column_letters(note.column)
    return Problem(
        note.severity,
        note.rule,
        note.message,
        note.remedy,
        note.sheet,
        note.row,
        shown,
        note.value,
        note.reading,
    )


def _mapped(sheet: Sheet, layout: Layout, problems: list[Problem]) -> MappedSheet | None:
    said = layout.of(sheet.name)
    head = head_of(sheet, said)
    if head is None:
        if said.header_row is not None:
            raise BadInput(
                f"The layout says that the headings of sheet “{sheet.name}” stand in row {said.header_row},"
                " which is empty."
            )
        return None
    below = [row for row in sheet.rows if row.number > head.number]
    columns = columns_of(head, below, said)
    body = body_of(sheet, head, columns)
    _require_columns(sheet.name, columns, said.columns)
    problems += column_problems(sheet.name, head.number, columns, body.rows, head.holds, said)
    problems += body.problems
    return MappedSheet(
        sheet.name, head.holds, head.number, columns, body.rows, None, body.groups, said.day_first
    )


def _as_told(layout: Layout) -> Problem:
    return Problem(
        Severity.WARNING,
        "read-as-last-time",
        layout.origin,
        "Nothing needs doing; choose the columns again if the file has changed.",
        next(iter(layout.sheets), ""),
    )


def _require_sheets(sheets: Iterable[Sheet], layout: Layout) -> None:
    names = [sheet.name for sheet in sheets]
    for name in layout.sheets:
        if name != "*" and name not in names:
            known = ", ".join(f"“{known}”" for known in names)
            raise BadInput(f"The layout names a sheet “{name}”. The sheets of the file are {known}.")


def _require_columns(sheet: str, columns: Iterable[Column], chosen: Table[str, str]) -> None:
    known = {column.letters for column in columns} | {heading_key(column.heading) for column in columns}
    known |= {heading_key(column.heading.rpartition(" – ")[2]) for column in columns}
    for name in chosen:
        if name not in known and heading_key(name) not in known:
            raise BadInput(
                f"The layout names a column “{name}” of sheet “{sheet}”. Its columns are "
                + ", ".join(f"“{column.shown}”" for column in columns)
                + "."
            )


def _with_org_column(sheet: MappedSheet, org_column: str) -> MappedSheet:
    if not org_column or sheet.holds != "actions":
        return sheet
    wanted = heading_key(org_column)
    named = (column for column in sheet.columns if column.heading and heading_key(column.heading) == wanted)
    found = next(named, None) or sheet.column_of(field_named(org_column, "actions") or "?")
    return replace(sheet, org_column=found)


def _require_org_column(mapped: list[MappedSheet], org_column: str) -> None:
    actions = [sheet for sheet in mapped if sheet.holds == "actions"]
    if not org_column or not actions or any(sheet.org_column for sheet in actions):
        return
    headings = ", ".join(f"“{column.heading}”" for column in actions[0].columns if column.heading)
    raise BadInput(f"There is no column “{org_column}”. The columns of the file are {headings}.")
