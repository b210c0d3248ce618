"""From a row's cells to the field values that the plan keeps. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from concord.intake.context import Context
from concord.intake.row_reader import SHOWN_CHARACTERS, CodeList, RowReader
from concord.intake.structured import (
    answered_needs,
    donor_in,
    events,
    funding_lines,
    indicators,
    organisation_in,
)
from concord.intake.template import NO_LINES, ROLE_COLUMNS, funding_from_columns
from concord.intake.vocabulary import currency_named, status_named
from concord.kernel.codelists import ACTION_STATUSES, ACTION_TYPES, APPROACHES, CURRENCIES, NEED_KINDS, TOPICS
from concord.kernel.dates import parse_date
from concord.kernel.errors import BadInput
from concord.kernel.money import parse_amount
from concord.kernel.names import fold

_TOPICS, _TYPES = CodeList(TOPICS), CodeList(ACTION_TYPES)
_KINDS, _APPROACHES = CodeList(NEED_KINDS), CodeList(APPROACHES)


def action_fields(reader: RowReader, context: Context) -> dict[str, Any]:
    """The field values of an action's row. A field without a column is absent: it states nothing."""
    status = reader.one_of("status", tuple(ACTION_STATUSES), status_named(reader.text("status")))
    readings: dict[str, Callable[[], Any]] = {
        "title": lambda: reader.text("title"),
        "summary": lambda: reader.text("summary"),
        "description": lambda: reader.text("description"),
        "pillars": lambda: _pillars(reader, "pillars", context),
        "topics": lambda: reader.codes("topics", _TOPICS, "topic"),
        "action_types": lambda: reader.codes("action_types", _TYPES, "action type"),
        "beneficiaries": lambda: reader.places("beneficiaries"),
        "start": lambda: reader.date("start"),
        "end": lambda: reader.date("end"),
        "status": lambda: status,
        "related_ids": lambda: reader.parts("related_ids"),
        "answers_needs": lambda: answered_needs(reader, context),
        "events": lambda: events(reader),
        "indicators": lambda: indicators(reader),
        "source_url": lambda: reader.text("source_url"),
        "notes": lambda: reader.text("notes"),
    }
    fields = {name: read() for name, read in readings.items() if reader.has(name)}
    if any(reader.has(column) for column in ROLE_COLUMNS):
        fields["participations"] = _participations(reader, context)
    lines = _funding(reader, context, status)
    if lines or reader.has("budget_amount") or reader.has("budget_currency") or reader.has("funding"):
        fields["funding"] = lines
    _check_period(reader, fields, context)
    return fields


def need_fields(reader: RowReader, context: Context) -> dict[str, Any]:
    """The field values of a need's row; absent like an action's."""
    kind = reader.one_of("kind", _KINDS.codes, _KINDS.code_of(reader.text("kind")))
    readings: dict[str, Callable[[], Any]] = {
        "statement": lambda: reader.text("statement"),
        "pillar": lambda: next(iter(_pillars(reader, "pillar", context)), ""),
        "kind": lambda: kind,
        "approach": lambda: _approach(reader),
        "topics": lambda: reader.codes("topics", _TOPICS, "topic"),
        "beneficiaries": lambda: reader.places("beneficiaries"),
        "priority": lambda: reader.text("priority"),
        "reference": lambda: reader.text("reference"),
        "stated_on": lambda: reader.date("stated_on"),
        "source_url": lambda: reader.text("source_url"),
        "notes": lambda: reader.text("notes"),
    }
    return {name: read() for name, read in readings.items() if reader.has(name)}


def _approach(reader: RowReader) -> str:
    text = reader.text("approach")
    code = _APPROACHES.code_of(text)
    if text and not code:
        reader.warning(
            "approach",
            "unknown-approach",
            f"“{text}” is no approach of the template; it is kept as text.",
            "Write one of: " + ", ".join(_APPROACHES.codes) + ".",
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


def _participations(reader: RowReader, context: Context) -> list[dict[str, Any]]:
    return [
        {"role": role, **organisation_in(text, context)}
        for column, role in ROLE_COLUMNS.items()
        for text in reader.parts(column)
    ]


def _funding(reader: RowReader, context: Context, status: str) -> list[dict[str, Any]]:
    """The lines of the column `funding`; where that says nothing, those of the simple columns."""
    amount, currency = _money(reader)
    text = reader.text("funding")
    if text == NO_LINES:
        return []
    if text:
        return funding_lines(reader, context, amount, status)

    def instrument_of(donor: str) -> str:
        return context.donors.get(donor, ("", ""))[1]

    lines = funding_from_columns(reader.parts("donors"), amount, currency, status, instrument_of)
    return [line | donor_in(line["donor_as_written"], context) for line in lines]


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
