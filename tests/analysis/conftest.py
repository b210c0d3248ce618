"""The world that the tests of analysis share: a plan, and an engine that finds what a test says."""

from typing import Any

import pytest

from concord.analysis import engines
from concord.analysis.models import Case, Finding
from concord.analysis.services import run
from tests.analysis.regrouped import case_of
from tests.analysis.world import World, an_action, build_world
from tests.cast import Cast
from tests.factories import NOON


@pytest.fixture
def world(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> World:
    """A plan without rows; the engine finds nothing until `world.finds` or `world.covers` is called.

    What the engine finds is the engine's business and changes as it learns; what becomes of it is
    tested here.
    """
    built = build_world(cast.lead_organisation)
    let_the_engine_find(built, monkeypatch)
    return built


@pytest.fixture
def finding(world: World, cast: Cast) -> Finding:
    """A possible double entry of A1 and A2 in the plan, not answered yet."""
    world.record(an_action(1, funding=("300", "EUR")), an_action(2, "Another title", start="2019"))
    world.finds("A1", "A2", "duplicate")
    run(world.plan, by=cast.officer, at=NOON)
    return Finding.objects.get()


def let_the_engine_find(built: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the engine finds what the world says, and nothing else."""

    def relate(snapshot: Any, **_: Any) -> list[engines.Pair]:
        compared = snapshot.actions.keys()
        return [
            pair
            for pair in built.pairs
            if {pair.key_a, pair.key_b} <= compared
            and not snapshot.subjects.isdisjoint({pair.key_a, pair.key_b})
        ]

    def cover(snapshot: Any, **_: Any) -> list[engines.Support]:
        return [
            row
            for row in built.support
            if row.need_key in snapshot.needs and row.action_key in snapshot.actions
        ]

    monkeypatch.setattr(engines, "relate", relate)
    monkeypatch.setattr(engines, "cover", cover)


@pytest.fixture
def square(world: World, cast: Cast) -> Case:
    """Six overlaps among A1 to A4, one case; A5 overlaps with A6 and A1 alone: two more."""
    world.record(*(an_action(number, end="2039") for number in range(1, 8)))
    for one in range(1, 5):
        for other in range(one + 1, 5):
            world.finds(f"A{one}", f"A{other}")
    world.finds("A5", "A6")
    world.finds("A1", "A5", score=0.7)
    run(world.plan, by=cast.officer, at=NOON)
    return case_of(world, "A1", "A2")
