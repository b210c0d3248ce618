"""Calls for input, the organisations that are asked, and the links by which they answer."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from concord.kernel.keys import new_key


class Call(models.Model):
    """An invitation to hand in rows for one plan until a day, included.

    A draft was sent to nobody; opened_by made it. Written by intake.services alone.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")

    key = models.CharField(max_length=8, unique=True, default=new_key, editable=False)
    plan = models.ForeignKey("plan.Plan", models.PROTECT, related_name="calls")
    title = models.CharField(max_length=200)
    message = models.TextField(blank=True)
    state = models.CharField(max_length=6, choices=State, default=State.DRAFT)
    opens_on = models.DateField()
    closes_on = models.DateField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-opens_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="call_has_title"),
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")), name="call_closes_after_it_opens"
            ),
            models.CheckConstraint(  # the state and its dates move together, or not at all
                condition=Q(state="draft", opened_at=None, closed_at=None)
                | Q(state="open", opened_at__isnull=False, closed_at=None)
                | Q(state="closed", opened_at__isnull=False, closed_at__isnull=False),
                name="call_state_has_its_dates",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def audit_ref(self) -> tuple[str, str]:
        """How the record names this call."""
        return ("call", self.key)


class Invitation(models.Model):
    """One organisation that a call asks, and what became of it.

    contacts: keys of the focal points that it went to, as they were then. answer and answered_at say
    what the organisation, or an officer on its behalf, said last; delivered_at when a file of it was
    applied. The times are instants (UTC); empty means: not yet.
    """

    class Answer(models.TextChoices):
        CONFIRMED = "confirmed", _("everything stands as it is")
        CHANGED = "changed", _("confirmed with changes")
        NOTHING = "nothing", _("nothing to report")

    class Way(models.TextChoices):
        LINK = "link", _("through the link")
        FILE = "file", _("by a file")
        ON_BEHALF = "on-behalf", _("told to an officer")

    key = models.CharField(max_length=8, unique=True, default=new_key, editable=False)
    call = models.ForeignKey(Call, models.CASCADE, related_name="invitations")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="invitations")
    contacts = models.JSONField(default=list)
    sent_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    colleague_asked_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=10, choices=Answer, blank=True)
    answered_by_way = models.CharField(max_length=10, choices=Way, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["call", "organisation__name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["call", "organisation"], name="invitation_once"),
            models.CheckConstraint(
                condition=Q(answer="", answered_by_way="", answered_at=None)
                | (~Q(answer="") & ~Q(answered_by_way="") & Q(answered_at__isnull=False)),
                name="invitation_answer_has_its_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} in call {self.call_id}"

    @property
    def audit_ref(self) -> tuple[str, str]:
        """How the record names this invitation."""
        return ("invitation", self.key)


class Link(models.Model):
    """One address that was mailed to one contact and opens one thing for a time, without an account.

    Only the SHA-256 of its 256 random bits is kept: the address itself stands in the mail alone.
    """

    class Purpose(models.TextChoices):
        ANSWER = "answer", _("answer a call")
        OBJECT = "object", _("object to what was entered on behalf")
        REPLY = "reply", _("reply to what was asked about a case")

    token_sha256 = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=8, choices=Purpose)
    invitation = models.ForeignKey(Invitation, models.CASCADE, null=True, blank=True, related_name="links")
    entry = models.ForeignKey(
        "intake.OnBehalfEntry", models.CASCADE, null=True, blank=True, related_name="links"
    )
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    asking_key = models.CharField(max_length=8, blank=True)  # analysis.Asking, which this room does not know
    contact_key = models.CharField(max_length=8, blank=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose="answer", invitation__isnull=False, entry=None, asking_key="")
                | Q(purpose="object", invitation=None, entry__isnull=False, asking_key="")
                | (
                    Q(purpose="reply", invitation=None, entry=None, organisation__isnull=False)
                    & ~Q(asking_key="")
                ),
                name="link_has_one_purpose",
            )
        ]

    def __str__(self) -> str:
        return f"link to {self.purpose}, made {self.made_at:%Y-%m-%d}"
