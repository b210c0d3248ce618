"""Which encoding the lines of a text file are in, also where a file mixes several.

Excel in South-Eastern Europe still saves "CSV" in the Windows code page of the machine, and people
paste rows from one such file into another.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from concord.intake.formats.limits import BLANK_BYTES, LINE_BYTES, MEGABYTE
from concord.intake.formats.parts import UnreadableFile

CHUNK_BYTES = 1 << 16
NAMED = {
    "utf-8-sig": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1250": "Windows-1250 (Central European)",
    "cp1252": "Windows-1252 (Western European)",
    "cp1251": "Windows-1251 (Cyrillic)",
}

# Bytes that speak for one Windows code page against the other. š and ž stand at the same places in both;
# they are frequent in the languages of 1250 and rare in those of 1252. č ć đ against è æ ð likewise;
# é, à, ê, ñ, å, ø speak for 1252, where they are frequent.
_FOR_1250 = frozenset(b"\x8a\x8e\x9a\x9e\x8d\x8f\x9d\x9f\xe6\xf0\xc6\xd0\xe8\xc8\xb3\xa3\xb9\xbf")
_FOR_1252 = frozenset(b"\xe9\xc9\xe0\xc0\xea\xca\xf1\xd1\xe5\xc5\xf8\xd8\xf5\xd5\xe3\xc3\xfb\xf9")
_FIRST_HIGH_BYTE = 0x80
# Cyrillic words are high bytes throughout; in the Latin code pages no three of them meet.
_RUN_OF_HIGH_BYTES = re.compile(rb"[\x80-\xff]{3,}")


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a file is to be decoded: one encoding, and another for the lines that are not valid in it.

    base: of the file. other: for lines that are not valid UTF-8 ("" where there are none).
    mixed: the file holds lines of both.
    """

    base: str
    other: str = ""
    mixed: bool = False


def find_encoding(path: Path) -> Encoding:
    """Reads the file once and says what it is written in.

    Raises:
        UnreadableFile: it holds bytes that no text has, or a line that is too long.
    """
    with path.open("rb") as file:
        start = file.read(4096)
    marked = _marked(start)
    if marked:
        return Encoding(marked)
    return _unmarked(path)


def _marked(start: bytes) -> str:
    if start.startswith(codecs.BOM_UTF8):
        return ""  # a file may begin with the mark and still hold lines of another encoding
    if start.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if start.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    if start[1::2].count(0) > len(start) // 4:
        return "utf-16-le"
    return "utf-16-be" if start[0::2].count(0) > len(start) // 4 else ""


def _unmarked(path: Path) -> Encoding:
    has_utf8, votes = False, _Votes()
    for line in lines_of(path):
        if line.isascii():
            continue
        try:
            line.decode()
            has_utf8 = True
        except UnicodeDecodeError:
            votes.count(line)
    if not votes.high_bytes:
        return Encoding("utf-8-sig")
    return Encoding("utf-8-sig", votes.code_page(), mixed=has_utf8)


@dataclass(slots=True)
class _Votes:
    """What the lines that are not in UTF-8 say for one Windows code page or another."""

    high_bytes: int = 0
    in_runs: int = 0
    for_1250: int = 0
    for_1252: int = 0

    def count(self, line: bytes) -> None:
        self.high_bytes += sum(byte >= _FIRST_HIGH_BYTE for byte in line)
        self.in_runs += sum(map(len, _RUN_OF_HIGH_BYTES.findall(line)))
        self.for_1250 += sum(byte in _FOR_1250 for byte in line)
        self.for_1252 += sum(byte in _FOR_1252 for byte in line)

    def code_page(self) -> str:
        if self.in_runs * 2 > self.high_bytes:
            return "cp1251"
        return "cp1250" if self.for_1250 >= self.for_1252 else "cp1252"


def lines_of(path: Path) -> Iterator[bytes]:
    """The lines of a file of single-byte text or UTF-8, with their ends: LF, CRLF or a bare CR.

    Raises:
        UnreadableFile: a line is longer than a table's can be.
    """
    with path.open("rb") as file:
        rest, blank = b"", 0
        while chunk := file.read(CHUNK_BYTES):
            # A CR at the very end may be the first half of CRLF: it waits for the next chunk.
            blank = blank + len(chunk) if chunk.isspace() else 0
            if blank > BLANK_BYTES:
                raise UnreadableFile(
                    "empty-lines",
                    f"The file holds more than {BLANK_BYTES // MEGABYTE} MB of empty lines on end.",
                    "Delete the empty lines, or save the table again, and hand that in.",
                )
            *lines, rest = _split(rest + chunk)
            yield from lines
            if len(rest) > LINE_BYTES:
                raise _line_too_long()
        yield from rest.splitlines(keepends=True)


def _line_too_long() -> UnreadableFile:
    return UnreadableFile(
        "line-too-long",
        f"The file has a line of more than {LINE_BYTES // MEGABYTE} MB, so it is no table.",
        "Save the table as CSV (UTF-8) or as an Excel workbook (.xlsx) and hand that in.",
    )


def _split(data: bytes) -> list[bytes]:
    lines = data.splitlines(keepends=True)
    if not lines:
        return [b""]
    return lines if not lines[-1].endswith(b"\n") else [*lines, b""]


def decoded_lines(path: Path, encoding: Encoding) -> Iterator[tuple[str, bool]]:
    """Each line as text, and whether it was read in the file's other encoding.

    What no letter stands for becomes U+FFFD. The byte order mark is taken off.

    Raises:
        UnreadableFile: a line is longer than a table's can be.
    """
    if encoding.base.startswith("utf-16"):
        with path.open(encoding=encoding.base, errors="replace", newline="") as file:
            for number, text in enumerate(iter(lambda: file.readline(LINE_BYTES + 1), "")):
                if len(text) > LINE_BYTES:
                    raise _line_too_long()
                yield (text.removeprefix("\ufeff") if number == 0 else text), False
        return
    for number, line in enumerate(lines_of(path)):
        raw = line.removeprefix(codecs.BOM_UTF8) if number == 0 else line
        try:
            yield raw.decode(), False
        except UnicodeDecodeError:
            yield raw.decode(encoding.other, errors="replace"), True
