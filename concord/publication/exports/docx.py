"""Word: the plan as a paper for a Board. Landscape, marking and name on every page, headings that repeat."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Any

import docx
from docx.document import Document as Word
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from concord.kernel.texts import plain
from concord.publication.exports import paper
from concord.publication.exports.packing import EARLIEST, without_clock
from concord.publication.exports.wordml import field_of, paragraph, run, tab
from concord.publication.exports.wordstyle import set_page, set_styles
from concord.publication.reading import PlanText

_LONGEST_PROPERTY = 255

_NOT_NEEDED = (
    "/relationships/metadata/thumbnail",
    "/relationships/extended-properties",
    "/relationships/customXml",
    "/relationships/stylesWithEffects",
    "/relationships/webSettings",
    "/relationships/numbering",
)
"""Parts of the library's template that say nothing about our paper; a file has no hidden parts."""


def make(document: Mapping[str, Any], *, called: str = "") -> bytes:
    """The paper, the same bytes each time. Its parts in order: title and figures, needs and support,
    then approach by approach the objectives and measures with their actions."""
    text = PlanText(document)
    called = called or text.called
    word = docx.Document()
    set_styles(word)
    set_page(word)
    _fill(word, text, called)
    _running_lines(word, text, called)
    _properties(word, text, called)
    drop_unneeded(word)
    stream = BytesIO()
    word.save(stream)
    return without_clock(stream.getvalue())


def _fill(word: Word, text: PlanText, called: str) -> None:
    def relation(address: str) -> str:
        return word.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)

    content = "".join(paper.parts(text, called, relation))
    body = word.element.body
    made = parse_xml(f"<w:body {nsdecls('w', 'r')}>{content}</w:body>")
    for place, element in enumerate(list(made)):
        body.insert(place, element)


def _running_lines(word: Word, text: PlanText, called: str) -> None:
    """Marking, name and notice on every page, and the page's number."""
    section = word.sections[0]
    header = paragraph(run(text.title) + tab() + run(text.marking, "Marking"), "Header")
    lines = [
        paragraph(
            run(text.marking, "Marking")
            + run(f"   {called}")
            + tab()
            + run("Page ")
            + field_of("PAGE")
            + run(" of ")
            + field_of("NUMPAGES"),
            "FooterFirst",
        )
    ]
    notices = " ".join(notice if notice.endswith(".") else f"{notice}." for notice in text.notices)
    lines += [paragraph(run(said), "Footer") for said in [notices, *text.footnotes_marked] if said]
    _replace(section.header._element, [header])  # noqa: SLF001  (the library shows no other way)
    _replace(section.footer._element, lines)  # noqa: SLF001


def _replace(element: Any, paragraphs: list[str]) -> None:
    for child in list(element):
        element.remove(child)
    for content in paragraphs:
        made = parse_xml(content.replace("<w:p>", f"<w:p {nsdecls('w', 'r')}>", 1))
        element.append(made)


def _properties(word: Word, text: PlanText, called: str) -> None:
    properties = word.core_properties
    properties.title = plain(f"{text.title}, {called}")[:_LONGEST_PROPERTY]
    properties.subject = text.marking
    properties.author = properties.last_modified_by = plain(text.framework["name"])[:_LONGEST_PROPERTY]
    properties.comments = plain(" ".join(text.notices))[:_LONGEST_PROPERTY]
    properties.keywords = text.ref
    properties.language = "en-GB"
    made_on = datetime.fromisoformat(text.edition["published_on"]) if text.edition else EARLIEST
    properties.created = properties.modified = made_on.replace(tzinfo=None)
    properties.revision = 1


def drop_unneeded(word: Word) -> None:
    """Takes out the parts of the library's template that say nothing about our paper."""
    for relations in (word.part.rels, word.part.package.rels):
        for key in [key for key, relation in relations.items() if relation.reltype.endswith(_NOT_NEEDED)]:
            del relations[key]
