"""IATI 2.03: the actions of a document as activities, each with what its own source sent, where there is any.

What Concord has no field for is given back as it was received; what it has a field for says what stands in
the plan. What IATI has no element for stands at the end of each activity in Concord's own namespace, so that
the file comes back in without a difference (docs/formats/iati.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from lxml import etree

from concord.intake.formats.iati.activities import cells_of
from concord.intake.formats.iati.elements import LANGUAGE, Element
from concord.intake.formats.iati.words import COLUMNS, CONCORD, STATED
from concord.intake.formats.json.documents import Cells, cells_of_action, spelling_of
from concord.intake.template import recorded_values
from concord.kernel.texts import plain
from concord.publication.exports.cells import Sheet, sheet_of
from concord.publication.exports.iati_elements import GROUPS, ORDER, Names
from concord.publication.reading import PlanText, Record

VERSION: Final = "2.03"
_RECEIVED: Final = f"{{{CONCORD}}}received"
_READ_IN_PART: Final = ("other-identifier", "document-link")
"""Of these a received activity may hold more than Concord reads: the rest stays."""


def make(
    document: Mapping[str, Any],
    *,
    called: str = "",  # noqa: ARG001  (one face for all; data files hold no day)
    received: Mapping[str, str] | None = None,
) -> bytes:
    """The activities in the document's order, the same bytes each time.

    received: an IATI file with one activity by the action's key: what its source sent. Only members' files
    have it.
    """
    text, sheet = PlanText(document), sheet_of(document)
    names = Names.of(text)
    root = etree.Element("iati-activities", {"version": VERSION}, nsmap={"concord": CONCORD})
    root.set(COLUMNS, " ".join(sheet.columns))
    root.extend(etree.Comment(f" {_in_comment(line)} ") for line in _opening(text))
    for action, cells in zip(text.actions, sheet.rows, strict=True):
        sent = (received or {}).get(action["key"], "")
        root.append(_activity(action, cells, sheet, names, sent))
    root.text = "\n"
    for child in root:  # each on lines of its own; what a source sent keeps its own white space
        child.tail = "\n"
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8")) + b"\n"


def _opening(text: PlanText) -> Iterator[str]:
    """What every reader of the file has to know, as comments."""
    yield f"{text.title} ({text.ref}), {text.called}. {text.marking}"
    yield from text.standing_notices
    yield from text.footnotes_marked
    yield (
        "Elements and attributes of urn:concord:iati:1 say what IATI has no element for. reported=no: the"
        " standard demands the element, and nobody reported the fact"
    )


def _in_comment(line: str) -> str:
    return plain(line).replace("--", "- -").rstrip("-")


def _activity(action: Record, cells: Cells, sheet: Sheet, names: Names, sent: str) -> Element:
    activity = _kept(sent, action, names)
    if activity is None:
        activity = etree.Element("iati-activity", {LANGUAGE: "en"})
        for tag, _columns, elements in GROUPS:
            _put(activity, tag, elements(action, names))
        etree.indent(activity)
        if sent:  # version 1 has other elements: they are given back as one text
            etree.SubElement(activity, _RECEIVED).text = sent
    said = cells_of(activity, lambda *_: None)
    for column in sheet.columns:
        if cells.get(column, "") != said.get(column, ""):
            stated = etree.SubElement(activity, STATED, {"column": column})
            stated.text = plain(cells.get(column, ""))
    return activity


def _kept(sent: str, action: Record, names: Names) -> Element | None:
    """The activity as its source sent it, with those groups made anew that say something else than the plan.

    None where nothing was received, or in another version than 2.
    """
    if not sent:
        return None
    root = etree.fromstring(sent, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    if not (root.get("version") or "").startswith("2") or not len(root):
        return None
    activity = root[0]
    activity.tail = None
    for found in [*activity.iterchildren(STATED), *activity.iterchildren(_RECEIVED)]:
        activity.remove(found)
    said = cells_of(activity, lambda *_: None)
    official, written = _both_spellings(action, names)
    for tag, columns, elements in GROUPS:
        here = [column for column in columns if column in official]
        if any(said.get(c, "") not in (official[c], written.get(c)) for c in here):
            _replace(activity, tag, elements(action, names))
    return activity


def _both_spellings(action: Record, names: Names) -> tuple[Cells, Cells]:
    """The action's cells with names as the register has them, and as the source wrote them."""
    spelling = spelling_of(names.text.document)
    values = recorded_values(action)
    as_written = [
        part | {"as_written": stated.get("as_written") or part["as_written"]}
        for part, stated in zip(values["participations"], action["participations"], strict=True)
    ]
    return (
        cells_of_action(action, spelling),
        cells_of_action(action, spelling, values | {"participations": as_written}),
    )


def _replace(activity: Element, tag: str, elements: list[Element]) -> None:
    if tag == "sector":  # the source's own sectors stay beside ours
        return
    for found in list(activity.iterchildren(tag)):
        if tag not in _READ_IN_PART or _is_read(found):
            activity.remove(found)
    _put(activity, tag, elements)


def _is_read(element: Element) -> bool:
    """Whether Concord reads this one of several elements of the same tag."""
    if element.tag == "other-identifier":
        return bool(element.get("type") == "A1")
    return next(element.getparent().iterchildren(element.tag)) is element


def _put(activity: Element, tag: str, elements: list[Element]) -> None:
    """Puts elements where the schema wants them: before the first that comes later in its order."""
    rank = ORDER.index(tag)
    at = next(
        (
            place
            for place, child in enumerate(activity)
            if isinstance(child.tag, str) and (child.tag not in ORDER or ORDER.index(child.tag) > rank)
        ),
        len(activity),
    )
    for offset, element in enumerate(elements):
        activity.insert(at + offset, element)
