"""Cases: findings that are discussed together, put to their sources, and what the sources say."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from concord.analysis.rules import Saying, Sort
from concord.kernel.keys import new_key


class Case(models.Model):
    """Findings of one sort that people discuss once: five donors who train the same border police.

    Every live finding has exactly one case; a finding keeps its case for as long as its sort stays the
    same. `is_restricted`: holds findings that touch an action marked above TLP:GREEN, and no others; such
    a case exists for the secretariat alone. Written by analysis.services alone.
    """

    key = models.CharField(max_length=8, unique=True, default=new_key, editable=False)
    framework = models.ForeignKey("plan.Framework", models.PROTECT, related_name="cases")
    sort = models.CharField(max_length=12, choices=Sort)
    is_restricted = models.BooleanField(default=False)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    assigned_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-opened_at", "-id"]
        indexes = [models.Index(fields=["framework", "sort"], name="case_sort")]

    def __str__(self) -> str:
        return f"case {self.key}"

    @property
    def audit_ref(self) -> tuple[str, str]:
        """How the record names this case."""
        return ("case", self.key)


class Regrouping(models.Model):
    """One act by which people split a case or joined two; a later run of the analysis respects it.

    `case` is the case that was split, or that took the other one in; `other` the case that the pairs
    were put in, or that was joined and holds nothing since. `pairs` are the keys of the two actions of
    each finding that moved, `actions` as hands.Hand says. Remembered by these keys, so that what is no
    longer proposed, or becomes another sort, returns to where people put it. Rows are never deleted;
    of two acts that touch one case the later one is undone first. Written by analysis.services alone.
    """

    class Did(models.TextChoices):
        SPLIT = "split", _("split")
        JOINED = "joined", _("joined")

    key = models.CharField(max_length=8, unique=True, default=new_key, editable=False)
    did = models.CharField(max_length=6, choices=Did)
    case = models.ForeignKey(Case, models.PROTECT, related_name="regroupings")
    other = models.ForeignKey(Case, models.PROTECT, related_name="came_by")
    pairs = models.JSONField(default=list)
    actions = models.JSONField(default=list)
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="regrouping_says_why"),
            models.CheckConstraint(condition=~Q(case=F("other")), name="regrouping_of_two_cases"),
            models.CheckConstraint(
                condition=Q(undone_by=None, undone_at=None)
                | Q(undone_by__isnull=False, undone_at__isnull=False),
                name="regrouping_undo_has_date",
            ),
        ]

    def __str__(self) -> str:
        return f"case {self.case_id} {self.get_did_display()}: {self.other_id}"

    @property
    def audit_ref(self) -> tuple[str, str]:
        """How the record names this act."""
        return ("regrouping", self.key)


class CaseNote(models.Model):
    """What somebody who coordinates wrote about a case, for the others who do. Never told to sources."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="notes")
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="case_note_says_something")]

    def __str__(self) -> str:
        return f"note on {self.case_id}"


class Asking(models.Model):
    """One case put to all its sources at the same moment, with the same text.

    `text` is what each of them reads, as it was then; `pairs` the keys of the two actions of each finding
    that it is about. From the day after `answers_until` on each source could answer, whether it did or
    not. At most one per case runs: not withdrawn, not replaced by a later one. `withdrawn_reason` is for
    those who coordinate: sources are told that it was withdrawn, and not why.
    """

    key = models.CharField(max_length=8, unique=True, default=new_key, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="askings")
    text = models.TextField()
    pairs = models.JSONField(default=list)
    answers_until = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at=None), name="asking_one_running_per_case"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="asking_has_text"),
            models.CheckConstraint(
                condition=Q(withdrawn_by=None, withdrawn_reason="")
                | (Q(withdrawn_by__isnull=False, ended_at__isnull=False) & ~Q(withdrawn_reason="")),
                name="asking_withdrawn_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"case {self.case_id} put to its sources"

    @property
    def is_withdrawn(self) -> bool:
        """Whether people took it back; `ended_at` says when."""
        return self.withdrawn_by_id is not None

    @property
    def audit_ref(self) -> tuple[str, str]:
        """How the record names this asking."""
        return ("asking", self.key)


class AskedSource(models.Model):
    """One organisation that reports an action of a case, asked about it."""

    asking = models.ForeignKey(Asking, models.PROTECT, related_name="sources")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["asking", "organisation__name"]
        constraints = [models.UniqueConstraint(fields=["asking", "organisation"], name="asked_source_once")]

    def __str__(self) -> str:
        return f"{self.organisation_id} in {self.asking_id}"


class Reply(models.Model):
    """What one source said when it was asked. A later reply replaces it; rows are never deleted."""

    class Way(models.TextChoices):
        DESK = "desk", _("on its desk")
        LINK = "link", _("through the link")
        ON_BEHALF = "on-behalf", _("told to an officer")

    source = models.ForeignKey(AskedSource, models.PROTECT, related_name="replies")
    says = models.CharField(max_length=9, choices=Saying)
    words = models.TextField(blank=True)
    way = models.CharField(max_length=10, choices=Way)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "replies"
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(taken_back_at=None), name="reply_one_standing_per_source"
            ),
            models.CheckConstraint(
                condition=~Q(says="different") | ~Q(words=""), name="reply_different_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.get_says_display()}"
