"""Workbooks as people write them: hidden rows, columns and sheets, merged cells, remarks, macros."""

from pathlib import Path

import pytest
import xlsxwriter

from concord.intake.formats.parts import Comment, MergedCells, Sheets, UnreadableFile
from concord.intake.formats.reading import read_file
from tests.intake import samples
from tests.intake.samples import cell, package, parts, row_of, sheet_data

_REL = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_THREADS = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"


@pytest.fixture
def book(tmp_path):
    """A workbook to fill; close it before reading."""
    return xlsxwriter.Workbook(tmp_path / "book.xlsx")


def read(book: xlsxwriter.Workbook) -> Sheets:
    book.close()
    return read_file(Path(book.filename))


def test_hidden_rows_and_columns_are_read_marked_and_told_once(book):
    sheet = book.add_worksheet("Actions")
    for number in range(6):
        sheet.write_row(number, 0, [f"{column}{number + 1}" for column in "ABCD"])
    for number in (1, 3, 4):
        sheet.set_row(number, None, None, {"hidden": True})
    sheet.set_column("B:B", None, None, {"hidden": True})
    sheet.set_column("H:XFD", None, None, {"hidden": True})

    sheets = read(book)

    read_sheet = sheets.sheets[0]
    assert [row.number for row in read_sheet.rows if row.hidden] == [2, 4, 5]
    assert read_sheet.rows[1].cells == ("A2", "B2", "C2", "D2")
    assert read_sheet.hidden_columns == (1,)
    assert [(note.rule, note.message) for note in sheets.notes] == [
        (
            "hidden-rows",
            "3 rows are hidden (2, 4-5), perhaps by a filter, and read like the rest.",
        ),
        ("hidden-columns", "Column B is hidden and read like the rest."),
    ]


def test_a_hidden_sheet_is_read_and_named(book):
    book.add_worksheet("Actions").write(0, 0, "title")
    hidden = book.add_worksheet("Old")
    hidden.write(0, 0, "title")
    hidden.very_hidden()
    book.add_worksheet("Nothing").hide()

    sheets = read(book)

    assert [(sheet.name, [row.hidden for row in sheet.rows]) for sheet in sheets.sheets] == [
        ("Actions", [False]),
        ("Old", [True]),
        ("Nothing", []),
    ]
    assert [(note.rule, note.sheet) for note in sheets.notes] == [("hidden-sheet", "Old")]


def test_merged_cells_are_filled_with_their_first_text_and_told(book):
    sheet = book.add_worksheet("Actions")
    sheet.merge_range("A1:D1", "Plan 2020")
    sheet.write_row(1, 0, ["donor", "title", "start", "end"])
    sheet.merge_range("A3:A5", "Donor A")
    for number, title in ((2, "First"), (3, "Second"), (4, "Third")):
        sheet.write(number, 1, title)
    sheet.merge_range("C4:D5", "2019")

    read_sheet = read(book).sheets[0]

    assert [row.cells for row in read_sheet.rows] == [
        ("Plan 2020",) * 4,
        ("donor", "title", "start", "end"),
        ("Donor A", "First"),
        ("Donor A", "Second", "2019", "2019"),
        ("Donor A", "Third", "2019", "2019"),
    ]
    assert read_sheet.merged == [
        MergedCells("Actions", 1, 0, 1, 3),
        MergedCells("Actions", 3, 0, 5, 0),
        MergedCells("Actions", 4, 2, 5, 3),
    ]


def test_merged_cells_make_no_row_of_their_own(book):
    sheet = book.add_worksheet("Actions")
    sheet.merge_range("A1:A9", "All years")
    sheet.write("B1", "title")
    sheet.write("B9", "last")

    assert [row.number for row in read(book).sheets[0].rows] == [1, 9]


def test_merged_cells_that_overlap_are_refused_before_they_are_written(tmp_path):
    corners = "".join('<mergeCell ref="A1:Z3000"/>' for _ in range(5_000))
    data = sheet_data(row_of(1, cell("A1")), row_of(3000, cell("Z3000")))
    path = package(tmp_path / "a.xlsx", parts(f"{data}<mergeCells>{corners}</mergeCells>"))

    with pytest.raises(UnreadableFile) as refused:
        read_file(path)

    assert refused.value.rule == "damaged"


def test_classic_notes_are_kept_with_their_author(book):
    sheet = book.add_worksheet("Actions")
    sheet.write_row(0, 0, ["title", "end"])
    sheet.write_comment("B1", "Ana:\nthe year of the contract", {"author": "Ana"})
    sheet.write_comment("C7", "nobody wrote here")

    assert read(book).sheets[0].comments == [
        Comment("Actions", 1, 1, "the year of the contract", "Ana"),
        Comment("Actions", 7, 2, "nobody wrote here"),
    ]


def test_threads_are_kept_with_their_persons_and_without_their_stand_in(tmp_path):
    rels = "".join(
        f'<Relationship Id="rId{n}" Type="x" Target="{target}"/>'
        for n, target in enumerate(["../comments1.xml", "../threadedComments/threadedComment1.xml"])
    )
    path = package(
        tmp_path / "a.xlsx",
        parts(
            sheet_data(row_of(1, cell("A1", "title"))),
            **{
                "xl/worksheets/_rels/sheet1.xml.rels": f'<Relationships xmlns="{_REL}">{rels}'
                "</Relationships>",
                "xl/comments1.xml": f'<comments xmlns="{_MAIN}"><authors><author>tc={{1}}</author><author>Eva'
                '</author></authors><commentList><comment ref="A1" authorId="0"><text><t>[Threaded]</t>'
                '</text></comment><comment ref="B2" authorId="1"><text><r><t>two </t></r><r><t>runs</t></r>'
                "</text></comment></commentList></comments>",
                "xl/threadedComments/threadedComment1.xml": f'<ThreadedComments xmlns="{_THREADS}">'
                '<threadedComment ref="A1" personId="{P}" id="{1}"><text>Right?</text></threadedComment>'
                '<threadedComment ref="A1" personId="{Q}" id="{2}" parentId="{1}"><text>Yes</text>'
                "</threadedComment></ThreadedComments>",
                "xl/persons/person.xml": f'<personList xmlns="{_THREADS}">'
                '<person displayName="Ana" id="{P}"/></personList>',
            },
        ),
    )

    assert read_file(path).sheets[0].comments == [
        Comment("Sheet1", 2, 1, "two runs", "Eva"),
        Comment("Sheet1", 1, 0, "Right?", "Ana"),
        Comment("Sheet1", 1, 0, "Yes", ""),
    ]


def test_a_workbook_with_macros_is_read_without_them(tmp_path):
    path = package(
        tmp_path / "a.xlsm",
        parts(
            sheet_data(row_of(1, cell("A1", "title"))),
            kind=samples.MACRO_KIND,
            **{"xl/vbaProject.bin": "Sub Auto_Open()"},
        ),
    )

    sheets = read_file(path)

    assert sheets.sheets[0].rows[0].cells == ("title",)
    assert [note.rule for note in sheets.notes] == ["macros"]
