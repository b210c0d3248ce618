"""How well two actions go together: weighed features, and which topics, means and groups go with which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

#: Features count up to so many standard deviations: a larger set has larger counts, and no surer pairs.
_FARTHEST = 3.0


@dataclass(frozen=True)
class Logistic:
    """Log-odds as bias + weights x standardised features. middle, spread: of each feature in training."""

    bias: float
    weights: np.ndarray
    middle: np.ndarray
    spread: np.ndarray

    def weighed(self, x: np.ndarray) -> np.ndarray:
        """What each feature adds to the log-odds, one row per pair."""
        return np.asarray(standard(x, self.middle, self.spread) * self.weights)

    def probability(self, x: np.ndarray) -> np.ndarray:
        """The probability of each row."""
        return probability(np.round(self.bias + self.weighed(x).sum(axis=1), 9))

    def plain(self) -> dict[str, Any]:
        """As numbers for JSON."""
        return {"bias": self.bias} | {name: getattr(self, name).tolist() for name in _VECTORS}

    @classmethod
    def of_plain(cls, raw: Mapping[str, Any], features: int) -> Logistic:
        """Read what `plain` gave.

        Raises:
            ValueError, KeyError, TypeError: the numbers do not fit together.
        """
        vectors = {name: np.array(raw[name], dtype=np.float64) for name in _VECTORS}
        if any(part.shape != (features,) or not np.isfinite(part).all() for part in vectors.values()):
            raise ValueError("the weights do not fit the features")
        if not (vectors["spread"] > 0).all():
            raise ValueError("a spread of nothing")
        return cls(float(raw["bias"]), **vectors)


@dataclass(frozen=True)
class Together:
    """What two profiles add to the log-odds: left direction x matrix x right one.

    usual: how often each column of a profile was set in training, in its unit. matrix: symmetric; what each
    column of one profile beside each of the other counts.
    """

    usual: np.ndarray
    unit: np.ndarray
    matrix: np.ndarray

    def of_pairs(self, profiles: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """What the profiles at places a[i] and b[i] add to the log-odds."""
        own = directions(profiles, self.usual, self.unit)
        return np.asarray(np.round(np.einsum("ij,ij->i", (own @ self.matrix)[a], own[b]), 9))

    def plain(self) -> dict[str, Any]:
        """As numbers for JSON, the matrix as the rows of its upper triangle."""
        upper = [row[place:].tolist() for place, row in enumerate(self.matrix)]
        return {"usual": self.usual.tolist(), "unit": self.unit.tolist(), "matrix": upper}

    @classmethod
    def of_plain(cls, raw: Mapping[str, Any], columns: int) -> Together:
        """Read what `plain` gave. Raises as `Logistic.of_plain`."""
        usual, unit = (np.array(raw[name], dtype=np.float64) for name in ("usual", "unit"))
        matrix = np.zeros((columns, columns))
        for place, row in enumerate(raw["matrix"]):
            matrix[place, place:] = matrix[place:, place] = row
        if usual.shape != (columns,) or unit.shape != (columns,) or len(raw["matrix"]) != columns:
            raise ValueError("the matrix does not fit the profiles")
        if not (np.isfinite(matrix).all() and np.isfinite(usual).all() and np.isfinite(unit).all()):
            raise ValueError("the matrix holds no numbers")
        return cls(usual, unit, matrix)


_VECTORS = ("weights", "middle", "spread")


def standard(x: np.ndarray, middle: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Features in standard deviations from their middle, at most _FARTHEST."""
    return np.asarray(np.clip((x - middle) / spread, -_FARTHEST, _FARTHEST))


def directions(profiles: np.ndarray, usual: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """Profiles as directions of length one from the usual profile."""
    apart = profiles * unit - usual
    lengths = np.sqrt((apart**2).sum(axis=1, keepdims=True))
    return np.asarray(np.divide(apart, lengths, out=np.zeros_like(apart), where=lengths > 0))


def probability(log_odds: np.ndarray) -> np.ndarray:
    """The logistic function."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(log_odds, -500, 500))))


def shared_out(start: float, parts: np.ndarray) -> np.ndarray:
    """How much each part of the log-odds moves the probability, from `start` alone to all of them.

    One row per row of parts; a row's numbers add up to the whole move, exactly. Source: the integral of the
    slope along the straight way from start to end (Aumann and Shapley 1974).
    """
    whole = parts.sum(axis=1)
    move = probability(start + whole) - probability(np.array(start))
    level = float(probability(np.array(start)))
    slope = np.divide(move, whole, out=np.full(len(whole), level * (1 - level)), where=np.abs(whole) > 1e-9)
    return np.asarray(parts * slope[:, None])


def fitted(x: np.ndarray, yes: np.ndarray, weight: np.ndarray | None = None) -> Logistic:
    """Learn from rows of features which are `yes` (1.0) and which not (0.0).

    weight: how much each row counts, 1.0 if not given.
    """
    return _logistic(x, yes, np.zeros((len(x), len(x))), weight)[0]


def fitted_together(
    x: np.ndarray,
    yes: np.ndarray,
    profiles: np.ndarray,
    a: np.ndarray,
    b: np.ndarray,
    unit: np.ndarray,
    weight: np.ndarray | None = None,
) -> tuple[Logistic, Together]:
    """Learn from pairs (a[i], b[i]) of profiles with features x what both add to the log-odds.

    The kernel of two pairs is that of their features plus the pairwise kernel of their profiles. Source:
    Ben-Hur and Noble, Kernel methods for predicting protein-protein interactions, Bioinformatics 21 (2005).
    """
    usual = _six((profiles[np.unique(np.concatenate([a, b]))] * unit).mean(axis=0))
    own = directions(profiles, usual, unit)
    near = own @ own.T
    across = near[np.ix_(a, a)] * near[np.ix_(b, b)] + near[np.ix_(a, b)] * near[np.ix_(b, a)]
    logistic, share = _logistic(x, yes, TOGETHER * across, weight)
    half = (own[a] * share[:, None]).T @ own[b]
    return logistic, Together(usual, unit, _six(TOGETHER * (half + half.T)))


#: What the profiles count beside the features, and how strongly weights are held back; see docs/methods.
TOGETHER, HELD_BACK = 4.0, 0.3
_STEPS = 10
#: Log-odds that a further step moves by less than this stay as they are: six decimals are kept.
_SETTLED = 1e-9


def _logistic(
    x: np.ndarray, yes: np.ndarray, beside: np.ndarray, weight: np.ndarray | None
) -> tuple[Logistic, np.ndarray]:
    """The weights, and each row's share in them; `beside` is a kernel added to that of the features.

    Kernel logistic regression by iteratively reweighted least squares.
    """
    from scipy.linalg import solve  # slow to import, and only training needs it

    middle, spread = _six(x.mean(axis=0)), _six(x.std(axis=0))
    spread[spread == 0] = 1.0
    rows = standard(x, middle, spread)
    kernel = 1.0 + rows @ rows.T / x.shape[1] + beside
    counts = np.ones(len(yes)) if weight is None else weight
    found, share = np.zeros(len(yes)), np.zeros(len(yes))
    corner = np.diag_indices(len(yes))
    for _ in range(_STEPS):
        odds = probability(found)
        steep = np.maximum(odds * (1 - odds), 1e-5)
        held = kernel.copy()
        held[corner] += HELD_BACK / (counts * steep)
        wanted = found + (yes - odds) / steep
        share = solve(held.T, wanted, assume_a="pos", overwrite_a=True, check_finite=False)
        before, found = found, kernel @ share
        if np.abs(found - before).max(initial=0.0) < _SETTLED:
            break
    return Logistic(round(float(share.sum()), 6), _six(share @ rows / x.shape[1]), middle, spread), share


def _six(values: Any) -> np.ndarray:
    """Rounded to six decimals: what the file holds is what was tried."""
    return np.asarray(np.round(values, 6)) + 0.0
