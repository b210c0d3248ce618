"""Inputs: the files that were handed in, and each time that their rows were applied."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.intake.models.calls import Call
from concord.intake.rules import STATES
from concord.kernel.keys import new_key


class Input(models.Model):
    """One file that was handed in, with its bytes, for a framework or for one plan of it.

    It names whose rows they are: one organisation, or the heading of a column that says so row by
    row. `on_behalf` is true where the person who handed it in does not report for that
    organisation. `key` is the receipt, permanent. A file above the page's limit has no `content`: its
    bytes lie beside the database (kept_files.py). `counts` are those of its rows and problems as they
    were kept last; `layout` is what people said of its sheets and columns. Written by intake.services
    alone.
    """

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        CHECKED = "checked", _("checked")
        APPLIED = "applied", _("applied")
        WITHDRAWN = "withdrawn", _("withdrawn")
        UNDONE = "undone", _("undone")

    class Holds(models.TextChoices):
        ACTIONS = "actions", _("actions")
        NEEDS = "needs", _("needs")
        BOTH = "both", _("actions and needs")

    key = models.CharField(max_length=8, unique=True, default=new_key, editable=False)
    framework = models.ForeignKey("plan.Framework", models.PROTECT, related_name="inputs")
    plan = models.ForeignKey("plan.Plan", models.PROTECT, null=True, blank=True, related_name="inputs")
    call = models.ForeignKey(Call, models.PROTECT, null=True, blank=True, related_name="inputs")
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    content = models.BinaryField()
    holds = models.CharField(max_length=8, choices=Holds, blank=True)
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="inputs"
    )
    org_column = models.CharField(max_length=200, blank=True)
    on_behalf = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    applied_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    sheets = models.JSONField(default=list)
    layout = models.JSONField(default=dict, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-received_at", "-id"]
        indexes = [models.Index(fields=["framework", "sha256"], name="input_framework_file")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="input_state_known"),
            models.CheckConstraint(
                condition=Q(organisation__isnull=False, org_column="")
                | (Q(organisation=None) & ~Q(org_column="")),
                name="input_of_one_organisation_or_a_column",
            ),
            models.CheckConstraint(  # each state and its dates move together, or not at all
                condition=Q(state="received", checked_at=None, applied_at=None, withdrawn_at=None)
                | Q(state="checked", checked_at__isnull=False, applied_at=None, withdrawn_at=None)
                | Q(state="applied", checked_at__isnull=False, applied_at__isnull=False, withdrawn_at=None)
                | Q(state="undone", checked_at__isnull=False, applied_at__isnull=False, withdrawn_at=None)
                | Q(state="withdrawn", applied_at=None, withdrawn_at__isnull=False),
                name="input_state_has_its_dates",
            ),
            models.CheckConstraint(
                condition=Q(applied_by=None, applied_at=None)
                | Q(applied_by__isnull=False, applied_at__isnull=False),
                name="input_applied_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="undone", undone_by__isnull=False, undone_at__isnull=False)
                | (~Q(state="undone") & Q(undone_by=None, undone_at=None)),
                name="input_undone_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def audit_ref(self) -> tuple[str, str]:
        """How the record names this input: by key, never by the file's name."""
        return ("input", self.key)


class AppliedRound(models.Model):
    """One time that rows of an input were applied; a file whose rest was mended later has several.

    `counts` are those of the rows that this round wrote. `number` starts at 1.
    """

    input = models.ForeignKey(Input, models.CASCADE, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    counts = models.JSONField(default=dict)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["input", "number"], name="applied_round_once")]

    def __str__(self) -> str:
        return f"applied {self.number} of {self.input_id}"
