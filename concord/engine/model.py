"""A trained forest as plain numbers in JSON: loaded without running anybody's code, read by anybody."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any

import numpy as np

from concord.kernel.errors import SchemaMismatch

FORMAT = "concord-forest/1"


@dataclass(frozen=True)
class Tree:
    """One decision tree. Node 0 is the root; `left[n]` < 0 marks a leaf; `values` sum to one per node."""

    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    values: np.ndarray


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


@dataclass(frozen=True)
class Forest:
    """Trees whose class shares are averaged.

    features: names of the columns it reads, in order; classes: names of the columns it gives;
    about: how it was trained (seed, labels' SHA-256, release, figures).
    """

    features: tuple[str, ...]
    classes: tuple[str, ...]
    trees: tuple[Tree, ...]
    about: Mapping[str, Any]

    def for_features(self, names: Sequence[str]) -> Forest:
        """This forest, if it was trained on these features.

        Raises:
            SchemaMismatch: it was trained on others.
        """
        if self.features != tuple(names):
            raise SchemaMismatch("the model was trained on other features than this release compares; train it again")
        return self

    def leaves(self, x: np.ndarray) -> np.ndarray:
        """The leaf that each row of `x` reaches, per tree: one row per tree, places in the stacked nodes."""
        x = x.astype(np.float32)
        stack = self._stack
        node = np.repeat(stack.roots[:, None], len(x), axis=1)
        rows = np.arange(len(x))[None, :]
        for _ in range(stack.depth):
            goes_left = x[rows, stack.feature[node]] <= stack.threshold[node]
            node = np.where(goes_left, stack.left[node], stack.right[node])
        return node

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
        stack, group = self._stack, np.asarray(groups)
        worth = stack.values @ weight
        moved = np.zeros((len(worth), int(group.max()) + 1))
        for node in np.flatnonzero(stack.left != np.arange(len(worth))):  # parents stand before their children
            for child in (stack.left[node], stack.right[node]):
                moved[child] = moved[node]
                moved[child, group[stack.feature[node]]] += worth[child] - worth[node]
        total = np.zeros((leaves.shape[1], moved.shape[1]))
        for reached in leaves:
            total += moved[reached]
        return float(worth[stack.roots].mean()), total / max(len(self.trees), 1)

    @cached_property
    def _stack(self) -> _Stack:
        offsets = np.cumsum([0, *(len(tree.feature) for tree in self.trees)])[:-1]
        own = [np.arange(len(tree.feature)) for tree in self.trees]
        return _Stack(
            roots=offsets.astype(np.int64),
            feature=np.concatenate([tree.feature for tree in self.trees]),
            threshold=np.concatenate([tree.threshold for tree in self.trees]).astype(np.float32),
            left=np.concatenate([np.where(t.left < 0, n, t.left) + o for t, n, o in zip(self.trees, own, offsets, strict=True)]),
            right=np.concatenate([np.where(t.left < 0, n, t.right) + o for t, n, o in zip(self.trees, own, offsets, strict=True)]),
            values=np.concatenate([tree.values for tree in self.trees]),
            depth=max(_depth(tree) for tree in self.trees),
        )

    def to_json(self) -> str:
        """The file's text; the same forest gives the same text."""
        return json.dumps(
            {
                "format": FORMAT,
                "about": dict(self.about),
                "features": list(self.features),
                "classes": list(self.classes),
                "trees": [_plain(tree) for tree in self.trees],
            },
            separators=(",", ":"),
        )


def forest_from_json(text: str) -> Forest:
    """Read a forest.

    Raises:
        SchemaMismatch: not a forest of this format, or one whose nodes do not fit together.
    """
    try:
        raw = json.loads(text)
        if raw["format"] != FORMAT:
            raise SchemaMismatch(f"the model's format is {raw['format']!r}, expected {FORMAT!r}")
        trees = tuple(_tree(tree, len(raw["classes"])) for tree in raw["trees"])
        return Forest(tuple(raw["features"]), tuple(raw["classes"]), trees, raw["about"])
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise SchemaMismatch(f"this is no model that Concord can read: {error}") from error


@cache
def shipped(name: str) -> Forest:
    """The forest that ships with the engine: "relations" or "coverage"."""
    return forest_from_json(
        resources.files("concord.engine").joinpath(f"models/{name}.json").read_text("utf-8")
    )


def _depth(tree: Tree) -> int:
    depth = np.zeros(len(tree.feature), dtype=np.int64)
    for node in np.flatnonzero(tree.left >= 0):
        depth[tree.left[node]] = depth[tree.right[node]] = depth[node] + 1
    return int(depth.max())


def _plain(tree: Tree) -> dict[str, Any]:
    return {
        "feature": tree.feature.tolist(),
        "threshold": [float(f"{value:.7g}") for value in tree.threshold],
        "left": tree.left.tolist(),
        "right": tree.right.tolist(),
        "values": [[round(float(share), 4) for share in shares] for shares in tree.values],
    }


def _tree(raw: Mapping[str, Any], classes: int) -> Tree:
    tree = Tree(
        np.array(raw["feature"], dtype=np.int64),
        np.array(raw["threshold"], dtype=np.float64),
        np.array(raw["left"], dtype=np.int64),
        np.array(raw["right"], dtype=np.int64),
        np.array(raw["values"], dtype=np.float64).reshape(-1, classes),
    )
    size = len(tree.feature)
    inner = tree.left >= 0
    forward = (tree.left[inner] > np.flatnonzero(inner)) & (tree.right[inner] > np.flatnonzero(inner))
    within = (tree.left[inner] < size) & (tree.right[inner] < size) & (tree.feature[inner] >= 0)
    if not (forward.all() and within.all() and len(tree.values) == size):
        raise ValueError("a tree's nodes do not fit together")
    return tree
