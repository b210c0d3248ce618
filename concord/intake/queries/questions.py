"""Mails that ask about cases: what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from concord.accounts.addressees import contacts_by_key
from concord.intake.call_rules import NOT_KNOWN, hash_of_token
from concord.intake.models import Link, Message

if TYPE_CHECKING:
    from concord.accounts.models import Contact, Organisation
    from concord.plan.models import Framework


@dataclass(frozen=True, slots=True)
class MailsOf:
    """What became of the mails of one question to one organisation; sent_at: of the first that left."""

    mails: int
    sent_at: datetime | None
    failure: str
    last_made_at: datetime


def mails_of_question(asking_key: str) -> dict[int, MailsOf]:
    """By primary key of the organisation; those without a mail are absent. For people who coordinate."""
    found: dict[int, MailsOf] = {}
    asking = Message.objects.filter(asking_key=asking_key, sort=Message.Sort.QUESTION)
    for message in asking.order_by("made_at", "pk"):
        key = message.organisation_id or 0
        earlier = found.get(key)
        found[key] = MailsOf(
            mails=(earlier.mails if earlier else 0) + 1,
            sent_at=(earlier.sent_at if earlier else None) or message.sent_at,
            failure=message.failure if message.state == Message.State.FAILED else "",
            last_made_at=message.made_at,
        )
    return found


def questions_with_waiting_mail(framework: Framework) -> list[str]:
    """The keys of the askings of a framework that a mail still waits for, or could be sent again for."""
    waits = (Message.State.WAITING, Message.State.FAILED)
    mails = Message.objects.filter(framework=framework, sort=Message.Sort.QUESTION, state__in=waits)
    keys = mails.filter(links_until__isnull=False).values_list("asking_key", flat=True)
    return sorted(set(keys))


def told_of_question(asking_key: str, organisation: Organisation) -> list[Contact]:
    """The contacts of an organisation whom a mail of this question reached, or may have reached: those whose
    mail left or is leaving, or of which nobody knows. Each address once; erased contacts are absent."""
    perhaps = Q(state__in=(Message.State.SENT, Message.State.SENDING)) | Q(failure=NOT_KNOWN)
    mails = Message.objects.filter(
        perhaps, asking_key=asking_key, organisation=organisation, sort=Message.Sort.QUESTION
    )
    keys = list(dict.fromkeys(mails.order_by("made_at", "pk").values_list("contact_key", flat=True)))
    known = contacts_by_key(keys)
    reached: dict[str, Contact] = {}
    for key in keys:
        if key in known and known[key].email:
            reached.setdefault(known[key].email.casefold(), known[key])
    return list(reached.values())


def question_behind(token: str, *, at: datetime) -> Link | None:
    """The link of a question that a token opens, or did before it was ended; None once its time is over.

    Nobody is let in by it: it is for telling whom it was sent to what became of the question.
    """
    return _questions(at).filter(token_sha256=hash_of_token(token)).first()


def question_with_id(pk: int, *, at: datetime) -> Link | None:
    """The link of a question that was opened before, as `question_behind`."""
    return _questions(at).filter(pk=pk).first()


def _questions(at: datetime) -> QuerySet[Link]:
    links = Link.objects.filter(purpose=Link.Purpose.REPLY, expires_at__gt=at)
    return links.select_related("organisation")
