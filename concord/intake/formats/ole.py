"""Old Office files and encrypted new ones: small file systems of their own ("OLE", compound files)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO, Final

SIGNATURE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED: Final = "encrypted"
OLD_EXCEL: Final = "old Excel"
OLD_WORD: Final = "old Word"
OLD_POWERPOINT: Final = "old PowerPoint"
OUTLOOK_MESSAGE: Final = "Outlook message"

# Which stream or storage tells what the file is, by how its name begins.
# Source: MS-OFFCRYPTO 2.3.4.4, MS-XLS 2.1.2, MS-DOC 2.1.1, MS-PPT 2.1.2, MS-OXMSG 2.1.3.
_TELLING: Final = {
    "EncryptedPackage": ENCRYPTED,
    "__substg1.0_": OUTLOOK_MESSAGE,
    "__properties_version": OUTLOOK_MESSAGE,
    "WordDocument": OLD_WORD,
    "PowerPoint Document": OLD_POWERPOINT,
    "Workbook": OLD_EXCEL,
    "Book": OLD_EXCEL,
}
_HEADER = struct.Struct("<30xH16xI")  # sector size as a power of two, first sector of the directory
_ENTRY = struct.Struct("<64xH50xI")  # length of the name, first sector of the stream
_RECORD = struct.Struct("<HH")
_FILE_PASS = 0x2F
_ENTRY_BYTES = 128
_NAME_BYTES = 64
_MOST_ENTRIES = 4_096
_SECTOR_POWERS = (9, 12)


def kind_of(file: BinaryIO) -> str:
    """What an OLE file is, by the first telling name in its directory; "" if none tells."""
    file.seek(0)
    header = file.read(512)
    if len(header) < _HEADER.size:
        return ""
    power, sector = _HEADER.unpack_from(header)
    if power not in _SECTOR_POWERS:
        return ""
    for name, start in _entries(file, 1 << power, sector):
        for beginning, kind in _TELLING.items():
            if name.startswith(beginning):
                locked = kind == OLD_EXCEL and _is_locked(file, (start + 1) << power)
                return ENCRYPTED if locked else kind
    return ""


def _entries(file: BinaryIO, sector_bytes: int, first_sector: int) -> Iterator[tuple[str, int]]:
    """The names in the directory, each with the first sector of its stream. Sectors of the directory
    usually follow one another; where they do not, what comes in between are no entries, which is noticed
    by the length that each entry states of its own name."""
    file.seek((first_sector + 1) * sector_bytes)
    for _ in range(_MOST_ENTRIES):
        entry = file.read(_ENTRY_BYTES)
        if len(entry) < _ENTRY_BYTES:
            return
        length, start = _ENTRY.unpack_from(entry)
        if 2 <= length <= _NAME_BYTES and not length % 2:
            yield entry[: length - 2].decode("utf-16-le", errors="replace"), start


def _is_locked(file: BinaryIO, place: int) -> bool:
    """Whether the records of a workbook begin with one that says they are encrypted.

    Source: MS-XLS, 2.4.117 (FilePass), which follows the first record, or the one on write protection.
    """
    file.seek(place)
    records = file.read(512)
    offset = 0
    for _ in range(4):
        if offset + _RECORD.size > len(records):
            return False
        kind, length = _RECORD.unpack_from(records, offset)
        if kind == _FILE_PASS:
            return True
        offset += _RECORD.size + length
    return False
