"""Workbooks: what a cell holds and shows, formulas, errors."""

from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter

from concord.intake.formats.parts import Sheets
from concord.intake.formats.reading import read_file
from tests.intake.samples import cell, package, parts, row_of, sheet_data, xlsx_file


@pytest.fixture
def book(tmp_path):
    """A workbook to fill; close it before reading."""
    return xlsxwriter.Workbook(tmp_path / "book.xlsx")


def read(book: xlsxwriter.Workbook) -> Sheets:
    book.close()
    return read_file(Path(book.filename))


def notes(sheets: Sheets) -> list[tuple[str, int | None, int | None, str]]:
    return [(note.rule, note.row, note.column, note.value) for note in sheets.notes]


def test_numbers_dates_and_truth_come_out_as_people_write_them(book):
    sheet = book.add_worksheet("Actions")
    for column, value in enumerate([2019, 1_500_000, 1234.5, 0.1 + 0.2, True]):
        sheet.write(0, column, value)
    for column, shown in enumerate(
        ["yyyy-mm-dd", "dd.mm.yyyy", "mmm-yy", "mm/yyyy", "yyyy", "[$-409]mmmm yyyy"]
    ):
        sheet.write_datetime(1, column, datetime(2019, 2, 28), book.add_format({"num_format": shown}))
    sheet.write_datetime(
        2, 0, datetime(2019, 2, 28, 14, 30), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    )

    sheets = read(book)

    assert [row.cells for row in sheets.sheets[0].rows] == [
        ("2019", "1500000", "1234.5", "0.3", "TRUE"),
        ("2019-02-28", "2019-02-28", "2019-02", "2019-02", "2019", "2019-02"),
        ("2019-02-28 14:30:00",),
    ]


def test_rows_and_columns_keep_the_places_of_the_file(book):
    sheet = book.add_worksheet("Actions")
    sheet.write("C5", "title")
    sheet.write("D9", "below")

    rows = read(book).sheets[0].rows

    assert [(row.number, row.cells) for row in rows] == [(5, ("", "", "title")), (9, ("", "", "", "below"))]


def test_a_formula_gives_its_stored_result_and_is_named(book):
    sheet = book.add_worksheet("Actions")
    sheet.write_row(0, 0, ["title", "budget_amount", "end"])
    sheet.write(1, 0, "First")
    sheet.write_formula(1, 1, "=1000*2", None, 2000)
    sheet.write_formula(2, 1, "=1/0", None, "#DIV/0!")
    sheet.write(2, 0, "Second")

    sheets = read(book)

    assert [row.cells for row in sheets.sheets[0].rows[1:]] == [("First", "2000"), ("Second", "#DIV/0!")]
    assert notes(sheets) == [("formula", 2, 1, "2000"), ("cell-error", 3, 1, "#DIV/0!")]


def test_a_formula_without_a_result_is_read_as_empty_and_says_so(tmp_path):
    data = sheet_data(
        row_of(1, cell("A1", "title"), cell("B1", "end")), row_of(2, cell("A2"), '<c r="B2"><f>1+1</f></c>')
    )

    sheets = read_file(package(tmp_path / "a.xlsx", parts(data)))

    assert sheets.sheets[0].rows[1].cells == ("x",)
    assert [(note.rule, note.row, note.column) for note in sheets.notes] == [("formula", 2, 1)]
    assert "without a result" in sheets.notes[0].message


def test_text_stays_text_whatever_it_looks_like(book):
    sheet = book.add_worksheet("Actions")
    for row, text in enumerate(["=cmd|' /C calc'!A0", "+1", "@x", "0123", "1e5", "TRUE"]):
        sheet.write_string(row, 0, text)

    assert [row.cells[0] for row in read(book).sheets[0].rows] == [
        "=cmd|' /C calc'!A0",
        "+1",
        "@x",
        "0123",
        "1e5",
        "TRUE",
    ]


@pytest.mark.parametrize(
    ("name", "told"), [("actions.csv", True), ("actions", True), ("actions.xlsx", False)]
)
def test_the_content_decides_and_a_wrong_name_is_told(tmp_path, name, told):
    path = xlsx_file(tmp_path, {"A": [["title"], ["First"]]}, name)

    sheets = read_file(path)

    assert sheets.sheets[0].rows[1].cells == ("First",)
    assert [note.rule for note in sheets.notes] == (["name-and-content-differ"] if told else [])
