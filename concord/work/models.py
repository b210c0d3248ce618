"""The table of the work room."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.kernel.keys import new_key
from concord.work.rules import OPEN, STATES


class Job(models.Model):
    """One piece of long work that a person asked for, from the click to its end.

    Written by work.services alone. about and result name things as the record of acts does, (type, key),
    since this room knows no later one. worker: the mark of the process that does it now, or did it last.
    message: what a person reads at the end; never restricted text. How far it has come stands beside the
    database (see notes.py), since on SQLite nobody else can write while its work writes.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("under way")
        DONE = "done", _("done")
        FAILED = "failed", _("did not work")
        CANCELLED = "cancelled", _("stopped")
        LOST = "lost", _("broken off")

    key = models.CharField(max_length=8, unique=True, default=new_key, editable=False)
    kind = models.CharField(max_length=40)
    about_type = models.CharField(max_length=40)
    about_key = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    cancel_asked_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    result_type = models.CharField(max_length=40, blank=True)
    result_key = models.CharField(max_length=200, blank=True)
    message = models.TextField(blank=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        indexes = [models.Index(fields=["asked_by", "-asked_at"], name="job_of_a_person")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="job_state_known"),
            models.UniqueConstraint(  # two clicks make one job
                fields=["kind", "about_type", "about_key", "asked_by"],
                condition=Q(state__in=OPEN),
                name="job_open_once",
            ),
            models.CheckConstraint(  # each state and its instants move together, or not at all
                condition=Q(state="queued", started_at=None, finished_at=None, worker="")
                | (Q(state="running", started_at__isnull=False, finished_at=None) & ~Q(worker=""))
                | Q(state__in=["done", "failed", "lost"], started_at__isnull=False, finished_at__isnull=False)
                | Q(state="cancelled", finished_at__isnull=False),
                name="job_state_has_its_instants",
            ),
            models.CheckConstraint(
                condition=Q(state="done") | Q(result_type="", result_key=""),
                name="job_result_when_done",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about_type} {self.about_key}: {self.get_state_display()}"

    @property
    def audit_ref(self) -> tuple[str, str]:
        """How the record names this job."""
        return ("job", self.key)

    @property
    def about(self) -> tuple[str, str]:
        """What it works on, as the record names it."""
        return (self.about_type, self.about_key)

    @property
    def result(self) -> tuple[str, str] | None:
        """What came of it, as the record names it; None where there is nothing to open."""
        return (self.result_type, self.result_key) if self.result_type else None
