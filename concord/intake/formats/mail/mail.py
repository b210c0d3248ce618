"""An e-mail (.eml) opened in a child process: its sender, and the attachments that are files we read."""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from concord.intake.formats.content import SNIFFED_BYTES, looks_like_mail
from concord.intake.formats.limits import (
    CHILD_MEMORY_BYTES,
    CPU_SECONDS,
    MAIL_BYTES,
    MEGABYTE,
    WALL_SECONDS,
)
from concord.intake.formats.parts import UnreadableFile
from concord.intake.formats.process import Child, broken_off

_SAVE_IT = "Save the table that is attached to the mail as a file and hand that in."


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file attached to a mail, of a kind that is read.

    name: what the sender called it, never a path. format: as in the registry, such as "CSV".
    """

    name: str
    content: bytes
    format: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An attachment that is not read, and why: a sentence for people, and what to do instead."""

    name: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Mail:
    """What a mail says about itself, and the files it brings.

    sender: the address in From, in lower case, "" where there is none; sender_name: the name beside it.
    Anybody can write any address there: it is a hint to a person, never a proof. sent_at: with its time
    zone, None where the mail states no readable date. message_id: without its angle brackets; "" without.
    attachments: in their order, at least one. left_out: attached and not read.
    """

    sender: str
    sender_name: str
    sent_at: datetime | None
    subject: str
    message_id: str
    attachments: tuple[Attachment, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def is_mail(content: bytes) -> bool:
    """Whether these bytes are an e-mail, whatever their name says."""
    return looks_like_mail(content[:SNIFFED_BYTES])


def open_mail(name: str, content: bytes) -> Mail:
    """A mail's facts and its readable attachments, those of attached messages too.

    Args:
        name: what the file is called, for messages. content: its bytes; the content decides, not the name.

    Raises:
        UnreadableFile: no mail, too large, damaged, or nothing attached that is read; it says why and
            what to do.
    """
    if len(content) > MAIL_BYTES:
        raise UnreadableFile(
            "file-too-large",
            f"The mail has {len(content) / MEGABYTE:,.0f} MB; {MAIL_BYTES // MEGABYTE} MB are the most.",
            _SAVE_IT,
        )
    if not is_mail(content):
        raise UnreadableFile(
            "no-mail",
            f"“{name}” is no e-mail (.eml).",
            "Save the message from the mail program as .eml, or hand in the attached table itself.",
        )
    mail = _opened_in_child(content)
    if not mail.attachments:
        raise _nothing_attached(mail)
    return mail


def _opened_in_child(content: bytes) -> Mail:
    with tempfile.TemporaryDirectory(prefix="concord-mail-") as folder:
        path = Path(folder) / "mail"
        path.write_bytes(content)
        arguments = (str(path), str(CPU_SECONDS), str(CHILD_MEMORY_BYTES))
        with Child("concord.intake.formats.mail.child", arguments, WALL_SECONDS) as child:
            mail = _mail_in(child.lines)
            if mail is None:
                raise broken_off(child.ended())
    return mail


def _mail_in(lines: Iterable[str]) -> Mail | None:
    """What the child said, put together; None where it stopped before it had finished."""
    mail = Mail("", "", None, "", "")
    for line in lines:
        try:
            said = json.loads(line)
        except ValueError:
            return None
        match said:
            case ["mail", str(sender), str(sender_name), str(sent_at), str(subject), str(message_id)]:
                moment = datetime.fromisoformat(sent_at) if sent_at else None
                mail = Mail(sender, sender_name, moment, subject, message_id)
            case ["attachment", str(name), str(packed), str(form)]:
                attachment = Attachment(name, base64.b64decode(packed), form)
                mail = replace(mail, attachments=(*mail.attachments, attachment))
            case ["left out", str(name), str(message), str(remedy)]:
                mail = replace(mail, left_out=(*mail.left_out, LeftOut(name, message, remedy)))
            case ["refused", str(rule), str(message), str(remedy)]:
                raise UnreadableFile(rule, message, remedy)
            case ["end"]:
                return mail
    return None


def _nothing_attached(mail: Mail) -> UnreadableFile:
    if not mail.left_out:
        return UnreadableFile(
            "nothing-attached",
            "The mail has no attachment, and a table in its text is not read.",
            "Ask for the table as a file, or copy it into a workbook and hand that in.",
        )
    first = mail.left_out[0]
    others = len(mail.left_out) - 1
    more = f" ({others} more {'is' if others == 1 else 'are'} not read either.)" if others else ""
    return UnreadableFile(
        "nothing-readable-attached", f"The attachment “{first.name}”: {first.message}{more}", first.remedy
    )
