"""Which actions are related to which, how, how surely, and why in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from concord.engine import evidence
from concord.engine.backends import Backend
from concord.engine.candidates import candidate_pairs
from concord.engine.features import FEATURES, TERM_OF, TERMS, compare
from concord.engine.model import Forest, shipped
from concord.engine.reading import Reading
from concord.engine.schemas import ACTIONS, RELATIONS, require_schema
from concord.kernel import clock
from concord.kernel.codelists import PLACES

KINDS = ("duplicate", "continuation", "overlap", "synergy")
NONE = "none"
#: Pairs scored lower are left out: nobody reads down to them, and ten thousand actions have many.
LEAST_SCORE = 0.05
_GROUPS = [TERMS.index(TERM_OF[name]) for name in FEATURES]


def find_relations(
    actions: pa.Table,
    *,
    backend: Backend,
    model: Forest | None = None,
    today: date | None = None,
    place_names: Mapping[str, str] | None = None,
) -> pa.Table:
    """Pairs of actions that may be related, with the likeliest kind, its probability and the evidence.

    Args:
        actions: ACTIONS, one row per action, ids distinct. Missing facts are unknown, never "no".
        model: the trained forest; the shipped one if not given.
        today: the day up to which an ongoing action without an end runs at least; the clock's if not given.
        place_names: code -> name that people read, for the evidence; the naming table of the kernel if not given.

    Returns:
        RELATIONS: one row per unordered pair (id_a < id_b), best score first, then id_a, id_b; candidates
        down to LEAST_SCORE. The order of the input rows does not matter. Fewer than two actions: empty.

    Raises:
        SchemaMismatch: actions is not ACTIONS, or the model reads other features.

    Source: docs/methods/relations.md.
    """
    require_schema(actions, ACTIONS)
    forest = (model or shipped("relations")).for_features(FEATURES)
    reading = Reading.of(actions, today or clock.now().date())
    a, b = candidate_pairs(reading, backend=backend)
    if not len(a):
        return RELATIONS.empty_table()
    x = compare(reading, a, b)
    leaves = forest.leaves(x)
    shares = forest.probabilities(leaves)
    score = np.round(1.0 - shares[:, forest.classes.index(NONE)], 6)
    keep = np.flatnonzero(score >= LEAST_SCORE)
    order = keep[np.lexsort((b[keep], a[keep], -score[keep]))]
    kinds = _kinds(forest, shares[order])
    base, moved = forest.contributions(leaves[:, order], _related(forest), _GROUPS)
    facts = evidence.Comparison(reading, place_names or PLACES)
    rows = [
        _row(facts, int(a[place]), int(b[place]), x[place], float(score[place]), share, (base, effect))
        for place, share, effect in zip(order, kinds, moved, strict=True)
    ]
    return pa.Table.from_pylist(rows, schema=RELATIONS)


def _related(forest: Forest) -> np.ndarray:
    return np.array([0.0 if name == NONE else 1.0 for name in forest.classes])


def _kinds(forest: Forest, shares: np.ndarray) -> np.ndarray:
    """The probability of each of KINDS if the two are related."""
    kinds = shares[:, [forest.classes.index(kind) for kind in KINDS]]
    related = kinds.sum(axis=1, keepdims=True)
    return np.divide(kinds, related, out=np.full_like(kinds, 1 / len(KINDS)), where=related > 0)


def _row(
    comparison: evidence.Comparison,
    i: int,
    j: int,
    features: np.ndarray,
    score: float,
    kinds: np.ndarray,
    effects: tuple[float, np.ndarray],
) -> dict[str, Any]:
    kind = KINDS[int(kinds.argmax())]
    facts = comparison.facts(i, j, dict(zip(FEATURES, features.tolist(), strict=True)))
    return {
        "id_a": comparison.reading.rows[i]["id"],
        "id_b": comparison.reading.rows[j]["id"],
        "kind": kind,
        "score": score,
        "evidence": evidence.sentence(facts, kind),
        **{f"p_{name}": round(float(share), 6) for name, share in zip(KINDS, kinds, strict=True)},
        "terms": evidence.terms(facts, TERMS, effects[1], effects[0]),
    }
