"""How a workbook that Concord made is known again: by a line on its sheets. Pure.

The line is a plain cell, so that it survives what office programs drop. One that goes out to an
organisation has it in the first row of each sheet, so that a sheet copied into another workbook
still carries it; a plan's has it on its first sheet.
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
_PLAN_ROWS = 60
PLAN_LINE: Final = (
    "Concord reads the sheets Actions and Needs of this workbook again; the others follow from them."
)


@dataclass(frozen=True, slots=True)
class Marked:
    """What the marks of a file say. key: of what was given out, "" where no sheet is marked or two
    sheets name different ones. read: the sheets that people fill in, without those that only help them.
    is_plan: the file is a plan, as the export of a plan writes it, with columns that only people read.
    """

    key: str
    read: tuple[Sheet, ...]
    is_plan: bool = False


def mark_line(key: str, sheet: str) -> str:
    """The line that stands in the first row of a sheet."""
    return f"Concord workbook {key}, sheet {sheet}"


def marked(sheets: Iterable[Sheet]) -> Marked:
    """What the sheets of a file say about where they come from."""
    listed = list(sheets)
    if any(PLAN_LINE in row.cells for sheet in listed for row in sheet.rows[:_PLAN_ROWS]):
        return Marked("", tuple(sheet for sheet in listed if sheet.name in (ACTIONS, NEEDS)), is_plan=True)
    found = [(sheet, *_mark_of(sheet)) for sheet in listed]
    keys = {key for _, key, _ in found if key}
    read = tuple(sheet for sheet, _, part in found if part in ("", ACTIONS))
    return Marked(next(iter(keys)) if len(keys) == 1 else "", read)


def _mark_of(sheet: Sheet) -> tuple[str, str]:
    for row in sheet.rows[:_SEARCHED_ROWS]:
        for cell in row.cells:
            if match := _MARK.search(cell):
                return match[1], match[2]
    return "", ""
