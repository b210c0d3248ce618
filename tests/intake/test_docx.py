"""Tables of Word documents as people write them: over pages, with merged cells, changes and remarks."""

import pytest

from concord.intake.formats.parts import Comment, MergedCells, Sheets, UnreadableFile
from concord.intake.formats.reading import read_file
from concord.intake.problems import Severity
from tests.intake.samples import word, word_cell, word_row, word_table, word_text

HEAD = ("id", "title", "end")
BREAK = word_text('<w:r><w:br w:type="page"/></w:r>')


@pytest.fixture
def read(tmp_path):
    def read(body: str, **parts: str) -> Sheets:
        return read_file(word(tmp_path / "a.docx", body, **parts))

    return read


def cells(sheets: Sheets, place: int = 0) -> list[tuple[str, ...]]:
    return [row.cells for row in sheets.sheets[place].rows]


def told(sheets: Sheets) -> list[tuple[str, Severity]]:
    return [(note.rule, note.severity) for note in sheets.notes]


def test_each_table_is_a_sheet_named_by_what_stands_above_it(read):
    styles = '<w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>'
    sheets = read(
        word_text("Borders", "berschrift1")
        + word_text("A long introduction. " * 20)
        + word_table(HEAD, ("A1", "First", "2019"))
        + word_text("Table 2. Firearms")
        + word_table(HEAD, ("B1", "Second", "2020"))
        + word_text("A long text. " * 20)
        + word_table(("x", "y")),
        styles=styles,
    )

    assert [sheet.name for sheet in sheets.sheets] == [
        "Table 1: Borders",
        "Table 2: Firearms",
        "Table 3: Borders",
    ]
    assert cells(sheets, 1) == [HEAD, ("B1", "Second", "2020")]
    assert sheets.notes == []


def test_a_table_over_a_page_break_is_one_and_its_repeated_headings_are_no_rows(read):
    sheets = read(
        word_table(HEAD, ("A1", "First", "2019"))
        + BREAK
        + word_table(HEAD, ("A2", "Second", "2020"), HEAD, ("A3", "Third", "2021"))
    )

    numbered = [(row.number, row.cells[0]) for row in sheets.sheets[0].rows]
    assert numbered == [(1, "id"), (2, "A1"), (4, "A2"), (6, "A3")]
    assert told(sheets) == [("table-continued", Severity.WARNING)]


def test_a_continuation_without_headings_is_joined_and_asked_about(read):
    sheets = read(word_table(HEAD, ("A1", "First", "2019")) + BREAK + word_table(("A2", "Second", "2020")))

    assert cells(sheets) == [HEAD, ("A1", "First", "2019"), ("A2", "Second", "2020")]
    assert told(sheets) == [("table-continued", Severity.QUESTION)]


@pytest.mark.parametrize(
    "second",
    [
        word_table(("need", "priority", "stated on"), ("N1", "high", "2020")),
        word_table(HEAD[:2], ("A2", "Second")),
        word_text("Other actions") + word_table(("A2", "Second", "2020")),
        word_table(word_row("a", "b", "c", properties="<w:tblHeader/>"), ("x", "y", "z")),
    ],
    ids=["other headings", "other width", "text between", "marked headings"],
)
def test_another_table_right_behind_stays_another(read, second):
    assert len(read(word_table(HEAD, ("A1", "First", "2019")) + BREAK + second).sheets) == 2


def test_merged_cells_are_filled_across_and_down(read):
    down, below = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    sheets = read(
        word_table(
            word_row(word_cell("Plan", '<w:gridSpan w:val="3"/>')),
            HEAD,
            word_row(word_cell("A1", down), "First", "2019"),
            word_row(word_cell("", below), "Second", "2020"),
        )
    )

    assert cells(sheets) == [("Plan",) * 3, HEAD, ("A1", "First", "2019"), ("A1", "Second", "2020")]
    assert sheets.sheets[0].merged == [
        MergedCells("Table 1", 1, 0, 1, 2),
        MergedCells("Table 1", 3, 0, 4, 0),
    ]


def test_borders_a_hair_apart_make_no_column(read):
    wide = '<w:gridSpan w:val="2"/>'
    sheets = read(
        word_table(
            word_row("id", word_cell("title", wide), "end"),
            word_row(word_cell("A1", wide), "First", "2019"),
        )
    )

    assert cells(sheets) == [HEAD, ("A1", "First", "2019")]
    assert sheets.sheets[0].merged == []


def test_tracked_changes_are_read_as_accepted_and_told(read):
    changed = (
        "<w:r><w:t>in </w:t></w:r><w:del><w:r><w:delText>2019</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>2020</w:t></w:r></w:ins>"
    )
    sheets = read(
        word_table(HEAD, ("A1", "First", changed), word_row("A2", "Gone", "2021", properties="<w:del/>"))
    )

    assert cells(sheets) == [HEAD, ("A1", "First", "in 2020")]
    assert told(sheets) == [("tracked-changes", Severity.WARNING)]
    assert "row 2" in sheets.notes[0].message


def test_a_table_in_a_cell_is_text_and_told(read):
    inner = f"<w:tc>{word_table(('EU', '80 %'), ('Germany', '20 %'))}{word_text('')}</w:tc>"
    sheets = read(word_table(HEAD, word_row("A1", inner, "2019")))

    assert cells(sheets)[1] == ("A1", "EU | 80 %\nGermany | 20 %", "2019")
    assert [(note.rule, note.row, note.column) for note in sheets.notes] == [("table-in-a-cell", 2, 1)]


def test_comments_and_footnotes_stay_beside_their_cell(read):
    marked = (
        '<w:r><w:t>First</w:t></w:r><w:r><w:commentReference w:id="7"/></w:r>'
        '<w:r><w:footnoteReference w:id="2"/></w:r>'
    )
    sheets = read(
        word_table(HEAD, ("A1", marked, "2019")),
        comments=f'<w:comment w:id="7" w:author="Ana">{word_text("Still true?")}</w:comment>',
        footnotes=f'<w:footnote w:id="2">{word_text("Under UNSCR 1244.")}</w:footnote>',
    )

    assert cells(sheets)[1] == ("A1", "First", "2019")
    assert sheets.sheets[0].comments == [
        Comment("Table 1", 2, 1, "Still true?", "Ana"),
        Comment("Table 1", 2, 1, "Footnote: Under UNSCR 1244."),
    ]


def test_lines_forms_and_hidden_text_are_read_as_a_person_sees_them(read):
    form = (
        "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>Click here</w:t></w:r>"
        "</w:sdtContent></w:sdt>"
    )
    lines = "<w:r><w:t>two</w:t><w:br/><w:t>lines</w:t></w:r>"
    secret = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>2019</w:t></w:r>"

    sheets = read(word_table(HEAD, (form, lines, secret)))

    assert cells(sheets)[1] == ("", "two\nlines", "2019")
    assert told(sheets) == [("hidden-text", Severity.WARNING)]


def test_a_document_without_a_table_is_refused_with_what_to_do(tmp_path):
    path = word(tmp_path / "a.docx", word_text("We plan three actions.") + word_table(("", "")))

    with pytest.raises(UnreadableFile) as refused:
        read_file(path)

    assert refused.value.rule == "no-table"


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (word_table(word_row(word_cell("x", '<w:gridSpan w:val="2000000000"/>'))), "too-many-columns"),
        ("<w:tbl><w:tr><w:tc>" * 100 + "</w:tc></w:tr></w:tbl>" * 100, "nested-too-deeply"),
        (word_table([f"c{n}" for n in range(600)]), "too-many-columns"),
        ("<w:tbl><w:tr>", "damaged"),
    ],
    ids=["wide cell", "deep", "many columns", "broken"],
)
def test_a_document_that_means_harm_is_refused(tmp_path, body, rule):
    with pytest.raises(UnreadableFile) as refused:
        read_file(word(tmp_path / "a.docx", body))

    assert refused.value.rule == rule
