"""Calls for input."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from concord.kernel.keys import new_key


class Call(models.Model):
    """An invitation to hand in rows for one plan until a day, included."""

    key = models.CharField(max_length=8, unique=True, default=new_key, editable=False)
    plan = models.ForeignKey("plan.Plan", models.PROTECT, related_name="calls")
    title = models.CharField(max_length=200)
    message = models.TextField(blank=True)
    opens_on = models.DateField()
    closes_on = models.DateField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-opens_on", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="call_has_title"),
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")), name="call_closes_after_it_opens"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def audit_ref(self) -> tuple[str, str]:
        """How the record names this call."""
        return ("call", self.key)
