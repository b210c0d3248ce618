"""What holds for every format, the template's too: samples, row numbers, and an entry in the registry."""

from pathlib import Path

import pytest

from concord.intake import formats
from concord.intake.formats._template.reader import FORMAT as TEMPLATE
from concord.intake.formats.messages import FormatFound, line_of, said_in
from concord.intake.formats.parts import Note, Row, SheetStart, UnreadableFile, collect, column_letters
from concord.intake.formats.registry import FORMATS
from concord.intake.problems import Severity

FOLDER = Path(formats.__file__).parent
ALL = [*FORMATS.values(), TEMPLATE]
RECORDS = ("IATI activity file", "JSON")  # formats of records: their own tests say what a record becomes
TABLES = [form for form in ALL if form.name not in RECORDS]
EXPECTED = [
    (1, ("id", "title", "donors", "end")),
    (2, ("A1", "Training of border police", "Donor A", "2019")),
    (3, ("A2", "Laboratory equipment", "Donor B;Donor C", "2020-06")),
]


def folder_of(form) -> Path:
    return Path(form.read.__code__.co_filename).parent


def sample(form, name: str) -> Path:
    return folder_of(form) / "samples" / f"{name}{form.suffixes[0]}"


def test_every_folder_of_a_format_is_registered_but_the_template():
    folders = {path.parent for path in FOLDER.glob("*/reader.py")}

    assert {folder_of(form) for form in FORMATS.values()} == folders - {FOLDER / "_template"}


@pytest.mark.parametrize("form", TABLES, ids=lambda form: form.name)
def test_the_good_sample_gives_its_rows_with_the_files_own_numbers(form):
    sheets = collect(form.read(sample(form, "good")))

    assert [(row.number, row.cells) for row in sheets.sheets[0].rows] == EXPECTED
    assert {note.rule for note in sheets.notes} <= {"old-workbook"}  # which an old format says of every file


@pytest.mark.parametrize("form", ALL, ids=lambda form: form.name)
def test_the_broken_sample_is_refused_or_named_at_its_row(form):
    try:
        sheets = collect(form.read(sample(form, "broken")))
    except UnreadableFile as refused:
        told = [(refused.rule, refused.remedy)]
    else:
        told = [(note.rule, note.remedy) for note in sheets.notes if note.row == 3]

    assert len(told) == 1


@pytest.mark.parametrize("form", ALL, ids=lambda form: form.name)
def test_the_empty_sample_gives_no_row(form):
    if form is FORMATS["Word document"]:  # where there is no table, there is nothing to call a sheet
        with pytest.raises(UnreadableFile, match="no table"):
            collect(form.read(sample(form, "empty")))
        return
    sheets = collect(form.read(sample(form, "empty")))

    below_headings = [row for sheet in sheets.sheets for row in sheet.rows if form in TABLES or row.number]
    assert below_headings == []


@pytest.mark.parametrize(
    "said",
    [
        FormatFound("CSV"),
        SheetStart("Sheet “1”"),
        Row(7, ("a", "č\n\u2028", "")),
        Note(Severity.QUESTION, "rule", "Message.", "Remedy.", "Sheet", 3, 0, "value", "reading"),
    ],
)
def test_what_a_child_says_arrives_as_it_was(said):
    line = line_of(said)

    assert line.count("\n") == 1
    assert said_in(line) == said


@pytest.mark.parametrize("line", ["", "x", "[]", '["row", "7", []]', '["other"]', '{"a": 1}', '["note", {}]'])
def test_a_line_that_no_reader_says_is_not_believed(line):
    with pytest.raises(ValueError):
        said_in(line)


@pytest.mark.parametrize(("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_lettered_as_a_spreadsheet_does(index, letters):
    assert column_letters(index) == letters
