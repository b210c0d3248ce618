"""The publication room as a Django app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PublicationConfig(AppConfig):
    """Editions, their exports, and the tables that public pages search."""

    name = "concord.publication"
    label = "publication"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listens for upgrades."""
        from concord.publication.listeners import finish_after_upgrade

        post_migrate.connect(finish_after_upgrade, sender=self, dispatch_uid="finish editions")
