"""Amounts: read from what people write, counted in whole minor units, shown with their currency."""

import re
from decimal import ROUND_HALF_UP, Decimal

from concord.kernel.codelists import CURRENCIES
from concord.kernel.errors import BadInput

CENT = Decimal("0.01")
LARGEST = Decimal("9999999999999999.99")  # Decimal(18,2), as the models and documents hold it

# Digits after the point of the currencies that do not have two. Source: ISO 4217, list one.
_NO_MINOR_UNIT = frozenset(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]
)
_THREE_DIGITS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])

_PLAIN = re.compile(r"(\d+)(?:[.,](\d+))?")
_POINT_GROUPS = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,(\d+))?")
_COMMA_GROUPS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.(\d+))?")
_SPACES = re.compile(r"(?<=\d)[\s'’](?=\d{3}(?!\d))")


def parse_amount(text: str) -> Decimal:
    """Reads an amount: 1500000, 1,500,000, 1.500.000,50, 1 500 000.5 or 1'500'000; two decimals go out.

    Three digits after a single point or comma are a group of thousands (1.500 is fifteen hundred),
    unless the digits before it cannot be a group (0.125, 1234.567). More than two decimals are
    rounded half up.

    Raises:
        BadInput: no number ("about 2 million", "12 k EUR", NaN), a negative one, or one beyond 18 digits.
    """
    stripped = _SPACES.sub("", text.strip())
    if stripped.startswith(("-", "−")):
        raise BadInput(f"“{text}” is negative. Write the amount without a sign, or leave it empty.")
    amount = Decimal(_plain_digits(stripped, text))
    if amount > LARGEST:
        raise BadInput(f"“{text[:40]}” is more than an amount can be.")
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def minor_units(amount: Decimal, currency: str) -> int:
    """The amount in whole minor units of its currency (cents for EUR, yen for JPY), rounded half up.

    Raises:
        BadInput: the currency is no ISO 4217 code, the amount is not finite or beyond int64.
    """
    if currency not in CURRENCIES:
        raise BadInput(f"“{currency}” is no currency code (ISO 4217), such as EUR.")
    if not amount.is_finite():
        raise BadInput("An amount must be a finite number.")
    units = int(amount.scaleb(_digits_of(currency)).to_integral_value(rounding=ROUND_HALF_UP))
    if not -(2**63) <= units < 2**63:
        raise BadInput("The amount is more than can be counted.")
    return units


def format_amount(amount: Decimal, currency: str) -> str:
    """The amount for reading: "EUR 1,500,000", with decimals only where there are any."""
    whole = amount == amount.to_integral_value()
    return f"{currency} {amount:,.0f}" if whole else f"{currency} {amount:,.2f}"


def _plain_digits(stripped: str, text: str) -> str:
    if not stripped.isascii() or len(stripped) > 40:
        raise BadInput(f"“{text[:40]}” is not a number. {_REMEDY}")
    for groups, mark, point in ((_POINT_GROUPS, ".", ","), (_COMMA_GROUPS, ",", ".")):
        if groups.fullmatch(stripped) and not stripped.startswith("0"):
            return stripped.replace(mark, "").replace(point, ".")
    if found := _PLAIN.fullmatch(stripped):
        return f"{found[1]}.{found[2] or 0}"
    raise BadInput(f"“{text[:40]}” is not a number. {_REMEDY}")


def _digits_of(currency: str) -> int:
    if currency in _NO_MINOR_UNIT:
        return 0
    return 3 if currency in _THREE_DIGITS else 2


_REMEDY = "Write digits only, for example 1500000 or 1,500,000.50, and the currency in its own column."
