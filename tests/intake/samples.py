"""Small files for the tests, and the bad ones: all made here, so that each can be read and changed."""

import csv
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import xlsxwriter

DEMO = Path(__file__).parents[2] / "concord" / "commands" / "demo" / "data"
ACTIONS, NEEDS = DEMO / "western-balkans-actions.csv", DEMO / "western-balkans-needs.csv"

HEADINGS = (
    "id", "reported_by", "title", "summary", "pillars", "topics", "action_types", "donors", "implementers",
    "beneficiaries", "start", "end", "budget_amount", "budget_currency", "status", "source_url",
)  # fmt: skip

GOOD = {
    "id": "A1",
    "reported_by": "Donor A",
    "title": "Training of firearms officers",
    "summary": "Officers learn to trace weapons.",
    "pillars": "WBCSCi",
    "topics": "firearms;police-cooperation",
    "action_types": "training",
    "donors": "Donor A",
    "implementers": "Implementer C",
    "beneficiaries": "AL;XK",
    "start": "2018-03",
    "end": "2019",
    "budget_amount": "750000",
    "budget_currency": "EUR",
    "status": "ongoing",
    "source_url": "https://example.org/a1",
}


def a_row(number: int = 1, **values: str) -> dict[str, str]:
    """A good row with its own id and title, with the values that the test changes."""
    return GOOD | {"id": f"A{number}", "title": f"Training of firearms officers {number}"} | values


def csv_text(
    rows: Sequence[Mapping[str, str]], headings: Sequence[str] = HEADINGS, *, delimiter: str = ","
) -> str:
    """The rows as CSV text, as a spreadsheet writes it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(headings)
    writer.writerows([row.get(heading, "") for heading in headings] for row in rows)
    return out.getvalue()


def csv_file(
    folder: Path, rows: Sequence[Mapping[str, str]], name: str = "actions.csv", **shape: Any
) -> Path:
    """The rows as a CSV file in UTF-8."""
    path = folder / name
    path.write_text(csv_text(rows, **shape), encoding="utf-8", newline="")
    return path


def xlsx_file(
    folder: Path, sheets: Mapping[str, Sequence[Sequence[Any]]], name: str = "actions.xlsx"
) -> Path:
    """A workbook with these sheets, cell by cell; a value that starts with "=" is a formula."""
    path = folder / name
    with xlsxwriter.Workbook(path, {"strings_to_formulas": True, "strings_to_urls": False}) as book:
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


def as_cells(rows: Sequence[Mapping[str, str]], headings: Sequence[str] = HEADINGS) -> list[list[str]]:
    """Heading row and rows as lists of cells."""
    return [list(headings), *([row.get(heading, "") for heading in headings] for row in rows)]


# --- workbooks made by hand, part by part ---------------------------------------------------------------

TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
    'ContentType="{kind}"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
SHEET_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACRO_KIND = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
WORD_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def parts(sheet: str = "<sheetData/>", kind: str = SHEET_KIND, **more: str) -> dict[str, str]:
    """The parts of the smallest workbook, with this inside its one sheet."""
    return {
        "[Content_Types].xml": TYPES.format(kind=kind),
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}">{sheet}</worksheet>',
        **more,
    }


def package(path: Path, named: Mapping[str, str | bytes]) -> Path:
    """A zip of these parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in named.items():
            archive.writestr(name, text)
    return path


def cell(reference: str, text: str = "x") -> str:
    """One cell with text in it."""
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def row_of(number: int, *cells: str) -> str:
    """One row of cells."""
    return f'<row r="{number}">{"".join(cells)}</row>'


def sheet_data(*rows: str) -> str:
    """The rows of a sheet."""
    return f"<sheetData>{''.join(rows)}</sheetData>"


def ole(*names: str) -> bytes:
    """An OLE file (old Office) with nothing in it but a directory of these names."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<H", header, 30, 9)
    struct.pack_into("<I", header, 48, 0)
    entries = b""
    for name in ("Root Entry", *names):
        text = name.encode("utf-16-le")
        entries += text.ljust(64, b"\0") + struct.pack("<H", len(text) + 2) + bytes(62)
    return bytes(header) + entries.ljust(4096, b"\0")


def zip_bomb(path: Path, megabytes: int = 210) -> Path:
    """A workbook of a few hundred kB whose one part unpacks to many megabytes."""
    filler = b" " * (1 << 20)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, text in parts().items():
            if name != "xl/worksheets/sheet1.xml":
                archive.writestr(name, text)
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            part.write(f'<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            for _ in range(megabytes):
                part.write(filler)
            part.write(b"</sheetData></worksheet>")
    return path


def lying_bomb(path: Path, megabytes: int = 210) -> Path:
    """The same, with headers that say the part has 100 bytes."""
    zip_bomb(path, megabytes)
    data = bytearray(path.read_bytes())
    name = b"xl/worksheets/sheet1.xml"
    place = data.rfind(name)  # in the central directory, 46 bytes after the start of its entry
    struct.pack_into("<I", data, place - 46 + 24, 100)
    path.write_bytes(data)
    return path


def overlapping(path: Path) -> Path:
    """A zip whose directory names the same bytes twice, under two names."""
    body = zlib.compress(b"x" * 1000)[2:-4]
    local = struct.pack(
        "<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0, zlib.crc32(b"x" * 1000), len(body), 1000, 1, 0
    )
    types = TYPES.format(kind=SHEET_KIND).encode()
    first = struct.pack(
        "<4s5H3I2H", b"PK\x03\x04", 20, 0, 0, 0, 0, zlib.crc32(types), len(types), len(types), 19, 0
    )
    data = first + b"[Content_Types].xml" + types
    offset = len(data)
    data += local + b"a" + body

    def entry(name: bytes, size: int, packed: int, method: int, crc: int, at: int) -> bytes:
        return (
            struct.pack(
                "<4s6H3I5H2I",
                b"PK\x01\x02",
                20,
                20,
                0,
                method,
                0,
                0,
                crc,
                packed,
                size,
                len(name),
                0,
                0,
                0,
                0,
                0,
                at,
            )
            + name
        )

    directory = entry(b"[Content_Types].xml", len(types), len(types), 0, zlib.crc32(types), 0)
    for name in (b"a", b"b"):
        directory += entry(name, 1000, len(body), 8, zlib.crc32(b"x" * 1000), offset)
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 3, 3, len(directory), len(data), 0)
    path.write_bytes(data + directory + end)
    return path


# --- Word documents made by hand ------------------------------------------------------------------------

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_WORD_TYPES = TYPES.format(kind=WORD_KIND).replace("/xl/workbook.xml", "/word/document.xml")


def word(path: Path, body: str, **more: str) -> Path:
    """The smallest Word document with this inside its body. more: the inside of other parts, by root name."""
    named: dict[str, str | bytes] = {
        "[Content_Types].xml": _WORD_TYPES,
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>',
    }
    for root, inside in more.items():
        named[f"word/{root}.xml"] = f'<w:{root} xmlns:w="{_WORD}">{inside}</w:{root}>'
    return package(path, named)


def word_text(text: str, style: str = "") -> str:
    """A paragraph; what is no markup of its own is put into a run."""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    inside = text if text.startswith("<w:") else f"<w:r><w:t>{text}</w:t></w:r>" if text else ""
    return f"<w:p>{properties}{inside}</w:p>"


def word_cell(text: str, properties: str = "") -> str:
    """A cell of a table."""
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{word_text(text)}</w:tc>"


def word_row(*cells: str, properties: str = "") -> str:
    """A row of a table; a cell that is no markup is a text."""
    inside = "".join(one if one.startswith("<w:tc>") else word_cell(one) for one in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{inside}</w:tr>"


def word_table(*rows: Sequence[str] | str) -> str:
    """A table of rows: each a list of texts, or markup."""
    return f"<w:tbl>{''.join(row if isinstance(row, str) else word_row(*row) for row in rows)}</w:tbl>"


# --- OpenDocument sheets made by hand --------------------------------------------------------------------

_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
_ODF_SPACES = " ".join(
    f'xmlns:{short}="{_ODF}{name}:1.0"'
    for short, name in (
        ("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"),
        ("number", "datastyle"), ("draw", "drawing"), ("manifest", "manifest"),
    )
)  # fmt: skip
ODS_KIND = "application/vnd.oasis.opendocument.spreadsheet"


def ods(path: Path, *tables: str, styles: str = "", kind: str = ODS_KIND, manifest: str = "") -> Path:
    """The smallest OpenDocument sheet with these tables, automatic styles, and inside of its manifest."""
    return package(
        path,
        {
            "mimetype": kind,
            "META-INF/manifest.xml": f"<manifest:manifest {_ODF_SPACES}>{manifest}</manifest:manifest>",
            "content.xml": f"<office:document-content {_ODF_SPACES}"
            ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
            ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
            f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>"
            f"{''.join(tables)}</office:spreadsheet></office:body></office:document-content>",
        },
    )


def ods_table(*rows: str, name: str = "Actions", columns: str = "", style: str = "") -> str:
    """A sheet of rows."""
    return (
        f'<table:table table:name="{name}" table:style-name="{style}">{columns}{"".join(rows)}</table:table>'
    )


def ods_row(*cells: str, **attributes: str) -> str:
    """A row; a cell that is no markup is a text. attributes: of the row, with "_" for "-"."""
    inside = "".join(one if one.startswith("<table:") else ods_cell(one) for one in cells)
    return f"<table:table-row{_ods_attributes(attributes)}>{inside}</table:table-row>"


def ods_cell(text: str = "", inside: str = "", **attributes: str) -> str:
    """A cell that shows this text; value types and their values begin with office_."""
    if text and "office_value_type" not in attributes:
        attributes["office_value_type"] = "string"
    shown = f"<text:p>{text}</text:p>" if text else ""
    return f"<table:table-cell{_ods_attributes(attributes)}>{inside}{shown}</table:table-cell>"


def _ods_attributes(named: Mapping[str, str]) -> str:
    shown = {f"table:{name}".replace("_", "-"): value for name, value in named.items()}
    return "".join(f' {name.replace("table:office-", "office:")}="{value}"' for name, value in shown.items())


# --- mails -----------------------------------------------------------------------------------------------


def a_mail(*attached: tuple[str, bytes], text: str = "Dear all,\nplease find attached.") -> EmailMessage:
    """A mail as programs send it, with these files attached."""
    mail = EmailMessage()
    mail["From"] = "Ana Žbogar <Ana.Zbogar@Example.org>"
    mail["To"] = "secretariat@example.org"
    mail["Subject"] = "Doprinos za plan č. 3"
    mail["Date"] = "Fri, 13 Nov 2026 09:30:00 +0100"
    mail["Message-ID"] = "<abc-1@example.org>"
    mail.set_content(text)
    for name, content in attached:
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail
