"""What must be known about a workbook before a reader opens it: its cells stay within limits, no part
declares document types, and which cells hold formulas, errors, or dates shown without a day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from concord.intake.formats.limits import CELL_AREA, COLUMNS, ROWS
from concord.intake.formats.parts import UnreadableFile
from concord.intake.formats.xlsx.package import RESAVE, Inflater, PartOfZip, damaged, parts_of

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,9})", re.ASCII)
_TEXT_IN_FORMAT = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
MONTH_FORMATS = {17}  # mmm-yy, built in. Source: ECMA-376 part 1, 18.8.30
FIRST_CUSTOM_FORMAT = 164
MOST_MARKED_CELLS = 200_000


@dataclass(slots=True)
class CellMarks:
    """What the scan found in one sheet's part, by (row, column), the row starting at 1, the column at 0."""

    formulas: dict[tuple[int, int], bool] = field(default_factory=dict)
    """Cells with a formula, and whether a result is stored with it."""
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    """Cells that show an error, with its text ("#REF!")."""
    styles: dict[tuple[int, int], int] = field(default_factory=dict)
    """The style number of cells that have one of the styles that show a date without its day."""
    rows: int = 0
    columns: int = 0


@dataclass(slots=True)
class Scan:
    """The marks of each sheet's part by part name, and the styles that show less than a day."""

    sheets: dict[str, CellMarks] = field(default_factory=dict)
    precisions: dict[int, str] = field(default_factory=dict)
    """Style number -> "month" or "year"."""
    sheet_parts: dict[str, str] = field(default_factory=dict)
    """Sheet name -> part name."""


def scan_workbook(path: Path) -> Scan:
    """Inflates and parses every XML part once, within the limits.

    Raises:
        UnreadableFile: what the limits or the zip rules refuse, a document type, or broken XML.
    """
    parts = parts_of(path)
    inflater = Inflater(path)
    scan = Scan()
    names = _Names()
    # Styles first: which cells are worth remembering depends on them.
    for part in sorted(parts, key=lambda part: not part.name.endswith("styles.xml")):
        pieces = inflater.pieces(part)
        if part.name.casefold().endswith((".xml", ".rels", ".vml")):
            _parse(part, pieces, scan, names)
        else:
            for _ in pieces:
                pass
    scan.sheet_parts = names.sheet_parts()
    return scan


def _parse(part: PartOfZip, pieces: Iterator[bytes], scan: Scan, names: _Names) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.StartElementHandler = _First(part, parser, scan, names).element
    try:
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise damaged() from error


def _refuse_document_type(*_: object) -> None:
    raise UnreadableFile(
        "document-type", "A part of the workbook declares a document type, which no Excel file needs.", RESAVE
    )


class _First:
    """Looks at the first element of a part and puts the right handler in its place."""

    def __init__(self, part: PartOfZip, parser: expat.XMLParserType, scan: Scan, names: _Names) -> None:
        self._part, self._parser, self._scan, self._names = part, parser, scan, names

    def element(self, name: str, _attributes: dict[str, str]) -> None:
        root = name.rpartition(":")[2]
        self._parser.StartElementHandler = None
        if root == "worksheet":
            marks = self._scan.sheets.setdefault(self._part.name, CellMarks())
            _Cells(self._parser, marks, self._scan.precisions)
        elif root == "styleSheet":
            _Styles(self._parser, self._scan.precisions)
        elif root == "workbook":
            self._parser.StartElementHandler = self._names.workbook_element
        elif root == "Relationships" and self._part.name.endswith("workbook.xml.rels"):
            self._parser.StartElementHandler = self._names.relation_element


class _Names:
    """Which part holds which sheet: the workbook names a relation, the relation names the part."""

    def __init__(self) -> None:
        self._relation_of: dict[str, str] = {}
        self._target_of: dict[str, str] = {}

    def workbook_element(self, name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            self._relation_of[attributes.get("name", "")] = relation

    def relation_element(self, _name: str, attributes: dict[str, str]) -> None:
        target = attributes.get("Target", "")
        absolute = target.startswith("/")
        self._target_of[attributes.get("Id", "")] = target.lstrip("/") if absolute else f"xl/{target}"

    def sheet_parts(self) -> dict[str, str]:
        return {name: self._target_of.get(relation, "") for name, relation in self._relation_of.items()}


class _Cells:
    """Follows the cells of one sheet. It is called for every element, so it takes the short way for most."""

    def __init__(self, parser: expat.XMLParserType, marks: CellMarks, precisions: dict[int, str]) -> None:
        self._parser, self._marks = parser, marks
        self._precise_styles = {str(style) for style in precisions}
        self._row, self._row_text, self._column = 0, "0", -1
        self._columns: dict[str, int] = {}
        self._in_error = self._formula = False
        parser.StartElementHandler = self._start

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2] if ":" in name else name
        if tag == "c":
            self._cell(attributes)
        elif tag == "row":
            self._start_row(attributes.get("r", ""))
        elif tag == "f":
            self._mark(self._marks.formulas, value=False)
            self._formula = True
        elif tag == "v":
            if self._formula:
                self._marks.formulas[self._row, self._column] = True
            if self._in_error:
                self._parser.CharacterDataHandler = self._error_text

    def _start_row(self, reference: str) -> None:
        self._row = int(reference) if reference.isdecimal() else self._row + 1
        self._row_text, self._column = str(self._row), -1
        if self._row > ROWS:
            raise _too_far(self._row, 1)

    def _cell(self, attributes: dict[str, str]) -> None:
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
        self._row, self._column = _place(reference)
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


def _place(reference: str) -> tuple[int, int]:
    found = _REFERENCE.fullmatch(reference)
    if not found:
        raise damaged()
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]), column - 1


class _Styles:
    """Finds the cell styles whose number format shows a date as a month or a year only."""

    def __init__(self, parser: expat.XMLParserType, precisions: dict[int, str]) -> None:
        self._precisions = precisions
        self._formats: dict[int, str] = {}
        self._in_cell_styles = False
        self._style = 0
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "numFmt" and attributes.get("numFmtId", "").isdecimal():
            self._formats[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif tag == "cellXfs":
            self._in_cell_styles = True
        elif tag == "xf" and self._in_cell_styles:
            number = attributes.get("numFmtId", "")
            if number.isdecimal() and (precision := self._precision(int(number))):
                self._precisions[self._style] = precision
            self._style += 1

    def _end(self, name: str) -> None:
        if name.rpartition(":")[2] == "cellXfs":
            self._in_cell_styles = False

    def _precision(self, number: int) -> str:
        if number < FIRST_CUSTOM_FORMAT:
            return "month" if number in MONTH_FORMATS else ""
        shown = _TEXT_IN_FORMAT.sub("", self._formats.get(number, "")).casefold()
        if "y" not in shown or "d" in shown or "h" in shown:
            return ""
        return "month" if "m" in shown else "year"
