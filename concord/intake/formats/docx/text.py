"""The text of cells and paragraphs, as if all tracked changes were accepted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from concord.intake.formats.docx.tree import Node

_REMOVED = {"del", "moveFrom"}
_ADDED = {"ins", "moveTo"}
_PROPERTIES = {"pPr", "rPr", "tcPr", "trPr", "tblPr", "tblGrid", "sdtPr", "sdtEndPr"}
_IN_PLACE = {"tab": " ", "ptab": " ", "cr": "\n", "noBreakHyphen": "-"}
_REMARKS = {"commentReference": "comment", "footnoteReference": "footnote", "endnoteReference": "endnote"}


@dataclass(slots=True)
class Written:
    """What is written in one place: its text, and what the text alone does not show.

    remarks: (kind, id) of comments, footnotes and endnotes that hang on it.
    """

    pieces: list[str] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)
    is_tracked: bool = False
    has_hidden: bool = False
    has_table: bool = False
    is_bold: bool = True

    @property
    def text(self) -> str:
        """The whole text; paragraphs on lines of their own."""
        lines = "".join(self.pieces).split("\n")
        return "\n".join(line.strip() for line in lines).strip()


def written_in(nodes: Iterator[Node]) -> Written:
    """The text of paragraphs, and of tables inside a cell: their rows on lines, their cells between bars."""
    written = Written()
    for node in nodes:
        _read(node, written)
    return written


def _read(node: Node, written: Written) -> None:
    name = node.name
    if name in _REMOVED:
        written.is_tracked = True
    elif name not in _PROPERTIES:
        written.is_tracked = written.is_tracked or name in _ADDED
        _HANDLERS.get(name, _read_inside)(node, written)


def _read_inside(node: Node, written: Written) -> None:
    for child in node.nodes():
        _read(child, written)


def _read_paragraph(node: Node, written: Written) -> None:
    _read_inside(node, written)
    written.pieces.append("\n")


def _read_run(node: Node, written: Written) -> None:
    if node.has("rPr", "vanish"):
        written.has_hidden = True
    before = len(written.pieces)
    _read_inside(node, written)
    if any(piece.strip() for piece in written.pieces[before:]) and not node.has("rPr", "b"):
        written.is_bold = False


def _read_text(node: Node, written: Written) -> None:
    written.pieces += [child for child in node.children if isinstance(child, str)]


def _read_break(node: Node, written: Written) -> None:
    written.pieces.append(" " if node.attributes.get("type", "") in ("page", "column") else "\n")


def _read_in_place(node: Node, written: Written) -> None:
    written.pieces.append(_IN_PLACE[node.name])


def _read_remark(node: Node, written: Written) -> None:
    written.remarks.append((_REMARKS[node.name], node.attributes.get("id", "")))


def _read_control(node: Node, written: Written) -> None:
    """A field of a form; the words that ask to fill it in are no content."""
    if not node.has("sdtPr", "showingPlcHdr"):
        _read_inside(node, written)


def _read_inner_table(node: Node, written: Written) -> None:
    written.has_table = True
    for row in (child for child in node.nodes() if child.name == "tr"):
        cells = [child for child in row.nodes() if child.name == "tc"]
        inner = [written_in(cell.nodes()) for cell in cells]
        written.pieces.append(" | ".join(" ".join(one.text.split()) for one in inner) + "\n")
        written.remarks += [remark for one in inner for remark in one.remarks]


_HANDLERS: dict[str, Callable[[Node, Written], None]] = {
    "p": _read_paragraph,
    "r": _read_run,
    "t": _read_text,
    "br": _read_break,
    "sdt": _read_control,
    "tbl": _read_inner_table,
    **dict.fromkeys(_IN_PLACE, _read_in_place),
    **dict.fromkeys(_REMARKS, _read_remark),
}
