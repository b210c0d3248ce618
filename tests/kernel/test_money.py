"""Amounts as people write them."""

from decimal import Decimal

import pytest

from concord.kernel.errors import BadInput
from concord.kernel.money import format_amount, minor_units, parse_amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1500000", "1500000.00"),
        ("1,500,000", "1500000.00"),
        ("1.500.000", "1500000.00"),
        ("1 500 000", "1500000.00"),
        ("1\u00a0500\u202f000", "1500000.00"),
        ("1'500'000", "1500000.00"),
        ("1,500,000.50", "1500000.50"),
        ("1.500.000,50", "1500000.50"),
        ("1 500 000,5", "1500000.50"),
        ("1.234,56", "1234.56"),
        ("1,234", "1234.00"),
        ("1.234", "1234.00"),
        ("12.5", "12.50"),
        ("12,5", "12.50"),
        ("0", "0.00"),
        ("0.125", "0.13"),
        ("1234.567", "1234.57"),
        ("333333.333333", "333333.33"),
        (" 750000 ", "750000.00"),
        ("9999999999999999.99", "9999999999999999.99"),
    ],
)
def test_an_amount_is_read_to_two_decimals(text, amount):
    assert str(parse_amount(text)) == amount


@pytest.mark.parametrize(
    "text",
    [
        "",
        "about 2 million",
        "12 k EUR",
        "EUR 5",
        "NaN",
        "Infinity",
        "1e6",
        "10^400",
        "9" * 400,
        "10000000000000000",
        "-5",
        "−5",
        "1.2.3",
        "1,23,456",
        "12 34",
        "1.234.56",
        "٥",
        "½",
    ],
)
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(BadInput):
        parse_amount(text)


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        ("1234.56", "EUR", 123_456),
        ("0.01", "EUR", 1),
        ("1234.50", "JPY", 1_235),
        ("1.50", "KWD", 1_500),
        ("0", "USD", 0),
    ],
)
def test_minor_units_are_those_of_the_currency(amount, currency, units):
    assert minor_units(Decimal(amount), currency) == units


@pytest.mark.parametrize(
    ("amount", "currency"), [("1", "EURO"), ("1", "eur"), ("NaN", "EUR"), ("1e30", "EUR")]
)
def test_what_cannot_be_counted_is_refused(amount, currency):
    with pytest.raises(BadInput):
        minor_units(Decimal(amount), currency)


@pytest.mark.parametrize(
    ("amount", "shown"),
    [("1500000", "EUR 1,500,000"), ("1500000.50", "EUR 1,500,000.50"), ("0", "EUR 0"), ("999.00", "EUR 999")],
)
def test_an_amount_is_shown_with_its_currency(amount, shown):
    assert format_amount(Decimal(amount), "EUR") == shown
