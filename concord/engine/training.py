"""Learn the forests from labelled pairs, and try honestly how well they do. Needs scikit-learn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import Any

import numpy as np
import pyarrow as pa

from concord.engine import coverage, coverage_features, features, relations
from concord.engine.coverage_features import Both
from concord.engine.features import compare
from concord.engine.model import Forest, Tree
from concord.engine.reading import Reading
from concord.kernel.errors import BadInput

#: The seed of the shipped forests and of the folds that are reported.
SEED = 3
FOLDS = 5
#: "Today" while training, so that the same labels give the same forest in any year.
TRAINING_DAY = date(2026, 1, 1)
RELATION_CLASSES = (*relations.KINDS, relations.NONE)
_STRENGTHS = {"0": 0, "1": 1, "2": 2}


@dataclass(frozen=True)
class Settings:
    """How a forest is grown: trees, rows a leaf holds at least, share of features tried per split."""

    trees: int
    leaf: int
    share: float


#: Chosen by cross-validation on the development labels, see docs/methods.
RELATIONS = Settings(trees=120, leaf=1, share=0.15)
COVERAGE = Settings(trees=100, leaf=3, share=0.3)


@dataclass(frozen=True)
class RelationLabels:
    """Labelled pairs of actions: features, place of the class, places of the two actions."""

    x: np.ndarray
    classes: np.ndarray
    a: np.ndarray
    b: np.ndarray
    ids: tuple[str, ...]


@dataclass(frozen=True)
class CoverageLabels:
    """Every action beside every labelled need: features, strength (-1: readers differed), places of both."""

    x: np.ndarray
    strength: np.ndarray
    need: np.ndarray
    action: np.ndarray
    need_ids: tuple[str, ...]
    action_ids: tuple[str, ...]


def relation_labels(actions: pa.Table, labels: Sequence[Mapping[str, str]]) -> RelationLabels:
    """Compare the labelled pairs.

    Args:
        actions: ACTIONS; labels: rows with id_a, id_b and kind (a relation's kind, or "none").

    Raises:
        BadInput: a label names an action that is not there, or a kind that does not exist.
    """
    reading = Reading.of(actions, TRAINING_DAY)
    ids = tuple(row["id"] for row in reading.rows)
    place = {key: no for no, key in enumerate(ids)}
    try:
        a = np.array([place[min(row["id_a"], row["id_b"])] for row in labels], dtype=np.int64)
        b = np.array([place[max(row["id_a"], row["id_b"])] for row in labels], dtype=np.int64)
        classes = np.array([RELATION_CLASSES.index(row["kind"]) for row in labels], dtype=np.int64)
    except (KeyError, ValueError) as error:
        raise BadInput(f"the labels do not fit the actions: {error}") from error
    return RelationLabels(compare(reading, a, b), classes, a, b, ids)


def coverage_labels(
    actions: pa.Table, needs: pa.Table, links: Sequence[Mapping[str, str]], judged: Sequence[str]
) -> CoverageLabels:
    """Compare every action with every judged need; a pair that `links` does not name is no link.

    Args:
        links: rows with need_id, action_id and strength (2, 1 or unsure); judged: ids of the judged needs.
    """
    both = Both(needs, Reading.of(actions, TRAINING_DAY))
    need_ids = tuple(need["id"] for need in both.needs)
    action_ids = tuple(row["id"] for row in both.reading.rows)
    own = np.array([need_ids.index(key) for key in sorted(judged)], dtype=np.int64)
    need, action = np.repeat(own, len(action_ids)), np.tile(np.arange(len(action_ids)), len(own))
    said = {(row["need_id"], row["action_id"]): _STRENGTHS.get(row["strength"], -1) for row in links}
    strength = [said.get((need_ids[n], action_ids[a]), 0) for n, a in zip(need, action, strict=True)]
    return CoverageLabels(both.features(need, action), np.array(strength), need, action, need_ids, action_ids)


def train_relations(labels: RelationLabels, about: Mapping[str, Any], seed: int = SEED) -> Forest:
    """The forest that ships: grown on all labelled pairs."""
    names = features.FEATURES, RELATION_CLASSES
    return grow(labels.x, labels.classes, *names, RELATIONS, seed=seed, about=about)


def train_coverage(labels: CoverageLabels, about: Mapping[str, Any], seed: int = SEED) -> Forest:
    """The forest that ships: grown on all judged needs, unsure pairs left out."""
    sure = labels.strength >= 0
    names = coverage_features.FEATURES, coverage.CLASSES
    return grow(labels.x[sure], labels.strength[sure], *names, COVERAGE, seed=seed, about=about)


def cross_validate_relations(labels: RelationLabels, seed: int = SEED) -> Iterator[dict[str, Any]]:
    """Score each labelled pair by a forest that saw neither of its actions: rows id_a, id_b, kind, score.

    Five folds of actions; a pair is tested in the fold of its id_a, and trained on only if neither action
    is in the test fold. Source: relations-protocol, issue 3 item 6.
    """
    fold = _folds(len(labels.ids), seed)
    for number in range(FOLDS):
        tested = np.flatnonzero(fold[labels.a] == number)
        seen = (fold[labels.a] != number) & (fold[labels.b] != number)
        names = features.FEATURES, RELATION_CLASSES
        forest = grow(labels.x[seen], labels.classes[seen], *names, RELATIONS, seed=seed)
        shares = forest.probabilities(forest.leaves(labels.x[tested]))
        for place, share in zip(tested, shares, strict=True):
            yield {
                "id_a": labels.ids[labels.a[place]],
                "id_b": labels.ids[labels.b[place]],
                "kind": relations.KINDS[int(share[:-1].argmax())],
                "score": round(float(1 - share[-1]), 6),
            }


def cross_validate_coverage(labels: CoverageLabels, seed: int = SEED) -> Iterator[dict[str, Any]]:
    """Score each action beside each judged need by a forest that never saw the need: five folds of needs."""
    judged = np.unique(labels.need)
    fold = np.full(len(labels.need_ids), -1)
    fold[judged] = _folds(len(judged), seed)
    for number in range(FOLDS):
        tested = np.flatnonzero(fold[labels.need] == number)
        seen = (fold[labels.need] != number) & (labels.strength >= 0)
        names = coverage_features.FEATURES, coverage.CLASSES
        forest = grow(labels.x[seen], labels.strength[seen], *names, COVERAGE, seed=seed)
        scores = forest.probabilities(forest.leaves(labels.x[tested])) @ coverage.WORTH
        for place, score in zip(tested, scores, strict=True):
            yield {
                "need_id": labels.need_ids[labels.need[place]],
                "action_id": labels.action_ids[labels.action[place]],
                "score": round(float(score), 6),
            }


def grow(
    x: np.ndarray,
    labels: np.ndarray,
    columns: Sequence[str],
    classes: Sequence[str],
    settings: Settings,
    *,
    seed: int,
    about: Mapping[str, Any] | None = None,
) -> Forest:
    """Fit extremely randomised trees; the same rows, settings, seed and scikit-learn give the same forest.

    Source: Geurts, Ernst and Wehenkel, Extremely randomized trees, Machine Learning 63 (2006).
    """
    from sklearn.ensemble import ExtraTreesClassifier  # slow to import, and needed here alone

    learner = ExtraTreesClassifier(
        n_estimators=settings.trees,
        min_samples_leaf=settings.leaf,
        max_features=settings.share,
        random_state=seed,
    )
    learner.fit(x.astype(np.float32), labels)
    trees = tuple(_tree(grown.tree_, learner.classes_, len(classes)) for grown in learner.estimators_)
    how = {
        "trees": settings.trees,
        "leaf": settings.leaf,
        "share": settings.share,
        "seed": seed,
        "rows": len(x),
    }
    return Forest(
        tuple(columns),
        tuple(classes),
        trees,
        {**(about or {}), **how, "scikit_learn": version("scikit-learn")},
    )


def _tree(grown: Any, present: np.ndarray, classes: int) -> Tree:
    """scikit-learn lays nodes depth first, the left child after its parent, as Tree does."""
    shares = grown.value[:, 0, :] / grown.value[:, 0, :].sum(axis=1, keepdims=True)
    counts = np.zeros((grown.node_count, classes), dtype=np.int64)
    counts[:, present] = np.rint(shares * grown.weighted_n_node_samples[:, None]).astype(np.int64)
    leaf = grown.children_left < 0
    return Tree(
        feature=np.where(leaf, -1, grown.feature).astype(np.int64),
        threshold=np.where(leaf, 0.0, grown.threshold),
        right=np.where(leaf, np.arange(grown.node_count), grown.children_right).astype(np.int64),
        counts=counts,
    )


def _folds(count: int, seed: int) -> np.ndarray:
    """A fold for each of `count` things in their order, as even as can be."""
    fold = np.empty(count, dtype=np.int64)
    fold[np.random.default_rng(seed).permutation(count)] = np.arange(count) % FOLDS
    return fold
