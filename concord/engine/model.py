"""A trained forest as plain numbers in JSON: loaded without running anybody's code, read by anybody."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any, Self

import numpy as np

from concord.kernel.errors import SchemaMismatch

FORMAT = "concord-forest/1"
_ROWS = 1024


@dataclass(frozen=True)
class Tree:
    """One decision tree, nodes in depth-first order: the left child of an inner node is the next node.

    feature: the column an inner node asks, -1 at a leaf; threshold: up to it the answer is "left"; right: the
    right child; counts: how many training rows of each class reached the node. Node 0 is the root.
    """

    feature: np.ndarray
    threshold: np.ndarray
    right: np.ndarray
    counts: np.ndarray


@dataclass(frozen=True)
class _Stack:
    """All trees' nodes in one row of arrays; a leaf leads to itself."""

    roots: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    values: np.ndarray
    depth: int


class Trained:
    """A model that knows which features it was trained on, in their order."""

    features: tuple[str, ...]

    def for_features(self, names: Sequence[str]) -> Self:
        """This model, if it was trained on these features.

        Raises:
            SchemaMismatch: it was trained on others.
        """
        if self.features != tuple(names):
            raise SchemaMismatch(
                "the model was trained on other features than this release compares; train it again"
            )
        return self


@dataclass(frozen=True)
class Forest(Trained):
    """Trees whose class shares are averaged.

    features: names of the columns it reads, in order; classes: names of the columns it gives;
    about: how it was trained (seed, labels' SHA-256, release, figures).
    """

    features: tuple[str, ...]
    classes: tuple[str, ...]
    trees: tuple[Tree, ...]
    about: Mapping[str, Any]

    def leaves(self, x: np.ndarray) -> np.ndarray:
        """The leaf that each row of `x` reaches, per tree: one row per tree, places in the stacked nodes."""
        if len(x) > _ROWS:  # a few rows at a time stay in the processor's own memory: twice as fast
            parts = [self.leaves(x[begin : begin + _ROWS]) for begin in range(0, len(x), _ROWS)]
            return np.concatenate(parts, axis=1)
        stack, cells = self._stack, np.ascontiguousarray(x, dtype=np.float32).ravel()
        node = np.repeat(stack.roots, len(x))
        row = np.tile(np.arange(len(x)) * x.shape[1], len(stack.roots))
        inner = np.arange(len(node))
        for _ in range(stack.depth):  # all trees a step down at once; rows that reached a leaf drop out
            here = node[inner]
            goes_left = cells[row[inner] + stack.feature[here]] <= stack.threshold[here]
            here = np.where(goes_left, stack.left[here], stack.right[here])
            node[inner] = here
            inner = inner[stack.left[here] != here]
        return node.reshape(len(stack.roots), len(x))

    def probabilities(self, leaves: np.ndarray) -> np.ndarray:
        """Shares of the classes for each row whose leaves are given; rows sum to one."""
        total = np.zeros((leaves.shape[1], len(self.classes)))
        for reached in leaves:
            total += self._stack.values[reached]
        return total / max(len(self.trees), 1)

    def contributions(
        self, leaves: np.ndarray, weight: np.ndarray, groups: Sequence[int]
    ) -> tuple[float, np.ndarray]:
        """How each group of features moved the sum of `weight` x class share from the forest's base.

        Returns the base and one row per row of leaves, one column per group; base + row sum is the score.
        Source: the path decomposition of decision trees (Saabas 2014), exact and additive.
        """
        key = (weight.tobytes(), tuple(groups))
        if key not in self._paths:
            self._paths[key] = self._moves(weight, np.asarray(groups))
        base, moved = self._paths[key]
        total = np.zeros((leaves.shape[1], moved.shape[1]))
        for reached in leaves:
            total += moved[reached]
        return base, total / max(len(self.trees), 1)

    @cached_property
    def _paths(self) -> dict[tuple[bytes, tuple[int, ...]], tuple[float, np.ndarray]]:
        """What `_moves` gave: the same for every row, and slower to work out than to add up."""
        return {}

    def _moves(self, weight: np.ndarray, group: np.ndarray) -> tuple[float, np.ndarray]:
        """The base, and how each node's path from its root moved the sum, per group."""
        stack = self._stack
        worth = stack.values @ weight
        moved = np.zeros((len(worth), int(group.max()) + 1))
        for node in np.flatnonzero(
            stack.left != np.arange(len(worth))
        ):  # parents stand before their children
            for child in (stack.left[node], stack.right[node]):
                moved[child] = moved[node]
                moved[child, group[stack.feature[node]]] += worth[child] - worth[node]
        return float(worth[stack.roots].mean()), moved

    @cached_property
    def _stack(self) -> _Stack:
        sizes = [len(tree.feature) for tree in self.trees]
        roots = np.cumsum([0, *sizes])[:-1]
        feature = np.concatenate([tree.feature for tree in self.trees])
        right = np.concatenate([tree.right + root for tree, root in zip(self.trees, roots, strict=True)])
        counts = np.concatenate([tree.counts for tree in self.trees])
        own, inner = np.arange(len(feature)), feature >= 0
        return _Stack(
            roots=roots,
            feature=np.maximum(feature, 0),
            threshold=np.concatenate([tree.threshold for tree in self.trees]).astype(np.float32),
            left=np.where(inner, own + 1, own),
            right=np.where(inner, right, own),
            values=counts / counts.sum(axis=1, keepdims=True),
            depth=max(_depth(tree) for tree in self.trees),
        )

    def to_json(self) -> str:
        """The file's text; the same forest gives the same text."""
        whole = {"format": FORMAT, "about": dict(self.about), "features": list(self.features)}
        return json.dumps(whole | forest_as_plain(self), separators=(",", ":"))


def forest_from_json(text: str) -> Forest:
    """Read a forest.

    Raises:
        SchemaMismatch: not a forest of this format, or one whose nodes do not fit together.
    """
    try:
        raw = json.loads(text)
        if raw["format"] != FORMAT:
            raise SchemaMismatch(f"the model's format is {raw['format']!r}, expected {FORMAT!r}")
        return forest_from_plain(raw, tuple(raw["features"]), raw["about"])
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise SchemaMismatch(f"this is no model that Concord can read: {error}") from error


def forest_as_plain(forest: Forest) -> dict[str, Any]:
    """Classes and trees as numbers for JSON."""
    return {"classes": list(forest.classes), "trees": [_plain(tree) for tree in forest.trees]}


def forest_from_plain(
    raw: Mapping[str, Any], features: tuple[str, ...], about: Mapping[str, Any] | None = None
) -> Forest:
    """Read what `forest_as_plain` gave.

    Raises:
        KeyError, TypeError, ValueError, IndexError: the nodes do not fit together.
    """
    trees = tuple(_tree(tree, len(raw["classes"]), len(features)) for tree in raw["trees"])
    if not trees:
        raise ValueError("it holds no trees")
    return Forest(features, tuple(raw["classes"]), trees, about or {})


@cache
def shipped(name: str) -> Forest:
    """The forest that ships with the engine: "coverage"."""
    return forest_from_json(
        resources.files("concord.engine").joinpath(f"models/{name}.json").read_text("utf-8")
    )


def _depth(tree: Tree) -> int:
    depth = np.zeros(len(tree.feature), dtype=np.int64)
    for node in np.flatnonzero(tree.feature >= 0):
        depth[node + 1] = depth[tree.right[node]] = depth[node] + 1
    return int(depth.max())


def _plain(tree: Tree) -> dict[str, Any]:
    inner = tree.feature >= 0
    return {
        "feature": tree.feature.tolist(),
        "threshold": [float(f"{value:.6g}") for value in tree.threshold[inner]],
        "right": tree.right[inner].tolist(),
        "counts": tree.counts[~inner].tolist(),
    }


def _tree(raw: Mapping[str, Any], classes: int, columns: int) -> Tree:
    feature = np.array(raw["feature"], dtype=np.int64)
    inner, size = feature >= 0, len(feature)
    threshold, right = np.zeros(size), np.arange(size)
    threshold[inner], right[inner] = raw["threshold"], raw["right"]
    counts = np.zeros((size, classes), dtype=np.int64)
    counts[~inner] = np.array(raw["counts"], dtype=np.int64).reshape(-1, classes)
    ahead = (right[inner] > np.flatnonzero(inner) + 1) & (right[inner] < size)
    if not (size and ahead.all() and (feature < columns).all() and (counts >= 0).all()):
        raise ValueError("a tree's nodes do not fit together")
    for node in np.flatnonzero(inner)[::-1]:
        counts[node] = counts[node + 1] + counts[right[node]]
    if not counts.sum(axis=1).all():
        raise ValueError("a leaf that no training row reached")
    return Tree(feature, threshold, right, counts)
