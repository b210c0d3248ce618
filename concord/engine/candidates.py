"""Which pairs of actions are worth comparing: those that share something that few share, or read alike."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import scipy.sparse as sp

from concord.engine.backends import Backend, Step
from concord.engine.reading import Reading
from concord.engine.texts import row_products

#: What one action offers to be found by; `no` is its place in the order of ids.
CARDS = pa.schema(
    [
        ("no", pa.int32()),
        ("topics", pa.list_(pa.string())),
        ("beneficiaries", pa.list_(pa.string())),
        ("organisations", pa.list_(pa.string())),
        ("words", pa.list_(pa.string())),
        ("title", pa.string()),
    ]
)
PAIRS = pa.schema([("left_no", pa.int32()), ("right_no", pa.int32()), ("shared_blocks", pa.int64())])
#: A block that more actions share says too little to compare them all: 150 actions are 11,175 pairs.
BLOCK_LIMIT = 150
#: How many nearest texts of each action are compared whatever else they share.
NEAREST = 20
#: How many pairs of each action are scored; a pair stays if it is among the best of either side. So many
#: for a plan; in large sets fewer, so that work grows with the number of actions and not faster.
KEPT_PER_ACTION, KEPT_AT_LEAST, KEPT_IN_ALL = 60, 16, 60_000
#: Words in more texts than this share are not followed when nearest texts are looked for in large sets.
COMMON_SHARE, LARGE = 0.1, 2_000
_CHUNK = 500


def candidate_pairs(reading: Reading, *, backend: Backend) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (a[i], b[i]), a < b, in ascending order, without repetition.

    A pair qualifies by a shared topic for the same beneficiary, organisation on the same topic, rare word,
    identical title, or by being near in wording; then each action keeps its strongest.
    """
    if len(reading) < 2:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    tables = {"cards": _cards(reading), "near_texts": _near_texts(reading)}
    pairs = backend.run(candidate_steps(), tables, PAIRS)
    a = pairs["left_no"].to_numpy().astype(np.int64)
    b = pairs["right_no"].to_numpy().astype(np.int64)
    strength = row_products(reading.all_vectors, a, b) + 0.02 * np.minimum(
        pairs["shared_blocks"].to_numpy(), 20
    )
    kept = max(KEPT_AT_LEAST, min(KEPT_PER_ACTION, KEPT_IN_ALL // len(reading)))
    keep = _strongest(a, b, strength, len(reading), kept)
    return a[keep], b[keep]


def candidate_steps() -> list[Step]:
    """The SQL steps from CARDS and near texts to PAIRS, in their order."""
    return [
        Step("topic_blocks", topic_blocks_sql()),
        Step("organisation_blocks", organisation_blocks_sql()),
        Step("word_blocks", word_blocks_sql()),
        Step("title_blocks", title_blocks_sql()),
        Step("blocks", blocks_sql()),
        Step("telling_blocks", telling_blocks_sql()),
        Step("block_pairs", block_pairs_sql()),
        Step("pairs", pairs_sql()),
    ]


def topic_blocks_sql() -> str:
    """Each topic of an action for each of its beneficiaries."""
    return """
        SELECT no, concat('topic:', topic, ':', beneficiary) AS block
        FROM (SELECT no, topic, unnest(beneficiaries) AS beneficiary
              FROM (SELECT no, unnest(topics) AS topic, beneficiaries FROM cards))"""


def organisation_blocks_sql() -> str:
    """Each organisation of an action on each of its topics."""
    return """
        SELECT no, concat('organisation:', organisation, ':', topic) AS block
        FROM (SELECT no, topic, unnest(organisations) AS organisation
              FROM (SELECT no, unnest(topics) AS topic, organisations FROM cards))"""


def word_blocks_sql() -> str:
    """Each rare word of an action (see `rare_words`)."""
    return "SELECT no, concat('word:', word) AS block FROM (SELECT no, unnest(words) AS word FROM cards)"


def title_blocks_sql() -> str:
    """The folded title of an action."""
    return "SELECT no, concat('title:', title) AS block FROM cards WHERE title <> ''"


def blocks_sql() -> str:
    """All of an action's blocks, each once."""
    return """
        SELECT no, block FROM topic_blocks UNION SELECT no, block FROM organisation_blocks
        UNION SELECT no, block FROM word_blocks UNION SELECT no, block FROM title_blocks"""


def telling_blocks_sql() -> str:
    """The blocks that tell something: shared by two actions at least and by BLOCK_LIMIT at most."""
    return f"""
        SELECT no, block FROM blocks
        WHERE block IN (SELECT block FROM blocks GROUP BY block
                        HAVING count(*) BETWEEN 2 AND {BLOCK_LIMIT})"""  # noqa: S608  (a constant of ours)


def block_pairs_sql() -> str:
    """Pairs of actions that share a telling block, and how many they share."""
    return """
        SELECT l.no AS left_no, r.no AS right_no, count(*) AS shared_blocks
        FROM telling_blocks AS l JOIN telling_blocks AS r ON l.block = r.block AND l.no < r.no
        GROUP BY l.no, r.no"""


def pairs_sql() -> str:
    """Pairs from blocks and from near texts, in ascending order."""
    return """
        SELECT left_no, right_no, max(shared_blocks) AS shared_blocks
        FROM (SELECT left_no, right_no, shared_blocks FROM block_pairs
              UNION ALL SELECT left_no, right_no, 0 AS shared_blocks FROM near_texts)
        GROUP BY left_no, right_no ORDER BY left_no, right_no"""


def _cards(reading: Reading) -> pa.Table:
    rare = rare_words(reading)
    rows = [
        {
            "no": no,
            "topics": sorted(set(row["topics"] or ())),
            "beneficiaries": sorted(reading.beneficiaries[no]),
            "organisations": sorted(reading.organisations[no]["all"]),
            "words": sorted(set(reading.all_words[no]) & rare),
            "title": " ".join(reading.title_words[no]),
        }
        for no, row in enumerate(reading.rows)
    ]
    return pa.Table.from_pylist(rows, schema=CARDS)


def rare_words(reading: Reading, most: int = 30) -> frozenset[str]:
    """Stems that two to `most` of the actions hold."""
    counts: dict[str, int] = {}
    for words in reading.all_words:
        for word in set(words):
            counts[word] = counts.get(word, 0) + 1
    return frozenset(word for word, count in counts.items() if 2 <= count <= most)


def _near_texts(reading: Reading) -> pa.Table:
    vectors = reading.all_vectors
    if len(reading) > LARGE:
        share = np.asarray((vectors > 0).sum(axis=0)).ravel() / len(reading)
        vectors = sp.csr_matrix(vectors[:, np.flatnonzero(share <= COMMON_SHARE)])
    turned = vectors.T.tocsc().tocsr()
    lefts, rights = [], []
    for begin in range(0, vectors.shape[0], _CHUNK):
        left, right = _nearest(vectors[begin : begin + _CHUNK], turned, begin)
        lefts.append(left)
        rights.append(right)
    left, right = np.concatenate(lefts), np.concatenate(rights)
    low, high = np.minimum(left, right), np.maximum(left, right)
    return pa.table({"left_no": pa.array(low, pa.int32()), "right_no": pa.array(high, pa.int32())})


def _nearest(part: sp.csr_matrix, turned: sp.csr_matrix, begin: int) -> tuple[np.ndarray, np.ndarray]:
    near = (part @ turned).toarray()
    near[np.arange(len(near)), begin + np.arange(len(near))] = 0.0
    count = min(NEAREST, near.shape[1] - 1)
    # Ties are settled by order of ids, so that the same set gives the same pairs everywhere.
    near -= np.arange(near.shape[1]) * 1e-12
    best = (
        np.argpartition(-near, count - 1, axis=1)[:, :count]
        if count
        else np.empty((len(near), 0), dtype=np.int64)
    )
    rows = np.repeat(np.arange(len(near)), best.shape[1])
    cols = best.ravel()
    keep = near[rows, cols] > 1e-6
    return begin + rows[keep], cols[keep]


def _strongest(a: np.ndarray, b: np.ndarray, strength: np.ndarray, size: int, kept: int) -> np.ndarray:
    """Places of the pairs that are among the `kept` strongest of at least one side, ascending."""
    ends = np.concatenate([a, b])
    pair = np.concatenate([np.arange(len(a)), np.arange(len(a))])
    order = np.lexsort((pair, -np.round(np.concatenate([strength, strength]), 9), ends))
    ends, pair = ends[order], pair[order]
    starts = np.searchsorted(ends, np.arange(size))
    rank = np.arange(len(ends)) - starts[ends]
    return np.unique(pair[rank < kept])
