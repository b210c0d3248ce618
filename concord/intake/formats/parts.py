"""What a reader yields, part by part, and what it adds up to: sheets of rows of text with addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from concord.intake.problems import Problem, Severity
from concord.kernel.errors import BadInput


@dataclass(frozen=True, slots=True)
class SheetStart:
    """A sheet begins; the rows that follow are its own. A text file is one sheet without a name."""

    name: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as in the file (starting at 1) and its cells as text, first column first.

    Cells after the last filled one are left out. Rows without any text are not yielded. hidden: the
    file does not show it. received: the record as the file holds it, where the format has more than
    cells can say (an IATI activity's XML); "" otherwise.
    """

    number: int
    cells: tuple[str, ...]
    hidden: bool = False
    received: str = ""

    def cell(self, index: int) -> str:
        """The text of a column (0 is the first), "" behind the end."""
        return self.cells[index] if index < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader noticed. column is a number (0 is the first), None for the whole row."""

    severity: Severity
    rule: str
    message: str
    remedy: str
    sheet: str = ""
    row: int | None = None
    column: int | None = None
    value: str = ""
    reading: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody wrote beside a cell: a note or a comment. column 0 is the first."""

    sheet: str
    row: int
    column: int
    text: str
    author: str = ""


@dataclass(frozen=True, slots=True)
class MergedCells:
    """Cells that the file shows as one; rows as in the file, columns from 0, both ends included.

    The reader has written the text of the first cell into all of them.
    """

    sheet: str
    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(frozen=True, slots=True)
class HiddenColumns:
    """Columns of a sheet that the file does not show, 0 is the first. They are read like the others."""

    sheet: str
    columns: tuple[int, ...]


Part = SheetStart | Row | Note | Comment | MergedCells | HiddenColumns
"""Comments, merged cells and hidden columns may come at any place after their sheet began."""


@dataclass(slots=True)
class Sheet:
    """One sheet with its filled rows, and what its cells show beside their text."""

    name: str
    rows: list[Row] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    merged: list[MergedCells] = field(default_factory=list)
    hidden_columns: tuple[int, ...] = ()


@dataclass(slots=True)
class Sheets:
    """All that was read from one file: its sheets in their order and the reader's notes."""

    sheets: list[Sheet] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Format:
    """A format and its reader, which runs in a child process and may be given hostile files.

    suffixes: how its files' names end, the usual one first. streamed: memory does not grow with the
    file, so that the command line reads any size. read: yields the parts of a file in their order, or
    raises UnreadableFile.
    """

    name: str
    suffixes: tuple[str, ...]
    streamed: bool
    read: Callable[[Path], Iterator[Part]]


class UnreadableFile(BadInput):
    """A file that cannot be read at all: what it is, and what to do instead.

    Args:
        rule: stable short name. message: what happened. remedy: what to do now.
    """

    def __init__(self, rule: str, message: str, remedy: str) -> None:
        super().__init__(f"{message} {remedy}")
        self.rule = rule
        self.message = message
        self.remedy = remedy

    def as_problem(self) -> Problem:
        """The same as a problem of the whole file."""
        return Problem(Severity.ERROR, self.rule, self.message, self.remedy)


def collect(parts: Iterator[Part]) -> Sheets:
    """The parts of a reader put together."""
    whole = Sheets()
    for part in parts:
        if isinstance(part, SheetStart):
            whole.sheets.append(Sheet(part.name))
        elif isinstance(part, Row):
            whole.sheets[-1].rows.append(part)
        elif isinstance(part, Note):
            whole.notes.append(part)
        else:
            _beside(whole, part)
    return whole


def _beside(whole: Sheets, part: Comment | MergedCells | HiddenColumns) -> None:
    sheet = next(sheet for sheet in reversed(whole.sheets) if sheet.name == part.sheet)
    if isinstance(part, Comment):
        sheet.comments.append(part)
    elif isinstance(part, MergedCells):
        sheet.merged.append(part)
    else:
        sheet.hidden_columns = part.columns


def column_letters(index: int) -> str:
    """The letters of a column as a spreadsheet shows them: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
