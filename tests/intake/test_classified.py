"""Classified files are stopped at their marking; ordinary sentences about classified matters are not."""

import pytest
import xlsxwriter

from concord.intake.formats.mail import open_mail
from concord.intake.formats.parts import UnreadableFile
from concord.intake.formats.reading import read_file
from tests.intake import samples
from tests.intake.samples import a_mail, ods, ods_row, ods_table, word, word_table, word_text

ROWS = [["id", "title", "end"], ["A1", "First", "2019"]]


def stopped(path) -> str:
    with pytest.raises(UnreadableFile) as refused:
        read_file(path)
    assert refused.value.rule == "classified"
    return refused.value.message


@pytest.fixture
def table(tmp_path):
    def table(*rows):
        return samples.xlsx_file(tmp_path, {"Actions": [*rows]})

    return table


@pytest.mark.parametrize(
    "marking",
    [
        "RESTREINT UE/EU RESTRICTED",
        "Restreint UE / EU Restricted",
        "EU RESTRICTED until 31.12.2030",
        "CONFIDENTIEL UE/EU CONFIDENTIAL",
        "TRES SECRET UE/EU TOP SECRET",
        "NATO RESTRICTED",
        "NATO SECRET RELEASABLE TO ALBANIA",
        "VS - NUR FÜR DEN DIENSTGEBRAUCH",
        "Tepër sekret",
        "Strogo poverljivo",
        "СТРОГО ДОВЕРЛИВО",
        "R-UE/EU-R",
    ],
)
def test_a_cell_that_consists_of_a_marking_stops_the_file_wherever_it_stands(table, marking):
    assert "row 3" in stopped(table(*ROWS, ["A2", marking, "2020"]))


@pytest.mark.parametrize(
    "rows",
    [
        [["SECRET"], *ROWS],
        [["", "", "RESTRICTED"], *ROWS],
        [["Classification: restricted"], *ROWS],
        [["Stepen tajnosti:", "Interno"], *ROWS],
        [["title", "Security classification"], ["First", "Confidential"]],
        [["Plan of action\nRESTREINT UE/EU RESTRICTED"], *ROWS],
    ],
    ids=["above", "above, aside", "labelled", "label beside", "label on top", "second line"],
)
def test_a_word_with_other_meanings_stops_a_file_where_a_marking_stands(table, rows):
    stopped(table(*rows))


@pytest.mark.parametrize(
    "text",
    [
        "Training on the handling of EU RESTRICTED information",
        "Officers learn to store RESTREINT UE/EU RESTRICTED documents.",
        "Restricted",
        "Restricted procedure",
        "CONFIDENTIAL",
        "Secret",
        "Interno",
        "Security clearance up to NATO SECRET for 40 officers",
        "EU",
        "Classification",
        "TLP:AMBER+STRICT",
        "Secret service of a beneficiary, restricted access, top secret archives",
    ],
)
def test_ordinary_words_pass(table, text):
    assert len(read_file(table(*ROWS, ["A2", text, "2020"])).sheets[0].rows) == 3


def test_a_header_or_footer_of_a_sheet_stops_the_file(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet("Plan")
        sheet.write_row(0, 0, ROWS[0])
        sheet.set_footer('&LPage &P of &N&C&"Arial,Bold"&12RESTRICTED&R&D')

    assert "header or footer of the sheet “Plan”" in stopped(tmp_path / "a.xlsx")


def test_a_line_header_or_watermark_of_a_document_stops_it(tmp_path):
    table, marking = word_table(*ROWS), word_text("RESTREINT UE/EU RESTRICTED")
    watermark = '<w:p><w:r><w:pict><v:textpath xmlns:v="urn:v" string="SECRET"/></w:pict></w:r></w:p>'

    assert "A line" in stopped(word(tmp_path / "a.docx", marking + table))
    assert "header" in stopped(word(tmp_path / "b.docx", table, hdr=marking))
    assert "watermark" in stopped(word(tmp_path / "c.docx", table, hdr=watermark))


def test_names_of_sheets_comments_and_other_formats_are_looked_at_too(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet("Plan")
        sheet.write("A1", "title")
        sheet.write_comment("A1", "NATO RESTRICTED")
    (tmp_path / "b.csv").write_text("NATO RESTRICTED\nid,title\n")

    assert "comment" in stopped(tmp_path / "a.xlsx")
    assert "row 1" in stopped(tmp_path / "b.csv")
    assert "name" in stopped(samples.xlsx_file(tmp_path, {"EU RESTRICTED": ROWS}, "c.xlsx"))
    assert "row 1" in stopped(ods(tmp_path / "d.ods", ods_table(ods_row("EU SECRET"))))


def test_a_mail_with_a_marked_subject_is_stopped():
    sent = a_mail(("list.csv", b"title,end\nFirst,2019\n"))
    sent.replace_header("Subject", "RESTREINT UE/EU RESTRICTED")

    with pytest.raises(UnreadableFile, match="subject"):
        open_mail("m.eml", sent.as_bytes())
