"""Words of titles and summaries as weighted vectors, so that texts can be compared by the thousand."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources

import numpy as np
import scipy.sparse as sp

from concord.engine.coded import Coded, Vocabulary, dampened
from concord.engine.languages import english

_BLOCK = 50_000
_WORD = re.compile(r"[a-z0-9]+")
#: Longer texts are read this far: a summary is a paragraph, and one huge cell must not cost the others.
READ_CHARACTERS = 20_000
_STOP = frozenset(
    """
    a an and are as at be been before both but by can each for from had has have in into is it its
    itself more of on or other over own so such than that the their them then they this those through to
    under until up was were what when where which while who whose will with within project programme
    action page s
    """.split()  # noqa: SIM905  (fifty literals read worse)
)
_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "ђ": "dj", "ѓ": "gj", "е": "e", "ж": "z", "з": "z",
    "ѕ": "dz", "и": "i", "ј": "j", "к": "k", "л": "l", "љ": "lj", "м": "m", "н": "n", "њ": "nj", "о": "o",
    "п": "p", "р": "r", "с": "s", "т": "t", "ћ": "c", "ќ": "kj", "у": "u", "ф": "f", "х": "h", "ц": "c",
    "ч": "c", "џ": "dz", "ш": "s", "й": "j", "щ": "st", "ъ": "a", "ы": "y", "ь": "", "э": "e", "ю": "ju",
    "я": "ja",
}  # fmt: skip
_LETTERS = _CYRILLIC | {"đ": "dj", "ß": "ss"}
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_ENDINGS = (
    "isations", "izations", "isation", "ization", "ations", "ation", "ements", "ement", "ments", "ment",
    "ising", "izing", "ities", "ings", "ists", "ions", "ises", "ized", "ised", "ity", "ing", "ist", "ion",
    "ies",     "ors", "ers", "ive", "als", "ed", "es", "al", "er", "or", "ly", "s", "e", "y",
)  # fmt: skip


def plain(text: str | None) -> str:
    """Lower case, Latin script, without accents; at most READ_CHARACTERS."""
    lowered = (text or "")[:READ_CHARACTERS].lower()
    return lowered if lowered.isascii() else _FOREIGN.sub(lambda found: _latin(found[0]), lowered)


@cache
def _latin(character: str) -> str:
    """One letter in Latin script without its accents; an accent of its own disappears."""
    if character in _LETTERS:
        return _LETTERS[character]
    parts = unicodedata.normalize("NFKD", character).lower()
    return "".join(part for part in parts if not unicodedata.combining(part))


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Cut one English ending, keeping at least four letters: training, trainer, trains -> train.

    Words of other languages that `languages` knows are cut as their English ones: obuka, formacion -> train.
    """
    word = english(word)
    if len(word) <= 4 or word.isdigit():
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def whole_words(text: str | None) -> list[str]:
    """The words of a text in their order, uncut, without those that say nothing."""
    return [word for word in _WORD.findall(plain(text)) if word not in _STOP]


def words(text: str | None) -> list[str]:
    """The stems of a text in their order, without the words that say nothing."""
    return [stem(word) for word in whole_words(text)]


@cache
def background() -> tuple[int, dict[str, int]]:
    """How many texts of the shipped compilation hold each stem: (texts, {stem: texts})."""
    raw = json.loads(resources.files("concord.engine").joinpath("models/words.json").read_text("utf-8"))
    return int(raw["texts"]), {str(word): int(count) for word, count in raw["words"].items()}


def word_counts(texts: Iterable[str]) -> str:
    """The text of models/words.json for these texts: how many there are, and how many hold each stem."""
    counts: Counter[str] = Counter()
    total = 0
    for text in texts:
        counts.update(set(words(text)))
        total += 1
    return json.dumps({"texts": total, "words": dict(sorted(counts.items()))}, ensure_ascii=False, indent=0)


def rarity(documents: Sequence[Sequence[str]]) -> dict[str, float]:
    """Weight of each stem: ln((1 + texts) / (1 + texts with it)) + 1, over these texts and the shipped ones.

    The shipped counts keep a file of two rows from thinking every word rare.
    """
    texts, counts = background()
    here: Counter[str] = Counter()
    for document in documents:
        here.update(set(document))
    total = texts + len(documents)
    return {
        word: math.log((1 + total) / (1 + counts.get(word, 0) + count)) + 1 for word, count in here.items()
    }


def vectors(documents: Sequence[Sequence[str]], weights: dict[str, float]) -> sp.csr_matrix:
    """One row of unit length per text: (1 + ln count) x weight of its stems. Columns in stem order."""
    vocabulary = Vocabulary.of(weights)
    return weighed(Coded.of(documents, vocabulary).counts(), stem_weights(vocabulary, weights))


def stem_weights(vocabulary: Vocabulary, weights: Mapping[str, float]) -> np.ndarray:
    """The weights in the order of the vocabulary."""
    return np.array([weights[stem] for stem in vocabulary.values] or [0.0])


def weighed(counts: sp.csr_matrix, weights: np.ndarray) -> sp.csr_matrix:
    """Rows of unit length: (1 + ln count) x weight of each column."""
    values = dampened(counts.data) * weights[counts.indices]
    return unit(sp.csr_matrix((values, counts.indices, counts.indptr), counts.shape))


def letter_vectors(documents: Sequence[Sequence[str]], weights: dict[str, float]) -> sp.csr_matrix:
    """Like `vectors`, over runs of three and four letters of the stems, for spellings and other languages."""
    vocabulary = Vocabulary.of(weights)
    spelled = spellings(vocabulary, stem_weights(vocabulary, weights))
    return lettered(Coded.of(documents, vocabulary).indicator(), spelled)


def lettered(present: sp.csr_matrix, spelled: sp.csr_matrix) -> sp.csr_matrix:
    """Rows of unit length over runs of letters, from which stems are present and how they are spelled."""
    letters = (present @ spelled).tocsr()
    letters.sort_indices()
    return unit(letters)


def spellings(vocabulary: Vocabulary, weights: np.ndarray) -> sp.csr_matrix:
    """One row per stem: how often each run of three and four letters stands in it, times its weight."""
    spelt = [
        Counter(f" {word} "[i : i + n] for n in (3, 4) for i in range(len(word) + 3 - n))
        for word in vocabulary.values
    ]
    # In sorted order, so that sums run in the same order whichever other texts stand beside these two.
    grams = {gram: place for place, gram in enumerate(sorted(frozenset().union(*spelt)))}
    indptr, indices, values = [0], [], []
    for weight, counts in zip(weights.tolist(), spelt, strict=False):
        for gram, count in sorted(counts.items()):
            indices.append(grams[gram])
            values.append(count * weight)
        indptr.append(len(indices))
    return (
        sp.csr_matrix(
            (np.array(values, dtype=float), np.array(indices, dtype=np.int32), np.array(indptr)),
            (max(len(spelt), 1), max(len(grams), 1)),
        )
        if spelt
        else sp.csr_matrix((1, 1))
    )


def unit(matrix: sp.csr_matrix) -> sp.csr_matrix:
    """Scale each row to length one; empty rows stay empty."""
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1.0
    return sp.csr_matrix(sp.diags(1 / lengths) @ matrix)


def row_products(
    left: sp.csr_matrix, a: np.ndarray, b: np.ndarray, right: sp.csr_matrix | None = None
) -> np.ndarray:
    """The product of left's row a[i] with right's row b[i] (left's own if not given), for every i."""
    right = left if right is None else right
    out = np.zeros(len(a))
    for begin in range(0, len(a), _BLOCK):  # in blocks, to keep memory small
        part = slice(begin, begin + _BLOCK)
        out[part] = np.asarray(left[a[part]].multiply(right[b[part]]).sum(axis=1)).ravel()
    return out
