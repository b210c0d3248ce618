"""The world that the tests of analysis share: a plan, and an engine that finds what a test says."""

from typing import Any

import pytest

from concord.analysis import engines
from tests.analysis.world import World, build_world
from tests.cast import Cast


@pytest.fixture
def world(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> World:
    """A plan without rows; the engine finds nothing until `world.finds` or `world.covers` is called.

    What the engine finds is the engine's business and changes as it learns; what becomes of it is
    tested here.
    """
    built = build_world(cast.lead_organisation)
    let_the_engine_find(built, monkeypatch)
    return built


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
