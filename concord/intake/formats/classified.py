"""Stops files that are marked as classified. What counts is a marking: a cell or line that consists of it.

"Training on EU RESTRICTED information" is an ordinary sentence; a header, a title row or a cell that
says "RESTREINT UE/EU RESTRICTED" is not. The words stand in `classified.toml`.

Source: reliability targets, section 2.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path

from concord.intake.formats.parts import Comment, Part, Row, SheetStart, UnreadableFile, column_letters

_LONGEST = 120  # characters of a line that may still be a marking
_WORD = re.compile(r"[^\W_]+")


class _Said(IntEnum):
    """How surely a line is a marking. LABEL: it only announces one."""

    NOTHING = 0
    LABEL = 1
    AS_A_LINE = 2
    ALWAYS = 3


@dataclass(frozen=True, slots=True)
class _Markings:
    """The list, folded: each marking as its words, by its first word and longest first."""

    by_first_word: dict[str, list[tuple[tuple[str, ...], _Said]]]
    labels: frozenset[tuple[str, ...]]
    beside: frozenset[str]
    openings: frozenset[str]
    """Words that a line which is a marking may begin with, as they are written and without accents."""


@cache
def _markings() -> _Markings:
    listed = tomllib.loads(Path(__file__).with_name("classified.toml").read_text(encoding="utf-8"))
    labels, beside = listed.pop("labels"), listed.pop("beside")
    sure = {words: _Said.AS_A_LINE for group in listed.values() for words in group.get("as_a_line", ())}
    sure |= {words: _Said.ALWAYS for group in listed.values() for words in group.get("always", ())}
    by_first_word: dict[str, list[tuple[tuple[str, ...], _Said]]] = {}
    for text, said in sure.items():
        words = _folded(text)
        by_first_word.setdefault(words[0], []).append((words, said))
    for found in by_first_word.values():
        found.sort(key=lambda one: (-len(one[0]), -one[1]))
    openings = {first[0].casefold() for text in (*sure, *labels) if (first := _WORD.search(text))}
    openings |= {_folded(text)[0] for text in (*sure, *labels)} | set(beside)
    return _Markings(by_first_word, frozenset(map(_folded, labels)), frozenset(beside), frozenset(openings))


def _folded(text: str) -> tuple[str, ...]:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return tuple(_WORD.findall(plain.casefold()))


def unclassified(parts: Iterable[Part]) -> Iterator[Part]:
    """The same parts, as long as no cell, comment or name of a sheet is a marking.

    Raises:
        UnreadableFile: one is; it says which and where.
    """
    sheet, watch = "", _RowWatch()
    for part in parts:
        if isinstance(part, Row):
            watch.require_unmarked(part, sheet)
        elif isinstance(part, SheetStart):
            sheet, watch = part.name, _RowWatch()
            require_unmarked(sheet, f"The name of the sheet “{sheet}”")
        elif isinstance(part, Comment):
            require_unmarked(part.text, f"A comment in row {part.row} of the sheet “{part.sheet}”")
        yield part


def require_unmarked(text: str, place: str) -> None:
    """Lines that stand by themselves: headers and footers, paragraphs, comments, subjects.

    Args:
        place: how the message begins, such as "The footer of the sheet “A”".

    Raises:
        UnreadableFile: one of the lines is a marking.
    """
    for line in text.split("\n"):
        said = _said_by(line)
        if said is _Said.ALWAYS or (said is _Said.AS_A_LINE and line.isupper()):
            raise _classified(line, place)


class _RowWatch:
    """Looks at the rows of one sheet and remembers which columns are headed by a label."""

    def __init__(self) -> None:
        self._labelled: set[int] = set()

    def require_unmarked(self, row: Row, sheet: str) -> None:
        """Raises UnreadableFile where a cell of the row is a marking."""
        for index, cell in enumerate(row.cells):
            if cell and (len(cell) <= _LONGEST or "\n" in cell) and _may_hold_one(cell):
                self._look_at(row, index, cell, sheet)

    def _look_at(self, row: Row, index: int, cell: str, sheet: str) -> None:
        for line in cell.split("\n"):
            said = _said_by(line)
            if said is _Said.LABEL and line == cell:
                self._labelled.add(index)
            elif said is _Said.ALWAYS or (said is _Said.AS_A_LINE and self._is_line(row, index, cell)):
                where = f" of the sheet “{sheet}”" if sheet else ""
                raise _classified(line, f"Column {column_letters(index)} of row {row.number}{where}")

    def _is_line(self, row: Row, index: int, cell: str) -> bool:
        """Whether a word that may be ordinary stands where a marking does: alone, or behind a label."""
        if index in self._labelled:
            return True
        before = next((text for text in reversed(row.cells[:index]) if text), "")
        alone = all(text in ("", cell) for text in row.cells)
        return (alone and cell.isupper()) or _said_by(before) is _Said.LABEL


def _may_hold_one(cell: str) -> bool:
    """Whether a line begins with a word that a marking may begin with. Quick: asked of every cell."""
    openings = _markings().openings
    for line in cell.split("\n") if "\n" in cell else (cell,):
        first = _WORD.search(line)
        if first and first[0].casefold() in openings:
            return True
    return False


def _said_by(line: str) -> _Said:
    """What a line consists of; NOTHING where it holds other words too."""
    if len(line) > _LONGEST or not (words := _folded(line)):
        return _Said.NOTHING
    markings = _markings()
    if words in markings.labels:
        return _Said.LABEL
    labelled = max((len(label) for label in markings.labels if words[: len(label)] == label), default=0)
    said, place = _Said.NOTHING, labelled
    while place < len(words):
        found = next(
            (
                one
                for one in markings.by_first_word.get(words[place], ())
                if words[place:][: len(one[0])] == one[0]
            ),
            None,
        )
        if found:
            said, place = max(said, found[1]), place + len(found[0])
        elif words[place] in ("releasable", "rel") and said:
            break  # to whom is a list of names
        elif words[place] in markings.beside or words[place].isdecimal():
            place += 1
        else:
            return _Said.NOTHING
    return _Said.ALWAYS if said and labelled else said


def _classified(line: str, place: str) -> UnreadableFile:
    return UnreadableFile(
        "classified",
        f"{place} carries the marking “{line.strip()}”. Classified information is not taken in, and nothing"
        " of the file was kept.",
        "If it is classified, tell your security officer that it was handed in here. If it is not, take the"
        " marking out and hand the file in again.",
    )
