"""A file with its doubtful cells marked, to mend it offline; and which file a copy came from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from concord.accounts.queries import Actor
from concord.accounts.rules import Marking
from concord.intake.formats.parts import Sheet
from concord.intake.marks import copied_from, without_asking
from concord.intake.mending import mended
from concord.intake.models import Input
from concord.intake.problems import Severity
from concord.intake.queries.inputs import file_of, inputs_visible_to, mending_of
from concord.intake.workbook.marked_copy import Copied, Doubt, write_marked_copy
from concord.kernel.errors import BadInput
from concord.kernel.names import fold
from concord.plan.queries import actions_visible_to, needs_visible_to

if TYPE_CHECKING:
    from concord.plan.models import Framework


@dataclass(frozen=True, slots=True)
class CopyFile:
    """A marked copy ready to be sent."""

    name: str
    content: bytes


def may_be_copied(received: Input) -> bool:
    """Whether there is anything to mark, in a file that is a table of cells."""
    asked = received.counts.get("problems", {})
    structured = received.file_name.lower().endswith((".xml", ".json"))
    return bool(asked.get("error", 0) + asked.get("question", 0)) and not structured


def marked_copy(received: Input, *, actor: Actor) -> CopyFile:
    """The input's file as a workbook with errors and questions coloured, commented and listed.

    Cells that were mended in the preview are mended in it. The input is one that the person may see.

    Raises:
        BadInput: the file is no table of cells (IATI, JSON), has nothing to mark, or is larger than a
        workbook or a page can hold; UnreadableFile: as files.open_bytes.
    """
    if not may_be_copied(received):
        raise BadInput(
            "There is nothing to mark in this file. An IATI or JSON file is mended at its source or on"
            " the page of its preview."
        )
    read = mended(file_of(received).sheets, mending_of(received).cells).sheets
    marking = _marking(received, actor)
    copied = Copied(
        key=received.key,
        file_name=received.file_name,
        marking=marking,
        sheets=without_asking(read),
        doubts=_doubts(received),
    )
    return CopyFile(_file_name(received.file_name, marking), write_marked_copy(copied))


def original_of(sheets: Iterable[Sheet], framework: Framework, *, actor: Actor) -> Input | None:
    """The input of which a file that comes in is the marked copy, if the person may see it."""
    key = copied_from(sheets)
    return inputs_visible_to(actor).filter(key=key, framework=framework).first() if key else None


def _doubts(received: Input) -> list[Doubt]:
    asked = received.problems.filter(severity__in=(Severity.ERROR, Severity.QUESTION)).order_by("order")
    return [
        Doubt(
            sheet=problem.sheet,
            row=problem.row,
            column=problem.column_index,
            heading=problem.column,
            severity=problem.severity,
            value=problem.value,
            reading=problem.reading,
            message=problem.message,
            remedy=problem.remedy,
        )
        for problem in asked
    ]


def _marking(received: Input, actor: Actor) -> str:
    """The strictest of the records that its rows are about; what is not published yet is at least AMBER."""
    order = list(Marking)
    keys = received.rows.exclude(record_key="").values("record_key")
    held = {Marking.AMBER}
    for records in (actions_visible_to, needs_visible_to):
        seen = records(actor, received.framework).filter(key__in=keys)
        held.update(map(Marking, seen.order_by().values_list("marking", flat=True).distinct()))
    return str(max(held, key=order.index).label)


def _file_name(name: str, marking: str) -> str:
    stem = re.sub(r"[^a-z0-9]+", "-", fold(PurePath(name).stem)).strip("-")[:80] or "file"
    return f"{stem}-doubtful-{marking.replace(':', '-').replace('+', '-')}.xlsx"
