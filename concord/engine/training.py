"""Learn the forests from labelled pairs, and try honestly how well they do. Needs scikit-learn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import version
from typing import Any

import numpy as np
import pyarrow as pa

from concord.engine import coverage, coverage_features, features
from concord.engine.affinity import fitted, fitted_together
from concord.engine.coverage_features import Both
from concord.engine.features import compare
from concord.engine.model import Forest, Tree
from concord.engine.profile import PROFILE, profiles
from concord.engine.reading import Reading
from concord.engine.relation_model import CLASSES, KINDS, RelationModel
from concord.kernel.errors import BadInput

#: The seed of the shipped forests and of the folds that are reported.
SEED = 3
FOLDS = 5
#: "Today" while training, so that the same labels give the same forest in any year.
TRAINING_DAY = date(2026, 1, 1)
RELATION_CLASSES = CLASSES["related"]
#: Topics count half as much again as other columns of a profile.
_UNIT = np.array([1.5 if name.startswith("topics:") else 1.0 for name in PROFILE])
#: What a label read by two people and settled by a third counts, and what one of a further set of made-up
#: actions counts beside it. Whole numbers, as the trees count rows. Source: docs/adr/0030, five folds.
FULL, FURTHER = 4, 1
_STRENGTHS = {"0": 0, "1": 1, "2": 2}


@dataclass(frozen=True)
class Settings:
    """How a forest is grown: trees, rows a leaf holds at least, share of features tried per split."""

    trees: int
    leaf: int
    share: float


#: Chosen by cross-validation on the development labels, see docs/methods.
RELATED = Settings(trees=100, leaf=2, share=0.15)
HOW = Settings(trees=60, leaf=1, share=0.3)
COVERAGE = Settings(trees=100, leaf=3, share=0.3)


@dataclass(frozen=True)
class RelationLabels:
    """Labelled pairs of actions: features, place of the class, places of the two actions.

    profiles: one row per action, see `profile.PROFILE`. weight: what each pair counts, FULL or less.
    """

    x: np.ndarray
    classes: np.ndarray
    a: np.ndarray
    b: np.ndarray
    ids: tuple[str, ...]
    profiles: np.ndarray
    weight: np.ndarray

    def only(self, chosen: np.ndarray) -> RelationLabels:
        """The pairs at these places (or where true)."""
        return replace(
            self,
            x=self.x[chosen],
            classes=self.classes[chosen],
            a=self.a[chosen],
            b=self.b[chosen],
            weight=self.weight[chosen],
        )


@dataclass(frozen=True)
class CoverageLabels:
    """Every action beside every labelled need: features, strength (-1: readers differed), places of both."""

    x: np.ndarray
    strength: np.ndarray
    need: np.ndarray
    action: np.ndarray
    need_ids: tuple[str, ...]
    action_ids: tuple[str, ...]


def relation_labels(
    actions: pa.Table, labels: Sequence[Mapping[str, str]], weight: int = FULL
) -> RelationLabels:
    """Compare the labelled pairs, with the statistics of their own set as in any run over a set.

    Args:
        actions: ACTIONS; labels: rows with id_a, id_b and kind (a relation's kind, or "none"); weight: what
            each of these labels counts.

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
    every = profiles(reading, np.arange(len(ids)))
    counts = np.full(len(labels), weight, dtype=np.int64)
    return RelationLabels(compare(reading, a, b), classes, a, b, ids, every, counts)


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


def train_relations(labels: RelationLabels, about: Mapping[str, Any], seed: int = SEED) -> RelationModel:
    """The model that ships: learnt from all labelled pairs. A kind without labels is never proposed."""
    related = labels.classes < len(KINDS)
    parts = _questions(labels.classes, labels.weight)
    forests = {
        name: grow(
            labels.x[rows],
            classes[rows],
            features.FEATURES,
            CLASSES[name],
            RELATED if name == "related" else HOW,
            seed=seed,
            weight=labels.weight[rows],
        )
        for name, (rows, classes) in parts.items()
    }
    x, counts = labels.x.astype(np.float64), labels.weight / FULL
    sums = {
        name: fitted(x[rows], 1.0 * (classes[rows] == 0), counts[rows])
        for name, (rows, classes) in parts.items()
    }
    sums["related"], together = fitted_together(
        x, 1.0 * related, labels.profiles, labels.a, labels.b, _UNIT, counts
    )
    told = {name: forest.about for name, forest in forests.items()}
    how = {"seed": seed, "rows": len(labels.x), "forests": told, "scikit_learn": version("scikit-learn")}
    return RelationModel(features.FEATURES, forests, sums, together, {**about, **how})


def _questions(kind: np.ndarray, weight: np.ndarray) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """For each question the pairs that it is learnt from, and the place of the class of every pair.

    Overlap or synergy is learnt from full labels alone, if there are any: the readers of the further sets
    draw that line elsewhere, and with theirs 78 of 100 pairs were right rather than 80 (docs/adr/0030).
    """
    related, line = kind < len(KINDS), kind < len(CLASSES["same"])
    apart = related & ~line
    full = apart & (weight == FULL)
    parts = {
        "related": (np.ones(len(kind), dtype=bool), kind),
        "line": (related, 1 - line),
        "same": (line, kind),
        "apart": (full if full.any() else apart, kind - len(CLASSES["same"])),
    }
    # A question that no pair answers is answered by its second class.
    nobody = np.ones(len(kind), dtype=bool), np.ones(len(kind), dtype=np.int64)
    return {name: part if part[0].any() else nobody for name, part in parts.items()}


def train_coverage(labels: CoverageLabels, about: Mapping[str, Any], seed: int = SEED) -> Forest:
    """The forest that ships: grown on all judged needs, unsure pairs left out."""
    sure = labels.strength >= 0
    names = coverage_features.FEATURES, coverage.CLASSES
    return grow(labels.x[sure], labels.strength[sure], *names, COVERAGE, seed=seed, about=about)


def joined(labels: RelationLabels, also: RelationLabels) -> RelationLabels:
    """Both in one, the first's rows first. An id that both name is the same action."""
    place = {key: no for no, key in enumerate(labels.ids)}
    added = []  # two of them may be one action: each id has one profile, the first
    for number, key in enumerate(also.ids):
        if key not in place:
            place[key] = len(place)
            added.append(number)
    moved = np.array([place[key] for key in also.ids], dtype=np.int64)
    return RelationLabels(
        np.concatenate([labels.x, also.x]),
        np.concatenate([labels.classes, also.classes]),
        np.concatenate([labels.a, moved[also.a]]),
        np.concatenate([labels.b, moved[also.b]]),
        tuple(place),
        np.vstack([labels.profiles, also.profiles[added]]),
        np.concatenate([labels.weight, also.weight]),
    )


def cross_validate_relations(
    labels: RelationLabels, seed: int = SEED, also: RelationLabels | None = None
) -> Iterator[dict[str, Any]]:
    """Score each labelled pair by a forest that saw neither of its actions: rows id_a, id_b, kind, score.

    Five folds of actions; a pair is tested in the fold of its id_a, and trained on only if neither action
    is in the test fold. Source: relations-protocol, issue 3 item 6.

    also: further labels, never tested on; they train in each fold that tests none of their actions.
    """
    whole = joined(labels, also) if also else labels
    fold = np.full(len(whole.ids), -1)
    fold[: len(labels.ids)] = _folds(len(labels.ids), seed)
    for number in range(FOLDS):
        tested = labels.only(fold[labels.a] == number)
        model = train_relations(whole.only((fold[whole.a] != number) & (fold[whole.b] != number)), {}, seed)
        verdict = model.verdict(tested.x, tested.profiles, tested.a, tested.b)
        kinds = verdict.kinds(np.arange(len(tested.a)))
        for place, (score, share) in enumerate(zip(verdict.score, kinds, strict=True)):
            yield {
                "id_a": labels.ids[tested.a[place]],
                "id_b": labels.ids[tested.b[place]],
                "kind": KINDS[int(share.argmax())],
                "score": float(score),
                **{f"p_{name}": round(float(share[at]), 6) for at, name in enumerate(KINDS)},
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
    weight: np.ndarray | None = None,
) -> Forest:
    """Fit extremely randomised trees; the same rows, settings, seed and scikit-learn give the same forest.

    weight: how often each row counts, a whole number; once if not given.

    Source: Geurts, Ernst and Wehenkel, Extremely randomized trees, Machine Learning 63 (2006).
    """
    from sklearn.ensemble import ExtraTreesClassifier  # slow to import, and needed here alone

    learner = ExtraTreesClassifier(
        n_estimators=settings.trees,
        min_samples_leaf=settings.leaf,
        max_features=settings.share,
        random_state=seed,
    )
    learner.fit(x.astype(np.float32), labels, sample_weight=weight)
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
