"""The records of a text table: which delimiter it uses, and rows that an open quotation mark swallows."""

from __future__ import annotations

import csv
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from concord.intake.formats.limits import LINE_BYTES

DELIMITERS = (",", ";", "\t", "|")
_NAMED_DELIMITER = re.compile(r'"?sep=([,;\t|])"?\s*', re.IGNORECASE)
SAMPLE_LINES = 40
LONGEST_RECORD = 1_000  # lines that one quoted cell may run over

csv.field_size_limit(LINE_BYTES)


@dataclass(frozen=True, slots=True)
class Shape:
    """How a text table is laid out: its delimiter and the number of cells that most rows have."""

    delimiter: str
    width: int


@dataclass(frozen=True, slots=True)
class Line:
    """One physical line, and whether it was read in the file's other encoding."""

    text: str
    in_other_encoding: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """One row: its number (starting at 1, empty lines counted), cells, and what was odd about it.

    open_quote: a quotation mark that is never closed was read as an ordinary character.
    """

    number: int
    cells: Sequence[str]
    in_other_encoding: bool = False
    open_quote: bool = False


def find_shape(sample: Sequence[str]) -> Shape:
    """The delimiter under which the sample's lines agree best on a number of cells above one.

    Lists inside cells are separated by semicolons, so the number of cells alone proves nothing: what
    counts is how many lines have the same number, then how large it is.
    """
    if _first_bars(sample):
        return Shape("|", find_width(sample, "|"))
    judged = [(_agreement(sample, delimiter), delimiter) for delimiter in DELIMITERS[:-1]]
    (_, width), delimiter = max(judged, key=lambda item: (*item[0], -DELIMITERS.index(item[1])))
    return Shape(delimiter, width)


def named_delimiter(line: str) -> str:
    """The delimiter that a first line "sep=;" names, as Excel writes it; "" for any other line."""
    found = _NAMED_DELIMITER.fullmatch(line)
    return found[1] if found else ""


def find_width(sample: Sequence[str], delimiter: str) -> int:
    """The number of cells that most rows have when this delimiter divides them."""
    return _agreement(sample, delimiter)[1]


def _first_bars(sample: Sequence[str]) -> bool:
    """Whether the first line that is divided at all is divided by bars. Bars inside cells, as between the
    parts of a funding line, prove nothing."""
    first = next((line for line in sample if any(mark in line for mark in DELIMITERS)), "")
    return first.count("|") > max(first.count(mark) for mark in DELIMITERS[:-1])


def _agreement(sample: Sequence[str], delimiter: str) -> tuple[float, int]:
    whole = _whole_records(sample)
    read = csv.reader(whole, delimiter=delimiter) if whole else (_cells([line], delimiter) for line in sample)
    widths = Counter(len(cells) for cells in read if cells)
    usable = {width: count for width, count in widths.items() if width > 1}
    if not usable:
        return 0.0, 1
    width, count = max(usable.items(), key=lambda item: (item[1], item[0]))
    return count / sum(widths.values()), width


def _whole_records(sample: Sequence[str]) -> Sequence[str]:
    """The sample up to the last line behind which no quotation mark is open; nothing where that is less
    than half of it, because a mark was never closed."""
    marks, end = 0, 0
    for number, line in enumerate(sample, start=1):
        marks += line.count('"')
        end = number if marks % 2 == 0 else end
    return sample[:end] if end * 2 >= len(sample) else ()


def records(lines: Iterable[Line], shape: Shape) -> Iterator[Record]:
    """The rows of the table, in order. A cell in quotation marks may hold line ends.

    Where a mark is opened and never closed, the rows behind it would be read as part of its cell:
    the line is then read without quotation marks, marked `open_quote`, and the rows behind it are saved.
    """
    waiting = _Lines(lines)
    number = 0
    while (line := waiting.take()) is not None:
        number += 1
        if _is_whole(line.text, shape.delimiter):
            yield Record(number, _cells([line.text], shape.delimiter), line.in_other_encoding)
            continue
        more = _rest_of(line, waiting, shape)
        if more is None:
            yield Record(number, _split(line.text, shape.delimiter), line.in_other_encoding, open_quote=True)
            continue
        parts = [line, *more]
        cells = _cells([part.text for part in parts], shape.delimiter)
        yield Record(number, cells, any(part.in_other_encoding for part in parts))


class _Lines:
    """The lines with room to put some back."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._source = iter(lines)
        self._back: deque[Line] = deque()

    def take(self) -> Line | None:
        return self._back.popleft() if self._back else next(self._source, None)

    def put_back(self, lines: Sequence[Line]) -> None:
        self._back.extendleft(reversed(lines))


def _rest_of(first: Line, waiting: _Lines, shape: Shape) -> list[Line] | None:
    """The lines that close the first one's quotation mark; None, and nothing taken, where none does."""
    more: list[Line] = []
    quotes, size = first.text.count('"'), len(first.text)
    while len(more) < LONGEST_RECORD and size < LINE_BYTES and (line := waiting.take()) is not None:
        more.append(line)
        size += len(line.text)
        quotes += line.text.count('"')
        if quotes % 2 == 0:
            if _swallows_rows(first, more, shape):
                break
            return more
    waiting.put_back(more)
    return None


def _swallows_rows(first: Line, more: Sequence[Line], shape: Shape) -> bool:
    whole = _cells([first.text, *(line.text for line in more)], shape.delimiter)
    if len(whole) == shape.width or shape.width == 1:
        return False
    return any(len(_cells([line.text], shape.delimiter)) == shape.width for line in more)


def _is_whole(line: str, delimiter: str) -> bool:
    if line.count('"') % 2 == 0:
        return True
    try:
        next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return False
    return True


def _cells(lines: Sequence[str], delimiter: str) -> list[str]:
    return next(csv.reader(lines, delimiter=delimiter), [])


def _split(line: str, delimiter: str) -> list[str]:
    row: list[str] = next(csv.reader([line], delimiter=delimiter, quoting=csv.QUOTE_NONE), [])
    return [_unquoted(cell) for cell in row]


def _unquoted(cell: str) -> str:
    whole = len(cell) > 1 and cell.startswith('"') and cell.endswith('"')
    return cell[1:-1].replace('""', '"') if whole else cell
