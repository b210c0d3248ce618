"""A later run of the analysis keeps what people split and joined."""

from collections.abc import Callable

import pytest

from concord.accounts.rules import Marking
from concord.analysis.models import Case
from concord.analysis.services import (
    rerun_action,
    run,
)
from concord.analysis.services.cases import _Row, _with_room
from concord.plan.models import Action
from concord.plan.services import amend_action
from tests.analysis.regrouped import (
    LATER,
    WITHOUT_A4,
    case_of,
    in_cases,
    join,
    split,
)
from tests.analysis.world import World, an_action
from tests.cast import Cast


def again(world: World, cast: Cast) -> None:
    run(world.plan, by=cast.officer, at=LATER)


def one_action(world: World, cast: Cast) -> None:
    rerun_action(world.action("A4"), by=cast.officer, at=LATER)


def imported_again(world: World, cast: Cast) -> None:
    world.record(*(an_action(number, end="2039") for number in range(1, 8)), at=LATER)
    run(world.plan, by=cast.officer, at=LATER)


def changed(world: World, cast: Cast) -> None:
    action = world.action("A4")
    changes = {"summary": "Said in other words"}
    amend_action(action, changes=changes, expected_version=action.version, by=cast.officer, at=LATER)
    run(world.plan, by=cast.officer, at=LATER)


def gone_and_back(world: World, cast: Cast) -> None:
    before = list(world.pairs)
    world.pairs.clear()
    run(world.plan, by=cast.officer, at=LATER)
    world.pairs.extend(before)
    run(world.plan, by=cast.officer, at=LATER)


def another_kind_and_back(world: World, cast: Cast) -> None:
    before = list(world.pairs)
    for other in ("A1", "A2", "A3"):
        world.finds(other, "A4", "duplicate", 0.9)
    world.finds("A1", "A5", "duplicate", 0.9)
    run(world.plan, by=cast.officer, at=LATER)
    world.pairs[:] = before
    run(world.plan, by=cast.officer, at=LATER)


def hidden_and_back(world: World, cast: Cast) -> None:
    Action.objects.filter(own_id__in=["A4", "A5"]).update(marking=Marking.AMBER)
    run(world.plan, by=cast.officer, at=LATER)
    Action.objects.filter(own_id__in=["A4", "A5"]).update(marking=Marking.CLEAR)
    run(world.plan, by=cast.officer, at=LATER)


RUNS = [again, imported_again, changed, gone_and_back, another_kind_and_back, hidden_and_back]
Runs = Callable[[World, Cast], None]


@pytest.mark.parametrize("runs", RUNS)
def test_a_split_stays_split(square: Case, world: World, cast: Cast, runs: Runs) -> None:
    split(square, cast.officer, world, "A4")

    runs(world, cast)

    assert in_cases(world) == WITHOUT_A4


@pytest.mark.parametrize("runs", RUNS)
def test_a_joined_case_stays_joined(square: Case, world: World, cast: Cast, runs: Runs) -> None:
    join(square, case_of(world, "A1", "A5"), cast.officer)

    runs(world, cast)

    assert in_cases(world) == ["A1A2 A1A3 A1A4 A1A5 A2A3 A2A4 A3A4", "A5A6"]


def test_what_is_new_about_the_action_that_left_joins_its_own_case(
    square: Case, world: World, cast: Cast
) -> None:
    """A7 is found related to all four: three of its pairs join the old case, that with A4 the new one."""
    split(square, cast.officer, world, "A4")
    for own_id in ("A1", "A2", "A3", "A4"):
        world.finds(own_id, "A7", score=0.9)

    again(world, cast)

    assert in_cases(world) == ["A1A2 A1A3 A1A7 A2A3 A2A7 A3A7", "A1A4 A2A4 A3A4 A4A7", "A1A5", "A5A6"]


def test_a_case_that_grew_meanwhile_has_no_room_for_what_returns() -> None:
    """Case 5 holds seven actions: of two pairs that return with a newcomer each the stronger finds room."""
    held = [_row(number, f"K{number}", f"K{number + 1}", case=5) for number in range(1, 7)]
    back = [_row(8, "K1", "X1", score=0.6), _row(9, "K1", "X2", score=0.9)]

    assert _with_room({8: 5, 9: 5}, [*held, *back], {8, 9}) == {9: 5}


def _row(pk: int, key_a: str, key_b: str, *, case: int | None = None, score: float = 0.8) -> _Row:
    return _Row(pk, key_a, key_b, "overlap", score, case, "overlap" if case else "", 1, 2, False, False)
