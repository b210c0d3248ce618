"""Words of records in several languages, folded to one stem, so that titles meet their translations."""

from __future__ import annotations

import re
from functools import lru_cache

from concord.engine.linkage_lexicon import COUSINS, MARKS, NUMBERS, ROOTS, STOP, WHOLE
from concord.engine.texts import plain, stem

#: A description is read this far: its beginning says what the project is, and one huge cell must not cost
#: the rest.
READ_CHARACTERS = 2_000
_WORD = re.compile(r"[^\W_]+")
_FISCAL = re.compile(r"fy\d{1,4}")
_YEAR = re.compile(r"(?:19[89]|20[0-4])\d")


@lru_cache(maxsize=400_000)
def root(word: str) -> str:
    """The stem under which a folded word is compared: "renforcement" -> "strength"; "" if it says nothing."""
    if word in STOP or (len(word) == 1 and not word.isdigit()) or _FISCAL.fullmatch(word):
        return ""
    if word in NUMBERS:
        return NUMBERS[word]
    if found := ROOTS.get(word):
        return found
    for end in range(min(len(word) - 1, 17), 3, -1):
        key = word[:end]
        if key in ROOTS and key not in WHOLE:
            return ROOTS[key]
    return word.lstrip("0") or "0" if word.isdigit() else stem(_as_english(word))


def _as_english(word: str) -> str:
    """A French, Spanish or Portuguese word with the ending that its English cousin has."""
    if len(word) < 6:
        return word
    for ending, english in COUSINS:
        if word.endswith(ending):
            return word[: -len(ending)] + english
    return word


def roots(folded: str) -> list[str]:
    """The roots of a folded text in their order."""
    return [found for found in map(root, _WORD.findall(folded)) if found]


def folded(text: str | None) -> str:
    """The text as it is compared: lower case, Latin letters, no accents, at most READ_CHARACTERS."""
    return plain((text or "")[:READ_CHARACTERS]).replace("+", " plus ")


def numbers_in(words: list[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The numbers among roots, and the years among them apart: ("2", "15"), ("2008",)."""
    digits = {word for word in words if word.isdigit()}
    years = {word for word in digits if _YEAR.fullmatch(word)}
    return frozenset(digits - years), frozenset(years)


def language_of(text: str) -> str:
    """The likeliest language of a title by its small words ("en" where nothing speaks for another).

    A guess for reports and evidence, never a reason to leave a pair out.
    """
    found = _WORD.findall(folded(text))
    scores = {name: sum(word in marks for word in found) for name, marks in MARKS.items()}
    best = max(scores, key=lambda name: (scores[name], name == "en"))
    return best if scores[best] > scores["en"] else "en"
