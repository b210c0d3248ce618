"""The sheets of an OpenDocument file, cell by cell, from one pass over its content.

Cells and rows say how often they repeat, a million times if they like: empty ones only move on, filled
ones are counted against the limits before anything is laid out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from concord.intake.formats.limits import CELL_AREA, CELL_CHARACTERS, COLUMNS, ROWS
from concord.intake.formats.merging import Range
from concord.intake.formats.ods.names import CREATOR, DRAWING, ERROR_TYPE, OFFICE, TABLE, TEXT
from concord.intake.formats.ods.styles import Styles
from concord.intake.formats.parts import UnreadableFile
from concord.intake.formats.values import date_text, number_text
from concord.intake.formats.xml import Attributes

_HIDDEN = ("collapse", "filter")
_FAR = 10**9


@dataclass(slots=True)
class OdsRow:
    """A filled row and how often it stands there; formulas: column -> whether a result is stored."""

    number: int
    repeated: int
    cells: list[str]
    hidden: bool
    formulas: dict[int, bool] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class OdsComment:
    """What somebody wrote beside a cell."""

    row: int
    column: int
    text: str = ""
    author: str = ""


@dataclass(slots=True)
class OdsSheet:
    """One sheet: its filled rows and what is beside them."""

    name: str
    hidden: bool
    rows: list[OdsRow] = field(default_factory=list)
    comments: list[OdsComment] = field(default_factory=list)
    merged: list[Range] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)
    width: int = 0
    height: int = 0


@dataclass(slots=True)
class _Cell:
    attributes: Attributes
    covered: bool
    paragraphs: list[str] = field(default_factory=list)
    comment: OdsComment | None = None


class SheetBuilder:
    """Follows `content.xml`; `sheets` holds what was found."""

    def __init__(self) -> None:
        self.sheets: list[OdsSheet] = []
        self.styles = Styles()
        self._skipped = 0
        self._column = self._row = 0
        self._cell: _Cell | None = None
        self._cells: OdsRow | None = None
        self._column_styles: list[str] = []
        self._in_tables = 0
        self._starts = {
            f"{TABLE}table-cell": self._start_cell,
            f"{TABLE}covered-table-cell": self._start_covered,
            f"{TABLE}table-row": self._start_row,
            f"{TABLE}table-column": self._start_column,
            f"{TABLE}table": self._start_table,
            f"{TEXT}p": self._start_paragraph,
            f"{TEXT}s": self._blanks,
            f"{TEXT}tab": self._blanks,
            f"{TEXT}line-break": self._line_break,
            f"{OFFICE}annotation": self._start_comment,
            CREATOR: self._start_creator,
        }
        self._ends = {
            f"{TABLE}table-cell": self._end_cell,
            f"{TABLE}covered-table-cell": self._end_cell,
            f"{TABLE}table-row": self._end_row,
            f"{TABLE}table": self._end_table,
            f"{TEXT}p": self._end_text,
            f"{OFFICE}annotation": self._end_comment,
            CREATOR: self._end_text,
        }
        self._comment: OdsComment | None = None

    def attach(self, parser: expat.XMLParserType) -> None:
        """Sets the handlers; the parser separates namespaces by a blank."""
        self._parser = parser
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end

    def _start(self, name: str, attributes: Attributes) -> None:
        if self._skipped or name.startswith(DRAWING) or name == f"{TABLE}tracked-changes":
            self._skipped += 1
        elif handler := self._starts.get(name):
            handler(attributes)
        elif not self.sheets:
            self.styles.start(name, attributes)

    def _end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
        elif handler := self._ends.get(name):
            handler()
        elif not self.sheets:
            self.styles.end(name)

    # --- sheets, columns, rows ---

    def _start_table(self, attributes: Attributes) -> None:
        self._in_tables += 1
        if self._in_tables > 1:  # a table inside a cell, which no program makes
            self._skipped, self._in_tables = 1, self._in_tables - 1
            return
        hidden = attributes.get(f"{TABLE}style-name", "") in self.styles.hidden_tables
        self.sheets.append(OdsSheet(attributes.get(f"{TABLE}name", ""), hidden))
        self._row, self._column, self._column_styles = 0, 0, []

    def _end_table(self) -> None:
        self._in_tables -= 1

    def _start_column(self, attributes: Attributes) -> None:
        first, repeated = self._column, _count(attributes, "number-columns-repeated")
        self._column += repeated
        last = min(self._column, COLUMNS)
        style = attributes.get(f"{TABLE}default-cell-style-name", "")
        self._column_styles += [style] * (last - first)
        if self.sheets and attributes.get(f"{TABLE}visibility") in _HIDDEN:
            self.sheets[-1].hidden_columns.update(range(first, last))

    def _start_row(self, attributes: Attributes) -> None:
        self._column = 0
        repeated = _count(attributes, "number-rows-repeated")
        hidden = attributes.get(f"{TABLE}visibility") in _HIDDEN
        self._cells = OdsRow(self._row + 1, repeated, [], hidden)
        self._row += repeated

    def _end_row(self) -> None:
        row, self._cells = self._cells, None
        if row is None or not self.sheets or not any(row.cells):
            return
        sheet = self.sheets[-1]
        last = row.number + row.repeated - 1
        sheet.width, sheet.height = max(sheet.width, len(row.cells)), last
        if last > ROWS or sheet.width * sheet.height > CELL_AREA:
            raise _too_far(last, sheet.width)
        sheet.rows.append(row)

    # --- cells ---

    def _start_cell(self, attributes: Attributes, *, covered: bool = False) -> None:
        self._cell = _Cell(attributes, covered)

    def _start_covered(self, attributes: Attributes) -> None:
        self._start_cell(attributes, covered=True)

    def _end_cell(self) -> None:
        cell, row = self._cell, self._cells
        self._cell = None
        if cell is None or row is None or not self.sheets:
            return
        column, repeated = self._column, _count(cell.attributes, "number-columns-repeated")
        self._column = column + repeated
        if cell.comment and cell.comment.text.strip():
            self.sheets[-1].comments.append(cell.comment)
        text = self._value(cell, column)
        if text:
            if self._column > COLUMNS:
                raise _too_far(row.number, self._column)
            row.cells += [""] * (column - len(row.cells)) + [text] * repeated
            self._merge(cell, row.number, column)
        if f"{TABLE}formula" in cell.attributes and column < COLUMNS:
            error = cell.attributes.get(ERROR_TYPE) == "error"
            if error:
                row.errors[column] = text[:40]
            else:
                row.formulas[column] = bool(text)

    def _merge(self, cell: _Cell, row: int, column: int) -> None:
        across = _count(cell.attributes, "number-columns-spanned")
        down = _count(cell.attributes, "number-rows-spanned")
        if across > 1 or down > 1:
            self.sheets[-1].merged.append((row, column, row + down - 1, column + across - 1))

    def _value(self, cell: _Cell, column: int) -> str:
        attributes = cell.attributes
        kind = attributes.get(f"{OFFICE}value-type", "")
        if kind in ("float", "percentage", "currency"):
            return _number(attributes.get(f"{OFFICE}value", ""))
        if kind == "date":
            return self._date(attributes, column)
        if kind == "boolean":
            return attributes.get(f"{OFFICE}boolean-value", "").upper()[:CELL_CHARACTERS]
        return "\n".join(cell.paragraphs).strip() or attributes.get(f"{OFFICE}string-value", "")

    def _date(self, attributes: Attributes, column: int) -> str:
        day, _, moment = attributes.get(f"{OFFICE}date-value", "").partition("T")
        if moment.strip("0:.Z"):
            return f"{day} {moment}"
        default = self._column_styles[column] if column < len(self._column_styles) else ""
        return date_text(day, self.styles.precision(attributes.get(f"{TABLE}style-name", default)))

    # --- text ---

    def _start_comment(self, _attributes: Attributes) -> None:
        if self._cell and self._cells:
            self._comment = self._cell.comment = OdsComment(self._cells.number, self._column)

    def _end_comment(self) -> None:
        self._comment = None

    def _start_creator(self, _attributes: Attributes) -> None:
        if self._comment:
            self._parser.CharacterDataHandler = self._creator_text

    def _start_paragraph(self, _attributes: Attributes) -> None:
        if self._comment:
            self._comment.text += "\n" if self._comment.text else ""
        elif self._cell:
            self._cell.paragraphs.append("")
        else:
            return
        self._parser.CharacterDataHandler = self._text

    def _end_text(self) -> None:
        self._parser.CharacterDataHandler = None

    def _creator_text(self, text: str) -> None:
        if self._comment:
            self._comment.author += text

    def _text(self, text: str) -> None:
        if self._comment:
            self._comment.text += text
        elif self._cell and self._cell.paragraphs and not self._skipped:
            self._cell.paragraphs[-1] += text

    def _blanks(self, attributes: Attributes) -> None:
        count = attributes.get(f"{TEXT}c", "1")
        self._text(" " * min(int(count[:9]) if count.isdecimal() else 1, CELL_CHARACTERS + 1))

    def _line_break(self, _attributes: Attributes) -> None:
        self._text("\n")


def _count(attributes: Attributes, name: str) -> int:
    """How often something repeats: once where it does not say, and at most a billion times."""
    text = attributes.get(TABLE + name, "1")
    return max(min(int(text[:12]), _FAR), 1) if text.isdecimal() else 1


def _number(text: str) -> str:
    try:
        return number_text(float(text))
    except (ValueError, OverflowError):
        return text


def _too_far(row: int, column: int) -> UnreadableFile:
    return UnreadableFile(
        "cells-too-far",
        f"A sheet has a cell in row {row:,}, column {column:,}; {ROWS:,} rows, {COLUMNS} columns and"
        f" {CELL_AREA:,} cells together are the most that is read.",
        "Delete (not only clear) the rows and columns behind the table, and save.",
    )
