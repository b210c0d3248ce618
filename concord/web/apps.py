"""The web room as a Django app."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages for members and for the public."""

    name = "concord.web"
    label = "web"
