"""The words that partners use for fields, states, dates and places; the lists are in vocabulary.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, Literal

from concord.kernel.codelists import CURRENCIES
from concord.kernel.names import fold, latin

Holds = Literal["actions", "needs"]

REQUIRED: Final[dict[Holds, str]] = {"actions": "title", "needs": "statement"}
"""The field without which a row cannot be stored; its heading also says what a sheet holds."""

_FILE = Path(__file__).with_name("vocabulary.toml")
_OPTIONAL_PLURAL = re.compile(r"\((?:s|es|ies|i|e|a|et|t)\)|(?<=\w)/(?:s|es|i|e|a)\b")


@lru_cache(maxsize=65536)
def word_key(text: str) -> str:
    """A word as it is compared: folded, and in Latin script ("Црна Гора" and "crna gora" are the same)."""
    return fold(latin(text))


@lru_cache(maxsize=4096)
def heading_key(heading: str) -> str:
    """A heading as it is compared: "Budget_Amount *" and "budget amount" are the same."""
    plain = _OPTIONAL_PLURAL.sub("", heading.replace("_", " "))
    return word_key(plain).replace("/", " ").replace("'", " ").replace("  ", " ").strip(" *:.")


def fields_of(holds: Holds) -> tuple[str, ...]:
    """The fields of a sheet of actions or needs, in the order of the project's own template."""
    return tuple(_words()[holds])


def field_named(heading: str, holds: Holds) -> str:
    """The field that a heading means, "" where it is unknown."""
    key = heading_key(heading)
    found = index_of(holds).get(key, "")
    return found or (index_of("also_read").get(key, "") if holds == "actions" else "")


def is_numbering(heading: str) -> bool:
    """Whether a heading stands above the numbers of the rows, which are not kept."""
    return heading_key(heading) in index_of("numbering")


def words_of(holds: Holds, field: str) -> tuple[str, ...]:
    """The keys of the headings of a field, in the order of the vocabulary."""
    return _listed(holds, field)


def status_named(text: str) -> str:
    """planned, ongoing or completed; "" where the word is unknown."""
    return index_of("status").get(heading_key(text), "")


def currency_named(text: str) -> str:
    """The ISO 4217 code behind a written currency, or the text in capitals where it is not listed."""
    return known_currency(text) or text.strip().upper()


def known_currency(text: str) -> str:
    """The ISO 4217 code behind a written currency, "" where it is none."""
    listed = index_of("currency").get(heading_key(text), "")
    return listed or (text.strip().upper() if text.strip().upper() in CURRENCIES else "")


def is_not_stated(text: str) -> bool:
    """Whether a cell says in words or signs that there is nothing to say: "-", "n/a", "tbc"."""
    return not text.strip() or word_key(text) in words("words", "not_stated") or text.strip() in _DASHES


def other_place_names() -> dict[str, str]:
    """Keys of names of places, beside the code lists' own, to their codes."""
    return {word_key(word): code for code, listed in _words()["places"].items() for word in listed}


def doubtful_places() -> Mapping[str, tuple[tuple[str, ...], str]]:
    """Words that may be a place: the codes proposed, and what else it may be."""
    return _doubtful()


@cache
def words(section: str, name: str) -> frozenset[str]:
    """All the words of one list, as word_key gives them."""
    return frozenset(word_key(word) for word in _words()[section][name])


@cache
def pattern_of(section: str, name: str) -> str:
    """The words of one list as a regular expression over word keys, the longest first."""
    listed = sorted((word for word in words(section, name) if word), key=len, reverse=True)
    return "(?:" + "|".join(re.escape(word) for word in listed) + ")"


@cache
def index_of(section: str) -> dict[str, str]:
    """Every word of a section, as a heading is compared, to the name of its list."""
    return {heading_key(word): name for name, listed in _words()[section].items() for word in [*listed, name]}


@cache
def _listed(holds: Holds, field: str) -> tuple[str, ...]:
    listed = _words()[holds].get(field) or _words()["also_read"].get(field, [])
    return tuple(heading_key(word) for word in listed)


_DASHES = frozenset({"-", "–", "—", "−", "--", "---", "…", "..."})


@cache
def _words() -> dict[str, dict[str, list[Any]]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


@cache
def _doubtful() -> dict[str, tuple[tuple[str, ...], str]]:
    return {
        word_key(word): (tuple(str(codes).split()), str(why))
        for word, (codes, why) in _words()["doubtful_places"].items()
    }
