"""Needs, whose they are, where they stand, and which actions answer them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.accounts.rules import Marking
from concord.kernel.keys import new_key


class Need(models.Model):
    """What beneficiaries lack. Its identity is its own id within the framework.

    `stated_on` is EDTF (mostly a year), or empty where its document names none; the need
    counts from then until its beneficiary closes it. Written by plan.services alone, like an
    action: the columns hold the chosen statements.
    """

    class Kind(models.TextChoices):
        LEGISLATIVE = "legislative", _("legislative")
        INSTITUTIONAL = "institutional", _("institutional")
        OPERATIONAL = "operational", _("operational")

    key = models.CharField(max_length=8, unique=True, default=new_key, editable=False)
    framework = models.ForeignKey("plan.Framework", models.PROTECT, related_name="needs")
    pillar = models.ForeignKey("plan.Pillar", models.PROTECT, null=True, blank=True, related_name="needs")
    own_id = models.CharField(max_length=200, blank=True)
    entered_for = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=14, choices=Kind, blank=True)
    approach = models.CharField(max_length=20, blank=True)
    statement = models.TextField()
    priority = models.CharField(max_length=40, blank=True)
    reference = models.CharField(max_length=400, blank=True)
    stated_on = models.CharField(max_length=10, blank=True)
    stated_earliest = models.DateField(null=True, blank=True)
    source_url = models.CharField(max_length=500, blank=True)
    notes = models.TextField(blank=True)
    marking = models.CharField(max_length=12, choices=Marking, default=Marking.CLEAR)
    last_confirmed_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["own_id", "key"]
        constraints = [
            models.CheckConstraint(condition=~Q(statement=""), name="need_has_statement"),
            models.UniqueConstraint(
                fields=["framework", "own_id"], condition=~Q(own_id=""), name="need_identity_once"
            ),
        ]

    def __str__(self) -> str:
        return self.statement

    @property
    def audit_ref(self) -> tuple[str, str]:
        """How the record names this need."""
        return ("need", self.key)


class NeedBeneficiary(models.Model):
    """One beneficiary's side of a need. Only that beneficiary says whether it is met."""

    class State(models.TextChoices):
        NOT_CLEARED = "not cleared", _("not cleared")
        OPEN = "open", _("open")
        MET = "met", _("met")
        CLOSED = "closed", _("closed")

    need = models.ForeignKey(Need, models.CASCADE, related_name="beneficiary_rows")
    code = models.CharField(max_length=2)
    state = models.CharField(max_length=12, choices=State, default=State.NOT_CLEARED)
    stated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    stated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["need", "code"], name="need_beneficiary_once"),
            models.CheckConstraint(
                condition=Q(state="not cleared", stated_at=None)
                | (~Q(state="not cleared") & Q(stated_at__isnull=False)),
                name="need_state_has_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.get_state_display()}"


class NeedTopic(models.Model):
    """A topic of the need."""

    need = models.ForeignKey(Need, models.CASCADE, related_name="topic_rows")
    code = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["need", "code"], name="need_topic_once")]

    def __str__(self) -> str:
        return self.code


class NeedPlacement(models.Model):
    """A need's place in a plan; the main one without measure means "not yet placed"."""

    class PlacedBy(models.TextChoices):
        RULE = "rule", _("by topics")
        FILE = "file", _("by the plan its file was handed in for")
        PERSON = "person", _("by a person")

    need = models.ForeignKey(Need, models.CASCADE, related_name="placements")
    plan = models.ForeignKey("plan.Plan", models.PROTECT, related_name="need_placements")
    measure = models.ForeignKey(
        "plan.Measure", models.PROTECT, null=True, blank=True, related_name="need_placements"
    )
    is_main = models.BooleanField(default=True)
    placed_by = models.CharField(max_length=8, choices=PlacedBy, default=PlacedBy.RULE)

    class Meta:
        ordering = ["plan", "measure__order", "need"]
        constraints = [
            models.UniqueConstraint(
                fields=["need", "plan"], condition=Q(is_main=True), name="need_placement_one_main_measure"
            ),
            models.UniqueConstraint(fields=["need", "plan", "measure"], name="need_placement_measure_once"),
            models.CheckConstraint(
                condition=Q(is_main=True) | Q(measure__isnull=False), name="need_placement_link_has_measure"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.need_id} in {self.plan_id}"


class NeedLink(models.Model):
    """A person's confirmation that an action answers a need, directly or partly."""

    class Strength(models.TextChoices):
        DIRECT = "direct", _("directly")
        PARTLY = "partly", _("partly")

    need = models.ForeignKey(Need, models.CASCADE, related_name="links")
    action = models.ForeignKey("plan.Action", models.CASCADE, related_name="need_links")
    strength = models.CharField(max_length=8, choices=Strength)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()
    via_merge = models.ForeignKey(
        "plan.Merge", models.CASCADE, null=True, blank=True, related_name="need_links"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["need", "action"], name="need_link_once")]

    def __str__(self) -> str:
        return f"{self.action_id} answers {self.need_id} {self.get_strength_display()}"
