"""The nearest texts of each action of a large set: in cells of like texts, and by its rare stems."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import scipy.sparse as sp

from concord.engine.backends import Backend
from concord.engine.cells import cell_list, lay_out_cells
from concord.engine.shelf import Shelf, open_shelf
from concord.engine.texts import row_products

#: How many neighbours of each text are looked for in a large set.
NEIGHBOURS = 20
#: A text and its nearest so far, each as one whole number (see `_keys`), 0 where there are fewer.
NEAR = pa.schema([("no", pa.int32()), ("best", pa.list_(pa.int64(), NEIGHBOURS))])
CELLS = pa.schema([("cell", pa.int32())])
TEXTS = pa.schema([("first", pa.int32()), ("last", pa.int32())])
#: A stem that more texts hold is not followed; of a text its rarest stems, up to so many holders in all.
HOLDERS, FOLLOWED = 1_000, 8_000
#: So many of each text's nearest by rare stems are compared by all stems.
LOOKED_AT = 40
_CELLS_A_PIECE, _TEXTS_A_PIECE, _ROWS, _MERGED, _SEEKERS = 64, 16_000, 500, 50_000, 256


def near_texts(shelf: Shelf, backend: Backend) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs (a, b, likeness) of texts near each other, a < b, ascending, each once.

    likeness: the product of the two vectors, whole, SCALE * SCALE for equal texts. All sums are of whole
    numbers and ties go to the smaller place, so the same set gives the same pairs on every backend.

    Source: docs/adr/0026-large-sets.md.
    """
    size = len(shelf)
    best = np.zeros((size, NEIGHBOURS), dtype=np.int64)
    cells = pa.table({"cell": np.arange(lay_out_cells(shelf), dtype=np.int32)}, schema=CELLS)
    _gather(best, backend.map_pieces(cells, NearInCells(shelf.folder), NEAR, rows=_CELLS_A_PIECE))
    write_holders(shelf)
    firsts = np.arange(0, size, _TEXTS_A_PIECE)
    texts = pa.table({"first": firsts, "last": np.append(firsts[1:], size)}, schema=TEXTS)
    _gather(best, backend.map_pieces(texts, NearByRareStems(shelf.folder), NEAR, rows=1))
    return _pairs(best)


@dataclass(frozen=True)
class NearInCells:
    """The nearest members of some cells to each text that looks into them."""

    folder: Path

    def __call__(self, cells: pa.Table) -> pa.Table:
        """NEAR of the texts that look into these cells, ascending."""
        shelf = open_shelf(self.folder)
        found = [_within(shelf, cell) for cell in cells["cell"].to_pylist()]
        texts = np.unique(np.concatenate([seekers for seekers, _ in found]))
        best = np.zeros((len(texts), NEIGHBOURS), dtype=np.int64)
        for seekers, keys in found:
            at = np.searchsorted(texts, seekers)
            best[at] = _best(np.hstack([best[at], keys]))
        return _table(texts, best)


@dataclass(frozen=True)
class NearByRareStems:
    """The nearest texts among those that hold a rare stem of a text: what a cell's border cuts off."""

    folder: Path

    def __call__(self, texts: pa.Table) -> pa.Table:
        """NEAR of the texts from `first` to before `last`."""
        shelf = open_shelf(self.folder)
        begin, end = (texts[name][0].as_py() for name in TEXTS.names)
        parts = [_by_holders(shelf, at, min(at + _ROWS, end)) for at in range(begin, end, _ROWS)]
        return _table(np.arange(begin, end), np.concatenate(parts))


def write_holders(shelf: Shelf) -> None:
    """Write which texts hold each stem that HOLDERS texts at most hold."""
    vectors = shelf.vectors
    held = np.bincount(vectors.indices, minlength=vectors.shape[1])
    rare = (held <= HOLDERS)[vectors.indices]
    indptr = np.concatenate([[0], np.cumsum(rare)])[vectors.indptr]
    turned = sp.csr_matrix((vectors.data[rare], vectors.indices[rare], indptr), vectors.shape).tocsc()
    for name in ("data", "indices", "indptr"):
        shelf.write(f"holders.{name}", getattr(turned, name))


def _within(shelf: Shelf, cell: int) -> tuple[np.ndarray, np.ndarray]:
    """The texts that look into a cell, and the keys of the nearest members to each."""
    members, seekers = (cell_list(shelf, name, cell) for name in ("members", "seekers"))
    vectors = shelf.vectors
    held = vectors[members]
    if not held.nnz or not len(seekers):
        return seekers[:0], np.zeros((0, NEIGHBOURS), dtype=np.int64)
    columns, places = np.unique(held.indices, return_inverse=True)
    dense = np.zeros((len(columns), len(members)), dtype=np.float32)
    dense[places, np.repeat(np.arange(len(members)), np.diff(held.indptr))] = held.data
    asked = vectors[seekers]
    at = np.searchsorted(columns, asked.indices).clip(max=len(columns) - 1)
    known = columns[at] == asked.indices
    shape = (len(seekers), len(columns))
    small = sp.csr_matrix((np.where(known, asked.data, 0), at.astype(np.int32), asked.indptr), shape)
    best = []
    for begin in range(0, len(seekers), _SEEKERS):  # few at a time: what is at hand is quick to look at
        near = small[begin : begin + _SEEKERS] @ dense
        near[seekers[begin : begin + _SEEKERS, None] == members[None, :]] = 0
        best.append(_best(_keys(near, members, len(shelf))))
    return seekers, np.concatenate(best)


def _by_holders(shelf: Shelf, begin: int, end: int) -> np.ndarray:
    """The keys of the nearest to each text from `begin` to before `end`."""
    size = len(shelf)
    turned = _holders(shelf)
    product = sp.csr_matrix(_followed(shelf.vectors[begin:end], np.diff(turned.indptr)) @ turned)
    product.data[product.indices == np.repeat(np.arange(begin, end), np.diff(product.indptr))] = 0
    keys = _keys(product.data, product.indices, size)
    looked = np.zeros((end - begin, LOOKED_AT), dtype=np.int64)
    for row, (first, last) in enumerate(pairwise(product.indptr.tolist())):
        own = keys[first:last]
        if len(own) > LOOKED_AT:
            own = np.partition(own, -LOOKED_AT)[-LOOKED_AT:]
        looked[row, : len(own)] = own
    rows, at = np.nonzero(looked)
    other = size - 1 - looked[rows, at] % size
    looked[rows, at] = _keys(row_products(shelf.vectors, begin + rows, other), other, size)
    return _best(looked)


def _holders(shelf: Shelf) -> sp.csr_matrix:
    parts = (shelf.array(f"holders.{name}") for name in ("data", "indices", "indptr"))
    return sp.csr_matrix(tuple(parts), shelf.vectors.shape[::-1], copy=False)


def _followed(vectors: sp.csr_matrix, holders: np.ndarray) -> sp.csr_matrix:
    """Of each text its rarest stems, as long as they have FOLLOWED holders at most in all."""
    held = holders[vectors.indices]
    row = np.repeat(np.arange(vectors.shape[0]), np.diff(vectors.indptr))
    order = np.lexsort((vectors.indices, held, row))
    reached = np.cumsum(held[order])
    before = np.concatenate([[0], reached])[vectors.indptr[:-1]]
    kept = np.sort(order[(reached - before[row] <= FOLLOWED) & (held[order] > 0)])
    indptr = np.searchsorted(kept, vectors.indptr)
    return sp.csr_matrix((vectors.data[kept], vectors.indices[kept], indptr), vectors.shape)


def _keys(likeness: np.ndarray, places: np.ndarray, size: int) -> np.ndarray:
    """A whole number each: greater for the liker text, then for the smaller place; 0 if nothing is alike."""
    keys = likeness.astype(np.int64) * size + (size - 1 - places)
    return np.where(likeness > 0, keys, 0)


def _best(keys: np.ndarray) -> np.ndarray:
    """The NEIGHBOURS greatest keys of each row, in no order."""
    if keys.shape[1] < NEIGHBOURS:
        return np.pad(keys, ((0, 0), (0, NEIGHBOURS - keys.shape[1])))
    return np.partition(keys, -NEIGHBOURS, axis=1)[:, -NEIGHBOURS:]


def _table(texts: np.ndarray, best: np.ndarray) -> pa.Table:
    lists = pa.FixedSizeListArray.from_arrays(pa.array(best.ravel()), NEIGHBOURS)
    return pa.table({"no": texts.astype(np.int32), "best": lists}, schema=NEAR)


def _gather(best: np.ndarray, found: Iterable[pa.Table]) -> None:
    """Put what was found into `best`, the nearest of each text so far."""
    for part in found:
        texts = part["no"].to_numpy()
        new = part["best"].combine_chunks().flatten().to_numpy().reshape(-1, NEIGHBOURS)
        both = np.sort(np.hstack([best[texts], new]), axis=1)
        both[:, 1:][both[:, 1:] == both[:, :-1]] = 0  # found twice
        best[texts] = _best(both)


def _pairs(best: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The pairs of all texts and their neighbours, in ascending order."""
    size = len(best)
    keys, found = [], []
    for begin in range(0, size, _MERGED):
        part = best[begin : begin + _MERGED]
        row, at = np.nonzero(part)
        left, right = begin + row, size - 1 - part[row, at] % size
        keys.append(np.minimum(left, right) * size + np.maximum(left, right))
        found.append((part[row, at] // size).astype(np.int32))
    key, first = np.unique(np.concatenate(keys), return_index=True)
    return key // size, key % size, np.concatenate(found)[first]
