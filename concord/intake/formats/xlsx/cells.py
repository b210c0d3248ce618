"""The cells of one sheet's part: within limits, with formulas, errors, dates without a day, what is hidden
and what is merged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from concord.intake.formats.limits import CELL_AREA, COLUMNS, ROWS
from concord.intake.formats.merging import Range
from concord.intake.formats.package import damaged
from concord.intake.formats.parts import UnreadableFile
from concord.intake.formats.xml import Attributes, is_true

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,9})", re.ASCII)
_PAGE_SECTION = re.compile(r"&[LCR]")
_PAGE_CODE = re.compile(r'&(?:"[^"]*"|K[0-9A-Fa-f+-]{5,6}|\d+|.)')
MOST_MARKED_CELLS = 200_000
_PAGE_TEXTS = {"oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"}


@dataclass(slots=True)
class CellMarks:
    """What the scan found in one sheet's part, by (row, column), the row starting at 1, the column at 0."""

    formulas: dict[tuple[int, int], bool] = field(default_factory=dict)
    """Cells with a formula, and whether a result is stored with it."""
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    """Cells that show an error, with its text ("#REF!")."""
    styles: dict[tuple[int, int], int] = field(default_factory=dict)
    """The style number of cells that have one of the styles that show a date without its day."""
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[Range] = field(default_factory=list)
    page_texts: list[str] = field(default_factory=list)
    """What is printed above and below each page, in the notation of the format."""
    rows: int = 0
    columns: int = 0


class Cells:
    """Follows the cells of one sheet. It is called for every element, so it takes the short way for most."""

    def __init__(self, parser: expat.XMLParserType, marks: CellMarks, precisions: dict[int, str]) -> None:
        self._parser, self._marks = parser, marks
        self._precise_styles = {str(style) for style in precisions}
        self._row, self._row_text, self._column = 0, "0", -1
        self._columns: dict[str, int] = {}
        self._in_error = self._formula = False
        parser.StartElementHandler = self._start

    def _start(self, name: str, attributes: Attributes) -> None:
        tag = name.rpartition(":")[2] if ":" in name else name
        if tag == "c":
            self._cell(attributes)
        elif tag == "row":
            self._start_row(attributes)
        elif tag == "f":
            self._mark(self._marks.formulas, value=False)
            self._formula = True
        elif tag == "v":
            if self._formula:
                self._marks.formulas[self._row, self._column] = True
            if self._in_error:
                self._parser.CharacterDataHandler = self._error_text
        elif tag == "mergeCell":
            self._marks.merged.append(place_of_range(attributes.get("ref", "")))
        elif tag == "col":
            self._hide_columns(attributes)
        elif tag in _PAGE_TEXTS:
            self._marks.page_texts.append("")
            self._parser.CharacterDataHandler = self._page_text
            self._parser.EndElementHandler = self._page_text_ends

    def _start_row(self, attributes: Attributes) -> None:
        reference = attributes.get("r", "")
        self._row = int(reference) if reference.isdecimal() else self._row + 1
        self._row_text, self._column = str(self._row), -1
        if self._row > ROWS:
            raise _too_far(self._row, 1)
        if is_true(attributes.get("hidden")):
            self._marks.hidden_rows.add(self._row)

    def _hide_columns(self, attributes: Attributes) -> None:
        first, last = attributes.get("min", ""), attributes.get("max", "")
        if is_true(attributes.get("hidden")) and first.isdecimal() and last.isdecimal():
            # Workbooks often hide all columns behind the table: no more than are read.
            self._marks.hidden_columns.update(range(int(first) - 1, min(int(last), COLUMNS)))

    def _page_text(self, text: str) -> None:
        self._marks.page_texts[-1] += text

    def _page_text_ends(self, _name: str) -> None:
        self._parser.CharacterDataHandler = self._parser.EndElementHandler = None

    def _cell(self, attributes: Attributes) -> None:
        if self._in_error:
            self._parser.CharacterDataHandler = None
        self._formula = False
        self._in_error = attributes.get("t") == "e"
        reference = attributes.get("r")
        if reference is None:
            self._column += 1
        else:
            self._go_to(reference)
        marks = self._marks
        if self._row > marks.rows or self._column >= marks.columns:
            self._widen(marks)
        style = attributes.get("s", "")
        if style in self._precise_styles:
            self._mark(marks.styles, value=int(style))

    def _go_to(self, reference: str) -> None:
        letters = reference.rstrip("0123456789")
        if letters in self._columns and reference[len(letters) :] == self._row_text:
            self._column = self._columns[letters]
            return
        self._row, self._column = place_of(reference)
        self._row_text = str(self._row)
        self._columns[letters] = self._column

    def _widen(self, marks: CellMarks) -> None:
        if self._row > ROWS or self._column >= COLUMNS:
            raise _too_far(self._row, self._column + 1)
        marks.rows, marks.columns = max(marks.rows, self._row), max(marks.columns, self._column + 1)
        if marks.rows * marks.columns > CELL_AREA:
            raise UnreadableFile(
                "cells-too-far",
                f"A sheet spans {marks.rows:,} rows and {marks.columns:,} columns, more than"
                f" {CELL_AREA:,} cells together.",
                "Delete what lies far from the table, or split the table, and save.",
            )

    def _error_text(self, text: str) -> None:
        # Until the next cell, blanks between the elements come here too: the first text is the error's.
        if (self._row, self._column) not in self._marks.errors:
            self._mark(self._marks.errors, value=text[:40])

    def _mark[T](self, marks: dict[tuple[int, int], T], *, value: T) -> None:
        if len(marks) < MOST_MARKED_CELLS:
            marks[self._row, self._column] = value


def _too_far(row: int, column: int) -> UnreadableFile:
    return UnreadableFile(
        "cells-too-far",
        f"A sheet has a cell in row {row:,}, column {column:,};"
        f" {ROWS:,} rows and {COLUMNS} columns are the most that is read.",
        "Delete (not only clear) the rows and columns behind the table, and save.",
    )


def page_lines(text: str) -> str:
    """A header or footer without its codes: left, middle and right on lines of their own.

    Source: ECMA-376 part 1, 18.3.1.46.
    """
    return _PAGE_CODE.sub("", _PAGE_SECTION.sub("\n", text))


def place_of_range(reference: str) -> Range:
    """The corners of "A1:C3", or of the one cell "B2".

    Raises:
        UnreadableFile: it is neither.
    """
    first, _, last = reference.partition(":")
    (row, column), (last_row, last_column) = place_of(first), place_of(last or first)
    return row, column, last_row, last_column


def place_of(reference: str) -> tuple[int, int]:
    """The row (starting at 1) and the column (at 0) of a reference such as "AB12".

    Raises:
        UnreadableFile: it is none.
    """
    found = _REFERENCE.fullmatch(reference)
    if not found:
        raise damaged()
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]), column - 1
