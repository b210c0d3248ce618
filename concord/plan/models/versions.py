"""Frozen texts of a plan."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class PlanVersion(models.Model):
    """An immutable text of a plan as its members saw it when it was frozen.

    `document` is canonical JSON (RFC 8785), stored as bytes and never re-serialised. Drafts
    count d1, d2, ...; `number` is given when the edition made from an endorsed version is
    published, and has no gap. The commitment is HMAC-SHA256 over the previous version's
    commitment and the document, keyed with a random 256-bit salt: it can be published, while
    a plain hash over restricted text could be guessed.
    """

    plan = models.ForeignKey("plan.Plan", models.PROTECT, related_name="versions")
    draft_number = models.PositiveIntegerField()
    number = models.PositiveIntegerField(null=True, blank=True)
    label = models.CharField(max_length=200, blank=True)
    document = models.BinaryField()
    salt = models.BinaryField(max_length=32)
    commitment = models.CharField(max_length=64)
    previous_commitment = models.CharField(max_length=64, blank=True)
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    frozen_at = models.DateTimeField()

    class Meta:
        ordering = ["plan", "draft_number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "draft_number"], name="version_draft_number_once"),
            models.UniqueConstraint(
                fields=["plan", "number"], condition=Q(number__isnull=False), name="version_number_once"
            ),
            models.CheckConstraint(condition=Q(draft_number__gte=1), name="version_drafts_count_from_one"),
            models.CheckConstraint(
                condition=Q(number=None) | Q(number__gte=1), name="version_numbers_count_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number}" if self.number else f"draft {self.draft_number}"

    @property
    def ref(self) -> str:
        """`d3` for a draft, `2` for the endorsed version whose edition is number 2."""
        return str(self.number) if self.number else f"d{self.draft_number}"

    @property
    def audit_ref(self) -> tuple[str, str]:
        """How the record names this version; the draft number never changes."""
        return ("version", f"{self.plan.ref}/d{self.draft_number}")
