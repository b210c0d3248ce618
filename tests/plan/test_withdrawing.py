"""An action that its source withdraws: it stays as a record and counts nowhere, until it is restored."""

import pytest

from concord.analysis.tables import snapshot_of
from concord.audit.events import EventName
from concord.audit.queries import history_of
from concord.kernel.errors import BadInput, IllegalMove, NotFound, NotPermitted, StaleWrite
from concord.plan.documents import document_of
from concord.plan.models import Action
from concord.plan.queries import action_named, actions_in, actions_visible_to, preview_actions
from concord.plan.rows import Source
from concord.plan.services import (
    amend_action,
    choose_statement,
    confirm_action,
    confirm_link,
    freeze,
    merge_actions,
    place_action,
    restore_action,
    withdraw_action,
)
from concord.publication.drafts import version_document
from tests.analysis.world import a_need, an_action
from tests.factories import NOON

SOURCE = Source("list.csv", "0" * 64)


@pytest.fixture
def action(world):
    world.record(an_action(1, "Training"), an_action(2, "Equipment"), plan=world.plan)
    return world.action("A1")


def withdraw(action, by, version=1, reason="The programme ended early."):
    return withdraw_action(action, reason=reason, expected_version=version, by=by, at=NOON)


def test_a_withdrawn_action_counts_nowhere_and_keeps_its_page(world, cast, action):
    withdraw(action, cast.reporter_a)

    assert [a.title for a in actions_in(world.plan, actor=cast.officer)] == ["Equipment"]
    document = document_of(world.plan, actor=cast.officer)
    assert [row["title"] for row in document["actions"]] == ["Equipment"]
    assert document["figures"]["actions"] == 1
    found = action_named(action.key, actor=cast.viewer_a)
    assert (found.withdrawn_at, found.withdrawn_by, found.withdrawn_reason, found.withdrawn_on_behalf) == (
        NOON,
        cast.reporter_a,
        "The programme ended early.",
        False,
    )
    assert found.statements.count() > 0


def test_analysis_reads_no_withdrawn_action(world, cast, action):
    withdraw(action, cast.officer)

    assert {
        facts.row["title"]
        for facts in snapshot_of(world.framework, world.plan, actor=cast.officer).actions.values()
    } == {"Equipment"}


def test_a_version_keeps_what_was_withdrawn_after_it_was_frozen(world, cast, action):
    version = freeze(world.plan, by=cast.officer, at=NOON)
    withdraw(action, cast.officer)

    titles = {row["title"] for row in version_document(version, actor=cast.viewer_a)["actions"]}

    assert titles == {"Training", "Equipment"}


def test_a_withdrawn_restricted_action_stays_hidden(world, cast, action):
    version = freeze(world.plan, by=cast.officer, at=NOON)
    Action.objects.filter(pk=action.pk).update(marking="amber-strict")
    withdraw(world.action("A1"), cast.officer)

    with pytest.raises(NotFound):
        action_named(action.key, actor=cast.reporter_b)
    assert {row["title"] for row in version_document(version, actor=cast.reporter_b)["actions"]} == {
        "Equipment"
    }


def test_restoring_brings_it_back_to_its_places(world, cast, action):
    withdraw(action, cast.reporter_a)
    restore_action(world.action("A1"), expected_version=2, by=cast.reporter_a, at=NOON)

    assert [a.title for a in actions_in(world.plan, actor=cast.officer)] == ["Equipment", "Training"]
    again = world.action("A1")
    assert (again.withdrawn_at, again.withdrawn_by, again.withdrawn_reason, again.version) == (
        None,
        None,
        "",
        3,
    )


def test_an_officer_withdraws_on_behalf(world, cast, action):
    assert withdraw(action, cast.officer).withdrawn_on_behalf


@pytest.mark.parametrize(
    "who", ["reporter_b", "viewer_a", "coordinator", "board_member", "observer", "auditor", "anonymous"]
)
def test_who_does_not_speak_for_the_source_withdraws_and_restores_nothing(world, cast, action, who):
    with pytest.raises(NotPermitted):
        withdraw(action, getattr(cast, who))
    withdrawn = withdraw(world.action("A1"), cast.officer)
    with pytest.raises(NotPermitted):
        restore_action(withdrawn, expected_version=2, by=getattr(cast, who), at=NOON)
    assert world.action("A1").withdrawn_at == NOON


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 1001])
def test_a_withdrawal_says_why(world, cast, action, reason):
    with pytest.raises(BadInput):
        withdraw(action, cast.officer, reason=reason)
    assert world.action("A1").withdrawn_at is None


def test_only_what_stands_is_withdrawn_and_only_what_is_withdrawn_restored(world, cast, action):
    with pytest.raises(IllegalMove):
        restore_action(action, expected_version=1, by=cast.officer, at=NOON)
    withdraw(action, cast.officer)
    with pytest.raises(IllegalMove):
        withdraw(world.action("A1"), cast.officer, version=2)
    merge_actions(
        target=world.action("A2"),
        merged=restored(world, cast),
        take=set(),
        reason="",
        by=cast.officer,
        at=NOON,
    )
    with pytest.raises(IllegalMove):
        withdraw(world.action("A1"), cast.officer, version=4)


def restored(world, cast):
    return restore_action(world.action("A1"), expected_version=2, by=cast.officer, at=NOON)


def test_a_stale_withdrawal_is_refused(world, cast, action):
    amend_action(action, changes={"title": "New"}, expected_version=1, by=cast.officer, at=NOON)
    with pytest.raises(StaleWrite):
        withdraw(world.action("A1"), cast.officer, version=1)
    assert world.action("A1").withdrawn_at is None


def test_the_record_says_who_withdrew_and_restored_it(world, cast, action):
    withdraw(action, cast.reporter_a)
    restore_action(world.action("A1"), expected_version=2, by=cast.officer, at=NOON)

    acts = [(event.event, event.details) for event in history_of(action)]

    assert (EventName.ACTION_WITHDRAWN, {"on_behalf": False}) in acts
    assert (EventName.ACTION_RESTORED, {"on_behalf": True}) in acts


def test_nothing_else_is_done_with_a_withdrawn_action(world, cast, action):
    world.record(a_need(1))
    statement = action.statements.filter(field="title").get()
    gone = withdraw(action, cast.officer)
    common = {"by": cast.officer, "at": NOON}
    with pytest.raises(IllegalMove):
        amend_action(gone, changes={"title": "x"}, expected_version=2, **common)
    with pytest.raises(IllegalMove):
        choose_statement(statement, expected_version=2, **common)
    with pytest.raises(IllegalMove):
        confirm_action(gone, expected_version=2, by=cast.reporter_a, at=NOON)
    with pytest.raises(IllegalMove):
        confirm_link(action=gone, need=world.need("N1"), strength="direct", **common)
    with pytest.raises(IllegalMove):
        merge_actions(target=gone, merged=world.action("A2"), take=set(), reason="", **common)
    with pytest.raises(StaleWrite):
        place_action(gone, plan=world.plan, measure=None, **common)


def test_a_row_about_a_withdrawn_action_says_so_and_does_not_bring_it_back(world, cast, action):
    withdraw(action, cast.officer)
    row = an_action(1, "Training", summary="again")

    (outcome,) = preview_actions([row], framework=world.framework, source=SOURCE, actor=cast.officer)
    assert (outcome.state, outcome.is_withdrawn) == ("changed", True)
    (outcome,) = world.record(row)
    assert outcome.is_withdrawn

    assert world.action("A1").summary == "again"
    assert not actions_visible_to(cast.officer, world.framework).filter(pk=action.pk).exists()
