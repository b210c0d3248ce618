"""The parts of an e-mail, taken from bytes that may be broken or mean harm. Runs in the child process."""

from __future__ import annotations

import email
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from pathlib import PurePosixPath

from concord.intake.formats.classified import require_unmarked
from concord.intake.formats.content import format_of_content
from concord.intake.formats.limits import FILE_BYTES, MAIL_DEPTH, MAIL_PARTS, MEGABYTE
from concord.intake.formats.mail.mail import Attachment, LeftOut, Mail
from concord.intake.formats.parts import UnreadableFile
from concord.intake.formats.registry import FORMATS

_TEXT_CHARACTERS = 500  # of a subject, a name, an address
_WINMAIL = b"\x78\x9f\x3e\x22"  # MS-OXTNEF, 2.1.3.3
_IGNORED_KINDS = ("text/calendar", "application/pgp-signature", "application/pkcs7-signature")


@dataclass(frozen=True, slots=True)
class _Attached:
    name: str
    content: bytes
    shown_in_text: bool


def mail_in(data: bytes) -> Mail:
    """The mail in these bytes, with every attachment either kept or left out for a reason.

    Raises:
        UnreadableFile: it is made of too many parts, or damaged.
    """
    try:
        return _mail_of(email.message_from_bytes(data))
    except (UnreadableFile, MemoryError):
        raise
    except Exception as error:  # email raises many kinds on mails that mean harm, and none says more
        raise UnreadableFile(
            "damaged",
            "The mail is damaged or not complete.",
            "Save the table that is attached to it as a file and hand that in.",
        ) from error


def _mail_of(message: Message) -> Mail:
    name, address = parseaddr(str(message.get("From", "")))
    require_unmarked(_text(message, "Subject"), "The subject of the mail")
    kept, left = _sorted_out(_attached_to(message))
    return Mail(
        sender=_decoded(address).lower(),
        sender_name=_decoded(name),
        sent_at=_sent_at(message),
        subject=_text(message, "Subject"),
        message_id=_text(message, "Message-ID").strip("<> "),
        attachments=tuple(kept),
        left_out=tuple(left),
    )


def _text(message: Message, header: str) -> str:
    return _decoded(str(message.get(header, "")))


def _decoded(raw: str) -> str:
    """A header with its encoded words read, on one line, without what cannot be shown."""
    try:
        pieces = decode_header(raw)
    except (HeaderParseError, ValueError):
        pieces = [(raw, None)]
    text = "".join(_piece(piece, charset) for piece, charset in pieces)
    return "".join(c for c in " ".join(text.split()) if c.isprintable())[:_TEXT_CHARACTERS]


def _piece(piece: bytes | str, charset: str | None) -> str:
    if isinstance(piece, str):
        return piece.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        return piece.decode(charset or "utf-8", "replace")
    except LookupError:
        return piece.decode("latin-1")


def _sent_at(message: Message) -> datetime | None:
    try:
        moment = parsedate_to_datetime(_text(message, "Date"))
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _attached_to(message: Message, depth: int = 1, counted: list[int] | None = None) -> Iterator[_Attached]:
    """The attachments, depth first; those of attached messages with them."""
    counted = counted if counted is not None else []
    counted.append(1)
    if len(counted) > MAIL_PARTS or depth > MAIL_DEPTH * 4:
        raise UnreadableFile(
            "too-many-parts",
            f"The mail is made of more than {MAIL_PARTS} parts, or they are nested too deeply.",
            "Save the table that is attached to it as a file and hand that in.",
        )
    if message.is_multipart():
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from _attached_to(part, depth + 1, counted)
    elif found := _attachment(message):
        yield found


def _attachment(part: Message) -> _Attached | None:
    disposition = str(part.get_content_disposition() or "")
    name = _name_of(part)
    if (disposition != "attachment" and not name) or part.get_content_type() in _IGNORED_KINDS:
        return None
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return None
    shown = disposition == "inline" or part.get("Content-ID") is not None
    return _Attached(name or "attachment", content, shown)


def _name_of(part: Message) -> str:
    """The name that the sender gave the file: its last piece only, so that it is never a path."""
    try:
        raw = part.get_filename() or ""
    except (ValueError, LookupError, TypeError):
        raw = ""
    return PurePosixPath(_decoded(str(raw)).replace("\\", "/")).name[-200:]


def _sorted_out(attached: Iterator[_Attached]) -> tuple[list[Attachment], list[LeftOut]]:
    kept: list[Attachment] = []
    left: list[LeftOut] = []
    for one in attached:
        try:
            kept.append(Attachment(one.name, one.content, _format_of(one)))
        except UnreadableFile as refusal:
            if not (one.shown_in_text and refusal.rule == "picture"):  # a logo in a signature is no table
                left.append(LeftOut(one.name, refusal.message, refusal.remedy))
    return kept, left


def _format_of(one: _Attached) -> str:
    if len(one.content) > FILE_BYTES:
        raise UnreadableFile(
            "file-too-large",
            f"The file has {len(one.content) / MEGABYTE:,.0f} MB; {FILE_BYTES // MEGABYTE} MB are the most.",
            "Split the table, or remove sheets, pictures and formatting, and hand it in again.",
        )
    if one.content.startswith(_WINMAIL):
        raise UnreadableFile(
            "winmail",
            "Outlook packed the attachments into a file that only Outlook reads (winmail.dat).",
            "Ask the sender to send it again in the format HTML or plain text, not Rich Text.",
        )
    name = format_of_content(io.BytesIO(one.content))
    form = FORMATS[name]
    suffix = PurePosixPath(one.name).suffix.casefold()
    if form.streamed and suffix not in form.suffixes:
        # Nearly any text could be a table: in a mail, only a file that is called one is taken for one.
        raise UnreadableFile(
            "no-table",
            "The file is a text whose name does not say that it is a table.",
            f"If it is one, save it with a name that ends in {form.suffixes[0]} and hand that in.",
        )
    return name
