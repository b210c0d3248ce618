"""The words of names.toml, as names are compared: folded, in Latin letters. Pure."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from cleanco import prepare_default_terms
from cleanco.clean import custom_basename

from concord.kernel.codelists import PLACES
from concord.kernel.names import fold

_FILE = Path(__file__).with_name("names.toml")

# The letters of the region's Cyrillic alphabets (Serbian, Macedonian, Bulgarian), as passports write them.
_CYRILLIC: Final = str.maketrans(
    dict(zip("абвгдђежзијклмнопрстћуфхцчшъыэіїё", "abvgdđežzijklmnoprstćufhcčšayeiie", strict=True))
    | {"ѓ": "gj", "ќ": "kj", "ѕ": "dz", "љ": "lj", "њ": "nj", "џ": "dž", "й": "j", "щ": "št"}
    | {"ю": "ju", "я": "ja", "ь": ""}
)
_OTHER_THAN_LETTERS = re.compile(r"[^\w]+|_+")
_DOTTED = re.compile(r"\b(?:\w\.){2,}\w?|\b(?:\w\.){2,}")  # "U.S.", "d.o.o."


@lru_cache(maxsize=200_000)
def latin(text: str) -> str:
    """The text folded, Cyrillic letters written in Latin ones: "Европска унија" is "evropska unija"."""
    lowered = unicodedata.normalize("NFC", text).casefold()
    return fold(lowered.translate(_CYRILLIC))


@lru_cache(maxsize=200_000)
def plain(text: str) -> str:
    """A name as it is compared: in Latin letters, without its legal form, small words and punctuation.

    "GIZ GmbH" is "giz", "The Organisation for Security & Co-operation" is "organization security
    cooperation". Nothing left gives the folded text.
    """
    words = _spelled(_bare(_without_legal_form(latin(text))))
    kept = [word for word in words if word not in _small_words()]
    return " ".join(kept) or " ".join(words)


@lru_cache(maxsize=200_000)
def words_of(text: str) -> tuple[str, ...]:
    """All words of a text as they are compared, small ones and a legal form among them."""
    return tuple(_spelled(_bare(latin(text))))


def has_legal_form(text: str) -> bool:
    """Whether the name ends with a legal form, such as GmbH or d.o.o."""
    folded = latin(text)
    return _without_legal_form(folded) != folded


@cache
def section(name: str) -> Mapping[str, Any]:
    """One section of names.toml."""
    found: Mapping[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))[name]
    return found


@cache
def phrases(name: str, part: str) -> frozenset[str]:
    """The phrases of a list in names.toml, as they are compared."""
    return frozenset(" ".join(words_of(text)) for text in section(name)[part])


@cache
def places() -> Mapping[str, tuple[str, str]]:
    """Phrases that name a place to (code, "name" | "adjective" | "seat"); a name goes before an adjective."""
    found: dict[str, tuple[str, str]] = {}
    for code, lists in section("places").items():
        for sort, part in (("name", "names"), ("adjective", "adjectives"), ("seat", "seats")):
            for text in lists[part]:
                found.setdefault(" ".join(words_of(text)), (code, sort))
    for code, name in PLACES.items():
        found.setdefault(" ".join(words_of(name)), (code, "name"))
    return found


@cache
def longest_places() -> Mapping[str, int]:
    """The first word of each phrase that names a place, to the words of the longest one."""
    found: dict[str, int] = {}
    for phrase in places():
        parts = phrase.split()
        found[parts[0]] = max(len(parts), found.get(parts[0], 0))
    return found


@cache
def ministry_topics() -> Mapping[str, str]:
    """Phrases that name the topic of a ministry, to the topic."""
    return {plain(text): topic for topic, texts in section("ministries").items() for text in texts}


@cache
def ministry_acronyms() -> Mapping[str, str]:
    """Acronyms that stand for a ministry, to its topic."""
    return {latin(text): topic for topic, texts in section("ministry_acronyms").items() for text in texts}


@lru_cache(maxsize=200_000)
def _without_legal_form(folded: str) -> str:
    last = folded.rstrip(" .,;:-()").rsplit(" ", maxsplit=1)[-1].replace(".", "").replace(",", "")
    if last not in _last_words():  # most names: the library walks all its forms for each
        return folded
    return str(custom_basename(folded, terms=_legal_forms(), suffix=True, prefix=False, middle=False))


@cache
def _last_words() -> frozenset[str]:
    return frozenset(parts[-1] for _, parts in _legal_forms())


@cache
def _legal_forms() -> list[tuple[int, list[str]]]:
    """cleanco's legal forms and the region's, without those that say something else in this field."""
    own = section("legal_forms")
    never = {text.casefold() for text in own["never"]}
    known = [(size, parts) for size, parts in prepare_default_terms() if " ".join(parts) not in never]
    also = [(1, [text.casefold().replace(".", "")]) for text in own["also"]]
    return sorted([*known, *also], key=lambda term: -term[0])


def _bare(folded: str) -> list[str]:
    joined = _DOTTED.sub(lambda found: found[0].replace(".", ""), folded).replace("&", " and ")
    return _OTHER_THAN_LETTERS.sub(" ", joined.replace("'s ", " ").replace("'", "")).split()


def _spelled(words: Iterable[str]) -> list[str]:
    text = f" {' '.join(words)} "
    for written, compared in _pairs():
        text = text.replace(f" {written} ", f" {compared} ")
    spelling = _single()
    return [spelling.get(word, word) for word in text.split()]


@cache
def _pairs() -> list[tuple[str, str]]:
    return [(w, c) for c, many in section("spelling").items() for w in many if " " in w]


@cache
def _single() -> dict[str, str]:
    return {w: c for c, many in section("spelling").items() for w in many if " " not in w}


@cache
def _small_words() -> frozenset[str]:
    return frozenset(section("small_words")["words"])
