"""Exports opened again: text stays text, numbers stay numbers, the marking is everywhere."""

import io
import json
import time
import zipfile
from decimal import Decimal

import docx
import openpyxl
import pytest
from lxml import etree
from openpyxl.utils.escape import unescape

from concord.kernel.canonical import canonical_bytes
from concord.kernel.errors import BadInput
from concord.publication.exports import FORMATS, export, file_name, media_type
from tests.publication.samples import a_document, a_need, an_action, an_edition

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PAYLOADS = [
    "=cmd|'/c calc'!A1",
    "+1+1",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    '=HYPERLINK("http://example.org")',
    "{=1+1}",
    "<w:t>no</w:t> & ]]>",
    "NUL \x00 and bell \x07 and turned \u202e text",
    "http://example.org/x",
    "ftp://example.org/x",
    "internal:Sheet1!A1",
    "_x0041_",
]
ALLOWED_PARTS = {
    "docx": {
        "[Content_Types].xml", "_rels/.rels", "docProps/core.xml", "word/document.xml", "word/styles.xml",
        "word/_rels/document.xml.rels", "word/settings.xml", "word/fontTable.xml", "word/theme/theme1.xml",
        "word/header1.xml", "word/footer1.xml",
    },
    "xlsx": {
        "[Content_Types].xml", "_rels/.rels", "docProps/core.xml", "docProps/app.xml", "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/theme/theme1.xml", "xl/sharedStrings.xml",
        *(f"xl/worksheets/sheet{number}.xml" for number in range(1, 7)),
    },
}  # fmt: skip


def loaded_with(payload: str) -> dict:
    """A draft in which every text that people write holds the payload."""
    action = an_action(
        "ACT00001",
        title=payload,
        summary=payload,
        donors=[payload],
        implementers=[payload],
        participations=[
            {"role": "donor", "organisation": "ORG00001", "name": payload, "as_written": payload}
        ],
        source_url=payload,
        topics=[payload],
        action_types=[payload],
        status=payload,
        reporting_organisation=payload,
    )
    action["funding"][0] |= {"donor": payload, "instrument": payload, "contract_number": payload}
    need = a_need("NEED0001", statement=payload, reference=payload, priority=payload, source_url=payload)
    document = a_document([action], [need])
    document["organisations"] = [
        {"key": "ORG00001", "name": payload, "acronym": payload, "kind": "", "parent": None}
    ]
    document["plan"]["title"] = payload
    document["notices"] = [payload]
    return document


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_text_becomes_a_formula_or_a_link_in_excel(payload):
    book = openpyxl.load_workbook(io.BytesIO(export(loaded_with(payload), "xlsx")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    assert not any(cell.hyperlink for cell in cells)
    titles = [row[1].value for row in book["Actions"].iter_rows(min_row=2)]
    assert unescape(titles[0]).strip() == expected(payload).strip()
    assert not book.defined_names


def expected(payload: str) -> str:
    return payload.replace("\x00", "").replace("\x07", "").replace("\u202e", "")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_text_becomes_a_field_or_a_foreign_link_in_word(payload):
    content = export(loaded_with(payload), "docx")
    word = docx.Document(io.BytesIO(content))
    instructions = {
        field.get(f"{W}instr").strip() for part in parts_of(content) for field in part.iter(f"{W}fldSimple")
    }
    assert instructions == {"PAGE", "NUMPAGES"}
    assert not any(list(part.iter(f"{W}instrText")) for part in parts_of(content))
    targets = [rel.target_ref for rel in word.part.rels.values() if rel.is_external]
    assert all(target.startswith(("http://", "https://")) for target in targets)
    told = " ".join(cell.text for table in word.tables for row in table.rows for cell in row.cells)
    assert expected(payload).split()[0] in told


def parts_of(content: bytes) -> list:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [etree.fromstring(archive.read(name)) for name in archive.namelist() if name.endswith(".xml")]


def test_numbers_stay_numbers_and_dates_stay_as_precise_as_stated():
    book = openpyxl.load_workbook(io.BytesIO(export(an_edition(), "xlsx")))
    heads = [cell.value for cell in book["Actions"][1]]
    row = dict(zip(heads, [cell.value for cell in book["Actions"][2]], strict=True))
    assert row["Amount"] == 750000
    assert isinstance(row["Amount"], int | float)
    assert (row["Start"], row["End"], row["Currency"]) == ("2018-02", "2019", "EUR")
    assert row["Beneficiaries"] == "ALB; KOS*"
    funding = [cell.value for cell in book["Funding"][2]]
    assert funding[3] == 750000


def test_an_amount_in_several_currencies_is_not_added_up():
    lines = an_action("ACT00001")["funding"] + [{**an_action("X")["funding"][0], "currency": "USD"}]
    book = openpyxl.load_workbook(
        io.BytesIO(export(a_document([an_action("ACT00001", funding=lines)]), "xlsx"))
    )
    heads = [cell.value for cell in book["Actions"][1]]
    row = dict(zip(heads, [cell.value for cell in book["Actions"][2]], strict=True))
    assert row["Amount"] is None
    assert row["Currency"] == "several, see Funding"
    assert [Decimal(str(cell.value)) for cell in book["Funding"]["D"][1:]] == [750000, 750000]


def test_every_sheet_has_a_header_row_that_stays_and_filters():
    book = openpyxl.load_workbook(io.BytesIO(export(an_edition(), "xlsx")))
    assert book.sheetnames == ["About", "Actions", "Funding", "Needs", "Needs and support", "Organisations"]
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == "C2"
        assert sheet.auto_filter.ref.startswith("A1:")
        assert sheet.print_title_rows == "$1:$1"
        assert all(cell.font.bold for cell in sheet[1])
    assert all(sheet.sheet_state == "visible" for sheet in book)
    assert book.properties.title.startswith("Plan 2018-2020, version 1, endorsed on 16 March 2018")


def test_the_marking_stands_on_every_sheet_and_page():
    draft = a_document([an_action("ACT00001", marking="amber-strict")])
    for document, marking in (
        (an_edition(), "TLP:CLEAR"),
        (a_document(), "TLP:GREEN"),
        (draft, "TLP:AMBER+STRICT"),
    ):
        book = openpyxl.load_workbook(io.BytesIO(export(document, "xlsx")))
        for sheet in book:
            assert marking in sheet.oddHeader.right.text
            assert marking in sheet.oddFooter.left.text
        word = docx.Document(io.BytesIO(export(document, "docx")))
        section = word.sections[0]
        assert marking in section.header.paragraphs[0].text
        assert marking in section.footer.paragraphs[0].text
        assert file_name(document, "docx").endswith(f"{marking.replace(':', '-').replace('+', '-')}.docx")


def test_a_paper_says_on_every_page_which_text_it_is():
    word = docx.Document(io.BytesIO(export(a_document(), "docx", called="draft 3 of 10 June 2025")))
    footer = "\n".join(paragraph.text for paragraph in word.sections[0].footer.paragraphs)
    assert "draft 3 of 10 June 2025" in footer
    assert "A sample, not an official document" in footer
    assert "UNSCR 1244/1999" in footer


def test_a_rehearsal_says_so_on_every_page():
    edition = an_edition()
    edition["version"]["decision"]["rehearsal"] = True
    word = docx.Document(io.BytesIO(export(edition, "docx")))
    assert "no Board took this decision on this text" in word.sections[0].footer.paragraphs[0].text
    book = openpyxl.load_workbook(io.BytesIO(export(edition, "xlsx")))
    assert all("no Board took this decision" in sheet.oddFooter.left.text for sheet in book)


def test_a_paper_is_landscape_with_headings_and_repeated_heading_rows():
    word = docx.Document(io.BytesIO(export(an_edition(), "docx")))
    assert word.sections[0].page_width > word.sections[0].page_height
    headings = [(p.style.name, p.text) for p in word.paragraphs if p.style.name.lower().startswith("heading")]
    assert ("Heading 1", "1  Prevent") in headings
    assert ("Heading 2", "1.1  Fewer weapons") in headings
    assert ("Heading 3", "1.1.1  Safe stockpiles") in headings
    body = word.element.body
    headed = [table for table in body.iter(f"{W}tbl") if table.find(f".//{W}tblHeader") is not None]
    assert len(headed) >= 3
    rows = [row for table in headed for row in table.iter(f"{W}tr")]
    assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)
    assert word.core_properties.title.startswith("Plan 2018-2020")


def test_people_read_short_forms_and_never_codes():
    word = docx.Document(io.BytesIO(export(an_edition(), "docx")))
    cells = {cell.text for table in word.tables for row in table.rows for cell in row.cells}
    assert "ALB, KOS*" in cells
    assert not {"AL", "XK", "AL, XK"} & cells


def test_what_the_profile_leaves_out_has_no_column_and_no_sheet():
    document = a_document()
    document["framework"]["profile"] = "five-facts"
    edition = an_edition(document)
    book = openpyxl.load_workbook(io.BytesIO(export(edition, "xlsx")))
    assert book.sheetnames == ["About", "Actions"]
    assert [cell.value for cell in book["Actions"][1]] == [
        "Key",
        "Title",
        "Donors",
        "Implementers",
        "Beneficiaries",
    ]
    word = docx.Document(io.BytesIO(export(edition, "docx")))
    assert [cell.text for cell in word.tables[-1].rows[0].cells] == [
        "Action",
        "Donors",
        "Implementers",
        "For",
    ]


@pytest.mark.parametrize("format_name", list(FORMATS))
def test_the_same_document_gives_the_same_bytes_later(format_name, monkeypatch):
    edition = an_edition()
    first = export(edition, format_name)
    later = time.time() + 86_400 * 400
    monkeypatch.setattr(time, "time", lambda: later)
    moved = time.localtime(later)
    monkeypatch.setattr(time, "localtime", lambda *_: moved)
    assert export(edition, format_name) == first


@pytest.mark.parametrize("format_name", ["docx", "xlsx"])
def test_a_file_has_no_hidden_parts(format_name):
    with zipfile.ZipFile(io.BytesIO(export(an_edition(), format_name))) as archive:
        assert set(archive.namelist()) - ALLOWED_PARTS[format_name] == set()


def test_an_empty_plan_has_its_files_too():
    for profile in ("open", "five-facts"):
        document = a_document([], [])
        document["framework"]["profile"] = profile
        for format_name in FORMATS:
            assert export(an_edition(document), format_name)


def test_json_is_the_canonical_bytes_and_holds_no_time_of_export():
    document = a_document()
    assert export(document, "json", called="draft of today") == canonical_bytes(document)
    assert json.loads(export(document, "json")) == document


def test_an_unknown_format_names_the_known_ones():
    with pytest.raises(BadInput, match="docx, xlsx, csv, json, iati"):
        export(a_document(), "pdf")
    assert media_type("json") == "application/json"
