"""The work room as a Django app."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """Jobs and the worker."""

    name = "concord.work"
    label = "work"
    default_auto_field = "django.db.models.BigAutoField"
