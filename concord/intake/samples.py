"""Each column with a few of its cells and how they are read: for pages that correct a mapping. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from concord.intake.columns import Column
from concord.intake.context import Context
from concord.intake.layouts import IGNORE, SheetLayout
from concord.intake.mapping import MappedSheet
from concord.intake.readings.dates import in_words, read_dates
from concord.intake.readings.money import read_amount
from concord.intake.readings.places import read_places
from concord.intake.vocabulary import is_not_stated, known_currency, status_named
from concord.kernel.codelists import ACTION_STATUSES, NAMING_TABLE
from concord.kernel.money import format_amount

SAMPLES = 4
_SIX = Context(served={line.code: line.name for line in NAMING_TABLE})


@dataclass(frozen=True, slots=True)
class Sample:
    """One cell as written, and in words how it is read; "" where it is kept as it is."""

    row: int
    written: str
    read: str


@dataclass(frozen=True, slots=True)
class ColumnWithSamples:
    """A column as a person corrects it.

    filled: rows with a cell there. samples: the first different cells. field: "" where it is not applied.
    choice: what a form shows as chosen, a field or "ignore" or "".
    """

    column: Column
    filled: int
    samples: tuple[Sample, ...]

    @property
    def field(self) -> str:
        """The field that the column is read as."""
        return self.column.field

    @property
    def choice(self) -> str:
        """The field, "ignore" where a person said so, "" where nobody knows."""
        return IGNORE if self.column.left == "ignored" else self.column.field


def columns_with_samples(
    sheet: MappedSheet, *, limit: int = SAMPLES, context: Context = _SIX
) -> tuple[ColumnWithSamples, ...]:
    """Each column of a sheet with its first different cells, read as its field says; empty columns too."""
    found = []
    for column in sheet.columns:
        cells = [(row.number, text) for row in sheet.rows if (text := row.cell(column.index))]
        first = {text: number for number, text in reversed(cells)}
        different = sorted(first.items(), key=lambda item: item[1])[:limit]
        samples = tuple(
            Sample(number, text, read_in_words(sheet, column, text, context)) for text, number in different
        )
        found.append(ColumnWithSamples(column, len(cells), samples))
    return tuple(found)


def layout_of(sheet: MappedSheet) -> SheetLayout:
    """How a sheet is read now, as a layout that says the same: what a form of corrections starts from."""
    columns = {c.letters: c.field or IGNORE for c in sheet.columns if c.field or c.left == "ignored"}
    money = next((c for c in sheet.columns if c.field in ("budget_amount", "budget_year")), None)
    return SheetLayout(
        sheet.header_row,
        sheet.holds,
        columns,
        money.currency if money else "",
        money.factor == 1000 if money else None,
        sheet.day_first,
    )


def read_in_words(sheet: MappedSheet, column: Column, text: str, context: Context) -> str:
    """How a cell is read, in words; "" for text that is kept as it is."""
    if not column.field:
        return ""
    if is_not_stated(text):
        return "not stated"
    if column.field in ("start", "end", "period"):
        return _dates(sheet, column, text)
    if column.field in ("budget_amount", "budget_year"):
        return _amount(sheet, column, text)
    if column.field == "budget_currency":
        return known_currency(text) or "no currency that is known"
    if column.field == "status":
        return ACTION_STATUSES.get(status_named(text), "not stated")
    return _places(sheet, text, context) if column.field == "beneficiaries" else ""


def _dates(sheet: MappedSheet, column: Column, text: str) -> str:
    side = "period" if column.field == "period" else "end" if column.field == "end" else "start"
    reading = read_dates(text, side, sheet.facts.day_first(column.field))
    if reading.said and reading.said.reading:
        return reading.said.reading
    if reading.months:
        return f"{reading.months} months"
    if reading.ongoing and not reading.start:
        return "no end stated"
    stated = [in_words(date) for date in (reading.start, reading.end) if date]
    return " to ".join(dict.fromkeys(stated)) or "no date"


def _amount(sheet: MappedSheet, column: Column, text: str) -> str:
    reading = read_amount(
        text,
        decimal_mark=sheet.facts.decimal_mark(column.index),
        currency=column.currency,
        factor=column.factor,
    )
    if reading.amount is None:
        return reading.said.reading if reading.said and reading.said.reading else "no amount"
    return format_amount(reading.amount, reading.currency or column.currency).strip()


def _places(sheet: MappedSheet, text: str, context: Context) -> str:
    settled = sheet.facts.codes_settled("beneficiaries")
    parts = [part.strip() for part in text.replace("\n", ";").split(";") if part.strip()]
    codes = [code for part in parts for code in read_places(part, context, codes_settled=settled).codes]
    return ", ".join(context.place_name(code) for code in dict.fromkeys(codes)) or "no place that is known"
