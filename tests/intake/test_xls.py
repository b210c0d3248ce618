"""Old workbooks (.xls). Their samples were written by a program, as nobody writes that format by hand."""

import shutil
from pathlib import Path

import pytest

from concord.intake.formats.parts import UnreadableFile
from concord.intake.formats.reading import read_file
from concord.intake.formats.xls.reader import FORMAT
from tests.intake import samples

SAMPLES = Path(FORMAT.read.__code__.co_filename).parent / "samples"


def test_an_old_workbook_is_read_and_the_next_one_asked_for_in_the_new_format():
    sheets = read_file(SAMPLES / "good.xls")

    assert sheets.sheets[0].rows[1].cells == ("A1", "Training of border police", "Donor A", "2019")
    assert [note.rule for note in sheets.notes] == ["old-workbook"]
    assert ".xlsx" in sheets.notes[0].remedy


def test_dates_merged_cells_and_hidden_sheets_of_an_old_workbook():
    sheets = read_file(SAMPLES / "more.xls")

    assert [row.cells for row in sheets.sheets[0].rows[3:]] == [
        ("merged", "merged", "2019-02-28"),
        ("merged", "merged", "1.5"),
    ]
    assert [row.hidden for row in sheets.sheets[1].rows] == [True]
    assert [note.rule for note in sheets.notes] == ["old-workbook", "hidden-sheet"]


def test_an_old_workbook_with_a_password_says_so():
    with pytest.raises(UnreadableFile) as refused:
        read_file(SAMPLES / "password.xls")

    assert refused.value.rule == "encrypted"


@pytest.mark.parametrize("name", ["actions.xls", "actions.ods", "actions.docx"])
def test_a_new_workbook_under_another_name_is_read_by_its_content(tmp_path, name):
    path = samples.xlsx_file(tmp_path, {"A": [["title"], ["First"]]}, name)

    assert read_file(path).sheets[0].rows[1].cells == ("First",)


def test_an_old_workbook_under_a_new_name_is_read_by_its_content(tmp_path):
    path = shutil.copy(SAMPLES / "good.xls", tmp_path / "a.xlsx")

    notes = [note.rule for note in read_file(Path(path)).notes]

    assert notes == ["old-workbook", "name-and-content-differ"]
