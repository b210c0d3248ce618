"""The zip around a workbook or document, read with suspicion: each part is inflated and counted here first.

The headers of a zip may lie about sizes, overlap, repeat a name or climb out of a folder. Nothing is
written to disk; parts are handed on in pieces.

Source: reliability targets, section 1, "Uploads"; APPNOTE.TXT (zip), sections 4.3 and 4.4.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from concord.intake.formats.limits import MEGABYTE, PARTS, UNPACKED_BYTES
from concord.intake.formats.parts import UnreadableFile

PIECE_BYTES = 1 << 16
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_ENCRYPTED = 0x1
RESAVE = "Open it in the program it was made with, save it again (as .xlsx or .docx) and hand that in."


@dataclass(frozen=True, slots=True)
class PartOfZip:
    """One part: its name and where its packed bytes begin and end in the file."""

    name: str
    start: int
    end: int
    unpacked: int
    deflated: bool


def parts_of(path: Path) -> list[PartOfZip]:
    """The parts of a zip in the order of its directory, each with a place of its own.

    Raises:
        UnreadableFile: damaged, encrypted, too many parts, or parts that repeat, overlap or climb.
    """
    try:
        with zipfile.ZipFile(path) as package, path.open("rb") as file:
            infos = [info for info in package.infolist() if not info.is_dir()]
            _require_plain(infos)
            found = [_located(file, info) for info in infos]
    except (zipfile.BadZipFile, NotImplementedError, struct.error, ValueError, OverflowError) as error:
        raise damaged() from error
    _require_apart(found)
    return found


def _require_plain(infos: list[zipfile.ZipInfo]) -> None:
    if len(infos) > PARTS:
        raise UnreadableFile(
            "too-many-parts", f"The file is made of {len(infos):,} parts; {PARTS:,} are the most.", RESAVE
        )
    names = [info.filename.casefold() for info in infos]
    if len(set(names)) < len(names):
        raise UnreadableFile("duplicate-parts", "The file holds two parts of the same name.", RESAVE)
    for info in infos:
        if info.flag_bits & _ENCRYPTED:
            raise encrypted()
        climbs = ".." in info.filename.replace("\\", "/").split("/")
        if climbs or info.filename.startswith(("/", "\\")) or "\x00" in info.orig_filename:
            raise UnreadableFile("unsafe-part", "A part of the file points outside of it.", RESAVE)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise damaged()


def _located(file: BinaryIO, info: zipfile.ZipInfo) -> PartOfZip:
    file.seek(info.header_offset)
    header = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
    if header[0] != b"PK\x03\x04":
        raise damaged()
    start = info.header_offset + _LOCAL_HEADER.size + header[9] + header[10]
    deflated = info.compress_type == zipfile.ZIP_DEFLATED
    return PartOfZip(info.filename, start, start + info.compress_size, info.file_size, deflated)


def _require_apart(parts: list[PartOfZip]) -> None:
    ordered = sorted(parts, key=lambda part: part.start)
    for part, following in pairwise(ordered):
        if part.end > following.start - _LOCAL_HEADER.size:
            raise UnreadableFile("overlapping-parts", "Parts of the file overlap.", RESAVE)


class Inflater:
    """Unpacks parts and counts every byte that comes out, over the whole file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._left = UNPACKED_BYTES

    def pieces(self, part: PartOfZip) -> Iterator[bytes]:
        """The unpacked bytes of a part, in pieces.

        Raises:
            UnreadableFile: the file unpacks to more than the limit, or to another size than it says.
        """
        size = 0
        with self._path.open("rb") as file:
            for piece in _inflated(file, part):
                size += len(piece)
                self._left -= len(piece)
                if self._left < 0:
                    raise UnreadableFile(
                        "unpacks-too-large",
                        f"The file unpacks to more than {UNPACKED_BYTES // MEGABYTE} MB.",
                        "Remove sheets, pictures and formatting, or hand the rows in as CSV.",
                    )
                yield piece
        if size != part.unpacked:
            raise damaged()


def _inflated(file: BinaryIO, part: PartOfZip) -> Iterator[bytes]:
    file.seek(part.start)
    left = part.end - part.start
    if not part.deflated:
        while left and (packed := file.read(min(PIECE_BYTES, left))):
            left -= len(packed)
            yield packed
        return
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        while left and not engine.eof and (packed := file.read(min(PIECE_BYTES, left))):
            left -= len(packed)
            while packed and not engine.eof:
                yield engine.decompress(packed, PIECE_BYTES)
                packed = engine.unconsumed_tail
        while not engine.eof and (piece := engine.decompress(engine.unconsumed_tail, PIECE_BYTES)):
            yield piece
    except zlib.error as error:
        raise damaged() from error
    if left or not engine.eof:
        raise damaged()


def damaged() -> UnreadableFile:
    """The answer to a file that is broken or truncated."""
    return UnreadableFile("damaged", "The file is damaged or not complete.", RESAVE)


def encrypted() -> UnreadableFile:
    """The answer to a file with a password."""
    return UnreadableFile(
        "encrypted",
        "The file is protected with a password, so it cannot be read.",
        "Remove the password (in Excel and Word: File, Info, Protect), save it and hand it in again.",
    )
