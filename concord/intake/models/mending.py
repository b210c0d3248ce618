"""What people settled in a preview: cells mended, questions answered, records that are no longer sent."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.intake.models.inputs import Input


class Correction(models.Model):
    """One cell of an input, mended in the preview; the file's bytes stay as they were handed in.

    `column` 0 is the first; `written` is the cell as the file has it. It counts only where the file
    still says that. One that was taken back stays, with its date.
    """

    input = models.ForeignKey(Input, models.CASCADE, related_name="corrections")
    sheet = models.CharField(max_length=120, blank=True)
    row = models.PositiveIntegerField()
    column = models.PositiveSmallIntegerField()
    written = models.TextField(blank=True)
    new = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["input", "sheet", "row", "column"],
                condition=Q(taken_back_at=None),
                name="correction_once_per_cell",
            )
        ]

    def __str__(self) -> str:
        return f"row {self.row}, column {self.column + 1}: {self.new}"


class Answer(models.Model):
    """One question of a file, answered for every cell with the same rule, field and value as written.

    `text` is the other value, `organisation` the body that a name means. `everywhere`: the register
    learnt the name as well, which taking the answer back leaves alone.
    """

    class Kind(models.TextChoices):
        RIGHT = "right", _("the reading is right")
        KEPT = "kept", _("kept as written")
        VALUE = "value", _("another value")
        ORGANISATION = "organisation", _("the organisation meant")

    input = models.ForeignKey(Input, models.CASCADE, related_name="answers")
    rule = models.CharField(max_length=40)
    field = models.CharField(max_length=200, blank=True)
    value = models.TextField(blank=True)
    kind = models.CharField(max_length=12, choices=Kind)
    text = models.TextField(blank=True)
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    everywhere = models.BooleanField(default=False)
    cells = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["input", "rule", "field", "value"],
                condition=Q(taken_back_at=None),
                name="answer_once_per_question",
            ),
            models.CheckConstraint(
                condition=Q(kind="organisation", organisation__isnull=False)
                | (~Q(kind="organisation") & Q(organisation=None)),
                name="answer_names_its_organisation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value}: {self.get_kind_display()}"


class VanishedAnswer(models.Model):
    """What was said of one record that the last file of a source held and this input does not.

    `record_key` is the key of an action or a need. "still planned" keeps it and is not asked again;
    "no longer planned" has withdrawn the action; "ask later" asks again with the next file. One that was
    taken back stays, with its date.
    """

    class Kind(models.TextChoices):
        PLANNED = "planned", _("still planned")
        WITHDRAWN = "withdrawn", _("no longer planned")
        LATER = "later", _("ask later")

    input = models.ForeignKey(Input, models.CASCADE, related_name="vanished_answers")
    record_key = models.CharField(max_length=8)
    kind = models.CharField(max_length=12, choices=Kind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["input", "record_key"],
                condition=Q(taken_back_at=None),
                name="vanished_answer_once_per_record",
            )
        ]

    def __str__(self) -> str:
        return f"{self.record_key}: {self.get_kind_display()}"
