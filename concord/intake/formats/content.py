"""What a file is by its content, whatever its name says, and the answer to those that are not read."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from concord.intake.formats import ole
from concord.intake.formats.package import damaged, encrypted
from concord.intake.formats.parts import UnreadableFile

SNIFFED_BYTES = 8192
CONTENT_TYPES = "[Content_Types].xml"
CONTENT_TYPES_BYTES = 1 << 20

SAVE_AS = "Save the table as “Excel Workbook (.xlsx)” or “CSV UTF-8” and hand that in."
UNPACK = "Unpack it and hand in the table itself."


@dataclass(frozen=True, slots=True)
class Refusal:
    """A kind of file that is recognised and not read."""

    rule: str
    what: str
    remedy: str = SAVE_AS


_BY_START = (
    (b"%PDF", Refusal("pdf", "a PDF", "Hand in the table it was made from, as .xlsx or CSV.")),
    (b"\x1f\x8b", Refusal("packed", "a packed file (gzip)", UNPACK)),
    (b"7z\xbc\xaf\x27\x1c", Refusal("packed", "a packed file (7z)", UNPACK)),
    (b"Rar!", Refusal("packed", "a packed file (RAR)", UNPACK)),
    (b"\x89PNG", Refusal("picture", "a picture")),
    (b"\xff\xd8\xff", Refusal("picture", "a picture")),
    (b"GIF8", Refusal("picture", "a picture")),
    (b"{\\rtf", Refusal("word-document", "a text document (RTF)")),
    (b"SQLite format 3", Refusal("database", "a database")),
    (b"\x7fELF", Refusal("program", "a program")),
    (b"MZ", Refusal("program", "a program")),
)
_BY_CONTENT_TYPE = (
    ("sheet.binary.macroenabled.main", Refusal("binary-workbook", "a binary Excel workbook (.xlsb)")),
    ("presentationml.presentation.main+xml", Refusal("presentation", "a presentation")),
)
_WORKBOOKS = (  # with and without macros, which are never run
    "spreadsheetml.sheet.main+xml",
    "spreadsheetml.template.main+xml",
    "ms-excel.sheet.macroenabled.main+xml",
    "ms-excel.template.macroenabled.main+xml",
)
_XML_BEGINNINGS = (b"<?xml", b"<!--", b"<!doctype ", b"<iati-")
_DOCUMENTS = (
    "wordprocessingml.document.main+xml",
    "wordprocessingml.template.main+xml",
    "ms-word.document.macroenabled.main+xml",
    "ms-word.template.macroenabledtemplate.main+xml",
)
_CONTROLS = bytes({*range(32)} - {*b"\t\n\v\f\r"})  # a hundredth of them is noise, not text
_BY_OLE_KIND = {
    ole.OLD_WORD: Refusal(
        "word-document",
        "an old Word document (.doc)",
        "Save it as “Word Document (.docx)” and hand that in.",
    ),
    ole.OUTLOOK_MESSAGE: Refusal(
        "outlook-message",
        "a message saved from Outlook (.msg)",
        "Save the file that is attached to it and hand that in, or save the message as .eml.",
    ),
    ole.OLD_POWERPOINT: Refusal("presentation", "a presentation (.ppt)"),
    "": Refusal("not-a-table", "no table that Concord knows"),
}
_OPENDOCUMENT_TEXT = Refusal(
    "opendocument-text",
    "an OpenDocument text (.odt)",
    "Save it as “Word Document (.docx)” and hand that in.",
)
_MAIL = Refusal("mail", "an e-mail", "Save the file that is attached to it and hand that in.")


def format_of(path: Path) -> str:
    """The name of a file's format in the registry, such as "CSV" or "Excel workbook".

    Raises:
        UnreadableFile: empty, or of a kind that is not read; it says what to hand in instead.
    """
    with path.open("rb") as file:
        return format_of_content(file)


def format_of_content(file: BinaryIO) -> str:
    """The same for an open file, or for bytes in memory.

    Raises:
        UnreadableFile: as `format_of`.
    """
    start = file.read(SNIFFED_BYTES)
    if not start.strip(b" \t\r\n\v\f\0"):
        raise UnreadableFile(
            "empty-file", "The file is empty.", "Check that the table was saved, and hand it in again."
        )
    if start.startswith(ole.SIGNATURE):
        kind = ole.kind_of(file)
        if kind == ole.ENCRYPTED:
            raise encrypted()
        if kind == ole.OLD_EXCEL:
            return "Old Excel workbook"
        raise _refused(_BY_OLE_KIND[kind])
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _format_of_zip(file)
    for beginning, refusal in _BY_START:
        if start.startswith(beginning):
            raise _refused(refusal)
    if looks_like_mail(start):
        raise _refused(_MAIL)
    return _format_of_text(start)


_MAIL_HEADER = re.compile(
    rb"^(?:from|to|date|subject|message-id|received|mime-version|return-path|delivered-to|reply-to|sender"
    rb"|content-type|dkim-signature|arc-seal|authentication-results|thread-topic):[ \t]",
    re.IGNORECASE | re.MULTILINE,
)
_HEADER_LINE = re.compile(rb"[!-9;-~]+:[ \t\r\n]")
_MAILBOX_LINE = b"From "
FEWEST_MAIL_HEADERS = 3


def looks_like_mail(start: bytes) -> bool:
    """Whether a file that starts so is an e-mail: headers with names that every mail has."""
    if start.startswith(_MAILBOX_LINE):
        start = start.partition(b"\n")[2]
    head = start.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    return (
        bool(_HEADER_LINE.match(head)) and len(set(_MAIL_HEADER.findall(head.lower()))) >= FEWEST_MAIL_HEADERS
    )


def _refused(refusal: Refusal) -> UnreadableFile:
    return UnreadableFile(refusal.rule, f"The file is {refusal.what}, which is not read.", refusal.remedy)


def _format_of_zip(file: BinaryIO) -> str:
    types = _content_types(file)
    for mark, refusal in _BY_CONTENT_TYPE:
        if mark in types:
            raise _refused(refusal)
    if any(mark in types for mark in _WORKBOOKS):
        return "Excel workbook"
    if any(mark in types for mark in _DOCUMENTS):
        return "Word document"
    if "opendocument.spreadsheet" in types:
        return "OpenDocument sheet"
    if "opendocument.text" in types:
        raise _refused(_OPENDOCUMENT_TEXT)
    raise _refused(Refusal("packed", "a packed file (zip) and no workbook", SAVE_AS))


def _content_types(file: BinaryIO) -> str:
    """The start of the part that says what the package is; inflated only so far, headers are not trusted."""
    try:
        with zipfile.ZipFile(file) as package:
            names = package.namelist()
            name = CONTENT_TYPES if CONTENT_TYPES in names else "mimetype"
            with package.open(name) as part:
                return part.read(CONTENT_TYPES_BYTES).decode(errors="replace").casefold()
    except RuntimeError as error:
        raise encrypted() from error
    except KeyError:
        return ""
    except Exception as error:  # zipfile raises many kinds on damaged files, and none says more than this
        raise damaged() from error


def _format_of_text(start: bytes) -> str:
    if _is_utf16(start):
        return "IATI activity file" if start.replace(b"\0", b"")[2:7] == b"<?xml" else "CSV"
    if sum(start.count(byte) for byte in _CONTROLS) > len(start) // 100:
        raise _refused(Refusal("not-a-table", "no table that Concord knows"))
    beginning = start.removeprefix(b"\xef\xbb\xbf").lstrip()[:400].lower()
    if beginning.startswith((b"<!doctype html", b"<html")) or b"<html" in beginning[:200]:
        raise _refused(Refusal("web-page", "a web page, even if its name says otherwise"))
    if beginning.startswith(_XML_BEGINNINGS):
        return "IATI activity file"  # whose reader looks at the first element, and refuses any other XML
    if beginning.startswith((b"{", b"[{", b"[\n", b"[\r")):
        return "JSON"
    return "CSV"


def _is_utf16(start: bytes) -> bool:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if start.count(0) > len(start) * 3 // 4:
        return False
    half = len(start) // 2
    return half > 1 and max(start[0::2].count(0), start[1::2].count(0)) > half // 2
