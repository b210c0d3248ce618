"""What was read in a file: the reading itself, its rows, and what there is to say about them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.intake.models.inputs import Input
from concord.intake.problems import Severity


class InputReading(models.Model):
    """The sheets of an input as its file was read, packed, so that no click reads the file again.

    `parts` are the lines that the reading child said (formats/messages.py), compressed by zlib.
    """

    input = models.OneToOneField(Input, models.CASCADE, related_name="reading")
    parts = models.BinaryField()

    def __str__(self) -> str:
        return f"reading of {self.input_id}"


class InputRow(models.Model):
    """One row of an input as it was read, and what it means, or meant, for the plan.

    Rows that cannot be stored stay here as the input's list of what is to be done. `changes` and
    `conflicts` are lists of {field, old, new}; record_key is "" for a new record until it is applied.
    `digest` tells two readings of the row apart. `round` is the number of the applying that wrote the
    row as it is, None while none has; `applied_key` is the record that it became when it was applied last.
    `waits`: it has an error or an open question.
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
    applied_key = models.CharField(max_length=8, blank=True)
    changes = models.JSONField(default=list)
    conflicts = models.JSONField(default=list)
    digest = models.CharField(max_length=32, blank=True)
    round = models.PositiveSmallIntegerField(null=True, blank=True)
    waits = models.BooleanField(default=False)
    has_question = models.BooleanField(default=False)
    has_warning = models.BooleanField(default=False)

    class Meta:
        ordering = ["sheet_order", "number"]
        indexes = [
            models.Index(fields=["input", "state", "sheet_order", "number"], name="input_row_state"),
            models.Index(
                fields=["input", "sheet_order", "number"],
                condition=Q(waits=True),
                name="input_row_waits",
            ),
            models.Index(
                fields=["input", "sheet_order", "number"],
                condition=Q(has_question=True),
                name="input_row_question",
            ),
            models.Index(
                fields=["input", "sheet_order", "number"],
                condition=Q(has_warning=True),
                name="input_row_warning",
            ),
            models.Index(fields=["applied_key"], name="input_row_record"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["input", "sheet_order", "number"], name="input_row_once")
        ]

    def __str__(self) -> str:
        return f"row {self.number}"


class InputProblem(models.Model):
    """One thing to tell about an input; `row` is the file's own number, empty for a whole sheet.

    `field` is what the column was read as ("" where it is none), `column_index` its place (0 is the
    first). Problems with the same rule, field and value are one question: the `first` of them stands
    for all, and `alike` says for how many.
    """

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
    column_index = models.PositiveSmallIntegerField(null=True, blank=True)
    field = models.CharField(max_length=40, blank=True)
    value = models.TextField(blank=True)
    message = models.TextField()
    remedy = models.TextField()
    reading = models.TextField(blank=True)
    first = models.BooleanField(default=True)
    alike = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["order"]
        indexes = [
            models.Index(fields=["input", "sheet", "row"], name="input_problem_row"),
            models.Index(
                fields=["input", "severity", "order"], condition=Q(first=True), name="input_problem_first"
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["input", "order"], name="input_problem_once")]

    def __str__(self) -> str:
        return self.message
