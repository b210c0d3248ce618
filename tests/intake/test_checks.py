"""What is wrong or doubtful in rows: each with its place, value and remedy; good rows stay."""

from dataclasses import replace

import pytest

from concord.intake.checks import CheckedRow, check_rows, names_asked
from concord.intake.context import Context
from concord.intake.formats.parts import Row, Sheet
from concord.intake.mapping import map_sheets
from concord.intake.problems import Problem, Severity
from tests.intake.samples import GOOD, HEADINGS, a_row

CONTEXT = Context(
    served={"AL": "Albania", "XK": "Kosovo*", "RS": "Serbia"},
    short_forms={"alb": "AL", "albania": "AL", "kos*": "XK", "kos": "XK", "srb": "RS"},
    pillars=["WBCSCi", "WBCTi"],
    donors={
        "Donor A": ("KEYA", ""),
        "Donor A (IPA II)": ("KEYA", "IPA II"),
        "Donor B": ("KEYB", ""),
    },
    organisations={"Donor A": "KEYA", "Donor B": "KEYB", "Implementer C": "KEYC"},
    near={"Donor Ä.": ["Donor A"]},
    fallback_reporter="SECR",
)
NEED_HEADINGS = ("id", "pillar", "kind", "approach", "statement", "beneficiaries", "stated_on")
NEED = {
    "id": "N1",
    "pillar": "WBCSCi",
    "kind": "operational",
    "approach": "prevent",
    "statement": "Laboratories lack equipment.",
    "beneficiaries": "AL",
    "stated_on": "2019",
}


def checked(
    *rows: dict[str, str], context: Context = CONTEXT, headings=HEADINGS, org_column="reported_by"
) -> list[CheckedRow]:
    cells = [tuple(headings), *(tuple(row.get(heading, "") for heading in headings) for row in rows)]
    sheet = Sheet("", [Row(number, row) for number, row in enumerate(cells, 1)])
    return check_rows(map_sheets([sheet], org_column=org_column).sheets, context)


def one(context: Context = CONTEXT, **values: str) -> CheckedRow:
    return checked(GOOD | values, context=context)[0]


def only(row: CheckedRow) -> Problem:
    assert len(row.problems) == 1, row.problems
    return row.problems[0]


def test_a_good_row_has_its_values_and_no_problems():
    row = one()

    assert row.problems == []
    assert (row.own_id, row.reported_by) == ("A1", "Donor A")
    assert row.fields["start"] == "2018-03"
    assert row.fields["beneficiaries"] == ["AL", "XK"]
    assert row.fields["topics"] == ["firearms", "police-cooperation"]
    assert row.fields["participations"] == [
        {"role": "donor", "as_written": "Donor A", "organisation": None},
        {"role": "implementer", "as_written": "Implementer C", "organisation": None},
    ]


@pytest.mark.parametrize(
    ("column", "value", "severity", "rule"),
    [
        ("title", "", "error", "no-title"),
        ("title", "x" * 501, "error", "too-long"),
        ("start", "31.02.2019", "error", "no-such-date"),
        ("start", "2019-13", "error", "no-such-date"),
        ("end", "next spring", "error", "no-such-date"),
        ("end", "spring 2020", "question", "imprecise-date"),
        ("end", "03/04/2019", "question", "ambiguous-date"),
        ("end", "2017", "error", "end-before-start"),
        ("budget_amount", "-5", "error", "negative-amount"),
        ("budget_amount", "four million", "error", "no-amount"),
        ("budget_amount", "about 2 million", "question", "amount-about"),
        ("budget_amount", "NaN", "error", "no-amount"),
        ("budget_amount", "1e400", "error", "no-amount"),
        ("budget_amount", "0", "warning", "amount-is-zero"),
        ("budget_currency", "", "error", "amount-without-currency"),
        ("budget_currency", "XYZ", "error", "unknown-currency"),
        ("beneficiaries", "AL;ZZ", "error", "unknown-beneficiary"),
        ("beneficiaries", "Western Balkans", "question", "all-beneficiaries"),
        ("beneficiaries", "South-East Europe", "error", "unknown-beneficiary"),
        ("beneficiaries", "AL;IT", "warning", "place-not-served"),
        ("topics", "firearms;submarines", "warning", "unknown-topic"),
        ("action_types", "dancing", "warning", "unknown-action-type"),
        ("pillars", "WBXXi", "warning", "unknown-pillar"),
        ("status", "on hold", "question", "unknown-status"),
        ("summary", "=cmd|' /C calc'!A0", "warning", "formula-like-text"),
        ("summary", "@SUM(A1)", "warning", "formula-like-text"),
        ("summary", "+cmd|x!A1", "warning", "formula-like-text"),
        ("implementers", "Somebody Else", "question", "unknown-organisation"),
        ("reported_by", "Donor Ä.", "question", "unknown-organisation"),
    ],
)
def test_each_fault_is_named_with_its_place_value_and_remedy(column, value, severity, rule):
    problem = only(one(**{column: value}))

    assert (problem.severity, problem.rule, problem.row) == (severity, rule, 2)
    assert problem.column == ("budget_amount" if rule == "amount-without-currency" else column)
    if rule == "amount-without-currency":
        assert problem.value == GOOD["budget_amount"]
    else:
        assert problem.value in (value[:500], *value.split(";"))
    assert problem.message.endswith(".")
    assert problem.remedy.endswith(".")


@pytest.mark.parametrize(
    "values",
    [
        {"summary": "- training\n- equipment"},
        {"summary": "+387 33 123 456"},
        {"summary": "-5 °C at night (!)"},
        {"start": "03/2018"},
        {"start": "28.2.2018."},
        {"start": "2018-03-01 00:00:00"},
        {"start": "", "end": ""},
        {"budget_amount": "1.500.000,50"},
        {"budget_amount": "", "budget_currency": ""},
        {"budget_amount": "", "budget_currency": "EUR"},
        {"budget_currency": "eur"},
        {"budget_currency": "€"},
        {"beneficiaries": "ALB; Kosovo*; SRB"},
        {"beneficiaries": "Albania and Kosovo"},
        {"beneficiaries": "AL, XK / RS"},
        {"topics": "Firearms;Police cooperation"},
        {"status": "In progress"},
        {"status": ""},
        {"donors": "", "implementers": ""},
        {"pillars": "wbcsci"},
    ],
)
def test_what_people_usually_write_raises_no_alarm(values):
    assert one(**values).problems == []


def test_all_problems_of_a_row_are_told_at_once():
    row = one(start="31.02.2019", budget_amount="lots", budget_currency="XYZ", beneficiaries="ZZ")

    assert {problem.column for problem in row.problems} == {
        "start",
        "budget_amount",
        "budget_currency",
        "beneficiaries",
    }


def test_the_same_id_twice_for_one_reporter_names_both_rows_and_applies_none():
    first, second, third = checked(a_row(1), a_row(2, id="A1"), a_row(3))

    for row in (first, second):
        problem = only(row)
        assert (problem.severity, problem.rule, problem.value) == (Severity.ERROR, "repeated-id", "A1")
        assert "Rows 2 and 3" in problem.message
    assert not third.has_error


def test_the_same_id_for_two_reporters_is_fine():
    rows = checked(a_row(1), a_row(2, id="A1", reported_by="Donor B"))

    assert [row.problems for row in rows] == [[], []]


def test_a_reporter_that_is_not_known_is_told_apart_by_its_name_as_written():
    rows = checked(a_row(1, reported_by="Who"), a_row(2, id="A1", reported_by="Else"))

    assert not any(row.has_error for row in rows)


def test_two_rows_without_ids_that_nothing_tells_apart_are_both_named():
    rows = checked(a_row(1, id="", title="Same"), a_row(2, id="", title="SAME "))

    assert [only(row).rule for row in rows] == ["repeated-title"] * 2


def test_rows_of_one_title_that_differ_otherwise_are_read_as_actions_of_their_own():
    """The grants of a fund often carry the fund's title and no id."""
    rows = checked(*(a_row(n, id="", title="Fund", end=f"202{n}") for n in range(1, 4)))

    problem = only(rows[0])
    assert (problem.severity, problem.rule, problem.reading) == (Severity.QUESTION, "same-title", "3 actions")
    assert "Rows 2, 3 and 4" in problem.message
    assert [row.problems for row in rows[1:]] == [[], []]


def test_two_rows_of_one_title_with_ids_of_their_own_are_two_actions():
    rows = checked(a_row(1, title="Same"), a_row(2, title="Same"))

    assert [row.problems for row in rows] == [[], []]


def test_an_unknown_name_is_asked_about_once_with_near_names_and_the_number_of_rows():
    rows = checked(*(a_row(n, reported_by="Donor Ä.") for n in range(1, 4)))

    problem = only(rows[0])
    assert [row.problems for row in rows[1:]] == [[], []]
    assert "3 rows" in problem.message
    assert "“Donor A”" in problem.remedy
    assert problem.reading == "kept as written"


def test_a_file_of_one_organisation_tells_rows_that_name_another_reporter():
    own = replace(CONTEXT, reporter="KEYA", reporter_name="Donor A")

    rows = checked(a_row(1), a_row(2, reported_by="Donor B"), context=own, org_column="")

    assert rows[0].problems == []
    assert (only(rows[1]).rule, only(rows[1]).column) == ("another-reporter", "reported_by")


@pytest.mark.parametrize(
    ("donors", "amount", "lines"),
    [
        ("Donor A", "100", [("Donor A", "100.00", "")]),
        ("Donor A (IPA II)", "100", [("Donor A (IPA II)", "100.00", "IPA II")]),
        ("Donor A;Donor B", "100", [("", "100.00", "")]),
        ("Donor A (IPA II);Donor B", "100", [("", "100.00", ""), ("Donor A (IPA II)", None, "IPA II")]),
        ("Donor A (IPA II)", "", [("Donor A (IPA II)", None, "IPA II")]),
        ("Donor A", "", []),
        ("", "100", [("", "100.00", "")]),
    ],
)
def test_money_is_never_split_among_donors_and_instruments_are_kept(donors, amount, lines):
    funding = one(donors=donors, budget_amount=amount).fields["funding"]

    assert [(line["donor_as_written"], line["amount"], line["instrument"]) for line in funding] == lines
    assert all(line["currency"] == ("EUR" if line["amount"] else "") for line in funding)


@pytest.mark.parametrize(
    ("status", "read", "money"),
    [
        ("ongoing", "ongoing", "secured"),
        ("Finished", "completed", "secured"),
        ("in preparation", "planned", "pipeline"),
        ("", "", "not reported"),
        ("on hold", "", "not reported"),
    ],
)
def test_the_status_of_money_is_read_from_the_actions_own_and_marked_as_inferred(status, read, money):
    row = one(status=status)

    assert row.fields["status"] == read
    assert [(line["status"], line["status_inferred"]) for line in row.fields["funding"]] == [(money, True)]


def test_a_column_that_is_not_there_states_nothing():
    row = checked({"title": "First"}, headings=("title", "end"), org_column="")[0]

    assert row.fields == {"title": "First", "end": ""}


def test_dates_outside_the_plans_period_are_worth_a_remark_where_a_plan_is_named():
    within = replace(CONTEXT, years=(2018, 2020))

    assert only(one(within, start="2021", end="2022")).rule == "outside-the-period"
    assert only(one(within, start="2010", end="2012")).rule == "outside-the-period"
    assert one(within, start="2016", end="2018").problems == []


def test_a_key_must_be_one_of_concords_own():
    headings = ("key", "title", "end")

    (made_up,) = checked({"key": "my key", "title": "First"}, headings=headings, org_column="")
    (real,) = checked({"key": "k7m2p9xw", "title": "First"}, headings=headings, org_column="")

    assert only(made_up).rule == "no-key"
    assert (real.key, real.problems) == ("K7M2P9XW", [])


def test_needs_are_read_with_their_own_fields():
    (row,) = checked(NEED, headings=NEED_HEADINGS, org_column="")

    assert row.problems == []
    assert row.fields["kind"] == "operational"
    assert row.fields["pillar"] == "WBCSCi"
    assert row.fields["stated_on"] == "2019"


@pytest.mark.parametrize(
    ("column", "value", "severity", "rule"),
    [
        ("statement", "", "error", "no-statement"),
        ("kind", "emotional", "question", "unknown-kind"),
        ("approach", "ponder", "warning", "unknown-approach"),
        ("pillar", "WBXXi", "warning", "unknown-pillar"),
        ("beneficiaries", "ZZ", "error", "unknown-beneficiary"),
        ("stated_on", "31.02.2019", "error", "no-such-date"),
    ],
)
def test_faults_of_needs_are_named_alike(column, value, severity, rule):
    problem = only(checked(NEED | {column: value}, headings=NEED_HEADINGS, org_column="")[0])

    assert (problem.severity, problem.rule, problem.column, problem.row) == (severity, rule, column, 2)


def test_needs_with_one_id_are_both_named():
    rows = checked(NEED, NEED | {"statement": "Another."}, headings=NEED_HEADINGS, org_column="")

    assert [only(row).rule for row in rows] == ["repeated-id"] * 2


def test_the_names_to_look_up_are_those_of_donors_and_of_others():
    sheet = Sheet("", [Row(1, HEADINGS), Row(2, tuple(GOOD.get(h, "") for h in HEADINGS))])

    assert names_asked(map_sheets([sheet]).sheets) == (["Donor A"], ["Implementer C", "Donor A"])
