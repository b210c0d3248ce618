"""What the tests of governance share: a small plan with one draft."""

import pytest

from concord.plan.models import PlanVersion
from concord.plan.services import freeze
from tests.analysis.world import World, an_action, build_world
from tests.cast import Cast
from tests.factories import NOON


@pytest.fixture
def world(cast: Cast) -> World:
    """A plan with one action."""
    made = build_world(cast.lead_organisation)
    made.record(an_action(1, "Training on firearms"))
    return made


@pytest.fixture
def draft(world: World, cast: Cast) -> PlanVersion:
    """Draft 1 of the plan."""
    return freeze(world.plan, by=cast.officer, at=NOON)
