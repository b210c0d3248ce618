"""How an input's sheets are understood: each column with some of its cells, for the page that corrects it."""

from __future__ import annotations

from dataclasses import dataclass

from concord.intake.formats.parts import Row
from concord.intake.layouts import IGNORE, layout_from
from concord.intake.mapping import map_sheets
from concord.intake.marks import marked
from concord.intake.mending import mended
from concord.intake.models import Input
from concord.intake.queries.inputs import file_of, mending_of
from concord.intake.samples import ColumnWithSamples, columns_with_samples

SAMPLES = 3
ROWS_SHOWN = 8  # of the top of a sheet, to choose its row of headings from


@dataclass(frozen=True, slots=True)
class SheetColumns:
    """One sheet: what it holds ("ignore" if left out), its row of headings, first rows and columns."""

    name: str
    holds: str
    header_row: int | None
    top: tuple[Row, ...]
    rows: int
    columns: tuple[ColumnWithSamples, ...]


def sheets_understood(received: Input) -> list[SheetColumns]:
    """Every sheet of an input with rows, as it is understood now.

    Raises:
        UnreadableFile: a file that was never read and can't be.
    """
    mending = mending_of(received)
    layout = layout_from(mending.layout)
    read = marked(mended(file_of(received).sheets, mending.cells).sheets).read
    mapped = {sheet.name: sheet for sheet in map_sheets(read, layout=layout).sheets}
    found = []
    for sheet in read:
        if not sheet.rows:
            continue
        understood, said = mapped.get(sheet.name), layout.of(sheet.name)
        left_out = said.holds == IGNORE
        found.append(
            SheetColumns(
                name=sheet.name,
                holds=IGNORE if left_out else understood.holds if understood else "",
                header_row=understood.header_row if understood else said.header_row,
                top=tuple(sheet.rows[:ROWS_SHOWN]),
                rows=len(understood.rows) if understood else len(sheet.rows),
                columns=columns_with_samples(understood, limit=SAMPLES) if understood else (),
            )
        )
    return found
