"""Many word patterns asked of a text at once: each word is looked up, phrases only where one may begin."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

_TOKEN = re.compile(r"\w+")
#: An alternative that cannot reach beyond the word it begins in.
_ONE_WORD = re.compile(r"(?:[a-z0-9]|\(\?:|[()|?]|\\[bwd]|(?<=\\[wd])[+*]|\[[a-z0-9]+\])+")
_LITERAL = re.compile(r"(?:\\b)*([a-z0-9]*)([?*{]?)")
_MOST_WORDS = 300_000


class WordLists:
    """Patterns by key; each is looked for at the beginnings of words, as `\\b(?:pattern)` would be.

    Whether a word begins a match is worked out once per word. Alternatives that reach over several words are
    tried only in texts with a word that one of them may begin with.
    """

    def __init__(self, patterns: Mapping[str, str]) -> None:
        self.keys = tuple(patterns)
        self._words: list[re.Pattern[str] | None] = []
        self._phrases: list[re.Pattern[str] | None] = []
        self._beginnings: list[tuple[str, ...]] = []
        self._known: dict[str, tuple[int, int]] = {}
        for pattern in patterns.values():
            parts = list(_alternatives(pattern))
            words = [part for part in parts if _ONE_WORD.fullmatch(part)]
            phrases = [part for part in parts if not _ONE_WORD.fullmatch(part)]
            self._words.append(re.compile("|".join(words)) if words else None)
            self._phrases.append(re.compile(rf"\b(?:{'|'.join(phrases)})") if phrases else None)
            self._beginnings.append(tuple(_beginning(part) for part in phrases))

    def found(self, folded: str) -> frozenset[str]:
        """The keys whose pattern a text in lower case holds."""
        return self.named(self.bits(folded))

    def bits(self, folded: str) -> int:
        """The same as a number with a bit per key, in their order."""
        sure = maybe = 0
        for word in set(_TOKEN.findall(folded)):
            known = self._known.get(word) or self._learn(word)
            sure |= known[0]
            maybe |= known[1]
        maybe &= ~sure
        while maybe:
            bit = maybe & -maybe
            phrase = self._phrases[bit.bit_length() - 1]
            if phrase is not None and phrase.search(folded):
                sure |= bit
            maybe ^= bit
        return sure

    @lru_cache(maxsize=50_000)  # noqa: B019  (word lists live as long as the process)
    def named(self, bits: int) -> frozenset[str]:
        """The keys of these bits."""
        return frozenset(key for place, key in enumerate(self.keys) if bits >> place & 1)

    def _learn(self, word: str) -> tuple[int, int]:
        sure = maybe = 0
        for place, (pattern, beginnings) in enumerate(zip(self._words, self._beginnings, strict=True)):
            if pattern is not None and pattern.match(word):
                sure |= 1 << place
            elif word.startswith(beginnings):
                maybe |= 1 << place
        if len(self._known) >= _MOST_WORDS:
            self._known.clear()
        self._known[word] = sure, maybe
        return sure, maybe


def _alternatives(pattern: str) -> Iterator[str]:
    """The parts of a pattern between the bars that stand in no bracket."""
    depth, begin, place, in_class = 0, 0, 0, False
    while place < len(pattern):
        sign = pattern[place]
        if sign == "\\":
            place += 1
        elif in_class:
            in_class = sign != "]"
        elif sign == "[":
            in_class = True
        elif sign in "()":
            depth += 1 if sign == "(" else -1
        elif sign == "|" and not depth:
            yield pattern[begin:place]
            begin = place + 1
        place += 1
    yield pattern[begin:]


def _beginning(phrase: str) -> str:
    """Letters that a match of this phrase begins with; empty where it may begin otherwise."""
    found = _LITERAL.match(phrase)
    if found is None:
        return ""
    return found[1][:-1] if found[2] else found[1]
