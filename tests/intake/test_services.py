"""Receiving, checking, applying and withdrawing files: who may, when, and what is left behind."""

import pytest
from django.db import connection

from concord.audit.queries import history_of, latest_events
from concord.intake import rules, services
from concord.intake.files import open_bytes
from concord.intake.formats.parts import UnreadableFile
from concord.intake.models import Input, InputProblem, InputRow
from concord.intake.preview import Target, preview_of
from concord.intake.queries import counts_of_input, input_named, inputs_visible_to
from concord.kernel.errors import BadInput, IllegalMove, NotFound, NotPermitted, StaleWrite
from concord.plan.models import Action, Need, Origin, Statement
from tests.analysis.world import World
from tests.cast import Cast
from tests.factories import NOON
from tests.intake.samples import a_row, csv_text

FULL = [
    a_row(1),
    a_row(2, title=""),
    a_row(3, budget_amount="lots"),
    a_row(4, implementers="Nobody Knows"),
]


def master_list(world: World) -> Target:
    return Target(world.framework, org_column="reported_by")


def given(world: World, cast: Cast, rows, *, target=None, by=None, name="list.csv") -> Input:
    return services.receive(
        file_name=name,
        content=csv_text(rows).encode(),
        target=target or master_list(world),
        by=by or cast.officer,
        at=NOON,
    )


def checked(world: World, cast: Cast, rows, **values) -> Input:
    received = given(world, cast, rows, **values)
    services.check(received, by=received.received_by, at=NOON)
    return received


def everything_in_the_database() -> dict[str, int]:
    tables = [table for table in connection.introspection.table_names() if "session" not in table]
    with connection.cursor() as cursor:
        counts = {}
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            counts[table] = cursor.fetchone()[0]
    return counts


# --- the way of a file --------------------------------------------------------------------------------


def test_a_file_is_kept_checked_and_applied_with_its_receipt(world, cast):
    received = given(world, cast, FULL)
    assert (received.state, bytes(received.content)) == ("received", csv_text(FULL).encode())

    preview = services.check(received, by=cast.officer, at=NOON)
    assert (preview.counts.new, preview.counts.skipped) == (2, 2)
    assert Action.objects.count() == 0

    receipt = services.accept(received, by=cast.officer, at=NOON)

    assert receipt.applied
    assert {action.own_id for action in Action.objects.all()} == {"A1", "A4"}
    stored = Input.objects.get(key=received.key)
    assert (stored.state, stored.holds, stored.applied_by) == ("applied", "actions", cast.officer)
    assert counts_of_input(stored) == receipt.preview.counts


def test_rows_that_cannot_be_stored_stay_with_the_input_as_what_is_to_be_done(world, cast):
    received = checked(world, cast, FULL)
    services.accept(received, by=cast.officer, at=NOON)

    left = InputRow.objects.filter(input=received, state="error")
    assert [(row.number, row.record_key) for row in left] == [(3, ""), (4, "")]
    assert left[1].cells[12] == "lots"
    errors = InputProblem.objects.filter(input=received, severity="error")
    assert [(e.row, e.column, e.value, e.rule) for e in errors] == [
        (3, "title", "", "no-title"),
        (4, "budget_amount", "lots", "no-amount"),
    ]


def test_each_value_knows_its_file_sheet_row_and_who_entered_it(world, cast):
    received = checked(world, cast, [a_row(1)])
    services.accept(received, by=cast.officer, at=NOON)

    origin = Origin.objects.get()
    assert (origin.file_name, origin.file_sha256, origin.row) == ("list.csv", received.sha256, 2)
    assert (origin.entered_by, origin.at) == (cast.officer, NOON)


def test_applying_twice_changes_nothing_and_says_so(world, cast):
    received = checked(world, cast, FULL)
    services.accept(received, by=cast.officer, at=NOON)
    before = everything_in_the_database()

    again = services.accept(received, by=cast.officer, at=NOON)

    assert again.repeated
    assert again.input.key == received.key
    assert everything_in_the_database() == before


def test_the_same_file_handed_in_again_gives_the_earlier_receipt_and_writes_nothing(world, cast):
    content = csv_text([a_row(1), a_row(2)]).encode()
    file, target = open_bytes("list.csv", content), master_list(world)
    first = services.hand_in(file, content, target=target, by=cast.officer, at=NOON)
    before = everything_in_the_database()

    for take in (services.hand_in, services.take_in):
        again = take(file, content, target=target, by=cast.officer, at=NOON)
        assert again.repeated
        assert again.input.key == first.input.key
        assert (again.preview.counts.same, again.preview.counts.to_apply) == (2, 0)

    assert everything_in_the_database() == before


def test_a_file_uploaded_twice_before_it_is_applied_is_kept_once(world, cast):
    content = csv_text([a_row(1)]).encode()
    file, target = open_bytes("list.csv", content), master_list(world)

    keys = {
        services.take_in(file, content, target=target, by=cast.officer, at=NOON).input.key for _ in range(2)
    }

    assert len(keys) == 1
    assert Input.objects.count() == 1


def test_rows_in_another_order_change_nothing(world, cast):
    rows = [a_row(n) for n in range(1, 6)]
    services.accept(checked(world, cast, rows), by=cast.officer, at=NOON)

    again = checked(world, cast, rows[::-1])
    receipt = services.accept(again, by=cast.officer, at=NOON)

    assert (receipt.preview.counts.same, receipt.preview.counts.to_apply) == (5, 0)
    assert Origin.objects.count() == 5


def test_a_mended_file_changes_only_what_was_mended(world, cast):
    services.accept(checked(world, cast, FULL), by=cast.officer, at=NOON)
    mended = [FULL[0], a_row(2), a_row(3), FULL[3] | {"end": "2020"}]

    receipt = services.accept(checked(world, cast, mended), by=cast.officer, at=NOON)

    counts = receipt.preview.counts
    assert (counts.new, counts.changed, counts.same, counts.skipped) == (2, 1, 1, 0)
    assert Action.objects.get(own_id="A4").end == "2020"


def test_an_earlier_file_again_is_a_change_back_with_a_receipt_of_its_own(world, cast):
    """A, then B with another value, then A again: the third is news, not a repetition."""
    first, second = [a_row(1)], [a_row(1, end="2020")]
    keys = []
    for rows in (first, second, first):
        content = csv_text(rows).encode()
        file = open_bytes("list.csv", content)
        receipt = services.hand_in(file, content, target=master_list(world), by=cast.officer, at=NOON)
        keys.append(receipt.input.key)

    assert len(set(keys)) == 3
    assert Action.objects.get().end == "2019"


def test_a_value_that_a_person_set_is_a_conflict_kept_as_a_question(world, cast):
    from concord.plan.services import amend_action

    services.accept(checked(world, cast, [a_row(1)]), by=cast.officer, at=NOON)
    action = Action.objects.get()
    amend_action(action, changes={"end": "2021"}, expected_version=action.version, by=cast.officer, at=NOON)

    received = checked(world, cast, [a_row(1, end="2022", summary="Another text.")])
    (row,) = InputRow.objects.filter(input=received)
    assert row.state == "conflict"
    assert [change["field"] for change in row.conflicts] == ["end"]
    receipt = services.accept(received, by=cast.officer, at=NOON)

    action.refresh_from_db()
    assert (receipt.preview.counts.conflict, receipt.preview.counts.skipped) == (1, 0)
    assert (action.end, action.summary) == ("2021", "Another text.")
    assert Statement.objects.filter(action=action, field="end", is_question=True).count() == 1


def test_all_or_nothing_applies_nothing_when_one_row_has_an_error(world, cast):
    received = checked(world, cast, FULL)

    with pytest.raises(BadInput, match="none of its rows"):
        services.accept(received, all_or_nothing=True, by=cast.officer, at=NOON)

    assert Action.objects.count() == 0
    assert Input.objects.get().state == "checked"


def test_a_file_of_which_nothing_can_be_stored_is_not_applied(world, cast):
    received = checked(world, cast, [a_row(1, title="")])

    with pytest.raises(BadInput, match="No row"):
        services.accept(received, by=cast.officer, at=NOON)

    assert Input.objects.get().state == "checked"


def test_needs_are_applied_for_who_entered_them(world, cast):
    target = Target(world.framework, None, cast.ministry)
    content = b"id,statement,beneficiaries,stated_on\nN1,Laboratories lack equipment.,AL,2017\n"
    file = open_bytes("needs.csv", content)

    receipt = services.hand_in(file, content, target=target, by=cast.officer, at=NOON)

    assert receipt.input.holds == "needs"
    assert Need.objects.get().entered_for == cast.ministry


def test_rows_for_a_plan_stand_in_it_whatever_their_dates(world, cast):
    target = Target(world.framework, world.plan, None, "reported_by")

    receipt = services.accept(
        checked(world, cast, [a_row(1, start="2030", end="2031")], target=target), by=cast.officer, at=NOON
    )

    assert [problem.rule for problem in receipt.preview.problems] == ["outside-the-period"]
    assert {place.plan for place in Action.objects.get().placements.all()} == {world.plan}


def test_a_row_that_the_plan_refuses_for_another_reason_is_named_and_the_others_are_applied(world, cast):
    """A key of nobody's action: the checks cannot know it, the plan does."""
    rows = [a_row(n) | {"key": "ZZZZZZZZ" if n == 3 else ""} for n in range(1, 6)]
    text = csv_text(rows, ("key", "id", "reported_by", "title"))
    received = services.receive(
        file_name="list.csv", content=text.encode(), target=master_list(world), by=cast.officer, at=NOON
    )

    preview = services.check(received, by=cast.officer, at=NOON)

    (problem,) = [problem for problem in preview.problems if problem.severity == "error"]
    assert (problem.rule, problem.row, problem.column, problem.value) == (
        "refused-by-the-plan",
        4,
        "key",
        "ZZZZZZZZ",
    )
    assert (preview.counts.new, preview.counts.skipped) == (4, 1)


def test_a_preview_writes_nothing(world, cast):
    file = open_bytes("list.csv", csv_text(FULL).encode())
    before = everything_in_the_database()

    preview = preview_of(file, master_list(world), actor=cast.officer)

    assert preview.counts.new == 2
    assert everything_in_the_database() == before


# --- who may, and when ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who", ["viewer_a", "coordinator", "board_member", "auditor", "administrator", "suspended", "anonymous"]
)
def test_who_may_not_enter_is_refused_and_nothing_is_kept(world, cast, who):
    before = everything_in_the_database()

    with pytest.raises(NotPermitted):
        given(world, cast, FULL, by=getattr(cast, who))

    assert everything_in_the_database() == before


def test_a_reporter_hands_in_for_its_own_organisation_alone(world, cast):
    own, other = Target(world.framework, None, cast.donor_a), Target(world.framework, None, cast.donor_b)

    services.accept(
        checked(world, cast, [a_row(1)], target=own, by=cast.reporter_a), by=cast.reporter_a, at=NOON
    )

    assert not Input.objects.get().on_behalf
    assert Action.objects.get().reporting_organisation == cast.donor_a
    for target in (other, master_list(world)):
        with pytest.raises(NotPermitted):
            given(world, cast, [a_row(2)], target=target, by=cast.reporter_a)


def test_a_reporter_may_not_state_needs(world, cast):
    own = Target(world.framework, None, cast.donor_a)
    received = services.receive(
        file_name="needs.csv",
        content=b"id,statement\nN1,Lack\n",
        target=own,
        by=cast.reporter_a,
        at=NOON,
    )

    with pytest.raises(NotPermitted):
        services.check(received, by=cast.reporter_a, at=NOON)

    assert Input.objects.get().state == "received"


@pytest.mark.parametrize("act", [services.check, services.accept, services.withdraw])
def test_nobody_else_checks_applies_or_withdraws(world, cast, act):
    received = checked(world, cast, FULL)
    before = everything_in_the_database()

    with pytest.raises(NotPermitted):
        act(received, by=cast.reporter_b, at=NOON)

    assert everything_in_the_database() == before


def mend(received: Input, *, by, at):
    """Writes another summary into the first row."""
    column = list(a_row()).index("summary")
    seen = {column: a_row(1)["summary"]}
    services.mend_cells(received, sheet="", row=2, cells={column: "Mended."}, seen=seen, by=by, at=at)


ACTS = {
    rules.CHECK: services.check,
    rules.MEND: mend,
    rules.ACCEPT: services.accept,
    rules.WITHDRAW: services.withdraw,
    rules.UNDO: services.undo_import,
}


@pytest.mark.parametrize("state", rules.STATES)
@pytest.mark.parametrize("move", rules.MOVE_NAMES)
def test_every_move_from_every_state_is_made_or_refused_as_the_table_says(world, cast, state, move):
    received = given(world, cast, [a_row(1)])
    if state in ("checked", "applied", "undone"):
        services.check(received, by=cast.officer, at=NOON)
    if state in ("applied", "undone"):
        services.accept(received, by=cast.officer, at=NOON)
    if state == "undone":
        services.undo_import(received, by=cast.officer, at=NOON)
    if state == "withdrawn":
        services.withdraw(received, by=cast.officer, at=NOON)

    if (state, move) in rules.MOVES:
        ACTS[move](received, by=cast.officer, at=NOON)
        assert Input.objects.get().state == rules.MOVES[state, move]
    else:
        with pytest.raises(IllegalMove):
            ACTS[move](received, by=cast.officer, at=NOON)
        assert Input.objects.get().state == state


@pytest.mark.parametrize("act", [services.check, services.accept, services.withdraw])
def test_an_input_that_somebody_moved_meanwhile_is_left_alone(world, cast, act):
    received = checked(world, cast, FULL)
    Input.objects.update(version=received.version + 1)
    before = everything_in_the_database()

    with pytest.raises(StaleWrite):
        act(received, by=cast.officer, at=NOON)

    assert everything_in_the_database() == before


def test_a_file_that_cannot_be_read_stays_received(world, cast):
    received = services.receive(
        file_name="a.csv", content=b"%PDF-1.7", target=master_list(world), by=cast.officer, at=NOON
    )

    with pytest.raises(UnreadableFile):
        services.check(received, by=cast.officer, at=NOON)

    assert Input.objects.get().state == "received"


def test_each_act_leaves_one_event_without_names_of_files_or_values(world, cast):
    received = checked(world, cast, FULL, name="very private.csv")
    services.accept(received, by=cast.officer, at=NOON)

    events = history_of(received)
    assert {event.event for event in events} == {"input-received", "input-checked", "import-applied"}
    applied = next(event for event in events if event.event == "import-applied")
    assert (applied.details["new"], applied.details["skipped"]) == (2, 2)
    assert not any("very private" in str(event.details) for event in latest_events(100))


def test_withdrawing_is_on_record_and_keeps_the_file(world, cast):
    received = checked(world, cast, FULL)

    services.withdraw(received, reason="wrong file", by=cast.officer, at=NOON)

    stored = Input.objects.get()
    assert (stored.state, stored.withdrawn_at) == ("withdrawn", NOON)
    assert bytes(stored.content) == csv_text(FULL).encode()


# --- who sees what ---------------------------------------------------------------------------------------


def test_an_input_is_seen_by_who_made_it_and_by_who_sees_everything(world, cast):
    received = given(
        world, cast, FULL, target=Target(world.framework, None, cast.donor_a), by=cast.reporter_a
    )

    seeing = {name for name, person in cast.people() if received in inputs_visible_to(person)}

    assert seeing == {"reporter_a", "officer", "second_officer", "auditor", "operator"}
    with pytest.raises(NotFound):
        input_named(received.key, actor=cast.reporter_b)


# --- whole or not at all ----------------------------------------------------------------------------------


class Crash(BaseException):
    """What a killed process looks like from inside: nothing catches it."""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_failure_at_any_statement_leaves_the_state_before(request):
    """R2 for hand_in: it is stopped at statement 1, 2, 3 ...: nothing is left, and a retry works."""
    cast = request.getfixturevalue("cast")
    world = request.getfixturevalue("world")
    content = csv_text(FULL).encode()
    file, target = open_bytes("list.csv", content), master_list(world)
    before = everything_in_the_database()

    def run(stop_at: int) -> int:
        seen = 0

        def count(execute, sql, params, many, context):
            nonlocal seen
            seen += 1
            if seen == stop_at:
                raise Crash
            return execute(sql, params, many, context)

        with connection.execute_wrapper(count):
            services.hand_in(file, content, target=target, by=cast.officer, at=NOON)
        return seen

    stops = 0
    for stop_at in [*range(1, 12), *range(12, 400, 7)]:
        try:
            run(stop_at)
        except Crash:
            stops += 1
            assert everything_in_the_database() == before, f"half-written at statement {stop_at}"
        else:
            break
    assert stops > 10
    assert Action.objects.count() == 2
    assert Input.objects.get().state == "applied"
