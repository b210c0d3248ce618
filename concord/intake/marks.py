"""How a workbook that Concord gave out is known again: a line in the first row of each of its sheets. Pure.

The line is a plain cell, so that it survives what office programs drop, and a sheet copied into
another workbook still carries it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from concord.intake.formats.parts import Sheet
from concord.kernel.keys import ALPHABET, LENGTH

INSTRUCTIONS, ACTIONS, NEEDS, LISTS = "Instructions", "Actions", "Needs", "Lists"
_MARK: Final = re.compile(rf"Concord workbook ([{ALPHABET}]{{{LENGTH}}}), sheet (\w+)")
_SEARCHED_ROWS = 3


@dataclass(frozen=True, slots=True)
class Marked:
    """What the marks of a file say. key: of what was given out, "" where no sheet is marked or two
    sheets name different ones. read: the sheets that people fill in, without those that only help them.
    """

    key: str
    read: tuple[Sheet, ...]


def mark_line(key: str, sheet: str) -> str:
    """The line that stands in the first row of a sheet."""
    return f"Concord workbook {key}, sheet {sheet}"


def marked(sheets: Iterable[Sheet]) -> Marked:
    """What the sheets of a file say about where they come from."""
    found = [(sheet, *_mark_of(sheet)) for sheet in sheets]
    keys = {key for _, key, _ in found if key}
    read = tuple(sheet for sheet, _, part in found if part in ("", ACTIONS))
    return Marked(next(iter(keys)) if len(keys) == 1 else "", read)


def _mark_of(sheet: Sheet) -> tuple[str, str]:
    for row in sheet.rows[:_SEARCHED_ROWS]:
        for cell in row.cells:
            if match := _MARK.search(cell):
                return match[1], match[2]
    return "", ""
