"""Actions and needs out of CSV files: what cannot be read is named with file, row, column and remedy."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched, chain
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa

from concord.engine.schemas import actions_table, needs_table
from concord.kernel.codelists import CURRENCIES
from concord.kernel.dates import Period, parse_date
from concord.kernel.errors import BadInput
from concord.kernel.money import minor_units, parse_amount

LISTS = ("pillars", "topics", "action_types", "donors", "implementers", "beneficiaries")
ACTION_COLUMNS = (
    "id", "reported_by", "title", "summary", *LISTS, "start", "end", "budget_amount",
    "budget_currency", "status",
)  # fmt: skip
#: Columns of the template that analysis must not look at; they are no reason for a warning.
NEVER_EVIDENCE = ("related_ids", "notes", "source_url")
NEED_LISTS = ("topics", "beneficiaries")
NEED_COLUMNS = ("id", "pillar", "kind", "approach", "statement", *NEED_LISTS, "priority", "stated_on")
NEED_IGNORED = ("reference", "source_url")
#: Larger files are refused: a million actions are about seven hundred megabytes.
MOST_BYTES = 2 * 1024 * 1024 * 1024
_ROWS = 10_000  # made into a table at a time, to keep memory small
_BYTES = 1024 * 1024
#: A longer cell is no text of an action but a quotation mark that was never closed.
_MOST_CELL = 200 * 1024 * 1024
#: Spreadsheets run a cell that begins so as a formula; an id is written out as it is, so it must not.
_FORMULA = ("=", "@", "\t", "\r")


@dataclass(frozen=True)
class Sheet:
    """A file read: its table, what was put right or ignored, and what stops the work. Rows count from 1."""

    table: pa.Table
    warnings: tuple[str, ...]
    problems: tuple[str, ...]


def read_actions(path: Path) -> Sheet:
    """Read a CSV file of actions into ACTIONS.

    Dates and amounts that cannot be read are warned of and taken as not reported. Rows without id or title,
    and ids that stand twice, are problems.

    Raises:
        BadInput: the file cannot be opened, is no text, is empty, or has no column `id` or `title`.
    """
    reader = Reader(path, ACTION_COLUMNS, NEVER_EVIDENCE, LISTS, "title")
    rows = (reader.dated(reader.priced(row, number), number) for number, row in reader.rows())
    parts = [actions_table(part) for part in batched(rows, _ROWS)]
    table = pa.concat_tables(parts) if parts else actions_table([])
    return Sheet(table, tuple(reader.warnings), tuple(reader.problems))


def read_needs(path: Path) -> Sheet:
    """Read a CSV file of needs into NEEDS; problems, warnings and raises as in `read_actions`."""
    reader = Reader(path, NEED_COLUMNS, NEED_IGNORED, NEED_LISTS, "statement")
    rows = [row for _, row in reader.rows()]
    return Sheet(needs_table(rows), tuple(reader.warnings), tuple(reader.problems))


class Reader:
    """One file's rows as dictionaries, gathering what is wrong with them.

    text: the column that no row may lack. text_needed: whether an empty one stops the work. codepage: what a
    file is read as that is not UTF-8.
    """

    def __init__(
        self,
        path: Path,
        columns: Sequence[str],
        silent: Sequence[str],
        lists: Sequence[str],
        text: str,
        *,
        text_needed: bool = True,
        codepage: str = "1250",
    ) -> None:
        self.path, self.columns, self.lists, self.text_column = path, columns, lists, text
        self.text_needed, self.codepage = text_needed, codepage
        self.warnings: list[str] = []
        self.problems: list[str] = []
        self._marks_are_odd = False
        self._encoding = self._encoding_of()
        csv.field_size_limit(_MOST_CELL)
        with self._open() as lines:
            self._mark = max(",;\t", key=lines.readline().count)
        with self._open() as lines:
            self.heading = [
                name.strip().lower() for name in next(csv.reader(lines, delimiter=self._mark), [])
            ]
        self._check_heading(silent)

    def rows(self) -> Any:
        """(row number in the file, row) of each row with an id and a text, ids told apart."""
        seen: dict[str, int] = {}
        number, begins, ends = 1, 0, 0
        with self._open() as lines:
            reader = csv.reader(lines, delimiter=self._mark)
            try:
                for number, cells in enumerate(reader, 1):
                    begins, ends = ends, reader.line_num
                    if number == 1 or not any(cell.strip() for cell in cells):
                        continue
                    row = self._row(cells, number)
                    if self._stands(row, number, seen):
                        yield number, row
            except csv.Error as error:
                raise BadInput(
                    f"{self.path}, row {number + 1}: this is no CSV ({error}). Save the sheet as CSV."
                ) from error
        self._check_end(number, begins, ends, rows=len(seen))

    def _check_end(self, number: int, begins: int, ends: int, *, rows: int) -> None:
        """A cell that is never closed takes in all that follows; a file without rows is told as such.

        begins, ends: after which line of the file the last row begins, and its last line.
        """
        if self._marks_are_odd and ends - begins > 1:
            self.problems.append(
                f"{self.path}, row {number}: a quotation mark is never closed, so that all lines from "
                f"{begins + 1} on were read as one cell. Close it, or save the sheet as CSV again."
            )
        elif not rows and not self.problems:
            self.warnings.append(
                f"{self.path}: there is no row below the headings, so there is nothing in it."
            )

    def dated(self, row: dict[str, Any], number: int) -> dict[str, Any]:
        """The row with dates that can be read; the others are warned of and left out."""
        read = {}
        for column in ("start", "end"):
            try:
                read[column] = parse_date(row[column]) if row.get(column) else None
            except BadInput as error:
                self._warn(number, column, f"{error} Taken as not reported.")
                read[column] = None
        try:
            Period(read["start"], read["end"])
        except BadInput as error:
            self._warn(number, "end", f"{error} Both taken as not reported.")
            read = {"start": None, "end": None}
        return row | {column: str(stated) if stated else None for column, stated in read.items()}

    def priced(self, row: dict[str, Any], number: int) -> dict[str, Any]:
        """The row with its amount in whole minor units; one that cannot be read is warned of and left out."""
        amount, currency = row.pop("budget_amount", None), (row.pop("budget_currency", None) or "").upper()
        if not amount:
            return row
        if currency not in CURRENCIES:
            said = f"“{currency}” is no ISO 4217 currency" if currency else "an amount needs its currency"
            self._warn(
                number, "budget_currency", f"{said}. Write EUR, USD, … The amount is taken as not reported."
            )
            return row
        try:
            units = minor_units(parse_amount(amount), currency)
        except BadInput as error:
            self._warn(number, "budget_amount", f"{error} Taken as not reported.")
            return row
        return row | {"amounts": [{"currency": currency, "minor_units": units}]}

    def _open(self) -> TextIO:
        return open(self.path, encoding=self._encoding, errors="replace", newline="")

    def _encoding_of(self) -> str:
        """How the file's bytes are read as text, found by reading it once."""
        try:
            if self.path.stat().st_size > MOST_BYTES:
                raise BadInput(
                    f"{self.path}: larger than {MOST_BYTES // 2**20:,} MiB. Split it, or check what it is."
                )
            with open(self.path, "rb") as handle:
                return self._told_by(iter(lambda: handle.read(_BYTES), b""))
        except OSError as error:
            raise BadInput(f"{self.path}: {error.strerror}. Check the name and your rights.") from error

    def _told_by(self, parts: Iterator[bytes]) -> str:
        start = next(parts, b"")
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            wide = codecs.getincrementaldecoder("utf-16")("replace")
            for part in chain([start], parts):
                self._marks_are_odd ^= wide.decode(part).count('"') % 2 == 1
            return "utf-16"
        if b"\0" in start[:4096] or start[:4] == b"PK\x03\x04":
            raise BadInput(
                f"{self.path}: this is no CSV text. Open it in a spreadsheet and save it as CSV (UTF-8)."
            )
        decoder, row, blank = codecs.getincrementaldecoder("utf-8")(), 1, True
        for part in chain([start], parts, [b""]):
            blank = blank and not part.strip()
            self._marks_are_odd ^= part.count(b'"') % 2 == 1
            try:
                decoder.decode(part, final=not part)
            except UnicodeDecodeError as error:
                row += error.object[: error.start].count(b"\n")
                self.warnings.append(
                    f"{self.path}, row {row}: not UTF-8; read as Windows-{self.codepage}. "
                    "Save the sheet as CSV (UTF-8)."
                )
                for rest in parts:
                    self._marks_are_odd ^= rest.count(b'"') % 2 == 1
                return f"cp{self.codepage}"
            row += part.count(b"\n")
        if blank:
            raise BadInput(
                f"{self.path} is empty. Its first row must name the columns: id, {self.text_column}, …"
            )
        return "utf-8-sig"

    def _check_heading(self, silent: Sequence[str]) -> None:
        for needed in ("id", self.text_column):
            if needed not in self.heading:
                raise BadInput(
                    f"{self.path}, row 1: there is no column “{needed}”. The first row must name "
                    f"the columns: id, {self.text_column}, …"
                )
        twice = sorted({name for name in self.heading if name and self.heading.count(name) > 1})
        if twice:
            raise BadInput(f"{self.path}, row 1: the column “{twice[0]}” stands twice. Keep one.")
        unknown = [name for name in self.heading if name and name not in self.columns and name not in silent]
        if unknown:
            self.warnings.append(f"{self.path}, row 1: unknown columns, ignored: {', '.join(unknown)}.")

    def _row(self, cells: Sequence[str], number: int) -> dict[str, Any]:
        if len(cells) > len(self.heading) and any(cell.strip() for cell in cells[len(self.heading) :]):
            self._warn(
                number,
                "",
                f"{len(cells)} cells under {len(self.heading)} columns; the last ones are ignored.",
            )
        named: Mapping[str, str] = dict(zip(self.heading, cells, strict=False))
        row: dict[str, Any] = {column: named.get(column, "").strip() for column in self.columns}
        for column in self.lists:
            row[column] = [part.strip() for part in row[column].split(";") if part.strip()]
        return row

    def _stands(self, row: Mapping[str, Any], number: int, seen: dict[str, int]) -> bool:
        if not row["id"]:
            self._stop(number, "id", "empty. Give each row an id of its own.")
        elif row["id"].startswith(_FORMULA):
            self._stop(number, "id", f"“{row['id'][:40]}” begins as a formula. Give the row a plain id.")
        elif row["id"] in seen:
            self._stop(
                number,
                "id",
                f"“{row['id'][:80]}” stands in row {seen[row['id']]} too. Give one of the two another id.",
            )
        elif self.text_needed and not row[self.text_column]:
            self._stop(number, self.text_column, "empty. Write it, or take the row out.")
        else:
            seen[row["id"]] = number
            return True
        return False

    def _warn(self, number: int, column: str, text: str) -> None:
        self.warnings.append(f"{self.path}, row {number}, {column or 'end of row'}: {text}")

    def _stop(self, number: int, column: str, text: str) -> None:
        self.problems.append(f"{self.path}, row {number}, column {column}: {text}")
