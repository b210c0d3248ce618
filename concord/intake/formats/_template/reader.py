"""Reads a format of one row per line, its cells separated by "|": an example to start from.

The rules that every reader keeps: yield parts as you go and hold no whole file in memory where the format
allows; number rows as the file does, starting at 1; give text, never guess; raise UnreadableFile for the
file as a whole and yield a Note for a place in it. It runs in a child process and may be given hostile files.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from concord.intake.formats.cells import rows_of
from concord.intake.formats.parts import Format, Note, Part, SheetStart, UnreadableFile
from concord.intake.problems import Severity

SHEET = ""


def read(path: Path) -> Iterator[Part]:
    """The one sheet of the file, its rows, and a note for each line that is not closed by a bar.

    Raises:
        UnreadableFile: the file is not in UTF-8.
    """
    yield SheetStart(SHEET)
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip() and not line.rstrip().endswith("|"):
                    yield _not_closed(number, line.strip())
                yield from rows_of(SHEET, [(number, line.strip().strip("|").split("|"))])
    except UnicodeDecodeError as error:
        raise UnreadableFile("encoding", "The file is not in UTF-8.", "Save it as UTF-8.") from error


def _not_closed(number: int, line: str) -> Note:
    return Note(
        Severity.WARNING,
        "line-not-closed",
        "The line does not end with a bar, so its last cell may be cut off.",
        "Check the last cell of this row.",
        SHEET,
        number,
        None,
        line[:200],
    )


FORMAT = Format("Bars", (".bars",), streamed=True, read=read)
