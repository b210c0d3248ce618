"""Files as they come in: from a path or as uploaded bytes, read in the child process, with their SHA-256."""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from concord.intake.arrivals import arrival_of
from concord.intake.formats.limits import FILE_BYTES, MAIL_BYTES, MEGABYTE
from concord.intake.formats.mail.mail import is_mail
from concord.intake.formats.messages import line_of, said_in
from concord.intake.formats.parts import HiddenColumns, Part, Sheets, SheetStart, UnreadableFile, collect
from concord.intake.formats.reading import read_file
from concord.intake.mapping import MappedSheet, map_sheets
from concord.intake.preview import File
from concord.kernel.canonical import sha256_hex

NAME_CHARACTERS = 255


def open_path(path: Path) -> tuple[File, bytes]:
    """A file on this machine, of any size if it is text, and its bytes; out of the mail that brought it.

    Raises:
        UnreadableFile: as formats.reading.read_file.
    """
    if path.stat().st_size <= MAIL_BYTES and is_mail(whole := path.read_bytes()):
        arrival = arrival_of(path.name, whole)
        file = open_bytes(arrival.name, arrival.content)
        file.sheets.notes.extend(arrival.notes)
        return file, arrival.content
    sheets = read_file(path, any_size=True)
    content = path.read_bytes()
    return File(shown_name(path.name), sha256_hex(content), len(content), sheets), content


def open_bytes(name: str, content: bytes) -> File:
    """A file that was uploaded, 20 MB at most.

    Raises:
        UnreadableFile: as formats.reading.read_file.
    """
    if len(content) > FILE_BYTES:
        raise UnreadableFile(
            "file-too-large",
            f"The file has {len(content) / MEGABYTE:,.0f} MB; {FILE_BYTES // MEGABYTE} MB are the most.",
            "Split the table, or remove sheets, pictures and formatting, and hand it in again.",
        )
    with tempfile.TemporaryDirectory(prefix="concord-input-") as folder:
        # The sender's name never becomes a path.
        path = Path(folder) / "input"
        path.write_bytes(content)
        sheets = read_file(path, name=name)
    return File(shown_name(name), sha256_hex(content), len(content), sheets)


def names_reporters(sheets: Sheets) -> bool:
    """Whether its rows say by themselves whose they are: IATI activities, and rows with Concord's keys.

    Source: design.md, section 3 "Identity".
    """
    if any(row.received for sheet in sheets.sheets for row in sheet.rows):
        return True
    mapped = map_sheets(sheets.sheets).sheets
    return bool(mapped) and all(_has_keys(sheet) for sheet in mapped if sheet.holds == "actions")


def _has_keys(sheet: MappedSheet) -> bool:
    return sheet.column_of("key") is not None and all(sheet.value(row, "key") for row in sheet.rows)


def shown_name(name: str) -> str:
    """A file's name without folders and without what cannot be shown, short enough to store."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(character for character in last if character.isprintable()).strip()
    return (kept or "file")[-NAME_CHARACTERS:]


def pack(sheets: Sheets) -> bytes:
    """What was read of a file, in the reading child's own lines, compressed."""
    return zlib.compress("".join(line_of(part) for part in parts_of(sheets)).encode(), level=1)


def unpack(packed: bytes) -> Sheets:
    """The sheets that `pack` kept."""
    lines = zlib.decompress(packed).decode().splitlines()
    said = (said_in(line) for line in lines)
    return collect(part for part in said if isinstance(part, Part))


def parts_of(sheets: Sheets) -> Iterator[Part]:
    """The parts that `collect` puts together again."""
    for sheet in sheets.sheets:
        yield SheetStart(sheet.name)
        yield from sheet.rows
        yield from sheet.comments
        yield from sheet.merged
        if sheet.hidden_columns:
            yield HiddenColumns(sheet.name, sheet.hidden_columns)
    yield from sheets.notes
