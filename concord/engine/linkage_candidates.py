"""Which right records are worth comparing with each left one: the nearest in the same country."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp

from concord.engine.linkage_large import WORDING_SHARES, facts_likeness, near_pairs
from concord.engine.linkage_reading import Both

#: How many of each left record are kept by all signs together, and by each kind of wording alone.
KEPT, KEPT_BY_EACH = 14, 3
#: Blocks with more right records are looked through by what few of them share, and not pair by pair.
LARGE = 30_000
#: Words and runs of letters in more right records of a block than this are not followed: they tell little
#: and would be met by everybody.
MOST_HOLDERS = 4_000
_CELLS = 4_000_000  # pairs looked at at a time, to keep memory small


def candidate_pairs(both: Both) -> tuple[np.ndarray, np.ndarray]:
    """Places (left, right) of the pairs worth comparing, ascending, without repetition.

    A pair qualifies by a country in common, or where one of the two names none; then each left record keeps
    its nearest, ties in the order of the right ids.
    """
    found_left, found_right = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    if not len(both.left) or not len(both.right):
        return found_left[0], found_right[0]
    turned = _Turned(both)
    for lefts, rights in blocks(both):
        if len(rights) > LARGE:
            for near_left, near_right in near_pairs(both, lefts, rights, KEPT):
                found_left.append(near_left)
                found_right.append(near_right)
            continue
        step = max(1, _CELLS // len(rights))
        part = turned.block(rights)
        for begin in range(0, len(lefts), step):
            rows = lefts[begin : begin + step]
            near_rows, near_columns = _nearest(part.likeness(rows))
            found_left.append(rows[near_rows])
            found_right.append(rights[near_columns])
    left, right = np.concatenate(found_left), np.concatenate(found_right)
    order = np.lexsort((right, left))
    return left[order], right[order]


def blocks(both: Both) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Left records that name the same countries, with the right records that may concern one of them."""
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, codes in enumerate(both.left.countries):
        groups[tuple(sorted(codes))].append(place)
    holders: dict[str, list[int]] = defaultdict(list)
    anywhere = [place for place, codes in enumerate(both.right.countries) if not codes]
    for place, codes in enumerate(both.right.countries):
        for code in codes:
            holders[code].append(place)
    for named in sorted(groups):
        if named:
            rights = sorted(set(anywhere).union(*(holders[code] for code in named)))
        else:
            rights = list(range(len(both.right)))
        if rights:
            yield np.array(groups[named], dtype=np.int64), np.array(rights, dtype=np.int64)


class _Turned:
    """The matrices that likeness is taken from."""

    def __init__(self, both: Both) -> None:
        self.both = both
        donors = sorted(
            {body for side in (both.left, both.right) for bodies in side.donors for body in bodies}
        )
        columns = {body: place for place, body in enumerate(donors)}
        self.donors = tuple(_flags(side.donors, columns) for side in (both.left, both.right))

    def block(self, rights: np.ndarray) -> _Block:
        return _Block(self, rights)


class _Block:
    """The right records of one block, ready to be met by many left ones."""

    def __init__(self, turned: _Turned, rights: np.ndarray) -> None:
        both = turned.both
        self.both, self.turned, self.rights = both, turned, rights
        self.words = [
            (left, _followed(right[rights]).T.tocsr())
            for left, right in (both.letters, both.title_words, both.all_words)
        ]
        self.donors = turned.donors[1][rights].T.tocsr()

    def likeness(self, lefts: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
        """All signs together, and each kind of wording alone: a row per left record, a column per right."""
        left, right = self.both.left, self.both.right
        wording = [np.asarray((matrix[lefts] @ turned).todense()) for matrix, turned in self.words]
        shared = np.minimum(np.asarray((self.turned.donors[0][lefts] @ self.donors).todense()), 1.0)
        days = left.starts[lefts, None] - right.starts[None, self.rights]
        ratio = np.log(left.amounts[lefts, None]) - np.log(right.amounts[None, self.rights])
        together = sum(share * sign for share, sign in zip(WORDING_SHARES, wording, strict=True))
        return np.asarray(together + facts_likeness(shared, days, ratio)), wording


def _followed(matrix: sp.csr_matrix) -> sp.csr_matrix:
    """Without the columns that more than MOST_HOLDERS rows hold; small blocks stay whole."""
    if matrix.shape[0] <= MOST_HOLDERS:
        return matrix
    held = np.bincount(matrix.indices, minlength=matrix.shape[1])
    keep = sp.diags((held <= MOST_HOLDERS).astype(np.float32))
    kept = sp.csr_matrix(matrix @ keep)
    kept.eliminate_zeros()
    return kept


def _nearest(likeness: tuple[np.ndarray, list[np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    """(row, column) of the nearest, each once."""
    together, wording = likeness
    some = np.maximum.reduce(wording) > 0  # records without a word in common are no candidates
    rows, columns = [], []
    for signs, count in ((together, KEPT), *((sign, KEPT_BY_EACH) for sign in wording)):
        signs = np.where(some, signs, 0.0) - np.arange(signs.shape[1]) * 1e-9
        count = min(count, signs.shape[1])
        best = np.argpartition(-signs, count - 1, axis=1)[:, :count]
        row = np.repeat(np.arange(len(signs)), count)
        column = best.ravel()
        keep = some[row, column]
        rows.append(row[keep])
        columns.append(column[keep])
    width = together.shape[1]
    codes = np.unique(np.concatenate(rows) * width + np.concatenate(columns))
    return codes // width, codes % width


def _flags(names: list[frozenset[str]], columns: dict[str, int]) -> sp.csr_matrix:
    rows = [place for place, found in enumerate(names) for _ in found]
    cells = [columns[name] for found in names for name in sorted(found)]
    ones = np.ones(len(cells), dtype=np.float32)
    return sp.csr_matrix((ones, (rows, cells)), (len(names), max(len(columns), 1)))
