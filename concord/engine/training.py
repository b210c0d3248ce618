"""Learn the shipped forests from labelled pairs. Needs scikit-learn; running the engine does not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from concord.engine.model import Forest, Tree

SEED = 3


def train_forest(
    x: np.ndarray,
    labels: np.ndarray,
    *,
    features: Sequence[str],
    classes: Sequence[str],
    about: dict[str, Any],
    weights: np.ndarray | None = None,
    trees: int = 200,
    leaf: int = 2,
    share: float = 0.3,
    seed: int = SEED,
) -> Forest:
    """Fit extremely randomised trees on labelled rows.

    Args:
        x: one row per labelled pair; labels: places in `classes`; weights: how much each row counts.
        trees, leaf, share: number of trees, rows a leaf holds at least, share of features tried per split.

    Returns:
        the same forest for the same input, seed and release of scikit-learn.

    Source: Geurts, Ernst and Wehenkel, Extremely randomized trees, Machine Learning 63 (2006).
    """
    from sklearn.ensemble import ExtraTreesClassifier  # noqa: PLC0415  slow to import, needed here alone

    learner = ExtraTreesClassifier(
        n_estimators=trees, min_samples_leaf=leaf, max_features=share, random_state=seed, n_jobs=1
    )
    learner.fit(x.astype(np.float32), labels, sample_weight=weights)
    grown = tuple(_tree(found.tree_, learner.classes_, len(classes)) for found in learner.estimators_)
    return Forest(tuple(features), tuple(classes), grown, about)


def _tree(grown: Any, present: np.ndarray, classes: int) -> Tree:
    shares = grown.value[:, 0, :] / grown.value[:, 0, :].sum(axis=1, keepdims=True)
    values = np.zeros((len(shares), classes))
    values[:, present] = shares
    leaf = grown.children_left < 0
    return Tree(
        np.where(leaf, 0, grown.feature).astype(np.int64),
        np.where(leaf, 0.0, grown.threshold),
        grown.children_left.astype(np.int64),
        grown.children_right.astype(np.int64),
        values,
    )
