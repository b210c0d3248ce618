"""Parts of a Word document as small trees: only the parts, elements and attributes that tables need."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from concord.intake.formats.package import RESAVE
from concord.intake.formats.parts import UnreadableFile
from concord.intake.formats.xml import Attributes

_WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
ROOTS = {"document", "comments", "footnotes", "endnotes", "styles", "hdr", "ftr"}
# Pictures and text boxes, formulas of fields, the older form of what is there in a newer one, and looks.
_SKIPPED = {
    "drawing", "pict", "object", "instrText", "Fallback", "tblBorders", "tcBorders", "shd", "rFonts",
    "sectPr", "tblPr", "rPrChange", "pPrChange", "tcPrChange", "trPrChange", "tblPrChange", "docDefaults",
    "latentStyles",
}  # fmt: skip
_DEEPEST = 200


@dataclass(slots=True)
class Node:
    """An element of Word by its name without prefix, with its attributes; children are nodes and text."""

    name: str
    attributes: Attributes
    children: list[Node | str] = field(default_factory=list)

    def nodes(self) -> Iterator[Node]:
        """The elements directly inside."""
        return (child for child in self.children if isinstance(child, Node))

    def first(self, *path: str) -> Node | None:
        """The first element on a path of names below this one."""
        node: Node | None = self
        for name in path:
            node = next((child for child in node.nodes() if child.name == name), None) if node else None
        return node

    def value(self, *path: str) -> str:
        """The attribute `val` of the first element on a path; "" where there is none."""
        node = self.first(*path)
        return node.attributes.get("val", "") if node else ""

    def has(self, *path: str) -> bool:
        """Whether a switch on a path is there and not turned off."""
        node = self.first(*path)
        return node is not None and node.attributes.get("val", "1") not in ("0", "false", "off", "none")


class TreeBuilder:
    """Builds the tree of one part, if its first element is one of `ROOTS`; `root` is None otherwise."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.watermarks: list[str] = []
        self._open: list[Node] = []
        self._skipped = 0
        self._names: dict[str, str] = {}

    def attach(self, parser: expat.XMLParserType) -> None:
        """Sets the handlers; the parser separates namespaces by a blank."""
        self._parser = parser
        parser.StartElementHandler = self._start

    def _start(self, name: str, attributes: Attributes) -> None:
        short = self._names.get(name) or self._names.setdefault(name, _short(name))
        if not self._open:
            self._begin(short)
        if self.root is None:
            return
        if self._skipped or short in _SKIPPED:
            self._skipped += 1
            if short == "other:textpath":
                self.watermarks.append(attributes.get("string", ""))
            return
        node = Node(short, {_short(key): value for key, value in attributes.items()})
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node
        self._open.append(node)
        if len(self._open) > _DEEPEST:
            raise UnreadableFile(
                "nested-too-deeply", f"The document nests more than {_DEEPEST} elements.", RESAVE
            )

    def _begin(self, short: str) -> None:
        if short not in ROOTS:
            self._parser.StartElementHandler = None
            return
        self.root = Node(short, {})
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text

    def _end(self, _name: str) -> None:
        if self._skipped:
            self._skipped -= 1
        else:
            self._open.pop()

    def _text(self, text: str) -> None:
        if not self._skipped and self._open and self._open[-1].name == "t":
            self._open[-1].children.append(text)


def _short(name: str) -> str:
    """A name of Word's own without its namespace; others keep a mark, so that they are no tables of Word."""
    space, _, short = name.rpartition(" ")
    if space in _WORD or not space:
        return short
    return short if short in ("AlternateContent", "Choice", "Fallback") else f"other:{short}"
