"""What matching knows of two sets of records, read once: words, places, bodies, dates and amounts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import scipy.sparse as sp

from concord.engine.linkage_donors import bodies_of_all
from concord.engine.linkage_places import countries_of, words_of
from concord.engine.linkage_words import folded, numbers_in, root, roots
from concord.engine.periods import days_of
from concord.engine.texts import background, unit

#: Dollars for one unit of a currency, rounded over 2000 to 2015: enough to tell a tenth from a tenfold, which
#: is all that they are used for. Source: our reading of published annual averages; UAC stands for the SDR.
DOLLARS = {
    "USD": 1.0, "EUR": 1.25, "GBP": 1.65, "CAD": 0.87, "CHF": 0.85, "SEK": 0.13, "NOK": 0.155, "DKK": 0.17,
    "AUD": 0.8, "NZD": 0.7, "JPY": 0.0095, "UAC": 1.5, "XUA": 1.5, "XDR": 1.5, "XOF": 0.0019, "XAF": 0.0019,
    "CNY": 0.14, "INR": 0.021, "KRW": 0.0009, "BAM": 0.64, "RSD": 0.012, "ALL": 0.0095, "MKD": 0.02,
}  # fmt: skip
UNKNOWN = math.nan
_GRAM = 4


class Side:
    """One set of records in ascending order of id.

    rows: the records; title_roots, text_roots: their words; countries: codes, empty
    where none is known; starts, ends: ordinals, NaN where not reported; amounts: dollars, NaN where not
    reported or nought.
    """

    def __init__(self, records: pa.Table) -> None:
        self.rows: list[Mapping[str, Any]] = sorted(records.to_pylist(), key=lambda row: str(row["id"]))
        self.ids = np.array([str(row["id"]) for row in self.rows], dtype=object)
        self.titles = [folded(row["title"]) for row in self.rows]
        self.countries = [countries_of(row["country"]) for row in self.rows]
        self.title_roots = [
            _without(roots(title), codes) for title, codes in zip(self.titles, self.countries, strict=True)
        ]
        self.text_roots = [roots(folded(row["description"])) for row in self.rows]
        self.sector_roots = [roots(folded(" ".join(row["sectors"] or ()))) for row in self.rows]
        self.donors = [bodies_of_all(row["donors"]) for row in self.rows]
        self.implementers = [bodies_of_all(row["implementers"]) for row in self.rows]
        self.numbers = [numbers_in(words) for words in self.title_roots]
        spans = [(days_of(row["start"]), days_of(row["end"])) for row in self.rows]
        self.starts = np.array([_middle(start) for start, _ in spans])
        self.ends = np.array([_middle(end) for _, end in spans])
        self.exact = np.array([bool(start and start[0] == start[1]) for start, _ in spans], dtype=bool)
        self.amounts = np.array([_dollars(row["amount"], row["currency"]) for row in self.rows])
        self.nought = np.array([row["amount"] == 0 for row in self.rows], dtype=bool)

    def __len__(self) -> int:
        return len(self.rows)


class Both:
    """Two sides with their words weighted together, as unit vectors with the same columns."""

    def __init__(self, left: pa.Table, right: pa.Table) -> None:
        self.left, self.right = Side(left), Side(right)
        every = [
            {*title, *text}
            for side in (self.left, self.right)
            for title, text in zip(side.title_roots, side.text_roots, strict=True)
        ]
        texts, counts = background()
        here: Counter[str] = Counter()
        for words in every:
            here.update(words)
        total = texts + len(every)
        self.weight = {
            word: math.log((1 + total) / (1 + counts.get(word, 0) + count)) for word, count in here.items()
        }
        self._column = {word: place for place, word in enumerate(sorted(self.weight))}

    def _vectors(self, documents: Sequence[Sequence[str]], *, flat: bool = False) -> sp.csr_matrix:
        """flat: whether present, unweighted and unscaled."""
        column = self._column
        lengths = np.fromiter((len(document) for document in documents), np.int64, len(documents))
        cells = np.fromiter(
            (column.get(word, -1) for document in documents for word in document),
            np.int64,
            int(lengths.sum()),
        )
        rows = np.repeat(np.arange(len(documents)), lengths)[cells >= 0]
        cells = cells[cells >= 0]
        counts = sp.csr_matrix(
            (np.ones(len(cells), dtype=np.float32), (rows, cells)), (len(documents), max(len(column), 1))
        )
        if flat:
            counts.data[:] = 1.0
            return counts
        counts.data = (1 + np.log(counts.data)) * self.weights[counts.indices]
        return sp.csr_matrix(unit(counts), dtype=np.float32)

    @cached_property
    def weights(self) -> np.ndarray:
        """The weight of each column."""
        found = np.zeros(max(len(self._column), 1), dtype=np.float32)
        for word, place in self._column.items():
            found[place] = self.weight[word]
        return found

    @cached_property
    def title_words(self) -> tuple[sp.csr_matrix, sp.csr_matrix]:
        """Titles by their words."""
        return self._vectors(self.left.title_roots), self._vectors(self.right.title_roots)

    @cached_property
    def title_flags(self) -> tuple[sp.csr_matrix, sp.csr_matrix]:
        """Titles by whether a word stands in them."""
        return (
            self._vectors(self.left.title_roots, flat=True),
            self._vectors(self.right.title_roots, flat=True),
        )

    @cached_property
    def all_words(self) -> tuple[sp.csr_matrix, sp.csr_matrix]:
        """Titles with descriptions by their words."""
        return self._vectors(_joined(self.left)), self._vectors(_joined(self.right))

    @cached_property
    def all_flags(self) -> tuple[sp.csr_matrix, sp.csr_matrix]:
        """Titles with descriptions by whether a word stands in them."""
        return self._vectors(_joined(self.left), flat=True), self._vectors(_joined(self.right), flat=True)

    @cached_property
    def text_words(self) -> tuple[sp.csr_matrix, sp.csr_matrix]:
        """Descriptions by their words."""
        return self._vectors(self.left.text_roots), self._vectors(self.right.text_roots)

    @cached_property
    def letters(self) -> tuple[sp.csr_matrix, sp.csr_matrix]:
        """Titles by runs of four letters, rare runs weighing more."""
        return _letters(
            [" ".join(words) for side in (self.left, self.right) for words in side.title_roots],
            len(self.left),
        )

    @cached_property
    def sectors(self) -> tuple[sp.csr_matrix, sp.csr_matrix]:
        """Sectors by their words."""
        names = [*self.left.sector_roots, *self.right.sector_roots]
        return _letters([" ".join(sorted(set(words))) for words in names], len(self.left))


def _letters(texts: Sequence[str], split: int) -> tuple[sp.csr_matrix, sp.csr_matrix]:
    """Unit vectors of each text's runs of _GRAM bytes: of the first `split` texts, and of the rest."""
    encoded = [f" {text} ".encode() for text in texts]
    lengths = np.array([len(text) for text in encoded], dtype=np.int64)
    if not len(encoded):
        return sp.csr_matrix((0, 1), dtype=np.float32), sp.csr_matrix((0, 1), dtype=np.float32)
    letters = np.frombuffer(b"".join(encoded) + b"\0" * _GRAM, dtype=np.uint8).astype(np.uint32)
    runs = letters[:-_GRAM].copy()
    for place in range(1, _GRAM):
        runs = (runs << np.uint32(8)) | letters[place : len(letters) - _GRAM + place]
    rows = np.repeat(np.arange(len(encoded)), lengths)
    inside = np.arange(len(runs)) + _GRAM <= np.cumsum(lengths)[rows]
    _, columns = np.unique(runs[inside], return_inverse=True)
    found = sp.csr_matrix(
        (np.ones(int(inside.sum()), dtype=np.float32), (rows[inside], columns)),
        (len(encoded), int(columns.max()) + 1 if len(columns) else 1),
    )
    holding = np.bincount(found.indices, minlength=found.shape[1])
    weights = np.log((1 + len(encoded)) / (1 + holding)).astype(np.float32) + np.float32(0.1)
    found.data = np.sqrt(found.data) * weights[found.indices]
    scaled = sp.csr_matrix(unit(found), dtype=np.float32)
    return scaled[:split], scaled[split:]


def _joined(side: Side) -> list[list[str]]:
    return [[*title, *text] for title, text in zip(side.title_roots, side.text_roots, strict=True)]


def _without(words: list[str], codes: frozenset[str]) -> list[str]:
    """The words of a title without those that only repeat its country, unless nothing else would be left."""
    if len(codes) != 1:
        return words
    names = _country_roots(next(iter(codes)))
    kept = [word for word in words if word not in names]
    return kept or words


@cache
def _country_roots(code: str) -> frozenset[str]:
    return frozenset(map(root, words_of(code)))


def _middle(days: tuple[int, int] | None) -> float:
    return (days[0] + days[1]) / 2 if days else UNKNOWN


def _dollars(amount: float | None, currency: str | None) -> float:
    if amount is None or not math.isfinite(amount) or amount <= 0:
        return UNKNOWN
    return amount * DOLLARS.get(str(currency or "").upper(), UNKNOWN)
