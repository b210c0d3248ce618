"""The governance room as a Django app."""

from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    """Meetings, decisions and the standing of each frozen text."""

    name = "concord.governance"
    label = "governance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listens to what other rooms tell."""
        from concord.governance import listeners  # noqa: F401  (connects itself)
