"""Which records of two systems are the same project, how surely, and why in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from concord.engine.backends import Backend, Step
from concord.engine.linkage_candidates import candidate_pairs
from concord.engine.linkage_evidence import sentence, term_words
from concord.engine.linkage_features import FEATURES, TERM_OF, TERMS, compare
from concord.engine.linkage_model import LinkageModel, shipped_linkage
from concord.engine.linkage_reading import Both
from concord.engine.schemas import MATCHES, RECORDS, require_schema
from concord.engine.waterfall import terms_column

#: Pairs scored lower are left out; most records have no partner, and nobody reads down to them.
LEAST_SCORE = 0.002
#: How many of one left record's pairs are kept.
MOST_PER_LEFT = 8
_SCORED = pa.schema([("left_no", pa.int64()), ("right_no", pa.int64()), ("score", pa.float64())])
_GROUPS = [TERMS.index(TERM_OF[name]) for name in FEATURES]
_TOLD = 20_000  # pairs explained at a time, to keep memory small
_START = "any two records worth comparing"


def match_records(
    left: pa.Table,
    right: pa.Table,
    *,
    backend: Backend,
    model: LinkageModel | None = None,
    explain: bool = False,
) -> pa.Table:
    """Pairs of a left and a right record that may be the same project, with the probability that they are.

    Args:
        left, right: RECORDS, one row per record, ids distinct within a side. Missing facts are unknown,
            never "no".
        model: the trained model; the shipped one if not given.
        explain: also say why: evidence in words and terms that add up to the score.

    Returns:
        MATCHES: at most MOST_PER_LEFT pairs per left record, down to LEAST_SCORE, best first, then left_id,
        right_id. The order of the input rows does not matter. One side empty: empty.

    Raises:
        SchemaMismatch: a table is not RECORDS, or the model reads other features.

    Source: docs/methods/linkage.md.
    """
    require_schema(left, RECORDS)
    require_schema(right, RECORDS)
    scorer = (model or shipped_linkage()).for_features(FEATURES)
    both = Both(left, right)
    a, b = candidate_pairs(both)
    if not len(a):
        return MATCHES.empty_table()
    x = compare(both, a, b)
    scored = pa.table([a, b, np.round(scorer.scores(x), 6)], schema=_SCORED)
    kept = backend.run(plausible_steps(), {"scored": scored}, _SCORED)
    places = kept["left_no"].to_numpy(), kept["right_no"].to_numpy()
    evidence, terms = _told(both, scorer, places, x[_rows(a, b, *places)]) if explain else _silent(len(kept))
    return pa.table(
        {
            "left_id": pa.array(both.left.ids[places[0]], pa.string()),
            "right_id": pa.array(both.right.ids[places[1]], pa.string()),
            "score": kept["score"],
            "evidence": evidence,
            "terms": terms,
        },
        schema=MATCHES,
    ).combine_chunks()


def plausible_steps() -> list[Step]:
    """The SQL steps from all scored pairs to those worth showing, best first."""
    return [Step("ranked", ranked_sql()), Step("plausible", plausible_sql())]


def ranked_sql() -> str:
    """Each pair with its place among the pairs of its left record; ties in the order of the right ids."""
    return """
        SELECT left_no, right_no, score,
               row_number() OVER (PARTITION BY left_no ORDER BY score DESC, right_no) AS place
        FROM scored"""


def plausible_sql() -> str:
    """The pairs from LEAST_SCORE on, MOST_PER_LEFT of each left record at most."""
    return f"""
        SELECT left_no, right_no, score FROM ranked
        WHERE score >= {LEAST_SCORE} AND place <= {MOST_PER_LEFT}
        ORDER BY score DESC, left_no, right_no"""  # noqa: S608  (constants of ours)


def _rows(a: np.ndarray, b: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Where the pairs (left, right) stand among the pairs (a, b), which ascend."""
    width = int(b.max()) + 1
    return np.asarray(np.searchsorted(a * width + b, left * width + right))


def _silent(count: int) -> tuple[pa.Array, pa.Array]:
    empty: list[list[Any]] = [[]] * count
    return pa.array([""] * count, pa.string()), pa.array(empty, MATCHES.field("terms").type)


def _told(
    both: Both, model: LinkageModel, places: tuple[np.ndarray, np.ndarray], x: np.ndarray
) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    texts: list[str] = []
    parts: list[pa.Array] = []
    for begin in range(0, len(x), _TOLD):
        part = slice(begin, begin + _TOLD)
        base, moved = model.contributions(x[part], _GROUPS)
        words = []
        for i, j, row in zip(
            places[0][part].tolist(), places[1][part].tolist(), x[part].tolist(), strict=True
        ):
            found = term_words(both, i, j, dict(zip(FEATURES, row, strict=True)))
            texts.append(sentence(found))
            words.append([found[name] for name in TERMS])
        parts.append(terms_column(TERMS, words, moved, base, _START))
    return pa.array(texts, pa.string()), pa.chunked_array(parts, MATCHES.field("terms").type)
