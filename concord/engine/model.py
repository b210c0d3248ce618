"""A trained forest as plain numbers in JSON: loaded without running anybody's code, read by anybody."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
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
class Forest:
    """Trees whose class shares are averaged.

    features: names of the columns it reads, in order; classes: names of the columns it gives;
    about: how it was trained (seed, labels' SHA-256, release, figures).
    """

    features: tuple[str, ...]
    classes: tuple[str, ...]
    trees: tuple[Tree, ...]
    about: Mapping[str, Any]

    def probabilities(self, x: np.ndarray) -> np.ndarray:
        """Shares of the classes for each row of `x`; rows sum to one."""
        x = x.astype(np.float32)
        total = np.zeros((len(x), len(self.classes)))
        for tree in self.trees:
            total += tree.values[_walk(tree, x)[-1]]
        return total / max(len(self.trees), 1)

    def contributions(self, x: np.ndarray, weight: np.ndarray, groups: Sequence[int]) -> tuple[float, np.ndarray]:
        """How each group of features moved the sum of `weight` x class share from the forest's base.

        Returns the base and one row per row of x, one column per group; base + row sum is the score.
        Source: the path decomposition of decision trees (Saabas 2014), exact and additive.
        """
        x = x.astype(np.float32)
        group = np.asarray(groups)
        moved = np.zeros((len(x), int(group.max()) + 1 if len(group) else 0))
        base = 0.0
        every = np.arange(len(x))
        for tree in self.trees:
            worth = tree.values @ weight
            base += float(worth[0])
            path = _walk(tree, x)
            for node, following in zip(path, path[1:], strict=False):
                inner = node != following
                rows = every[inner]
                moved[rows, group[tree.feature[node[inner]]]] += worth[following[inner]] - worth[node[inner]]
        count = max(len(self.trees), 1)
        return base / count, moved / count

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
    return forest_from_json(resources.files("concord.engine").joinpath(f"models/{name}.json").read_text("utf-8"))


def _walk(tree: Tree, x: np.ndarray) -> list[np.ndarray]:
    """The node each row stands on, step by step from the root; rows that reached a leaf stay there."""
    node = np.zeros(len(x), dtype=np.int64)
    path = [node]
    rows = np.arange(len(x))
    while True:
        inner = tree.left[node] >= 0
        if not inner.any():
            return path
        goes_left = x[rows, tree.feature[node]] <= tree.threshold[node]
        node = np.where(inner, np.where(goes_left, tree.left[node], tree.right[node]), node)
        path.append(node)


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
