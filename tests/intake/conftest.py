"""What the tests of the intake room share."""

import pytest

from tests.analysis.world import World, build_world
from tests.cast import Cast


@pytest.fixture
def world(cast: Cast) -> World:
    """A framework with two plans and no rows yet; the lead organisation of the cast is its secretariat."""
    return build_world(cast.lead_organisation)
