"""What was given out to an organisation, and what each of its records said then."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from concord.intake.models.calls import Call
from concord.intake.models.inputs import Input
from concord.kernel.keys import new_key


class GivenOut(models.Model):
    """One workbook with an organisation's actions, as it left Concord.

    `key` stands in the workbook and brings the two together again when it comes back. The bytes are not
    kept: sha256 tells the file, `records` what it said. to_whom is who it was meant for, in words.
    Written by intake.services alone, never changed.
    """

    key = models.CharField(max_length=8, unique=True, default=new_key, editable=False)
    framework = models.ForeignKey("plan.Framework", models.PROTECT, related_name="given_out")
    plan = models.ForeignKey("plan.Plan", models.PROTECT, null=True, blank=True, related_name="given_out")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="given_out")
    call = models.ForeignKey(Call, models.PROTECT, null=True, blank=True, related_name="given_out")
    to_whom = models.CharField(max_length=300, blank=True)
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        ordering = ["-given_at", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(sha256=""), name="given_out_has_hash")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def audit_ref(self) -> tuple[str, str]:
        """How the record names what was given out."""
        return ("given-out", self.key)


class GivenRecord(models.Model):
    """One action as it stood in a workbook: the base of the comparison when that comes back.

    cells: the text of each column. values: the chosen value of each field then, as canonical JSON.
    """

    given = models.ForeignKey(GivenOut, models.CASCADE, related_name="records")
    action = models.ForeignKey("plan.Action", models.PROTECT, related_name="given_records")
    cells = models.JSONField(default=dict)
    values = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["given", "action"], name="given_record_once")]

    def __str__(self) -> str:
        return f"{self.action_id} in {self.given_id}"


class SettledConflict(models.Model):
    """What a person decided in a preview about one field that both sides changed.

    sheet and row as with the input's rows. It counts while the row still says `new` (canonical JSON):
    an edited cell asks again.
    """

    class Choice(models.TextChoices):
        OURS = "ours", "what stands in the plan"
        THEIRS = "theirs", "what the file says"

    input = models.ForeignKey(Input, models.CASCADE, related_name="settled_conflicts")
    sheet = models.CharField(max_length=120, blank=True)
    row = models.PositiveIntegerField()
    field = models.CharField(max_length=40)
    new = models.TextField()
    choice = models.CharField(max_length=6, choices=Choice)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["input", "sheet", "row", "field"], name="conflict_settled_once")
        ]

    def __str__(self) -> str:
        return f"row {self.row}, {self.field}: {self.choice}"
