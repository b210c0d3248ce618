"""The one place where the time of day comes from."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present instant, aware, in UTC. Services take it as `at=`; only front doors call this."""
    return datetime.now(UTC)
