"""An organisation's actions as a workbook: what stands in it, and what it does when it comes back."""

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import openpyxl
import pytest

from concord.audit.events import EventName
from concord.audit.queries import history_of
from concord.intake.files import open_bytes
from concord.intake.models import GivenOut, Input
from concord.intake.preview import Target, preview_of
from concord.intake.services import (
    accept,
    give_out,
    hand_in,
    settle_conflict,
    take_in,
    unsettle_conflict,
    withdraw,
)
from concord.intake.vocabulary import field_named
from concord.intake.workbook import COLUMNS
from concord.kernel.errors import BadInput, IllegalMove, NotFound, NotPermitted, StaleWrite
from concord.plan.models import Action, Need
from concord.plan.services import amend_action, confirm_link
from tests.analysis.world import a_need, an_action
from tests.factories import NOON

LATER = NOON + timedelta(days=7)
HEAD = 2  # the heading row, counted from 1


def with_money(row):
    """The row with one amount of its donor, as its own status suggests it."""
    line = {"donor": None, "donor_as_written": "Donor A", "amount": "750000.00", "currency": "EUR"}
    rest = {"status": "secured", "status_inferred": True, "instrument": "", "contract_number": ""}
    return replace(row, fields={**row.fields, "funding": [line | rest]})


@pytest.fixture
def filled(world):
    world.record(
        with_money(an_action(1, "Training", start="2018-03-01", end="2019", status="ongoing")),
        an_action(
            2, "Second action", summary="=SUM(A1)\nand more", topics=["firearms", "police-cooperation"]
        ),
        an_action(3, "Another donor's", reporter="Donor B"),
        a_need(1, "Police lack vehicles; and fuel"),
        a_need(2, "Secret need"),
        plan=world.plan,
    )
    Need.objects.filter(own_id="N2").update(marking="amber")
    return world


def given(filled, by, **more):
    donor_a = filled.action("A1").reporting_organisation
    common = {"organisation": donor_a, "framework": filled.framework, "plan": filled.plan}
    return give_out(**common, by=by, at=NOON, **more)


def opened(file):
    return openpyxl.load_workbook(BytesIO(file.content))


def column(field):
    return next(n for n, each in enumerate(COLUMNS, 1) if each.field == field)


def row_of(sheet, title):
    titles = {sheet.cell(row, column("title")).value: row for row in range(HEAD + 1, sheet.max_row + 1)}
    return titles[title]


def saved(book):
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def back(filled, content, by, name="back.xlsx"):
    target = Target(filled.framework, filled.plan, filled.action("A1").reporting_organisation)
    return preview_of(open_bytes(name, content), target, actor=by)


def applied(filled, content, by, name="back.xlsx"):
    target = Target(filled.framework, filled.plan, filled.action("A1").reporting_organisation)
    return hand_in(open_bytes(name, content), content, target=target, by=by, at=LATER)


def changes(preview):
    return {
        (row.row.fields["title"], change.field): (change.old, change.new)
        for row in preview.rows
        if row.outcome
        for change in row.outcome.changes
    }


# --- what stands in it ------------------------------------------------------------------------------


def test_every_heading_is_read_as_its_own_field():
    assert {each.field: field_named(each.heading, "actions") for each in COLUMNS} == {
        each.field: each.field for each in COLUMNS
    }


def test_it_holds_the_organisations_own_actions_and_what_it_may_see(filled, cast):
    Action.objects.filter(own_id="A2").update(marking="red")
    file = given(filled, cast.officer)
    book = opened(file)
    actions, needs = book["Actions"], book["Needs"]

    titles = [actions.cell(row, column("title")).value for row in range(HEAD + 1, HEAD + 4)]
    assert titles == ["Training", None, None]
    assert needs.cell(HEAD + 1, 2).value == "Police lack vehicles; and fuel"
    everything = " ".join(str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.value)
    assert "Secret need" not in everything
    assert "Second action" not in everything


def test_it_is_marked_above_below_in_its_name_and_on_paper(filled, cast):
    Action.objects.filter(own_id="A1").update(marking="amber-strict")
    file = given(filled, cast.officer)
    book = opened(file)
    first = book["Instructions"]

    column_a = [first.cell(row, 1).value for row in range(1, first.max_row + 1)]
    assert (column_a[0], column_a[-1]) == ("TLP:AMBER+STRICT", "TLP:AMBER+STRICT")
    assert file.name == "da-actions-2019-06-03-TLP-AMBER-STRICT.xlsx"
    for sheet in book:
        assert "TLP:AMBER+STRICT" in sheet.oddHeader.right.text
        assert "TLP:AMBER+STRICT" in sheet.oddFooter.left.text
        assert sheet.page_setup.orientation == "landscape"


def test_its_key_stands_in_cells_in_a_property_and_in_a_name(filled, cast):
    file = given(filled, cast.officer)
    book = opened(file)

    assert file.given.key in book["Instructions"]["B1"].value
    assert file.given.key in book["Actions"]["A1"].value
    assert book.custom_doc_props["Concord workbook"].value == file.given.key
    assert book.defined_names["Concord_workbook"].value == f'"{file.given.key}"'


def test_keys_and_headings_are_locked_and_everything_else_is_open(filled, cast):
    actions = opened(given(filled, cast.officer))["Actions"]

    assert actions.protection.sheet
    assert not actions.protection.password
    assert not actions.protection.insertRows  # openpyxl says what is forbidden
    assert not actions.protection.sort
    assert actions.cell(HEAD + 1, column("key")).protection.locked
    assert actions.cell(HEAD, column("title")).protection.locked
    assert not actions.cell(HEAD + 1, column("title")).protection.locked
    assert not actions.cell(HEAD + 9, column("title")).protection.locked
    assert actions.freeze_panes == "C3"
    assert actions.auto_filter.ref.startswith("A2:")


def test_cells_are_of_their_kind(filled, cast):
    actions = opened(given(filled, cast.officer))["Actions"]
    row = row_of(actions, "Training")

    assert actions.cell(row, column("start")).value.date() == date(2018, 3, 1)
    assert actions.cell(row, column("end")).value == "2019"
    assert actions.cell(row, column("budget_amount")).value == 750000
    assert actions.cell(row, column("beneficiaries")).value == "ALB"
    text = actions.cell(row_of(actions, "Second action"), column("summary"))
    assert (text.data_type, text.quotePrefix) == ("s", True)


def test_headings_explain_and_lists_offer(filled, cast):
    book = opened(given(filled, cast.officer))
    actions = book["Actions"]

    assert all(actions.cell(HEAD, n).comment for n in range(1, len(COLUMNS) + 1))
    lists = {v.sqref.ranges and str(v.sqref): v for v in actions.data_validations.dataValidation}
    offered = [v for v in lists.values() if v.type == "list"]
    assert len(offered) == 7
    words = [c.value for row in book["Lists"].iter_rows(min_row=3) for c in row if c.value]
    assert "KOS*" in words
    assert any(str(word).startswith("N1: Police lack vehicles, and fuel [") for word in words)


def test_a_reporter_has_its_own_and_nobody_elses(filled, cast):
    assert given(filled, cast.reporter_a).given.given_by == cast.reporter_a
    for who in (cast.reporter_b, cast.viewer_a, cast.coordinator, cast.anonymous):
        with pytest.raises(NotPermitted):
            given(filled, who)
    assert GivenOut.objects.count() == 1


def test_giving_out_is_in_the_record(filled, cast):
    file = given(filled, cast.officer)

    (event,) = history_of(file.given)
    assert event.event == EventName.WORKBOOK_GIVEN_OUT
    assert event.details == {"organisation": file.given.organisation.key}


# --- coming back ------------------------------------------------------------------------------------


def test_unedited_it_changes_nothing(filled, cast):
    preview = back(filled, given(filled, cast.officer).content, cast.reporter_a)

    assert [row.state for row in preview.rows] == ["same", "same"]
    assert preview.problems == ()


def test_edited_it_yields_exactly_the_edits(filled, cast):
    book = opened(given(filled, cast.officer))
    sheet = book["Actions"]
    training = row_of(sheet, "Training")
    sheet.cell(training, column("title")).value = "Training of police"
    sheet.cell(training, column("end")).value = "31.12.2019"
    sheet.cell(training, column("beneficiaries")).value = "ALB; KOS*"
    sheet.cell(training, column("budget_amount")).value = 800000
    fresh = sheet.max_row - 20
    sheet.cell(fresh, column("title")).value = "A new action"
    sheet.cell(fresh, column("start")).value = "2020"

    preview = back(filled, saved(book), cast.reporter_a)

    found = changes(preview)
    assert set(found) == {
        ("Training of police", name) for name in ("title", "end", "beneficiaries", "funding")
    }
    assert found["Training of police", "end"] == ("2019", "2019-12-31")
    assert preview.counts.new == 1
    assert not preview.has_errors


def test_what_moved_on_in_the_plan_is_not_taken_back(filled, cast):
    content = given(filled, cast.officer).content
    amend_action(filled.action("A1"), changes={"end": "2020"}, expected_version=1, by=cast.officer, at=NOON)

    receipt = applied(filled, content, cast.reporter_a)

    assert filled.action("A1").end == "2020"
    assert receipt.preview.counts.changed == 0


def test_an_edit_of_what_an_officer_set_before_counts(filled, cast):
    amend_action(filled.action("A1"), changes={"end": "2020"}, expected_version=1, by=cast.officer, at=NOON)
    book = opened(given(filled, cast.officer))
    book["Actions"].cell(row_of(book["Actions"], "Training"), column("end")).value = "2021"

    applied(filled, saved(book), cast.reporter_a)

    assert filled.action("A1").end == "2021"


def test_what_both_changed_is_asked_about_with_all_three_values(filled, cast):
    book = opened(given(filled, cast.officer))
    book["Actions"].cell(row_of(book["Actions"], "Training"), column("end")).value = "2021"
    amend_action(filled.action("A1"), changes={"end": "2020"}, expected_version=1, by=cast.officer, at=NOON)

    receipt = applied(filled, saved(book), cast.reporter_a)

    assert filled.action("A1").end == "2020"
    (row,) = [row for row in receipt.input.rows.all() if row.state == "conflict"]
    assert row.conflicts == [{"field": "end", "old": "2020", "new": "2021", "sent": "2019"}]


def test_answers_to_needs_come_back_as_the_sources_statement(filled, cast):
    confirm_link(
        action=filled.action("A2"), need=filled.need("N2"), strength="direct", by=cast.officer, at=NOON
    )
    book = opened(given(filled, cast.officer))
    sheet = book["Actions"]
    line = next(c.value for row in book["Lists"].iter_rows() for c in row if str(c.value).startswith("N1:"))
    sheet.cell(row_of(sheet, "Training"), column("answers_needs")).value = line

    applied(filled, saved(book), cast.reporter_a)

    stated = filled.action("A1").statements.get(field="answers_needs", chosen=True)
    assert stated.value == f'["{filled.need("N1").key}"]'
    assert not filled.action("A1").need_links.exists()


def in_conflict(filled, cast):
    """An input in which the end of "Training" was changed by both sides, and its row."""
    book = opened(given(filled, cast.officer))
    book["Actions"].cell(row_of(book["Actions"], "Training"), column("end")).value = "2021"
    amend_action(filled.action("A1"), changes={"end": "2020"}, expected_version=1, by=cast.officer, at=NOON)
    content = saved(book)
    target = Target(filled.framework, filled.plan, filled.action("A1").reporting_organisation)
    received = take_in(
        open_bytes("b.xlsx", content), content, target=target, by=cast.reporter_a, at=LATER
    ).input
    return received, received.rows.get(state="conflict")


@pytest.mark.parametrize(("choice", "end"), [("theirs", "2021"), ("ours", "2020")])
def test_a_conflict_is_settled_before_the_file_is_applied(filled, cast, choice, end):
    received, row = in_conflict(filled, cast)

    settle_conflict(row, field="end", choice=choice, by=cast.reporter_a, at=LATER)
    received.refresh_from_db()
    assert not received.rows.filter(state="conflict").exists()
    accept(received, by=cast.reporter_a, at=LATER)

    action = filled.action("A1")
    assert action.end == end
    assert not action.statements.filter(is_question=True).exists()
    (settled,) = [e.details for e in history_of(received) if e.event == EventName.CONFLICT_SETTLED]
    assert (settled["row"], settled["field"], settled["choice"]) == (row.number, "end", choice)


def test_a_choice_is_changed_and_a_field_without_conflict_takes_none(filled, cast):
    received, row = in_conflict(filled, cast)
    settle_conflict(row, field="end", choice="theirs", by=cast.reporter_a, at=LATER)
    row = received.rows.get(number=row.number)
    with pytest.raises(NotFound):
        settle_conflict(row, field="title", choice="ours", by=cast.reporter_a, at=LATER)

    unsettle_conflict(row, field="end", by=cast.reporter_a, at=LATER)

    assert received.rows.get(number=row.number).state == "conflict"


def test_who_may_not_hand_in_settles_nothing(filled, cast):
    received, row = in_conflict(filled, cast)
    for who in (cast.viewer_a, cast.reporter_b):
        with pytest.raises(NotPermitted):
            settle_conflict(row, field="end", choice="theirs", by=who, at=LATER)
    with pytest.raises(BadInput):
        settle_conflict(row, field="end", choice="both", by=cast.reporter_a, at=LATER)
    assert received.settled_conflicts.count() == 0


def test_a_choice_about_an_applied_or_changed_input_is_refused(filled, cast):
    received, row = in_conflict(filled, cast)
    Input.objects.filter(pk=received.pk).update(version=99)
    with pytest.raises(StaleWrite):
        settle_conflict(row, field="end", choice="ours", by=cast.reporter_a, at=LATER)
    received.refresh_from_db()
    withdraw(received, by=cast.reporter_a, at=LATER)
    with pytest.raises(IllegalMove):
        settle_conflict(
            received.rows.get(number=row.number), field="end", choice="ours", by=cast.reporter_a, at=LATER
        )


def test_a_removed_row_is_asked_about_and_nothing_changes(filled, cast):
    book = opened(given(filled, cast.officer))
    book["Actions"].delete_rows(row_of(book["Actions"], "Second action"))

    preview = back(filled, saved(book), cast.reporter_a)

    (problem,) = [p for p in preview.problems if p.rule == "row-removed"]
    assert (problem.value, problem.severity) == (filled.action("A2").key, "question")


def test_a_repeated_key_names_both_rows_and_a_made_up_key_is_refused(filled, cast):
    book = opened(given(filled, cast.officer))
    sheet = book["Actions"]
    one, other = row_of(sheet, "Training"), row_of(sheet, "Second action")
    sheet.cell(other, column("key")).value = sheet.cell(one, column("key")).value
    fresh = sheet.max_row - 5
    sheet.cell(fresh, column("title")).value = "Made up"
    sheet.cell(fresh, column("key")).value = "ZZZZZZZZ"

    preview = back(filled, saved(book), cast.reporter_a)

    rules = {(p.row, p.rule) for p in preview.problems if p.severity == "error"}
    assert rules == {(one, "repeated-key"), (other, "repeated-key"), (fresh, "refused-by-the-plan")}


def test_a_changed_own_id_is_told_and_changes_nothing(filled, cast):
    book = opened(given(filled, cast.officer))
    sheet = book["Actions"]
    sheet.cell(row_of(sheet, "Training"), column("id")).value = "B9"

    preview = back(filled, saved(book), cast.reporter_a)

    assert [p.rule for p in preview.problems] == ["identity-stays"]
    assert preview.counts.same == 2


def test_only_its_table_in_another_workbook_is_still_held_against_what_was_sent(filled, cast):
    source = opened(given(filled, cast.officer))["Actions"]
    amend_action(filled.action("A1"), changes={"end": "2020"}, expected_version=1, by=cast.officer, at=NOON)
    book = openpyxl.Workbook()
    for row in source.iter_rows(min_row=HEAD, max_row=HEAD + 2, values_only=True):
        book.active.append(row)
    for cell in book.active["O"]:
        cell.data_type = "s"  # the text that looks like a formula is copied as a text

    preview = back(filled, saved(book), cast.reporter_a)

    assert [row.state for row in preview.rows] == ["same", "same"]


def test_handed_in_for_another_organisation_it_says_so(filled, cast):
    content = given(filled, cast.officer).content
    target = Target(filled.framework, filled.plan, filled.action("A3").reporting_organisation)

    preview = preview_of(open_bytes("back.xlsx", content), target, actor=cast.officer)

    assert "workbook-of-another" in [p.rule for p in preview.problems]


def test_a_reporter_reads_nothing_of_another_through_its_workbook(filled, cast):
    Action.objects.filter(own_id="A1").update(marking="amber-strict")
    content = given(filled, cast.officer).content
    target = Target(filled.framework, filled.plan, filled.action("A3").reporting_organisation)

    preview = preview_of(open_bytes("back.xlsx", content), target, actor=cast.reporter_b)

    training = next(row for row in preview.rows if row.row.key == filled.action("A1").key)
    assert (training.state, training.outcome.changes, training.outcome.conflicts) == ("conflict", [], [])


def test_its_source_confirms_what_it_sends_back(filled, cast):
    applied(filled, given(filled, cast.officer).content, cast.reporter_a)

    assert filled.action("A1").last_confirmed_on == LATER.date()


def test_taken_in_and_accepted_on_the_page_it_does_the_same(filled, cast):
    book = opened(given(filled, cast.officer))
    book["Actions"].cell(row_of(book["Actions"], "Training"), column("end")).value = "2021"
    content = saved(book)
    target = Target(filled.framework, filled.plan, filled.action("A1").reporting_organisation)

    taken = take_in(open_bytes("b.xlsx", content), content, target=target, by=cast.reporter_a, at=LATER)
    accept(taken.input, by=cast.reporter_a, at=LATER)

    assert filled.action("A1").end == "2021"
