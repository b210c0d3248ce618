"""From a row's cells to the field values that the plan keeps. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from concord.intake.context import Context
from concord.intake.readings.organisations import Named
from concord.intake.row_dates import check_period, date_fields, read_row_dates, status_from_dates
from concord.intake.row_money import Money, funding_of, read_money
from concord.intake.row_reader import SAID_BY_CONCORD, SHOWN_CHARACTERS, CodeList, RowReader
from concord.intake.structured import answered_needs, events, indicators, organisation_in
from concord.intake.template import ROLE_COLUMNS
from concord.intake.vocabulary import status_named
from concord.kernel.codelists import ACTION_STATUSES, ACTION_TYPES, APPROACHES, NEED_KINDS, TOPICS
from concord.kernel.names import fold

MONEY_COLUMNS: Final = ("budget_amount", "budget_currency", "budget_year", "funding")
_TOPICS, _TYPES = CodeList(TOPICS), CodeList(ACTION_TYPES)
_KINDS, _APPROACHES = CodeList(NEED_KINDS), CodeList(APPROACHES)


def action_fields(reader: RowReader, context: Context) -> dict[str, Any]:
    """The field values of an action's row. A field without a column is absent: it states nothing."""
    dates = read_row_dates(reader)
    written = reader.one_of("status", tuple(ACTION_STATUSES), status_named(reader.text("status")))
    status = status_from_dates(reader, dates, written)
    readings: dict[str, Callable[[], Any]] = {
        "title": lambda: reader.text("title"),
        "summary": lambda: reader.text("summary"),
        "description": lambda: reader.text("description"),
        "pillars": lambda: _pillars(reader, "pillars", context),
        "topics": lambda: reader.codes("topics", _TOPICS, "topic"),
        "action_types": lambda: reader.codes("action_types", _TYPES, "action type"),
        "beneficiaries": lambda: reader.places("beneficiaries"),
        "related_ids": lambda: reader.parts("related_ids"),
        "answers_needs": lambda: answered_needs(reader, context),
        "events": lambda: events(reader),
        "indicators": lambda: indicators(reader),
        "source_url": lambda: reader.text("source_url"),
        "notes": lambda: reader.text("notes"),
    }
    fields = {name: read() for name, read in readings.items() if reader.has(name)}
    fields |= date_fields(reader, dates)
    if reader.has("status") or status:
        fields["status"] = status
    donors, money = reader.organisations("donors"), read_money(reader)
    if any(reader.has(column) for column in ROLE_COLUMNS):
        fields["participations"] = _participations(reader, context, donors)
    lines = funding_of(reader, context, money, donors, status)
    if lines or any(reader.has(column) for column in MONEY_COLUMNS):
        fields["funding"] = lines
    if money.by_year:
        fields["notes"] = _with_years(fields.get("notes", ""), money)
    check_period(reader, fields, context)
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
        "priority": lambda: "" if reader.text("priority") in SAID_BY_CONCORD else reader.text("priority"),
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


def _participations(reader: RowReader, context: Context, donors: Sequence[Named]) -> list[dict[str, Any]]:
    return [
        {"role": role, **organisation_in(named.name, context)}
        for column, role in ROLE_COLUMNS.items()
        for named in (donors if column == "donors" else reader.organisations(column))
    ]


def _with_years(notes: str, money: Money) -> str:
    """The notes with the amounts by year behind them, where the file states those."""
    return "\n".join(part for part in (notes, f"Budget by year: {money.by_year}") if part)
