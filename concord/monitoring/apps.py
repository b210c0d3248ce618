"""The monitoring room as a Django app."""

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    """Yearly updates, indicators and what is late."""

    name = "concord.monitoring"
    label = "monitoring"
