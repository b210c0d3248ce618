"""Records of aid systems out of CSV files: what cannot be read is named with file, row, column and remedy."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

from concord.analysis.reading_csv import Reader, Sheet
from concord.engine.schemas import records_table
from concord.kernel.codelists import CURRENCIES
from concord.kernel.dates import parse_date
from concord.kernel.errors import BadInput
from concord.kernel.money import parse_amount

LISTS = ("donors", "implementers", "sector")
COLUMNS = ("id", "title", "description", *LISTS, "country", "start", "end", "amount", "currency")
#: Day and month in an order that nobody knows: only the year is taken.
_SLASHES = re.compile(r"\d{1,2}[/-]\d{1,2}[/-](\d{4})")


def read_records(path: Path) -> Sheet:
    """Read a CSV file of records into RECORDS.

    Columns `id` and `title` are needed, the others may be missing; a row may lack all but its id. Dates and
    amounts that cannot be read are taken as not reported; each kind of fault is warned of once, with its
    first row and how many there are. Rows without id, and ids that stand twice, are problems.

    Raises:
        BadInput: the file cannot be opened, is no text, is empty, or has no column `id` or `title`.
    """
    reader = Reader(path, COLUMNS, (), LISTS, "title", text_needed=False, codepage="1252")
    faults = _Faults(path)
    rows = [_record(row, number, faults) for number, row in reader.rows()]
    return Sheet(records_table(rows), (*reader.warnings, *faults.lines()), tuple(reader.problems))


class _Faults:
    """Faults of the same kind told once: large files repeat one fault thousands of times."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.first: dict[tuple[str, str], tuple[int, str]] = {}
        self.counts: Counter[tuple[str, str]] = Counter()

    def add(self, number: int, column: str, kind: str, text: str) -> None:
        self.first.setdefault((column, kind), (number, text))
        self.counts[column, kind] += 1

    def lines(self) -> tuple[str, ...]:
        return tuple(
            f"{self.path}, row {number}, {column}: {text}" + _and_more(self.counts[column, kind] - 1)
            for (column, kind), (number, text) in self.first.items()
        )


def _and_more(count: int) -> str:
    return f" The same in {count} more row{'s' if count > 1 else ''}." if count else ""


def _record(row: dict[str, Any], number: int, faults: _Faults) -> dict[str, Any]:
    if not row["title"]:
        faults.add(number, "title", "empty", "empty; the record is compared by what else it states.")
    start, end = (_date(row[column], number, column, faults) for column in ("start", "end"))
    if start and end and end.latest < start.earliest:
        faults.add(number, "end", "order", f"{end} lies before the start ({start}). Taken as not reported.")
        end = None
    amount = _amount(row["amount"], number, faults)
    currency = row["currency"].upper()
    if amount and currency and currency not in CURRENCIES:
        told = (
            f"“{row['currency'][:20]}” is no ISO 4217 currency. Write EUR, USD, … The amount is not compared."
        )
        faults.add(number, "currency", "unknown", told)
    if amount and not row["currency"]:
        faults.add(number, "currency", "missing", "an amount needs its currency (USD, EUR, …); not compared.")
    return row | {
        "sectors": row["sector"],
        "start": str(start) if start else None,
        "end": str(end) if end else None,
        "amount": amount,
        "currency": currency,
    }


def _date(text: str, number: int, column: str, faults: _Faults) -> Any:
    if not text:
        return None
    try:
        return parse_date(text)
    except BadInput as error:
        if found := _SLASHES.fullmatch(text):
            faults.add(
                number,
                column,
                "slashes",
                f"“{text}” may be one of two days; only its year is taken. Write YYYY-MM-DD.",
            )
            return _year(found[1], number, column, faults)
        faults.add(number, column, "unreadable", f"{error} Taken as not reported.")
        return None


def _year(text: str, number: int, column: str, faults: _Faults) -> Any:
    try:
        return parse_date(text)
    except BadInput as error:
        faults.add(number, column, "unreadable", f"{error} Taken as not reported.")
        return None


def _amount(text: str, number: int, faults: _Faults) -> float | None:
    if not text:
        return None
    try:
        return float(parse_amount(text))
    except BadInput as error:
        faults.add(number, "amount", "unreadable", f"{error} Taken as not reported.")
        return None
