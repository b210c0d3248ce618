"""Cells as text that can be stored: what a database or a page could not hold is taken out, and said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from concord.intake.formats.limits import CELL_CHARACTERS, COLUMNS
from concord.intake.formats.parts import Note, Part, Row, UnreadableFile, column_letters
from concord.intake.problems import Severity

# C0 controls but tab and line ends, DEL, and halves of surrogate pairs: PostgreSQL refuses NUL and
# surrogates, XML and terminals the rest.
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def rows_of(sheet: str, numbered: Iterable[tuple[int, Sequence[str]]]) -> Iterator[Part]:
    """Rows made of raw cells: trimmed of what cannot be stored and of empty cells at the end.

    Empty rows are left out. Cells from which characters were taken are noted.

    Raises:
        UnreadableFile: a row with too many columns, or a cell with too many characters.
    """
    for number, raw in numbered:
        cells = [cell.strip() for cell in raw]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        _require_size(sheet, number, cells)
        for index, cell in enumerate(cells):
            if _UNSTORABLE.search(cell):
                cells[index] = _UNSTORABLE.sub("", cell).strip()
                yield _note(sheet, number, index, cells[index])
        yield Row(number, tuple(cells))


def storable(text: str) -> str:
    """A text without the characters that cannot be stored, and no longer than a cell."""
    return _UNSTORABLE.sub("", text)[:CELL_CHARACTERS]


def _require_size(sheet: str, number: int, cells: Sequence[str]) -> None:
    place = f"row {number}" + (f" of sheet “{sheet}”" if sheet else "")
    if len(cells) > COLUMNS:
        raise UnreadableFile(
            "too-many-columns",
            f"There are {len(cells):,} columns in {place}; {COLUMNS} are the most that is read.",
            "Remove the columns that are not needed and save the file again.",
        )
    for index, cell in enumerate(cells):
        if len(cell) > CELL_CHARACTERS:
            raise UnreadableFile(
                "cell-too-long",
                f"Column {column_letters(index)} of {place} holds {len(cell):,} characters;"
                f" {CELL_CHARACTERS:,} are the most that is read.",
                "Shorten the text; a missing closing quotation mark is a common cause.",
            )


def _note(sheet: str, number: int, index: int, kept: str) -> Note:
    return Note(
        Severity.WARNING,
        "control-characters",
        "The cell holds characters that cannot be shown or stored. They were left out.",
        "Check the text; type it again where a letter is missing.",
        sheet,
        number,
        index,
        kept[:200],
        kept[:200],
    )
