"""Amounts as people write them: marks of thousands, words, currencies, ranges and several amounts. Pure.

Everything is counted in decimals; nothing is rounded before the last step.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache

from concord.intake.readings.said import Said, asked, refused
from concord.intake.readings.units import currency_of, evened, multipliers
from concord.intake.vocabulary import index_of, is_not_stated, pattern_of, word_key, words
from concord.kernel.money import CENT, LARGEST, format_amount

_REMEDY = "Write digits only, for example 1500000 or 1,500,000.50, and the currency in its own column."
_LONGEST = 300  # characters of a cell in which amounts are looked for
_SUSPICIOUS_IN_THOUSANDS = Decimal(1_000_000)  # a billion and more where a heading says thousands
_SPACED = r"\d{1,3}(?:[ '’]\d{3})+(?!\d)(?:[.,]\d+)?"
_NUMBER = re.compile(rf"(?<![\d.,])(?:{_SPACED}|\d+(?:[.,]\d+)*)")
_YEAR = re.compile(r"(?:19|20)\d{2}")
_SEPARATORS = re.compile(r"[\s,.;:()\[\]/|+&*=-]+")
_BARE = re.compile(r"\d[\d.,]{0,39}", re.ASCII)
_ONE_MARK = re.compile(r"(\d+)([.,])(\d+)")
_GROUPS = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})+")
_BOTH = re.compile(r"\d{1,3}(?:([.,])\d{3})+(?!\1)[.,]\d+")


@dataclass(frozen=True, slots=True)
class AmountReading:
    """What a cell of money states. amount None: not stated. currency "": the cell names none."""

    amount: Decimal | None = None
    currency: str = ""
    said: Said | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    amount: Decimal
    currency: str
    doubt: str = ""
    multiplied: bool = False


NOTHING = AmountReading()


@lru_cache(maxsize=65536)
def read_amount(text: str, *, decimal_mark: str = "", currency: str = "", factor: int = 1) -> AmountReading:
    """Reads a cell that states an amount of money.

    Args:
        decimal_mark: "." or "," where the column shows which one it uses, "" where it does not.
        currency: what the heading or another column says; the cell's own goes before it.
        factor: 1000 where the heading says thousands; a cell that names its own unit is not multiplied.

    Returns:
        The amount to two decimals with the currency that the cell itself names. What is not certain
        comes with a question, what is no amount with an error.

    Source: docs/intake.md, "Values as people write them".
    """
    if is_not_stated(text):
        return NOTHING
    if word_key(text).strip(" .") in words("amount_words", "in_kind"):
        return AmountReading(
            said=asked(
                "in-kind",
                "The contribution is in kind; no amount was read.",
                "Write the amount if it has one.",
                "no amount",
            )
        )
    if _BARE.fullmatch(text) and (bare := _one(text, "", decimal_mark, factor, "")) and not bare.doubt:
        return _within(text, [bare]) or AmountReading(bare.amount)  # most cells: digits and marks alone
    cell = evened(text[:_LONGEST])
    if re.match(r"[a-z€$£ ]*-\s?\d", cell):
        return AmountReading(
            said=refused(
                "negative-amount",
                f"“{text[:40]}” is negative.",
                "Write the amount without a sign, or leave it empty.",
            )
        )
    found = _amounts(cell, decimal_mark, factor)
    if not found:
        return AmountReading(said=refused("no-amount", f"“{text[:40]}” is not a number.", _REMEDY))
    return _within(text, found) or _chosen(cell, found, currency)


def _within(text: str, found: Iterable[_Found]) -> AmountReading | None:
    """The refusal of an amount that cannot be stored; None where all can."""
    if all(one.amount <= LARGEST for one in found):
        return None
    return AmountReading(said=refused("no-amount", f"“{text[:40]}” is more than an amount can be.", _REMEDY))


def decimal_mark_in(texts: Iterable[str]) -> str:
    """Which mark stands before the decimals in a column: "." or ","; "" where none or both are shown."""
    shown = set()
    for text in texts:
        for number in _NUMBER.findall(text.replace("\u00a0", " ").replace("\u202f", " ")):
            if mark := _mark_shown(number.replace(" ", "").replace("'", "").replace("’", "")):
                shown.add(mark)
    return shown.pop() if len(shown) == 1 else ""


def _mark_shown(number: str) -> str:
    if found := _BOTH.fullmatch(number):
        return "," if found[1] == "." else "."
    if found := _GROUPS.fullmatch(number):
        return "," if found[1] == "." else "."
    if (found := _ONE_MARK.fullmatch(number)) and (len(found[3]) != 3 or len(found[1]) > 3):
        return found[2]
    return ""


# --- the amounts of a cell -----------------------------------------------------------------------------


@cache
def _amount_pattern() -> re.Pattern[str]:
    spaced = rf"(?P<number>{_NUMBER.pattern})"
    sure, doubtful = "|".join(_listed("multipliers")), "|".join(_listed("doubtful_multipliers"))
    return re.compile(rf"{spaced}\s*(?:(?P<unit>{sure})|(?P<doubtful>{doubtful}))?(?![a-z])\.?")


def _listed(section: str) -> list[str]:
    return sorted((re.escape(word) for word in index_of(section)), key=len, reverse=True)


def _amounts(cell: str, mark: str, factor: int) -> list[_Found]:
    """Every amount of a cell in its order; none where other words stand around a bare number."""
    found: list[_Found] = []
    rest, last, prefixed = [], 0, False
    matches = [match for match in _amount_pattern().finditer(cell) if not _is_share_or_year(cell, match)]
    for index, match in enumerate(matches):
        before = cell[last : match.start()]
        after = cell[match.end() : matches[index + 1].start() if index + 1 < len(matches) else len(cell)]
        prefixed = prefixed if index else bool(_currency_at_end(before))
        sides = (_currency_at_end(before), _currency_at_start(after))
        named = next(filter(None, sides if prefixed else reversed(sides)), "")
        one = _one(match["number"], match["unit"] or match["doubtful"] or "", mark, factor, named)
        if one is None:
            return []
        found.append(one)
        rest.append(before)
        last = match.end()
    rest.append(cell[last:])
    if found and not _passes(" ".join(rest), found):
        return []
    return found


def _is_share_or_year(cell: str, match: re.Match[str]) -> bool:
    after = cell[match.end() :].lstrip()
    return after.startswith("%") or (after.startswith(":") and bool(_YEAR.fullmatch(match[0].strip())))


def _one(written: str, unit: str, mark: str, factor: int, currency: str) -> _Found | None:
    read = _number(written, mark, multiplied=bool(unit))
    if read is None:
        return None
    number, doubt = read
    if unit:
        times = int((multipliers() | index_of("doubtful_multipliers"))[unit])
        doubt = doubt or (f"“{unit}” was read as million" if unit in index_of("doubtful_multipliers") else "")
        return _Found(_cents(number * times), currency, doubt, multiplied=True)
    if factor > 1 and ((currency and number >= 100_000) or number >= _SUSPICIOUS_IN_THOUSANDS):
        return _Found(
            _cents(number), currency, "The heading says a larger unit, but the cell looks like a full amount"
        )
    grouped = currency and factor == 1  # nobody writes a currency and three decimals
    return _Found(_cents(number * factor), currency, "" if grouped else doubt)


def _number(written: str, mark: str, *, multiplied: bool) -> tuple[Decimal, str] | None:
    """The number, and the doubt about its marks."""
    digits = re.sub(r"[ '’]", "", written)
    if len(digits) > 40:
        return None
    if digits.isdigit():
        return Decimal(digits), ""
    if found := _BOTH.fullmatch(digits):
        return Decimal(digits.replace(found[1], "").replace(",", ".")), ""
    if found := _GROUPS.fullmatch(digits):
        return Decimal(digits.replace(found[1], "")), ""
    if not (found := _ONE_MARK.fullmatch(digits)):
        return None
    whole, point, decimals = found[1], found[2], found[3]
    as_decimal = Decimal(f"{whole}.{decimals}")
    if len(decimals) != 3 or len(whole) > 3 or whole.startswith("0"):
        return as_decimal, ""
    if mark:
        return (as_decimal if mark == point else Decimal(whole + decimals)), ""
    doubt = f"“{written}” may be {format(Decimal(whole + decimals), ',')} or {as_decimal}"
    return (as_decimal if multiplied else Decimal(whole + decimals)), doubt


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_UP) if amount < LARGEST * 10 else amount


@lru_cache(maxsize=4096)
def _currency_at_end(before: str) -> str:
    return next((code for word in _last_words(before) if (code := currency_of(word))), "")


@lru_cache(maxsize=4096)
def _currency_at_start(after: str) -> str:
    bare = [word for word in _SEPARATORS.split(after) if word]
    return next((code for size in (2, 1) if (code := currency_of(" ".join(bare[:size])))), "")


def _last_words(before: str) -> list[str]:
    bare = [word for word in _SEPARATORS.split(before) if word]
    return [" ".join(bare[-2:]), *bare[-1:]]


@cache
def _filler() -> re.Pattern[str]:
    known = [pattern_of("amount_words", name) for name in ("in_kind", "about", "bounds", "filler")]
    return re.compile(
        rf"(?<![a-z])(?:{'|'.join(known)}|between|and|to|izmedju|izmedu|i|dhe|tbc|{_currency_words()})(?![a-z])"
    )


@cache
def _currency_words() -> str:
    return "|".join(_listed("currency"))


@lru_cache(maxsize=4096)
def _other_words(rest: str) -> str:
    left = _filler().sub(" ", rest)
    left = " ".join(
        word for word in _SEPARATORS.split(left) if word and not currency_of(word) and "%" not in word
    )
    return "".join(character for character in left if character.isalpha())


def _passes(rest: str, found: list[_Found]) -> bool:
    """Whether the words around the amounts leave them amounts: some unit or currency says money."""
    return not _other_words(rest) or any(one.currency or one.multiplied for one in found)


# --- what the amounts of a cell mean together ----------------------------------------------------------


def _chosen(cell: str, found: list[_Found], currency: str) -> AmountReading:
    first = found[0]
    if len(found) > 1:
        return _of_several(cell, found, currency)
    shown = _shown(first.amount, first.currency or currency)
    if first.doubt:
        return _question(first, "ambiguous-amount", f"{first.doubt}. It was read as {shown}.", shown)
    if re.search(rf"(?<![a-z]){pattern_of('amount_words', 'bounds')}(?![a-z])", cell):
        return _question(first, "amount-as-limit", f"The cell states a limit. It was read as {shown}.", shown)
    hedges = f"{pattern_of('amount_words', 'about')}|tbc|{pattern_of('amount_words', 'in_kind')}"
    if re.search(rf"(?<![a-z])(?:{hedges})(?![a-z])", cell):
        return _question(
            first, "amount-about", f"The cell says that it is not exact. It was read as {shown}.", shown
        )
    if (
        first.currency == "USD"
        and re.search(r"(?<!us)(?<!usd)\$|dollar", cell)
        and "us dollar" not in cell
        and "us$" not in cell
    ):
        return _question(first, "which-dollar", f"“$” may be any dollar. It was read as {shown}.", shown)
    around = _amount_pattern().sub(" ", cell)
    if _other_words(around):
        return _question(
            first, "amount-in-text", f"The cell holds other words too. It was read as {shown}.", shown
        )
    return AmountReading(first.amount, first.currency)


def _of_several(cell: str, found: list[_Found], currency: str) -> AmountReading:
    spans = [match.span() for match in _amount_pattern().finditer(cell) if not _is_share_or_year(cell, match)]
    between = cell[spans[0][1] : spans[1][0]]
    if (
        len(found) == 2
        and re.search(r"-|\bto\b|\band\b|\bdo\b|\bderi\b|\bbis\b", between)
        and not re.search(r"[;+]", between)
    ):
        return _range(found, currency)
    named = {one.currency or currency for one in found}
    if len(named) > 1:
        first = found[0]
        shown = _shown(first.amount, first.currency or currency)
        message = f"The cell holds {len(found)} amounts in several currencies. The first was read: {shown}."
        return _question(first, "several-amounts", message, shown)
    total = _Found(sum((one.amount for one in found), Decimal(0)), found[0].currency or found[-1].currency)
    shown = _shown(total.amount, total.currency or currency)
    message = f"The cell holds {len(found)} amounts. Their sum was read: {shown}."
    return _question(total, "several-amounts", message, shown)


def _range(found: list[_Found], currency: str) -> AmountReading:
    low, high = found
    code = low.currency or high.currency
    if high.multiplied and not low.multiplied and low.amount < 1000:  # "1-2 million"
        low = _Found(low.amount * _times(high), code)
    lower = _Found(min(low.amount, high.amount), code)
    shown = _shown(lower.amount, code or currency)
    upper = _shown(max(low.amount, high.amount), code or currency)
    message = f"The cell states a range up to {upper}. The lower end was read: {shown}."
    return _question(lower, "amount-range", message, shown)


def _times(high: _Found) -> Decimal:
    return next(Decimal(size) for size in (10**9, 10**6, 10**3) if high.amount >= size)


def _question(found: _Found, rule: str, message: str, shown: str) -> AmountReading:
    remedy = "Confirm the reading, or write one amount in digits and its currency."
    return AmountReading(found.amount, found.currency, asked(rule, message, remedy, shown))


def _shown(amount: Decimal, currency: str) -> str:
    return format_amount(amount, currency).strip()
