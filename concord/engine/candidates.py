"""Which pairs of actions are worth comparing: those that share something that few share, or read alike."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import scipy.sparse as sp

from concord.engine.backends import Backend, Step
from concord.engine.coded import Coded
from concord.engine.lexis import WORDS, Lexis
from concord.engine.near import near_texts
from concord.engine.reading import Reading
from concord.engine.shelf import SCALE, Shelf
from concord.engine.texts import row_products

_CODES = pa.list_(pa.int64())
#: What one action offers to be found by, as codes; `no` is its place in the order of ids. title: equal for
#: equal titles, not given where a title has no words.
CARDS = pa.schema(
    [
        ("no", pa.int32()),
        ("topics", _CODES),
        ("beneficiaries", _CODES),
        ("organisations", _CODES),
        ("words", _CODES),
        ("title", pa.int64()),
    ]
)
PAIRS = pa.schema([("left_no", pa.int32()), ("right_no", pa.int32()), ("shared_blocks", pa.int64())])
#: How many nearest texts of each action are compared whatever else they share.
NEAREST = 20
#: Of titles that more than BLOCK_LIMIT actions have, how many of the next ones each is compared with.
CHAINED = 3
#: Words in more texts than this share are not followed when nearest texts are looked for in larger sets.
COMMON_SHARE, COMMON_FROM = 0.1, 2_000
#: A block that more actions share says too little to compare them all: 150 actions are 11,175 pairs.
BLOCK_LIMIT = 150
#: A stem that more actions hold is not rare enough to be a block.
RARE_WORD_MOST = 30
#: How many pairs of each action are scored; a pair stays if it is among the best of either side. So many
#: for a plan; in sets of thousands fewer, so that work grows with the number of actions and not faster.
KEPT_PER_ACTION, KEPT_AT_LEAST, KEPT_IN_ALL = 60, 16, 60_000
_CHUNK = 500


class Limits(NamedTuple):
    """How far a set is searched.

    block: how many actions may share a block that is followed. followed: how many actions the blocks of one
    action that are followed may have in all, the smallest blocks first.
    """

    block: int
    followed: int


#: Sets that one plan has: all their blocks are followed.
PLAN = Limits(block=BLOCK_LIMIT, followed=1_000_000_000)
#: The same in large sets: comparing is bounded, and where the set allows it a plan's depth is kept.
LARGE_AT_LEAST, LARGE_IN_ALL, LARGEST_IN_ALL = 10, 1_600_000, 8_000_000
#: In large sets blocks of an action are followed to so many actions, to more where the set is small enough.
FOLLOWED_AT_LEAST, FOLLOWED_AT_MOST, FOLLOWED_IN_ALL = 80, 2_000, 40_000_000
_ENDS = 50_000  # actions whose strongest are chosen at a time, to keep memory small
_MOST_STRENGTH = 1 << 34  # more than any strength in parts of 10^-9


def limits_of(size: int) -> Limits:
    """How far a large set of so many actions is searched: the work grows about as they do."""
    followed = max(FOLLOWED_AT_LEAST, min(FOLLOWED_AT_MOST, FOLLOWED_IN_ALL // max(size, 1)))
    return Limits(block=BLOCK_LIMIT, followed=followed)


def kept_in_large(size: int) -> int:
    """How many candidates of each action a large set of so many actions keeps."""
    deep, shallow = LARGE_IN_ALL // max(size, 1), LARGEST_IN_ALL // max(size, 1)
    return max(LARGE_AT_LEAST, min(KEPT_AT_LEAST, shallow), min(KEPT_PER_ACTION, deep))


def candidate_pairs(reading: Reading, *, backend: Backend) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (a[i], b[i]), a < b, in ascending order, without repetition.

    A pair qualifies by a shared topic for the same beneficiary, organisation on the same topic, rare word,
    identical title, or by being near in wording; then each action keeps its strongest.
    """
    if len(reading) < 2:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    tables = {"cards": cards_of(reading.coded, reading.lexis), "near_texts": _near_texts(reading)}
    pairs = backend.run(candidate_steps(PLAN), tables, PAIRS)
    a = pairs["left_no"].to_numpy().astype(np.int64)
    b = pairs["right_no"].to_numpy().astype(np.int64)
    strength = strength_of(row_products(reading.all_vectors, a, b), pairs["shared_blocks"].to_numpy())
    kept = max(KEPT_AT_LEAST, min(KEPT_PER_ACTION, KEPT_IN_ALL // len(reading)))
    keep = _strongest(a, b, strength, len(reading), kept)
    return a[keep], b[keep]


def candidates_of_shelf(shelf: Shelf, *, backend: Backend) -> tuple[np.ndarray, np.ndarray]:
    """The same for a large set: near texts by cells and rare stems, blocks as far as `limits_of` says."""
    size = len(shelf)
    left, right, likeness = near_texts(shelf, backend)
    near = left * size + right
    none = pa.table({"left_no": pa.array([], pa.int32()), "right_no": pa.array([], pa.int32())})
    tables = {"cards": cards_of(shelf.coded, shelf.lexis), "near_texts": none}
    pairs = backend.run(candidate_steps(limits_of(size)), tables, PAIRS)
    blocks = pairs["left_no"].to_numpy() * np.int64(size) + pairs["right_no"].to_numpy()
    keys = np.union1d(near, blocks)
    a, b = keys // size, keys % size
    shared, alike = np.zeros(len(keys), dtype=np.int32), np.full(len(keys), -1, dtype=np.int32)
    shared[np.searchsorted(keys, blocks)] = pairs["shared_blocks"].to_numpy()
    alike[np.searchsorted(keys, near)] = likeness
    other = np.flatnonzero(alike < 0)
    alike[other] = row_products(shelf.vectors, a[other], b[other])
    keep = _strongest(a, b, strength_of(alike / (SCALE * SCALE), shared), size, kept_in_large(size))
    return a[keep], b[keep]


def strength_of(likeness: np.ndarray, shared_blocks: np.ndarray) -> np.ndarray:
    """How strong a candidate each pair is, by likeness of texts and by what they share besides."""
    return np.asarray(likeness + 0.02 * np.minimum(shared_blocks, 20))


def candidate_steps(limits: Limits) -> list[Step]:
    """The SQL steps from CARDS and near texts to PAIRS, in their order."""
    return [
        Step("topic_blocks", topic_blocks_sql()),
        Step("organisation_blocks", organisation_blocks_sql()),
        Step("word_blocks", word_blocks_sql()),
        Step("title_blocks", title_blocks_sql()),
        Step("blocks", blocks_sql()),
        Step("sizes", sizes_sql(limits)),
        Step("telling_blocks", telling_blocks_sql(limits)),
        Step("block_pairs", block_pairs_sql()),
        Step("pairs", pairs_sql()),
    ]


def topic_blocks_sql() -> str:
    """Each topic of an action for each of its beneficiaries."""
    return """
        SELECT no, (topic * 4294967296 + beneficiary) * 4 AS block
        FROM (SELECT no, topic, unnest(beneficiaries) AS beneficiary
              FROM (SELECT no, unnest(topics) AS topic, beneficiaries FROM cards))"""


def organisation_blocks_sql() -> str:
    """Each organisation of an action on each of its topics."""
    return """
        SELECT no, (topic * 4294967296 + organisation) * 4 + 1 AS block
        FROM (SELECT no, topic, unnest(organisations) AS organisation
              FROM (SELECT no, unnest(topics) AS topic, organisations FROM cards))"""


def word_blocks_sql() -> str:
    """Each rare word of an action."""
    return "SELECT no, word * 4 + 2 AS block FROM (SELECT no, unnest(words) AS word FROM cards)"


def title_blocks_sql() -> str:
    """The folded title of an action."""
    return "SELECT no, title * 4 + 3 AS block FROM cards WHERE title IS NOT NULL"


def blocks_sql() -> str:
    """All of an action's blocks, each once."""
    return """
        SELECT no, block FROM topic_blocks UNION SELECT no, block FROM organisation_blocks
        UNION SELECT no, block FROM word_blocks UNION SELECT no, block FROM title_blocks"""


def sizes_sql(limits: Limits) -> str:
    """The blocks that tell something: shared by two actions at least and by `limits.block` at most."""
    return f"""
        SELECT block, count(*) AS size FROM blocks GROUP BY block
        HAVING count(*) BETWEEN 2 AND {limits.block}"""  # noqa: S608  (a constant of ours)


def telling_blocks_sql(limits: Limits) -> str:
    """The smallest telling blocks of each action, as long as they have `limits.followed` actions at most."""
    return f"""
        SELECT no, block FROM (
            SELECT blocks.no AS no, blocks.block AS block,
                   sum(sizes.size) OVER (PARTITION BY blocks.no ORDER BY sizes.size, blocks.block
                                         ROWS UNBOUNDED PRECEDING) AS reached
            FROM blocks JOIN sizes ON blocks.block = sizes.block)
        WHERE reached <= {limits.followed}"""  # noqa: S608  (a constant of ours)


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


def cards_of(coded: Callable[[str], Coded], lexis: Lexis) -> pa.Table:
    """CARDS of the actions of a reading or a shelf."""
    titles, summaries = coded("title_words"), coded("summary_words")
    lists = {name: _as_lists(coded(name)) for name in ("topics", "beneficiaries", "organisations")}
    words = _as_lists(_rare_words(titles, summaries, lexis))
    no = pa.array(np.arange(len(titles)), pa.int32())
    return pa.table({"no": no, **lists, "words": words, "title": _equal_titles(titles)}, schema=CARDS)


def _as_lists(coded: Coded) -> pa.Array:
    offsets = pa.array(coded.offsets, pa.int32())
    return pa.ListArray.from_arrays(offsets, pa.array(coded.codes, pa.int64()))


def _rare_words(titles: Coded, summaries: Coded, lexis: Lexis) -> Coded:
    """The stems of each action that two to RARE_WORD_MOST actions hold, each once."""
    stems = lexis.vocabularies[WORDS].values
    held = np.array([lexis.statistics.stems.get(stem, 0) for stem in stems] or [0])
    common = (held < 2) | (held > RARE_WORD_MOST)
    present = sp.csr_matrix(titles.without(common).counts() + summaries.without(common).counts())
    present.sort_indices()
    return Coded(titles.vocabulary, present.indptr, present.indices)


def _equal_titles(titles: Coded) -> pa.Array:
    """The same number for the same words in the same order."""
    seen: dict[bytes, int] = {}
    offsets, codes = titles.offsets.tolist(), np.ascontiguousarray(titles.codes).tobytes()
    width = titles.codes.itemsize
    numbers = [
        seen.setdefault(codes[begin * width : end * width], begin) if end > begin else None
        for begin, end in pairwise(offsets)
    ]
    return pa.array(numbers, pa.int64())


def _near_texts(reading: Reading) -> pa.Table:
    vectors = reading.all_vectors
    if len(reading) > COMMON_FROM:
        share = np.asarray((vectors > 0).sum(axis=0)).ravel() / len(reading)
        vectors = sp.csr_matrix(vectors[:, np.flatnonzero(share <= COMMON_SHARE)])
    turned = vectors.T.tocsc().tocsr()
    lefts, rights = [], []
    for begin in range(0, vectors.shape[0], _CHUNK):
        left, right = _nearest(vectors[begin : begin + _CHUNK], turned, begin)
        lefts.append(left)
        rights.append(right)
    same = _same_titles(_equal_titles(reading.coded("title_words")))
    left, right = np.concatenate([*lefts, same[0]]), np.concatenate([*rights, same[1]])
    low, high = np.minimum(left, right), np.maximum(left, right)
    return pa.table({"left_no": pa.array(low, pa.int32()), "right_no": pa.array(high, pa.int32())})


def _same_titles(titles: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Where more actions have one title than a block may have: each with the next CHAINED in order of ids.

    Such titles say nothing that tells these actions apart, but silence would hide that they are the same.
    """
    numbers = titles.fill_null(-1).to_numpy()
    found, place, size = np.unique(numbers, return_inverse=True, return_counts=True)
    wide = np.flatnonzero((size > BLOCK_LIMIT)[place] & (found >= 0)[place])
    wide = wide[np.argsort(place[wide], kind="stable")]
    pairs = [(wide[:-step], wide[step:]) for step in range(1, CHAINED + 1)]
    left, right = (np.concatenate(ends) for ends in zip(*pairs, strict=True))
    same = numbers[left] == numbers[right]
    return left[same], right[same]


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
    """Places of the pairs that are among the `kept` strongest of at least one side, ascending; so is a."""
    by_right = np.argsort(b, kind="stable")
    lefts, rights = (np.concatenate([[0], np.cumsum(np.bincount(at, minlength=size))]) for at in (a, b))
    keep = np.zeros(len(a), dtype=bool)
    for begin in range(0, size, _ENDS):
        end = min(begin + _ENDS, size)
        own, other = np.arange(lefts[begin], lefts[end]), by_right[rights[begin] : rights[end]]
        # Of one end those on its left stand first in the order of pairs, so a stable sort settles ties.
        ends, pair = np.concatenate([b[other], a[own]]) - begin, np.concatenate([other, own])
        order = np.argsort(
            ends * _MOST_STRENGTH - np.rint(strength[pair] * 1e9).astype(np.int64), kind="stable"
        )
        ends, pair = ends[order], pair[order]
        rank = np.arange(len(ends)) - np.searchsorted(ends, np.arange(end - begin))[ends]
        keep[pair[rank < kept]] = True
    return np.flatnonzero(keep)
