"""The words that partners use for fields, states, currencies and places; the lists are in vocabulary.toml."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, Literal

from concord.kernel.names import fold

Holds = Literal["actions", "needs"]

REQUIRED: Final[dict[Holds, str]] = {"actions": "title", "needs": "statement"}
"""The field without which a row cannot be stored; its heading also says what a sheet holds."""

_FILE = Path(__file__).with_name("vocabulary.toml")
_OPTIONAL_PLURAL = re.compile(r"\((?:s|es|ies)\)")


@lru_cache(maxsize=4096)
def heading_key(heading: str) -> str:
    """A heading as it is compared: "Budget_Amount *" and "budget amount" are the same."""
    plain = _OPTIONAL_PLURAL.sub("", heading.replace("_", " "))
    return fold(plain).strip(" *:.")


def fields_of(holds: Holds) -> tuple[str, ...]:
    """The fields of a sheet of actions or needs, in the order of the project's own template."""
    return tuple(_words()[holds])


def field_named(heading: str, holds: Holds) -> str:
    """The field that a heading means, "" where it is unknown."""
    return _index(holds).get(heading_key(heading), "")


def status_named(text: str) -> str:
    """planned, ongoing or completed; "" where the word is unknown."""
    return _index("status").get(heading_key(text), "")


def currency_named(text: str) -> str:
    """The ISO 4217 code behind a written currency, or the text in capitals where it is not listed."""
    return _index("currency").get(heading_key(text), text.strip().upper())


def other_place_names() -> dict[str, str]:
    """Folded names of places, beside the code lists' own, to their codes."""
    return _index("places")


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


@cache
def _index(section: str) -> dict[str, str]:
    return {heading_key(word): name for name, words in _words()[section].items() for word in [*words, name]}
