"""Merged cells: the text of the first one in all of them, row by row, at a bounded price."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from concord.intake.formats.package import damaged
from concord.intake.formats.parts import MergedCells

Range = tuple[int, int, int, int]
"""First row, first column, last row, last column: rows start at 1, columns at 0, both ends included."""


def merged_cells(sheet: str, ranges: Iterable[Range], rows: int, columns: int) -> list[MergedCells]:
    """The ranges of a sheet as far as its used rows and columns reach, in reading order.

    Raises:
        UnreadableFile: together they cover more cells than there are, so they overlap.
    """
    found, covered = [], 0
    for first_row, first_column, last_row, last_column in sorted(ranges):
        last_row, last_column = min(last_row, rows), min(last_column, columns - 1)
        height, width = last_row - first_row + 1, last_column - first_column + 1
        if height < 1 or width < 1 or height * width == 1:
            continue
        covered += height * width
        if covered > rows * columns:
            raise damaged()
        found.append(MergedCells(sheet, first_row, first_column, last_row, last_column))
    return found


@dataclass(slots=True)
class _Open:
    """Merged cells that the row being read is part of, and the text they show."""

    cells: MergedCells
    text: str


class Filler:
    """Writes into merged cells, as the rows of a sheet go by in their order.

    A row without any text of its own stays empty: merged cells make no row. What a cell behind a merge
    still holds is kept.
    """

    def __init__(self, merged: list[MergedCells]) -> None:
        self._waiting = list(reversed(merged))
        self._open: list[_Open] = []

    def fill(self, number: int, cells: list[str]) -> None:
        """Fills one row in place."""
        if not self._waiting and not self._open:
            return
        self._open = [one for one in self._open if one.cells.last_row >= number]
        while self._waiting and self._waiting[-1].first_row <= number:
            merged = self._waiting.pop()
            text = cells[merged.first_column] if merged.first_column < len(cells) else ""
            if merged.last_row >= number and text.strip() and merged.first_row == number:
                self._open.append(_Open(merged, text))
        if self._open and any(cell.strip() for cell in cells):
            for one in self._open:
                _write(one, cells)


def _write(one: _Open, cells: list[str]) -> None:
    last = one.cells.last_column
    if len(cells) <= last:
        cells += [""] * (last + 1 - len(cells))
    for column in range(one.cells.first_column, last + 1):
        if not cells[column].strip():
            cells[column] = one.text
