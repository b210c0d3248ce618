"""Recording rows: new, changed, same, conflict, and where each value comes from."""

from dataclasses import replace

import pytest

from concord.accounts.services import operator
from concord.audit.events import EventName
from concord.audit.queries import history_of
from concord.kernel.errors import BadInput, NotPermitted, StaleWrite
from concord.plan.models import Action, Origin, Statement
from concord.plan.queries import pool_of, preview_actions
from concord.plan.rows import Source
from concord.plan.services import amend_action, record_actions, record_needs, records
from tests.analysis.world import World, a_need, an_action
from tests.cast import Cast
from tests.factories import NOON

SOURCE = Source("list.csv", "1" * 64, sheet="Actions")


def record(world: World, cast: Cast, *rows, by=None):
    return record_actions(rows, framework=world.framework, source=SOURCE, by=by or cast.officer, at=NOON)


def test_new_rows_become_actions_with_the_origin_of_each_value(world: World, cast: Cast):
    [outcome] = record(world, cast, an_action(7, "Police training", funding=("750000", "EUR")))

    action = Action.objects.get(key=outcome.key)
    assert (outcome.state, action.title, action.start, action.reporting_organisation) == (
        "new", "Police training", "2018", cast.donor_a,
    )  # fmt: skip
    assert {p.organisation for p in action.participations.all()} == {cast.donor_a, cast.implementer_c}
    assert str(action.funding_lines.get().amount) == "750000.00"
    origins = {statement.origin for statement in action.statements.all()}
    [origin] = origins
    assert (origin.file_name, origin.sheet, origin.row, origin.entered_by) == (
        "list.csv",
        "Actions",
        7,
        cast.officer,
    )
    assert action.last_confirmed_on is None  # entered on behalf: not yet confirmed


def test_the_same_rows_again_in_any_order_change_nothing(world: World, cast: Cast):
    rows = [an_action(number, f"Action {number}") for number in range(1, 6)]
    record(world, cast, *rows)
    before = list(Statement.objects.values_list("pk", "value", "chosen"))

    outcomes = record(world, cast, *reversed(rows))

    assert {outcome.state for outcome in outcomes} == {"same"}
    assert list(Statement.objects.values_list("pk", "value", "chosen")) == before
    assert Origin.objects.count() == 5


def test_a_changed_value_of_the_same_source_replaces_it_and_keeps_the_earlier_one(world: World, cast: Cast):
    record(world, cast, an_action(1, start="2018"))

    [outcome] = record(world, cast, an_action(1, start="2018-05"))

    action = world.action("A1")
    assert (outcome.state, action.start, action.version) == ("changed", "2018-05", 2)
    assert [(c.field, c.old, c.new) for c in outcome.changes] == [("start", "2018", "2018-05")]
    stated = action.statements.filter(field="start").order_by("pk")
    assert list(stated.values_list("value", "chosen")) == [('"2018"', False), ('"2018-05"', True)]


def test_a_value_that_a_person_set_is_contradicted_never_overwritten(world: World, cast: Cast):
    record(world, cast, an_action(1, end="2019"))
    action = world.action("A1")
    amend_action(action, changes={"end": "2020"}, expected_version=1, by=cast.officer, at=NOON)

    assert record(world, cast, an_action(1, end="2019"))[0].state == "same"
    [outcome] = record(world, cast, an_action(1, title="New title", end="2021"))

    action.refresh_from_db()
    assert (outcome.state, action.end, action.title) == ("conflict", "2020", "New title")
    assert action.statements.get(field="end", is_question=True).value == '"2021"'
    assert record(world, cast, an_action(1, title="New title", end="2021"))[0].state == "same"


def test_a_preview_says_the_same_and_writes_nothing(world: World, cast: Cast):
    record(world, cast, an_action(1, start="2018"))
    rows = [an_action(1, start="2019"), an_action(2)]

    outcomes = preview_actions(rows, framework=world.framework, source=SOURCE, actor=cast.officer)

    assert [outcome.state for outcome in outcomes] == ["changed", "new"]
    assert Action.objects.count() == 1
    assert world.action("A1").start == "2018"


def test_a_reporter_whose_name_is_not_known_is_kept_as_written_and_part_of_the_identity(world, cast):
    record(world, cast, an_action(1, reporter="Ministry of Nowhere"))
    record(world, cast, an_action(1, reporter="Ministry of Elsewhere"))

    written = set(Action.objects.values_list("reported_by_as_written", flat=True))
    assert written == {"Ministry of Nowhere", "Ministry of Elsewhere"}
    assert set(Action.objects.values_list("reporting_organisation", flat=True)) == {
        world.framework.secretariat_id
    }
    assert record(world, cast, an_action(1, reporter="Ministry of Nowhere"))[0].state == "same"


def test_a_reporter_records_and_confirms_its_own_rows_and_nobody_elses(world: World, cast: Cast):
    record(world, cast, an_action(1), by=cast.reporter_a)
    assert world.action("A1").last_confirmed_on == NOON.date()

    with pytest.raises(NotPermitted):
        record(world, cast, an_action(2), an_action(3, reporter="Donor B"), by=cast.reporter_a)
    key = record(world, cast, an_action(4, reporter="Donor B"))[0].key
    with pytest.raises(BadInput, match="of yours"):
        record(world, cast, replace(an_action(4, "Taken"), key=key, own_id=""), by=cast.reporter_a)
    assert Action.objects.filter(title="Taken").count() == 0
    assert Action.objects.count() == 2


@pytest.mark.parametrize(
    "who", ["anonymous", "viewer_a", "board_member", "auditor", "administrator", "suspended"]
)
def test_who_may_not_enter_is_refused_and_nothing_is_written(world: World, cast: Cast, who: str):
    with pytest.raises(NotPermitted):
        record(world, cast, an_action(1), by=getattr(cast, who))
    assert not Action.objects.exists()


def test_two_rows_about_one_record_are_refused_together(world: World, cast: Cast):
    record(world, cast, an_action(1))
    with pytest.raises(BadInput, match="Rows 1 and 9"):
        record(world, cast, an_action(1, "One"), an_action(9, "Other", own_id="A1"))
    assert world.action("A1").title == "Action 1"


def test_one_bad_value_leaves_nothing_of_the_file_behind(world: World, cast: Cast):
    with pytest.raises(BadInput):
        record(world, cast, an_action(1), an_action(2, start="2019-02-31"))
    assert not Action.objects.exists()
    assert not Origin.objects.exists()


def test_rows_stand_in_the_plans_their_pillars_and_period_say_the_rest_in_the_pool(world, cast):
    record(
        world, cast,
        an_action(1, start="2018", end="2019"),
        an_action(2, start="2020", end="2021"),
        an_action(3, start="2010", end="2011"),
    )  # fmt: skip

    plans = {
        own: {p.plan.ref for p in world.action(own).placements.filter(is_main=True)}
        for own in ("A1", "A2", "A3")
    }
    assert plans == {"A1": {world.plan.ref}, "A2": {world.plan.ref, world.successor.ref}, "A3": set()}
    assert [action.own_id for action in pool_of(world.framework, actor=cast.officer)] == ["A3"]


def test_rows_handed_in_for_a_plan_stand_in_it_whatever_their_dates_and_stay(world: World, cast: Cast):
    row = an_action(1, start="2010", end="2011")
    record_actions([row], framework=world.framework, source=SOURCE, plan=world.plan, by=cast.officer, at=NOON)
    record(world, cast, an_action(1, "Another title", start="2010", end="2011"))

    assert {place.plan for place in world.action("A1").placements.all()} == {world.plan}


def test_an_action_whose_dates_move_leaves_the_plan_it_no_longer_meets(world: World, cast: Cast):
    record(world, cast, an_action(1, start="2018", end="2019"))
    record(world, cast, an_action(1, start="2022", end="2023"))
    assert {place.plan for place in world.action("A1").placements.all()} == {world.successor}


def test_needs_count_in_the_plans_that_end_after_they_were_stated(world: World, cast: Cast):
    rows = [
        a_need(1, stated_on="2017"),
        a_need(2, stated_on="2022"),
        a_need(3, stated_on=""),
        a_need(4, stated_on="2025"),
    ]
    outcomes = record_needs(rows, framework=world.framework, source=SOURCE, by=cast.officer, at=NOON)

    where = {
        need: {p.plan.ref for p in world.need(need).placements.all()} for need in ("N1", "N2", "N3", "N4")
    }
    both = {world.plan.ref, world.successor.ref}
    assert where == {"N1": both, "N2": {world.successor.ref}, "N3": both, "N4": set()}
    assert [outcome.state for outcome in outcomes] == ["new"] * 4
    again = record_needs(rows, framework=world.framework, source=SOURCE, by=cast.officer, at=NOON)
    assert {outcome.state for outcome in again} == {"same"}


def test_recording_leaves_one_event_with_counts_and_no_text(world: World, cast: Cast):
    record(world, cast, an_action(1, "A secret title"))

    [event] = [e for e in history_of(world.framework) if e.event == EventName.ACTIONS_RECORDED]
    assert event.details | {"file_sha256": ""} == {
        "file_sha256": "",
        "new": 1,
        "changed": 0,
        "same": 0,
        "conflict": 0,
    }
    assert "secret" not in event.facts


def test_a_record_changed_in_the_same_moment_is_not_overwritten(world: World, cast: Cast, monkeypatch):
    record(world, cast, an_action(1))
    real = records.compare_actions

    def overtaken(matched, **options):
        Action.objects.filter(own_id="A1").update(version=99)
        return real(matched, **options)

    monkeypatch.setattr(records, "compare_actions", overtaken)
    with pytest.raises(StaleWrite):
        record(world, cast, an_action(1, "Mine"))
    assert world.action("A1").title == "Action 1"


def test_the_operator_is_recorded_as_who_entered_the_rows(world: World, cast: Cast):
    record(world, cast, an_action(1), by=operator())
    assert Origin.objects.get().entered_by == operator()
