"""The analysis room as a Django app."""

from django.apps import AppConfig


class AnalysisConfig(AppConfig):
    """Runs, findings, people's assessments of them, and proposals of which action answers which need."""

    name = "concord.analysis"
    label = "analysis"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Registers the room's long work."""
        from concord.analysis import listeners  # noqa: F401  (connects itself)
        from concord.analysis.jobs import register_kinds

        register_kinds()
