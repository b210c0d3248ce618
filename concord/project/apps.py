"""The project as a Django app: it has no tables, it only brings its start-up checks."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Registers the checks that refuse unsafe engines and settings."""

    name = "concord.project"
    label = "project"

    def ready(self) -> None:
        """Import the checks, which register themselves."""
        from concord.project import checks  # noqa: F401
