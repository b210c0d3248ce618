"""From cells to field values: what each column's text means, and what is doubtful about it. Pure.

Nothing is guessed: what cannot be read is an error or a question, and the cell stays with the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from concord.intake.context import Context
from concord.intake.formats.parts import Row
from concord.intake.mapping import MappedSheet
from concord.intake.problems import Problem, Severity
from concord.intake.vocabulary import currency_named, status_named
from concord.kernel.codelists import ACTION_TYPES, APPROACHES, CURRENCIES, NEED_KINDS, TOPICS
from concord.kernel.dates import parse_date
from concord.kernel.errors import BadInput
from concord.kernel.money import parse_amount
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
LONGEST_NAME = 300
FUNDING_FROM_STATUS = {"ongoing": "secured", "completed": "secured", "planned": "pipeline"}
"""What an action's own status says about its money (design, "Money"); always marked as inferred."""

_TIME_OF_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})[ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?")
_BETWEEN_PLACES = re.compile(r"\s*(?:[,/&+]|\band\b)\s*")


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
        pieces = re.split(r"[;\n]", self._sheet.value(self._row, field))
        return list(dict.fromkeys(part for piece in pieces if (part := piece.strip())))

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

    def codes(self, field: str, names: Mapping[str, str], what: str) -> list[str]:
        """Codes of a list; what the list does not have is kept as text, with a warning."""
        found = []
        for part in self.parts(field):
            code = _code_of(part, names)
            if not code:
                self.warning(
                    field,
                    f"unknown-{what.replace(' ', '-')}",
                    f"“{part[:SHOWN_CHARACTERS]}” is not in the list of {what}s; it is kept as text.",
                    "Use one of the list where one fits: " + ", ".join(names) + ".",
                    value=part,
                )
            found.append(code or part[:LONGEST_CODE])
        return list(dict.fromkeys(found))

    def one_of(self, field: str, names: Mapping[str, str], named: str) -> str:
        """The code of a word that must be one of a list; any other word is a question, read as not stated."""
        text = self._sheet.value(self._row, field)
        if text and not named:
            self.question(
                field,
                f"unknown-{field}",
                f"“{text[:SHOWN_CHARACTERS]}” is not known as a {field}; it was read as not stated.",
                "Write one of: " + ", ".join(names) + ".",
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


def action_fields(reader: RowReader, context: Context) -> dict[str, Any]:
    """The field values of an action's row. A field without a column is absent: it states nothing."""
    status = reader.one_of("status", {"planned": "", "ongoing": "", "completed": ""}, _status(reader))
    readings: dict[str, Callable[[], Any]] = {
        "title": lambda: reader.text("title"),
        "summary": lambda: reader.text("summary"),
        "description": lambda: reader.text("description"),
        "pillars": lambda: _pillars(reader, "pillars", context),
        "topics": lambda: reader.codes("topics", TOPICS, "topic"),
        "action_types": lambda: reader.codes("action_types", ACTION_TYPES, "action type"),
        "beneficiaries": lambda: reader.places("beneficiaries"),
        "start": lambda: reader.date("start"),
        "end": lambda: reader.date("end"),
        "status": lambda: status,
        "related_ids": lambda: reader.parts("related_ids"),
        "source_url": lambda: reader.text("source_url"),
        "notes": lambda: reader.text("notes"),
    }
    fields = {name: read() for name, read in readings.items() if reader.has(name)}
    if reader.has("donors") or reader.has("implementers"):
        fields["participations"] = _participations(reader)
    if reader.has("budget_amount") or reader.has("budget_currency"):
        fields["funding"] = _funding(reader, context, status)
    elif lines := _funding(reader, context, status):
        fields["funding"] = lines
    _check_period(reader, fields, context)
    return fields


def need_fields(reader: RowReader, context: Context) -> dict[str, Any]:
    """The field values of a need's row; absent like an action's."""
    kind = reader.one_of("kind", NEED_KINDS, _code_of(reader.text("kind"), NEED_KINDS))
    readings: dict[str, Callable[[], Any]] = {
        "statement": lambda: reader.text("statement"),
        "pillar": lambda: next(iter(_pillars(reader, "pillar", context)), ""),
        "kind": lambda: kind,
        "approach": lambda: _approach(reader),
        "topics": lambda: reader.codes("topics", TOPICS, "topic"),
        "beneficiaries": lambda: reader.places("beneficiaries"),
        "priority": lambda: reader.text("priority"),
        "reference": lambda: reader.text("reference"),
        "stated_on": lambda: reader.date("stated_on"),
        "source_url": lambda: reader.text("source_url"),
        "notes": lambda: reader.text("notes"),
    }
    return {name: read() for name, read in readings.items() if reader.has(name)}


def _status(reader: RowReader) -> str:
    return status_named(reader.text("status"))


def _code_of(text: str, names: Mapping[str, str]) -> str:
    """The code of a word that is a code or a name of the list, "" where it is neither."""
    return _codes_by_word(tuple(names.items())).get(_folded(text), "")


@lru_cache(maxsize=32)
def _codes_by_word(names: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return {fold(name): code for code, name in names} | {fold(code): code for code, _ in names}


_folded = lru_cache(maxsize=4096)(fold)  # the same few words stand in every row


def _approach(reader: RowReader) -> str:
    text = reader.text("approach")
    code = _code_of(text, APPROACHES)
    if text and not code:
        reader.warning(
            "approach",
            "unknown-approach",
            f"“{text}” is no approach of the template; it is kept as text.",
            "Write one of: " + ", ".join(APPROACHES) + ".",
        )
    return code or text


def _pillars(reader: RowReader, field: str, context: Context) -> list[str]:
    known = {fold(acronym): acronym for acronym in context.pillars}
    found = []
    for part in reader.parts(field):
        if fold(part) not in known:
            reader.warning(
                field,
                "unknown-pillar",
                f"The framework has no pillar “{part[:SHOWN_CHARACTERS]}”; it is kept as text.",
                "Write one of: " + ", ".join(context.pillars) + "."
                if context.pillars
                else "Check the pillar.",
                value=part,
            )
        found.append(known.get(fold(part), part[:20]))
    return list(dict.fromkeys(found))


def _participations(reader: RowReader) -> list[dict[str, Any]]:
    return [
        {"role": role, "as_written": name[:LONGEST_NAME], "organisation": None}
        for field, role in (("donors", "donor"), ("implementers", "implementer"))
        for name in reader.parts(field)
    ]


def _funding(reader: RowReader, context: Context, status: str) -> list[dict[str, Any]]:
    """Funding lines from donors, one amount, its currency and the action's status.

    One donor: its line. Several donors and one amount: one joint line without donor, and a line
    without amount for each donor string that names an instrument. No amount: the instruments alone.

    Source: design.md, sections 2 ("Funding line") and 3 ("Money").
    """
    amount, currency = _money(reader)
    donors = reader.parts("donors")
    line_status = FUNDING_FROM_STATUS.get(status, "not reported")
    instruments = {donor: context.donors.get(donor, ("", ""))[1] for donor in donors}

    def line(donor: str, amount: Decimal | None) -> dict[str, Any]:
        return {
            "donor": None,
            "donor_as_written": donor[:LONGEST_NAME],
            "amount": None if amount is None else str(amount),
            "currency": currency if amount is not None else "",
            "status": line_status,
            "status_inferred": True,
            "instrument": instruments.get(donor, "")[:200],
            "contract_number": "",
        }

    if amount is not None and len(donors) == 1:
        return [line(donors[0], amount)]
    joint = [line("", amount)] if amount is not None else []
    return joint + [line(donor, None) for donor in donors if instruments[donor]]


def _money(reader: RowReader) -> tuple[Decimal | None, str]:
    amount = _amount(reader)
    written = reader.text("budget_currency")
    currency = currency_named(written) if written else ""
    if currency and currency not in CURRENCIES:
        reader.error(
            "budget_currency",
            "unknown-currency",
            f"“{written[:SHOWN_CHARACTERS]}” is no currency code (ISO 4217).",
            "Write the three letters of the currency, for example EUR.",
        )
        return None, ""
    if amount is not None and not currency:
        reader.error(
            "budget_amount",
            "amount-without-currency",
            f"The amount {reader.text('budget_amount')[:40]} has no currency.",
            "Write the currency's code, for example EUR, in the column “budget_currency” of this row.",
        )
        return None, ""
    return amount, currency


def _amount(reader: RowReader) -> Decimal | None:
    text = reader.text("budget_amount")
    if not text:
        return None
    try:
        amount = parse_amount(text)
    except BadInput as error:
        message, _, remedy = str(error).partition(". ")
        rule = "negative-amount" if text.lstrip().startswith(("-", "−")) else "no-amount"
        reader.error(
            "budget_amount",
            rule,
            message.rstrip(".") + ".",
            remedy or "Write digits only, for example 1500000, and the currency in its own column.",
        )
        return None
    if amount == 0:
        reader.warning(
            "budget_amount",
            "amount-is-zero",
            "The amount is zero, which says that the action costs nothing.",
            "Leave the cell empty if the amount is not reported.",
        )
    return amount


def _check_period(reader: RowReader, fields: Mapping[str, Any], context: Context) -> None:
    start, end = fields.get("start", ""), fields.get("end", "")
    if start and end and parse_date(end).latest < parse_date(start).earliest:
        reader.error(
            "end",
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
        reader.warning(
            "end" if ends_before else "start",
            "outside-the-period",
            f"The action's dates ({stated}) lie outside the plan's period, {first} to {last}.",
            "Check the dates, or hand the row in for the plan of its years.",
        )
