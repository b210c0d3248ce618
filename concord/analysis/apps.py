"""The analysis room as a Django app."""

from django.apps import AppConfig


class AnalysisConfig(AppConfig):
    """Runs, findings, people's assessments of them, and proposals of which action answers which need."""

    name = "concord.analysis"
    label = "analysis"
    default_auto_field = "django.db.models.BigAutoField"
