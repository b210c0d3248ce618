"""IATI activity files, streamed: an activity is read, told and forgotten before the next one begins.

No document type, no entities, no network. A file that breaks off is refused as a whole: nobody could say
what the missing rest would have changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from lxml import etree

from concord.intake.formats.iati.activities import COLUMNS_OF_IATI, cells_of
from concord.intake.formats.iati.elements import Element
from concord.intake.formats.iati.remarks import note_of
from concord.intake.formats.iati.words import COLUMNS, VERSIONS
from concord.intake.formats.limits import ACTIVITY_BYTES, MEGABYTE, PROLOG_BYTES
from concord.intake.formats.parts import Format, Note, Part, Row, SheetStart, UnreadableFile
from concord.intake.problems import Severity
from concord.intake.vocabulary import fields_of

SHEET: Final = ""
CHUNK_BYTES: Final = 1 << 16
ROOT, ACTIVITY = "iati-activities", "iati-activity"
_MEND: Final = "Ask whoever made the file for a whole one, check it with an XML editor, and hand it in again."


def read(path: Path) -> Iterator[Part]:
    """One sheet: row 0 holds the headings, row n the n-th activity of the file.

    Raises:
        UnreadableFile: no IATI activities, a document type, broken XML (with the line), or one activity
            of more than 8 MB.
    """
    root = _root_of(path)
    columns = _columns(root)
    yield SheetStart(SHEET)
    yield Row(0, columns)
    if note := _version_note(root.get("version") or ""):
        yield note
    frame = _frame(root.get("version") or "")
    for number, activity in enumerate(_activities(path), start=1):
        yield from _parts_of(activity, number, columns, frame)


def _frame(version: str) -> tuple[str, str]:
    """What stands around an activity that is kept: the root, whose version says how to read it."""
    return f"<{ROOT} version={quoteattr(version)}>", f"</{ROOT}>"


def _parts_of(
    activity: Element, number: int, columns: tuple[str, ...], frame: tuple[str, str]
) -> Iterator[Part]:
    remarks: list[tuple[str, str, str]] = []
    cells = cells_of(activity, lambda rule, column, value: remarks.append((rule, column, value)))
    whole = etree.tostring(activity, encoding="unicode", with_tail=False)
    yield Row(
        number, tuple([cells.get(column, "") for column in columns]), False, f"{frame[0]}{whole}{frame[1]}"
    )
    for rule, column, value in remarks:
        at = columns.index(column) if column in columns else None
        yield note_of(rule, value, SHEET, number, at, activity.sourceline)


# --- before the first activity ----------------------------------------------------------------------------


class _RootFound(Exception):  # noqa: N818  (no error: the way out of the parser)
    """The root element began."""


def _root_of(path: Path) -> dict[str, str]:
    """The root's attributes, by their names as lxml has them, read without building anything.

    A document type can only stand before the root, so that none is left once this has passed.
    """
    found: dict[str, str] = {}
    parser = expat.ParserCreate(namespace_separator="}")

    def start(name: str, attributes: dict[str, str]) -> None:
        found["name"] = name
        found.update((f"{{{key}" if "}" in key else key, value) for key, value in attributes.items())
        raise _RootFound

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = _refuse_document_type
    try:
        with path.open("rb") as file:
            parser.Parse(file.read(PROLOG_BYTES), False)
    except _RootFound:
        return _require_activities(found)
    except expat.ExpatError as error:
        raise _broken(error.lineno, expat.ErrorString(error.code) or "not well-formed") from error
    except (LookupError, ValueError) as error:
        raise UnreadableFile(
            "encoding", "The XML file names an encoding that is not known.", _MEND
        ) from error
    raise _broken(1, "no element was found")


def _refuse_document_type(*_what: object) -> None:
    raise UnreadableFile(
        "document-type",
        "The XML file declares a document type (<!DOCTYPE …>), which IATI files never have. It was not read.",
        "Remove the declaration, or ask whoever made the file for one without it.",
    )


def _require_activities(root: dict[str, str]) -> dict[str, str]:
    name = root.pop("name")
    if name == ROOT:
        return root
    if name == "iati-organisations":
        raise UnreadableFile(
            "iati-organisations",
            "The file is an IATI organisation file: it tells about organisations and holds no activities.",
            "Hand in the organisation's activity file (its first element is iati-activities).",
        )
    raise UnreadableFile(
        "xml",
        f"The file is an XML file that is no IATI: its first element is “{name.rpartition('}')[2][:80]}”.",
        "Hand in an IATI activity file (its first element is iati-activities), or the table as .xlsx or CSV.",
    )


def _columns(root: dict[str, str]) -> tuple[str, ...]:
    """Those that Concord itself wrote down in the file, else what IATI can say."""
    known = fields_of("actions")
    named = tuple(name for name in dict.fromkeys(root.get(COLUMNS, "").split()) if name in known)
    return named if "title" in named else COLUMNS_OF_IATI


def _version_note(version: str) -> Note | None:
    if version.strip() in VERSIONS:
        return None
    return Note(
        Severity.WARNING,
        "iati-version",
        f"The file says that it is of IATI version {version[:20]}."
        if version
        else "The file names no version.",
        f"Versions {VERSIONS[0]} to {VERSIONS[-1]} are read; look at a few rows to see that they are right.",
        SHEET,
        None,
        None,
        version[:20],
    )


# --- activity by activity -------------------------------------------------------------------------------


def _activities(path: Path) -> Iterator[Element]:
    """Each activity below the root, whole; it is taken from the tree once the next one is asked for."""
    parser = etree.XMLPullParser(
        events=("end",),
        tag=ACTIVITY,
        huge_tree=True,
        resolve_entities="internal",  # none can be declared: an undefined one breaks the file
        load_dtd=False,
        no_network=True,
        strip_cdata=False,
    )
    with path.open("rb") as file:
        since = 0  # bytes since an activity ended last
        while chunk := file.read(CHUNK_BYTES):
            since += len(chunk)
            _feed(parser, chunk)
            for _event, activity in parser.read_events():
                root = activity.getparent()
                if root is None or root.getparent() is not None:
                    continue
                since = 0
                yield activity
                _forget(root, activity)
            _require_size(since)
    try:
        parser.close()
    except etree.XMLSyntaxError as error:
        raise _syntax(error) from error


def _feed(parser: etree.XMLPullParser, chunk: bytes) -> None:
    try:
        parser.feed(chunk)
    except etree.XMLSyntaxError as error:
        raise _syntax(error) from error


def _forget(root: Element, activity: Element) -> None:
    activity.clear()
    del root[: root.index(activity) + 1]


def _require_size(since: int) -> None:
    if since > ACTIVITY_BYTES:
        raise UnreadableFile(
            "activity-too-large",
            f"One activity has more than {ACTIVITY_BYTES // MEGABYTE} MB, which is more than is read.",
            "Check that every <iati-activity> is closed; leave out what is no plan, such as single payments.",
        )


def _syntax(error: etree.XMLSyntaxError) -> UnreadableFile:
    return _broken(error.lineno or 0, error.msg or "not well-formed")


def _broken(line: int, words: str) -> UnreadableFile:
    said = " ".join(words.split())[:200].rstrip(".")
    return UnreadableFile(
        "broken-xml",
        f"The XML breaks off at line {line:,} ({said}). No activity of the file was taken, those before it"
        " neither.",
        _MEND,
    )


FORMAT = Format("IATI activity file", (".xml", ".iati"), streamed=True, read=read)
