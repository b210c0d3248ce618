"""What a file is by its content, whatever its name says, and the answer to those that are not read."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

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
    (
        "wordprocessingml",
        Refusal("word-document", "a Word document", "Copy its table into a workbook and hand that in."),
    ),
    ("presentationml", Refusal("presentation", "a presentation")),
)
_WORKBOOKS = (  # with and without macros, which are never run
    "spreadsheetml.sheet.main+xml",
    "spreadsheetml.template.main+xml",
    "ms-excel.sheet.macroenabled.main+xml",
    "ms-excel.template.macroenabled.main+xml",
)
_CONTROLS = bytes({*range(32)} - {*b"\t\n\v\f\r"})  # a hundredth of them is noise, not text
_OLD_EXCEL = Refusal(
    "old-workbook",
    "an old Excel workbook (.xls), or one protected with a password",
    "Remove the password, if it has one, save it as “Excel Workbook (.xlsx)” and hand that in.",
)
_ENCRYPTED = Refusal(
    "encrypted",
    "a workbook protected with a password",
    "Remove the password (File, Info, Protect Workbook), save it and hand it in again.",
)


def format_of(path: Path) -> str:
    """The name of the format in the registry: "CSV" or "Excel workbook".

    Raises:
        UnreadableFile: empty, or of a kind that is not read; it says what to hand in instead.
    """
    with path.open("rb") as file:
        start = file.read(SNIFFED_BYTES)
    if not start.strip():
        raise UnreadableFile(
            "empty-file", "The file is empty.", "Check that the table was saved, and hand it in again."
        )
    if start.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise _refused(_ENCRYPTED if _is_encrypted(path) else _OLD_EXCEL)
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _format_of_zip(path)
    for beginning, refusal in _BY_START:
        if start.startswith(beginning):
            raise _refused(refusal)
    return _format_of_text(start)


def _refused(refusal: Refusal) -> UnreadableFile:
    return UnreadableFile(refusal.rule, f"The file is {refusal.what}, which is not read.", refusal.remedy)


def _is_encrypted(path: Path) -> bool:
    """A workbook with a password is an OLE file that holds a stream of this name.

    Source: MS-OFFCRYPTO, 2.3.4.4.
    """
    name = "EncryptedPackage".encode("utf-16-le")
    with path.open("rb") as file:
        tail = b""
        while chunk := file.read(1 << 20):
            if name in tail + chunk:
                return True
            tail = chunk[-len(name) :]
    return False


def _format_of_zip(path: Path) -> str:
    types = _content_types(path)
    for mark, refusal in _BY_CONTENT_TYPE:
        if mark in types:
            raise _refused(refusal)
    if any(mark in types for mark in _WORKBOOKS):
        return "Excel workbook"
    if "opendocument.spreadsheet" in types:
        raise _refused(Refusal("opendocument", "an OpenDocument sheet (.ods)"))
    raise _refused(Refusal("packed", "a packed file (zip) and no workbook", SAVE_AS))


def _content_types(path: Path) -> str:
    """The start of the part that says what the package is; inflated only so far, headers are not trusted."""
    try:
        with zipfile.ZipFile(path) as package:
            names = package.namelist()
            name = CONTENT_TYPES if CONTENT_TYPES in names else "mimetype"
            with package.open(name) as part:
                return part.read(CONTENT_TYPES_BYTES).decode(errors="replace").casefold()
    except RuntimeError as error:
        raise _refused(_ENCRYPTED) from error
    except KeyError:
        return ""
    except Exception as error:  # zipfile raises many kinds on damaged files, and none says more than this
        raise UnreadableFile(
            "damaged",
            "The workbook is damaged or not complete.",
            "Open it in Excel or LibreOffice, save it again as .xlsx and hand that in.",
        ) from error


def _format_of_text(start: bytes) -> str:
    if _is_utf16(start):
        return "CSV"
    if sum(start.count(byte) for byte in _CONTROLS) > len(start) // 100:
        raise _refused(Refusal("not-a-table", "no table that Concord knows"))
    beginning = start.removeprefix(b"\xef\xbb\xbf").lstrip()[:400].lower()
    if beginning.startswith((b"<!doctype html", b"<html")) or b"<html" in beginning[:200]:
        raise _refused(Refusal("web-page", "a web page, even if its name says otherwise"))
    if beginning.startswith((b"<?xml", b"<iati-activities")):
        raise _refused(Refusal("xml", "an XML file"))
    if beginning.startswith((b"{", b"[{", b"[\n", b"[\r")):
        raise _refused(Refusal("json", "a JSON file"))
    return "CSV"


def _is_utf16(start: bytes) -> bool:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    half = len(start) // 2
    return half > 1 and max(start[0::2].count(0), start[1::2].count(0)) > half // 2
