"""Files of any size on the command line: read, mapped, checked and compared a batch at a time.

Nothing is held but counts, the first problems of each kind and a hash of each row's identity, so that two
rows about one action are found wherever in the file they stand. Each batch goes the way of every file
(`preview_of`), with the heading rows in front.
"""

from __future__ import annotations

import gc
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from concord.intake.checks import CheckedRow
from concord.intake.files import shown_name
from concord.intake.formats.limits import FILE_BYTES
from concord.intake.formats.parts import Note, Row, Sheet, Sheets, SheetStart
from concord.intake.formats.reading import is_streamed, parts_of_file
from concord.intake.mapping import MappedSheet, Mapping, map_sheets
from concord.intake.mending import NOTHING_SETTLED, Mending
from concord.intake.preview import Counts, File, Preview, Target, preview_of
from concord.intake.problems import Problem, Severity, in_order
from concord.kernel.names import fold

if TYPE_CHECKING:
    from concord.accounts.models import Person

BATCH_ROWS: Final = 2_000
KEPT_OF_A_KIND: Final = 100  # problems of one rule that are told one by one; the rest is counted
_HASHED_BYTES: Final = 1 << 20
_STATES: Final = ("new", "changed", "same", "conflict", "error")


def is_large(path: Path) -> bool:
    """Whether a file is read in batches: above what a page takes, and of a format that is streamed."""
    return path.stat().st_size > FILE_BYTES and is_streamed(path)


@dataclass(frozen=True, slots=True)
class LargeFile:
    """A file on this machine by its name and the SHA-256 of its bytes."""

    path: Path
    name: str
    sha256: str
    size: int

    @classmethod
    def at(cls, path: Path) -> LargeFile:
        """The file at a path; its bytes are read once and not kept."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return cls(path, shown_name(path.name), digest, path.stat().st_size)

    def batches(self) -> Iterator[File]:
        """The file in parts of up to 2,000 rows of one sheet, each with the heading rows in front.

        Raises:
            UnreadableFile: as formats.reading.read_file, at whatever place the file breaks off.
        """
        for sheets in _batches(self.path):
            yield File(self.name, self.sha256, self.size, sheets)


def _batches(path: Path) -> Iterator[Sheets]:
    name, rows, notes, headings = "", [], [], ()  # type: str, list[Row], list[Note], tuple[Row, ...]
    for part in parts_of_file(path):
        if isinstance(part, SheetStart):
            if rows:
                yield Sheets([Sheet(name, [*headings, *rows])], notes)
            name, rows, notes, headings = part.name, [], [], ()
        elif isinstance(part, Row):
            rows.append(part)
            if len(rows) == BATCH_ROWS:
                yield Sheets([Sheet(name, [*headings, *rows])], notes)
                headings = headings or _headings(Sheet(name, rows))
                rows, notes = [], []
        elif isinstance(part, Note):
            notes.append(part)
    if rows or notes:
        yield Sheets([Sheet(name, [*headings, *rows])], notes)


def _headings(sheet: Sheet) -> tuple[Row, ...]:
    """The rows of a sheet down to its last heading row: they tell the next batch what its columns are."""
    mapped = map_sheets([sheet]).sheets
    if not mapped:
        return ()
    first = mapped[0].rows[0].number if mapped[0].rows else mapped[0].header_row + 1
    return tuple(row for row in sheet.rows if row.number < first)


# --- what a whole file says -----------------------------------------------------------------------------


@dataclass(slots=True)
class Reading:
    """What is known of a file once all its batches went by."""

    counts: Counts = field(default_factory=Counts)
    problems: list[Problem] = field(default_factory=list)
    sheets: dict[str, tuple[MappedSheet, int]] = field(default_factory=dict)
    repeated: set[tuple[str, int]] = field(default_factory=set)
    _kinds: Counter[tuple[Severity, str]] = field(default_factory=Counter)
    _asked: set[tuple[str, str, str]] = field(default_factory=set)
    _first: dict[int, int] = field(default_factory=dict)
    _states: Counter[str] = field(default_factory=Counter)

    def add(self, preview: Preview) -> None:
        """Takes one batch in; the same identity as in an earlier batch makes both rows errors."""
        for row in preview.rows:
            self._states[row.state] += 1
            if row.outcome is not None:
                self._compare(row.row, row.state)
        for problem in preview.problems:
            self._tell(problem)
        for sheet in preview.mapping.sheets:
            self.sheets[sheet.name] = (sheet, self.sheets.get(sheet.name, (sheet, 0))[1] + len(sheet.rows))

    def finish(self) -> None:
        """Adds what was only counted, and reckons the counts."""
        for (severity, rule), count in self._kinds.items():
            if count > KEPT_OF_A_KIND:
                self.problems.append(
                    Problem(
                        severity,
                        rule,
                        f"{count - KEPT_OF_A_KIND:,} more of this kind are not told one by one.",
                        "Mend those that are told, and hand the file in again.",
                    )
                )
        states = self._states
        self.counts = Counts(sum(states.values()), *(states[state] for state in _STATES))

    @property
    def has_errors(self) -> bool:
        """Whether anything cannot be stored."""
        return self.counts.skipped > 0 or any(p.severity is Severity.ERROR for p in self.problems)

    def _tell(self, problem: Problem) -> None:
        if problem.row is None or problem.rule == "unknown-organisation":
            # Each batch says these anew: headings of the sheet, and names that many rows write.
            said = (problem.rule, problem.sheet, problem.column + problem.value)
            if said in self._asked:
                return
            self._asked.add(said)
        self._kinds[problem.severity, problem.rule] += 1
        if self._kinds[problem.severity, problem.rule] <= KEPT_OF_A_KIND:
            self.problems.append(problem)

    def _compare(self, row: CheckedRow, state: str) -> None:
        for what, value, identity in _identities(row):
            seen = self._first.setdefault(hash(identity), row.number)
            if seen != row.number:
                self._name_both(row, seen, what, value, state)
                return

    def _name_both(self, row: CheckedRow, seen: int, what: str, value: str, state: str) -> None:
        for number in (seen, row.number):
            if (row.sheet, number) in self.repeated:
                continue
            self.repeated.add((row.sheet, number))
            # The earlier row's state is that of the later one: both would have gone to one action.
            self._states[state] -= 1
            self._states["error"] += 1
            self._tell(
                Problem(
                    Severity.ERROR,
                    f"repeated-{what.replace('_', '-')}",
                    f"Rows {seen:,} and {row.number:,} have the same {what.replace('_', ' ')}.",
                    "Keep one row, or give each its own id. None of them is applied until then.",
                    row.sheet,
                    number,
                    what,
                    value,
                )
            )


def _identities(row: CheckedRow) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """What a row is recognised by (design, "Identity"): column, value, and what is compared."""
    if row.key:
        yield "key", row.key, ("key", row.key)
    if row.iati_identifier:
        yield "iati_identifier", row.iati_identifier, ("iati", row.iati_identifier)
    whose = fold(row.reported_by)
    if row.own_id:
        yield "id", row.own_id, ("id", row.holds, whose, row.own_id)
    if not (row.key or row.iati_identifier or row.own_id) and row.holds == "actions":
        title, start = str(row.fields.get("title", "")), str(row.fields.get("start", ""))
        yield "title", title, ("title", whose, fold(title), start)


def read_through(
    file: LargeFile,
    target: Target,
    *,
    mending: Mending = NOTHING_SETTLED,
    actor: Person,
    step: Callable[[int], object] = lambda _rows: None,
) -> Reading:
    """Goes through the whole file and says what it would do, writing nothing.

    step: called with the number of rows after each batch.

    Raises:
        NotPermitted, BadInput: as preview_of; UnreadableFile: as formats.reading.read_file.
    """
    reading, rows = Reading(), 0
    with _collecting_rarely():
        for batch in file.batches():
            preview = preview_of(batch, target, mending=mending, actor=actor)
            reading.add(preview)
            rows += preview.counts.rows
            step(rows)
    reading.finish()
    return reading


@contextmanager
def _collecting_rarely() -> Iterator[None]:
    """Searches for unreachable circles of objects a hundred times less often than Python does.

    A batch leaves next to none, and looking for them among its rows took an eighth of the time.
    """
    young, *older = gc.get_threshold()
    gc.set_threshold(young * 100, *older)
    try:
        yield
    finally:
        gc.set_threshold(young, *older)


def summary_of(file: LargeFile, reading: Reading) -> Preview:
    """The reading in the form in which every import is told; its rows are counted and not held."""
    sheets = tuple(replace(sheet, rows=()) for sheet, _ in reading.sheets.values())
    return Preview(
        file.name,
        file.sha256,
        Mapping(sheets, (), ()),
        (),
        tuple(in_order(reading.problems)),
        reading.counts,
    )
