"""Runs of the analysis, what they found, and what people answered about each pair."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from concord.analysis.models.cases import Case
from concord.analysis.rules import Answer, Band


class Run(models.Model):
    """One analysis of a plan, or of a whole framework where `plan` is empty.

    `engine_release` and `parameters` say what made its findings, `counts` what it found among all
    that the person who ran it may see. Rows are never changed.
    """

    framework = models.ForeignKey("plan.Framework", models.PROTECT, related_name="analysis_runs")
    plan = models.ForeignKey("plan.Plan", models.PROTECT, null=True, blank=True, related_name="analysis_runs")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    engine_release = models.CharField(max_length=40)
    parameters = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"analysis of {self.plan or self.framework} at {self.at:%Y-%m-%d %H:%M}"

    @property
    def is_of_one_action(self) -> bool:
        """Whether it looked at one action alone, after that was changed by hand."""
        return "action" in self.parameters


class Finding(models.Model):
    """A relation between two actions that analysis proposes: a question until people have answered.

    One row per pair for ever, `key_a` before `key_b`; a new run updates it and says in `change`
    what is different. `is_live` says that the last run that compared the pair proposed it.
    `adjustable_until` is the last day on which one of the two can still be changed, and
    `money_at_stake` the smaller of both amounts where both state one in the same currency; both
    are for ordering the queue. `ends_on` is the last day of the later of the two, None where that is
    not known: an unanswered finding ages out after it. `fingerprint` holds a hash of each field that
    an answer rests on. `confirmed_at` says when the secretariat confirmed it after both sources could
    answer: before, nobody but them and those who coordinate reads the two names together.
    Written by analysis.services alone.
    """

    class Kind(models.TextChoices):
        DUPLICATE = "duplicate", _("possible double entry")
        CONTINUATION = "continuation", _("possible continuation")
        OVERLAP = "overlap", _("to be coordinated")
        SYNERGY = "synergy", _("possible synergy")

    framework = models.ForeignKey("plan.Framework", models.PROTECT, related_name="findings")
    action_a = models.ForeignKey("plan.Action", models.PROTECT, related_name="+")
    action_b = models.ForeignKey("plan.Action", models.PROTECT, related_name="+")
    key_a = models.CharField(max_length=8)
    key_b = models.CharField(max_length=8)
    kind = models.CharField(max_length=12, choices=Kind)
    score = models.FloatField()
    band = models.PositiveSmallIntegerField(choices=Band)
    evidence = models.TextField()
    terms = models.JSONField(default=list)
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="findings")
    adjustable_until = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    money_at_stake = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    money_currency = models.CharField(max_length=3, blank=True)
    fingerprint = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    change = models.JSONField(default=dict)
    is_live = models.BooleanField(default=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    first_seen = models.ForeignKey(Run, models.PROTECT, related_name="+")
    last_seen = models.ForeignKey(Run, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["key_a", "key_b"]
        indexes = [
            models.Index(fields=["framework", "is_live", "kind"], name="finding_live_kind"),
            models.Index(fields=["action_b"], name="finding_action_b"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["action_a", "action_b"], name="finding_once_per_pair"),
            models.UniqueConstraint(fields=["key_a", "key_b"], name="finding_once_per_keys"),
            models.CheckConstraint(condition=~Q(action_a=F("action_b")), name="finding_of_two_actions"),
            models.CheckConstraint(condition=Q(key_a__lt=F("key_b")), name="finding_keys_in_order"),
            models.CheckConstraint(
                condition=Q(score__gte=0.0) & Q(score__lte=1.0), name="finding_score_is_probability"
            ),
            models.CheckConstraint(
                condition=Q(money_at_stake=None, money_currency="")
                | (Q(money_at_stake__gte=0) & ~Q(money_currency="")),
                name="finding_money_has_currency",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="finding_confirmation_has_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key_a} and {self.key_b}: {self.get_kind_display()}"

    @property
    def audit_ref(self) -> tuple[str, str]:
        """How the record names this pair: by the two keys."""
        return ("finding", f"{self.key_a}-{self.key_b}")


class Assessment(models.Model):
    """What people agreed about a pair: merged, joined, phased, kept for a reason, or dismissed.

    `kind` and `fingerprint` are those of the finding when it was answered, so that a later run
    can say what changed since. At most one per pair is open: neither undone nor replaced by a
    later answer. Answers given to several pairs of a case in one act share the key `together`.
    Rows are never deleted.
    """

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="assessments")
    answer = models.CharField(max_length=10, choices=Answer)
    kind = models.CharField(max_length=12, choices=Finding.Kind)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    fingerprint = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    together = models.CharField(max_length=8, blank=True)
    merge = models.ForeignKey("plan.Merge", models.PROTECT, null=True, blank=True, related_name="+")
    replaced_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["finding"],
                condition=Q(undone_at=None, replaced_at=None),
                name="assessment_one_open_per_pair",
            ),
            models.CheckConstraint(
                condition=Q(undone_by=None, undone_at=None)
                | Q(undone_by__isnull=False, undone_at__isnull=False),
                name="assessment_undo_has_date",
            ),
            models.CheckConstraint(
                condition=Q(answer="merged", merge__isnull=False) | (~Q(answer="merged") & Q(merge=None)),
                name="assessment_merged_has_merge",
            ),
            models.CheckConstraint(
                condition=~Q(answer__in=["kept", "dismissed"]) | ~Q(reason=""),
                name="assessment_kept_or_dismissed_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.finding}: {self.get_answer_display()}"
