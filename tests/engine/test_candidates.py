"""Candidate pairs: by the named SQL steps, and bounded."""

import numpy as np
import pyarrow as pa

from concord.engine.candidates import (
    BLOCK_LIMIT,
    CARDS,
    KEPT_PER_ACTION,
    PAIRS,
    PLAN,
    candidate_pairs,
    candidate_steps,
)
from concord.engine.reading import Reading
from concord.engine.schemas import actions_table
from tests.engine.conftest import TODAY, action

NEAR = pa.schema([("left_no", pa.int32()), ("right_no", pa.int32())])


CODES = ("drugs", "asylum", "AL", "RS", "ME", "iom", "heroin", "police", "one", "two")


def card(no, title=None, **lists):
    """A card with codes in place of words, as `candidates` makes them."""
    empty = {"topics": [], "beneficiaries": [], "organisations": [], "words": []}
    coded = {name: [CODES.index(value) for value in values] for name, values in lists.items()}
    return {"no": no, **empty, **coded, "title": None if title is None else CODES.index(title)}


def run_steps(backend, *cards, near=(), limits=PLAN):
    tables = {
        "cards": pa.Table.from_pylist(list(cards), schema=CARDS),
        "near_texts": pa.Table.from_pylist(
            [{"left_no": left, "right_no": right} for left, right in near], schema=NEAR
        ),
    }
    found = backend.run(candidate_steps(limits), tables, PAIRS)
    return [tuple(row.values()) for row in found.to_pylist()]


def test_a_shared_topic_counts_for_a_shared_beneficiary_only(backend):
    first = card(0, topics=["drugs"], beneficiaries=["AL", "RS"])
    second = card(1, topics=["drugs"], beneficiaries=["AL", "RS"])
    third = card(2, topics=["drugs"], beneficiaries=["ME"])

    assert run_steps(backend, first, second, third) == [(0, 1, 2)]


def test_organisations_count_on_a_shared_topic_and_words_and_titles_alone(backend):
    cards = [
        card(0, topics=["drugs"], organisations=["iom"], words=["heroin"], title="one"),
        card(1, topics=["drugs"], organisations=["iom"], words=["heroin"], title="one"),
        card(2, topics=["asylum"], organisations=["iom"], title="two"),
    ]

    assert run_steps(backend, *cards) == [(0, 1, 3)]


def test_near_texts_join_without_sharing_a_block(backend):
    assert run_steps(backend, card(0), card(1), near=[(0, 1), (0, 1)]) == [(0, 1, 0)]


def test_a_block_that_too_many_share_is_not_followed(backend):
    cards = [card(no, words=["police"]) for no in range(BLOCK_LIMIT + 1)]

    assert run_steps(backend, *cards) == []
    assert len(run_steps(backend, *cards[:-1])) == BLOCK_LIMIT * (BLOCK_LIMIT - 1) // 2


def test_in_a_large_set_the_smallest_blocks_of_an_action_are_followed(backend):
    """Card 0 shares a topic with all nine and a title with one: two and nine are more than eight."""
    others = [card(no, topics=["drugs"], beneficiaries=["AL"]) for no in range(2, 9)]
    first = card(0, topics=["drugs"], beneficiaries=["AL"], title="one")
    second = card(1, topics=["drugs"], beneficiaries=["AL"], title="one")

    found = run_steps(backend, first, second, *others, limits=PLAN._replace(followed=8))

    assert (0, 1, 1) in found
    assert not [pair for pair in found if pair[0] == 0 and pair[1] > 1]


def test_pairs_are_ascending_and_no_action_is_compared_without_end(backend):
    rows = [
        action(f"{no:03d}", "Border police training", topics=["drugs"], beneficiaries=["AL"])
        for no in range(140)
    ]

    a, b = candidate_pairs(Reading.of(actions_table(rows), TODAY), backend=backend)

    assert (a < b).all()
    assert (np.diff(a * 1000 + b) > 0).all()
    assert len(a) <= 140 * KEPT_PER_ACTION
