"""The record of acts."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "concord.audit"
    label = "audit"
    verbose_name = "Record of acts"
    default_auto_field = "django.db.models.BigAutoField"
