"""How a source's sheets are read: what somebody said of their columns once, and recognised next time."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class RememberedLayout(models.Model):
    """What a person said of a sheet with these headings, for one organisation or one column of reporters.

    `signature` tells the sheet by its headings, whatever their order; `headings` are the same for reading;
    `layout` is one sheet's document (intake.layouts). One that was forgotten stays, with its date. Written
    by intake.services alone.
    """

    framework = models.ForeignKey("plan.Framework", models.PROTECT, related_name="remembered_layouts")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="remembered_layouts"
    )
    org_column = models.CharField(max_length=200, blank=True)
    signature = models.CharField(max_length=64)
    headings = models.JSONField(default=list)
    layout = models.JSONField(default=dict)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()
    forgotten_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-saved_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=False, org_column="")
                | (Q(organisation=None) & ~Q(org_column="")),
                name="layout_of_one_organisation_or_a_column",
            ),
            models.UniqueConstraint(
                fields=["framework", "organisation", "signature"],
                condition=Q(forgotten_at=None, organisation__isnull=False),
                name="layout_once_per_organisation",
            ),
            models.UniqueConstraint(
                fields=["framework", "org_column", "signature"],
                condition=Q(forgotten_at=None, organisation=None),
                name="layout_once_per_column",
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(self.headings[:3])

    @property
    def audit_ref(self) -> tuple[str, str]:
        """How the record names it: by its number, never by its headings."""
        return ("layout", str(self.pk))
