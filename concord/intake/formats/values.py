"""A cell's value as text, the way people write it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

Cell = int | float | str | bool | time | date | datetime | timedelta


def text_of(cell: Cell, precision: str = "") -> str:
    """A cell's value as text: dates as 2019-02-28, whole numbers without a decimal point.

    Args:
        precision: "month" or "year" where the cell shows a date without its day.
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return number_text(cell)
    if isinstance(cell, datetime):
        at_midnight = cell.time() == time()
        return date_text(cell.date().isoformat(), precision) if at_midnight else cell.isoformat(" ")
    return date_text(cell.isoformat(), precision) if isinstance(cell, date) else str(cell)


def date_text(day: str, precision: str) -> str:
    """A day written 2019-02-28, cut to its month or year where the cell shows no more."""
    return day[: {"year": 4, "month": 7}.get(precision, 10)]


def number_text(number: float) -> str:
    """A number without exponent where that can be read, without a decimal point where it is whole."""
    if isinstance(number, int) or number.is_integer():
        return str(int(number)) if abs(number) < 1e22 else repr(number)
    return format(Decimal(repr(number)), "f") if 1e-7 < abs(number) < 1e22 else repr(number)
