"""A file with its doubtful cells marked: downloaded, mended offline, and known again when it comes back."""

from io import BytesIO

import openpyxl
import pytest

from concord.intake import services
from concord.intake.files import open_bytes
from concord.intake.models import Input
from concord.intake.preview import Target
from concord.intake.queries import marked_copy
from concord.kernel.errors import BadInput
from concord.plan.models import Action
from tests.factories import NOON
from tests.intake.samples import HEADINGS, a_row, as_cells, csv_text, xlsx_file

ROWS = [
    a_row(1, title="=1+1"),
    a_row(2, end="31.02.2019"),
    a_row(3, implementers="Nobody Knows"),
]
END, TITLE, NAME = (HEADINGS.index(name) + 1 for name in ("end", "title", "implementers"))


def taken(world, cast, content, *, name="Partner list.csv", by=None) -> Input:
    target = Target(world.framework, org_column="reported_by")
    file = open_bytes(name, content)
    return services.take_in(file, content, target=target, by=by or cast.officer, at=NOON).input


def opened(content):
    return openpyxl.load_workbook(BytesIO(content))


def saved(book) -> bytes:
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_doubtful_cells_are_coloured_commented_and_listed_in_the_file_as_it_is(world, cast):
    received = taken(world, cast, csv_text(ROWS).encode())

    copy = marked_copy(received, actor=cast.officer)

    book = opened(copy.content)
    sheet, asked = book["Rows"], book["What is asked"]
    assert copy.name == "partner-list-doubtful-TLP-AMBER.xlsx"
    assert [cell.value for cell in sheet[1]] == list(HEADINGS)
    assert (sheet.cell(2, TITLE).value, sheet.cell(2, TITLE).data_type) == ("=1+1", "s")
    bad, doubtful, good = sheet.cell(3, END), sheet.cell(4, NAME), sheet.cell(2, END)
    assert len({cell.fill.fgColor.rgb for cell in (bad, doubtful, good)}) == 3
    assert "Can’t be stored" in bad.comment.text
    assert "A question" in doubtful.comment.text
    assert good.comment is None
    listed = {row[2].value: row for row in asked.iter_rows(min_row=6)}
    assert listed["end"][3].hyperlink.location == f"'Rows'!{bad.coordinate}"
    assert listed["implementers"][5].value == "Nobody Knows"
    assert received.key in asked["A1"].value
    assert "TLP:AMBER" in asked["A1"].value


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx"])
def test_the_copy_mended_offline_stands_in_place_of_the_file_and_asks_no_more(world, cast, tmp_path, name):
    rows = [a_row(1), *ROWS[1:]]
    workbook = xlsx_file(tmp_path, {"Partners' list": as_cells(rows)})
    content = csv_text(rows).encode() if name.endswith("csv") else workbook.read_bytes()
    received = taken(world, cast, content, name=name)
    book = opened(marked_copy(received, actor=cast.officer).content)
    sheet = book.worksheets[0]
    sheet.cell(3, END).value = "2019-02-28"
    sheet.cell(4, NAME).value = "Donor B"

    again = taken(world, cast, saved(book), name="mended.xlsx")

    assert again.replaces == received
    assert not again.problems.exclude(severity="warning").exists()
    assert not again.problems.filter(rule__contains="comment").exists()
    assert [row.number for row in again.rows.all()] == [2, 3, 4]
    services.accept(again, by=cast.officer, at=NOON)
    assert Action.objects.get(own_id="A2").end == "2019-02-28"


def test_a_copy_handed_in_as_it_is_asks_the_same_again(world, cast):
    received = taken(world, cast, csv_text(ROWS).encode())

    again = taken(world, cast, marked_copy(received, actor=cast.officer).content, name="copy.xlsx")

    assert again.counts == received.counts
    assert {p.message for p in again.problems.all()} >= {p.message for p in received.problems.all()}


def test_a_copy_of_a_file_that_somebody_may_not_see_is_a_file_of_its_own(world, cast):
    received = taken(world, cast, csv_text(ROWS).encode())
    copy = marked_copy(received, actor=cast.officer).content
    content_of_reporter = Target(world.framework, organisation=cast.donor_a)

    file = open_bytes("copy.xlsx", copy)
    theirs = services.take_in(file, copy, target=content_of_reporter, by=cast.reporter_a, at=NOON).input

    assert theirs.replaces is None


def test_cells_mended_in_the_preview_are_mended_in_the_copy(world, cast):
    received = taken(world, cast, csv_text(ROWS).encode())
    column = HEADINGS.index("end")
    services.mend_cells(
        received,
        sheet="",
        row=3,
        cells={column: "2019"},
        seen={column: "31.02.2019"},
        by=cast.officer,
        at=NOON,
    )

    cell = opened(marked_copy(received, actor=cast.officer).content)["Rows"].cell(3, END)

    assert (cell.value, cell.comment) == ("2019", None)


def test_a_file_with_nothing_to_ask_has_no_marked_copy(world, cast):
    received = taken(world, cast, csv_text([a_row(1)]).encode())

    with pytest.raises(BadInput):
        marked_copy(received, actor=cast.officer)
