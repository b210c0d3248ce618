"""One row read cell by cell: what a text means, and what there is to say about it. Pure.

Nothing is guessed: what cannot be read is an error or a question, and the cell stays with the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from concord.intake.columns import Column
from concord.intake.context import Context
from concord.intake.formats.parts import Row
from concord.intake.mapping import MappedSheet
from concord.intake.problems import Problem, Severity
from concord.intake.readings.dates import NOTHING as NO_DATES
from concord.intake.readings.dates import DateReading, Side, read_dates
from concord.intake.readings.money import NOTHING as NO_AMOUNT
from concord.intake.readings.money import AmountReading, read_amount
from concord.intake.readings.organisations import Named, divided, listed, pieces_of, unwrapped
from concord.intake.readings.places import read_places
from concord.intake.readings.said import Said
from concord.intake.template import split_list
from concord.intake.vocabulary import is_not_stated
from concord.kernel.names import fold

SHOWN_CHARACTERS = 500  # of a cell in a message
LONGEST = {
    "title": 500,
    "source_url": 500,
    "reference": 400,
    "priority": 40,
    "approach": 20,
    "pillar": 20,
    "id": 200,
    "iati_identifier": 200,
}  # what the plan's columns hold, in characters
LONGEST_TEXT = 20_000
LONGEST_CODE = 80
SAID_BY_CONCORD = ("not reported", "none reported")
"""What files that Concord writes say where nothing is stated; no name and no code is called so."""


@lru_cache(maxsize=65536)
def _parts(text: str) -> tuple[str, ...]:
    return tuple(split_list(text))


_folded = lru_cache(maxsize=4096)(fold)  # the same few words stand in every row


def _list_in(text: str) -> str:
    return "" if not text or text.strip().casefold() in SAID_BY_CONCORD else text


def candidates_in(text: str) -> list[str]:
    """The names to look up for a cell: each organisation, and what it would be divided into."""
    found = listed(_parts(unwrapped(_list_in(text))))
    return [name for named in found for name in dict.fromkeys([named.name, *pieces_of(named.name)])]


class CodeList:
    """A code list that also knows its words: codes and names after folding."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.codes = tuple(names)
        self._by_word = {fold(name): code for code, name in names.items()} | {
            fold(code): code for code in names
        }

    def code_of(self, text: str) -> str:
        """The code of a word that is a code or a name of the list, "" where it is neither."""
        return self._by_word.get(_folded(text), "")


class RowReader:
    """Reads one row: gives field values and gathers what there is to say about its cells."""

    def __init__(self, sheet: MappedSheet, row: Row, context: Context) -> None:
        self._sheet, self._row, self._context = sheet, row, context
        self._places, self._cells = sheet.places, row.cells
        self._group = sheet.groups.get(row.number, "")
        self._group_field = context.field_of_group(self._group) if self._group else ""
        self.problems: list[Problem] = []

    def has(self, field: str) -> bool:
        """Whether the sheet has a column for the field, or a heading over the row says it."""
        return field in self._places or (bool(field) and field == self._group_field)

    def _text(self, field: str) -> str:
        """The cell of a field; where it is empty, the heading over the row if that says it."""
        place = self._places.get(field)
        text = self._cells[place] if place is not None and place < len(self._cells) else ""
        return text or (self._group if field == self._group_field else "")

    def text(self, field: str) -> str:
        """The text of a field; one that is longer than the plan can hold is an error."""
        text = self._text(field)
        longest = LONGEST.get(field, LONGEST_TEXT)
        if len(text) > longest:
            self.error(
                field,
                "too-long",
                f"The text has {len(text):,} characters; {longest:,} are the most.",
                "Shorten it; longer text belongs into the description.",
            )
            return text[:longest]
        return text

    def parts(self, field: str) -> list[str]:
        """The parts of a list, separated by semicolons or line ends, each once, in the order written."""
        text = self._list_text(field)
        return list(_parts(text)) if text else []

    def _list_text(self, field: str) -> str:
        return _list_in(self._text(field))

    def stated(self, field: str) -> str:
        """The text of a field, "" where it says in words that there is nothing to say."""
        text = self.text(field)
        return "" if is_not_stated(text) else text

    def date(self, field: str) -> str:
        """A date as precise as stated, as EDTF; "" where the cell is empty or no date."""
        return self.dates(field, "start").start

    def dates(self, field: str, side: Side) -> DateReading:
        """What a cell of dates states; an open end is left to who knows the row's status."""
        text = self._text(field)
        reading = read_dates(text, side, self._sheet.facts.day_first(field)) if text else NO_DATES
        self.say(field, reading.said)
        return reading

    def is_open(self, field: str) -> bool:
        """Whether a cell says that there is no end yet."""
        text = self._text(field)
        return bool(text) and read_dates(text, "period", self._sheet.facts.day_first(field)).ongoing

    def amount(self, field: str, currency: str) -> AmountReading:
        """What a cell of money states. currency: what another cell says, "" where none does."""
        return self._amount(field, self._text(field), self._sheet.column_of(field), currency)

    def yearly_amounts(self, currency: str) -> list[tuple[str, AmountReading]]:
        """The amounts that stand year by year in columns of their own, as (year, reading)."""
        return [
            (column.detail, self._amount("budget_year", self._row.cell(column.index), column, currency))
            for column in self._sheet.columns
            if column.field == "budget_year"
        ]

    def unit_currency(self, field: str) -> str:
        """The currency that the heading of a field, or the layout, gives its amounts; "" without."""
        column = self._sheet.column_of(field)
        return column.currency if column else ""

    def _amount(self, field: str, text: str, column: Column | None, currency: str) -> AmountReading:
        if not text or column is None:
            return NO_AMOUNT
        reading = read_amount(
            text,
            decimal_mark=self._sheet.facts.decimal_mark(column.index),
            currency=currency or column.currency,
            factor=column.factor,
        )
        self.say(field, reading.said, column=column, written=text)
        return reading

    def organisations(self, field: str) -> list[Named]:
        """The organisations of a field with their shares; a row that Concord gave out is not divided."""
        text = self._list_text(field)
        if not text:
            return []
        if self._sheet.value(self._row, "key"):
            return [Named(part) for part in _parts(text)]
        return divided(_parts(unwrapped(text)), self._context.is_organisation)

    def say(
        self, field: str, said: Said | None, *, column: Column | None = None, written: str | None = None
    ) -> None:
        """Keeps what there is to say about a reading of the field."""
        if said:
            value = said.value or written
            self._say(
                said.severity,
                field,
                said.rule,
                said.message,
                said.remedy,
                value or None,
                said.reading,
                column,
            )

    def codes(self, field: str, known: CodeList, what: str) -> list[str]:
        """Codes of a list; what the list does not have is kept as text, with a warning."""
        found = []
        for part in self.parts(field):
            code = known.code_of(part)
            if not code:
                self.warning(
                    field,
                    f"unknown-{what.replace(' ', '-')}",
                    f"“{part[:SHOWN_CHARACTERS]}” is not in the list of {what}s; it is kept as text.",
                    "Use one of the list where one fits: " + ", ".join(known.codes) + ".",
                    value=part,
                )
            found.append(code or part[:LONGEST_CODE])
        return list(dict.fromkeys(found))

    def one_of(self, field: str, allowed: Sequence[str], named: str) -> str:
        """The code of a word that must be one of a list; any other word is a question, read as not stated."""
        text = self._text(field)
        if text and not named and not is_not_stated(text):
            self.question(
                field,
                f"unknown-{field}",
                f"“{text[:SHOWN_CHARACTERS]}” is not known as a {field}; it was read as not stated.",
                "Write one of: " + ", ".join(allowed) + ".",
                reading="not stated",
            )
        return named

    def places(self, field: str) -> list[str]:
        """Codes of places. A place that is none is an error: half a list would be a false statement."""
        codes: list[str] = []
        settled = self._sheet.facts.codes_settled(field)
        for part in self.parts(field):
            reading = read_places(part, self._context, codes_settled=settled)
            self.say(field, reading.said)
            for code in reading.codes:
                if code not in self._context.served:
                    self.warning(
                        field,
                        "place-not-served",
                        f"The plan does not serve {self._context.place_name(code)}; it is kept.",
                        "Nothing needs doing if the action also reaches that place.",
                        value=part,
                    )
            codes += reading.codes
        return list(dict.fromkeys(codes))

    def error(self, field: str, rule: str, message: str, remedy: str, *, value: str | None = None) -> None:
        """Notes that a cell cannot be stored."""
        self._say(Severity.ERROR, field, rule, message, remedy, value)

    def question(
        self, field: str, rule: str, message: str, remedy: str, *, reading: str, value: str | None = None
    ) -> None:
        """Notes that a cell was read in a way that a person should confirm."""
        self._say(Severity.QUESTION, field, rule, message, remedy, value, reading)

    def warning(self, field: str, rule: str, message: str, remedy: str, *, value: str | None = None) -> None:
        """Notes something worth a look."""
        self._say(Severity.WARNING, field, rule, message, remedy, value)

    def _say(
        self,
        severity: Severity,
        field: str,
        rule: str,
        message: str,
        remedy: str,
        value: str | None,
        reading: str = "",
        column: Column | None = None,
    ) -> None:
        column = column or self._sheet.column_of(field)
        written = self._text(field) if value is None else value
        self.problems.append(
            Problem(
                severity,
                rule,
                message,
                remedy,
                self._sheet.name,
                self._row.number,
                column.shown if column else field,
                written[:SHOWN_CHARACTERS],
                reading,
            )
        )
