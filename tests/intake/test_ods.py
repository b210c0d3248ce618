"""OpenDocument sheets: values, repeats, what is hidden, merged and remarked, and files that mean harm."""

import pytest

from concord.intake.formats.parts import Comment, MergedCells, Sheets, UnreadableFile
from concord.intake.formats.reading import read_file
from tests.intake.samples import ods, ods_cell, ods_row, ods_table

FAR = "1000000"
DATE = (
    '<number:date-style style:name="N1"><number:month/><number:text>/</number:text><number:year/>'
    "</number:date-style>"
)
MONTHS = DATE + '<style:style style:name="months" style:data-style-name="N1"/>'


@pytest.fixture
def read(tmp_path):
    def read(*tables: str, styles: str = "") -> Sheets:
        return read_file(ods(tmp_path / "a.ods", *tables, styles=styles))

    return read


def test_values_come_out_as_people_write_them(read):
    day = {"office_value_type": "date", "office_date_value": "2019-02-28"}
    typed = [
        ods_cell("2.500", office_value_type="float", office_value="2500"),
        ods_cell("1.234,50 €", office_value_type="currency", office_value="1234.5", office_currency="EUR"),
        ods_cell("80 %", office_value_type="percentage", office_value="0.8"),
        ods_cell("WAHR", office_value_type="boolean", office_boolean_value="true"),
        ods_cell("28.02.19", **day),
        ods_cell("02/2019", **day, style_name="months"),
        ods_cell("x", office_value_type="date", office_date_value="2019-02-28T14:30:00"),
        ods_cell("=cmd|' /C calc'!A0"),
    ]

    rows = read(ods_table(ods_row(*typed)), styles=MONTHS).sheets[0].rows

    assert rows[0].cells == (
        "2500", "1234.5", "0.8", "TRUE", "2019-02-28", "2019-02", "2019-02-28 14:30:00", "=cmd|' /C calc'!A0",
    )  # fmt: skip


def test_a_cell_takes_its_date_style_from_its_column(read):
    columns = (
        '<table:table-column table:number-columns-repeated="2"/><table:table-column '
        'table:default-cell-style-name="months"/>'
    )
    cell = ods_cell("02/2019", office_value_type="date", office_date_value="2019-02-28")

    rows = read(ods_table(ods_row("a", cell, cell), columns=columns), styles=MONTHS).sheets[0].rows

    assert rows[0].cells == ("a", "2019-02-28", "2019-02")


def test_text_keeps_its_lines_and_blanks(read):
    written = (
        '<table:table-cell office:value-type="string"><text:p>two<text:s text:c="2"/>words</text:p>'
        "<text:p>next<text:line-break/>line</text:p></table:table-cell>"
    )

    assert read(ods_table(ods_row("a", written))).sheets[0].rows[0].cells[1] == "two  words\nnext\nline"


def test_repeated_cells_and_rows_stand_where_the_file_shows_them(read):
    sheets = read(
        ods_table(
            ods_row(ods_cell(number_columns_repeated="2"), ods_cell("x", number_columns_repeated="3")),
            ods_row(ods_cell(number_columns_repeated="16384"), number_rows_repeated="5"),
            ods_row("same", number_rows_repeated="2"),
            ods_row(ods_cell(number_columns_repeated=FAR), number_rows_repeated=FAR),
        )
    )

    assert [(row.number, row.cells) for row in sheets.sheets[0].rows] == [
        (1, ("", "", "x", "x", "x")),
        (7, ("same",)),
        (8, ("same",)),
    ]


def test_what_is_hidden_is_read_and_told(read):
    styles = '<style:style style:name="off"><style:table-properties table:display="false"/></style:style>'
    sheets = read(
        ods_table(
            ods_row("title", "end"),
            ods_row("First", "2019", visibility="filter"),
            ods_row("Second", "2020", visibility="collapse"),
            columns='<table:table-column/><table:table-column table:visibility="collapse"/>',
        ),
        ods_table(ods_row("old"), name="Old", style="off"),
        styles=styles,
    )

    assert [row.hidden for row in sheets.sheets[0].rows] == [False, True, True]
    assert sheets.sheets[0].hidden_columns == (1,)
    assert [(note.rule, note.sheet) for note in sheets.notes] == [
        ("hidden-rows", "Actions"),
        ("hidden-columns", "Actions"),
        ("hidden-sheet", "Old"),
    ]


def test_merged_cells_are_filled_and_told(read):
    covered = "<table:covered-table-cell/>"
    sheets = read(
        ods_table(
            ods_row(ods_cell("Donor A", number_rows_spanned="2"), "First"),
            ods_row(covered, "Second"),
            ods_row(ods_cell("Both", number_columns_spanned="2"), covered),
        )
    )

    assert [row.cells for row in sheets.sheets[0].rows] == [
        ("Donor A", "First"),
        ("Donor A", "Second"),
        ("Both", "Both"),
    ]
    assert sheets.sheets[0].merged == [
        MergedCells("Actions", 1, 0, 2, 0),
        MergedCells("Actions", 3, 0, 3, 1),
    ]


def test_remarks_stay_beside_their_cell_and_out_of_its_text(read):
    remark = (
        "<office:annotation><dc:creator>Ana</dc:creator><text:p>Still</text:p><text:p>true?</text:p>"
        "</office:annotation>"
    )

    sheets = read(ods_table(ods_row("title", ods_cell("First", inside=remark))))

    assert sheets.sheets[0].rows[0].cells == ("title", "First")
    assert sheets.sheets[0].comments == [Comment("Actions", 1, 1, "Still\ntrue?", "Ana")]


def test_formulas_give_their_result_and_are_told(read):
    result = ods_cell("3", office_value_type="float", office_value="3", formula="of:=1+2")

    sheets = read(ods_table(ods_row("sum", result)))

    assert sheets.sheets[0].rows[0].cells == ("sum", "3")
    assert [(note.rule, note.row, note.column) for note in sheets.notes] == [("formula", 1, 1)]


@pytest.mark.parametrize(
    ("tables", "rule"),
    [
        ([ods_table(ods_row(ods_cell("x", number_columns_repeated=FAR)))], "cells-too-far"),
        ([ods_table(ods_row("x", number_rows_repeated=FAR))], "cells-too-far"),
        (
            [ods_table(ods_row(ods_cell("x", number_columns_repeated="500"), number_rows_repeated="99999"))],
            "cells-too-far",
        ),
        ([ods_table(ods_row(ods_cell("a<text:s text:c='999999999'/>b")))], "cell-too-long"),
        ([], "damaged"),
    ],
    ids=["columns", "rows", "area", "blanks", "no sheet"],
)
def test_a_sheet_that_means_harm_is_refused(tmp_path, tables, rule):
    with pytest.raises(UnreadableFile) as refused:
        read_file(ods(tmp_path / "a.ods", *tables))

    assert refused.value.rule == rule


def test_a_sheet_with_a_password_says_so(tmp_path):
    secret = (
        '<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/>'
        "</manifest:file-entry>"
    )

    with pytest.raises(UnreadableFile) as refused:
        read_file(ods(tmp_path / "a.ods", ods_table(ods_row("x")), manifest=secret))

    assert refused.value.rule == "encrypted"


def test_an_opendocument_text_is_refused_with_the_way_out(tmp_path):
    with pytest.raises(UnreadableFile, match=r"\.docx"):
        read_file(ods(tmp_path / "a.odt", kind="application/vnd.oasis.opendocument.text"))
