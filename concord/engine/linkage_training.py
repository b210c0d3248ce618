"""Learn the model of matching from known pairs, and try honestly how well it does. Needs scikit-learn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from concord.engine.linkage_candidates import candidate_pairs
from concord.engine.linkage_features import FEATURES, compare
from concord.engine.linkage_model import LinkageModel, Tree, Trees
from concord.engine.linkage_reading import Both
from concord.kernel.errors import BadInput

#: The seed of the shipped model, of the folds that are reported and of who loses its partner.
SEED = 3
FOLDS = 5
#: What a pair counts whose left record has lost its partner. Chosen by cross-validation.
LOST_WEIGHT = 0.3
#: Pairs ranked from here on are not learnt from unless they are true: they are many and all alike.
LEARNT_RANK = 8
_AVERAGED = {"n_estimators": 200, "min_samples_leaf": 2, "max_features": 0.3}
_ADDED = {
    "n_estimators": 200, "learning_rate": 0.06, "max_depth": 4, "subsample": 0.5, "max_features": 0.25,
    "min_samples_leaf": 8,
}  # fmt: skip


@dataclass(frozen=True)
class Known:
    """Candidate pairs of two sides with what is known of them.

    left, right: places in left_ids and right_ids; same: whether they are one project; open: "related" pairs,
    which are neither, left out of training and judging; lost: whether the left record's partners have been
    taken away.
    """

    x: np.ndarray
    left: np.ndarray
    right: np.ndarray
    left_ids: np.ndarray
    right_ids: np.ndarray
    same: np.ndarray
    open: np.ndarray
    lost: np.ndarray

    @property
    def learnt(self) -> np.ndarray:
        """The pairs that training looks at."""
        near = self.x[:, FEATURES.index("rank")] < LEARNT_RANK
        return np.asarray((near | self.same) & ~self.open)


@dataclass(frozen=True)
class Material:
    """The pairs as they came, and twice with half of the left records' partners taken away, each once."""

    whole: Known
    withheld: tuple[Known, ...]


def linkage_material(
    left: pa.Table, right: pa.Table, truth: Sequence[Mapping[str, str]], seed: int = SEED
) -> Material:
    """Compare the candidates of the two sides as they are and with partners withheld.

    Args:
        left, right: RECORDS; truth: rows with left_id, right_id and kind ("same" or "related").

    Raises:
        BadInput: the truth names a record that is not there.
    """
    same = {(row["left_id"], row["right_id"]) for row in truth if row["kind"] == "same"}
    related = {(row["left_id"], row["right_id"]) for row in truth} - same
    known = set(left["id"].to_pylist()), set(right["id"].to_pylist())
    for one, other in sorted(same | related):
        if one not in known[0] or other not in known[1]:
            raise BadInput(f"the known pair {one}, {other} names a record that is not there")
    partnered = sorted({one for one, _ in same})
    order = np.random.default_rng(seed).permutation(len(partnered))
    withheld = []
    for half in (0, 1):
        gone = frozenset(partnered[place] for place in order[half::2])
        taken = pa.array(sorted({other for one, other in same if one in gone}), pa.string())
        rest = right.filter(pc.invert(pc.is_in(right["id"], value_set=taken)))
        withheld.append(_known(left, rest, same, related, gone))
    return Material(_known(left, right, same, related, frozenset()), tuple(withheld))


def train_linkage(material: Material, about: Mapping[str, Any], seed: int = SEED) -> LinkageModel:
    """The model that ships: grown on all known pairs."""
    return _grow(material, np.ones(len(material.whole.left_ids), dtype=bool), seed, about)


def cross_validate_linkage(material: Material, seed: int = SEED) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    """Scores of all pairs by models that never saw their left record: five folds of left records.

    Returns the scores of the whole set's pairs, and of the pairs of each set with partners withheld; the left
    records of a fold are new to the model in all of them.
    """
    fold = fold_of(len(material.whole.left_ids), seed)
    found = [np.zeros(len(known.left)) for known in (material.whole, *material.withheld)]
    for number in range(FOLDS):
        model = _grow(material, fold != number, seed, {})
        for known, scores in zip((material.whole, *material.withheld), found, strict=True):
            tested = fold[known.left] == number
            scores[tested] = model.scores(known.x[tested])
    return found[0], tuple(found[1:])


def scored_rows(known: Known, scores: np.ndarray) -> Iterator[dict[str, Any]]:
    """Rows left_id, right_id, score, as the judge reads them."""
    for i, j, score in zip(known.left, known.right, scores, strict=True):
        yield {"left_id": known.left_ids[i], "right_id": known.right_ids[j], "score": round(float(score), 6)}


def best_of_each(known: Known, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Score of each left record's best pair and whether it is true; where it is "related" it is left out."""
    order = np.lexsort((known.right, -scores, known.left))
    first = order[np.r_[True, known.left[order][1:] != known.left[order][:-1]]] if len(order) else order
    first = first[~known.open[first]]
    return scores[first], known.same[first]


def fold_of(count: int, seed: int) -> np.ndarray:
    """A fold for each of `count` left records in the order of their ids, as even as can be."""
    fold = np.empty(count, dtype=np.int64)
    fold[np.random.default_rng(seed).permutation(count)] = np.arange(count) % FOLDS
    return fold


def _known(
    left: pa.Table,
    right: pa.Table,
    same: set[tuple[str, str]],
    related: set[tuple[str, str]],
    gone: frozenset[str],
) -> Known:
    both = Both(left, right)
    a, b = candidate_pairs(both)
    pairs = list(zip(both.left.ids[a], both.right.ids[b], strict=True))
    return Known(
        x=compare(both, a, b),
        left=a,
        right=b,
        left_ids=both.left.ids,
        right_ids=both.right.ids,
        same=np.array([pair in same for pair in pairs], dtype=bool),
        open=np.array([pair in related for pair in pairs], dtype=bool),
        lost=np.array([one in gone for one, _ in pairs], dtype=bool),
    )


def _grow(material: Material, seen: np.ndarray, seed: int, about: Mapping[str, Any]) -> LinkageModel:
    """Fit both sets of trees on the left records that `seen` marks.

    Source: Geurts, Ernst and Wehenkel, Extremely randomized trees (2006); Friedman, Stochastic gradient
    boosting (2002).
    """
    from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier  # slow to import

    x, same, weight = _rows(material, seen)
    even = ExtraTreesClassifier(random_state=seed, **_AVERAGED).fit(x, same, sample_weight=weight)
    steps = GradientBoostingClassifier(random_state=seed, **_ADDED).fit(x, same, sample_weight=weight)
    share = float(np.average(same, weights=weight))
    return LinkageModel(
        FEATURES,
        Trees(tuple(_tree(grown.tree_, _class_shares(grown.tree_)) for grown in even.estimators_)),
        Trees(
            tuple(
                _tree(grown.tree_, grown.tree_.value[:, 0, 0] * _ADDED["learning_rate"])
                for grown in steps.estimators_[:, 0]
            )
        ),
        float(np.log(share / (1 - share))),
        {
            **about,
            "seed": seed,
            "pairs": len(x),
            "averaged": _AVERAGED,
            "added": _ADDED,
            "lost_weight": LOST_WEIGHT,
            "scikit_learn": version("scikit-learn"),
        },
    )


def _rows(material: Material, seen: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features, whether true and weight of what is learnt from."""
    whole = material.whole
    own = whole.learnt & seen[whole.left]
    x, same, weight = [whole.x[own]], [whole.same[own]], [np.ones(int(own.sum()))]
    for known in material.withheld:
        lost = known.learnt & known.lost & seen[known.left]
        x.append(known.x[lost])
        same.append(known.same[lost])
        weight.append(np.full(int(lost.sum()), LOST_WEIGHT))
    return np.vstack(x), np.concatenate(same), np.concatenate(weight)


def _class_shares(grown: Any) -> np.ndarray:
    counts = grown.value[:, 0, :]
    return np.asarray(counts[:, 1] / counts.sum(axis=1))


def _tree(grown: Any, value: np.ndarray) -> Tree:
    """scikit-learn lays nodes depth first, the left child after its parent, as Tree does."""
    leaf = grown.children_left < 0
    return Tree(
        feature=np.where(leaf, -1, grown.feature).astype(np.int64),
        threshold=np.where(leaf, 0.0, grown.threshold),
        right=np.where(leaf, np.arange(grown.node_count), grown.children_right).astype(np.int64),
        value=value.astype(np.float64),
    )
