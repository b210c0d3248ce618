"""Comments beside rows are shown, and an amount that several rows share is a question."""

from concord.intake.beside import problems_beside
from concord.intake.formats.parts import Comment, MergedCells, Row, Sheet
from concord.intake.mapping import map_sheets
from concord.intake.problems import Severity

HEAD = ("title", "budget_amount", "budget_currency", "start")


def told(*, comments=(), merged=()):
    rows = [Row(1, HEAD), *(Row(n, (f"Action {n}", "900000", "EUR", "2019")) for n in (2, 3, 4))]
    sheet = Sheet("Actions", rows, list(comments), list(merged))
    return list(problems_beside([sheet], map_sheets([sheet]).sheets))


def test_a_comment_on_a_row_is_a_warning_at_its_cell():
    [problem] = told(comments=[Comment("Actions", 3, 1, "with\nVAT", "Ana")])

    assert (problem.severity, problem.rule, problem.row, problem.column, problem.value) == (
        Severity.WARNING, "comment", 3, "budget_amount", "900000",
    )  # fmt: skip
    assert "Ana wrote beside this cell: “with VAT”" in problem.message


def test_comments_on_headings_and_beside_the_table_are_not_told():
    assert (
        told(comments=[Comment("Actions", 1, 0, "the name of the action"), Comment("Actions", 99, 0, "x")])
        == []
    )


def test_one_amount_over_several_rows_is_asked_about_at_each_row_but_the_first():
    problems = told(merged=[MergedCells("Actions", 2, 1, 4, 1)])

    assert [(p.severity, p.rule, p.row, p.column, p.reading) for p in problems] == [
        (Severity.QUESTION, "shared-amount", row, "budget_amount", "900000") for row in (3, 4)
    ]


def test_merged_words_and_dates_are_the_same_for_every_row():
    assert told(merged=[MergedCells("Actions", 2, 0, 4, 0), MergedCells("Actions", 2, 3, 4, 3)]) == []
    assert told(merged=[MergedCells("Actions", 2, 1, 2, 2)]) == []
