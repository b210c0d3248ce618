"""What judges a pair: whether the two are related, and how; each answer by a forest and by a weighed sum."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any

import numpy as np

from concord.engine.affinity import Logistic, Together, probability, shared_out
from concord.engine.model import Forest, Trained, forest_as_plain, forest_from_plain
from concord.engine.profile import PROFILE
from concord.kernel.errors import SchemaMismatch

FORMAT = "concord-relations/2"
KINDS = ("duplicate", "continuation", "overlap", "synergy")
NONE = "none"
#: What the forest counts in the score and in the kind; the weighed sum counts the rest.
FOREST_SHARE, FOREST_SHARE_OF_KIND = 0.6, 0.5
#: Each question and what its forest tells apart. The first is asked of all pairs, the others of related ones.
CLASSES: dict[str, tuple[str, ...]] = {
    "related": (*KINDS, NONE),
    "line": ("one line of work", "two actions"),
    "same": KINDS[:2],
    "apart": KINDS[2:],
}


@dataclass(frozen=True)
class RelationModel(Trained):
    """The trained model of relations.

    features: names of the columns it reads, in order; forests, sums: by the questions in CLASSES (a sum gives
    the log-odds of related, else of the question's first class); together: what profiles add to "related";
    about: how it was trained (seed, labels' SHA-256, release, figures).
    """

    features: tuple[str, ...]
    forests: Mapping[str, Forest]
    sums: Mapping[str, Logistic]
    together: Together
    about: Mapping[str, Any]

    def verdict(self, x: np.ndarray, profiles: np.ndarray, a: np.ndarray, b: np.ndarray) -> Verdict:
        """What it says of pairs with features x, whose profiles stand at the places a[i] and b[i]."""
        return Verdict(self, x, self.together.of_pairs(profiles, a, b))

    def to_json(self) -> str:
        """The file's text; the same model gives the same text."""
        return json.dumps(
            {
                "format": FORMAT,
                "about": dict(self.about),
                "features": list(self.features),
                "profile": list(PROFILE),
                "together": self.together.plain(),
                "sums": {name: found.plain() for name, found in self.sums.items()},
                "forests": {name: forest_as_plain(forest) for name, forest in self.forests.items()},
            },
            separators=(",", ":"),
        )


@dataclass(frozen=True)
class Verdict:
    """What a model says of some pairs. together: what their profiles add to the log-odds."""

    model: RelationModel
    x: np.ndarray
    together: np.ndarray

    @cached_property
    def score(self) -> np.ndarray:
        """The probability that the two are related."""
        sure = self._related.probabilities(self._leaves)[:, self._related.classes.index(NONE)]
        log_odds = self._sum.bias + self._parts.sum(axis=1)
        mixed = FOREST_SHARE * (1.0 - sure) + (1.0 - FOREST_SHARE) * probability(np.round(log_odds, 9))
        return np.asarray(np.round(mixed, 6))

    def kinds(self, at: np.ndarray) -> np.ndarray:
        """The probability of each of KINDS, if they are related, of the pairs at these places."""
        line, same, apart = (self._said(name, at) for name in ("line", "same", "apart"))
        return np.hstack([line[:, :1] * same, line[:, 1:] * apart])

    def moves(self, at: np.ndarray, groups: Sequence[int], together: int) -> tuple[float, np.ndarray]:
        """The base, and how each group of features moved the score of the pairs at these places.

        groups: the group of each feature; together: that of the profiles. base + a row's sum is the score.
        """
        worth = np.array([0.0 if name == NONE else 1.0 for name in self._related.classes])
        base, moved = self._related.contributions(self._leaves[:, at], worth, groups)
        gathered = np.zeros((len(at), max(*groups, together) + 1))
        gathered[:, : moved.shape[1]] = FOREST_SHARE * moved
        shares = (1.0 - FOREST_SHARE) * shared_out(self._sum.bias, self._parts[at])
        for column, group in enumerate([*groups, together]):
            gathered[:, group] += shares[:, column]
        start = float(probability(np.array(self._sum.bias)))
        return FOREST_SHARE * base + (1.0 - FOREST_SHARE) * start, gathered

    @property
    def _related(self) -> Forest:
        return self.model.forests["related"]

    @property
    def _sum(self) -> Logistic:
        return self.model.sums["related"]

    @cached_property
    def _leaves(self) -> np.ndarray:
        return self._related.leaves(self.x)

    @cached_property
    def _parts(self) -> np.ndarray:
        """What each feature and, last, the profiles add to the log-odds."""
        return np.column_stack([self._sum.weighed(self.x), self.together])

    def _said(self, name: str, at: np.ndarray) -> np.ndarray:
        """Shares of a question's two classes, by forest and sum together."""
        forest, x = self.model.forests[name], self.x[at]
        first = self.model.sums[name].probability(x)
        summed = np.column_stack([first, 1.0 - first])
        said = forest.probabilities(forest.leaves(x))
        return np.asarray(FOREST_SHARE_OF_KIND * said + (1.0 - FOREST_SHARE_OF_KIND) * summed)


def relation_model_from_json(text: str) -> RelationModel:
    """Read a model.

    Raises:
        SchemaMismatch: not a model of this format, or one whose numbers do not fit together.
    """
    try:
        raw = json.loads(text)
        if raw["format"] != FORMAT:
            raise SchemaMismatch(f"the model's format is {raw['format']!r}, expected {FORMAT!r}")
        if raw["profile"] != list(PROFILE):
            raise SchemaMismatch("the model was trained on other word lists than this release has")
        features = tuple(raw["features"])
        forests = {name: forest_from_plain(raw["forests"][name], features) for name in CLASSES}
        if any(forests[name].classes != classes for name, classes in CLASSES.items()):
            raise SchemaMismatch("the model tells other kinds apart than this release")
        sums = {name: Logistic.of_plain(raw["sums"][name], len(features)) for name in CLASSES}
        together = Together.of_plain(raw["together"], len(PROFILE))
        return RelationModel(features, forests, sums, together, raw["about"])
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise SchemaMismatch(f"this is no model that Concord can read: {error}") from error


@cache
def shipped_relations() -> RelationModel:
    """The model that ships with the engine."""
    return relation_model_from_json(
        resources.files("concord.engine").joinpath("models/relations.json").read_text("utf-8")
    )
