"""What the cells of a whole column show about how one of them is meant. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final

from concord.intake.readings.dates import day_first_in
from concord.intake.readings.money import decimal_mark_in
from concord.intake.readings.places import settles_codes

DATE_FIELDS: Final = ("start", "end", "period", "stated_on")


class SheetFacts:
    """What the columns of one sheet show; each is looked up once, when it is asked for.

    columns: the distinct cells of each column by its place. fields: the place of each field's column.
    headings: the heading of each column as written. day_first: what a person said, None where nobody did.
    """

    def __init__(
        self,
        columns: Mapping[int, Iterable[str]],
        fields: Mapping[str, int],
        headings: Mapping[int, str],
        day_first: bool | None = None,
    ) -> None:
        self._columns, self._fields, self._headings = columns, fields, headings
        self._said = day_first
        # Caches of this one sheet, dropped with it.
        self.day_first = cache(self._day_first)
        self.decimal_mark = cache(self._decimal_mark)
        self.codes_settled = cache(self._codes_settled)

    def _day_first(self, field: str) -> bool | None:
        """Whether 03/04/2019 is 3 April: what a person said, else the column, else all dates of the sheet."""
        if self._said is not None:
            return self._said
        own = day_first_in(self._cells(field))
        if own is not None or self._contradicts(field):
            return own
        return day_first_in(cell for other in DATE_FIELDS for cell in self._cells(other))

    def _contradicts(self, field: str) -> bool:
        shown = {day_first_in([cell]) for cell in self._cells(field)}
        return {True, False} <= shown

    def _decimal_mark(self, index: int) -> str:
        """Which mark stands before the decimals in a column, "" where it shows none."""
        return decimal_mark_in(self._columns.get(index, ()))

    def _codes_settled(self, field: str) -> bool:
        """Whether the codes of places in a column are ISO codes without doubt."""
        index = self._fields.get(field)
        return index is not None and settles_codes(self._headings.get(index, ""), self._cells(field))

    def _cells(self, field: str) -> Iterable[str]:
        index = self._fields.get(field)
        return self._columns.get(index, ()) if index is not None else ()
