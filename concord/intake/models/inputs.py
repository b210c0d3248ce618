"""Inputs: what was handed in, and what was read in their rows."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.intake.models.calls import Call
from concord.intake.problems import Severity
from concord.intake.rules import STATES
from concord.kernel.keys import new_key


class Input(models.Model):
    """One file that was handed in, with its bytes, for a framework or for one plan of it.

    It names whose rows they are: one organisation, or the heading of a column that says so row by
    row. `on_behalf` is true where the person who handed it in does not report for that
    organisation. `key` is the receipt, permanent. Written by intake.services alone.
    """

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        CHECKED = "checked", _("checked")
        APPLIED = "applied", _("applied")
        WITHDRAWN = "withdrawn", _("withdrawn")

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
                | Q(state="withdrawn", applied_at=None, withdrawn_at__isnull=False),
                name="input_state_has_its_dates",
            ),
            models.CheckConstraint(
                condition=Q(applied_by=None, applied_at=None)
                | Q(applied_by__isnull=False, applied_at__isnull=False),
                name="input_applied_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def audit_ref(self) -> tuple[str, str]:
        """How the record names this input: by key, never by the file's name."""
        return ("input", self.key)


class InputRow(models.Model):
    """One row of an input as it was read, and what it means, or meant, for the plan.

    Rows that cannot be stored stay here as the input's list of what is to be done. `changes` and
    `conflicts` are lists of {field, old, new}; record_key is "" until the row is applied.
    """

    class State(models.TextChoices):
        NEW = "new", _("new")
        CHANGED = "changed", _("changed")
        SAME = "same", _("the same")
        CONFLICT = "conflict", _("conflict")
        ERROR = "error", _("error")

    input = models.ForeignKey(Input, models.CASCADE, related_name="rows")
    sheet = models.CharField(max_length=120, blank=True)
    sheet_order = models.PositiveSmallIntegerField(default=0)
    number = models.PositiveIntegerField()
    holds = models.CharField(max_length=8)
    cells = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State)
    record_key = models.CharField(max_length=8, blank=True)
    changes = models.JSONField(default=list)
    conflicts = models.JSONField(default=list)

    class Meta:
        ordering = ["sheet_order", "number"]
        constraints = [
            models.UniqueConstraint(fields=["input", "sheet_order", "number"], name="input_row_once")
        ]

    def __str__(self) -> str:
        return f"row {self.number}"


class InputProblem(models.Model):
    """One thing to tell about an input; `row` is the file's own number, empty for a whole sheet."""

    class Severity(models.TextChoices):
        ERROR = Severity.ERROR.value, _("error")
        QUESTION = Severity.QUESTION.value, _("question")
        WARNING = Severity.WARNING.value, _("warning")

    input = models.ForeignKey(Input, models.CASCADE, related_name="problems")
    order = models.PositiveIntegerField()
    severity = models.CharField(max_length=10, choices=Severity)
    rule = models.CharField(max_length=40)
    sheet = models.CharField(max_length=120, blank=True)
    row = models.PositiveIntegerField(null=True, blank=True)
    column = models.CharField(max_length=200, blank=True)
    value = models.TextField(blank=True)
    message = models.TextField()
    remedy = models.TextField()
    reading = models.TextField(blank=True)

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["input", "order"], name="input_problem_once")]

    def __str__(self) -> str:
        return self.message
