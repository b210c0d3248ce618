"""What a person changes on one record, and the choice between statements."""

import pytest

from concord.audit.events import EventName
from concord.audit.queries import history_of
from concord.kernel.errors import BadInput, IllegalMove, NotPermitted, StaleWrite
from concord.plan.services import amend_action, amend_need, choose_statement, merge_actions
from tests.analysis.world import World, a_need, an_action
from tests.cast import Cast
from tests.factories import NOON


@pytest.fixture
def action(world: World):
    world.record(an_action(1, "Training", start="2018", end="2019"))
    return world.action("A1")


def amend(action, by, version=1, **changes):
    return amend_action(action, changes=changes, expected_version=version, by=by, at=NOON)


def test_a_persons_value_counts_and_the_files_value_stays_beside_it(world, cast, action):
    amend(action, cast.officer, title="Training of police", beneficiaries=["XK", "AL"])

    action = world.action("A1")
    assert (action.title, action.version) == ("Training of police", 2)
    assert sorted(row.code for row in action.beneficiary_rows.all()) == ["AL", "XK"]
    titles = (
        action.statements.filter(field="title").order_by("pk").values_list("value", "chosen", "origin__kind")
    )
    assert list(titles) == [('"Training"', False, "file"), ('"Training of police"', True, "entry")]


def test_a_value_that_is_chosen_already_makes_no_new_statement(world, cast, action):
    amend(action, cast.officer, title="Training")
    assert action.statements.filter(field="title").count() == 1


def test_a_reporter_amends_its_own_action_and_no_other(world, cast, action):
    amend(action, cast.reporter_a, summary="Ours")
    with pytest.raises(NotPermitted):
        amend(world.action("A1"), cast.reporter_b, version=2, summary="Theirs")
    assert world.action("A1").summary == "Ours"


@pytest.mark.parametrize(
    "who", ["viewer_a", "coordinator", "board_member", "observer", "auditor", "anonymous"]
)
def test_who_may_not_amend_changes_nothing(world, cast: Cast, action, who):
    with pytest.raises(NotPermitted):
        amend(action, getattr(cast, who), title="Mine")
    assert world.action("A1").title == "Training"


def test_an_edit_of_a_stale_page_is_refused(world, cast, action):
    amend(action, cast.officer, title="First")
    with pytest.raises(StaleWrite):
        amend(world.action("A1"), cast.second_officer, version=1, title="Second")
    assert world.action("A1").title == "First"


@pytest.mark.parametrize(
    "changes", [{"title": ""}, {"end": "2017"}, {"start": "2018-13"}, {"colour": "blue"}]
)
def test_a_value_that_cannot_stand_changes_nothing(world, cast, action, changes):
    with pytest.raises(BadInput):
        amend(action, cast.officer, **changes)
    action = world.action("A1")
    assert (action.title, action.start, action.end, action.version) == ("Training", "2018", "2019", 1)
    assert action.statements.filter(origin__kind="entry").count() == 0


def test_a_merged_record_is_amended_where_it_went(world, cast, action):
    world.record(an_action(2))
    merge_actions(target=world.action("A2"), merged=action, take=set(), reason="", by=cast.officer, at=NOON)
    with pytest.raises(IllegalMove):
        amend(world.action("A1"), cast.officer, version=2, title="Late")


def test_choosing_a_statement_answers_the_question_it_raised(world, cast, action):
    amend(action, cast.officer, end="2020")
    world.record(an_action(1, "Training", start="2018", end="2021"))
    question = action.statements.get(is_question=True)

    choose_statement(question, expected_version=2, by=cast.officer, at=NOON)

    action = world.action("A1")
    assert (action.end, action.version) == ("2021", 3)
    assert not action.statements.filter(is_question=True).exists()
    with pytest.raises(StaleWrite):
        choose_statement(question, expected_version=2, by=cast.officer, at=NOON)
    with pytest.raises(NotPermitted):
        choose_statement(question, expected_version=3, by=cast.reporter_b, at=NOON)


def test_an_amendment_is_on_record_without_its_text(world, cast, action):
    amend(action, cast.officer, title="Secret plan")
    [event] = [e for e in history_of(action) if e.event == EventName.ACTION_AMENDED]
    assert event.details == {"fields": ["title"]}


def test_a_need_is_amended_by_the_secretariat_and_needs_a_statement(world, cast):
    world.record(a_need(1))
    need = world.need("N1")
    amend_need(
        need,
        changes={"statement": "More staff", "beneficiaries": ["XK"]},
        expected_version=1,
        by=cast.officer,
        at=NOON,
    )
    need = world.need("N1")
    assert (need.statement, [row.code for row in need.beneficiary_rows.all()]) == ("More staff", ["XK"])
    with pytest.raises(BadInput):
        amend_need(need, changes={"statement": ""}, expected_version=2, by=cast.officer, at=NOON)
    with pytest.raises(NotPermitted):
        amend_need(need, changes={"statement": "Mine"}, expected_version=2, by=cast.reporter_a, at=NOON)
