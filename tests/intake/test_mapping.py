"""Which column is which field, and what is said about those that are none."""

import pytest

from concord.intake.formats.parts import Row, Sheet
from concord.intake.mapping import map_sheets
from concord.intake.problems import Severity
from concord.intake.vocabulary import field_named, fields_of
from concord.kernel.errors import BadInput
from tests.intake.samples import ACTIONS, HEADINGS, NEEDS


def sheet(*rows: list[str], name: str = "Sheet1") -> Sheet:
    return Sheet(name, [Row(number, tuple(cells)) for number, cells in enumerate(rows, 1) if any(cells)])


def one(mapping):
    assert len(mapping.sheets) == 1
    return mapping.sheets[0]


@pytest.mark.parametrize(("path", "holds"), [(ACTIONS, "actions"), (NEEDS, "needs")])
def test_the_projects_own_template_is_known_heading_by_heading(path, holds):
    headings = path.read_text(encoding="utf-8").splitlines()[0].split(",")

    mapped = one(map_sheets([sheet(headings, ["x"] * len(headings))]))

    assert mapped.holds == holds
    assert [column.field for column in mapped.columns] == headings
    assert set(fields_of(holds)) >= set(headings)


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Project title", "title"),
        ("PROJECT TITLE *", "title"),
        ("Donor(s)", "donors"),
        ("Country", "beneficiaries"),
        ("Country(ies)", "beneficiaries"),
        ("budget_amount", "budget_amount"),
        ("Budget Amount:", "budget_amount"),
        (" Start   date ", "start"),
        ("Something else", ""),
        ("", ""),
    ],
)
def test_headings_are_found_by_their_words(heading, field):
    assert field_named(heading, "actions") == field


def test_the_heading_row_is_found_below_text_and_rows_count_from_the_file():
    mapped = one(
        map_sheets([sheet(["Projects 2019"], [], ["Title", "Donors", "End"], ["First", "A", "2019"])])
    )

    assert mapped.header_row == 3
    assert [row.number for row in mapped.rows] == [4]


def test_a_heading_row_below_the_first_twenty_is_not_looked_for():
    rows = [["text"]] * 20 + [["title", "donors", "end"], ["First", "A", "2019"]]

    mapping = map_sheets([sheet(*rows)])

    assert mapping.sheets == ()
    assert [(p.severity, p.rule, p.sheet) for p in mapping.problems] == [
        (Severity.ERROR, "no-heading-row", "Sheet1")
    ]


def test_an_unknown_heading_is_asked_about_with_what_it_could_be():
    mapping = map_sheets([sheet(["title", "Budget line", "end"], ["First", "B1", "2019"])])

    (problem,) = mapping.problems
    assert (problem.severity, problem.rule) == (Severity.QUESTION, "unknown-heading")
    assert (problem.row, problem.column) == (1, "Budget line")
    assert "budget_amount" in problem.remedy


def test_a_sheet_without_the_required_heading_is_an_error_that_names_it():
    mapping = map_sheets([sheet(["id", "donors", "start"], ["1", "A", "2019"])])

    (problem,) = mapping.problems
    assert (problem.severity, problem.rule, problem.column) == (Severity.ERROR, "missing-heading", "title")
    assert mapping.sheets[0].holds == "actions"


def test_two_headings_of_one_field_take_the_first_and_say_so():
    mapping = map_sheets([sheet(["title", "Project title", "end"], ["First", "Other", "2019"])])

    assert [column.field for column in one(mapping).columns] == ["title", "", "end"]
    assert [problem.rule for problem in mapping.problems] == ["heading-twice"]


def test_cells_without_a_heading_are_named_at_their_first_row():
    mapping = map_sheets([sheet(["title", "end"], ["First", "2019"], ["Second", "2020", "", "stray"])])

    (problem,) = mapping.problems
    assert (problem.rule, problem.row, problem.column, problem.value) == ("no-heading", 3, "D", "stray")


def test_a_sheet_of_explanations_beside_the_table_is_only_worth_a_remark():
    explanations = sheet(["How to fill this in"], ["Write one row for each"], name="Read me")

    mapping = map_sheets([explanations, sheet(list(HEADINGS), ["A1"])])

    assert [(p.severity, p.rule, p.sheet) for p in mapping.problems] == [
        (Severity.WARNING, "no-heading-row", "Read me")
    ]
    assert mapping.unread == ("Read me",)


def test_actions_and_needs_may_stand_in_one_workbook():
    actions = sheet(["title", "donors"], ["First", "A"], name="Actions")
    needs = sheet(["statement", "kind"], ["Lack", "operational"], name="Needs")

    assert [(s.name, s.holds) for s in map_sheets([actions, needs]).sheets] == [
        ("Actions", "actions"),
        ("Needs", "needs"),
    ]


@pytest.mark.parametrize("named", ["Agency", "agency ", "reported_by", "Reported by"])
def test_the_column_that_says_whose_each_row_is_may_be_any_heading(named):
    heading = "Agency" if "gency" in named else "Reporter"

    mapped = one(map_sheets([sheet(["title", heading], ["First", "Donor A"])], org_column=named))

    assert mapped.org_column is not None
    assert mapped.org_column.index == 1


def test_a_column_that_is_not_there_is_wrong_use_and_names_the_headings():
    with pytest.raises(BadInput, match=r"no column “Agency”.*“title”, “donors”"):
        map_sheets([sheet(["title", "donors"], ["First", "A"])], org_column="Agency")
