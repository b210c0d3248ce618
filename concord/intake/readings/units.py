"""Currencies and units of money, in headings and behind numbers. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from concord.intake.vocabulary import index_of, known_currency, word_key


@dataclass(frozen=True, slots=True)
class Unit:
    """What a heading says of its amounts: the heading without it, the currency, and a factor."""

    bare: str
    currency: str = ""
    factor: int = 1


@lru_cache(maxsize=4096)
def unit_of(heading: str) -> Unit:
    """The currency and the unit in a heading: "Budget (in '000 EUR)" is "Budget", EUR, 1000."""
    key = evened(heading.replace("_", " "))
    key = re.sub(r"(?<![\d.,])['’]?\s?0{3}\b['’]?|\bx\s?1[.,]?000\b|\b1[.,]000\b", " thousand ", key)
    currency, factor = "", 1
    rest = []
    for word in re.findall(r"[^\s()\[\],;:/.*-]+", key):
        if not currency and (code := currency_of(word)) and (word != "all" or "lek" in key):
            currency = code
        elif factor == 1 and word in multipliers() and len(word) > 1:
            factor = int(multipliers()[word])
        else:
            rest.append(word)
    if not currency and factor == 1:
        return Unit(heading)
    while rest and rest[-1] in _LEFT_OVER:
        rest.pop()
    return Unit(
        " ".join(word for index, word in enumerate(rest) if not (index and word in _LEFT_OVER)),
        currency,
        factor,
    )


_LEFT_OVER = frozenset({"in", "u", "of", "ne", "vo", "en", "od", "the", "x", "te"})


@cache
def multipliers() -> dict[str, str]:
    """Words for thousand, million and billion, to what they multiply by."""
    return index_of("multipliers")


@lru_cache(maxsize=4096)
def currency_of(word: str) -> str:
    """The currency of a word: listed, or a code in force; "dollar" and "$" alone are US dollars."""
    return "USD" if word in {"$", "dollar", "dollars"} else known_currency(word)


@lru_cache(maxsize=65536)
def evened(text: str) -> str:
    """A text as amounts in it are searched: folded, in Latin script, with one kind of dash and of space."""
    text = re.sub("[‐‑‒–—―−]", "\x00", text.replace("€", " € ").replace("£", " £ ").replace("$", "$ "))
    return " ".join(word_key(text.replace("-", "\x00")).replace("\x00", "-").split())
