"""Where facts come from: origins, statements, and merges of records."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Origin(models.Model):
    """Where a statement comes from: one row of one file, or one person's entry.

    `at` is when it entered Concord (UTC); `row` is the file's own row number, starting at 1; `receipt`
    is the key of the input that brought it.
    """

    class Kind(models.TextChoices):
        FILE = "file", _("file")
        ENTRY = "entry", _("entry")

    framework = models.ForeignKey("plan.Framework", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    file_name = models.CharField(max_length=255, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    sheet = models.CharField(max_length=120, blank=True)
    row = models.PositiveIntegerField(null=True, blank=True)
    page_address = models.CharField(max_length=500, blank=True)
    receipt = models.CharField(max_length=8, blank=True, db_index=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="entry") | (~Q(file_sha256="") & Q(row__isnull=False)),
                name="origin_file_has_hash_and_row",
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_name}, row {self.row}" if self.kind == self.Kind.FILE else "entered in Concord"


class Statement(models.Model):
    """What one origin says about one field of one record. At most one per field is chosen.

    `value` is canonical JSON; for a list field (participations, funding, beneficiaries ...) it
    is the whole list. `brought_for` names the merged record whose re-sent row brought this
    statement to the target; `via_merge` marks a copy that a merge made and its undo drops.
    """

    action = models.ForeignKey(
        "plan.Action", models.CASCADE, null=True, blank=True, related_name="statements"
    )
    need = models.ForeignKey("plan.Need", models.CASCADE, null=True, blank=True, related_name="statements")
    field = models.CharField(max_length=40)
    value = models.TextField()
    origin = models.ForeignKey(Origin, models.PROTECT, related_name="statements")
    chosen = models.BooleanField(default=False)
    is_question = models.BooleanField(default=False)
    brought_for = models.ForeignKey(
        "plan.Action", models.CASCADE, null=True, blank=True, related_name="statements_sent_on"
    )
    via_merge = models.ForeignKey("plan.Merge", models.CASCADE, null=True, blank=True, related_name="copies")

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["action", "field"], name="statement_action_field"),
            models.Index(fields=["need", "field"], name="statement_need_field"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(action__isnull=False, need=None) | Q(action=None, need__isnull=False),
                name="statement_about_one_record",
            ),
            models.UniqueConstraint(
                fields=["action", "field"],
                condition=Q(chosen=True, action__isnull=False),
                name="statement_one_chosen_per_action_field",
            ),
            models.UniqueConstraint(
                fields=["need", "field"],
                condition=Q(chosen=True, need__isnull=False),
                name="statement_one_chosen_per_need_field",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.value}"


class Recording(models.Model):
    """What one input did to one record, with what stood there before: kept so that it can be undone.

    `before` holds the record's version, the primary keys of the statements chosen by field, the day of
    the last confirmation, the plans a file had put the record into, and what beneficiaries had said of
    a need. `version_after` is the record's version when the input had been recorded: another one today means
    that somebody built on it.
    """

    receipt = models.CharField(max_length=8, db_index=True)
    action = models.ForeignKey(
        "plan.Action", models.CASCADE, null=True, blank=True, related_name="recordings"
    )
    need = models.ForeignKey("plan.Need", models.CASCADE, null=True, blank=True, related_name="recordings")
    created = models.BooleanField()
    before = models.JSONField(default=dict)
    version_after = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(action__isnull=False, need=None) | Q(action=None, need__isnull=False),
                name="recording_of_one_record",
            )
        ]

    def __str__(self) -> str:
        return f"{self.receipt} on {self.action_id or self.need_id}"


class ReceivedRecord(models.Model):
    """A record as its file held it, once for all statements "received" that name its hash.

    `content` is the text in UTF-8, packed by zlib: an IATI file with one activity. It holds whatever its
    sender wrote, so it never becomes public as it stands.
    """

    sha256 = models.CharField(max_length=64, unique=True)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.sha256


class Merge(models.Model):
    """Two records found to be one: `merged` became a tombstone that points to `target`."""

    target = models.ForeignKey("plan.Action", models.PROTECT, related_name="merges")
    merged = models.ForeignKey("plan.Action", models.PROTECT, related_name="merges_away")
    reason = models.TextField(blank=True)
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    merged_at = models.DateTimeField()
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(target=F("merged")), name="merge_of_two_records"),
            models.UniqueConstraint(fields=["merged"], condition=Q(undone_at=None), name="merge_open_once"),
            models.CheckConstraint(
                condition=Q(undone_by=None, undone_at=None)
                | Q(undone_by__isnull=False, undone_at__isnull=False),
                name="merge_undo_has_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} merged into {self.target_id}"


class MergeChoice(models.Model):
    """One field that a merge took from the merged record, and what was chosen before."""

    merge = models.ForeignKey(Merge, models.CASCADE, related_name="choices")
    field = models.CharField(max_length=40)
    previous = models.ForeignKey(Statement, models.PROTECT, null=True, blank=True, related_name="+")
    copy = models.ForeignKey(Statement, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merge", "field"], name="merge_choice_once")]

    def __str__(self) -> str:
        return f"{self.field} of merge {self.merge_id}"
