"""What the reading child says to its parent, line by line: plain JSON, checked again on arrival."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Final

from concord.intake.formats.parts import (
    Comment,
    HiddenColumns,
    MergedCells,
    Note,
    Part,
    Row,
    SheetStart,
    UnreadableFile,
)
from concord.intake.problems import Severity

END: Final = '["end"]\n'
"""The last line: without it the child did not finish."""


@dataclass(frozen=True, slots=True)
class FormatFound:
    """The first thing said about a file that is read: the name of its format."""

    name: str


Said = Part | FormatFound | UnreadableFile
_BESIDE: Final[dict[type, str]] = {Comment: "comment", MergedCells: "merged"}


def line_of(part: Said) -> str:
    """One line of JSON for what a reader says, with its line end."""
    if isinstance(part, SheetStart):
        said: list[Any] = ["sheet", part.name]
    elif isinstance(part, Row):
        said = ["row", part.number, part.cells]
        if part.hidden or part.received:
            said += [part.hidden, part.received]
    elif isinstance(part, Note):
        said = ["note", asdict(part)]
    elif isinstance(part, Comment | MergedCells):
        said = [_BESIDE[type(part)], asdict(part)]
    elif isinstance(part, HiddenColumns):
        said = ["hidden", part.sheet, part.columns]
    elif isinstance(part, FormatFound):
        said = ["format", part.name]
    else:
        said = ["refused", part.rule, part.message, part.remedy]
    return json.dumps(said) + "\n"


def said_in(line: str) -> Said | None:
    """What a line says; None for the last line.

    Raises:
        ValueError: the line is none of ours.
    """
    match json.loads(line):
        case ["sheet", str(name)]:
            return SheetStart(name)
        case ["row", int(number), [*cells]]:
            return Row(number, tuple(map(str, cells)))
        case ["row", int(number), [*cells], bool(hidden), str(received)]:
            return Row(number, tuple(map(str, cells)), hidden, received)
        case ["note", {"severity": severity, **facts}]:
            return Note(severity=Severity(severity), **_named(facts))
        case ["comment", {**facts}]:
            return Comment(**_named(facts))
        case ["merged", {**facts}]:
            return MergedCells(**_named(facts))
        case ["hidden", str(name), [*columns]]:
            return HiddenColumns(name, tuple(int(column) for column in columns))
        case ["format", str(name)]:
            return FormatFound(name)
        case ["refused", str(rule), str(message), str(remedy)]:
            return UnreadableFile(rule, message, remedy)
        case ["end"]:
            return None
    raise ValueError("a line that no reader says")


def _named(facts: dict[Any, Any]) -> dict[str, Any]:
    return {str(key): value for key, value in facts.items()}
