"""The start and the end of an action, from one, two or three cells of its row. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from concord.intake.context import Context
from concord.intake.readings.dates import NOTHING, DateReading, end_after, in_words
from concord.intake.row_reader import RowReader
from concord.kernel.dates import parse_date

COLUMNS = ("start", "end", "period")


@dataclass(frozen=True, slots=True)
class Dates:
    """Start and end as EDTF, "" where not stated; ongoing: a cell says that there is no end yet."""

    start: str = ""
    end: str = ""
    ongoing: bool = False


def read_row_dates(reader: RowReader) -> Dates:
    """The dates of a row. The column of the start goes before a period for the start, and so on."""
    start = reader.dates("start", "start") if reader.has("start") else NOTHING
    end = reader.dates("end", "end") if reader.has("end") else NOTHING
    period = reader.dates("period", "period") if reader.has("period") else NOTHING
    begins = start.start or period.start or end.start
    ends = end.end or period.end or start.end
    months = end.months or period.months or start.months
    if months and begins and not ends:
        ends = _after(reader, begins, months, end)
    elif months and not ends:
        _without_start(reader, months, end, start)
    _ask_if_the_start_is_open(reader, start)
    return Dates(begins, ends, not ends and (end.ongoing or period.ongoing or start.ongoing))


def date_fields(reader: RowReader, dates: Dates) -> dict[str, str]:
    """The fields that the row states: an end alone says nothing of a start that has no column."""
    fields = {}
    if reader.has("start") or reader.has("period") or dates.start:
        fields["start"] = dates.start
    if reader.has("end") or reader.has("period") or dates.end:
        fields["end"] = dates.end
    return fields


def status_from_dates(reader: RowReader, dates: Dates, status: str) -> str:
    """The status; where the end is "ongoing" and no status is stated, it is ongoing, and asked about."""
    if not dates.ongoing or status == "ongoing":
        return status
    field = next((name for name in ("end", "period", "start") if reader.is_open(name)), "end")
    reading = "no end stated, " + (f"status {status}" if status else "status ongoing")
    reader.question(
        field,
        "open-end",
        f"“{reader.text(field)[:80]}” states no end. It was read as {reading}.",
        "Confirm it, or write the end or the status.",
        reading=reading,
    )
    return status or "ongoing"


def check_period(reader: RowReader, fields: Mapping[str, Any], context: Context) -> None:
    """Refuses an end before the start; remarks on dates outside the plan that the file is handed in for."""
    start, end = fields.get("start", ""), fields.get("end", "")
    if start and end and parse_date(end).latest < parse_date(start).earliest:
        reader.error(
            "end" if reader.has("end") else "period",
            "end-before-start",
            f"The end ({end}) lies before the start ({start}).",
            "Check both dates; they may have been swapped.",
        )
        return
    if context.years is None:
        return
    first, last = context.years
    ends_before = end and parse_date(end).latest.year < first
    begins_after = start and parse_date(start).earliest.year > last
    if ends_before or begins_after:
        stated = " to ".join(date for date in (start, end) if date)
        side = "end" if ends_before else "start"
        reader.warning(
            side if reader.has(side) else "period",
            "outside-the-period",
            f"The action's dates ({stated}) lie outside the plan's period, {first} to {last}.",
            "Check the dates, or hand the row in for the plan of its years.",
        )


def _after(reader: RowReader, begins: str, months: int, end: DateReading) -> str:
    ends = end_after(begins, months)
    reading = f"{in_words(begins)} to {in_words(ends)}"
    reader.question(
        "end" if end.months else "period",
        "duration",
        f"The cell states a duration. With the start it was read as {reading}.",
        "Confirm it, or write the end as a date.",
        reading=reading,
    )
    return ends


def _without_start(reader: RowReader, months: int, end: DateReading, start: DateReading) -> None:
    reader.question(
        "end" if end.months else "start" if start.months else "period",
        "duration",
        f"The cell states a duration of {months} months, but the row has no start to count from.",
        "Write the start, or the end as a date.",
        reading="not stated",
    )


def _ask_if_the_start_is_open(reader: RowReader, start: DateReading) -> None:
    if start.ongoing and not start.start:
        reader.question(
            "start",
            "open-end",
            f"“{reader.text('start')[:80]}” is no start. It was read as not stated.",
            "Write the start as a date.",
            reading="not stated",
        )
