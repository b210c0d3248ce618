"""Reads the tables of Word documents (.docx, .docm): each is a sheet, named by what stands above it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from concord.intake.formats.cells import rows_of, storable
from concord.intake.formats.classified import require_unmarked
from concord.intake.formats.docx.tables import TableRow, Whole, blocks_in, joined, tables_in
from concord.intake.formats.docx.text import written_in
from concord.intake.formats.docx.tree import Node, TreeBuilder
from concord.intake.formats.hidden import Hidden, in_ranges
from concord.intake.formats.limits import ROWS
from concord.intake.formats.merging import Filler, Range, merged_cells
from concord.intake.formats.package import Inflater, damaged, parts_of
from concord.intake.formats.parts import Comment, Format, Note, Part, Row, SheetStart, UnreadableFile
from concord.intake.formats.xml import parse
from concord.intake.problems import Severity

_NAME_CHARACTERS = 80
_FOOTNOTES = {"footnote": "Footnote: ", "endnote": "Endnote: "}


@dataclass(slots=True)
class _Document:
    """The parts of a document that matter: its body, names of styles, and remarks by (kind, id)."""

    body: Node | None = None
    style_names: dict[str, str] = field(default_factory=dict)
    remarks: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    lines: list[tuple[str, str]] = field(default_factory=list)
    """Texts that may be a marking, and where they stand."""
    macros: bool = False


def read(path: Path) -> Iterator[Part]:
    """The tables of a document in their order; a table that continues behind a page break is one.

    Tracked changes are read as if they were accepted. Rows are numbered from the top of each table, a
    repeated heading row counted and left out. Text outside of tables is not read.

    Raises:
        UnreadableFile: damaged, beyond a limit, or without any table.
    """
    document = _opened(path)
    if document.body is None:
        raise damaged()
    for text, place in document.lines:
        require_unmarked(text, place)
    wholes = joined(tables_in(document.body, document.style_names))
    if not wholes:
        raise UnreadableFile(
            "no-table",
            "The Word document holds no table, and text outside of tables is not read.",
            "Put the entries into a table, one per row under a row of headings, and hand it in again.",
        )
    if document.macros:
        yield _note(
            "",
            "macros",
            "The document holds macros. They were not run, and nothing of them enters the plan.",
            "Nothing needs doing; a document without macros (.docx) is read the same.",
        )
    for whole in wholes:
        yield from _sheet(whole, document)


def _opened(path: Path) -> _Document:
    inflater, document = Inflater(path), _Document()
    for part in parts_of(path):
        pieces = inflater.pieces(part)
        name = part.name.casefold()
        document.macros = document.macros or name.endswith("vbaproject.bin")
        if not name.endswith((".xml", ".rels")):
            for _ in pieces:
                pass
            continue
        builder = TreeBuilder()
        parse(pieces, builder.attach, namespace_separator=" ")
        if builder.root:
            _take(builder.root, document)
        document.lines += [(text, "A watermark of the document") for text in builder.watermarks]
    return document


def _take(root: Node, document: _Document) -> None:
    if root.name == "document":
        document.body = root.first("body") or document.body
        document.lines += _lines(document.body, "A line of the document")
    elif root.name in ("hdr", "ftr"):
        document.lines += _lines(root, "The header or footer of the document")
    elif root.name == "styles":
        for style in root.nodes():
            document.style_names[style.attributes.get("styleId", "")] = style.value("name").casefold()
    elif root.name in ("comments", "footnotes", "endnotes"):
        kind = root.name.removesuffix("s")
        for one in root.nodes():
            text = _FOOTNOTES.get(kind, "") + written_in(one.nodes()).text
            document.remarks[kind, one.attributes.get("id", "")] = (text, one.attributes.get("author", ""))


def _lines(node: Node | None, place: str) -> list[tuple[str, str]]:
    """The paragraphs that stand outside of tables, and the place to name."""
    paragraphs = blocks_in(node) if node else ()
    return [(written_in(iter([one])).text, place) for one in paragraphs if one.name == "p"]


def _sheet(whole: Whole, document: _Document) -> Iterator[Part]:
    name = _name_of(whole)
    yield SheetStart(name)
    rows = [(number, row) for number, row in enumerate(whole.rows, start=1) if row]
    if len(rows) > ROWS:
        raise UnreadableFile(
            "too-many-rows",
            f"A table of the document has {len(rows):,} rows; {ROWS:,} are the most that is read.",
            "Split the table, or hand it in as a workbook.",
        )
    merged = merged_cells(name, _ranges(rows), len(whole.rows), whole.table.width)
    yield from merged
    yield from _joining_notes(whole, name)
    filler, seen, hidden = Filler(merged), Hidden(name), {n for n, row in rows if row.is_hidden}
    for part in rows_of(name, _filled(rows, filler)):
        if isinstance(part, Row):
            part = Row(part.number, part.cells, hidden=part.number in hidden)
            seen.see(part)
        yield part
    yield from seen.parts()
    yield from _cell_notes(name, rows)
    yield from _comments(name, rows, document)


def _name_of(whole: Whole) -> str:
    name = f"Table {whole.table.number}"
    caption = storable(" ".join(whole.table.caption.split()))
    return f"{name}: {caption}"[:_NAME_CHARACTERS].rstrip() if caption else name


def _ranges(rows: Iterable[tuple[int, TableRow]]) -> list[Range]:
    """The merged cells of a table, across columns and down rows."""
    found: list[list[int]] = []
    open_at: dict[tuple[int, int], list[int]] = {}
    for number, row in rows:
        still: dict[tuple[int, int], list[int]] = {}
        for cell in row.cells:
            place = (cell.column, cell.span)
            above = open_at.get(place)
            if cell.continues and above:
                above[2] = number
            else:
                above = [number, cell.column, number, cell.column + cell.span - 1]
                found.append(above)
            still[place] = above
        open_at = still
    return [(a, b, c, d) for a, b, c, d in found if (a, b) != (c, d)]


def _filled(rows: Iterable[tuple[int, TableRow]], filler: Filler) -> Iterator[tuple[int, list[str]]]:
    for number, row in rows:
        texts: list[str] = []
        for cell in row.cells:
            texts += [""] * (cell.column - len(texts))
            texts += [cell.written.text, *[""] * (cell.span - 1)]
        filler.fill(number, texts)
        yield number, texts


def _joining_notes(whole: Whole, name: str) -> Iterator[Note]:
    sure = [number for number in whole.joined if number not in whole.guessed]
    for numbers, severity, why in (
        (sure, Severity.WARNING, "with the same heading row"),
        (whole.guessed, Severity.QUESTION, "with as many columns and no heading row of its own"),
    ):
        if numbers:
            shown = in_ranges([str(n) for n in numbers], numbers)
            word = f"table {shown} stands" if len(numbers) == 1 else f"tables {shown} stand"
            yield Note(
                severity,
                "table-continued",
                f"Right behind this table, {word} {why}: read as its continuation.",
                "If it is another table, write a line of text between them and hand the document in again.",
                name,
            )


def _cell_notes(name: str, rows: list[tuple[int, TableRow]]) -> Iterator[Note]:
    tracked = [n for n, row in rows if row.is_tracked or any(cell.written.is_tracked for cell in row.cells)]
    if tracked:
        shown = in_ranges([str(n) for n in tracked], tracked)
        yield _note(
            name,
            "tracked-changes",
            f"The table holds changes that are not accepted yet (row {shown}). It was read as if they were.",
            "Accept or reject them in Word to be sure, and hand the document in again.",
        )
    concealed = [n for n, row in rows if any(cell.written.has_hidden for cell in row.cells)]
    if concealed:
        shown = in_ranges([str(n) for n in concealed], concealed)
        yield _note(
            name,
            "hidden-text",
            f"Some text of the table is formatted as hidden (row {shown}). It was read like the rest.",
            "If it does not belong to the plan, delete it and hand the document in again.",
        )
    for number, row in rows:
        for cell in row.cells:
            if cell.written.has_table:
                yield Note(
                    Severity.WARNING,
                    "table-in-a-cell",
                    "The cell holds a table of its own. It was read as text, its cells between bars.",
                    "Check the text of the cell.",
                    name,
                    number,
                    cell.column,
                    storable(cell.written.text)[:200],
                )


def _comments(name: str, rows: Iterable[tuple[int, TableRow]], document: _Document) -> Iterator[Comment]:
    for number, row in rows:
        for cell in row.cells:
            for remark in cell.written.remarks:
                text, author = document.remarks.get(remark, ("", ""))
                if text:
                    yield Comment(name, number, cell.column, storable(text), storable(author))


def _note(sheet: str, rule: str, message: str, remedy: str) -> Note:
    return Note(Severity.WARNING, rule, message, remedy, sheet)


FORMAT = Format("Word document", (".docx", ".docm"), streamed=False, read=read)
