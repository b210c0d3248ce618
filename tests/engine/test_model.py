"""The forest as a file: read safely, scored as a hand would, refused where it does not fit."""

import json

import numpy as np
import pytest

from concord.engine.model import forest_from_json, shipped
from concord.kernel.errors import SchemaMismatch

#: One question: is x[0] <= 0.5? Three of four rows on the left are "yes", none of two on the right.
SMALL = {
    "format": "concord-forest/1",
    "about": {},
    "features": ["a", "b"],
    "classes": ["no", "yes"],
    "trees": [
        {"feature": [0, -1, -1], "threshold": [0.5], "right": [2], "counts": [[1, 3], [2, 0]]},
    ],
}


def with_tree(**changes):
    return json.dumps(SMALL | {"trees": [SMALL["trees"][0] | changes]})


def test_a_small_forest_scores_as_a_hand_would():
    forest = forest_from_json(json.dumps(SMALL))

    leaves = forest.leaves(np.array([[0.0, 9.0], [1.0, 9.0]]))

    assert forest.probabilities(leaves).tolist() == [[0.25, 0.75], [1.0, 0.0]]


def test_contributions_start_at_the_base_and_add_up():
    """Base: 3 of 6 rows are yes. The question moves the left to 3/4, the right to 0."""
    forest = forest_from_json(json.dumps(SMALL))

    base, moved = forest.contributions(
        forest.leaves(np.array([[0.0, 9.0], [1.0, 9.0]])), np.array([0.0, 1.0]), [0, 1]
    )

    assert base == 0.5
    assert moved.tolist() == [[0.25, 0.0], [-0.5, 0.0]]


def test_a_forest_written_and_read_again_is_the_same():
    text = shipped("coverage").to_json()

    assert forest_from_json(text).to_json() == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        json.dumps(SMALL | {"format": "pickle"}),
        json.dumps(SMALL | {"trees": []}),
        with_tree(right=[0]),
        with_tree(right=[9]),
        with_tree(feature=[7, -1, -1]),
        with_tree(counts=[[1, 3], [0, 0]]),
        with_tree(counts=[[1, 3], [-1, 2]]),
        with_tree(threshold=["x"]),
        with_tree(feature=[]),
    ],
)
def test_what_is_no_forest_is_refused(text):
    with pytest.raises(SchemaMismatch):
        forest_from_json(text)


def test_a_forest_for_other_features_is_refused():
    with pytest.raises(SchemaMismatch, match="other features"):
        shipped("coverage").for_features(["colour"])


def test_what_ships_says_how_it_was_trained():
    about = shipped("coverage").about

    assert {"seed", "rows", "trees", "scikit_learn", "actions_sha256"} <= about.keys()
