"""Mails leave once: queued with the fact they tell, claimed by one process, tried a few times."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import formataddr
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q

from concord.accounts.addressees import contacts_by_key
from concord.accounts.queries import require
from concord.accounts.rules import Permission
from concord.audit.events import EventName
from concord.audit.services import record
from concord.intake import call_rules as rules
from concord.intake.letters import with_links
from concord.intake.models import Call, Link, Message
from concord.intake.services.giving import GivenFile, give_out
from concord.kernel.errors import StaleWrite
from concord.plan.queries import scope_of

if TYPE_CHECKING:
    from concord.accounts.models import Contact, Organisation, Person
    from concord.intake.models import Invitation, OnBehalfEntry
    from concord.plan.models import Framework

log = logging.getLogger(__name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
GONE = "The contact was erased, has ended or has no address."
ENDED = "The question ended before this mail was sent."
OVER = "The call was closed, or its link expired, before this mail was sent."


@dataclass(frozen=True, slots=True)
class Question:
    """What a mail asks one organisation, by the key of the asking, and until when its link works; None: it
    has none, since it tells that the question was withdrawn."""

    asking_key: str
    organisation: Organisation
    links_until: date | None


def queue(
    *,
    framework: Framework,
    sort: Message.Sort,
    contact: Contact,
    letter: tuple[str, str],
    invitations: Iterable[Invitation] = (),
    entry: OnBehalfEntry | None = None,
    question: Question | None = None,
    has_workbook: bool = False,
    by: Person,
    at: datetime,
) -> Message:
    """Puts a mail into the outbox, as part of the caller's transaction; it is sent once that commits.

    Called by services that asked for the permission.
    """
    subject, body = letter
    message = Message.objects.create(
        framework=framework,
        sort=sort,
        contact_key=contact.key,
        subject=subject,
        body=body,
        entry=entry,
        asking_key=question.asking_key if question else "",
        organisation=question.organisation if question else None,
        links_until=question.links_until if question else None,
        has_workbook=has_workbook,
        made_by=by,
        made_at=at,
    )
    message.invitations.set(invitations)
    _enqueue(message.key)
    return message


@transaction.atomic
def send_again(message: Message, *, by: Person, at: datetime) -> Message:
    """Puts a mail that failed into the outbox once more, with all its tries.

    Raises:
        NotPermitted: `by` may not write to those who are asked; IllegalMove: it did not fail; StaleWrite.
    """
    require(by, Permission.OPEN_CALL, within=scope_of(message.framework))
    after = rules.message_after(message.state, rules.AGAIN)
    if not _move(message, after, tries=0, failure=""):
        raise StaleWrite("This mail was sent again by somebody else. Look at it again.")
    record(EventName.MAIL_QUEUED_AGAIN, actor=by, about=message, at=at)
    _enqueue(message.key)
    message.refresh_from_db()
    return message


def send_waiting(*, at: datetime) -> int:
    """Sends everything that waits, and says of what a dead process left behind that nothing is known of it.

    Returns:
        How many mails left now.
    """
    for key in Message.objects.filter(state=Message.State.SENDING).values_list("key", flat=True):
        _tell_of_stale(key, at=at)
    waiting = Message.objects.filter(state=Message.State.WAITING).order_by("made_at", "pk")
    return sum(deliver(key, at=at) for key in waiting.values_list("key", flat=True))


def deliver(key: str, *, at: datetime) -> bool:
    """Sends one mail, if it waits and nobody else took it. Safe to run twice or at once.

    Returns:
        Whether it left now. What went wrong stands with the mail.
    """
    message = Message.objects.select_related("framework__secretariat", "made_by").filter(key=key).first()
    if message is None or message.state != Message.State.WAITING:
        _tell_of_stale(key, at=at)
        return False
    claimed = rules.message_after(message.state, rules.CLAIM)
    if not _move(message, claimed, tries=F("tries") + 1, claimed_at=at):
        return False
    message.refresh_from_db()
    contact = contacts_by_key([message.contact_key]).get(message.contact_key)
    why_not = _why_not(message, contact, at=at)
    if why_not or contact is None:
        _move(message, rules.message_after(message.state, rules.LEAVE), failure=why_not)
        return False
    return _send(message, contact, at=at)


def _send(message: Message, contact: Contact, *, at: datetime) -> bool:
    links, addresses = _make_links(message, at=at)
    try:
        mail = _mail(message, contact, addresses)
        for file in _workbooks(message, at=at):
            mail.attach(file.name, file.content, XLSX)
        mail.send()
    except (OSError, smtplib.SMTPException) as error:
        Link.objects.filter(pk__in=[link.pk for link in links]).delete()
        _refused(message, error, at=at)
        return False
    except Exception as error:  # what a mail library may raise is not ours to list; the mail must not hang
        log.exception("mail %s could not be sent", message.key)
        Link.objects.filter(pk__in=[link.pk for link in links]).delete()
        _give_up(message, f"The mail could not be made ({type(error).__name__}). Tell your operator.", at=at)
        return False
    with transaction.atomic():
        _move(message, rules.message_after(message.state, rules.ARRIVE), sent_at=at, failure="")
        message.invitations.filter(sent_at=None).update(sent_at=at)
    return True


def _tell_of_stale(key: str, *, at: datetime) -> None:
    """A mail that a dead process was sending is not sent twice: an officer decides."""
    stale = at - timedelta(minutes=rules.STALE_MINUTES)
    for message in Message.objects.filter(key=key, state=Message.State.SENDING, claimed_at__lt=stale):
        _give_up(message, rules.NOT_KNOWN, at=at)


def _why_not(message: Message, contact: Contact | None, *, at: datetime) -> str:
    if contact is None or not contact.email or (contact.until_on and contact.until_on < at.date()):
        return GONE
    asked = message.invitations.all()
    over = Q(call__closes_on__lt=at.date() - timedelta(days=rules.GRACE_DAYS))
    if asked.exists() and not asked.filter(call__state=Call.State.OPEN).exclude(over).exists():
        return OVER
    asks = message.sort == Message.Sort.QUESTION
    if asks and (message.links_until is None or message.links_until < at.date()):
        return ENDED
    return ""


def _make_links(message: Message, *, at: datetime) -> tuple[list[Link], dict[str, str]]:
    """The links of one mail: kept as hashes, and as addresses for the mail alone."""
    links, addresses = [], {}
    for invitation in message.invitations.select_related("call"):
        token = rules.new_token()
        expires = rules.expires_at(invitation.call.closes_on)
        links.append(_link(message, token, expires, at, invitation=invitation))
        addresses[invitation.key] = _address(token)
    if message.entry is not None:
        token = rules.new_token()
        expires = rules.expires_at(message.entry.entered_at.date())
        links.append(_link(message, token, expires, at, entry=message.entry))
        addresses[message.entry.key] = _address(token)
    if message.asking_key and message.links_until:
        token = rules.new_token()
        links.append(_link(message, token, rules.end_of(message.links_until), at))
        addresses[message.asking_key] = _address(token)
    return Link.objects.bulk_create(links), addresses


def _link(
    message: Message,
    token: str,
    expires: datetime,
    at: datetime,
    *,
    invitation: Invitation | None = None,
    entry: OnBehalfEntry | None = None,
) -> Link:
    return Link(
        token_sha256=rules.hash_of_token(token),
        purpose=Link.Purpose.ANSWER if invitation else Link.Purpose.OBJECT if entry else Link.Purpose.REPLY,
        invitation=invitation,
        entry=entry,
        organisation=None if invitation or entry else message.organisation,
        asking_key="" if invitation or entry else message.asking_key,
        contact_key=message.contact_key,
        made_at=at,
        expires_at=expires,
    )


def _address(token: str) -> str:
    return settings.SITE_ADDRESS.rstrip("/") + rules.ANSWER_PATH.format(token=token)


def _mail(message: Message, contact: Contact, addresses: dict[str, str]) -> EmailMessage:
    framework = message.framework
    address = framework.mail_sender or settings.DEFAULT_FROM_EMAIL
    return EmailMessage(
        subject=message.subject,
        body=with_links(message.body, addresses),
        from_email=formataddr((framework.secretariat.name, address)),
        to=[contact.email],
        headers={"Auto-Submitted": "auto-generated", "X-Concord-Message": message.key},
    )


def _workbooks(message: Message, *, at: datetime) -> list[GivenFile]:
    """The workbooks of a mail, made as it leaves: what stands in the plan now, as who queued it may see."""
    if not message.has_workbook:
        return []
    asked = message.invitations.select_related("organisation", "call__plan__framework__secretariat")
    return [
        give_out(
            organisation=invitation.organisation,
            framework=message.framework,
            plan=invitation.call.plan,
            call=invitation.call,
            to_whom=f"contact {message.contact_key}",
            write_to=message.framework.mail_sender,
            answer_by=invitation.call.closes_on,
            by=message.made_by,
            at=at,
        )
        for invitation in asked
    ]


def _refused(message: Message, error: Exception, *, at: datetime) -> None:
    said = _in_words(error)
    if isinstance(error, smtplib.SMTPRecipientsRefused) or message.tries >= rules.TRIES:
        _give_up(message, said, at=at)
        return
    with transaction.atomic():
        if _move(message, rules.message_after(message.state, rules.REFUSE), failure=said):
            _enqueue(message.key, after=at + timedelta(minutes=rules.minutes_until_try(message.tries + 1)))


def _give_up(message: Message, said: str, *, at: datetime) -> None:
    with transaction.atomic():
        if _move(message, rules.message_after(message.state, rules.GIVE_UP), failure=said):
            record(EventName.MAIL_FAILED, actor=None, about=message, at=at, tries=message.tries)


def _in_words(error: Exception) -> str:
    """What went wrong, in our own words: a server's answer may repeat addresses and passwords."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "The mail server refused the address. Check it with the contact."
    if isinstance(error, smtplib.SMTPSenderRefused):
        return "The mail server refused the sender's address. Check it in the settings of calls."
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "The mail server refused Concord's sign-in. Your operator checks CONCORD_MAIL."
    if isinstance(error, smtplib.SMTPException):
        return "The mail server refused the mail. It will be tried again."
    return "The mail server could not be reached. It will be tried again."


def _move(message: Message, after: str, **values: object) -> bool:
    """Compare-and-set of a mail's state; False where another process moved it."""
    found = Message.objects.filter(pk=message.pk, state=message.state)
    if found.update(state=after, **values) != 1:
        return False
    message.state = after
    return True


def _enqueue(key: str, *, after: datetime | None = None) -> None:
    """A task in the caller's transaction: the mail and its sending are there together, or neither."""
    from concord.intake.tasks import send_message  # it calls `deliver`, above

    task = send_message if after is None else send_message.using(run_after=after)
    task.enqueue(key)
