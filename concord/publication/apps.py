"""The publication room as a Django app."""

from django.apps import AppConfig


class PublicationConfig(AppConfig):
    """Editions, their exports, and the tables that public pages search."""

    name = "concord.publication"
    label = "publication"
    default_auto_field = "django.db.models.BigAutoField"
