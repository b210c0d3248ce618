"""Which column is which field: the heading row of a sheet, read by its words. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from concord.intake.formats.parts import Note, Row, Sheet, column_letters
from concord.intake.problems import Problem, Severity
from concord.intake.readings.columns import DATE_FIELDS, SheetFacts
from concord.intake.readings.units import unit_of
from concord.intake.vocabulary import REQUIRED, Holds, field_named, fields_of, heading_key
from concord.kernel.errors import BadInput

HEADING_SEARCHED_ROWS = 20
COLUMNS_THAT_SHOW = {*DATE_FIELDS, "budget_amount", "budget_year", "beneficiaries"}
FEWEST_HEADINGS = 2  # a row with one known word alone is more likely text above the table


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet: its place (0 is the first), its heading as written ("" without), its field.

    currency, factor: what the heading says of its amounts (EUR, 1000 for thousands). detail: the year of
    a column of amounts by year.
    """

    index: int
    heading: str
    field: str = ""
    currency: str = ""
    factor: int = 1
    detail: str = ""

    @property
    def shown(self) -> str:
        """How messages name it: by its heading, or by its letters where it has none."""
        return self.heading or column_letters(self.index)


@dataclass(frozen=True)
class MappedSheet:
    """A sheet whose heading row was found: what it holds, its columns and the rows below."""

    name: str
    holds: Holds
    header_row: int
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    org_column: Column | None = None

    def column_of(self, field: str) -> Column | None:
        """The column of a field, None where the sheet has none."""
        return self._by_field.get(field)

    def value(self, row: Row, field: str) -> str:
        """A row's text in the column of a field, "" where there is neither."""
        column = self._by_field.get(field)
        return row.cell(column.index) if column else ""

    @cached_property
    def facts(self) -> SheetFacts:
        """What whole columns show about how their cells are meant."""
        cells = {
            column.index: list(dict.fromkeys(text for row in self.rows if (text := row.cell(column.index))))
            for column in self.columns
            if column.field in COLUMNS_THAT_SHOW
        }
        fields = {field: column.index for field, column in self._by_field.items()}
        return SheetFacts(cells, fields, {column.index: column.heading for column in self.columns})

    @cached_property
    def _by_field(self) -> dict[str, Column]:
        return {column.field: column for column in reversed(self.columns) if column.field}


@dataclass(frozen=True, slots=True)
class Mapping:
    """All sheets of a file: the mapped ones, and the names of those without a heading row."""

    sheets: tuple[MappedSheet, ...]
    unread: tuple[str, ...]
    problems: tuple[Problem, ...]


def map_sheets(sheets: Iterable[Sheet], *, org_column: str = "") -> Mapping:
    """Finds the heading row of each sheet and the field of each column.

    Args:
        org_column: the heading of the column that says whose each row is, "" without one.

    Raises:
        BadInput: no sheet of actions has the column that org_column names.
    """
    mapped: list[MappedSheet] = []
    unread: list[str] = []
    problems: list[Problem] = []
    for sheet in sheets:
        if not sheet.rows:
            continue
        found = _mapped(sheet)
        if found is None:
            unread.append(sheet.name)
            problems.append(_no_headings(sheet))
            continue
        mapped.append(_with_org_column(found, org_column))
        problems += _heading_problems(mapped[-1])
    _require_org_column(mapped, org_column)
    if mapped:  # a workbook may carry a sheet of explanations; only a file without any table is an error
        problems = [_softened(p) if p.rule == "no-heading-row" else p for p in problems]
    return Mapping(tuple(mapped), tuple(unread), tuple(problems))


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


def _mapped(sheet: Sheet) -> MappedSheet | None:
    candidates = [row for row in sheet.rows if row.number <= HEADING_SEARCHED_ROWS]
    judged = [(len(_known(row, holds)), holds, row) for row in candidates for holds in REQUIRED]
    if not judged:
        return None
    # The most known headings; where actions and needs are level, the one whose required heading is there.
    count, holds, row = max(judged, key=lambda item: (item[0], REQUIRED[item[1]] in _known(item[2], item[1])))
    if count < FEWEST_HEADINGS and REQUIRED[holds] not in _known(row, holds):
        return None
    below = tuple(other for other in sheet.rows if other.number > row.number)
    return MappedSheet(sheet.name, holds, row.number, _columns(row, below, holds), below)


def _known(row: Row, holds: Holds) -> set[str]:
    return {field for cell in row.cells if (field := field_named(cell, holds))}


def _columns(header: Row, below: Iterable[Row], holds: Holds) -> tuple[Column, ...]:
    width = max([len(header.cells), *(len(row.cells) for row in below)])
    taken: set[str] = set()
    columns = []
    for index in range(width):
        heading = header.cell(index)
        unit = unit_of(heading)
        field = field_named(heading, holds) or field_named(unit.bare, holds)
        columns.append(
            Column(index, heading, field if field not in taken else "", unit.currency, unit.factor)
        )
        taken.add(field)
    return tuple(columns)


def _with_org_column(sheet: MappedSheet, org_column: str) -> MappedSheet:
    if not org_column or sheet.holds != "actions":
        return sheet
    wanted = heading_key(org_column)
    named = (column for column in sheet.columns if column.heading and heading_key(column.heading) == wanted)
    found = next(named, None) or sheet.column_of(field_named(org_column, "actions") or "?")
    return MappedSheet(sheet.name, sheet.holds, sheet.header_row, sheet.columns, sheet.rows, found)


def _require_org_column(mapped: list[MappedSheet], org_column: str) -> None:
    actions = [sheet for sheet in mapped if sheet.holds == "actions"]
    if not org_column or not actions or any(sheet.org_column for sheet in actions):
        return
    headings = ", ".join(f"“{column.heading}”" for column in actions[0].columns if column.heading)
    raise BadInput(f"There is no column “{org_column}”. The columns of the file are {headings}.")


def _heading_problems(sheet: MappedSheet) -> list[Problem]:
    problems = []
    required = REQUIRED[sheet.holds]
    if sheet.column_of(required) is None:
        problems.append(_missing(sheet, required))
    known = {field for column in sheet.columns if (field := column.field)}
    for column in sheet.columns:
        if column.field or column == sheet.org_column:
            continue
        if field := field_named(column.heading, sheet.holds):
            problems.append(_twice(sheet, column, field))
        elif column.heading:
            problems.append(_unknown(sheet, column, sorted(set(fields_of(sheet.holds)) - known)))
        elif example := next((row for row in sheet.rows if row.cell(column.index)), None):
            problems.append(_without_heading(sheet, column, example))
    return problems


def _missing(sheet: MappedSheet, field: str) -> Problem:
    return Problem(
        Severity.ERROR,
        "missing-heading",
        f"No column has the heading “{field}”, so none of the {len(sheet.rows)} rows can be stored.",
        f"Write “{field}” above the column that holds it, or add the column, and hand the file in again.",
        sheet.name,
        sheet.header_row,
        field,
    )


def _unknown(sheet: MappedSheet, column: Column, unused: list[str]) -> Problem:
    return Problem(
        Severity.WARNING,
        "unknown-heading",
        f"The heading “{column.heading}” is not known. Its cells are kept with the file and not applied.",
        "If the column matters, rename it to one of: " + ", ".join(unused) + "."
        if unused
        else "Nothing needs doing unless the column belongs to the plan.",
        sheet.name,
        sheet.header_row,
        column.heading,
        column.heading,
    )


def _twice(sheet: MappedSheet, column: Column, field: str) -> Problem:
    first = sheet.column_of(field)
    return Problem(
        Severity.WARNING,
        "heading-twice",
        f"Two columns are read as “{field}”. Column {column_letters(first.index if first else 0)} was taken;"
        f" the cells of column {column_letters(column.index)} are kept with the file and not applied.",
        "Rename or remove one of the two.",
        sheet.name,
        sheet.header_row,
        column.heading,
        column.heading,
    )


def _without_heading(sheet: MappedSheet, column: Column, example: Row) -> Problem:
    return Problem(
        Severity.WARNING,
        "no-heading",
        f"Column {column.shown} has no heading. Its cells are kept with the file and not applied.",
        "Give it a heading if it belongs to the plan; a comma too many in a row is another cause.",
        sheet.name,
        example.number,
        column.shown,
        example.cell(column.index)[:200],
    )


def _no_headings(sheet: Sheet) -> Problem:
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


def _softened(problem: Problem) -> Problem:
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
