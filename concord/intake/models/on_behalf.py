"""What an officer entered while talking to an organisation, and what the organisation objects."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.intake.models.calls import Call
from concord.kernel.keys import new_key


class OnBehalfEntry(models.Model):
    """One conversation in which an organisation told an officer how its actions stand.

    action_keys: the actions that it was about; they count as not yet confirmed, since their source
    said nothing in writing. spoken_with: the key of a contact, or empty; `note` in the officer's words.
    """

    class Means(models.TextChoices):
        TELEPHONE = "telephone", _("by telephone")
        VISIT = "visit", _("during a visit")
        MEETING = "meeting", _("in a meeting")
        LETTER = "letter", _("by letter or mail")

    key = models.CharField(max_length=8, unique=True, default=new_key, editable=False)
    framework = models.ForeignKey("plan.Framework", models.PROTECT, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    call = models.ForeignKey(Call, models.SET_NULL, null=True, blank=True, related_name="entries")
    input = models.ForeignKey("intake.Input", models.SET_NULL, null=True, blank=True, related_name="entries")
    means = models.CharField(max_length=10, choices=Means)
    contact_key = models.CharField(max_length=8, blank=True)
    spoken_on = models.DateField()
    note = models.TextField(blank=True)
    nothing_to_report = models.BooleanField(default=False)
    action_keys = models.JSONField(default=list)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["-entered_at", "-id"]

    def __str__(self) -> str:
        return f"entered for {self.organisation_id} on {self.spoken_on}"

    @property
    def audit_ref(self) -> tuple[str, str]:
        """How the record names this entry."""
        return ("entry", self.key)


class Objection(models.Model):
    """An organisation says that what was entered on its behalf is not right; open until answered."""

    key = models.CharField(max_length=8, unique=True, default=new_key, editable=False)
    entry = models.ForeignKey(OnBehalfEntry, models.CASCADE, related_name="objections")
    text = models.TextField()
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    reply = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-raised_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="objection_has_text"),
            models.CheckConstraint(
                condition=Q(reply="", answered_by=None, answered_at=None)
                | (~Q(reply="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="objection_answer_has_its_date",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def audit_ref(self) -> tuple[str, str]:
        """How the record names this objection."""
        return ("objection", self.key)
