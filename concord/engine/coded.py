"""Lists of values as whole numbers: one vocabulary in sorted order, and each action's codes into it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import scipy.sparse as sp


@dataclass(frozen=True)
class Vocabulary:
    """Values in sorted order; a value's code is its place."""

    values: tuple[str, ...]

    @classmethod
    def of(cls, values: Iterable[str]) -> Vocabulary:
        """The vocabulary that holds these values."""
        return cls(tuple(sorted(set(values))))

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def codes(self) -> dict[str, int]:
        """Value -> code."""
        return {value: code for code, value in enumerate(self.values)}


@dataclass(frozen=True)
class Coded:
    """One list of values per action: those of action i are `codes[offsets[i]:offsets[i + 1]]`."""

    vocabulary: Vocabulary
    offsets: np.ndarray
    codes: np.ndarray

    @classmethod
    def of(cls, lists: Sequence[Iterable[str]], vocabulary: Vocabulary) -> Coded:
        """Lists in their order, sets in sorted order. All values must stand in the vocabulary."""
        known = vocabulary.codes
        codes: list[int] = []
        offsets = np.zeros(len(lists) + 1, dtype=np.int64)
        for place, values in enumerate(lists):
            found = [known[value] for value in values]
            codes += sorted(found) if isinstance(values, (set, frozenset)) else found
            offsets[place + 1] = len(codes)
        return cls(vocabulary, offsets, np.array(codes, dtype=np.int32))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def take(self, places: np.ndarray) -> Coded:
        """The lists of the actions at these places."""
        offsets, at = spans(self.offsets, places)
        return Coded(self.vocabulary, offsets, np.asarray(self.codes[at]))

    def lists(self) -> list[list[str]]:
        """The lists as texts."""
        values, codes, offsets = self.vocabulary.values, self.codes.tolist(), self.offsets.tolist()
        return [[values[code] for code in codes[begin:end]] for begin, end in pairwise(offsets)]

    def sets(self) -> list[frozenset[str]]:
        """The lists as sets."""
        return [frozenset(values) for values in self.lists()]

    def counts(self) -> sp.csr_matrix:
        """How often each value stands in each list; columns are codes."""
        shape = (len(self), max(len(self.vocabulary), 1))
        parts = (
            np.ones(len(self.codes)),
            self.codes.copy(),
            self.offsets.copy(),
        )  # the next line works in place
        matrix = sp.csr_matrix(parts, shape)
        matrix.sum_duplicates()
        return matrix

    def indicator(self, weights: np.ndarray | None = None) -> sp.csr_matrix:
        """Which values stand in each list: 1.0, or the value's weight."""
        matrix = self.counts()
        matrix.data = np.ones(len(matrix.data)) if weights is None else weights[matrix.indices]
        return matrix

    def without(self, unwanted: np.ndarray) -> Coded:
        """The lists without the values whose codes are marked in `unwanted`."""
        kept = ~unwanted[self.codes] if len(self.codes) else np.zeros(0, dtype=bool)
        before = np.concatenate([[0], np.cumsum(kept)])
        return Coded(self.vocabulary, before[self.offsets], self.codes[kept])


def spans(offsets: np.ndarray, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For lists at `places` of a row of lists: their own offsets, and where their values stand."""
    begins, sizes = offsets[places], offsets[places + 1] - offsets[places]
    own = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return own, np.repeat(begins - own[:-1], sizes) + np.arange(own[-1])


def dampened(counts: np.ndarray) -> np.ndarray:
    """1 + ln count of each, from a table: equal counts give equal numbers wherever they stand."""
    whole = counts.astype(np.int64)
    table = np.array([1 + math.log(max(count, 1)) for count in range(int(whole.max(initial=1)) + 1)])
    return np.asarray(table[whole])
