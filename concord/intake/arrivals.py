"""What arrives with a table around it: a mail that brought a file is opened, and says so."""

from __future__ import annotations

from dataclasses import dataclass

from concord.intake.formats.mail import Mail, open_mail
from concord.intake.formats.mail.mail import is_mail
from concord.intake.formats.parts import Note, UnreadableFile
from concord.intake.formats.registry import FORMATS
from concord.intake.problems import Severity

MAIL_SUFFIX = ".eml"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file to read: its name and bytes, and what is to be told of how it came."""

    name: str
    content: bytes
    notes: tuple[Note, ...] = ()


def accepted_suffixes() -> list[str]:
    """How the names of files end that can be handed in, a mail's among them."""
    return [*(suffix for form in FORMATS.values() for suffix in form.suffixes), MAIL_SUFFIX]


def arrival_of(name: str, content: bytes) -> Arrival:
    """The file itself, or the one that is attached where it is a mail.

    Raises:
        UnreadableFile: as formats.mail.open_mail; several attached files are handed in one by one.
    """
    if not is_mail(content):
        return Arrival(name, content)
    mail = open_mail(name, content)
    if len(mail.attachments) > 1:
        shown = ", ".join(f"“{one.name}”" for one in mail.attachments)
        raise UnreadableFile(
            "several-attached",
            f"The mail brings {len(mail.attachments)} files: {shown}.",
            "Save them, and hand them in one after the other.",
        )
    attached = mail.attachments[0]
    return Arrival(attached.name, attached.content, (_came_by(mail), *_left_out(mail)))


def _came_by(mail: Mail) -> Note:
    sender = mail.sender or "an unknown sender"
    day = f" of {mail.sent_at:%d.%m.%Y}" if mail.sent_at else ""
    subject = f", “{mail.subject}”" if mail.subject else ""
    return Note(
        Severity.WARNING,
        "came-by-mail",
        f"The file came with a mail by {sender}{day}{subject}.",
        "Anybody can write any sender into a mail: check that the rows are theirs.",
    )


def _left_out(mail: Mail) -> list[Note]:
    return [
        Note(
            Severity.WARNING,
            "attachment-left-out",
            f"“{one.name}” is attached to the mail too and was not read. {one.message}",
            one.remedy,
        )
        for one in mail.left_out
    ]
