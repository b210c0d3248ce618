"""Reads OpenDocument sheets (.ods): every sheet, cell by cell as text, with what stands beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from concord.intake.formats.cells import rows_of, storable
from concord.intake.formats.classified import require_unmarked
from concord.intake.formats.formulas import cell_error, formula
from concord.intake.formats.hidden import Hidden
from concord.intake.formats.merging import Filler, merged_cells
from concord.intake.formats.ods.names import MANIFEST, TEXT
from concord.intake.formats.ods.sheets import OdsRow, OdsSheet, SheetBuilder
from concord.intake.formats.package import Inflater, PartOfZip, damaged, encrypted, parts_of
from concord.intake.formats.parts import Comment, Format, Part, Row, SheetStart
from concord.intake.formats.xml import Attributes, parse

_CONTENT = "content.xml"
_STYLES = "styles.xml"
_MANIFEST = "META-INF/manifest.xml"


def read(path: Path) -> Iterator[Part]:
    """The sheets in the file's order, their rows, and what cells show beside their text.

    Dates come out as 2019-02-28, or as precise as the cell shows them (2019-02, 2019); whole numbers
    without a decimal point; formulas as the result that the file holds. What is hidden is read too.

    Raises:
        UnreadableFile: damaged, with a password, or beyond a limit.
    """
    builder = SheetBuilder()
    inflater = Inflater(path)
    # The manifest first: it says whether the other parts are encrypted.
    for part in sorted(parts_of(path), key=lambda part: part.name != _MANIFEST):
        _read_part(part, inflater.pieces(part), builder)
    if not builder.sheets:
        raise damaged()
    for sheet in builder.sheets:
        yield SheetStart(sheet.name)
        yield from _sheet(sheet)


def _read_part(part: PartOfZip, pieces: Iterator[bytes], builder: SheetBuilder) -> None:
    if part.name == _CONTENT:
        parse(pieces, builder.attach, namespace_separator=" ")
    elif part.name == _STYLES:
        parse(pieces, _PageTexts().attach, namespace_separator=" ")
    elif part.name == _MANIFEST:
        parse(pieces, _refuse_encryption, namespace_separator=" ")
    elif part.name.casefold().endswith((".xml", ".rdf")):
        parse(pieces, lambda _parser: None)
    else:
        for _ in pieces:
            pass


def _refuse_encryption(parser: expat.XMLParserType) -> None:
    def start(name: str, _attributes: Attributes) -> None:
        if name == f"{MANIFEST}encryption-data":
            raise encrypted()

    parser.StartElementHandler = start


class _PageTexts:
    """Follows the headers and footers of pages, which may hold a marking."""

    def attach(self, parser: expat.XMLParserType) -> None:
        self._parser, self._line = parser, ""
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end

    def _start(self, name: str, _attributes: Attributes) -> None:
        if name == f"{TEXT}p":
            self._line = ""
            self._parser.CharacterDataHandler = self._text

    def _text(self, text: str) -> None:
        self._line += text

    def _end(self, name: str) -> None:
        if name == f"{TEXT}p":
            self._parser.CharacterDataHandler = None
            require_unmarked(self._line, "The header or footer of the file")


def _sheet(sheet: OdsSheet) -> Iterator[Part]:
    merged = merged_cells(sheet.name, sheet.merged, sheet.height, sheet.width)
    yield from merged
    seen = Hidden(sheet.name, sheet.hidden_columns, whole=sheet.hidden)
    filler = Filler(merged)
    for row in sheet.rows:
        for part in rows_of(sheet.name, _numbered(row, filler)):
            if isinstance(part, Row):
                part = Row(part.number, part.cells, hidden=row.hidden or sheet.hidden)
                seen.see(part)
                yield from _notes_on(part, sheet.name, row)
            yield part
    yield from seen.parts()
    for remark in sheet.comments:
        text = storable(remark.text.strip())
        yield Comment(sheet.name, remark.row, remark.column, text, storable(remark.author.strip()))


def _numbered(row: OdsRow, filler: Filler) -> Iterator[tuple[int, list[str]]]:
    for number in range(row.number, row.number + row.repeated):
        cells = list(row.cells)
        filler.fill(number, cells)
        yield number, cells


def _notes_on(part: Row, sheet: str, row: OdsRow) -> Iterator[Part]:
    for column, shown in row.errors.items():
        yield cell_error(sheet, part, column, shown)
    for column, stored in row.formulas.items():
        yield formula(sheet, part, column, stored=stored)


FORMAT = Format("OpenDocument sheet", (".ods", ".ots"), streamed=False, read=read)
