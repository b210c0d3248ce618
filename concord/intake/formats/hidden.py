"""What a file holds and does not show: it is read like the rest, and told once per sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from concord.intake.formats.parts import HiddenColumns, Note, Part, Row, column_letters
from concord.intake.problems import Severity

SHOWN_RANGES = 8
_REMEDY = "What does not belong to the plan: delete it, save the file and hand it in again."


class Hidden:
    """Gathers, while the rows of one sheet go by, which hidden ones hold text.

    Args:
        columns: the hidden columns, 0 is the first. whole: the sheet itself is hidden.
    """

    def __init__(self, sheet: str, columns: Iterable[int] = (), *, whole: bool = False) -> None:
        self._sheet, self._whole = sheet, whole
        self._columns = sorted(set(columns))
        self._filled: set[int] = set()
        self._rows: list[int] = []
        self._any = False

    def see(self, row: Row) -> None:
        """Takes note of a row that was read."""
        self._any = True
        if row.hidden and not self._whole:
            self._rows.append(row.number)
        for column in self._columns:
            if row.cell(column):
                self._filled.add(column)

    def parts(self) -> Iterator[Part]:
        """What there is to say when the sheet is read."""
        if self._whole and self._any:
            yield self._note(
                "hidden-sheet",
                f"The sheet “{self._sheet}” is hidden. It was read like the others.",
                "If it does not belong to the plan, delete the sheet, save the file and hand it in again.",
            )
        if self._rows:
            shown = in_ranges([str(n) for n in self._rows], self._rows)
            rows = f"Row {shown} is" if len(self._rows) == 1 else f"{len(self._rows):,} rows are"
            which = "" if len(self._rows) == 1 else f" ({shown})"
            yield self._note(
                "hidden-rows",
                f"{rows} hidden{which}, perhaps by a filter, and read like the rest.",
                _REMEDY,
            )
        if self._filled:
            yield HiddenColumns(self._sheet, tuple(sorted(self._filled)))
            numbers = sorted(self._filled)
            shown = in_ranges([column_letters(n) for n in numbers], numbers)
            columns = f"Column {shown} is" if len(numbers) == 1 else f"Columns {shown} are"
            yield self._note("hidden-columns", f"{columns} hidden and read like the rest.", _REMEDY)

    def _note(self, rule: str, message: str, remedy: str) -> Note:
        return Note(Severity.WARNING, rule, message, remedy, self._sheet)


def in_ranges(names: Sequence[str], numbers: Sequence[int]) -> str:
    """Numbers in ascending order as people write them: "4, 7-9"; the first few, then "and more"."""
    starts = [0, *(i + 1 for i, (a, b) in enumerate(pairwise(numbers)) if b > a + 1), len(numbers)]
    ranges = [
        names[first] if first == after - 1 else f"{names[first]}-{names[after - 1]}"
        for first, after in pairwise(starts)
    ]
    more = " and more" if len(ranges) > SHOWN_RANGES else ""
    return ", ".join(ranges[:SHOWN_RANGES]) + more
