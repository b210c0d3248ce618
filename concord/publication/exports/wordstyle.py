"""How our papers are set: A4 landscape, a serif for what is read, a quiet sans for tables, one accent."""

from __future__ import annotations

from typing import Final

from docx.document import Document as Word
from docx.enum.section import WD_ORIENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm

from concord.publication.exports.wordml import mm

PAGE_WIDTH, PAGE_HEIGHT, SIDE, TOP, BOTTOM = 297, 210, 18, 24, 27  # millimetres
TEXT_WIDTH: Final = mm(PAGE_WIDTH - 2 * SIDE)

INK, QUIET, ACCENT, HAIR, TINT = "1D2B30", "56666B", "1F6468", "BFCBCC", "E9F1F0"
SERIF, SANS = "Cambria", "Calibri"


def _style(
    kind: str, name: str, shown: str, inner: str, *, based: str = "Normal", default: bool = False
) -> str:
    basis = f'<w:basedOn w:val="{based}"/>' if based and not default else ""
    mark = ' w:default="1"' if default else ""
    return (
        f'<w:style w:type="{kind}"{mark} w:styleId="{name}"><w:name w:val="{shown}"/>{basis}'
        f"<w:qFormat/>{inner}</w:style>"
    )


def _manner(
    *,
    font: str = "",
    size: float = 0,
    bold: bool = False,
    colour: str = "",
    caps: bool = False,
    spread: int = 0,
) -> str:
    parts = f'<w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:cs="{font}" w:eastAsia="{font}"/>' if font else ""
    parts += "<w:b/>" if bold else ""
    parts += "<w:caps/>" if caps else ""
    parts += f'<w:color w:val="{colour}"/>' if colour else ""
    parts += f'<w:spacing w:val="{spread}"/>' if spread else ""
    parts += f'<w:sz w:val="{round(size * 2)}"/><w:szCs w:val="{round(size * 2)}"/>' if size else ""
    return f"<w:rPr>{parts}</w:rPr>"


def _lie(*, before: float = 0, after: float = 0, line: float = 0, extra: str = "", keep: bool = False) -> str:
    """Space in points; line as a multiple of the type's own."""
    leading = f' w:line="{round(line * 240)}" w:lineRule="auto"' if line else ""
    spacing = f'<w:spacing w:before="{round(before * 20)}" w:after="{round(after * 20)}"{leading}/>'
    together = "<w:keepNext/><w:keepLines/>" if keep else ""
    return f"<w:pPr>{together}{extra}{spacing}</w:pPr>"


def _heading(
    level: int, *, size: float, before: float, after: float, colour: str, break_before: bool = False
) -> str:
    start = "<w:pageBreakBefore/>" if break_before else ""
    rule = (
        f'<w:pBdr><w:bottom w:val="single" w:sz="8" w:space="4" w:color="{ACCENT}"/></w:pBdr>'
        if level == 1
        else ""
    )
    spacing = f'<w:spacing w:before="{round(before * 20)}" w:after="{round(after * 20)}"/>'
    lie = (
        f'<w:pPr><w:keepNext/><w:keepLines/>{start}{rule}{spacing}<w:outlineLvl w:val="{level - 1}"/></w:pPr>'
    )
    return _style(
        "paragraph",
        f"Heading{level}",
        f"heading {level}",
        f'<w:next w:val="Normal"/>{lie}' + _manner(font=SERIF, size=size, bold=level > 1, colour=colour),
    ).replace('<w:qFormat/><w:next w:val="Normal"/>', '<w:next w:val="Normal"/><w:qFormat/>')


def _table_style(name: str, *, inside: bool, left_rule: bool = False, air: int = 50) -> str:
    line = f'w:val="single" w:sz="4" w:space="0" w:color="{HAIR}"'
    heavy = f'w:val="single" w:sz="8" w:space="0" w:color="{ACCENT}"'
    borders = f'<w:left w:val="single" w:sz="24" w:space="0" w:color="{ACCENT}"/>' if left_rule else ""
    if inside:
        borders = f"<w:top {heavy}/><w:bottom {line}/><w:insideH {line}/>"
    margins = "".join(
        f'<w:{side} w:w="{width}" w:type="dxa"/>'
        for side, width in (("top", air), ("left", 90), ("bottom", air), ("right", 90))
    )
    head = (
        f'<w:tblStylePr w:type="firstRow"><w:tcPr><w:tcBorders><w:bottom {heavy}/></w:tcBorders>'
        f'<w:shd w:val="clear" w:color="auto" w:fill="{TINT}"/><w:vAlign w:val="bottom"/></w:tcPr>'
        "</w:tblStylePr>"
    )
    return _style(
        "table",
        name,
        name,
        f"<w:tblPr><w:tblBorders>{borders}</w:tblBorders><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>"
        + (head if inside else ""),
        based="",
    )


def _styles() -> str:
    right = f'<w:tabs><w:tab w:val="right" w:pos="{TEXT_WIDTH}"/></w:tabs>'
    edge = f'w:val="single" w:sz="4" w:space="4" w:color="{HAIR}"'
    above, below = (f"<w:pBdr><w:{side} {edge}/></w:pBdr>" for side in ("top", "bottom"))
    running = _manner(size=8.5, colour=QUIET)
    paragraphs = (
        (
            "Kicker",
            "Kicker",
            _lie(after=8),
            _manner(size=9.5, caps=True, spread=24, colour=ACCENT, bold=True),
        ),
        ("Title", "Title", _lie(after=2, line=1.0), _manner(font=SERIF, size=32, colour=INK)),
        ("Subtitle", "Subtitle", _lie(after=14), _manner(font=SERIF, size=13, colour=QUIET)),
        ("Lede", "Lede", _lie(after=6, line=1.25), _manner(font=SERIF, size=11.5, colour=INK)),
        ("Notice", "Notice", _lie(after=2, line=1.15), _manner(font=SERIF, size=10.5, colour=INK)),
        ("Cell", "Cell", _lie(line=1.05), _manner(size=9)),
        ("CellHead", "Cell head", _lie(line=1.05, keep=True), _manner(size=8.5, bold=True, colour=INK)),
        ("CellSmall", "Cell small", _lie(before=2, line=1.08), _manner(size=8, colour=QUIET)),
        ("Figure", "Figure", _lie(line=1.0), _manner(font=SERIF, size=26, colour=ACCENT)),
        ("Gap", "Gap", _lie(), _manner(size=5)),
        ("Aside", "Aside", _lie(before=3, after=8), _manner(size=9, colour=QUIET)),
        ("Header", "header", _lie(extra=below + right), running),
        ("Footer", "footer", _lie(extra=right), running),
        ("FooterFirst", "footer first line", _lie(extra=above + right), running),
    )
    underlined = f'<w:rPr><w:color w:val="{ACCENT}"/><w:u w:val="single"/></w:rPr>'
    characters = (
        ("Marking", _manner(size=12, bold=True, colour=INK)),
        ("Strong", _manner(bold=True)),
        ("Quiet", _manner(colour=QUIET)),
        ("Key", _manner(font="Consolas", size=7.5, colour=QUIET)),
        ("Hyperlink", underlined),
    )
    return "".join(
        [
            _style("paragraph", "Normal", "Normal", _lie(after=6, line=1.15), default=True),
            _heading(1, size=20, before=0, after=10, colour=INK, break_before=True),
            _heading(2, size=14, before=16, after=4, colour=ACCENT),
            _heading(3, size=11.5, before=12, after=5, colour=INK),
            *(_style("paragraph", name, shown, lie + manner) for name, shown, lie, manner in paragraphs),
            *(_style("character", name, name, manner, based="") for name, manner in characters),
            _table_style("Rows", inside=True),
            _table_style("Tight", inside=True, air=20),
            _table_style("Plain", inside=False),
            _table_style("Boxed", inside=False, left_rule=True),
        ]
    )


def set_styles(word: Word) -> None:
    """Replaces every style of the library's template by ours."""
    defaults = (
        f'<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="{SANS}" w:hAnsi="{SANS}" w:cs="{SANS}" '
        f'w:eastAsia="{SANS}"/><w:color w:val="{INK}"/><w:sz w:val="20"/><w:szCs w:val="20"/>'
        '<w:lang w:val="en-GB"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>'
    )
    element = word.styles.element
    for child in list(element):
        element.remove(child)
    ours = parse_xml(f"<w:styles {nsdecls('w')}>{defaults}{_styles()}</w:styles>")
    for child in list(ours):
        element.append(child)


def set_page(word: Word) -> None:
    """A4 landscape with room for the running lines."""
    section = word.sections[0]
    section.page_width, section.page_height = Mm(PAGE_WIDTH), Mm(PAGE_HEIGHT)
    section.left_margin = section.right_margin = Mm(SIDE)
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.header_distance, section.footer_distance = Mm(10), Mm(9)
    section.orientation = WD_ORIENT.LANDSCAPE
