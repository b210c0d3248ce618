"""Where the table of a sheet begins, and which of the rows below are no rows of it. Pure.

Left out, each with a remark: totals, repeated headings, numbers of columns, text below the table. Rows
that stand as a heading over other rows are kept with those.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import pairwise

from concord.intake.columns import YEARLY, Column
from concord.intake.formats.parts import Row, Sheet
from concord.intake.headings import known_fields
from concord.intake.layouts import SheetLayout
from concord.intake.problems import Problem, Severity
from concord.intake.readings.money import decimal_mark_in, read_amount
from concord.intake.vocabulary import REQUIRED, Holds, field_named, pattern_of, word_key

HEADING_SEARCHED_ROWS = 20
FEWEST_HEADINGS = 2  # a row with one known word alone is more likely text above the table
MOST_HEADING_ROWS = 3
LONGEST_HEADING = 120  # characters; a row with longer cells holds values
_LONGEST_TOTAL = 40  # characters of a cell that says "Total of the budget (EUR)"
_MOST_REPEATED = 0.6  # of a row's filled cells, from which it repeats the headings


@dataclass(frozen=True, slots=True)
class Head:
    """The rows of headings of a sheet, the topmost first, and what the sheet holds."""

    rows: tuple[Row, ...]
    holds: Holds

    @property
    def number(self) -> int:
        """The number of the lowest row of headings."""
        return self.rows[-1].number

    @property
    def width(self) -> int:
        """How many columns have a heading at most."""
        return max(len(row.cells) for row in self.rows)

    def texts(self, index: int) -> tuple[str, ...]:
        """The headings above one column, the topmost first; a group's stands over all of its columns."""
        return tuple(_group_over(row, self.rows[place + 1 :], index) for place, row in enumerate(self.rows))

    def shown(self, index: int) -> str:
        """The headings above one column as people read them: "Budget – 2018"."""
        return " – ".join(dict.fromkeys(text for text in self.texts(index) if text))


@dataclass(frozen=True, slots=True)
class Body:
    """The rows of a table. groups: by row number, the heading that stands over it inside the table."""

    rows: tuple[Row, ...]
    groups: dict[int, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def head_of(sheet: Sheet, layout: SheetLayout) -> Head | None:
    """The rows of headings: those with the most known words among the first rows, or the row chosen."""
    kinds: tuple[Holds, ...] = tuple(kind for kind in REQUIRED if layout.holds in ("", kind))
    judged = [
        (head, known_fields(_all_texts(head), head.holds)) for head in _candidates(sheet, layout, kinds)
    ]
    if not judged:
        return None
    # The most known headings; where actions and needs are level, the one whose required heading is
    # there; where one row says as much as two, the one row.
    head, known = max(
        judged, key=lambda item: (len(item[1]), REQUIRED[item[0].holds] in item[1], -len(item[0].rows))
    )
    chosen = layout.header_row is not None or layout.columns
    if not chosen and len(known) < FEWEST_HEADINGS and REQUIRED[head.holds] not in known:
        return None
    return head


def body_of(sheet: Sheet, head: Head, columns: Sequence[Column]) -> Body:
    """The rows below the headings that hold actions or needs, and what is to say about the others."""
    rows: list[Row] = []
    groups: dict[int, str] = {}
    problems: list[Problem] = []
    group: Row | None = None
    merged = _merged_rows(sheet)
    for row in (row for row in sheet.rows if row.number > head.number):
        if (said := _no_row_of_it(row, rows, head, columns)) is not None:
            problems.append(_left_out(sheet, row, *said))
        elif _is_group(row, merged, head, columns):
            if group is not None and (not rows or rows[-1].number < group.number):
                problems.append(_left_out(sheet, group, *_NO_ROWS_UNDER_IT))
            group = row
        else:
            rows.append(row)
            if group is not None:
                groups[row.number] = _text_of(group)
    if group is not None and (not rows or rows[-1].number < group.number):
        problems.append(_left_out(sheet, group, *_NO_ROWS_UNDER_IT))
    return Body(tuple(rows), groups, tuple(problems))


# --- the head ----------------------------------------------------------------------------------------


def _candidates(sheet: Sheet, layout: SheetLayout, kinds: Sequence[Holds]) -> Iterator[Head]:
    last = max(HEADING_SEARCHED_ROWS, layout.header_row or 0)
    top = [row for row in sheet.rows if row.number <= last and not row.received]  # those are records
    for place, row in enumerate(top):
        for size in range(1, MOST_HEADING_ROWS + 1):
            rows = tuple(top[place - size + 1 : place + 1]) if place >= size - 1 else ()
            if not rows or (layout.header_row and row.number != layout.header_row):
                continue
            if size == 1 or _may_be_headings(rows):
                yield from (Head(rows, kind) for kind in kinds)


def _may_be_headings(rows: Sequence[Row]) -> bool:
    """Rows directly below each other; the lowest has no long texts, and more than one heading."""
    adjacent = all(above.number + 1 == below.number for above, below in pairwise(rows))
    lowest = [cell for cell in rows[-1].cells if cell]
    return adjacent and len(lowest) > 1 and all(len(cell) <= LONGEST_HEADING for cell in lowest)


def _all_texts(head: Head) -> list[tuple[str, ...]]:
    return [head.texts(index) for index in range(head.width)]


def _group_over(row: Row, below: Sequence[Row], index: int) -> str:
    """A row's heading of a column; a group's heading stands at its first column alone in a text file."""
    if row.cell(index) or not below or not below[-1].cell(index):
        return row.cell(index)
    for left in range(index - 1, -1, -1):
        if row.cell(left):
            return row.cell(left) if below[-1].cell(left) else ""
    return ""


# --- the body ----------------------------------------------------------------------------------------

_NO_ROWS_UNDER_IT = (
    "text-below-table",
    "The row holds one text and stands over no rows. It was left out.",
    "Nothing needs doing if it is a remark; an action needs more than one cell.",
)
_TOTAL = (
    "total-row",
    "The row holds totals, not an action of its own. It was left out.",
    "Nothing needs doing. If it is an action, give it a title.",
)
_HEADINGS = (
    "repeated-headings",
    "The row repeats the headings. It was left out.",
    "Nothing needs doing.",
)
_NUMBERS = (
    "column-numbers",
    "The row numbers the columns. It was left out.",
    "Nothing needs doing.",
)


def _no_row_of_it(
    row: Row, above: Sequence[Row], head: Head, columns: Sequence[Column]
) -> tuple[str, str, str] | None:
    if row.received:  # a record of its own, whatever its cells say
        return None
    if not above and _numbers_columns(row):
        return _NUMBERS
    if _repeats_headings(row, head, columns, other_words=not above):
        return _HEADINGS
    return _TOTAL if _is_total(row, above, columns) else None


def _numbers_columns(row: Row) -> bool:
    """1, 2, 3 … below the headings, one under each."""
    digits = [re.sub(r"[().\s]", "", cell) for cell in row.cells if cell]
    return len(digits) > 2 and digits == [str(number) for number in range(1, len(digits) + 1)]


def _repeats_headings(row: Row, head: Head, columns: Sequence[Column], *, other_words: bool) -> bool:
    """The headings once more, or, right below them, other words for the same fields."""
    filled = [(column, row.cell(column.index)) for column in columns if row.cell(column.index)]
    same = sum(
        text.casefold() in _lowered(head, column.index)
        or bool(
            other_words
            and column.field
            and len(text) <= LONGEST_HEADING
            and field_named(text, head.holds) == column.field
        )
        for column, text in filled
        if column.heading
    )
    return same > 1 and same >= _MOST_REPEATED * len(filled)


@lru_cache(maxsize=4096)
def _lowered(head: Head, index: int) -> frozenset[str]:
    return frozenset(text.casefold() for text in head.texts(index) if text)


@cache
def _total_words() -> re.Pattern[str]:
    total, of = pattern_of("words", "total"), pattern_of("words", "total_of")
    return re.compile(rf"{total}(?:\s*[(/-]?\s*{of}\)?)*\s*\d{{0,4}}")


def _is_total(row: Row, above: Sequence[Row], columns: Sequence[Column]) -> bool:
    filled = list(dict.fromkeys(cell for cell in row.cells if cell))
    if not _may_be_total(filled):
        return False
    texts = [cell for cell in filled if not _is_amount(cell)]
    if texts:
        return all(_says_total(text) for text in texts)
    money = [column for column in columns if column.field in ("budget_amount", YEARLY)]
    stated = [column for column in money if row.cell(column.index)]
    if not stated or not above or any(row.cell(c.index) for c in columns if c.field and c not in money):
        return False
    return all(_sums_up(row, above, column) for column in stated)


def _may_be_total(filled: Sequence[str]) -> bool:
    """A quick look: the first words of the row say total, or it has no words at all."""
    with_letters = [cell for cell in filled if any(map(str.isalpha, cell[:_LONGEST_TOTAL]))]
    return not with_letters or any(_says_total(cell) for cell in with_letters[:3])


def _says_total(cell: str) -> bool:
    if len(cell) > _LONGEST_TOTAL:
        return False
    return _total_words().fullmatch(word_key(cell).strip(" :.*=")) is not None


def _is_amount(cell: str) -> bool:
    return any(character.isdigit() for character in cell) and read_amount(cell).amount is not None


def _sums_up(row: Row, above: Sequence[Row], column: Column) -> bool:
    texts = [text for other in above if (text := other.cell(column.index))]
    mark = decimal_mark_in(texts)
    amounts = [read_amount(text, decimal_mark=mark).amount or 0 for text in texts]
    return bool(amounts) and read_amount(row.cell(column.index), decimal_mark=mark).amount == sum(amounts)


def _merged_rows(sheet: Sheet) -> dict[int, int]:
    """Rows of which several cells are one, with how many columns those take."""
    return {
        merged.first_row: merged.last_column - merged.first_column + 1
        for merged in sheet.merged
        if merged.first_row == merged.last_row and merged.last_column > merged.first_column
    }


def _is_group(row: Row, merged: dict[int, int], head: Head, columns: Sequence[Column]) -> bool:
    """One text alone in its row: over merged cells, or in a column that is not the title's."""
    if len({cell for cell in row.cells if cell}) != 1 or sum(1 for c in columns if c.heading) < 3:
        return False
    if merged.get(row.number, 0) > 1:
        return True
    title = next((column.index for column in columns if column.field == REQUIRED[head.holds]), None)
    filled = [index for index, cell in enumerate(row.cells) if cell]
    own_numbers = any(
        character.isdigit() for character in _text_of(row)
    )  # an id alone is a row without title
    return title is not None and title not in filled and not own_numbers


def _text_of(row: Row) -> str:
    return next(cell for cell in row.cells if cell)


def _left_out(sheet: Sheet, row: Row, rule: str, message: str, remedy: str) -> Problem:
    text = " | ".join(dict.fromkeys(cell for cell in row.cells if cell))
    return Problem(Severity.WARNING, rule, message, remedy, sheet.name, row.number, "", text[:200])
