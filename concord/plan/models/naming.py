"""What people said about names as written that nobody had identified."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from concord.kernel.keys import new_key


class NameAnswer(models.Model):
    """One name as written, answered: it means an organisation, or it names none and stays as written.

    only_in: the one file in which the answer holds, "" holds everywhere. learnt: the primary keys of
    the aliases that the register learnt with it. adds_organisation: the body was added by this answer.
    Rows are never deleted: an answer taken back says when.
    """

    key = models.CharField(max_length=8, unique=True, default=new_key, editable=False)
    text = models.CharField(max_length=300)
    folded = models.CharField(max_length=400)
    only_in = models.CharField(max_length=200, blank=True)
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    learnt = models.JSONField(default=list)
    adds_organisation = models.BooleanField(default=False)
    restricted = models.BooleanField(default=False)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["folded", "only_in"], condition=Q(undone_at=None), name="name_answered_once"
            ),
            models.CheckConstraint(
                condition=Q(undone_by=None, undone_at=None)
                | Q(undone_by__isnull=False, undone_at__isnull=False),
                name="name_answer_undo_has_date",
            ),
        ]

    def __str__(self) -> str:
        return f"“{self.text}” is {self.organisation or 'kept as written'}"

    @property
    def audit_ref(self) -> tuple[str, str]:
        """How the record names this answer."""
        return ("name-answer", self.key)


class CarriedReporter(models.Model):
    """An action whose reporter an answer identified: what its identity was before."""

    answer = models.ForeignKey(NameAnswer, models.CASCADE, related_name="carried")
    action = models.ForeignKey("plan.Action", models.CASCADE, related_name="+")
    was_reported_by = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    as_written = models.CharField(max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["answer", "action"], name="carried_reporter_once")]

    def __str__(self) -> str:
        return f"{self.action_id} was reported by “{self.as_written}”"
