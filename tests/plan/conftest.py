"""What the tests of the plan room share: a framework with a plan and its successor."""

import pytest

from tests.analysis.world import World, build_world
from tests.cast import Cast


@pytest.fixture
def world(cast: Cast) -> World:
    """A plan without rows, served by the standing cast's lead organisation as its secretariat."""
    return build_world(cast.lead_organisation)
