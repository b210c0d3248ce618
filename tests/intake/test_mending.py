"""What people settle in a preview: cells mended, questions answered, taken back; who may, when, on record."""

import pytest

from concord.audit.queries import history_of
from concord.intake import services
from concord.intake.files import open_bytes, pack, unpack
from concord.intake.formats.parts import Comment, HiddenColumns, MergedCells, Note, Row, Sheet, Sheets
from concord.intake.mapping import map_sheets
from concord.intake.mending import MendedCell, Settled, answered, mended
from concord.intake.models import Answer, Correction, Input, InputRow
from concord.intake.preview import Target
from concord.intake.problems import Severity
from concord.intake.queries import counts_left, given_together, names_asked, problems_of
from concord.kernel.errors import BadInput, IllegalMove, NotFound, NotPermitted, StaleWrite
from concord.plan.models import Action
from tests.factories import NOON
from tests.intake.samples import HEADINGS, a_row, csv_text

TITLE, DONORS, END, AMOUNT = (HEADINGS.index(name) for name in ("title", "donors", "end", "budget_amount"))
FULL = [
    a_row(1),
    a_row(2, end="31.02.2019"),
    a_row(3, implementers="Nobody Knows"),
    a_row(4, implementers="Implementer C;Nobody Knows", status="maybe"),
    a_row(5, status="maybe"),
]


def taken(world, cast, rows, *, name="list.csv", by=None, **values) -> Input:
    content = csv_text(rows).encode()
    target = Target(world.framework, org_column="reported_by")
    receipt = services.take_in(
        open_bytes(name, content), content, target=target, by=by or cast.officer, at=NOON, **values
    )
    return receipt.input


def mend(received, row, *, by, seen, sheet="", **cells):
    numbered = {HEADINGS.index(name): text for name, text in cells.items()}
    before = {HEADINGS.index(name): text for name, text in seen.items()}
    return services.mend_cells(received, sheet=sheet, row=row, cells=numbered, seen=before, by=by, at=NOON)


def question(received, rule):
    return received.problems.get(rule=rule, first=True)


def answer(received, rule, *, by, **values):
    return services.answer_question(received, question(received, rule), by=by, at=NOON, **values)


# --- one cell ---------------------------------------------------------------------------------------------


def test_a_mended_cell_makes_its_row_one_that_can_be_stored_and_the_file_stays(world, cast):
    received = taken(world, cast, FULL)
    before = bytes(received.content)

    preview = mend(received, 3, end="2019-02-28", seen={"end": "31.02.2019"}, by=cast.officer)

    assert (preview.counts.new, preview.counts.skipped) == (5, 0)
    assert InputRow.objects.get(input=received, number=3).cells[END] == "2019-02-28"
    assert bytes(Input.objects.get().content) == before
    correction = Correction.objects.get()
    assert (correction.written, correction.new, correction.by) == ("31.02.2019", "2019-02-28", cast.officer)


def test_what_was_mended_is_what_is_applied(world, cast):
    received = taken(world, cast, FULL)
    mend(received, 3, end="2019-02-28", seen={"end": "31.02.2019"}, by=cast.officer)

    services.accept(received, by=cast.officer, at=NOON)

    assert Action.objects.get(own_id="A2").end == "2019-02-28"


def test_a_mended_cell_taken_back_says_what_the_file_says(world, cast):
    received = taken(world, cast, FULL)
    mend(received, 3, end="2019", seen={"end": "31.02.2019"}, by=cast.officer)

    services.take_back_correction(Correction.objects.get(), by=cast.officer, at=NOON)

    row = InputRow.objects.get(input=received, number=3)
    assert (row.state, row.cells[END]) == ("error", "31.02.2019")
    with pytest.raises(IllegalMove):
        services.take_back_correction(Correction.objects.get(), by=cast.officer, at=NOON)


def test_a_cell_mended_back_to_what_the_file_says_is_no_correction(world, cast):
    received = taken(world, cast, FULL)
    mend(received, 3, end="2019", seen={"end": "31.02.2019"}, by=cast.officer)
    mend(received, 3, end="31.02.2019", seen={"end": "2019"}, by=cast.officer)

    assert not Correction.objects.filter(taken_back_at=None).exists()


def test_a_cell_behind_the_end_of_its_row_can_be_filled(world, cast):
    received = taken(world, cast, [a_row(1, source_url="")])

    mend(received, 2, source_url="https://example.org", seen={"source_url": ""}, by=cast.officer)

    assert InputRow.objects.get().cells[-1] == "https://example.org"


def test_two_people_who_mend_one_cell_do_not_overwrite_each_other(world, cast):
    received = taken(world, cast, FULL)
    mend(received, 3, end="2019", seen={"end": "31.02.2019"}, by=cast.officer)

    with pytest.raises(StaleWrite):
        mend(received, 3, end="2020", seen={"end": "31.02.2019"}, by=cast.second_officer)

    assert Correction.objects.get().new == "2019"


@pytest.mark.parametrize(("row", "text", "error"), [(99, "x", NotFound), (3, "a\x00b", BadInput)])
def test_a_row_that_is_not_there_and_a_text_that_cannot_be_stored_are_refused(world, cast, row, text, error):
    received = taken(world, cast, FULL)

    with pytest.raises(error):
        mend(received, row, end=text, seen={"end": "31.02.2019"}, by=cast.officer)

    assert not Correction.objects.exists()


# --- one question --------------------------------------------------------------------------------------


def test_one_question_is_asked_for_all_cells_that_say_the_same(world, cast):
    received = taken(world, cast, FULL)

    asked = {(p.rule, p.alike) for p in problems_of(received, ["question"])}

    assert asked == {("unknown-organisation", 1), ("unknown-status", 2)}
    assert received.counts["problems"]["question"] == 2
    assert received.counts["waiting"] == 4


@pytest.mark.parametrize("kind", ["right", "kept"])
def test_a_question_whose_reading_is_right_is_no_longer_asked_anywhere(world, cast, kind):
    received = taken(world, cast, FULL)

    answer(received, "unknown-status", kind=kind, by=cast.officer)

    assert not received.problems.filter(rule="unknown-status").exists()
    assert Answer.objects.get().cells == 2
    assert received.counts["waiting"] == 2


def test_another_value_is_written_into_every_cell_that_says_the_same(world, cast):
    received = taken(world, cast, FULL)

    answer(received, "unknown-status", kind="value", text="ongoing", by=cast.officer)
    services.accept(received, by=cast.officer, at=NOON)

    assert {Action.objects.get(own_id=f"A{n}").status for n in (4, 5)} == {"ongoing"}


def test_another_value_replaces_one_part_of_a_list(world, cast):
    received = taken(world, cast, FULL)

    answer(received, "unknown-organisation", kind="value", text="Donor B", by=cast.officer)
    services.accept(received, by=cast.officer, at=NOON)

    written = [
        p.as_written for p in Action.objects.get(own_id="A4").participations.filter(role="implementer")
    ]
    assert written == ["Implementer C", "Donor B"]


def test_an_error_takes_another_value_for_all_cells_but_no_other_answer(world, cast):
    received = taken(world, cast, [a_row(1, beneficiaries="Atlantis"), a_row(2, beneficiaries="AL;Atlantis")])

    with pytest.raises(BadInput):
        answer(received, "unknown-beneficiary", kind="right", by=cast.officer)
    preview = answer(received, "unknown-beneficiary", kind="value", text="XK", by=cast.officer)

    assert preview.counts.new == 2


def test_the_organisation_meant_counts_in_this_file_alone(world, cast):
    received = taken(world, cast, FULL)

    answer(received, "unknown-organisation", kind="organisation", organisation=cast.donor_b, by=cast.officer)
    services.accept(received, by=cast.officer, at=NOON)

    meant = Action.objects.get(own_id="A3").participations.get(role="implementer")
    assert (meant.as_written, meant.organisation) == ("Nobody Knows", cast.donor_b)
    other = taken(world, cast, [a_row(9, donors="Nobody Knows")], name="other.csv", by=cast.second_officer)
    assert Answer.objects.filter(input=other).get().organisation == cast.donor_b  # of the same source


def test_a_reporter_that_a_person_names_reports_the_row(world, cast):
    received = taken(world, cast, [a_row(1, reported_by="Nobody Knows")])

    answer(received, "unknown-organisation", kind="organisation", organisation=cast.donor_b, by=cast.officer)
    services.accept(received, by=cast.officer, at=NOON)

    action = Action.objects.get()
    assert (action.reporting_organisation, action.reported_by_as_written) == (cast.donor_b, "")


def test_an_answer_taken_back_asks_again(world, cast):
    received = taken(world, cast, FULL)
    answer(received, "unknown-status", kind="right", by=cast.officer)

    services.take_back_answer(Answer.objects.get(), by=cast.officer, at=NOON)

    assert received.problems.filter(rule="unknown-status").count() == 2
    with pytest.raises(IllegalMove):
        services.take_back_answer(Answer.objects.get(), by=cast.officer, at=NOON)


@pytest.mark.parametrize(
    ("rule", "values", "told"),
    [
        ("unknown-status", {"kind": "organisation"}, "Choose the organisation"),
        ("unknown-status", {"kind": "value", "text": "maybe"}, "the one that is written"),
        ("unknown-status", {"kind": "perhaps"}, "Choose one of the answers"),
        ("no-such-date", {"kind": "kept"}, "Mend the cell"),
    ],
)
def test_an_answer_that_does_not_fit_its_question_is_refused(world, cast, rule, values, told):
    received = taken(world, cast, FULL)

    with pytest.raises(BadInput, match=told):
        answer(received, rule, **values, by=cast.officer)

    assert not Answer.objects.exists()


# --- the rest of a file, later --------------------------------------------------------------------------


def test_the_rest_of_a_file_is_mended_and_applied_later_from_the_same_input(world, cast):
    received = taken(world, cast, FULL)
    services.accept(received, by=cast.officer, at=NOON)
    assert (Action.objects.count(), counts_left(received).skipped) == (4, 1)

    mend(received, 3, end="2019", seen={"end": "31.02.2019"}, by=cast.officer)
    assert (counts_left(received).new, counts_left(received).skipped) == (1, 0)
    receipt = services.accept(received, by=cast.officer, at=NOON)

    assert Action.objects.count() == 5
    assert receipt.applied
    assert [each.counts["new"] for each in received.rounds.all()] == [4, 1]
    assert {row.round for row in received.rows.all()} == {1, 2}
    assert services.accept(received, by=cast.officer, at=NOON).repeated


def test_a_row_mended_after_it_was_applied_changes_its_own_record(world, cast):
    received = taken(world, cast, [a_row(1, id="")])
    services.accept(received, by=cast.officer, at=NOON)
    key = Action.objects.get().key

    mend(received, 2, title="Another title", seen={"title": a_row(1)["title"]}, by=cast.officer)
    row = received.rows.get()
    assert (row.state, row.round) == ("changed", None)
    services.accept(received, by=cast.officer, at=NOON)

    assert (Action.objects.get().key, Action.objects.get().title) == (key, "Another title")


def test_rows_that_were_applied_are_not_written_again_when_the_plan_has_moved_on(world, cast):
    received = taken(world, cast, FULL)
    services.accept(received, by=cast.officer, at=NOON)
    later = taken(world, cast, [a_row(1, end="2025")], name="later.csv")
    services.accept(later, by=cast.officer, at=NOON)

    mend(received, 3, end="2019", seen={"end": "31.02.2019"}, by=cast.officer)
    services.accept(received, by=cast.officer, at=NOON)

    assert Action.objects.get(own_id="A1").end == "2025"
    assert received.rows.get(number=2).state == "new"


def test_rows_with_an_open_question_can_be_left_until_it_is_answered(world, cast):
    received = taken(world, cast, FULL)

    services.accept(received, leave_questions=True, by=cast.officer, at=NOON)
    assert {action.own_id for action in Action.objects.all()} == {"A1"}

    answer(received, "unknown-status", kind="right", by=cast.officer)
    services.accept(received, leave_questions=True, by=cast.officer, at=NOON)
    assert "A5" in {action.own_id for action in Action.objects.all()}


# --- never asked twice --------------------------------------------------------------------------------------


def test_the_same_file_again_is_the_same_although_it_was_mended(world, cast):
    received = taken(world, cast, FULL)
    mend(received, 3, end="2019", seen={"end": "31.02.2019"}, by=cast.officer)
    services.accept(received, by=cast.officer, at=NOON)

    content = csv_text(FULL).encode()
    target = Target(world.framework, org_column="reported_by")
    again = services.take_in(
        open_bytes("list.csv", content), content, target=target, by=cast.officer, at=NOON
    )

    assert again.repeated
    assert Action.objects.get(own_id="A2").end == "2019"


def test_the_mended_file_keeps_answers_and_the_mended_cells_that_it_still_has(world, cast):
    received = taken(world, cast, FULL)
    answer(received, "unknown-status", kind="right", by=cast.officer)
    mend(received, 3, end="2019", seen={"end": "31.02.2019"}, by=cast.officer)

    again = taken(world, cast, [*FULL, a_row(6)], name="mended.csv", replaces=received)

    assert (again.counts["new"], again.counts["error"]) == (6, 0)
    assert not again.problems.filter(rule="unknown-status").exists()


# --- who, when, and on record -----------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["mend", "answer", "take back"])
def test_somebody_else_may_settle_nothing(world, cast, act):
    received = taken(world, cast, FULL)
    answer(received, "unknown-organisation", kind="kept", by=cast.officer)
    given = Answer.objects.get()

    acts = {
        "mend": lambda by: mend(received, 3, end="2019", seen={"end": "31.02.2019"}, by=by),
        "answer": lambda by: answer(received, "unknown-status", kind="right", by=by),
        "take back": lambda by: services.take_back_answer(given, by=by, at=NOON),
    }
    with pytest.raises(NotPermitted):
        acts[act](cast.viewer_a)

    assert Answer.objects.filter(taken_back_at=None).count() == 1
    assert not Correction.objects.exists()


def test_a_withdrawn_file_is_not_mended(world, cast):
    received = taken(world, cast, FULL)
    services.withdraw(received, by=cast.officer, at=NOON)

    with pytest.raises(IllegalMove):
        mend(received, 3, end="2019", seen={"end": "31.02.2019"}, by=cast.officer)
    with pytest.raises(IllegalMove):
        answer(received, "unknown-status", kind="right", by=cast.officer)


def test_an_input_that_somebody_changed_meanwhile_is_not_mended(world, cast):
    received = taken(world, cast, FULL)
    Input.objects.update(version=received.version + 1)

    with pytest.raises(StaleWrite):
        answer(received, "unknown-status", kind="right", by=cast.officer)
    with pytest.raises(StaleWrite):
        mend(received, 3, end="2019", seen={"end": "31.02.2019"}, by=cast.officer)

    assert not Answer.objects.exists()


def test_each_settling_is_on_record_without_the_values(world, cast):
    received = taken(world, cast, FULL)
    answer(received, "unknown-organisation", kind="kept", by=cast.officer)
    mend(received, 3, end="2019", seen={"end": "31.02.2019"}, by=cast.officer)
    services.take_back_answer(Answer.objects.get(), by=cast.officer, at=NOON)

    told = {event.event: event.details for event in history_of(received)}
    assert {"question-answered", "cell-mended", "answer-taken-back"} <= set(told)
    assert told["question-answered"]["rule"] == "unknown-organisation"
    assert told["cell-mended"]["row"] == 3
    assert not any("Nobody" in str(details) or "31.02" in str(details) for details in told.values())


# --- pure ---------------------------------------------------------------------------------------------------


def test_a_reading_is_kept_and_comes_back_whole():
    sheets = Sheets(
        [
            Sheet("A", [Row(1, ("x", "", "ž")), Row(3, ("y",), True, "<xml/>")], [Comment("A", 1, 0, "hm")]),
            Sheet("B", [], [], [MergedCells("B", 1, 0, 2, 1)], (3, 4)),
        ],
        [Note(Severity.WARNING, "encoding", "m", "r", "A", 1, 0, "v", "w")],
    )

    assert unpack(pack(sheets)) == sheets
    assert HiddenColumns("B", (3, 4)).columns == sheets.sheets[1].hidden_columns


def test_a_cell_that_the_file_no_longer_writes_so_is_left_alone():
    sheets = Sheets([Sheet("", [Row(2, ("new text",))])])

    kept = mended(sheets, [MendedCell("", 2, 0, "old text", "mended")])

    assert kept.sheets[0].rows[0].cells == ("new text",)


def test_answers_reach_the_columns_of_their_field_alone():
    sheet = Sheet("", [Row(1, ("title", "donors", "notes")), Row(2, ("T", "X; Y", "X"))])
    (mapped,) = map_sheets([sheet]).sheets

    (after,) = answered([mapped], [Settled("r", "donors", "X", "value", "Z")])

    assert after.rows[0].cells == ("T", "Z; Y", "X")


# --- many questions at once ---------------------------------------------------------------------------


STRANGERS = [a_row(n, implementers=f"Stranger {n}") for n in range(1, 5)]


def keep_all(received, *, by, version=None):
    version = received.version if version is None else version
    return services.answer_questions(
        received, list(names_asked(received)), kind="kept", version=version, by=by, at=NOON
    )


def test_all_names_are_kept_as_written_in_one_act_on_record(world, cast):
    received = taken(world, cast, STRANGERS)

    keep_all(received, by=cast.officer)

    assert {answer.value for answer in Answer.objects.all()} == {f"Stranger {n}" for n in range(1, 5)}
    assert received.counts["waiting"] == 0
    told = {event.event: event.details for event in history_of(received)}["question-answered"]
    assert (told["rule"], told["questions"], told["cells"]) == ("unknown-organisation", 4, 4)


def test_answers_given_together_are_taken_back_alone_or_all(world, cast):
    received = taken(world, cast, STRANGERS)
    keep_all(received, by=cast.officer)
    first = Answer.objects.order_by("pk").first()

    services.take_back_answer(first, by=cast.officer, at=NOON)
    received.refresh_from_db()
    assert received.problems.filter(first=True, severity="question").count() == 1

    rest = given_together(received, str(Answer.objects.filter(taken_back_at=None).first().pk))
    services.take_back_answers(rest, by=cast.officer, at=NOON)
    assert len(rest) == 3
    assert received.problems.filter(first=True, severity="question").count() == 4
    with pytest.raises(IllegalMove):
        services.take_back_answers(list(Answer.objects.all()), by=cast.officer, at=NOON)


def test_who_may_not_hand_in_keeps_no_names(world, cast):
    received = taken(world, cast, STRANGERS)

    with pytest.raises(NotPermitted):
        keep_all(received, by=cast.observer)

    assert not Answer.objects.exists()


def test_names_of_a_withdrawn_file_are_not_answered(world, cast):
    received = taken(world, cast, STRANGERS)
    services.withdraw(received, by=cast.officer, at=NOON)

    with pytest.raises(IllegalMove):
        keep_all(received, by=cast.officer)


def test_names_of_a_file_that_was_read_again_meanwhile_are_not_answered_unseen(world, cast):
    received = taken(world, cast, STRANGERS)
    seen = received.version
    answer_one = received.problems.filter(rule="unknown-organisation").first()
    services.answer_question(received, answer_one, kind="kept", by=cast.second_officer, at=NOON)

    with pytest.raises(StaleWrite):
        keep_all(received, by=cast.officer, version=seen)

    assert Answer.objects.count() == 1


def test_no_question_and_an_answer_that_needs_a_text_are_refused_for_many(world, cast):
    received = taken(world, cast, STRANGERS)

    for problems, kind in (([], "kept"), (list(names_asked(received)), "value")):
        with pytest.raises(BadInput):
            services.answer_questions(
                received, problems, kind=kind, version=received.version, by=cast.officer, at=NOON
            )
