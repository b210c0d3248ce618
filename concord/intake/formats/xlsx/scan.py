"""What must be known about a workbook before a reader opens it, from one pass over all its parts: its cells
stay within limits, no part declares document types, and what cells hold beside their values.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from concord.intake.formats.package import Inflater, PartOfZip, parts_of
from concord.intake.formats.xlsx.cells import CellMarks, Cells
from concord.intake.formats.xlsx.remarks import Remark, RemarkHandlers, Remarks
from concord.intake.formats.xlsx.styles import Styles
from concord.intake.formats.xml import Attributes, local, parse

_XML_PARTS = (".xml", ".rels", ".vml")
_MACROS = "vbaproject.bin"


@dataclass(slots=True)
class Scan:
    """What was found in the parts of a workbook, by sheet name."""

    precisions: dict[int, str]
    """Style number -> "month" or "year", for styles that show a date without its day."""
    macros: bool
    """Whether the workbook carries programs."""
    marks_of_part: dict[str, CellMarks]
    part_of_sheet: dict[str, str]
    remarks_of_part: dict[str, list[Remark]]

    def marks(self, sheet: str) -> CellMarks:
        """What was found in the cells of a sheet."""
        return self.marks_of_part.get(self.part_of_sheet.get(sheet, ""), CellMarks())

    def remarks(self, sheet: str) -> list[Remark]:
        """Notes and comments beside the cells of a sheet."""
        return self.remarks_of_part.get(self.part_of_sheet.get(sheet, ""), [])


def scan_workbook(path: Path) -> Scan:
    """Inflates and parses every XML part once, within the limits.

    Raises:
        UnreadableFile: what the limits or the zip rules refuse, a document type, or broken XML.
    """
    parts = parts_of(path)
    inflater = Inflater(path)
    found = _Found()
    # Styles first: which cells are worth remembering depends on them.
    for part in sorted(parts, key=lambda part: not part.name.endswith("styles.xml")):
        pieces = inflater.pieces(part)
        if part.name.casefold().endswith(_XML_PARTS):
            parse(pieces, _First(part, found).attach)
        else:
            for _ in pieces:
                pass
    return Scan(
        found.precisions,
        any(part.name.casefold().endswith(_MACROS) for part in parts),
        found.marks,
        found.names.part_of_sheet(),
        found.remarks_by_sheet_part(),
    )


@dataclass(slots=True)
class _Found:
    precisions: dict[int, str] = field(default_factory=dict)
    marks: dict[str, CellMarks] = field(default_factory=dict)
    remarks: Remarks = field(default_factory=Remarks)
    names: _Names = field(default_factory=lambda: _Names())

    def remarks_by_sheet_part(self) -> dict[str, list[Remark]]:
        return {part: self.remarks.of_parts(self.names.parts_beside(part)) for part in self.marks}


class _First:
    """Looks at the first element of a part and puts the right handler in its place."""

    def __init__(self, part: PartOfZip, found: _Found) -> None:
        self._part, self._found = part, found

    def attach(self, parser: expat.XMLParserType) -> None:
        self._parser = parser
        parser.StartElementHandler = self._element

    def _element(self, name: str, _attributes: Attributes) -> None:
        root, found, part = local(name), self._found, self._part.name
        self._parser.StartElementHandler = None
        if root == "worksheet":
            Cells(self._parser, found.marks.setdefault(part, CellMarks()), found.precisions)
        elif root == "styleSheet":
            Styles(self._parser, found.precisions)
        elif root in ("comments", "ThreadedComments"):
            RemarkHandlers(self._parser, found.remarks.by_part.setdefault(part, []))
        elif root == "personList":
            self._parser.StartElementHandler = self._person
        elif root == "workbook":
            self._parser.StartElementHandler = found.names.workbook_element
        elif root == "Relationships":
            self._parser.StartElementHandler = self._relation

    def _relation(self, _name: str, attributes: Attributes) -> None:
        self._found.names.relate(self._part.name, attributes)

    def _person(self, _name: str, attributes: Attributes) -> None:
        self._found.remarks.persons[attributes.get("id", "")] = attributes.get("displayName", "")


class _Names:
    """Which part holds which sheet, and which parts stand beside it: relations name parts by id."""

    def __init__(self) -> None:
        self._relation_of_sheet: dict[str, str] = {}
        self._targets: dict[str, dict[str, str]] = {}
        self._workbook = ""

    def workbook_element(self, name: str, attributes: Attributes) -> None:
        if local(name) == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            self._relation_of_sheet[attributes.get("name", "")] = relation

    def relate(self, relations_part: str, attributes: Attributes) -> None:
        """Notes one relation. Those of a/b.xml stand in a/_rels/b.xml.rels; targets are relative to a/."""
        folder, name = posixpath.split(relations_part)
        owner = posixpath.join(posixpath.dirname(folder), name.removesuffix(".rels"))
        target = posixpath.normpath(posixpath.join(posixpath.dirname(owner), attributes.get("Target", "")))
        self._targets.setdefault(owner, {})[attributes.get("Id", "")] = target.lstrip("/")
        if attributes.get("Type", "").endswith("/officeDocument"):
            self._workbook = target.lstrip("/")

    def part_of_sheet(self) -> dict[str, str]:
        targets = self._targets.get(self._workbook, {})
        return {name: targets.get(relation, "") for name, relation in self._relation_of_sheet.items()}

    def parts_beside(self, part: str) -> list[str]:
        return list(self._targets.get(part, {}).values())
