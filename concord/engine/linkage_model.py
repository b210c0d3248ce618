"""The trained model of matching as plain numbers in JSON: trees that are averaged, and trees added up."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any

import numpy as np

from concord.engine.model import Trained
from concord.kernel.errors import SchemaMismatch

FORMAT = "concord-linkage/1"
_ROWS = 4_000  # pairs led down all trees at a time, to keep memory small


@dataclass(frozen=True)
class Tree:
    """One regression tree, nodes in depth-first order: the left child of an inner node is the next node.

    feature: the column an inner node asks, -1 at a leaf; threshold: up to it the answer is "left"; right: the
    right child; value: what the training rows of each node come to. Node 0 is the root.
    """

    feature: np.ndarray
    threshold: np.ndarray
    right: np.ndarray
    value: np.ndarray


@dataclass(frozen=True)
class Trees:
    """Trees side by side, their nodes in one row of arrays; a leaf leads to itself."""

    trees: tuple[Tree, ...]

    @cached_property
    def roots(self) -> np.ndarray:
        """Where each tree begins."""
        return np.cumsum([0, *(len(tree.feature) for tree in self.trees)])[:-1]

    @cached_property
    def nodes(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """feature, threshold, left, right, value of every node."""
        feature = np.concatenate([tree.feature for tree in self.trees])
        right = np.concatenate([tree.right + root for tree, root in zip(self.trees, self.roots, strict=True)])
        own, inner = np.arange(len(feature)), feature >= 0
        return (
            np.maximum(feature, 0),
            np.concatenate([tree.threshold for tree in self.trees]).astype(np.float32),
            np.where(inner, own + 1, own),
            np.where(inner, right, own),
            np.concatenate([tree.value for tree in self.trees]),
        )

    def leaves(self, x: np.ndarray) -> np.ndarray:
        """The leaf that each row of `x` reaches, one row per tree."""
        feature, threshold, left, right, _ = self.nodes
        cells = np.ascontiguousarray(x, dtype=np.float32).ravel()
        node = np.repeat(self.roots, len(x))
        row = np.tile(np.arange(len(x)) * x.shape[1], len(self.roots))
        inner = np.arange(len(node))
        while len(inner):  # all trees a step down at once; rows that reached a leaf drop out
            here = node[inner]
            here = np.where(cells[row[inner] + feature[here]] <= threshold[here], left[here], right[here])
            node[inner] = here
            inner = inner[left[here] != here]
        return node.reshape(len(self.roots), len(x))

    def moves(self, groups: Sequence[int]) -> np.ndarray:
        """Per node and group of features: how far the way from the root to it moved the value."""
        feature, _, left, right, value = self.nodes
        group = np.asarray(groups)
        moved = np.zeros((len(value), int(group.max()) + 1))
        for node in np.flatnonzero(left != np.arange(len(value))):  # parents stand before their children
            for child in (left[node], right[node]):
                moved[child] = moved[node]
                moved[child, group[feature[node]]] += value[child] - value[node]
        return moved


@dataclass(frozen=True)
class LinkageModel(Trained):
    """Two sets of trees, each worth half: shares that are averaged, and log-odds that are added to `start`.

    features: names of the columns it reads, in order; about: how it was trained.
    """

    features: tuple[str, ...]
    averaged: Trees
    added: Trees
    start: float
    about: Mapping[str, Any]

    def scores(self, x: np.ndarray) -> np.ndarray:
        """The probability of each row of `x`."""
        found = [
            0.5 * self._mean(self.averaged, part) + 0.5 * _share(self.start + self._sum(self.added, part))
            for part in _parts(x)
        ]
        return np.concatenate(found) if found else np.empty(0)

    def contributions(self, x: np.ndarray, groups: Sequence[int]) -> tuple[float, np.ndarray]:
        """How each group of features moved the probability from the base; base + row sum is the score.

        Source: the path decomposition of decision trees (Saabas 2014). The part that adds log-odds is turned
        into points of probability by one factor per row, so that it stays additive.
        """
        averaged, added = self.averaged.moves(groups), self.added.moves(groups)
        even, odds = self.averaged.nodes[-1], self.added.nodes[-1]
        base = float(even[self.averaged.roots].mean())
        begun = self.start + float(odds[self.added.roots].sum())
        found = [np.empty((0, averaged.shape[1]))]
        for part in _parts(x):
            ours = averaged[self.averaged.leaves(part)].mean(axis=0)
            theirs = added[self.added.leaves(part)].sum(axis=0)
            whole = theirs.sum(axis=1)
            steep = np.full(len(part), 0.25)
            np.divide(
                _share(begun + whole) - _share(np.array(begun)), whole, out=steep, where=np.abs(whole) > 1e-9
            )
            found.append(0.5 * ours + 0.5 * theirs * steep[:, None])
        return 0.5 * base + 0.5 * float(_share(np.array(begun))), np.concatenate(found)

    def _mean(self, trees: Trees, x: np.ndarray) -> np.ndarray:
        return np.asarray(trees.nodes[-1][trees.leaves(x)].mean(axis=0))

    def _sum(self, trees: Trees, x: np.ndarray) -> np.ndarray:
        return np.asarray(trees.nodes[-1][trees.leaves(x)].sum(axis=0))

    def to_json(self) -> str:
        """The file's text; the same model gives the same text."""
        return json.dumps(
            {
                "format": FORMAT,
                "about": dict(self.about),
                "features": list(self.features),
                "start": self.start,
                "averaged": [_plain(tree) for tree in self.averaged.trees],
                "added": [_plain(tree) for tree in self.added.trees],
            },
            separators=(",", ":"),
        )


def linkage_from_json(text: str) -> LinkageModel:
    """Read a model.

    Raises:
        SchemaMismatch: not a model of this format, or one whose nodes do not fit together.
    """
    try:
        raw = json.loads(text)
        if raw["format"] != FORMAT:
            raise SchemaMismatch(f"the model's format is {raw['format']!r}, expected {FORMAT!r}")
        averaged, added = (
            Trees(tuple(_tree(tree, len(raw["features"])) for tree in raw[name]))
            for name in ("averaged", "added")
        )
        if not averaged.trees or not added.trees:
            raise SchemaMismatch("the model holds no trees")
        return LinkageModel(tuple(raw["features"]), averaged, added, float(raw["start"]), raw["about"])
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise SchemaMismatch(f"this is no model that Concord can read: {error}") from error


@cache
def shipped_linkage() -> LinkageModel:
    """The model that ships with the engine."""
    path = resources.files("concord.engine").joinpath("models/linkage.json")
    return linkage_from_json(path.read_text("utf-8"))


def _parts(x: np.ndarray) -> Iterator[np.ndarray]:
    return (x[begin : begin + _ROWS] for begin in range(0, len(x), _ROWS))


def _share(odds: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -30, 30))))


def _plain(tree: Tree) -> dict[str, Any]:
    inner = tree.feature >= 0
    return {
        "feature": tree.feature.tolist(),
        "threshold": [float(f"{value:.6g}") for value in tree.threshold[inner]],
        "right": tree.right[inner].tolist(),
        "value": [float(f"{value:.4g}") for value in tree.value],
    }


def _tree(raw: Mapping[str, Any], columns: int) -> Tree:
    feature = np.array(raw["feature"], dtype=np.int64)
    inner, size = feature >= 0, len(feature)
    threshold, right = np.zeros(size), np.arange(size)
    threshold[inner], right[inner] = raw["threshold"], raw["right"]
    value = np.array(raw["value"], dtype=np.float64)
    ahead = (right[inner] > np.flatnonzero(inner) + 1) & (right[inner] < size)
    if not (size and ahead.all() and (feature < columns).all() and len(value) == size):
        raise ValueError("a tree's nodes do not fit together")
    if not (np.isfinite(value).all() and np.isfinite(threshold).all()):
        raise ValueError("a number that is none")
    return Tree(feature, threshold, right, value)
