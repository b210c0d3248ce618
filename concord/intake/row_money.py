"""The money of an action, from its cells of donors, amounts, currencies and funding lines. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from concord.intake.context import Context
from concord.intake.readings.money import AmountReading
from concord.intake.readings.organisations import WHOLE, Named, shared_out
from concord.intake.row_reader import SHOWN_CHARACTERS, RowReader
from concord.intake.structured import donor_in, funding_lines
from concord.intake.template import NO_LINES, funding_from_columns
from concord.intake.vocabulary import currency_named
from concord.kernel.codelists import CURRENCIES
from concord.kernel.money import format_amount


@dataclass(frozen=True, slots=True)
class Money:
    """The row's one amount with its currency. by_year: what stands year by year, in words, "" without."""

    amount: Decimal | None = None
    currency: str = ""
    by_year: str = ""


def read_money(reader: RowReader) -> Money:
    """The one amount of a row: its cell, or the sum of its cells by year."""
    stated = _stated_currency(reader)
    reading = reader.amount("budget_amount", stated or "")
    amount, by_year = reading.amount, ""
    if amount is None and not reader.stated("budget_amount"):
        reading, by_year = _sum_of_years(reader, stated or "")
        amount = reading.amount
    if amount is None or stated is None:
        return Money()
    currency = _one_currency(reader, reading, stated)
    if not currency:
        _refuse_without_currency(reader)
        return Money(by_year=by_year)
    if amount == 0:
        _remark_on_zero(reader)
    return Money(amount, currency, by_year)


def funding_of(
    reader: RowReader, context: Context, money: Money, donors: Sequence[Named], status: str
) -> list[dict[str, Any]]:
    """The lines of the column `funding`; where that says nothing, those of the simple columns.

    Donors with shares that sum to 100 and one amount give one line each, and a question.

    Source: design.md, sections 2 ("Funding line") and 3 ("Money").
    """
    text = reader.text("funding")
    if text == NO_LINES:
        return []
    if text:
        return funding_lines(reader, context, money.amount, status)

    def instrument_of(donor: str) -> str:
        return context.donors.get(donor, ("", ""))[1]

    lines: list[dict[str, Any]] = []
    for names, amount in _portions(reader, donors, money):
        lines += funding_from_columns(names, amount, money.currency, status, instrument_of)
    return [line | donor_in(line["donor_as_written"], context) for line in lines]


def _portions(
    reader: RowReader, donors: Sequence[Named], money: Money
) -> list[tuple[list[str], Decimal | None]]:
    names = [named.name for named in donors]
    shares = [named.share for named in donors if named.share is not None]
    if not shares:
        return [(names, money.amount)]
    if money.amount is None or len(shares) != len(donors) or sum(shares) != WHOLE:
        _ask_about_shares(reader, donors, money, shares)
        return [(names, money.amount)]
    parts = shared_out(money.amount, shares)
    reading = ", ".join(
        f"{name} {format_amount(part, money.currency)}" for name, part in zip(names, parts, strict=True)
    )
    if len(donors) > 1:
        reader.question(
            "donors",
            "shares-of-the-amount",
            f"The amount was divided by the shares stated: {reading}.",
            "Confirm it, or leave the shares out so that the amount stays one joint line.",
            reading=reading,
        )
    return [([name], part) for name, part in zip(names, parts, strict=True)]


def _ask_about_shares(
    reader: RowReader, donors: Sequence[Named], money: Money, shares: Sequence[Decimal]
) -> None:
    if money.amount is None:
        why = "The row states no amount"
    elif len(shares) != len(donors):
        why = "Not every donor has a share"
    else:
        why = f"The shares sum to {sum(shares)} %"
    reading = ", ".join(named.name for named in donors) + ", shares not reported"
    reader.question(
        "donors",
        "shares-not-applied",
        f"{why}, so the shares stay with the file. It was read as {reading}.",
        "State an amount, and shares that sum to 100 %, if they are to be kept.",
        reading=reading,
    )


# --- amount and currency ---------------------------------------------------------------------------------


def _stated_currency(reader: RowReader) -> str | None:
    """The code of the currency's own cell, "" where it says nothing, None where it is no currency."""
    written = reader.stated("budget_currency")
    currency = currency_named(written) if written else ""
    if currency and currency not in CURRENCIES:
        reader.error(
            "budget_currency",
            "unknown-currency",
            f"“{written[:SHOWN_CHARACTERS]}” is no currency code (ISO 4217).",
            "Write the three letters of the currency, for example EUR.",
        )
        return None
    return currency


def _one_currency(reader: RowReader, reading: AmountReading, stated: str) -> str:
    """The cell's own currency, else that of the currency's column, else that of the heading."""
    if reading.currency and stated and reading.currency != stated:
        shown = format_amount(reading.amount or Decimal(0), reading.currency)
        reader.question(
            "budget_amount",
            "two-currencies",
            f"The amount's cell says {reading.currency}, the currency's cell {stated}. It was read as"
            f" {shown}.",
            "Correct the cell that is wrong.",
            reading=shown,
        )
    return (
        reading.currency
        or stated
        or reader.unit_currency("budget_amount")
        or reader.unit_currency("budget_year")
    )


def _sum_of_years(reader: RowReader, stated: str) -> tuple[AmountReading, str]:
    years = [(year, reading) for year, reading in reader.yearly_amounts(stated) if reading.amount is not None]
    if not years:
        return AmountReading(), ""
    amounts = [reading.amount for _, reading in years if reading.amount is not None]
    own = next((reading.currency for _, reading in years if reading.currency), "")
    currency = own or stated or reader.unit_currency("budget_year")
    total = sum(amounts, Decimal(0))
    by_year = "; ".join(
        f"{year}: {format_amount(amount, currency)}".strip()
        for (year, _), amount in zip(years, amounts, strict=True)
    )
    shown = format_amount(total, currency).strip()
    reader.question(
        "budget_year",
        "sum-of-years",
        f"The amounts by year ({by_year}) were added up: {shown}.",
        "Confirm the sum; the amounts by year stand in the notes.",
        reading=shown,
    )
    return AmountReading(total, own), by_year


def _refuse_without_currency(reader: RowReader) -> None:
    field = "budget_amount" if reader.stated("budget_amount") else "budget_year"
    shown = reader.text(field)[:40]
    reader.error(
        field,
        "amount-without-currency",
        f"The amount {shown} has no currency.",
        "Write the currency's code, for example EUR, in the column “budget_currency” of this row.",
    )


def _remark_on_zero(reader: RowReader) -> None:
    reader.warning(
        "budget_amount" if reader.stated("budget_amount") else "budget_year",
        "amount-is-zero",
        "The amount is zero, which says that the action costs nothing.",
        "Leave the cell empty if the amount is not reported.",
    )
