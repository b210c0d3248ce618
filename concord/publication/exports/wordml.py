"""The few elements of WordprocessingML that our papers are set with, as text: runs, paragraphs, tables.

Every text passes through `_escaped`, so that nothing in it is ever read as an element or a field.
Widths are in twentieths of a point (twips). Source: ECMA-376, part 1, section 17.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from concord.kernel.texts import plain

TWIPS_PER_MM = 1440 / 25.4


def mm(length: float) -> int:
    """Millimetres in twips, rounded."""
    return round(length * TWIPS_PER_MM)


def run(text: str, style: str = "", *, bold: bool = False) -> str:
    """A piece of text in one manner; style is the id of a character style. Line breaks stay."""
    manner = (f'<w:rStyle w:val="{style}"/>' if style else "") + ("<w:b/>" if bold else "")
    properties = f"<w:rPr>{manner}</w:rPr>" if manner else ""
    lines = plain(text).replace("\t", " ").split("\n")
    said = "<w:br/>".join(f'<w:t xml:space="preserve">{_escaped(line)}</w:t>' for line in lines)
    return f"<w:r>{properties}{said}</w:r>"


def tab() -> str:
    """Goes to the next tab stop of the paragraph's style."""
    return "<w:r><w:tab/></w:r>"


def field_of(name: str, style: str = "") -> str:
    """A field that the reader's program fills in: PAGE or NUMPAGES."""
    manner = f'<w:rPr><w:rStyle w:val="{style}"/></w:rPr>' if style else ""
    return f'<w:fldSimple w:instr=" {name} "><w:r>{manner}<w:t>1</w:t></w:r></w:fldSimple>'


def link_within(anchor: str, content: str) -> str:
    """Runs that lead to a bookmark of the same paper."""
    return f'<w:hyperlink w:anchor="{anchor}" w:history="1">{content}</w:hyperlink>'


def link_to(relation: str, content: str) -> str:
    """Runs that lead to an address outside, by its relationship id."""
    return f'<w:hyperlink r:id="{relation}" w:history="1">{content}</w:hyperlink>'


def paragraph(content: str, style: str = "", *, bookmark: tuple[int, str] | None = None) -> str:
    """A paragraph of runs; bookmark is its number and name, for links to it."""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    if bookmark:
        number, name = bookmark
        content = (
            f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>{content}<w:bookmarkEnd w:id="{number}"/>'
        )
    return f"<w:p>{properties}{content}</w:p>"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its paragraphs, a tint (RRGGBB) or none, and how many columns it spans."""

    content: str
    tint: str = ""
    span: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """A table. The header rows repeat on every page; a row never breaks over two pages.

    kind is the id of a table style; title and said are read out by screen readers.
    """

    widths: Sequence[int]
    header: Sequence[Cell]
    rows: Sequence[Sequence[Cell]]
    kind: str = "Rows"
    title: str = ""
    said: str = ""
    column_headed: bool = field(default=True)

    def markup(self) -> str:
        """The table as an element, with an empty paragraph's worth of space left to the caller."""
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in self.widths)
        head = _row(self.header, self.widths, is_header=True) if self.header else ""
        body = "".join(_row(row, self.widths) for row in self.rows)
        return f"<w:tbl>{self._properties()}<w:tblGrid>{grid}</w:tblGrid>{head}{body}</w:tbl>"

    def _properties(self) -> str:
        described = f"<w:tblCaption w:val={quoteattr(plain(self.title))}/>" if self.title else ""
        described += f"<w:tblDescription w:val={quoteattr(plain(self.said))}/>" if self.said else ""
        look = f'<w:tblLook w:firstRow="{int(bool(self.header))}" w:noVBand="1" w:noHBand="1"/>'
        width = f'<w:tblW w:w="{sum(self.widths)}" w:type="dxa"/>'
        return (
            f'<w:tblPr><w:tblStyle w:val="{self.kind}"/>{width}<w:tblLayout w:type="fixed"/>'
            f"{look}{described}</w:tblPr>"
        )


def _row(cells: Sequence[Cell], widths: Sequence[int], *, is_header: bool = False) -> str:
    properties = "<w:trPr><w:cantSplit/>" + ("<w:tblHeader/>" if is_header else "") + "</w:trPr>"
    made, at = [], 0
    for cell in cells:
        made.append(_cell(cell, sum(widths[at : at + cell.span])))
        at += cell.span
    return f"<w:tr>{properties}{''.join(made)}</w:tr>"


def _cell(cell: Cell, width: int) -> str:
    span = f'<w:gridSpan w:val="{cell.span}"/>' if cell.span > 1 else ""
    tint = f'<w:shd w:val="clear" w:color="auto" w:fill="{cell.tint}"/>' if cell.tint else ""
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{tint}</w:tcPr>{cell.content}</w:tc>'


def _escaped(text: str) -> str:
    return escape(text)
