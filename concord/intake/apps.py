"""The intake room as a Django app."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Calls, inputs, formats, checks and preview."""

    name = "concord.intake"
    label = "intake"

    def ready(self) -> None:
        """Registers the room's long work."""
        from concord.intake.jobs import register_kinds

        register_kinds()
