"""Meetings, decisions, and how each frozen text stands."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.kernel.keys import new_key


class Meeting(models.Model):
    """A meeting of the Board (or of another body) of a framework. Written by governance.services alone."""

    key = models.CharField(max_length=8, unique=True, default=new_key, editable=False)
    framework = models.ForeignKey("plan.Framework", models.PROTECT, related_name="meetings")
    title = models.CharField(max_length=200)
    held_on = models.DateField()
    place = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["held_on", "id"]
        constraints = [models.CheckConstraint(condition=~Q(title=""), name="meeting_has_title")]

    def __str__(self) -> str:
        return self.title

    @property
    def audit_ref(self) -> tuple[str, str]:
        """How the record names this meeting."""
        return ("meeting", self.key)


class AgendaItem(models.Model):
    """One point of a meeting's agenda; `version` is the text submitted to it, where there is one."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="agenda")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=300)
    version = models.ForeignKey(
        "plan.PlanVersion", models.PROTECT, null=True, blank=True, related_name="agenda_items"
    )

    class Meta:
        ordering = ["meeting", "number"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="agenda_number_once"),
            models.UniqueConstraint(fields=["meeting", "version"], name="agenda_version_once_a_meeting"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


class Decision(models.Model):
    """What a Board decided, with its conditions verbatim. Rows never change and are never deleted.

    `is_rehearsal`: it was made for trying or for showing; no Board took it.
    """

    class Kind(models.TextChoices):
        ENDORSE = "endorse", _("endorse")
        ADOPT = "adopt", _("adopt")
        APPROVE = "approve", _("approve")
        TAKE_NOTE = "take note", _("take note")
        APPOINT = "appoint", _("appoint")
        ADMIT = "admit", _("admit")
        ADJUST = "adjust", _("adjust")
        WITHDRAW = "withdraw", _("withdraw")

    key = models.CharField(max_length=8, unique=True, default=new_key, editable=False)
    framework = models.ForeignKey("plan.Framework", models.PROTECT, related_name="decisions")
    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, blank=True, related_name="decisions")
    kind = models.CharField(max_length=10, choices=Kind)
    number = models.CharField(max_length=80)
    decided_on = models.DateField()
    place = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    conditions = models.TextField(blank=True)
    is_rehearsal = models.BooleanField(default=False)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["decided_on", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(number=""), name="decision_has_number"),
            models.CheckConstraint(condition=~Q(text=""), name="decision_has_text"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.number} of {self.decided_on:%d %B %Y}"

    @property
    def audit_ref(self) -> tuple[str, str]:
        """How the record names this decision."""
        return ("decision", self.key)


class DecisionText(models.Model):
    """A text that a decision concerns: exactly that version, by its commitment as it was then.

    `makes_endorsed` is set where the decision made it the endorsed text: once per version.
    """

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="texts")
    version = models.ForeignKey("plan.PlanVersion", models.PROTECT, related_name="decision_texts")
    commitment = models.CharField(max_length=64)
    makes_endorsed = models.BooleanField(default=False)

    class Meta:
        ordering = ["decision", "id"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "version"], name="decision_text_once"),
            models.UniqueConstraint(
                fields=["version"], condition=Q(makes_endorsed=True), name="version_endorsed_once"
            ),
            models.CheckConstraint(condition=~Q(commitment=""), name="decision_text_has_commitment"),
        ]

    def __str__(self) -> str:
        return f"{self.decision} on {self.version}"


class Standing(models.Model):
    """How a frozen text stands. No row: frozen and no more. Moved by compare-and-set."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("submitted to the Board")
        ENDORSED = "endorsed", _("endorsed")
        WITHDRAWN = "withdrawn", _("withdrawn")

    version = models.OneToOneField("plan.PlanVersion", models.PROTECT, related_name="standing")
    state = models.CharField(max_length=10, choices=State)
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, blank=True, related_name="standings")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(state="submitted") & Q(decision=None))
                | (~Q(state="submitted") & Q(decision__isnull=False)),
                name="standing_rests_on_decision",
            )
        ]

    def __str__(self) -> str:
        return f"{self.version}: {self.get_state_display()}"


class Comment(models.Model):
    """What a member says about a frozen text, before the Board. Never public."""

    key = models.CharField(max_length=8, unique=True, default=new_key, editable=False)
    version = models.ForeignKey("plan.PlanVersion", models.PROTECT, related_name="comments")
    about_key = models.CharField(max_length=8, blank=True)
    text = models.TextField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["made_at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="comment_has_text")]

    def __str__(self) -> str:
        return f"comment {self.key}"

    @property
    def audit_ref(self) -> tuple[str, str]:
        """How the record names this comment."""
        return ("comment", self.key)


class Adjustment(models.Model):
    """A proposed change to a plan in force, and what became of it."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    key = models.CharField(max_length=8, unique=True, default=new_key, editable=False)
    plan = models.ForeignKey("plan.Plan", models.PROTECT, related_name="adjustments")
    about_key = models.CharField(max_length=8, blank=True)
    proposal = models.TextField()
    reason = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, blank=True, related_name="adjustments")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["proposed_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(proposal=""), name="adjustment_has_proposal"),
            models.CheckConstraint(
                condition=(Q(state="proposed") & Q(settled_at=None))
                | (~Q(state="proposed") & Q(settled_at__isnull=False)),
                name="adjustment_settled_has_date",
            ),
        ]

    def __str__(self) -> str:
        return f"adjustment {self.key}: {self.get_state_display()}"

    @property
    def audit_ref(self) -> tuple[str, str]:
        """How the record names this adjustment."""
        return ("adjustment", self.key)
