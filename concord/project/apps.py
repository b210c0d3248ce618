"""The project as a Django app: it has no tables, it only brings its start-up checks."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Registers the checks that refuse unsafe engines and settings, and what happens at sign-in."""

    name = "concord.project"
    label = "project"

    def ready(self) -> None:
        """Import what registers itself: it must listen before the first request loads the middleware."""
        from concord.project import checks, sessions  # noqa: F401
