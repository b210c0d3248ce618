"""Reads text tables (.csv, .tsv, .txt), streaming: memory does not grow with the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from concord.intake.formats.cells import rows_of
from concord.intake.formats.csv.encodings import NAMED, Encoding, decoded_lines, find_encoding
from concord.intake.formats.csv.records import (
    SAMPLE_LINES,
    Line,
    Record,
    Shape,
    find_shape,
    find_width,
    named_delimiter,
    records,
)
from concord.intake.formats.parts import Format, Note, Part, SheetStart
from concord.intake.problems import Severity
from concord.kernel.texts import unmarked

SHEET = ""  # a text file has no sheets: one without a name


def read(path: Path) -> Iterator[Part]:
    """The one sheet of a text table, its rows, and notes on encoding and quotation marks.

    Raises:
        UnreadableFile: the lines or cells are too long to be a table's.
    """
    encoding = find_encoding(path)
    sample = [text for text, _ in islice(decoded_lines(path, encoding), SAMPLE_LINES + 1)]
    named = named_delimiter(sample[0]) if sample else ""
    shape = Shape(named, find_width(sample[1:], named)) if named else find_shape(sample)
    lines = (Line(text, other) for text, other in decoded_lines(path, encoding))
    if named:
        next(lines)  # no row: spreadsheets do not show it either
    yield SheetStart(SHEET)
    told = False
    for record in records(lines, shape):
        yield from _notes_on(record, encoding)
        if record.in_other_encoding and not encoding.mixed and not told:
            told = True
            yield _file_encoding(record, encoding)
        yield from rows_of(SHEET, [(record.number, [unmarked(cell) for cell in record.cells])])


def _notes_on(record: Record, encoding: Encoding) -> Iterator[Part]:
    if record.open_quote:
        yield Note(
            Severity.QUESTION,
            "open-quotation-mark",
            "A quotation mark is opened in this row and never closed. It was read as an ordinary character.",
            "Check the cells of this row; close the quotation mark or remove it.",
            SHEET,
            record.number,
            *_first_with(record.cells, '"'),
        )
    if record.in_other_encoding and encoding.mixed:
        yield Note(
            Severity.WARNING,
            "mixed-encoding",
            f"This row is not in UTF-8 like the rest of the file; it was read as {NAMED[encoding.other]}.",
            "Check its letters (č, š, ž, ë, é). Save the whole file as CSV UTF-8 to be sure.",
            SHEET,
            record.number,
            *_first_foreign(record.cells),
        )
    if any("\ufffd" in cell for cell in record.cells):
        yield Note(
            Severity.WARNING,
            "unreadable-characters",
            "Some characters of this row could not be read; each is shown as \ufffd.",
            "Type them again, and save the file as CSV UTF-8.",
            SHEET,
            record.number,
            *_first_with(record.cells, "\ufffd"),
        )


def _file_encoding(record: Record, encoding: Encoding) -> Note:
    column, value = _first_foreign(record.cells)
    return Note(
        Severity.WARNING,
        "encoding",
        f"The file is not in UTF-8; it was read as {NAMED[encoding.other]}. This row shows it first.",
        "Check that the letters are right. If not, save the file as CSV UTF-8 and hand it in again.",
        SHEET,
        record.number,
        column,
        value,
    )


def _first_with(cells: Sequence[str], mark: str) -> tuple[int | None, str]:
    found = ((index, cell[:200]) for index, cell in enumerate(cells) if mark in cell)
    return next(found, (None, ""))


def _first_foreign(cells: Sequence[str]) -> tuple[int | None, str]:
    found = ((index, cell[:200]) for index, cell in enumerate(cells) if not cell.isascii())
    return next(found, (None, ""))


FORMAT = Format("CSV", (".csv", ".tsv", ".txt"), streamed=True, read=read)
