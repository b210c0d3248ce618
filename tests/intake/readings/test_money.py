"""Amounts as people write them: what is read, in which currency, and what is asked."""

from decimal import Decimal

import pytest

from concord.intake.readings.money import decimal_mark_in, read_amount
from concord.intake.readings.units import unit_of


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("EUR 1,2 million", "1200000.00", "EUR"),
        ("2.500.000,00 €", "2500000.00", "EUR"),
        ("2,500,000.00 €", "2500000.00", "EUR"),
        ("1.5m", "1500000.00", ""),
        ("EUR 500k", "500000.00", "EUR"),
        ("EUR 500.000", "500000.00", "EUR"),
        ("1.000.000,- EUR", "1000000.00", "EUR"),
        ("3.5 Mio. €", "3500000.00", "EUR"),
        ("€1.5bn", "1500000000.00", "EUR"),
        ("2 500 000 KM", "2500000.00", "BAM"),
        ("1'500'000 CHF", "1500000.00", "CHF"),
        ("1.2 милиона евра", "1200000.00", "EUR"),
        ("100 хиљада динара", "100000.00", "RSD"),
        ("500 mijë euro", "500000.00", "EUR"),
        ("US$ 500,000", "500000.00", "USD"),
        ("750000", "750000.00", ""),
        ("1.234,56", "1234.56", ""),
        ("333333.333333", "333333.33", ""),
        ("0", "0.00", ""),
    ],
)
def test_what_is_certain_is_read_without_a_question(text, amount, currency):
    reading = read_amount(text)

    assert (reading.amount, reading.currency, reading.said) == (Decimal(amount), currency, None)


@pytest.mark.parametrize("text", ["tbc", "n/a", "-", "TBD", "to be confirmed", "nema podataka"])
def test_words_for_nothing_state_no_amount(text):
    assert read_amount(text).amount is None
    assert read_amount(text).said is None


@pytest.mark.parametrize(
    ("text", "amount", "rule"),
    [
        ("1.234", "1234.00", "ambiguous-amount"),
        ("1,234", "1234.00", "ambiguous-amount"),
        ("12,345 million", "12345000.00", "ambiguous-amount"),
        ("3 mil EUR", "3000000.00", "ambiguous-amount"),
        ("1-2 million EUR", "1000000.00", "amount-range"),
        ("500.000 - 700.000 EUR", "500000.00", "amount-range"),
        ("between 1 and 2 million EUR", "1000000.00", "amount-range"),
        ("up to EUR 2 million", "2000000.00", "amount-as-limit"),
        ("ca. 300.000 EUR", "300000.00", "amount-about"),
        ("1,500,000 (in kind)", "1500000.00", "amount-about"),
        ("$ 500,000", "500000.00", "which-dollar"),
        ("EUR 1.2m (EU), EUR 0.3m (DE)", "1500000.00", "several-amounts"),
        ("1,000,000 EUR / 1,200,000 USD", "1000000.00", "several-amounts"),
        ("2016: 100.000 EUR; 2017: 200.000 EUR", "300000.00", "several-amounts"),
        ("EUR 2.5 million from Germany", "2500000.00", "amount-in-text"),
    ],
)
def test_what_is_not_certain_is_a_question_with_the_reading(text, amount, rule):
    reading = read_amount(text)

    assert (reading.amount, reading.said.severity.value, reading.said.rule) == (
        Decimal(amount),
        "question",
        rule,
    )
    assert f"{Decimal(amount):,.0f}" in reading.said.reading


def test_in_kind_is_no_amount_and_asked():
    reading = read_amount("in kind")

    assert (reading.amount, reading.said.rule) == (None, "in-kind")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("four million", "no-amount"),
        ("lots", "no-amount"),
        ("NaN", "no-amount"),
        ("1e400", "no-amount"),
        ("80%", "no-amount"),
        ("project 12", "no-amount"),
        ("1.2.3", "no-amount"),
        ("9" * 50, "no-amount"),
        ("-5", "negative-amount"),
        ("EUR -5", "negative-amount"),
        ("−5", "negative-amount"),
    ],
)
def test_what_is_no_amount_is_an_error(text, rule):
    reading = read_amount(text)

    assert (reading.amount, reading.said.severity.value, reading.said.rule) == (None, "error", rule)


def test_a_column_decides_which_mark_stands_before_the_decimals():
    assert decimal_mark_in(["2.500.000,00", "1.234"]) == ","
    assert decimal_mark_in(["12.50", "1.234"]) == "."
    assert decimal_mark_in(["1.234"]) == ""
    assert decimal_mark_in(["12.50", "12,50"]) == ""
    assert read_amount("1.234", decimal_mark=",") == read_amount("1234")
    assert read_amount("1.234", decimal_mark=".").amount == Decimal("1.23")


def test_a_heading_in_thousands_multiplies_what_names_no_unit_itself():
    assert read_amount("1500", factor=1000).amount == 1_500_000
    assert read_amount("EUR 1.5m", factor=1000).amount == 1_500_000
    full = read_amount("1500000", factor=1000)
    assert (full.amount, full.said.rule) == (1_500_000, "ambiguous-amount")


@pytest.mark.parametrize(
    ("heading", "bare", "currency", "factor"),
    [
        ("Budget (EUR)", "budget", "EUR", 1),
        ("Budget in '000 EUR", "budget", "EUR", 1000),
        ("Budget (EUR thousand)", "budget", "EUR", 1000),
        ("Budget u hiljadama evra", "budget", "EUR", 1000),
        ("Buxheti (në mijë euro)", "buxheti", "EUR", 1000),
        ("Буџет во илјади денари", "budzet", "MKD", 1000),
        ("Износ у хиљадама динара", "iznos", "RSD", 1000),
        ("Iznos (KM)", "iznos", "BAM", 1),
        ("Budget (EUR million)", "budget", "EUR", 1_000_000),
        ("Budget", "Budget", "", 1),
    ],
)
def test_headings_tell_the_currency_and_the_unit(heading, bare, currency, factor):
    unit = unit_of(heading)

    assert (unit.bare, unit.currency, unit.factor) == (bare, currency, factor)
