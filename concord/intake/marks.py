"""How a workbook that Concord made is known again: by a line on its sheets. Pure.

The line is a plain cell, so that it survives what office programs drop. One that goes out to an
organisation has it in the first row of each sheet, so that a sheet copied into another workbook
still carries it; a plan's has it on its first sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from concord.intake.formats.parts import Comment, Sheet
from concord.kernel.keys import ALPHABET, LENGTH

INSTRUCTIONS, ACTIONS, NEEDS, LISTS = "Instructions", "Actions", "Needs", "Lists"
_MARK: Final = re.compile(rf"Concord workbook ([{ALPHABET}]{{{LENGTH}}}), sheet (\w+)")
ASKED: Final = "What is asked"
"""The sheet of a marked copy that lists what is doubtful, and by which the copy is known again."""
ASKS: Final = "Concord asks:"
"""How what a marked copy says in its comments begins; what stands before it is the file's own."""
_COPY: Final = re.compile(rf"Concord marked copy ([{ALPHABET}]{{{LENGTH}}})")
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


def copy_line(key: str) -> str:
    """The line by which a marked copy of an input is known again."""
    return f"Concord marked copy {key}"


def copied_from(sheets: Iterable[Sheet]) -> str:
    """The receipt key of the input of which a file is a marked copy, "" where it is none."""
    return next((key for sheet in sheets if (key := _copy_key(sheet))), "")


def without_asking(sheets: Iterable[Sheet]) -> list[Sheet]:
    """The sheets of a file without what a marked copy added: its list, and its part of comments."""
    listed = list(sheets)
    if not copied_from(listed):
        return listed
    return [replace(sheet, comments=_own_comments(sheet)) for sheet in listed if not _copy_key(sheet)]


def _copy_key(sheet: Sheet) -> str:
    cells = (cell for row in sheet.rows[:_SEARCHED_ROWS] for cell in row.cells)
    return next((match[1] for cell in cells if (match := _COPY.search(cell))), "")


def _own_comments(sheet: Sheet) -> list[Comment]:
    own = [replace(each, text=each.text.partition(ASKS)[0].strip()) for each in sheet.comments]
    return [each for each in own if each.text]


def marked(sheets: Iterable[Sheet]) -> Marked:
    """What the sheets of a file say about where they come from."""
    listed = without_asking(sheets)
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
