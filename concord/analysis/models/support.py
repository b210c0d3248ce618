"""Proposals of which action answers which need."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from concord.analysis.models.findings import Run
from concord.kernel.keys import new_key


class CoverageProposal(models.Model):
    """That an action may answer a need, as analysis proposes. A confirmed one is plan's NeedLink.

    A refusal is remembered by content: `refused_digest` is the fingerprint then, and a refused
    proposal stays away until need or action say something else.
    """

    key = models.CharField(max_length=8, unique=True, default=new_key, editable=False)
    framework = models.ForeignKey("plan.Framework", models.PROTECT, related_name="+")
    need = models.ForeignKey("plan.Need", models.CASCADE, related_name="proposals")
    action = models.ForeignKey("plan.Action", models.CASCADE, related_name="proposals")
    score = models.FloatField()
    evidence = models.TextField()
    terms = models.JSONField(default=list)
    fingerprint = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    is_live = models.BooleanField(default=True)
    run = models.ForeignKey(Run, models.PROTECT, related_name="+")
    refused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    refused_at = models.DateTimeField(null=True, blank=True)
    refused_reason = models.TextField(blank=True)
    refused_digest = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["need", "-score", "action"]
        constraints = [
            models.UniqueConstraint(fields=["need", "action"], name="proposal_once"),
            models.CheckConstraint(
                condition=Q(score__gte=0.0) & Q(score__lte=1.0), name="proposal_score_is_probability"
            ),
            models.CheckConstraint(
                condition=Q(refused_by=None, refused_at=None, refused_digest="")
                | (Q(refused_by__isnull=False, refused_at__isnull=False) & ~Q(refused_digest="")),
                name="proposal_refusal_has_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action_id} may answer {self.need_id}"

    @property
    def audit_ref(self) -> tuple[str, str]:
        """How the record names this proposal."""
        return ("proposal", self.key)
