"""The plan room as a Django app."""

from django.apps import AppConfig


class PlanConfig(AppConfig):
    """Frameworks, plans, needs, actions and the statements they rest on."""

    name = "concord.plan"
    label = "plan"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from concord.plan import listeners  # noqa: F401  (connects itself)
