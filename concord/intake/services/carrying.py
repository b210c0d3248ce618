"""What was settled about an earlier file of the same source and holds for a new one: never asked twice."""

from __future__ import annotations

import re
from typing import Any

from concord.intake.formats.parts import Sheets
from concord.intake.layouts import NO_LAYOUT, Layout
from concord.intake.mending import Mending
from concord.intake.models import Answer, Correction, Input
from concord.intake.preview import File, Target
from concord.intake.queries import mending_of, remembered_document, settling_before

_PARTS = re.compile(r"[;\n]")


def mending_before(file: File, target: Target, replaces: Input | None, layout: Layout = NO_LAYOUT) -> Mending:
    """What earlier inputs settled that also holds for this file, before the file is kept.

    layout: what somebody says of this file now; it goes before what was said or remembered earlier.

    Answers hold wherever the same value is written; mended cells where the file stands in place of the
    earlier one, or is the same, and the cell still says what it said.
    """
    earlier = settling_before(target, replaces, file.sha256)
    if earlier is None:
        return Mending(layout=layout.as_json() or remembered_document(file.sheets, target))
    settled, written = mending_of(earlier), _written_in(file.sheets)
    return Mending(
        cells=settled.cells if _same_file(earlier, file, replaces) else (),
        answers=[answer for answer in settled.answers if answer.value in written],
        layout=layout.as_json()
        or (_same_file(earlier, file, replaces) and settled.layout)
        or remembered_document(file.sheets, target),
        records=settled.records if earlier.sha256 == file.sha256 else {},
    )


def carry(received: Input, file: File, replaces: Input | None, layout: Layout = NO_LAYOUT) -> None:
    """Copies that to the new input, with who settled it and when."""
    _keep_layout(received, layout.as_json())
    if received.answers.exists() or received.corrections.exists():
        return  # the same file, still open, was handed in once more
    target = Target(received.framework, received.plan, received.organisation, received.org_column)
    earlier = settling_before(target, replaces, file.sha256, but_not=received)
    if earlier is None:
        _keep_layout(received, remembered_document(file.sheets, target))
        return
    written = _written_in(file.sheets)
    answers = earlier.answers.filter(taken_back_at=None)
    Answer.objects.bulk_create(_copied(a, received) for a in answers if a.value in written)
    if _same_file(earlier, file, replaces):
        cells = earlier.corrections.filter(taken_back_at=None)
        Correction.objects.bulk_create(_copied(cell, received) for cell in cells)
    own = earlier.layout if _same_file(earlier, file, replaces) else {}
    _keep_layout(received, own or remembered_document(file.sheets, target))


def _keep_layout(received: Input, layout: dict[str, Any]) -> None:
    if layout and not received.layout:
        Input.objects.filter(pk=received.pk).update(layout=layout)
        received.refresh_from_db(fields=["layout"])


def _same_file(earlier: Input, file: File, replaces: Input | None) -> bool:
    return earlier.sha256 == file.sha256 or (replaces is not None and earlier.pk == replaces.pk)


def _copied[Row: (Answer, Correction)](row: Row, received: Input) -> Row:
    row.pk, row.input = None, received
    return row


def _written_in(sheets: Sheets) -> set[str]:
    """Every cell of a file, and each part of a list in one: what an answer may be about."""
    cells = {cell for sheet in sheets.sheets for row in sheet.rows for cell in row.cells}
    return cells | {part.strip() for cell in cells for part in _PARTS.split(cell)}
