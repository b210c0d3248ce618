"""A split or a join is taken back: what returns, in which order, by whom."""

from datetime import date, timedelta

import pytest

from concord.analysis.models import Case, Finding, Regrouping
from concord.analysis.queries import (
    case_named,
    kept_by_hand,
    regroupings_of,
)
from concord.analysis.services import (
    answer_case,
    ask_sources,
    run,
    undo_regrouping,
)
from concord.audit.queries import history_of
from concord.kernel.errors import IllegalMove, NotFound, NotPermitted, StaleWrite
from tests.analysis.asked import tell_all
from tests.analysis.regrouped import BEFORE, LATER, case_of, finding_of, in_cases, join, split
from tests.analysis.world import World
from tests.cast import Cast


def test_a_split_is_undone_and_stays_in_the_history(square: Case, world: World, cast: Cast) -> None:
    act = split(square, cast.officer, world, "A4")

    undone = undo_regrouping(act, by=cast.lead_partner, at=LATER)

    assert in_cases(world) == BEFORE
    assert undone.undone_by == cast.lead_partner
    (told,) = regroupings_of(case_named(act.other.key, actor=cast.officer), actor=cast.officer)
    assert told.act == act
    assert not kept_by_hand(square)
    assert [row.event for row in history_of(square)].count("case-regrouping-undone") == 1
    run(world.plan, by=cast.officer, at=LATER)
    assert in_cases(world) == BEFORE


def test_a_join_is_undone_with_what_joined_it_since(square: Case, world: World, cast: Cast) -> None:
    """A5-A6 joins; then A6-A7 is found and A5-A7: theirs. A4-A7 is about neither."""
    other = case_of(world, "A5", "A6")
    act = join(square, other, cast.officer)
    world.finds("A1", "A7", score=0.9)
    world.finds("A2", "A7", score=0.9)
    world.finds("A3", "A7", score=0.9)
    world.finds("A4", "A7", score=0.9)
    world.finds("A5", "A7", score=0.9)
    run(world.plan, by=cast.officer, at=LATER + timedelta(hours=1))

    undo_regrouping(act, by=cast.officer, at=LATER + timedelta(hours=2))

    assert finding_of(world, "A5", "A6").case == other
    assert finding_of(world, "A1", "A7").case == square
    assert Finding.objects.filter(case=other).count() == 1


def test_the_later_act_is_undone_first(square: Case, world: World, cast: Cast) -> None:
    first = split(square, cast.officer, world, "A4")
    second = split(square, cast.second_officer, world, "A3")

    with pytest.raises(IllegalMove, match="split again later, by Second secretariat officer"):
        undo_regrouping(first, by=cast.officer, at=LATER)

    undo_regrouping(second, by=cast.officer, at=LATER)
    undo_regrouping(first, by=cast.officer, at=LATER)
    assert in_cases(world) == BEFORE


def test_a_later_act_about_what_one_may_not_see_is_not_named(square: Case, world: World, cast: Cast) -> None:
    first = split(square, cast.officer, world, "A4")
    second = split(square, cast.second_officer, world, "A3")
    Regrouping.objects.filter(pk=second.pk).update(pairs=[*second.pairs, ["0000HID1", "0000HID2"]])

    with pytest.raises(IllegalMove) as refused:
        undo_regrouping(first, by=cast.officer, at=LATER)

    assert str(refused.value) == (
        "One of the two cases was split or joined again later. That is undone first."
    )


def test_an_act_is_undone_once(square: Case, world: World, cast: Cast) -> None:
    act = split(square, cast.officer, world, "A4")
    undo_regrouping(act, by=cast.officer, at=LATER)

    with pytest.raises(StaleWrite):
        undo_regrouping(act, by=cast.officer, at=LATER)


def test_who_may_not_split_may_not_undo(square: Case, world: World, cast: Cast) -> None:
    act = split(square, cast.officer, world, "A4")

    with pytest.raises(NotFound):
        undo_regrouping(act, by=cast.reporter_b, at=LATER)
    tell_all(cast.officer)
    with pytest.raises(NotPermitted):
        undo_regrouping(act, by=cast.auditor, at=LATER)
    act.refresh_from_db()
    assert act.undone_at is None


def test_what_was_answered_in_a_split_case_keeps_its_answer_when_that_is_undone(
    square: Case, world: World, cast: Cast
) -> None:
    act = split(square, cast.officer, world, "A4")
    rows = Finding.objects.filter(case=act.other)
    read = {(f.key_a, f.key_b): f.version for f in rows}
    answer_case(act.other, answer="joined", read=read, by=cast.officer, at=LATER)

    undo_regrouping(act, by=cast.officer, at=LATER)

    told = case_named(square.key, actor=cast.officer, on=date(2019, 6, 5))
    assert (len(told.findings), len(told.waiting)) == (6, 3)


def test_an_undo_waits_while_sources_are_asked(square: Case, world: World, cast: Cast) -> None:
    act = split(square, cast.officer, world, "A4")
    until = (LATER + timedelta(days=5)).date()
    ask_sources(act.other, answers_until=until, by=cast.officer, at=LATER)

    with pytest.raises(IllegalMove, match="being asked"):
        undo_regrouping(act, by=cast.officer, at=LATER)
    act.refresh_from_db()
    assert act.undone_at is None
