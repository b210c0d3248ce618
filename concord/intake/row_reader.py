"""One row read cell by cell: what a text means, and what there is to say about it. Pure.

Nothing is guessed: what cannot be read is an error or a question, and the cell stays with the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from concord.intake.context import Context
from concord.intake.formats.parts import Row
from concord.intake.mapping import MappedSheet
from concord.intake.problems import Problem, Severity
from concord.intake.template import split_list
from concord.kernel.dates import parse_date
from concord.kernel.errors import BadInput
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
_TIME_OF_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})[ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?")
_BETWEEN_PLACES = re.compile(r"\s*(?:[,/&+]|\band\b)\s*")


_folded = lru_cache(maxsize=4096)(fold)  # the same few words stand in every row


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
        self.problems: list[Problem] = []

    def has(self, field: str) -> bool:
        """Whether the sheet has a column for the field: an absent one states nothing."""
        return self._sheet.column_of(field) is not None

    def text(self, field: str) -> str:
        """The text of a field; one that is longer than the plan can hold is an error."""
        text = self._sheet.value(self._row, field)
        longest = LONGEST.get(field, LONGEST_TEXT)
        if len(text) > longest:
            self.error(
                field,
                "too-long",
                f"The text has {len(text):,} characters; {longest:,} are the most.",
                "Shorten it; longer text belongs into the description.",
            )
        return text[:longest]

    def parts(self, field: str) -> list[str]:
        """The parts of a list, separated by semicolons or line ends, each once, in the order written."""
        return split_list(self._sheet.value(self._row, field))

    def date(self, field: str) -> str:
        """A date as precise as stated, as EDTF; "" where the cell is empty or no date."""
        text = self._sheet.value(self._row, field)
        if not text:
            return ""
        stated = _TIME_OF_DAY.sub(r"\1", text)
        try:
            return parse_date(stated).text
        except BadInput as error:
            message, _, remedy = str(error).partition(". ")
            self.error(
                field,
                "no-such-date",
                message.rstrip(".") + ".",
                remedy or "Write a year (2019), a month (2019-02) or a day (2019-02-28).",
            )
            return ""

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
        text = self._sheet.value(self._row, field)
        if text and not named:
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
        for part in self.parts(field):
            found = self._places_in(field, part)
            for code in found:
                if code not in self._context.served:
                    self.warning(
                        field,
                        "place-not-served",
                        f"The plan does not serve {self._context.place_name(code)}; it is kept.",
                        "Nothing needs doing if the action also reaches that place.",
                        value=part,
                    )
            codes += found
        return list(dict.fromkeys(codes))

    def _places_in(self, field: str, part: str) -> list[str]:
        if code := self._context.place(part):
            return [code]
        pieces = [self._context.place(piece) for piece in _BETWEEN_PLACES.split(part)]
        if len(pieces) > 1 and all(pieces):
            return pieces
        served = ", ".join(f"{name} ({code})" for code, name in self._context.served.items())
        self.error(
            field,
            "unknown-beneficiary",
            f"“{part[:SHOWN_CHARACTERS]}” is no beneficiary and no other place that is known.",
            f"Name each beneficiary by its name or code, separated by semicolons: {served}.",
            value=part,
        )
        return []

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
    ) -> None:
        column = self._sheet.column_of(field)
        written = self._sheet.value(self._row, field) if value is None else value
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
