"""What the tests of whole installations share."""

from pathlib import Path

import pytest

from tests.commands.installation import Installation, loaded_demonstration


@pytest.fixture(scope="session")
def demonstration() -> Installation:
    """The loaded demonstration, for reading only."""
    return loaded_demonstration()


@pytest.fixture
def own(demonstration: Installation, tmp_path: Path) -> Installation:
    """The loaded demonstration in a folder of the test's own, to change."""
    return demonstration.copy(tmp_path / "data")
