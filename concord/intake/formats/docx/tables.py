"""The tables of a document: their grids, and which of them are one table that a page break cut in two."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from concord.intake.formats.docx.text import Written, written_in
from concord.intake.formats.docx.tree import Node
from concord.intake.formats.limits import COLUMNS
from concord.intake.formats.parts import UnreadableFile

_WRAPPERS = {"sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag", "AlternateContent", "Choice"}
_CAPTION_CHARACTERS = 120
_NUMBERED = re.compile(r"^\s*(table|tabela|tablica|табела|tabel[aë])\s*\d*\s*[:.–—-]*\s*", re.IGNORECASE)
_DIGIT = re.compile(r"\d")


@dataclass(slots=True)
class Cell:
    """One cell: its first column in the grid, how many it spans, and what is written in it.

    continues: it is the lower part of the cell above.
    """

    column: int
    span: int
    written: Written
    continues: bool = False


@dataclass(slots=True)
class TableRow:
    """One row of a table. is_heading: marked as repeated on each page. is_hidden: Word does not show it."""

    cells: list[Cell]
    is_heading: bool = False
    is_hidden: bool = False
    is_tracked: bool = False

    @property
    def texts(self) -> list[str]:
        """What is written in its cells, folded for comparing."""
        return [" ".join(cell.written.text.split()).casefold() for cell in self.cells]

    @property
    def is_bold(self) -> bool:
        """Whether everything in it is written in bold letters."""
        filled = [cell.written for cell in self.cells if cell.written.text]
        return bool(filled) and all(written.is_bold for written in filled)


@dataclass(slots=True)
class Table:
    """A table of the document, with the caption or heading above it.

    number: its place among all tables, starting at 1. stands_apart: there is text between it and the
    table before.
    """

    number: int
    caption: str
    stands_apart: bool
    rows: list[TableRow] = field(default_factory=list)

    @property
    def width(self) -> int:
        """How many columns its grid has."""
        return max((cell.column + cell.span for row in self.rows for cell in row.cells), default=0)

    @property
    def headings(self) -> list[TableRow]:
        """Its heading rows: those marked as such, else the first row."""
        marked = 0
        while marked < len(self.rows) and self.rows[marked].is_heading:
            marked += 1
        return self.rows[: max(marked, 1)]


def tables_in(body: Node, style_names: dict[str, str]) -> list[Table]:
    """The tables of a document's body in their order, those without any text left out."""
    found: list[Table] = []
    number, heading, last, apart = 0, "", "", True
    for block in blocks_in(body):
        if block.name == "p":
            text = " ".join(written_in(iter([block])).text.split())
            if text:
                last, apart = text, True
                if style_names.get(block.value("pPr", "pStyle"), "").startswith(("heading", "title")):
                    heading = text
            continue
        number += 1
        caption = last if last and len(last) <= _CAPTION_CHARACTERS else heading
        table = Table(number, _NUMBERED.sub("", caption), apart, [_row(row) for row in _rows(block)])
        table.rows = [row for row in table.rows if row.cells]
        if any(text for row in table.rows for text in row.texts):
            _tidy_grid(table)
            found.append(table)
        last, apart = "", False
    return found


def blocks_in(node: Node) -> Iterator[Node]:
    """Paragraphs and tables in reading order, through the wrappers that may lie around them."""
    for child in node.nodes():
        if child.name in ("p", "tbl"):
            yield child
        elif child.name in _WRAPPERS:
            yield from blocks_in(child)


def _rows(table: Node) -> Iterator[Node]:
    """The rows that are left when deletions are accepted."""
    for row in _inside(table, "tr"):
        if not row.first("trPr", "del"):
            yield row


def _inside(node: Node, name: str) -> Iterator[Node]:
    for child in node.nodes():
        if child.name == name:
            yield child
        elif child.name in _WRAPPERS:
            yield from _inside(child, name)


def _row(node: Node) -> TableRow:
    column = _count(node.value("trPr", "gridBefore"), least=0)
    cells: list[Cell] = []
    for cell in _inside(node, "tc"):
        span = _count(cell.value("tcPr", "gridSpan"), least=1)
        if cells and cell.value("tcPr", "hMerge") == "continue":
            cells[-1].span += span
        else:
            merge = cell.first("tcPr", "vMerge")
            continues = merge is not None and merge.attributes.get("val", "continue") == "continue"
            deleted = cell.first("tcPr", "cellDel") is not None
            cells.append(Cell(column, span, Written() if deleted else written_in(cell.nodes()), continues))
        column += span
        if column > COLUMNS:
            raise UnreadableFile(
                "too-many-columns",
                f"A table of the document has more than {COLUMNS} columns.",
                "Remove the columns that are not needed and save the document again.",
            )
    return TableRow(
        cells,
        is_heading=node.has("trPr", "tblHeader"),
        is_hidden=node.has("trPr", "hidden"),
        is_tracked=node.first("trPr", "ins") is not None,
    )


def _count(text: str, *, least: int) -> int:
    if not text.isdecimal():
        return least
    return max(min(int(text[:9]), COLUMNS + 1), least)


def _tidy_grid(table: Table) -> None:
    """Takes out columns at which no cell begins: borders a hair apart make Word split a column in two."""
    if len({len(row.cells) for row in table.rows}) == 1:
        for row in table.rows:
            for place, cell in enumerate(row.cells):
                cell.column, cell.span = place, 1
        return
    starts = sorted({cell.column for row in table.rows for cell in row.cells})
    place_of = {start: place for place, start in enumerate(starts)}
    for row in table.rows:
        for cell in row.cells:
            end = cell.column + cell.span
            cell.span = sum(cell.column <= start < end for start in starts)
            cell.column = place_of[cell.column]


# --- tables that a page break cut in two ----------------------------------------------------------------


@dataclass(slots=True)
class Whole:
    """One table, and the tables right behind it that continue it.

    guessed: numbers of those that have no heading row of their own to compare. rows: of all, in order,
    repeated heading rows as None.
    """

    table: Table
    joined: list[int]
    guessed: list[int]
    rows: list[TableRow | None]


def joined(tables: list[Table]) -> list[Whole]:
    """The tables with their continuations."""
    wholes: list[Whole] = []
    for table in tables:
        before = wholes[-1] if wholes else None
        if before and _continues(before.table, table):
            before.joined.append(table.number)
            if not _repeats_headings(before.table, table):
                before.guessed.append(table.number)
            before.rows += _without_headings(before.table, table)
        else:
            own = _without_headings(table, table)
            headings = len(table.headings)
            wholes.append(Whole(table, [], [], [*table.rows[:headings], *own[headings:]]))
    return wholes


def _continues(before: Table, table: Table) -> bool:
    if table.stands_apart or table.width != before.width:
        return False
    return _repeats_headings(before, table) or not _has_own_heading(table)


def _repeats_headings(before: Table, table: Table) -> bool:
    return any(table.rows[0].texts) and table.rows[0].texts == before.rows[0].texts


def _has_own_heading(table: Table) -> bool:
    """Marked or written like one, or words above columns of figures."""
    first = table.rows[0]
    if first.is_heading or (first.is_bold and not all(row.is_bold for row in table.rows)):
        return True
    if any(_DIGIT.search(text) for text in first.texts):
        return False
    return any(_DIGIT.search(text) for row in table.rows[1:] for text in row.texts)


def _without_headings(before: Table, table: Table) -> list[TableRow | None]:
    """The rows, with None for each that only repeats a heading row on another page."""
    headings = [row.texts for row in before.headings if sum(map(bool, row.texts)) > 1]
    return [None if row.texts in headings else row for row in table.rows]
