"""What the tests of pages share."""

from tests.analysis.conftest import world  # noqa: F401  (the small plan of the tests of analysis)
