"""Every limit on files from outside, in one place. Changing one needs an ADR.

Source: reliability targets, section 1, "Uploads".
"""

from __future__ import annotations

from typing import Final

MEGABYTE: Final = 1024 * 1024

FILE_BYTES: Final = 20 * MEGABYTE  # a workbook, and any file handed in on a page
UNPACKED_BYTES: Final = 200 * MEGABYTE  # counted while inflating: the headers of a zip can lie
MAIL_BYTES: Final = 30 * MEGABYTE  # an e-mail with its attachments, which travel a third larger than they are
MAIL_PARTS: Final = 200
MAIL_DEPTH: Final = 4  # a message attached to a message attached to …
PARTS: Final = 1_000  # files inside a workbook
ROWS: Final = 100_000  # of one sheet
COLUMNS: Final = 500
CELL_AREA: Final = 8_000_000
"""Rows x columns that the used part of a sheet may span: the reader lays it out whole, 32 bytes a cell."""
CELL_CHARACTERS: Final = 100_000  # Excel itself stops at 32,767
LINE_BYTES: Final = 4 * MEGABYTE  # of one line of text: longer is no table
BLANK_BYTES: Final = 4 * MEGABYTE  # of empty lines on end
PROLOG_BYTES: Final = MEGABYTE  # of an XML file, within which its first element must begin
ACTIVITY_BYTES: Final = 8 * MEGABYTE  # of one IATI activity, the whole of which is held in memory
NUMBER_CHARACTERS: Final = 40  # of a number in JSON: longer is no amount
SAID_BYTES: Final = 256 * MEGABYTE  # what a child may answer about one workbook or page upload

CHILD_MEMORY_BYTES: Final = 512 * MEGABYTE
"""Address space that a child may add to what the interpreter and the reading libraries already take
(measured when it starts; 22 MB on Linux with Python 3.13, so 534 MB in all)."""
CPU_SECONDS: Final = 30
WALL_SECONDS: Final = 60
STREAM_SECONDS: Final = 60  # on the command line, text: this and one more second per megabyte


def seconds_for(size: int, *, streamed: bool) -> tuple[int, int]:
    """CPU and wall seconds that a child may take for a file of that many bytes.

    streamed: a text format on the command line, which has no size limit.
    """
    if not streamed:
        return CPU_SECONDS, WALL_SECONDS
    allowed = STREAM_SECONDS + size // MEGABYTE
    return allowed, allowed
