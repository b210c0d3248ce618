"""Reads cells that hold several things at once: funding lines, events, indicators, needs, names. Pure.

How such cells are written is in `template`; what cannot be read is said cell by cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from concord.intake.context import Context
from concord.intake.row_reader import SHOWN_CHARACTERS, RowReader
from concord.intake.template import (
    EVENT_PARTS,
    FUNDING_FROM_STATUS,
    FUNDING_PARTS,
    INDICATOR_PARTS,
    INFERRED,
    split_key,
    split_records,
)
from concord.intake.vocabulary import currency_named
from concord.kernel.codelists import CURRENCIES
from concord.kernel.dates import parse_date
from concord.kernel.errors import BadInput
from concord.kernel.keys import is_key
from concord.kernel.money import parse_amount
from concord.kernel.names import fold

LONGEST_NAME: Final = 300
FUNDING_STATUSES: Final = ("secured", "pipeline", "unfunded", "not reported")
_LONGEST: Final = {
    "title": 300,
    "place": 200,
    "recipient": 300,
    "people": 9,
    "name": 300,
    "unit": 80,
    "baseline": 120,
    "target": 120,
    "donor": LONGEST_NAME,
    "instrument": 200,
    "contract number": 120,
}  # what the plan's columns hold, in characters


def organisation_in(text: str, context: Context) -> dict[str, Any]:
    """A name as written and, where the text carries one behind it, the key of its organisation."""
    name, key = split_key(text)
    if key and key in (context.organisations.get(text), context.donors.get(text, ("", ""))[0]):
        return {"as_written": name[:LONGEST_NAME], "organisation": key}
    return {"as_written": text[:LONGEST_NAME], "organisation": None}


def donor_in(text: str, context: Context) -> dict[str, Any]:
    """The same as the donor of a funding line."""
    named = organisation_in(text, context)
    return {"donor": named["organisation"], "donor_as_written": named["as_written"]}


def funding_lines(
    reader: RowReader, context: Context, stated: Decimal | None, status: str
) -> list[dict[str, Any]]:
    """The lines of the column `funding`. stated: the row's one amount, which they should add up to.

    A line without a status has the one that the action's own suggests, marked as inferred.
    """
    lines = [
        _funding_line(parts, reader, context, status)
        for parts in _records(reader, "funding", FUNDING_PARTS)
        if any(parts)
    ]
    amounts = [Decimal(line["amount"]) for line in lines if line["amount"] is not None]
    one_currency = len({line["currency"] for line in lines if line["amount"] is not None}) == 1
    if stated is not None and one_currency and stated != sum(amounts):
        reader.question(
            "funding",
            "amounts-differ",
            f"The funding lines add up to {sum(amounts)}, the row's one amount is {stated}.",
            "Correct the funding lines, or empty their cell so that the one amount counts.",
            reading="the funding lines count",
        )
    return lines


def events(reader: RowReader) -> list[dict[str, str]]:
    """The dated parts of an action, one per line: title, start, end, place, recipient, people."""
    found = []
    for parts in _records(reader, "events", EVENT_PARTS):
        event = dict(zip(EVENT_PARTS, parts, strict=True))
        for name in ("start", "end"):
            event[name] = _date(reader, "events", event[name])
        if event["people"] and not (event["people"].isascii() and event["people"].isdigit()):
            reader.error(
                "events",
                "no-number",
                f"“{event['people']}” is no number of people.",
                "Write digits only as the last part of the event, or leave it empty.",
            )
        found.append(event)
    return found


def indicators(reader: RowReader) -> list[dict[str, str]]:
    """What an action is measured by, one per line: name, unit, baseline, target."""
    return [
        dict(zip(INDICATOR_PARTS, parts, strict=True))
        for parts in _records(reader, "indicators", INDICATOR_PARTS)
    ]


def answered_needs(reader: RowReader, context: Context) -> list[str]:
    """Keys of the needs that the source says the action answers; what is none is kept as text.

    A need is named by its key, alone or in brackets behind its text, or by its own id.
    """
    found = []
    for part in reader.parts("answers_needs"):
        _, key = split_key(part)
        code = key or (part if is_key(part) else "")
        need = context.needs.get(code) or context.needs.get(fold(part))
        if need is None:
            reader.question(
                "answers_needs",
                "unknown-need",
                f"“{part[:SHOWN_CHARACTERS]}” is no need that is known here; it is kept as text.",
                "Choose a need of the list, or write its number.",
                value=part,
                reading="kept as text",
            )
        found.append(need or part[:80])
    return list(dict.fromkeys(found))


def _records(reader: RowReader, field: str, names: Sequence[str]) -> list[list[str]]:
    """The records of a cell, each with all its parts; a line with too many, or too long ones, is an error."""
    records = []
    for parts in split_records(reader.text(field)):
        if len(parts) > len(names):
            reader.error(
                field,
                "too-many-parts",
                f"A line of this cell has {len(parts)} parts; {len(names)} are known: {' | '.join(names)}.",
                "Put each on its own line. Write \\| where a bar belongs to the text.",
            )
        whole = [*parts, *[""] * len(names)][: len(names)]
        for name, part in zip(names, whole, strict=True):
            if len(part) > _LONGEST.get(name, LONGEST_NAME):
                reader.error(
                    field,
                    "too-long",
                    f"The {name} in a line of this cell has {len(part):,} characters;"
                    f" {_LONGEST.get(name, LONGEST_NAME):,} are the most.",
                    "Shorten it; longer text belongs into the description.",
                )
        records.append(whole)
    return records


def _funding_line(parts: Sequence[str], reader: RowReader, context: Context, status: str) -> dict[str, Any]:
    donor, amount_text, currency_text, status_text, instrument, contract = parts
    amount = _amount(reader, amount_text)
    currency = currency_named(currency_text) if currency_text else ""
    if currency and currency not in CURRENCIES:
        _refuse_currency(reader, currency_text)
        amount, currency = None, ""
    elif amount is not None and not currency:
        reader.error(
            "funding",
            "amount-without-currency",
            f"The amount {amount_text[:40]} of a funding line has no currency.",
            "Write the currency's code behind it: donor | amount | EUR.",
        )
        amount = None
    said, inferred = _line_status(reader, status_text, status)
    return {
        **donor_in(donor, context),
        "amount": None if amount is None else str(amount),
        "currency": currency,
        "status": said,
        "status_inferred": inferred,
        "instrument": instrument,
        "contract_number": contract,
    }


def _line_status(reader: RowReader, text: str, action_status: str) -> tuple[str, bool]:
    word = text.removesuffix(INFERRED).strip().casefold()
    if not word:
        return FUNDING_FROM_STATUS.get(action_status, "not reported"), True
    if word not in FUNDING_STATUSES:
        reader.question(
            "funding",
            "unknown-status",
            f"“{text[:SHOWN_CHARACTERS]}” is not known as the status of a funding line.",
            "Write one of: " + ", ".join(FUNDING_STATUSES) + ".",
            reading="not reported",
            value=text,
        )
        return "not reported", False
    return word, text.endswith(INFERRED)


def _amount(reader: RowReader, text: str) -> Decimal | None:
    if not text:
        return None
    try:
        return parse_amount(text)
    except BadInput as error:
        message, _, remedy = str(error).partition(". ")
        reader.error(
            "funding",
            "negative-amount" if text.startswith(("-", "−")) else "no-amount",
            message.rstrip(".") + ".",
            remedy or "Write one line for each amount: donor | amount | currency | status.",
            value=text,
        )
        return None


def _refuse_currency(reader: RowReader, text: str) -> None:
    reader.error(
        "funding",
        "unknown-currency",
        f"“{text[:SHOWN_CHARACTERS]}” is no currency code (ISO 4217).",
        "Write the three letters of the currency behind the amount: donor | amount | EUR.",
        value=text,
    )


def _date(reader: RowReader, field: str, text: str) -> str:
    if not text:
        return ""
    try:
        return parse_date(text).text
    except BadInput as error:
        message, _, remedy = str(error).partition(". ")
        reader.error(
            field,
            "no-such-date",
            message.rstrip(".") + ".",
            remedy or "Write a year (2019), a month (2019-02) or a day (2019-02-28).",
            value=text,
        )
        return ""
