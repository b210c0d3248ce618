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
from concord.engine.waterfall import terms_column
from concord.kernel import clock
from concord.kernel.codelists import PLACES

KINDS = ("duplicate", "continuation", "overlap", "synergy")
NONE = "none"
#: Pairs scored lower are left out: nobody reads down to them, and ten thousand actions have many.
LEAST_SCORE = 0.05
_BATCH = 20_000  # pairs explained at a time, to keep memory small
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
        place_names: code -> name that people read, for the evidence; the kernel's naming table if not given.

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
    comparison = evidence.Comparison(reading, place_names or PLACES)
    parts = []
    for begin in range(0, len(a), _BATCH):
        part = slice(begin, begin + _BATCH)
        parts.append(_scored(forest, comparison, a[part], b[part], x[part]))
    found = pa.concat_tables(parts)
    # Ids are in ascending order of place already, so that a stable sort by score settles ties by id_a, id_b.
    return found.take(np.argsort(-found["score"].to_numpy(), kind="stable")).combine_chunks()


def _scored(
    forest: Forest, comparison: evidence.Comparison, a: np.ndarray, b: np.ndarray, x: np.ndarray
) -> pa.Table:
    """RELATIONS of these pairs, those from LEAST_SCORE on, in the order they came."""
    leaves = forest.leaves(x)
    shares = forest.probabilities(leaves)
    score = np.round(1.0 - shares[:, forest.classes.index(NONE)], 6)
    keep = np.flatnonzero(score >= LEAST_SCORE)
    kinds = _kinds(forest, shares[keep])
    base, moved = forest.contributions(leaves[:, keep], _related(forest), _GROUPS)
    texts, words = [], []
    for place, share in zip(keep.tolist(), kinds, strict=True):
        features = dict(zip(FEATURES, x[place].tolist(), strict=True))
        facts = comparison.facts(int(a[place]), int(b[place]), features)
        texts.append(evidence.sentence(facts, KINDS[int(share.argmax())]))
        found = evidence.term_words(facts)
        words.append([found[name] for name in TERMS])
    ids = np.array([row["id"] for row in comparison.reading.rows], dtype=object)
    columns: dict[str, Any] = {
        "id_a": ids[a[keep]],
        "id_b": ids[b[keep]],
        "kind": np.array(KINDS, dtype=object)[kinds.argmax(axis=1)],
        "score": score[keep],
        "evidence": texts,
        **{f"p_{name}": np.round(kinds[:, at], 6) for at, name in enumerate(KINDS)},
        "terms": terms_column(TERMS, words, moved, base, "any two actions worth comparing"),
    }
    return pa.table(columns, schema=RELATIONS)


def _related(forest: Forest) -> np.ndarray:
    return np.array([0.0 if name == NONE else 1.0 for name in forest.classes])


def _kinds(forest: Forest, shares: np.ndarray) -> np.ndarray:
    """The probability of each of KINDS if the two are related."""
    kinds = shares[:, [forest.classes.index(kind) for kind in KINDS]]
    related = kinds.sum(axis=1, keepdims=True)
    even = np.full_like(kinds, 1 / len(KINDS))
    return np.asarray(np.divide(kinds, related, out=even, where=related > 0))
