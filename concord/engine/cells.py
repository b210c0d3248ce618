"""Texts of a large set laid into cells of like ones, and the cells into groups of like ones."""

from __future__ import annotations

import math

import numpy as np
import scipy.sparse as sp

from concord.engine.shelf import SCALE, Shelf

#: A cell has about so many texts, and never more than the limit: what lies in one cell is compared with all
#: that look into it, so work grows with the number of texts. In very large sets a cell has this share of the
#: root of their number, so that to find the nearest cells costs no more than to look into them.
CELL_SIZE, CELL_LIMIT, CELL_SHARE = 200, 1_500, 0.35
#: Each text looks into so many of the nearest cells: into more where the set is small enough.
LOOKED_AT_LEAST, LOOKED_AT_MOST, LOOKED_IN_ALL = 8, 32, 1_000_000
#: Texts are put into cells by this many numbers each, by random directions from a stated seed.
DIRECTIONS, SEED = 128, 5
#: About so many like cells stand one after the other: a piece of them is looked into by few texts.
GROUP_SIZE = 64
_SAMPLE, _ROUNDS = 48, 8  # texts per cell, and rounds, from which the middles of the cells are found
_ROWS, _BLOCK = 4_000, 16
_PLACES, _NONE = 1 << 24, -(1 << 30)  # more cells than there can be; less near than any


def lay_out_cells(shelf: Shelf) -> int:
    """Write which texts stand in which cell and which look into it; the number of cells.

    All sums are of whole numbers and ties go to the smaller number, so the same set gives the same cells on
    every machine. Source: docs/adr/0026-large-sets.md.
    """
    points = _points(shelf.vectors)
    middles = _middles(points)
    looked = _nearest(points, middles, min(looked_into(len(points)), len(middles)))
    own = looked[:, 0]
    sizes = np.bincount(own, minlength=len(middles))
    parts = np.maximum(1, -(-sizes // CELL_LIMIT))
    first = np.concatenate([[0], np.cumsum(parts)])
    member, order = np.empty(len(own), dtype=np.int64), np.argsort(own, kind="stable")
    rank = np.arange(len(own)) - np.concatenate([[0], np.cumsum(sizes)])[own[order]]
    # A cell that is too large is cut in the order of ids.
    member[order] = first[own[order]] + rank * parts[own[order]] // sizes[own[order]]
    seen = first[looked] + np.arange(len(own))[:, None] % parts[looked]
    seen[:, 0] = member
    count = int(first[-1])
    _write_lists(shelf, "cells.members", member[:, None], count)
    _write_lists(shelf, "cells.seekers", seen, count)
    shelf.write("cells.of", member.astype(np.int32))
    return count


def looked_into(size: int) -> int:
    """How many cells each text of a set of this size looks into."""
    return max(LOOKED_AT_LEAST, min(LOOKED_AT_MOST, LOOKED_IN_ALL // max(size, 1)))


def cell_list(shelf: Shelf, name: str, cell: int) -> np.ndarray:
    """The texts that are a cell's "members", or its "seekers", ascending."""
    offsets = shelf.array(f"cells.{name}.offsets")
    return np.asarray(shelf.array(f"cells.{name}.codes")[offsets[cell] : offsets[cell + 1]])


def _points(vectors: sp.csr_matrix) -> np.ndarray:
    """Each text as DIRECTIONS small whole numbers, whose products follow those of the vectors."""
    directions = np.random.default_rng(SEED).integers(0, 2, (vectors.shape[1], DIRECTIONS)) * 2 - 1
    turned = directions.astype(np.float32)
    points = np.empty((vectors.shape[0], DIRECTIONS), dtype=np.int8)
    for begin in range(0, len(points), _ROWS):
        # Sums of whole numbers below 2^24 are exact in single precision; SCALE is about three deviations.
        part = vectors[begin : begin + _ROWS] @ turned
        points[begin : begin + _ROWS] = np.clip(np.rint(part * (42 / SCALE)), -127, 127)
    return points


def _middles(points: np.ndarray) -> np.ndarray:
    """The middles of the cells, those of one group one after the other."""
    count = max(1, round(len(points) / max(CELL_SIZE, CELL_SHARE * math.sqrt(len(points)))))
    middles = _parted(points, count)
    group = _nearest(middles, _parted(middles, max(1, round(count / GROUP_SIZE))), 1)[:, 0]
    return np.asarray(middles[np.argsort(group, kind="stable")])


def _parted(points: np.ndarray, count: int) -> np.ndarray:
    """The middles of `count` parts of these points: Lloyd's rounds over an even sample, in whole numbers."""
    sample = points[:: max(1, len(points) // (count * _SAMPLE))]
    middles = sample[np.linspace(0, len(sample) - 1, count).astype(np.int64)].astype(np.float32)
    for _ in range(_ROUNDS):
        own = _nearest(sample, middles, 1)[:, 0]
        order = np.argsort(own, kind="stable")
        starts = np.flatnonzero(np.diff(own[order], prepend=-1))
        sums = np.zeros(middles.shape, dtype=np.int64)
        sums[own[order][starts]] = np.add.reduceat(sample[order].astype(np.int64), starts, axis=0)
        size = np.bincount(own, minlength=count)[:, None]
        middles = np.where(size > 0, np.rint(sums / np.maximum(size, 1)), middles).astype(np.float32)
    return middles


def _nearest(points: np.ndarray, middles: np.ndarray, count: int) -> np.ndarray:
    """The `count` nearest middles of each point, nearest first, ties to the smaller number."""
    # |x - m|^2 without |x|^2; twice the product minus the middle's own square is a whole number.
    squares = (middles * middles).sum(axis=1)
    out = np.empty((len(points), count), dtype=np.int32)
    for begin in range(0, len(points), _ROWS):
        near = 2 * (points[begin : begin + _ROWS].astype(np.float32) @ middles.T) - squares
        out[begin : begin + _ROWS] = near.argmax(axis=1)[:, None] if count == 1 else _greatest(near, count)
    return out


def _greatest(near: np.ndarray, count: int) -> np.ndarray:
    """The places of the `count` greatest numbers of each row, greatest first, ties to the smaller place."""
    rows, size = near.shape
    padded = np.pad(near, ((0, 0), (0, -size % _BLOCK)), constant_values=-np.inf).reshape(rows, -1, _BLOCK)
    # They stand in the `count` blocks whose greatest numbers are greatest.
    top = padded.max(axis=2)
    blocks = _ranked(top, np.arange(top.shape[1])[None, :], min(count, top.shape[1]))
    held = np.take_along_axis(padded, blocks[:, :, None], axis=1).reshape(rows, -1)
    places = (blocks[:, :, None] * _BLOCK + np.arange(_BLOCK)).reshape(rows, -1)
    return _ranked(held, places, count)


def _ranked(near: np.ndarray, places: np.ndarray, count: int) -> np.ndarray:
    """The `count` places with the greatest numbers of each row, greatest first, ties to the smaller place."""
    # One whole number orders by number, then by place: no two are equal.
    ranked = np.where(np.isinf(near), _NONE, near).astype(np.int64) * _PLACES + (_PLACES - 1 - places)
    best = -np.sort(-np.partition(ranked, -count, axis=1)[:, -count:], axis=1)
    return np.asarray(_PLACES - 1 - best % _PLACES)


def _write_lists(shelf: Shelf, name: str, cells: np.ndarray, count: int) -> None:
    """Per cell the texts whose row of `cells` names it, ascending."""
    flat = cells.ravel().astype(np.int32)
    order = np.argsort(flat, kind="stable")
    sizes = np.bincount(flat, minlength=count)
    shelf.write(f"{name}.codes", (order // cells.shape[1]).astype(np.int32))
    shelf.write(f"{name}.offsets", np.concatenate([[0], np.cumsum(sizes)]))
