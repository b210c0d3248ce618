"""Merging two records of one action, and taking it back without a trace."""

import pytest

from concord.accounts.services import operator
from concord.audit.events import EventName
from concord.audit.queries import history_of
from concord.kernel.canonical import canonical_bytes
from concord.kernel.errors import BadInput, IllegalMove, NotPermitted, StaleWrite
from concord.plan.documents import document_of
from concord.plan.models import Action, Merge
from concord.plan.queries import actions_in, needs_in
from concord.plan.services import amend_action, confirm_link, merge_actions, undo_merge
from tests.analysis.world import World, a_need, an_action
from tests.factories import NOON


@pytest.fixture
def pair(world: World) -> tuple[Action, Action]:
    """The donor's and the implementer's record of one action, with other dates and money."""
    world.record(
        an_action(1, "Police training", start="2018", funding=("100", "EUR")),
        an_action(
            2,
            "Training of the police",
            start="2018-03",
            end="2020",
            funding=("120", "EUR"),
            reporter="Implementer C",
        ),
        a_need(1),
    )
    return world.action("A1"), world.action("A2")


def text(world: World) -> bytes:
    return canonical_bytes(document_of(world.plan, actor=operator()))


def merge(pair, cast, take=("start", "end", "funding"), by=None) -> Merge:
    target, merged = (Action.objects.get(pk=action.pk) for action in pair)
    return merge_actions(
        target=target, merged=merged, take=set(take), reason="same work", by=by or cast.officer, at=NOON
    )


def test_a_merge_takes_the_fields_picked_and_leaves_a_tombstone(world, cast, pair):
    merge(pair, cast)

    target, merged = world.action("A1"), world.action("A2")
    assert (target.title, target.start, target.end) == ("Police training", "2018-03", "2020")
    assert str(target.funding_lines.get().amount) == "120.00"
    assert merged.merged_into == target
    assert list(actions_in(world.plan, actor=cast.officer)) == [target]
    assert target.statements.filter(field="start").count() == 2  # both statements, one chosen


def test_merge_and_undo_leave_the_same_bytes(world, cast, pair):
    confirm_link(action=pair[1], need=world.need("N1"), strength="direct", by=cast.officer, at=NOON)
    before = text(world)

    made = merge(pair, cast, take=("title", "start", "end", "funding", "participations", "topics"))
    assert text(world) != before
    assert world.action("A1").need_links.count() == 1
    undo_merge(made, by=cast.officer, at=NOON)

    assert text(world) == before
    assert world.action("A1").need_links.count() == 0


def test_a_resent_row_of_the_merged_record_goes_to_the_target_and_back_on_undo(world, cast, pair):
    made = merge(pair, cast)

    [outcome] = world.record(
        an_action(
            2,
            "Training of the police",
            summary="New words",
            reporter="Implementer C",
            start="2018-03",
            end="2020",
            funding=("120", "EUR"),
        )
    )
    target = world.action("A1")
    assert (outcome.key, outcome.state, target.summary) == (target.key, "conflict", "")
    undo_merge(made, by=cast.officer, at=NOON)

    assert world.action("A2").summary == "New words"
    assert world.action("A1").summary == ""
    assert not world.action("A1").statements.filter(field="summary").exists()


def test_a_field_amended_after_the_merge_keeps_the_persons_value_on_undo(world, cast, pair):
    made = merge(pair, cast)
    target = world.action("A1")
    amend_action(target, changes={"end": "2021"}, expected_version=target.version, by=cast.officer, at=NOON)

    undo_merge(made, by=cast.officer, at=NOON)

    assert (world.action("A1").end, world.action("A1").start) == ("2021", "2018")


def test_a_chain_of_merges_is_undone_from_its_end(world, cast, pair):
    world.record(an_action(3, "A third"))
    first = merge(pair, cast)
    second = merge((world.action("A3"), world.action("A1")), cast, take=("title",))

    with pytest.raises(IllegalMove, match="later merge"):
        undo_merge(first, by=cast.officer, at=NOON)
    undo_merge(second, by=cast.officer, at=NOON)
    undo_merge(Merge.objects.get(pk=first.pk), by=cast.officer, at=NOON)
    assert Action.objects.filter(merged_into=None).count() == 3


def test_undoing_twice_is_refused(world, cast, pair):
    made = merge(pair, cast)
    undo_merge(made, by=cast.officer, at=NOON)
    with pytest.raises(IllegalMove):
        undo_merge(Merge.objects.get(pk=made.pk), by=cast.officer, at=NOON)


@pytest.mark.parametrize(
    "who", ["reporter_a", "viewer_a", "coordinator", "board_member", "auditor", "anonymous"]
)
def test_who_may_not_merge_is_refused_and_both_records_stand(world, cast, pair, who):
    with pytest.raises(NotPermitted):
        merge(pair, cast, by=getattr(cast, who))
    assert actions_in(world.plan, actor=cast.officer).count() == 2


def test_a_merge_of_a_stale_record_changes_nothing(world, cast, pair):
    Action.objects.filter(pk=pair[0].pk).update(version=7)
    with pytest.raises(StaleWrite):
        merge_actions(target=pair[0], merged=pair[1], take=set(), reason="", by=cast.officer, at=NOON)
    assert not Merge.objects.exists()
    assert world.action("A2").merged_into is None


def test_impossible_merges_are_refused(world, cast, pair):
    with pytest.raises(BadInput):
        merge((pair[0], pair[0]), cast)
    with pytest.raises(BadInput, match="no field"):
        merge(pair, cast, take=("colour",))
    merge(pair, cast)
    world.record(an_action(3))
    with pytest.raises(IllegalMove):
        merge((world.action("A3"), world.action("A2")), cast)


def test_a_period_that_would_end_before_it_starts_is_refused(world, cast):
    world.record(an_action(1, start="2018", end="2018"), an_action(2, start="2019", end="2020"))
    with pytest.raises(BadInput, match="before the start"):
        merge((world.action("A1"), world.action("A2")), cast, take=("start",))
    assert world.action("A1").start == "2018"
    assert world.action("A2").merged_into is None


def test_a_merge_and_its_undo_are_on_record(world, cast, pair):
    made = merge(pair, cast)
    undo_merge(made, by=cast.officer, at=NOON)
    names = [event.event for event in history_of(world.action("A1"))]
    assert names == [EventName.ACTIONS_MERGED, EventName.MERGE_UNDONE]


def test_the_target_stands_where_only_the_merged_record_stood(world, cast):
    world.record(an_action(1, start="2018", end="2018"), an_action(2, start="2022", end="2023"))
    made = merge((world.action("A1"), world.action("A2")), cast, take=())
    refs = {place.plan.ref for place in world.action("A1").placements.all()}
    assert refs == {world.plan.ref, world.successor.ref}
    undo_merge(made, by=cast.officer, at=NOON)
    assert {place.plan.ref for place in world.action("A1").placements.all()} == {world.plan.ref}
    assert needs_in(world.plan, actor=cast.officer).count() == 0


def test_nothing_is_taken_from_a_record_that_is_marked_more_strictly(world, cast, pair):
    Action.objects.filter(pk=pair[1].pk).update(marking="amber")
    with pytest.raises(BadInput, match="more strictly"):
        merge(pair, cast)
    assert world.action("A1").start == "2018"
    assert world.action("A2").merged_into is None
