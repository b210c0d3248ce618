"""Which actions are related to which, how, how surely, and why in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pyarrow as pa

from concord.engine import evidence
from concord.engine.backends import Backend
from concord.engine.candidates import candidate_pairs
from concord.engine.features import FEATURES, TERM_OF, compare
from concord.engine.model import Forest, shipped
from concord.engine.reading import Reading
from concord.engine.schemas import ACTIONS, RELATIONS, require_schema
from concord.kernel import clock
from concord.kernel.codelists import PLACES

KINDS = ("duplicate", "continuation", "overlap", "synergy")
NONE = "none"
#: Pairs scored lower are left out: nobody reads down to them, and ten thousand actions have many.
LEAST_SCORE = 0.02
TERMS: tuple[str, ...] = tuple(dict.fromkeys(TERM_OF.values()))
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
    forest = model or shipped("relations")
    reading = Reading.of(actions, today or clock.now().date())
    a, b = candidate_pairs(reading, backend=backend)
    if not len(a):
        return RELATIONS.empty_table()
    x = compare(reading, a, b)
    shares = forest.probabilities(x)
    score = np.round(1.0 - shares[:, forest.classes.index(NONE)], 6)
    keep = np.flatnonzero(score >= LEAST_SCORE)
    ordered = keep[np.lexsort((b[keep], a[keep], -score[keep]))]
    return _table(reading, forest, a[ordered], b[ordered], x[ordered], shares[ordered], place_names or PLACES)


def _table(
    reading: Reading, forest: Forest, a: np.ndarray, b: np.ndarray, x: np.ndarray, shares: np.ndarray, names: Mapping[str, str]
) -> pa.Table:
    kinds = shares[:, [forest.classes.index(kind) for kind in KINDS]]
    related = kinds.sum(axis=1, keepdims=True)
    kinds = np.divide(kinds, related, out=np.full_like(kinds, 0.25), where=related > 0)
    weight = np.array([0.0 if name == NONE else 1.0 for name in forest.classes])
    base, moved = forest.contributions(x, weight, _GROUPS)
    rows = []
    ids = [row["id"] for row in reading.rows]
    for place, (i, j) in enumerate(zip(a.tolist(), b.tolist(), strict=True)):
        kind = KINDS[int(kinds[place].argmax())]
        facts = evidence.facts_of(reading, i, j, names)
        rows.append(
            {
                "id_a": ids[i],
                "id_b": ids[j],
                "kind": kind,
                "score": round(float(1.0 - shares[place, forest.classes.index(NONE)]), 6),
                "evidence": evidence.sentence(facts, kind),
                **{f"p_{name}": round(float(p), 6) for name, p in zip(KINDS, kinds[place], strict=True)},
                "terms": evidence.terms(facts, TERMS, moved[place], base),
            }
        )
    return pa.Table.from_pylist(rows, schema=RELATIONS)
