"""The evidence sheet in Word: landscape, marking on every page, tables with heads that repeat."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any, Final

import docx
from docx.document import Document as Word
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from concord.kernel.texts import plain
from concord.publication.exports.docx import drop_unneeded
from concord.publication.exports.packing import EARLIEST, without_clock
from concord.publication.exports.wordml import Cell, Table, field_of, mm, paragraph, run, tab
from concord.publication.exports.wordstyle import TEXT_WIDTH, TINT, set_page, set_styles
from concord.publication.sheets.case import Bit, CaseSheet, FactRow, PairPart

_LABEL: Final = mm(30)
_GAP: Final = paragraph("", "Gap")
MANY: Final = 4  # actions side by side; of more the heads are numbers, and the titles stand above


def make(sheet: CaseSheet) -> bytes:
    """The paper, the same bytes for the same sheet."""
    word = docx.Document()
    set_styles(word)
    set_page(word)
    made = parse_xml(f"<w:body {nsdecls('w', 'r')}>{''.join(_parts(sheet))}</w:body>")
    for place, element in enumerate(list(made)):
        word.element.body.insert(place, element)
    _running_lines(word, sheet)
    _properties(word, sheet)
    drop_unneeded(word)
    stream = BytesIO()
    word.save(stream)
    return without_clock(stream.getvalue())


def _parts(sheet: CaseSheet) -> Iterable[str]:
    yield paragraph(run(sheet.framework), "Kicker")
    yield paragraph(run(sheet.question), "Title")
    yield paragraph(run(f"{sheet.title}. Evidence sheet of case {sheet.key}"), "Subtitle")
    if sheet.withheld:
        yield Table(
            [TEXT_WIDTH],
            (),
            [[Cell(paragraph(run(sheet.withheld), "Notice"), TINT)]],
            kind="Boxed",
            title="Notice",
        ).markup()
        yield _GAP
    yield paragraph(run(sheet.sentence), "Lede")
    yield _pairs_of_words(sheet.numbers, "The case in numbers")
    yield _heading("The actions side by side")
    if len(sheet.heads) > MANY:
        heads = [(f"Action {place}", head) for place, head in enumerate(sheet.heads, 1)]
        yield _pairs_of_words(heads, "The actions and their numbers")
    yield paragraph(run("What more than one of them says is underlined."), "Aside")
    yield _facts(sheet)
    if len(sheet.pairs) > 1:
        yield _heading("The pairs")
        yield _pairs(sheet)
    for part in sheet.parts:
        yield from _pair(part)
    if sheet.left_out:
        yield paragraph(run(sheet.left_out), "Aside")
    yield _heading("What its sources said")
    yield from (paragraph(run(said)) for said in sheet.sources)
    yield _heading("What was answered")
    yield from (paragraph(run(said)) for said in sheet.answers or ("Nobody has answered yet.",))
    yield paragraph(run(f"{sheet.produced}."), "Aside")


def _heading(text: str) -> str:
    return paragraph(run(text), "Heading2")


def _pairs_of_words(rows: Sequence[tuple[str, str]], title: str) -> str:
    cells = [
        [Cell(paragraph(run(label, "Strong"), "Cell")), Cell(paragraph(run(said), "Cell"))]
        for label, said in rows
    ]
    return Table([mm(46), TEXT_WIDTH - mm(46)], (), cells, kind="Plain", title=title).markup()


def _facts(sheet: CaseSheet) -> str:
    width = (TEXT_WIDTH - _LABEL) // len(sheet.heads)
    many = len(sheet.heads) > MANY
    style = "CellSmall" if many else "Cell"
    heads = [f"Action {n}" if many else f"{n}  {head}" for n, head in enumerate(sheet.heads, 1)]
    header = [_head("Fact"), *(_head(head) for head in heads)]
    rows = [_fact(row, style) for row in sheet.facts]
    widths = [_LABEL, *[width] * len(sheet.heads)]
    return Table(widths, header, rows, title="The facts of each action").markup()


def _fact(row: FactRow, style: str = "Cell") -> list[Cell]:
    verdict = paragraph(run(row.verdict), "CellSmall") if row.verdict else ""
    return [
        Cell(paragraph(run(row.label, "Strong"), "Cell") + verdict),
        *(Cell(paragraph(_bits(cell), style)) for cell in row.cells),
    ]


def _pairs(sheet: CaseSheet) -> str:
    widths = [mm(18), mm(34), TEXT_WIDTH - mm(18 + 34 + 24 + 34 + 28), mm(24), mm(34), mm(28)]
    names = ("Pair", "How sure", "Why", "Months in common", "Money at stake", "Answer")
    rows = [
        [
            Cell(paragraph(run(text), "Cell"))
            for text in (pair.name, pair.certainty, pair.evidence, pair.months, pair.money, pair.answer)
        ]
        for pair in sheet.pairs
    ]
    return Table(widths, [_head(name) for name in names], rows, title="The pairs of the case").markup()


def _pair(part: PairPart) -> Iterable[str]:
    yield _heading(f"Actions {part.name}: what it rests on")
    half = (TEXT_WIDTH - _LABEL) // 2
    if part.passages:
        header = [_head("Text"), *(_head(head) for head in part.heads)]
        rows = [_fact(row) for row in part.passages]
        yield Table([_LABEL, half, half], header, rows, title="Passages that match").markup()
        yield _GAP
    points = [[Cell(paragraph(run(text), "Cell")) for text in term] for term in part.terms]
    heads = [_head(name) for name in ("What was compared", "What was found", "Points")]
    widths = [mm(60), TEXT_WIDTH - mm(60) - mm(24), mm(24)]
    yield Table(widths, heads, points, kind="Tight", title="Points of probability").markup()
    told = "Each line moves the probability by so many points of a hundred; together they make it."
    yield paragraph(run(told), "Aside")


def _head(text: str) -> Cell:
    return Cell(paragraph(run(text), "CellHead"))


def _bits(bits: Sequence[Bit]) -> str:
    return "".join(_underlined(bit.text) if bit.marked else run(bit.text) for bit in bits)


def _underlined(text: str) -> str:
    return run(text).replace("<w:r>", '<w:r><w:rPr><w:u w:val="single"/></w:rPr>', 1)


def _running_lines(word: Word, sheet: CaseSheet) -> None:
    """Marking, name and day on every page, and the page's number."""
    header = paragraph(run(f"Case {sheet.key}") + tab() + run(sheet.marking, "Marking"), "Header")
    pages = run("Page ") + field_of("PAGE") + run(" of ") + field_of("NUMPAGES")
    footer = run(sheet.marking, "Marking") + run(f"   {sheet.produced}") + tab() + pages
    lines = [paragraph(footer, "FooterFirst"), *(paragraph(run(note), "Footer") for note in sheet.footnotes)]
    section = word.sections[0]
    _replace(section.header._element, [header])  # noqa: SLF001  (the library shows no other way)
    _replace(section.footer._element, lines)  # noqa: SLF001


def _replace(element: Any, paragraphs: Sequence[str]) -> None:
    for child in list(element):
        element.remove(child)
    for content in paragraphs:
        element.append(parse_xml(content.replace("<w:p>", f"<w:p {nsdecls('w', 'r')}>", 1)))


def _properties(word: Word, sheet: CaseSheet) -> None:
    properties = word.core_properties
    properties.title = plain(f"Evidence sheet of case {sheet.key}")
    properties.subject = sheet.marking
    properties.author = properties.last_modified_by = plain(sheet.framework)[:255]
    properties.comments = plain(sheet.produced)
    properties.keywords = sheet.key
    properties.language = "en-GB"
    properties.created = properties.modified = EARLIEST.replace(tzinfo=None)
    properties.revision = 1
