"""Nearest records in a very large block: what few share is followed, so that work grows with the records."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp

from concord.engine.linkage_reading import Both, Side
from concord.engine.texts import row_products

#: In such a block only what at most so many right records hold is followed: a word, a run of letters, or a
#: title with its year or its amount.
MOST_HOLDERS = 300
#: So many of each left record's nearest by wording are looked at with date, amount and donor.
LOOKED_AT = 40
_ROWS = 250
#: What likeness by letters of the title, words of the title and all words counts. Chosen by hand: the model
#: decides later, this only says who is looked at.
WORDING_SHARES = (0.40, 0.35, 0.25)
_DONOR, _START, _AMOUNT = 0.15, 0.10, 0.08
_NOT_KNOWN = 0.3  # what a fact counts that one side does not state
_YEAR = 365.25
_KEY = 0.30  # the same title with the same year, or the same amount


def facts_likeness(shared: np.ndarray, days: np.ndarray, ratio: np.ndarray) -> np.ndarray:
    """What donors in common (0 or 1), days between the starts and the amounts' ratio as a logarithm add."""
    start = np.nan_to_num(np.exp(-np.abs(days) / _YEAR), nan=_NOT_KNOWN)
    amount = np.nan_to_num(np.exp(-2 * np.abs(ratio)), nan=_NOT_KNOWN)
    return np.asarray(_DONOR * shared + _START * start + _AMOUNT * amount)


def near_pairs(
    both: Both, lefts: np.ndarray, rights: np.ndarray, kept: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Places (left, right) of each left record's `kept` nearest, in parts.

    Records that share nothing telling with anybody, such as ten thousand with one title, one year and no
    amount, have no near ones: nothing could tell their partners apart.
    """
    ours, theirs = _telling(both, lefts, rights)
    for begin in range(0, len(lefts), _ROWS):
        product = sp.csr_matrix(ours[begin : begin + _ROWS] @ theirs)
        row, column = _best(product, LOOKED_AT)
        left, right = lefts[begin + row], rights[column]
        likeness = np.round(_likeness(both, left, right), 6)
        order = np.lexsort((right, -likeness, row))
        row, left, right = row[order], left[order], right[order]
        first = np.searchsorted(row, row)
        keep = np.arange(len(row)) - first < kept
        yield left[keep], right[keep]


def _telling(both: Both, lefts: np.ndarray, rights: np.ndarray) -> tuple[sp.csr_matrix, sp.csr_matrix]:
    """The block's left rows and its right rows turned, over the columns that are followed."""
    ours, theirs = [], []
    keys = _keys(both.left, lefts, both.right, rights)
    parts = [(one[lefts], other[rights]) for one, other in (both.letters, both.title_words, both.all_words)]
    for (one, other), share in zip((*parts, keys), (*WORDING_SHARES, _KEY), strict=True):
        held = np.bincount(other.indices, minlength=other.shape[1])
        followed = np.flatnonzero((held > 0) & (held <= MOST_HOLDERS))
        ours.append(one.tocsc()[:, followed] * np.float32(share))
        theirs.append(other.tocsc()[:, followed])
    return sp.hstack(ours).tocsr(), sp.hstack(theirs).tocsr().T.tocsr()


def _keys(
    one: Side, lefts: np.ndarray, other: Side, rights: np.ndarray
) -> tuple[sp.csr_matrix, sp.csr_matrix]:
    """Each record's title with its year, and with its amount in two digits, as columns of both sides."""
    columns: dict[tuple[str, str, str], int] = {}
    ours, theirs = _key_places(one, lefts, columns), _key_places(other, rights, columns)
    return _flags(ours, len(lefts), len(columns)), _flags(theirs, len(rights), len(columns))


def _key_places(
    side: Side, places: np.ndarray, columns: dict[tuple[str, str, str], int]
) -> list[tuple[int, int]]:
    """(row, column) of each key that a record has; new keys get the next column."""
    found = []
    for row, place in enumerate(places.tolist()):
        title = " ".join(sorted(side.title_roots[place]))
        amount = side.amounts[place]
        facts = {"year": str(side.rows[place]["start"] or "")[:4]}
        if np.isfinite(amount):
            facts["amount"] = f"{amount:.1e}"
        for kind, value in facts.items():
            if value:
                found.append((row, columns.setdefault((title, kind, value), len(columns))))
    return found


def _flags(places: list[tuple[int, int]], rows: int, columns: int) -> sp.csr_matrix:
    at = np.array(places, dtype=np.int64).reshape(-1, 2)
    ones = np.ones(len(at), dtype=np.float32)
    return sp.csr_matrix((ones, (at[:, 0], at[:, 1])), (rows, max(columns, 1)))


def _best(product: sp.csr_matrix, count: int) -> tuple[np.ndarray, np.ndarray]:
    """(row, column) of the `count` largest of each row, ties in the order of the columns."""
    row = np.repeat(np.arange(product.shape[0]), np.diff(product.indptr))
    order = np.lexsort((product.indices, -np.round(product.data, 6), row))
    row, column = row[order], product.indices[order]
    keep = np.arange(len(row)) - np.searchsorted(row, row) < count
    return row[keep], column[keep]


def _likeness(both: Both, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Wording, shared donors, dates and amounts together, as in small blocks."""
    wording = sum(
        share * row_products(one, left, right, other)
        for share, (one, other) in zip(
            WORDING_SHARES, (both.letters, both.title_words, both.all_words), strict=True
        )
    )
    ours, theirs = both.left.donors, both.right.donors
    shared = [bool(ours[i] & theirs[j]) for i, j in zip(left.tolist(), right.tolist(), strict=True)]
    one, other = both.left, both.right
    return np.asarray(
        wording
        + facts_likeness(
            np.array(shared, dtype=float),
            one.starts[left] - other.starts[right],
            np.log(one.amounts[left]) - np.log(other.amounts[right]),
        )
    )
