"""Mails that come back: dropped in as they are, their attachments read as inputs of their source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from concord.accounts.addressees import contacts_with_address
from concord.accounts.queries import require
from concord.accounts.rules import Permission
from concord.intake.coming_back import given_out
from concord.intake.files import open_bytes
from concord.intake.formats.mail.mail import Attachment, Mail, open_mail
from concord.intake.marks import marked
from concord.intake.models import Call, Input, ReceivedMail
from concord.intake.preview import File, Target
from concord.intake.services.inputs import Receipt, take_in
from concord.kernel.canonical import sha256_hex
from concord.kernel.errors import BadInput
from concord.plan.queries import scope_of

if TYPE_CHECKING:
    from concord.accounts.models import Organisation, Person


@dataclass(frozen=True, slots=True)
class MailTaken:
    """What became of a mail: an input for each attachment, and what was left out, in sentences."""

    receipts: tuple[Receipt, ...]
    left_out: tuple[str, ...]


def take_mail(
    call: Call,
    *,
    file_name: str,
    content: bytes,
    organisation: Organisation | None = None,
    by: Person,
    at: datetime,
) -> MailTaken:
    """Reads the tables of a mail for a call; nothing of them stands in the plan before it is applied.

    Args:
        organisation: whose rows they are. None: as the workbook's own key says, else whose focal point
            the sender is.

    Raises:
        NotPermitted; UnreadableFile: no mail, or an attachment that cannot be read; BadInput: nobody can
        tell whose rows they are, or the workbook was given out to another organisation than the one named.
    """
    require(by, Permission.ENTER_ON_BEHALF, within=scope_of(call.plan))
    mail = open_mail(file_name, content)
    read = [(each, open_bytes(each.name, each.content)) for each in mail.attachments]
    bodies = [_whose(call, file, mail, organisation, at=at) for _attachment, file in read]
    with transaction.atomic():
        kept = _keep(call, mail, content, by=by, at=at)
        receipts = [
            _take(call, kept, attachment, file, body, by=by, at=at)
            for (attachment, file), body in zip(read, bodies, strict=True)
        ]
    return MailTaken(tuple(receipts), tuple(f"{each.name}: {each.message}" for each in mail.left_out))


def _whose(call: Call, file: File, mail: Mail, named: Organisation | None, *, at: datetime) -> Organisation:
    given = given_out(marked(file.sheets.sheets).key, call.plan.framework)
    if given is not None:
        if named is not None and named != given.organisation:
            raise BadInput(f"{file.name} was given out to {given.organisation}. Choose that organisation.")
        return given.organisation
    if named is not None:
        return named
    known = contacts_with_address(mail.sender, call.plan.framework.ref, on=at.date())
    bodies = {contact.organisation_id: contact.organisation for contact in known}
    if len(bodies) == 1:
        return next(iter(bodies.values()))
    if bodies:
        raise BadInput("The sender is a focal point of several organisations. Choose whose rows they are.")
    raise BadInput("The sender is nobody's focal point. Choose whose rows they are.")


def _keep(call: Call, mail: Mail, content: bytes, *, by: Person, at: datetime) -> ReceivedMail:
    return ReceivedMail.objects.create(
        framework=call.plan.framework,
        call=call,
        content=content,
        sha256=sha256_hex(content),
        sender=mail.sender[:254],
        subject=mail.subject[:300],
        message_id=mail.message_id[:300],
        sent_at=mail.sent_at,
        received_by=by,
        received_at=at,
    )


def _take(
    call: Call,
    kept: ReceivedMail,
    attachment: Attachment,
    file: File,
    body: Organisation,
    *,
    by: Person,
    at: datetime,
) -> Receipt:
    target = Target(call.plan.framework, call.plan, body)
    receipt = take_in(file, attachment.content, target=target, by=by, at=at)
    if receipt.input is not None:
        kept.inputs.add(receipt.input)
        Input.objects.filter(pk=receipt.input.pk, call=None).update(call=call)
    return receipt
