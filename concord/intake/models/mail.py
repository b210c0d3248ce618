"""The outbox: every mail that Concord sends about calls, before and after it left."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.intake.models.calls import Call, Invitation
from concord.intake.models.on_behalf import OnBehalfEntry
from concord.kernel.keys import new_key


class Message(models.Model):
    """One mail to one contact, written in the same transaction as the fact that it tells.

    It names its addressee by key alone, so that erasing a contact leaves no address here. `body` holds a
    place for each link ("{link:KEY}", the key of an invitation, an entry or an asking); the links are
    made at the moment of sending and stand nowhere but in the mail. `links_until`: the last day on which
    the link of a question works, None for other mails and once the asking ended. `failure` is what the
    last try came to, in our own words.
    """

    class Sort(models.TextChoices):
        INVITATION = "invitation", _("invitation")
        COLLEAGUE = "colleague", _("invitation, passed on to a colleague")
        REMINDER = "reminder", _("reminder")
        RECEIPT = "receipt", _("what was entered on behalf")
        QUESTION = "question", _("asked about a case")
        WITHDRAWN = "withdrawn", _("a question that was withdrawn")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting to be sent")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("not sent")
        DROPPED = "dropped", _("dropped")

    key = models.CharField(max_length=8, unique=True, default=new_key, editable=False)
    framework = models.ForeignKey("plan.Framework", models.PROTECT, related_name="+")
    sort = models.CharField(max_length=10, choices=Sort)
    contact_key = models.CharField(max_length=8)
    subject = models.CharField(max_length=250)
    body = models.TextField()
    invitations = models.ManyToManyField(Invitation, related_name="messages")
    entry = models.ForeignKey(OnBehalfEntry, models.CASCADE, null=True, blank=True, related_name="messages")
    asking_key = models.CharField(max_length=8, blank=True)  # analysis.Asking, which this room does not know
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    links_until = models.DateField(null=True, blank=True)
    has_workbook = models.BooleanField(default=False)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        indexes = [models.Index(fields=["state", "made_at"], name="message_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at=None)),
                name="message_sent_has_its_date",
            )
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def audit_ref(self) -> tuple[str, str]:
        """How the record names this mail."""
        return ("message", self.key)


class ReceivedMail(models.Model):
    """A mail that came back with tables attached, kept as it was: where its inputs come from.

    What it says of itself anybody can write (sender, date, subject): it is shown as a hint, never a proof.
    """

    framework = models.ForeignKey("plan.Framework", models.PROTECT, related_name="+")
    call = models.ForeignKey(Call, models.SET_NULL, null=True, blank=True, related_name="mails_received")
    inputs = models.ManyToManyField("intake.Input", related_name="mails")
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    sender = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    message_id = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["-received_at", "-id"]

    def __str__(self) -> str:
        return self.subject or "mail without a subject"
